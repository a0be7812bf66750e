// Package snapshot holds the facts that a diagnosis rests on: one API Gateway
// API with its stages, methods and integrations, and the roles, queues and
// keys that they lead to.
//
// Every value that a source may fail to learn is a Fact: either known, with
// the place it came from, or unknown, with the reason. The zero Fact is
// unknown. A value can be had only through Fact.Read, which records the gap
// when there is none, so that nothing unread is ever taken for fine.
//
// A snapshot is saved and loaded as JSON (see Save and Load) and is never
// changed in place: a Change applied to it gives a new one.
package snapshot
