package vtl

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// search looks for the smallest call that does harm: first where client data
// arrives with a doubt, with the texts that have a meaning there. Where the
// evaluation found nothing, a few calls are tried against it.
func (p *prover) search() (*Case, Harm) {
	s := &searcher{t: p.t, q: p.q, left: 3000}
	texts := harmfulTexts[p.q.Protocol]
	if p.unread && s.harmOf(p.base(read{}, false)) != NoHarm && s.harmOf(p.base(read{}, true)) != NoHarm {
		return nil, NoHarm // every call is broken by the template itself
	}
	if p.stopped == nil && !slices.ContainsFunc(p.places, func(x Place) bool { return x.Harm != NoHarm }) {
		texts, s.left = texts[:3], 12
	}
	for _, from := range p.reads[:min(len(p.reads), 8)] {
		for _, text := range texts {
			for _, c := range p.cases(from, text) {
				s.try(c)
			}
		}
	}
	if s.best == nil {
		return nil, NoHarm
	}
	s.left = 1000
	for _, from := range p.asked {
		// What does harm by being there at all.
		if steps, ok := from.steps(); ok {
			c := p.base(read{}, false)
			c.Body = jsonText(placed(nil, steps, "", false))
			s.try(c)
		}
	}
	s.shrink()
	return s.best, s.harm
}

// harmfulTexts are the texts to try, the shortest and the worst first.
var harmfulTexts = [...][]string{
	Form: {"&", "%", "+", "", "1", "&a=", "'", "aa>"},
	JSON: {`"`, `\`, "'", "\n", ",", "", "1", "{}", `\"`, `","a":"`},
}

// cases are the calls that put a text where it is read from: alone, and together
// with harmless texts everywhere else.
func (p *prover) cases(from read, text string) []*Case {
	var out []*Case
	for _, full := range []bool{false, true} {
		c := p.base(from, full)
		switch from.kind {
		case "query", "parameter":
			c.Query[nameOr(from.name, text)] = text
		case "header":
			if strings.ContainsAny(text, "\r\n") {
				continue
			}
			c.Header[nameOr(from.name, text)] = text
		case "path":
			if text == "" || from.name == "" {
				continue
			}
			c.Path[from.name] = text
		case "body":
			out = append(out, p.bodies(c, from, text)...)
			continue
		default:
			continue
		}
		out = append(out, c)
	}
	return out
}

// base is a call with nothing in it, or with harmless texts wherever the
// template reads any but from there.
func (p *prover) base(from read, full bool) *Case {
	c := &Case{Path: map[string]string{}, Query: map[string]string{}, Header: map[string]string{}}
	for _, name := range p.q.PathParameters {
		c.Path[name] = "1"
	}
	if !full {
		return c
	}
	var doc any
	// What is within a document comes after the whole.
	asked := slices.Clone(p.asked)
	slices.SortStableFunc(asked, func(a, b read) int { return len(a.path) - len(b.path) })
	for _, r := range asked {
		switch {
		case r == from || r.name == "":
		case r.kind == "query" || r.kind == "parameter":
			c.Query[r.name] = "1"
		case r.kind == "header":
			c.Header[r.name] = "1"
		}
		if steps, ok := r.steps(); ok && (from.kind != "body" || from.json) {
			doc = placed(doc, steps, "1", false)
		}
	}
	if doc != nil {
		c.Body = jsonText(doc)
	}
	return c
}

func nameOr(name, text string) string {
	if name == "" {
		return text + "a"
	}
	return name
}

// bodies are the calls whose body holds the text: as it is, and as JSON where it
// is read from.
func (p *prover) bodies(c *Case, from read, text string) []*Case {
	var out []*Case
	full := len(c.Query)+len(c.Header) > 0
	with := func(body string) {
		if p.tried[full] == nil {
			p.tried[full] = map[string]bool{}
		}
		if p.tried[full][body] {
			return
		}
		p.tried[full][body] = true
		d := *c
		d.Body = body
		out = append(out, &d)
	}
	if p.q.Sample == "" {
		with(text)
		with(jsonText(text))
	}
	if doc, ok := plainJSON(p.q.Sample); ok && p.q.Sample != "" {
		// What a model lets through: the sample with the text in place of one of its
		// texts, and beside them.
		if !from.json {
			with(p.q.Sample)
		}
		for _, steps := range append(leaves(doc), []string{"a"}) {
			with(jsonText(placed(doc, steps, text, false)))
		}
	} else if p.q.JSONBody && !from.json {
		with(`{"a":` + jsonText(text) + `}`)
	}
	if !from.json {
		return out
	}
	key := from.key
	from.key = false
	steps, ok := from.steps()
	if !ok {
		return out
	}
	var docs []any
	docs = append(docs, nil)
	if c.Body != "" {
		if doc, ok := plainJSON(c.Body); ok {
			docs = append(docs, doc)
		}
	}
	if p.q.Sample != "" {
		if doc, ok := plainJSON(p.q.Sample); ok && p.q.Sample != "" {
			docs = append(docs, doc)
		}
	}
	for _, doc := range docs {
		values := []any{text}
		switch text {
		case "1":
			values = append(values, rawJSON("1"), rawJSON("null"))
		case "{}":
			values = append(values, rawJSON("{}"), rawJSON("[]"), rawJSON("true"))
		case "":
			with(jsonText(placed(doc, nil, rawJSON("{}"), false)))
		}
		for _, v := range values {
			with(jsonText(placed(doc, steps, v, key)))
			if i := slices.Index(steps, anyIndex); i >= 0 {
				twice := slices.Clone(steps)
				twice[i] = "1"
				with(jsonText(placed(doc, twice, v, key)))
			}
		}
	}
	return out
}

// rawJSON is JSON text in a document that is being built.
type rawJSON string

// members of a document that is being built, in order.
type object struct {
	names  []string
	values []any
}

// placed is a document with a value at a place; the rest stays.
func placed(doc any, steps []string, v any, asKey bool) any {
	if len(steps) == 0 {
		if asKey {
			name, _ := v.(string)
			return &object{names: []string{name}, values: []any{rawJSON("1")}}
		}
		return v
	}
	step, rest := steps[0], steps[1:]
	if n, err := strconv.Atoi(step); err == nil && n >= 0 && n < 8 || step == anyIndex {
		list, _ := doc.([]any)
		list = slices.Clone(list)
		for len(list) <= n {
			list = append(list, rawJSON("1"))
		}
		list[n] = placed(list[n], rest, v, asKey)
		return list
	}
	if step == anyKey {
		step = "a"
	}
	o, _ := doc.(*object)
	out := &object{}
	if o != nil {
		out.names, out.values = slices.Clone(o.names), slices.Clone(o.values)
	}
	i := slices.Index(out.names, step)
	if i < 0 {
		i = len(out.names)
		out.names, out.values = append(out.names, step), append(out.values, nil)
	}
	out.values[i] = placed(out.values[i], rest, v, asKey)
	return out
}

func jsonText(doc any) string {
	switch d := doc.(type) {
	case string:
		return string(appendJSONString(nil, d))
	case rawJSON:
		return string(d)
	case []any:
		var parts []string
		for _, x := range d {
			parts = append(parts, jsonText(x))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case *object:
		var parts []string
		for i, name := range d.names {
			parts = append(parts, string(appendJSONString(nil, name))+":"+jsonText(d.values[i]))
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	return "null"
}

// plainJSON reads a document for building on it.
func plainJSON(body string) (any, bool) {
	r := &renderer{limits: DefaultLimits(), in: &Input{}}
	v, err := r.parseJSON(body, nil)
	if err != nil {
		return nil, false
	}
	return built(v), true
}

func built(v value) any {
	switch v.kind {
	case kindMap:
		o := &object{}
		for _, e := range v.dict().entries {
			o.names, o.values = append(o.names, e.key), append(o.values, built(e.value))
		}
		return o
	case kindList:
		list := []any{}
		for _, x := range v.list().items {
			list = append(list, built(x))
		}
		return list
	case kindString:
		return v.str
	case kindNull:
		return rawJSON("null")
	}
	if v.str != "" {
		return rawJSON(v.str)
	}
	return rawJSON(v.scalar())
}

// leaves are the places of the texts in a document, at most eight.
func leaves(doc any) [][]string {
	var out [][]string
	var walk func(doc any, at []string)
	walk = func(doc any, at []string) {
		switch d := doc.(type) {
		case string:
			if len(out) < 8 {
				out = append(out, slices.Clone(at))
			}
		case []any:
			for i, x := range d {
				walk(x, append(at, strconv.Itoa(i)))
			}
		case *object:
			for i, name := range d.names {
				walk(d.values[i], append(at, name))
			}
		}
	}
	walk(doc, nil)
	return out
}

// searcher keeps the smallest case that does harm.
type searcher struct {
	t    *Template
	q    *Question
	best *Case
	harm Harm
	left int // renderings that may still be made
}

// harmOf renders a case and reads what comes out.
func (s *searcher) harmOf(c *Case) Harm {
	if s.left--; s.left < 0 || s.q.NoBody && c.Body != "" {
		return NoHarm
	}
	harm := s.t.HarmOf(s.q, c)
	if harm != NoHarm && s.q.Accepts != nil && !s.q.Accepts(c) {
		return NoHarm
	}
	return harm
}

// HarmOf renders one case and tells what it does to the call; a rendering that
// fails sends nothing.
func (t *Template) HarmOf(q *Question, c *Case) Harm {
	out, err := t.Render(&Input{Body: c.Body, Path: c.Path, Query: with(q.Query, c.Query), Header: with(q.Header, c.Header), Context: q.context(c), StageVariables: q.StageVariables, Provenance: true,
		Limits: Limits{OutputBytes: 1 << 18, MadeBytes: 1 << 20, Steps: 50_000}})
	if err != nil {
		return NoHarm
	}
	return out.Harm(q.Protocol)
}

// with is a map with another's members over it.
func with(base, over map[string]string) map[string]string {
	if len(base) == 0 {
		return over
	}
	all := maps.Clone(base)
	maps.Copy(all, over)
	return all
}

// context is what $context offers to a case: its User-Agent is the client's.
func (q *Question) context(c *Case) *ContextValues {
	agent, ok := c.Header["User-Agent"]
	if !ok {
		return q.Context
	}
	root := &dict{hidden: true, origin: OriginContext, source: "context:"}
	if q.Context != nil {
		root = copyDict(q.Context.root())
	}
	identity := root.at("identity").dict()
	if identity == nil {
		identity = contextDict(nil, "context:identity.", 1)
		root.put("identity", nil, mapValue(identity))
	}
	identity.put("userAgent", nil, stringValue(agent, nil))
	return &ContextValues{made: root}
}

func (s *searcher) try(c *Case) {
	if s.best != nil && c.size() >= s.best.size() {
		return
	}
	if harm := s.harmOf(c); harm != NoHarm {
		s.best, s.harm = c, harm
	}
}

// shrink makes the best case smaller while it does harm: whole parts first, then
// members and pieces of the body.
func (s *searcher) shrink() {
	for _, part := range []func(*Case) *map[string]string{
		func(c *Case) *map[string]string { return &c.Query }, func(c *Case) *map[string]string { return &c.Header },
	} {
		for _, name := range slices.Sorted(maps.Keys(*part(s.best))) {
			c := *s.best
			m := maps.Clone(*part(&c))
			delete(m, name)
			*part(&c) = m
			s.smaller(&c)
		}
	}
	if doc, _ := plainJSON(s.best.Body); doc != nil {
		o, _ := doc.(*object)
		for i := 0; o != nil && i < len(o.names); {
			fewer := &object{slices.Delete(slices.Clone(o.names), i, i+1), slices.Delete(slices.Clone(o.values), i, i+1)}
			c := *s.best
			if c.Body = jsonText(fewer); s.smaller(&c) {
				o = fewer
			} else {
				i++
			}
		}
	}
	for size := len(s.best.Body); size > 0; size /= 2 {
		for at := 0; at+size <= len(s.best.Body); {
			c := *s.best
			c.Body = c.Body[:at] + c.Body[at+size:]
			if !s.smaller(&c) {
				at++
			}
		}
	}
}

func (s *searcher) smaller(c *Case) bool {
	if harm := s.harmOf(c); harm != NoHarm {
		s.best, s.harm = c, harm
		return true
	}
	return false
}
