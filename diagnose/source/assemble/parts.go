package assemble

import (
	"math"

	"apisqs-doctor/diagnose/snapshot"
)

// NotGiven is a number that a resource leaves to AWS. A text that is left to AWS
// is empty.
const NotGiven = math.MinInt

// Parts is everything that a source has read, one list a kind of resource, each
// in the order of the input.
type Parts struct {
	Target snapshot.Target
	// Input says in a message what the parts come from: "the templates".
	Input string
	// Symbols are the texts in names that stand for a part of them which is not known.
	Symbols []snapshot.Symbol
	// New tells that nothing of the parts was created yet, so that AWS may refuse it.
	New bool
	// Warn takes what the user should know and is no fault; may be nil.
	Warn func(string)

	APIs                 []API
	Resources            []Resource
	Validators           []Validator
	Models               []Model
	Authorizers          []Authorizer
	GatewayResponses     []GatewayResponse
	Methods              []Method
	MethodResponses      []MethodResponse
	Integrations         []Integration
	IntegrationResponses []IntegrationResponse
	Routes               []Route
	RouteResponses       []RouteResponse
	Deployments          []Deployment
	Stages               []Stage

	Roles         []Role
	Policies      []Policy
	Attachments   []Attachment
	Queues        []Queue
	QueuePolicies []QueuePolicy
	Keys          []Key
	Aliases       []Alias
}

// API is a REST, HTTP or WebSocket API.
type API struct {
	ID     string // what other resources name it by
	Root   string // id of the root resource of a REST API
	Type   snapshot.APIType
	Name   string
	Origin snapshot.Origin

	EndpointTypes           snapshot.Fact[[]string] // of a REST API; empty for EDGE
	DefaultEndpointDisabled snapshot.Fact[bool]
	Policy                  snapshot.Fact[string] // of a REST API; empty for none
	BinaryMediaTypes        snapshot.Fact[[]string]
	RouteSelection          snapshot.Fact[string] // of an HTTP or WebSocket API; empty for that of all HTTP APIs
	APIKeySource            snapshot.Fact[string]
	CORS                    snapshot.Fact[*snapshot.CORS] // of an HTTP API; nil for none

	Domains    []snapshot.Domain
	CloudFront []snapshot.CloudFront

	Definition *Definition   // what an OpenAPI document adds; nil without one
	Quick      *QuickCreate  // of an HTTP API; nil without
	Doubt      *snapshot.Gap // why its methods are not known; nil when they are
	Stages     *snapshot.Gap // why its stages are not known, where Parts holds none; nil when they are
}

// QuickCreate is the target that an HTTP API can be made with: one route, one
// integration and the default stage.
type QuickCreate struct {
	RouteKey    string // empty for $default
	Target      snapshot.Fact[string]
	Credentials snapshot.Fact[string]
}

// Definition is what an OpenAPI document says about an API. Members that are nil
// are not in the document.
type Definition struct {
	Name                    string
	Policy                  *snapshot.Fact[string]
	DefaultEndpointDisabled *snapshot.Fact[bool]
	BinaryMediaTypes        *snapshot.Fact[[]string]
	CORS                    *snapshot.Fact[*snapshot.CORS]

	Validators  map[string]snapshot.Fact[snapshot.Validator] // by name, as all three
	Models      map[string]snapshot.Fact[string]
	Authorizers map[string]snapshot.Fact[snapshot.Authorizer]

	GatewayResponses []GatewayResponse // without their API

	Paths   []string
	Methods []snapshot.Method
	// Open are the methods, by their place in Methods, that refuse an authorizer
	// which the API would give to all ("NONE" of SAM).
	Open  map[int]bool
	Doubt *snapshot.Gap // why the methods are not known; nil when they are

	// Refused is why API Gateway does not import the document; nil when it does.
	Refused *snapshot.Refusal
	// Unread are parts of which it is not known what API Gateway makes of them.
	Unread []snapshot.Unread
}

// Resource is one part of a path of a REST API.
type Resource struct {
	ID     string
	API    Ref
	Parent Ref    // another resource, or the root of the API
	Part   string // without slashes
	Maybe  bool   // it may not exist
	Origin snapshot.Origin
}

// Validator is a request validator of a REST API.
type Validator struct {
	ID  string
	API Ref
	snapshot.Fact[snapshot.Validator]
}

// Model is a JSON Schema of an API.
type Model struct {
	Name   string
	API    Ref
	Schema snapshot.Fact[string]
}

// Authorizer is an authorizer of an API.
type Authorizer struct {
	ID  string
	API Ref
	// Type says whether it belongs to a REST or to an HTTP API.
	Type snapshot.APIType
	// Unversioned tells that it asks a function and does not say in which version of
	// the payload format.
	Unversioned bool
	snapshot.Fact[snapshot.Authorizer]
}

// GatewayResponse changes an answer that API Gateway gives by itself.
type GatewayResponse struct {
	Name   string // of the resource or the place in a document, for people
	API    Ref
	Kind   string // DEFAULT_4XX, THROTTLED and so on
	Origin snapshot.Origin
}

// Method is a method of a REST API. Its path comes from Resource.
type Method struct {
	Address  string // of the resource, as Deployment.Waits takes it
	API      Ref
	Resource Ref
	snapshot.Method
}

// MethodResponse is a status of a REST API's method, where it is a resource of its own.
type MethodResponse struct {
	API, Resource Ref
	HTTPMethod    string
	Status        string
	snapshot.MethodResponse
}

// Integration is an integration that is a resource of its own: of the route that
// names its id, or of a REST API's method with that Resource and HTTPMethod.
type Integration struct {
	Address  string // of the resource, as Deployment.Waits takes it
	API      Ref
	Resource Ref
	Verb     string // HTTP method of the REST API's method
	snapshot.Integration
}

// IntegrationResponse maps answers of the service. Where it is a resource of its
// own, it belongs to the integration with the id (HTTP and WebSocket APIs) or to
// the one with that Resource and Verb.
type IntegrationResponse struct {
	API, Resource, Integration Ref
	Verb                       string
	// Key is the integration response key of a WebSocket API: $default or
	// /pattern/. Others have a Pattern, which is empty for the default.
	Key, Pattern    snapshot.Fact[string]
	Status          snapshot.Fact[string]
	Parameters      snapshot.Fact[map[string]string]
	Templates       snapshot.Fact[map[string]string]
	ContentHandling snapshot.Fact[string]
	// TemplateSelection chooses the template of a WebSocket API's answer.
	TemplateSelection snapshot.Fact[string]
	Origin            snapshot.Origin
}

// Route is a route of an HTTP or WebSocket API. Its method and path come from
// the RouteKey.
type Route struct {
	Address string // of the resource, as Deployment.Waits takes it
	API     Ref
	Target  Ref // integrations/ID
	snapshot.Method
}

// RouteResponse lets a route of a WebSocket API answer.
type RouteResponse struct {
	Route Ref // by id
	Key   string
	snapshot.MethodResponse
}

// Deployment freezes the methods of an API.
type Deployment struct {
	ID     string
	API    Ref
	Type   snapshot.APIType // REST or HTTP
	Name   string           // of the resource, for messages
	Origin snapshot.Origin
	// Waits tells whether the resource with the address is there when the
	// deployment is made for the first time. Without it all are.
	Waits func(address string) bool
	// Follows tells whether a change of the resource makes the deployment anew.
	// Without it all do.
	Follows func(address string) bool
	// Stage is the stage that the deployment makes by itself; nil for none.
	Stage *Stage
}

// Stage is a stage of an API.
type Stage struct {
	API        Ref
	Type       snapshot.APIType // REST or HTTP
	Name       string
	Deployment Ref
	AutoDeploy snapshot.Fact[bool]
	Variables  snapshot.Fact[map[string]string]
	Canary     snapshot.Fact[*snapshot.Canary] // nil for none
	Settings   snapshot.Fact[map[string]snapshot.MethodSettings]
	Plans      []snapshot.UsagePlan
	WebACL     snapshot.Fact[string]
	Blocks     bool // the web ACL lets nothing through
	Origin     snapshot.Origin
}

// Role is an IAM role. Attached policies are named by their ARNs.
type Role struct {
	Name     string
	Given    bool // the name is the user's own
	ARN      string
	Origin   snapshot.Origin
	Trust    snapshot.Fact[string]
	Inline   snapshot.Fact[[]snapshot.Policy]
	Attached snapshot.Fact[[]Ref]
	Boundary Ref
	Tags     snapshot.Fact[map[string]string]
}

// Policy is a policy that is a resource of its own: a managed one when it has an
// ARN, otherwise an inline policy of Roles.
type Policy struct {
	snapshot.Policy
	Roles []Ref         // by name
	Doubt *snapshot.Gap // why it may not exist; nil when it does
}

// Attachment gives a managed policy to roles.
type Attachment struct {
	Policy Ref           // by ARN
	Roles  []Ref         // by name
	Doubt  *snapshot.Gap // why it may not exist; nil when it does
}

// Queue is an SQS queue. Its policy may be a resource of its own.
type Queue struct {
	snapshot.Queue
}

// QueuePolicy sets the policy of queues.
type QueuePolicy struct {
	Name     string // of the resource, for messages
	Queues   []Ref  // by URL
	Document snapshot.Fact[string]
	Lines    []snapshot.Origin // place of each statement
	Doubt    *snapshot.Gap     // why it may not exist; nil when it does
}

// Key is a KMS key. One without a policy gets the one that KMS makes.
type Key struct {
	snapshot.Key
}

// Alias is another name of a key.
type Alias struct {
	ARN string
	Key Ref // id, ARN or alias
}
