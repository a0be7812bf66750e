package sqs

import "testing"

const (
	region  = "us-east-1"
	account = "123456789012"
	path    = "/123456789012/orders"
	fifoURL = "/123456789012/orders.fifo"
)

// post is a form POST to the standard queue.
func post(body string) *Request {
	return &Request{
		Method: "POST", Host: "sqs.us-east-1.amazonaws.com", Path: path, Region: region, Account: account,
		Header: Header{"Content-Type": {MediaTypeForm}, "Accept": {"application/json"}}, Body: []byte(body),
	}
}

// get is a GET with everything in the query string and no Accept for JSON.
func get(query string) *Request {
	return &Request{Method: "GET", Path: path, RawQuery: query, Region: region, Account: account}
}

// jsonPost is a JSON protocol POST.
func jsonPost(action, body string) *Request {
	return &Request{
		Method: "POST", Path: "/", Region: region, Account: account, Body: []byte(body),
		Header: Header{"Content-Type": {MediaTypeJSON10}, "X-Amz-Target": {"AmazonSQS." + action}},
	}
}

const urlMember = `"QueueUrl":"https://sqs.us-east-1.amazonaws.com/123456789012/orders"`

func standard() Queue {
	return Queue{
		Exists: Yes, ARN: "arn:aws:sqs:us-east-1:123456789012:orders", Name: "orders", Account: account, Region: region,
		FIFO: No, ContentBasedDeduplication: No, MaximumMessageSize: 1048576,
	}
}

func fifo(contentBased Tri) Queue {
	q := standard()
	q.ARN, q.Name, q.FIFO, q.ContentBasedDeduplication = q.ARN+".fifo", "orders.fifo", Yes, contentBased
	return q
}

func check(r *Request, q Queue) (Call, Verdict) {
	c := Recognize(r)
	v := c.Check(q)
	return c, v
}

// wantAnswer compares the parts of an answer that a fact speaks about; empty
// expectations are not compared.
type want struct {
	status   int
	code     string
	message  string
	jsonType string
	codes    []string // others that AWS may answer too
	cause    Cause
}

func (w want) check(t *testing.T, a *Answer) {
	t.Helper()
	if a == nil {
		t.Fatalf("accepted, want %d %s", w.status, w.code)
	}
	if a.Status != w.status || a.Code != w.code {
		t.Errorf("answer %d %s %q, want %d %s", a.Status, a.Code, a.Message, w.status, w.code)
	}
	if w.message != "" && a.Message != w.message {
		t.Errorf("message %q, want %q", a.Message, w.message)
	}
	if w.jsonType != "" && a.JSONType != w.jsonType {
		t.Errorf("__type %q, want %q", a.JSONType, w.jsonType)
	}
	if w.cause != NoCause && a.Cause != w.cause {
		t.Errorf("cause %d, want %d", a.Cause, w.cause)
	}
	if a.Type != Sender {
		t.Errorf("fault %q, want Sender", a.Type)
	}
	if len(a.Codes) != 1+len(w.codes) || a.Codes[0] != w.code {
		t.Errorf("codes %v, want %s and %v", a.Codes, w.code, w.codes)
	}
	for _, code := range w.codes {
		if !a.May(code) {
			t.Errorf("codes %v lack %s", a.Codes, code)
		}
	}
	if (len(a.Codes) > 1 || len(a.Statuses) > 1) && a.Unverified == "" {
		t.Error("several codes or statuses without saying why")
	}
}

func accepted(t *testing.T, v Verdict) {
	t.Helper()
	if v.Answer != nil {
		t.Fatalf("refused with %d %s %q, want accepted", v.Answer.Status, v.Answer.Code, v.Answer.Message)
	}
	if len(v.Unknown) > 0 {
		t.Fatalf("unknown %v, want certainly accepted", v.Unknown)
	}
}
