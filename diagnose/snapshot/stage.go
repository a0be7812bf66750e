package snapshot

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

	// Unfollowed are the resources of integrations whose change the deployment does not
	// take: the configuration says nothing that makes it anew for them.
	Unfollowed []string `json:"unfollowed,omitempty"`

	DeploymentStatus      Fact[string] `json:"deploymentStatus,omitzero"`      // HTTP and WebSocket: PENDING, FAILED or DEPLOYED, of the stage's deployment
	LastDeploymentMessage Fact[string] `json:"lastDeploymentMessage,omitzero"` // AutoDeploy: what AWS says of the last attempt; empty when nothing

	Settings  Fact[map[string]MethodSettings] `json:"settings,omitzero"`  // by path, slash and method, such as /orders/POST, or by route key; AllMethods for the rest
	AccessLog Fact[*AccessLog]                `json:"accessLog,omitzero"` // nil when there is none
	WebACL    Fact[string]                    `json:"webAcl,omitzero"`    // ARN; empty when there is none

	WebACLBlocks   bool        `json:"webAclBlocks,omitempty"`  // the web ACL blocks by default, and no rule of it allows
	UsagePlans     []UsagePlan `json:"usagePlans,omitempty"`    // plans that take in the stage, as far as they were read
	UsagePlansRead Fact[bool]  `json:"usagePlansRead,omitzero"` // true when UsagePlans are all of them
}

// UsagePlan limits the calls of those who send one of its API keys.
type UsagePlan struct {
	Name   string          `json:"name"`
	Limits MethodSettings  `json:"limits,omitzero"` // throttling of all methods
	Quota  *int            `json:"quota,omitempty"` // calls a period; nil for none
	Own    map[string]bool `json:"own,omitempty"`   // methods with limits of their own, as in Stage.Settings; true for one that lets no call through
	Origin Origin          `json:"origin,omitzero"`
}

// LetsNothing tells limits that no call gets through.
func (s MethodSettings) LetsNothing() bool {
	return s.ThrottleRate != nil && *s.ThrottleRate == 0 || s.ThrottleBurst != nil && *s.ThrottleBurst == 0
}

// Canary is a second deployment of a stage that takes a share of its traffic.
type Canary struct {
	DeploymentID string            `json:"deploymentId"`
	Percent      float64           `json:"percent"`
	Variables    map[string]string `json:"variables,omitempty"` // overrides of the stage's variables
}

// AllMethods is the key of the settings of the methods that have none of their own.
const AllMethods = "*/*"

// MethodSettings are the logging and throttling of a method in a stage. Those of
// a method replace those of AllMethods as a whole.
type MethodSettings struct {
	LoggingLevel  string   `json:"loggingLevel,omitempty"` // OFF, ERROR or INFO; empty when not set, which is off
	DataTrace     bool     `json:"dataTrace,omitempty"`    // logs headers and bodies
	Metrics       bool     `json:"metrics,omitempty"`
	ThrottleRate  *float64 `json:"throttleRate,omitempty"`  // calls a second; nil when not set, negative when switched off
	ThrottleBurst *int     `json:"throttleBurst,omitempty"` // calls; nil and negative as for the rate
	Origin        Origin   `json:"origin,omitzero"`
}

// AccessLog is where a stage logs its calls, and what.
type AccessLog struct {
	Destination string `json:"destination"`      // ARN of a log group or a delivery stream
	Format      string `json:"format,omitempty"` // with $context variables
}
