package report

import (
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
)

// maker is the tool that writes the files that were read, anew each time; empty
// where people do.
func (r Run) maker() string {
	if r.Snapshot == nil {
		return ""
	}
	return r.Snapshot.Target.Maker
}

// Rewritten says what becomes of an edit in files that a tool writes.
func Rewritten(maker string) string {
	switch maker {
	case snapshot.CDK:
		return "cdk synth writes these files anew; make the changes in the CDK application"
	case snapshot.Applied:
		return "a plan or a state is not edited; make the changes in the configuration that it comes from"
	}
	return "serverless package writes these files anew; make the changes in serverless.yml"
}

// MadeBy says where what a finding is about is changed, when a tool writes the
// file that it stands in; it is empty for what people edit.
func MadeBy(s *snapshot.Snapshot, f diagnose.Finding) string {
	if s == nil || len(f.Evidence) == 0 {
		return ""
	}
	var constructs []string
	for _, e := range f.Evidence {
		if path := s.Constructs[e.Origin.Resource]; path != "" && !slices.Contains(constructs, path) {
			constructs = append(constructs, path)
		}
	}
	if len(constructs) > 0 {
		return "CDK construct " + strings.Join(constructs, ", ")
	}
	if s.Target.Maker != snapshot.Serverless {
		return ""
	}
	return serverlessOption(f)
}

// serverlessOption names the option of serverless-apigateway-service-proxy that a
// value comes from (I51, I52); what it does not write stands in serverless.yml itself.
func serverlessOption(f diagnose.Finding) string {
	o := f.Evidence[0].Origin
	if !strings.HasPrefix(o.Resource, "ApiGatewayMethod") {
		return "resources in serverless.yml"
	}
	const options = "custom.apiGatewayServiceProxies of serverless.yml, option sqs."
	if f.Rule == "mapping-undeclared-parameter" {
		return options + "acceptParameters"
	}
	if f.Rule == "queue-fifo-group" || f.Rule == "queue-fifo-deduplication" {
		return options + "request.template; where it is set, the plugin drops integration.request.querystring.* of requestParameters"
	}
	for _, c := range []struct{ path, option string }{
		{"Integration.RequestTemplates", "request.template"}, {"Integration.PassthroughBehavior", "request.template"},
		{"Integration.RequestParameters", "requestParameters"}, {"Integration.IntegrationResponses", "response"},
		{"Integration.Credentials", "roleArn"}, {"Integration.Uri", "queueName"},
		{"RequestParameters", "acceptParameters"}, {"AuthorizationType", "authorizationType"}, {"ApiKeyRequired", "private"},
	} {
		if strings.HasPrefix(o.Path, "Properties."+c.path) {
			return options + c.option
		}
	}
	return strings.TrimSuffix(options, ", option sqs.")
}
