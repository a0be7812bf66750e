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

	"apisqs-doctor/diagnose/snapshot"
)

// The kinds of cells of HTTP and WebSocket APIs.
const (
	routedIntegration Kind = "routed-integration" // Resource is the integration's id; JSON of integrationState
	routedRoute       Kind = "routed-route"       // Resource is the route's id; JSON of routeState
	routeResponse     Kind = "route-response"     // Resource is the route's id, Path the key; declared
	routedResponse    Kind = "routed-response"    // Resource is the integration's id, Path the key; declared
	routedAnswer      Kind = "routed-answer"      // Resource is the integration's id, Path the key; JSON of answerState
	routedStage       Kind = "routed-stage"       // JSON of stageState
	routedDeployment  Kind = "routed-deployment"  // the id of the stage's deployment
	routedEndpoint    Kind = "routed-endpoint"    // enabled or disabled
)

// routed tells a kind of cell of an HTTP or WebSocket API.
func (k Kind) routed() bool {
	return slices.Contains([]Kind{routedIntegration, routedRoute, routeResponse, routedResponse, routedAnswer, routedStage, routedDeployment, routedEndpoint}, k)
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
		if c.Before != nil {
			cell, err := routedAnswerCell(cell, in, c)
			if err == nil {
				p.add(cell)
			}
			return true, err
		}
		if in == nil || in.ID == "" {
			return true, fmt.Errorf("the id of the integration of %s was not read", c.On)
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
	case routedAnswer:
		return c.readAnswer(ctx, cell)
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
	case routedAnswer:
		err = c.writeAnswer(ctx, cell, to)
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
