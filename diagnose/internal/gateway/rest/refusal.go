package rest

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/text/lazy"
)

// Refusal is what API Gateway answers to a setting that it does not store.
type Refusal struct {
	Code    string // BadRequestException, or ValidationException for what the service's model forbids
	Message string
}

func (r *Refusal) Error() string { return r.Message }

func badRequest(message string) error { return &Refusal{"BadRequestException", message} }

// invalid is the answer to a value that the service's model forbids (T100, T105).
func invalid(value, member, constraint string) error {
	return &Refusal{"ValidationException", fmt.Sprintf("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: %s", value, member, constraint)}
}

// methods are the HTTP methods that AWS stores (T104).
var methods = []string{"GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY"}

// CheckMethod says why API Gateway takes no such HTTP method (T104).
func CheckMethod(method string) error {
	if slices.Contains(methods, strings.ToUpper(method)) {
		return nil
	}
	return badRequest("Invalid HttpMethod specified. Valid options are " + strings.Join(methods, ","))
}

// CheckAuthorization says why API Gateway does not store a method with the
// authorization type and the authorizer (T104). An empty kind is NONE.
func CheckAuthorization(kind, authorizer string) error {
	switch strings.ToUpper(kind) {
	case "", "NONE", "AWS_IAM":
		return nil
	case "CUSTOM", "COGNITO_USER_POOLS":
		if authorizer != "" {
			return nil
		}
		return NoAuthorizer
	}
	return badRequest("Invalid authorization type specified. Valid options are NONE, AWS_IAM, CUSTOM, COGNITO_USER_POOLS")
}

// What a method does not find in its API (T104), and what a deployment lacks.
var (
	NoAuthorizer = badRequest("Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.")
	NoValidator  = badRequest("Invalid Request Validator identifier specified")
	NoMethods    = badRequest("The REST API doesn't contain any methods")                                                      // T171
	Unintegrated = badRequest("No integration defined for method")                                                             // T106
	BadPolicy    = badRequest("Invalid policy document. Please check the policy syntax and ensure that Principals are valid.") // T181
)

// NoModel is the answer to a model that the API does not have (T104).
func NoModel(name string) error { return badRequest("Invalid model identifier specified: " + name) }

// BuiltInModel tells the models that every API has.
func BuiltInModel(name string) bool { return name == "Empty" || name == "Error" }

// integrationTypes are the types of integrations (T100).
var integrationTypes = []string{"HTTP", "MOCK", "AWS_PROXY", "HTTP_PROXY", "AWS"}

// CheckIntegrationType says why there is no such type of integration (T100).
func CheckIntegrationType(kind string) error {
	if slices.Contains(integrationTypes, strings.ToUpper(kind)) {
		return nil
	}
	return invalid(kind, "putIntegrationInput.type", "Member must satisfy enum value set: ["+strings.Join(integrationTypes, ", ")+"]")
}

// CheckPassthrough says why there is no such passthrough behavior; empty is the default.
func CheckPassthrough(value string) error {
	switch strings.ToUpper(value) {
	case "", "WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER":
		return nil
	}
	return badRequest("Invalid passthroughBehavior specified: " + value)
}

// CheckContentHandling says why there is no such content handling; empty is none.
func CheckContentHandling(value string) error {
	switch strings.ToUpper(value) {
	case "", "CONVERT_TO_BINARY", "CONVERT_TO_TEXT":
		return nil
	}
	return invalid(value, "contentHandling", "Member must satisfy enum value set: [CONVERT_TO_BINARY, CONVERT_TO_TEXT]")
}

// Timeouts of an integration, in milliseconds (T114). The upper one can be raised for
// regional and private APIs.
const (
	MinTimeout = 50
	MaxTimeout = 29000
)

// CheckTimeout says why an integration of an API has no such timeout in milliseconds.
func CheckTimeout(millis int, edge bool) error {
	if millis >= MinTimeout && (millis <= MaxTimeout || !edge) {
		return nil
	}
	return badRequest(fmt.Sprintf("Timeout should be between %d ms and %d ms", MinTimeout, MaxTimeout))
}

var (
	statusRE      = lazy.Regexp(`^[1-5]\d\d$`)
	stageRE       = lazy.Regexp(`^[A-Za-z0-9_-]+$`)
	pathPartRE    = lazy.Regexp(`^[A-Za-z0-9._:~$@!&'()*+,;=%-]+$|^\{[A-Za-z0-9._:-]+\+?\}$`)
	contentTypeRE = lazy.Regexp(`^[^/\s]+/[^/\s]+`)
)

// CheckStatus says why a response has no such status (T105).
func CheckStatus(status string) error {
	if statusRE.MatchString(status) {
		return nil
	}
	return invalid(status, "statusCode", `Member must satisfy regular expression pattern: [1-5]\d\d`)
}

// CheckContentType says why a template has no such key (T105, T73).
func CheckContentType(key string) error {
	if key == "$default" || key == "default" || contentTypeRE.MatchString(key) {
		return nil
	}
	return badRequest("Validation Result: warnings : [], errors : [Invalid content type specified: " + key + "]")
}

// CheckStageName says why a stage has no such name: letters, digits, hyphens and
// underscores, 128 at most (developer guide, CreateStage).
func CheckStageName(name string) error {
	if len(name) <= 128 && stageRE.MatchString(name) {
		return nil
	}
	return badRequest("Stage name only allows a-zA-Z0-9_-")
}

// CheckPathPart says why a resource has no such part of a path.
func CheckPathPart(part string) error {
	if pathPartRE.MatchString(part) {
		return nil
	}
	return badRequest("Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.")
}
