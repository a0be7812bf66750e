package rules_test

import (
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// Faults of templates in the many ways in which they are written: one rule names
// each, and a repair of the template is offered where one can be had.
func TestBrokenShapes(t *testing.T) {
	const (
		send = "Action=SendMessage&MessageBody="
		body = "$util.urlEncode($input.body)"
	)
	amp := &walk.Request{Method: "POST", Path: "/orders", Headers: []walk.Header{{Name: "Content-Type", Value: "application/json"}}, Body: `{"id":"7","note":"Smith & Sons","n":{"a":1}}`}
	signed := &walk.Request{Method: "POST", Path: "/orders", Headers: []walk.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "Payment-Signature", Value: "abc"}}, Body: `{"id":"7"}`}
	for _, c := range []struct {
		name, base, template string
		request              *walk.Request
		rule                 string
		severity             diagnose.Severity
		noFix                bool
	}{
		{"the body as it is", "orders", send + "$input.body", amp, "mapping-body-not-encoded", diagnose.Error, false},
		{"the body as it is, plain", "orders", send + "$input.body", nil, "mapping-body-not-encoded", diagnose.Warning, false},
		{"the body as JSON", "orders", send + "$input.json('$')", amp, "mapping-body-not-encoded", diagnose.Error, false},
		{"the body through a variable", "orders", "#set($b = $input.body)\n" + send + "$b", amp, "mapping-body-not-encoded", diagnose.Error, false},
		{"the whole form in a variable", "orders", "#set($form = \"" + send + "$input.body\")\n$form", amp, "mapping-body-not-encoded", diagnose.Error, false},
		{"the body through a macro", "orders", "#macro(put $x)MessageBody=$x#end\nAction=SendMessage&#put($input.body)", amp, "mapping-body-not-encoded", diagnose.Error, false},
		{"the body through #define", "orders", "#define($d)$input.body#end\n" + send + "$d", amp, "mapping-body-not-encoded", diagnose.Error, false},
		{"escaped for JavaScript only", "orders", send + "$util.escapeJavaScript($input.body)", amp, "mapping-body-not-encoded", diagnose.Error, false},
		{"a formal reference", "orders", send + "${input.body}", amp, "mapping-body-not-encoded", diagnose.Error, false},
		{"one member of several", "orders", send + "{\"id\":\"$util.urlEncode($input.path('$.id'))\",\"note\":\"$input.path('$.note')\"}", amp, "mapping-body-not-encoded", diagnose.Error, false},
		{"a loop over members", "orders", send + "#foreach($k in ['id', 'note'])$input.path('$').get($k);#end", amp, "mapping-body-not-encoded", diagnose.Error, false},
		{"encoded twice in one expression", "orders", send + "$util.urlEncode($util.urlEncode($input.body))", nil, "mapping-double-encoding", diagnose.Error, false},
		{"encoded twice over a variable", "orders", "#set($b = $util.urlEncode($input.json('$')))\n" + send + "$util.urlEncode($b)", nil, "mapping-double-encoding", diagnose.Error, false},
		{"an object printed", "orders", send + "$util.urlEncode($input.path('$'))", nil, "mapping-object-as-map", diagnose.Error, false},
		{"an object printed through a variable", "orders", "#set($root = $input.path('$'))\n" + send + "$util.urlEncode($root)", nil, "mapping-object-as-map", diagnose.Error, false},
		{"an inner object printed", "orders", send + "$util.urlEncode($input.path('$.n'))", amp, "mapping-object-as-map", diagnose.Error, false},
		{"an inner object in hand-made JSON", "orders", "#set($root = $input.path('$'))\n" + send + "$util.urlEncode(\"{\"\"n\"\": $root.n}\")", amp, "mapping-object-as-map", diagnose.Error, true},
		{"a placeholder for the group", "orders_fifo", send + body + "&MessageGroupId=$your-msg-group-id", nil, "mapping-empty-reference", diagnose.Error, false},
		{"a placeholder for the body", "orders", send + "$messageBody", nil, "mapping-empty-reference", diagnose.Error, false},
		{"a member of a text", "orders_fifo", send + body + "&MessageGroupId=$input.body.group", nil, "mapping-empty-reference", diagnose.Error, false},
		{"a typing error", "orders_fifo", "#set($groupId = 'a')\n" + send + body + "&MessageGroupId=$gruopId", nil, "mapping-empty-reference", diagnose.Error, false},
		{"a hole in the message", "orders", send + "$util.urlEncode(\"{\"\"id\"\": \"\"$ordreId\"\"}\")", nil, "mapping-empty-reference", diagnose.Warning, true},
		{"a blank line in front", "orders", "#if(true)\n\n#end\n" + send + body, nil, "mapping-whitespace", diagnose.Error, false},
		{"parameters on lines", "orders", "Action=SendMessage&\nMessageBody=" + body, nil, "mapping-whitespace", diagnose.Error, false},
		{"indented parameters", "orders", "Action=SendMessage\n    &MessageBody=" + body, nil, "mapping-whitespace", diagnose.Error, false},
		{"blanks around =", "orders", "Action = SendMessage&MessageBody = " + body, nil, "mapping-whitespace", diagnose.Error, false},
		{"no #end", "orders", "#foreach($x in [1..2])" + send + body, nil, "mapping-template-syntax", diagnose.Error, true},
		{"an open parenthesis", "orders", send + "$util.urlEncode($input.body", nil, "mapping-template-syntax", diagnose.Error, true},
		{"a call that throws", "orders", send + "$input.body.substring(0, 5000)", nil, "mapping-template-syntax", diagnose.Error, true},
		{"names in single quotes", "orders", send + "$util.urlEncode(\"{'id': 1}\")", nil, "mapping-message-malformed", diagnose.Warning, true},
		{"names without quotes", "orders", send + "$util.urlEncode(\"{id: 1}\")", nil, "mapping-message-malformed", diagnose.Warning, true},
		{"quotes around a document", "orders", send + "\"" + body + "\"", nil, "mapping-message-malformed", diagnose.Warning, true},
		{"cut by the template's own ampersand", "orders", send + "{\"id\":\"a&b=c\"}", nil, "mapping-message-malformed", diagnose.Warning, true},
		{"signs of four bytes before a comma too many", "orders_json", `{"QueueUrl":"https://sqs.us-east-1.amazonaws.com/123456789012/orders","MessageBody":"{\"id\":\"\ud83d\ude00\",}"}`, nil, "mapping-message-malformed", diagnose.Warning, true},
		{"no authorizer", "orders", send + "$util.urlEncode(\"{\"\"by\"\": \"\"$context.authorizer.principalId\"\"}\")", nil, "mapping-empty-reference", diagnose.Warning, true},
		{"T172: a header under another case", "orders", send + "$util.urlEncode($input.params('payment-signature'))", signed, "mapping-name-mismatch", diagnose.Error, false},
		{"a source of parameter mappings", "orders", send + "$util.urlEncode($method.request.body)", nil, "mapping-empty-reference", diagnose.Error, false},
		{"encoded in JSON", "orders_json", `{"QueueUrl":"https://sqs.us-east-1.amazonaws.com/123456789012/orders","MessageBody":"$util.urlEncode($input.body)"}`, nil, "mapping-double-encoding", diagnose.Error, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := fixtures.Load(c.base)
			if err != nil {
				t.Fatal(err)
			}
			api := &f.Snapshot.APIs[0]
			draft, _ := api.Draft.Peek()
			stages, _ := api.Stages.Peek()
			i, _ := draft.Methods[0].Integration.Peek()
			i.Templates = i.Templates.With(map[string]snapshot.Fact[string]{"application/json": snapshot.Known(c.template, snapshot.Origin{})})
			api.Draft = api.Draft.With(draft)
			stages[0].Deployed = stages[0].Deployed.With(draft)
			var requests []walk.Request
			if c.request != nil {
				requests = append(requests, *c.request)
			}
			d := diagnose.Examine(f.Snapshot, diagnose.Selection{}, requests, rules.All()).Diagnoses[0]
			found := false
			for _, finding := range d.Findings {
				if finding.Rule == c.rule {
					found = true
					if finding.Severity != c.severity {
						t.Errorf("severity %s, want %s: %s", finding.Severity, c.severity, finding.Message)
					}
					if (len(finding.Fixes) == 0) != c.noFix {
						t.Errorf("%d fixes of %s: %s", len(finding.Fixes), finding.Rule, finding.Message)
					}
				} else if finding.Severity == diagnose.Error && finding.Stage == walk.StageMapping {
					t.Errorf("%s is an error too: %s", finding.Rule, finding.Message)
				}
			}
			if !found {
				t.Errorf("%s reports nothing; body %q", c.rule, d.Trace.Mapping.Body)
				for _, s := range d.Trace.Steps {
					t.Logf("%-13s %-14s %s", s.Stage, s.Status, s.Said)
				}
			}
		})
	}
}
