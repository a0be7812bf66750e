package terraform

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// hole is a value that is not known before apply. The same id is the same value;
// a hole that was computed from others has an id of its own.
type hole struct {
	number     int
	id         string
	expression string // as the configuration writes it
	needs      string // what would make it known; may be empty
	detail     string // a sentence, when the expression alone does not say it
	at         hcl.Range
	made       bool   // an id that AWS makes up: it is not known and is that of no other thing
	symbol     string // the text in the snapshot, once it stands there
}

// holes are all holes of one reading.
type holes struct {
	byID map[string]*hole
	list []*hole
}

func newHoles() *holes { return &holes{byID: map[string]*hole{}} }

// get returns the hole with the id of h, which is added when there is none yet.
func (hs *holes) get(h hole) *hole {
	if have, ok := hs.byID[h.id]; ok {
		return have
	}
	return hs.add(h)
}

// fresh adds a hole that equals nothing else.
func (hs *holes) fresh(h hole) *hole {
	h.id = "#" + strconv.Itoa(len(hs.list))
	return hs.add(h)
}

func (hs *holes) add(h hole) *hole {
	h.number = len(hs.list)
	h.expression = oneLine(h.expression, 160)
	hs.list = append(hs.list, &h)
	hs.byID[h.id] = &h
	return &h
}

// value is the hole as a value of the type.
func (h *hole) value(t cty.Type) cty.Value { return cty.UnknownVal(t).Mark(h) }

// text is the hole as a value that is a text and not null.
func (h *hole) text() cty.Value { return cty.UnknownVal(cty.String).RefineNotNull().Mark(h) }

func (h *hole) any() cty.Value { return h.value(cty.DynamicPseudoType) }

// The two characters around a stand-in are no characters of any text: Unicode
// keeps them for the inner use of a program.
const (
	standInOpen  = '\uFDD0'
	standInClose = '\uFDD1'
)

const standInMarks = string(standInOpen) + string(standInClose)

// standIn is the text that takes the place of a hole inside other text.
func (h *hole) standIn() string {
	return string(standInOpen) + strconv.Itoa(h.number) + string(standInClose)
}

// holed tells whether a text has a stand-in in it.
func holed(s string) bool { return strings.ContainsRune(s, standInOpen) }

// each goes through a text: literal pieces and holes in turn.
func (hs *holes) each(s string, literal func(string), found func(*hole)) {
	for s != "" {
		at := strings.IndexRune(s, standInOpen)
		if at < 0 {
			literal(s)
			return
		}
		if at > 0 {
			literal(s[:at])
		}
		s = s[at+utf8.RuneLen(standInOpen):]
		end := strings.IndexRune(s, standInClose)
		if end < 0 {
			return
		}
		if n, err := strconv.Atoi(s[:end]); err == nil && n >= 0 && n < len(hs.list) {
			found(hs.list[n])
		}
		s = s[end+utf8.RuneLen(standInClose):]
	}
}

// in lists the holes of a text, each once.
func (hs *holes) in(s string) []*hole {
	if !holed(s) {
		return nil
	}
	var list []*hole
	hs.each(s, func(string) {}, func(h *hole) { list = appendHole(list, h) })
	return list
}

// alone returns the hole that the whole text is, or nil.
func (hs *holes) alone(s string) *hole {
	if list := hs.in(s); len(list) == 1 && list[0].standIn() == s {
		return list[0]
	}
	return nil
}

func appendHole(list []*hole, h *hole) []*hole {
	if slices.Contains(list, h) {
		return list
	}
	return append(list, h)
}

// show is a text as a sentence may quote it.
func (hs *holes) show(s string) string {
	if !holed(s) {
		return s
	}
	var b strings.Builder
	hs.each(s, func(t string) { b.WriteString(t) }, func(h *hole) { b.WriteString("${" + h.expression + "}") })
	return b.String()
}

// holesOf lists the holes of a value, those that its unknown parts are marked
// with and those in its texts.
func (hs *holes) holesOf(v cty.Value) []*hole {
	var list []*hole
	for _, v := range cty.DeepValues(v) {
		v, marks := v.Unmark()
		for m := range marks {
			if h, ok := m.(*hole); ok {
				list = appendHole(list, h)
			}
		}
		if s, ok := plainText(v); ok && holed(s) {
			for _, h := range hs.in(s) {
				list = appendHole(list, h)
			}
		}
	}
	return list
}

// holeOf returns the hole that an unknown value is, or nil.
func holeOf(v cty.Value) *hole {
	if v.IsKnown() {
		return nil
	}
	var found *hole
	for m := range v.Marks() {
		if h, ok := m.(*hole); ok {
			if found != nil {
				return nil
			}
			found = h
		}
	}
	return found
}

// textual is a value with a stand-in in the place of each unknown part.
func textual(v cty.Value) cty.Value {
	if v.IsWhollyKnown() {
		return v
	}
	out, err := cty.Transform(v, func(_ cty.Path, v cty.Value) (cty.Value, error) {
		if h := holeOf(v); h != nil {
			return cty.StringVal(h.standIn()), nil
		}
		return v, nil
	})
	if err != nil {
		return v
	}
	return out
}

// plainText returns the text of a known string.
func plainText(v cty.Value) (string, bool) {
	v, _ = v.Unmark()
	if v == cty.NilVal || v.IsNull() || !v.IsKnown() || v.Type() != cty.String {
		return "", false
	}
	return v.AsString(), true
}

// oneLine shortens a text for a sentence.
func oneLine(s string, limit int) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > limit {
		cut := limit
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + "…"
	}
	return s
}

// marked tells whether something in the value has a stand-in in its text.
func marked(v cty.Value) bool {
	for _, v := range cty.DeepValues(v) {
		if s, ok := plainText(v); ok && holed(s) {
			return true
		}
	}
	return false
}
