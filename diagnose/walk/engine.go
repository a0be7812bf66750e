package walk

import (
	"apisqs-doctor/diagnose/internal/gateway/http"
	"apisqs-doctor/diagnose/internal/gateway/rest"
	"apisqs-doctor/diagnose/internal/iam"
	"apisqs-doctor/diagnose/internal/vtl"
	"apisqs-doctor/diagnose/snapshot"
)

// Engine walks requests through one snapshot. It keeps what is compiled once
// and used by many walks: templates, policies and selection patterns. An engine
// serves one goroutine.
type Engine struct {
	Snapshot  *snapshot.Snapshot
	opaque    iam.Opaque
	hosts     []string // of SQS, beside AWS's own
	templates map[string]compiledTemplate
	policies  map[string]parsedPolicy
	patterns  map[string]compiledPattern
	resources map[any]*creation      // by role, queue or key: what AWS refuses to create of it
	parts     map[*string][]pathPart // by the list of an API's paths

	// Of this snapshot only:
	last        *arrival
	lastPath    *addressed
	lastSigning *signed
	lastReplies replied
	spare       *Trace
	comparisons map[versions]*comparison
	indexes     map[*snapshot.Method]*routeIndex
	created     *creation // nil until it is asked for
	deployments map[*snapshot.Method]*deployment
	httpRoutes  map[*snapshot.Method]*http.Routes
	assumptions map[*snapshot.Role]*iam.Decision
	admissions  map[admissionKey]*admission
}

type compiledTemplate struct {
	Template *vtl.Template
	err      error
}

type parsedPolicy struct {
	policy   *iam.Policy
	problems []iam.Problem
}

type compiledPattern struct {
	pattern rest.Pattern
	err     error
}

func New(s *snapshot.Snapshot) *Engine {
	return &Engine{
		Snapshot:  s,
		opaque:    s.Opaque(),
		hosts:     queueHosts(s),
		templates: map[string]compiledTemplate{},
		policies:  map[string]parsedPolicy{},
		patterns:  map[string]compiledPattern{},
		resources: map[any]*creation{},
		parts:     map[*string][]pathPart{},

		comparisons: map[versions]*comparison{},
		indexes:     map[*snapshot.Method]*routeIndex{},
		deployments: map[*snapshot.Method]*deployment{},
		httpRoutes:  map[*snapshot.Method]*http.Routes{},
		assumptions: map[*snapshot.Role]*iam.Decision{},
		admissions:  map[admissionKey]*admission{},
	}
}

// On returns an engine for a changed snapshot that shares what is compiled:
// compilation depends on the texts alone.
func (e *Engine) On(s *snapshot.Snapshot) *Engine {
	changed := *e
	changed.Snapshot = s
	changed.last, changed.lastPath, changed.lastSigning, changed.lastReplies, changed.spare = nil, nil, nil, replied{}, nil
	changed.comparisons = map[versions]*comparison{}
	changed.indexes = map[*snapshot.Method]*routeIndex{}
	if !creates(e.Snapshot, s) {
		changed.created = nil
	}
	changed.deployments = map[*snapshot.Method]*deployment{}
	changed.httpRoutes = map[*snapshot.Method]*http.Routes{}
	changed.assumptions = map[*snapshot.Role]*iam.Decision{}
	changed.admissions = map[admissionKey]*admission{}
	return &changed
}

func (e *Engine) Template(text string) (*vtl.Template, error) {
	c, ok := e.templates[text]
	if !ok {
		c.Template, c.err = vtl.Compile(text)
		e.templates[text] = c
	}
	return c.Template, c.err
}

func (e *Engine) policy(text string) (*iam.Policy, []iam.Problem) {
	p, ok := e.policies[text]
	if !ok {
		p.policy, p.problems = iam.Parse(text)
		e.policies[text] = p
	}
	return p.policy, p.problems
}

// Selects tells whether a selection pattern takes a status; one that cannot be
// evaluated takes none.
func (e *Engine) Selects(pattern string, status int) bool {
	p, err := e.pattern(pattern)
	return err == nil && p.Matches(status)
}

func (e *Engine) pattern(text string) (rest.Pattern, error) {
	c, ok := e.patterns[text]
	if !ok {
		c.pattern, c.err = rest.CompilePattern(text)
		e.patterns[text] = c
	}
	return c.pattern, c.err
}
