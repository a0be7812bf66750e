package tui

import (
	"fmt"
	"strings"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// detail lays out what is known of one stage: what went in, what came out, what
// could not be read, and the findings.
type detail struct {
	d       *diagnose.Diagnosis
	snap    *snapshot.Snapshot
	remedy  report.Remedy
	words   report.Words
	glyphs  *glyphs
	calls   string                  // how the snapshot was read; may be empty
	logged  map[walk.Stage][]string // calls that failed there, as logged
	finding int                     // the chosen finding, -1 for none
	fix     int                     // the chosen fix of it
	dialect int                     // index in dialects
}

// stage lays the stage out for the width.
func (v *detail) stage(i, width int) *doc {
	d := &doc{width: width, more: v.glyphs.more, words: v.words, anchors: map[int]int{}}
	t := v.d.Trace
	step := &t.Steps[i]
	p := path{d: v.d, chosen: i}
	_, word, r := p.mark(v.glyphs, i)
	d.title(fmt.Sprintf("%d  %s: %s", i+1, step.Stage, step.Stage.Question()), word, r)
	if s := report.Said(*step); s != "" {
		d.prose(v.words.Fill(s), plain)
	}
	if p.passedBy(i) && step.Status != walk.NotApplicable && !report.NotReached(*step) {
		d.prose("the message does not get this far; this is what waits behind the failure", dim)
	}
	d.blank()
	switch step.Stage {
	case walk.StageRoute:
		v.route(d, t)
	case walk.StageMapping:
		v.mapping(d, t)
	case walk.StageSigning:
		v.signing(d, t)
	case walk.StageProtocol:
		v.protocol(d, t)
	case walk.StageAuthorization:
		v.authorization(d, t)
	case walk.StageQueue:
		v.queue(d, t)
	case walk.StageEncryption:
		v.encryption(d, t)
	case walk.StageResponse:
		v.response(d, t)
	}
	v.failure(d, step)
	v.loggedAt(d, step.Stage)
	v.gaps(d, step)
	v.findings(d, step.Stage)
	d.blank()
	return d
}

// title adds the heading of a stage with its word at the right.
func (d *doc) title(text, word string, r role) {
	if d.width == proseColumns { // read out, not seen
		d.lines = append(d.lines, line{{text + ": ", strong}, {word, r}})
		return
	}
	rows := wordWrap(text, d.width-width(word)-2)
	for i, row := range rows {
		l := put(row, strong)
		if i == 0 {
			l = append(l.fill(d.width-width(word), d.more), span{word, r})
		}
		d.lines = append(d.lines, l)
	}
}

// failure says what is answered when the stage fails.
func (v *detail) failure(d *doc, step *walk.Step) {
	f := step.Failure
	if step.Status != walk.Failed || f == nil {
		return
	}
	d.blank()
	head := map[walk.Source]string{walk.FromSQS: "SQS answers", walk.FromAPIGateway: "API Gateway answers", walk.FromKMS: "KMS answers",
		walk.FromIAM: "IAM answers", walk.FromDeployment: "AWS refuses to deploy it:"}[f.Origin]
	code := report.CodeWords(diagnose.Prediction{Code: f.Code, Codes: f.Codes})
	if f.Status != 0 {
		head += fmt.Sprintf(" %d", f.Status)
	}
	d.in("fails").prose(head+" "+code, bad)
	if f.Message != "" {
		d.prose(f.Message, plain)
	}
	if f.Body != "" && (f.Message == "" || !strings.Contains(f.Body, f.Message)) {
		d.in("body").literal(f.Body, plain)
	}
	if f.Log != "" {
		d.in("log").prose(f.Log, plain)
	}
}

// gaps says what could not be read, and what it would take.
func (v *detail) gaps(d *doc, step *walk.Step) {
	first := true
	for _, g := range step.Gaps {
		if g.Reason == snapshot.Blocked {
			continue
		}
		if first {
			d.heading("not read", "", doubt, v.glyphs.dash)
			first = false
		}
		text := g.Detail
		if text == "" {
			text = report.Where(g.Origin)
		}
		d.in("?").prose(fmt.Sprintf("%s (%s)", text, g.Reason), plain)
		if g.Needs != "" {
			d.prose("needs "+g.Needs, dim)
		}
	}
	if !first && v.calls != "" {
		d.prose(v.calls, dim)
	}
}

// headers lists headers, one a row.
func (v *detail) headers(d *doc, list []walk.Header) {
	for _, h := range list {
		d.name(h.Name, v.words.Show(h.Value), plain)
	}
}

// body shows a body, or says that there is none.
func (v *detail) body(d *doc, label, text string, r role) {
	d.in(label)
	if text == "" {
		d.row(put("no body", dim))
		return
	}
	d.literal(text, r)
}
