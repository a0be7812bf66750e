package cli

import (
	"strings"

	"apisqs-doctor/cmd/internal/probe"
	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/diagnose/walk"
)

// fixDocument is the JSON of the fix command: what it would change.
type fixDocument struct {
	Schema  string      `json:"schema"`
	Methods []fixMethod `json:"methods"`
}

type fixMethod struct {
	API     string           `json:"api"`
	Stage   string           `json:"stage"`
	Method  string           `json:"method"`
	Path    string           `json:"path"`
	Verdict diagnose.Verdict `json:"verdict"`
	Steps   []fixStep        `json:"steps"`
	After   string           `json:"after"` // what is predicted once they are made, or why there are none
	Remains []fixRemaining   `json:"remains"`
	Notes   []string         `json:"notes"`
}

type fixStep struct {
	Title    string      `json:"title"`
	Rule     string      `json:"rule"`
	Sure     string      `json:"sure"` // sure, blank or choice
	Asks     string      `json:"asks"` // why it is not made without asking; empty for a sure one
	Risk     string      `json:"risk"`
	Changes  []fixChange `json:"changes"`
	Commands []string    `json:"commands"` // for a POSIX shell; none where it cannot be told so
}

type fixChange struct {
	Target string `json:"target"`
	Before string `json:"before"`
	After  string `json:"after"`
}

type fixRemaining struct {
	Rule    string `json:"rule"`
	Message string `json:"message"`
	Why     string `json:"why"`
}

// document is the plan for programs.
func (p *repair) document(s *snapshot.Snapshot, words report.Remedy) fixDocument {
	doc := fixDocument{Schema: "apisqs-doctor/fix/v1", Methods: []fixMethod{}}
	for _, part := range p.parts {
		d := part.diagnosis
		r := &d.Trace.Request
		m := fixMethod{API: r.API, Stage: r.Stage, Method: r.Method, Path: r.Path, Verdict: d.Verdict, After: part.after, Steps: []fixStep{}, Remains: []fixRemaining{}, Notes: append([]string{}, part.notes...)}
		if d.Trace.Route.API != nil {
			m.API = d.Trace.Route.API.ID
		}
		for _, x := range part.fixes {
			step := fixStep{Title: x.Title, Rule: x.Rule, Sure: string(x.Sure()), Asks: unsure(x), Risk: x.Risk, Changes: []fixChange{}, Commands: []string{}}
			for _, change := range x.Changes {
				what, from, to := snapshot.Parts(change)
				step.Changes = append(step.Changes, fixChange{what, from, to})
			}
			if lines, err := words.Commands(shell.POSIX, s, x); err == nil {
				step.Commands = append(step.Commands, lines...)
			}
			m.Steps = append(m.Steps, step)
		}
		for _, left := range part.remains {
			m.Remains = append(m.Remains, fixRemaining{left.Rule, left.Message, left.Why})
		}
		doc.Methods = append(doc.Methods, m)
	}
	return doc
}

// probeDocument is the JSON of the probe command.
type probeDocument struct {
	Schema    string           `json:"schema"`
	Method    string           `json:"method"`
	Path      string           `json:"path"`
	Predicted report.Predicted `json:"predicted"`
	Observed  probeObserved    `json:"observed"`
	Outcome   string           `json:"outcome"` // agrees, disagrees or unpredicted
	Settled   string           `json:"settled"` // well, problem or inconclusive
}

type probeObserved struct {
	Status     int            `json:"status"` // that the client would get
	SQSStatus  *int           `json:"sqsStatus"`
	Code       walk.ErrorCode `json:"code"`      // of SQS's error; empty for none
	ErrorType  walk.ErrorCode `json:"errorType"` // of API Gateway's own answer; empty for none
	MessageID  string         `json:"messageId"`
	Latency    int            `json:"latency"` // milliseconds, of the whole test
	SQSLatency *int           `json:"sqsLatency"`
}

// probed is what a trial showed, without bodies and headers.
func probed(s *snapshot.Snapshot, t *probe.Trial, o *probe.Observed, v probe.Verdict) probeDocument {
	r := &t.Diagnosis.Trace.Request
	return probeDocument{Schema: "apisqs-doctor/probe/v1", Method: r.Method, Path: strings.TrimSpace(r.Path), Predicted: report.PredictedOf(t.Diagnosis.Predicted, report.NewWords(s)),
		Observed: probeObserved{o.Status, number(o.SQSStatus), o.Code, o.ErrorType, o.MessageID, o.Latency, number(o.SQSLatency)},
		Outcome:  map[probe.Verdict]string{probe.Agrees: "agrees", probe.Disagrees: "disagrees", probe.Unpredicted: "unpredicted"}[v],
		Settled:  map[probe.Settled]string{probe.Well: "well", probe.Problem: "problem", probe.Inconclusive: "inconclusive"}[t.Settle(o, v)]}
}
