package report

import (
	"cmp"
	"strings"

	"apisqs-doctor/diagnose/walk"
)

// target is the request line of a call.
func requestLine(r *walk.Request) string {
	var query []string
	for _, q := range r.Query {
		query = append(query, q.Name+"="+q.Value)
	}
	s := strings.TrimSpace(r.Method + " " + r.Path)
	if r.Method == walk.WebSocketMethod {
		s = "route " + cmp.Or(r.Route, strings.TrimPrefix(r.Path, "/"))
	}
	if len(query) > 0 {
		s += "?" + strings.Join(query, "&")
	}
	return s
}

func (w *stageWriter) route() {
	in := w.block("The client sends")
	in.Start = w.say.Show(requestLine(&w.t.Request))
	w.headers(in, w.t.Request.Headers)
	w.code(in, w.t.Request.Body, "client")
	r := &w.t.Route
	out := w.block("It meets")
	if r.API != nil {
		w.pair(out, "API", strings.TrimSpace(r.API.Name+" ("+r.API.ID+"), "+KindName(string(r.API.Type))))
	}
	if r.Stage != nil {
		w.pair(out, "API stage", r.Stage.Name)
	}
	if r.Method != nil {
		w.pair(out, "method", strings.TrimSpace(r.Method.HTTPMethod+" "+cmp.Or(r.Method.Path, r.Method.RouteKey)))
	}
	for _, h := range walk.SortedHeaders(r.PathParams) {
		w.pair(out, "{"+h.Name+"}", h.Value, "client")
	}
	if !r.Deployed && r.Configuration != nil {
		w.note(out, "The deployed configuration is not known or does not exist: the draft is shown.", "unknown")
	}
	for _, lack := range r.Lacks {
		w.pair(out, "the call lacks", lack, "bad")
	}
	w.pair(out, "the validator refuses", r.Validation, "bad")
	w.pair(out, "methods of this path", strings.Join(r.NearMethods, ", "))
	w.pair(out, "paths of this method", strings.Join(r.NearPaths, ", "))
	w.decision("May the client call the API?", askAPI)
	if len(r.Differences) > 0 {
		b := w.block("The API stage runs another configuration than the draft")
		for _, x := range r.Differences {
			w.pair(b, strings.TrimSpace(x.Method+": "+cmp.Or(x.Field, "the method")), "runs "+cmp.Or(x.Deployed, "nothing")+"; the draft has "+cmp.Or(x.Draft, "nothing"), "warn")
		}
	}
}

func (w *stageWriter) mapping() {
	m := &w.t.Mapping
	if m.Template != "" {
		b := w.block("Mapping template " + m.Choice.Key)
		b.Place = w.say.Show(Where(m.TemplateAt))
		b.Code, b.Count = templateLines(w.d, w.say), true
	} else if len(m.Arguments)+len(m.RefusedArguments) > 0 {
		b := w.block(strings.TrimSpace("Parameters of " + m.Subtype))
		for _, a := range m.Arguments {
			p := htmlPair{Name: w.say.Show(a.Name), Value: w.say.Show(a.Value), Note: w.say.Show(a.Expression)}
			switch {
			case a.Missing:
				p.Value, p.Class = "nothing", "bad"
			case a.Open:
				p.Class = "unknown"
			case a.FromClient:
				p.Class = "client"
			}
			if p.Note == p.Value {
				p.Note = ""
			}
			b.Pairs = append(b.Pairs, p)
			if a.Missing || a.Open {
				w.note(b, a.Why, p.Class)
			}
		}
		for _, a := range m.RefusedArguments {
			w.pair(b, "AWS refuses "+a.Name, strings.TrimSpace(a.Expression+" "+a.Reason), "bad")
		}
	} else if m.Integration != nil {
		b := w.block("No mapping template")
		switch {
		case m.Choice.Refused:
			w.note(b, "No template is for the client's Content-Type, and the call is refused.", "bad")
		case m.Choice.Pass:
			w.note(b, "The client's body is passed on as it is.")
		}
		w.pair(b, "the client's Content-Type", cmp.Or(m.ContentType, "none"))
		w.pair(b, "passthrough behavior", m.Passthrough)
		w.pair(b, "templates", strings.Join(m.Keys, ", "))
	}
	out := w.block("API Gateway builds")
	for _, kind := range []struct {
		what string
		list []walk.Mapped
	}{{"", m.Headers}, {"query ", m.Query}, {"path ", m.Path}} {
		for _, x := range kind.list {
			out.Pairs = append(out.Pairs, w.mapped(kind.what, x))
		}
	}
	for _, x := range m.Refused {
		w.pair(out, "AWS does not store "+x.Name, x.Expression, "bad")
	}
	for _, x := range m.Fatal {
		w.pair(out, "makes every call fail", x.Name, "bad")
	}
	w.pair(out, "stage variables that the API stage lacks", strings.Join(m.Missing, ", "), "bad")
	w.sent(out)
}

// sent adds the body that leaves, with the client's part marked.
func (w *stageWriter) sent(b *htmlBlock) {
	if !w.t.Mapping.BodyKnown {
		w.note(b, "The body is not known.", "unknown")
		return
	}
	b.Code = bodyLines(w.t, nil, w.say)
}

func (w *stageWriter) mapped(what string, x walk.Mapped) htmlPair {
	p := htmlPair{Name: w.say.Show(what + x.Name), Value: w.say.Show(x.Value)}
	if x.FromClient {
		p.Class = "client"
	}
	if x.Absent {
		p.Value, p.Class = "not sent: its source has no value", "quiet"
	}
	if x.Expression != "" && x.Expression != "'"+x.Value+"'" {
		p.Note = w.say.Show("from " + x.Expression)
	}
	return p
}

func (w *stageWriter) signing() {
	s := &w.t.Signing
	in := w.block("The integration")
	w.pair(in, "type", s.Type)
	w.pair(in, "HTTP method", s.Method)
	w.pair(in, "URI", s.URIText)
	w.pair(in, "credentials", s.Credentials)
	if s.URIError != nil {
		w.pair(in, "AWS refuses the URI", s.URIError.Error(), "bad")
	}
	out := w.block("The call goes to")
	if url := s.URL(); url != "" {
		out.Start = w.say.Show(s.Method + " " + url)
	}
	w.pair(out, "region", s.Region)
	switch {
	case s.Caller:
		w.note(out, "Signed with the caller's own credentials.")
	case s.RoleMissing:
		w.pair(out, "role", s.Credentials+" does not exist", "bad")
	case s.Role != nil:
		w.pair(out, "signed as", s.Role.ARN)
	}
	if s.TrustProblem != nil {
		w.pair(out, "AWS refuses the trust policy", s.TrustProblem.Problem.String(), "bad")
	}
	w.decision("May API Gateway assume the role?", askTrust)
}

// request adds the HTTP request that SQS receives.
func (w *stageWriter) request() {
	in := w.block("SQS receives")
	if w.t.Signing.URL() == "" {
		w.note(in, "No request is known to leave for SQS.", "quiet")
		return
	}
	in.Start = w.say.Show(w.t.Signing.Method + " " + w.t.Signing.URL())
	for _, h := range w.t.Mapping.Headers {
		if !h.Absent {
			w.headers(in, []walk.Header{{Name: h.Name, Value: h.Value}})
		}
	}
	w.sent(in)
}
