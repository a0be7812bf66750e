package rest

import (
	"slices"
	"strings"
)

// invisible are client headers that neither mappings nor $input.params() see (T66).
var invisible = []string{"connection", "content-length", "content-md5", "expect", "max-forwards", "proxy-authenticate",
	"server", "te", "transfer-encoding", "trailer", "upgrade", "www-authenticate"}

// fatal are headers that an AWS integration must not map: every call is
// answered with 500 (T64).
var fatal = []string{"authorization", "connection", "content-length", "expect", "proxy-authenticate", "te", "transfer-encoding",
	"x-amzn-trace-id", "x-amzn-apigateway-api-id"}

// dropped are headers that may be mapped and are not sent by an AWS integration (T65).
var dropped = []string{"referer"}

// remapped are response headers that reach the client as x-amzn-Remapped-<name> (T97).
var remapped = []string{"authorization", "connection", "content-length", "content-md5", "date", "expect", "host", "max-forwards",
	"proxy-authenticate", "server", "trailer", "upgrade", "user-agent", "www-authenticate"}

// VisibleHeader tells whether a mapping can read the client's header.
func VisibleHeader(name string) bool { return !slices.Contains(invisible, strings.ToLower(name)) }

// FatalHeader tells whether mapping the header makes every call fail with 500.
func FatalHeader(name string) bool { return slices.Contains(fatal, strings.ToLower(name)) }

// DroppedHeader tells whether a mapped header is silently not sent.
func DroppedHeader(name string) bool { return slices.Contains(dropped, strings.ToLower(name)) }

// ClientHeader is the name under which a mapped response header reaches the
// client; empty when it does not.
func ClientHeader(name string) string {
	lower := strings.ToLower(name)
	switch {
	case lower == "transfer-encoding":
		return ""
	case slices.Contains(remapped, lower):
		return "x-amzn-Remapped-" + name
	}
	return name
}
