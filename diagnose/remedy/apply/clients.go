package apply

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"

	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
)

// clients make the calls of a plan.
type clients struct {
	gateway *apigateway.Client
	routed  *apigatewayv2.Client
	iam     *iam.Client
	sqs     *sqs.Client
	kms     *kms.Client
	// methods are what was read of methods, so that the cells of one method are
	// compared after one call.
	methods map[string]types.Method
}

func newClients(cfg aws.Config) *clients {
	return &clients{gateway: apigateway.NewFromConfig(cfg), routed: apigatewayv2.NewFromConfig(cfg), iam: iam.NewFromConfig(cfg), sqs: sqs.NewFromConfig(cfg), kms: kms.NewFromConfig(cfg), methods: map[string]types.Method{}}
}

func inRegion[O any](region string, set func(*O, string)) func(*O) {
	return func(o *O) {
		if region != "" {
			set(o, region)
		}
	}
}

func gatewayRegion(o *apigateway.Options, r string)  { o.Region = r }
func routedRegion(o *apigatewayv2.Options, r string) { o.Region = r }
func queueRegion(o *sqs.Options, r string)           { o.Region = r }
func keyRegion(o *kms.Options, r string)             { o.Region = r }

// absent tells whether AWS says that there is no such thing.
func absent(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && (api.ErrorCode() == "NotFoundException" || api.ErrorCode() == "NoSuchEntity" || api.ErrorCode() == "NoSuchEntityException")
}

// read reads what a cell holds now.
func (c *clients) read(ctx context.Context, cell *Cell) (*string, error) {
	switch cell.Kind {
	case inlinePolicy:
		out, err := c.iam.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: &cell.Role, PolicyName: &cell.Path})
		if absent(err) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
		return document(out.PolicyDocument)
	case trustPolicy, wholeRole:
		out, err := c.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: &cell.Role})
		if cell.Kind == wholeRole && absent(err) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
		return document(out.Role.AssumeRolePolicyDocument)
	case attachment:
		return c.readAttachment(ctx, cell)
	case managedPolicy:
		policy, err := c.iam.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &cell.ARN})
		if err != nil {
			return nil, err
		}
		out, err := c.iam.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: &cell.ARN, VersionId: policy.Policy.DefaultVersionId})
		if err != nil {
			return nil, err
		}
		return document(out.PolicyVersion.Document)
	case queueAttribute:
		out, err := c.sqs.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &cell.Queue, AttributeNames: []sqstypes.QueueAttributeName{"All"}}, inRegion(cell.Region, queueRegion))
		if err != nil {
			return nil, err
		}
		return value(out.Attributes[cell.Path]), nil
	case keyPolicy:
		out, err := c.kms.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: &cell.ARN, PolicyName: aws.String("default")}, inRegion(cell.Region, keyRegion))
		if err != nil {
			return nil, err
		}
		return out.Policy, nil
	case stageVariable, deployment:
		return c.readStage(ctx, cell)
	case mediaTypes, defaultEndpoint, resourcePolicy:
		return c.readAPI(ctx, cell)
	case keyState:
		out, err := c.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &cell.ARN}, inRegion(cell.Region, keyRegion))
		if err != nil {
			return nil, err
		}
		if out.KeyMetadata == nil {
			return nil, errors.New("AWS does not tell the state of the key")
		}
		return value(string(out.KeyMetadata.KeyState)), nil
	}
	if cell.Kind.routed() {
		return c.readRouted(ctx, cell)
	}
	m, err := c.method(ctx, cell)
	if err != nil {
		return nil, err
	}
	return methodValue(m, cell)
}

// readAttachment tells whether the role has the managed policy.
func (c *clients) readAttachment(ctx context.Context, cell *Cell) (*string, error) {
	pages := iam.NewListAttachedRolePoliciesPaginator(c.iam, &iam.ListAttachedRolePoliciesInput{RoleName: &cell.Role})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, p := range out.AttachedPolicies {
			if aws.ToString(p.PolicyArn) == cell.ARN {
				return value(attached), nil
			}
		}
	}
	return nil, nil
}

// readAPI reads a setting of the API itself.
func (c *clients) readAPI(ctx context.Context, cell *Cell) (*string, error) {
	out, err := c.gateway.GetRestApi(ctx, &apigateway.GetRestApiInput{RestApiId: &cell.API}, inRegion(cell.Region, gatewayRegion))
	if err != nil {
		return nil, err
	}
	switch cell.Kind {
	case mediaTypes:
		return mediaTypesText(out.BinaryMediaTypes), nil
	case defaultEndpoint:
		return endpointText(out.DisableExecuteApiEndpoint), nil
	}
	// The control plane escapes the policy once more.
	text := aws.ToString(out.Policy)
	if plain, err := strconv.Unquote(`"` + text + `"`); err == nil && !json.Valid([]byte(text)) {
		text = plain
	}
	return value(text), nil
}

// document decodes a policy as IAM sends it.
func document(encoded *string) (*string, error) {
	plain, err := url.PathUnescape(aws.ToString(encoded))
	return &plain, err
}

func (c *clients) readStage(ctx context.Context, cell *Cell) (*string, error) {
	out, err := c.gateway.GetStages(ctx, &apigateway.GetStagesInput{RestApiId: &cell.API}, inRegion(cell.Region, gatewayRegion))
	if err != nil {
		return nil, err
	}
	for _, st := range out.Item {
		if aws.ToString(st.StageName) != cell.Stage {
			continue
		}
		if cell.Kind == deployment {
			return st.DeploymentId, nil
		}
		if v, ok := st.Variables[unescape(strings.TrimPrefix(cell.Path, "/variables/"))]; ok {
			return &v, nil
		}
		return nil, nil
	}
	return nil, nil
}

// method reads the method of a cell, with its integration.
func (c *clients) method(ctx context.Context, cell *Cell) (types.Method, error) {
	key := cell.API + "/" + cell.Resource
	if m, ok := c.methods[key+"/"+cell.Method]; ok {
		return m, nil
	}
	out, err := c.gateway.GetResource(ctx, &apigateway.GetResourceInput{RestApiId: &cell.API, ResourceId: &cell.Resource, Embed: []string{"methods"}}, inRegion(cell.Region, gatewayRegion))
	if err != nil {
		return types.Method{}, err
	}
	for verb, m := range out.ResourceMethods {
		c.methods[key+"/"+verb] = m
	}
	return c.methods[key+"/"+cell.Method], nil
}

// methodValue is the value of a cell of a method.
func methodValue(m types.Method, cell *Cell) (*string, error) {
	switch cell.Kind {
	case methodParameter:
		required, ok := m.RequestParameters[unescape(strings.TrimPrefix(cell.Path, "/requestParameters/"))]
		if !ok {
			return nil, nil
		} else if required {
			return aws.String("true"), nil
		}
		return aws.String("false"), nil
	case methodResponse:
		if _, ok := m.MethodResponses[cell.Path]; ok {
			return aws.String(present), nil
		}
		return nil, nil
	}
	switch cell.Kind {
	case methodValidator:
		return value(aws.ToString(m.RequestValidatorId)), nil
	case responseHeader:
		status, path, _ := strings.Cut(cell.Path, "/")
		if _, ok := m.MethodResponses[status].ResponseParameters[unescape(strings.TrimPrefix(path, "responseParameters/"))]; ok {
			return aws.String(present), nil
		}
		return nil, nil
	}
	in := m.MethodIntegration
	if in == nil {
		return nil, errors.New("the method has no integration any more")
	}
	switch cell.Kind {
	case integrationResponse:
		if r, ok := in.IntegrationResponses[cell.Path]; ok {
			plain := response(r)
			return responseText(&plain), nil
		}
		return nil, nil
	case wholeIntegration:
		return value(wholeText(whole(in))), nil
	}
	if name, ok := strings.CutPrefix(cell.Path, "/requestParameters/"); ok {
		return lookup(in.RequestParameters, unescape(name)), nil
	}
	if name, ok := strings.CutPrefix(cell.Path, "/requestTemplates/"); ok {
		return lookup(in.RequestTemplates, unescape(name)), nil
	}
	switch snapshot.IntegrationField(cell.Path[1:]) {
	case snapshot.FieldHTTPMethod:
		return in.HttpMethod, nil
	case snapshot.FieldURI:
		return in.Uri, nil
	case snapshot.FieldCredentials:
		return in.Credentials, nil
	case snapshot.FieldPassthrough:
		return in.PassthroughBehavior, nil
	case snapshot.FieldContentHandling:
		return value(string(in.ContentHandling)), nil
	case snapshot.FieldTimeout:
		return value(strconv.Itoa(int(in.TimeoutInMillis))), nil
	}
	return nil, errors.New("no such property: " + cell.Path)
}

func lookup(m map[string]string, name string) *string {
	if v, ok := m[name]; ok {
		return &v
	}
	return nil
}

func response(r types.IntegrationResponse) snapshot.IntegrationResponse {
	out := snapshot.IntegrationResponse{Status: aws.ToString(r.StatusCode), Pattern: aws.ToString(r.SelectionPattern), ContentHandling: string(r.ContentHandling)}
	if len(r.ResponseParameters) > 0 {
		out.Parameters = r.ResponseParameters
	}
	if len(r.ResponseTemplates) > 0 {
		out.Templates = r.ResponseTemplates
	}
	return out
}

// whole is the integration in the form of the cell's values.
func whole(in *types.Integration) remedy.Integration {
	out := remedy.Integration{Type: string(in.Type), HTTPMethod: aws.ToString(in.HttpMethod), URI: aws.ToString(in.Uri), Credentials: aws.ToString(in.Credentials),
		Passthrough: aws.ToString(in.PassthroughBehavior), ContentHandling: string(in.ContentHandling), TimeoutMillis: int(in.TimeoutInMillis),
		Parameters: map[string]string{}, Templates: map[string]string{}}
	for k, v := range in.RequestParameters {
		out.Parameters[k] = v
	}
	for k, v := range in.RequestTemplates {
		out.Templates[k] = v
	}
	for _, r := range in.IntegrationResponses {
		out.Responses = append(out.Responses, response(r))
	}
	return out
}
