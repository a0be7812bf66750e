package explain

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"apisqs-doctor/cmd/internal/logs"
	"apisqs-doctor/diagnose"
)

// Answer is what the log of one request says.
type Answer struct {
	*logs.Observation
	Causes []Cause // of its failure, the likeliest first; none for one that did not fail
	Masked bool    // the client's data was left out
}

// Mask leaves out what the client sent, and the lines that identify it.
func (l *Log) Mask() {
	for _, list := range [][]Answer{l.Failed, l.Succeeded} {
		for i := range list {
			o := *list[i].Observation
			list[i].Masked = o.Client.HasBody && o.Client.Body != ""
			o.Client.Body, o.Client.HasBody = "", false
			if o.Source == logs.Access {
				o.Deciding = ""
			}
			list[i].Observation = &o
		}
	}
}

// Log is what a log says: each of its requests that failed, and how many did not.
type Log struct {
	Failed    []Answer // in the order of their times, the first of them when there are many
	Succeeded []Answer // the first of them
	Requests  int      // all
	Left      int      // that failed and are not among the answers
	Forged    int      // lines that stand in data of a request, and are none
}

// mostAnswers is how many failed requests of one log are explained.
const mostAnswers = 200

// Requests reads a log, of any size, and explains each of its requests. A text
// that is no log has none.
func Requests(r io.Reader, rules []diagnose.Rule) Log {
	var out Log
	g, err := logs.NewGrouper("", func(o *logs.Observation) { out.Add(o, rules) })
	if err != nil {
		return Log{}
	}
	if err := logs.Read(r, "", g); err != nil && out.Requests == 0 {
		return Log{}
	}
	out.Forged = g.Forged
	out.Sort()
	return out
}

// Add explains one more request of the log.
func (l *Log) Add(o *logs.Observation, rules []diagnose.Rule) {
	if !says(o) {
		return
	}
	l.Requests++
	causes := Of(o, rules)
	switch {
	case len(causes) == 0 && len(l.Succeeded) < mostAnswers:
		l.Succeeded = append(l.Succeeded, Answer{Observation: o})
	case len(causes) > 0 && len(l.Failed) == mostAnswers:
		l.Left++
	case len(causes) > 0:
		l.Failed = append(l.Failed, Answer{Observation: o, Causes: causes})
	}
}

// Sort orders the answers by the times of their requests.
func (l *Log) Sort() {
	for _, list := range [][]Answer{l.Failed, l.Succeeded} {
		slices.SortStableFunc(list, func(a, b Answer) int { return logs.Compare(a.Observation, b.Observation) })
	}
}

// says tells whether anything of how the request went was logged.
func says(o *logs.Observation) bool {
	return o.Status != 0 || o.SQSStatus != 0 || o.Failure != "" || o.Answered.HasBody || o.Deciding != "" || o.Called != logs.Unknown
}

// Of ranks the causes of a request's failure, the likeliest first.
func Of(o *logs.Observation, rules []diagnose.Rule) []Cause {
	signs, out := signsOf(o)
	t := read(said(o))
	if !o.Failed() && o.Failure == "" && len(t.codes) == 0 && len(signs) == 0 {
		return nil
	}
	return rank(t, signs, out, rules)
}

// said is what AWS said, without what the client did.
func said(o *logs.Observation) string {
	lines := []string{}
	if o.Source == logs.Access {
		lines = append(lines, o.Message, o.Failure, string(o.Code))
	}
	if o.SQSStatus > 299 || o.SQSStatus == 0 {
		lines = append(lines, o.Answered.Body)
		for _, h := range o.Answered.Headers {
			lines = append(lines, h.Name+": "+h.Value)
		}
	}
	if o.Failure != "" && o.Source != logs.Access {
		lines = append(lines, "Execution failed due to configuration error: "+o.Failure)
	}
	if o.Deciding != "" && o.Source != logs.Access {
		lines = append(lines, o.Deciding)
	}
	if o.SQSStatus > 299 {
		lines = append(lines, fmt.Sprintf("Received response. Status: %d", o.SQSStatus))
	}
	if o.Status != 0 {
		lines = append(lines, fmt.Sprintf("Method completed with status: %d", o.Status))
	}
	if strings.Contains(o.Message, "__type") {
		lines = append(lines, o.Message)
	}
	return strings.Join(lines, "\n")
}

func itoa(n int) string { return fmt.Sprint(n) }

// Outcome is how the request went, in a sentence.
func (a *Answer) Outcome() string {
	s := "what the client got is not in the log"
	if a.Status != 0 {
		s = fmt.Sprintf("the client got %d", a.Status)
	}
	switch {
	case a.SQSStatus > 299:
		s += strings.TrimRight(fmt.Sprintf("; SQS answered %d %s", a.SQSStatus, a.Code), " ")
	case a.Lost:
		s += "; SQS refused entries of the batch"
	case a.SQSStatus != 0:
		s += fmt.Sprintf("; SQS answered %d", a.SQSStatus)
	case a.Called == logs.No:
		s += "; SQS was not called"
	case a.Called == logs.Yes:
		s += "; what SQS answered is not in the log"
	}
	if a.Silent() {
		s += ", and the client was told of success"
	}
	return s
}

// Heading names the request.
func (a *Answer) Heading() string {
	parts := []string{"request " + a.ID}
	if a.Method != "" {
		parts = append(parts, strings.TrimSpace(a.Method+" "+a.Path))
	}
	if a.API != "" {
		parts = append(parts, a.API+"/"+a.Stage)
	}
	if a.Start != 0 {
		parts = append(parts, time.UnixMilli(a.Start).UTC().Format("2006-01-02 15:04:05 UTC"))
	}
	if !a.Complete {
		parts = append(parts, "not all of its lines are here")
	}
	return strings.Join(parts, " · ")
}

// Next are the arguments of the diagnosis of the very request, and what they lack.
func (a *Answer) Next() (arguments []string, lacks string) {
	api := a.API
	if api == "" {
		api, lacks = "ID", "put the API's id in place of ID"
	}
	arguments = []string{"--api-id", api}
	if a.Stage != "" {
		arguments = append(arguments, "--stage", a.Stage)
	}
	if a.Method != "" && a.Path != "" {
		arguments = append(arguments, "--method", a.Method+" "+a.Path)
	}
	c := &a.Client
	switch {
	case a.Masked:
		lacks = "with the client's body: add --show-bodies to this command"
	case a.Doubtful || !c.HasBody:
	case c.CutBody:
		lacks = "the log has the body's beginning only: add the whole one with --body"
	case len(c.Body) > 2000:
		lacks = "add the body with --body @FILE"
	default:
		for _, h := range c.Headers {
			if strings.EqualFold(h.Name, "Content-Type") && h.Value != "application/json" {
				arguments = append(arguments, "--header", "Content-Type: "+h.Value)
			}
		}
		if c.Body != "" {
			arguments = append(arguments, "--body", c.Body)
		}
	}
	return arguments, lacks
}
