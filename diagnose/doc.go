// Package diagnose follows one client request through an API Gateway
// integration with Amazon SQS, as AWS would, and lets rules explain what fails.
//
// Package walk says what would happen at each of the eight stages; this one says
// why, on what evidence, and what to change. Its entry points are pure functions of
// a snapshot:
//
//	Examine diagnoses requests, proves the fixes that rules propose, and makes a plan.
//	Judge   diagnoses one request and proves nothing, where only the verdict counts.
//
// Effective values (the Content-Type that really leaves, the action that SQS
// reads, the principal that signs, the decoded message) are derived once, in
// the walk; a rule asks the Trace for them and never derives them again.
package diagnose
