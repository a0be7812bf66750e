package walk

import (
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/sqs"
	"apisqs-doctor/diagnose/internal/vtl"
)

// Faults says why SQS cannot read a request as the call that it was meant to
// be. Each is a cause of its own; several may hold at once.
type Faults struct {
	Method      bool // the call stands in the body of a request that is no POST
	ContentType bool // a form that is not announced as one
	JSONType    bool // a document of the JSON protocol that is not announced as one
	Target      bool // JSON protocol without an X-Amz-Target that names an action
	NoAction    bool // what was sent names no Action
	Action      bool // the Action is none that a queue takes
	Document    bool // JSON protocol: no JSON object, or a member of a wrong type
	Blanks      bool // white space keeps SQS from reading the Action
	Broken      bool // the client's data breaks the form apart
	BrokenText  bool // the template's own text does
	PassedOn    bool // no template ran, and the client's body as it was sent is no call
	Address     bool // the queue's address is missing or wrong
	Parameter   bool // a required parameter is missing
}

// Any tells whether there is a fault.
func (f Faults) Any() bool { return f != Faults{} }

// findFaults sorts what keeps SQS from reading the call.
func (w *reading) findFaults() {
	p := w.Protocol
	c, f := &p.Call, &p.Faults
	switch {
	case c.Failure == nil:
	case c.Protocol == sqs.ProtocolJSON:
		f.Document = true
	case c.Protocol == sqs.ProtocolQuery && c.Failure.Code == sqs.CodeInvalidAction:
		_, known := sqs.LookupAction(strings.TrimSpace(c.Action))
		f.Blanks = known && strings.TrimSpace(c.Action) != c.Action
		p.Named = c.Action
		f.Action = !f.Blanks
	case c.Protocol == sqs.ProtocolQuery:
		f.Broken = w.brokenBy() >= vtl.OriginContext
		f.BrokenText = !f.Broken
	default:
		w.unreadable(f)
	}
	w.findRefusal(f)
	m := w.Mapping
	if m.Rendered == nil && len(m.Body) > 0 && (f.Broken || f.BrokenText || len(m.Keys) > 0 && (f.Document || f.Address || f.Parameter)) {
		// The body was to be made by a template, or is no part of the call at all.
		*f = Faults{PassedOn: true}
	}
}

// findRefusal sorts what SQS refuses of the parameters.
func (w *reading) findRefusal(f *Faults) {
	p := w.Protocol
	if p.Refusal == nil {
		return
	}
	switch queue := &p.Effective().Queue; {
	case p.Refusal.Code == sqs.CodeSerialization:
		f.Document = true
	case p.Refusal.Code == sqs.CodeInvalidAction:
		f.Action, p.Named = true, p.Call.Action
	case p.Refusal.Parameter == "QueueUrl" || p.Refusal.Parameter == "path" || queue.Problem != sqs.AddressOK && queue.Problem != sqs.AddressAbsent:
		f.Address = true
	default:
		f.Parameter = true
	}
}

// unreadable looks at a request in which SQS finds no operation.
func (w *reading) unreadable(f *Faults) {
	r, m := &w.Protocol.Request, w.Mapping
	media := sqs.MediaType(r.Header.Get("Content-Type"))
	target := r.Header.Get("X-Amz-Target")
	named, form, blank := formAction(string(r.Body))
	json := (media == sqs.MediaTypeJSON10 || target != "") && !(form && target == "")
	if doc, err := sqs.ParseJSON(string(r.Body)); err == nil && !json {
		_, action := doc.Get("Action")
		_, queue := doc.Get("QueueUrl")
		json = queue && !action
	} else if err != nil && !json && !form && m.Rendered != nil && BrokenDocument(string(r.Body)) != "" {
		json = true // SQS would say so once it reads the call
		f.Document = true
	}
	f.Method = r.Method != "POST" && len(r.Body) > 0
	switch {
	case json:
		f.Method = r.Method != "POST"
		f.JSONType = media != sqs.MediaTypeJSON10
		f.Target = !namesAction(target)
	case form || blank:
		f.ContentType, f.Blanks = media != sqs.MediaTypeForm, blank
		if _, known := sqs.LookupAction(strings.TrimSpace(named)); form && !known {
			w.Protocol.Named, f.Action = named, true // SQS would say so next
		}
	case m.Rendered == nil && len(m.Body) > 0:
		f.PassedOn, f.Method = true, false
	default:
		known := formOfCall(string(r.Body))
		f.NoAction, f.Method = true, f.Method && known
		f.ContentType = known && media != sqs.MediaTypeForm
	}
}

// BrokenDocument says why a text that is evidently meant to be a call's document is no
// JSON; empty for other texts.
func BrokenDocument(text string) string {
	_, err := sqs.ParseJSON(text)
	if err == nil || !strings.HasPrefix(strings.TrimSpace(text), "{") || !strings.Contains(text, `"QueueUrl"`) && !strings.Contains(text, `"MessageBody"`) {
		return ""
	}
	return err.Error()
}

// namesAction tells a usable X-Amz-Target.
func namesAction(target string) bool {
	name, ok := strings.CutPrefix(target, "AmazonSQS.")
	if ok {
		_, ok = sqs.LookupAction(name)
	}
	return ok
}

// formAction looks for a parameter Action in a form, under that very name or
// with white space around it, and gives its value.
func formAction(body string) (named string, exact, blank bool) {
	for part := range strings.SplitSeq(body, "&") {
		name, value, ok := strings.Cut(part, "=")
		switch {
		case !ok || strings.TrimSpace(value) == "":
		case name == "Action":
			return value, true, false
		case strings.TrimSpace(name) == "Action":
			blank = true
		}
	}
	return "", false, blank
}

// callParameters are names that only a call to SQS has.
var callParameters = []string{"MessageBody", "QueueUrl", "MessageGroupId", "MessageDeduplicationId", "ReceiptHandle", "Version"}

// formOfCall tells a form with parameters of SQS.
func formOfCall(body string) bool {
	for part := range strings.SplitSeq(body, "&") {
		if name, _, ok := strings.Cut(part, "="); ok && slices.Contains(callParameters, strings.TrimSpace(name)) {
			return true
		}
	}
	return false
}

// brokenBy tells whose text breaks the form: where the '&' or '%' comes from
// that SQS stumbles over.
func (w *reading) brokenBy() vtl.Origin {
	at := brokenAt(string(w.Mapping.Body))
	for _, span := range w.Mapping.Spans {
		if at >= span.Start && at < span.End {
			return span.Origin
		}
	}
	return vtl.OriginTemplate
}

// brokenAt is the place of the first malformed percent escape of a form, or else
// of the first '&' behind which no '=' follows; -1 when there is neither.
func brokenAt(body string) int {
	for i := 0; i < len(body); i++ {
		if body[i] == '%' && (i+2 >= len(body) || !isHex(body[i+1]) || !isHex(body[i+2])) {
			return i
		}
	}
	start := 0
	for part := range strings.SplitSeq(body, "&") {
		if part != "" && !strings.Contains(part, "=") {
			return max(start-1, 0)
		}
		start += len(part) + 1
	}
	return -1
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// reinterpret finds a JSON document that names its action in a member Action, as
// the query protocol does in a parameter: it is a call of neither protocol.
func (w *reading) reinterpret() {
	r, c := &w.Protocol.Request, &w.Protocol.Call
	if c.Failure == nil || c.Intended == nil || c.Intended.Call.Protocol != sqs.ProtocolJSON ||
		r.Header.Get("X-Amz-Target") != "" || sqs.MediaType(r.Header.Get("Content-Type")) == sqs.MediaTypeJSON10 {
		return
	}
	doc, _ := sqs.ParseJSON(string(r.Body))
	action, ok := doc.Get("Action")
	if !ok || action.Kind != sqs.KindString {
		return
	}
	c.Intended, c.Queue = nil, w.Protocol.PathQueue
	meant := *r
	meant.Method, meant.Header = "POST", sqs.Header{"Content-Type": {sqs.MediaTypeForm}}
	meant.Body = []byte("Action=" + action.Text)
	if body, ok := doc.Get("MessageBody"); ok && body.Kind == sqs.KindString {
		meant.Body = append(meant.Body, "&MessageBody="+escapeForm(body.Text)...)
	}
	if again := sqs.Recognize(&meant); again.Failure == nil {
		c.Intended = &sqs.Intent{Call: again, Why: "the body is a JSON document with a member Action, which neither protocol reads"}
	}
}

// withoutStray finds what a form means that its author's own text breaks: the
// same without the parts that are no parameters.
func (w *reading) withoutStray() {
	r, c := &w.Protocol.Request, &w.Protocol.Call
	if c.Failure == nil || c.Intended != nil || c.Protocol != sqs.ProtocolQuery {
		return
	}
	var kept []string
	for part := range strings.SplitSeq(string(r.Body), "&") {
		if strings.Contains(part, "=") {
			kept = append(kept, part)
		}
	}
	meant := *r
	meant.Body = []byte(strings.Join(kept, "&"))
	if again := sqs.Recognize(&meant); again.Failure == nil {
		c.Intended = &sqs.Intent{Call: again, Why: "the form has parts without '='; they are left out"}
	}
}
