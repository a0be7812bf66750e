package http

import (
	"net/url"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/internal/gateway/selection"
	"apisqs-doctor/diagnose/internal/vtl"
)

func input() *selection.Input {
	context := ContextValues{Account: "123456789012", API: "a1b2c3", Region: "eu-west-1", Stage: DefaultStage, RouteKey: "POST /orders/{id}", Method: "POST", Path: "/orders/42"}
	return &selection.Input{
		Headers: []selection.Pair{{Name: "X-Tenant", Value: `ac"me`}, {Name: "User-Agent", Value: "curl/8"}},
		Path:    "/orders/42", PathVariables: map[string]string{"id": "42"},
		Body: `{"text":"a&b=c","attributes":"{}"}`, Context: context.Lookup, StageVariables: map[string]string{},
	}
}

func call(t *testing.T, subtype string, values map[string]string) *Call {
	t.Helper()
	s, _ := Lookup(subtype)
	p, refusals := Compile(s, values)
	if len(refusals) > 0 {
		t.Fatal(refusals)
	}
	return NewCall(s, p.Evaluate(input()))
}

func TestCallForm(t *testing.T) {
	attributes := `{ "Agent": {"DataType":"String","StringValue":"${request.header.user-agent}"},
		"URL": {"DataType":"String","StringValue":"https://${context.domainName}${request.path}"} }`
	for _, c := range []struct {
		fact, subtype string
		values        map[string]string
		want          string // the form, decoded, without Action and Version
	}{
		{"H32", "SQS-SendMessage", map[string]string{"QueueUrl": "u", "MessageBody": "$request.body.text"}, "QueueUrl=u MessageBody=a&b=c"},
		{"H35", "SQS-SendMessage", map[string]string{"QueueUrl": "u", "MessageBody": "x", "DelaySeconds": "5"}, "QueueUrl=u MessageBody=x DelaySeconds=5"},
		{"H7", "SQS-SendMessage", map[string]string{"QueueUrl": "u", "MessageBody": "x", "Region": "eu-central-1"}, "QueueUrl=u MessageBody=x"},
		{"H28", "SQS-SendMessage", map[string]string{"QueueUrl": "u", "MessageBody": "x", "MessageAttributes": attributes},
			"QueueUrl=u MessageBody=x MessageAttribute.1.Name=Agent MessageAttribute.1.Value.DataType=String MessageAttribute.1.Value.StringValue=curl/8 " +
				"MessageAttribute.2.Name=URL MessageAttribute.2.Value.DataType=String MessageAttribute.2.Value.StringValue=https://a1b2c3.execute-api.eu-west-1.amazonaws.com/orders/42"},
		{"H1", "SQS-ReceiveMessage", map[string]string{"QueueUrl": "u", "AttributeNames": "All", "WaitTimeSeconds": "20"}, "QueueUrl=u AttributeName.1=All WaitTimeSeconds=20"},
		{"H1", "SQS-PurgeQueue", map[string]string{"QueueUrl": "u"}, "QueueUrl=u"},
	} {
		got := call(t, c.subtype, c.values)
		body, spans := got.Body()
		var decoded []string
		for i, pair := range strings.Split(body, "&") {
			if text, err := url.QueryUnescape(pair); err != nil {
				t.Errorf("%s: %v", c.fact, err)
			} else if i > 1 {
				decoded = append(decoded, text)
			}
		}
		if have := strings.Join(decoded, " "); have != c.want {
			t.Errorf("%s: %s\nwant %s", c.fact, have, c.want)
		}
		end := 0
		for _, s := range spans {
			if s.Start != end {
				t.Errorf("%s: spans %+v do not tile %q", c.fact, spans, body)
				break
			}
			end = s.End
		}
		if end != len(body) {
			t.Errorf("%s: spans end at %d of %d", c.fact, end, len(body))
		}
		if _, ok := got.Field("Region"); ok {
			t.Errorf("%s: Region is sent to SQS", c.fact)
		}
	}
}

func TestCallProvenance(t *testing.T) {
	c := call(t, "SQS-SendMessage", map[string]string{"QueueUrl": "u", "MessageBody": "t=${request.body.text}",
		"MessageAttributes": `{"A":{"DataType":"String","StringValue":"v ${request.header.user-agent}"}}`})
	body, spans := c.Body()
	var client []string
	for _, s := range spans {
		if s.Origin == vtl.OriginClient {
			client = append(client, s.Source[0]+"="+body[s.Start:s.End])
			if s.URLEncoded != 1 {
				t.Errorf("%s was encoded %d times", s.Source[0], s.URLEncoded)
			}
		}
	}
	if got, want := strings.Join(client, " "), "body:text=a%26b%3Dc header:user-agent=curl%2F8"; got != want {
		t.Errorf("the client's parts are %s, want %s", got, want)
	}
}

func TestCallProblems(t *testing.T) {
	for _, c := range []struct{ fact, text, problem string }{
		{"H28", `{"A":{"DataType":"String","StringValue":"${request.header.x-tenant}"}}`, "no JSON object"}, // a quote in the value
		{"H28", `[${request.path.id}]`, "no JSON object"},
		{"H28", `{"A":"${request.path.id}"}`, "no JSON object with DataType"},
		{"H28", "$request.body.attributes", ""},
	} {
		got := call(t, "SQS-SendMessage", map[string]string{"QueueUrl": "u", "MessageBody": "x", "MessageAttributes": c.text})
		switch {
		case c.problem == "" && len(got.Problems) > 0:
			t.Errorf("%s: %q: %v", c.fact, c.text, got.Problems)
		case c.problem != "" && (len(got.Problems) != 1 || !strings.Contains(got.Problems[0].Why, c.problem)):
			t.Errorf("%s: %q: %v, want %q", c.fact, c.text, got.Problems, c.problem)
		}
	}
}

func TestArguments(t *testing.T) {
	s, _ := Lookup("SQS-SendMessage")
	for _, c := range []struct {
		fact, name, text string
		want             string
	}{
		{"H40", "MessageBody", "$request.body.MessageBody", "Unable to resolve property MessageBody from source $request.body.MessageBody"},
		{"H40", "DelaySeconds", "$request.header.x-delay", "Unable to resolve property DelaySeconds from source $request.header.x-delay"},
		{"H29", "MessageAttributes", "$context.authorizer", "Unable to resolve property MessageAttributes from source $context.authorizer"},
		{"H44", "MessageGroupId", "a ${request.header.x} b", "Unable to resolve property MessageGroupId from source ${request.header.x}"},
	} {
		p, _ := Compile(s, sends(c.name, c.text))
		found := false
		for _, a := range p.Evaluate(input()) {
			if a.Name == c.name {
				found = true
				if a.Outcome != selection.Nothing || a.Trouble() != c.want {
					t.Errorf("%s: %q: outcome %d, %s", c.fact, c.text, a.Outcome, a.Trouble())
				}
			} else if a.Outcome != selection.Resolved {
				t.Errorf("%s: %s: outcome %d (%s)", c.fact, a.Name, a.Outcome, a.Why)
			}
		}
		if !found {
			t.Errorf("%s: no argument %s", c.fact, c.name)
		}
	}
}

// BenchmarkEvaluate is one call of an integration with five parameters.
func BenchmarkEvaluate(b *testing.B) {
	s, _ := Lookup("SQS-SendMessage")
	p, refusals := Compile(s, map[string]string{
		"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/orders.fifo", "MessageBody": "$request.body",
		"MessageGroupId": "$request.body.text", "MessageDeduplicationId": "$context.requestId",
		"MessageAttributes": `{"Tenant":{"DataType":"String","StringValue":"${request.header.x-tenant}"},"Path":{"DataType":"String","StringValue":"${request.path}"}}`,
	})
	if len(refusals) > 0 {
		b.Fatal(refusals)
	}
	template := *input()
	b.ReportAllocs()
	for b.Loop() {
		in := template
		p.Evaluate(&in)
	}
}
