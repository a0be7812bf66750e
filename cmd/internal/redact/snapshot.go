package redact

import (
	"bytes"
	"encoding/json"
	"reflect"
	"sort"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/rules"
)

// kept are the members of a snapshot that hold words of its format, or a date.
var kept = map[string]bool{"schema": true, "kind": true, "reason": true, "deployedAt": true, "skips.until": true}

// prose are the members that hold sentences.
var prose = map[string]bool{"detail": true, "needs": true, "message": true, "skips.reason": true}

// qualified is the name under which kept and prose have a member. The reason of
// a skip is a sentence of somebody's, that of a gap a word of the format.
func qualified(parent, name string) string {
	if parent == "skips" {
		return parent + "." + name
	}
	return name
}

// isPublic tells whether a member holds what is the same for everybody.
func isPublic(member, text string) bool {
	if member == "skips.rule" {
		_, ok := rules.Find(text)
		return ok
	}
	return kept[member]
}

// Snapshot returns a redacted copy. The error says that the copy is no snapshot,
// which is a fault of this package.
func (r *Redactor) Snapshot(s *snapshot.Snapshot) (*snapshot.Snapshot, error) {
	var text bytes.Buffer
	if err := snapshot.Save(&text, s); err != nil {
		return nil, err
	}
	d := json.NewDecoder(&text)
	d.UseNumber()
	var doc any
	if err := d.Decode(&doc); err != nil {
		return nil, err
	}
	var texts []string
	collect(doc, "", &texts)
	r.Learn(texts)
	for _, s := range texts {
		r.Text(s) // first all words of the configuration, then the sentences about it
	}
	out, err := json.Marshal(r.rewrite(doc, ""))
	if err != nil {
		return nil, err
	}
	return snapshot.Load(bytes.NewReader(out))
}

// collect gives the texts of a document that are no sentences, in a fixed order.
func collect(doc any, member string, texts *[]string) {
	switch v := doc.(type) {
	case string:
		if !isPublic(member, v) && !prose[member] {
			*texts = append(*texts, v)
		}
	case []any:
		for _, item := range v {
			collect(item, member, texts)
		}
	case map[string]any:
		for _, name := range sortedNames(v) {
			if !members[name] {
				*texts = append(*texts, name)
			}
			collect(v[name], qualified(member, name), texts)
		}
	}
}

// rewrite redacts a document. Names of members are those of the format; names
// of a map's entries are ARNs, content types, parameters.
func (r *Redactor) rewrite(doc any, member string) any {
	switch v := doc.(type) {
	case string:
		switch {
		case isPublic(member, v):
			return v
		case prose[member]:
			return r.Prose(v)
		}
		return r.Text(v)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = r.rewrite(item, member)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, name := range sortedNames(v) {
			if members[name] {
				out[name] = r.rewrite(v[name], qualified(member, name))
			} else {
				out[r.Text(name)] = r.rewrite(v[name], "")
			}
		}
		return out
	}
	return doc
}

// members are the names of all members of a snapshot.
var members = memberNames()

func memberNames() map[string]bool {
	set := map[string]bool{"value": true, "unknown": true, "origin": true}
	seen := map[reflect.Type]bool{}
	var visit func(reflect.Type)
	visit = func(t reflect.Type) {
		if seen[t] {
			return
		}
		seen[t] = true
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			visit(t.Elem())
		case reflect.Struct:
			for i := range t.NumField() {
				f := t.Field(i)
				if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
					set[name] = true
				}
				visit(f.Type)
			}
		}
	}
	visit(reflect.TypeFor[snapshot.Snapshot]())
	return set
}

func sortedNames(m map[string]any) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Request returns a redacted copy of a client's call.
func (r *Redactor) Request(q diagnose.Request) diagnose.Request {
	q.API, q.Stage, q.Path, q.Body = r.Text(q.API), r.Text(q.Stage), r.Text(q.Path), r.Text(q.Body)
	q.Headers, q.Query = r.headers(q.Headers), r.headers(q.Query)
	return q
}

func (r *Redactor) headers(list []diagnose.Header) []diagnose.Header {
	var out []diagnose.Header
	for _, h := range list {
		out = append(out, diagnose.Header{Name: r.Text(h.Name), Value: r.Text(h.Value)})
	}
	return out
}
