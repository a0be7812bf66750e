package apply

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
)

// The kinds of cells of HTTP and WebSocket APIs.
const (
	routedIntegration Kind = "routed-integration" // Resource is the integration's id; JSON of integrationState
	routedRoute       Kind = "routed-route"       // Resource is the route's id; JSON of routeState
	routeResponse     Kind = "route-response"     // Resource is the route's id, Path the key; declared
	routedResponse    Kind = "routed-response"    // Resource is the integration's id, Path the key; declared
	routedStage       Kind = "routed-stage"       // JSON of stageState
	routedDeployment  Kind = "routed-deployment"  // the id of the stage's deployment
	routedEndpoint    Kind = "routed-endpoint"    // enabled or disabled
)

// routed tells a kind of cell of an HTTP or WebSocket API.
func (k Kind) routed() bool {
	return slices.Contains([]Kind{routedIntegration, routedRoute, routeResponse, routedResponse, routedStage, routedDeployment, routedEndpoint}, k)
}

// integrationState are the members of an integration that a plan changes: a map
// replaces the one that is stored, and an HTTP API's parameters are always among
// them, because an update has to bring them again (H15).
type integrationState struct {
	Fields     map[snapshot.IntegrationField]string `json:"fields,omitempty"`
	Parameters map[string]string                    `json:"parameters"`
	Templates  map[string]string                    `json:"templates"`
	Responses  map[string]map[string]string         `json:"responses"`
}

// routeState are the members of a route that a plan changes.
type routeState struct {
	Authorization     *string `json:"authorization,omitempty"`
	ResponseSelection *string `json:"responseSelection,omitempty"`
}

// stageState are the members of a stage that a plan changes.
type stageState struct {
	AutoDeploy *bool             `json:"autoDeploy,omitempty"`
	Variables  map[string]string `json:"variables"`
}

// integrationCells are the updates of integrations of HTTP and WebSocket APIs that
// fixes need, by the number of the first change of each among all changes.
func integrationCells(s *snapshot.Snapshot, fixes []diagnose.Fix) (map[int]Cell, error) {
	type target struct {
		ref     snapshot.MethodRef
		first   int
		changes []snapshot.Change
	}
	var list []*target
	after, n := s, 0
	for _, fix := range fixes {
		for _, change := range fix.Changes {
			if ref, ok := remedy.OfRoute(s, change); ok {
				at := slices.IndexFunc(list, func(t *target) bool { return t.ref == ref })
				if at < 0 {
					list, at = append(list, &target{ref: ref, first: n}), len(list)
				}
				list[at].changes = append(list[at].changes, change)
			}
			n++
			var err error
			if after, err = change.Apply(after); err != nil {
				return nil, err
			}
		}
	}
	cells := map[int]Cell{}
	for _, t := range list {
		was, is := integrationOf(s, t.ref), integrationOf(after, t.ref)
		if was == nil || is == nil || was.ID == "" {
			return nil, fmt.Errorf("the id of the integration of %s was not read", t.ref)
		}
		update, err := remedy.UpdateOf(s.API(t.ref.API), is, t.changes)
		if err != nil {
			return nil, fmt.Errorf("cannot %s: %w", t.changes[0], err)
		}
		before, err := remedy.IntegrationOf(was)
		if err != nil {
			return nil, err
		}
		cell := Cell{Kind: routedIntegration, Region: s.Target.Region, API: t.ref.API, Resource: was.ID, On: t.ref.String()}
		for i, change := range t.changes {
			if i > 0 {
				cell.What += "; "
			}
			cell.What += change.String()
		}
		whole, err := remedy.IntegrationOf(is)
		if err != nil {
			return nil, err
		}
		cell.Before, cell.After = value(encode(stateOf(update, was, before))), value(encode(stateOf(update, is, whole)))
		cells[t.first] = cell
	}
	return cells, nil
}

// stateOf are the members of an integration that an update brings.
func stateOf(u remedy.RoutedUpdate, in *snapshot.Integration, whole remedy.Integration) integrationState {
	st := integrationState{Fields: map[snapshot.IntegrationField]string{}}
	for name := range u.Fields {
		st.Fields[name] = field(in, name)
	}
	if u.Parameters != nil {
		st.Parameters = whole.Parameters
	}
	if u.Templates != nil {
		st.Templates = whole.Templates
	}
	if u.Responses != nil {
		st.Responses = map[string]map[string]string{}
		for _, r := range whole.Responses {
			st.Responses[r.Status] = r.Parameters
		}
	}
	return st
}

func integrationOf(s *snapshot.Snapshot, ref snapshot.MethodRef) *snapshot.Integration {
	m := draftMethod(s, ref)
	if m == nil {
		return nil
	}
	in, _ := m.Integration.Peek()
	return in
}

// routed plans a change of an HTTP or WebSocket API that is none of an integration's
// own; it is false for any other.
func (p *Plan) routed(cell Cell, before, after *snapshot.Snapshot, change snapshot.Change) (bool, error) {
	http := func(id string) bool { api := before.API(id); return api != nil && api.Type != snapshot.REST }
	switch c := change.(type) {
	case snapshot.SetIntegrationResponse:
		if !http(c.On.API) {
			return false, nil
		}
		in := integrationOf(before, c.On)
		if c.Before != nil || in == nil || in.ID == "" {
			return true, errors.New("an integration response of a WebSocket API is changed by its own id, which the doctor does not do")
		}
		cell.Kind, cell.API, cell.Resource, cell.Path, cell.On = routedResponse, c.On.API, in.ID, keyOf(c.After.Pattern), c.On.String()
		cell.After = value(present)
		p.add(cell)
	case snapshot.AddRouteResponse:
		m := draftMethod(before, c.On)
		if m == nil || m.ResourceID == "" {
			return true, fmt.Errorf("the id of the route %s was not read", c.On)
		}
		responses, ok := m.Responses.Peek()
		selection, known := m.ResponseSelection.Peek()
		if !ok || !known {
			return true, errors.New("the route responses were not read")
		}
		cell.API, cell.Resource, cell.On = c.On.API, m.ResourceID, c.On.String()
		if _, there := responses[snapshot.RouteResponseKey]; !there {
			answer := cell
			answer.Kind, answer.Path, answer.After = routeResponse, snapshot.RouteResponseKey, value(present)
			p.add(answer)
		}
		cell.Kind = routedRoute
		cell.Before, cell.After = value(encode(routeState{ResponseSelection: &selection})), value(encode(routeState{ResponseSelection: aws.String(snapshot.RouteResponseKey)}))
		p.add(cell)
	case snapshot.SetAuthorization:
		if !http(c.On.API) {
			return false, nil
		}
		m := draftMethod(before, c.On)
		if m == nil || m.ResourceID == "" {
			return true, fmt.Errorf("the id of the route %s was not read", c.On)
		}
		cell.Kind, cell.API, cell.Resource, cell.On = routedRoute, c.On.API, m.ResourceID, c.On.String()
		cell.Before, cell.After = value(encode(routeState{Authorization: &c.Before})), value(encode(routeState{Authorization: &c.After}))
		p.add(cell)
	case snapshot.SetAutoDeploy:
		cell.Kind, cell.API, cell.Stage = routedStage, c.API, c.Stage
		cell.Before, cell.After = value(encode(stageState{AutoDeploy: aws.Bool(false)})), value(encode(stageState{AutoDeploy: aws.Bool(true)}))
		p.add(cell)
	case snapshot.SetStageVariable:
		if !http(c.API) {
			return false, nil
		}
		was, is := variablesOf(before, c.API, c.Stage), variablesOf(after, c.API, c.Stage)
		if was == nil || is == nil {
			return true, errors.New("the stage's variables were not read")
		}
		cell.Kind, cell.API, cell.Stage = routedStage, c.API, c.Stage
		cell.Before, cell.After = value(encode(stageState{Variables: was})), value(encode(stageState{Variables: is}))
		p.add(cell)
	case snapshot.SetDefaultEndpoint:
		if !http(c.API) {
			return false, nil
		}
		was, ok := endpointOf(before.API(c.API))
		if !ok {
			return true, errors.New("what is there was not read")
		}
		cell.Kind, cell.API, cell.Before, cell.After = routedEndpoint, c.API, was, endpointText(c.Disabled)
		p.add(cell)
	default:
		return false, nil
	}
	return true, nil
}

// keyOf is the key of an integration response: a pattern between slashes, or $default.
func keyOf(pattern string) string {
	if pattern == "" {
		return snapshot.RouteResponseKey
	}
	return "/" + pattern + "/"
}

func variablesOf(s *snapshot.Snapshot, api, stage string) map[string]string {
	stages, _ := s.API(api).Stages.Peek()
	for _, st := range stages {
		if st.Name != stage {
			continue
		}
		if variables, ok := st.Variables.Peek(); ok && variables != nil {
			return variables
		} else if ok {
			return map[string]string{}
		}
	}
	return nil
}

// readRouted reads what a cell of an HTTP or WebSocket API holds now.
func (c *clients) readRouted(ctx context.Context, cell *Cell) (*string, error) {
	region := inRegion(cell.Region, routedRegion)
	switch cell.Kind {
	case routedIntegration:
		out, err := c.routed.GetIntegration(ctx, &apigatewayv2.GetIntegrationInput{ApiId: &cell.API, IntegrationId: &cell.Resource}, region)
		if err != nil {
			return nil, err
		}
		var st integrationState
		if err := json.Unmarshal([]byte(aws.ToString(cell.Before)), &st); err != nil {
			return nil, err
		}
		return value(encode(storedState(st, out))), nil
	case routedRoute:
		out, err := c.routed.GetRoute(ctx, &apigatewayv2.GetRouteInput{ApiId: &cell.API, RouteId: &cell.Resource}, region)
		if err != nil {
			return nil, err
		}
		var st routeState
		if err := json.Unmarshal([]byte(aws.ToString(cell.Before)), &st); err != nil {
			return nil, err
		}
		if st.Authorization != nil {
			st.Authorization = aws.String(string(out.AuthorizationType))
		}
		if st.ResponseSelection != nil {
			st.ResponseSelection = aws.String(aws.ToString(out.RouteResponseSelectionExpression))
		}
		return value(encode(st)), nil
	case routeResponse, routedResponse:
		id, err := c.responseID(ctx, cell)
		if id == "" {
			return nil, err
		}
		return value(present), nil
	case routedEndpoint:
		out, err := c.routed.GetApi(ctx, &apigatewayv2.GetApiInput{ApiId: &cell.API}, region)
		if err != nil {
			return nil, err
		}
		return endpointText(aws.ToBool(out.DisableExecuteApiEndpoint)), nil
	}
	out, err := c.routed.GetStage(ctx, &apigatewayv2.GetStageInput{ApiId: &cell.API, StageName: &cell.Stage}, region)
	if err != nil {
		return nil, err
	}
	if cell.Kind == routedDeployment {
		return out.DeploymentId, nil
	}
	var st stageState
	if err := json.Unmarshal([]byte(aws.ToString(cell.Before)), &st); err != nil {
		return nil, err
	}
	if st.AutoDeploy != nil {
		st.AutoDeploy = aws.Bool(aws.ToBool(out.AutoDeploy))
	}
	if st.Variables != nil {
		st.Variables = map[string]string{}
		for name, v := range out.StageVariables {
			st.Variables[name] = v
		}
	}
	return value(encode(st)), nil
}

// storedState gives the members that a state has what is stored of them.
func storedState(st integrationState, out *apigatewayv2.GetIntegrationOutput) integrationState {
	now := integrationState{Fields: map[snapshot.IntegrationField]string{}}
	stored := map[snapshot.IntegrationField]string{snapshot.FieldType: string(out.IntegrationType), snapshot.FieldSubtype: aws.ToString(out.IntegrationSubtype),
		snapshot.FieldURI: aws.ToString(out.IntegrationUri), snapshot.FieldHTTPMethod: aws.ToString(out.IntegrationMethod), snapshot.FieldCredentials: aws.ToString(out.CredentialsArn),
		snapshot.FieldPassthrough: string(out.PassthroughBehavior), snapshot.FieldContentHandling: string(out.ContentHandlingStrategy),
		snapshot.FieldPayloadFormat: aws.ToString(out.PayloadFormatVersion), snapshot.FieldTimeout: fmt.Sprint(aws.ToInt32(out.TimeoutInMillis))}
	for name, was := range st.Fields {
		if now.Fields[name] = stored[name]; stored[name] == "" && name == snapshot.FieldPassthrough {
			now.Fields[name] = was // the default, which is not told
		}
	}
	texts := func(wanted, have map[string]string) map[string]string {
		if wanted == nil {
			return nil
		}
		if have == nil {
			return map[string]string{}
		}
		return have
	}
	now.Parameters, now.Templates = texts(st.Parameters, out.RequestParameters), texts(st.Templates, out.RequestTemplates)
	if st.Responses != nil {
		now.Responses = map[string]map[string]string{}
		for status, mappings := range out.ResponseParameters {
			now.Responses[status] = mappings
		}
	}
	return now
}

// responseID is the id of a route response or an integration response by its key;
// empty when there is none.
func (c *clients) responseID(ctx context.Context, cell *Cell) (string, error) {
	region := inRegion(cell.Region, routedRegion)
	var token *string
	for {
		if cell.Kind == routeResponse {
			out, err := c.routed.GetRouteResponses(ctx, &apigatewayv2.GetRouteResponsesInput{ApiId: &cell.API, RouteId: &cell.Resource, NextToken: token}, region)
			if err != nil {
				return "", err
			}
			for _, r := range out.Items {
				if aws.ToString(r.RouteResponseKey) == cell.Path {
					return aws.ToString(r.RouteResponseId), nil
				}
			}
			token = out.NextToken
		} else {
			out, err := c.routed.GetIntegrationResponses(ctx, &apigatewayv2.GetIntegrationResponsesInput{ApiId: &cell.API, IntegrationId: &cell.Resource, NextToken: token}, region)
			if err != nil {
				return "", err
			}
			for _, r := range out.Items {
				if aws.ToString(r.IntegrationResponseKey) == cell.Path {
					return aws.ToString(r.IntegrationResponseId), nil
				}
			}
			token = out.NextToken
		}
		if aws.ToString(token) == "" {
			return "", nil
		}
	}
}

// writeRouted gives a cell of an HTTP or WebSocket API the value to; from is what it
// holds.
func (c *clients) writeRouted(ctx context.Context, cell *Cell, from, to *string) (made *string, err error) {
	region := inRegion(cell.Region, routedRegion)
	switch cell.Kind {
	case routedIntegration:
		in, err := integrationUpdate(cell, aws.ToString(from), aws.ToString(to))
		if err == nil {
			_, err = c.routed.UpdateIntegration(ctx, in, region)
		}
		return nil, err
	case routedRoute:
		var st routeState
		if err := json.Unmarshal([]byte(aws.ToString(to)), &st); err != nil {
			return nil, err
		}
		in := &apigatewayv2.UpdateRouteInput{ApiId: &cell.API, RouteId: &cell.Resource, RouteResponseSelectionExpression: st.ResponseSelection}
		if st.Authorization != nil {
			in.AuthorizationType = types.AuthorizationType(*st.Authorization)
		}
		_, err = c.routed.UpdateRoute(ctx, in, region)
	case routeResponse, routedResponse:
		err = c.writeResponsePart(ctx, cell, to)
	case routedEndpoint:
		_, err = c.routed.UpdateApi(ctx, &apigatewayv2.UpdateApiInput{ApiId: &cell.API, DisableExecuteApiEndpoint: aws.Bool(aws.ToString(to) == "disabled")}, region)
	case routedDeployment:
		if to != nil {
			_, err = c.routed.UpdateStage(ctx, &apigatewayv2.UpdateStageInput{ApiId: &cell.API, StageName: &cell.Stage, DeploymentId: to}, region)
			return to, err
		}
		out, err := c.routed.CreateDeployment(ctx, &apigatewayv2.CreateDeploymentInput{ApiId: &cell.API, StageName: &cell.Stage, Description: aws.String("apisqs-doctor fix")}, region)
		switch {
		case err != nil:
			return nil, err
		case out.DeploymentStatus == types.DeploymentStatusFailed:
			return nil, fmt.Errorf("the deployment failed: %s", aws.ToString(out.DeploymentStatusMessage))
		}
		return out.DeploymentId, nil
	case routedStage:
		var st stageState
		if err := json.Unmarshal([]byte(aws.ToString(to)), &st); err != nil {
			return nil, err
		}
		_, err = c.routed.UpdateStage(ctx, &apigatewayv2.UpdateStageInput{ApiId: &cell.API, StageName: &cell.Stage, AutoDeploy: st.AutoDeploy, StageVariables: st.Variables}, region)
	}
	return nil, err
}

func (c *clients) writeResponsePart(ctx context.Context, cell *Cell, to *string) error {
	region := inRegion(cell.Region, routedRegion)
	if to != nil {
		if cell.Kind == routeResponse {
			_, err := c.routed.CreateRouteResponse(ctx, &apigatewayv2.CreateRouteResponseInput{ApiId: &cell.API, RouteId: &cell.Resource, RouteResponseKey: &cell.Path}, region)
			return err
		}
		_, err := c.routed.CreateIntegrationResponse(ctx, &apigatewayv2.CreateIntegrationResponseInput{ApiId: &cell.API, IntegrationId: &cell.Resource, IntegrationResponseKey: &cell.Path}, region)
		return err
	}
	id, err := c.responseID(ctx, cell)
	if err != nil || id == "" {
		return err
	}
	if cell.Kind == routeResponse {
		_, err = c.routed.DeleteRouteResponse(ctx, &apigatewayv2.DeleteRouteResponseInput{ApiId: &cell.API, RouteId: &cell.Resource, RouteResponseId: &id}, region)
	} else {
		_, err = c.routed.DeleteIntegrationResponse(ctx, &apigatewayv2.DeleteIntegrationResponseInput{ApiId: &cell.API, IntegrationId: &cell.Resource, IntegrationResponseId: &id}, region)
	}
	return err
}

// integrationUpdate brings an integration from one state to another. What a state
// does not have any more of its response parameters goes with an empty value (H19).
func integrationUpdate(cell *Cell, from, to string) (*apigatewayv2.UpdateIntegrationInput, error) {
	var was, is integrationState
	if err := errors.Join(json.Unmarshal([]byte(from), &was), json.Unmarshal([]byte(to), &is)); err != nil {
		return nil, err
	}
	in := &apigatewayv2.UpdateIntegrationInput{ApiId: &cell.API, IntegrationId: &cell.Resource, RequestParameters: is.Parameters, RequestTemplates: is.Templates}
	for name, v := range is.Fields {
		switch name {
		case snapshot.FieldType:
			in.IntegrationType = types.IntegrationType(v)
		case snapshot.FieldSubtype:
			in.IntegrationSubtype = &v
		case snapshot.FieldURI:
			in.IntegrationUri = &v
		case snapshot.FieldHTTPMethod:
			in.IntegrationMethod = &v
		case snapshot.FieldCredentials:
			in.CredentialsArn = &v
		case snapshot.FieldPassthrough:
			in.PassthroughBehavior = types.PassthroughBehavior(v)
		case snapshot.FieldContentHandling:
			in.ContentHandlingStrategy = types.ContentHandlingStrategy(v)
		case snapshot.FieldPayloadFormat:
			in.PayloadFormatVersion = &v
		case snapshot.FieldTimeout:
			var millis int32
			if _, err := fmt.Sscan(v, &millis); err != nil {
				return nil, err
			}
			in.TimeoutInMillis = &millis
		}
	}
	if is.Responses != nil {
		in.ResponseParameters = map[string]map[string]string{}
		put := func(status, name, v string) {
			if in.ResponseParameters[status] == nil {
				in.ResponseParameters[status] = map[string]string{}
			}
			in.ResponseParameters[status][name] = v
		}
		for status, mappings := range was.Responses {
			for name := range mappings {
				put(status, name, "")
			}
		}
		for status, mappings := range is.Responses {
			for name, v := range mappings {
				put(status, name, v)
			}
		}
	}
	return in, nil
}
