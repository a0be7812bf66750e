package terraform

import (
	"apisqs-doctor/diagnose/source/tree"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// errorAt is an error at a place of a file.
func errorAt(at hcl.Range, expected, problem string, args ...any) *tree.Error {
	return &tree.Error{File: at.Filename, Line: at.Start.Line, Column: at.Start.Column, Problem: fmt.Sprintf(problem, args...), Expected: expected}
}

// firstError turns the first error among the parser's findings into one of ours.
func firstError(diags hcl.Diagnostics) *tree.Error {
	for _, d := range diags {
		if d.Severity != hcl.DiagError {
			continue
		}
		e := &tree.Error{Problem: sentence(d)}
		if d.Subject != nil {
			e.File, e.Line, e.Column = d.Subject.Filename, d.Subject.Start.Line, d.Subject.Start.Column
		}
		return e
	}
	return nil
}

// sentence is a finding of the parser in one line: what is wrong, without the
// advice that follows.
func sentence(d *hcl.Diagnostic) string {
	text := d.Summary
	if d.Detail != "" {
		first, _, _ := strings.Cut(d.Detail, ". ")
		text += ": " + strings.TrimSuffix(first, ".")
	}
	return oneLine(text, 300)
}
