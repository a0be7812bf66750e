package rules_test

import (
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// No configuration and no request makes a rule crash, a fix without a verdict
// come out, or a failure go with a healthy verdict.
func FuzzRules(f *testing.F) {
	for _, template := range []string{
		"Action=SendMessage&MessageBody=$input.body", " \n Action=SendMessage&MessageBody=$util.urlEncode($util.urlEncode($input.body))",
		"#set($x = $input.path('$'))Action=SendMessage&MessageBody=$x&MessageGroupId=$y", "#if(", `{"MessageBody":"$input.json('$')"}`,
		"#set($context.requestOverride.header.Expect = 'x')$input.params('a')", "Action=SendMessage&MessageBody=${input.path(\"$.a\").b}",
	} {
		f.Add(template, "'application/x-www-form-urlencoded'", "integration.request.header.Content-Type", "2..", "$input.path('$.a')", "application/json", `{"a":{"b":"c & d"}}`, "/orders")
	}
	f.Add("", "method.request.header.X", "X", "(", "#", "", "", "")
	f.Add("x", "method.request.body", "integration.request.querystring.Action", "", "", "text/plain; x", "[", "/{")
	f.Fuzz(func(t *testing.T, template, expression, destination, pattern, reply, contentType, body, path string) {
		if len(template)+len(body) > 1<<12 {
			return
		}
		c, err := fixtures.Load("orders")
		if err != nil {
			t.Fatal(err)
		}
		api := &c.Snapshot.APIs[0]
		draft, _ := api.Draft.Peek()
		stages, _ := api.Stages.Peek()
		i, _ := draft.Methods[0].Integration.Peek()
		i.Templates = i.Templates.With(map[string]snapshot.Fact[string]{"application/json": snapshot.Known(template, snapshot.Origin{})})
		i.RequestParameters = i.RequestParameters.With(map[string]snapshot.Fact[string]{
			"integration.request.header.Content-Type": snapshot.Known("'application/x-www-form-urlencoded'", snapshot.Origin{}),
			destination: snapshot.Known(expression, snapshot.Origin{})})
		i.Responses = i.Responses.With([]snapshot.IntegrationResponse{{Status: "200", Pattern: pattern, Templates: map[string]string{"application/json": reply}}})
		i.Passthrough = i.Passthrough.With("WHEN_NO_MATCH")
		api.Draft = api.Draft.With(draft)
		stages[0].Deployed = stages[0].Deployed.With(draft)
		r := walk.Request{Method: "POST", Path: path, Body: body, Headers: []walk.Header{{Name: "Content-Type", Value: contentType}, {Name: "X", Value: body}}}
		e := diagnose.Examine(c.Snapshot, diagnose.Selection{}, []walk.Request{r}, rules.All())
		for _, d := range e.Diagnoses {
			for _, check := range d.Checks {
				for _, gap := range check.Gaps {
					if gap.Reason == snapshot.Crashed {
						t.Errorf("%s", gap.Detail)
					}
				}
			}
			if d.Trace.FirstFailure() != nil && (d.Verdict == diagnose.Healthy || d.Verdict == diagnose.AtRisk) {
				t.Errorf("verdict %s, though %s fails", d.Verdict, d.Trace.FirstFailure().Stage)
			}
		}
	})
}
