package cli

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	routedtypes "github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"apisqs-doctor/diagnose/snapshot"
)

// routes reads an HTTP and a WebSocket API out of moto. It has no deployments and
// no exports of them, so that what a stage runs is not known.
func (m *moto) routes() {
	m.t.Helper()
	ctx := context.Background()
	client := apigatewayv2.NewFromConfig(aws.Config{Region: "us-east-1", BaseEndpoint: aws.String(m.url), Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")})
	queue := m.queue("routed", nil)
	role := aws.String(m.role("routed", allowSend(queue)))
	for _, tt := range []struct {
		protocol    routedtypes.ProtocolType
		typ         snapshot.APIType
		key         string
		integration apigatewayv2.CreateIntegrationInput
	}{
		{routedtypes.ProtocolTypeHttp, snapshot.HTTP, "POST /messages", apigatewayv2.CreateIntegrationInput{IntegrationType: routedtypes.IntegrationTypeAwsProxy, IntegrationSubtype: aws.String("SQS-SendMessage"),
			PayloadFormatVersion: aws.String("1.0"), RequestParameters: map[string]string{"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/routed", "MessageBody": "$request.body"}}},
		{routedtypes.ProtocolTypeWebsocket, snapshot.WebSocket, "submit", apigatewayv2.CreateIntegrationInput{IntegrationType: routedtypes.IntegrationTypeAws, IntegrationMethod: aws.String("POST"),
			IntegrationUri: aws.String("arn:aws:apigateway:us-east-1:sqs:path/123456789012/routed"), RequestParameters: motoForm,
			TemplateSelectionExpression: aws.String("all"), RequestTemplates: map[string]string{"all": motoTemplate}}},
	} {
		api, err := client.CreateApi(ctx, &apigatewayv2.CreateApiInput{Name: aws.String(string(tt.typ)), ProtocolType: tt.protocol, RouteSelectionExpression: aws.String("$request.body.action")})
		m.must(err)
		tt.integration.ApiId, tt.integration.CredentialsArn = api.ApiId, role
		in, err := client.CreateIntegration(ctx, &tt.integration)
		m.must(err)
		_, err = client.CreateRoute(ctx, &apigatewayv2.CreateRouteInput{ApiId: api.ApiId, RouteKey: aws.String(tt.key), Target: aws.String("integrations/" + *in.IntegrationId)})
		m.must(err)
		_, err = client.CreateStage(ctx, &apigatewayv2.CreateStageInput{ApiId: api.ApiId, StageName: aws.String("live"), AutoDeploy: aws.Bool(true)})
		m.must(err)

		saved, stderr, exit := m.run("snapshot", "--api-id", *api.ApiId)
		if exit != 0 {
			m.t.Fatalf("%s: exit code %d\n%s", tt.typ, exit, stderr)
		}
		s, err := snapshot.Load(strings.NewReader(saved))
		m.must(err)
		one := s.API("")
		draft, known := one.Draft.Peek()
		if one.Type != tt.typ || !known || len(draft.Methods) != 1 || draft.Methods[0].RouteKey != tt.key {
			m.t.Fatalf("%s: read as %s with the draft %+v", tt.typ, one.Type, draft)
		}
		read, _ := draft.Methods[0].Integration.Peek()
		parameters, _ := read.RequestParameters.Peek()
		if len(parameters) != len(tt.integration.RequestParameters) || len(s.Queues) != 1 || len(s.Roles) != 1 {
			m.t.Errorf("%s: parameters %v, queues %v, roles %v", tt.typ, parameters, s.Queues, s.Roles)
		}
		if stages, _ := one.Stages.Peek(); len(stages) != 1 || stages[0].Name != "live" || stages[0].Deployed.IsKnown() {
			m.t.Errorf("%s: stages %+v", tt.typ, stages)
		}
	}
}
