package cases

import (
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

// Status is the outcome of a case.
type Status string

// Outcomes of a case.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Unknown Status = "unknown" // something that is expected cannot be told
)

// Outcome is what one case gave.
type Outcome struct {
	Case        *Case
	Status      Status
	Differences []Difference
	got         map[string]value
}

// Difference is an expectation that was not met.
type Difference struct {
	What     string
	Line     int
	Expected string
	Got      string
	Known    bool // false when what the case gives cannot be told
}

// value is what a case gives for one expectation; the zero value is nothing.
type value struct {
	text   string
	there  bool
	unsure bool // it is not known whether SQS takes the message that it belongs to
}

// Judge compares what a case gives with what it is expected to give.
func (c *Case) Judge(d *diagnose.Diagnosis) Outcome {
	o := Outcome{Case: c, Status: Passed, got: given(d)}
	for _, e := range c.Expect {
		got := o.got[e.What]
		unsure := o.got["message"].unsure && ofMessage(e.What)
		switch met := e.met(got); {
		case met && unsure:
			o.unknown(&e, got.said()+", and it is not known whether SQS takes it")
			continue
		case !unsure && !got.there && unknownOf(d, e.What):
			o.unknown(&e, "not known")
			continue
		case met:
			continue
		}
		o.Status = Failed
		o.Differences = append(o.Differences, Difference{What: e.What, Line: e.Line, Expected: e.said(), Got: got.said(), Known: true})
	}
	return o
}

// unknown records an expectation of which it is not known whether it is met.
func (o *Outcome) unknown(e *Expectation, got string) {
	o.Differences = append(o.Differences, Difference{What: e.What, Line: e.Line, Expected: e.said(), Got: got})
	if o.Status == Passed {
		o.Status = Unknown
	}
}

func (e *Expectation) met(got value) bool {
	switch {
	case e.None || !got.there:
		return e.None && !got.there
	case e.JSON:
		var want, have any
		return json.Unmarshal([]byte(e.Want), &want) == nil && json.Unmarshal([]byte(got.text), &have) == nil && reflect.DeepEqual(want, have)
	}
	return e.Want == got.text
}

func (e *Expectation) said() string {
	if e.None {
		return "none"
	}
	return e.Want
}

func (v value) said() string {
	if !v.there {
		return "none"
	}
	return v.text
}

// given is all that a diagnosis gives for expectations.
func given(d *diagnose.Diagnosis) map[string]value {
	got := map[string]value{}
	set := func(what, text string) { got[what] = value{text: text, there: true} }
	set("verdict", string(d.Verdict))
	if p := d.Predicted; p.Known {
		if p.Status != 0 {
			set("status", strconv.Itoa(p.Status))
			set("answer.status", strconv.Itoa(p.Status))
		}
		if p.Code != "" {
			set("code", string(p.Code))
		}
		if d.Trace.Response.Status != 0 {
			set("answer.body", d.Trace.Response.Body.String())
		}
	}
	if d.EveryBody != nil {
		set("everyBody", d.EveryBody.Result.String())
	}
	messages, unsure := d.Trace.Queue.Messages, false
	switch {
	case !d.Predicted.Known && asked(d.Trace):
		messages, unsure = d.Trace.Protocol.Effective().Messages(), true
	case !d.Predicted.Known || before(d.Trace, walk.StageResponse):
		return got
	}
	if len(messages) != 1 {
		return got
	}
	set = func(what, text string) { got[what] = value{text: text, there: true, unsure: unsure} }
	m := &messages[0]
	set("message", m.Body)
	for _, x := range []struct {
		what, text string
		there      bool
	}{{"groupId", m.GroupID, m.HasGroupID}, {"deduplicationId", m.DeduplicationID, m.HasDeduplication}, {"delaySeconds", m.Delay, m.HasDelay}} {
		if x.there {
			set(x.what, x.text)
		}
	}
	for _, a := range m.Attributes {
		if a.HasBinary {
			set("attributes."+a.Name, base64.StdEncoding.EncodeToString(a.BinaryValue))
		} else {
			set("attributes."+a.Name, a.StringValue)
		}
	}
	return got
}

// asked tells whether it is known what SQS is asked to take, be it that it is not
// known whether it does.
func asked(t *walk.Trace) bool {
	return t.FirstFailure() == nil && t.Step(walk.StageMapping).Status == walk.Passed && t.Step(walk.StageProtocol).Status == walk.Passed
}

// before tells whether the first failure is one of an earlier stage.
func before(t *walk.Trace, stage walk.Stage) bool {
	first := t.FirstFailure()
	return first != nil && first.Stage.Index() < stage.Index()
}

// ofMessage tells whether an expectation is about the message.
func ofMessage(what string) bool {
	switch what {
	case "message", "groupId", "deduplicationId", "delaySeconds":
		return true
	}
	return strings.HasPrefix(what, "attributes.")
}

// unknownOf tells whether what is expected cannot be told, rather than absent.
func unknownOf(d *diagnose.Diagnosis, what string) bool {
	switch what {
	case "verdict":
		return false
	case "everyBody":
		return d.EveryBody == nil
	}
	return !d.Predicted.Known
}
