package vtl

import "slices"

// Input is what one rendering sees.
type Input struct {
	// Body is the payload as text: of the client in a request template, of the
	// backend in a response template.
	Body string
	// BodyIsBinary marks a payload of bytes (binary media types, content
	// handling): a template that touches it fails (T99).
	BodyIsBinary bool

	// Path, Query and Header are the parameters of the client's request that
	// templates can see: T66's headers are not among them.
	Path, Query, Header map[string]string

	Context        *ContextValues    // $context; nil is an empty one
	StageVariables map[string]string // $stageVariables

	// RequestOverride and ResponseOverride carry the overrides of the request
	// template over into the response template (T143); nil otherwise.
	RequestOverride, ResponseOverride *Override

	Limits     Limits
	Provenance bool // whether Output.Spans is wanted
}

// Output is one rendered template.
type Output struct {
	Text  string
	Spans []Span           // tile Text when Input.Provenance was set, else nil
	Empty []EmptyReference // one for each reference of the template that printed nothing

	// RequestOverride and ResponseOverride are what the template, and those
	// before it, assigned; never nil.
	RequestOverride, ResponseOverride *Override

	// Doubts are places where the text rests on Velocity 1.7 alone and API
	// Gateway may differ.
	Doubts []Doubt
}

// Pair is one member of an override in the order of assignment.
type Pair struct {
	Name, Value string
	Spans       []Span // tile Value when provenance is tracked
}

// Pairs are the members of one map of an override.
type Pairs []Pair

// Get returns the value of the named member.
func (p Pairs) Get(name string) (value string, ok bool) {
	i := slices.IndexFunc(p, func(x Pair) bool { return x.Name == name })
	if i < 0 {
		return "", false
	}
	return p[i].Value, true
}

// Override is $context.requestOverride or $context.responseOverride.
type Override struct {
	Header, QueryString, Path Pairs
	Status                    string // of a response, as printed; empty when not set
	Custom                    Pairs  // other members; they are passed along (T143)
}

// Reason says why a reference printed nothing.
type Reason uint8

// Reasons of an empty reference.
const (
	UndefinedVariable Reason = iota // nothing sets the variable
	UnsetVariable                   // the template sets the variable, but not on the way that it took
	AbsentClientValue               // the client sent no such parameter or member
	NullValue                       // null: a missing member, a JSON null, a failed calculation
	UnknownMethod                   // the value has no such method or property
	EmptyText                       // an empty string
	AbsentStageVariable
	AbsentContextValue
)

// String is the reason in words.
func (r Reason) String() string {
	return [...]string{"undefined variable", "unset variable", "absent client value", "null", "unknown method", "empty text",
		"absent stage variable", "absent context value"}[min(r, AbsentContextValue)]
}

// Position says where an empty reference stood.
type Position uint8

// Positions of an empty reference.
const (
	InOutput   Position = iota // its nothing is in the rendered text
	InString                   // inside a double-quoted string
	InArgument                 // an argument of a call that did print something
)

// EmptyReference is a reference that printed nothing, or "" in quotes because
// $input.json read a member that is not there; noted once however often it was
// rendered. References in conditions are not noted.
type EmptyReference struct {
	Reference    string // its source text
	Line, Column int
	Reason       Reason
	Subject      string // "header X-Tenant", "variable $your-msg-group-id"
	Quiet        bool   // written $!x: meant to be silent
	Position     Position
}

// DoubtKind names an unverified behaviour.
type DoubtKind uint8

// Kinds of doubts.
const (
	DoubtSetNull       DoubtKind = iota // #set of null keeps the old value
	DoubtConcatNull                     // text + null adds the source text
	DoubtLoopCut                        // a #foreach was cut off at the bound
	DoubtOverrideTwice                  // one override set twice: documented to fail (T143)
	DoubtUtilArgument                   // a function of $util got something that is no string
	DoubtNoMethod                       // a call names no method of the value: taken to print nothing
)

// Doubt is one place where API Gateway may do something else.
type Doubt struct {
	Kind         DoubtKind
	Line, Column int
	Message      string
}
