package sqs

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// form makes a form body of pairs.
func encode(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(pairs[i]) + "=" + url.QueryEscape(pairs[i+1]))
	}
	return b.String()
}

// jsonOf makes the JSON protocol's twin of scalar pairs.
func jsonOf(queue string, pairs ...string) string {
	body := `{"QueueUrl":"https://sqs.us-east-1.amazonaws.com/123456789012/` + queue + `"`
	for i := 0; i < len(pairs); i += 2 {
		value := quote(pairs[i+1])
		if modelType(pairs[i]) == typeInteger {
			value = pairs[i+1]
		}
		body += "," + quote(pairs[i]) + ":" + value
	}
	return body + "}"
}

// T47: faults of parameters have one code and status in both protocols.
func TestParameterFaults(t *testing.T) {
	long := strings.Repeat("a", 129)
	idReason := func(v, p string) string {
		return "Value " + v + " for parameter " + p + " is invalid. Reason: " + p + " can only include alphanumeric and punctuation characters. 1 to 128 in length."
	}
	tests := []struct {
		name   string
		action string
		queue  Queue
		pairs  []string
		want   want
	}{
		{"T11", "SendMessage", standard(), nil, want{400, CodeMissingParameter, "The request must contain the parameter MessageBody.", "MissingRequiredParameterException", nil, ParameterMissing}},
		{"T12", "SendMessage", standard(), []string{"MessageBody", ""}, want{400, CodeMissingParameter, "The request must contain the parameter MessageBody.", "MissingRequiredParameterException", nil, ParameterMissing}},
		{"T24", "SendMessage", standard(), []string{"MessageBody", "bad \x01 \uFFFF"}, want{400, CodeInvalidMessageContents, "", "InvalidMessageContents", nil, CharactersInvalid}},
		{"T25", "SendMessage", fifo(No), []string{"MessageBody", "x", "MessageDeduplicationId", "d"}, want{400, CodeMissingParameter, "The request must contain the parameter MessageGroupId.", "MissingRequiredParameterException", nil, GroupMissing}},
		{"T25 with content-based deduplication", "SendMessage", fifo(Yes), []string{"MessageBody", "x"}, want{400, CodeMissingParameter, "", "", nil, GroupMissing}},
		{"T26", "SendMessage", fifo(No), []string{"MessageBody", "x", "MessageGroupId", "g"}, want{400, CodeInvalidParameterValue, needDeduplication, "InvalidParameterValueException", nil, DeduplicationMissing}},
		{"T27", "SendMessage", fifo(Yes), []string{"MessageBody", "x", "MessageGroupId", "g", "DelaySeconds", "2"},
			want{400, CodeInvalidParameterValue, "Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.", "", nil, DelayOnFIFO}},
		{"T28: empty group", "SendMessage", standard(), []string{"MessageBody", "x", "MessageGroupId", ""}, want{400, CodeInvalidParameterValue, idReason("", "MessageGroupId"), "", nil, IDInvalid}},
		{"T28: long group", "SendMessage", standard(), []string{"MessageBody", "x", "MessageGroupId", long}, want{400, CodeInvalidParameterValue, idReason(long, "MessageGroupId"), "", nil, IDInvalid}},
		{"T28: blank in the group", "SendMessage", standard(), []string{"MessageBody", "x", "MessageGroupId", "group 123"}, want{400, CodeInvalidParameterValue, idReason("group 123", "MessageGroupId"), "", nil, IDInvalid}},
		{"T28: empty group on FIFO", "SendMessage", fifo(Yes), []string{"MessageBody", "x", "MessageGroupId", ""}, want{400, CodeInvalidParameterValue, "", "", []string{CodeMissingParameter}, GroupEmpty}},
		{"T28: bad deduplication id", "SendMessage", fifo(No), []string{"MessageBody", "x", "MessageGroupId", "g", "MessageDeduplicationId", "é"}, want{400, CodeInvalidParameterValue, idReason("é", "MessageDeduplicationId"), "", nil, IDInvalid}},
		{"empty deduplication id", "SendMessage", fifo(No), []string{"MessageBody", "x", "MessageGroupId", "g", "MessageDeduplicationId", ""}, want{400, CodeInvalidParameterValue, idReason("", "MessageDeduplicationId"), "", nil, DeduplicationEmpty}},
		{"empty deduplication id, by content or not", "SendMessage", fifo(Unknown), []string{"MessageBody", "x", "MessageGroupId", "g", "MessageDeduplicationId", ""}, want{400, CodeInvalidParameterValue, "", "", nil, DeduplicationEmpty}},
		{"deduplication id on a standard queue", "SendMessage", standard(), []string{"MessageBody", "x", "MessageDeduplicationId", "d"}, want{400, CodeInvalidParameterValue, "", "", nil, NotForStandard}},
		{"delay out of range", "SendMessage", standard(), []string{"MessageBody", "x", "DelaySeconds", "901"},
			want{400, CodeInvalidParameterValue, "Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.", "", nil, NoCause}},
		{"negative delay", "SendMessage", standard(), []string{"MessageBody", "x", "DelaySeconds", "-1"}, want{400, CodeInvalidParameterValue, "", "", nil, NoCause}},
		{"T29", "SendMessage", standard(), []string{"MessageBody", strings.Repeat("a", 1048577)}, want{400, CodeInvalidParameterValue, "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.", "", nil, TooLarge}},
		{"MaxNumberOfMessages", "ReceiveMessage", standard(), []string{"MaxNumberOfMessages", "11"}, want{400, CodeInvalidParameterValue, "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.", "", nil, NoCause}},
		{"WaitTimeSeconds", "ReceiveMessage", standard(), []string{"WaitTimeSeconds", "21"}, want{400, CodeInvalidParameterValue, "Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.", "", nil, NoCause}},
		{"VisibilityTimeout", "ReceiveMessage", standard(), []string{"VisibilityTimeout", "43201"}, want{400, CodeInvalidParameterValue, "", "", nil, NoCause}},
		{"DeleteMessage", "DeleteMessage", standard(), nil, want{400, CodeMissingParameter, "The request must contain the parameter ReceiptHandle.", "", nil, NoCause}},
		{"ChangeMessageVisibility", "ChangeMessageVisibility", standard(), []string{"ReceiptHandle", "h"}, want{400, CodeMissingParameter, "The request must contain the parameter VisibilityTimeout.", "", nil, NoCause}},
		{"GetQueueUrl", "GetQueueUrl", standard(), nil, want{400, CodeMissingParameter, "The request must contain the parameter QueueName.", "", nil, NoCause}},
	}
	for _, tt := range tests {
		r := post(encode(append([]string{"Action", tt.action}, tt.pairs...)...))
		r.Path = "/123456789012/" + tt.queue.Name
		t.Run(tt.name+"/query", func(t *testing.T) {
			_, v := check(r, tt.queue)
			tt.want.check(t, v.Answer)
		})
		t.Run(tt.name+"/json", func(t *testing.T) {
			_, v := check(jsonPost(tt.action, jsonOf(tt.queue.Name, tt.pairs...)), tt.queue)
			tt.want.check(t, v.Answer)
		})
	}
}

func TestAcceptedValues(t *testing.T) {
	tests := []struct {
		name  string
		queue Queue
		pairs []string
	}{
		{"T24: all characters that are allowed", standard(), []string{"MessageBody", "\t\n\r ~\u0080\uD7FF\uE000\uFFFD\U00010000\U0010FFFF é"}},
		{"T26: content-based deduplication", fifo(Yes), []string{"MessageBody", "x", "MessageGroupId", "g"}},
		{"T26: explicit deduplication id", fifo(No), []string{"MessageBody", "x", "MessageGroupId", "g", "MessageDeduplicationId", "d"}},
		{"T26: explicit id makes the attribute irrelevant", fifo(Unknown), []string{"MessageBody", "x", "MessageGroupId", "g", "MessageDeduplicationId", "d"}},
		{"T27: zero delay on FIFO", fifo(Yes), []string{"MessageBody", "x", "MessageGroupId", "g", "DelaySeconds", "0"}},
		{"delay on a standard queue", standard(), []string{"MessageBody", "x", "DelaySeconds", "900"}},
		{"T28: fair queues", standard(), []string{"MessageBody", "x", "MessageGroupId", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~aZ9"}},
		{"T28: 128 characters", standard(), []string{"MessageBody", "x", "MessageGroupId", strings.Repeat("a", 128)}},
		{"T29: exactly the limit", standard(), []string{"MessageBody", strings.Repeat("a", 1048576)}},
	}
	for _, tt := range tests {
		r := post(encode(append([]string{"Action", "SendMessage"}, tt.pairs...)...))
		r.Path = "/123456789012/" + tt.queue.Name
		t.Run(tt.name+"/query", func(t *testing.T) {
			_, v := check(r, tt.queue)
			accepted(t, v)
		})
		t.Run(tt.name+"/json", func(t *testing.T) {
			_, v := check(jsonPost("SendMessage", jsonOf(tt.queue.Name, tt.pairs...)), tt.queue)
			accepted(t, v)
		})
	}
}

// What rests on an unknown attribute is unknown, and only that.
func TestUnknownQueueFacts(t *testing.T) {
	tests := []struct {
		name  string
		edit  func(*Queue)
		fifo  bool
		pairs []string
		want  string // part of the one unknown; "" for certain
	}{
		{"existence", func(q *Queue) { q.Exists = Unknown }, false, []string{"MessageBody", "x"}, "exists"},
		{"deduplication", func(q *Queue) { q.ContentBasedDeduplication = Unknown }, true, []string{"MessageBody", "x", "MessageGroupId", "g"}, "ContentBasedDeduplication"},
		{"deduplication of a standard queue does not matter", func(q *Queue) { q.ContentBasedDeduplication = Unknown }, false, []string{"MessageBody", "x"}, ""},
		{"the type follows from the name", func(q *Queue) { q.FIFO = Unknown }, false, []string{"MessageBody", "x", "DelaySeconds", "5"}, ""},
		{"size", func(q *Queue) { q.MaximumMessageSize = 0 }, false, []string{"MessageBody", strings.Repeat("x", 1025)}, "MaximumMessageSize"},
		{"a small message passes every limit", func(q *Queue) { q.MaximumMessageSize = 0 }, false, []string{"MessageBody", strings.Repeat("x", 1024)}, ""},
		{"empty delay", func(q *Queue) {}, false, []string{"MessageBody", "x", "DelaySeconds", ""}, "empty DelaySeconds"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q, p := standard(), path
			if tt.fifo {
				q, p = fifo(No), fifoURL
			}
			tt.edit(&q)
			r := post(encode(append([]string{"Action", "SendMessage"}, tt.pairs...)...))
			r.Path = p
			_, v := check(r, q)
			if tt.want == "" {
				accepted(t, v)
			} else if v.Answer != nil || len(v.Unknown) != 1 || !strings.Contains(v.Unknown[0].Detail, tt.want) {
				t.Errorf("verdict %+v, want unknown %q", v, tt.want)
			}
		})
	}
	t.Run("beyond every queue's limit", func(t *testing.T) {
		q := standard()
		q.MaximumMessageSize = 0
		_, v := check(post("Action=SendMessage&MessageBody="+strings.Repeat("x", 1048577)), q)
		want{400, CodeInvalidParameterValue, "", "", nil, TooLarge}.check(t, v.Answer)
	})
}

// attributeForms spells one attribute in every form that SQS takes (T21).
func attributeForms(name, dataType, field, value string) map[string]*Request {
	out := map[string]*Request{}
	for _, prefix := range []string{"MessageAttribute.1", "MessageAttributes.1"} {
		out[prefix] = post(encode("Action", "SendMessage", "MessageBody", "test",
			prefix+".Name", name, prefix+".Value.DataType", dataType, prefix+".Value."+field, value))
	}
	out["json"] = jsonPost("SendMessage", `{`+urlMember+`,"MessageBody":"test","MessageAttributes":{`+quote(name)+
		`:{"DataType":`+quote(dataType)+`,`+quote(field)+`:`+quote(value)+`}}}`)
	return out
}

func TestAttributes(t *testing.T) {
	long := strings.Repeat("n", 257)
	tests := []struct {
		fact, name, dataType, field, value string
		code                               string // "" for accepted
		others                             []string
	}{
		{"T21", "user-agent", "String", "StringValue", "BAR-Header", "", nil},
		{"T21", "n", "Number", "StringValue", "-1.5e3", "", nil},
		{"T21", "b", "Binary", "BinaryValue", "AAEC", "", nil},
		{"T21", "s", "String.custom.label", "StringValue", "x", "", nil},
		{"T23", "øßä", "String", "StringValue", "x", "", nil},
		{"T23", "a.b-c_d", "String", "StringValue", "x", "", nil},
		{"T23", "awsome", "String", "StringValue", "x", "", nil},
		{"T22", "ErrorDetails", "String", "StringValue", "", CodeInvalidParameterValue, nil},
		{"T22", "Empty", "Number", "StringValue", "", CodeInvalidParameterValue, nil},
		{"T22", "Empty", "Binary", "BinaryValue", "", CodeInvalidParameterValue, nil},
		{"T23", "ctl", "String", "StringValue", "a\x01", CodeInvalidParameterValue, nil},
		{"T23", "aWs.x", "String", "StringValue", "x", CodeInvalidParameterValue, nil},
		{"T23", "AMAZON.x", "String", "StringValue", "x", CodeInvalidParameterValue, nil},
		{"T23", ".x", "String", "StringValue", "x", CodeInvalidParameterValue, nil},
		{"T23", "x.", "String", "StringValue", "x", CodeInvalidParameterValue, nil},
		{"T23", "x..y", "String", "StringValue", "x", CodeInvalidParameterValue, nil},
		{"T23", "a!", "String", "StringValue", "x", CodeInvalidParameterValue, nil},
		{"T23", "a b", "String", "StringValue", "x", CodeInvalidParameterValue, nil},
		{"T23", "a(b?", "String", "StringValue", "x", CodeInvalidParameterValue, nil},
		{"T23", long, "String", "StringValue", "x", CodeInvalidParameterValue, nil},
		{"T23", "x", "Text", "StringValue", "x", CodeInvalidParameterValue, nil},
		{"T23", "x", "string", "StringValue", "x", CodeInvalidParameterValue, nil},
		{"T23", "x", "String." + long, "StringValue", "x", CodeInvalidParameterValue, nil},
		{"T23", "x", "", "StringValue", "x", CodeInvalidParameterValue, []string{CodeMissingParameter}},
		{"", "x", "Number", "StringValue", "ten", CodeInvalidParameterValue, nil},
		{"", "x", "Number", "StringValue", "0x10", CodeInvalidParameterValue, nil},
		{"", "x", "Number", "StringValue", "NaN", CodeInvalidParameterValue, nil},
		{"", "x", "Binary", "BinaryValue", "not base64!", CodeInvalidParameterValue, []string{CodeSerialization}},
		{"", "x", "Binary", "StringValue", "x", CodeInvalidParameterValue, nil},
		{"", "x", "String", "BinaryValue", "AAEC", CodeInvalidParameterValue, nil},
	}
	for _, tt := range tests {
		for form, r := range attributeForms(tt.name, tt.dataType, tt.field, tt.value) {
			t.Run(fmt.Sprintf("%s/%.20s/%.12s/%s/%s", tt.fact, tt.name, tt.dataType, tt.value, form), func(t *testing.T) {
				c, v := check(r, standard())
				if tt.code != "" {
					want{400, tt.code, "", "InvalidParameterValueException", tt.others, AttributeInvalid}.check(t, v.Answer)
					return
				}
				accepted(t, v)
				if a := c.Messages()[0].Attributes; len(a) != 1 || a[0].Name != tt.name || a[0].DataType != tt.dataType {
					t.Errorf("attributes %+v", a)
				}
				if len(c.Ignored) > 0 {
					t.Errorf("ignored %q", c.Ignored)
				}
			})
		}
	}
	t.Run("T22 wording", func(t *testing.T) {
		_, v := check(attributeForms("ErrorDetails", "String", "StringValue", "")["json"], standard())
		if want := "Message (user) attribute 'ErrorDetails' must contain a non-empty value of type 'String'."; v.Answer.Message != want {
			t.Errorf("message %q, want %q", v.Answer.Message, want)
		}
	})
	t.Run("more than ten", func(t *testing.T) {
		pairs := []string{"Action", "SendMessage", "MessageBody", "x"}
		for i := 1; i <= 11; i++ {
			p := fmt.Sprintf("MessageAttribute.%d.", i)
			pairs = append(pairs, p+"Name", fmt.Sprint("n", i), p+"Value.DataType", "String", p+"Value.StringValue", "v")
		}
		_, v := check(post(encode(pairs...)), standard())
		want{400, CodeInvalidParameterValue, "", "", nil, NoCause}.check(t, v.Answer)
	})
	t.Run("system attributes", func(t *testing.T) {
		r := func(name string) *Request {
			p := "MessageSystemAttribute.1."
			return post(encode("Action", "SendMessage", "MessageBody", "x", p+"Name", name, p+"Value.DataType", "String", p+"Value.StringValue", "Root=1-5e"))
		}
		_, v := check(r("AWSTraceHeader"), standard())
		accepted(t, v)
		_, v = check(r("Other"), standard())
		want{400, CodeInvalidParameterValue, "", "", nil, NoCause}.check(t, v.Answer)
	})
}

// T29: names, types and values of attributes count; system attributes do not.
func TestSizeWithAttributes(t *testing.T) {
	tests := []struct {
		limit, body int
		refused     bool
	}{
		{1048576, 1048569, true}, {1048576, 1048568, false}, // 8 bytes: "k", "String", "x"
		{1024, 1017, true}, {1024, 1016, false},
	}
	for _, tt := range tests {
		q := standard()
		q.MaximumMessageSize = tt.limit
		pairs := []string{"Action", "SendMessage", "MessageBody", strings.Repeat("a", tt.body),
			"MessageAttribute.1.Name", "k", "MessageAttribute.1.Value.DataType", "String", "MessageAttribute.1.Value.StringValue", "x",
			"MessageSystemAttribute.1.Name", "AWSTraceHeader", "MessageSystemAttribute.1.Value.DataType", "String", "MessageSystemAttribute.1.Value.StringValue", "Root=1"}
		_, v := check(post(encode(pairs...)), q)
		if !tt.refused {
			accepted(t, v)
			continue
		}
		want{400, CodeInvalidParameterValue, fmt.Sprintf("One or more parameters are invalid. Reason: Message must be shorter than %d bytes.", tt.limit), "", nil, TooLarge}.check(t, v.Answer)
	}
}

// T31: an unknown attribute of a queue.
func TestQueueAttributeNames(t *testing.T) {
	_, v := check(get("Action=GetQueueAttributes&AttributeName.1=All&AttributeName.2=Foobar"), standard())
	want{400, CodeInvalidAttributeName, "Unknown Attribute Foobar.", "", nil, AttributeNameUnknown}.check(t, v.Answer)
	_, v = check(jsonPost("GetQueueAttributes", `{`+urlMember+`,"AttributeNames":["Foobar"]}`), standard())
	want{400, CodeInvalidAttributeName, "Unknown Attribute Foobar.", "", nil, AttributeNameUnknown}.check(t, v.Answer)
	_, v = check(get("Action=GetQueueAttributes&AttributeName.1=QueueArn"), standard())
	accepted(t, v)
}

// T48: JSON types. Unverified for SQS, so each answer says so.
func TestJSONTypes(t *testing.T) {
	bad := []string{
		`"MessageBody":5`, `"MessageBody":true`, `"MessageBody":{"a":1}`, `"MessageBody":["a"]`,
		`"MessageBody":"x","DelaySeconds":"5"`, `"MessageBody":"x","DelaySeconds":1.5`, `"MessageBody":"x","MessageGroupId":1`,
		`"MessageBody":"x","MessageAttributes":[]`, `"MessageBody":"x","MessageAttributes":{"a":"b"}`,
		`"MessageBody":"x","MessageAttributes":{"a":{"DataType":"Number","StringValue":5}}`,
	}
	for _, members := range bad {
		_, v := check(jsonPost("SendMessage", `{`+urlMember+`,`+members+`}`), standard())
		want{400, CodeSerialization, "", "SerializationException", nil, TypeInvalid}.check(t, v.Answer)
		if v.Answer.Unverified == "" || v.Answer.Parameter == "" {
			t.Errorf("%s: unverified %q, parameter %q", members, v.Answer.Unverified, v.Answer.Parameter)
		}
	}
	_, v := check(jsonPost("SendMessage", `{"QueueUrl":7,"MessageBody":"x"}`), standard())
	want{400, CodeSerialization, "", "", nil, TypeInvalid}.check(t, v.Answer)
	// An attribute may be called like a member of the model.
	_, v = check(jsonPost("SendMessage", `{`+urlMember+`,"MessageBody":"x","MessageAttributes":{"DelaySeconds":{"DataType":"String","StringValue":"x"}}}`), standard())
	accepted(t, v)
}
