package redact

import (
	"bytes"
	"encoding/json"
	"reflect"
	"sort"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/rules"
)

// place is a member of one of the snapshot's types, such as "Gap.reason". What
// stands in a map has no place: its name is somebody's word.
type place string

// kept are the members that hold words of the format, or a date.
var kept = map[place]bool{"Snapshot.schema": true, "Target.kind": true, "Gap.reason": true, "Stage.deployedAt": true, "Skip.until": true}

// prose are the members that hold sentences.
var prose = map[place]bool{"Gap.detail": true, "Gap.needs": true, "Symbol.needs": true, "Refusal.message": true, "Skip.reason": true}

// isPublic tells whether a text is the same for everybody.
func isPublic(at place, text string) bool {
	if at == "Skip.rule" {
		_, ok := rules.Find(text)
		return ok
	}
	return kept[at]
}

// Snapshot returns a redacted copy. The error says that the copy is no snapshot,
// which is a fault of this package.
func (r *Redactor) Snapshot(s *snapshot.Snapshot) (*snapshot.Snapshot, error) {
	plain := *s
	plain.Constructs = nil // names of a program, which nothing else needs
	s = &plain
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
	t := reflect.TypeFor[snapshot.Snapshot]()
	collect(doc, t, "", &texts)
	r.Learn(texts)
	for _, s := range texts {
		r.Text(s) // first all words of the configuration, then the sentences about it
	}
	out, err := json.Marshal(r.rewrite(doc, t, ""))
	if err != nil {
		return nil, err
	}
	return snapshot.Load(bytes.NewReader(out))
}

// collect gives the texts of a document that are no sentences, in a fixed order.
// The type is that which the document was written from.
func collect(doc any, t reflect.Type, at place, texts *[]string) {
	switch v := doc.(type) {
	case string:
		if !isPublic(at, v) && !prose[at] {
			*texts = append(*texts, v)
		}
	case []any:
		for _, item := range v {
			collect(item, element(t), at, texts)
		}
	case map[string]any:
		for _, name := range sortedNames(v) {
			inner, below, own := member(t, at, name)
			if !own {
				*texts = append(*texts, name)
			}
			collect(v[name], inner, below, texts)
		}
	}
}

// rewrite redacts a document. Names of members are those of the format; names
// of a map's entries are ARNs, content types, parameters.
func (r *Redactor) rewrite(doc any, t reflect.Type, at place) any {
	switch v := doc.(type) {
	case string:
		switch {
		case isPublic(at, v):
			return v
		case prose[at]:
			return r.Prose(v)
		}
		return r.Text(v)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = r.rewrite(item, element(t), at)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, name := range sortedNames(v) {
			inner, below, own := member(t, at, name)
			written := name
			if !own {
				written = r.Text(name)
			}
			out[written] = r.rewrite(v[name], inner, below)
		}
		return out
	}
	return doc
}

// member finds the type and the place of a member of an object. It is not the
// type's own when the object is a map, whose names are data.
func member(t reflect.Type, at place, name string) (inner reflect.Type, below place, own bool) {
	if t = pointed(t); t == nil || t.Kind() != reflect.Struct {
		return element(t), "", false
	}
	if strings.HasPrefix(t.Name(), "Fact[") {
		// A fact writes its value, or why there is none, and where it stands.
		switch name {
		case "value":
			f, _ := t.FieldByName("value")
			return f.Type, at, true
		case "unknown":
			return reflect.TypeFor[snapshot.Gap](), "", true
		}
		return reflect.TypeFor[snapshot.Origin](), "", name == "origin"
	}
	for i := range t.NumField() {
		if tag, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); tag == name {
			return t.Field(i).Type, place(t.Name() + "." + name), true
		}
	}
	return nil, "", false
}

// element is the type of what a list or a map holds; nil when it holds anything.
func element(t reflect.Type) reflect.Type {
	if t = pointed(t); t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Map) {
		return t.Elem()
	}
	return nil
}

func pointed(t reflect.Type) reflect.Type {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
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
func (r *Redactor) Request(q walk.Request) walk.Request {
	q.API, q.Stage, q.Path, q.Route, q.Body = r.Text(q.API), r.Text(q.Stage), r.Text(q.Path), r.Text(q.Route), r.Text(q.Body)
	q.Headers, q.Query = r.headers(q.Headers), r.headers(q.Query)
	return q
}

func (r *Redactor) headers(list []walk.Header) []walk.Header {
	var out []walk.Header
	for _, h := range list {
		out = append(out, walk.Header{Name: r.Text(h.Name), Value: r.Text(h.Value)})
	}
	return out
}
