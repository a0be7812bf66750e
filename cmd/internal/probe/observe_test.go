package probe

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/cmd/internal/logs"
	"apisqs-doctor/diagnose/source/live/testinvoke"
)

// Labels of entries.
const (
	requestBody  = "Method request body before transformations: "
	responseBody = "Endpoint response body before transformations: "
	received     = "Received response."
	sending      = "Sending request to "
	completed    = "Method completed with status: "
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
			Observed{Called: logs.Yes, SQSStatus: 200, MD5: "0046701aed8ee5c7de6c01430556b13e", MessageID: "59c52602-131d"}},
		{"XML", 200, "", lines(sending+"https://sqs", ok, responseBody+
			"<?xml version=\"1.0\"?><SendMessageResponse>\n<MessageId>59c5</MessageId><MD5OfMessageBody>0046701aed8ee5c7de6c01430556b13e</MD5OfMessageBody></SendMessageResponse>"),
			Observed{Called: logs.Yes, SQSStatus: 200, MD5: "0046701aed8ee5c7de6c01430556b13e", MessageID: "59c5"}},
		{"JSON protocol", 200, "", lines(ok, responseBody+`{ "MD5OfMessageBody" : "0046701aed8ee5c7de6c01430556b13e", "MessageId" : "59c5" }`),
			Observed{Called: logs.Yes, SQSStatus: 200, MD5: "0046701aed8ee5c7de6c01430556b13e", MessageID: "59c5"}},
		{"a batch that lost entries", 200, "", lines(ok, responseBody+`{"SendMessageBatchResponse":{"SendMessageBatchResult":{"Failed":[{"Code":"InvalidMessageContents","Id":"1"}],"Successful":null}}}`),
			Observed{Called: logs.Yes, SQSStatus: 200, Lost: true}},
		{"a batch that lost none", 200, "", lines(ok, responseBody+`{"SendMessageBatchResponse":{"SendMessageBatchResult":{"Failed":null,"Successful":[{"MessageId":"59c5"}]}}}`),
			Observed{Called: logs.Yes, SQSStatus: 200, MessageID: "59c5"}},
		{"error in JSON of the query protocol", 400, "", lines("Received response. Status: 403, Integration latency: 2 ms",
			responseBody+`{"Error":{"Code":"AccessDenied","Message":"Access to the resource https://sqs is denied.","Type":"Sender"},"RequestId":"1"}`),
			Observed{Called: logs.Yes, SQSStatus: 403, Code: "AccessDenied"}},
		{"error in XML", 400, "", lines("Received response. Status: 400, Integration latency: 2 ms",
			responseBody+"<?xml version=\"1.0\"?><ErrorResponse><Error><Type>Sender</Type><Code>MissingParameter</Code></Error></ErrorResponse>"),
			Observed{Called: logs.Yes, SQSStatus: 400, Code: "MissingParameter"}},
		{"error of the JSON protocol by the other name", 400, "", lines("Received response. Status: 400, Integration latency: 2 ms",
			responseBody+`{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."}`),
			Observed{Called: logs.Yes, SQSStatus: 400, Code: "AWS.SimpleQueueService.NonExistentQueue"}},
		{"a lone element", 400, "", lines("Received response. Status: 404, Integration latency: 2 ms", responseBody+"<UnknownOperationException/>\n"),
			Observed{Called: logs.Yes, SQSStatus: 404, Code: "UnknownOperationException"}},
		{"a code that nobody knows", 400, "", lines("Received response. Status: 400, Integration latency: 2 ms", responseBody+`{"Error":{"Code":"BrandNew","Message":"AccessDenied"}}`),
			Observed{Called: logs.Yes, SQSStatus: 400, Code: "BrandNew"}},
		{"cut off", 400, "", lines("Received response. Status: 400, Integration latency: 2 ms", responseBody+`{"Error":{"Code":"MissingPara [TRUNCATED]`),
			Observed{Called: logs.Yes, SQSStatus: 400}},
		{"SQS was not called", 500, "", lines("Execution failed due to configuration error: x", completed+"500"), Observed{Called: logs.No}},
		{"cut before the call", 500, "", lines("Starting execution"), Observed{}},
		{"a log without SQS's status", 200, "", lines("Received response. Integration latency: 2 ms", completed+"200"), Observed{Called: logs.Yes}},
		{"no log", 200, "", "", Observed{}},
		// The client's body makes entries of its own.
		{"forged by the body that was sent", 500, "x\n" + at + ok + "\n" + at + completed + "200",
			lines(requestBody+"x\n"+at+ok+"\n"+at+completed+"200", "Execution failed due to configuration error: x", completed+"500"), Observed{Called: logs.No}},
		{"forged in another way", 200, "", lines("Something "+"x\n"+at+ok, sending+"https://sqs", "Received response. Status: 403, Integration latency: 1 ms"),
			Observed{Called: logs.Yes}}, // two answers are none
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Observe(testinvoke.Answer{Status: tt.status, Log: tt.log}, tt.body)
			got.Log, got.SQSLatency, tt.want.Status = nil, 0, tt.status
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
		want logs.Answer
	}{
		{Observed{Status: 200, Called: logs.Yes, SQSStatus: 200}, logs.Yes},
		{Observed{Status: 202, Called: logs.Yes, SQSStatus: 200}, logs.Yes},
		{Observed{Status: 200, Called: logs.Yes, SQSStatus: 403}, logs.No}, // an error as success
		{Observed{Status: 500, Called: logs.Yes, SQSStatus: 200}, logs.No}, // the client believes that it failed
		{Observed{Status: 200, Called: logs.Yes, SQSStatus: 200, Lost: true}, logs.No},
		{Observed{Status: 200, Called: logs.No}, logs.No}, // a MOCK
		{Observed{Status: 200, Called: logs.Yes}, logs.Unknown},
		{Observed{Status: 200}, logs.Unknown},
		{Observed{}, logs.No},
	} {
		if got := tt.o.Delivered(); got != tt.want {
			t.Errorf("%+v: %d, want %d", tt.o, got, tt.want)
		}
	}
}
