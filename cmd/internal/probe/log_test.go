package probe

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/diagnose/source/live/testinvoke"
)

const at = "Sun Nov 22 10:00:00 UTC 2026 : "

// lines makes a log of entries.
func lines(entries ...string) string {
	return "Execution log for request 1\n" + at + strings.Join(entries, "\n"+at) + "\n\n"
}

func TestObserve(t *testing.T) {
	const ok = "Received response. Status: 200, Integration latency: 35 ms"
	for _, tt := range []struct {
		name   string
		status int
		body   string // that was sent
		log    string
		want   Observed // Log, Status and Latency apart
	}{
		{"JSON of the query protocol", 200, "", lines(sending+"https://sqs", ok, responseBody+
			`{"SendMessageResponse":{"SendMessageResult":{"MD5OfMessageBody":"0046701aed8ee5c7de6c01430556b13e","MessageId":"59c52602-131d"}}}`),
			Observed{Called: Yes, SQSStatus: 200, MD5: "0046701aed8ee5c7de6c01430556b13e", MessageID: "59c52602-131d"}},
		{"XML", 200, "", lines(sending+"https://sqs", ok, responseBody+
			"<?xml version=\"1.0\"?><SendMessageResponse>\n<MessageId>59c5</MessageId><MD5OfMessageBody>0046701aed8ee5c7de6c01430556b13e</MD5OfMessageBody></SendMessageResponse>"),
			Observed{Called: Yes, SQSStatus: 200, MD5: "0046701aed8ee5c7de6c01430556b13e", MessageID: "59c5"}},
		{"JSON protocol", 200, "", lines(ok, responseBody+`{ "MD5OfMessageBody" : "0046701aed8ee5c7de6c01430556b13e", "MessageId" : "59c5" }`),
			Observed{Called: Yes, SQSStatus: 200, MD5: "0046701aed8ee5c7de6c01430556b13e", MessageID: "59c5"}},
		{"a batch that lost entries", 200, "", lines(ok, responseBody+`{"SendMessageBatchResponse":{"SendMessageBatchResult":{"Failed":[{"Code":"InvalidMessageContents","Id":"1"}],"Successful":null}}}`),
			Observed{Called: Yes, SQSStatus: 200, Lost: true}},
		{"a batch that lost none", 200, "", lines(ok, responseBody+`{"SendMessageBatchResponse":{"SendMessageBatchResult":{"Failed":null,"Successful":[{"MessageId":"59c5"}]}}}`),
			Observed{Called: Yes, SQSStatus: 200, MessageID: "59c5"}},
		{"error in JSON of the query protocol", 400, "", lines("Received response. Status: 403, Integration latency: 2 ms",
			responseBody+`{"Error":{"Code":"AccessDenied","Message":"Access to the resource https://sqs is denied.","Type":"Sender"},"RequestId":"1"}`),
			Observed{Called: Yes, SQSStatus: 403, Code: "AccessDenied"}},
		{"error in XML", 400, "", lines("Received response. Status: 400, Integration latency: 2 ms",
			responseBody+"<?xml version=\"1.0\"?><ErrorResponse><Error><Type>Sender</Type><Code>MissingParameter</Code></Error></ErrorResponse>"),
			Observed{Called: Yes, SQSStatus: 400, Code: "MissingParameter"}},
		{"error of the JSON protocol by the other name", 400, "", lines("Received response. Status: 400, Integration latency: 2 ms",
			responseBody+`{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."}`),
			Observed{Called: Yes, SQSStatus: 400, Code: "AWS.SimpleQueueService.NonExistentQueue"}},
		{"a lone element", 400, "", lines("Received response. Status: 404, Integration latency: 2 ms", responseBody+"<UnknownOperationException/>\n"),
			Observed{Called: Yes, SQSStatus: 404, Code: "UnknownOperationException"}},
		{"a code that nobody knows", 400, "", lines("Received response. Status: 400, Integration latency: 2 ms", responseBody+`{"Error":{"Code":"BrandNew","Message":"AccessDenied"}}`),
			Observed{Called: Yes, SQSStatus: 400, Code: "BrandNew"}},
		{"cut off", 400, "", lines("Received response. Status: 400, Integration latency: 2 ms", responseBody+`{"Error":{"Code":"MissingPara [TRUNCATED]`),
			Observed{Called: Yes, SQSStatus: 400}},
		{"SQS was not called", 500, "", lines("Execution failed due to configuration error: x", completed+"500"), Observed{Called: No}},
		{"cut before the call", 500, "", lines("Starting execution"), Observed{}},
		{"a log without SQS's status", 200, "", lines("Received response. Integration latency: 2 ms", completed+"200"), Observed{Called: Yes}},
		{"no log", 200, "", "", Observed{}},
		// The client's body makes entries of its own.
		{"forged by the body that was sent", 500, "x\n" + at + ok + "\n" + at + completed + "200",
			lines(requestBody+"x\n"+at+ok+"\n"+at+completed+"200", "Execution failed due to configuration error: x", completed+"500"), Observed{Called: No}},
		{"forged in another way", 200, "", lines("Something "+"x\n"+at+ok, sending+"https://sqs", "Received response. Status: 403, Integration latency: 1 ms"),
			Observed{Called: Yes}}, // two answers are none
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Observe(testinvoke.Answer{Status: tt.status, Log: tt.log}, tt.body)
			got.Log, tt.want.Status = nil, tt.status
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	if got := Observe(testinvoke.Answer{Status: 400, Headers: map[string]string{"X-Amzn-Errortype": "BadRequestException"}}, ""); got.ErrorType != "BadRequestException" {
		t.Errorf("error type %q", got.ErrorType)
	}
}

func TestDelivered(t *testing.T) {
	for _, tt := range []struct {
		o    Observed
		want Answer
	}{
		{Observed{Status: 200, Called: Yes, SQSStatus: 200}, Yes},
		{Observed{Status: 202, Called: Yes, SQSStatus: 200}, Yes},
		{Observed{Status: 200, Called: Yes, SQSStatus: 403}, No}, // an error as success
		{Observed{Status: 500, Called: Yes, SQSStatus: 200}, No}, // the client believes that it failed
		{Observed{Status: 200, Called: Yes, SQSStatus: 200, Lost: true}, No},
		{Observed{Status: 200, Called: No}, No}, // a MOCK
		{Observed{Status: 200, Called: Yes}, Unknown},
		{Observed{Status: 200}, Unknown},
		{Observed{}, No},
	} {
		if got := tt.o.Delivered(); got != tt.want {
			t.Errorf("%+v: %d, want %d", tt.o, got, tt.want)
		}
	}
}

func TestTelling(t *testing.T) {
	log := Read(lines("Starting execution for request: 1", "Method request headers: {X=secret}", requestBody+"secret\nsecret", address+"https://sqs/?MessageBody=secret",
		"Endpoint request headers: {X-Amz-Security-Token=secret}", endpointBody+"secret", sending+"https://sqs/1/orders?MessageBody=secret",
		"Received response. Status: 200, Integration latency: 1 ms", responseBody+"secret", "Method response body after transformations: secret",
		"Something new: secret", completed+"200"), "secret\nsecret")
	list, hidden := log.Telling(false)
	want := []string{"Sending request to https://sqs/1/orders?...", "Received response. Status: 200, Integration latency: 1 ms", "Method completed with status: 200"}
	if diff := cmp.Diff(want, list); diff != "" || hidden != 9 {
		t.Errorf("%d hidden\n%s", hidden, diff)
	}
	if list, _ := log.Telling(true); !slices.Contains(list, responseBody+"secret") {
		t.Error("what SQS said when it refused is not shown")
	}
}

func TestCredentialsAreNeverShown(t *testing.T) {
	for _, tt := range []struct{ entry, want string }{
		{"Endpoint request headers: {Authorization=AWS4-HMAC-SHA256 Credential=AKID/x, SignedHeaders=host, Signature=abc, Accept=application/json}",
			"Endpoint request headers: {Authorization=(hidden), SignedHeaders=(hidden), Signature=(hidden), Accept=application/json}"},
		{"Endpoint request headers: {X-Amz-Date=1, X-Amz-Security-Token=IQoJ+/==, x [TRUNCATED]", "Endpoint request headers: {X-Amz-Date=1, X-Amz-Security-Token=(hidden)"},
		{"Method request headers: { x-api-key=abc}", "Method request headers: { x-api-key=(hidden)}"},
		{"Method request headers: {Cookie=a=b; c=d, Accept=*/*}", "Method request headers: {Cookie=(hidden), Accept=*/*}"},
		{"Method request query string: {access_token=abc, page=1}", "Method request query string: {access_token=(hidden), page=1}"},
		{"Method request headers: {}", "Method request headers: {}"},
		{address + "https://sqs/?X-Amz-Security-Token=abc&Action=SendMessage", address + "https://sqs/?X-Amz-Security-Token=(hidden)&Action=SendMessage"},
		{sending + "https://sqs/?a=b&X-Amz-Signature=abc", sending + "https://sqs/?a=b&X-Amz-Signature=(hidden)"},
		{requestBody + "{a token=b}", requestBody + "{a token=b}"},
	} {
		got := Log{tt.entry}.All()
		if diff := cmp.Diff([]string{tt.want}, got); diff != "" {
			t.Error(diff)
		}
	}
}

// Whatever stands in a log, it is read in the end, and no credential's value comes out.
func FuzzRead(f *testing.F) {
	f.Add(lines(sending+"https://sqs", "Received response. Status: 200, Integration latency: 35 ms"), "body")
	f.Add(lines("Endpoint request headers: {Authorization=c0ffee, X-Amz-Security-Token=c0ffee [TRUNCATED]"), "\n"+at)
	f.Fuzz(func(t *testing.T, text, body string) {
		o := Observe(testinvoke.Answer{Status: 200, Log: text}, body)
		list, hidden := o.Log.Telling(true)
		if len(list)+hidden != len(o.Log) || len(o.Log.All()) != len(o.Log) {
			t.Errorf("%d shown and %d hidden of %d entries", len(list), hidden, len(o.Log))
		}
		header := "Endpoint request headers: {" + strings.NewReplacer("\n", "", "=", "", ",", "").Replace(text) + ", Authorization=c0ffee}"
		if got := (Log{header}).All()[0]; strings.Contains(got, "Authorization=c0ffee") {
			t.Errorf("shown: %q", got)
		}
	})
}
