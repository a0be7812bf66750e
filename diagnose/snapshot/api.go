package snapshot

import "slices"

// API is one API Gateway API. HTTP and WebSocket APIs use the same shape: a
// route is a Method with a RouteKey.
type API struct {
	ID     string  `json:"id"`
	Name   string  `json:"name,omitempty"`
	Type   APIType `json:"type"`
	Origin Origin  `json:"origin,omitzero"`

	EndpointTypes           Fact[[]string] `json:"endpointTypes,omitzero"`           // EDGE, REGIONAL, PRIVATE
	DefaultEndpointDisabled Fact[bool]     `json:"defaultEndpointDisabled,omitzero"` // disableExecuteApiEndpoint
	Policy                  Fact[string]   `json:"policy,omitzero"`                  // resource policy; empty when there is none
	RouteSelection          Fact[string]   `json:"routeSelection,omitzero"`          // WebSocket: route selection expression
	APIKeySource            Fact[string]   `json:"apiKeySource,omitzero"`            // REST: HEADER or AUTHORIZER; WebSocket: API key selection expression
	Domains                 Fact[[]Domain] `json:"domains,omitzero"`                 // paths of custom domain names that lead to the API

	CloudFront []CloudFront `json:"cloudFront,omitempty"` // distributions in front of the default endpoint, as far as they were read

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

// CloudFront is an origin of a distribution that leads to the API's default endpoint.
type CloudFront struct {
	Distribution string `json:"distribution"`
	Path         string `json:"path,omitempty"`       // origin path, such as /prod
	ViewerHost   bool   `json:"viewerHost,omitempty"` // the viewer's Host header is handed on
	Origin       Origin `json:"origin,omitzero"`
}

// Domain is a path of a custom domain name that leads to a stage of the API: a
// base path mapping or an API mapping.
type Domain struct {
	Name      string `json:"name"`                // api.example.com
	Path      string `json:"path,omitempty"`      // orders/v1; empty for the root
	Stage     string `json:"stage,omitempty"`     // empty when the caller names it behind the path
	MutualTLS bool   `json:"mutualTLS,omitempty"` // callers must show a certificate
	Origin    Origin `json:"origin,omitzero"`
}

// Configuration is one version of an API's methods: the draft, or what a
// deployment froze.
type Configuration struct {
	Methods          []Method                    `json:"methods"`
	Routes           []string                    `json:"routes,omitempty"` // paths of all resources, with or without methods
	BinaryMediaTypes Fact[[]string]              `json:"binaryMediaTypes,omitzero"`
	CORS             Fact[*CORS]                 `json:"cors,omitzero"`        // HTTP APIs: what API Gateway answers itself; nil when it does not
	Validators       map[string]Fact[Validator]  `json:"validators,omitempty"` // by id
	Models           map[string]Fact[string]     `json:"models,omitempty"`     // JSON Schema by name
	Authorizers      map[string]Fact[Authorizer] `json:"authorizers,omitempty"`
}

// CORS is what an HTTP API answers to preflight requests and adds to its answers.
type CORS struct {
	Origins     []string `json:"origins,omitempty"`
	Methods     []string `json:"methods,omitempty"`
	Headers     []string `json:"headers,omitempty"`
	Exposed     []string `json:"exposed,omitempty"`
	Credentials bool     `json:"credentials,omitempty"`
	MaxAge      int      `json:"maxAge,omitempty"` // seconds
}

// Method is one HTTP method of a resource, or one route of an HTTP or
// WebSocket API.
type Method struct {
	HTTPMethod string `json:"httpMethod"`           // GET, POST, ..., ANY; empty for a route of a WebSocket API
	Path       string `json:"path"`                 // /orders/{id}; empty for the $default route of an HTTP API, the route key for WebSocket
	RouteKey   string `json:"routeKey,omitempty"`   // HTTP: POST /orders or $default; WebSocket: $default, $connect, $disconnect or an action
	ResourceID string `json:"resourceId,omitempty"` // of the resource or the route
	Origin     Origin `json:"origin,omitzero"`

	Authorization     Fact[string]                    `json:"authorization,omitzero"` // NONE, AWS_IAM, CUSTOM, COGNITO_USER_POOLS, JWT
	AuthorizerID      Fact[string]                    `json:"authorizerId,omitzero"`
	Scopes            Fact[[]string]                  `json:"scopes,omitzero"` // authorization scopes, of which a token needs one
	APIKeyRequired    Fact[bool]                      `json:"apiKeyRequired,omitzero"`
	ValidatorID       Fact[string]                    `json:"validatorId,omitzero"`       // empty when there is none
	RequestParameters Fact[map[string]bool]           `json:"requestParameters,omitzero"` // method.request.header.X -> required
	RequestModels     Fact[map[string]string]         `json:"requestModels,omitzero"`     // content type -> model name
	Responses         Fact[map[string]MethodResponse] `json:"responses,omitzero"`         // by status; WebSocket: route responses by key
	ModelSelection    Fact[string]                    `json:"modelSelection,omitzero"`    // WebSocket: model selection expression; empty when there is none
	ResponseSelection Fact[string]                    `json:"responseSelection,omitzero"` // WebSocket: route response selection expression; empty for a one-way route
	Integration       Fact[*Integration]              `json:"integration,omitzero"`       // nil when there is none
}

// MethodResponse is a status that the method may answer, or a route response.
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
	Type           string `json:"type"`                     // TOKEN, REQUEST, COGNITO_USER_POOLS, JWT
	IdentitySource string `json:"identitySource,omitempty"` // one or several, with commas between them

	Validation string `json:"validation,omitempty"` // TOKEN: the pattern that a token has to match
	URI        string `json:"uri,omitempty"`        // of the function that is asked
	// Unpermitted tells that nothing which was read lets API Gateway call the function.
	Unpermitted bool   `json:"unpermitted,omitempty"`
	Issuer      string `json:"issuer,omitempty"`   // JWT
	Audience    string `json:"audience,omitempty"` // JWT; one or several, with commas between them
}

// Integration is the integration request and the integration responses.
type Integration struct {
	ID                string                        `json:"id,omitempty"` // HTTP and WebSocket APIs
	Origin            Origin                        `json:"origin,omitzero"`
	Type              Fact[string]                  `json:"type,omitzero"`              // AWS, AWS_PROXY, HTTP, HTTP_PROXY, MOCK
	Subtype           Fact[string]                  `json:"subtype,omitzero"`           // HTTP APIs: SQS-SendMessage
	HTTPMethod        Fact[string]                  `json:"httpMethod,omitzero"`        // towards the service; empty when absent
	URI               Fact[string]                  `json:"uri,omitzero"`               // empty when absent
	Credentials       Fact[string]                  `json:"credentials,omitzero"`       // role ARN, arn:aws:iam::*:user/*, or empty
	RequestParameters Fact[map[string]Fact[string]] `json:"requestParameters,omitzero"` // integration.request.header.X -> mapping expression; HTTP APIs: MessageBody -> expression
	Templates         Fact[map[string]Fact[string]] `json:"templates,omitzero"`         // content type -> mapping template; WebSocket: template key -> template
	Passthrough       Fact[string]                  `json:"passthrough,omitzero"`       // WHEN_NO_MATCH, WHEN_NO_TEMPLATES, NEVER
	ContentHandling   Fact[string]                  `json:"contentHandling,omitzero"`   // CONVERT_TO_TEXT, CONVERT_TO_BINARY or empty
	TimeoutMillis     Fact[int]                     `json:"timeoutMillis,omitzero"`     // milliseconds
	PayloadFormat     Fact[string]                  `json:"payloadFormat,omitzero"`     // HTTP APIs: 1.0 or 2.0
	TemplateSelection Fact[string]                  `json:"templateSelection,omitzero"` // WebSocket: template selection expression
	ResponseSelection Fact[string]                  `json:"responseSelection,omitzero"` // WebSocket: integration response selection expression
	Responses         Fact[[]IntegrationResponse]   `json:"responses,omitzero"`
}

// IntegrationResponse maps answers of the service to a status of the method. Of
// an HTTP API it holds the response parameters for one status of the service,
// which is both pattern and status; of a WebSocket API it has no status.
type IntegrationResponse struct {
	ID                string            `json:"id,omitempty"`      // WebSocket
	Pattern           string            `json:"pattern,omitempty"` // selection pattern; empty for the default
	Status            string            `json:"status"`
	Parameters        map[string]string `json:"parameters,omitempty"` // method.response.header.X or overwrite:header.X -> mapping expression
	Templates         map[string]string `json:"templates,omitempty"`  // content type or, for WebSocket, template key -> mapping template
	TemplateSelection string            `json:"templateSelection,omitempty"`
	ContentHandling   string            `json:"contentHandling,omitempty"`
	Origin            Origin            `json:"origin,omitzero"`
}
