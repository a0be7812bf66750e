package live

import (
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
)

func TestQueuesOf(t *testing.T) {
	tests := []struct {
		name      string
		uri       string
		parameter string // value of integration.request.querystring.QueueUrl
		template  string
		want      string // partition region account name; - for what is left open
	}{
		{"account and name", "arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders", "", "", "aws us-east-1 123456789012 orders"},
		{"two slashes", "arn:aws:apigateway:us-east-1:sqs:path//123456789012/orders", "", "", "aws us-east-1 123456789012 orders"},
		{"FIFO", "arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders.fifo", "", "", "aws us-east-1 123456789012 orders.fifo"},
		{"the caller's account", "arn:aws:apigateway:eu-west-1:sqs:path/orders", "", "", "aws eu-west-1 - orders"},
		{"China", "arn:aws-cn:apigateway:cn-north-1:sqs:path/123456789012/orders", "", "", "aws-cn cn-north-1 123456789012 orders"},
		{"query string in the URI", "arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders?Action=SendMessage", "", "", "aws us-east-1 123456789012 orders"},
		{"no queue in the path", "arn:aws:apigateway:us-east-1:sqs:path//", "", "", ""},
		{"stage variable", "arn:aws:apigateway:us-east-1:sqs:path/123456789012/${stageVariables.queue}", "", "", "aws us-east-1 123456789012 events"},
		{"stage variable that is missing", "arn:aws:apigateway:us-east-1:sqs:path/123456789012/${stageVariables.other}", "", "", ""},
		{"path parameter", "arn:aws:apigateway:us-east-1:sqs:path/123456789012/{queue}", "", "", ""},
		{"queue ARN in its place", "arn:aws:sqs:us-east-1:123456789012:orders", "", "", "aws us-east-1 123456789012 orders"},
		{"queue URL in its place", "https://sqs.us-east-1.amazonaws.com/123456789012/orders", "", "", "aws us-east-1 123456789012 orders"},
		{"action", "arn:aws:apigateway:us-east-1:sqs:action/SendMessage", "", "", ""},
		{"parameter with a URL", "arn:aws:apigateway:us-east-1:sqs:action/SendMessage", "'https://sqs.eu-west-1.amazonaws.com/210987654321/orders'", "", "aws eu-west-1 210987654321 orders"},
		{"parameter with a bare name", "arn:aws:apigateway:us-east-1:sqs:action/SendMessage", "'orders'", "", "aws us-east-1 - orders"},
		{"parameter with a stage variable", "arn:aws:apigateway:us-east-1:sqs:path//", "stageVariables.url", "", "aws us-west-2 123456789012 fromstage"},
		{"template", "arn:aws:apigateway:us-east-1:sqs:path//", "", "Action=SendMessage&QueueUrl=https://sqs.us-east-1.amazonaws.com/123456789012/orders&MessageBody=x", "aws us-east-1 123456789012 orders"},
		{"encoded template", "arn:aws:apigateway:us-east-1:sqs:path//", "", "QueueUrl=https%3A%2F%2Fsqs.us-east-1.amazonaws.com%2f123456789012%2Forders.fifo&MessageBody=x", "aws us-east-1 123456789012 orders.fifo"},
		{"JSON template", "arn:aws:apigateway:us-east-1:sqs:path//", "", `{"QueueUrl": "https://sqs.cn-north-1.amazonaws.com.cn/123456789012/orders", "MessageBody": "x"}`, "aws-cn cn-north-1 123456789012 orders"},
		{"JSON template with a bare name", "arn:aws:apigateway:us-east-1:sqs:path//", "", `{"QueueUrl": "orders.fifo"}`, "aws us-east-1 - orders.fifo"},
		{"template with a stage variable", "arn:aws:apigateway:us-east-1:sqs:path//", "", `QueueUrl=$util.urlEncode($stageVariables.get('url'))`, "aws us-west-2 123456789012 fromstage"},
		{"legacy host", "arn:aws:apigateway:us-east-1:sqs:path//", "", "QueueUrl=https://eu-west-1.queue.amazonaws.com/123456789012/orders", "aws eu-west-1 123456789012 orders"},
		{"host without a region", "arn:aws:apigateway:us-east-1:sqs:path//", "", "QueueUrl=https://queue.amazonaws.com/123456789012/orders", "aws us-east-1 123456789012 orders"},
		{"dual-stack host", "arn:aws:apigateway:us-east-1:sqs:path//", "", "QueueUrl=https://sqs.eu-west-1.api.aws/123456789012/orders", "aws eu-west-1 123456789012 orders"},
		{"emulator", "arn:aws:apigateway:us-east-1:sqs:path//", "", "QueueUrl=http://localhost:4566/000000000000/orders", "aws us-east-1 000000000000 orders"},
		{"nothing at all", "", "", "", ""},
	}
	variables := map[string]string{"queue": "events", "url": "https://sqs.us-west-2.amazonaws.com/123456789012/fromstage"}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in := &snapshot.Integration{URI: known(test.uri)}
			if test.parameter != "" {
				in.RequestParameters = knownTexts(map[string]string{"integration.request.querystring.QueueUrl": test.parameter})
			}
			if test.template != "" {
				in.Templates = knownTexts(map[string]string{"application/json": test.template})
			}
			found := []string{}
			for _, q := range queuesOf(in, variables) {
				words := []string{q.partition, q.region, q.account, q.name}
				for i := range words {
					if words[i] == "" {
						words[i] = "-"
					}
				}
				found = append(found, strings.Join(words, " "))
			}
			if got := strings.Join(slices.Compact(found), ", "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestLeadsToSQS(t *testing.T) {
	tests := []struct {
		name string
		in   *snapshot.Integration
		want bool
	}{
		{"SQS", &snapshot.Integration{URI: known("arn:aws:apigateway:us-east-1:sqs:path/1/q")}, true},
		{"a queue's ARN as the URI", &snapshot.Integration{URI: known("arn:aws:sqs:us-east-1:123456789012:q")}, true},
		{"another service, but a message for SQS", &snapshot.Integration{URI: known("arn:aws:apigateway:us-east-1:sns:path/1/q"),
			Templates: knownTexts(map[string]string{"application/json": "Action=SendMessage"})}, true},
		{"the service in a stage variable", &snapshot.Integration{URI: known("arn:aws:apigateway:us-east-1:${stageVariables.service}:path/1/q")}, true},
		{"Lambda", &snapshot.Integration{URI: known("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/x/invocations")}, false},
		{"mock", &snapshot.Integration{Type: known("MOCK"), URI: known("")}, false},
		{"no integration", nil, false},
	}
	for _, test := range tests {
		if got := leadsToSQS(snapshot.Method{Integration: known(test.in)}); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func FuzzQueuesOf(f *testing.F) {
	f.Add("arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders", "QueueUrl=https%3A%2F%2Fsqs.us-east-1.amazonaws.com%2F123456789012%2Forders")
	f.Add("${stageVariables.x}", "$stageVariables.get('x')%")
	f.Fuzz(func(t *testing.T, uri, template string) {
		in := &snapshot.Integration{URI: known(uri), Templates: knownTexts(map[string]string{"a": template})}
		for _, q := range queuesOf(in, map[string]string{"x": template}) {
			if !plainName.MatchString(q.name) || q.account != "" && !accountID.MatchString(q.account) {
				t.Errorf("%+v is no queue", q)
			}
		}
	})
}
