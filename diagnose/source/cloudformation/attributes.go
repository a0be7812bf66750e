package cloudformation

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"apisqs-doctor/diagnose/source/tree"
)

// resourceKind says how the names of a resource type are made. Holes in the
// patterns: {name} the physical name, {id} an id that API Gateway would make
// up, {path} the IAM path, {partition}, {region}, {account}, {suffix}.
type resourceKind struct {
	name       string            // the property that gives the physical name
	ref        string            // what Ref gives
	attributes map[string]string // what Fn::GetAtt gives
}

const regional = "{region}:{account}:"

// kinds are the resource types whose names can be told before deployment.
var kinds = map[string]resourceKind{
	"AWS::SQS::Queue": {"QueueName", "https://sqs.{region}.{suffix}/{account}/{name}", map[string]string{
		"Arn": "arn:{partition}:sqs:" + regional + "{name}", "QueueName": "{name}", "QueueUrl": "https://sqs.{region}.{suffix}/{account}/{name}"}},
	"AWS::KMS::Alias":      {"AliasName", "{name}", nil},
	"AWS::IAM::Role":       {"RoleName", "{name}", map[string]string{"Arn": "arn:{partition}:iam::{account}:role{path}{name}"}},
	"AWS::IAM::User":       {"UserName", "{name}", map[string]string{"Arn": "arn:{partition}:iam::{account}:user{path}{name}"}},
	"AWS::IAM::Group":      {"GroupName", "{name}", map[string]string{"Arn": "arn:{partition}:iam::{account}:group{path}{name}"}},
	"AWS::IAM::Policy":     {"PolicyName", "{name}", nil},
	"AWS::IAM::RolePolicy": {"PolicyName", "{name}", nil},
	"AWS::IAM::ManagedPolicy": {"ManagedPolicyName", "arn:{partition}:iam::{account}:policy{path}{name}", map[string]string{
		"PolicyArn": "arn:{partition}:iam::{account}:policy{path}{name}"}},
	"AWS::IAM::InstanceProfile": {"InstanceProfileName", "{name}", map[string]string{"Arn": "arn:{partition}:iam::{account}:instance-profile{path}{name}"}},

	"AWS::ApiGateway::RestApi":          {"", "{id}", map[string]string{"RootResourceId": "{id}-root", "RestApiId": "{id}"}},
	"AWS::Serverless::Api":              {"", "{id}", map[string]string{"RootResourceId": "{id}-root", "RestApiId": "{id}"}},
	"AWS::ApiGateway::Resource":         {"", "{id}", map[string]string{"ResourceId": "{id}"}},
	"AWS::ApiGateway::Method":           {"", "{id}", nil},
	"AWS::ApiGateway::Deployment":       {"", "{id}", map[string]string{"DeploymentId": "{id}"}},
	"AWS::ApiGateway::Stage":            {"StageName", "{name}", nil},
	"AWS::ApiGateway::Model":            {"Name", "{name}", nil},
	"AWS::ApiGateway::RequestValidator": {"", "{id}", map[string]string{"RequestValidatorId": "{id}"}},
	"AWS::ApiGateway::Authorizer":       {"", "{id}", map[string]string{"AuthorizerId": "{id}"}},
	"AWS::ApiGateway::ApiKey":           {"", "{id}", map[string]string{"APIKeyId": "{id}"}},
	"AWS::ApiGateway::DomainName":       {"DomainName", "{name}", nil},
	"AWS::ApiGateway::UsagePlan":        {"", "{id}", map[string]string{"Id": "{id}"}},
	"AWS::ApiGatewayV2::Api":            {"", "{id}", map[string]string{"ApiId": "{id}", "ApiEndpoint": "https://{id}.execute-api.{region}.{suffix}"}},
	"AWS::Serverless::HttpApi":          {"", "{id}", map[string]string{"ApiId": "{id}", "ApiEndpoint": "https://{id}.execute-api.{region}.{suffix}"}},
	"AWS::ApiGatewayV2::Integration":    {"", "{id}", map[string]string{"IntegrationId": "{id}"}},
	"AWS::ApiGatewayV2::Route":          {"", "{id}", map[string]string{"RouteId": "{id}"}},
	"AWS::ApiGatewayV2::Stage":          {"StageName", "{name}", nil},
	"AWS::ApiGatewayV2::Deployment":     {"", "{id}", map[string]string{"DeploymentId": "{id}"}},
	"AWS::ApiGatewayV2::Authorizer":     {"", "{id}", map[string]string{"AuthorizerId": "{id}"}},
	"AWS::ApiGatewayV2::Model":          {"", "{id}", map[string]string{"ModelId": "{id}"}},

	"AWS::SNS::Topic":              {"TopicName", "arn:{partition}:sns:" + regional + "{name}", map[string]string{"TopicArn": "arn:{partition}:sns:" + regional + "{name}", "TopicName": "{name}"}},
	"AWS::Lambda::Function":        {"FunctionName", "{name}", map[string]string{"Arn": "arn:{partition}:lambda:" + regional + "function:{name}"}},
	"AWS::Serverless::Function":    {"FunctionName", "{name}", map[string]string{"Arn": "arn:{partition}:lambda:" + regional + "function:{name}"}},
	"AWS::S3::Bucket":              {"BucketName", "{name}", map[string]string{"Arn": "arn:{partition}:s3:::{name}", "DomainName": "{name}.s3.{suffix}"}},
	"AWS::DynamoDB::Table":         {"TableName", "{name}", map[string]string{"Arn": "arn:{partition}:dynamodb:" + regional + "table/{name}"}},
	"AWS::Serverless::SimpleTable": {"TableName", "{name}", map[string]string{"Arn": "arn:{partition}:dynamodb:" + regional + "table/{name}"}},
	"AWS::Logs::LogGroup":          {"LogGroupName", "{name}", map[string]string{"Arn": "arn:{partition}:logs:" + regional + "log-group:{name}:*"}},
	"AWS::Kinesis::Stream":         {"Name", "{name}", map[string]string{"Arn": "arn:{partition}:kinesis:" + regional + "stream/{name}"}},
	"AWS::Events::EventBus":        {"Name", "{name}", map[string]string{"Arn": "arn:{partition}:events:" + regional + "event-bus/{name}", "Name": "{name}"}},
	"AWS::StepFunctions::StateMachine": {"StateMachineName", "arn:{partition}:states:" + regional + "stateMachine:{name}", map[string]string{
		"Arn": "arn:{partition}:states:" + regional + "stateMachine:{name}", "Name": "{name}"}},
}

// wholeKinds are all attributes of the types whose attributes decide a call.
var wholeKinds = map[string][]string{
	"AWS::SQS::Queue":           {"Arn", "QueueName", "QueueUrl"},
	"AWS::KMS::Key":             {"Arn", "KeyId"},
	"AWS::IAM::Role":            {"Arn", "RoleId"},
	"AWS::ApiGateway::RestApi":  {"RestApiId", "RootResourceId"},
	"AWS::ApiGateway::Resource": {"ResourceId"},
}

// keyID makes an id of the shape of a UUID, the same for the same names.
func keyID(stack, id string) string {
	sum := sha256.Sum256([]byte(stack + "\x00" + id))
	h := hex.EncodeToString(sum[:16])
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

// keyOf is the id of a KMS key. A replica has the id of its primary key.
func (s *stack) keyOf(r *resource) *tree.Value {
	if r.typ == "AWS::KMS::ReplicaKey" {
		if p := r.properties.Get("PrimaryKeyArn"); p != nil && !r.busy {
			r.busy = true
			v := s.resolve(p)
			r.busy = false
			if _, id, ok := strings.Cut(v.Text, ":key/"); ok && v.Readable() {
				return &tree.Value{Kind: tree.String, Text: id, Partial: v.Partial && s.world.symbolic(id)}
			}
		}
	}
	id := keyID(s.name, r.id)
	if m := r.properties.Get("MultiRegion"); r.typ == "AWS::KMS::ReplicaKey" || m != nil && s.resolve(m).Text == "true" {
		return tree.Text("mrk-" + strings.ReplaceAll(id, "-", ""))
	}
	return tree.Text(id)
}
