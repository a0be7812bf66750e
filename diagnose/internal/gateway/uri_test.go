package gateway

import (
	"errors"
	"strings"
	"testing"
)

func TestParseURI(t *testing.T) {
	for _, c := range []struct {
		text string
		want URI
	}{
		// T18: the forms that were seen working.
		{"arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders", URI{Partition: "aws", Region: "us-east-1", Service: "sqs", Path: "/123456789012/orders"}},
		{"arn:aws:apigateway:us-east-1:sqs:path//123456789012/orders", URI{Partition: "aws", Region: "us-east-1", Service: "sqs", Path: "//123456789012/orders"}},
		{"arn:aws:apigateway:us-east-1:sqs:path/orders", URI{Partition: "aws", Region: "us-east-1", Service: "sqs", Path: "/orders"}},
		{"arn:aws:apigateway:us-east-1:sqs:path//", URI{Partition: "aws", Region: "us-east-1", Service: "sqs", Path: "//"}},
		{"arn:aws:apigateway:us-east-1:sqs:action/SendMessage", URI{Partition: "aws", Region: "us-east-1", Service: "sqs", Action: "SendMessage", Path: "/"}},
		{"arn:aws:apigateway:us-east-1:sqs:path/1/q?Action=ReceiveMessage", URI{Partition: "aws", Region: "us-east-1", Service: "sqs", Path: "/1/q", Query: "Action=ReceiveMessage"}},
		{"arn:aws:apigateway:us-east-1:sqs:action/SendMessage&Version=2012-11-05", URI{Partition: "aws", Region: "us-east-1", Service: "sqs", Action: "SendMessage", Query: "Version=2012-11-05", Path: "/"}},
		{"arn:aws-cn:apigateway:cn-north-1:sqs:path/1/q", URI{Partition: "aws-cn", Region: "cn-north-1", Service: "sqs", Path: "/1/q"}},
		{"arn:aws:apigateway:us-east-1:1234.iot:path/x", URI{Partition: "aws", Region: "us-east-1", Subdomain: "1234", Service: "iot", Path: "/x"}},
	} {
		if got, err := ParseURI(c.text); err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", c.text, got, err)
		}
	}
}

// T100: what PutIntegration answers.
func TestParseURIRefuses(t *testing.T) {
	for text, want := range map[string]error{
		"":           ErrNotARN,
		"not-an-arn": ErrNotARN,
		"https://sqs.us-east-1.amazonaws.com/123456789012/orders": ErrNotARN,
		"orn:aws:apigateway:us-east-1:sqs:path/1/q":               ErrNotARN,
		"arn:aws:sqs:us-east-1:123456789012:orders":               ErrNoTarget,
		"arn:aws:apigateway:us-east-1:sqs:orders":                 ErrNoTarget,
		"arn:aws:apigateway:us-east-1:sqs:pathorders":             ErrNoTarget,
	} {
		if _, err := ParseURI(text); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
}

// T84: variables that the stage lacks stay as they are written.
func TestStageVariables(t *testing.T) {
	got, missing := StageVariables("a/${stageVariables.q}/${stageVariables.gone}/${path}", map[string]string{"q": "orders"})
	if got != "a/orders/${stageVariables.gone}/${path}" || len(missing) != 1 || missing[0] != "gone" {
		t.Errorf("%q, missing %v", got, missing)
	}
}

func TestFillPath(t *testing.T) {
	if got := FillPath("/1/{queue}/{gone}", map[string]string{"queue": "orders"}); got != "/1/orders/{gone}" {
		t.Error(got)
	}
	// A value is not filled in again, whatever it looks like.
	if got := FillPath("/{a}/{b}", map[string]string{"a": "{b}", "b": "{a}"}); got != "/{b}/{a}" {
		t.Error(got)
	}
}

func FuzzParseURI(f *testing.F) {
	for _, seed := range []string{"arn:aws:apigateway:us-east-1:sqs:path/1/q", "arn:aws:apigateway:::action/", "arn:aws:apigateway:us-east-1:.:path/?", "a:b:c:d:e:f"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, err := ParseURI(text)
		if err == nil && (!strings.HasPrefix(u.Path, "/") || !strings.Contains(text, u.Service)) {
			t.Errorf("%q: %+v", text, u)
		}
		StageVariables(text, nil)
		FillPath(text, map[string]string{"a": text})
	})
}
