package probe

import (
	"strings"

	"apisqs-doctor/cmd/internal/logs"
	"apisqs-doctor/diagnose/source/live/testinvoke"
	"apisqs-doctor/diagnose/walk"
)

// Observed is what a test showed.
type Observed struct {
	Status     int            // that the client would see
	Called     logs.Answer    // whether SQS was called
	SQSStatus  int            // of SQS's answer; 0 when the log does not say
	Code       walk.ErrorCode // of SQS's answer, as the query protocol names it; empty for none
	ErrorType  walk.ErrorCode // of API Gateway's own answer (T124); empty for none
	Lost       bool           // SQS refused entries of a batch
	MessageID  string         // that SQS gave the one message
	MD5        string         // of that message's body, by SQS
	Latency    int            // milliseconds, of the whole test
	SQSLatency int            // milliseconds that SQS took; 0 when the log does not say
	Body       string         // that the client would get
	Log        logs.Entries
}

// Observe reads the answer of a test of a request with the body. What the log
// does not say for certain stays unknown.
func Observe(a testinvoke.Answer, body string) Observed {
	l := logs.OfTest(a.Log, body)
	o := Observed{Status: a.Status, Latency: a.Latency, Body: a.Body, Log: l.Entries, Called: l.Called, SQSStatus: l.SQSStatus,
		Lost: l.Lost, MessageID: l.MessageID, MD5: l.MD5, SQSLatency: l.Latency}
	if o.SQSStatus >= 400 {
		o.Code = l.Code
	}
	for name, value := range a.Headers {
		if strings.EqualFold(name, "x-amzn-ErrorType") {
			o.ErrorType = walk.ErrorCode(value)
		}
	}
	return o
}

// Delivered tells whether SQS took the call and the client was told so.
func (o *Observed) Delivered() logs.Answer {
	switch {
	case o.Status < 200 || o.Status > 299 || o.Called == logs.No || o.Lost:
		return logs.No
	case o.SQSStatus == 0:
		return logs.Unknown
	case o.SQSStatus > 299:
		return logs.No
	}
	return logs.Yes
}
