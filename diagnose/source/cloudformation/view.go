package cloudformation

import (
	"fmt"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// view is a resolved value together with the place it stands at: the resource,
// the path of the property and the position in the file. A property that is
// absent has a nil value and the place of its parent.
type view struct {
	stack *stack
	res   *resource
	path  string
	at    place
	v     *value
}

// get returns a member's view. Below an unknown value everything is unknown.
func (x view) get(name string) view {
	out := view{stack: x.stack, res: x.res, path: step(x.path, name), at: x.at}
	if x.v == nil {
		return out
	}
	if x.v.kind == kindUnknown {
		out.v = x.v
		return out
	}
	if m := x.v.member(name); m != nil {
		out.at, out.v = m.at, m.value
	}
	return out
}

// named is a member and its name.
type named struct {
	name string
	view view
}

// members lists the members of an object, in the order of the file.
func (x view) members() []named {
	if x.v == nil || x.v.kind != kindObject {
		return nil
	}
	list := make([]named, 0, len(x.v.members))
	for _, m := range x.v.members {
		list = append(list, named{m.name, view{stack: x.stack, res: x.res, path: step(x.path, m.name), at: m.at, v: m.value}})
	}
	return list
}

// items lists what is in a list; a single value counts as a list of one, as it
// does for CloudFormation.
func (x view) items() []view {
	switch {
	case x.v == nil:
		return nil
	case x.v.kind != kindList:
		return []view{x}
	}
	list := make([]view, 0, len(x.v.items))
	for i, in := range x.v.items {
		at := in.at
		if at.file == nil {
			at = x.at
		}
		list = append(list, view{stack: x.stack, res: x.res, path: index(x.path, i), at: at, v: in.value})
	}
	return list
}

func (x view) absent() bool  { return x.v == nil || x.v.kind == kindNull }
func (x view) unknown() bool { return x.v != nil && x.v.kind == kindUnknown }

func (x view) origin() snapshot.Origin { return x.stack.origin(x.res, x.path, x.at) }

// plain returns the text of a scalar, with a symbol in the place of what is not
// known, or "".
func (x view) plain() string {
	if x.v == nil || !x.v.readable() {
		return ""
	}
	return x.v.text
}

// is tells whether the value is the boolean true, however it is written.
func (x view) is(b string) bool { return strings.EqualFold(x.plain(), b) }

// gap says why an unknown value is unknown.
func (x view) gap() snapshot.Gap {
	g := snapshot.Gap{Reason: snapshot.Unresolved, Origin: x.origin()}
	if x.v != nil && x.v.gap != nil {
		g.Detail = x.v.gap.expression
		if x.v.gap.detail != "" {
			g.Detail += ": " + x.v.gap.detail
		}
		g.Needs = x.v.gap.needs
	}
	return g
}

// misfit is the gap of a value of the wrong shape.
func (x view) misfit(expected string) snapshot.Gap {
	return snapshot.Gap{Reason: snapshot.Unparsed, Detail: fmt.Sprintf("%s is %s, expected %s", x.path, x.v.kind, expected), Origin: x.origin()}
}

// text is the fact of a text; absent means the given default.
func (x view) text(absent string) snapshot.Fact[string] {
	switch {
	case x.absent():
		return snapshot.Known(absent, x.origin())
	case x.unknown():
		return snapshot.Unknown[string](x.gap())
	case !x.v.readable():
		return snapshot.Unknown[string](x.misfit("text"))
	}
	return snapshot.Known(x.v.text, x.origin())
}

// upper is the fact of a text that AWS takes in any case and keeps in upper case.
func (x view) upper(absent string) snapshot.Fact[string] {
	f := x.text(absent)
	if v, ok := f.Read(&snapshot.Gaps{}); ok {
		return f.With(strings.ToUpper(v))
	}
	return f
}

// number is the fact of a whole number.
func (x view) number(absent int) snapshot.Fact[int] {
	switch {
	case x.absent():
		return snapshot.Known(absent, x.origin())
	case x.unknown():
		return snapshot.Unknown[int](x.gap())
	}
	f, err := strconv.ParseFloat(x.plain(), 64)
	if err != nil || x.v.partial || f != float64(int(f)) {
		return snapshot.Unknown[int](x.misfit("a whole number"))
	}
	return snapshot.Known(int(f), x.origin())
}

// boolean is the fact of a boolean, which CloudFormation also takes as text.
func (x view) boolean(absent bool) snapshot.Fact[bool] {
	switch {
	case x.absent():
		return snapshot.Known(absent, x.origin())
	case x.unknown():
		return snapshot.Unknown[bool](x.gap())
	case x.is("true"):
		return snapshot.Known(true, x.origin())
	case x.is("false"):
		return snapshot.Known(false, x.origin())
	}
	return snapshot.Unknown[bool](x.misfit("true or false"))
}

// texts is the fact of a list of texts. One unknown item makes it unknown: half
// a list is no list.
func (x view) texts() snapshot.Fact[[]string] {
	if x.unknown() {
		return snapshot.Unknown[[]string](x.gap())
	}
	list := []string{}
	for _, in := range x.items() {
		switch {
		case in.unknown():
			return snapshot.Unknown[[]string](in.gap())
		case !in.v.readable():
			return snapshot.Unknown[[]string](in.misfit("text"))
		}
		list = append(list, in.v.text)
	}
	return snapshot.Known(list, x.origin())
}

// textFacts is the fact of a map whose values are facts of their own.
func (x view) textFacts() snapshot.Fact[map[string]snapshot.Fact[string]] {
	switch {
	case x.unknown():
		return snapshot.Unknown[map[string]snapshot.Fact[string]](x.gap())
	case !x.absent() && x.v.kind != kindObject:
		return snapshot.Unknown[map[string]snapshot.Fact[string]](x.misfit("an object"))
	}
	facts := map[string]snapshot.Fact[string]{}
	for _, m := range x.members() {
		facts[m.name] = m.view.text("")
	}
	return snapshot.Known(facts, x.origin())
}

// textMap is the fact of a map of texts; symbols stand for what is not known.
func (x view) textMap() snapshot.Fact[map[string]string] {
	switch {
	case x.unknown():
		return snapshot.Unknown[map[string]string](x.gap())
	case !x.absent() && x.v.kind != kindObject:
		return snapshot.Unknown[map[string]string](x.misfit("an object"))
	}
	texts := map[string]string{}
	for _, m := range x.members() {
		if !m.view.v.readable() {
			if m.view.unknown() {
				return snapshot.Unknown[map[string]string](m.view.gap())
			}
			return snapshot.Unknown[map[string]string](m.view.misfit("text"))
		}
		texts[m.name] = m.view.v.text
	}
	return snapshot.Known(texts, x.origin())
}

// flags is the fact of a map of booleans, such as declared parameters.
func (x view) flags() snapshot.Fact[map[string]bool] {
	switch {
	case x.unknown():
		return snapshot.Unknown[map[string]bool](x.gap())
	case !x.absent() && x.v.kind != kindObject:
		return snapshot.Unknown[map[string]bool](x.misfit("an object"))
	}
	flags := map[string]bool{}
	for _, m := range x.members() {
		// HTTP and WebSocket APIs write {"Required": true}.
		v := m.view
		if v.v.kind == kindObject {
			v = v.get("Required")
		}
		if v.unknown() {
			return snapshot.Unknown[map[string]bool](v.gap())
		}
		flags[m.name] = v.is("true")
	}
	return snapshot.Known(flags, x.origin())
}

// knownText reads a fact without recording a gap.
func knownText(f snapshot.Fact[string]) (string, bool) { return f.Read(&snapshot.Gaps{}) }
