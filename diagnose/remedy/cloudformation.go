package remedy

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
)

// CloudFormation renders a fix as a fragment of a template: the properties as
// they should read, at the place where they stand, in JSON for a JSON template.
// Lines that begin with # say what to do with them. s is the configuration
// before the fix.
func CloudFormation(s *snapshot.Snapshot, fix diagnose.Fix) (string, error) {
	return new(Fragments).CloudFormation(s, fix)
}

// Fragments renders many fixes of one configuration. It is for one goroutine.
type Fragments struct{ vocabularies vocabularies }

// CloudFormation renders a fix as the function of this name does.
func (r *Fragments) CloudFormation(s *snapshot.Snapshot, fix diagnose.Fix) (string, error) {
	if hasTerraform(s) {
		return "", errTerraform
	}
	r.vocabularies.about(s)
	f := &fragment{root: map[string]any{}, vocabularies: &r.vocabularies}
	deploys := ""
	for i, change := range fix.Changes {
		if c, ok := change.(snapshot.Deploy); ok {
			deploys = noteOf(s, c)
		}
		list, err := settings(s, change)
		if err != nil {
			return "", err
		}
		for _, st := range list {
			if err := f.add(st); err != nil {
				return "", err
			}
		}
		if s, err = onward(s, change, fix.Changes[i+1:]); err != nil {
			return "", err
		}
		r.vocabularies.after(change, s)
	}
	return f.text(deploys), nil
}

// onward makes a change where others follow that are told by what is there then.
// A deployment is not: it has nothing of its own to tell.
func onward(s *snapshot.Snapshot, change snapshot.Change, following []snapshot.Change) (*snapshot.Snapshot, error) {
	for _, c := range following {
		if _, ok := c.(snapshot.Deploy); !ok {
			return change.Apply(s)
		}
	}
	return s, nil
}

// noteOf says how a template makes a change take effect.
func noteOf(s *snapshot.Snapshot, c snapshot.Deploy) string {
	if routed(s, c.API) {
		return routedNote
	}
	return deploymentNote
}

// fragment collects settings, those of one resource below one another.
type fragment struct {
	vocabularies *vocabularies

	notes []string
	root  map[string]any
	json  bool
}

func (f *fragment) add(st setting) error {
	verb := "set"
	switch {
	case st.value == nil:
		verb = "remove"
	case st.item == appended:
		verb = "add to"
	case st.item != none:
		verb = "replace in"
	}
	where := ""
	if st.at.file != "" {
		where = fmt.Sprintf(" (%s:%d)", st.at.file, st.at.line)
	}
	place := joined(st.path)
	if st.at.resource != "" {
		place = st.at.resource + "." + place
	}
	note := fmt.Sprintf("# %s %s%s", verb, place, where)
	if st.only != nil { // AWS stores no policy without a statement
		note = fmt.Sprintf("# remove %s as a whole%s: this is its only statement", whole(st), where)
	}
	if st.at.kind != "" && st.at.file != "" {
		note = fmt.Sprintf("# add the resource %s to %s", st.at.resource, st.at.file)
	}
	if !slices.Contains(f.notes, note) {
		f.notes = append(f.notes, note)
	}
	if strings.HasSuffix(st.at.file, ".json") {
		f.json = true
	}
	w := f.vocabularies.words(st.at.file, st.at.definition)
	if st.value == nil {
		f.gone(w, st)
		return w.err
	}
	value := w.document(st.value)
	if w.err != nil {
		return w.err
	}
	if st.item != none {
		value = []any{value}
	}
	path := append([]string{st.at.resource}, st.path...)
	if st.at.definition {
		path = st.path[st.at.outer:] // the file is the definition itself
	}
	if st.at.kind != "" {
		merge(f.root, []string{st.at.resource, "Type"}, st.at.kind)
	}
	merge(f.root, path, value)
	return nil
}

// whole is what a policy stands in by itself: a resource, or an item of a list.
func whole(st setting) string {
	for i, name := range st.only {
		if _, ok := index(name); ok {
			return st.at.resource + "." + joined(st.only[:i+1])
		}
	}
	return st.at.resource
}

// gone shows what is to be removed from a list, each line behind a mark: whoever
// takes the fragment as it is must not put it in.
func (f *fragment) gone(w *wording, st setting) {
	if st.item == none || st.before == nil {
		return
	}
	s := style{eol: "\n", unit: 2, dash: 2}
	for line := range strings.SplitSeq(s.block([]any{w.document(st.before)}, 0), "\n") {
		f.notes = append(f.notes, "#   "+line)
	}
}

// merge puts a value below a path; a list index becomes a list of one.
func merge(into map[string]any, path []string, value any) {
	for len(path) > 1 {
		rest := path[1:]
		if _, ok := index(rest[0]); ok {
			value = []any{nested(rest[1:], value)}
			break
		}
		next, ok := into[path[0]].(map[string]any)
		if !ok {
			next = map[string]any{}
			into[path[0]] = next
		}
		into, path = next, rest
	}
	have, listed := into[path[0]].([]any)
	added, list := value.([]any)
	switch old, ok := into[path[0]].(map[string]any); {
	case listed && list:
		into[path[0]] = append(slices.Clone(have), added...)
		return
	case ok:
		if m, ok := value.(map[string]any); ok {
			for k, v := range m {
				old[k] = v
			}
			return
		}
	}
	into[path[0]] = value
}

// nested puts a value below a path of its own.
func nested(path []string, value any) any {
	for i := len(path) - 1; i >= 0; i-- {
		if _, ok := index(path[i]); ok {
			value = []any{value}
		} else {
			value = map[string]any{path[i]: value}
		}
	}
	return value
}

func (f *fragment) text(deploys string) string {
	var b strings.Builder
	for _, note := range f.notes {
		b.WriteString(note + "\n")
	}
	switch {
	case len(f.root) == 0:
	case f.json:
		b.WriteString(style{json: true, eol: "\n", unit: 2}.jsonValue(f.root, 0) + "\n")
	default:
		b.WriteString(style{eol: "\n", unit: 2, dash: 2}.block(f.root, 0) + "\n")
	}
	if deploys != "" {
		fmt.Fprintf(&b, "# %s\n", deploys)
	}
	return b.String()
}

// joined writes a path as evidence does.
func joined(path []string) string {
	var b strings.Builder
	for i, name := range path {
		switch {
		case strings.HasPrefix(name, "["):
		case strings.ContainsAny(name, "./"):
			name = "['" + name + "']"
		case i > 0:
			b.WriteByte('.')
		}
		b.WriteString(name)
	}
	return b.String()
}

// ordered lists names as people write them: a resource begins with its type, a
// statement with its Sid.
func ordered(m map[string]any) []string {
	var first, rest []string
	for _, name := range []string{"Type", "Version", "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
		"PolicyName", "StatusCode", "statusCode", "SelectionPattern", "name", "in", "required", "Queues"} {
		if _, ok := m[name]; ok {
			first = append(first, name)
		}
	}
	for _, name := range sorted(m) {
		if !slices.Contains(first, name) {
			rest = append(rest, name)
		}
	}
	return append(first, rest...)
}

// longForm writes intrinsic functions as JSON does.
func longForm(value any) any {
	switch v := value.(type) {
	case reference:
		switch v.function {
		case "GetAtt":
			id, attribute, _ := strings.Cut(v.text, ".")
			return map[string]any{"Fn::GetAtt": []any{id, attribute}}
		case "Ref":
			return map[string]any{"Ref": v.text}
		}
		return map[string]any{"Fn::" + v.function: v.text}
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = longForm(item)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, item := range v {
			out[k] = longForm(item)
		}
		return out
	}
	return value
}
