package apply

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
)

// write gives a cell the value to; from is what it holds. What was made under an
// id of AWS's choosing is returned: the id of a deployment.
func (c *clients) write(ctx context.Context, cell *Cell, from, to *string) (made *string, err error) {
	region := inRegion(cell.Region, gatewayRegion)
	if cell.Kind.routed() {
		return c.writeRouted(ctx, cell, from, to)
	}
	switch cell.Kind {
	case integrationField:
		return nil, c.patchIntegration(ctx, cell, []types.PatchOperation{patchOf(cell.Path, from, to)})
	case wholeIntegration:
		return nil, c.putIntegration(ctx, cell, aws.ToString(to))
	case integrationResponse:
		return nil, c.writeResponse(ctx, cell, from, to)
	case methodResponse:
		if to == nil {
			_, err = c.gateway.DeleteMethodResponse(ctx, &apigateway.DeleteMethodResponseInput{RestApiId: &cell.API, ResourceId: &cell.Resource, HttpMethod: &cell.Method, StatusCode: &cell.Path}, region)
			return nil, err
		}
		_, err = c.gateway.PutMethodResponse(ctx, &apigateway.PutMethodResponseInput{RestApiId: &cell.API, ResourceId: &cell.Resource, HttpMethod: &cell.Method, StatusCode: &cell.Path}, region)
	case methodParameter:
		_, err = c.gateway.UpdateMethod(ctx, &apigateway.UpdateMethodInput{RestApiId: &cell.API, ResourceId: &cell.Resource, HttpMethod: &cell.Method,
			PatchOperations: []types.PatchOperation{patchOf(cell.Path, from, to)}}, region)
	case stageVariable:
		_, err = c.gateway.UpdateStage(ctx, &apigateway.UpdateStageInput{RestApiId: &cell.API, StageName: &cell.Stage, PatchOperations: []types.PatchOperation{patchOf(cell.Path, value("x"), to)}}, region)
	case deployment:
		return c.deploy(ctx, cell, to)
	case methodValidator:
		id := aws.ToString(to) // an empty id is none
		_, err = c.gateway.UpdateMethod(ctx, &apigateway.UpdateMethodInput{RestApiId: &cell.API, ResourceId: &cell.Resource, HttpMethod: &cell.Method,
			PatchOperations: []types.PatchOperation{{Op: types.OpReplace, Path: &cell.Path, Value: &id}}}, region)
	case responseHeader:
		status, path, _ := strings.Cut(cell.Path, "/")
		p := types.PatchOperation{Op: types.OpRemove, Path: aws.String("/" + path)}
		if to != nil {
			p.Op, p.Value = types.OpAdd, aws.String("false")
		}
		_, err = c.gateway.UpdateMethodResponse(ctx, &apigateway.UpdateMethodResponseInput{RestApiId: &cell.API, ResourceId: &cell.Resource, HttpMethod: &cell.Method,
			StatusCode: &status, PatchOperations: []types.PatchOperation{p}}, region)
	case mediaTypes, defaultEndpoint, resourcePolicy:
		var ops []types.PatchOperation
		if ops, err = apiPatches(cell.Kind, from, to); err == nil {
			_, err = c.gateway.UpdateRestApi(ctx, &apigateway.UpdateRestApiInput{RestApiId: &cell.API, PatchOperations: ops}, region)
		}
	case keyState:
		if aws.ToString(to) == "Enabled" {
			_, err = c.kms.EnableKey(ctx, &kms.EnableKeyInput{KeyId: &cell.ARN}, inRegion(cell.Region, keyRegion))
		} else {
			_, err = c.kms.DisableKey(ctx, &kms.DisableKeyInput{KeyId: &cell.ARN}, inRegion(cell.Region, keyRegion))
		}
	case inlinePolicy:
		if to == nil {
			_, err = c.iam.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: &cell.Role, PolicyName: &cell.Path})
			return nil, err
		}
		_, err = c.iam.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: &cell.Role, PolicyName: &cell.Path, PolicyDocument: to})
	case wholeRole:
		if to == nil {
			_, err = c.iam.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &cell.Role})
			return nil, err
		}
		_, err = c.iam.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &cell.Role, AssumeRolePolicyDocument: to, Description: aws.String("made by apisqs-doctor fix: API Gateway sends to a queue with it")})
	case trustPolicy:
		_, err = c.iam.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: &cell.Role, PolicyDocument: to})
	case attachment:
		if to == nil {
			_, err = c.iam.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: &cell.Role, PolicyArn: &cell.ARN})
		} else {
			_, err = c.iam.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: &cell.Role, PolicyArn: &cell.ARN})
		}
	case managedPolicy:
		_, err = c.iam.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: &cell.ARN, PolicyDocument: to, SetAsDefault: true})
	case queueAttribute:
		_, err = c.sqs.SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{QueueUrl: &cell.Queue, Attributes: map[string]string{cell.Path: aws.ToString(to)}}, inRegion(cell.Region, queueRegion))
	case keyPolicy:
		_, err = c.kms.PutKeyPolicy(ctx, &kms.PutKeyPolicyInput{KeyId: &cell.ARN, PolicyName: aws.String("default"), Policy: to}, inRegion(cell.Region, keyRegion))
	default:
		err = errors.New("no call is known for " + string(cell.Kind))
	}
	return nil, err
}

// apiPatches lead a setting of an API from one state to another.
func apiPatches(kind Kind, from, to *string) ([]types.PatchOperation, error) {
	replace := func(path, value string) []types.PatchOperation {
		return []types.PatchOperation{{Op: types.OpReplace, Path: &path, Value: &value}}
	}
	switch kind {
	case defaultEndpoint:
		return replace("/disableExecuteApiEndpoint", strconv.FormatBool(aws.ToString(to) == "disabled")), nil
	case resourcePolicy:
		return replace("/policy", aws.ToString(to)), nil
	}
	var before, after []string
	for p, list := range map[*string]*[]string{from: &before, to: &after} {
		if p != nil {
			if err := json.Unmarshal([]byte(*p), list); err != nil {
				return nil, err
			}
		}
	}
	var ops []types.PatchOperation
	for _, p := range remedy.MediaTypePatches(before, after) {
		ops = append(ops, types.PatchOperation{Op: types.Op(p.Op), Path: aws.String(p.Path)})
	}
	return ops, nil
}

// patchOf leads a value from one state to another. Only entries of maps can be
// added; a property is always there.
func patchOf(path string, from, to *string) types.PatchOperation {
	switch {
	case to == nil:
		return types.PatchOperation{Op: types.OpRemove, Path: &path}
	case from == nil && strings.Count(path, "/") > 1:
		return types.PatchOperation{Op: types.OpAdd, Path: &path, Value: to}
	}
	return types.PatchOperation{Op: types.OpReplace, Path: &path, Value: to}
}

func (c *clients) patchIntegration(ctx context.Context, cell *Cell, ops []types.PatchOperation) error {
	_, err := c.gateway.UpdateIntegration(ctx, &apigateway.UpdateIntegrationInput{RestApiId: &cell.API, ResourceId: &cell.Resource, HttpMethod: &cell.Method, PatchOperations: ops}, inRegion(cell.Region, gatewayRegion))
	return err
}

// putIntegration stores an integration anew, and its responses after it.
func (c *clients) putIntegration(ctx context.Context, cell *Cell, whole string) error {
	var in remedy.Integration
	if err := json.Unmarshal([]byte(whole), &in); err != nil {
		return err
	}
	put := &apigateway.PutIntegrationInput{RestApiId: &cell.API, ResourceId: &cell.Resource, HttpMethod: &cell.Method, Type: types.IntegrationType(in.Type),
		IntegrationHttpMethod: value(in.HTTPMethod), Uri: value(in.URI), Credentials: value(in.Credentials), PassthroughBehavior: value(in.Passthrough),
		ContentHandling: types.ContentHandlingStrategy(in.ContentHandling), RequestParameters: in.Parameters, RequestTemplates: in.Templates}
	if in.TimeoutMillis > 0 {
		put.TimeoutInMillis = aws.Int32(int32(in.TimeoutMillis))
	}
	if _, err := c.gateway.PutIntegration(ctx, put, inRegion(cell.Region, gatewayRegion)); err != nil {
		return err
	}
	for _, r := range in.Responses {
		if err := c.putResponse(ctx, cell, r); err != nil {
			return err
		}
	}
	return nil
}

func (c *clients) putResponse(ctx context.Context, cell *Cell, r snapshot.IntegrationResponse) error {
	_, err := c.gateway.PutIntegrationResponse(ctx, &apigateway.PutIntegrationResponseInput{RestApiId: &cell.API, ResourceId: &cell.Resource, HttpMethod: &cell.Method,
		StatusCode: &r.Status, SelectionPattern: value(r.Pattern), ContentHandling: types.ContentHandlingStrategy(r.ContentHandling),
		ResponseParameters: r.Parameters, ResponseTemplates: r.Templates}, inRegion(cell.Region, gatewayRegion))
	return err
}

// writeResponse adds, changes or removes the integration response of a status.
func (c *clients) writeResponse(ctx context.Context, cell *Cell, from, to *string) error {
	region := inRegion(cell.Region, gatewayRegion)
	if to == nil {
		_, err := c.gateway.DeleteIntegrationResponse(ctx, &apigateway.DeleteIntegrationResponseInput{RestApiId: &cell.API, ResourceId: &cell.Resource, HttpMethod: &cell.Method, StatusCode: &cell.Path}, region)
		return err
	}
	var before, after snapshot.IntegrationResponse
	if err := json.Unmarshal([]byte(*to), &after); err != nil {
		return err
	}
	if from == nil {
		return c.putResponse(ctx, cell, after)
	}
	if err := json.Unmarshal([]byte(*from), &before); err != nil {
		return err
	}
	var ops []types.PatchOperation
	for _, p := range remedy.ResponsePatches(before, after) {
		op := types.PatchOperation{Op: types.Op(p.Op), Path: aws.String(p.Path)}
		if p.Op != "remove" {
			op.Value = aws.String(p.Value)
		}
		ops = append(ops, op)
	}
	_, err := c.gateway.UpdateIntegrationResponse(ctx, &apigateway.UpdateIntegrationResponseInput{RestApiId: &cell.API, ResourceId: &cell.Resource, HttpMethod: &cell.Method, StatusCode: &cell.Path, PatchOperations: ops}, region)
	return err
}

// deploy deploys the draft, or sends a stage back to an earlier deployment.
func (c *clients) deploy(ctx context.Context, cell *Cell, to *string) (made *string, err error) {
	region := inRegion(cell.Region, gatewayRegion)
	if to != nil {
		_, err := c.gateway.UpdateStage(ctx, &apigateway.UpdateStageInput{RestApiId: &cell.API, StageName: &cell.Stage,
			PatchOperations: []types.PatchOperation{{Op: types.OpReplace, Path: aws.String("/deploymentId"), Value: to}}}, region)
		return to, err
	}
	out, err := c.gateway.CreateDeployment(ctx, &apigateway.CreateDeploymentInput{RestApiId: &cell.API, StageName: &cell.Stage, Description: aws.String("apisqs-doctor fix")}, region)
	if err != nil {
		return nil, err
	}
	return out.Id, nil
}
