package iam

import (
	"fmt"
	"net/url"
	"strings"
)

// Parse reads a policy document: JSON as AWS takes it, or the percent-encoded
// JSON that the IAM API hands out (positions then count in the decoded text).
// The policy is nil only if a problem is Fatal; the other problems come again,
// sorted among the rest, from [Policy.Validate].
func Parse(text string) (*Policy, []Problem) {
	if trimmed := strings.TrimLeft(text, " \t\r\n"); strings.HasPrefix(trimmed, "%") {
		decoded, err := url.PathUnescape(strings.TrimSpace(trimmed))
		if err != nil {
			return nil, []Problem{{Message: "the text is neither JSON nor percent-encoded JSON: " + err.Error(), Fatal: true, Refused: true}}
		}
		text = decoded
	}
	text = strings.TrimPrefix(text, "\ufeff")
	p := parser{scanner: scanner{text: text, line: 1}, policy: &Policy{}}
	p.reserve(text)
	p.document()
	if p.err == "" && p.space() != 0 {
		p.fail("expected the end of the text" + p.found())
	}
	if p.err != "" {
		at := p.place()
		return nil, []Problem{{Line: at.Line, Column: at.Column, Message: "not a JSON policy document: " + p.err,
			Answer: "Syntax errors in policy.", Fatal: true, Refused: true}}
	}
	p.policy.Size = len(text) - p.blanks
	if p.policyDoubt != "" {
		for i := range p.policy.Statements {
			p.policy.Statements[i].doubt = p.policyDoubt
		}
	}
	p.policy.compile()
	return p.policy, p.policy.problems
}

// parser fills a Policy. The lists of all statements share a few growing slices,
// so that a policy costs few allocations.
type parser struct {
	scanner
	policy     *Policy
	actions    []Action
	resources  []Resource
	principals []PrincipalEntry
	conditions []Condition
	values     []string
	// policyDoubt is a doubt that falls on every statement.
	policyDoubt string
}

// reserve makes room for a usual number of statements, so that the lists seldom
// have to grow.
func (p *parser) reserve(text string) {
	n := min(strings.Count(text, `"Effect"`), 64)
	p.policy.Statements = make([]Statement, 0, n)
	p.actions, p.resources = make([]Action, 0, 2*n), make([]Resource, 0, 2*n)
}

// answerSyntax is IAM's one answer to everything that breaks the grammar.
const answerSyntax = "Syntax errors in policy."

// problem notes what AWS refuses in the document or, with a statement, in it.
func (p *parser) problem(st *Statement, at Position, format string, args ...any) *Problem {
	found := Problem{Line: at.Line, Column: at.Column, Message: fmt.Sprintf(format, args...), Answer: answerSyntax, Refused: true}
	if st != nil {
		found.Statement = st.Index
	}
	p.policy.problems = append(p.policy.problems, found)
	return &p.policy.problems[len(p.policy.problems)-1]
}

func (p *parser) document() {
	if !p.take('{') {
		return
	}
	var seen elements
	for first := true; p.more('}', first); first = false {
		p.space()
		at := p.place()
		name := p.key()
		switch p.element(nil, &seen, name, at) {
		case elementVersion:
			found := len(p.policy.problems)
			if p.policy.Version = p.text(nil, "Version"); p.policy.Version == "" && len(p.policy.problems) == found {
				p.problem(nil, at, "Version is empty: use %q", Version2012)
			}
		case elementID:
			p.policy.ID = p.text(nil, "Id")
		case elementStatement:
			p.statements()
		default:
			p.skip(0)
		}
	}
}

func (p *parser) statements() {
	switch p.space() {
	case '{':
		p.statement()
	case '[':
		p.pos++
		for first := true; p.more(']', first); first = false {
			p.space()
			if at := p.place(); p.text0() != '{' {
				p.problem(nil, at, "an entry of Statement is not an object")
				p.skip(0)
				continue
			}
			p.statement()
		}
	default:
		at := p.place()
		p.problem(nil, at, "Statement is neither an object nor a list of objects")
		p.skip(0)
	}
}

// text0 is the byte at the current place, 0 at the end.
func (p *parser) text0() byte {
	if p.pos < len(p.scanner.text) {
		return p.scanner.text[p.pos]
	}
	return 0
}

func (p *parser) statement() {
	at := p.place()
	p.pos++
	p.policy.Statements = append(p.policy.Statements, Statement{Index: len(p.policy.Statements) + 1, Line: at.Line, Column: at.Column})
	st := &p.policy.Statements[len(p.policy.Statements)-1]
	var seen elements
	for first := true; p.more('}', first); first = false {
		p.space()
		at := p.place()
		name := p.key()
		switch which := p.element(st, &seen, name, at); which {
		case elementSid:
			st.Sid = p.text(st, "Sid")
		case elementEffect:
			st.effectText = p.text(st, "Effect")
			switch st.effectText {
			case "Allow":
				st.Effect = Allow
			case "Deny":
				st.Effect = Deny
			default:
				st.Effect = NoEffect
			}
		case elementAction, elementNotAction:
			st.hasAction, st.NotAction = true, which == elementNotAction
			from := len(p.actions)
			p.list(st, name, func(s string) { p.actions = append(p.actions, Action{Text: s}) })
			st.Actions = p.actions[from:len(p.actions):len(p.actions)]
		case elementResource, elementNotResource:
			st.hasResource, st.NotResource = true, which == elementNotResource
			from := len(p.resources)
			p.list(st, name, func(s string) { p.resources = append(p.resources, Resource{Text: s}) })
			st.Resources = p.resources[from:len(p.resources):len(p.resources)]
		case elementPrincipal, elementNotPrincipal:
			st.hasPrincipal, st.NotPrincipal = true, which == elementNotPrincipal
			p.principal(st, name)
		case elementCondition:
			p.condition(st)
		default:
			p.skip(0)
		}
	}
}

// text reads the value of an element that must be one string.
func (p *parser) text(st *Statement, name string) string {
	p.space()
	at := p.place()
	if p.text0() == '"' {
		return p.str()
	}
	p.skip(0)
	p.problem(st, at, "%s is not a string", name)
	return ""
}

// list reads a scalar or a list of scalars.
func (p *parser) list(st *Statement, name string, add func(string)) {
	if p.space() != '[' {
		p.entry(st, name, add)
		return
	}
	p.pos++
	for first := true; p.more(']', first); first = false {
		p.entry(st, name, add)
	}
}

func (p *parser) entry(st *Statement, name string, add func(string)) {
	p.space()
	at := p.place()
	s, ok := p.scalar()
	if !ok {
		if p.err == "" {
			p.problem(st, at, "an entry of %s is not a string", name)
		}
		return
	}
	add(s)
}

func (p *parser) principal(st *Statement, name string) {
	from := len(p.principals)
	switch p.space() {
	case '{':
		p.pos++
		for first := true; p.more('}', first); first = false {
			kind := p.key()
			p.list(st, name, func(s string) {
				p.principals = append(p.principals, PrincipalEntry{Kind: kind, Text: s})
			})
		}
	default:
		p.entry(st, name, func(s string) {
			p.principals = append(p.principals, PrincipalEntry{Kind: "*", Text: s})
		})
	}
	st.Principals = p.principals[from:len(p.principals):len(p.principals)]
}

func (p *parser) condition(st *Statement) {
	if p.space() != '{' {
		at := p.place()
		p.skip(0)
		p.problem(st, at, "Condition is not an object")
		st.doubt = "its Condition is not an object"
		return
	}
	from := len(p.conditions)
	p.pos++
	for first := true; p.more('}', first); first = false {
		operator := p.key()
		if p.space() != '{' {
			at := p.place()
			p.skip(0)
			p.problem(st, at, "the condition operator %q has no object of keys", operator)
			st.doubt = "a condition operator has no object of keys"
			continue
		}
		p.pos++
		for first := true; p.more('}', first); first = false {
			key := p.key()
			values := len(p.values)
			p.list(st, "Condition", func(s string) { p.values = append(p.values, s) })
			if p.repeated(from, operator, key) {
				p.problem(st, p.place(), "the condition key %q stands twice under %q", key, operator)
				st.doubt = "its Condition names a key twice"
			}
			p.conditions = append(p.conditions, Condition{Operator: operator, Key: key, Values: p.values[values:len(p.values):len(p.values)]})
		}
	}
	st.Conditions = p.conditions[from:len(p.conditions):len(p.conditions)]
}

// maxConditions is far beyond what fits into a policy; it bounds the search for
// repeated keys.
const maxConditions = 512

// repeated reports whether the statement whose conditions begin at from has this
// operator and key already.
func (p *parser) repeated(from int, operator, key string) bool {
	if len(p.conditions)-from > maxConditions {
		return true
	}
	for _, c := range p.conditions[from:] {
		if c.Operator == operator && strings.EqualFold(c.Key, key) {
			return true
		}
	}
	return false
}
