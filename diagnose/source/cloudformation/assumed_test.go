package cloudformation

import (
	"os"
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/rules"
)

// What decides beside the configuration is listed once, whatever was taken for granted of it.
func TestAssumed(t *testing.T) {
	text, err := os.ReadFile("testdata/healthy/authorized.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, `
  Domain:
    Type: AWS::ApiGateway::DomainName
    Properties: {DomainName: api.example.com, MutualTlsAuthentication: {TruststoreUri: 's3://store/ca.pem'}}
  Wall:
    Type: AWS::WAFv2::WebACLAssociation
    Properties: {ResourceArn: !Sub 'arn:aws:apigateway:${AWS::Region}::/restapis/${Api}/stages/${Stage}', WebACLArn: 'arn:aws:wafv2:us-east-1:123456789012:regional/webacl/w/1'}
`...)
	policy := `Name: orders, Policy: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*', Condition: {IpAddress: {'aws:SourceIp': 192.0.2.0/24}}}]}`
	s, err := Load([]string{"-"}, Options{Region: "us-east-1", Stdin: strings.NewReader(strings.Replace(string(text), "Name: orders", policy, 1))})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range diagnose.Examine(s, diagnose.Selection{}, nil, rules.All()).Target.Assumed {
		if got = append(got, a.What); a.Why == "" {
			t.Errorf("%s: no reason", a.What)
		}
	}
	slices.Sort(got)
	want := []string{
		"callers by api.example.com show a certificate that it trusts",
		"the authorizer check lets the caller in",
		"the calls stay within throttling and quotas",
		"the caller is one whom the API's resource policy lets in",
		"the caller's API key is enabled and belongs to a usage plan of the stage",
		"the web ACL lets the calls through",
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("assumed %q", got)
	}
}

// Whom an authorizer lets in is assumed, whatever its type (T175). That nothing lets
// API Gateway call its function is not.
func TestAuthorizersAreAssumed(t *testing.T) {
	text, err := os.ReadFile("testdata/healthy/authorized.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const permission = "  Permission:\n    Type: AWS::Lambda::Permission\n"
	for _, typ := range []string{"TOKEN", "REQUEST"} {
		own := strings.Replace(string(text), "Type: TOKEN", "Type: "+typ, 1)
		closed := strings.Replace(own, permission, "  Permission:\n    Condition: Never\n    Type: AWS::Lambda::Permission\n", 1) + "Conditions: {Never: !Equals [a, b]}\n"
		for name, c := range map[string]struct {
			text string
			want diagnose.Verdict
		}{
			"permitted":        {own, diagnose.Healthy},
			"not permitted":    {closed, diagnose.Inconclusive},
			"another stack's":  {strings.Replace(closed, "${Function.Arn}", "arn:aws:lambda:us-east-1:123456789012:function:check", 1), diagnose.Inconclusive},
			"by another's key": {strings.Replace(closed, "IdentitySource:", "AuthorizerCredentials: !GetAtt Role.Arn\n      IdentitySource:", 1), diagnose.Healthy},
		} {
			s, err := Load([]string{"-"}, Options{Region: "us-east-1", Stdin: strings.NewReader(c.text)})
			if err != nil {
				t.Fatal(err)
			}
			e := diagnose.Examine(s, diagnose.Selection{}, nil, rules.All())
			if e.Diagnoses[0].Verdict != c.want {
				t.Errorf("%s, %s: %s, want %s: %v", typ, name, e.Diagnoses[0].Verdict, c.want, e.Diagnoses[0].Gaps)
			}
			if !slices.ContainsFunc(e.Target.Assumed, func(a snapshot.Assumption) bool { return a.What == "the authorizer check lets the caller in" }) {
				t.Errorf("%s, %s: assumed %v", typ, name, e.Target.Assumed)
			}
		}
	}
}
