package logs

import (
	"strconv"
	"strings"
	"time"

	"apisqs-doctor/diagnose/walk"
)

// Observed is what logs say of the calls of one method, or of those that reached
// none, held against the prediction.
type Observed struct {
	Method string   `json:"-"`      // POST /orders; empty for calls that reached no method
	Window string   `json:"window"` // how far back was read, such as 1h
	Calls  int      `json:"calls"`  // that count: of the stage's current deployment
	Failed int      `json:"failed"` // the client got an error
	Lost   int      `json:"lost"`   // SQS refused, and the client was told of success
	Untold int      `json:"untold"` // of which the log does not say how they ended
	Older  int      `json:"older"`  // calls of earlier deployments, which are not among the others
	Groups []Group  `json:"groups"` // calls that went in one way for one reason, the most first
	Unread []string `json:"unread"` // why calls may be missing

	examples map[Example]*Observation
}

// Group is a set of calls that failed in one way for one reason, or that succeeded
// where a failure was predicted.
type Group struct {
	Outcome  Outcome        `json:"outcome"` // against the prediction
	Rule     string         `json:"rule"`    // that explains them; empty when none does
	Code     walk.ErrorCode `json:"code"`
	Statuses Statuses       `json:"statuses"`
	Count    int            `json:"count"`
	First    string         `json:"first"` // RFC 3339; empty when the log has no times
	Last     string         `json:"last"`
	Example  Example        `json:"example"`
	Shared   string         `json:"shared"` // what these calls have in common and others have not; empty when nothing
	Lost     bool           `json:"lost"`
	Why      string         `json:"why"` // what the rule finds, or what can explain a difference
}

// Statuses are those of the client and of SQS, 0 for none or when not logged.
type Statuses struct {
	Client int `json:"client"`
	SQS    int `json:"sqs"`
}

// Example is one call of a group.
type Example struct {
	ID        string `json:"id"`
	Time      string `json:"time"`
	Line      string `json:"line"` // of the log, that says how it ended
	Predicted string `json:"predicted"`
}

// Outcome is how observations stand against the prediction.
type Outcome string

// The outcomes.
const (
	Confirmed    Outcome = "confirmed"
	Differs      Outcome = "differs"
	NotPredicted Outcome = "not-predicted"     // the doctor could not say what happens
	TooLittle    Outcome = "too-little-logged" // to say which request it was, or what was answered
)

// clockText is a time of a log.
func clockText(ms int64) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z")
}

// brief is what was seen of a call, as "200, SQS 403 AccessDenied".
func brief(status, sqs int, code walk.ErrorCode, called Answer) string {
	s := "an answer that is not logged"
	if status != 0 {
		s = strconv.Itoa(status)
	}
	switch {
	case sqs != 0:
		s += strings.TrimRight(", SQS "+strconv.Itoa(sqs)+" "+string(code), " ")
	case code != "":
		s += " " + string(code)
	case called == Yes:
		s += ", SQS's answer not logged"
	}
	return s
}

// Seen is what was seen of the calls of the group, in few words.
func (g *Group) Seen() string {
	s := brief(g.Statuses.Client, g.Statuses.SQS, g.Code, Unknown)
	if g.Lost {
		s += ", told as success"
	}
	return s
}

// Example is the example of a group as it was logged.
func (o *Observed) Example(g Group) *Observation { return o.examples[g.Example] }
