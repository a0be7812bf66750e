package diagnose

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway/rest"
	"apisqs-doctor/diagnose/internal/iam"
	"apisqs-doctor/diagnose/internal/sqs"
	"apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/text/lazy"
	"apisqs-doctor/diagnose/walk"
)

// ClientChoice names the part of the request with which the caller picks the
// action that SQS reads; empty when the configuration picks it.
func (p *Pass) ClientChoice() (where string, at walk.Mapped) {
	t := p.Trace
	call := &t.Protocol.Call
	switch call.ActionFrom {
	case sqs.FromTarget:
		if h, ok := t.Mapping.Header("X-Amz-Target"); ok && h.FromClient {
			return "the header X-Amz-Target", h
		}
	case sqs.FromQuery:
		for _, q := range t.Mapping.Query {
			if q.Name == "Action" && q.FromClient && !q.Absent {
				return "the query parameter Action", q
			}
		}
	case sqs.FromBody:
		if i := walk.ActionAt(string(t.Mapping.Body)); i >= 0 {
			for _, span := range t.Mapping.Spans {
				if i >= span.Start && i < span.End && walk.FromTheClient(span) {
					return "the parameter Action of the body", walk.Mapped{Name: "Action", Expression: span.Printed, FromClient: true, Origin: t.Mapping.TemplateAt}
				}
			}
		}
	}
	return "", walk.Mapped{}
}

// Permission is what the action that SQS reads in the call is called in policies;
// empty when it reads none.
func (p *Pass) Permission() string {
	for _, op := range sqs.Actions() {
		if op.Name == p.Trace.Protocol.Call.Action {
			return op.IAM
		}
	}
	return ""
}

// QueueChoice names the part of the request with which the caller picks the queue,
// and that source as Span.Source does; both empty when the integration does.
func (p *Pass) QueueChoice() (where, source string) {
	t := p.Trace
	for _, list := range [][]walk.Mapped{t.Mapping.Query, t.Mapping.Path} {
		for _, q := range list {
			e, err := rest.ParseExpression(q.Expression)
			if !q.FromClient || q.Absent || err != nil || q.Name != "QueueUrl" && q.Name != "QueueName" && !strings.Contains(t.Signing.URIText, "{"+q.Name+"}") {
				continue
			}
			switch e.Kind {
			case rest.Header, rest.MultiHeader:
				return "the header " + e.Name, "header:" + e.Name
			case rest.QueryString, rest.MultiQueryString:
				return "the query parameter " + e.Name, "query:" + e.Name
			case rest.PathParameter:
				return "the path parameter " + e.Name, "path:" + e.Name
			}
		}
	}
	for _, a := range t.Mapping.Arguments {
		if m := requestSourceRE.FindStringSubmatch(a.Expression); m != nil && a.Name == "QueueUrl" && a.FromClient {
			return m[0], sourcePlaces[m[1]] + ":" + m[2]
		}
	}
	start, end := queueValue(t)
	for _, s := range t.Mapping.Spans {
		if s.Start < end && s.End > start && walk.FromTheClient(s) && len(s.Source) > 0 {
			where := cmp.Or(s.Reference, "the queue of the body")
			return where, s.Source[0]
		}
	}
	return "", ""
}

// requestSourceRE finds a part of the request in a parameter of an HTTP API, and
// sourcePlaces has the names of such parts in Span.Source.
var (
	requestSourceRE = lazy.Regexp(`\$\{?request\.(querystring|header|path|body)\.?([\w-]*)`)
	sourcePlaces    = map[string]string{"querystring": "query", "header": "header", "path": "path", "body": "body"}
	queueMemberRE   = lazy.Regexp(`"Queue(?:Url|Name)"\s*:\s*"((?:[^"\\]|\\.)*)`)
)

// queueValue is where the queue stands in the body that leaves; both 0 where it does
// not.
func queueValue(t *walk.Trace) (start, end int) {
	body := t.Mapping.Body
	if t.Protocol.Protocol == "json" {
		if m := queueMemberRE.FindSubmatchIndex(body); m != nil {
			return m[2], m[3]
		}
		return 0, 0
	}
	for _, f := range t.Mapping.Form() {
		if name := string(body[f.Start:f.NameEnd]); t.SendsForm() && (name == "QueueUrl" || name == "QueueName") {
			return f.ValueStart, f.End
		}
	}
	return 0, 0
}

// OtherQueue tells whether a caller who puts another text into the source reaches
// another queue, and which.
func (p *Pass) OtherQueue(source string) (arn string, allowed bool) {
	t := p.Walk(p.Extended(source, "-other"))
	if t == nil || t.Step(walk.StageRoute).Status == walk.Failed || t.Protocol.QueueARN == "" || t.Protocol.QueueARN == p.Trace.Protocol.QueueARN {
		return "", false
	}
	a := &t.Authorization
	if a.Decision == nil {
		return "", false
	}
	own := *a.Inputs
	own.Resource = nil // what another queue's own policy says is not known
	return t.Protocol.QueueARN, iam.Evaluate(*a.Request, own).Effect == walk.Allowed
}

// Queues lists the ARNs of the queues that are known to exist, those of the
// region first, each part in alphabetical order.
func (p *Pass) Queues(region string) []string {
	var near, far []string
	for _, arn := range slices.Sorted(maps.Keys(p.Snapshot.Queues)) {
		if queue, ok := p.Snapshot.Queues[arn].Peek(); !ok || queue == nil {
			continue
		}
		if text.RegionOf(arn) == region {
			near = append(near, arn)
		} else {
			far = append(far, arn)
		}
	}
	return append(near, far...)
}

// OtherActions lists the actions of the queue that the signing principal may
// perform besides the one of the call, and whether for some it is not known.
func (p *Pass) OtherActions() (allowed []string, unknown bool) {
	a := &p.Trace.Authorization
	if a.Decision == nil {
		return nil, true
	}
	for _, op := range sqs.Actions() {
		if !op.OnQueue || op.IAM == a.Action || slices.Contains(allowed, op.IAM) {
			continue
		}
		r := *a.Request
		r.Action = op.IAM
		switch d := iam.Evaluate(r, *a.Inputs); d.Effect {
		case walk.Allowed:
			allowed = append(allowed, op.IAM)
		case walk.Undecided:
			unknown = true
		}
	}
	return allowed, unknown
}
