// Package diagnose follows one client request through an API Gateway
// integration with Amazon SQS, as AWS would, and lets rules explain what fails.
//
// It has two entry points, both pure functions of a snapshot:
//
//	Walk says what would happen at each of the eight stages.
//	Run  walks, applies the rules and says why, on what evidence, and what to change.
//
// Effective values (the Content-Type that really leaves, the action that SQS
// reads, the principal that signs, the decoded message) are derived once, in
// the walk; a rule asks the Trace for them and never derives them again.
package diagnose
