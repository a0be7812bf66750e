// Package cloudformation reads CloudFormation templates, SAM templates and the
// output of the CDK, and makes of them the snapshot that the deployment would
// have.
//
// The flow goes one way: a file becomes a tree of nodes that keep their
// positions (document, yaml, json); a stack resolves intrinsic functions over
// it (resolve, reference, condition); the mapping turns resolved resources into
// facts (rest, openapi, httpapi, roles, queues, keys).
//
// What no reader can know before the deployment stays symbolic: see
// snapshot.Symbol and symbols.go.
package cloudformation
