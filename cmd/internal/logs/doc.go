// Package logs reads what API Gateway logs of its calls: execution logs, access
// logs and the logs of tests, in the notations in which people get them. Events
// are grouped by request, and each request is read as an Observation: what the
// client sent, what SQS was sent and answered, and what the client got, as far
// as it was logged. Files of any size are read as a stream.
package logs
