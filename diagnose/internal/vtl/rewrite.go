package vtl

import plain "apisqs-doctor/diagnose/text" // text is what a template prints

// Rewrites of a template are edits of its text, which merge in any order.
type (
	Edit  = plain.Edit
	Edits = plain.Edits
)

// editsOf makes a set of edits that are known not to overlap; false for none.
func editsOf(list ...Edit) (Edits, bool) {
	e, err := plain.NewEdits(list...)
	return e, err == nil && !e.Empty()
}
