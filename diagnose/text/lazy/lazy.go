// Package lazy makes what a run may not need when it is first asked for. The regular
// expressions of all packages together take milliseconds to compile, which every start
// of the program would pay for.
package lazy

import (
	"regexp"
	"sync"
)

// Expression is a regular expression.
type Expression struct{ compiled func() *regexp.Regexp }

// Regexp is the expression of a text, which has to be one.
func Regexp(text string) *Expression {
	return &Expression{sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })}
}

func (e *Expression) String() string { return e.compiled().String() }

func (e *Expression) Match(b []byte) bool { return e.compiled().Match(b) }

func (e *Expression) MatchString(s string) bool { return e.compiled().MatchString(s) }

func (e *Expression) FindStringSubmatch(s string) []string {
	return e.compiled().FindStringSubmatch(s)
}

func (e *Expression) FindSubmatch(b []byte) [][]byte { return e.compiled().FindSubmatch(b) }

func (e *Expression) FindSubmatchIndex(b []byte) []int { return e.compiled().FindSubmatchIndex(b) }

func (e *Expression) FindAllString(s string, n int) []string { return e.compiled().FindAllString(s, n) }

func (e *Expression) FindAllStringIndex(s string, n int) [][]int {
	return e.compiled().FindAllStringIndex(s, n)
}

func (e *Expression) FindAllStringSubmatch(s string, n int) [][]string {
	return e.compiled().FindAllStringSubmatch(s, n)
}

func (e *Expression) FindAllStringSubmatchIndex(s string, n int) [][]int {
	return e.compiled().FindAllStringSubmatchIndex(s, n)
}

func (e *Expression) ReplaceAllString(s, by string) string {
	return e.compiled().ReplaceAllString(s, by)
}

func (e *Expression) ReplaceAllStringFunc(s string, by func(string) string) string {
	return e.compiled().ReplaceAllStringFunc(s, by)
}

func (e *Expression) ReplaceAllLiteralString(s, by string) string {
	return e.compiled().ReplaceAllLiteralString(s, by)
}
