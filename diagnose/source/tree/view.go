package tree

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"unique"

	"apisqs-doctor/diagnose/snapshot"
)

// View is a resolved value together with the place it stands at: the resource,
// the path of the property and the position in the file. A property that is
// absent has a nil value and the place of its parent.
type View struct {
	Resource string
	Path     string
	At       Place
	Value    *Value
}

// Get returns a member's view. Below an unknown value everything is unknown.
func (x View) Get(name string) View {
	out := View{Resource: x.Resource, Path: step(x.Path, name), At: x.At}
	if x.Value == nil {
		return out
	}
	if x.Value.Kind == Unknown {
		out.Value = x.Value
		return out
	}
	if m := x.Value.Member(name); m != nil {
		out.At, out.Value = m.At, m.Value
	}
	return out
}

// Named is a member and its name.
type Named struct {
	Name string
	View
}

// Members lists the members of an object, in the order of the file.
func (x View) Members() []Named {
	if x.Value == nil || x.Value.Kind != Object {
		return nil
	}
	list := make([]Named, 0, len(x.Value.Members))
	for _, m := range x.Value.Members {
		list = append(list, Named{m.Name, View{Resource: x.Resource, Path: step(x.Path, m.Name), At: m.At, Value: m.Value}})
	}
	return list
}

// Items lists what is in a list; a single value counts as a list of one, as it
// does for CloudFormation.
func (x View) Items() []View {
	switch {
	case x.Value == nil:
		return nil
	case x.Value.Kind != List:
		return []View{x}
	}
	list := make([]View, 0, len(x.Value.Items))
	for i, in := range x.Value.Items {
		at := in.At
		if at.File == "" {
			at = x.At
		}
		list = append(list, View{Resource: x.Resource, Path: index(x.Path, i), At: at, Value: in.Value})
	}
	return list
}

// First is what stands first in a list, absent where there is nothing.
func (x View) First() View {
	if items := x.Items(); len(items) > 0 {
		return items[0]
	}
	x.Value = nil
	return x
}

func (x View) Absent() bool  { return x.Value == nil || x.Value.Kind == Null }
func (x View) Unknown() bool { return x.Value != nil && x.Value.Kind == Unknown }

func (x View) Origin() snapshot.Origin {
	o := x.At.Origin()
	o.Resource, o.Path = x.Resource, unique.Make(x.Path).Value() // that of many resources
	return o
}

// Plain returns the text of a scalar, with a symbol in the place of what is not
// known, or "".
func (x View) Plain() string {
	if x.Value == nil || !x.Value.Readable() {
		return ""
	}
	return x.Value.Text
}

// Is tells whether the value is the boolean true, however it is written.
func (x View) Is(b string) bool { return strings.EqualFold(x.Plain(), b) }

// Gap says why an unknown value is unknown.
func (x View) Gap() snapshot.Gap {
	g := snapshot.Gap{Reason: snapshot.Unresolved, Origin: x.Origin()}
	if x.Value != nil && x.Value.Gap != nil {
		g.Reason = cmp.Or(x.Value.Gap.Reason, g.Reason)
		g.Detail = x.Value.Gap.Expression
		if x.Value.Gap.Detail != "" {
			g.Detail += ": " + x.Value.Gap.Detail
		}
		g.Needs = x.Value.Gap.Needs
	}
	return g
}

// Misfit is the gap of a value of the wrong shape.
func (x View) Misfit(expected string) snapshot.Gap {
	return snapshot.Gap{Reason: snapshot.Unparsed, Detail: fmt.Sprintf("%s is %s, expected %s", x.Path, x.Value.Kind, expected), Origin: x.Origin()}
}

// Text is the fact of a text; absent means the given default.
func (x View) Text(absent string) snapshot.Fact[string] {
	switch {
	case x.Absent():
		return snapshot.Known(absent, x.Origin())
	case x.Unknown():
		return snapshot.Unknown[string](x.Gap())
	case !x.Value.Readable():
		return snapshot.Unknown[string](x.Misfit("text"))
	}
	return snapshot.Known(x.Value.Text, x.Origin())
}

// Number is the fact of a whole number.
func (x View) Number(absent int) snapshot.Fact[int] {
	switch {
	case x.Absent():
		return snapshot.Known(absent, x.Origin())
	case x.Unknown():
		return snapshot.Unknown[int](x.Gap())
	}
	f, err := strconv.ParseFloat(x.Plain(), 64)
	if err != nil || x.Value.Partial || f != float64(int(f)) {
		return snapshot.Unknown[int](x.Misfit("a whole number"))
	}
	return snapshot.Known(int(f), x.Origin())
}

// Boolean is the fact of a boolean, which CloudFormation also takes as text.
func (x View) Boolean(absent bool) snapshot.Fact[bool] {
	switch {
	case x.Absent():
		return snapshot.Known(absent, x.Origin())
	case x.Unknown():
		return snapshot.Unknown[bool](x.Gap())
	case x.Is("true"):
		return snapshot.Known(true, x.Origin())
	case x.Is("false"):
		return snapshot.Known(false, x.Origin())
	}
	return snapshot.Unknown[bool](x.Misfit("true or false"))
}

// Texts is the fact of a list of texts. One unknown item makes it unknown: half
// a list is no list.
func (x View) Texts() snapshot.Fact[[]string] {
	if x.Unknown() {
		return snapshot.Unknown[[]string](x.Gap())
	}
	list := []string{}
	for _, in := range x.Items() {
		switch {
		case in.Unknown():
			return snapshot.Unknown[[]string](in.Gap())
		case !in.Value.Readable():
			return snapshot.Unknown[[]string](in.Misfit("text"))
		}
		list = append(list, in.Value.Text)
	}
	return snapshot.Known(list, x.Origin())
}

// TextFacts is the fact of a map whose values are facts of their own.
func (x View) TextFacts() snapshot.Fact[map[string]snapshot.Fact[string]] {
	return mapOf(x, func(m View, _ *snapshot.Gaps) snapshot.Fact[string] { return m.Text("") })
}

// TextMap is the fact of a map of texts; symbols stand for what is not known.
func (x View) TextMap() snapshot.Fact[map[string]string] {
	return mapOf(x, func(m View, gaps *snapshot.Gaps) string {
		switch {
		case m.Absent(): // null is taken for an empty text (T105)
		case !m.Value.Readable() && m.Unknown():
			gaps.Add(m.Gap())
		case !m.Value.Readable():
			gaps.Add(m.Misfit("text"))
		}
		return m.Value.Text
	})
}

// Flags is the fact of a map of booleans, such as declared parameters.
func (x View) Flags() snapshot.Fact[map[string]bool] {
	return mapOf(x, func(m View, gaps *snapshot.Gaps) bool {
		// HTTP and WebSocket APIs write {"Required": true}.
		if m.Value.Kind == Object {
			m = m.Get("Required")
		}
		if m.Unknown() {
			gaps.Add(m.Gap())
		}
		return m.Is("true")
	})
}

// mapOf is the fact of an object, member by member. A gap in one makes it unknown.
func mapOf[T any](x View, read func(m View, gaps *snapshot.Gaps) T) snapshot.Fact[map[string]T] {
	switch {
	case x.Unknown():
		return snapshot.Unknown[map[string]T](x.Gap())
	case !x.Absent() && x.Value.Kind != Object:
		return snapshot.Unknown[map[string]T](x.Misfit("an object"))
	}
	var gaps snapshot.Gaps
	out := map[string]T{}
	for _, m := range x.Members() {
		out[m.Name] = read(m.View, &gaps)
	}
	return snapshot.Derived(out, &gaps, x.Origin())
}
