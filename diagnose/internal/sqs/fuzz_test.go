package sqs

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"apisqs-doctor/diagnose/text"
)

// FuzzRecognize: no request makes the reading panic, hang or contradict itself.
func FuzzRecognize(f *testing.F) {
	const form = MediaTypeForm
	f.Add("POST", path, "", form, "", "application/json", []byte("Action=SendMessage&MessageBody=x"))
	f.Add("POST", path, "", form, "", "", []byte("\n Action=SendMessage&MessageBody=a&b%"))
	f.Add("GET", "//x", "Action=SendMessage&MessageBody=x&MessageAttribute.1.Name=a&MessageAttribute.1.Value.DataType=Number", "", "", "", []byte(nil))
	f.Add("POST", "/", "", MediaTypeJSON10, "AmazonSQS.SendMessage", "", []byte(`{`+urlMember+`,"MessageBody":"x","MessageAttributes":{"a":{"DataType":"Binary","BinaryValue":"AA="}}}`))
	f.Add("POST", "/", "", MediaTypeJSON10, "AmazonSQS.SendMessageBatch", "", []byte(`{`+urlMember+`,"Entries":[{"Id":"1","MessageBody":"x","DelaySeconds":5},null,7]}`))
	f.Add("POST", fifoURL, "Action=SendMessageBatch", form, "", "", []byte("SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1.MessageBody=%01&SendMessageBatchRequestEntry.2.Id=b"))
	f.Add("POST", path, "", "application/json", "AmazonSQS.SendMessage", "", []byte(`{"MessageBody":"\ud800"}`))
	f.Add("PUT", "/%zz/${x}", "Action=ListQueues&Version=1", form, "", "*/*", []byte("{}"))
	f.Fuzz(func(t *testing.T, method, path, query, contentType, target, accept string, body []byte) {
		r := &Request{Method: method, Path: path, RawQuery: query, Body: body, Region: region, Account: account,
			Header: Header{"Content-Type": {contentType}, "X-Amz-Target": {target}, "accept": {accept}}}
		c := Recognize(r)
		if (c.Failure == nil) && c.Protocol == ProtocolNone {
			t.Fatal("neither a protocol nor a failure")
		}
		if c.Intended != nil && c.Intended.Call.Failure != nil {
			t.Fatal("an intent that fails itself")
		}
		for _, call := range []*Call{&c, c.Effective()} {
			if call == nil {
				continue
			}
			for _, q := range []Queue{{}, standard(), fifo(Unknown), {Exists: No}} {
				v := call.Check(q)
				if v.Answer != nil {
					for _, format := range []Format{FormatXML, FormatJSON, FormatAWSJSON} {
						body := v.Answer.Render(format).Body
						if format != FormatXML && !v.Answer.bare && !json.Valid([]byte(body)) {
							t.Fatalf("no JSON: %s", body)
						}
					}
					if v.Answer.Code != "" && (v.Answer.Codes[0] != v.Answer.Code || v.Answer.Statuses[0] != v.Answer.Status) {
						t.Fatalf("lists do not start with the answer: %+v", v.Answer)
					}
				}
			}
			a := call.Success(standard())
			if a.Body() == "" || !utf8.ValidString(a.Body()) {
				t.Fatalf("body %q", a.Body())
			}
		}
		again := Recognize(r)
		if again.Action != c.Action || again.Queue != c.Queue || len(again.Params) != len(c.Params) {
			t.Fatal("two readings differ")
		}
	})
}

// FuzzParseJSON compares with the standard library, which keeps to the same grammar
// but takes bytes that are no UTF-8 and sets its own limit of nesting.
func FuzzParseJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,-0.5e+3,true,null,"x\u00e9\n"],"b":{}}`, `{"a":1,}`, `[01]`, `"\ud83d\ude00\ud800"`, "\"\x01\"", `{"a"`, `tru`, "[1] x", `-`, "\ufeff{}", `"\x"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := ParseJSON(s)
		if !utf8.ValidString(s) || strings.Count(s, "[")+strings.Count(s, "{") > maxDepth {
			return
		}
		var want any
		wantErr := json.Unmarshal([]byte(s), &want)
		if overflow, ok := wantErr.(*json.UnmarshalTypeError); ok && overflow.Value != "" {
			return // a number too large for the library's type
		}
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: %v, the library says %v", s, err, wantErr)
		}
		if err == nil && !equal(&v, want) {
			t.Fatalf("%q: %+v, the library has %#v", s, v, want)
		}
	})
}

func equal(v *Value, want any) bool {
	switch w := want.(type) {
	case nil:
		return v.Kind == KindNull
	case bool:
		return v.Kind == KindBool && (v.Text == "true") == w
	case float64:
		var n float64
		return v.Kind == KindNumber && json.Unmarshal([]byte(v.Text), &n) == nil && n == w
	case string:
		return v.Kind == KindString && v.Text == w
	case []any:
		if v.Kind != KindArray || len(v.Elements) != len(w) {
			return false
		}
		for i := range w {
			if !equal(&v.Elements[i], w[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		if v.Kind != KindObject {
			return false
		}
		for name, value := range w {
			m, ok := v.Get(name)
			if m == nil || ok == (value == nil) || !equal(m, value) {
				return false
			}
		}
		return true
	}
	return false
}

// FuzzForm compares decoding with the standard library where that accepts the text.
func FuzzForm(f *testing.F) {
	for _, s := range []string{"a=b&c=d+e%20f", "a=%zz", "=&=&&", "a", "%", "a=b=c&d=%C3%A9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := parseForm(s, FromBody, nil)
		if got.badEscape != "" || got.badUTF8 || got.truncated || got.isStray || strings.Contains(s, ";") {
			if _, err := url.ParseQuery(s); got.badEscape != "" && err == nil && !strings.Contains(s, ";") {
				t.Fatalf("%q: bad escape %q, the library sees none", s, got.badEscape)
			}
			return
		}
		want, err := url.ParseQuery(s)
		if err != nil {
			t.Fatalf("%q: accepted, the library says %v", s, err)
		}
		for _, p := range got.params {
			values := want[p.Name]
			if len(values) == 0 {
				t.Fatalf("%q: parameter %q is not in %v", s, p.Name, want)
			}
			if values[0] != p.Value {
				t.Fatalf("%q: %q is %q, want %q", s, p.Name, p.Value, values[0])
			}
			want[p.Name] = values[1:]
		}
	})
}

// FuzzParseQueueURL: what is accepted is made of parts that are valid.
func FuzzParseQueueURL(f *testing.F) {
	for _, s := range []string{"https://sqs.us-east-1.amazonaws.com/123456789012/orders", "orders.fifo", "://", "https://", "https:///x", "http://vpce-a.sqs.us-east-1.vpce.amazonaws.com/q"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseQueueURL(s)
		if (err == nil) != (a.Problem == AddressOK) {
			t.Fatalf("%q: %v, %+v", s, err, a)
		}
		if err == nil && (!ValidQueueName(a.Name) || a.Account != "" && !validAccount(a.Account) || a.Region != "" && text.PartitionOf(a.Region).ID != a.Partition) {
			t.Fatalf("%q: %+v", s, a)
		}
	})
}
