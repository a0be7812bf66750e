package report

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"apisqs-doctor/cmd/internal/logs"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// Schema names the format of the JSON report.
const Schema = "apisqs-doctor/report/v1"

// Document is the JSON report. Members are only ever added to it within v1; a
// list is never null, and a member that is null says that there is no value.
type Document struct {
	Schema  string    `json:"schema"`
	Tool    Tool      `json:"tool"`
	Target  Target    `json:"target"`
	Summary Summary   `json:"summary"`
	Methods []Method  `json:"methods"`
	Gaps    []Gap     `json:"gaps"`              // why methods may be missing from the list
	Assumed []Assumed `json:"assumed,omitempty"` // what nobody gave and the input does not say
	Notices []string  `json:"notices,omitempty"` // about the run itself, such as a skip that has expired
	Error   *Problem  `json:"error,omitempty"`   // why there is no diagnosis
}

// Target is what was examined.
type Target struct {
	Kind    string  `json:"kind"`
	API     *API    `json:"api"`   // null when there are several or none
	Stage   *string `json:"stage"` // null when there are several or none
	Region  string  `json:"region"`
	Account string  `json:"account"`
	File    string  `json:"file"`

	Files []string `json:"files,omitempty"` // all of several templates; file is the first

	Unread []Unread `json:"unread,omitempty"` // parts of the input that were passed over
}

// Assumed is something that was taken for granted.
type Assumed struct {
	What   string `json:"what"`
	Why    string `json:"why"`
	Origin Origin `json:"origin"`
}

// Unread is a part of the input that was passed over.
type Unread struct {
	What string `json:"what"`
	File string `json:"file"`
	Line int    `json:"line"` // 1-based; 0 when it has none
}

// all are the files, of one template or of several.
func (t Target) all() []string {
	if len(t.Files) > 0 {
		return t.Files
	}
	return []string{t.File}
}

// API names an API.
type API struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
}

// Method is the diagnosis of one request.
type Method struct {
	Method    string           `json:"method"`
	Path      string           `json:"path"`
	API       string           `json:"api"`
	APIType   string           `json:"apiType"` // REST, HTTP or WEBSOCKET; empty where the API is not known
	Stage     string           `json:"stage"`
	Region    string           `json:"region"`
	Account   string           `json:"account"`
	Protocol  string           `json:"protocol"`
	Queue     *string          `json:"queue"`
	Verdict   diagnose.Verdict `json:"verdict"`
	Request   Request          `json:"request"`
	Outbound  *Outbound        `json:"outbound"` // null when nothing is sent to SQS
	Predicted Predicted        `json:"predicted"`
	Stages    []Stage          `json:"stages"` // always eight
	Findings  []Finding        `json:"findings"`
	Messages  []Message        `json:"messages"` // that consumers of the queue get, decoded; empty where none arrives
	Answer    *Answer          `json:"answer"`   // what the client gets; null where no call is made or it is not known
	Plan      *Plan            `json:"plan"`     // null when nothing is to be done, or no set of fixes is known to do it
	Gaps      []Gap            `json:"gaps"`
	Observed  *logs.Observed   `json:"observed,omitempty"`  // what the logs say of its calls; with --logs
	EveryBody *EveryBody       `json:"everyBody,omitempty"` // absent where no template makes the body that SQS receives
}

// Request is the client's call.
type Request struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers"` // repeated ones joined with a comma
	Query   map[string]string `json:"query"`
	Body    string            `json:"body"`
}

// Outbound is the HTTP request that SQS receives.
type Outbound struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	Body    *string           `json:"body"` // null when it is not known
}

// Predicted is what the caller sees.
type Predicted struct {
	Status    *int     `json:"status"`
	Statuses  []int    `json:"statuses,omitempty"` // all that the client may see where evidence differs, status first
	Delivery  string   `json:"delivery"`           // http, frame, handshake, or none where the client is told nothing
	Origin    string   `json:"origin"`
	SQSStatus *int     `json:"sqsStatus"`
	Code      *string  `json:"code"`
	Codes     []string `json:"codes"`
	Message   string   `json:"message"`
}

// Stage is the outcome of one of the eight stages.
type Stage struct {
	Stage  string `json:"stage"`
	Status string `json:"status"`
	Said   string `json:"said"`
	Gaps   []Gap  `json:"gaps"`
}

// Finding is one thing that is wrong.
type Finding struct {
	Rule     string     `json:"rule"`
	Severity string     `json:"severity"`
	Stage    string     `json:"stage"`
	Codes    []string   `json:"codes"`
	Message  string     `json:"message"`
	Why      string     `json:"why"`
	Evidence []Evidence `json:"evidence"`
	MadeBy   string     `json:"madeBy,omitempty"` // where to change it, when a tool writes the file
	Fixes    []Fix      `json:"fixes"`
	Check    string     `json:"check"`
	Say      string     `json:"-"`                 // the words of the check
	Run      string     `json:"-"`                 // and its commands
	Request  *Request   `json:"request,omitempty"` // the corrected call, when the client is at fault
	Help     string     `json:"help"`
	// Fingerprint names the finding in the same way from run to run.
	Fingerprint string `json:"fingerprint"`
	// Suppressed says why the finding does not fail the run; absent when it does.
	Suppressed *Suppression `json:"suppressed,omitempty"`
}

// Evidence is a value that a finding rests on.
type Evidence struct {
	Label  string `json:"label"`
	Value  string `json:"value"`
	Origin Origin `json:"origin"`
}

// Origin is the place of a value.
type Origin struct {
	Resource string `json:"resource"`
	Path     string `json:"path"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
}

// Fix is a proposed repair.
type Fix struct {
	Title          string   `json:"title"`
	Sure           string   `json:"sure"` // sure, blank or choice
	Reason         string   `json:"why"`  // why it is not sure; empty when it is
	Risk           string   `json:"risk"`
	Changes        []string `json:"changes"` // in words
	Commands       []string `json:"commands"`
	CloudFormation string   `json:"cloudformation"`
	Terraform      string   `json:"terraform"`
	After          *After   `json:"after"` // null when it was not tried
	// Unrendered says why a notation above is empty, by its name.
	Unrendered map[string]string `json:"unrendered,omitempty"`

	refuses bool // it is meant to refuse calls
}

// After is what the doctor predicts once a fix is made.
type After struct {
	Verdict   diagnose.Verdict `json:"verdict"`
	Predicted Predicted        `json:"predicted"`
}

// Gap is a value that is missing.
type Gap struct {
	Reason string `json:"reason"`
	Detail string `json:"detail"`
	Needs  string `json:"needs"`
	Origin Origin `json:"origin"`
}

// JSON writes the run as one document.
func JSON(w io.Writer, r Run) error { return JSONOfAll(w, []Run{r}) }

// JSONOfAll writes runs of one or of several regions and accounts as one document. A
// method is written before the next one is put into words, so that of a report of
// thousands only one is kept at a time.
func JSONOfAll(w io.Writer, runs []Run) error {
	var b bytes.Buffer
	encode := func(v any, indent string) error {
		b.Reset()
		enc := json.NewEncoder(&b)
		enc.SetIndent(indent, "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(v)
	}
	if err := encode(framed(runs), ""); err != nil {
		return err
	}
	const list = "\n  \"methods\": [" // at the beginning of a line, which no text of a document is
	head, tail, _ := strings.Cut(b.String(), list)
	out := bufio.NewWriter(w)
	writeEscaped(out, []byte(head+list))
	written := 0
	for _, r := range runs {
		r = r.posix()
		say := newWords(r)
		for i := range r.Examination.Diagnoses {
			if err := encode(method(r, &r.Examination.Diagnoses[i], say), "    "); err != nil {
				return err
			}
			if written++; written > 1 {
				out.WriteByte(',')
			}
			out.WriteString("\n    ")
			writeEscaped(out, bytes.TrimSuffix(b.Bytes(), []byte("\n")))
		}
	}
	if written > 0 {
		out.WriteString("\n  ")
	}
	writeEscaped(out, []byte(tail))
	return out.Flush() // a Writer that failed once goes on failing
}

// writeEscaped writes the control and direction characters that encoding/json
// leaves as they are as \u escapes, and what a pipeline would obey too: a report is
// often read on a terminal. They occur inside strings only.
func writeEscaped(out *bufio.Writer, doc []byte) {
	doc = []byte(Inert(string(doc)))
	from := 0
	for at := 0; at < len(doc); {
		if doc[at] < utf8.RuneSelf && doc[at] != 0x7f {
			at++
			continue
		}
		r, size := utf8.DecodeRune(doc[at:])
		if unseen(r) && r <= 0xffff {
			out.Write(doc[from:at])
			fmt.Fprintf(out, `\u%04x`, r)
			from = at + size
		}
		at += size
	}
	out.Write(doc[from:])
}

// NewDocument makes the JSON report of a run.
func NewDocument(r Run) Document {
	say := newWords(r)
	doc := frame(r, say)
	for i := range r.Examination.Diagnoses {
		doc.Methods = append(doc.Methods, method(r, &r.Examination.Diagnoses[i], say))
	}
	return doc
}

// framed is the document of all runs without their methods. Of the target it keeps
// what all have in common.
func framed(runs []Run) Document {
	doc := frame(runs[0].posix(), newWords(runs[0]))
	gaps := len(doc.Gaps)
	for _, r := range runs[1:] {
		next := frame(r.posix(), newWords(r))
		doc.Summary = doc.Summary.plus(next.Summary)
		doc.Gaps, doc.Assumed, doc.Notices = append(doc.Gaps, next.Gaps...), append(doc.Assumed, next.Assumed...), append(doc.Notices, next.Notices...)
		doc.Target.API, doc.Target.Stage = nil, nil
		if doc.Target.Region != next.Target.Region {
			doc.Target.Region = ""
		}
		if doc.Target.Account != next.Target.Account {
			doc.Target.Account = ""
		}
		gaps += len(next.Gaps)
	}
	if len(runs) > 1 && gaps > 0 && doc.Summary.Verdict != diagnose.Broken {
		doc.Summary.Verdict = diagnose.Inconclusive
	}
	return doc
}

// frame is the document without its methods.
func frame(r Run, say Words) Document {
	e := &r.Examination
	doc := Document{Schema: Schema, Tool: r.Tool, Target: target(r, say), Summary: Summarize(e),
		Methods: []Method{}, Gaps: gaps(e.Unlisted, say), Error: r.Problem}
	for _, n := range r.Notices {
		doc.Notices = append(doc.Notices, say.Show(n))
	}
	for _, a := range r.Examination.Target.Assumed {
		doc.Assumed = append(doc.Assumed, Assumed{What: say.Show(a.What), Why: say.Show(a.Why), Origin: origin(a.Origin, say)})
	}
	return doc
}

// region is that of the target, or the one that is shown for it.
func region(r Run, say Words) string {
	if given := r.Examination.Target.Region; given != "" || r.Snapshot == nil {
		return say.Show(given)
	}
	return r.Snapshot.ShownRegion()
}

func target(r Run, say Words) Target {
	e := &r.Examination
	t := Target{Kind: e.Target.Kind, Region: region(r, say), Account: say.Show(e.Target.Account), File: e.Target.File, Files: e.Target.Files}
	for _, part := range e.Target.Unread {
		t.Unread = append(t.Unread, Unread{What: say.Show(part.What), File: part.Origin.File, Line: part.Origin.Line})
	}
	if len(e.APIs) == 1 {
		a := e.APIs[0]
		t.API = &API{ID: say.Show(a.ID), Name: say.Show(a.Name), Type: string(a.Type)}
	}
	stages := map[string]bool{}
	for i := range e.Diagnoses {
		stages[say.Show(placeOf(&e.Diagnoses[i]).stage)] = true
	}
	if len(stages) == 1 {
		t.Stage = orNull(sorted(stages)[0])
	}
	return t
}

func method(r Run, d *diagnose.Diagnosis, say Words) Method {
	p := placeOf(d)
	m := Method{Method: p.method, Path: say.Show(p.path), API: say.Show(p.apiID), Stage: say.Show(p.stage), Protocol: p.protocol,
		Queue: orNull(say.Fill(p.queueARN)), Verdict: verdict(d.Verdict), Request: request(&walk.Request{}, say),
		Predicted: predicted(d.Predicted, say), Findings: make([]Finding, 0, len(d.Findings)), Gaps: gaps(d.Gaps, say)}
	m.Region, m.Account = region(r, say), say.Show(r.Examination.Target.Account)
	if d.Trace != nil {
		m.Request = request(&d.Trace.Request, say)
		if api := d.Trace.Route.API; api != nil {
			m.APIType = string(api.Type)
		}
	}
	if out, ok := outboundOf(d); ok {
		m.Outbound = &Outbound{Method: out.method, URL: say.Fill(out.url), Headers: object(out.headers, say)}
		if out.bodyKnown {
			body := say.Fill(out.body)
			m.Outbound.Body = &body
		}
	}
	for i, s := range walk.Stages {
		step := walk.Step{}
		if d.Trace != nil {
			step = d.Trace.Steps[i]
		}
		if step.Status == "" {
			step.Status = walk.Unknown
		}
		m.Stages = append(m.Stages, Stage{string(s), string(step.Status), say.Fill(step.Said), gaps(step.Gaps, say)})
	}
	for _, f := range d.Findings {
		m.Findings = append(m.Findings, finding(r, d, f, say))
	}
	m.Plan = plan(r, d, say)
	m.Messages, m.Answer = messages(d, say), answer(d, say)
	m.Observed = observed(r.observedOf(d), say)
	m.EveryBody = everyBody(d.EveryBody, say)
	return m
}

func finding(r Run, d *diagnose.Diagnosis, f diagnose.Finding, say Words) Finding {
	out := Finding{Rule: f.Rule, Severity: string(f.Severity), Stage: string(f.Stage), Codes: codes(f.Codes), Message: say.Show(f.Message),
		Why: say.Show(f.Why), Evidence: make([]Evidence, 0, len(f.Evidence)), Fixes: make([]Fix, 0, len(f.Fixes)),
		Help: help(f.Rule), Fingerprint: Fingerprint(d, f), Suppressed: r.suppression(d, f)}
	out.MadeBy = MadeBy(r.Snapshot, f)
	words, commands := r.check(d.Trace, f.Check)
	out.Say, out.Run = say.Show(words), strings.Join(commands, "\n")
	if out.Check = out.Run; out.Run == "" {
		out.Check = out.Say
	}
	for _, e := range f.Evidence {
		out.Evidence = append(out.Evidence, Evidence{e.Label, say.Show(e.Value), origin(e.Origin, say)})
	}
	for _, x := range f.Fixes {
		out.Fixes = append(out.Fixes, fix(r, x, say))
	}
	if f.Request != nil {
		req := request(f.Request, say)
		out.Request = &req
	}
	return out
}

func fix(r Run, x diagnose.Fix, say Words) Fix {
	out := Fix{Title: say.Show(x.Title), Sure: string(x.Sure()), Reason: say.Show(x.Choice + x.Blank), Risk: say.Show(x.Risk), Changes: []string{}, Commands: []string{}}
	for _, c := range x.Changes {
		out.Changes = append(out.Changes, say.Show(c.String()))
	}
	why := map[string]string{}
	commands, reason := render(r, r.commands, x)
	why["commands"] = reason
	out.Commands = append(out.Commands, commands...)
	out.CloudFormation, why["cloudformation"] = render(r, r.Remedy.CloudFormation, x)
	out.Terraform, why["terraform"] = render(r, r.Remedy.Terraform, x)
	out.CloudFormation, out.Terraform = say.Show(out.CloudFormation), say.Show(out.Terraform)
	for notation, reason := range why {
		if reason == "" {
			delete(why, notation)
		} else {
			why[notation] = say.Show(reason)
		}
	}
	if len(why) > 0 {
		out.Unrendered = why
	}
	if x.After != nil {
		out.After = &After{verdict(x.Verdict), predicted(*x.After, say)}
		out.refuses = x.Refuses()
	}
	return out
}

// PredictedOf is what a caller sees as JSON has it.
func PredictedOf(p diagnose.Prediction, say Words) Predicted { return predicted(p, say) }

func predicted(p diagnose.Prediction, say Words) Predicted {
	origin := string(p.Origin)
	if origin == "" {
		origin = string(walk.FromNobody)
	}
	return Predicted{Status: orNull(p.Status), Statuses: p.Statuses, Delivery: cmp.Or(string(p.Delivery), "http"), Origin: origin, SQSStatus: orNull(p.SQSStatus), Code: orNull(string(p.Code)),
		Codes: codes(p.Codes), Message: say.Show(p.Message)}
}

func request(r *walk.Request, say Words) Request {
	return Request{r.Method, r.Path, object(r.Headers, say), object(r.Query, say), r.Body}
}

func object(list []walk.Header, say Words) map[string]string {
	m := make(map[string]string, len(list))
	for _, h := range list {
		if have, ok := m[h.Name]; ok {
			m[h.Name] = have + "," + say.Show(h.Value)
		} else {
			m[h.Name] = say.Show(h.Value)
		}
	}
	return m
}

func gaps(list []snapshot.Gap, say Words) []Gap {
	out := make([]Gap, 0, len(list))
	for _, g := range list {
		out = append(out, Gap{string(g.Reason), say.Show(g.Detail), say.Show(g.Needs), origin(g.Origin, say)})
	}
	return out
}

func origin(o snapshot.Origin, say Words) Origin {
	return Origin{Resource: say.Show(o.Resource), Path: say.Show(o.Path), File: o.File, Line: o.Line}
}

func codes(list []walk.ErrorCode) []string {
	out := make([]string, 0, len(list))
	for _, c := range list {
		out = append(out, string(c))
	}
	return out
}

// orNull returns nil for a zero value, which reports write as null.
func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// help is the command that explains a rule.
func help(rule string) string { return "apisqs-doctor rules show " + rule }
