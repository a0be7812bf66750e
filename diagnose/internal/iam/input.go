package iam

import "fmt"

// Request is one authorization check.
type Request struct {
	Principal       Principal
	Action          string // "sqs:SendMessage"
	Resource        string // ARN
	ResourceAccount string // empty: taken from the ARN
	Context         Context
	Opaque          Opaque
}

// Document is a policy with its name.
type Document struct {
	Name string // for evidence: a policy name or ARN
	// Policy is nil if the text is not known or could not be read. Such a
	// document may allow or deny anything.
	Policy  *Policy
	Unknown string // why Policy is nil
	Origin  any    // carried along for the caller
}

// reason is why the document is not known.
func (d *Document) reason() string {
	if d.Unknown != "" {
		return d.Unknown
	}
	return "the policy text is not known"
}

// ServiceKind says by which service's rules a request is decided.
type ServiceKind uint8

// The services. They differ in whose policy must speak.
const (
	// SQS: in one account the identity policy or the queue policy is enough (fact 7, 55).
	SQS ServiceKind = iota
	// KMS: the key policy must allow, or hand the decision to IAM, or a grant allows (fact 64, 67).
	KMS
	// AWSManagedKey is alias/aws/sqs, whose fixed policy admits every principal
	// of the account that comes through SQS (fact 60).
	AWSManagedKey
	// STS: the trust policy must allow (fact 7, 49).
	STS
	// APIGateway: the resource policy of an API.
	APIGateway
)

// resourceLayer is the name of the service's own policy.
func (k ServiceKind) resourceLayer() Layer {
	switch k {
	case KMS, AWSManagedKey:
		return LayerKeyPolicy
	case STS:
		return LayerTrustPolicy
	case APIGateway:
		return LayerAPIPolicy
	}
	return LayerQueuePolicy
}

// mustAllow reports whether the resource's own policy has to allow even within
// one account (fact 7).
func (k ServiceKind) mustAllow() bool { return k == KMS || k == AWSManagedKey || k == STS }

// OrganizationState is what is known about organization policies.
type OrganizationState uint8

// The states. Policies that were not read are assumed to let the call through;
// the decision carries a note. Where that is not good enough, give a level with
// a Document whose Policy is nil.
const (
	OrganizationUnread OrganizationState = iota
	OrganizationNone                     // known not to be in force
	OrganizationGiven
)

// Organization holds the SCPs of the principal's account or the RCPs of the
// resource's account, from the root down to the account. Management accounts
// have none in force (facts 5, 6).
type Organization struct {
	State  OrganizationState
	Levels [][]Document
}

// Inputs are all policies that bear on a request.
type Inputs struct {
	Service ServiceKind

	// Identity are the inline and attached policies of the principal. Unless
	// IdentityComplete, there may be more of them, for the reason IdentityGap.
	Identity         []Document
	IdentityComplete bool
	IdentityGap      string

	Boundary *Document // nil: known to be none
	Session  *Document // nil: known to be none
	// Resource is the queue, key, trust or API policy. nil: known to be none.
	Resource *Document

	SCPs, RCPs Organization

	// Grants are the key's grants (KMS only). Unless GrantsKnown, there may be
	// more of them, for the reason GrantsGap.
	Grants      []Grant
	GrantsKnown bool
	GrantsGap   string
}

// Layer is a kind of policy as a place where a decision falls.
type Layer uint8

// The layers.
const (
	NoLayer Layer = iota
	LayerIdentity
	LayerBoundary
	LayerSession
	LayerQueuePolicy
	LayerKeyPolicy
	LayerTrustPolicy
	LayerAPIPolicy
	LayerGrant
	LayerSCP
	LayerRCP
	// LayerCrossAccount: the call is not possible from another account at all.
	LayerCrossAccount
)

// String names the layer as in a sentence.
func (l Layer) String() string {
	switch l {
	case LayerIdentity:
		return "identity policy"
	case LayerBoundary:
		return "permissions boundary"
	case LayerSession:
		return "session policy"
	case LayerQueuePolicy:
		return "queue policy"
	case LayerKeyPolicy:
		return "key policy"
	case LayerTrustPolicy:
		return "trust policy"
	case LayerAPIPolicy:
		return "API resource policy"
	case LayerGrant:
		return "grant"
	case LayerSCP:
		return "service control policy"
	case LayerRCP:
		return "resource control policy"
	case LayerCrossAccount:
		return "policy of the other account"
	}
	return "none"
}

// Decision is the answer to a request.
type Decision struct {
	Effect   Tri  // Yes: allowed
	Explicit bool // No because of a Deny statement
	Layer    Layer
	// CrossAccount says whether principal and resource are of different accounts.
	CrossAccount Tri
	// Statements allowed the request (Effect Yes) or denied it (Explicit).
	Statements []Match
	// Nearest is the Allow statement that came closest, for an implicit denial.
	Nearest *NearMiss
	// Unknowns say what leaves the answer open (Effect Unknown).
	Unknowns []UnknownReason
	// UnreadSCPs and UnreadRCPs: the answer holds unless an organization
	// policy that was not read says otherwise.
	UnreadSCPs, UnreadRCPs bool
}

// Match points to one statement.
type Match struct {
	Layer     Layer
	Document  string
	Origin    any
	Statement int // 1 for the first; for a grant its place in the list
	Sid       string
	Line      int
	Column    int
}

// Policy names the policy of a statement: by its kind and its own name, or by its
// kind alone where there is but one.
func (m *Match) Policy() string {
	if m.Document == "the "+m.Layer.String() {
		return m.Document
	}
	return m.Layer.String() + " " + m.Document
}

// NearMiss is a statement that would have allowed the request but for one part.
type NearMiss struct {
	Match
	Failed   string // "action", "resource", "condition" or "principal"
	Expected string // what the statement has there
	Actual   string // what the request has
}

// Detail says both in a sentence.
func (n *NearMiss) Detail() string {
	return fmt.Sprintf("its %s is %q, the request has %q", n.Failed, n.Expected, n.Actual)
}

// UnknownReason is one thing that leaves an answer open.
type UnknownReason struct {
	Layer     Layer
	Document  string // empty where no policy is concerned
	Statement int    // 0: the whole document
	Key       string // condition key; empty otherwise
	Caller    bool   // it is who calls that the request does not tell
	Reason    string
}
