package snapshot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// Fact is one value of the configuration, known or unknown.
// The zero Fact is unknown with reason NotRead.
type Fact[T any] struct {
	value  T
	known  bool
	gap    *Gap // nil for a known one, which nearly all are, and for NotRead
	origin Origin
}

// Known returns the fact that a source read v at origin.
func Known[T any](v T, origin Origin) Fact[T] {
	return Fact[T]{value: v, known: true, origin: origin}
}

// Unknown returns a fact whose value could not be had, for the reason in gap.
func Unknown[T any](gap Gap) Fact[T] {
	return Fact[T]{gap: &gap, origin: gap.Origin}
}

// Derived returns the fact of a value that was made of other facts: it is unknown
// when there were gaps among them.
func Derived[T any](v T, gaps *Gaps, origin Origin) Fact[T] {
	if gaps.Any() {
		return Unknown[T](gaps.list[0])
	}
	return Known(v, origin)
}

// Read returns the value, or records why there is none in gaps and reports false.
func (f Fact[T]) Read(gaps *Gaps) (T, bool) {
	if !f.known {
		gaps.Add(f.Gap())
		var zero T
		return zero, false
	}
	return f.value, true
}

// Peek returns the value and whether it is known, and records nothing. It is for
// what only helps to describe or to choose what is looked at: where an unknown
// value would decide over a verdict, Read it.
func (f Fact[T]) Peek() (T, bool) { return f.value, f.known }

// IsKnown tells whether the value was read. It gives no access to the value.
func (f Fact[T]) IsKnown() bool { return f.known }

// Origin says where the value stands or, for an unknown one, where it would.
func (f Fact[T]) Origin() Origin { return f.origin }

// Gap says why the value is unknown; it is the zero Gap for a known fact.
func (f Fact[T]) Gap() Gap {
	if f.known {
		return Gap{}
	}
	var g Gap
	if f.gap != nil {
		g = *f.gap
	}
	if g.Reason == "" {
		g.Reason = NotRead
	}
	if g.Origin == (Origin{}) {
		g.Origin = f.origin
	}
	return g
}

// With returns the fact with another known value at the same place.
// Changes and sources use it; it is how a hypothetical configuration is made.
func (f Fact[T]) With(v T) Fact[T] { return Known(v, f.origin) }

// hidden returns the fact as if its value had never been read.
func (f Fact[T]) hidden(gap Gap) any { return Unknown[T](gap) }

type factJSON struct {
	Value   json.RawMessage `json:"value,omitempty"`
	Unknown *Gap            `json:"unknown,omitempty"`
	Origin  *Origin         `json:"origin,omitempty"`
}

// MarshalJSON writes {"value": v, "origin": o} or {"unknown": gap}.
func (f Fact[T]) MarshalJSON() ([]byte, error) {
	var out factJSON
	if f.origin != (Origin{}) {
		out.Origin = &f.origin
	}
	if !f.known {
		gap := f.Gap()
		if gap.Origin == f.origin {
			gap.Origin = Origin{}
		}
		out.Unknown = &gap
		return json.Marshal(out)
	}
	var err error
	if out.Value, err = json.Marshal(f.value); err != nil {
		return nil, err
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON wrote. An absent member stays the zero
// Fact, which is unknown.
func (f *Fact[T]) UnmarshalJSON(data []byte) error {
	var in factJSON
	if err := strictly(data, &in); err != nil {
		return err
	}
	if (in.Value == nil) == (in.Unknown == nil) {
		return errors.New(`a fact needs either "value" or "unknown"`)
	}
	*f = Fact[T]{}
	if in.Origin != nil {
		f.origin = *in.Origin
	}
	if in.Unknown != nil {
		f.gap = in.Unknown
		if !f.gap.Reason.valid() {
			return fmt.Errorf("unknown reason %q, expected one of %s", f.gap.Reason, reasonList())
		}
		if f.gap.Origin == (Origin{}) {
			f.gap.Origin = f.origin
		}
		return nil
	}
	if string(in.Value) == "null" && !nullable(reflect.TypeFor[T]()) {
		return fmt.Errorf("null is no value of a %s", kindName(reflect.TypeFor[T]()))
	}
	if err := strictly(in.Value, &f.value); err != nil {
		return err
	}
	f.known = true
	return nil
}

// nullable tells whether null is a value of the type: known to be nothing.
func nullable(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice:
		return true
	}
	return false
}

// strictly decodes data and refuses members that the type does not have: a
// misspelt member would otherwise be lost in silence.
func strictly(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	return d.Decode(into)
}
