package sqs

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Hostile bodies of API Gateway's full size (T114: 10 MB) take time in proportion
// to their size. The bound is a hundred times what they need.
func TestLargeInputs(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it reads large calls")
	}
	const size = 8 << 20
	rep := func(s string) string { return strings.Repeat(s, size/len(s)) }
	var attributes, entries strings.Builder
	for i := range 60000 {
		fmt.Fprintf(&attributes, "&MessageAttribute.%d.Name=n%d", i, i)
		fmt.Fprintf(&entries, "&SendMessageBatchRequestEntry.%d.Id=n%d&SendMessageBatchRequestEntry.%d.MessageBody=x", i, i, i)
	}
	tests := map[string]*Request{
		"empty parts":     post("Action=SendMessage&MessageBody=x" + rep("&")),
		"stray parts":     post("Action=SendMessage&MessageBody=x" + rep("&a")),
		"parameters":      post("Action=SendMessage&MessageBody=x" + rep("&a=b")),
		"percent signs":   post("Action=SendMessage&MessageBody=" + rep("%")),
		"attributes":      post("Action=SendMessage&MessageBody=x" + attributes.String()),
		"entries":         post("Action=SendMessageBatch" + entries.String()),
		"open brackets":   jsonPost("SendMessage", rep("[")),
		"nested objects":  jsonPost("SendMessage", rep(`{"a":`)),
		"long array":      jsonPost("SendMessage", `{"a":[1`+rep(",1")+`]}`),
		"many members":    jsonPost("SendMessage", `{"a":1`+rep(`,"QueueUrl":null`)+`}`),
		"many attributes": jsonPost("SendMessage", `{"MessageBody":"x",`+urlMember+`,"MessageAttributes":{"a":{}`+rep(`,"b":{}`)+`}}`),
		"escapes":         jsonPost("SendMessage", `{"MessageBody":"`+rep(`\u00e9`)+`"}`),
		"no UTF-8":        post("Action=SendMessage&MessageBody=" + rep("\xff")),
	}
	for name, r := range tests {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			c := Recognize(r)
			c.Check(fifo(Unknown))
			if e := c.Effective(); e != nil {
				e.Check(standard())
			}
			if d := time.Since(start); d > 20*time.Second {
				t.Errorf("took %v", d)
			}
			if len(c.Params) > maxParams {
				t.Errorf("keeps %d parameters", len(c.Params))
			}
		})
	}
}
