package cloudformation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
	"apisqs-doctor/diagnose/text/lazy"
)

// allowed is what a service takes for a property. The published schemas say it of
// few properties; the API references of the services say it of all.
type allowed struct {
	path  string // members, separated by dots; * is each of a list or a map
	takes string // in words
	fits  func(string) bool
}

func oneOf(path string, names ...string) allowed {
	return allowed{path, "one of " + strings.Join(names, ", "), func(v string) bool { return slices.Contains(names, v) }}
}

func within(path string, least, most float64) allowed {
	return allowed{path, fmt.Sprintf("%.0f to %.0f", least, most), func(v string) bool {
		n, err := strconv.ParseFloat(v, 64)
		return err != nil || n >= least && n <= most // what is no number the schema refuses
	}}
}

// textLike is a text of a form. Behind # stand the names of the members of a map.
func textLike(path, pattern, words string) allowed {
	return allowed{path, words, lazy.Regexp(pattern).MatchString}
}

const identitySource = `((method\.request\.(header|querystring)|stageVariables|context)\.[a-zA-Z0-9._$-]+)`

const identitySources = `^` + identitySource + `( *, *` + identitySource + `)*$`

var (
	stageVariables = []allowed{
		textLike("Variables.#", `^\w+$`, "letters, digits and underscores"),
		textLike("Variables.*", `^[A-Za-z0-9\-._~:/?#&=,]+$`, "letters, digits and -._~:/?#&=,"),
	}
	logLevels = []string{"OFF", "ERROR", "INFO"}
)

// values are those that the services take, by the type of the resource.
var values = map[string][]allowed{
	"AWS::ApiGateway::RestApi": {
		oneOf("ApiKeySourceType", "HEADER", "AUTHORIZER"),
		oneOf("EndpointConfiguration.Types.*", "EDGE", "REGIONAL", "PRIVATE"),
		oneOf("EndpointConfiguration.IpAddressType", "ipv4", "dualstack"),
		within("MinimumCompressionSize", 0, 10485760),
		oneOf("Mode", "merge", "overwrite"),
	},
	"AWS::ApiGateway::Resource": {
		textLike("PathPart", `^[^/]*$`, "one part of a path, without slashes"),
	},
	"AWS::ApiGateway::Method": {
		textLike("RequestParameters.#", `^method\.request\.(header|querystring|path|multivalueheader|multivaluequerystring)\.[a-zA-Z0-9._$-]+$`,
			"method.request.header, .querystring or .path and a name of letters, digits and ._$-"), // T80, T102
		oneOf("Integration.ConnectionType", "INTERNET", "VPC_LINK"),
	},
	"AWS::ApiGateway::Stage": append([]allowed{
		oneOf("MethodSettings.*.LoggingLevel", logLevels...),
		within("MethodSettings.*.CacheTtlInSeconds", 0, 3600),
		within("CanarySetting.PercentTraffic", 0, 100),
		oneOf("CacheClusterSize", "0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"),
	}, stageVariables...),
	"AWS::ApiGateway::Deployment": {
		oneOf("StageDescription.LoggingLevel", logLevels...),
		oneOf("StageDescription.MethodSettings.*.LoggingLevel", logLevels...),
		within("DeploymentCanarySettings.PercentTraffic", 0, 100),
	},
	"AWS::ApiGateway::Authorizer": {
		oneOf("Type", "TOKEN", "REQUEST", "COGNITO_USER_POOLS"),
		within("AuthorizerResultTtlInSeconds", 0, 3600),
		textLike("AuthorizerUri", `^[^\s\pC]*$`, "an address of a function, without blanks"),
		textLike("IdentitySource", identitySources, "method.request.header.NAME and the like, separated by commas"),
	},
	"AWS::ApiGateway::GatewayResponse": {
		oneOf("ResponseType", "ACCESS_DENIED", "API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE", "BAD_REQUEST_BODY",
			"BAD_REQUEST_PARAMETERS", "DEFAULT_4XX", "DEFAULT_5XX", "EXPIRED_TOKEN", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT", "INVALID_API_KEY",
			"INVALID_SIGNATURE", "MISSING_AUTHENTICATION_TOKEN", "QUOTA_EXCEEDED", "REQUEST_TOO_LARGE", "RESOURCE_NOT_FOUND", "THROTTLED", "UNAUTHORIZED",
			"UNSUPPORTED_MEDIA_TYPE", "WAF_FILTERED"),
		textLike("StatusCode", `^[1-5]\d\d$`, "100 to 599"), // T105
	},
	"AWS::ApiGateway::UsagePlan": {
		oneOf("Quota.Period", "DAY", "WEEK", "MONTH"),
	},
	"AWS::ApiGatewayV2::Api": {
		oneOf("ProtocolType", "HTTP", "WEBSOCKET"),
	},
	"AWS::ApiGatewayV2::Stage": {
		oneOf("DefaultRouteSettings.LoggingLevel", logLevels...),
		textLike("StageVariables.#", `^\w+$`, "letters, digits and underscores"),
	},
	"AWS::IAM::Role": {
		within("MaxSessionDuration", 3600, 43200),
	},
	"AWS::KMS::Key": {
		oneOf("KeyUsage", "ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"),
		oneOf("Origin", "AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"),
		within("PendingWindowInDays", 7, 30),
		within("RotationPeriodInDays", 90, 2560),
	},
	"AWS::KMS::Alias": {
		textLike("AliasName", `^alias/[a-zA-Z0-9/_-]+$`, "alias/ and letters, digits and /_-"),
	},
}

// checkValues refuses values that the service refuses, whatever else the template says.
func (s *stack) checkValues(r *resource, p tree.View) {
	if s.macros {
		return
	}
	code := "BadRequestException"
	if !strings.HasPrefix(r.typ, "AWS::ApiGateway") {
		code = "ValidationException"
	}
	refuse := func(at snapshot.Origin, format string, args ...any) {
		s.world.refuse(code, fmt.Sprintf(format, args...), at)
	}
	for _, a := range values[r.typ] {
		a.each(p, strings.Split(a.path, "."), func(v string, at snapshot.Origin) {
			if !a.fits(v) {
				refuse(at, "%s of %s takes %s, not %q", strings.TrimSuffix(strings.ReplaceAll(a.path, ".*", ""), ".#"), r.id, a.takes, tree.Clip(v, 80))
			}
		})
	}
	if link := p.Get("Integration").Get("ConnectionType"); link.Is("VPC_LINK") && p.Get("Integration").Get("Type").Is("AWS") {
		s.world.unread = append(s.world.unread, passedOver{snapshot.Unread{What: "the VPC link of " + r.id + ", which an integration with an AWS service has no use for",
			Origin: link.Origin(), Decides: true}, s.root})
	}
	if r.typ != "AWS::ApiGateway::RestApi" {
		return
	}
	if location := p.Get("BodyS3Location"); !p.Get("Body").Absent() && !location.Absent() {
		s.world.unread = append(s.world.unread, passedOver{snapshot.Unread{What: "which of Body and BodyS3Location makes the API " + r.id, Origin: location.Origin(), Decides: true}, s.root})
	}
	if name := p.Get("Name"); !name.Absent() && name.Value.Kind == tree.String && name.Value.Text == "" && p.Get("Body").Absent() && p.Get("BodyS3Location").Absent() && p.Get("CloneFrom").Absent() {
		refuse(name.Origin(), "the name of the API %s is empty", r.id)
	}
}

// each gives the texts at a path that are wholly known.
func (a *allowed) each(x tree.View, path []string, take func(string, snapshot.Origin)) {
	if x.Value == nil || x.Unknown() {
		return
	}
	if len(path) == 0 {
		if x.Value.Kind != tree.Object && x.Value.Kind != tree.List && x.Value.Kind != tree.Null && x.Value.Kind != tree.Unknown && (x.Value.Certain() || a.path == "AuthorizerUri") {
			take(x.Value.Text, x.Origin())
		}
		return
	}
	switch path[0] {
	case "*":
		if x.Value.Kind == tree.Object {
			for _, m := range x.Members() {
				a.each(m.View, path[1:], take)
			}
			return
		}
		for _, in := range x.Items() {
			a.each(in, path[1:], take)
		}
	case "#":
		for _, m := range x.Members() {
			take(m.Name, m.View.Origin())
		}
	default:
		a.each(x.Get(path[0]), path[1:], take)
	}
}
