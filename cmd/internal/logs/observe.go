package logs

import (
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/text/lazy"
	"apisqs-doctor/diagnose/walk"
)

var (
	statusRE  = lazy.Regexp(`^ Status: (\d{3})\b`)
	latencyRE = lazy.Regexp(`Integration latency: (\d{1,7}) ms`)
	messageRE = lazy.Regexp(`"MessageId"\s*:\s*"([\w-]+)"|<MessageId>([\w-]+)</MessageId>`)
	digestRE  = lazy.Regexp(`"MD5OfMessageBody"\s*:\s*"([0-9a-f]{32})"|<MD5OfMessageBody>([0-9a-f]{32})</MD5OfMessageBody>`)
	lostRE    = lazy.Regexp(`"Failed"\s*:\s*\[\s*\{|<BatchResultErrorEntry>`)
	// The answers of both protocols in all their shapes, which may be cut off:
	// {"Error":{"Code":"X", <Code>X</Code>, {"__type":"com.amazonaws.sqs#X", <XException/>.
	codeRE = lazy.Regexp(`"Code"\s*:\s*"([\w.]+)"|<Code>([\w.]+)</Code>|"__type"\s*:\s*"(?:[\w.]+#)?([\w.]+)"|^\s*(?:<\?xml[^>]*>\s*)?<(\w+Exception)\b`)
	textRE = lazy.Regexp(`"[Mm]essage"\s*:\s*"((?:[^"\\]|\\.)*)"|<Message>([^<]*)</Message>`)
	// What names the method where no line of its own does (L25).
	quotedRE = lazy.Regexp(`method '([A-Z]+) ([^']*)'`)
	planRE   = lazy.Regexp(`API Stage:? ([A-Za-z0-9]+)/([\w$-]+)`)
	endingRE = lazy.Regexp(`^(\w+) with status code: (\d{3})`)
)

// observe reads the entries of one request. What the log does not say for
// certain stays unknown.
func (o *Observation) observe(list []*entry) {
	if len(list) == 0 {
		return
	}
	o.Start, o.End = list[0].time, list[0].time
	for _, e := range list {
		o.Entries = append(o.Entries, strings.TrimRight(e.text, "\r\n"))
		o.Start, o.End = min(o.Start, e.time), max(o.End, e.time)
	}
	l := o.Entries
	o.context(l)
	o.PathParams, _ = o.list(requestPath)
	o.Query, _ = o.list(requestQuery)
	o.Client = o.part(requestHeaders, requestBody)
	o.URL, _ = l.only(address)
	if url, ok := l.only(sending); o.URL == "" && ok {
		o.URL = url
	}
	o.Sent = o.part(sentHeaders, sentBody)
	o.Answered = o.part(answerHeaders, answerBody)
	o.Returned = o.part(returnedHead, returnedBody)
	o.ended(l)
	o.answer(l)
	if o.SQSID == "" {
		o.SQSID = header(o.Answered.Headers, "x-amzn-RequestId")
	}
	o.settle()
	o.decide(l)
}

// context is which request of which method this is.
func (o *Observation) context(l Entries) {
	if id, ok := l.only(extendedID); ok {
		o.Extended, o.Begun = strings.TrimSpace(id), true
	}
	if id, ok := l.only(endpointID); ok {
		o.SQSID = strings.TrimSpace(id)
	}
	if text, ok := l.only(httpMethod); ok {
		if method, path, ok := strings.Cut(text, ", Resource Path: "); ok {
			o.Method, o.Path = method, strings.TrimSpace(path)
		}
	}
	for _, label := range []string{keyAuthorized, keyRefused} {
		if text, ok := l.only(label); ok && o.Method == "" {
			if m := quotedRE.FindStringSubmatch("method '" + text); m != nil {
				o.Method, o.Path = m[1], m[2]
			}
		}
	}
	for _, label := range []string{usagePlan, keyRefused} {
		if text, ok := l.only(label); ok && o.API == "" {
			if m := planRE.FindStringSubmatch(text); m != nil {
				o.API, o.Stage = m[1], m[2]
			}
		}
	}
}

func (o *Observation) list(label string) ([]walk.Header, bool) {
	text, ok := o.Entries.only(label)
	if !ok {
		return nil, false
	}
	text, cut := uncut(text)
	return pairs(text), !cut
}

// part reads a list of headers and a body.
func (o *Observation) part(headers, body string) Part {
	var p Part
	if text, ok := o.Entries.only(headers); ok {
		text, p.CutHeaders = uncut(text)
		p.Headers, p.HasHeaders = pairs(text), true
	}
	if text, ok := o.Entries.only(body); ok {
		p.Body, p.CutBody = uncut(text)
		p.HasBody = true
	}
	return p
}

// ended reads how the request ended for the client. Which of the two lines is
// there differs from log to log (L22).
func (o *Observation) ended(l Entries) {
	if text, ok := l.only(gatewayAnswer); ok {
		if m := endingRE.FindStringSubmatch(text); m != nil {
			o.ResponseType = m[1]
			o.Status, _ = strconv.Atoi(m[2])
		}
	}
	if text, ok := l.only(completed); ok {
		if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
			o.Status = n
		}
	}
	if text, ok := l.only(failed); ok {
		_, reason, _ := strings.Cut(failed+text, ": ")
		if reason = strings.TrimSpace(reason); reason == "" {
			reason = strings.TrimSuffix(strings.TrimSpace(failed+text), ":") // the reason may be empty (L22)
		}
		o.Failure = reason
	}
	o.Complete = o.Begun && (l.Complete() || len(l.all(unauthorized)) > 0 && o.Status == 0)
}

// before are failures of what comes before SQS is called (L22).
var before = []string{"Unable to transform request", "permission to assume the provided role", "Invalid endpoint address", "header already present"}

// answer reads what SQS answered.
func (o *Observation) answer(l Entries) {
	answers := l.all(received)
	switch {
	case containsAny(o.Failure, before) || len(l.all(invalidBody)) > 0:
		o.Called = No
		return
	case len(answers) > 0 || len(l.all(sending)) > 0:
		o.Called = Yes
	case o.Source == Test && l.Complete() || o.Begun && o.Status != 0:
		o.Called = No
	}
	if len(answers) == 1 { // more than one is not API Gateway's log
		if m := statusRE.FindStringSubmatch(answers[0]); m != nil {
			o.SQSStatus, _ = strconv.Atoi(m[1])
		}
		if m := latencyRE.FindStringSubmatch(answers[0]); m != nil {
			o.Latency, _ = strconv.Atoi(m[1])
		}
	}
	// Logs of 2019 have no status in that line; the reason of a failure can have it.
	if i := strings.LastIndex(o.Failure, "Endpoint Response Status Code: "); i >= 0 && o.SQSStatus == 0 {
		o.SQSStatus, _ = strconv.Atoi(strings.TrimSpace(o.Failure[i+len("Endpoint Response Status Code: "):]))
		o.Called = Yes
	}
	if !o.Answered.HasBody {
		return
	}
	body := o.Answered.Body
	if o.SQSStatus == 0 && first(messageRE, body) == "" && first(codeRE, body) != "" {
		if names, ok := walk.LookupCode(first(codeRE, body)); ok {
			o.Code = names.Code // of an old log: an answer with a code is an error
		}
	}
	if o.SQSStatus >= 400 || o.Code != "" {
		o.refused(body)
		return
	}
	o.MessageID, o.MD5, o.Lost = only(messageRE, body), only(digestRE, body), lostRE.MatchString(body)
}

// refused reads SQS's error.
func (o *Observation) refused(body string) {
	o.Code = walk.ErrorCode(first(codeRE, body))
	if names, ok := walk.LookupCode(string(o.Code)); ok {
		o.Code = names.Code
		if o.SQSStatus == 0 {
			o.SQSStatus = names.Status
		}
	}
	o.Message = unescape(first(textRE, body))
}

var unescape = strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\/`, "/", `\n`, " ", "&quot;", `"`, "&apos;", "'", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace

// settle says who answered with the error, and with which one.
func (o *Observation) settle() {
	switch {
	case o.SQSStatus > 299 && strings.HasPrefix(string(o.Code), "KMS."):
		o.Origin = walk.FromKMS
	case o.SQSStatus > 299 || o.Lost:
		o.Origin = walk.FromSQS
	case o.Failed() || o.Failure != "":
		o.Origin = walk.FromAPIGateway
		if o.Code == "" {
			o.Code = responseCode(o.ResponseType, o.Status)
		}
		if o.Message == "" {
			o.Message = o.Failure
		}
	default:
		o.Origin = walk.FromNobody
	}
}

// responseCodes are the errors that API Gateway answers with, by the type of its response.
var responseCodes = map[string]walk.ErrorCode{
	"MISSING_AUTHENTICATION_TOKEN":   walk.MissingAuthenticationToken,
	"UNSUPPORTED_MEDIA_TYPE":         walk.UnsupportedMediaType,
	"BAD_REQUEST_BODY":               walk.BadRequest,
	"BAD_REQUEST_PARAMETERS":         walk.BadRequest,
	"API_CONFIGURATION_ERROR":        walk.InternalServerError,
	"AUTHORIZER_CONFIGURATION_ERROR": walk.InternalServerError,
	"ACCESS_DENIED":                  walk.GatewayAccessDenied,
	"UNAUTHORIZED":                   walk.Unauthorized,
	"INVALID_API_KEY":                walk.Forbidden,
	"WAF_FILTERED":                   walk.Forbidden,
}

func responseCode(kind string, status int) walk.ErrorCode {
	if code, ok := responseCodes[kind]; ok {
		return code
	}
	switch status {
	case 415:
		return walk.UnsupportedMediaType
	case 500:
		return walk.InternalServerError
	}
	return ""
}

// decide finds the line that says how the request ended.
func (o *Observation) decide(l Entries) {
	labels := []string{failed, invalidBody, "Missing required request parameters", keyRefused, throttled, quotaExceeded, unauthorized, gatewayAnswer, completed, received}
	if o.SQSStatus > 299 || o.Lost {
		labels = append([]string{answerBody, received}, labels...)
	}
	for _, label := range labels {
		if text, ok := l.only(label); ok {
			o.Deciding = shortened(label + text)
			return
		}
	}
}

func containsAny(s string, list []string) bool {
	for _, part := range list {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}

// only is what the expression finds when it finds one thing, as in the answer to
// a single message.
func only(re *lazy.Expression, s string) string {
	if len(re.FindAllStringIndex(s, 2)) != 1 {
		return ""
	}
	return first(re, s)
}

func first(re *lazy.Expression, s string) string {
	if m := re.FindStringSubmatch(s); m != nil {
		return strings.Join(m[1:], "")
	}
	return ""
}
