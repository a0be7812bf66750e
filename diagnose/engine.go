package diagnose

import (
	"apisqs-doctor/diagnose/internal/gateway"
	"apisqs-doctor/diagnose/internal/iam"
	"apisqs-doctor/diagnose/internal/vtl"
	"apisqs-doctor/diagnose/snapshot"
)

// engine walks requests through one snapshot. It keeps what is compiled once
// and used by many walks: templates, policies and selection patterns. An engine
// serves one goroutine.
type engine struct {
	snap      *snapshot.Snapshot
	opaque    iam.Opaque
	templates map[string]compiledTemplate
	policies  map[string]parsedPolicy
	patterns  map[string]compiledPattern

	// Of this snapshot only:
	comparisons map[versions]*comparison
	indexes     map[*snapshot.Method]*routeIndex
}

type compiledTemplate struct {
	template *vtl.Template
	err      error
}

type parsedPolicy struct {
	policy   *iam.Policy
	problems []iam.Problem
}

type compiledPattern struct {
	pattern gateway.Pattern
	err     error
}

func newEngine(s *snapshot.Snapshot) *engine {
	return &engine{
		snap:      s,
		opaque:    s.Opaque(),
		templates: map[string]compiledTemplate{},
		policies:  map[string]parsedPolicy{},
		patterns:  map[string]compiledPattern{},

		comparisons: map[versions]*comparison{},
		indexes:     map[*snapshot.Method]*routeIndex{},
	}
}

// on returns an engine for a changed snapshot that shares what is compiled:
// compilation depends on the texts alone.
func (e *engine) on(s *snapshot.Snapshot) *engine {
	changed := *e
	changed.snap = s
	changed.comparisons = map[versions]*comparison{}
	changed.indexes = map[*snapshot.Method]*routeIndex{}
	return &changed
}

func (e *engine) template(text string) (*vtl.Template, error) {
	c, ok := e.templates[text]
	if !ok {
		c.template, c.err = vtl.Compile(text)
		e.templates[text] = c
	}
	return c.template, c.err
}

func (e *engine) policy(text string) (*iam.Policy, []iam.Problem) {
	p, ok := e.policies[text]
	if !ok {
		p.policy, p.problems = iam.Parse(text)
		e.policies[text] = p
	}
	return p.policy, p.problems
}

func (e *engine) pattern(text string) (gateway.Pattern, error) {
	c, ok := e.patterns[text]
	if !ok {
		c.pattern, c.err = gateway.CompilePattern(text)
		e.patterns[text] = c
	}
	return c.pattern, c.err
}
