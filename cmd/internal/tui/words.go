package tui

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
)

// words puts texts of the diagnosis the way people read them: the template's
// expression for a value that is not known before deployment, and no credentials.
type words struct{ replace *strings.Replacer }

// credentialHeaders are the headers whose values are not shown.
var credentialHeaders = []string{"Authorization", "Proxy-Authorization", "X-Api-Key", "X-Amz-Security-Token", "Cookie"}

// hidden stands for a credential.
const hidden = "(hidden)"

func newWords(s *snapshot.Snapshot, requests ...*diagnose.Request) words {
	var pairs []string
	seen := map[string]bool{"": true}
	add := func(old, new string) {
		if !seen[old] {
			seen[old] = true
			pairs = append(pairs, old, new)
		}
	}
	for _, r := range requests {
		for _, h := range r.Headers {
			// A short value would be replaced in the middle of other words.
			if isCredential(h.Name) && len(h.Value) >= 8 && !isSample(h.Value) {
				add(h.Value, hidden)
			}
		}
	}
	if s != nil {
		for _, sym := range s.Symbols {
			add(sym.Text, sym.Expression)
		}
	}
	if pairs == nil {
		return words{}
	}
	return words{strings.NewReplacer(pairs...)}
}

// show returns s as people read it.
func (w words) show(s string) string {
	if w.replace == nil {
		return s
	}
	return w.replace.Replace(s)
}

// header returns a header's value as people read it.
func (w words) header(h diagnose.Header) string {
	if isCredential(h.Name) && !isSample(h.Value) {
		return hidden
	}
	return h.Value
}

func isCredential(header string) bool {
	for _, name := range credentialHeaders {
		if strings.EqualFold(name, header) {
			return true
		}
	}
	return false
}

// isSample tells the doctor's own stand-ins for credentials.
func isSample(value string) bool {
	return strings.HasPrefix(value, "sample-") || strings.HasSuffix(value, "Credential=sample")
}

// outcome says in a few words what the client gets.
func outcome(p *diagnose.Prediction) string {
	switch {
	case p == nil:
		return ""
	case p.Origin == diagnose.FromDeployment:
		return "AWS refuses to deploy it"
	case p.Status == 0 && p.Code == "":
		return "client gets: not known"
	case p.Status == 0:
		return "client gets an error"
	}
	return fmt.Sprintf("client gets %d", p.Status)
}

// answer says in a sentence who answers what.
func answer(p *diagnose.Prediction) string {
	code := codes(p)
	switch {
	case p == nil:
		return "not known"
	case p.Origin == diagnose.FromDeployment:
		return strings.TrimSuffix("AWS refuses this configuration: "+code, ": ") + "; no call is ever made"
	case p.Status == 0 && p.Code == "":
		return "what the client gets is not known"
	}
	s := "the client gets " + status(p.Status)
	switch {
	case p.SQSStatus != 0 && (p.Code != "" || p.SQSStatus != p.Status):
		s += strings.TrimRight(fmt.Sprintf("; SQS answered %d %s", p.SQSStatus, code), " ")
	case p.Code == "" && p.Status < 300:
	case p.Origin == diagnose.FromAPIGateway:
		s += " " + code + " from API Gateway"
	case code != "":
		s += " " + code
	}
	if p.Code != "" && !p.Known {
		s += " (unless a stage that could not be read fails before)"
	}
	return s
}

func status(n int) string {
	if n == 0 {
		return "an error:"
	}
	return fmt.Sprint(n)
}

func codes(p *diagnose.Prediction) string {
	if p == nil {
		return ""
	}
	if len(p.Codes) == 0 {
		return string(p.Code)
	}
	list := make([]string, len(p.Codes))
	for i, c := range p.Codes {
		list[i] = string(c)
	}
	return strings.Join(list, " or ")
}

// verdictWord is the verdict in capitals, and what it is.
func verdictWord(v diagnose.Verdict) (string, role) {
	switch v {
	case diagnose.Broken:
		return "BROKEN", bad
	case diagnose.AtRisk:
		return "AT RISK", warn
	case diagnose.Healthy:
		return "HEALTHY", good
	}
	return "INCONCLUSIVE", doubt
}

func severityRole(s diagnose.Severity) role {
	switch s {
	case diagnose.Error:
		return bad
	case diagnose.Warning:
		return warn
	}
	return strong
}

// said is a stage's sentence, or one in its place.
func said(step *diagnose.Step) string {
	switch {
	case step.Said != "":
		return step.Said
	case step.Status == diagnose.Failed && step.Failure != nil:
		return string(step.Failure.Code)
	case step.Status == diagnose.NotApplicable:
		return "does not apply"
	case step.Status == diagnose.Passed:
		return ""
	case notReached(step):
		return "not reached"
	case len(step.Gaps) > 0:
		return step.Gaps[0].Detail
	}
	return "not known"
}

// notReached tells whether all that is missing is what an earlier stage did
// not produce.
func notReached(step *diagnose.Step) bool {
	for _, g := range step.Gaps {
		if g.Reason != snapshot.Blocked {
			return false
		}
	}
	return len(step.Gaps) > 0
}

// mark is the mark, the word and the look of a stage. after tells that an
// earlier stage fails, so that the message does not get there.
func mark(g *glyphs, step *diagnose.Step, after bool) (glyph, word string, r role) {
	switch {
	case step.Status == diagnose.Failed:
		return g.fail, "FAIL", bad
	case step.Status == diagnose.NotApplicable:
		return g.skip, "-", dim
	case step.Status == diagnose.Passed && after:
		return g.skip, "ok", dim
	case step.Status == diagnose.Passed:
		return g.pass, "ok", good
	case notReached(step):
		return g.skip, "-", dim
	}
	return g.open, "unknown", doubt
}

// at is the place of a value, as short as it can be found by.
func at(o snapshot.Origin) string {
	resource := o.Resource
	if parts := strings.SplitN(resource, ":", 6); len(parts) == 6 && parts[2] == "apigateway" {
		resource = parts[5] // the heading names the rest
	}
	switch {
	case o.File != "" && o.Line > 0:
		return fmt.Sprintf("%s:%d", o.File, o.Line)
	case o.File != "":
		return o.File
	case resource != "" && o.Path != "":
		return resource + " " + o.Path
	}
	return resource + o.Path
}

// titles name what a walk is about, from the longest to the shortest.
func titles(t *diagnose.Trace, arrow string) []string {
	api, stage := t.Request.API, t.Request.Stage
	if t.Route.API != nil {
		api = strings.TrimSpace(t.Route.API.Name + " " + t.Route.API.ID)
		if t.Route.API.Name == t.Route.API.ID {
			api = t.Route.API.ID
		}
	}
	if t.Route.Stage != nil {
		stage = t.Route.Stage.Name
	}
	if stage == "" {
		stage = "no stage"
	}
	what := call(&diagnose.Request{Method: t.Request.Method, Path: t.Request.Path, Route: t.Request.Route})
	to := ""
	if queue := queueARN(t); queue != "" {
		to = " " + arrow + " " + queue[strings.LastIndexByte(queue, ':')+1:]
	}
	return []string{api + " · " + stage + " · " + what + to, stage + " · " + what + to, stage + " · " + what, what}
}

// queueARN is the queue that the walk leads to, or empty.
func queueARN(t *diagnose.Trace) string {
	for _, arn := range []string{t.Queue.ARN, t.Protocol.QueueARN, t.Authorization.Resource} {
		if arn != "" {
			return arn
		}
	}
	return ""
}
