package tui

import (
	"fmt"
	"strings"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// protocol shows the request that SQS receives and what it reads in it.
func (v *detail) protocol(d *doc, t *walk.Trace) {
	v.outbound(d, t)
	d.blank()
	p := &t.Protocol
	d.in("out")
	call := &p.Call
	if p.Intended {
		d.prose("SQS cannot read it; this is what it evidently was meant to be:", doubt)
		call = p.Effective()
	}
	v.known(d, "protocol", p.Protocol)
	v.known(d, "action", call.Action)
	v.known(d, "queue", call.Queue.URL)
	for i, x := range call.Params {
		if i == 100 {
			d.row(put(fmt.Sprintf("%s %s more", v.glyphs.more, count(len(call.Params)-i, "parameter")), dim))
			break
		}
		d.name(x.Name, x.Value+v.from(x.From.String()), plain)
	}
	if call.Document != nil {
		for i, x := range call.Document.Members {
			if i == 100 {
				break
			}
			text := x.Value.Text
			if n := len(x.Value.Members) + len(x.Value.Elements); n > 0 {
				text = count(n, "value")
			}
			d.name(x.Name, text, plain)
		}
	}
	if len(call.Ignored) > 0 {
		d.name("dropped silently", strings.Join(call.Ignored[:min(len(call.Ignored), 50)], ", "), warn)
	}
	for _, doubted := range call.Doubts {
		d.name("not certain", doubted, doubt)
	}
	if a := p.Refusal; a != nil && a != p.Answer {
		d.name("behind it waits", fmt.Sprintf("%d %s", a.Status, a.Code), warn)
	}
}

// from says where a parameter stands when it is not the body.
func (v *detail) from(source string) string {
	if source == "" || source == "body" {
		return ""
	}
	return "   (" + source + ")"
}

// outbound shows the HTTP request that leaves for SQS.
func (v *detail) outbound(d *doc, t *walk.Trace) {
	if t.Signing.URL() == "" {
		d.in("in").prose("no request is known to leave for SQS", dim)
		return
	}
	d.in("in").literal(t.Signing.Method+" "+t.Signing.URL(), plain)
	for _, h := range t.Mapping.Headers {
		if !h.Absent {
			d.name(h.Name, v.words.Show(h.Value), plain)
		}
	}
	if !t.Mapping.BodyKnown {
		d.prose("the body is not known", doubt)
		return
	}
	v.body(d, "", string(t.Mapping.Body), plain)
}

// authorization shows who asks for what, and who decides.
func (v *detail) authorization(d *doc, t *walk.Trace) {
	a := &t.Authorization
	d.in("in")
	v.known(d, "principal", t.Signing.Credentials)
	v.known(d, "action", a.Action)
	v.known(d, "resource", a.Resource)
	v.decision(d, t, send)
	for _, bad := range a.Malformed {
		d.name("AWS refuses the policy "+bad.Document.Name, bad.Problem.String(), warn)
	}
	if len(a.Wide) > 0 {
		d.name("the statement allows as well", strings.Join(a.Wide, ", "), warn)
	}
}

// asked is a question that IAM decides.
type asked int

const (
	send asked = iota
	trust
	apiPolicy
	generateKey
	decrypt
)

var questions = [...]string{trust: "API Gateway assume the role?", apiPolicy: "the client call the API?", generateKey: "kms:GenerateDataKey be called?", decrypt: "kms:Decrypt be called?"}

// decision shows one decision of IAM: the answer, the layer and the statement.
func (v *detail) decision(d *doc, t *walk.Trace, by asked) {
	x := t.Authorization.Decision
	switch by {
	case trust:
		x = t.Signing.Trust
	case apiPolicy:
		x = t.Route.Policy
	case generateKey:
		x = t.Encryption.GenerateKey
	case decrypt:
		x = t.Encryption.Decrypt
	}
	if x == nil {
		return
	}
	d.blank()
	if question := questions[by]; question != "" {
		d.in("may").prose(question, strong)
	} else {
		d.in("out")
	}
	switch x.Effect.String() {
	case "yes":
		d.name("decision", "allowed", good)
	case "no":
		how := "denied: no statement allows it"
		if x.Explicit {
			how = "denied by an explicit Deny"
		}
		d.name("decision", how, bad)
	default:
		d.name("decision", "not known", doubt)
	}
	if layer := x.Layer.String(); x.Layer != 0 && layer != "" {
		d.name("decided by", layer, plain)
	}
	for _, s := range x.Statements {
		text := fmt.Sprintf("%s, statement %d", s.Document, s.Statement)
		if s.Sid != "" {
			text += " (" + s.Sid + ")"
		}
		d.name(s.Layer.String(), text+place(s.Origin), plain)
	}
	if n := x.Nearest; n != nil {
		d.name("nearest statement", fmt.Sprintf("%s, statement %d%s", n.Document, n.Statement, place(n.Origin)), plain)
		d.name("fails on its "+n.Failed, n.Detail(), bad)
	}
	for i, u := range x.Unknowns {
		if i == 20 {
			break
		}
		d.name("open", strings.TrimPrefix(u.Document+": ", ": ")+u.Reason, doubt)
	}
	if x.UnreadSCPs || x.UnreadRCPs {
		d.prose("this holds unless an organization's policy, which was not read, says otherwise", dim)
	}
}

// place is where a statement stands, in parentheses.
func place(origin any) string {
	if o, ok := origin.(snapshot.Origin); ok && report.Where(o) != "" {
		return "   (" + report.Where(o) + ")"
	}
	return ""
}

// queue shows the message as the queue takes it.
func (v *detail) queue(d *doc, t *walk.Trace) {
	q := &t.Queue
	d.in("in")
	for i := range q.Messages {
		if i == 10 {
			d.row(put(fmt.Sprintf("%s %s more", v.glyphs.more, count(len(q.Messages)-i, "message")), dim))
			break
		}
		m := &q.Messages[i]
		d.name("message", count(m.Size(), "byte"), plain)
		v.known(d, "group id", m.GroupID)
		v.known(d, "deduplication id", m.DeduplicationID)
		v.known(d, "delay", m.Delay)
		for _, a := range m.Attributes {
			d.name("attribute "+a.Name, a.DataType+" "+a.StringValue, plain)
		}
		v.body(d, "", m.Body, client)
	}
	d.blank()
	d.in("out")
	v.known(d, "queue", q.ARN)
	switch {
	case q.Missing:
		d.prose("the queue does not exist", bad)
	case q.Queue != nil:
		kind := "standard"
		if fifo, ok := q.Queue.FIFO.Peek(); !ok {
			kind = "not known"
		} else if fifo {
			kind = "FIFO"
		}
		d.name("kind", kind, plain)
		if n, ok := q.Queue.MaximumMessageSize.Peek(); ok {
			d.name("takes up to", count(n, "byte"), plain)
		}
	}
	if q.Elsewhere != "" {
		d.name("there is one of that name at", q.Elsewhere, warn)
	}
	if q.Altered != "" {
		d.name("the message is altered", q.Altered, bad)
	}
}

// encryption shows the queue's key and whether it may be used.
func (v *detail) encryption(d *doc, t *walk.Trace) {
	e := &t.Encryption
	if e.KeyReference == "" {
		return
	}
	d.in("in").name("key", e.KeyReference, plain)
	v.known(d, "principal", t.Signing.Credentials)
	d.blank()
	d.in("out")
	switch {
	case e.Missing:
		d.prose("the key does not exist", bad)
	case e.Managed:
		d.prose("the key is managed by AWS for SQS", plain)
	case e.Key != nil:
		if state, ok := e.Key.State.Peek(); ok {
			d.name("state", state, plain)
		}
	}
	v.decision(d, t, generateKey)
	v.decision(d, t, decrypt)
}

// response shows SQS's answer and what the client sees of it.
func (v *detail) response(d *doc, t *walk.Trace) {
	r := &t.Response
	d.in("in")
	if r.SQSStatus != 0 {
		d.row(put(fmt.Sprintf("SQS answers %d", r.SQSStatus), plain))
		v.body(d, "", r.SQSBody.String(), plain)
	} else {
		d.row(put("SQS gives no answer", dim))
	}
	d.blank()
	d.in("out")
	if r.Chosen != nil {
		how := "the default integration response"
		if r.Chosen.Pattern != "" {
			how = "the integration response with pattern " + r.Chosen.Pattern
		}
		if r.Chosen.Status != "" {
			how += ", status " + r.Chosen.Status
		}
		d.name("chosen", how, plain)
		v.known(d, "at", report.Where(r.Chosen.Origin))
	}
	if r.TemplateErr != "" {
		d.name("its template fails", r.TemplateErr, bad)
	}
	if p := &v.d.Predicted; p.Delivery != walk.DeliveryHTTP {
		d.prose(report.Delivery(*p), strong)
	} else if p.Status != 0 {
		d.name("the client sees", fmt.Sprint(p.Status), strong)
	}
	v.headers(d, r.Headers)
	if body := r.Body.String(); body != "" {
		d.literal(body, plain)
	}
	v.outcomes(d, r)
}

// outcomes shows what the client sees for each status of SQS.
func (v *detail) outcomes(d *doc, r *walk.Response) {
	if len(r.Outcomes) == 0 {
		return
	}
	d.heading("what the client sees for each status of SQS", "", plain, v.glyphs.dash)
	for _, o := range r.Outcomes {
		how, look := "", plain
		switch {
		case o.Unmapped:
			how, look = "no pattern fits and there is no default", bad
		case o.Undefined:
			how, look = "the method does not declare the response", bad
		case o.Response != nil && o.Response.Pattern != "":
			how = "pattern " + o.Response.Pattern
		case o.Response != nil:
			how = "default"
		}
		d.name(fmt.Sprintf("SQS %d %s client %s", o.SQSStatus, v.glyphs.arrow, status(o.Status)), how, look)
	}
	for _, u := range r.Unreachable {
		d.name("pattern "+u.Response.Pattern+" is never chosen", u.Why, warn)
	}
	for _, b := range r.BadPatterns {
		d.name("not understood", "pattern "+b.Pattern, doubt)
	}
}
