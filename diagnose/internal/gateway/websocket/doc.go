// Package websocket models what API Gateway does with a frame, or a handshake,
// of a WebSocket API: which route takes it, which template is rendered, which
// integration response answers, and what the client gets of all that. Templates
// and parameters themselves are those of REST APIs.
//
// Everything is a pure function of plain values. The H numbers in comments are
// the numbered facts of the project's list of recorded and documented AWS
// behaviour. Where the evidence is open, the answer carries a doubt or a list.
package websocket
