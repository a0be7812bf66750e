package assemble

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// What AWS fills in where a resource says nothing: T74, T161 and the limits page
// for integrations, T29 and fact 63 of the IAM record for queues.
const (
	passthrough    = "WHEN_NO_MATCH"
	routeSelection = "$request.method $request.path" // of every HTTP API
	restTimeout    = 29000                           // milliseconds
	httpTimeout    = 30000                           // milliseconds
	messageSize    = 1048576                         // bytes
	keyReusePeriod = 300                             // seconds
)

// complete fills in what AWS assumes for an integration, in AWS's spelling.
func complete(i *snapshot.Integration, typ snapshot.APIType) {
	i.Type = upper(i.Type, "")
	i.HTTPMethod = upper(i.HTTPMethod, "")
	i.Passthrough = upper(i.Passthrough, passthrough)
	i.ContentHandling = upper(i.ContentHandling, "")
	timeout := restTimeout
	if typ == snapshot.HTTP {
		timeout = httpTimeout
	}
	i.TimeoutMillis = number(i.TimeoutMillis, timeout)
}

// upper is a text that AWS takes in any case and keeps in upper case.
func upper(f snapshot.Fact[string], absent string) snapshot.Fact[string] {
	switch v, ok := read(f); {
	case !ok:
		return f
	case v == "":
		return f.With(absent)
	default:
		return f.With(strings.ToUpper(v))
	}
}

func number(f snapshot.Fact[int], absent int) snapshot.Fact[int] {
	if v, ok := read(f); ok && v == NotGiven {
		return f.With(absent)
	}
	return f
}
