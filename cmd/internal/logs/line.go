package logs

import "strings"

// form is one kind of line of an execution log (L20 to L25). Its label is what
// API Gateway writes in front of the data.
type form struct {
	label string
	// rank orders the lines of one request. Those of equal rank come in any order.
	rank int
	// open tells that data of the client or of SQS ends the line, which may hold
	// line feeds and whatever looks like a further line (L31).
	open bool
	// once tells that a request has one such line at most.
	once bool
}

// Labels that are asked for by name.
const (
	extendedID     = "Extended Request Id: "
	usagePlan      = "Verifying Usage Plan for request: "
	keyAuthorized  = "API Key authorized because method '"
	keyRefused     = "API Key not authorized because method '"
	planSucceeded  = "Usage Plan check succeeded for API Key"
	throttled      = "Key throttle limit exceeded for RestApi "
	quotaExceeded  = "Key quota limit exceeded for RestApi "
	authorizer     = "Starting authorizer: "
	unauthorized   = "Unauthorized request: "
	starting       = "Starting execution for request: "
	httpMethod     = "HTTP Method: "
	requestPath    = "Method request path: "
	requestQuery   = "Method request query string: "
	requestHeaders = "Method request headers: "
	requestBody    = "Method request body before transformations: "
	invalidBody    = "Request body does not match model schema"
	address        = "Endpoint request URI: "
	sentHeaders    = "Endpoint request headers: "
	sentBody       = "Endpoint request body after transformations: "
	sending        = "Sending request to "
	received       = "Received response."
	answerHeaders  = "Endpoint response headers: "
	answerBody     = "Endpoint response body before transformations: "
	returnedBody   = "Method response body after transformations: "
	returnedHead   = "Method response headers: "
	failed         = "Execution failed due to"
	succeeded      = "Successfully completed execution"
	completed      = "Method completed with status: "
	gatewayAnswer  = "Gateway response type: "
	endpointID     = "AWS Integration Endpoint RequestId : "
	traceID        = "X-ray Tracing ID : "
)

// forms are the lines in their order. The answer's headers and body come in
// either order (L20).
var forms = []form{
	{extendedID, 10, false, true},
	{usagePlan, 20, false, true},
	{keyAuthorized, 30, false, true},
	{keyRefused, 30, false, true},
	{planSucceeded, 40, false, true},
	{throttled, 40, false, true},
	{quotaExceeded, 40, false, true},
	{authorizer, 50, false, false},
	{"Successfully completed authorizer execution", 50, false, false},
	{unauthorized, 50, false, true},
	{starting, 60, false, true},
	{httpMethod, 70, false, true},
	{requestPath, 80, true, true},
	{requestQuery, 90, true, true},
	{requestHeaders, 100, false, true},
	{requestBody, 110, true, true},
	{invalidBody, 115, true, true},
	{"Missing required request parameters", 115, false, true},
	{address, 120, false, true},
	{sentHeaders, 130, false, true},
	{sentBody, 140, true, true},
	{sending, 150, false, true},
	{received, 160, false, true},
	{answerHeaders, 170, false, true},
	{answerBody, 170, true, true},
	{returnedBody, 180, true, true},
	{returnedHead, 190, false, true},
	{failed, 200, false, true},
	{succeeded, 210, false, true},
	{completed, 220, false, true},
	{gatewayAnswer, 220, false, true},
	{endpointID, 230, false, true},
	{traceID, 240, false, true},
}

// byFirst are the forms by the first byte of their label.
var byFirst = func() (m [256][]*form) {
	for i := range forms {
		c := forms[i].label[0]
		m[c] = append(m[c], &forms[i])
	}
	return m
}()

// formOf is the form of a line, without its request id; nil for one of no known form.
func formOf(line string) *form {
	if line == "" {
		return nil
	}
	for _, f := range byFirst[line[0]] {
		if strings.HasPrefix(line, f.label) || line == f.label[:len(f.label)-1] && f.open {
			return f // copies lose the blank behind a label without data
		}
	}
	return nil
}

// truncated ends a line of which API Gateway keeps the first 1,024 characters (L30).
const truncated = "[TRUNCATED]"

// uncut returns the data without the mark of what was cut off, and whether it was.
func uncut(data string) (string, bool) {
	rest, cut := strings.CutSuffix(strings.TrimRight(data, "\r\n "), truncated)
	if !cut {
		return data, false
	}
	return strings.TrimSuffix(rest, " "), true
}

// splitID parts "(id) text". Clients can set the id of a request, so that it is
// anything without a blank or a parenthesis (L15, L41).
func splitID(message string) (id, text string, ok bool) {
	if len(message) < 3 || message[0] != '(' {
		return "", "", false
	}
	end := strings.IndexByte(message, ')')
	if end < 2 || end > 200 || strings.ContainsAny(message[1:end], " (\t\n") {
		return "", "", false
	}
	rest := message[end+1:]
	if rest != "" && rest[0] != ' ' {
		return "", "", false
	}
	return message[1:end], strings.TrimPrefix(rest, " "), true
}
