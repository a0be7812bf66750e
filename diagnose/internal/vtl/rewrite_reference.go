package vtl

import (
	"sort"
	"strings"
)

// Apostrophes is the call that repairs what $util.escapeJavaScript makes of
// apostrophes, which JSON does not know (T139).
const Apostrophes = `.replaceAll("\\'","'")`

// at finds the reference that stands at a line and column (1-based, bytes), as
// spans and empty references name it.
func (t *Template) at(line, column int) *reference { return t.places().at[place{line, column}] }

func (ref *reference) end() int { return ref.offset + len(ref.source) }

// ReplaceReference puts another text in the place of a reference; ok is false
// where none stands.
func (t *Template) ReplaceReference(line, column int, by string) (Edits, bool) {
	ref := t.at(line, column)
	if ref == nil {
		return Edits{}, false
	}
	return editsOf(Edit{Offset: ref.offset, Old: ref.source, New: by})
}

// EncodeReference wraps a reference in $util.urlEncode. ok is false where none
// stands, or where it is encoded already.
func (t *Template) EncodeReference(line, column int) (Edits, bool) {
	ref := t.at(line, column)
	if ref == nil || ref.callsUtil("urlEncode") || t.argumentOf(ref, "urlEncode") {
		return Edits{}, false
	}
	return t.wrap(ref, "util.urlEncode(", ")", "", "")
}

// EscapeReference makes a reference print the inside of a JSON string; with
// quotes, the whole string. What is escaped already gets what it lacks, so that
// nothing is escaped twice; ok is false when it lacks nothing.
func (t *Template) EscapeReference(line, column int, quotes bool) (Edits, bool) {
	ref := t.at(line, column)
	if ref == nil || t.argumentOf(ref, "escapeJavaScript") {
		return Edits{}, false
	}
	before, after := "", ""
	if quotes {
		before, after = `"`, `"`
	}
	if !ref.callsUtil("escapeJavaScript") {
		return t.wrap(ref, "util.escapeJavaScript(", ")"+Apostrophes, before, after)
	}
	repair := Apostrophes
	if len(ref.steps) > 1 {
		repair = "" // it goes on by itself
	}
	end := ref.end()
	if ref.braced {
		end--
	}
	return editsOf(Edit{Offset: ref.offset, New: before, Alone: true}, Edit{Offset: end, New: repair, Alone: true}, Edit{Offset: ref.end(), New: after, Alone: true})
}

// callsUtil tells whether a reference is a call of the function of $util.
func (ref *reference) callsUtil(function string) bool {
	return ref.name == "util" && len(ref.steps) > 0 && ref.steps[0].kind == stepMethod && ref.steps[0].name == function
}

// argumentOf tells whether a reference is the argument of a function of $util,
// in a string of its own or not.
func (t *Template) argumentOf(ref *reference, function string) bool {
	calls := t.places().calls[function]
	i := sort.Search(len(calls), func(i int) bool { return calls[i].start >= ref.offset })
	return i > 0 && calls[i-1].end >= ref.end()
}

// arguments is where the arguments of a call stand, without the parentheses.
func (ref *reference) arguments(i int) (from, to int) {
	st := &ref.steps[i]
	from = ref.offset + len(ref.upTo(i-1))
	from += strings.IndexByte(ref.source[from-ref.offset:], '(') + 1
	return from, ref.offset + st.end - 1
}

// wrap puts a reference into a call: ${x} becomes $util.f($x), and keeps its
// braces where what follows would else be read as part of it.
func (t *Template) wrap(ref *reference, call, close, before, after string) (Edits, bool) {
	open := "$"
	end := ref.end()
	if end < len(t.source) && strings.IndexByte(".[({", t.source[end]) >= 0 || end < len(t.source) && isWordByte(t.source[end]) {
		open, close = "${", close+"}"
	}
	edits := []Edit{{Offset: ref.offset, New: before + open + call, Alone: true}}
	name := strings.Index(ref.source, ref.name)
	edits = append(edits, Edit{Offset: ref.offset, Old: ref.source[:name], New: "$"})
	if ref.braced {
		edits = append(edits, Edit{Offset: end - 1, Old: "}"})
	}
	return editsOf(append(edits, Edit{Offset: end, New: close + after, Alone: true})...)
}

// Unwrap lists, for each call of a function of $util that has a reference as its
// argument, the edits that leave the argument alone, between before and after
// ("$util.escapeJavaScript(" and ")", or nothing).
func (t *Template) Unwrap(function, before, after string) []Edits {
	var list []Edits
	for _, call := range t.refs {
		if call.offset < 0 || !call.callsUtil(function) || len(call.steps[0].args) != 1 || len(call.steps) > 1 {
			continue
		}
		if _, ok := call.steps[0].args[0].(*reference); !ok {
			continue
		}
		from, to := call.arguments(0)
		if e, ok := editsOf(Edit{Offset: call.offset, Old: t.source[call.offset:from], New: before}, Edit{Offset: to, Old: t.source[to:call.end()], New: after}); ok {
			list = append(list, e)
		}
	}
	return list
}
