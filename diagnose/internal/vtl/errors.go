package vtl

import "fmt"

// SyntaxError says why a mapping template does not compile. AWS stores such a
// template and fails at call time with status 500 (T107).
type SyntaxError struct {
	Line     int    // 1-based, in the text as written, before it is trimmed
	Column   int    // 1-based, in bytes
	Message  string // what is wrong, lower case
	Expected string // what could stand there, may be empty
	Repair   *Edit  // the edit that evidently makes what was meant; nil when there is none
}

// Error returns the position, the message and what was expected.
func (e *SyntaxError) Error() string {
	if e.Expected == "" {
		return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
	}
	return fmt.Sprintf("line %d, column %d: %s; expected %s", e.Line, e.Column, e.Message, e.Expected)
}

// RenderError says why a compiled template could not be rendered.
type RenderError struct {
	Line, Column int    // where in the template, 0 when no place is to blame
	Message      string // what failed, lower case
	Bound        string // the limit that was reached, a field name of Limits, or empty

	// Unknown is true when the failure is this engine's and not AWS's: a bound
	// was reached, or a behaviour cannot be told (a Java regular expression
	// without a counterpart). False means that AWS fails too, with status 500.
	Unknown bool
}

// Error returns the position, the message and the bound.
func (e *RenderError) Error() string {
	s := e.Message
	if e.Line > 0 {
		s = fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
	}
	if e.Bound != "" {
		s += " (limit " + e.Bound + ")"
	}
	return s
}
