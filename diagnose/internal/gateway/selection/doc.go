// Package selection reads the selection expressions of API Gateway's second
// version: the parameters of an HTTP API's integration, and what chooses the
// route and the template of a WebSocket API.
//
// An expression is static text with sources in it: $request.body.id, or
// ${request.body.id} where more text follows. It is compiled once and evaluated
// for each request. A source gives a text, or nothing, or something that no
// evidence tells; the three never mix.
//
// The H numbers in comments are the numbered facts of the project's list of
// recorded and documented AWS behaviour.
package selection
