// Package sqs models the front door of Amazon SQS: what the service answers to
// one HTTP request, as API Gateway sends it in.
//
// A request passes these steps, each a function of its own, so that the caller
// can put the authorization of the principal where it belongs:
//
//  1. Recognize: which protocol, which action, which parameters, which queue.
//     What cannot be read at all has its answer in Call.Failure.
//  2. Call.CheckParameters: required parameters, JSON types, and the queue
//     address, as far as they need no knowledge of the queue.
//  3. Call.CheckQueue: does the queue exist.
//  4. (authorization, decided elsewhere; rendered with NewAnswer)
//  5. Call.CheckValues: parameter values against the queue: FIFO rules, sizes,
//     characters, attributes, batch rules.
//  6. (encryption, decided elsewhere; rendered with NewAnswer)
//  7. Call.Success: the answer to an accepted call.
//
// Why this order. That an unreadable request comes first, and the action before
// the parameters, is recorded (T2, T3, T9, T11). Required parameters belong to
// the service model and are checked before the handler runs; the handler must
// resolve the queue before it can look at a queue policy, and GetQueueUrl answers
// "does not exist or you do not have access", which shows existence before
// permission. That values are checked after authorization, and KMS is called
// last, for a message that is otherwise acceptable, is inferred: no recording has
// two faults at once.
//
// Everything is a pure function of its arguments: identifiers that AWS would make
// up are fixed placeholders. Results are three-valued where they rest on facts of
// the queue that may be unknown: see Verdict.
//
// The T numbers in comments are the numbered facts of the project's list of
// recorded and documented AWS behaviour; "unverified" marks what no evidence
// settles, and there the answer carries every code that AWS may use.
package sqs
