package explain

import (
	"strings"

	"apisqs-doctor/cmd/internal/logs"
	"apisqs-doctor/diagnose/walk"
)

// decisive is the weight of what was sent: it is seen, where a text is interpreted.
const decisive = exact + 5

// signsOf are the causes that the request itself shows, and those that it rules out.
func signsOf(o *logs.Observation) (list []candidate, out map[string]bool) {
	out = map[string]bool{}
	add := func(weight int, seen string, keys ...string) {
		for i, key := range keys {
			list = append(list, candidate{key: key, score: weight*100 - i, code: o.Code, seen: seen})
		}
	}
	if o.Silent() {
		add(follows-1, "the client was told of success", "response-error-as-success")
	}
	if o.SQSStatus > 299 {
		sentSigns(o, add, out)
		if o.Code == "" {
			byStatusOfSQS(o, add)
		}
		return list, out
	}
	if o.Failed() || o.Failure != "" {
		byGatewayAnswer(o, add)
	}
	return list, out
}

// byStatusOfSQS tells what a status without its code can mean: three errors are 403.
func byStatusOfSQS(o *logs.Observation, add func(int, string, ...string)) {
	switch o.SQSStatus {
	case 403:
		add(follows-2, "SQS answered 403", "authorization-action", "mapping-body-not-encoded", "signing-method", "authorization-resource", "mapping-whitespace", "authorization-queue-policy", "protocol-action-missing")
	case 404:
		add(follows-2, "SQS answered 404", "protocol-content-type", "mapping-template-missing", "protocol-action-missing", "protocol-queue-url")
	case 400:
		add(follows-2, "SQS answered 400", "queue-missing", "protocol-missing-parameter", "queue-parameter", "queue-fifo-group", "encryption-role-permission", "protocol-action-invalid", "protocol-invalid-json")
	case 413:
		add(follows-2, "SQS answered 413", "queue-message-size")
	case 503, 500:
		add(follows-2, "SQS had a fault of its own", "other:service", "other:throttled")
	}
}

// byGatewayAnswer tells what API Gateway's own answer means.
func byGatewayAnswer(o *logs.Observation, add func(int, string, ...string)) {
	if keys, ok := responseTypes[o.ResponseType]; ok {
		add(named, o.ResponseType, keys...)
	}
	for label, keys := range map[string][]string{
		"API Key not authorized": {"route-authorization"}, "Unauthorized request": {"route-authorization"},
		"Key throttle limit": {"other:throttled"}, "Key quota limit": {"other:throttled"},
		"Request body does not match model schema": {"route-request-validation"}, "Missing required request parameters": {"route-request-validation"},
	} {
		if strings.HasPrefix(o.Deciding, label) {
			add(exact, label, keys...)
		}
	}
	if o.Called == logs.Yes || o.Failure != "" {
		return
	}
	if keys, ok := statuses[o.Status]; ok {
		add(vague+1, "the client got "+itoa(o.Status), keys...)
	}
}

// responseTypes are the gateway responses (T113).
var responseTypes = map[string][]string{
	"MISSING_AUTHENTICATION_TOKEN":   {"route-method-missing", "route-not-deployed", "route-stale-deployment", "route-authorization"},
	"UNSUPPORTED_MEDIA_TYPE":         {"mapping-unsupported-media-type"},
	"BAD_REQUEST_BODY":               {"route-request-validation"},
	"BAD_REQUEST_PARAMETERS":         {"route-request-validation"},
	"API_CONFIGURATION_ERROR":        {"signing-role-trust", "signing-role-missing", "mapping-template-syntax", "response-unmapped-status", "response-method-response-missing", "mapping-reserved-header", "mapping-stage-variable", "mapping-binary-body"},
	"ACCESS_DENIED":                  {"route-resource-policy", "route-authorization"},
	"UNAUTHORIZED":                   {"route-authorization"},
	"INVALID_API_KEY":                {"route-authorization"},
	"INVALID_SIGNATURE":              {"route-authorization", "other:expired"},
	"EXPIRED_TOKEN":                  {"route-authorization", "other:expired"},
	"AUTHORIZER_FAILURE":             {"route-authorization"},
	"AUTHORIZER_CONFIGURATION_ERROR": {"route-authorization"},
	"WAF_FILTERED":                   {"other:firewall"},
	"THROTTLED":                      {"other:throttled"},
	"QUOTA_EXCEEDED":                 {"other:throttled"},
	"REQUEST_TOO_LARGE":              {"other:too-large"},
	"INTEGRATION_TIMEOUT":            {"other:timeout"},
	"INTEGRATION_FAILURE":            {"other:timeout", "signing-uri", "mapping-stage-variable"},
	"RESOURCE_NOT_FOUND":             {"route-method-missing"},
}

// statuses are what a client's status can mean when SQS was not called.
var statuses = map[int][]string{
	400: {"route-request-validation", "mapping-invalid-json-body"},
	401: {"route-authorization"},
	403: {"route-method-missing", "route-authorization", "route-resource-policy", "route-endpoint-disabled", "other:firewall"},
	404: {"route-method-missing", "route-not-deployed"},
	413: {"other:too-large"},
	415: {"mapping-unsupported-media-type"},
	429: {"other:throttled"},
	500: {"signing-role-trust", "signing-role-missing", "mapping-template-syntax", "mapping-reserved-header", "mapping-stage-variable", "mapping-binary-body"},
	504: {"other:timeout"},
}

// sentSigns reads the request that SQS refused.
func sentSigns(o *logs.Observation, add func(int, string, ...string), out map[string]bool) {
	s := sentOf(o)
	switch o.Code {
	case walk.UnknownOperation:
		s.unknownOperation(add, out)
	case walk.AccessDenied:
		if !strings.Contains(o.Message, "is not authorized to perform") {
			s.accessDenied(add, out)
		}
	case walk.MalformedQuery:
		for _, seen := range []string{s.cutOff, s.broken} {
			if seen != "" {
				add(decisive, seen, "mapping-body-not-encoded")
			}
		}
	}
}

// nameSigns are the signs of a parameter's name, which a piece that is cut may be.
const nameSigns = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789."

// sent is what a request to SQS shows.
type sent struct {
	typeKnown bool   // its Content-Type was logged, or the headers to their end
	kind      string // Content-Type
	target    string // X-Amz-Target
	readable  bool   // the body was logged
	whole     bool   // to its end
	form      bool   // the Content-Type is that of a form
	action    bool   // the body, or the address, names an action where SQS looks for it
	blank     string // white space in front of a parameter's name; empty for none
	passed    bool   // the body is the client's, as it came
	cutOff    string // the first piece of the form without a =, which an & cut off from data (T6)
	broken    string // the first parameter with a % that begins no escape
	body      string
}

func sentOf(o *logs.Observation) sent {
	s := sent{readable: o.Sent.HasBody && !o.Doubtful, whole: o.Sent.HasBody && !o.Sent.CutBody && !o.Doubtful, body: o.Sent.Body}
	for _, h := range o.Sent.Headers {
		switch {
		case strings.EqualFold(h.Name, "Content-Type"):
			s.kind, s.typeKnown = h.Value, true
		case strings.EqualFold(h.Name, "X-Amz-Target"):
			s.target = h.Value
		}
	}
	s.typeKnown = (s.typeKnown || o.Sent.HasHeaders && !o.Sent.CutHeaders) && !o.Doubtful
	kind, _, _ := strings.Cut(s.kind, ";")
	s.form = strings.EqualFold(strings.TrimSpace(kind), "application/x-www-form-urlencoded")
	if _, query, ok := strings.Cut(o.URL, "?"); ok {
		s.action = strings.HasPrefix(query, "Action=") || strings.Contains(query, "&Action=")
	}
	if !s.readable {
		return s
	}
	s.passed = s.body != "" && o.Client.HasBody && s.body == o.Client.Body
	s.readForm()
	return s
}

// readForm looks at the parameters of the form.
func (s *sent) readForm() {
	pieces := strings.Split(s.body, "&")
	for i, piece := range pieces {
		name, value, ok := strings.Cut(piece, "=")
		plain := strings.TrimSpace(name)
		known := ok && parameterName(plain)
		s.action = s.action || ok && name == "Action"
		switch {
		case known && plain != name && s.blank == "":
			s.blank = plain
		case !ok && i > 0 && s.cutOff == "" && (s.whole || i < len(pieces)-1 || strings.Trim(piece, nameSigns) != ""):
			s.cutOff = "&" + shorten(piece)
		case known && s.broken == "" && !escaped(value) && (s.whole || i < len(pieces)-1):
			s.broken = plain + "=" + shorten(value)
		}
	}
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// escaped tells whether each % begins an escape.
func escaped(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && (i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])) {
			return false
		}
	}
	return true
}

func isHex(c byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 }

// parameterName tells whether SQS knows such a parameter of its query protocol.
func parameterName(s string) bool {
	switch s {
	case "Action", "Version", "MessageBody", "QueueUrl", "MessageGroupId", "MessageDeduplicationId", "DelaySeconds", "Expires", "Timestamp":
		return true
	}
	for _, prefix := range []string{"MessageAttribute.", "MessageAttributes.", "MessageSystemAttribute.", "SendMessageBatchRequestEntry."} {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return false
}

// unknownOperation is for SQS's answer that it finds no operation (T1, T2, T5, T48).
func (s *sent) unknownOperation(add func(int, string, ...string), out map[string]bool) {
	json := strings.Contains(strings.ToLower(s.kind), "amz-json")
	switch {
	case !s.typeKnown:
		return
	case json || s.target != "":
		out["protocol-content-type"] = true
		switch {
		case !strings.HasPrefix(s.target, "AmazonSQS."):
			seen := "X-Amz-Target: " + s.target
			if s.target == "" {
				seen = "no X-Amz-Target among the endpoint request headers"
			}
			add(decisive, seen, "protocol-target")
		default:
			add(decisive, "Content-Type: "+s.kind, "protocol-json-content-type")
		}
	case s.form:
		out["protocol-content-type"] = true
		out["protocol-json-content-type"] = true
		switch {
		case s.passed && !s.action:
			add(decisive, "the body that was sent is the client's", "mapping-template-missing", "protocol-action-missing")
		case s.blank != "":
			add(decisive, "white space in front of "+s.blank, "mapping-whitespace")
		case s.readable && !s.action:
			add(decisive, "no Action in the body that was sent", "protocol-action-missing", "mapping-template-missing")
		}
	case s.action:
		add(decisive, "Content-Type: "+s.kind, "protocol-content-type")
	case s.passed:
		add(decisive, "Content-Type: "+s.kind+", and the client's body", "protocol-content-type", "mapping-template-missing")
	}
}

// accessDenied is for SQS's old answer, which is the same for a role that may not
// and for a form that SQS does not understand (T3, T4, T6, T8).
func (s *sent) accessDenied(add func(int, string, ...string), out map[string]bool) {
	switch {
	case !s.readable:
	case s.passed && !s.action:
		add(decisive, "the body that was sent is the client's", "mapping-template-missing")
	case s.blank != "":
		add(decisive, "white space in front of "+s.blank, "mapping-whitespace")
	case s.typeKnown && s.form && !s.action:
		add(decisive, "no Action in the body that was sent", "protocol-action-missing")
	case s.cutOff != "":
		add(decisive, s.cutOff, "mapping-body-not-encoded")
	case s.broken != "":
		add(decisive, s.broken, "mapping-body-not-encoded")
	case s.whole:
		// The form is in order, so it is the permission.
		for _, key := range []string{"mapping-template-missing", "mapping-whitespace", "mapping-body-not-encoded", "protocol-action-missing"} {
			out[key] = true
		}
	}
}
