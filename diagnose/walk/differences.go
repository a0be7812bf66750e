package walk

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// differences compares what the stage runs with the draft, method by method
// and field by field. It is nil when one of them is not known.
func (w *routing) differences() []Difference {
	r := w.Route
	draft, ok := r.API.Draft.Peek()
	if !ok || !r.Deployed {
		return nil
	}
	c := w.compare(r.Configuration, &draft)
	names := w.meant()
	affected := false
	for _, name := range names {
		r.Uncompared = append(r.Uncompared, c.uncompared[name]...)
		affected = affected || c.methods[name]
	}
	if !affected {
		return c.list
	}
	list := slices.Clone(c.list)
	for i := range list {
		list[i].SameMethod = slices.Contains(names, list[i].Method)
	}
	return list
}

// comparison is what differs between two versions of an API. It does not depend
// on the request, so an engine makes it once.
type comparison struct {
	list       []Difference
	methods    map[string]bool     // that differ
	uncompared map[string][]string // fields that are not known on one side, by method
}

// versions names two configurations by their lists of methods.
type versions struct{ deployed, draft *snapshot.Method }

// identity is the same for two copies of one configuration.
func identity(c *snapshot.Configuration) *snapshot.Method {
	if len(c.Methods) == 0 {
		return nil
	}
	return &c.Methods[0]
}

func (e *Engine) compare(a, b *snapshot.Configuration) *comparison {
	key := versions{identity(a), identity(b)}
	if c, ok := e.comparisons[key]; ok {
		return c
	}
	c := &comparison{methods: map[string]bool{}, uncompared: map[string][]string{}}
	e.comparisons[key] = c
	if key.deployed == key.draft && len(a.Methods) == len(b.Methods) {
		return c // a deployment that took the draft as it is
	}
	deployed, edited := methodsByName(a), methodsByName(b)
	for _, name := range slices.Sorted(maps.Keys(edited)) {
		if _, ok := deployed[name]; !ok {
			c.add(Difference{Method: name, Draft: "present", Deployed: "missing", Origin: edited[name].Origin})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(deployed)) {
		other, ok := edited[name]
		if !ok {
			c.add(Difference{Method: name, Draft: "missing", Deployed: "present", Origin: deployed[name].Origin})
			continue
		}
		different, unknown := fieldDifferences(deployed[name], other)
		for _, d := range different {
			d.Method = name
			c.add(d)
		}
		if len(unknown) > 0 {
			c.uncompared[name] = unknown
		}
	}
	return c
}

func (c *comparison) add(d Difference) {
	c.list = append(c.list, d)
	c.methods[d.Method] = true
}

// meant names the method that the request meets, as deployed and in the draft.
func (w *routing) meant() []string {
	var names []string
	for _, m := range []*snapshot.Method{w.Route.Method, w.Route.DraftMethod} {
		if m != nil && !slices.Contains(names, MethodName(m)) {
			names = append(names, MethodName(m))
		}
	}
	return names
}

func methodsByName(c *snapshot.Configuration) map[string]*snapshot.Method {
	m := map[string]*snapshot.Method{}
	for i := range c.Methods {
		m[MethodName(&c.Methods[i])] = &c.Methods[i]
	}
	return m
}

// fields flattens what decides the behaviour of a method, normalised as the two
// sides spell it differently: defaults filled in, order and case removed.
func fields(m *snapshot.Method) map[string]field {
	out := map[string]field{}
	add := func(name string, f snapshot.Fact[string], normal func(string) string) {
		v, ok := f.Peek()
		out[name] = field{normal(v), ok, f.Origin()}
	}
	as := func(s string) string { return s }
	add("authorizationType", m.Authorization, func(s string) string { return cmp.Or(s, "NONE") })
	if v, ok := m.APIKeyRequired.Peek(); ok {
		out["apiKeyRequired"] = field{fmt.Sprint(v), true, m.APIKeyRequired.Origin()}
	}
	i, ok := m.Integration.Peek()
	if !ok || i == nil {
		out["integration"] = field{"none", ok, m.Integration.Origin()}
		return out
	}
	add("type", i.Type, strings.ToUpper)
	add("httpMethod", i.HTTPMethod, strings.ToUpper)
	add("uri", i.URI, as)
	add("credentials", i.Credentials, as)
	add("passthroughBehavior", i.Passthrough, func(s string) string { return strings.ToUpper(cmp.Or(s, "WHEN_NO_MATCH")) })
	add("contentHandling", i.ContentHandling, strings.ToUpper)
	flatten(out, "requestParameters", i.RequestParameters)
	flatten(out, "requestTemplates", i.Templates)
	if responses, ok := i.Responses.Peek(); ok {
		for _, r := range responses {
			out["responses["+cmp.Or(r.Pattern, "default")+"]"] = field{describeResponse(r), true, r.Origin}
		}
	}
	return out
}

// field is one field's text, whether it is known, and where it stands.
type field struct {
	text   string
	known  bool
	origin snapshot.Origin
}

func flatten(out map[string]field, prefix string, f snapshot.Fact[map[string]snapshot.Fact[string]]) {
	m, ok := f.Peek()
	if !ok {
		out[prefix] = field{"", false, f.Origin()}
		return
	}
	for name, fact := range m {
		v, ok := fact.Peek()
		out[prefix+"["+name+"]"] = field{v, ok, fact.Origin()}
	}
}

func describeResponse(r snapshot.IntegrationResponse) string {
	parts := []string{r.Status}
	for _, k := range slices.Sorted(maps.Keys(r.Templates)) {
		parts = append(parts, k+": "+r.Templates[k])
	}
	for _, k := range slices.Sorted(maps.Keys(r.Parameters)) {
		parts = append(parts, k+" = "+r.Parameters[k])
	}
	return strings.Join(parts, "; ")
}

// fieldDifferences lists the fields in which two versions of a method differ.
// A field that is not known on one side is no difference; those that only the
// draft hides are listed apart.
func fieldDifferences(deployed, draft *snapshot.Method) (list []Difference, unknown []string) {
	a, b := fields(deployed), fields(draft)
	names := slices.Collect(maps.Keys(a))
	for name := range b {
		if _, ok := a[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		x, inA := a[name]
		y, inB := b[name]
		if inB && !y.known && !(inA && !x.known) {
			unknown = append(unknown, name)
		}
		if inA && !x.known || inB && !y.known || inA == inB && x.text == y.text {
			continue
		}
		origin := y.origin
		if !inB {
			origin = x.origin
		}
		list = append(list, Difference{Field: name, Deployed: absent(x.text, inA), Draft: absent(y.text, inB), Origin: origin})
	}
	return list, unknown
}

func absent(text string, there bool) string {
	if !there {
		return "(absent)"
	}
	return text
}
