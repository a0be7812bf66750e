package iam

// Policy is one parsed and compiled policy document. It is not changed after
// Parse, so several goroutines may evaluate it.
type Policy struct {
	ID         string
	Version    string // as written; empty means 2008-10-17
	Statements []Statement
	// Size is the length of the text in bytes, without white space outside of
	// strings: what IAM counts against its quotas.
	Size int

	problems []Problem // found while parsing
}

// The two versions of the policy language. Only the second knows policy
// variables (fact 32).
const (
	Version2008 = "2008-10-17"
	Version2012 = "2012-10-17"
)

// variables reports whether ${...} is a variable in this policy (fact 32).
func (p *Policy) variables() bool { return p.Version == Version2012 }

// Effect is what a statement does. Its zero value does nothing.
type Effect uint8

// The effects. AWS refuses any other text, and any other case.
const (
	NoEffect Effect = iota
	Allow
	Deny
)

// String returns "Allow", "Deny" or "none".
func (e Effect) String() string {
	switch e {
	case Allow:
		return "Allow"
	case Deny:
		return "Deny"
	}
	return "none"
}

// Statement is one statement of a policy.
type Statement struct {
	Sid    string
	Index  int // 1 for the first
	Line   int // of its opening brace, 1 for the first
	Column int // in bytes, 1 for the first
	Effect Effect

	Actions     []Action
	NotAction   bool
	Resources   []Resource
	NotResource bool
	Principals  []PrincipalEntry
	// NotPrincipal turns the list of principals into the exceptions.
	NotPrincipal bool
	Conditions   []Condition

	effectText   string
	hasAction    bool // Action or NotAction stands there, be it empty
	hasResource  bool
	hasPrincipal bool
	// doubt is why AWS may read the statement otherwise than we do (a doubled
	// element, an element in the wrong case); empty otherwise. Such a
	// statement never matches for certain.
	doubt string
}

// Action is one entry of Action or NotAction.
type Action struct {
	Text    string
	pattern pattern // lower case (fact 25)
	fragile bool    // a wildcard in the service prefix, which AWS refuses
}

// Resource is one entry of Resource or NotResource.
type Resource struct {
	Text    string
	pattern pattern
	flags   resourceFlags
}

// PrincipalEntry is one value of a Principal or NotPrincipal element.
type PrincipalEntry struct {
	Kind string // "AWS", "Service", "Federated", "CanonicalUser", or "*" for a bare "*"
	Text string

	form      principalForm
	account   string // of a form that names one
	partition string // empty for the bare account number
}

// Condition is one operator with one key and its values.
type Condition struct {
	Operator string // as written
	Key      string // as written
	Values   []string

	key  string // lower case (fact 37)
	test operator
	vals []operand
}

// Position is a place in a policy text: both count from 1, columns in bytes.
type Position struct{ Line, Column int }
