package logs

import (
	"cmp"
	"slices"

	"apisqs-doctor/diagnose/walk"
)

// Observation is one request as far as it was logged.
type Observation struct {
	Source   Source
	ID       string // $context.requestId, which is not unique (L41)
	Extended string // $context.extendedRequestId, which is
	SQSID    string // SQS's id of its request; SQS's owner can look it up

	API, Stage   string
	Method       string // HTTP method
	Path         string // of the resource, or the concrete one (L20b); empty when it was not logged
	RouteKey     string // HTTP and WebSocket APIs
	Start, End   int64  // milliseconds since 1970, of the first and the last line; 0 when not logged
	Latency      int    // milliseconds that SQS took; 0 when not logged
	Status       int    // that the client got; 0 when not logged
	SQSStatus    int    // of SQS's answer; 0 when there is none or it was not logged
	Called       Answer // whether SQS was called
	Origin       walk.Source
	Code         walk.ErrorCode // of the error, as the query protocol names it; empty for none or when not logged
	Message      string         // of the error, by whom it is
	ResponseType string         // of the gateway response that the client got (L22, L42); empty when not logged
	Failure      string         // why the execution failed, as API Gateway says it
	MessageID    string         // that SQS gave the one message
	MD5          string         // of that message's body, by SQS
	Lost         bool           // SQS refused entries of a batch
	Client       Part           // what the client sent
	PathParams   []walk.Header  // of the client's path
	Query        []walk.Header  // of the client's
	URL          string         // that SQS was called at
	Sent         Part           // what was sent to SQS
	Answered     Part           // by SQS
	Returned     Part           // to the client
	Deciding     string         // the line that says how it ended
	Entries      Entries        // of an execution log or a test
	Complete     bool           // from the first line to one that ends it
	Begun        bool           // its first line was read
	Doubtful     bool           // lines stand in its data, or two requests have its id: what was sent and answered is not certain

	order int // of its first line among all that were read
}

// Sort orders observations by the time of their first lines, or as they were read.
func Sort(list []*Observation) {
	slices.SortStableFunc(list, Compare)
}

// Compare is the order of Sort.
func Compare(a, b *Observation) int {
	return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.order, b.order))
}

// Part is the headers and the body of a request or an answer.
type Part struct {
	Headers    []walk.Header
	Body       string
	HasHeaders bool // they were logged
	HasBody    bool
	CutHeaders bool // not to their end
	CutBody    bool
}

// Source is the kind of log that an observation is from.
type Source string

// The sources.
const (
	Execution Source = "execution"
	Access    Source = "access"
	Test      Source = "test"
)

// Answer is yes, no or, at first, unknown.
type Answer uint8

// The answers.
const (
	Unknown Answer = iota
	Yes
	No
)

// Delivered tells whether SQS took the call and the client was told so.
func (o *Observation) Delivered() Answer {
	switch {
	case o.Status != 0 && (o.Status < 200 || o.Status > 299) || o.Called == No || o.Lost || o.SQSStatus > 299 || o.Failure != "":
		return No
	case o.Status == 0 || o.SQSStatus == 0:
		return Unknown
	}
	return Yes
}

// Silent tells that SQS refused, or part of a batch, and the client was told of success.
func (o *Observation) Silent() bool {
	return o.Status >= 200 && o.Status <= 299 && (o.SQSStatus > 299 || o.Lost)
}

// Failed tells that the client got an error or the message was lost. A request
// of which neither is known has not failed.
func (o *Observation) Failed() bool {
	return o.Status >= 400 || o.Status == 0 && o.Delivered() == No || o.Silent()
}

// Untold tells that the log does not say how the request ended.
func (o *Observation) Untold() bool { return o.Status == 0 && o.SQSStatus == 0 && !o.Failed() }

// Traced tells that what the client sent was logged to its end, so that the
// request can be walked.
func (o *Observation) Traced() bool {
	c := &o.Client
	return c.HasHeaders && c.HasBody && !c.CutHeaders && !c.CutBody && !o.Doubtful && o.Method != "" && o.Path != ""
}
