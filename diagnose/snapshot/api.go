package snapshot

import "slices"

// API is one API Gateway API. HTTP and WebSocket APIs use the same shape: a
// route is a Method whose Path or RouteKey names it.
type API struct {
	ID     string  `json:"id"`
	Name   string  `json:"name,omitempty"`
	Type   APIType `json:"type"`
	Origin Origin  `json:"origin,omitzero"`

	EndpointTypes           Fact[[]string] `json:"endpointTypes,omitzero"`           // EDGE, REGIONAL, PRIVATE
	DefaultEndpointDisabled Fact[bool]     `json:"defaultEndpointDisabled,omitzero"` // disableExecuteApiEndpoint
	Policy                  Fact[string]   `json:"policy,omitzero"`                  // resource policy; empty when there is none

	Draft  Fact[Configuration] `json:"draft,omitzero"`  // the resources as they can be edited
	Stages Fact[[]Stage]       `json:"stages,omitzero"` // what callers reach
}

// Lacks tells whether the API is known not to have the stage. Every API has the
// stage without a name.
func (a *API) Lacks(stage string) bool {
	stages, known := a.Stages.Read(&Gaps{})
	return stage != "" && known && !slices.ContainsFunc(stages, func(s Stage) bool { return s.Name == stage })
}

// APIType tells REST, HTTP and WebSocket APIs apart.
type APIType string

// The API types as reports name them.
const (
	REST      APIType = "REST"
	HTTP      APIType = "HTTP"
	WebSocket APIType = "WEBSOCKET"
)

// Stage is a named deployment.
type Stage struct {
	Name         string                  `json:"name"`
	DeploymentID Fact[string]            `json:"deploymentId,omitzero"` // empty when the stage has no deployment
	DeployedAt   string                  `json:"deployedAt,omitempty"`  // date of the deployment, YYYY-MM-DD
	Variables    Fact[map[string]string] `json:"variables,omitzero"`
	Canary       Fact[*Canary]           `json:"canary,omitzero"` // nil when there is none
	Deployed     Fact[Configuration]     `json:"deployed,omitzero"`
	AutoDeploy   bool                    `json:"autoDeploy,omitempty"`
	Origin       Origin                  `json:"origin,omitzero"`
}

// Canary is a second deployment of a stage that takes a share of its traffic.
type Canary struct {
	DeploymentID string            `json:"deploymentId"`
	Percent      float64           `json:"percent"`
	Variables    map[string]string `json:"variables,omitempty"` // overrides of the stage's variables
}

// Configuration is one version of an API's methods: the draft, or what a
// deployment froze.
type Configuration struct {
	Methods          []Method                    `json:"methods"`
	Routes           []string                    `json:"routes,omitempty"` // paths of all resources, with or without methods
	BinaryMediaTypes Fact[[]string]              `json:"binaryMediaTypes,omitzero"`
	Validators       map[string]Fact[Validator]  `json:"validators,omitempty"` // by id
	Models           map[string]Fact[string]     `json:"models,omitempty"`     // JSON Schema by name
	Authorizers      map[string]Fact[Authorizer] `json:"authorizers,omitempty"`
}

// Method is one HTTP method of a resource, or one route of an HTTP or
// WebSocket API.
type Method struct {
	HTTPMethod string `json:"httpMethod"`         // GET, POST, ..., ANY
	Path       string `json:"path"`               // /orders/{id}
	RouteKey   string `json:"routeKey,omitempty"` // WebSocket: $default, $connect or an action
	ResourceID string `json:"resourceId,omitempty"`
	Origin     Origin `json:"origin,omitzero"`

	Authorization     Fact[string]                    `json:"authorization,omitzero"` // NONE, AWS_IAM, CUSTOM, COGNITO_USER_POOLS, JWT
	AuthorizerID      Fact[string]                    `json:"authorizerId,omitzero"`
	APIKeyRequired    Fact[bool]                      `json:"apiKeyRequired,omitzero"`
	ValidatorID       Fact[string]                    `json:"validatorId,omitzero"`       // empty when there is none
	RequestParameters Fact[map[string]bool]           `json:"requestParameters,omitzero"` // method.request.header.X -> required
	RequestModels     Fact[map[string]string]         `json:"requestModels,omitzero"`     // content type -> model name
	Responses         Fact[map[string]MethodResponse] `json:"responses,omitzero"`         // by status
	Integration       Fact[*Integration]              `json:"integration,omitzero"`       // nil when there is none
}

// MethodResponse is a status that the method may answer.
type MethodResponse struct {
	Parameters map[string]bool `json:"parameters,omitempty"` // method.response.header.X -> required
	Origin     Origin          `json:"origin,omitzero"`
}

// Validator is a request validator.
type Validator struct {
	Name       string `json:"name,omitempty"`
	Body       bool   `json:"body"`
	Parameters bool   `json:"parameters"`
}

// Authorizer is a Lambda, Cognito or JWT authorizer.
type Authorizer struct {
	Name           string `json:"name,omitempty"`
	Type           string `json:"type"` // TOKEN, REQUEST, COGNITO_USER_POOLS, JWT
	IdentitySource string `json:"identitySource,omitempty"`
}

// Integration is the integration request and the integration responses.
type Integration struct {
	Origin            Origin                        `json:"origin,omitzero"`
	Type              Fact[string]                  `json:"type,omitzero"`              // AWS, AWS_PROXY, HTTP, HTTP_PROXY, MOCK
	Subtype           Fact[string]                  `json:"subtype,omitzero"`           // HTTP APIs: SQS-SendMessage
	HTTPMethod        Fact[string]                  `json:"httpMethod,omitzero"`        // towards the service; empty when absent
	URI               Fact[string]                  `json:"uri,omitzero"`               // empty when absent
	Credentials       Fact[string]                  `json:"credentials,omitzero"`       // role ARN, arn:aws:iam::*:user/*, or empty
	RequestParameters Fact[map[string]Fact[string]] `json:"requestParameters,omitzero"` // integration.request.header.X -> mapping expression
	Templates         Fact[map[string]Fact[string]] `json:"templates,omitzero"`         // content type -> mapping template
	Passthrough       Fact[string]                  `json:"passthrough,omitzero"`       // WHEN_NO_MATCH, WHEN_NO_TEMPLATES, NEVER
	ContentHandling   Fact[string]                  `json:"contentHandling,omitzero"`   // CONVERT_TO_TEXT, CONVERT_TO_BINARY or empty
	TimeoutMillis     Fact[int]                     `json:"timeoutMillis,omitzero"`     // milliseconds
	PayloadFormat     Fact[string]                  `json:"payloadFormat,omitzero"`     // HTTP APIs: 1.0 or 2.0
	TemplateSelection Fact[string]                  `json:"templateSelection,omitzero"` // WebSocket: template selection expression
	Responses         Fact[[]IntegrationResponse]   `json:"responses,omitzero"`
}

// IntegrationResponse maps answers of the service to a status of the method.
type IntegrationResponse struct {
	Pattern         string            `json:"pattern,omitempty"` // selection pattern; empty for the default
	Status          string            `json:"status"`
	Parameters      map[string]string `json:"parameters,omitempty"` // method.response.header.X -> mapping expression
	Templates       map[string]string `json:"templates,omitempty"`  // content type -> mapping template
	ContentHandling string            `json:"contentHandling,omitempty"`
	Origin          Origin            `json:"origin,omitzero"`
}
