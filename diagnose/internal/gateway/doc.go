// Package gateway models what all kinds of API Gateway APIs share: resource
// paths, media types, integration URIs, stage variables, and the gateway's own
// error responses. What a kind does by itself is in rest, http and websocket.
//
// It works on plain values; the walk reads them from a snapshot. Numbers such as
// T62 are facts of the project's record of what AWS does.
package gateway
