package sqs

import (
	"strings"
	"testing"
)

func TestRefusals(t *testing.T) {
	const dlq, fifoDLQ = `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:dlq","maxReceiveCount":5}`, `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:dlq.fifo","maxReceiveCount":"5"}`
	tests := []struct {
		what, name string
		set        []string // attributes and their values
		attribute  string   // that is refused; "" for none
		code       string
		message    string // part of SQS's text
	}{
		{"a plain queue", "orders", nil, "", "", ""},
		{"no name", "", nil, "", "", ""},
		{"80 characters", strings.Repeat("q", 80), nil, "", "", ""},
		{"81 characters", strings.Repeat("q", 81), nil, "QueueName", CodeInvalidParameterValue, "1 to 80 in length"},
		{"a period", "orders.v2", nil, "QueueName", CodeInvalidParameterValue, "1 to 80 in length"},
		{"an accent", "commandé", nil, "QueueName", CodeInvalidParameterValue, ""},
		{"a FIFO name", "orders.fifo", []string{"FifoQueue", "true"}, "", "", ""},
		{"test_standard_queue_cannot_have_fifo_suffix", "orders.fifo", nil, "QueueName", CodeInvalidParameterValue, "1 to 80 in length"},
		{"test_fifo_queue_requires_suffix", "orders", []string{"FifoQueue", "true"}, "QueueName", CodeInvalidParameterValue, "must end with .fifo suffix"},
		{"FIFO whose name is made up", "", []string{"FifoQueue", "true", "ContentBasedDeduplication", "true"}, "", "", ""},
		{"nothing but the suffix", ".fifo", []string{"FifoQueue", "true"}, "QueueName", CodeInvalidParameterValue, ""},
		{"a name that is open", "⟨Stack⟩", []string{"FifoQueue", "true"}, "", "", ""},
		{"a name with an open beginning", "⟨Stack⟩-orders", []string{"FifoQueue", "true"}, "QueueName", CodeInvalidParameterValue, ""},
		{"a name with an open middle", "a-⟨Stack⟩.fifo", []string{"FifoQueue", "true"}, "", "", ""},
		{"a name with an open beginning and a blank", "⟨Stack⟩ orders", nil, "QueueName", CodeInvalidParameterValue, ""},
		{"an open FifoQueue", "orders.fifo", []string{"FifoQueue", "⟨Stack⟩"}, "", "", ""},
		{"FifoQueue false", "orders", []string{"FifoQueue", "false"}, "FifoQueue", CodeInvalidAttributeName, "Unknown Attribute FifoQueue."},
		{"FifoQueue false and a FIFO name", "orders.fifo", []string{"FifoQueue", "false"}, "FifoQueue", CodeInvalidAttributeName, "Unknown Attribute FifoQueue."},
		{"FifoQueue no boolean", "orders", []string{"FifoQueue", "yes"}, "FifoQueue", "InvalidAttributeValue", "Invalid value for the parameter FifoQueue."},
		{"deduplication on a standard queue", "orders", []string{"ContentBasedDeduplication", "true"}, "ContentBasedDeduplication", CodeInvalidAttributeName, "Unknown Attribute ContentBasedDeduplication."},
		{"no deduplication on a standard queue", "orders", []string{"ContentBasedDeduplication", "false"}, "", "", ""},
		{"scope on a standard queue", "orders", []string{"DeduplicationScope", "queue"}, "DeduplicationScope", CodeInvalidAttributeName, "only when FifoQueue is set to true"},
		{"scope", "o.fifo", []string{"FifoQueue", "true", "DeduplicationScope", "group"}, "DeduplicationScope", "InvalidAttributeValue", ""},
		{"throughput", "o.fifo", []string{"FifoQueue", "true", "DeduplicationScope", "messageGroup", "FifoThroughputLimit", "perMessageGroupId"}, "", "", ""},
		{"throughput without its scope", "o.fifo", []string{"FifoQueue", "true", "DeduplicationScope", "queue", "FifoThroughputLimit", "perMessageGroupId"}, "FifoThroughputLimit", "InvalidAttributeValue", "allowed only when"},
		{"delay", "orders", []string{"DelaySeconds", "900"}, "", "", ""},
		{"delay too long", "orders", []string{"DelaySeconds", "901"}, "DelaySeconds", "InvalidAttributeValue", "Invalid value for the parameter DelaySeconds."},
		{"delay below nothing", "orders", []string{"DelaySeconds", "-1"}, "DelaySeconds", "InvalidAttributeValue", ""},
		{"an open delay", "orders", []string{"DelaySeconds", "⟨Stack⟩"}, "", "", ""},
		{"T29: 1 MiB", "orders", []string{"MaximumMessageSize", "1048576"}, "", "", ""},
		{"T29: more", "orders", []string{"MaximumMessageSize", "1048577"}, "MaximumMessageSize", "InvalidAttributeValue", ""},
		{"size too small", "orders", []string{"MaximumMessageSize", "1023"}, "MaximumMessageSize", "InvalidAttributeValue", ""},
		{"retention", "orders", []string{"MessageRetentionPeriod", "59"}, "MessageRetentionPeriod", "InvalidAttributeValue", ""},
		{"wait", "orders", []string{"ReceiveMessageWaitTimeSeconds", "21"}, "ReceiveMessageWaitTimeSeconds", "InvalidAttributeValue", ""},
		{"visibility", "orders", []string{"VisibilityTimeout", "43201"}, "VisibilityTimeout", "InvalidAttributeValue", ""},
		{"key reuse", "orders", []string{"KmsDataKeyReusePeriodSeconds", "30"}, "KmsDataKeyReusePeriodSeconds", "InvalidAttributeValue", ""},
		{"a fraction", "orders", []string{"DelaySeconds", "5.5"}, "DelaySeconds", "InvalidAttributeValue", ""},
		{"a number beyond all", "orders", []string{"DelaySeconds", "99999999999999999999"}, "DelaySeconds", "InvalidAttributeValue", ""},
		{"two kinds of encryption", "orders", []string{"KmsMasterKeyId", "alias/orders", "SqsManagedSseEnabled", "true"}, "KmsMasterKeyId", CodeInvalidAttributeName, "one type of server-side encryption"},
		{"recorded: a key without SSE-SQS", "orders", []string{"KmsMasterKeyId", "alias/aws/sqs", "SqsManagedSseEnabled", "false"}, "", "", ""},
		{"SSE-SQS and no key", "orders", []string{"KmsMasterKeyId", "", "SqsManagedSseEnabled", "true"}, "", "", ""},
		{"redrive", "orders", []string{"RedrivePolicy", dlq}, "", "", ""},
		{"redrive to another type", "orders", []string{"RedrivePolicy", fifoDLQ}, "RedrivePolicy", CodeInvalidParameterValue, "same type"},
		{"redrive of FIFO", "o.fifo", []string{"FifoQueue", "true", "RedrivePolicy", fifoDLQ}, "", "", ""},
		{"redrive of FIFO to a standard queue", "o.fifo", []string{"FifoQueue", "true", "RedrivePolicy", dlq}, "RedrivePolicy", CodeInvalidParameterValue, "same type"},
		{"redrive of FIFO to an open queue", "o.fifo", []string{"FifoQueue", "true", "RedrivePolicy", `{"deadLetterTargetArn":"⟨Stack⟩","maxReceiveCount":5}`}, "", "", ""},
		{"redrive to an open account's queue", "orders", []string{"RedrivePolicy", `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:⟨Stack⟩:dlq.fifo","maxReceiveCount":5}`}, "RedrivePolicy", CodeInvalidParameterValue, "same type"},
		{"redrive, nothing removed", "orders", []string{"RedrivePolicy", ""}, "", "", ""},
		{"redrive that is no object", "orders", []string{"RedrivePolicy", "[]"}, "RedrivePolicy", CodeInvalidParameterValue, "not a valid JSON map"},
		{"redrive without target", "orders", []string{"RedrivePolicy", `{"maxReceiveCount":5}`}, "RedrivePolicy", CodeInvalidParameterValue, "mandatory attribute: deadLetterTargetArn"},
		{"redrive without count", "orders", []string{"RedrivePolicy", `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:dlq"}`}, "RedrivePolicy", CodeInvalidParameterValue, "mandatory attribute: maxReceiveCount"},
		{"redrive after no try", "orders", []string{"RedrivePolicy", strings.ReplaceAll(dlq, ":5", ":0")}, "RedrivePolicy", CodeInvalidParameterValue, "from 1 to 1000"},
		{"redrive with another member", "orders", []string{"RedrivePolicy", strings.ReplaceAll(dlq, "{", `{"x":1,`)}, "RedrivePolicy", CodeInvalidParameterValue, "Only following attributes"},
		{"redrive to a topic", "orders", []string{"RedrivePolicy", strings.ReplaceAll(dlq, ":sqs:", ":sns:")}, "RedrivePolicy", CodeInvalidParameterValue, "Only SQS queues"},
		{"redrive to another region", "orders", []string{"RedrivePolicy", strings.ReplaceAll(dlq, "us-east-1", "us-east-2")}, "RedrivePolicy", CodeInvalidParameterValue, ""},
		{"redrive allowed", "orders", []string{"RedriveAllowPolicy", `{"redrivePermission":"allowAll"}`}, "", "", ""},
		{"redrive allowed to nobody named", "orders", []string{"RedriveAllowPolicy", `{"redrivePermission":"byQueue"}`}, "RedriveAllowPolicy", CodeInvalidParameterValue, ""},
		{"redrive allowed in another word", "orders", []string{"RedriveAllowPolicy", `{"redrivePermission":"all"}`}, "RedriveAllowPolicy", CodeInvalidParameterValue, ""},
	}
	for _, tt := range tests {
		t.Run(tt.what, func(t *testing.T) {
			c := Creation{Name: tt.name, Region: "us-east-1", Account: account, Attributes: map[string]string{}, Opaque: []string{"⟨Stack⟩"}}
			for i := 0; i < len(tt.set); i += 2 {
				c.Attributes[tt.set[i]] = tt.set[i+1]
			}
			got := c.Refusals()
			if tt.attribute == "" {
				if len(got) > 0 {
					t.Errorf("refused: %+v", got)
				}
				return
			}
			if len(got) != 1 || got[0].Attribute != tt.attribute || got[0].Code != tt.code || !strings.Contains(got[0].Message, tt.message) || got[0].Reason == "" {
				t.Errorf("got %+v, want %s refused with %s", got, tt.attribute, tt.code)
			}
			c.Open = []string{tt.attribute, "FifoQueue"}
			if tt.attribute != "QueueName" && tt.attribute != "RedrivePolicy" && len(c.Refusals()) > 0 {
				t.Errorf("refused for an attribute that is not known: %+v", c.Refusals())
			}
		})
	}
}

// An attribute of which nothing is known refuses nothing, and no text makes it panic.
func FuzzRefusals(f *testing.F) {
	f.Add("orders.fifo", "FifoQueue", "true", `{"deadLetterTargetArn":"x","maxReceiveCount":1}`)
	f.Add("⟨Stack⟩", "RedriveAllowPolicy", `{"redrivePermission":1}`, "")
	f.Fuzz(func(t *testing.T, name, attribute, value, redrive string) {
		c := Creation{Name: name, Attributes: map[string]string{attribute: value, "RedrivePolicy": redrive}, Opaque: []string{"⟨Stack⟩"}}
		for _, r := range c.Refusals() {
			if r.Code == "" || r.Reason == "" {
				t.Errorf("%+v", r)
			}
		}
		c.Name, c.Open = "", []string{attribute, "RedrivePolicy", "FifoQueue"}
		if got := c.Refusals(); len(got) > 0 && attribute != "KmsMasterKeyId" {
			t.Errorf("open attributes refused: %+v", got)
		}
	})
}
