package text

import "testing"

func TestParseARN(t *testing.T) {
	for in, want := range map[string]ARN{
		"arn:aws:sqs:eu-west-1:123456789012:orders":             {"aws", "sqs", "eu-west-1", "123456789012", "orders"},
		"arn:aws:iam::123456789012:role/team/send":              {"aws", "iam", "", "123456789012", "role/team/send"},
		"arn:aws-cn:logs:cn-north-1:123456789012:log-group:a:*": {"aws-cn", "logs", "cn-north-1", "123456789012", "log-group:a:*"},
	} {
		got, ok := ParseARN(in)
		if !ok || got != want || got.String() != in {
			t.Errorf("%s: %+v, %v", in, got, ok)
		}
		if RegionOf(in) != want.Region || AccountOf(in) != want.Account || ResourceOf(in) != want.Resource {
			t.Errorf("%s: the parts are %s, %s, %s", in, RegionOf(in), AccountOf(in), ResourceOf(in))
		}
	}
	for _, in := range []string{"", "orders", "arn:aws:sqs:eu-west-1:orders", "urn:aws:sqs:eu-west-1:123456789012:orders"} {
		if got, ok := ParseARN(in); ok || got != (ARN{}) {
			t.Errorf("%q: %+v, %v", in, got, ok)
		}
	}
}
