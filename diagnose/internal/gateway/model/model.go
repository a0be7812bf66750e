// Package model reads API Gateway's models, which are JSON Schemas of draft 4, and
// says why a body does not fit one. What a model needs is compiled when it is read;
// the package costs a start of the program nothing.
package model

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// Model is a model that was read.
type Model struct{ root *schema }

// New reads a model. lookup gives the models that it refers to by name
// (https://apigateway.amazonaws.com/restapis/ID/models/NAME); nothing is ever fetched.
// The error says why the model cannot be used.
func New(text string, lookup func(name string) (string, bool)) (*Model, error) {
	r := &reader{lookup: lookup, check: draft4(), documents: map[string]place{}, schemas: map[place]*schema{}}
	return r.model(text)
}

// Refuses is why a body does not fit, empty where it does. An absent body does not (T111).
func (m *Model) Refuses(body string) string {
	value, err := decode(body)
	if err != nil {
		return "it is not JSON"
	}
	return refusedBy(m.root, value).String()
}

// decode reads one JSON value, numbers as they are written.
func decode(text string) (value any, err error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("there is text after the JSON value")
	}
	return value, nil
}

// schema is one schema of a model.
type schema struct {
	checks   []check
	parts    []*schema // those that judge the same value
	branches bool      // it has schemas within, or refers to one
}

// check is what one word of a schema says of a value; nil where it fits.
type check func(j *judgement, value any) *refusal

// judgement is what was found of one body: schemas that are referred to again and again
// judge a value once, and not twice at each level.
type judgement struct{ found map[judged]*refusal }

type judged struct {
	by    *schema
	value any
}

// refusedBy is why a schema refuses a value; nil where it does not.
func refusedBy(s *schema, value any) *refusal {
	return s.refuses(&judgement{map[judged]*refusal{}}, value)
}

func (s *schema) refuses(j *judgement, value any) *refusal {
	if !s.branches {
		return s.first(j, value)
	}
	key := judged{s, identity(value)}
	r, known := j.found[key]
	if !known {
		r = s.first(j, value)
		j.found[key] = r
	}
	return r
}

// first is what the first of the checks says that the value does not fit.
func (s *schema) first(j *judgement, value any) *refusal {
	for _, c := range s.checks {
		if r := c(j, value); r != nil {
			return r
		}
	}
	return nil
}

// identity is what tells a value from another: where an object or a list is kept, and
// what any other is.
func identity(value any) any {
	switch v := value.(type) {
	case map[string]any:
		return reflect.ValueOf(v).Pointer()
	case []any:
		return [2]uintptr{reflect.ValueOf(v).Pointer(), uintptr(len(v))}
	}
	return value
}

// refusal is why a value, or a part of it, does not fit.
type refusal struct{ at, why string }

func refuse(format string, args ...any) *refusal {
	return &refusal{why: fmt.Sprintf(format, args...)}
}

// under is the refusal of a part as one of the whole.
func (r *refusal) under(name string) *refusal {
	if r == nil {
		return nil
	}
	return &refusal{"/" + escape.Replace(name) + r.at, r.why}
}

func (r *refusal) String() string {
	switch {
	case r == nil:
		return ""
	case r.at == "":
		return r.why
	}
	return "at " + quote(r.at) + ": " + r.why
}

func quote(s string) string {
	s = strings.ReplaceAll(fmt.Sprintf("%q", s), `\"`, `"`)
	return "'" + strings.ReplaceAll(s[1:len(s)-1], `'`, `\'`) + "'"
}

func quoteAll(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = quote(s)
	}
	return strings.Join(quoted, ", ")
}
