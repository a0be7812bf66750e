package sqs

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
)

func TestLookup(t *testing.T) {
	groups := [][]string{ // notations of one code each (T43 to T46, iam-facts 71)
		{"AWS.SimpleQueueService.NonExistentQueue", "NonExistentQueue", "QueueDoesNotExist", "com.amazonaws.sqs#QueueDoesNotExist",
			"AWS.SimpleQueueService.QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue;Sender"},
		{"MissingParameter", "MissingRequiredParameterException", "com.amazon.coral.service#MissingRequiredParameterException"},
		{"InvalidParameterValue", "InvalidParameterValueException"},
		{"QueueAlreadyExists", "QueueNameExists"},
		{"KMS.AccessDeniedException", "KmsAccessDenied", "com.amazonaws.sqs#KmsAccessDenied", "KMS.AccessDeniedException;Sender"},
		{"KMS.DisabledException", "KmsDisabled"}, {"KMS.InvalidStateException", "KmsInvalidState"}, {"KMS.NotFoundException", "KmsNotFound"},
		{"KMS.OptInRequired", "KmsOptInRequired"}, {"KMS.ThrottlingException", "KmsThrottled"}, {"KMS.InvalidKeyUsageException", "KmsInvalidKeyUsage"},
		{"AWS.SimpleQueueService.BatchRequestTooLong", "BatchRequestTooLong"},
		{"AccessDenied", "AccessDeniedException"},
		{"UnknownOperationException", "com.amazon.coral.service#UnknownOperationException", "UnknownOperationException:http://internal.amazon.com/"},
	}
	for _, group := range groups {
		first, ok := Lookup(group[0])
		if !ok || first.Name != group[0] {
			t.Fatalf("%s: %+v, %v", group[0], first, ok)
		}
		for _, name := range group {
			if c, ok := Lookup(name); !ok || c != first || !Same(name, group[0]) {
				t.Errorf("%s: %+v, want %s", name, c, first.Name)
			}
		}
	}
	for _, name := range []string{"", "#", "Nonsense", "accessdenied", "AWS.SimpleQueueService."} {
		if c, ok := Lookup(name); ok {
			t.Errorf("%q is found as %s", name, c.Name)
		}
	}
	if Same("AccessDenied", "KMS.AccessDeniedException") || Same("x", "x") {
		t.Error("different or unknown codes count as the same")
	}
}

// Every notation names one code only, and statuses are those of the model (T35,
// iam-facts 71).
func TestCodes(t *testing.T) {
	seen := map[string]string{}
	for _, c := range AllCodes() {
		for _, name := range []string{strings.TrimPrefix(c.Name, legacyPrefix), c.JSONType} {
			if other, ok := seen[name]; ok && other != c.Name {
				t.Errorf("%s is a name of %s and %s", name, other, c.Name)
			}
			seen[name] = c.Name
		}
		if c.Status < 400 || c.Namespace == "" || c.Type == "" {
			t.Errorf("%+v", c)
		}
	}
	for name, status := range map[string]int{
		"KMS.OptInRequired": 403, "KMS.AccessDeniedException": 400, "KMS.DisabledException": 400, "KMS.NotFoundException": 400,
		"OverLimit": 403, "PurgeQueueInProgress": 403, "ResourceNotFoundException": 404, "AccessDenied": 403,
		"InvalidAddress": 404, "MalformedQueryString": 404, "InvalidParameterValue": 400, "SignatureDoesNotMatch": 403,
	} {
		if c, _ := Lookup(name); c.Status != status {
			t.Errorf("%s has status %d, want %d", name, c.Status, status)
		}
	}
}

func TestActions(t *testing.T) {
	for _, op := range Actions() {
		if got, ok := LookupAction(op.Name); !ok || got.Name != op.Name {
			t.Errorf("%s is not found", op.Name)
		}
		if strings.HasSuffix(op.IAM, "Batch") || !strings.HasPrefix(op.IAM, "sqs:") {
			t.Errorf("%s needs %s", op.Name, op.IAM)
		}
	}
	if len(Actions()) != 23 { // operations of the service model
		t.Errorf("%d actions", len(Actions()))
	}
	send, _ := LookupAction("SendMessageBatch")
	if strings.Join(send.KMS, " ") != "kms:GenerateDataKey kms:Decrypt" || !send.Writes { // iam-facts 61
		t.Errorf("%+v", send)
	}
}

func TestErrorShapes(t *testing.T) {
	query := Recognize(post("Action=SendMessage&MessageBody=x"))
	denied := NewAnswer("AccessDenied", "", &query)
	const text = "Access to the resource https://sqs.us-east-1.amazonaws.com/123456789012/orders is denied."
	tests := []struct {
		name, body, contentType string
		r                       Rendering
	}{
		{"T32", `<?xml version="1.0"?><ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>` +
			text + `</Message><Detail/></Error><RequestId>` + RequestID + `</RequestId></ErrorResponse>`, "text/xml", denied.Render(FormatXML)},
		{"T8, T33", `{"Error":{"Code":"AccessDenied","Message":"` + text + `","Type":"Sender"},"RequestId":"` + RequestID + `"}`, "application/json", denied.Render(query.Format)},
		{"T43", `{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."}`, "application/x-amz-json-1.0",
			func() Rendering {
				c := Recognize(jsonPost("SendMessage", `{`+urlMember+`,"MessageBody":"x"}`))
				a := NewAnswer("NonExistentQueue", "", &c)
				return a.Render(c.Format)
			}()},
		{"T44", `{"__type":"com.amazon.coral.service#MissingRequiredParameterException","message":"m \"quoted\""}`, "application/x-amz-json-1.0",
			NewAnswer("MissingParameter", `m "quoted"`, nil).Render(FormatAWSJSON)},
		{"T2: the bare element, whatever Accept says", `<UnknownOperationException/>`, "text/xml",
			func() Rendering {
				r := get("")
				r.Header = Header{"Accept": {"application/json"}}
				c := Recognize(r)
				return c.Failure.Render(c.Format)
			}()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.r.Body != tt.body || tt.r.ContentType != tt.contentType {
				t.Errorf("%s: %s\nwant %s: %s", tt.r.ContentType, tt.r.Body, tt.contentType, tt.body)
			}
		})
	}
	header := func(code string) string {
		for _, h := range NewAnswer(code, "m", nil).Render(FormatAWSJSON).Headers {
			if h.Name == "x-amzn-query-error" {
				return h.Value
			}
		}
		return ""
	}
	if got := header("KmsAccessDenied"); got != "KMS.AccessDeniedException;Sender" {
		t.Errorf("x-amzn-query-error %q", got)
	}
	c := Recognize(func() *Request { r := post("{}"); delete(r.Header, "Accept"); return r }())
	if !strings.Contains(c.Failure.Body(), "doc/2009-02-01/") { // T3, T4
		t.Errorf("body %s", c.Failure.Body())
	}
	if a := NewAnswer("SomethingNew", "m", nil); a.Status != 400 || a.Code != "SomethingNew" {
		t.Errorf("%+v", a)
	}
}

func TestSuccessShapes(t *testing.T) {
	r := post("Action=SendMessage&MessageBody=Using+name+instead+of+URL")
	const md5 = "86a83f96652a1bfad3891e7d523750cb" // recorded for this body
	c := Recognize(r)
	a := c.Success(standard())
	want := `{"SendMessageResponse":{"ResponseMetadata":{"RequestId":"` + RequestID + `"},"SendMessageResult":{"MD5OfMessageAttributes":null,"MD5OfMessageBody":"` +
		md5 + `","MD5OfMessageSystemAttributes":null,"MessageId":"` + MessageID + `","SequenceNumber":null}}}` // T33
	if a.Body() != want || a.ContentType() != "application/json" || !a.OK() {
		t.Errorf("body %s\nwant %s", a.Body(), want)
	}
	r.Header["Accept"] = []string{"application/xml"} // T34
	c = Recognize(r)
	a = c.Success(standard())
	want = `<?xml version="1.0"?><SendMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><SendMessageResult><MD5OfMessageBody>` + md5 +
		`</MD5OfMessageBody><MessageId>` + MessageID + `</MessageId></SendMessageResult><ResponseMetadata><RequestId>` + RequestID + `</RequestId></ResponseMetadata></SendMessageResponse>`
	if a.Body() != want {
		t.Errorf("body %s\nwant %s", a.Body(), want)
	}
	c = Recognize(jsonPost("SendMessage", `{`+urlMember+`,"MessageBody":"Using name instead of URL"}`))
	a = c.Success(standard())
	want = `{"MD5OfMessageBody":"` + md5 + `","MessageId":"` + MessageID + `"}`
	if a.Body() != want || a.ContentType() != MediaTypeJSON10 { // T41
		t.Errorf("body %s\nwant %s", a.Body(), want)
	}
}

// Every action's success is well-formed in every format.
func TestSuccessWellFormed(t *testing.T) {
	for _, op := range Actions() {
		query := post(encode("Action", op.Name, "QueueName", "orders", "AttributeName.1", "All"))
		if !op.OnQueue {
			query.Path = "/"
		}
		for _, r := range []*Request{query, jsonPost(op.Name, `{`+urlMember+`,"AttributeNames":["All"]}`)} {
			c := Recognize(r)
			if c.Failure != nil {
				t.Fatalf("%s: %+v", op.Name, c.Failure)
			}
			a := c.Success(fifo(Yes))
			for _, f := range []Format{FormatXML, FormatJSON, FormatAWSJSON} {
				body := a.Render(f).Body
				if f != FormatXML {
					if !json.Valid([]byte(body)) {
						t.Errorf("%s: %s", op.Name, body)
					}
					continue
				}
				var v struct{ XMLName xml.Name }
				if err := xml.Unmarshal([]byte(body), &v); err != nil || v.XMLName.Local != op.Name+"Response" || v.XMLName.Space != XMLNamespace {
					t.Errorf("%s: %v: %s", op.Name, err, body)
				}
			}
		}
	}
	// T33: the attributes of a queue are a list of Name and Value, received messages are called "messages".
	r := get("Action=GetQueueAttributes&AttributeName.1=QueueArn")
	r.Header = Header{"Accept": {"application/json"}}
	c := Recognize(r)
	a := c.Success(standard())
	if !strings.Contains(a.Body(), `"Attributes":[{"Name":"QueueArn","Value":"arn:aws:sqs:us-east-1:123456789012:orders"}]`) {
		t.Error(a.Body())
	}
	r.RawQuery = "Action=ReceiveMessage"
	c = Recognize(r)
	if a = c.Success(standard()); !strings.Contains(a.Body(), `"ReceiveMessageResult":{"messages":null}`) {
		t.Error(a.Body())
	}
}

// Texts that come from the request are escaped in every shape.
func TestRenderEscapes(t *testing.T) {
	c := Recognize(post("Action=%3Ca%26%22%01%0A%3E&MessageBody=x"))
	for _, f := range []Format{FormatXML, FormatJSON, FormatAWSJSON} {
		body := c.Failure.Render(f).Body
		if f != FormatXML {
			if !json.Valid([]byte(body)) {
				t.Errorf("no JSON: %s", body)
			}
			continue
		}
		var v struct {
			Message string `xml:"Error>Message"`
		}
		if err := xml.Unmarshal([]byte(body), &v); err != nil || !strings.Contains(v.Message, "<a&\"\uFFFD\n>") {
			t.Errorf("%v: %q in %s", err, v.Message, body)
		}
	}
}

// The digests of the example in SQS's tests of other implementations: computed here
// by hand from the documented layout, not by the function under test.
func TestMD5OfAttributes(t *testing.T) {
	if MD5OfAttributes(nil) != "" {
		t.Error("a digest of nothing")
	}
	layout := "\x00\x00\x00\x01b" + "\x00\x00\x00\x06Binary" + "\x02" + "\x00\x00\x00\x02\x00\x01" +
		"\x00\x00\x00\x01n" + "\x00\x00\x00\x0bNumber.int2"[:4+11] + "\x01" + "\x00\x00\x00\x0242"
	got := MD5OfAttributes([]Attribute{{Name: "n", DataType: "Number.int2", StringValue: "42"}, {Name: "b", DataType: "Binary", BinaryValue: []byte{0, 1}}})
	if got != MD5OfBody(layout) {
		t.Errorf("digest %s, want %s", got, MD5OfBody(layout))
	}
}
