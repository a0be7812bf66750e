package remedy_test

import (
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures"
)

// Every change of an HTTP or WebSocket API renders in every notation.
func TestRoutedChangesInEveryNotation(t *testing.T) {
	http := snapshot.MethodRef{API: "h1b2c3d4", Path: "/orders", Method: "POST"}
	socket := snapshot.MethodRef{API: "w1b2c3d4", Path: "submit"}
	answering := snapshot.IntegrationResponse{ID: "ir7", Templates: map[string]string{"$default": "old"}}
	for _, c := range []struct {
		base                                string
		changes                             []snapshot.Change
		commands, cloudFormation, terraform string // what has to stand there; pieces parted by " … "
	}{
		{"orders_http", []snapshot.Change{snapshot.SetRequestParameter{On: http, Name: "MessageGroupId", After: "${request.body.group}"}},
			`aws apigatewayv2 update-integration --api-id h1b2c3d4 --integration-id i1nteg … "MessageBody":"$request.body" … "MessageGroupId":"${request.body.group}" … "QueueUrl":`,
			"Type: AWS::ApiGatewayV2::Integration … RequestParameters: … MessageGroupId: '${request.body.group}'",
			`resource "aws_apigatewayv2_integration" … "MessageGroupId" = "$${request.body.group}"`},
		{"orders_http", []snapshot.Change{snapshot.SetIntegration{On: http, Field: snapshot.FieldSubtype, After: "SQS-SendMessage"}, snapshot.SetIntegration{On: http, Field: snapshot.FieldPayloadFormat, After: "1.0"},
			snapshot.SetIntegration{On: http, Field: snapshot.FieldCredentials, After: "arn:aws:iam::123456789012:role/x"}},
			"--credentials-arn arn:aws:iam::123456789012:role/x --integration-subtype SQS-SendMessage --payload-format-version 1.0",
			"CredentialsArn: … IntegrationSubtype: SQS-SendMessage … PayloadFormatVersion: '1.0'",
			`integration_subtype … payload_format_version = "1.0" … credentials_arn`},
		{"orders_http", []snapshot.Change{snapshot.SetIntegrationResponse{On: http, After: &snapshot.IntegrationResponse{Pattern: "200", Status: "200", Parameters: map[string]string{"overwrite:statuscode": "202"}}}},
			`--response-parameters '{"200":{"overwrite:statuscode":"202"}}'`,
			"ResponseParameters: … '200': … ResponseParameters: … Destination: overwrite:statuscode … Source: '202'",
			`response_parameters { … status_code = "200" … "overwrite:statuscode" = "202"`},
		{"orders_http", []snapshot.Change{snapshot.SetStageVariable{API: "h1b2c3d4", Stage: "$default", Name: "queue", After: "orders"}},
			`aws apigatewayv2 update-stage --api-id h1b2c3d4 --stage-name '$default' … --stage-variables '{"queue":"orders"}'`,
			"Type: AWS::ApiGatewayV2::Stage … StageVariables: … queue: orders", `resource "aws_apigatewayv2_stage" … stage_variables … "queue" = "orders"`},
		{"orders_http", []snapshot.Change{snapshot.SetDefaultEndpoint{API: "h1b2c3d4"}}, "aws apigatewayv2 update-api --api-id h1b2c3d4 … --no-disable-execute-api-endpoint",
			"Type: AWS::ApiGatewayV2::Api … DisableExecuteApiEndpoint: false", `resource "aws_apigatewayv2_api" … disable_execute_api_endpoint = false`},
		{"orders_http", []snapshot.Change{snapshot.SetAuthorization{On: http, Before: "AWS_IAM", After: "NONE"}}, "aws apigatewayv2 update-route --api-id h1b2c3d4 --route-id r0ute --authorization-type NONE",
			"Type: AWS::ApiGatewayV2::Route … AuthorizationType: NONE", `resource "aws_apigatewayv2_route" … authorization_type = "NONE"`},
		{"orders_socket", []snapshot.Change{snapshot.AddRouteResponse{On: socket}, snapshot.SetIntegrationResponse{On: socket, After: &snapshot.IntegrationResponse{}}, snapshot.Deploy{API: "w1b2c3d4", Stage: "live"}},
			"update-route … --route-response-selection-expression '$default' … create-route-response … create-integration-response … --integration-response-key '$default' … aws apigatewayv2 create-deployment --api-id w1b2c3d4 --stage-name live",
			"Type: AWS::ApiGatewayV2::IntegrationResponse … IntegrationResponseKey: $default … Type: AWS::ApiGatewayV2::Route … RouteResponseSelectionExpression: $default … Type: AWS::ApiGatewayV2::RouteResponse … RouteResponseKey: $default",
			`route_response_selection_expression = "$default" … resource "aws_apigatewayv2_route_response" … resource "aws_apigatewayv2_integration_response"`},
		{"orders_socket answering", []snapshot.Change{snapshot.SetIntegrationResponse{On: socket, Before: &answering, After: &snapshot.IntegrationResponse{ID: "ir7", Templates: map[string]string{"$default": "new"}}}},
			`aws apigatewayv2 update-integration-response --api-id w1b2c3d4 --integration-id … --integration-response-id ir7 … --response-templates '{"$default":"new"}'`,
			"Type: AWS::ApiGatewayV2::IntegrationResponse … ResponseTemplates: … $default: new", `resource "aws_apigatewayv2_integration_response" … response_templates … "$default" = "new"`},
		{"orders_socket answering", []snapshot.Change{snapshot.SetIntegrationResponse{On: socket, Before: &answering, After: &snapshot.IntegrationResponse{ID: "ir7"}}},
			`delete-integration-response --api-id w1b2c3d4 --integration-id … --integration-response-id ir7 … create-integration-response … --integration-response-key '$default'`,
			"# remove SubmitIntegrationResponse.Properties.ResponseTemplates.$default", `resource "aws_apigatewayv2_integration_response"`},
		{"orders_http in a template", []snapshot.Change{snapshot.SetRouteKey{On: http, Before: "POST orders", After: "POST /orders"}, snapshot.SetScopes{On: http, Before: []string{"a"}}, snapshot.SetRouteSelection{API: "h1b2c3d4", After: "x"}},
			"", "# remove OrdersPostRoute.Properties.AuthorizationScopes … RouteSelectionExpression: x … RouteKey: 'POST /orders'", `# remove authorization_scopes … route_key = "POST /orders" … route_selection_expression = "x"`},
		{"orders_socket", []snapshot.Change{snapshot.SetTemplate{On: socket, ContentType: "$default", After: "Action=SendMessage&MessageBody=x"}}, `--request-templates '{"$default":"Action=SendMessage&MessageBody=x"}'`,
			"RequestTemplates: … $default: 'Action=SendMessage&MessageBody=x'", `request_templates … "$default" = "Action=SendMessage&MessageBody=x"`},
		{"orders_socket", []snapshot.Change{snapshot.SetAutoDeploy{API: "w1b2c3d4", Stage: "live"}}, "aws apigatewayv2 update-stage … --stage-name live … --auto-deploy", "Type: AWS::ApiGatewayV2::Stage … AutoDeploy: true", "auto_deploy = true"},
	} {
		base, state, _ := strings.Cut(c.base, " ")
		loaded, err := fixtures.Load(base)
		if err != nil {
			t.Fatal(err)
		}
		if state == "answering" {
			if loaded.Snapshot, err = (snapshot.SetIntegrationResponse{On: socket, After: &answering}).Apply(loaded.Snapshot); err != nil {
				t.Fatal(err)
			}
		}
		fix := diagnose.Fix{Changes: c.changes}
		commands, err := remedy.Writer{}.Commands(loaded.Snapshot, fix)
		if (err != nil) != (c.commands == "") {
			t.Errorf("%v: %v", c.changes, err)
		}
		cloudFormation, err := remedy.CloudFormation(loaded.Snapshot, fix)
		if err != nil {
			t.Errorf("%v: %v", c.changes, err)
		}
		terraform, err := remedy.Terraform(loaded.Snapshot, fix)
		if err != nil {
			t.Errorf("%v: %v", c.changes, err)
		}
		for _, x := range []struct{ have, want string }{{strings.Join(commands, "\n"), c.commands}, {cloudFormation, c.cloudFormation}, {terraform, c.terraform}} {
			rest, ok := x.have, true
			for piece := range strings.SplitSeq(x.want, " … ") {
				_, after, found := strings.Cut(rest, piece)
				rest, ok = after, ok && found
			}
			if !ok || x.have == "" && x.want != "" {
				t.Errorf("%v:\n%s\nwant %s", c.changes, x.have, x.want)
			}
		}
	}
}

// A stage that deploys by itself is not sent a deployment: AWS would make one that failed.
func TestNoDeploymentBesideAutoDeploy(t *testing.T) {
	loaded, err := fixtures.Load("orders_http")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (remedy.Writer{}).Commands(loaded.Snapshot, diagnose.Fix{Changes: []snapshot.Change{snapshot.Deploy{API: "h1b2c3d4", Stage: "$default"}}}); err == nil || !strings.Contains(err.Error(), "deploys by itself") {
		t.Errorf("H64: error %v", err)
	}
}
