package vtl

import "slices"

// Question is what a proof is asked about a template: the protocol of its text,
// and what is known of the calls that reach it.
type Question struct {
	Protocol Protocol

	NoBody   bool // the call has no body
	JSONBody bool // other bodies than JSON are refused before the template (T176)
	// Type is the JSON type that a model fixes for a member, by names and indexes
	// joined as in "a.b.0": "string", "integer", "number", "boolean", "object",
	// "array"; empty, or a nil function, for any. required tells that the member
	// cannot be absent.
	Type func(path []string) (kind string, required bool)
	// Sample is a body that passes the model; empty when any does.
	Sample string

	Header, Query  map[string]string // what every call carries; a case adds to it
	PathParameters []string          // names of the path parameters that the resource has
	StageVariables map[string]string // nil when they are not known
	Context        *ContextValues    // for renderings; the proof does not rest on its values

	// Accepts tells whether a call reaches the template and shows its harm to who
	// asks; nil for every call.
	Accepts func(*Case) bool
}

// Case is one call of a client: its body, the path parameters, and the headers and
// query parameters beside those that every call carries.
type Case struct {
	Body                string
	Path, Query, Header map[string]string
}

// size is what makes one case smaller than another.
func (c *Case) size() int {
	n := len(c.Body)
	for _, m := range []map[string]string{c.Path, c.Query, c.Header} {
		for _, v := range m {
			n += len(v)
		}
	}
	return n
}

// Result is the outcome of a proof.
type Result uint8

// Results of a proof.
const (
	Undecided Result = iota
	Safe             // no call does harm
	Unsafe           // one does: Proof.Case
)

// String is the result as reports write it.
func (r Result) String() string {
	return [...]string{"undecided", "safe", "unsafe"}[min(r, Unsafe)]
}

// Place is a reference that prints what a client sends, and whether what can
// arrive there is harmless.
type Place struct {
	Reference    string
	Line, Column int
	Context      Context
	Harm         Harm // the worst that what can arrive there might do
}

// Proof is what holds for every call.
type Proof struct {
	Result Result
	Places []Place // where client data arrives, in the order in which it was met
	Case   *Case   // of an unsafe template: a smallest call that shows the harm
	Harm   Harm    // what it does

	// Stopped is the reference at which an undecided proof stopped, and why.
	Stopped       string
	StoppedLine   int
	StoppedColumn int
	Why           string
}

// Prove tells whether any call can make the template's text do harm: break the
// form or the document, cut or alter a value, or set a parameter. Safe rests on
// an evaluation over all that clients can send; unsafe on a call that was
// rendered and read as SQS reads it; anything else is undecided. The size of
// messages and the characters that SQS takes are not asked for.
func (t *Template) Prove(q *Question) *Proof {
	p := newProver(t, q)
	p.run()
	proof := &Proof{Places: p.places}
	if c, harm := p.search(); c != nil {
		proof.Result, proof.Case, proof.Harm = Unsafe, c, harm
		return proof
	}
	unsafe := slices.IndexFunc(p.places, func(x Place) bool { return x.Harm != NoHarm })
	switch {
	case p.stopped != nil:
		proof.Why = p.why
		if p.stopped != noReference {
			proof.Stopped, proof.StoppedLine, proof.StoppedColumn = p.stopped.source, p.stopped.at.line, p.stopped.at.column
		}
	case unsafe >= 0:
		x := p.places[unsafe]
		proof.Stopped, proof.StoppedLine, proof.StoppedColumn = x.Reference, x.Line, x.Column
		proof.Why = "what can arrive here might do harm, and no call that does was found"
	default:
		proof.Result = Safe
	}
	return proof
}
