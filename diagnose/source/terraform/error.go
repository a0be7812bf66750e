package terraform

import (
	"fmt"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"
)

// Error is an input that cannot be read as Terraform, or that Terraform refuses,
// and the place where it is wrong.
type Error struct {
	File         string
	Line, Column int    // 1-based; 0 when the fault has no position
	Problem      string // what is wrong
	Expected     string // what was expected there; may be empty
}

func (e *Error) Error() string {
	text := e.Problem
	if e.Expected != "" {
		text += ", expected " + e.Expected
	}
	switch {
	case e.File == "":
		return text
	case e.Line > 0:
		return fmt.Sprintf("%s:%d:%d: %s", filepath.ToSlash(e.File), e.Line, e.Column, text)
	}
	return filepath.ToSlash(e.File) + ": " + text
}

// errorAt is an error at a place of a file.
func errorAt(at hcl.Range, expected, problem string, args ...any) *Error {
	return &Error{File: at.Filename, Line: at.Start.Line, Column: at.Start.Column, Problem: fmt.Sprintf(problem, args...), Expected: expected}
}

// firstError turns the first error among the parser's findings into one of ours.
func firstError(diags hcl.Diagnostics) *Error {
	for _, d := range diags {
		if d.Severity != hcl.DiagError {
			continue
		}
		e := &Error{Problem: sentence(d)}
		if d.Subject != nil {
			e.File, e.Line, e.Column = d.Subject.Filename, d.Subject.Start.Line, d.Subject.Start.Column
		}
		return e
	}
	return nil
}

// sentence is a finding of the parser in one line.
func sentence(d *hcl.Diagnostic) string {
	text := d.Summary
	if d.Detail != "" {
		text += ": " + d.Detail
	}
	return oneLine(text, 300)
}
