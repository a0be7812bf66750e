package cloudformation

import (
	"os"
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/rules"
)

// What stands in front of an API and refuses every call, or those that come that way,
// is a finding; what decides and is not seen is unknown.
func TestFronts(t *testing.T) {
	text, err := os.ReadFile("testdata/healthy/authorized.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const acl = "  Acl: {Type: AWS::WAFv2::WebACL, Properties: {Scope: REGIONAL, DefaultAction: {Block: {}}, RULES VisibilityConfig: {CloudWatchMetricsEnabled: false, MetricName: m, SampledRequestsEnabled: false}}}\n" +
		"  Guard: {Type: AWS::WAFv2::WebACLAssociation, Properties: {WebACLArn: !GetAtt Acl.Arn, ResourceArn: !Sub 'arn:aws:apigateway:${AWS::Region}::/restapis/${WHAT}/stages/prod'}}\n  Front:\n"
	guard := func(rules, api string) string {
		return strings.NewReplacer("RULES", rules, "WHAT", api).Replace(acl)
	}
	for _, c := range []struct {
		old, by string
		want    diagnose.Verdict
		rule    string
	}{
		{"", "", diagnose.Healthy, ""},
		{"ThrottlingRateLimit: 10", "ThrottlingRateLimit: 0", diagnose.Broken, "route-blocked"},
		{"Quota: {Limit: 1000", "Quota: {Limit: 0", diagnose.Broken, "route-blocked"},
		{"Throttle: {RateLimit: 5", "Throttle: {RateLimit: 0", diagnose.Broken, "route-blocked"},
		{"Stage: !Ref Stage}], Throttle", "Stage: !Ref Stage, Throttle: {/orders/POST: {RateLimit: 0, BurstLimit: 0}}}], Throttle", diagnose.Broken, "route-blocked"},
		{"Principal: apigateway.amazonaws.com}\n  Api", "Principal: events.amazonaws.com}\n  Api", diagnose.Inconclusive, ""},
		{"FunctionName: !Ref Function", "FunctionName: other", diagnose.Inconclusive, ""},
		{"OriginPath: /prod, ", "", diagnose.AtRisk, "route-cloudfront-origin"},
		{"b689b0a8-53d0-40ab-baf2-68738e2966ac", allViewer, diagnose.AtRisk, "route-cloudfront-origin"},
		{"  Front:\n", guard("", "Api"), diagnose.Broken, "route-blocked"},
		{"  Front:\n", guard("Rules: [{Name: a, Priority: 1, Action: {Allow: {}}}],", "Api"), diagnose.Inconclusive, ""},
		{"  Front:\n", guard("", "Other"), diagnose.Healthy, ""},
	} {
		changed := strings.Replace(string(text), c.old, c.by, 1)
		if c.by != "" && strings.Contains(c.by, "Other") {
			changed = strings.Replace(changed, "\n  Front:", "\n  Other: {Type: AWS::ApiGateway::RestApi, Properties: {Name: other}}\n  Front:", 1)
		}
		s, err := Load([]string{"-"}, Options{Stdin: strings.NewReader(changed)})
		if err != nil {
			t.Errorf("%s: %v", c.by, err)
			continue
		}
		r := diagnose.Examine(s, diagnose.Selection{}, nil, rules.All())
		found := c.rule == ""
		for _, d := range r.Diagnoses {
			for _, f := range d.Findings {
				found = found || f.Rule == c.rule
			}
		}
		if r.Verdict != c.want || !found {
			t.Errorf("%s: %s, %s found: %v", c.by, r.Verdict, c.rule, found)
		}
	}
}
