package iam

import "fmt"

// Kind says what a policy is attached to, which decides what it may hold.
type Kind uint8

// The kinds of policies. AnyKind marks problems that every kind has.
const (
	AnyKind Kind = iota
	Identity
	Boundary
	Session
	QueuePolicy
	KeyPolicy
	Trust
	SCP
	RCP
	APIResource
)

// String names the kind as in a sentence.
func (k Kind) String() string {
	switch k {
	case Identity:
		return "identity policy"
	case Boundary:
		return "permissions boundary"
	case Session:
		return "session policy"
	case QueuePolicy:
		return "queue policy"
	case KeyPolicy:
		return "key policy"
	case Trust:
		return "trust policy"
	case SCP:
		return "service control policy"
	case RCP:
		return "resource control policy"
	case APIResource:
		return "API resource policy"
	}
	return "policy"
}

// resourceBased reports whether statements of this kind name principals.
func (k Kind) resourceBased() bool {
	return k == QueuePolicy || k == KeyPolicy || k == Trust || k == RCP || k == APIResource
}

// Problem is something about a policy text that AWS refuses or that does not do
// what it looks like.
type Problem struct {
	Kind      Kind // of policy it is a problem for
	Statement int  // 1 for the first; 0: the document as a whole
	Sid       string
	Line      int // 1 for the first; 0: no place known
	Column    int // in bytes
	Message   string
	// Answer is what AWS answers when the policy is saved, where that is known.
	Answer string
	// Fatal: the text could not be read at all; there is no Policy.
	Fatal bool
	// Refused: AWS refuses to save it. Dead: AWS takes it but the statement, or
	// the part named, matches nothing. Neither: worth knowing, not certain.
	Refused, Dead bool
}

// String returns the message with its place.
func (p Problem) String() string {
	switch {
	case p.Statement > 0 && p.Sid != "":
		return fmt.Sprintf("statement %d (Sid %s): %s", p.Statement, p.Sid, p.Message)
	case p.Statement > 0:
		return fmt.Sprintf("statement %d: %s", p.Statement, p.Message)
	case p.Line > 0:
		return fmt.Sprintf("line %d, column %d: %s", p.Line, p.Column, p.Message)
	}
	return p.Message
}
