package remedy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
)

// setting is one property to set, as CloudFormation names it.
type setting struct {
	at    location
	path  []string // below the resource: names and, for list items, indexes in brackets
	value any      // of JSON, as it should read; nil to remove
	// before is what stands there, nil for nothing. An edit changes what differs
	// and leaves the rest in the user's words.
	before any
	// item says that path names a list and which item of it is meant, counted
	// from 0; appended for a new one. It is none for other settings.
	item int
	// exact is set for a new resource that others name: under another id it is not found.
	exact bool
	// only is set when nothing else stands in the place: removing it removes the whole.
	only []string
}

const (
	none     = -1 // the setting is no item of a list
	appended = -2
)

// location is a resource of a template, or one of the usual form when the
// configuration comes from elsewhere.
type location struct {
	resource   string // logical id
	kind       string // resource type, for one that the template does not have
	file       string // empty when there is no template
	line       int
	definition bool // an OpenAPI document in a file of its own
	outer      int  // how much of the path to a definition lies outside of its file
	openAPI    bool // inside an OpenAPI document, whose names begin with a small letter
	v2         bool // an integration of an HTTP or WebSocket API
	prefix     []string
}

// locate turns the origin of a value into a location. Without a file it is a
// resource of the usual form.
func locate(o snapshot.Origin, id, kind string, prefix ...string) location {
	if o.File == "" {
		return location{resource: id, kind: kind, prefix: prefix}
	}
	l := location{resource: o.Resource, file: o.File, line: o.Line, prefix: splitPath(o.Path)}
	if len(l.prefix) == 0 {
		l.prefix = []string{"Properties"}
	}
	if o.Resource == "" && len(l.prefix) > 0 {
		l.openAPI, l.definition = true, true // a document that no template names
		return l
	}
	if len(l.prefix) > 1 {
		switch l.prefix[1] {
		case "Body", "DefinitionBody":
			l.openAPI = true
		case "BodyS3Location", "DefinitionUri":
			l.openAPI, l.definition, l.outer = true, true, 2
		}
	}
	return l
}

// id is the logical id in the location's own stack.
func (l location) id() string { return l.resource[strings.LastIndexByte(l.resource, '/')+1:] }

func (l location) setting(value, before any, names ...string) setting {
	if l.openAPI && len(names) > 0 {
		names[0] = openAPIName(names[0])
	} else if l.v2 && len(names) > 0 {
		names[0] = v2Name(names[0])
	}
	return setting{at: l, path: append(slices.Clone(l.prefix), names...), value: value, before: before, item: none}
}

func (l location) itemSetting(item int, value, before any, names ...string) setting {
	s := l.setting(value, before, names...)
	s.item = item
	return s
}

// openAPIName is the name of a property in API Gateway's OpenAPI extensions.
func openAPIName(property string) string {
	switch property {
	case "IntegrationHttpMethod":
		return "httpMethod"
	case "IntegrationResponses", "MethodResponses":
		return "responses"
	}
	return strings.ToLower(property[:1]) + property[1:]
}

// v2Name is the name of a property of AWS::ApiGatewayV2::Integration.
func v2Name(property string) string {
	switch property {
	case "IntegrationHttpMethod":
		return "IntegrationMethod"
	case "Uri":
		return "IntegrationUri"
	case "Credentials":
		return "CredentialsArn"
	case "Type":
		return "IntegrationType"
	case "ContentHandling":
		return "ContentHandlingStrategy"
	}
	return property
}

var integrationProperty = map[snapshot.IntegrationField]string{
	snapshot.FieldHTTPMethod: "IntegrationHttpMethod", snapshot.FieldURI: "Uri", snapshot.FieldCredentials: "Credentials",
	snapshot.FieldPassthrough: "PassthroughBehavior", snapshot.FieldType: "Type", snapshot.FieldContentHandling: "ContentHandling",
	snapshot.FieldTimeout: "TimeoutInMillis", snapshot.FieldSubtype: "IntegrationSubtype", snapshot.FieldPayloadFormat: "PayloadFormatVersion",
}

// settings turns a change into properties of a template: at the place the
// property has in the user's own template, or in a resource of the usual form.
// A deployment gives none: see deploymentNote.
func settings(s *snapshot.Snapshot, change snapshot.Change) ([]setting, error) {
	switch c := change.(type) {
	case snapshot.SetRequestParameter:
		return one(integrationAt(s, c.On).setting(entry(c.After), entry(stored(s, c)), "RequestParameters", c.Name))
	case snapshot.SetTemplate:
		return one(integrationAt(s, c.On).setting(entry(c.After), entry(stored(s, c)), "RequestTemplates", c.ContentType))
	case snapshot.SetIntegration:
		property, ok := integrationProperty[c.Field]
		if !ok {
			return nil, fmt.Errorf("no such property of an integration: %q", c.Field)
		}
		if c.Field == snapshot.FieldTimeout {
			return one(integrationAt(s, c.On).setting(typed(c.After), typed(fieldNow(s, c)), property))
		}
		return one(integrationAt(s, c.On).setting(entry(c.After), entry(fieldNow(s, c)), property))
	case snapshot.SetIntegrationResponse:
		if err := statusFree(s, c); err != nil {
			return nil, err
		}
		if routed(s, c.On.API) {
			return routedResponse(s, c)
		}
		return one(responseSetting(s, c))
	case snapshot.AddRouteResponse:
		return routeResponseSettings(s, c)
	case snapshot.SetAuthorization:
		return one(methodAt(s, c.On).setting(c.After, entry(c.Before), "AuthorizationType"))
	case snapshot.SetRouteKey, snapshot.SetScopes:
		return routeSetting(s, c)
	case snapshot.SetAutoDeploy:
		l, err := stageAt(s, c.API, c.Stage)
		if err != nil {
			return nil, err
		}
		return one(l.setting(true, nil, "AutoDeploy"))
	case snapshot.RemoveMethod:
		l := methodAt(s, c.On)
		st := l.setting(nil, nil)
		if !l.openAPI {
			st.only = l.prefix // the resource goes as a whole
		}
		return one(st)
	case snapshot.AddMethodResponse:
		l := methodAt(s, c.On)
		if l.openAPI {
			return one(l.setting(map[string]any{"description": c.Status}, nil, "MethodResponses", c.Status))
		}
		return one(l.itemSetting(appended, map[string]any{"StatusCode": c.Status}, nil, "MethodResponses"))
	case snapshot.DeclareParameter:
		return parameterSetting(s, c)
	case snapshot.CreateRole:
		return roleSetting(c)
	case snapshot.SetStatement:
		return statementSettings(s, c)
	case snapshot.SetPolicyVersion:
		l, _, err := policyAt(s, c.On)
		if err != nil {
			return nil, err
		}
		return one(l.setting(c.After, entry(c.Before), "Version"))
	case snapshot.SetKeyEnabled:
		return keySetting(s, c)
	case snapshot.SetBinaryMediaTypes, snapshot.SetDefaultEndpoint, snapshot.SetRouteSelection:
		return apiSetting(s, c)
	case snapshot.SetValidator:
		return validatorSetting(s, c)
	case snapshot.DeclareResponseHeader:
		return headerSetting(s, c)
	case snapshot.AwaitMethods, snapshot.SetDeploymentAPI, snapshot.RemoveStageName:
		return deploymentSettings(s, c)
	case snapshot.SetQueueAttribute:
		queue, _ := s.Queue(c.Queue).Peek()
		l := location{}
		if queue != nil && queue.Origin.File != "" {
			l = locate(snapshot.Origin{Resource: queue.Origin.Resource, Path: "Properties", File: queue.Origin.File, Line: queue.Origin.Line}, "", "")
		} else {
			l = locate(snapshot.Origin{}, logicalID(text.ResourceOf(c.Queue)), "AWS::SQS::Queue", "Properties")
		}
		return one(l.setting(typed(c.After), typed(c.Before), c.Name))
	case snapshot.SetStageVariable:
		origin := snapshot.Origin{}
		if api := s.API(c.API); api != nil {
			stages, _ := api.Stages.Peek()
			if i := slices.IndexFunc(stages, func(st snapshot.Stage) bool { return st.Name == c.Stage }); i >= 0 {
				origin = stages[i].Variables.Origin()
			}
		}
		l := locate(snapshot.Origin{}, logicalID(c.Stage)+"Stage", "AWS::ApiGateway::Stage", "Properties", "Variables")
		if routed(s, c.API) {
			l = locate(snapshot.Origin{}, logicalID(c.Stage)+"Stage", "AWS::ApiGatewayV2::Stage", "Properties", "StageVariables")
		}
		if origin.File != "" {
			if origin.Path == "" {
				return nil, fmt.Errorf("the template has no place for variables of the stage %q", c.Stage)
			}
			l = locate(origin, "", "")
		}
		return one(l.setting(entry(c.After), entry(c.Before), c.Name))
	case snapshot.Deploy:
		return nil, nil
	}
	return nil, fmt.Errorf("no property of a template is known for: %s", change)
}

func one(s setting) ([]setting, error) { return []setting{s}, nil }

// entry is a text as a value: none when it is empty.
func entry(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// typed is a queue attribute with its type in a template.
func typed(value string) any {
	if value == "true" || value == "false" {
		return value == "true"
	}
	if n, err := strconv.Atoi(value); err == nil {
		return json.Number(strconv.Itoa(n))
	}
	return entry(value)
}

// fieldNow is what the property of an integration is now.
func fieldNow(s *snapshot.Snapshot, c snapshot.SetIntegration) string {
	i := integration(s, c.On)
	if i == nil {
		return c.Before
	}
	if c.Field == snapshot.FieldTimeout {
		millis, _ := i.TimeoutMillis.Peek()
		return strconv.Itoa(millis)
	}
	f := map[snapshot.IntegrationField]snapshot.Fact[string]{snapshot.FieldHTTPMethod: i.HTTPMethod, snapshot.FieldURI: i.URI, snapshot.FieldCredentials: i.Credentials,
		snapshot.FieldPassthrough: i.Passthrough, snapshot.FieldType: i.Type, snapshot.FieldContentHandling: i.ContentHandling,
		snapshot.FieldSubtype: i.Subtype, snapshot.FieldPayloadFormat: i.PayloadFormat}[c.Field]
	text, _ := f.Peek()
	return text
}

// splitPath takes Properties.Integration.RequestTemplates['application/json'] apart.
func splitPath(path string) []string {
	var out []string
	for path != "" {
		switch {
		case path[0] == '.':
			path = path[1:]
		case strings.HasPrefix(path, "['"):
			end := strings.Index(path, "']")
			if end < 0 {
				return append(out, path)
			}
			out, path = append(out, path[2:end]), path[end+2:]
		case path[0] == '[':
			end := strings.IndexByte(path, ']')
			if end < 0 {
				return append(out, path)
			}
			out, path = append(out, path[:end+1]), path[end+1:]
		default:
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				end = len(path)
			}
			out, path = append(out, path[:end]), path[end:]
		}
	}
	return out
}

// index reads [2]; other names are no index.
func index(name string) (int, bool) {
	if !strings.HasPrefix(name, "[") || !strings.HasSuffix(name, "]") {
		return 0, false
	}
	n, err := strconv.Atoi(name[1 : len(name)-1])
	return n, err == nil && n >= 0
}

// integrationAt is where the integration's properties stand.
func integrationAt(s *snapshot.Snapshot, ref snapshot.MethodRef) location {
	l := locate(snapshot.Origin{}, methodID(ref), "AWS::ApiGateway::Method", "Properties", "Integration")
	if routed(s, ref.API) {
		l = locate(snapshot.Origin{}, methodID(ref)+"Integration", "AWS::ApiGatewayV2::Integration", "Properties")
		l.v2 = true
	}
	if i := integration(s, ref); i != nil && i.Origin.File != "" {
		l = locate(i.Origin, "", "")
		api := s.API(ref.API)
		l.v2 = api != nil && api.Type != snapshot.REST && !l.openAPI
	}
	return l
}

func methodAt(s *snapshot.Snapshot, ref snapshot.MethodRef) location {
	if m := method(s, ref); m != nil && m.Origin.File != "" {
		return locate(m.Origin, "", "")
	}
	if routed(s, ref.API) {
		return locate(snapshot.Origin{}, methodID(ref)+"Route", "AWS::ApiGatewayV2::Route", "Properties")
	}
	return locate(snapshot.Origin{}, methodID(ref), "AWS::ApiGateway::Method", "Properties")
}

// methodID makes a logical id of a method: OrdersPost.
func methodID(ref snapshot.MethodRef) string {
	return logicalID(ref.Path + " " + strings.ToLower(ref.Method))
}

func logicalID(name string) string {
	var b strings.Builder
	upper := true
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
			if upper {
				r = []rune(strings.ToUpper(string(r)))[0]
			}
			b.WriteRune(r)
			upper = false
		default:
			upper = true
		}
	}
	if b.Len() == 0 {
		return "Root"
	}
	return b.String()
}

func responseSetting(s *snapshot.Snapshot, c snapshot.SetIntegrationResponse) setting {
	l := integrationAt(s, c.On)
	if c.Before != nil {
		c.Before = StoredResponse(integration(s, c.On), c.Before)
	}
	if l.openAPI {
		return openAPIResponse(l, c)
	}
	item := appended
	if c.Before != nil {
		if i := integration(s, c.On); i != nil {
			responses, _ := i.Responses.Peek()
			item = slices.IndexFunc(responses, func(r snapshot.IntegrationResponse) bool {
				return r.Pattern == c.Before.Pattern && r.Status == c.Before.Status
			})
		}
	}
	return l.itemSetting(item, responseValue(c.After, false), responseValue(c.Before, false), "IntegrationResponses")
}

// openAPIResponse stands under its pattern; another pattern is another member.
func openAPIResponse(l location, c snapshot.SetIntegrationResponse) setting {
	key := func(r *snapshot.IntegrationResponse) string {
		if r.Pattern == "" {
			return "default"
		}
		return r.Pattern
	}
	switch {
	case c.After == nil:
		return l.setting(nil, responseValue(c.Before, true), "IntegrationResponses", key(c.Before))
	case c.Before != nil && key(c.Before) != key(c.After):
		// The member is renamed: the one object is edited as a whole.
		return l.setting(map[string]any{key(c.After): responseValue(c.After, true)}, map[string]any{key(c.Before): responseValue(c.Before, true)}, "IntegrationResponses")
	}
	return l.setting(responseValue(c.After, true), responseValue(c.Before, true), "IntegrationResponses", key(c.After))
}

// responseValue is an integration response as a template writes it, nil for none.
func responseValue(r *snapshot.IntegrationResponse, openAPI bool) any {
	if r == nil {
		return nil
	}
	named := func(property string) string {
		if openAPI {
			return openAPIName(property)
		}
		return property
	}
	value := map[string]any{named("StatusCode"): r.Status}
	if r.Pattern != "" && !openAPI {
		value["SelectionPattern"] = r.Pattern
	}
	if r.ContentHandling != "" {
		value[named("ContentHandling")] = r.ContentHandling
	}
	for property, m := range map[string]map[string]string{"ResponseTemplates": r.Templates, "ResponseParameters": r.Parameters} {
		if len(m) > 0 {
			inner := map[string]any{}
			for k, v := range m {
				inner[k] = v
			}
			value[named(property)] = inner
		}
	}
	return value
}

func parameterSetting(s *snapshot.Snapshot, c snapshot.DeclareParameter) ([]setting, error) {
	l := methodAt(s, c.On)
	if !l.openAPI {
		return one(l.setting(c.Required, nil, "RequestParameters", c.Name))
	}
	parts := strings.SplitN(c.Name, ".", 4)
	if len(parts) < 4 {
		return nil, fmt.Errorf("%q is no request parameter, expected one such as method.request.header.X-Tenant", c.Name)
	}
	in := map[string]string{"header": "header", "querystring": "query", "path": "path"}[parts[2]]
	return one(l.itemSetting(appended, map[string]any{"name": parts[3], "in": in, "required": c.Required, "schema": map[string]any{"type": "string"}}, nil, "Parameters"))
}

// deploymentNote says how a template makes a change take effect.
const deploymentNote = "give AWS::ApiGateway::Deployment a new logical id, so that the stack update deploys the change (SAM and CDK do it by themselves)"

// roleSetting is a role as a resource of its own.
func roleSetting(c snapshot.CreateRole) ([]setting, error) {
	trust, err := parseStatement(c.Trust)
	if err != nil {
		return nil, err
	}
	document, err := parseStatement(c.Document)
	if err != nil {
		return nil, err
	}
	l := location{resource: logicalID(c.Name()), kind: "AWS::IAM::Role"}
	if c.At.File != "" {
		l.resource, l.file, l.line = c.At.Resource, c.At.File, c.At.Line
	}
	st := l.setting(map[string]any{"AssumeRolePolicyDocument": trust, "Policies": []any{map[string]any{"PolicyName": c.Policy, "PolicyDocument": document}}}, nil, "Properties")
	st.exact = true
	return one(st)
}
