// Package gateway models what API Gateway does to a request on its way to a
// service integration and to the answer on its way back: resource matching,
// template choice, parameter mappings, headers, integration URIs, selection
// patterns, and the gateway's own error responses. It works on plain values;
// the walk reads them from a snapshot.
//
// Numbers such as T62 are facts of the project's record of what AWS does.
package gateway
