package report

import (
	"cmp"
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

func (w *stageWriter) protocol() {
	w.request()
	p := &w.t.Protocol
	title := "SQS reads"
	call := &p.Call
	if p.Intended {
		title, call = "SQS cannot read it. It was evidently meant to be", p.Effective()
	}
	out := w.block(title)
	w.pair(out, "protocol", p.Protocol)
	w.pair(out, "action", call.Action)
	w.pair(out, "queue", call.Queue.URL)
	const most = 60
	for i, x := range call.Params {
		if i == most {
			w.note(out, plural(len(call.Params)-i, "more parameter")+".")
			break
		}
		if x.Name == "Action" {
			continue
		}
		w.pair(out, x.Name, cmp.Or(x.Value, "empty"))
	}
	if call.Document != nil {
		for i, x := range call.Document.Members {
			if i == most {
				w.note(out, plural(len(call.Document.Members)-i, "more member")+".")
				break
			}
			value := x.Value.Text
			if n := len(x.Value.Members) + len(x.Value.Elements); n > 0 {
				value = plural(n, "value")
			}
			w.pair(out, x.Name, cmp.Or(value, "empty"))
		}
	}
	w.pair(out, "dropped without a word", strings.Join(call.Ignored[:min(len(call.Ignored), most)], ", "), "warn")
	for _, doubted := range call.Doubts {
		w.pair(out, "not certain", doubted, "unknown")
	}
	if a := p.Answer; a != nil {
		w.pair(out, "SQS answers", fmt.Sprintf("%d %s", a.Status, a.Code), "bad")
	}
	if a := p.Refusal; a != nil && a != p.Answer {
		w.pair(out, "behind it waits", fmt.Sprintf("%d %s", a.Status, a.Code), "warn")
	}
}

func (w *stageWriter) queue() {
	q := &w.t.Queue
	for i := range q.Messages {
		const most = 10
		if i == most {
			w.note(w.block("More"), plural(len(q.Messages)-i, "more message")+".")
			break
		}
		m := &q.Messages[i]
		title := "The message, decoded"
		if len(q.Messages) > 1 {
			title = fmt.Sprintf("Message %d of %d, decoded", i+1, len(q.Messages))
		}
		b := w.block(title)
		w.pair(b, "size", plural(m.Size(), "byte"))
		w.pair(b, "message group", m.GroupID)
		w.pair(b, "deduplication id", m.DeduplicationID)
		w.pair(b, "delay", m.Delay)
		for _, a := range m.Attributes {
			w.pair(b, "attribute "+a.Name, strings.TrimSpace(a.DataType+" "+a.StringValue))
		}
		w.code(b, m.Body, "client")
	}
	out := w.block("The queue")
	w.pair(out, "ARN", QueueARN(w.t))
	switch {
	case q.Missing:
		w.note(out, "The queue does not exist.", "bad")
	case q.Queue != nil:
		if fifo, ok := q.Queue.FIFO.Peek(); ok {
			w.pair(out, "kind", map[bool]string{false: "standard", true: "FIFO"}[fifo])
		}
		if n, ok := q.Queue.MaximumMessageSize.Peek(); ok {
			w.pair(out, "takes messages of", "up to "+plural(n, "byte"))
		}
	}
	w.pair(out, "a queue of that name is at", q.Elsewhere, "warn")
	w.pair(out, "a queue of nearly that name is", q.Near, "warn")
	w.pair(out, "the message is altered", q.Altered, "bad")
	if a := q.Answer; a != nil && a.Code != "" {
		w.pair(out, "SQS answers", fmt.Sprintf("%d %s", a.Status, a.Code), "bad")
	}
}

func (w *stageWriter) encryption() {
	e := &w.t.Encryption
	if e.KeyReference == "" {
		return
	}
	b := w.block("The queue's key")
	w.pair(b, "key", e.KeyReference)
	switch {
	case e.Missing:
		w.note(b, "The key does not exist.", "bad")
	case e.Managed:
		w.note(b, "AWS manages the key for SQS.")
	case e.Key != nil:
		if state, ok := e.Key.State.Peek(); ok {
			w.pair(b, "state", state)
		}
	}
	w.decision("May the role call kms:GenerateDataKey?", askGenerate)
	w.decision("May the role call kms:Decrypt?", askDecrypt)
}

func (w *stageWriter) response() {
	r := &w.t.Response
	in := w.block("SQS answers")
	if r.SQSStatus != 0 {
		in.Start = fmt.Sprint(r.SQSStatus)
		w.code(in, r.SQSBody.String(), "")
	} else {
		w.note(in, "SQS gives no answer.", "quiet")
	}
	if r.Chosen != nil {
		b := w.block("API Gateway chooses")
		b.Place = w.say.Show(Where(r.Chosen.Origin))
		w.pair(b, "pattern", cmp.Or(r.Chosen.Pattern, "none: the default integration response"))
		w.pair(b, "status", r.Chosen.Status)
		w.pair(b, "its template fails", r.TemplateErr, "bad")
	}
	out := w.block("The client gets")
	switch {
	case r.Delivery == walk.DeliveryNone:
		w.note(out, "Nothing: the route is one-way.")
	case r.Delivery == walk.DeliveryFrame:
		out.Start = "a frame"
	case len(r.Statuses) > 1:
		out.Start = statusesWord(diagnose.Prediction{Status: r.Status, Statuses: r.Statuses})
	case r.Status != 0:
		out.Start = fmt.Sprint(r.Status)
	case w.d.Predicted.Origin == walk.FromDeployment:
		w.note(out, "Nothing: AWS refuses this configuration.", "bad")
	default:
		w.note(out, "What the client gets is not known.", "unknown")
	}
	w.headers(out, r.Headers)
	w.code(out, r.Body.String(), "")
	w.outcomes()
}

// outcomes says what the client sees for each status of SQS.
func (w *stageWriter) outcomes() {
	r := &w.t.Response
	if len(r.Outcomes) == 0 {
		return
	}
	b := w.block("For each status of SQS the client gets")
	for _, o := range r.Outcomes {
		how, class := "", ""
		switch {
		case o.Unmapped:
			how, class = "no pattern fits and there is no default", "bad"
		case o.Undefined:
			how, class = "the method does not declare the response", "bad"
		case o.Response != nil && o.Response.Pattern != "":
			how = "pattern " + o.Response.Pattern
		case o.Response != nil:
			how = "default"
		}
		value := "not known"
		if o.Status != 0 {
			value = fmt.Sprint(o.Status)
		}
		b.Pairs = append(b.Pairs, htmlPair{Name: fmt.Sprint(o.SQSStatus), Value: value, Class: class, Note: w.say.Show(how)})
	}
	for _, u := range r.Unreachable {
		w.pair(b, "pattern "+u.Response.Pattern+" is never chosen", u.Why, "warn")
	}
	for _, x := range r.BadPatterns {
		w.pair(b, "pattern "+x.Pattern, "not understood", "unknown")
	}
}
