package apply

import (
	"context"
	"encoding/json"
	"errors"
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"apisqs-doctor/diagnose/snapshot"
)

// answerState is what an integration response of a WebSocket API makes of SQS's answer.
type answerState struct {
	Selection  string            `json:"selection,omitempty"` // template selection expression
	Templates  map[string]string `json:"templates,omitempty"`
	Parameters map[string]string `json:"parameters,omitempty"`
	Handling   string            `json:"contentHandling,omitempty"`
}

func answerOf(r *snapshot.IntegrationResponse) *string {
	if r == nil {
		return nil
	}
	return value(encode(answerState{r.TemplateSelection, r.Templates, r.Parameters, r.ContentHandling}))
}

// routedAnswerCell plans a change of an integration response that is there.
func routedAnswerCell(cell Cell, in *snapshot.Integration, c snapshot.SetIntegrationResponse) (Cell, error) {
	switch {
	case in == nil || in.ID == "":
		return cell, errors.New("the id of the integration was not read")
	case c.After != nil && c.After.Pattern != c.Before.Pattern:
		return cell, errors.New("the key of an integration response is not changed; make another one")
	}
	cell.Kind, cell.API, cell.Resource, cell.Path, cell.On = routedAnswer, c.On.API, in.ID, keyOf(c.Before.Pattern), c.On.String()
	cell.Before, cell.After = answerOf(c.Before), answerOf(c.After)
	return cell, nil
}

// integrationResponse finds the integration response of a WebSocket API by its key; nil
// where there is none.
func (c *clients) integrationResponse(ctx context.Context, cell *Cell) (*types.IntegrationResponse, error) {
	var token *string
	for {
		out, err := c.routed.GetIntegrationResponses(ctx, &apigatewayv2.GetIntegrationResponsesInput{ApiId: &cell.API, IntegrationId: &cell.Resource, NextToken: token}, inRegion(cell.Region, routedRegion))
		if err != nil {
			return nil, err
		}
		for _, r := range out.Items {
			if aws.ToString(r.IntegrationResponseKey) == cell.Path {
				return &r, nil
			}
		}
		if token = out.NextToken; aws.ToString(token) == "" {
			return nil, nil
		}
	}
}

func (c *clients) readAnswer(ctx context.Context, cell *Cell) (*string, error) {
	r, err := c.integrationResponse(ctx, cell)
	if err != nil || r == nil {
		return nil, err
	}
	return value(encode(answerState{aws.ToString(r.TemplateSelectionExpression), r.ResponseTemplates, r.ResponseParameters, string(r.ContentHandlingStrategy)})), nil
}

// writeAnswer gives an integration response the state to. An update takes no entry of
// a map away, so that one that loses something is made anew.
func (c *clients) writeAnswer(ctx context.Context, cell *Cell, to *string) error {
	region := inRegion(cell.Region, routedRegion)
	stored, err := c.integrationResponse(ctx, cell)
	if err != nil {
		return err
	}
	var is answerState
	if to != nil {
		if err := json.Unmarshal([]byte(*to), &is); err != nil {
			return err
		}
	}
	if stored != nil && (to == nil || is.loses(stored)) {
		if _, err := c.routed.DeleteIntegrationResponse(ctx, &apigatewayv2.DeleteIntegrationResponseInput{ApiId: &cell.API, IntegrationId: &cell.Resource, IntegrationResponseId: stored.IntegrationResponseId}, region); err != nil {
			return err
		}
		stored = nil
	}
	switch {
	case to == nil:
		return nil
	case stored == nil:
		_, err = c.routed.CreateIntegrationResponse(ctx, &apigatewayv2.CreateIntegrationResponseInput{ApiId: &cell.API, IntegrationId: &cell.Resource, IntegrationResponseKey: &cell.Path,
			TemplateSelectionExpression: given(is.Selection), ResponseTemplates: is.Templates, ResponseParameters: is.Parameters, ContentHandlingStrategy: types.ContentHandlingStrategy(is.Handling)}, region)
		return err
	}
	_, err = c.routed.UpdateIntegrationResponse(ctx, &apigatewayv2.UpdateIntegrationResponseInput{ApiId: &cell.API, IntegrationId: &cell.Resource, IntegrationResponseId: stored.IntegrationResponseId,
		TemplateSelectionExpression: given(is.Selection), ResponseTemplates: is.Templates, ResponseParameters: is.Parameters, ContentHandlingStrategy: types.ContentHandlingStrategy(is.Handling)}, region)
	return err
}

// loses tells whether a state lacks something that is stored.
func (st *answerState) loses(stored *types.IntegrationResponse) bool {
	gone := func(have, wanted map[string]string) bool {
		for name := range maps.Keys(have) {
			if _, ok := wanted[name]; !ok {
				return true
			}
		}
		return false
	}
	return gone(stored.ResponseTemplates, st.Templates) || gone(stored.ResponseParameters, st.Parameters) || stored.ContentHandlingStrategy != "" && st.Handling == "" ||
		aws.ToString(stored.TemplateSelectionExpression) != "" && st.Selection == ""
}

// given is a text that is sent only where there is one.
func given(text string) *string {
	if text == "" {
		return nil
	}
	return &text
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

// keyOf is the key of an integration response: a pattern between slashes, or $default.
func keyOf(pattern string) string {
	if pattern == "" {
		return snapshot.RouteResponseKey
	}
	return "/" + pattern + "/"
}
