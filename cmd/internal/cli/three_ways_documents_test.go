package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The export of an API, with what the AWS CLI prints of its role and queue, gives
// the findings of the template that deploys it: only what is deployed is not known.
func TestDocumentsFindWhatTheTemplateHas(t *testing.T) {
	for name, edit := range map[string][2]string{
		"healthy":      {},
		"content type": {"'application/x-www-form-urlencoded'", "'application/json'"},
		"permission":   {"sqs:SendMessage", "sqs:ReceiveMessage"},
		"body":         {"$util.urlEncode($input.body)", "$input.body"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write := func(file, text string) string {
				path := filepath.Join(dir, file)
				if edit[0] != "" {
					text = strings.ReplaceAll(text, edit[0], edit[1])
				}
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				return path
			}
			template := findingsOf(t, write("template.yaml", ordersTemplate), "--account-id", "123456789012", "--region", "us-east-1")
			var documents []string
			for file, text := range ordersDocuments {
				documents = append(documents, write(file, text))
			}
			slices.Sort(documents)
			got := findingsOf(t, append(documents, "--account-id", "123456789012", "--region", "us-east-1")...)
			if !slices.Equal(got, template) {
				t.Errorf("documents find %v, the template %v", got, template)
			}
			if (len(template) == 0) != (name == "healthy") {
				t.Errorf("the template of %s has %v", name, template)
			}
		})
	}
}

// findingsOf are the rules that report, from what said gives.
func findingsOf(t *testing.T, args ...string) []string {
	t.Helper()
	var list []string
	for _, line := range said(t, append(args, "-o", "json")...) {
		if strings.HasPrefix(line, "error ") || strings.HasPrefix(line, "warning ") {
			list = append(list, line)
		}
	}
	slices.Sort(list)
	return list
}

// ordersDocuments are what get-export and the AWS CLI say of the deployment.
var ordersDocuments = map[string]string{
	"export.yaml": `
openapi: 3.0.1
info: {title: orders-api, version: '1'}
servers: [{url: 'https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/prod'}]
paths:
  /orders:
    post:
      responses: {'200': {description: ok}, '400': {description: refused}, '500': {description: failed}}
      x-amazon-apigateway-integration:
        type: aws
        httpMethod: POST
        uri: arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders
        credentials: arn:aws:iam::123456789012:role/orders-api
        passthroughBehavior: never
        requestParameters: {integration.request.header.Content-Type: "'application/x-www-form-urlencoded'"}
        requestTemplates: {application/json: Action=SendMessage&MessageBody=$util.urlEncode($input.body)}
        responses: {'2\d{2}': {statusCode: '200'}, '4\d{2}': {statusCode: '400'}, default: {statusCode: '500'}}
`,
	"role.json": `{"Role": {"RoleName": "orders-api", "Arn": "arn:aws:iam::123456789012:role/orders-api", "AssumeRolePolicyDocument":
  {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}]}}}`,
	"names.json":    `{"PolicyNames": ["send"]}`,
	"attached.json": `{"AttachedPolicies": []}`,
	"policy.json": `{"RoleName": "orders-api", "PolicyName": "send", "PolicyDocument":
  {"Version": "2012-10-17", "Statement": [{"Sid": "Send", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:orders"}]}}`,
	"queue.json": `{"Attributes": {"QueueArn": "arn:aws:sqs:us-east-1:123456789012:orders", "VisibilityTimeout": "30", "MaximumMessageSize": "1048576", "SqsManagedSseEnabled": "true"}}`,
}
