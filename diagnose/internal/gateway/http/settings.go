package http

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/text/lazy"
)

// CheckRouteSelection refuses a route selection expression that is not the one which
// every HTTP API has (H111). Empty is that one.
func CheckRouteSelection(text string) error {
	switch strings.NewReplacer("{", "", "}", "").Replace(text) {
	case "", "$request.method $request.path":
		return nil
	}
	return &Refusal{Fault: BadRoute, Value: text, Message: "Invalid route selection expression specified",
		Reason: "the routes of an HTTP API are chosen by ${request.method} ${request.path} and nothing else"}
}

// CheckCORS refuses credentials for every origin (H108).
func CheckCORS(origins []string, credentials bool) error {
	if !credentials || !slices.Contains(origins, "*") {
		return nil
	}
	return &Refusal{Fault: BadCORS, Value: "*", Literal: true, Message: "allow-credentials is not supported if 'allow-origin' is *",
		Reason: "with credentials the origins have to be named"}
}

// CheckLogging refuses the level of an execution log, which HTTP APIs do not have
// (H109).
func CheckLogging(level string) error {
	if level = strings.ToUpper(level); level == "" || level == "OFF" {
		return nil
	}
	return &Refusal{Fault: BadStage, Value: level, Literal: true, Message: "Execution logs are not supported on protocolType HTTP",
		Reason: "an HTTP API has no execution log"}
}

// CheckSettingsKey refuses settings of a stage for a route that there is not (H110).
func CheckSettingsKey(key string, routes []string) error {
	if slices.Contains(routes, key) {
		return nil
	}
	return &Refusal{Fault: NoSuchRoute, Value: key, Literal: true, Message: "Unable to find Route by key " + key + " within the provided RouteSettings",
		Reason: "the API has no route " + key}
}

// Timeouts of an integration, in milliseconds: the shortest, and the longest of an HTTP
// (H8) and of a WebSocket API (H106).
const (
	minTimeout          = 50
	MaxTimeout          = 30000
	MaxWebSocketTimeout = 29000
)

// CheckTimeout refuses a timeout outside of what an integration may have.
func CheckTimeout(millis, most int) error {
	if millis >= minTimeout && millis <= most {
		return nil
	}
	return &Refusal{Fault: BadTimeout, Value: fmt.Sprint(millis), Message: "Invalid timeout specified",
		Reason: fmt.Sprintf("a timeout is %d to %d milliseconds", minTimeout, most)}
}

var variableRE = lazy.Regexp(`^\{[A-Za-z0-9._\-:]+\+?\}$`)

// DoubtOfRouteKey says why it is not known what AWS makes of a route key that
// CheckRouteKey lets pass; empty for one that is as documented (H61).
func DoubtOfRouteKey(key string) string {
	method, path, ok := strings.Cut(key, " ")
	if !ok {
		return ""
	}
	if method != strings.ToUpper(method) {
		return fmt.Sprintf("whether AWS takes the method %s of a route key in small letters is not documented", method)
	}
	seen := map[string]bool{}
	parts := segments(path)
	for i, part := range parts {
		switch {
		case !strings.ContainsAny(part, "{}"):
		case !variableRE.MatchString(part):
			return fmt.Sprintf("what AWS makes of the part %q of a route's path is not documented", part)
		case strings.HasSuffix(part, "+}") && i < len(parts)-1:
			return fmt.Sprintf("the variable %s takes the rest of a path and can only be its last part; what AWS makes of it elsewhere is not documented", part)
		case seen[variable(part)]:
			return fmt.Sprintf("what AWS makes of a path with the variable %s twice is not documented", part)
		}
		if strings.HasPrefix(part, "{") {
			seen[variable(part)] = true
		}
	}
	return ""
}

// variable is the name in a part of a path that is a variable.
func variable(part string) string { return strings.Trim(part, "{+}") }

var routeKeyRE = lazy.Regexp(`(?i)^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|ANY)[\s:,]*(?:\s|/)(\S*)$`)

// MeantRouteKey is the route key that a malformed one was evidently meant to be;
// empty where that cannot be told.
func MeantRouteKey(key string) string {
	if m := routeKeyRE.FindStringSubmatch(strings.TrimSpace(key)); m != nil {
		return strings.ToUpper(m[1]) + " /" + strings.TrimPrefix(m[2], "/")
	}
	if key = strings.TrimSpace(key); strings.HasPrefix(key, "/") && !strings.ContainsAny(key, " \t") {
		return "ANY " + key
	}
	if strings.EqualFold(strings.TrimPrefix(key, "$"), "default") {
		return "$default"
	}
	return ""
}
