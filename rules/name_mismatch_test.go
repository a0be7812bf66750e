package rules_test

import (
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// A name that nearly fits is one finding with the name that arrives, wherever it is
// read (T172), and no other rule reports what follows from it.
func TestNamesThatNearlyFit(t *testing.T) {
	const send = "Action=SendMessage&MessageBody="
	attribute := map[string]string{"querystring.MessageAttribute.1.Name": "'id'", "querystring.MessageAttribute.1.Value.DataType": "'String'",
		"querystring.MessageAttribute.1.Value.StringValue": "method.request.header.x-id"}
	for _, c := range []struct {
		name, fixture, template string
		mappings                map[string]string
		declared, header        string
		want, fix               string // findings, and the title of the first one's fix
	}{
		{"read as declared in another case", "orders", send + "$util.urlEncode($input.params('x-id'))", nil, "X-Id", "", "error mapping-name-mismatch", "write $util.urlEncode($input.params('X-Id')) in place of $util.urlEncode($input.params('x-id'))"},
		{"read as sent in another case", "orders", send + "$util.urlEncode($input.params('X-Id'))", nil, "", "x-id", "error mapping-name-mismatch", "write $util.urlEncode($input.params('x-id')) in place of $util.urlEncode($input.params('X-Id'))"},
		{"a source of mappings", "orders", send + "$util.urlEncode($method.request.header.X-Id)", nil, "X-Id", "X-Id", "error mapping-empty-reference", "write $util.urlEncode($input.params('X-Id')) in place of $util.urlEncode($method.request.header.X-Id)"},
		{"mapped and sent in another case", "orders", "", map[string]string{"querystring.DelaySeconds": "method.request.header.x-delay"}, "x-delay", "X-Delay", "warning mapping-name-mismatch", "write method.request.header.X-Delay in place of method.request.header.x-delay"},
		{"mapped to a header that SQS does not read", "orders", "", map[string]string{"header.Foo": "method.request.header.x-id"}, "x-id", "X-Id", "note mapping-name-mismatch", "write method.request.header.X-Id in place of method.request.header.x-id"},
		{"mapped to an attribute", "orders", "", attribute, "x-id", "X-Id", "error mapping-name-mismatch", "write method.request.header.X-Id in place of method.request.header.x-id"},
		{"mapped to an attribute, and fitting", "orders", "", attribute, "x-id", "x-id", "", ""},
		{"mapped as declared in another case", "orders", "", map[string]string{"header.Foo": "method.request.header.x-id"}, "X-Id", "X-Id", "error mapping-undeclared-parameter", "read method.request.header.X-Id, which the method declares"},
		{"mapped and declared nowhere", "orders", "", map[string]string{"header.Foo": "method.request.header.x-id"}, "", "x-id", "error mapping-undeclared-parameter", "declare method.request.header.x-id on the method"},
		{"a parameter of SQS", "orders_fifo", "Action=SendMessage&MessageGroupId=a&MessageDeDuplicationId=$context.requestId&MessageBody=$util.urlEncode($input.body)", nil, "", "X-Id", "error mapping-name-mismatch", "write MessageDeduplicationId in place of MessageDeDuplicationId"},
		{"the group", "orders_fifo", "Action=SendMessage&MessageGroupID=a&MessageDeduplicationId=$context.requestId&MessageBody=$util.urlEncode($input.body)", nil, "", "X-Id", "error mapping-name-mismatch", "write MessageGroupId in place of MessageGroupID"},
		{"the body", "orders", "Action=SendMessage&messageBody=$util.urlEncode($input.body)", nil, "", "X-Id", "error mapping-name-mismatch", "write MessageBody in place of messageBody"},
	} {
		read, err := fixtures.Load(c.fixture)
		if err != nil {
			t.Fatal(err)
		}
		s := read.Snapshot
		edit(s, func(m *snapshot.Method) {
			i, _ := m.Integration.Peek()
			if c.template != "" {
				i.Templates = snapshot.Known(map[string]snapshot.Fact[string]{"application/json": snapshot.Known(c.template, snapshot.Origin{})}, snapshot.Origin{})
			}
			mappings, _ := i.RequestParameters.Peek()
			for name, source := range c.mappings {
				mappings["integration.request."+name] = snapshot.Known(source, snapshot.Origin{})
			}
			if c.declared != "" {
				m.RequestParameters = snapshot.Known(map[string]bool{"method.request.header." + c.declared: false}, snapshot.Origin{})
			}
			m.Integration = m.Integration.With(i)
		})
		for arn, fact := range s.Queues {
			q, _ := fact.Peek()
			q.ContentBasedDeduplication = snapshot.Known(false, snapshot.Origin{})
			s.Queues[arn] = fact.With(q)
		}
		requests := []walk.Request{{Method: "POST", Path: "/orders", Headers: []walk.Header{{Name: "Content-Type", Value: "application/json"}, {Name: c.header, Value: "7"}}, Body: `{"id":1}`}}
		if c.header == "" {
			requests = nil
		}
		d := diagnose.Examine(s, diagnose.Selection{}, requests, rules.All()).Diagnoses[0]
		var found []string
		for _, f := range d.Findings {
			if !strings.HasPrefix(f.Awkward.Name, "a call without header") { // that is refused, and said by itself
				found = append(found, string(f.Severity)+" "+f.Rule)
			}
		}
		if got := strings.Join(found, ", "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		} else if c.fix != "" && (len(d.Findings[0].Fixes) == 0 || d.Findings[0].Fixes[0].Title != c.fix) {
			t.Errorf("%s: fixes %v, want %q", c.name, d.Findings[0].Fixes, c.fix)
		}
	}
}

// edit changes the method of a fixture, in the draft and where it is deployed.
func edit(s *snapshot.Snapshot, change func(*snapshot.Method)) {
	api := &s.APIs[0]
	stages, _ := api.Stages.Peek()
	for _, fact := range []*snapshot.Fact[snapshot.Configuration]{&api.Draft, &stages[0].Deployed} {
		configuration, _ := fact.Peek()
		change(&configuration.Methods[0])
		*fact = fact.With(configuration)
	}
}
