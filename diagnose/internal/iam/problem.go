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

// answerQueuePolicy is all that SQS says about a queue policy that it refuses.
const answerQueuePolicy = "Invalid value for the parameter Policy."

// Refusal returns the error code with which a policy of this kind is refused when
// it is saved, and the text: of IAM's answers those that IAM gives, SQS has one of
// its own for all, and what the others say is known for some faults only.
func (k Kind) Refusal(answer string) (code, text string) {
	switch k {
	case QueuePolicy:
		return "InvalidAttributeValue", answerQueuePolicy
	case KeyPolicy:
		switch answer {
		case answerPrincipal:
			text = "Policy contains a statement with one or more invalid principals."
		case answerOverlyPermissive:
			text = answer
		}
		return "MalformedPolicyDocumentException", text
	case APIResource:
		return "BadRequestException", "Invalid policy document. Please check the policy syntax and ensure that Principals are valid."
	case SCP, RCP:
		return "MalformedPolicyDocumentException", ""
	}
	return "MalformedPolicyDocument", answer
}

// Problem is something about a policy text, or a name, that AWS refuses or that
// does not do what it looks like.
type Problem struct {
	Kind      Kind // of policy it is a problem for
	Statement int  // 1 for the first; 0: the document as a whole
	Sid       string
	Line      int // 1 for the first; 0: no place known
	Column    int // in bytes
	Message   string
	// Code and Answer are what AWS answers when the policy or name is saved, where
	// that is known. Of Parse's problems the kind of policy is not known, and with
	// it the code: [Kind.Refusal] says it.
	Code, Answer string
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
