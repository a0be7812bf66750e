package report

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose/walk"
)

// asked is a question that policies decide.
type asked int

const (
	askSend asked = iota
	askTrust
	askAPI
	askGenerate
	askDecrypt
)

func (w *stageWriter) authorization() {
	a := &w.t.Authorization
	in := w.block("Who asks for what")
	w.pair(in, "principal", w.t.Signing.Credentials)
	w.pair(in, "action", a.Action)
	w.pair(in, "resource", a.Resource)
	w.decision("May it?", askSend)
	if len(a.Malformed)+len(a.Wide) > 0 {
		b := w.block("Besides")
		for _, bad := range a.Malformed {
			w.pair(b, "AWS refuses the policy "+bad.Document.Name, bad.Problem.String(), "warn")
		}
		w.pair(b, "the statement allows as well", strings.Join(a.Wide, ", "), "warn")
	}
}

// decision adds what policies say to a question: the answer, the layer that
// decides, the statement.
func (w *stageWriter) decision(question string, by asked) {
	x := w.t.Authorization.Decision
	switch by {
	case askTrust:
		x = w.t.Signing.Trust
	case askAPI:
		x = w.t.Route.Policy
	case askGenerate:
		x = w.t.Encryption.GenerateKey
	case askDecrypt:
		x = w.t.Encryption.Decrypt
	}
	if x == nil {
		return
	}
	b := w.block(question)
	switch x.Effect.String() {
	case "yes":
		w.pair(b, "decision", "allowed", "good")
	case "no":
		how := "denied: no statement allows it"
		if x.Explicit {
			how = "denied by an explicit Deny"
		}
		w.pair(b, "decision", how, "bad")
	default:
		w.pair(b, "decision", "not known", "unknown")
	}
	if x.Layer != 0 {
		w.pair(b, "decided by", x.Layer.String())
	}
	for _, s := range x.Statements {
		text := fmt.Sprintf("%s, statement %d", s.Document, s.Statement)
		if s.Sid != "" {
			text += " (" + s.Sid + ")"
		}
		b.Pairs = append(b.Pairs, htmlPair{Name: s.Layer.String(), Value: w.say.Show(text), Note: w.say.Show(placeWord(s.Origin))})
	}
	if n := x.Nearest; n != nil {
		b.Pairs = append(b.Pairs, htmlPair{Name: "nearest statement", Value: w.say.Show(fmt.Sprintf("%s, statement %d", n.Document, n.Statement)), Note: w.say.Show(placeWord(n.Origin))})
		w.pair(b, "it fails on its "+n.Failed, n.Detail(), "bad")
	}
	for i, u := range x.Unknowns {
		if i == 20 {
			break
		}
		w.pair(b, "open", strings.TrimPrefix(u.Document+": ", ": ")+u.Reason, "unknown")
	}
	if x.UnreadSCPs || x.UnreadRCPs {
		w.note(b, "This holds unless an organization's policy, which was not read, says otherwise.", "quiet")
	}
}

// bodyLines are the body that leaves for SQS. The parts that come from the client
// are marked, and those of the references as to blame.
func bodyLines(t *walk.Trace, blamed map[string]bool, say Words) []htmlLine {
	var marks []htmlMark
	for _, s := range t.Mapping.Spans {
		if s.Origin == 0 {
			continue
		}
		m := htmlMark{s.Start, s.End, "client", ""}
		if s.Reference != "" {
			m.why = fmt.Sprintf("%s, line %d", s.Reference, s.Line)
			switch {
			case s.URLEncoded == 1:
				m.why += ", URL-encoded"
			case s.URLEncoded > 1:
				m.why += fmt.Sprintf(", URL-encoded %d times", s.URLEncoded)
			}
			if blamed[s.Reference] {
				m.class = "blame"
			}
		}
		marks = append(marks, m)
	}
	return codeLines(string(t.Mapping.Body), marks, say)
}
