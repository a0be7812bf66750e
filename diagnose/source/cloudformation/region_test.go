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

// A literal region is never known to be the stack's (T179): beside AWS::Region it is
// a note, two that must be one are an error, and where another region is named that
// could decide nothing is concluded from it.
func TestLiteralRegion(t *testing.T) {
	text, err := os.ReadFile("testdata/healthy/rest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const (
		uri  = "apigateway:${AWS::Region}:sqs:path"
		body = "Action=SendMessage"
	)
	for _, c := range []struct {
		name, uri, body, more, region string
		want                          diagnose.Verdict
		finding                       string // rule and severity
		assumed                       bool
	}{
		{"none", "${AWS::Region}", "", "", "", diagnose.Healthy, "", false},
		{"one", "eu-west-1", "", "", "", diagnose.Healthy, "signing-region note", true},
		{"that of the stack", "eu-west-1", "", "", "eu-west-1", diagnose.Healthy, "", false},
		{"another than the stack's", "eu-west-1", "", "", "us-east-1", diagnose.Broken, "signing-region error", false},
		{"named in a comment", "eu-west-1", "", "# as in arn:aws:sqs:us-east-1:123456789012:orders\n", "", diagnose.Healthy, "signing-region note", true},
		{"a mapping of regions", "eu-west-1", "", "Mappings: {Names: {us-east-1: {Topic: a}, eu-west-1: {Topic: b}}}\n", "", diagnose.Inconclusive, "", false},
		{"a key of another region", "eu-west-1", "", "Mappings: {Keys: {All: {Key: 'arn:aws:kms:us-east-1:123456789012:key/a'}}}\n", "", diagnose.Inconclusive, "", false},
		{"all regions, of the CDK", "eu-west-1", "", "Conditions: {CDKMetadataAvailable: !Equals [!Ref AWS::Region, us-east-1]}\n", "", diagnose.Healthy, "signing-region note", true},
		{"two that must be one", "eu-west-1", "&QueueUrl=https://sqs.us-east-1.amazonaws.com/123456789012/orders", "", "", diagnose.Broken, "protocol-queue-url error", false},
	} {
		file := strings.Replace(string(text), uri, strings.Replace(uri, "${AWS::Region}", c.uri, 1), 1)
		file = strings.Replace(file, body, body+c.body, 1) + c.more
		s, err := Load([]string{"-"}, Options{Region: c.region, Stdin: strings.NewReader(file)})
		if err != nil {
			t.Fatal(err)
		}
		e := diagnose.Examine(s, diagnose.Selection{}, nil, rules.All())
		var found []string
		for _, f := range e.Diagnoses[0].Findings {
			found = append(found, f.Rule+" "+string(f.Severity))
		}
		if e.Diagnoses[0].Verdict != c.want || c.finding != "" && !slices.Contains(found, c.finding) || c.finding == "" && slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, "signing-region") }) {
			t.Errorf("%s: %s with %q", c.name, e.Diagnoses[0].Verdict, found)
		}
		says := func(a snapshot.Assumption) bool { return strings.Contains(a.What, "deployed in eu-west-1") }
		if slices.ContainsFunc(e.Target.Assumed, says) != c.assumed {
			t.Errorf("%s: assumed %v", c.name, e.Target.Assumed)
		}
	}
}
