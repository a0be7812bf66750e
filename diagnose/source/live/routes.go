package live

import (
	"context"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/openapi"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
)

const httpTimeout = 30000 // milliseconds, of an HTTP API's integration that does not say (H8)

// method turns a route into a method, with what is read for it alone.
func (r *routedReader) method(route types.Route, integrations answer[[]types.Integration]) snapshot.Method {
	id := aws.ToString(route.RouteId)
	at := r.at("routes", id)
	m := snapshot.Method{
		RouteKey: aws.ToString(route.RouteKey), ResourceID: id, Origin: at,
		Authorization:     snapshot.Known(orDefault(string(route.AuthorizationType), "NONE"), at.At("authorizationType")),
		AuthorizerID:      snapshot.Known(aws.ToString(route.AuthorizerId), at.At("authorizerId")),
		Scopes:            snapshot.Known(append([]string{}, route.AuthorizationScopes...), at.At("authorizationScopes")),
		APIKeyRequired:    snapshot.Known(aws.ToBool(route.ApiKeyRequired), at.At("apiKeyRequired")),
		ValidatorID:       snapshot.Known("", at),
		RequestParameters: snapshot.Known(required(route.RequestParameters), at.At("requestParameters")),
		RequestModels:     snapshot.Known(nonNil(route.RequestModels), at.At("requestModels")),
		ModelSelection:    snapshot.Known(aws.ToString(route.ModelSelectionExpression), at.At("modelSelectionExpression")),
		ResponseSelection: snapshot.Known(aws.ToString(route.RouteResponseSelectionExpression), at.At("routeResponseSelectionExpression")),
		Responses:         snapshot.Known(map[string]snapshot.MethodResponse{}, at.At("routeResponses")),
	}
	m.HTTPMethod, m.Path = assemble.RouteParts(r.typ(), m.RouteKey)
	m.Integration = r.target(route, integrations, at)
	if r.typ() == snapshot.WebSocket && leadsToSQS(m) {
		responses := start(func() snapshot.Fact[map[string]snapshot.MethodResponse] { return r.routeResponses(id, at) })
		in := *value(m.Integration) // several routes may share one
		in.Responses = r.integrationResponses(in.ID)
		m.Integration = m.Integration.With(&in)
		m.Responses = responses.wait()
	}
	return m
}

func required(in map[string]types.ParameterConstraints) map[string]bool {
	out := map[string]bool{}
	for name, constraints := range in {
		out[name] = aws.ToBool(constraints.Required)
	}
	return out
}

// target finds the integration of a route.
func (r *routedReader) target(route types.Route, integrations answer[[]types.Integration], at snapshot.Origin) snapshot.Fact[*snapshot.Integration] {
	at = at.At("target")
	id, ok := strings.CutPrefix(aws.ToString(route.Target), "integrations/")
	switch {
	case aws.ToString(route.Target) == "":
		return snapshot.Known[*snapshot.Integration](nil, at)
	case !ok:
		return snapshot.Unknown[*snapshot.Integration](snapshot.Gap{Reason: snapshot.Failed, Detail: "the route's target " + quote(*route.Target) + " is no integration", Origin: at})
	case integrations.failure != nil:
		return unknown[*snapshot.Integration](integrations.failure, at)
	}
	for _, in := range integrations.value {
		if aws.ToString(in.IntegrationId) == id {
			found := r.integration(in)
			return snapshot.Known(found, found.Origin)
		}
	}
	return snapshot.Unknown[*snapshot.Integration](snapshot.Gap{Reason: snapshot.Failed, Detail: "GetIntegrations did not list the integration " + id + " of the route", Origin: at})
}

func (r *routedReader) integration(in types.Integration) *snapshot.Integration {
	at := r.at("integrations", aws.ToString(in.IntegrationId))
	timeout := int(aws.ToInt32(in.TimeoutInMillis))
	if timeout == 0 {
		timeout = map[snapshot.APIType]int{snapshot.HTTP: httpTimeout, snapshot.WebSocket: defaultTimeout}[r.typ()]
	}
	out := &snapshot.Integration{
		ID: aws.ToString(in.IntegrationId), Origin: at,
		Type:              snapshot.Known(string(in.IntegrationType), at.At("integrationType")),
		Subtype:           snapshot.Known(aws.ToString(in.IntegrationSubtype), at.At("integrationSubtype")),
		HTTPMethod:        snapshot.Known(aws.ToString(in.IntegrationMethod), at.At("integrationMethod")),
		URI:               snapshot.Known(aws.ToString(in.IntegrationUri), at.At("integrationUri")),
		Credentials:       snapshot.Known(aws.ToString(in.CredentialsArn), at.At("credentialsArn")),
		RequestParameters: facts(in.RequestParameters, at.At("requestParameters")),
		Templates:         facts(in.RequestTemplates, at.At("requestTemplates")),
		Passthrough:       snapshot.Known(orDefault(string(in.PassthroughBehavior), defaultPassthrough), at.At("passthroughBehavior")),
		ContentHandling:   snapshot.Known(string(in.ContentHandlingStrategy), at.At("contentHandlingStrategy")),
		TimeoutMillis:     snapshot.Known(timeout, at.At("timeoutInMillis")),
		PayloadFormat:     snapshot.Known(aws.ToString(in.PayloadFormatVersion), at.At("payloadFormatVersion")),
		TemplateSelection: snapshot.Known(aws.ToString(in.TemplateSelectionExpression), at.At("templateSelectionExpression")),
		ResponseSelection: snapshot.Known(aws.ToString(in.IntegrationResponseSelectionExpression), at.At("integrationResponseSelectionExpression")),
	}
	responses := []snapshot.IntegrationResponse{}
	for status, parameters := range in.ResponseParameters { // H51
		responses = append(responses, snapshot.IntegrationResponse{Pattern: status, Status: status, Parameters: parameters,
			Origin: at.At("responseParameters['" + status + "']")})
	}
	openapi.SortResponses(responses)
	out.Responses = snapshot.Known(responses, at.At("responseParameters"))
	return out
}

// integrationResponses reads how a WebSocket API answers with what the service
// said. Their keys are $default or a pattern between slashes (H103).
func (r *routedReader) integrationResponses(integration string) snapshot.Fact[[]snapshot.IntegrationResponse] {
	path := []string{"integrations", integration, "integrationresponses"}
	items, failed := everyPage(r.account, r.spec("GetIntegrationResponses", "responses of integration "+integration, path...), func(ctx context.Context, token *string) ([]types.IntegrationResponse, *string, error) {
		out, err := r.httpGateway.GetIntegrationResponses(ctx, &apigatewayv2.GetIntegrationResponsesInput{ApiId: &r.apiID, IntegrationId: &integration, MaxResults: aws.String(routedPage), NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		for _, response := range out.Items {
			if aws.ToString(response.IntegrationResponseKey) == "" {
				return nil, nil, lacks("key of an integration response")
			}
		}
		return out.Items, out.NextToken, nil
	})
	if failed != nil {
		return unknown[[]snapshot.IntegrationResponse](failed, r.at(path...))
	}
	list := []snapshot.IntegrationResponse{}
	for _, in := range items {
		id := aws.ToString(in.IntegrationResponseId)
		list = append(list, snapshot.IntegrationResponse{ID: id, Pattern: responsePattern(*in.IntegrationResponseKey),
			Parameters: nonNil(in.ResponseParameters), Templates: nonNil(in.ResponseTemplates), TemplateSelection: aws.ToString(in.TemplateSelectionExpression),
			ContentHandling: string(in.ContentHandlingStrategy), Origin: r.at(append(path, id)...)})
	}
	openapi.SortResponses(list)
	return snapshot.Known(list, r.at(path...))
}

// responsePattern is the pattern in an integration response key; empty for the
// key of all that no pattern fits.
func responsePattern(key string) string {
	if n := len(key); n > 1 && key[0] == '/' && key[n-1] == '/' {
		return key[1 : n-1]
	}
	if key == "$default" {
		return ""
	}
	return key
}

func (r *routedReader) routeResponses(route string, at snapshot.Origin) snapshot.Fact[map[string]snapshot.MethodResponse] {
	at = at.At("routeResponses")
	items, failed := everyPage(r.account, r.spec("GetRouteResponses", "responses of route "+route, "routes", route, "routeresponses"), func(ctx context.Context, token *string) ([]types.RouteResponse, *string, error) {
		out, err := r.httpGateway.GetRouteResponses(ctx, &apigatewayv2.GetRouteResponsesInput{ApiId: &r.apiID, RouteId: &route, MaxResults: aws.String(routedPage), NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		return out.Items, out.NextToken, nil
	})
	if failed != nil {
		return unknown[map[string]snapshot.MethodResponse](failed, at)
	}
	out := map[string]snapshot.MethodResponse{}
	for _, response := range items {
		out[aws.ToString(response.RouteResponseKey)] = snapshot.MethodResponse{Parameters: required(response.ResponseParameters),
			Origin: r.at("routes", route, "routeresponses", aws.ToString(response.RouteResponseId))}
	}
	return snapshot.Known(out, at)
}
