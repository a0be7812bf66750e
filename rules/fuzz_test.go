package rules_test

import (
	"hash/crc32"
	"slices"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// provedOf is of how many inputs one has its fixes proved too, which takes most time.
const provedOf = 64

// No configuration and no request makes a rule or the proof of a fix crash, or a
// failure go with a healthy verdict.
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
	c, err := fixtures.Load("orders")
	if err != nil {
		f.Fatal(err)
	}
	base, _ := c.Snapshot.APIs[0].Draft.Peek()
	f.Fuzz(func(t *testing.T, template, expression, destination, pattern, reply, contentType, body, path string) {
		if len(template)+len(body) > 1<<12 {
			return
		}
		// A copy of what is changed; the rest is shared, for nothing changes it.
		s := *c.Snapshot
		s.APIs = slices.Clone(s.APIs)
		api := &s.APIs[0]
		draft := base
		draft.Methods = slices.Clone(base.Methods)
		stages, _ := api.Stages.Peek()
		stages = slices.Clone(stages)
		old, _ := base.Methods[0].Integration.Peek()
		i := *old
		i.Templates = i.Templates.With(map[string]snapshot.Fact[string]{"application/json": snapshot.Known(template, snapshot.Origin{})})
		i.RequestParameters = i.RequestParameters.With(map[string]snapshot.Fact[string]{
			"integration.request.header.Content-Type": snapshot.Known("'application/x-www-form-urlencoded'", snapshot.Origin{}),
			destination: snapshot.Known(expression, snapshot.Origin{})})
		i.Responses = i.Responses.With([]snapshot.IntegrationResponse{{Status: "200", Pattern: pattern, Templates: map[string]string{"application/json": reply}}})
		i.Passthrough = i.Passthrough.With("WHEN_NO_MATCH")
		draft.Methods[0].Integration = draft.Methods[0].Integration.With(&i)
		api.Draft = api.Draft.With(draft)
		stages[0].Deployed = stages[0].Deployed.With(draft)
		api.Stages = api.Stages.With(stages)
		r := walk.Request{Method: "POST", Path: path, Body: body, Headers: []walk.Header{{Name: "Content-Type", Value: contentType}, {Name: "X", Value: body}}}
		d := diagnose.Judge(&s, r, rules.All())
		if crc32.ChecksumIEEE([]byte(template+body))%provedOf == 0 {
			d = diagnose.Examine(&s, diagnose.Selection{}, []walk.Request{r}, rules.All()).Diagnoses[0]
		}
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
	})
}
