package walk

import (
	"slices"

	"apisqs-doctor/diagnose/internal/gateway"
	"apisqs-doctor/diagnose/internal/gateway/rest"
	"apisqs-doctor/diagnose/internal/iam"
	"apisqs-doctor/diagnose/internal/sqs"
	"apisqs-doctor/diagnose/internal/vtl"
	"apisqs-doctor/diagnose/snapshot"
)

// Trace is what would happen to one request: the outcome of each stage and
// every value derived on the way. A rule reads it; nothing changes it.
type Trace struct {
	Request Request
	Steps   [len(Stages)]Step

	Route         Route
	Mapping       Mapping
	Signing       Signing
	Protocol      Protocol
	Authorization Authorization
	Queue         Queue
	Encryption    Encryption
	Response      Response
}

// Step is the outcome of one stage.
type Step struct {
	Stage   Stage
	Status  Status
	Said    string // one sentence for people
	Gaps    []snapshot.Gap
	Failure *Failure // what is answered when the stage fails
}

// Failure is an error that ends a request.
type Failure struct {
	Origin Source
	Status int // of the answer; 0 for a deployment that AWS refuses
	// Statuses are all that AWS may answer with where evidence differs, Status
	// first; empty where there is one only.
	Statuses []int
	Code     ErrorCode   // as the caller or the log shows it
	Codes    []ErrorCode // all that AWS may answer where evidence differs
	Message  string
	Log      string // what the execution log says beside it
	Body     string // of the answer
}

// Step returns the outcome of a stage.
func (t *Trace) Step(s Stage) *Step { return &t.Steps[s.Index()] }

// FirstFailure returns the step that decides what the caller sees: a refusal
// to deploy before everything else, else the first stage that fails.
func (t *Trace) FirstFailure() *Step { return firstFailure(&t.Steps) }

func firstFailure(steps *[len(Stages)]Step) *Step {
	var first *Step
	for i := range steps {
		step := &steps[i]
		if step.Status != Failed || step.Failure == nil {
			continue
		}
		if step.Failure.Origin == FromDeployment {
			return step
		}
		if first == nil {
			first = step
		}
	}
	return first
}

// Later tells whether a stage comes after another.
func (s *Step) Later(other *Step) bool { return s.Stage.Index() > other.Stage.Index() }

// Unread tells whether the walk fails before SQS has read the call.
func (t *Trace) Unread() bool {
	first := t.FirstFailure()
	return first != nil && (first.Stage == StageMapping || first.Stage == StageProtocol)
}

// URIFault is what is wrong with the integration URI, be it seen by API Gateway or
// only by SQS.
func (t *Trace) URIFault() URIFault {
	if t.Signing.URIFault != URIFine {
		return t.Signing.URIFault
	}
	return t.Protocol.PathFault
}

// MissingVariables are the stage variables that the method reads and the stage
// lacks, each once, in alphabetical order.
func (t *Trace) MissingVariables() []string {
	all := slices.Concat(t.Mapping.Missing, t.Signing.Missing, t.Response.Missing)
	slices.Sort(all)
	return slices.Compact(all)
}

// Route is where the call arrives.
type Route struct {
	API           *snapshot.API
	Stage         *snapshot.Stage // nil when the API has none
	Stages        []snapshot.Stage
	Configuration *snapshot.Configuration
	// Deployed tells that Configuration is what the stage runs. Otherwise it is
	// the draft, because the deployed one is not known or does not exist.
	Deployed   bool
	Method     *snapshot.Method
	PathParams map[string]string
	// DraftMethod is the method that the request would meet in the draft; nil
	// when there is none or the draft is not known.
	DraftMethod *snapshot.Method
	// Refused says why AWS would not deploy the API at all, Settings which settings
	// of the API or of another method API Gateway refuses.
	Refused  []*snapshot.Refusal
	Settings []RefusedSetting
	// PolicyMissing tells that the API is private and lacks the resource policy that
	// such an API needs.
	PolicyMissing bool
	// EndpointRefused tells that the default endpoint is disabled and called.
	EndpointRefused bool
	// Conflict is the name of a stage that two things create, Conflicting where
	// they stand.
	Conflict    string
	Conflicting []snapshot.Origin
	Variables   map[string]string // stage variables; nil when not known
	// Canary is the stage's canary; nil when none takes calls.
	Canary *snapshot.Canary
	// Differences between the deployed methods and the draft, nil when one of
	// them is not known.
	Differences []Difference
	// Uncompared are fields of the method that the draft does not show.
	Uncompared []string
	Policy     *iam.Decision // of the API's resource policy; nil when there is none
	// CallerDecides tells that the resource policy lets some callers in and not all, or
	// leaves the answer to another policy.
	CallerDecides bool
	// Blocked says which setting of the stage refuses every call; empty when none does.
	Blocked   string
	BlockedAt snapshot.Origin
	// Lacks says what the method asks for that the request lacks.
	Lacks []string
	// NearMethods are methods of the same path, NearPaths paths of the same method.
	NearMethods, NearPaths []string
	Doubt                  string // why another method may take the call; empty when none can
	// Preflight is the answer to a preflight request of browsers that the API gives
	// itself; nil where it does not.
	Preflight  *Failure
	Validation string // what the request validator refuses; empty when nothing
}

// Difference is one field in which the deployed method and the draft differ.
type Difference struct {
	Method   string // "POST /orders"
	Field    string // empty when the method stands on one side only
	Deployed string
	Draft    string
	Origin   snapshot.Origin
	// SameMethod tells that it is the method under diagnosis.
	SameMethod bool
}

// Mapping is the request that API Gateway builds.
type Mapping struct {
	Integration *snapshot.Integration
	ContentType string // the client's, empty when it sends none
	Wanted      string // what a template is looked for by: the call's media type, or the key that a template selection expression gives
	Choice      rest.Choice
	Passthrough string
	Keys        []string // content types that have templates
	Template    string   // text of the chosen template
	TemplateAt  snapshot.Origin
	Rendered    *vtl.Output // nil when no template ran
	Binary      bool        // the payload is handled as bytes
	InvalidJSON bool        // a mapping reads the body as JSON, and it is none (T83)
	Payload     string      // the client's body as the mapping sees it
	Body        []byte      // what leaves
	BodyKnown   bool
	Headers     []Mapped
	Query       []Mapped
	Path        []Mapped
	Refused     []Refused // mappings that AWS does not store
	Fatal       []Mapped  // headers that make every call fail
	Missing     []string  // stage variables that the template or a mapping reads and the stage lacks
	SyntaxError *vtl.SyntaxError
	RenderError *vtl.RenderError
	// Spans tells where each part of the body comes from. A body that was passed
	// on is one span of the client's.
	Spans []vtl.Span

	// Of an HTTP API: the operation that is called, or was evidently meant, such as
	// SQS-SendMessage; its region, empty for the API's own; the parameters, and those
	// that AWS refuses.
	Subtype          string
	Region           string
	Arguments        []Argument
	RefusedArguments []RefusedArgument
}

// Mapped is a header, query or path parameter that API Gateway sends.
type Mapped struct {
	Name       string
	Value      string
	Expression string // the mapping expression; empty for one that API Gateway adds itself
	FromClient bool   // the value is the client's
	Absent     bool   // the source has no value, so nothing is sent (T82)
	Missing    string // the stage variable that the source reads and the stage lacks
	Encoded    int    // how often the value was URL-encoded before API Gateway encodes a query parameter
	Origin     snapshot.Origin
}

// Refused is a mapping that AWS does not store.
type Refused struct {
	Name, Expression string
	Undeclared       bool // the source is not declared on the method
	Declaration      string
	Err              error
	Origin           snapshot.Origin
}

// Signing is the endpoint and the identity of the call.
type Signing struct {
	Type        string
	URI         gateway.URI
	URIText     string
	URIError    error
	URIOrigin   snapshot.Origin
	Method      string // HTTP method towards SQS
	Host        string
	RequestPath string
	RawQuery    string
	Region      string
	Account     string // of the API
	Credentials string
	CredOrigin  snapshot.Origin
	Caller      bool           // the caller's own credentials are passed on
	Role        *snapshot.Role // nil when there is none or it is not known
	RoleMissing bool           // known not to exist
	Missing     []string       // stage variables that the URI or the credentials read and the stage lacks
	Principal   iam.Principal
	Trust       *iam.Decision
	// TrustProblem is why AWS does not store the trust policy; nil when it does.
	TrustProblem *BadPolicy

	// URIFault is what is wrong with the URI, and Meant tells that the
	// integration is meant to call SQS, whatever its type and URI are.
	URIFault URIFault
	Meant    bool
	// TypeReason says what is wrong with the type, subtype or URI of an HTTP API's
	// integration; empty for other kinds and where it is fine.
	TypeReason string
	// What each part of the stage leads to by itself, nil when it is fine. The
	// stage fails with the first of them, a refusal to deploy before the others.
	MethodFailure, TypeFailure, EndpointFailure, IdentityFailure, PayloadFailure *Failure
}

// URL is the address that the call goes to.
func (s *Signing) URL() string {
	if s.Host == "" {
		return ""
	}
	u := "https://" + s.Host + s.RequestPath
	if s.RawQuery != "" {
		u += "?" + s.RawQuery
	}
	return u
}

// Protocol is how SQS reads the request.
type Protocol struct {
	Request   sqs.Request
	Call      sqs.Call
	effective *sqs.Call // nil where SQS reads none
	Intended  bool
	Answer    *sqs.Answer // SQS's refusal, nil when it reads the call
	Protocol  string      // query, json or none
	Action    string
	QueueARN  string

	// PathFault is what is wrong with the URI's path, where the call takes its queue
	// from there.
	PathFault URIFault
	// Named is the action that the request names where it is none that the queue
	// takes, be it that SQS does not get to read it.
	Named string
	// PathQueue is the queue that the path names, be it overruled by QueueUrl (T15).
	PathQueue sqs.Address
	// Faults says why SQS cannot read the request.
	Faults Faults
	// Refusal is what SQS answers to the parameters of the call: Answer itself,
	// or, behind a request that it cannot read, what comes next. Nil when the
	// parameters are fine or what was meant is not certain.
	Refusal *sqs.Answer
}

// Effective is the call, or what the author evidently meant when SQS cannot read it, so
// that later stages can say what waits behind the failure.
func (p *Protocol) Effective() *sqs.Call {
	if p.effective == nil {
		return &unreadCall
	}
	return p.effective
}

var unreadCall sqs.Call

// Authorization is the decision on the call.
type Authorization struct {
	Action   string       // IAM action, such as sqs:SendMessage
	Resource string       // queue ARN
	Inputs   *iam.Inputs  // the policies that bear on it; nil where the signer is not known
	Request  *iam.Request // nil without a decision
	Decision *iam.Decision
	// Alone is the decision without the queue's policy, when that is not known and
	// the answer hangs on it.
	Alone     *iam.Decision
	Malformed []BadPolicy
	// Wide lists what the same statement allows beyond this call: other queues,
	// or actions that destroy messages.
	Wide []string
	// WideBy is the statement that allows it.
	WideBy *iam.Match
}

// Settle lets go of what only rules ask for: all that the call carries, and the
// policies that bear on it. The decision stays.
func (a *Authorization) Settle() { a.Request, a.Inputs = nil, nil }

// BadPolicy is a policy text, or a name of a role or policy, that AWS refuses.
type BadPolicy struct {
	Owner string // ARN of the role, queue or key
	// Other tells that the call does not need it: it is only created with the API.
	Other    bool
	Document iam.Document
	Problem  iam.Problem
	Origin   snapshot.Origin
}

// Queue is what the queue does with the message.
type Queue struct {
	ARN     string
	Queue   *snapshot.Queue // nil when it does not exist or is not known
	Missing bool            // known not to exist
	// Refused are the queues that SQS does not create: this one, and those that are
	// created together with the API.
	Refused []RefusedQueue
	Answer  *sqs.Answer
	Fault   QueueFault // what the answer is about
	Empty   bool       // the parameter of the fault is given, and its value is empty (T28)
	// Undeduplicated tells that a FIFO queue could not tell the message from others,
	// be it the answer or what comes behind it.
	Undeduplicated bool
	Messages       []sqs.Message
	Altered        string // how the stored message differs from the client's body, or that it is lost; empty when neither
	// Malformed is a message that is meant to be JSON and is none; nil for none such.
	Malformed *Malformed

	// Elsewhere is the ARN of a queue of the same account and name in another
	// region, when the addressed one is not known to exist.
	Elsewhere string
	// Near is the ARN of a known queue of nearly the same name in the same region,
	// when the addressed one is not known to exist.
	Near string
}

// Encryption is the use of the queue's key.
type Encryption struct {
	KeyReference string
	Key          *snapshot.Key
	Missing      bool // known not to exist
	Managed      bool // alias/aws/sqs
	GenerateKey  *iam.Decision
	Decrypt      *iam.Decision
}

// Response is what the client sees.
type Response struct {
	SQSStatus int
	SQSBody   Body
	Status    int   // what the client sees; 0 when not known, and for a frame
	Statuses  []int // all that the client may see where evidence differs, Status first
	Delivery  Delivery
	// ErrorFrame tells that the frame is API Gateway's own.
	ErrorFrame bool
	Body       Body
	Headers    []Header
	Chosen     *snapshot.IntegrationResponse
	// Outcomes says what the client would see for each status SQS can answer.
	Outcomes    []Outcome
	Refused     []Refused // response parameter mappings that AWS does not store
	Unreachable []Unreachable
	BadPatterns []snapshot.IntegrationResponse // patterns the doctor cannot evaluate
	Missing     []string                       // stage variables that a mapping reads and the stage lacks
	TemplateErr string
	TemplateKey string      // content type of the response template that ran; empty for none
	Rendered    *vtl.Output // nil when no response template ran
	// BrokenTemplates are response templates that do not parse, or that fail on
	// the answer of this call.
	BrokenTemplates []BrokenTemplate
	// Malformed is an answer that is meant to be JSON and is none; nil otherwise.
	Malformed *Malformed
}

// Body is the body of an answer. What SQS says to a call that it takes is written out
// when it is asked for: of most calls nobody does.
type Body struct {
	text   string
	answer *sqs.Answer // nil for a text
}

func (b Body) String() string {
	if b.answer != nil {
		return b.answer.Body()
	}
	return b.text
}

// Delivery is how the client learns what became of its request.
type Delivery string

// The deliveries. The zero value is the answer to an HTTP request.
const (
	DeliveryHTTP      Delivery = ""
	DeliveryNone      Delivery = "none"      // WebSocket, one-way: the client is told nothing
	DeliveryFrame     Delivery = "frame"     // WebSocket
	DeliveryHandshake Delivery = "handshake" // WebSocket: the status of the handshake
)

// BrokenTemplate is a response template that cannot be rendered.
type BrokenTemplate struct {
	Response    snapshot.IntegrationResponse
	ContentType string
	Err         string
	Chosen      bool // this call meets it
}

// Outcome is what the client sees for one status of SQS.
type Outcome struct {
	SQSStatus int
	Status    int
	Response  *snapshot.IntegrationResponse // nil when none is chosen
	Unmapped  bool                          // 500: no pattern fits and there is no default
	Undefined bool                          // 500: the method lacks the response
	Doubtful  bool                          // another pattern matches too, and which one wins is not known
}

// Unreachable is an integration response that no status of SQS selects.
type Unreachable struct {
	Response snapshot.IntegrationResponse
	Why      string
	Never    bool // its pattern fits no HTTP status at all
}
