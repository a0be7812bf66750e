package tree

import (
	"fmt"
	"path/filepath"
)

// Error is an input that cannot be read, or that the tool it is written for refuses,
// and the place where it is wrong.
type Error struct {
	File         string
	Line, Column int    // 1-based; 0 when the fault has no position
	Problem      string // what is wrong
	Expected     string // what was expected there; may be empty
}

// Fail is an error at the place.
func (p Place) Fail(problem, expected string) *Error {
	return &Error{File: p.File, Line: int(p.Line), Column: int(p.Column), Problem: problem, Expected: expected}
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

// Conflict is inputs that are not read together, each by itself perhaps.
type Conflict struct {
	Problem string
	Choices []string // paths that may be given by themselves
}

func (c *Conflict) Error() string { return c.Problem }
