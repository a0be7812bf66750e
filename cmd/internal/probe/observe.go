package probe

import (
	"regexp"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/source/live/testinvoke"
	"apisqs-doctor/diagnose/walk"
)

// Observed is what a test showed.
type Observed struct {
	Status    int            // that the client would see
	Called    Answer         // whether SQS was called
	SQSStatus int            // of SQS's answer; 0 when the log does not say
	Code      walk.ErrorCode // of SQS's answer, as the query protocol names it; empty for none
	ErrorType walk.ErrorCode // of API Gateway's own answer (T124); empty for none
	Lost      bool           // SQS refused entries of a batch
	MessageID string         // that SQS gave the one message
	MD5       string         // of that message's body, by SQS
	Latency   int            // milliseconds, of the whole test
	Body      string         // that the client would get
	Log       Log
}

// Answer is yes, no or, at first, unknown.
type Answer uint8

// The answers.
const (
	Unknown Answer = iota
	Yes
	No
)

var (
	statusRE  = regexp.MustCompile(`^ Status: (\d{3})\b`)
	messageRE = regexp.MustCompile(`"MessageId"\s*:\s*"([\w-]+)"|<MessageId>([\w-]+)</MessageId>`)
	digestRE  = regexp.MustCompile(`"MD5OfMessageBody"\s*:\s*"([0-9a-f]{32})"|<MD5OfMessageBody>([0-9a-f]{32})</MD5OfMessageBody>`)
	lostRE    = regexp.MustCompile(`"Failed"\s*:\s*\[\s*\{|<BatchResultErrorEntry>`)
	// The answers of both protocols in all their shapes, which may be cut off:
	// {"Error":{"Code":"X", <Code>X</Code>, {"__type":"com.amazonaws.sqs#X", <XException/>.
	codeRE = regexp.MustCompile(`"Code"\s*:\s*"([\w.]+)"|<Code>([\w.]+)</Code>|"__type"\s*:\s*"(?:[\w.]+#)?([\w.]+)"|^\s*(?:<\?xml[^>]*>\s*)?<(\w+Exception)\b`)
)

// Observe reads the answer of a test of a request with the body. What the log
// does not say for certain stays unknown.
func Observe(a testinvoke.Answer, body string) Observed {
	o := Observed{Status: a.Status, Latency: a.Latency, Body: a.Body, Log: Read(a.Log, body)}
	answers := o.Log.all(received)
	switch {
	case len(answers) > 0 || len(o.Log.all(sending)) > 0:
		o.Called = Yes
	case o.Log.Complete():
		o.Called = No
	}
	if len(answers) == 1 { // more than one is not API Gateway's log
		if m := statusRE.FindStringSubmatch(answers[0]); m != nil {
			o.SQSStatus, _ = strconv.Atoi(m[1])
		}
	}
	if bodies := o.Log.all(responseBody); len(bodies) == 1 {
		o.read(bodies[0])
	}
	for name, value := range a.Headers {
		if strings.EqualFold(name, "x-amzn-ErrorType") {
			o.ErrorType = walk.ErrorCode(value)
		}
	}
	return o
}

// read reads SQS's answer.
func (o *Observed) read(body string) {
	if o.SQSStatus < 400 {
		o.MessageID, o.MD5, o.Lost = only(messageRE, body), only(digestRE, body), lostRE.MatchString(body)
		return
	}
	o.Code = walk.ErrorCode(first(codeRE, body))
	if names, ok := walk.LookupCode(string(o.Code)); ok {
		o.Code = names.Code
	}
}

// only is what the expression finds when it finds one thing, as in the answer to
// a single message.
func only(re *regexp.Regexp, s string) string {
	if len(re.FindAllStringIndex(s, 2)) != 1 {
		return ""
	}
	return first(re, s)
}

func first(re *regexp.Regexp, s string) string {
	if m := re.FindStringSubmatch(s); m != nil {
		return strings.Join(m[1:], "")
	}
	return ""
}

// Delivered tells whether SQS took the call and the client was told so.
func (o *Observed) Delivered() Answer {
	switch {
	case o.Status < 200 || o.Status > 299 || o.Called == No || o.Lost:
		return No
	case o.SQSStatus == 0:
		return Unknown
	case o.SQSStatus > 299:
		return No
	}
	return Yes
}
