// Package rest models what API Gateway does in a REST API between the method
// request and the integration request, and back: template choice, mapping
// expressions, headers, $context, selection patterns, request validation. The
// mapping templates themselves are of package vtl. WebSocket APIs share it.
//
// It works on plain values and knows neither snapshots nor walks. Numbers such as
// T62 are facts of the project's record of what AWS does.
package rest
