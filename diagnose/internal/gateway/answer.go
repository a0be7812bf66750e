package gateway

import (
	"strconv"
	"strings"
)

// OwnResponse is an answer that API Gateway gives by itself.
type OwnResponse struct {
	Status    int
	Message   string
	ErrorType string // x-amzn-ErrorType
	Log       string // what the execution log says after "Execution failed due to configuration error: "
}

// Body is the response's body: the default gateway response template (T113).
func (o OwnResponse) Body() string { return `{"message": ` + strconv.Quote(o.Message) + `}` }

// The gateway's own answers, by what causes them.
var (
	MissingToken     = OwnResponse{Status: 403, Message: "Missing Authentication Token", ErrorType: "MissingAuthenticationTokenException"} // T110
	Forbidden        = OwnResponse{Status: 403, Message: "Forbidden", ErrorType: "ForbiddenException"}                                     // T112
	Unauthorized     = OwnResponse{Status: 401, Message: "Unauthorized", ErrorType: "UnauthorizedException"}                               // T113
	Throttled        = OwnResponse{Status: 429, Message: "Too Many Requests", ErrorType: "TooManyRequestsException"}                       // T113
	TooLarge         = OwnResponse{Status: 413, Message: "Request Too Long", ErrorType: "REQUEST_TOO_LARGE"}                               // T113
	QuotaExceeded    = OwnResponse{Status: 429, Message: "Limit Exceeded", ErrorType: "LimitExceededException"}                            // T113
	UnsupportedMedia = OwnResponse{Status: 415, Message: "Unsupported Media Type", ErrorType: "BadRequestException"}                       // T72
	InvalidBody      = OwnResponse{Status: 400, Message: "Invalid request body", ErrorType: "BadRequestException"}                         // T111
	InvalidJSON      = OwnResponse{Status: 400, Message: "Invalid JSON in request body", ErrorType: "BadRequestException"}                 // T83
	HTTPNotFound     = OwnResponse{Status: 404, Message: "Not Found"}                                                                      // HTTP APIs
)

// MissingParameters is the answer to a request that lacks required parameters;
// headers come first, then path, then query string (T111).
func MissingParameters(names []string) OwnResponse {
	return OwnResponse{Status: 400, Message: "Missing required request parameters: [" + strings.Join(names, ", ") + "]", ErrorType: "BadRequestException"}
}

// Internal is a configuration error: the client sees nothing but 500, the
// reason stands in the execution log (T64, T84, T93, T94, T107, T115).
func Internal(log string) OwnResponse {
	return OwnResponse{Status: 500, Message: "Internal server error", ErrorType: "InternalServerErrorException", Log: log}
}

// Log texts of configuration errors.
const (
	LogTransform = "Unable to transform request"                                                                           // T107
	LogEndpoint  = "Invalid endpoint address"                                                                              // T84
	logUnmapped  = "No match for output mapping and no default output mapping configured. Endpoint Response Status Code: " // T93
	logUndefined = "Output mapping refers to an invalid method response: "                                                 // T94
	logAssume    = "API Gateway does not have permission to assume the provided role "                                     // T115
)

// LogUnmapped is the log of a back-end status without integration response.
func LogUnmapped(status int) string { return logUnmapped + strconv.Itoa(status) }

// LogUndefined is the log of an integration response without method response.
func LogUndefined(status string) string { return logUndefined + status }

// LogAssume is the log of a role that cannot be assumed.
func LogAssume(role string) string { return logAssume + role }
