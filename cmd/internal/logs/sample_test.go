package logs

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// One request of an API whose method calls SQS, at INFO with data trace (L20).
type call struct {
	id, ext        string
	body           string // that the client sends, and SQS is sent
	sqs            int
	answer         string
	status         int
	level          string // trace, info or error
	failure        string // ends the execution in front of the call
	outputFailure  string // ends it behind the call
	gatewayAnswers bool
}

const token = "IQoJb3JpZ2luX2VjEXAMPLE"

func (c call) lines() []string {
	if c.id == "" {
		c.id = "0f6f1a52-3c0e-4a1b-9d57-6d1f0b2c3e01"
	}
	if c.ext == "" {
		c.ext = "Qx1aYFHCoAMEbKA="
	}
	if c.status == 0 {
		c.status = 200
	}
	var list []string
	add := func(format string, args ...any) {
		list = append(list, "("+c.id+") "+fmt.Sprintf(format, args...))
	}
	trace := c.level == "" || c.level == "trace"
	end := func() {
		if c.gatewayAnswers {
			add("Gateway response type: DEFAULT_5XX with status code: %d", c.status)
		} else {
			add("Method completed with status: %d", c.status)
		}
	}
	if c.level == "error" {
		add("Execution failed due to configuration error: %s%s", c.failure, c.outputFailure)
		end()
		return list
	}
	add("Extended Request Id: %s", c.ext)
	add("Verifying Usage Plan for request: %s. API Key:  API Stage: a1b2c3d4/prod", c.id)
	add("API Key authorized because method 'POST /orders' does not require API Key. Request will not contribute to throttle or quota limits")
	add("Usage Plan check succeeded for API Key  and API Stage a1b2c3d4/prod")
	add("Starting execution for request: %s", c.id)
	add("HTTP Method: POST, Resource Path: /orders")
	if trace {
		add("Method request path: {}")
		add("Method request query string: {}")
		add("Method request headers: {Content-Type=application/json, Accept=text/html, application/xml;q=0.9, X-Forwarded-For=198.51.100.7, 203.0.113.9, Cookie=sid=%s; a=b, Host=a1b2c3d4.execute-api.us-east-1.amazonaws.com}", token)
		add("Method request body before transformations: %s", c.body)
	}
	if c.failure != "" {
		add("Execution failed due to configuration error: %s", c.failure)
		end()
		return list
	}
	if trace {
		add("Endpoint request URI: https://sqs.us-east-1.amazonaws.com/123456789012/orders")
		add("Endpoint request headers: {Authorization=****9c41fe, X-Amz-Date=20261130T120000Z, Content-Type=application/x-www-form-urlencoded, X-Amz-Security-Token=%s [TRUNCATED]", token)
		add("Endpoint request body after transformations: Action=SendMessage&MessageBody=%s", c.body)
	}
	add("Sending request to https://sqs.us-east-1.amazonaws.com/123456789012/orders")
	sqs, answer := c.sqs, c.answer
	if sqs == 0 {
		sqs = 200
		answer = `{"SendMessageResponse":{"SendMessageResult":{"MD5OfMessageBody":"0c9ab8c32e4999762118ce125a70e7e6","MessageId":"5b1c9f30-9a6b"}}}`
	}
	add("Received response. Status: %d, Integration latency: 9 ms", sqs)
	if trace {
		add("Endpoint response headers: {x-amzn-RequestId=7d1f2a3b-0001, Date=Mon, 30 Nov 2026 12:00:00 GMT, Content-Type=application/json}")
		add("Endpoint response body before transformations: %s", answer)
	}
	if c.outputFailure != "" {
		add("Execution failed due to configuration error: %s", c.outputFailure)
		end()
		return list
	}
	if trace {
		add("Method response body after transformations: %s", `{"status":"queued"}`)
		add("Method response headers: {Content-Type=application/json}")
	}
	add("Successfully completed execution")
	end()
	add("AWS Integration Endpoint RequestId : 7d1f2a3b-0001")
	add("X-ray Tracing ID : Root=1-692c0a00-0123456789abcdef01234567")
	return list
}

const denied = `{"Error":{"Code":"AccessDenied","Message":"Access to the resource https://sqs.us-east-1.amazonaws.com/123456789012/orders is denied.","Type":"Sender"},"RequestId":"7d1f2a3b-0003"}`

// at is the time of the samples, 2026-11-30 12:00:00 UTC.
const at = 1796040000000

// events makes events of lines, one a millisecond.
func events(lines []string) []Event {
	var list []Event
	for i, line := range lines {
		list = append(list, Event{Time: at + int64(i), ID: fmt.Sprintf("%056d", i+1), Message: line})
	}
	return list
}

// document makes what FilterLogEvents answers.
func document(list []Event) string {
	type one struct {
		Stream    string `json:"logStreamName"`
		Timestamp int64  `json:"timestamp"`
		Message   string `json:"message"`
		EventID   string `json:"eventId"`
	}
	var out []one
	for _, e := range list {
		out = append(out, one{"8a9d3117f1c2d940ec6a38820cc16904", e.Time, e.Message, e.ID})
	}
	text, _ := json.MarshalIndent(map[string]any{"searchedLogStreams": []string{}, "events": out}, "", "  ")
	return string(text)
}

// reading is what reading a text has given.
type reading struct {
	list []*Observation
	*Grouper
}

func read(t testing.TB, format, text string) reading {
	t.Helper()
	var out reading
	g, err := NewGrouper(format, func(o *Observation) { out.list = append(out.list, o) })
	if err != nil {
		t.Fatal(err)
	}
	if err := Read(strings.NewReader(text), "log", g); err != nil {
		t.Fatal(err)
	}
	Sort(out.list)
	out.Grouper = g
	return out
}

func grouped(t testing.TB, list []Event) []*Observation {
	t.Helper()
	var out []*Observation
	g, err := NewGrouper("", func(o *Observation) { out = append(out, o) })
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		g.Add(e)
	}
	g.Close()
	Sort(out)
	return out
}
