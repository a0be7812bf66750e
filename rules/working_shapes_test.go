package rules_test

import (
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// Shapes that people deploy and that work: none of them may be called an error,
// and none at all may trip a rule of the mapping, beyond those named.
func TestWorkingShapes(t *testing.T) {
	const (
		send    = "Action=SendMessage&MessageBody="
		body    = "$util.urlEncode($input.body)"
		control = "integration.request.header.Content-Type"
	)
	for _, c := range []struct {
		name        string
		template    string
		contentType string // of the template; application/json when empty
		parameters  map[string]string
		change      func(i *snapshot.Integration, m *snapshot.Method)
		may         string // rules that may warn
	}{
		{name: "quoted inside", template: send + `$util.urlEncode("$input.body")`},
		{name: "a trailing line feed", template: send + body + "\n"},
		{name: "a leading indentation", template: "    " + send + body},
		{name: "json of the whole", template: send + "$util.urlEncode($input.json('$'))"},
		{name: "lines ended by ##", template: "Action=SendMessage##\n&MessageBody=" + body + "##\n"},
		{name: "a program in front", template: "#set($root = $input.path('$'))\n#set($json = '{\"id\": \"' + $root.id + '\"}')\n" + send + "$util.urlEncode($json)"},
		{name: "an #if on one line", template: send + body + "#if($input.params('X-G') != '')&MessageGroupId=$util.urlEncode($input.params('X-G'))#end"},
		{name: "a list without quotes", template: send + "$util.urlEncode($input.path('$.items'))", may: "mapping-empty-reference mapping-object-as-map"},
		{name: "base64 then encoded", template: send + "$util.urlEncode($util.base64Encode($input.body))"},
		{name: "a batch by #foreach", template: "Action=SendMessageBatch#foreach($e in $input.path('$.records'))&SendMessageBatchRequestEntry.${foreach.count}.Id=$foreach.count" +
			"&SendMessageBatchRequestEntry.${foreach.count}.MessageBody=$util.urlEncode($e.data)#end", may: "mapping-empty-reference"},
		{name: "a group from the context", template: send + body + "&MessageGroupId=$context.requestId"},
		{name: "attributes from the context", template: send + body + "&MessageAttribute.1.Name=ip&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=$context.identity.sourceIp"},
		{name: "hand-made JSON", template: send + "{\"id\": \"$util.urlEncode($input.path('$.id'))\", \"kind\": \"order\"}"},
		{name: "an escaped body within JSON", template: send + "$util.urlEncode(\"{\"\"body\"\": \"\"$util.escapeJavaScript($input.body)\"\"}\")", may: "mapping-double-encoding mapping-message-malformed"}, // an apostrophe becomes \' (T139),
		{name: "JSON over lines in quotes", template: "#set($m = \"{\n  \"\"a\"\": 1\n}\")\n" + send + "$util.urlEncode($m)"},
		{name: "$default", template: send + body, contentType: "$default"},
		{name: "text/plain alone", template: send + body, contentType: "text/plain"},
		{name: "form alone", template: send + body, contentType: "application/x-www-form-urlencoded"},
		{name: "everything in the query string, a dummy template", template: "{statusCode:200}", parameters: map[string]string{
			"integration.request.querystring.Action": "'SendMessage'", "integration.request.querystring.MessageBody": "method.request.body"}},
		{name: "a quiet reference", template: send + body + "$!nothing"},
		{name: "a variable set in one branch", template: "#if($input.params('G') != '')\n#set($g = '&MessageGroupId=a')\n#end\n" + send + body + "$g"},
		{name: "a call for its effect", template: "#set($map = {})\n$map.put('a', 1)##\n" + send + body, may: "mapping-whitespace"},
		{name: "a queue URL in the body", template: "Action=SendMessage&QueueUrl=$util.urlEncode('https://sqs.us-east-1.amazonaws.com/123456789012/orders')&MessageBody=" + body},
		{name: "ANY", template: send + body, change: func(i *snapshot.Integration, m *snapshot.Method) { m.HTTPMethod = "ANY" }},
		{name: "a GET method", template: send + "$util.urlEncode($input.params('q'))", change: func(i *snapshot.Integration, m *snapshot.Method) { m.HTTPMethod = "GET" }, may: "mapping-empty-reference"},
		{name: "numeric patterns", template: send + body, change: func(i *snapshot.Integration, m *snapshot.Method) {
			i.Responses = i.Responses.With([]snapshot.IntegrationResponse{{Status: "200", Pattern: "200"}, {Status: "400", Pattern: "400"}, {Status: "500", Pattern: "500"}})
		}, may: "response-unmapped-status"},
		{name: "three defaults", template: send + body, change: func(i *snapshot.Integration, m *snapshot.Method) {
			i.Responses = i.Responses.With([]snapshot.IntegrationResponse{{Status: "200"}, {Status: "400"}, {Status: "500"}})
		}, may: "response-error-as-success response-unreachable-pattern"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := fixtures.Load("orders")
			if err != nil {
				t.Fatal(err)
			}
			api := &f.Snapshot.APIs[0]
			draft, _ := api.Draft.Peek()
			stages, _ := api.Stages.Peek()
			i, _ := draft.Methods[0].Integration.Peek()
			key := c.contentType
			if key == "" {
				key = "application/json"
			}
			i.Templates = i.Templates.With(map[string]snapshot.Fact[string]{key: snapshot.Known(c.template, snapshot.Origin{})})
			if c.parameters != nil {
				list := map[string]snapshot.Fact[string]{}
				for name, text := range c.parameters {
					list[name] = snapshot.Known(text, snapshot.Origin{})
				}
				i.RequestParameters = i.RequestParameters.With(list)
			}
			if c.change != nil {
				c.change(i, &draft.Methods[0])
			}
			api.Draft = api.Draft.With(draft)
			stages[0].Deployed = stages[0].Deployed.With(draft)
			for _, d := range diagnose.Examine(f.Snapshot, diagnose.Selection{}, nil, rules.All()).Diagnoses {
				for _, finding := range d.Findings {
					if finding.Severity == diagnose.Error || !strings.Contains(c.may, finding.Rule) && strings.HasPrefix(finding.Rule, "mapping-") {
						t.Errorf("%s %s: %s %s\nbody %s", finding.Severity, finding.Rule, finding.Message, finding.Awkward.Name, d.Trace.Mapping.Body)
					}
				}
				if step := d.Trace.FirstFailure(); step != nil {
					t.Errorf("%s fails: %s\nrequest %+v\nbody %s", step.Stage, step.Said, d.Trace.Request, d.Trace.Mapping.Body)
				}
			}
		})
	}
}
