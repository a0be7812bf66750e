package documents

import (
	"slices"
	"strings"

	"apisqs-doctor/diagnose/source/cloudformation"
	"apisqs-doctor/diagnose/source/tree"
)

// Language is how documents are written: those that go through AWS::Include hold
// CloudFormation's functions (I45).
var Language = tree.Language{Name: "an OpenAPI document, or what a command of the AWS CLI prints", Tags: cloudformation.ShortForms}

// IsOpenAPI tells whether a document is OpenAPI or Swagger.
func IsOpenAPI(root *tree.Node) bool {
	return root.Get("openapi").Scalar() || root.Get("swagger").Scalar()
}

// Version names the kind of an OpenAPI document: "OpenAPI 3 document".
func Version(root *tree.Node) string {
	if v := root.Get("swagger"); v.Scalar() {
		return "Swagger " + v.Text + " document"
	}
	major, _, _ := strings.Cut(root.Get("openapi").TextOr(""), ".")
	return "OpenAPI " + major + " document"
}

// shape is what a command prints, told by members that nothing else has.
type shape struct {
	command string // aws ...
	members []string
	list    string   // of a list under this name: the members are those of an item
	only    string   // of a list of APIs, of which one has to be meant: the command that tells which
	not     []string // members that others have
	read    func(r *reader, x tree.View)
}

// shapes are tried in turn.
var shapes = []shape{
	{command: "apigateway get-rest-api", members: []string{"id", "name"}, not: []string{"items", "schema", "validateRequestBody", "type", "authType"}, read: (*reader).restAPI},
	{command: "apigateway get-resources", list: "items", members: []string{"id", "path"}, read: (*reader).resource},
	{command: "apigateway get-resource", members: []string{"id", "path"}, read: (*reader).resource},
	{command: "apigateway get-method", members: []string{"httpMethod", "authorizationType"}, read: (*reader).method},
	{command: "apigateway get-integration", members: []string{"type", "integrationResponses"}, read: (*reader).integration},
	{command: "apigateway get-integration", members: []string{"type", "passthroughBehavior"}, read: (*reader).integration},
	{command: "apigateway get-integration", members: []string{"type", "uri", "httpMethod"}, read: (*reader).integration},
	{command: "apigateway get-stages", list: "item", members: []string{"stageName"}, read: (*reader).stage},
	{command: "apigateway get-stage", members: []string{"stageName", "deploymentId"}, read: (*reader).stage},
	{command: "apigateway get-request-validators", list: "items", members: []string{"validateRequestBody"}, read: (*reader).validator},
	{command: "apigateway get-request-validator", members: []string{"validateRequestBody"}, read: (*reader).validator},
	{command: "apigateway get-models", list: "items", members: []string{"schema", "contentType"}, read: (*reader).model},
	{command: "apigateway get-model", members: []string{"schema", "contentType"}, read: (*reader).model},
	{command: "apigateway get-authorizers", list: "items", members: []string{"id", "type", "name"}, read: (*reader).authorizer},
	{command: "apigateway get-rest-apis", list: "items", only: "aws apigateway get-rest-api --rest-api-id ID", members: []string{"id", "name"}, read: (*reader).restAPI},
	{command: "apigatewayv2 get-api", members: []string{"ApiId", "ProtocolType"}, read: (*reader).routedAPI},
	{command: "apigatewayv2 get-routes", list: "Items", members: []string{"RouteKey"}, read: (*reader).route},
	{command: "apigatewayv2 get-route", members: []string{"RouteKey"}, read: (*reader).route},
	{command: "apigatewayv2 get-integrations", list: "Items", members: []string{"IntegrationType"}, read: (*reader).routedIntegration},
	{command: "apigatewayv2 get-integration", members: []string{"IntegrationType"}, read: (*reader).routedIntegration},
	{command: "apigatewayv2 get-integration", members: []string{"IntegrationSubtype"}, read: (*reader).routedIntegration},
	{command: "apigatewayv2 get-stages", list: "Items", members: []string{"StageName"}, read: (*reader).routedStage},
	{command: "apigatewayv2 get-stage", members: []string{"StageName"}, read: (*reader).routedStage},
	{command: "iam get-role", members: []string{"Role"}, read: (*reader).role},
	{command: "iam get-role", members: []string{"RoleName", "AssumeRolePolicyDocument"}, read: (*reader).bareRole},
	{command: "iam get-role-policy", members: []string{"PolicyName", "PolicyDocument"}, read: (*reader).rolePolicy},
	{command: "iam list-role-policies", members: []string{"PolicyNames"}, read: (*reader).policyNames},
	{command: "iam list-attached-role-policies", members: []string{"AttachedPolicies"}, read: (*reader).attachedPolicies},
	{command: "iam get-policy-version", members: []string{"PolicyVersion"}, read: (*reader).policyVersion},
	{command: "sqs get-queue-attributes", members: []string{"Attributes"}, read: (*reader).queue},
	{command: "kms describe-key", members: []string{"KeyMetadata"}, read: (*reader).key},
	{command: "kms list-grants", members: []string{"Grants"}, read: (*reader).grants},
	{command: "kms get-key-policy", members: []string{"Policy"}, read: (*reader).keyPolicy},
}

// shapeOf tells what a command printed; nil for anything else.
func shapeOf(root *tree.Node) *shape {
	if root == nil || root.Kind != tree.Object {
		return nil
	}
	for i := range shapes {
		if s := &shapes[i]; s.fits(root) {
			return s
		}
	}
	return nil
}

func (s *shape) fits(n *tree.Node) bool {
	if s.list != "" {
		list := n.Get(s.list)
		if list == nil || list.Kind != tree.List || len(list.Items) == 0 {
			return false
		}
		n = list.Items[0]
	}
	return n.Has(s.members...) && !slices.ContainsFunc(s.not, func(name string) bool { return n.Has(name) })
}

// Command names the command of the AWS CLI that printed a document, without
// "aws"; empty when none is known to.
func Command(root *tree.Node) string {
	if s := shapeOf(root); s != nil {
		return s.command
	}
	return ""
}
