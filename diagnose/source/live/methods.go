package live

import (
	"cmp"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/openapi"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
)

// What the control plane assumes for an integration that does not say (T74).
const (
	defaultPassthrough = "WHEN_NO_MATCH"
	defaultTimeout     = 29000 // milliseconds
)

// configuration turns the resources, with their methods embedded (T163, T164),
// into the draft. Members that are unset are absent in the answer (T160, T161):
// an absent one is known to be empty.
func (r *reader) configuration(resources []types.Resource) snapshot.Configuration {
	out := snapshot.Configuration{Methods: []snapshot.Method{}, Routes: []string{}}
	for _, resource := range resources {
		path := aws.ToString(resource.Path)
		out.Routes = append(out.Routes, path)
		for verb, m := range resource.ResourceMethods {
			out.Methods = append(out.Methods, method(path, aws.ToString(resource.Id), verb, m, r.at("resources", aws.ToString(resource.Id), "methods", verb)))
		}
	}
	slices.Sort(out.Routes)
	slices.SortFunc(out.Methods, func(a, b snapshot.Method) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.HTTPMethod, b.HTTPMethod))
	})
	return out
}

func method(path, resource, verb string, m types.Method, at snapshot.Origin) snapshot.Method {
	if m.AuthorizationType == nil { // T160: each method has one; without it the method was not embedded
		return notEmbedded(path, resource, verb, at)
	}
	responses := map[string]snapshot.MethodResponse{}
	for status, response := range m.MethodResponses {
		here := at
		here.Resource += "/responses/" + status
		responses[status] = snapshot.MethodResponse{Parameters: nonNil(response.ResponseParameters), Origin: here}
	}
	return snapshot.Method{
		HTTPMethod:        verb,
		Path:              path,
		ResourceID:        resource,
		Origin:            at,
		Authorization:     snapshot.Known(strings.ToUpper(*m.AuthorizationType), at.At("authorizationType")),
		AuthorizerID:      snapshot.Known(aws.ToString(m.AuthorizerId), at.At("authorizerId")),
		Scopes:            snapshot.Known(append([]string{}, m.AuthorizationScopes...), at.At("authorizationScopes")),
		APIKeyRequired:    snapshot.Known(aws.ToBool(m.ApiKeyRequired), at.At("apiKeyRequired")),
		ValidatorID:       snapshot.Known(aws.ToString(m.RequestValidatorId), at.At("requestValidatorId")),
		RequestParameters: snapshot.Known(nonNil(m.RequestParameters), at.At("requestParameters")),
		RequestModels:     snapshot.Known(nonNil(m.RequestModels), at.At("requestModels")),
		Responses:         snapshot.Known(responses, at.At("methodResponses")),
		Integration:       integration(m.MethodIntegration, at),
	}
}

// notEmbedded is a method of which GetResources gave the name and no more.
func notEmbedded(path, resource, verb string, at snapshot.Origin) snapshot.Method {
	gap := snapshot.Gap{Reason: snapshot.Failed, Detail: "GetResources gave the name of " + verb + " " + path + " and no more", Origin: at}
	return snapshot.Method{
		HTTPMethod: verb, Path: path, ResourceID: resource, Origin: at,
		Authorization:     snapshot.Unknown[string](gap),
		AuthorizerID:      snapshot.Unknown[string](gap),
		Scopes:            snapshot.Unknown[[]string](gap),
		APIKeyRequired:    snapshot.Unknown[bool](gap),
		ValidatorID:       snapshot.Unknown[string](gap),
		RequestParameters: snapshot.Unknown[map[string]bool](gap),
		RequestModels:     snapshot.Unknown[map[string]string](gap),
		Responses:         snapshot.Unknown[map[string]snapshot.MethodResponse](gap),
		Integration:       snapshot.Unknown[*snapshot.Integration](gap),
	}
}

func integration(in *types.Integration, at snapshot.Origin) snapshot.Fact[*snapshot.Integration] {
	at.Resource += "/integration"
	if in == nil {
		return snapshot.Known[*snapshot.Integration](nil, at)
	}
	if in.Type == "" { // T161: each integration has one
		return snapshot.Unknown[*snapshot.Integration](snapshot.Gap{Reason: snapshot.Failed, Detail: "GetResources gave an integration without its type", Origin: at})
	}
	timeout := int(in.TimeoutInMillis)
	if timeout == 0 {
		timeout = defaultTimeout
	}
	return snapshot.Known(&snapshot.Integration{
		Origin:            at,
		Type:              snapshot.Known(string(in.Type), at.At("type")),
		HTTPMethod:        snapshot.Known(aws.ToString(in.HttpMethod), at.At("httpMethod")),
		URI:               snapshot.Known(aws.ToString(in.Uri), at.At("uri")),
		Credentials:       snapshot.Known(aws.ToString(in.Credentials), at.At("credentials")),
		RequestParameters: facts(in.RequestParameters, at.At("requestParameters")),
		Templates:         facts(in.RequestTemplates, at.At("requestTemplates")),
		Passthrough:       snapshot.Known(orDefault(aws.ToString(in.PassthroughBehavior), defaultPassthrough), at.At("passthroughBehavior")),
		ContentHandling:   snapshot.Known(string(in.ContentHandling), at.At("contentHandling")),
		TimeoutMillis:     snapshot.Known(timeout, at.At("timeoutInMillis")),
		Responses:         integrationResponses(in.IntegrationResponses, at),
	}, at)
}

func facts(values map[string]string, at snapshot.Origin) snapshot.Fact[map[string]snapshot.Fact[string]] {
	out := make(map[string]snapshot.Fact[string], len(values))
	for name, value := range values {
		out[name] = snapshot.Known(value, at.At("['"+name+"']"))
	}
	return snapshot.Known(out, at)
}

func integrationResponses(in map[string]types.IntegrationResponse, at snapshot.Origin) snapshot.Fact[[]snapshot.IntegrationResponse] {
	out := []snapshot.IntegrationResponse{}
	for status, response := range in {
		here := at
		here.Resource += "/responses/" + status
		out = append(out, snapshot.IntegrationResponse{
			Pattern:         aws.ToString(response.SelectionPattern),
			Status:          status,
			Parameters:      nonNil(response.ResponseParameters),
			Templates:       nonNil(response.ResponseTemplates),
			ContentHandling: string(response.ContentHandling),
			Origin:          here,
		})
	}
	openapi.SortResponses(out)
	return snapshot.Known(out, at.At("integrationResponses"))
}
