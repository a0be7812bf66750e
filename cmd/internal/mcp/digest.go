package mcp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
)

// mostAnswer is the size of an answer, in bytes: at most 2,000 tokens, at three
// bytes for each.
const mostAnswer = 6000

// summary is the answer of diagnose: the JSON report, as far as it fits.
type summary struct {
	Verdict  diagnose.Verdict `json:"verdict"`
	ExitCode int              `json:"exitCode"`
	Counts   report.Summary   `json:"summary"`
	Methods  []method         `json:"methods"` // the worst first
	NotRead  []string         `json:"notRead,omitempty"`
	Assumed  []string         `json:"assumed,omitempty"`
	Left     string           `json:"left,omitempty"` // what is not in this answer
	More     string           `json:"more"`           // the command that gives all of it
}

// method is a method of the report in short.
type method struct {
	Method   string           `json:"method"`
	API      string           `json:"api,omitempty"`
	Stage    string           `json:"stage,omitempty"`
	Queue    string           `json:"queue,omitempty"`
	Verdict  diagnose.Verdict `json:"verdict"`
	Client   string           `json:"clientGets"`
	SQS      string           `json:"sqsAnswers,omitempty"`
	Fails    string           `json:"failsAt,omitempty"`
	Received string           `json:"bodyThatSQSReceives,omitempty"`
	Findings []finding        `json:"findings,omitempty"`
}

// finding is a finding of the report in short.
type finding struct {
	Rule     string   `json:"rule"`
	Severity string   `json:"severity"`
	Message  string   `json:"message"`
	Where    string   `json:"where,omitempty"`
	Why      string   `json:"why,omitempty"`
	Evidence []string `json:"evidence,omitempty"`
	Fix      string   `json:"fix,omitempty"`
	Known    string   `json:"doesNotFailTheRun,omitempty"`
}

// digest is a report in at most mostAnswer bytes: verdicts first, then findings, then
// what they rest on.
func digest(doc report.Document, code int, command string) string {
	s := summary{Verdict: doc.Summary.Verdict, ExitCode: code, Counts: doc.Summary, Methods: []method{}, More: command}
	order := worstFirst(doc.Methods)
	var left []string
	for i, m := range order {
		s.Methods = append(s.Methods, short(m))
		if len(encode(s)) > mostAnswer*2/3 {
			s.Methods = s.Methods[:i]
			left = append(left, plural(len(order)-i, "method"))
			break
		}
	}
	findings := 0
	for i := range s.Methods {
		for _, f := range order[i].Findings {
			if !add(&s, &s.Methods[i].Findings, brief(f)) {
				findings++
			}
		}
	}
	if findings > 0 {
		left = append(left, plural(findings, "finding"))
	}
	s.Left = strings.Join(left, ", ")
	for _, text := range notRead(doc, order) {
		add(&s, &s.NotRead, text)
	}
	for _, a := range doc.Assumed {
		add(&s, &s.Assumed, a.What+": "+a.Why)
	}
	for i := range s.Methods {
		for j := range s.Methods[i].Findings {
			f, of := &s.Methods[i].Findings[j], order[i].Findings[j]
			set(&s, &f.Why, of.Why)
			for _, e := range of.Evidence {
				add(&s, &f.Evidence, cutTo(strings.TrimSuffix(e.Label+": "+e.Value, ": "), 300))
			}
		}
		if out := order[i].Outbound; out != nil && out.Body != nil {
			set(&s, &s.Methods[i].Received, cutTo(*out.Body, 400))
		}
	}
	return string(encode(s))
}

// notRead tells what was not read: of the files, and of what the verdicts rest on.
func notRead(doc report.Document, methods []report.Method) []string {
	var list []string
	take := func(text string) {
		if text = cutTo(text, 300); !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	for _, u := range doc.Target.Unread {
		take(u.What)
	}
	for _, g := range slices.Concat(doc.Gaps, gapsOf(methods)) {
		take(strings.TrimSuffix(g.Detail+" (needs "+g.Needs+")", " (needs )"))
	}
	return list
}

// add adds to a list of the summary, where that fits.
func add[T any](s *summary, list *[]T, v T) bool {
	*list = append(*list, v)
	fits := len(encode(s)) <= mostAnswer-100
	if !fits {
		*list = (*list)[:len(*list)-1]
	}
	return fits
}

// set sets a text of the summary, where that fits.
func set(s *summary, to *string, v string) {
	if *to = v; len(encode(s)) > mostAnswer-100 {
		*to = ""
	}
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

func worstFirst(list []report.Method) []report.Method {
	rank := []diagnose.Verdict{diagnose.Broken, diagnose.Inconclusive, diagnose.AtRisk, diagnose.Healthy}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b report.Method) int { return slices.Index(rank, a.Verdict) - slices.Index(rank, b.Verdict) })
	return list
}

func gapsOf(list []report.Method) []report.Gap {
	var out []report.Gap
	for _, m := range list {
		for _, g := range m.Gaps {
			if g.Reason != "blocked" {
				out = append(out, g)
			}
		}
	}
	return out
}

func short(m report.Method) method {
	out := method{Method: strings.TrimSpace(m.Method + " " + m.Path), API: m.API, Stage: m.Stage, Verdict: m.Verdict, Client: "not known"}
	if m.Queue != nil {
		out.Queue = *m.Queue
	}
	p := m.Predicted
	switch {
	case p.Origin == "deployment":
		out.Client = "nothing: AWS refuses this configuration"
	case p.Delivery != "http":
		out.Client = p.Delivery
	case p.Status != nil:
		out.Client = fmt.Sprint(*p.Status)
	}
	if p.SQSStatus != nil {
		out.SQS = fmt.Sprint(*p.SQSStatus)
	}
	if len(p.Codes) > 0 {
		out.SQS = strings.TrimSpace(out.SQS + " " + strings.Join(p.Codes, " or "))
	}
	for _, s := range m.Stages {
		if s.Status == "failed" {
			out.Fails = s.Stage + ": " + s.Said
			break
		}
	}
	return out
}

func brief(f report.Finding) finding {
	out := finding{Rule: f.Rule, Severity: f.Severity, Message: cutTo(f.Message, 300)}
	if len(f.Evidence) > 0 {
		out.Where = f.Evidence[0].Label
		if o := f.Evidence[0].Origin; o.File != "" {
			out.Where += fmt.Sprintf(" (%s:%d)", o.File, o.Line)
		}
	}
	if len(f.Fixes) > 0 {
		out.Fix = f.Fixes[0].Title
	}
	if f.Suppressed != nil {
		out.Known = f.Suppressed.Reason
	}
	return out
}

// planned is the answer of plan.
type planned struct {
	Verdict  diagnose.Verdict `json:"verdict"`
	ExitCode int              `json:"exitCode"`
	Plans    []planOf         `json:"plans"`
	NotRead  []string         `json:"notRead,omitempty"`
	Left     string           `json:"left,omitempty"`
	More     string           `json:"more"`
}

type planOf struct {
	Method   string             `json:"method"`
	Verdict  diagnose.Verdict   `json:"verdict"`
	After    diagnose.Verdict   `json:"verdictAfterwards,omitempty"`
	Complete bool               `json:"complete"` // nothing remains
	None     string             `json:"none,omitempty"`
	Steps    []stepOf           `json:"steps,omitempty"`
	Remains  []report.Remaining `json:"remains,omitempty"`
	How      string             `json:"how,omitempty"` // of Change
	Change   string             `json:"change,omitempty"`
}

type stepOf struct {
	Title    string   `json:"title"`
	Resolves []string `json:"resolves"`
	Sure     string   `json:"sure"` // sure, blank (to be filled in) or choice (the user decides)
	Why      string   `json:"why,omitempty"`
	Risk     string   `json:"risk,omitempty"`
}

// plans are the plans of a report, those of the worst methods first.
func plans(doc report.Document, code int, command string) string {
	out := planned{Verdict: doc.Summary.Verdict, ExitCode: code, Plans: []planOf{}, More: command}
	left := 0
	for _, m := range worstFirst(doc.Methods) {
		if m.Verdict == diagnose.Healthy && m.Plan == nil {
			continue
		}
		p := planOf{Method: strings.TrimSpace(m.Method + " " + m.Path), Verdict: m.Verdict}
		how, change := "", ""
		if m.Plan == nil {
			p.None = "no set of changes of the configuration is known to mend it"
			for _, f := range m.Findings {
				if f.Request != nil {
					p.None = "the client's call is at fault: " + f.Message
				}
			}
		} else {
			p.After, p.Complete, p.Remains = m.Plan.After.Verdict, m.Plan.Complete, m.Plan.Remains
			for _, s := range m.Plan.Steps {
				p.Steps = append(p.Steps, stepOf{s.Title, s.Resolves, s.Sure, s.Why, s.Risk})
			}
			how, change = notation(doc.Target.Kind, m.Plan)
		}
		out.Plans = append(out.Plans, p)
		last := &out.Plans[len(out.Plans)-1]
		if len(encode(out)) > mostAnswer-200 {
			out.Plans = out.Plans[:len(out.Plans)-1]
			left++
			continue
		}
		if last.How, last.Change = how, change; len(encode(out)) > mostAnswer-200 {
			last.How, last.Change = "too long for this answer, see more", ""
			if len(encode(out)) > mostAnswer-200 {
				last.How = ""
			}
		}
	}
	if left > 0 {
		out.Left = plural(left, "method")
	}
	for _, text := range notRead(doc, nil) {
		if out.NotRead = append(out.NotRead, text); len(encode(out)) > mostAnswer-200 {
			out.NotRead = out.NotRead[:len(out.NotRead)-1]
		}
	}
	return string(encode(out))
}

// notation is the whole change as the target's owner can make it.
func notation(kind string, p *report.Plan) (how, change string) {
	switch {
	case p.Diff != "":
		return "edit of the files, for git apply", p.Diff
	case kind == "template" && p.CloudFormation != "":
		return "CloudFormation", p.CloudFormation
	case kind == "terraform" && p.Terraform != "":
		return "Terraform", p.Terraform
	case len(p.Commands) > 0:
		return "commands; they change AWS: ask the user first", strings.Join(p.Commands, "\n")
	}
	return "", ""
}

// outcomes are the results of test cases, those that differ first and as many as fit.
func outcomes(text string, code int, command string) (string, error) {
	var doc struct {
		Passed  int `json:"passed"`
		Failed  int `json:"failed"`
		Unknown int `json:"unknown"`
		Files   []struct {
			File  string `json:"file"`
			Cases []struct {
				Name        string `json:"name"`
				Line        int    `json:"line"`
				Status      string `json:"status"`
				Differences any    `json:"differences"`
			} `json:"cases"`
		} `json:"files"`
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return "", err
	}
	type outcome struct {
		Case        string `json:"case"`
		At          string `json:"at"`
		Status      string `json:"status"`
		Differences any    `json:"differences,omitempty"`
	}
	out := struct {
		ExitCode int       `json:"exitCode"`
		Passed   int       `json:"passed"`
		Failed   int       `json:"failed"`
		Unknown  int       `json:"unknown"`
		Cases    []outcome `json:"cases"` // that did not pass
		Left     int       `json:"left,omitempty"`
		More     string    `json:"more"`
	}{ExitCode: code, Passed: doc.Passed, Failed: doc.Failed, Unknown: doc.Unknown, Cases: []outcome{}, More: command}
	for _, f := range doc.Files {
		for _, c := range f.Cases {
			if c.Status == "passed" {
				continue
			}
			out.Cases = append(out.Cases, outcome{c.Name, fmt.Sprintf("%s:%d", f.File, c.Line), c.Status, c.Differences})
			if len(encode(out)) > mostAnswer-100 {
				out.Cases = out.Cases[:len(out.Cases)-1]
				out.Left++
			}
		}
	}
	return string(encode(out)), nil
}

func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return nil
	}
	return bytes.TrimSpace(b.Bytes())
}

// cut bounds a text, and says how to get the rest.
func cut(s, more string) string {
	if len(s) <= mostAnswer {
		return s
	}
	return cutTo(s, mostAnswer-len(more)-20) + "\n" + more
}

func cutTo(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + " …"
}
