package live

import (
	"context"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
)

// routedReader reads one HTTP or WebSocket API. Its control plane lists
// everything apart, and lists have no paginators (H80).
type routedReader struct {
	*reader
	api *apigatewayv2.GetApiOutput

	routes       *later[answer[[]types.Route]]
	integrations *later[answer[[]types.Integration]]
	stages       *later[answer[[]types.Stage]]
	deployments  *later[answer[[]types.Deployment]]
	draft        *later[snapshot.Fact[snapshot.Configuration]]
	exports      memo[snapshot.Fact[snapshot.Configuration]] // by stage; of the draft without one
}

// routed asks whether the API is an HTTP or WebSocket API.
func (r *reader) routed() (*routedReader, *failure) {
	own := r.inCollection("apis")
	api, failed := call(r.ctx, r.calls, own.spec("GetApi", r.name()), func(ctx context.Context) (*apigatewayv2.GetApiOutput, error) {
		out, err := r.httpGateway.GetApi(ctx, &apigatewayv2.GetApiInput{ApiId: &r.apiID})
		switch {
		case err != nil:
			return nil, err
		case aws.ToString(out.ApiId) != r.apiID:
			return nil, about("API", out.ApiId)
		case typeOf(out.ProtocolType) == "":
			return nil, lacks("protocol type")
		}
		return out, nil
	})
	if failed != nil {
		return nil, failed
	}
	return &routedReader{reader: own, api: api}, nil
}

// typeOf is the type of API with the protocol; empty for a protocol that is none.
func typeOf(protocol types.ProtocolType) snapshot.APIType {
	switch protocol {
	case types.ProtocolTypeHttp:
		return snapshot.HTTP
	case types.ProtocolTypeWebsocket:
		return snapshot.WebSocket
	}
	return ""
}

func (r *routedReader) typ() snapshot.APIType { return typeOf(r.api.ProtocolType) }

// read reads everything that belongs to the API.
func (r *routedReader) read() (snapshot.API, error) {
	r.routes = start(r.readRoutes)
	r.integrations = start(r.readIntegrations)
	r.stages = start(r.readStages)
	r.deployments = start(r.readDeployments)
	r.draft = start(r.readDraft)
	followed := start(r.followAll)
	domains := start(r.domainsOf)

	stages := r.stages.wait()
	var names []string
	for _, stage := range stages.value {
		names = append(names, aws.ToString(stage.StageName))
	}
	if err := r.checkStage(names, stages.failure); err != nil {
		if r.several {
			followed.wait()
		}
		return snapshot.API{}, err
	}
	followed.wait()
	at := r.at()
	api := snapshot.API{ID: r.apiID, Name: aws.ToString(r.api.Name), Type: r.typ(), Origin: at,
		EndpointTypes:           snapshot.Known([]string{"REGIONAL"}, at), // H69: there are no others
		DefaultEndpointDisabled: snapshot.Known(aws.ToBool(r.api.DisableExecuteApiEndpoint), at.At("disableExecuteApiEndpoint")),
		Policy:                  snapshot.Known("", at), // H69: there is none
		RouteSelection:          snapshot.Known(aws.ToString(r.api.RouteSelectionExpression), at.At("routeSelectionExpression")),
		APIKeySource:            snapshot.Known(aws.ToString(r.api.ApiKeySelectionExpression), at.At("apiKeySelectionExpression")),
		Draft:                   r.draft.wait(),
		Stages:                  r.stageFacts(),
		Domains:                 domains.wait(),
	}
	return api, nil
}

// followAll begins to read the exports, and the roles, queues and keys that the
// draft and the exports name.
func (r *routedReader) followAll() struct{} {
	if r.typ() == snapshot.HTTP {
		r.export("") // the draft as an export shows it
		if r.stage != "" && !r.stageOptional {
			r.export(r.stage)
		}
	}
	stages := r.stages.wait()
	for _, stage := range stages.value {
		name := aws.ToString(stage.StageName)
		if (r.stage == "" || r.stage == name) && aws.ToString(stage.DeploymentId) != "" && r.typ() == snapshot.HTTP {
			r.export(name)
		}
	}
	r.follow(value(r.draft.wait()), r.variables(""))
	r.followLogging(r.typ() == snapshot.WebSocket && slices.ContainsFunc(stages.value, routedLogs)) // L62, L63
	r.exports.all()
	return struct{}{}
}

// variables gives the sets of stage variables under which a configuration may run:
// of one stage or, without a name, of every stage.
func (r *routedReader) variables(name string) []map[string]string {
	sets := []map[string]string{}
	for _, stage := range r.stages.wait().value {
		if name == "" || aws.ToString(stage.StageName) == name {
			sets = append(sets, stage.StageVariables)
		}
	}
	if len(sets) == 0 {
		sets = append(sets, nil)
	}
	return sets
}

func list[T any](items []T, failed *failure) answer[[]T] { return answer[[]T]{items, failed} }

const routedPage = "500" // H80: the number is a text

func (r *routedReader) readRoutes() answer[[]types.Route] {
	return list(everyPage(r.account, r.spec("GetRoutes", "routes", "routes"), func(ctx context.Context, token *string) ([]types.Route, *string, error) {
		out, err := r.httpGateway.GetRoutes(ctx, &apigatewayv2.GetRoutesInput{ApiId: &r.apiID, MaxResults: aws.String(routedPage), NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		for _, route := range out.Items {
			if aws.ToString(route.RouteId) == "" || aws.ToString(route.RouteKey) == "" {
				return nil, nil, lacks("id and key of a route")
			}
		}
		return out.Items, out.NextToken, nil
	}))
}

func (r *routedReader) readIntegrations() answer[[]types.Integration] {
	return list(everyPage(r.account, r.spec("GetIntegrations", "integrations", "integrations"), func(ctx context.Context, token *string) ([]types.Integration, *string, error) {
		out, err := r.httpGateway.GetIntegrations(ctx, &apigatewayv2.GetIntegrationsInput{ApiId: &r.apiID, MaxResults: aws.String(routedPage), NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		for _, in := range out.Items {
			if aws.ToString(in.IntegrationId) == "" || in.IntegrationType == "" {
				return nil, nil, lacks("id and type of an integration")
			}
		}
		return out.Items, out.NextToken, nil
	}))
}

func (r *routedReader) readStages() answer[[]types.Stage] {
	return list(everyPage(r.account, r.spec("GetStages", "stages", "stages"), func(ctx context.Context, token *string) ([]types.Stage, *string, error) {
		out, err := r.httpGateway.GetStages(ctx, &apigatewayv2.GetStagesInput{ApiId: &r.apiID, MaxResults: aws.String(routedPage), NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		for _, stage := range out.Items {
			if aws.ToString(stage.StageName) == "" {
				return nil, nil, lacks("name of a stage")
			}
		}
		return out.Items, out.NextToken, nil
	}))
}

func (r *routedReader) readDeployments() answer[[]types.Deployment] {
	return list(everyPage(r.account, r.spec("GetDeployments", "deployments", "deployments"), func(ctx context.Context, token *string) ([]types.Deployment, *string, error) {
		out, err := r.httpGateway.GetDeployments(ctx, &apigatewayv2.GetDeploymentsInput{ApiId: &r.apiID, MaxResults: aws.String(routedPage), NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		return out.Items, out.NextToken, nil
	}))
}

// readDraft puts the routes together with their integrations and authorizers.
func (r *routedReader) readDraft() snapshot.Fact[snapshot.Configuration] {
	routes := r.routes.wait()
	if routes.failure != nil {
		return unknown[snapshot.Configuration](routes.failure, r.at("routes"))
	}
	integrations := r.integrations.wait()
	at := r.at()
	c := snapshot.Configuration{Methods: []snapshot.Method{}, BinaryMediaTypes: snapshot.Known([]string{}, at),
		CORS: snapshot.Known(corsOf(r.api.CorsConfiguration), at.At("corsConfiguration"))}
	var methods []*later[snapshot.Method]
	for _, route := range routes.value {
		methods = append(methods, start(func() snapshot.Method { return r.method(route, integrations) }))
	}
	for _, m := range methods {
		c.Methods = append(c.Methods, m.wait())
	}
	sortRoutes(c.Methods)
	for _, m := range c.Methods {
		c.Routes = append(c.Routes, m.Path)
	}
	slices.Sort(c.Routes)
	c.Routes = slices.Compact(c.Routes)
	c.Authorizers = r.authorizers(c.Methods)
	return snapshot.Known(c, r.at("routes"))
}

func corsOf(c *types.Cors) *snapshot.CORS {
	if c == nil {
		return nil
	}
	return &snapshot.CORS{Origins: c.AllowOrigins, Methods: c.AllowMethods, Headers: c.AllowHeaders, Exposed: c.ExposeHeaders,
		Credentials: aws.ToBool(c.AllowCredentials), MaxAge: int(aws.ToInt32(c.MaxAge))}
}

// authorizers reads those that the routes to SQS use, and those that may lead there.
func (r *routedReader) authorizers(methods []snapshot.Method) map[string]snapshot.Fact[snapshot.Authorizer] {
	used := []string{}
	for _, m := range methods {
		if id := value(m.AuthorizerID); id != "" && (leadsToSQS(m) || !m.Integration.IsKnown()) {
			used = append(used, id)
		}
	}
	return listed(r.reader, "GetAuthorizers", "authorizers", "authorizers", used,
		func(ctx context.Context, token *string) ([]types.Authorizer, *string, error) {
			out, err := r.httpGateway.GetAuthorizers(ctx, &apigatewayv2.GetAuthorizersInput{ApiId: &r.apiID, MaxResults: aws.String(routedPage), NextToken: token})
			if err != nil {
				return nil, nil, err
			}
			return out.Items, out.NextToken, nil
		},
		func(a types.Authorizer) (string, snapshot.Authorizer) {
			out := snapshot.Authorizer{Name: aws.ToString(a.Name), Type: string(a.AuthorizerType), IdentitySource: strings.Join(a.IdentitySource, ","),
				Validation: aws.ToString(a.IdentityValidationExpression), URI: aws.ToString(a.AuthorizerUri)}
			if jwt := a.JwtConfiguration; jwt != nil {
				out.Issuer, out.Audience = aws.ToString(jwt.Issuer), strings.Join(jwt.Audience, ",")
			}
			return aws.ToString(a.AuthorizerId), out
		})
}
