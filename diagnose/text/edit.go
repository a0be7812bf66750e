package text

import (
	"fmt"
	"slices"
	"strings"
)

// Edit replaces a piece of a text.
type Edit struct {
	Offset int    // in bytes, in the text as written
	Old    string // what stands there; empty for an insertion
	New    string // what stands there afterwards
	Join   string // stands between insertions at the same place
	Alone  bool   // no other insertion may stand at the same place: it wraps what is there
}

func (e Edit) end() int { return e.Offset + len(e.Old) }

// Edits is a set of edits of one text, in the order of the text and without
// overlaps. The zero value changes nothing.
type Edits struct{ list []Edit }

// ConflictError names two edits that cannot both be made.
type ConflictError struct{ One, Other Edit }

// Error says where the two edits meet.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("two edits change the same text at byte %d: one writes %q, the other %q", e.Other.Offset, e.One.New, e.Other.New)
}

// NewEdits makes a set. The error is a *ConflictError.
func NewEdits(edits ...Edit) (Edits, error) { return Edits{}.Merge(Edits{list: edits}) }

// List returns the edits in the order of the text.
func (e Edits) List() []Edit { return slices.Clone(e.list) }

// Empty tells whether the set changes nothing.
func (e Edits) Empty() bool { return len(e.list) == 0 }

// Merge joins sets of edits of one text. The order does not matter, and an edit
// that several have is made once. Of insertions at one place, what closes a wrap
// comes first and what opens one last; others stand in alphabetical order, before
// what is written there. The error is a *ConflictError when two edits change the
// same text, or one wraps what another wraps differently.
func (e Edits) Merge(others ...Edits) (Edits, error) {
	all := slices.Clone(e.list)
	for _, o := range others {
		all = append(all, o.list...)
	}
	all = slices.DeleteFunc(all, func(x Edit) bool { return x.Old == x.New })
	slices.SortFunc(all, func(a, b Edit) int {
		if a.Offset != b.Offset {
			return a.Offset - b.Offset
		}
		if a.Old != b.Old {
			return strings.Compare(a.Old, b.Old) // insertions come first
		}
		if side := a.side() - b.side(); side != 0 {
			return side
		}
		return strings.Compare(a.New, b.New)
	})
	all = slices.Compact(all)
	for i := 1; i < len(all); i++ {
		a, b := all[i-1], all[i]
		both := a.Offset == b.Offset && a.Old == "" && b.Old == ""
		if a.end() > b.Offset || both && a.side() == b.side() && (a.Alone || b.Alone || a.Join != b.Join) {
			return Edits{}, &ConflictError{a, b}
		}
	}
	return Edits{list: all}, nil
}

// Apply makes the edits. ok is false when the text does not hold what an edit
// replaces: it is another text.
func (e Edits) Apply(text string) (edited string, ok bool) {
	var b strings.Builder
	at := 0
	for i, x := range e.list {
		if x.Offset < at || x.end() > len(text) || text[x.Offset:x.end()] != x.Old {
			return text, false
		}
		b.WriteString(text[at:x.Offset])
		if i > 0 && x.Old == "" && e.list[i-1].Old == "" && e.list[i-1].Offset == x.Offset {
			b.WriteString(x.Join)
		}
		b.WriteString(x.New)
		at = x.end()
	}
	b.WriteString(text[at:])
	return b.String(), true
}

// side tells on which side of its place an insertion belongs: what closes belongs
// to what stands before it, -1, and what opens to what stands behind it, 1.
func (e Edit) side() int {
	switch {
	case e.New != "" && strings.IndexByte(")]}", e.New[0]) >= 0:
		return -1
	case e.New != "" && strings.IndexByte("([{", e.New[len(e.New)-1]) >= 0:
		return 1
	}
	return 0
}
