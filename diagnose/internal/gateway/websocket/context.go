package websocket

import "strings"

// Samples of what AWS makes up.
const (
	sampleConnection = "L0SM9cOFvHcCIhw="
	sampleRequest    = "JKJaXmPLvHcESHA="
)

// ContextValues are what $context is made of for one frame or handshake.
type ContextValues struct {
	API, Region, Stage, RouteKey string
	Domain                       string // empty for the default endpoint
	UserAgent                    string
	APIKey                       string // empty when none is sent
	Authorizer                   map[string]any
}

// Map is $context as a template sees it (H107): there is no HTTP method, path or
// resource. messageId is there for frames only.
func (c *ContextValues) Map() map[string]any {
	domain := c.Domain
	if domain == "" {
		domain = c.API + ".execute-api." + c.Region + ".amazonaws.com"
	}
	event := "MESSAGE"
	switch c.RouteKey {
	case Connect:
		event = "CONNECT"
	case Disconnect:
		event = "DISCONNECT"
	}
	identity := map[string]any{"sourceIp": "203.0.113.7"}
	if c.UserAgent != "" {
		identity["userAgent"] = c.UserAgent
	}
	if c.APIKey != "" {
		identity["apiKey"], identity["apiKeyId"] = c.APIKey, "a1b2c3d4e5"
	}
	values := map[string]any{
		"apiId":             c.API,
		"connectedAt":       "1795305600000",
		"connectionId":      sampleConnection,
		"domainName":        domain,
		"eventType":         event,
		"extendedRequestId": sampleRequest,
		"identity":          identity,
		"requestId":         sampleRequest,
		"requestTime":       "22/Nov/2026:00:00:00 +0000",
		"requestTimeEpoch":  "1795305600000",
		"routeKey":          c.RouteKey,
		"stage":             c.Stage,
	}
	if event == "MESSAGE" {
		values["messageId"] = "L0SM-fJFPHcCJHg="
	}
	if c.Authorizer != nil {
		values["authorizer"] = c.Authorizer
	}
	return values
}

// UnrecordedContext tells a member of $context that AWS documents and that Map
// lacks: whether a template sees it is not known.
func UnrecordedContext(name string) bool {
	switch name, _, _ = strings.Cut(name, "."); name {
	case "error", "identity", "integration", "integrationLatency", "messageDirection", "status", "awsEndpointRequestId", "authenticate", "authorize", "waf",
		"disconnectReason", "disconnectStatusCode", "messageId", "xrayTraceId":
		return true
	}
	return false
}
