package cloudformation

import (
	"os"
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/rules"
)

// judged diagnoses the healthy REST template with one edit.
func judged(t *testing.T, options Options, edits ...string) diagnose.Examination {
	t.Helper()
	text, err := os.ReadFile("testdata/healthy/rest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(string(text), edits[i]) {
			t.Fatalf("no %q", edits[i])
		}
	}
	options.Stdin = strings.NewReader(strings.NewReplacer(edits...).Replace(string(text)))
	s, err := Load([]string{"-"}, options)
	if err != nil {
		t.Fatal(err)
	}
	return diagnose.Examine(s, diagnose.Selection{}, nil, rules.All())
}

// What a resource policy says of a method is decided by its path where region and
// account are not given, and is open, never healthy, where they would decide (T179, T180).
func TestResourcePolicies(t *testing.T) {
	const (
		symbols = `!Sub "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:*/*/METHOD/*"`
		literal = `"arn:aws:execute-api:us-east-1:123456789012:*/*/METHOD/*"`
		stars   = `"arn:aws:execute-api:*:*:*/*/METHOD/*"`
		short   = `"execute-api:/*/METHOD/*"`
	)
	type statement struct{ effect, resource, method, condition string }
	for name, tt := range map[string]struct {
		say  []statement
		want diagnose.Verdict
	}{
		"symbols, another method":       {[]statement{{"Allow", symbols, "GET", ""}}, diagnose.Broken},
		"symbols, this method":          {[]statement{{"Allow", symbols, "POST", ""}}, diagnose.Healthy},
		"symbols, denied":               {[]statement{{"Allow", symbols, "*", ""}, {"Deny", symbols, "POST", ""}}, diagnose.Broken},
		"literals, another method":      {[]statement{{"Allow", literal, "GET", ""}}, diagnose.Broken},
		"literals, this method":         {[]statement{{"Allow", literal, "POST", ""}}, diagnose.Inconclusive},
		"literals, denied":              {[]statement{{"Allow", literal, "*", ""}, {"Deny", literal, "POST", ""}}, diagnose.Broken},
		"literals, another denied":      {[]statement{{"Allow", symbols, "*", ""}, {"Deny", literal, "GET", ""}}, diagnose.Healthy},
		"literals, perhaps denied":      {[]statement{{"Allow", symbols, "*", ""}, {"Deny", literal, "POST", ""}}, diagnose.Inconclusive},
		"any place, another method":     {[]statement{{"Allow", stars, "GET", ""}}, diagnose.Broken},
		"any place, another denied":     {[]statement{{"Allow", stars, "*", ""}, {"Deny", stars, "GET", ""}}, diagnose.Healthy},
		"short, another method":         {[]statement{{"Allow", short, "GET", ""}}, diagnose.Broken},
		"some addresses":                {[]statement{{"Allow", short, "*", `IpAddress: {"aws:SourceIp": 192.0.2.0/24}`}}, diagnose.Healthy},
		"all but some addresses denied": {[]statement{{"Allow", short, "*", ""}, {"Deny", short, "*", `NotIpAddress: {"aws:SourceIp": 192.0.2.0/24}`}}, diagnose.Healthy},
		"every address denied":          {[]statement{{"Allow", short, "*", ""}, {"Deny", short, "*", `IpAddress: {"aws:SourceIp": [0.0.0.0/0, "::/0"]}`}}, diagnose.Broken},
		"the allowed addresses denied":  {[]statement{{"Allow", short, "*", `IpAddress: {"aws:SourceIp": 192.0.2.0/24}`}, {"Deny", short, "*", `IpAddress: {"aws:SourceIp": 192.0.0.0/16}`}}, diagnose.Broken},
		"addresses, another method":     {[]statement{{"Allow", literal, "GET", `IpAddress: {"aws:SourceIp": 192.0.2.0/24}`}}, diagnose.Broken},
		"an endpoint":                   {[]statement{{"Allow", short, "*", `StringEquals: {"aws:SourceVpce": vpce-1}`}}, diagnose.Healthy},
		"an endpoint, and the account":  {[]statement{{"Allow", literal, "*", `StringEquals: {"aws:SourceVpce": vpce-1}`}}, diagnose.Inconclusive},
		"a value nobody has":            {[]statement{{"Allow", `!ImportValue methods`, "", ""}}, diagnose.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			var list []string
			for _, s := range tt.say {
				one := `{Effect: ` + s.effect + `, Principal: "*", Action: "execute-api:Invoke", Resource: ` + strings.ReplaceAll(s.resource, "METHOD", s.method)
				if s.condition != "" {
					one += ", Condition: {" + s.condition + "}"
				}
				list = append(list, one+"}")
			}
			policy := `{Name: orders, Policy: {Version: "2012-10-17", Statement: [` + strings.Join(list, ", ") + `]}}`
			if got := judged(t, Options{}, "{Name: orders}", policy); got.Verdict != tt.want {
				t.Errorf("%s: %+v", got.Verdict, got.Diagnoses[0].Trace.Step("route"))
			}
		})
	}
}

// Where a method asks who calls, another policy may allow where that of the API is
// silent; its Deny refuses all (T180).
func TestResourcePoliciesOfSignedCalls(t *testing.T) {
	for statement, want := range map[string]diagnose.Verdict{
		`{Effect: Deny, Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*/POST/*"}`:                                      diagnose.Broken,
		`{Effect: Allow, Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*/GET/*"}`:                                      diagnose.Healthy,
		`{Effect: Deny, Principal: {AWS: "arn:aws:iam::123456789012:role/guest"}, Action: "execute-api:Invoke", Resource: "execute-api:/*"}`:   diagnose.Healthy,
		`{Effect: Deny, Principal: "*", Action: "execute-api:Invoke", Resource: "arn:aws:execute-api:us-east-1:123456789012:*/*/POST/orders"}`: diagnose.Inconclusive,
	} {
		policy := `{Name: orders, Policy: {Version: "2012-10-17", Statement: [` + statement + `]}}`
		if got := judged(t, Options{}, "{Name: orders}", policy, "AuthorizationType: NONE", "AuthorizationType: AWS_IAM"); got.Verdict != want {
			t.Errorf("%s: %s", statement, got.Verdict)
		}
	}
}

// A resource policy that is not well formed is refused, whatever the methods ask (T181).
func TestMalformedResourcePolicies(t *testing.T) {
	for _, policy := range []string{
		`{Version: "2012-10-18", Statement: [{Effect: Allow, Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*"}]}`,
		`{Version: "2012-10-17", Statement: [{Effect: Allow, Action: "execute-api:Invoke", Resource: "execute-api:/*"}]}`,
		`{Version: "2012-10-17", Statement: [{Effect: allow, Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*"}]}`,
		`{Version: "2012-10-17", Statement: [{Effect: Allow, Principal: "*", Resource: "execute-api:/*"}]}`,
		`{Version: "2012-10-17", Statement: []}`,
	} {
		for _, kind := range []string{"NONE", "AWS_IAM"} {
			if got := judged(t, Options{}, "{Name: orders}", "{Name: orders, Policy: "+policy+"}", "AuthorizationType: NONE", "AuthorizationType: "+kind); got.Verdict != diagnose.Broken {
				t.Errorf("%s %s: %s", kind, policy, got.Verdict)
			}
		}
	}
}
