package sqs

import (
	"errors"
	"strings"
	"testing"
)

func TestParseQueueURL(t *testing.T) {
	good := []struct{ url, region, account, name, partition string }{
		{"https://sqs.us-east-1.amazonaws.com/123456789012/orders", "us-east-1", account, "orders", "aws"},
		{"https://sqs.us-east-1.amazonaws.com/123456789012/orders.fifo", "us-east-1", account, "orders.fifo", "aws"},
		{"http://SQS.eu-west-1.amazonaws.com:443/123456789012/orders/", "eu-west-1", account, "orders", "aws"},
		{"https://sqs-fips.us-west-2.amazonaws.com/123456789012/orders", "us-west-2", account, "orders", "aws"},
		{"https://sqs.us-east-1.api.aws/123456789012/orders", "us-east-1", account, "orders", "aws"},
		{"https://sqs-fips.us-east-1.api.aws/123456789012/orders", "us-east-1", account, "orders", "aws"},
		{"https://queue.amazonaws.com/123456789012/orders", "us-east-1", account, "orders", "aws"},
		{"https://us-west-2.queue.amazonaws.com/123456789012/orders", "us-west-2", account, "orders", "aws"},
		{"https://sqs.cn-north-1.amazonaws.com.cn/123456789012/orders", "cn-north-1", account, "orders", "aws-cn"},
		{"https://cn-north-1.queue.amazonaws.com.cn/123456789012/orders", "cn-north-1", account, "orders", "aws-cn"},
		{"https://sqs.us-gov-west-1.amazonaws.com/123456789012/orders", "us-gov-west-1", account, "orders", "aws-us-gov"},
		{"https://sqs.us-iso-east-1.c2s.ic.gov/123456789012/orders", "us-iso-east-1", account, "orders", "aws-iso"},
		{"https://sqs.eusc-de-east-1.amazonaws.eu/123456789012/orders", "eusc-de-east-1", account, "orders", "aws-eusc"},
		{"https://vpce-0a1b-2c3d.sqs.us-east-1.vpce.amazonaws.com/123456789012/orders", "us-east-1", account, "orders", "aws"},
		{"https://vpce-0a1b-2c3d-us-east-1a.sqs.us-east-1.vpce.amazonaws.com/123456789012/orders", "us-east-1", account, "orders", "aws"},
		{"https://sqs.us-east-1.amazonaws.com/orders", "us-east-1", "", "orders", "aws"},
		{"orders", "", "", "orders", ""},
	}
	for _, tt := range good {
		a, err := ParseQueueURL(tt.url)
		if err != nil || a.Region != tt.region || a.Account != tt.account || a.Name != tt.name || a.Partition != tt.partition || a.Problem != AddressOK {
			t.Errorf("%s: %+v, %v", tt.url, a, err)
		}
	}
	bad := []struct {
		url  string
		kind AddressKind
	}{
		{"", AddressAbsent},
		{"https://sqs.us-east-1.amazonaws.com/", AddressNoName},
		{"https://sqs.us-east-1.amazonaws.com", AddressNoName},
		{"http://whatever-incorrect-queue-address", AddressForeign},
		{"https://sqs.cn-north-1.amazonaws.com/123456789012/orders", AddressForeign}, // suffix of another partition
		{"https://sqs.us-east-1.amazonaws.com.evil.example/123456789012/orders", AddressForeign},
		{"https://sqs.amazonaws.com/123456789012/orders", AddressForeign},
		{"https://localhost:4566/123456789012/orders", AddressForeign},
		{"ftp://sqs.us-east-1.amazonaws.com/123456789012/orders", AddressForeign},
		{"arn:aws:sqs:us-east-1:123456789012:orders", AddressMalformed},
		{"https%3A%2F%2Fsqs.us-east-1.amazonaws.com%2F123456789012%2Forders", AddressMalformed},
		{"https://sqs.us-east-1.amazonaws.com/123456789012/orders\n", AddressMalformed},
		{"https://sqs.us-east-1.amazonaws.com/12345/orders", AddressMalformed},
		{"https://sqs.us-east-1.amazonaws.com/123456789012/${Queue}", AddressMalformed},
		{"https://sqs.us-east-1.amazonaws.com/123456789012/orders?Action=x", AddressMalformed},
		{"https://sqs.us-east-1.amazonaws.com/a/123456789012/orders", AddressMalformed},
		{"two words", AddressMalformed},
		{strings.Repeat("n", 81), AddressMalformed},
		{".fifo", AddressMalformed},
	}
	for _, tt := range bad {
		a, err := ParseQueueURL(tt.url)
		var e *AddressError
		if !errors.As(err, &e) || e.Kind != tt.kind || a.Problem != tt.kind || e.Text != tt.url || e.Reason == "" {
			t.Errorf("%q: %+v, %v; want kind %d", tt.url, a, err, tt.kind)
		}
	}
}

// The region may be told by the host alone.
func TestRegionFromHost(t *testing.T) {
	r := post("Action=SendMessage&MessageBody=x")
	r.Region, r.Host = "", "sqs-fips.us-gov-west-1.amazonaws.com"
	c := Recognize(r)
	if c.Queue.ARN() != "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:orders" {
		t.Errorf("queue %+v", c.Queue)
	}
	r.Host = "example.com"
	if c = Recognize(r); c.Queue.ARN() != "" || c.Queue.Name != "orders" {
		t.Errorf("queue %+v; without a region there is no ARN", c.Queue)
	}
	r = post("Action=SendMessage&MessageBody=x")
	r.Account, r.Path = "", "/orders"
	if c = Recognize(r); c.Queue.ARN() != "" || c.Failure != nil {
		t.Errorf("queue %+v; without an account there is no ARN", c.Queue)
	}
}

// What is written is read again, in every partition.
func TestQueueURLRoundTrip(t *testing.T) {
	for _, r := range []string{"us-east-1", "cn-northwest-1", "us-gov-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-east-1", "eusc-de-east-1"} {
		a, err := ParseQueueURL(QueueURL(r, account, "orders.fifo"))
		if err != nil || a.ARN() != QueueARN(r, account, "orders.fifo") {
			t.Errorf("%s: %+v, %v", r, a, err)
		}
	}
	if got := QueueARN("cn-north-1", account, "q"); got != "arn:aws-cn:sqs:cn-north-1:123456789012:q" {
		t.Error(got)
	}
}

// What SQS answers to addresses that are none.
func TestAddressFaults(t *testing.T) {
	inBody := func(url string) *Request {
		return post(encode("Action", "SendMessage", "MessageBody", "x", "QueueUrl", url))
	}
	inJSON := func(url string) *Request {
		return jsonPost("SendMessage", `{"QueueUrl":`+quote(url)+`,"MessageBody":"x"}`)
	}
	at := func(p string) *Request { r := post("Action=SendMessage&MessageBody=x"); r.Path = p; return r }
	other := "https://sqs.ap-northeast-3.amazonaws.com/123456789012/orders"
	tests := []struct {
		name string
		r    *Request
		want want
	}{
		{"T49: queue of another region, query", inBody(other), want{404, CodeInvalidAddress, "The address " + other + " is not valid for this endpoint.", "", []string{CodeNonExistentQueue}, AddressInvalid}},
		{"T49: queue of another region, JSON", inJSON(other), want{404, CodeInvalidAddress, "", "InvalidAddress", []string{CodeNonExistentQueue}, AddressInvalid}},
		{"T49: endpoint without a queue", inJSON("https://sqs.us-east-1.amazonaws.com/"), want{404, CodeInvalidAddress, "The address https://sqs.us-east-1.amazonaws.com/ is not valid for this endpoint.", "", []string{CodeNonExistentQueue}, AddressInvalid}},
		{"T16: no queue URL at all", inJSON("http://whatever-incorrect-queue-address"), want{400, CodeNonExistentQueue, "The specified queue does not exist.", "QueueDoesNotExist", nil, AddressInvalid}},
		{"T16: no queue URL at all, query", inBody("http://whatever-incorrect-queue-address"), want{400, CodeNonExistentQueue, "The specified queue does not exist for this wsdl version.", "", nil, AddressInvalid}},
		{"an ARN as QueueUrl", inJSON("arn:aws:sqs:us-east-1:123456789012:orders"), want{400, CodeNonExistentQueue, "", "", []string{CodeInvalidAddress}, AddressInvalid}},
		{"T42: JSON without QueueUrl", jsonPost("SendMessage", `{"MessageBody":"x"}`), want{400, CodeMissingParameter, "The request must contain the parameter QueueUrl.", "MissingRequiredParameterException", nil, ParameterMissing}},
		{"T42: JSON with an empty QueueUrl", inJSON(""), want{400, CodeMissingParameter, "The request must contain the parameter QueueUrl.", "", nil, ParameterMissing}},
		{"root path and no QueueUrl", at("/"), want{400, CodeMissingParameter, "", "", []string{CodeInvalidAddress}, ParameterMissing}},
		{"a path of three parts", at("/events/123456789012/orders"), want{404, CodeInvalidAddress, "", "", []string{CodeNonExistentQueue, CodeAccessDenied}, AddressInvalid}},
		{"a path with a placeholder", at("/$%7Baccount%7D/orders"), want{404, CodeInvalidAddress, "", "", []string{CodeNonExistentQueue, CodeAccessDenied}, AddressInvalid}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, v := check(tt.r, standard())
			tt.want.check(t, v.Answer)
		})
	}
	t.Run("T17", func(t *testing.T) {
		gone := standard()
		gone.Exists = No
		_, v := check(get("Action=GetQueueAttributes&AttributeName.1=QueueArn"), gone)
		want{400, CodeNonExistentQueue, "The specified queue does not exist for this wsdl version.", "", nil, QueueMissing}.check(t, v.Answer)
		_, v = check(jsonPost("GetQueueAttributes", `{`+urlMember+`}`), gone)
		want{400, CodeNonExistentQueue, "The specified queue does not exist.", "QueueDoesNotExist", nil, QueueMissing}.check(t, v.Answer)
		r := get("Action=GetQueueUrl&QueueName=orders")
		r.Path = "/"
		_, v = check(r, gone)
		want{400, CodeNonExistentQueue, "", "", nil, QueueMissing}.check(t, v.Answer)
	})
	t.Run("T18c: the resource in an error text has no account", func(t *testing.T) {
		c := Recognize(at("/orders"))
		a := NewAnswer("AccessDenied", "", &c)
		if want := "Access to the resource https://sqs.us-east-1.amazonaws.com/orders is denied."; a.Message != want {
			t.Errorf("message %q, want %q", a.Message, want)
		}
	})
}

// An emulator's queues have addresses of its own (T178).
func TestParseQueueURLAt(t *testing.T) {
	hosts := []string{"localhost:4566", "sqs.us-east-1.localhost.localstack.cloud:4566"}
	for url, want := range map[string]string{
		"http://localhost:4566/123456789012/orders":                                    "arn:aws:sqs:eu-west-1:123456789012:orders",
		"http://LOCALHOST:4566/123456789012/orders":                                    "arn:aws:sqs:eu-west-1:123456789012:orders",
		"http://sqs.us-east-1.localhost:4566/123456789012/orders":                      "arn:aws:sqs:us-east-1:123456789012:orders",
		"http://sqs.us-east-1.localhost.localstack.cloud:4566/123456789012/orders":     "arn:aws:sqs:eu-west-1:123456789012:orders",
		"http://localhost:4566/queue/us-east-1/123456789012/orders":                    "arn:aws:sqs:us-east-1:123456789012:orders",
		"https://sqs.us-east-2.amazonaws.com/123456789012/orders":                      "arn:aws:sqs:us-east-2:123456789012:orders",
		"http://localhost:4567/123456789012/orders":                                    "",
		"http://notlocalhost:4566/123456789012/orders":                                 "",
		"http://localhost:4566/orders/of/123456789012":                                 "",
		"http://sqs.us-east-1.localhost.localstack.cloud.evil:4566/123456789012/order": "",
	} {
		r := Request{Region: "eu-west-1", Hosts: hosts}
		a, err := ParseQueueURLAt(url, r.Hosts)
		if a.Region == "" {
			a = parameterAddress(&r, r.Region, url, FromBody)
		}
		if got := a.ARN(); got != want || want == "" && err == nil {
			t.Errorf("%s: %q, %v; want %q", url, got, err, want)
		}
	}
}
