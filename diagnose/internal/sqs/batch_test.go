package sqs

import (
	"fmt"
	"strings"
	"testing"
)

type item struct{ id, body, group, dedup string }

// batches spells a batch in both protocols.
func batches(queue string, items ...item) map[string]*Request {
	pairs := []string{"Action", "SendMessageBatch"}
	var entries []string
	for i, it := range items {
		p := fmt.Sprintf("SendMessageBatchRequestEntry.%d.", i+1)
		var members []string
		for _, f := range [][2]string{{"Id", it.id}, {"MessageBody", it.body}, {"MessageGroupId", it.group}, {"MessageDeduplicationId", it.dedup}} {
			if f[1] != "" {
				pairs = append(pairs, p+f[0], f[1])
				members = append(members, quote(f[0])+":"+quote(f[1]))
			}
		}
		entries = append(entries, "{"+strings.Join(members, ",")+"}")
	}
	q := post(encode(pairs...))
	q.Path = "/123456789012/" + queue
	return map[string]*Request{
		"query": q,
		"json":  jsonPost("SendMessageBatch", `{"QueueUrl":"https://sqs.us-east-1.amazonaws.com/123456789012/`+queue+`","Entries":[`+strings.Join(entries, ",")+`]}`),
	}
}

func TestBatchRefused(t *testing.T) {
	var twenty []item
	for i := range 20 {
		twenty = append(twenty, item{id: fmt.Sprint("message-", i), body: "x"})
	}
	tests := []struct {
		name  string
		queue Queue
		items []item
		want  want
	}{
		{"T30: too many", standard(), twenty, want{400, CodeTooManyEntries, "Maximum number of entries per request are 10. You have sent 20.", "TooManyEntriesInBatchRequest", nil, BatchInvalid}},
		{"T30: bad id", standard(), []item{{id: "message:abc", body: "x"}}, want{400, CodeInvalidBatchEntryID, "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.", "InvalidBatchEntryId", nil, BatchInvalid}},
		{"T30: long id", standard(), []item{{id: strings.Repeat("a", 81), body: "x"}}, want{400, CodeInvalidBatchEntryID, "", "", nil, BatchInvalid}},
		{"T30: empty", standard(), nil, want{400, CodeEmptyBatchRequest, "There should be at least one SendMessageBatchRequestEntry in the request.", "EmptyBatchRequest", nil, BatchInvalid}},
		{"T30: repeated ids", standard(), []item{{id: "id_1", body: "1"}, {id: "id_2", body: "2"}, {id: "id_2", body: "3"}, {id: "id_1", body: "4"}},
			want{400, CodeBatchEntryIDsNotDistinct, "Id id_2 repeated.", "BatchEntryIdsNotDistinct", nil, BatchInvalid}},
		{"T29: too long together", standard(), []item{{id: "1", body: strings.Repeat("a", 1048576)}, {id: "2", body: "a"}},
			want{400, CodeBatchRequestTooLong, "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.", "BatchRequestTooLong", nil, TooLarge}},
		{"T25: one entry without a group", fifo(No), []item{{"m1", "x", "g", "d1"}, {"m2", "x", "", "d2"}},
			want{400, CodeInvalidParameterValue, "The request must contain the parameter MessageGroupId.", "InvalidParameterValueException", nil, GroupMissing}},
		{"T26: one entry without deduplication", fifo(No), []item{{"m1", "x", "g", "d1"}, {"m2", "x", "g", ""}},
			want{400, CodeInvalidParameterValue, needDeduplication, "InvalidParameterValueException", nil, DeduplicationMissing}},
		{"no body", standard(), []item{{id: "1"}}, want{400, CodeMissingParameter, "", "", nil, NoCause}},
		{"no id", standard(), []item{{body: "x"}}, want{400, CodeMissingParameter, "", "", nil, NoCause}},
	}
	for _, tt := range tests {
		for protocol, r := range batches(tt.queue.Name, tt.items...) {
			t.Run(tt.name+"/"+protocol, func(t *testing.T) {
				_, v := check(r, tt.queue)
				tt.want.check(t, v.Answer)
				if v.Answer.OK() {
					t.Error("counts as accepted")
				}
			})
		}
	}
}

// T24, T29: a fault of one entry loses that message under a status of 200.
func TestBatchPartlyFailed(t *testing.T) {
	q := standard()
	q.MaximumMessageSize = 1024
	items := []item{{id: "good", body: "fine"}, {id: "chars", body: "bad \x01"}, {id: "size", body: strings.Repeat("a", 1025)}}
	for protocol, r := range batches("orders", items...) {
		t.Run(protocol, func(t *testing.T) {
			_, v := check(r, q)
			a := v.Answer
			if a == nil || a.Status != 200 || a.Code != "" || a.OK() {
				t.Fatalf("answer %+v, want a 200 that is not OK", a)
			}
			if len(a.Failed) != 2 || a.Failed[0].ID != "chars" || a.Failed[0].Code != CodeInvalidMessageContents ||
				a.Failed[1].ID != "size" || a.Failed[1].Message != "One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes." {
				t.Errorf("failed %+v", a.Failed)
			}
			if !a.May(CodeInvalidMessageContents) || !a.May(CodeInvalidParameterValue) {
				t.Errorf("codes %v", a.Codes)
			}
			body := a.Body()
			if strings.Count(body, MessageID) != 1 || !strings.Contains(body, MD5OfBody("fine")) || strings.Count(body, "SenderFault") < 2 {
				t.Errorf("body %s", body)
			}
		})
	}
}

func TestBatchAccepted(t *testing.T) {
	for protocol, r := range batches("orders.fifo", item{"a", "one", "g", "1"}, item{"b", "two", "g", "2"}) {
		t.Run(protocol, func(t *testing.T) {
			c, v := check(r, fifo(No))
			accepted(t, v)
			m := c.Messages()
			if len(m) != 2 || m[0].ID != "a" || m[0].Body != "one" || m[1].GroupID != "g" || m[1].DeduplicationID != "2" {
				t.Errorf("messages %+v", m)
			}
			op, _ := c.Operation()
			if op.IAM != "sqs:SendMessage" {
				t.Errorf("IAM action %q; batches are permitted by the single action", op.IAM)
			}
			a := c.Success(fifo(No))
			if strings.Count(a.Body(), MessageID) != 2 || strings.Count(a.Body(), SequenceNumber) != 2 {
				t.Errorf("body %s", a.Body())
			}
		})
	}
}

func TestOtherBatches(t *testing.T) {
	c, v := check(post(encode("Action", "DeleteMessageBatch", "DeleteMessageBatchRequestEntry.1.Id", "a", "DeleteMessageBatchRequestEntry.1.ReceiptHandle", "h")), standard())
	accepted(t, v)
	if op, _ := c.Operation(); op.IAM != "sqs:DeleteMessage" || op.Writes {
		t.Errorf("operation %+v", op)
	}
	if len(c.Ignored) > 0 || c.Messages() != nil {
		t.Errorf("ignored %q, messages %v", c.Ignored, c.Messages())
	}
	_, v = check(jsonPost("DeleteMessageBatch", `{`+urlMember+`,"Entries":[{"Id":"a"}]}`), standard())
	want{400, CodeMissingParameter, "", "", nil, NoCause}.check(t, v.Answer)
	_, v = check(jsonPost("ChangeMessageVisibilityBatch", `{`+urlMember+`,"Entries":[]}`), standard())
	want{400, CodeEmptyBatchRequest, "There should be at least one ChangeMessageVisibilityBatchRequestEntry in the request.", "", nil, BatchInvalid}.check(t, v.Answer)
	_, v = check(jsonPost("SendMessageBatch", `{`+urlMember+`}`), standard())
	want{400, CodeMissingParameter, "", "", []string{CodeEmptyBatchRequest}, ParameterMissing}.check(t, v.Answer)
}

// Entries count by their numbers, whatever their order and gaps.
func TestEntryNumbers(t *testing.T) {
	p := "SendMessageBatchRequestEntry."
	c := Recognize(post(encode("Action", "SendMessageBatch", p+"10.Id", "ten", p+"10.MessageBody", "x", p+"2.Id", "two", p+"2.MessageBody", "y", p+"x.Id", "no")))
	m := c.Messages()
	if len(m) != 2 || m[0].ID != "two" || m[1].ID != "ten" {
		t.Errorf("messages %+v", m)
	}
}
