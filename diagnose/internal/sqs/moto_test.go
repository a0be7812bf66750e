package sqs

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"apisqs-doctor/fixtures/fakeaws/fakeawstest"
	"apisqs-doctor/fixtures/programs"
)

// The environment is not that of whoever runs the tests.
func TestMain(m *testing.M) { fakeawstest.Main(m) }

// TestProgramMoto sends the same requests to moto, an independent implementation of SQS,
// and to the model, and compares status class and code. What moto does otherwise
// than AWS is left out by name:
//   - unreadable requests: moto answers 404 pages and Python errors instead of T1 to T6;
//   - T11, T12: moto stores an empty body, and fails with 500 without one;
//   - T22: moto accepts an empty StringValue;
//   - T23, T24: moto checks neither names nor characters;
//   - T27 on standard queues, T28: moto checks no ids;
//   - T29: moto leaves attributes out of the size;
//   - T25 in a batch: moto answers MissingParameter;
//   - T10, T49: moto does not care about paths, regions and hosts.
func TestProgramMoto(t *testing.T) {
	programs.Run(t, "moto")
	base := startMoto(t)
	create := func(body string) {
		status, code := motoCall(t, base, &Request{Method: "POST", Path: "/", Header: Header{"Content-Type": {MediaTypeForm}}, Body: []byte(body)})
		if status != 200 {
			t.Fatalf("creating a queue: %d %s", status, code)
		}
	}
	create(encode("Action", "CreateQueue", "QueueName", "orders"))
	create(encode("Action", "CreateQueue", "QueueName", "orders.fifo", "Attribute.1.Name", "FifoQueue", "Attribute.1.Value", "true"))
	create(encode("Action", "CreateQueue", "QueueName", "cbd.fifo", "Attribute.1.Name", "FifoQueue", "Attribute.1.Value", "true",
		"Attribute.2.Name", "ContentBasedDeduplication", "Attribute.2.Value", "true"))

	facts := map[string]Queue{
		"orders": {Exists: Yes, FIFO: No, MaximumMessageSize: 1048576}, "orders.fifo": {Exists: Yes, FIFO: Yes, ContentBasedDeduplication: No, MaximumMessageSize: 1048576},
		"cbd.fifo": {Exists: Yes, FIFO: Yes, ContentBasedDeduplication: Yes, MaximumMessageSize: 1048576}, "gone": {Exists: No},
	}
	a1 := "MessageAttribute.1."
	tests := []struct {
		name, action, queue string
		pairs               []string
		members             string // JSON members that pairs cannot say
	}{
		{"plain", "SendMessage", "orders", []string{"MessageBody", "a & b = c%"}, ""},
		{"missing queue", "SendMessage", "gone", []string{"MessageBody", "x"}, ""},
		{"attributes of a missing queue", "GetQueueAttributes", "gone", nil, ""},
		{"delay", "SendMessage", "orders", []string{"MessageBody", "x", "DelaySeconds", "900"}, ""},
		{"delay out of range", "SendMessage", "orders", []string{"MessageBody", "x", "DelaySeconds", "901"}, ""},
		{"group on a standard queue", "SendMessage", "orders", []string{"MessageBody", "x", "MessageGroupId", "g"}, ""},
		{"FIFO", "SendMessage", "orders.fifo", []string{"MessageBody", "x", "MessageGroupId", "g", "MessageDeduplicationId", "d"}, ""},
		{"FIFO without group", "SendMessage", "orders.fifo", []string{"MessageBody", "x", "MessageDeduplicationId", "d"}, ""},
		{"FIFO without deduplication", "SendMessage", "orders.fifo", []string{"MessageBody", "x", "MessageGroupId", "g"}, ""},
		{"FIFO with delay", "SendMessage", "cbd.fifo", []string{"MessageBody", "x", "MessageGroupId", "g", "DelaySeconds", "2"}, ""},
		{"FIFO with zero delay", "SendMessage", "cbd.fifo", []string{"MessageBody", "x", "MessageGroupId", "g", "DelaySeconds", "0"}, ""},
		{"content-based deduplication", "SendMessage", "cbd.fifo", []string{"MessageBody", "x", "MessageGroupId", "g"}, ""},
		{"content-based deduplication without group", "SendMessage", "cbd.fifo", []string{"MessageBody", "x"}, ""},
		{"too long", "SendMessage", "orders", []string{"MessageBody", strings.Repeat("x", 1048577)}, ""},
		{"attribute", "SendMessage", "orders", []string{"MessageBody", "x", a1 + "Name", "n", a1 + "Value.DataType", "String", a1 + "Value.StringValue", "v"},
			`"MessageAttributes":{"n":{"DataType":"String","StringValue":"v"}}`},
		{"attribute of an unknown type", "SendMessage", "orders", []string{"MessageBody", "x", a1 + "Name", "n", a1 + "Value.DataType", "Text", a1 + "Value.StringValue", "v"},
			`"MessageAttributes":{"n":{"DataType":"Text","StringValue":"v"}}`},
		{"many messages", "ReceiveMessage", "orders", []string{"MaxNumberOfMessages", "11"}, ""},
		{"long wait", "ReceiveMessage", "orders", []string{"WaitTimeSeconds", "21"}, ""},
		{"unknown attribute name", "GetQueueAttributes", "orders", []string{"AttributeName.1", "Foobar"}, `"AttributeNames":["Foobar"]`},
		{"empty batch", "SendMessageBatch", "orders", nil, `"Entries":[]`},
		{"repeated ids", "SendMessageBatch", "orders", []string{"SendMessageBatchRequestEntry.1.Id", "a", "SendMessageBatchRequestEntry.1.MessageBody", "x",
			"SendMessageBatchRequestEntry.2.Id", "a", "SendMessageBatchRequestEntry.2.MessageBody", "x"}, `"Entries":[{"Id":"a","MessageBody":"x"},{"Id":"a","MessageBody":"x"}]`},
		{"bad id", "SendMessageBatch", "orders", []string{"SendMessageBatchRequestEntry.1.Id", "a:b", "SendMessageBatchRequestEntry.1.MessageBody", "x"},
			`"Entries":[{"Id":"a:b","MessageBody":"x"}]`},
	}
	for _, tt := range tests {
		form := post(encode(append([]string{"Action", tt.action}, tt.pairs...)...))
		form.Path = "/123456789012/" + tt.queue
		form.Header["Accept"] = []string{"*/*"} // moto knows no JSON-shaped answers
		var scalars []string
		for i := 0; i < len(tt.pairs); i += 2 {
			if !strings.Contains(tt.pairs[i], ".") {
				scalars = append(scalars, tt.pairs[i], tt.pairs[i+1])
			}
		}
		body := jsonOf(tt.queue, scalars...)
		if tt.members != "" {
			body = strings.TrimSuffix(body, "}") + "," + tt.members + "}"
		}
		for protocol, r := range map[string]*Request{"query": form, "json": jsonPost(tt.action, body)} {
			t.Run(tt.name+"/"+protocol, func(t *testing.T) {
				status, code := motoCall(t, base, r)
				_, v := check(r, facts[tt.queue])
				if v.Answer == nil {
					if status != 200 || len(v.Unknown) > 0 {
						t.Errorf("moto answers %d %s, the model accepts (unknown %v)", status, code, v.Unknown)
					}
					return
				}
				if status/100 != v.Answer.Status/100 || !v.Answer.May(code) {
					t.Errorf("moto answers %d %s, the model %d %v %q", status, code, v.Answer.Status, v.Answer.Codes, v.Answer.Message)
				}
			})
		}
	}
}

// startMoto starts a moto server of this test's own on a free port of the loopback.
func startMoto(t *testing.T) string {
	program, err := exec.LookPath("moto_server")
	if err != nil {
		t.Skipf("skipped: no moto_server to compare with: %v", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skipf("skipped: no free port: %v", err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	_ = l.Close()
	cmd := exec.Command(program, "-H", "127.0.0.1", "-p", port)
	cmd.Env = append(os.Environ(), "MOTO_IAM_LOAD_MANAGED_POLICIES=false")
	out, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Skipf("skipped: moto_server does not start: %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	go func() { // its log must not fill the pipe
		for s := bufio.NewScanner(out); s.Scan(); {
			continue
		}
	}()
	base := "http://127.0.0.1:" + port
	for range 120 {
		if resp, err := http.Get(base + "/moto-api/data.json"); err == nil {
			_ = resp.Body.Close()
			return base
		}
		time.Sleep(250 * time.Millisecond)
	}
	t.Skip("skipped: moto_server does not answer")
	return ""
}

// motoCall sends one request and reads status and error code.
func motoCall(t *testing.T, base string, r *Request) (int, string) {
	t.Helper()
	req, err := http.NewRequest(r.Method, base+r.Path+"?"+r.RawQuery, bytes.NewReader(r.Body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range r.Header {
		req.Header[name] = values
	}
	// moto finds the service and the region in the credential scope; it checks no signature.
	req.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/%s/sqs/aws4_request, SignedHeaders=host, Signature=0", region))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var j struct {
		Type string `json:"__type"`
	}
	if json.Unmarshal(body, &j) == nil && j.Type != "" {
		return resp.StatusCode, j.Type
	}
	var x struct {
		Code   string `xml:"Error>Code"`
		Nested string `xml:"Errors>Error>Code"`
	}
	if xml.Unmarshal(body, &x) == nil {
		return resp.StatusCode, x.Code + x.Nested
	}
	return resp.StatusCode, string(body)
}
