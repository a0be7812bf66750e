package cli

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"net/http"
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

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
)

// emulated is an AWS emulator, and what was deployed in it of one configuration.
type emulated struct {
	url     string
	account string
	cfg     aws.Config
	gateway *apigateway.Client
	iam     *iam.Client
	kms     *kms.Client

	api     string            // id
	roles   []string          // names
	queues  map[string]string // URL by ARN
	aliases []string          // of keys
}

// reach makes the clients for the account and the region of a configuration. The
// emulator takes a key id of twelve digits for the account.
func (e *emulated) reach(s *snapshot.Snapshot) {
	e.account = s.Target.Account
	e.cfg = aws.Config{Region: s.Target.Region, BaseEndpoint: aws.String(e.url), RetryMaxAttempts: 1, Credentials: credentials.NewStaticCredentialsProvider(e.account, "test", "")}
	e.gateway, e.iam, e.kms = apigateway.NewFromConfig(e.cfg), iam.NewFromConfig(e.cfg), kms.NewFromConfig(e.cfg)
	e.api, e.roles, e.queues, e.aliases = "", nil, map[string]string{}, nil
}

func peeked[T any](f snapshot.Fact[T]) T {
	v, _ := f.Peek()
	return v
}

// deploy makes the first API of a snapshot, with its roles, queues and keys. The
// error is what the emulator refuses.
func (e *emulated) deploy(ctx context.Context, s *snapshot.Snapshot) error {
	for _, ref := range slices.Sorted(maps.Keys(s.Keys)) {
		if key := peeked(s.Keys[ref]); key != nil && peeked(key.Manager) != "AWS" && text.AccountOf(key.ARN) == e.account {
			if err := e.key(ctx, ref, key); err != nil {
				return err
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

// key makes a key, or sets one right that an earlier configuration left: keys are not
// deleted at once. AWS's own keys are made by the emulator.
func (e *emulated) key(ctx context.Context, ref string, key *snapshot.Key) error {
	id := key.ARN[strings.LastIndexByte(key.ARN, '/')+1:]
	_, err := e.kms.CreateKey(ctx, &kms.CreateKeyInput{Tags: []kmstypes.Tag{{TagKey: aws.String("_custom_id_"), TagValue: &id}}})
	var there *kmstypes.AlreadyExistsException
	if err != nil && !errors.As(err, &there) {
		return err
	}
	if policy := peeked(key.Policy); policy != "" {
		if _, err := e.kms.PutKeyPolicy(ctx, &kms.PutKeyPolicyInput{KeyId: &id, PolicyName: aws.String("default"), Policy: &policy}); err != nil {
			return err
		}
	}
	if peeked(key.State) == "Disabled" {
		_, err = e.kms.DisableKey(ctx, &kms.DisableKeyInput{KeyId: &id})
	} else {
		_, err = e.kms.EnableKey(ctx, &kms.EnableKeyInput{KeyId: &id})
	}
	if i := strings.Index(ref, ":alias/"); i > 0 && err == nil {
		e.aliases = append(e.aliases, ref[i+1:])
		_, err = e.kms.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String(ref[i+1:]), TargetKeyId: &id})
	}
	return err
}

// sqs is a client for the region and, as the owner, the account of a queue.
func (e *emulated) sqs(arn string) *sqs.Client {
	return sqs.NewFromConfig(e.cfg, func(o *sqs.Options) {
		o.Region, o.Credentials = text.RegionOf(arn), credentials.NewStaticCredentialsProvider(text.AccountOf(arn), "test", "")
	})
}

func (e *emulated) queue(ctx context.Context, q *snapshot.Queue) error {
	in := &sqs.CreateQueueInput{QueueName: aws.String(q.ARN[strings.LastIndexByte(q.ARN, ':')+1:]), Attributes: map[string]string{}}
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
	out, err := e.sqs(q.ARN).CreateQueue(ctx, in)
	if err == nil {
		e.queues[q.ARN] = aws.ToString(out.QueueUrl)
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
	// The id is the configuration's: policies name it.
	in := &apigateway.CreateRestApiInput{Name: aws.String("api-" + api.ID), BinaryMediaTypes: peeked(c.BinaryMediaTypes),
		DisableExecuteApiEndpoint: peeked(api.DefaultEndpointDisabled), Tags: map[string]string{"_custom_id_": api.ID}}
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

// message is one that lies in a queue, as the emulator lists those of a queue, the
// delayed ones too.
type message struct {
	Queue     string `xml:"-"` // ARN
	Body      string
	Attribute []struct{ Name, Value string }
	Own       []struct {
		Name  string
		Value struct{ DataType, StringValue, BinaryValue string }
	} `xml:"MessageAttribute"`
}

// attribute is one that SQS adds.
func (m *message) attribute(name string) string {
	for _, a := range m.Attribute {
		if a.Name == name {
			return a.Value
		}
	}
	return ""
}

// received takes the messages from all queues.
func (e *emulated) received(ctx context.Context) (list []message, err error) {
	for _, arn := range slices.Sorted(maps.Keys(e.queues)) {
		var doc struct {
			Messages []message `xml:"ReceiveMessageResult>Message"`
		}
		at := strings.Join([]string{e.url, "_aws/sqs/messages", text.RegionOf(arn), text.AccountOf(arn), arn[strings.LastIndexByte(arn, ':')+1:]}, "/")
		if err := e.get(ctx, at+"?ShowInvisible=true&ShowDelayed=true", &doc); err != nil {
			return nil, fmt.Errorf("the messages of %s: %w", arn, err)
		}
		for i := range doc.Messages {
			doc.Messages[i].Queue = arn
		}
		list = append(list, doc.Messages...)
		if len(doc.Messages) > 0 {
			if _, err := e.sqs(arn).PurgeQueue(ctx, &sqs.PurgeQueueInput{QueueUrl: aws.String(e.queues[arn])}); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

func (e *emulated) get(ctx context.Context, at string, doc any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.New(response.Status)
	}
	return xml.NewDecoder(response.Body).Decode(doc)
}

// remove takes everything away again.
func (e *emulated) remove() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if e.api != "" {
		_, _ = e.gateway.DeleteRestApi(ctx, &apigateway.DeleteRestApiInput{RestApiId: &e.api})
	}
	for arn, url := range e.queues {
		_, _ = e.sqs(arn).DeleteQueue(ctx, &sqs.DeleteQueueInput{QueueUrl: &url})
	}
	for _, alias := range e.aliases {
		_, _ = e.kms.DeleteAlias(ctx, &kms.DeleteAliasInput{AliasName: &alias})
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
