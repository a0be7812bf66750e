// Package http models what API Gateway does with a call to an HTTP API whose
// route has a first-class integration with SQS: which stage and route take it,
// who may call, what the parameters of the integration come to, which request
// SQS gets, and what the client sees of the answer. There is no template.
//
// Everything is a pure function of plain values. The H numbers in comments are
// the numbered facts of the project's list of recorded and documented AWS
// behaviour. Where the evidence is open, the answer is a list, or unknown.
package http
