package tui

import (
	"fmt"
	"strings"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

// route shows the client's request and the method that it meets.
func (v *detail) route(d *doc, t *walk.Trace) {
	v.request(d, &t.Request)
	d.blank()
	r := &t.Route
	d.in("out")
	if r.API != nil {
		d.name("API", strings.TrimSpace(r.API.Name+" "+r.API.ID)+", "+report.KindName(string(r.API.Type)), plain)
	}
	if r.Stage != nil {
		d.name("stage", r.Stage.Name, plain)
	}
	if !r.Deployed && r.Configuration != nil {
		d.prose("the deployed configuration is not known or does not exist: the draft is shown", doubt)
	}
	if r.Method != nil {
		d.name("method", r.Method.HTTPMethod+" "+r.Method.Path, plain)
	}
	for _, h := range walk.SortedHeaders(r.PathParams) {
		d.name("{"+h.Name+"}", h.Value, client)
	}
	for _, lack := range r.Lacks {
		d.name("the call lacks", lack, bad)
	}
	if r.Validation != "" {
		d.name("the validator refuses", r.Validation, bad)
	}
	if r.Conflict != "" {
		d.name("created twice", "stage "+r.Conflict, bad)
	}
	if len(r.NearMethods) > 0 {
		d.name("methods of this path", strings.Join(r.NearMethods, ", "), plain)
	}
	if len(r.NearPaths) > 0 {
		d.name("paths of this method", strings.Join(r.NearPaths, ", "), plain)
	}
	v.decision(d, t, apiPolicy)
	v.differences(d, r.Differences)
}

// differences shows what the stage runs beside what the draft says.
func (v *detail) differences(d *doc, list []walk.Difference) {
	if len(list) == 0 {
		return
	}
	d.heading(fmt.Sprintf("the stage runs another configuration than the draft: %s", count(len(list), "difference")), "", plain, v.glyphs.dash)
	for _, x := range list {
		field := x.Field
		if field == "" {
			field = "the method"
		}
		d.prose(x.Method+": "+field, plain)
		for _, side := range [][2]string{{"  runs", x.Deployed}, {"  draft", x.Draft}} {
			if side[1] == "" {
				side[1] = "(nothing)"
			}
			d.name(side[0], side[1], plain)
		}
	}
}

// request shows the client's call.
func (v *detail) request(d *doc, r *walk.Request) {
	d.in("in").literal(call(r), plain)
	v.headers(d, r.Headers)
	v.body(d, "", r.Body, client)
}

// mapping shows the template and what it makes of the client's body.
func (v *detail) mapping(d *doc, t *walk.Trace) {
	m := &t.Mapping
	contentType := m.ContentType
	if contentType == "" {
		contentType = "(none)"
	}
	d.in("in")
	if t.Request.Method != walk.WebSocketMethod { // a frame has no media type
		d.name("Content-Type", contentType, client)
	}
	v.body(d, "", m.Payload, client)
	d.blank()
	if m.Template != "" {
		d.in("by").prosef(strong, "mapping template %s", m.Choice.Key)
		if place := report.Where(m.TemplateAt); place != "" {
			d.prose(place, dim)
		}
		v.template(d, m)
		if b := v.d.EveryBody; b != nil {
			r := good
			if b.Result != walk.SafeForAll {
				r = doubt
			}
			d.in("every").prose("body: "+report.ForEveryBody(b), r)
		}
	} else if m.Integration != nil {
		how := "no template is chosen"
		switch {
		case m.Choice.Refused:
			how += " and the request is refused"
		case m.Choice.Pass:
			how += ": the body is passed on as it is"
		}
		if m.Passthrough != "" {
			how += " (passthrough behavior " + m.Passthrough + ")"
		}
		d.in("by").prose(how, plain)
		if len(m.Keys) > 0 {
			d.name("templates", strings.Join(m.Keys, ", "), plain)
		}
	}
	d.blank()
	d.in("out")
	for _, kind := range []struct {
		what string
		list []walk.Mapped
	}{{"header", m.Headers}, {"query", m.Query}, {"path", m.Path}} {
		for _, x := range kind.list {
			v.mapped(d, kind.what, x)
		}
	}
	for _, x := range m.Refused {
		d.name("AWS does not store "+x.Name, x.Expression, bad)
	}
	for _, x := range m.Fatal {
		d.name("makes every call fail", x.Name, bad)
	}
	if len(m.Missing) > 0 {
		d.name("stage variables that the stage lacks", strings.Join(m.Missing, ", "), bad)
	}
	if !m.BodyKnown {
		d.prose("the body is not known", doubt)
		return
	}
	v.rendered(d, m)
}

// mapped shows one parameter of the integration request.
func (v *detail) mapped(d *doc, what string, x walk.Mapped) {
	r := plain
	if x.FromClient {
		r = client
	}
	value := x.Value
	if x.Absent {
		value = "(not sent: the source has no value)"
	}
	if x.Expression != "" && x.Expression != "'"+x.Value+"'" {
		value += "   from " + x.Expression
	}
	d.name(what+" "+x.Name, v.words.Show(value), r)
}

// guilty are the places of a template that are to blame, by line, with the reason.
func (v *detail) guilty(m *walk.Mapping) map[int][]blame {
	places := map[int][]blame{}
	add := func(line int, b blame) {
		for _, have := range places[line] {
			if have == b {
				return
			}
		}
		places[line] = append(places[line], b)
	}
	if e := m.SyntaxError; e != nil {
		add(e.Line, blame{e.Column, 1, e.Message})
	}
	if e := m.RenderError; e != nil && e.Line > 0 {
		add(e.Line, blame{e.Column, 1, e.Message})
	}
	for i := range v.d.Findings {
		f := &v.d.Findings[i]
		if f.Stage != walk.StageMapping && f.Stage != walk.StageProtocol {
			continue
		}
		for _, s := range m.Spans {
			if s.Reference != "" && s.Line > 0 && mentions(f, s.Reference) {
				add(s.Line, blame{s.Column, len(s.Reference), f.Rule})
			}
		}
		if m.Rendered == nil {
			continue
		}
		for _, s := range m.Rendered.Empty {
			if s.Line > 0 && mentions(f, s.Reference) {
				add(s.Line, blame{s.Column, len(s.Reference), f.Rule})
			}
		}
	}
	return places
}

// blame is a piece of a template's line and what is wrong with it.
type blame struct {
	column, length int // in bytes; the column is 1-based
	why            string
}

// mentions tells whether a finding speaks of the reference.
func mentions(f *diagnose.Finding, reference string) bool {
	if strings.Contains(f.Message, reference) {
		return true
	}
	for _, e := range f.Evidence {
		if strings.Contains(e.Label, reference) || e.Value == reference {
			return true
		}
	}
	return false
}

// template shows the template with line numbers, and marks under what is to blame.
func (v *detail) template(d *doc, m *walk.Mapping) {
	places := v.guilty(m)
	text, left := clip(m.Template)
	for i, row := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		number := fmt.Sprintf("%4d  ", i+1)
		room := d.width - labelColumns - width(number)
		marked := places[i+1]
		shown := showTabs(row)
		for j, piece := range hardWrap(shown, room) {
			if j > 0 {
				number = strings.Repeat(" ", width(number))
			}
			d.row(line{{number, dim}, {piece, plain}})
			for _, b := range marked {
				v.underline(d, row, piece, b, j, room)
			}
		}
		for _, b := range marked {
			for _, l := range wordWrap(show(v.words.Show(b.why)), room) {
				d.row(line{{strings.Repeat(" ", width(number)), plain}, {l, bad}})
			}
		}
	}
	d.left(left)
}

// underline draws carets under the part of a wrapped row that is to blame.
func (v *detail) underline(d *doc, row, piece string, b blame, j, room int) {
	start := min(max(b.column-1, 0), len(row))
	end := min(start+max(b.length, 1), len(row))
	from := width(showTabs(row[:start])) - j*room
	length := max(width(showTabs(row[start:end])), 1)
	if from < 0 { // it began on the row before
		length, from = length+from, 0
	}
	if length <= 0 || from >= room || from > width(piece) {
		return
	}
	length = min(length, room-from)
	d.row(line{{strings.Repeat(" ", labelColumns+from), plain}, {strings.Repeat("^", length), bad}})
}

// rendered shows the body that leaves, the client's part in its own look, and
// which reference put it there.
func (v *detail) rendered(d *doc, m *walk.Mapping) {
	v.body(d, "", string(m.Body), plain)
	seen := map[string]bool{}
	for _, s := range m.Spans {
		if s.Reference == "" || s.Origin == 0 || seen[s.Reference] || len(seen) >= 20 {
			continue
		}
		seen[s.Reference] = true
		how := "as it is"
		if s.URLEncoded > 0 {
			how = "URL-encoded"
			if s.URLEncoded > 1 {
				how += fmt.Sprintf(" %d times", s.URLEncoded)
			}
		}
		d.name(fmt.Sprintf("%s, line %d", s.Reference, s.Line), fmt.Sprintf("%s of %s, %s", strings.Join(s.Source, ", "), s.Origin, how), dim)
	}
}

// signing shows the integration's endpoint and the identity of the call.
func (v *detail) signing(d *doc, t *walk.Trace) {
	s := &t.Signing
	d.in("in")
	v.known(d, "type", s.Type)
	v.known(d, "HTTP method", s.Method)
	v.known(d, "URI", s.URIText)
	v.known(d, "credentials", s.Credentials)
	if s.URIError != nil {
		d.name("URI refused", s.URIError.Error(), bad)
	}
	d.blank()
	d.in("out")
	if url := s.URL(); url != "" {
		d.literal(s.Method+" "+url, plain)
	}
	v.known(d, "region", s.Region)
	switch {
	case s.Caller:
		d.prose("signed with the caller's own credentials", plain)
	case s.RoleMissing:
		d.name("role", s.Credentials+" does not exist", bad)
	case s.Role != nil:
		d.name("signed as", s.Role.ARN, plain)
	}
	v.decision(d, t, trust)
	if s.TrustProblem != nil {
		d.name("AWS refuses the trust policy", s.TrustProblem.Problem.String(), bad)
	}
}

// known adds a row for a value that is there.
func (v *detail) known(d *doc, name, value string) {
	if value != "" {
		d.name(name, value, plain)
	}
}
