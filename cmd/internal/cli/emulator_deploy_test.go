package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	gatewaytypes "github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"apisqs-doctor/diagnose/snapshot"
)

// emulated is an AWS emulator, and what was deployed in it of one configuration.
type emulated struct {
	url     string
	account string
	cfg     aws.Config
	gateway *apigateway.Client
	iam     *iam.Client
	kms     *kms.Client

	api    string            // id
	roles  []string          // names
	queues map[string]string // URL by region and name
}

// reach makes the clients for the account and the region of a configuration. The
// emulator takes a key id of twelve digits for the account.
func (e *emulated) reach(s *snapshot.Snapshot) {
	e.account = s.Target.Account
	e.cfg = aws.Config{Region: s.Target.Region, BaseEndpoint: aws.String(e.url), RetryMaxAttempts: 1, Credentials: credentials.NewStaticCredentialsProvider(e.account, "test", "")}
	e.gateway, e.iam, e.kms = apigateway.NewFromConfig(e.cfg), iam.NewFromConfig(e.cfg), kms.NewFromConfig(e.cfg)
	e.api, e.roles, e.queues = "", nil, map[string]string{}
}

func peeked[T any](f snapshot.Fact[T]) T {
	v, _ := f.Peek()
	return v
}

// deploy makes the first API of a snapshot, with its roles, queues and keys. The
// error is what the emulator refuses.
func (e *emulated) deploy(ctx context.Context, s *snapshot.Snapshot) error {
	for _, arn := range slices.Sorted(maps.Keys(s.Keys)) {
		if key := peeked(s.Keys[arn]); key != nil && strings.Contains(key.ARN, ":key/") {
			in := &kms.CreateKeyInput{Tags: []kmstypes.Tag{{TagKey: aws.String("_custom_id_"), TagValue: aws.String(key.ARN[strings.LastIndexByte(key.ARN, '/')+1:])}}}
			if policy := peeked(key.Policy); policy != "" {
				in.Policy = &policy
			}
			// A key of an earlier case may still be there: keys are not deleted at once.
			_, _ = e.kms.CreateKey(ctx, in)
			if i := strings.Index(arn, ":alias/"); i > 0 {
				_, _ = e.kms.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String(arn[i+1:]), TargetKeyId: in.Tags[0].TagValue})
			}
		}
	}
	for _, arn := range slices.Sorted(maps.Keys(s.Queues)) {
		if queue := peeked(s.Queues[arn]); queue != nil {
			if err := e.queue(ctx, queue); err != nil {
				return err
			}
		}
	}
	for _, arn := range slices.Sorted(maps.Keys(s.Roles)) {
		if role := peeked(s.Roles[arn]); role != nil {
			if err := e.role(ctx, role); err != nil {
				return err
			}
		}
	}
	return e.rest(ctx, &s.APIs[0])
}

func (e *emulated) sqs(region string) *sqs.Client {
	return sqs.NewFromConfig(e.cfg, func(o *sqs.Options) { o.Region = region })
}

func (e *emulated) queue(ctx context.Context, q *snapshot.Queue) error {
	parts := strings.Split(q.ARN, ":")
	if len(parts) != 6 || parts[4] != e.account {
		return nil
	}
	in := &sqs.CreateQueueInput{QueueName: &parts[5], Attributes: map[string]string{}}
	for name, value := range map[string]string{"KmsMasterKeyId": peeked(q.KMSKeyID), "Policy": peeked(q.Policy)} {
		if value != "" {
			in.Attributes[name] = value
		}
	}
	if peeked(q.FIFO) {
		in.Attributes["FifoQueue"] = "true"
		in.Attributes["ContentBasedDeduplication"] = fmt.Sprint(peeked(q.ContentBasedDeduplication))
	}
	if size := peeked(q.MaximumMessageSize); size > 0 {
		in.Attributes["MaximumMessageSize"] = fmt.Sprint(size)
	}
	out, err := e.sqs(parts[3]).CreateQueue(ctx, in)
	if err == nil {
		e.queues[parts[3]+":"+parts[5]] = aws.ToString(out.QueueUrl)
	}
	return err
}

func (e *emulated) role(ctx context.Context, r *snapshot.Role) error {
	name := r.ARN[strings.LastIndexByte(r.ARN, '/')+1:]
	path := "/" + r.ARN[strings.IndexByte(r.ARN, '/')+1:len(r.ARN)-len(name)]
	if !strings.Contains(r.ARN, ":"+e.account+":") {
		return nil
	}
	trust := peeked(r.Trust)
	_, err := e.iam.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &name, Path: &path, AssumeRolePolicyDocument: &trust})
	var there *iamtypes.EntityAlreadyExistsException
	if errors.As(err, &there) { // under another ARN of the case, or left by an earlier one
		_, err = e.iam.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: &name, PolicyDocument: &trust})
	}
	if err != nil {
		return err
	}
	e.roles = append(e.roles, name)
	for i, p := range append(slices.Clone(peeked(r.Inline)), peeked(r.Attached)...) {
		policy, document := fmt.Sprint("p", i, p.Name), peeked(p.Document)
		if document == "" {
			continue
		}
		if _, err := e.iam.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: &name, PolicyName: &policy, PolicyDocument: &document}); err != nil {
			return err
		}
	}
	return nil
}

func (e *emulated) rest(ctx context.Context, api *snapshot.API) error {
	c, ok := api.Draft.Peek()
	if !ok {
		return fmt.Errorf("the draft is not known")
	}
	in := &apigateway.CreateRestApiInput{Name: aws.String("api-" + api.ID), BinaryMediaTypes: peeked(c.BinaryMediaTypes)}
	if policy := peeked(api.Policy); policy != "" {
		in.Policy = &policy
	}
	out, err := e.gateway.CreateRestApi(ctx, in)
	if err != nil {
		return err
	}
	e.api = aws.ToString(out.Id)
	validators := map[string]string{"": ""}
	for _, id := range slices.Sorted(maps.Keys(c.Validators)) {
		v := peeked(c.Validators[id])
		made, err := e.gateway.CreateRequestValidator(ctx, &apigateway.CreateRequestValidatorInput{RestApiId: &e.api, Name: aws.String("v-" + id), ValidateRequestBody: v.Body, ValidateRequestParameters: v.Parameters})
		if err != nil {
			return err
		}
		validators[id] = aws.ToString(made.Id)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Models)) {
		schema := peeked(c.Models[name])
		if name == "Empty" || name == "Error" || schema == "" {
			continue
		}
		if _, err := e.gateway.CreateModel(ctx, &apigateway.CreateModelInput{RestApiId: &e.api, Name: &name, ContentType: aws.String("application/json"), Schema: &schema}); err != nil {
			return err
		}
	}
	resources := map[string]string{"/": aws.ToString(out.RootResourceId)}
	for _, m := range c.Methods {
		id, err := e.resource(ctx, resources, m.Path)
		if err == nil {
			err = e.method(ctx, id, validators, &m)
		}
		if err != nil {
			return err
		}
	}
	for _, stage := range peeked(api.Stages) {
		if peeked(stage.DeploymentID) == "" {
			continue
		}
		if _, err := e.gateway.CreateDeployment(ctx, &apigateway.CreateDeploymentInput{RestApiId: &e.api, StageName: &stage.Name, Variables: peeked(stage.Variables)}); err != nil {
			return err
		}
	}
	return nil
}

func (e *emulated) resource(ctx context.Context, made map[string]string, path string) (string, error) {
	if id, ok := made[path]; ok {
		return id, nil
	}
	i := strings.LastIndexByte(path, '/')
	parent, err := e.resource(ctx, made, "/"+strings.TrimPrefix(path[:i], "/"))
	if err != nil {
		return "", err
	}
	out, err := e.gateway.CreateResource(ctx, &apigateway.CreateResourceInput{RestApiId: &e.api, ParentId: &parent, PathPart: aws.String(path[i+1:])})
	if err != nil {
		return "", err
	}
	made[path] = aws.ToString(out.Id)
	return made[path], nil
}

func (e *emulated) method(ctx context.Context, resource string, validators map[string]string, m *snapshot.Method) error {
	in, ok := m.Integration.Peek()
	if !ok {
		return fmt.Errorf("the integration is not known")
	}
	authorization := peeked(m.Authorization)
	if authorization != "AWS_IAM" {
		authorization = "NONE"
	}
	put := &apigateway.PutMethodInput{RestApiId: &e.api, ResourceId: &resource, HttpMethod: &m.HTTPMethod, AuthorizationType: &authorization,
		ApiKeyRequired: peeked(m.APIKeyRequired), RequestParameters: peeked(m.RequestParameters), RequestModels: peeked(m.RequestModels)}
	if id := validators[peeked(m.ValidatorID)]; id != "" {
		put.RequestValidatorId = &id
	}
	if _, err := e.gateway.PutMethod(ctx, put); err != nil || in == nil {
		return err
	}
	for _, status := range slices.Sorted(maps.Keys(peeked(m.Responses))) {
		if _, err := e.gateway.PutMethodResponse(ctx, &apigateway.PutMethodResponseInput{RestApiId: &e.api, ResourceId: &resource, HttpMethod: &m.HTTPMethod,
			StatusCode: &status, ResponseParameters: peeked(m.Responses)[status].Parameters}); err != nil {
			return err
		}
	}
	texts := func(f snapshot.Fact[map[string]snapshot.Fact[string]]) map[string]string {
		out := map[string]string{}
		for name, value := range peeked(f) {
			out[name] = peeked(value)
		}
		return out
	}
	text := func(f snapshot.Fact[string]) *string {
		if v := peeked(f); v != "" {
			return &v
		}
		return nil
	}
	if _, err := e.gateway.PutIntegration(ctx, &apigateway.PutIntegrationInput{RestApiId: &e.api, ResourceId: &resource, HttpMethod: &m.HTTPMethod,
		Type: gatewaytypes.IntegrationType(strings.ToUpper(peeked(in.Type))), IntegrationHttpMethod: text(in.HTTPMethod), Uri: text(in.URI), Credentials: text(in.Credentials),
		RequestParameters: texts(in.RequestParameters), RequestTemplates: texts(in.Templates), PassthroughBehavior: text(in.Passthrough),
		ContentHandling: gatewaytypes.ContentHandlingStrategy(peeked(in.ContentHandling))}); err != nil {
		return err
	}
	for _, r := range peeked(in.Responses) {
		put := &apigateway.PutIntegrationResponseInput{RestApiId: &e.api, ResourceId: &resource, HttpMethod: &m.HTTPMethod, StatusCode: &r.Status,
			ResponseParameters: r.Parameters, ResponseTemplates: r.Templates, ContentHandling: gatewaytypes.ContentHandlingStrategy(r.ContentHandling)}
		if r.Pattern != "" {
			put.SelectionPattern = &r.Pattern
		}
		if _, err := e.gateway.PutIntegrationResponse(ctx, put); err != nil {
			return err
		}
	}
	return nil
}

// received takes the messages from all queues.
func (e *emulated) received(ctx context.Context) (list []sqstypes.Message) {
	for _, key := range slices.Sorted(maps.Keys(e.queues)) {
		region, _, _ := strings.Cut(key, ":")
		url, client := e.queues[key], e.sqs(region)
		out, err := client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &url, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"}, VisibilityTimeout: 300})
		if err != nil {
			continue
		}
		for _, m := range out.Messages {
			_, _ = client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: m.ReceiptHandle})
		}
		list = append(list, out.Messages...)
	}
	return list
}

// remove takes everything away again.
func (e *emulated) remove() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if e.api != "" {
		_, _ = e.gateway.DeleteRestApi(ctx, &apigateway.DeleteRestApiInput{RestApiId: &e.api})
	}
	for key, url := range e.queues {
		region, _, _ := strings.Cut(key, ":")
		_, _ = e.sqs(region).DeleteQueue(ctx, &sqs.DeleteQueueInput{QueueUrl: &url})
	}
	for _, name := range e.roles {
		if list, err := e.iam.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: &name}); err == nil {
			for _, policy := range list.PolicyNames {
				_, _ = e.iam.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: &name, PolicyName: &policy})
			}
		}
		_, _ = e.iam.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &name})
	}
}
