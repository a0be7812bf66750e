package sqs

import (
	"strings"
	"testing"
)

// What SQS says to requests that it cannot read: the decision table.
func TestUnreadable(t *testing.T) {
	with := func(r *Request, name, value string) *Request {
		r.Header[name] = []string{value}
		return r
	}
	without := func(r *Request, name string) *Request {
		delete(r.Header, name)
		return r
	}
	method := func(r *Request, m string) *Request { r.Method = m; return r }
	tests := []struct {
		name string
		r    *Request
		want want
	}{
		{"T1: POST with a JSON body and nothing else", with(post(`{"a":1}`), "Content-Type", "application/json"),
			want{404, CodeUnknownOperation, "", "", nil, NoCause}},
		{"T1: POST of a form without Content-Type", without(post("Action=SendMessage&MessageBody=x"), "Content-Type"),
			want{404, CodeUnknownOperation, "", "", nil, NoCause}},
		{"T2: GET without a query string", get(""), want{404, CodeUnknownOperation, "", "UnknownOperationException", nil, OperationMissing}},
		{"T2: empty Action", get("Action="), want{404, CodeUnknownOperation, "", "", nil, NoCause}},
		{"T3, T5: form Content-Type, raw JSON body", post(`{"score":7}`), want{403, CodeAccessDenied,
			"Access to the resource https://sqs.us-east-1.amazonaws.com/123456789012/orders is denied.", "", []string{CodeUnknownOperation}, ActionMissing}},
		{"T4: blank lines before Action", post("\n\nAction=SendMessage&MessageBody=x"), want{403, CodeAccessDenied, "", "", []string{CodeUnknownOperation}, ActionMissing}},
		{"T4: a blank before Action, encoded", post("+Action=SendMessage&MessageBody=x"), want{403, CodeAccessDenied, "", "", []string{CodeUnknownOperation}, ActionMissing}},
		{"T6: a stray '&' in the body", post(`Action=SendMessage&MessageBody={"a":"lorem ipsum &"}`), want{403, CodeAccessDenied,
			"Access to the resource https://sqs.us-east-1.amazonaws.com/123456789012/orders is denied.", "", nil, StrayAmpersand}},
		{"T9: unknown action", get("Action=FooBar&Version=2012-11-05"), want{400, CodeInvalidAction, "The action FooBar is not valid for this endpoint.", "", nil, ActionUnknown}},
		{"T9: action in lower case", get("Action=sendmessage&MessageBody=x"), want{400, CodeInvalidAction, "", "", nil, ActionUnknown}},
		{"white space behind the action", post("Action=SendMessage\n&MessageBody=x"),
			want{400, CodeInvalidAction, "The action SendMessage\n is not valid for this endpoint.", "", []string{CodeAccessDenied}, ActionUnknown}},
		{"T10: CreateQueue on a queue path", get("Action=CreateQueue&QueueName=x"), want{400, CodeInvalidAction, "The action CreateQueue is not valid for this endpoint.", "", nil, ActionOfService}},
		{"T10: ListQueues on a queue path", get("Action=ListQueues"), want{400, CodeInvalidAction, "", "", nil, ActionOfService}},
		{"T20: a percent sign without digits", post("Action=SendMessage&MessageBody=100% sure"), want{404, CodeMalformedQueryString,
			"The query string contains a syntax error.", "", []string{CodeAccessDenied}, EscapeInvalid}},
		{"T20: a percent sign at the end", post("Action=SendMessage&MessageBody=5%2"), want{404, CodeMalformedQueryString, "", "", []string{CodeAccessDenied}, EscapeInvalid}},
		{"T48: JSON Content-Type without target", without(jsonPost("", `{}`), "X-Amz-Target"), want{404, CodeUnknownOperation, "", "", nil, TargetInvalid}},
		{"T48: unknown target", jsonPost("Send", `{}`), want{404, CodeUnknownOperation, "", "", nil, TargetInvalid}},
		{"T48: target of the wrong service", with(jsonPost("", `{}`), "X-Amz-Target", "SQS.SendMessage"), want{404, CodeUnknownOperation, "", "", nil, TargetInvalid}},
		{"T48: JSON 1.1", with(jsonPost("SendMessage", `{}`), "Content-Type", MediaTypeJSON11), want{404, CodeUnknownOperation, "", "", nil, OperationMissing}},
		{"T48: target beside application/json", with(jsonPost("SendMessage", `{}`), "Content-Type", "application/json"), want{404, CodeUnknownOperation, "", "", nil, OperationMissing}},
		{"T48: malformed JSON", jsonPost("SendMessage", `{"MessageBody":"{"a":1}"}`), want{400, CodeSerialization, "", "SerializationException", nil, DocumentInvalid}},
		{"T48: an array", jsonPost("SendMessage", `[]`), want{400, CodeSerialization, "", "", nil, DocumentInvalid}},
		{"T48: no body at all", jsonPost("SendMessage", ``), want{400, CodeSerialization, "", "", []string{CodeMissingParameter}, DocumentInvalid}},
		{"T139: the escaped single quote of escapeJavaScript", jsonPost("SendMessage", `{"MessageBody":"it\'s"}`), want{400, CodeSerialization, "", "", nil, DocumentInvalid}},
		{"a raw line feed in a JSON string", jsonPost("SendMessage", "{\"MessageBody\":\"a\nb\"}"), want{400, CodeSerialization, "", "", nil, DocumentInvalid}},
		{"a form in the body of a GET", method(post("Action=SendMessage&MessageBody=x"), "GET"), want{404, CodeUnknownOperation, "", "", nil, OperationMissing}},
		{"a form in the body of a PUT", method(post("Action=SendMessage&MessageBody=x"), "PUT"), want{404, CodeUnknownOperation, "", "", nil, OperationMissing}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := Recognize(tt.r)
			tt.want.check(t, c.Failure)
			if v := c.Check(standard()); v.Answer != c.Failure {
				t.Errorf("Check gives %v, want the failure", v.Answer)
			}
		})
	}
}

// What arrives although a naive rule would refuse it.
func TestReadable(t *testing.T) {
	plain := func(r *Request, contentType string) *Request {
		r.Header["Content-Type"] = []string{contentType}
		return r
	}
	at := func(r *Request, path string) *Request { r.Path = path; return r }
	tests := []struct {
		name, message string
		r             *Request
	}{
		{"plain", "hello", post("Action=SendMessage&MessageBody=hello")},
		{"T13: with a Version", "hello", post("Action=SendMessage&MessageBody=hello&Version=2012-11-05")},
		{"T14: all in the query string of a GET", "hi there", get("Action=SendMessage&MessageBody=hi+there")},
		{"Content-Type with a charset", "x", plain(post("Action=SendMessage&MessageBody=x"), "application/x-www-form-urlencoded; charset=utf-8")},
		{"Content-Type in capitals", "x", plain(post("Action=SendMessage&MessageBody=x"), "Application/X-WWW-Form-URLEncoded")},
		{"T19: raw JSON with blanks", `{"foo": "bar"}`, post(`Action=SendMessage&MessageBody={"foo": "bar"}`)},
		{"T19: raw XML", `<xml>Hello World</xml>`, post(`Action=SendMessage&MessageBody=<xml>Hello World</xml>`)},
		{"T19: line feeds", "a\nb", post("Action=SendMessage&MessageBody=a\nb")},
		{"T20: plus, percent and '='", "a b=c%", post("Action=SendMessage&MessageBody=a+b=c%25")},
		{"a body encoded twice stays encoded once", `%7B%7D`, post("Action=SendMessage&MessageBody=%257B%257D")},
		{"T18b: Action in the query string, unrelated JSON body, double slash", `{"a":1}`,
			func() *Request {
				r := at(plain(post("{statusCode:200}"), "application/json"), "//123456789012/orders")
				r.RawQuery = "Action=SendMessage&MessageBody=%7B%22a%22%3A1%7D"
				return r
			}()},
		{"T18c: path without an account", "x", at(post("Action=SendMessage&MessageBody=x"), "/orders")},
		{"T18d: QueueUrl in the body, path of two slashes", "x",
			at(post("Action=SendMessage&QueueUrl=https%3A%2F%2Fsqs.us-east-1.amazonaws.com%2F123456789012%2Forders&MessageBody=x"), "//")},
		{"T16: a bare queue name as QueueUrl", "x", at(post("Action=SendMessage&QueueUrl=orders&MessageBody=x"), "/")},
		{"T40: JSON protocol", "x", jsonPost("SendMessage", `{`+urlMember+`,"MessageBody":"x"}`)},
		{"T41: JSON protocol on the queue path", "x", at(jsonPost("SendMessage", `{`+urlMember+`,"MessageBody":"x"}`), path)},
		{"JSON: unknown members are ignored", "x", jsonPost("SendMessage", `{`+urlMember+`,"MessageBody":"x","Foo":[1,{"a":null}]}`)},
		{"JSON: null is absence", "x", jsonPost("SendMessage", `{`+urlMember+`,"MessageBody":"x","DelaySeconds":null,"MessageAttributes":null}`)},
		{"JSON: escapes", "a\"\\/\n\té\U0001F600", jsonPost("SendMessage", `{`+urlMember+`,"MessageBody":"a\"\\\/\n\t\u00e9\ud83d\ude00"}`)},
		{"T18e: action/ puts the Action into the query string, the template has it too", "x", func() *Request {
			r := at(post(encode("Action", "SendMessage", "MessageBody", "x", "QueueUrl", QueueURL(region, account, "orders"))), "/")
			r.RawQuery = "Action=SendMessage"
			return r
		}()},
		{"a body may look like a parameter", "Action=x", post("Action=SendMessage&MessageBody=Action%3Dx")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, v := check(tt.r, standard())
			accepted(t, v)
			if got := c.Messages(); len(got) != 1 || got[0].Body != tt.message {
				t.Errorf("messages %+v, want one of body %q", got, tt.message)
			}
			if c.Queue.ARN() != standard().ARN {
				t.Errorf("queue %q, want %q", c.Queue.ARN(), standard().ARN)
			}
			if c.Effective() != &c {
				t.Error("the effective call is not the call itself")
			}
		})
	}
}

// T7: a pair behind an unencoded '&' cuts the message and is dropped silently.
func TestSilentTruncation(t *testing.T) {
	c, v := check(post("Action=SendMessage&MessageBody=type=test&foo=bar"), standard())
	accepted(t, v)
	if c.Messages()[0].Body != "type=test" {
		t.Errorf("body %q", c.Messages()[0].Body)
	}
	if len(c.Ignored) != 1 || c.Ignored[0] != "foo" {
		t.Errorf("ignored %q, want foo", c.Ignored)
	}
	a := c.Success(standard())
	if !strings.Contains(a.Body(), "97a5c622f6dbe156849a71a233833a41") { // the digest of the report
		t.Errorf("body %s", a.Body())
	}
}

// T15: QueueUrl as a parameter wins over the path.
func TestQueueURLWins(t *testing.T) {
	r := get("Action=GetQueueAttributes&AttributeName.1=QueueArn&QueueUrl=https://sqs.us-east-1.amazonaws.com/123456789012/other")
	c := Recognize(r)
	if c.Queue.Name != "other" || c.Queue.From != FromQuery {
		t.Errorf("queue %+v, want \"other\" from the query string", c.Queue)
	}
	if v := c.Check(standard()); v.Answer != nil || len(v.Unknown) != 1 {
		t.Errorf("verdict %+v: facts of another queue must leave it open", v)
	}
}

// T10: on the root path the actions of the service are fine.
func TestServiceActionsOnRoot(t *testing.T) {
	r := get("Action=ListQueues&Version=2012-11-05")
	r.Path = "/"
	c, v := check(r, Queue{})
	accepted(t, v)
	if a := c.Success(Queue{}); !strings.Contains(a.Body(), "<ListQueuesResponse") {
		t.Errorf("body %s", a.Body())
	}
}

// The reading names what it takes for granted.
func TestDoubts(t *testing.T) {
	tests := []struct {
		name, part string
		r          *Request
	}{
		{"trailing '&'", "nothing behind it", post("Action=SendMessage&MessageBody=x&")},
		{"doubled parameter", "MessageBody is given with several values", post("Action=SendMessage&MessageBody=a&MessageBody=b")},
		{"other Version", "2011-10-01", post("Action=SendMessage&MessageBody=a&Version=2011-10-01")},
		{"gap in the numbers of attributes", "MessageAttribute are not 1, 2, 3", post(encode("Action", "SendMessage", "MessageBody", "x",
			"MessageAttribute.2.Name", "n", "MessageAttribute.2.Value.DataType", "String", "MessageAttribute.2.Value.StringValue", "v"))},
		{"empty QueueUrl", "QueueUrl is empty", post("Action=SendMessage&MessageBody=x&QueueUrl=")},
		{"doubled JSON member", "MessageBody is given with several values", jsonPost("SendMessage", `{`+urlMember+`,"MessageBody":"a","MessageBody":"b"}`)},
		{"no UTF-8", "U+FFFD", post("Action=SendMessage&MessageBody=%FF")},
		{"part without '=' in the query string", "flag", get("Action=SendMessage&MessageBody=a&flag")},
		{"another method", "HTTP method is \"PUT\"", func() *Request { r := get("Action=SendMessage&MessageBody=x"); r.Method = "PUT"; return r }()},
		{"JSON Content-Type without target, Action in the query string", "without X-Amz-Target", func() *Request {
			r := get("Action=SendMessage&MessageBody=x")
			r.Header = Header{"Content-Type": {MediaTypeJSON10}}
			return r
		}()},
		{"GetQueueUrl on a queue path", "GetQueueUrl", get("Action=GetQueueUrl&QueueName=orders")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, v := check(tt.r, standard())
			if v.Answer != nil || v.Passed() || !strings.Contains(strings.Join(c.Doubts, "|"), tt.part) {
				t.Errorf("answer %v, doubts %q; want a doubt about %q", v.Answer, c.Doubts, tt.part)
			}
		})
	}
}

func TestIntent(t *testing.T) {
	json := func(r *Request) *Request { r.Header["Content-Type"] = []string{"application/json"}; return r }
	noTarget := func(r *Request) *Request { delete(r.Header, "X-Amz-Target"); return r }
	tests := []struct {
		name     string
		r        *Request
		protocol Protocol
		action   string
		body     string
		certain  bool
	}{
		{"form announced as JSON", json(post("Action=SendMessage&MessageBody=a%20b")), ProtocolQuery, "SendMessage", "a b", true},
		{"blank lines before Action", post("\n \nAction=SendMessage&MessageBody=x"), ProtocolQuery, "SendMessage", "x", true},
		{"blanks around names", post(" Action=SendMessage&\n  MessageBody=x"), ProtocolQuery, "SendMessage", "x", true},
		{"line feed behind the action", post("Action=SendMessage\n&MessageBody=x"), ProtocolQuery, "SendMessage", "x", true},
		{"stray '&'", post("Action=SendMessage&MessageBody=Smith & Sons"), ProtocolQuery, "SendMessage", "Smith & Sons", false},
		{"several stray '&'", post("Action=SendMessage&MessageBody=a&b&c&DelaySeconds=1"), ProtocolQuery, "SendMessage", "a&b&c", false},
		{"bad escape", post("Action=SendMessage&MessageBody=100%"), ProtocolQuery, "SendMessage", "100%", false},
		{"JSON protocol without target", noTarget(jsonPost("", `{`+urlMember+`,"MessageBody":"x"}`)), ProtocolJSON, "SendMessage", "x", true},
		{"JSON protocol as application/json", json(jsonPost("SendMessage", `{`+urlMember+`,"MessageBody":"x"}`)), ProtocolJSON, "SendMessage", "x", true},
		{"broken JSON", jsonPost("SendMessage", `{`+urlMember+`,"MessageBody":"{"a":1}"}`), ProtocolJSON, "SendMessage", "{", false},
		{"client data passed through", json(post(`{"score":7}`)), ProtocolQuery, "SendMessage", `{"score":7}`, false},
		{"client data sent as a form", post(`{"score":7}`), ProtocolQuery, "SendMessage", `{"score":7}`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := Recognize(tt.r)
			if c.Failure == nil || c.Intended == nil {
				t.Fatalf("failure %v, intent %v; want both", c.Failure, c.Intended)
			}
			e := c.Effective()
			if e.Protocol != tt.protocol || e.Action != tt.action || c.Intended.Certain != tt.certain {
				t.Errorf("%v %q certain %v, want %v %q %v", e.Protocol, e.Action, c.Intended.Certain, tt.protocol, tt.action, tt.certain)
			}
			if c.Intended.Why == "" {
				t.Error("no reason")
			}
			if m := e.Messages(); len(m) != 1 || m[0].Body != tt.body {
				t.Errorf("messages %+v, want body %q", m, tt.body)
			}
			if e.Queue.ARN() != standard().ARN {
				t.Errorf("queue %+v", e.Queue)
			}
			if e.Failure != nil {
				t.Errorf("the intended call fails: %v", e.Failure)
			}
		})
	}
	c := Recognize(get(""))
	if c.Effective() != nil {
		t.Errorf("a GET without anything means %+v, want nothing", c.Effective())
	}
}

// White space around the name of another parameter than Action hides just that.
func TestBlanksAroundNames(t *testing.T) {
	c, v := check(post("Action=SendMessage&\n  MessageBody=x"), standard())
	want{400, CodeMissingParameter, "The request must contain the parameter MessageBody.", "", []string{CodeAccessDenied}, ParameterMissing}.check(t, v.Answer)
	if len(c.Ignored) != 1 || c.Ignored[0] != "\n  MessageBody" {
		t.Errorf("ignored %q", c.Ignored)
	}
	if c.Intended == nil || c.Intended.Call.Messages()[0].Body != "x" {
		t.Errorf("intent %+v", c.Intended)
	}
	c, v = check(post("Action=SendMessage&MessageBody=x&\nMessageGroupId=g"), standard())
	accepted(t, v)
	if c.Messages()[0].HasGroupID || c.Intended == nil || c.Intended.Call.Messages()[0].GroupID != "g" {
		t.Errorf("messages %+v, intent %+v", c.Messages(), c.Intended)
	}
}

// A QueueUrl that only white space hides is missing for SQS, and there in the intent.
func TestHiddenQueueURL(t *testing.T) {
	r := post(encode("Action", "SendMessage", "MessageBody", "x", "\nQueueUrl", QueueURL(region, account, "orders")))
	r.Path = "/"
	c, v := check(r, standard())
	want{400, CodeMissingParameter, "", "", []string{CodeAccessDenied, CodeInvalidAddress}, ParameterMissing}.check(t, v.Answer)
	if c.Intended == nil || c.Intended.Call.Queue.ARN() != standard().ARN {
		t.Errorf("intent %+v", c.Intended)
	}
}

func TestFormInGetBody(t *testing.T) {
	r := post("Action=SendMessage&MessageBody=x")
	if FormInGetBody(r) {
		t.Error("a POST counts")
	}
	r.Method = "GET"
	if !FormInGetBody(r) {
		t.Error("a GET with a form does not count")
	}
	r.Body = []byte("{}")
	if FormInGetBody(r) {
		t.Error("a GET with other data counts")
	}
}

// Header names have no case; of several spellings the choice does not depend on
// the map's order.
func TestHeader(t *testing.T) {
	h := Header{"x-amz-target": {"b"}, "X-AMZ-TARGET": {"a"}, "Empty": {}}
	for range 20 {
		if got := h.Get("X-Amz-Target"); got != "a" {
			t.Fatalf("got %q", got)
		}
	}
	if _, ok := h.Lookup("Empty"); ok {
		t.Error("a header without values is there")
	}
}
