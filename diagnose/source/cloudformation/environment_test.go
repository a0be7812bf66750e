package cloudformation

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const namesItsPlace = "Resources:\n  Q: {Type: 'AWS::SQS::Queue'}\nOutputs:\n  Out: {Value: !Sub '${AWS::Region} ${AWS::AccountId} ${AWS::Partition} ${Q}'}\n"

// place resolves the output of namesItsPlace.
func place(t *testing.T, w *world) string {
	t.Helper()
	return w.stacks[0].output("Out", nil).Text
}

// A region and an account that nobody gave are symbols of the form of what they
// stand for (T179).
func TestUnknownRegionIsASymbol(t *testing.T) {
	for template, want := range map[string]string{
		namesItsPlace: "us-unknown-1 000000000000 aws https://sqs.us-unknown-1.amazonaws.com/000000000000/stack-Q",
		namesItsPlace + "  China: {Value: 'arn:aws-cn:iam::aws:policy/x'}\n":                                    "cn-unknown-1 000000000000 aws-cn https://sqs.cn-unknown-1.amazonaws.com.cn/000000000000/stack-Q",
		namesItsPlace + "  Taken: {Value: 'us-unknown-1'}\n":                                                    "us-unknown-2 000000000000 aws https://sqs.us-unknown-2.amazonaws.com/000000000000/stack-Q",
		namesItsPlace + "  Call: {Value: 'arn:aws:apigateway:eu-west-1:sqs:x'}\n":                               "eu-west-1 000000000000 aws https://sqs.eu-west-1.amazonaws.com/000000000000/stack-Q",
		namesItsPlace + "  Two: {Value: 'arn:aws:sqs:eu-west-1:1:a https://sqs.us-east-2.amazonaws.com/1/a'}\n": "us-unknown-1 000000000000 aws https://sqs.us-unknown-1.amazonaws.com/000000000000/stack-Q",
	} {
		doc, err := language.Parse("t.yaml", []byte(template))
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(Options{})
		w.know(doc)
		w.addRoot(doc, source{}, false)
		is(t, template, place(t, w), want)
		is(t, "assumed", len(w.assumed) == 1, strings.Contains(template, "Call:"))
	}
}

// What deploys a template says where: I61, I53.
func TestPlacesOfTools(t *testing.T) {
	manifest := `{"artifacts": {"a": {"type": "aws:cloudformation:stack", "environment": "aws://210987654321/eu-west-1", "properties": {"templateFile": "a.template.json", "stackName": "shop"}},
	"b": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region", "properties": {"templateFile": "b.template.json"}}}}`
	state := `{"service": {"service": "shop", "provider": {"stage": "prod", "region": "eu-north-1"}}}`
	queue := `{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}`
	dir := folder(t, map[string]string{"cdk/manifest.json": manifest, "cdk/a.template.json": queue, "cdk/b.template.json": queue,
		"sls/serverless-state.json": state, "sls/cloudformation-template-update-stack.json": queue})
	for files, want := range map[string]struct{ arn, region, account string }{
		"cdk/a.template.json": {"arn:aws:sqs:eu-west-1:210987654321:shop-Q", "eu-west-1", "210987654321"},
		"cdk/b.template.json": {"arn:aws:sqs:us-unknown-1:000000000000:b-Q", "", ""},
		"cdk":                 {"arn:aws:sqs:us-unknown-1:000000000000:b-Q", "", ""}, // two places
		"sls/cloudformation-template-update-stack.json": {"arn:aws:sqs:eu-north-1:000000000000:shop-prod-Q", "eu-north-1", ""},
	} {
		s, err := Load([]string{filepath.Join(dir, files)}, Options{})
		if err != nil {
			t.Fatalf("%s: %v", files, err)
		}
		if strings.HasPrefix(files, "cdk/b") {
			want.arn = strings.Replace(want.arn, "b-Q", "stack-Q", 1)
		}
		if _, ok := s.Queues[want.arn]; !ok {
			t.Errorf("%s: no queue %s among %v", files, want.arn, slices.Sorted(maps.Keys(s.Queues)))
		}
		is(t, files, s.Target.Region+" "+s.Target.Account, want.region+" "+want.account)
	}
	// A flag wins, and it is said once where the tool says otherwise.
	for region, said := range map[string]string{
		"us-east-2": "the stack is deployed in region us-east-2: that one is given; the files beside the template name eu-west-1", "eu-west-1": ""} {
		s := loadFile(t, filepath.Join(dir, "cdk/a.template.json"), Options{Region: region, Account: "210987654321"})
		is(t, "region", s.Target.Region, region)
		var got []string
		for _, a := range s.Target.Assumed {
			got = append(got, a.What+": "+a.Why)
		}
		is(t, region, strings.Join(got, "; "), said)
	}
}

// What stands in front of a stage and is not modelled is said; what blocks by
// itself makes nothing healthy.
func TestWebACL(t *testing.T) {
	for action, decides := range map[string]bool{"Block: {}}, Rules: [{Name: a, Priority: 1, Action: {Allow: {}}}], Tags: [{": true, "Allow: {}}, Tags: [{": false} {
		s := load(t, restTemplate+`  ACL: {Type: 'AWS::WAFv2::WebACL', Properties: {Scope: REGIONAL, DefaultAction: {`+action+`}]}}
  Front: {Type: 'AWS::WAFv2::WebACLAssociation', Properties: {WebACLArn: !GetAtt ACL.Arn, ResourceArn: !Sub 'arn:aws:apigateway:${AWS::Region}::/restapis/${Api}/stages/${Stage}'}}
`, Options{})
		is(t, action, len(s.Target.Unread) == 1 && s.Target.Unread[0].Decides, decides)
		is(t, action, len(s.Target.Assumed) == 1, !decides)
	}
}
