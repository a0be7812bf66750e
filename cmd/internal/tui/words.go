package tui

import (
	"fmt"
	"strings"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

// outcome says in a few words what the client gets.
func outcome(p *diagnose.Prediction) string {
	switch {
	case p == nil:
		return ""
	case p.Origin == walk.FromDeployment:
		return "AWS refuses to deploy it"
	case p.Delivery != walk.DeliveryHTTP:
		return strings.TrimPrefix(report.Delivery(*p), "the ")
	case p.Status == 0 && p.Code == "":
		return "client gets: not known"
	case p.Status == 0:
		return "client gets an error"
	}
	return fmt.Sprintf("client gets %d", p.Status)
}

func status(n int) string {
	if n == 0 {
		return "an error:"
	}
	return fmt.Sprint(n)
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

// mark is the mark, the word and the look of a stage. after tells that an
// earlier stage fails, so that the message does not get there.
func mark(g *glyphs, step *walk.Step, after bool) (glyph, word string, r role) {
	switch {
	case step.Status == walk.Failed:
		return g.fail, "FAIL", bad
	case step.Status == walk.NotApplicable:
		return g.skip, "-", dim
	case step.Status == walk.Passed && after:
		return g.skip, "ok", dim
	case step.Status == walk.Passed:
		return g.pass, "ok", good
	case report.NotReached(*step):
		return g.skip, "-", dim
	}
	return g.open, "unknown", doubt
}

// titles name what a walk is about, from the longest to the shortest.
func titles(t *walk.Trace, arrow string) []string {
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
	what := call(&walk.Request{Method: t.Request.Method, Path: t.Request.Path, Route: t.Request.Route})
	to := ""
	if queue := report.QueueARN(t); queue != "" {
		to = " " + arrow + " " + queue[strings.LastIndexByte(queue, ':')+1:]
	}
	return []string{api + " · " + stage + " · " + what + to, stage + " · " + what + to, stage + " · " + what, what}
}
