package rules_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
)

// The messages of every fixture are what the standard library's decoders read in the
// call that leaves, on the fixture's request and on each awkward one.
func TestMessagesAreWhatTheCallSays(t *testing.T) {
	compared := 0
	for _, name := range fixtures.Names() {
		c := example(t, name)
		engine := walk.New(c.Snapshot)
		for _, d := range diagnoses(t, c) {
			requests := []walk.Request{d.Trace.Request}
			for _, a := range diagnose.AwkwardRequests(c.Snapshot, d.Trace) {
				requests = append(requests, a.Request)
			}
			for _, r := range requests {
				trace := engine.Walk(r)
				passed := func(stage walk.Stage) bool { return trace.Step(stage).Status == walk.Passed }
				if !passed(walk.StageMapping) || !passed(walk.StageProtocol) || !passed(walk.StageQueue) {
					continue // what leaves is not known, or nothing arrives
				}
				want, ok := decodedCall(trace)
				if !ok {
					continue
				}
				var got []string
				for _, m := range trace.Queue.Messages {
					var attributes []string
					for _, a := range m.Attributes {
						attributes = append(attributes, fmt.Sprintf("%s %s %q", a.Name, a.DataType, a.StringValue+string(a.BinaryValue)))
					}
					got = append(got, shownMessage(m.Body, m.GroupID, m.DeduplicationID, m.Delay, attributes))
				}
				if compared += len(got); !slices.Equal(got, want) {
					t.Errorf("%s, body %q: messages\n%q\nthe call says\n%q", name, r.Body, got, want)
				}
			}
		}
	}
	if compared < 2000 {
		t.Errorf("only %d messages were compared", compared)
	}
}

func shownMessage(body, group, deduplication, delay string, attributes []string) string {
	slices.Sort(attributes)
	return fmt.Sprintf("%q %q %q %q %q", body, group, deduplication, delay, attributes)
}

// decodedCall reads the messages of the call with net/url and encoding/json alone;
// ok is false where these read it otherwise than SQS.
func decodedCall(t *walk.Trace) (messages []string, ok bool) {
	contentType, _ := t.Mapping.Header("Content-Type")
	text := "&" + t.Signing.RawQuery
	switch {
	case !t.Mapping.BodyKnown:
		return nil, false
	case strings.HasPrefix(contentType.Value, "application/x-amz-json-"):
		return decodedJSON(t.Mapping.Body)
	case contentType.Value == "" || strings.HasPrefix(strings.ToLower(contentType.Value), "application/x-www-form-urlencoded"):
		text = string(t.Mapping.Body) + text
	}
	// SQS takes the plural spelling too (T21).
	form, err := url.ParseQuery(strings.ReplaceAll(text, "MessageAttributes.", "MessageAttribute."))
	if err != nil {
		return nil, false
	}
	prefixes := []string{""}
	if form.Get("Action") == "SendMessageBatch" {
		prefixes = nil
		for i := 1; form.Has(fmt.Sprintf("SendMessageBatchRequestEntry.%d.Id", i)); i++ {
			prefixes = append(prefixes, fmt.Sprintf("SendMessageBatchRequestEntry.%d.", i))
		}
	} else if form.Get("Action") != "SendMessage" {
		return nil, true
	}
	for _, p := range prefixes {
		var attributes []string
		for i := 1; ; i++ {
			at := fmt.Sprintf("%sMessageAttribute.%d.", p, i)
			if !form.Has(at + "Name") {
				break
			}
			binary, err := base64.StdEncoding.DecodeString(form.Get(at + "Value.BinaryValue"))
			if err != nil {
				return nil, false
			}
			attributes = append(attributes, fmt.Sprintf("%s %s %q", form.Get(at+"Name"), form.Get(at+"Value.DataType"), form.Get(at+"Value.StringValue")+string(binary)))
		}
		messages = append(messages, shownMessage(form.Get(p+"MessageBody"), form.Get(p+"MessageGroupId"), form.Get(p+"MessageDeduplicationId"), form.Get(p+"DelaySeconds"), attributes))
	}
	return messages, true
}

type callEntry struct {
	MessageBody, MessageGroupId, MessageDeduplicationId string
	DelaySeconds                                        json.Number
	MessageAttributes                                   map[string]struct {
		DataType, StringValue string
		BinaryValue           []byte
	}
}

func decodedJSON(body []byte) (messages []string, ok bool) {
	var call struct {
		callEntry
		Entries []callEntry
	}
	if json.Unmarshal(body, &call) != nil {
		return nil, false
	}
	entries := call.Entries
	if entries == nil && call.MessageBody != "" {
		entries = []callEntry{call.callEntry}
	}
	for _, e := range entries {
		var attributes []string
		for name, a := range e.MessageAttributes {
			attributes = append(attributes, fmt.Sprintf("%s %s %q", name, a.DataType, a.StringValue+string(a.BinaryValue)))
		}
		messages = append(messages, shownMessage(e.MessageBody, e.MessageGroupId, e.MessageDeduplicationId, e.DelaySeconds.String(), attributes))
	}
	return messages, true
}

// Emptiness and absence of an id have texts of their own (T28).
func TestEmptyIsNotAbsent(t *testing.T) {
	for name, want := range map[string]string{
		"queue_fifo_deduplication_empty":   "MessageDeduplicationId is empty",
		"queue_fifo_deduplication_failing": "MessageDeduplicationId is not given",
	} {
		c, err := fixtures.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if f := diagnoses(t, c)[0].Findings[0]; !strings.HasPrefix(f.Message, want) {
			t.Errorf("%s: %q, want %q", name, f.Message, want)
		}
	}
}
