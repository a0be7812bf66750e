package http

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// sends are parameters of SQS-SendMessage that AWS takes, with changes.
func sends(changes ...string) map[string]string {
	m := map[string]string{"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/orders", "MessageBody": "$request.body"}
	for i := 0; i < len(changes); i += 2 {
		m[changes[i]] = changes[i+1]
	}
	return m
}

func without(m map[string]string, names ...string) map[string]string {
	for _, name := range names {
		delete(m, name)
	}
	return m
}

func TestCompileRefuses(t *testing.T) {
	for _, c := range []struct {
		fact, subtype string
		values        map[string]string
		fault         Fault
		message       string // a part of AWS's text
	}{
		{"H11", "SQS-SendMessage", without(sends(), "MessageBody"), MissingParameter, "MessageBody"},
		{"H11", "SQS-SendMessage", map[string]string{}, MissingParameter, "QueueUrl, MessageBody"},
		{"H11", "SQS-ReceiveMessage", map[string]string{}, MissingParameter, "QueueUrl"},
		{"H11", "SQS-DeleteMessage", map[string]string{"QueueUrl": "u"}, MissingParameter, "ReceiptHandle"},
		{"H11", "SQS-PurgeQueue", map[string]string{"Region": "eu-west-1"}, MissingParameter, "QueueUrl"},
		{"H12", "SQS-SendMessage", sends("messageGroupId", "1"), UnknownParameter, "Parameter: messageGroupId does not fit schema for Operation: SQS-SendMessage."},
		{"H13", "SQS-SendMessage", sends("MessageAttribute.1.Name", "x"), UnknownParameter, "MessageAttribute.1.Name does not fit schema"},
		{"H13", "SQS-SendMessage", sends("MessageAttributes.x.StringValue", "x"), UnknownParameter, "MessageAttributes.x.StringValue does not fit schema"},
		{"H13", "SQS-PurgeQueue", map[string]string{"QueueUrl": "u", "MessageBody": "x"}, UnknownParameter, "Operation: SQS-PurgeQueue."},
		{"H14", "SQS-SendMessage", sends("MessageBody", ""), BlankParameter, "[Mapping expression missing source or destination]"},
		{"H14", "SQS-SendMessage", sends("DelaySeconds", ""), BlankParameter, "[Mapping expression missing source or destination]"},
		{"H22", "SQS-SendMessage", sends("MessageBody", "$request.headers.x"), BadExpression, "[Invalid source: $request.headers.x specified for destination: MessageBody]"},
		{"H22", "SQS-SendMessage", sends("MessageAttributes", "${request.pathParameters.x}"), BadExpression, "specified for destination: MessageAttributes]"},
		{"H23", "SQS-SendMessage", sends("MessageBody", "${request.body"), BadExpression, "Invalid source: ${request.body specified"},
	} {
		s, _ := Lookup(c.subtype)
		_, refusals := Compile(s, c.values)
		if len(refusals) != 1 || refusals[0].Fault != c.fault || !strings.Contains(refusals[0].Message, c.message) {
			t.Errorf("%s: %s of %v: %+v, want fault %d with %q", c.fact, c.subtype, c.values, refusals, c.fault, c.message)
		}
	}
}

func TestCompileAccepts(t *testing.T) {
	url := map[string]string{"QueueUrl": "$stageVariables.queue"}
	for _, c := range []struct {
		fact, subtype string
		values        map[string]string
	}{
		{"H1", "SQS-SendMessage", sends("DelaySeconds", "5", "MessageGroupId", "g", "MessageDeduplicationId", "$context.requestId", "Region", "eu-west-1",
			"MessageAttributes", `{"A":{"DataType":"String","StringValue":"${request.header.x}"}}`, "MessageSystemAttributes", `{"AWSTraceHeader":{"DataType":"String","StringValue":"${request.header.x-amzn-trace-id}"}}`)},
		{"H1", "SQS-ReceiveMessage", url},
		{"H1", "SQS-PurgeQueue", url},
		{"H1", "SQS-DeleteMessage", map[string]string{"QueueUrl": "u", "ReceiptHandle": "$request.body.handle"}},
		{"H22", "SQS-SendMessage", sends("MessageBody", "$request.header.any-name-passes")},
		{"H28", "SQS-SendMessage", sends("MessageAttributes", "$request.body.attributes")},
		{"H29", "SQS-SendMessage", sends("MessageAttributes", "$context.authorizer")},
	} {
		s, _ := Lookup(c.subtype)
		if _, refusals := Compile(s, c.values); len(refusals) > 0 {
			t.Errorf("%s: %v is refused: %+v", c.fact, c.values, refusals)
		}
	}
}

// What is open stays open: an evaluation of these is unknown, neither refused
// nor sent.
func TestCompileOpen(t *testing.T) {
	for _, c := range []struct{ fact, name, text string }{
		{"H23", "MessageBody", `{"id":"${request.path.id}"}`},
		{"H28", "MessageAttributes", `{"A":{"DataType":"String","StringValue":"fixed"}}`},
		{"H21", "MessageBody", "$request.body.list[*]"},
		{"H25", "MessageBody", "$request.path.id|$request.path.id"},
	} {
		s, _ := Lookup("SQS-SendMessage")
		p, refusals := Compile(s, sends(c.name, c.text))
		if len(refusals) > 0 {
			t.Errorf("%s: %q is refused: %+v", c.fact, c.text, refusals)
			continue
		}
		in := input()
		in.Body = `{"list":["a"]}`
		for _, a := range p.Evaluate(in) {
			if a.Name == c.name && a.Outcome != 0 {
				t.Errorf("%s: %q: outcome %d", c.fact, c.text, a.Outcome)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		fact    string
		got     *Refusal
		refused bool
		fault   Fault
		literal bool
	}{
		{"H10", CheckType("AWS", ""), true, WrongType, true},
		{"H10", CheckType("MOCK", ""), true, WrongType, true},
		{"H10", CheckType("HTTP", ""), true, WrongType, true},
		{"H2", CheckType("AWS_PROXY", "SQS-SendMessage"), false, 0, false},
		{"H2", CheckType("aws_proxy", "SQS-PurgeQueue"), false, 0, false},
		{"H16", CheckType("AWS_PROXY", "SQS_SEND_MESSAGE"), true, UnknownSubtype, false},
		{"H16", CheckType("AWS_PROXY", "SQS-SendMessageBatch"), true, UnknownSubtype, false},
		{"H16", CheckType("HTTP_PROXY", "SQS-SendMessage"), true, SubtypeOnOtherType, false},
		{"H16", CheckType("AWS_PROXY", "Kinesis-PutRecord"), false, 0, false},
		{"H17", CheckURI("AWS_PROXY", "", "arn:aws:apigateway:eu-west-1:sqs:path/123456789012/orders"), true, UnexpectedURI, true},
		{"H17", CheckURI("AWS_PROXY", "", "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/f/invocations"), false, 0, false},
		{"H2", CheckURI("AWS_PROXY", "SQS-SendMessage", ""), false, 0, false},
		{"H3", CheckPayload(""), true, NoPayloadVersion, false},
		{"H3", CheckPayload("2.0"), true, WrongPayloadVersion, false},
		{"H3", CheckPayload("1.0"), false, 0, false},
		{"H4", CheckCredentials(""), true, NoCredentials, false},
		{"H4", CheckCredentials("arn:aws:iam::*:user/*"), false, 0, false},
	} {
		switch {
		case (c.got != nil) != c.refused:
			t.Errorf("%s: refusal %+v", c.fact, c.got)
		case c.got != nil && (c.got.Fault != c.fault || c.got.Literal != c.literal || c.got.Message == "" || c.got.Reason == ""):
			t.Errorf("%s: %+v", c.fact, c.got)
		}
	}
}

func TestMeant(t *testing.T) {
	for name, want := range map[string]string{"SQS_SEND_MESSAGE": "SQS-SendMessage", "sqs-sendMessage": "SQS-SendMessage", "SendMessage": "SQS-SendMessage",
		"SQS:PurgeQueue": "SQS-PurgeQueue", "Lambda-Invoke": "", "SQS-SendMessageBatch": ""} {
		got := ""
		if s := Meant(name); s != nil {
			got = s.Name
		}
		if got != want {
			t.Errorf("%s was meant as %q, want %q", name, got, want)
		}
	}
	s, _ := Lookup("SQS-SendMessage")
	for name, want := range map[string]string{"messageBody": "MessageBody", "MessageAttribute.1.Name": "MessageAttributes", "MessageAttributes.x.StringValue": "MessageAttributes", "Body": ""} {
		if got := s.Spelt(name); got != want {
			t.Errorf("%s was meant as %q, want %q", name, got, want)
		}
	}
}

func TestReplies(t *testing.T) {
	one := func(key, destination, source string) map[string]map[string]string {
		return map[string]map[string]string{key: {destination: source}}
	}
	for _, c := range []struct {
		fact    string
		in      map[string]map[string]string
		refused bool
	}{
		{"H19", one("200", "overwrite:statuscode", "202"), false},
		{"H19", one("599", "overwrite:statuscode", "599"), false},
		{"H19", one("199", "overwrite:statuscode", "202"), true},
		{"H19", one("600", "overwrite:statuscode", "202"), true},
		{"H19", one("200 ", "overwrite:statuscode", "202"), true},
		{"H19", one("200", "overwrite:statuscode", "99"), true},
		{"H19", one("200", "overwrite:statuscode", "600"), true},
		{"H19", one("200", "overwrite:statuscode", "20.1"), true},
		{"H19", one("200", "append:statuscode", "202"), true},
		{"H19", one("200", "overwrite:statuscode", ""), false},
		{"H19", one("200", "overwrite:statuscode", "$context.authorizer.status"), false},
		{"H51", one("200", "append:header.x-id", "$response.header.x-amzn-requestid"), false},
		{"H51", one("200", "remove:header.x-id", "''"), false},
		{"H22", one("200", "overwrite:statuscode", "$resp.header.x"), true},
	} {
		if _, refusals := CompileReplies(c.in); len(refusals) > 0 != c.refused {
			t.Errorf("%s: %v: %+v", c.fact, c.in, refusals)
		}
	}
	r, _ := CompileReplies(map[string]map[string]string{"200": {"overwrite:statuscode": "202"}, "400": {"overwrite:statuscode": "200"}, "403": {"overwrite:statuscode": "$context.x"}})
	for status, want := range map[int][]int{200: {202}, 400: {500, 200}, 403: {500, 0}, 404: {500, 404}, 500: {500}} {
		if got := r.Statuses(status); !slices.Equal(got, want) {
			t.Errorf("H50, H51: %d gives %v, want %v", status, got, want)
		}
	}
	var none *Replies
	if got := none.Statuses(403); !slices.Equal(got, []int{500, 403}) {
		t.Errorf("H50: without mappings: %v", got)
	}
}

func TestSubtypesAreThoseOfSQS(t *testing.T) {
	want := map[string]string{
		"SQS-SendMessage":    "QueueUrl* MessageBody* DelaySeconds MessageAttributes MessageDeduplicationId MessageGroupId MessageSystemAttributes Region",
		"SQS-ReceiveMessage": "QueueUrl* AttributeNames MaxNumberOfMessages MessageAttributeNames ReceiveRequestAttemptId VisibilityTimeout WaitTimeSeconds Region",
		"SQS-DeleteMessage":  "ReceiptHandle* QueueUrl* Region",
		"SQS-PurgeQueue":     "QueueUrl* Region",
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		s, ok := Lookup(name)
		if !ok {
			t.Errorf("H1: no subtype %s", name)
			continue
		}
		var have []string
		for _, p := range s.Parameters {
			if p.Required {
				have = append(have, p.Name+"*")
			} else {
				have = append(have, p.Name)
			}
		}
		if got := strings.Join(have, " "); got != want[name] {
			t.Errorf("H1: %s takes %s, want %s", name, got, want[name])
		}
	}
}
