// Package logtest writes execution logs for tests, line for line as API Gateway
// does (L20, L22).
package logtest

import "fmt"

// Call is one request of an API whose method POST /orders calls SQS. The zero
// value is one that SQS takes, at INFO with data trace.
type Call struct {
	ID, Extended   string
	Query          string // as the log prints it, {a=b}
	ContentType    string // of the client; application/json when empty
	Body           string // that the client sends
	Kind           string // Content-Type that SQS is sent; that of a form when empty
	Target         string // X-Amz-Target that SQS is sent
	Sent           string // body that SQS is sent; a form with the client's, encoded by nobody, when empty
	SQS            int    // SQS's status; 200 when zero
	Answer         string // SQS's, to another status
	Status         int    // that the client gets; 200 when zero
	Level          string // trace, info or error
	Failure        string // ends the execution in front of the call
	OutputFailure  string // ends it behind the call
	GatewayAnswers bool   // it ends with the gateway's response
	Path           string // of the resource; /orders when empty
}

// Token stands where credentials stand.
const Token = "IQoJb3JpZ2luX2VjEXAMPLE"

// Denied is SQS's old answer to a call without permission, and to some forms.
const Denied = `{"Error":{"Code":"AccessDenied","Message":"Access to the resource https://sqs.us-east-1.amazonaws.com/123456789012/orders is denied.","Type":"Sender"},"RequestId":"7d1f2a3b-0003"}`

// Refused is SQS's answer with an error.
func Refused(code, message string) string {
	return fmt.Sprintf(`{"Error":{"Code":%q,"Message":%q,"Type":"Sender"},"RequestId":"7d1f2a3b-0003"}`, code, message)
}

// Lines are the messages of the request's events.
func (c Call) Lines() []string {
	if c.ID == "" {
		c.ID = "0f6f1a52-3c0e-4a1b-9d57-6d1f0b2c3e01"
	}
	if c.Extended == "" {
		c.Extended = "Qx1aYFHCoAMEbKA="
	}
	if c.Status == 0 {
		c.Status = 200
	}
	var list []string
	add := func(format string, args ...any) {
		list = append(list, "("+c.ID+") "+fmt.Sprintf(format, args...))
	}
	trace := c.Level == "" || c.Level == "trace"
	end := func() {
		if c.GatewayAnswers {
			add("Gateway response type: DEFAULT_5XX with status code: %d", c.Status)
		} else {
			add("Method completed with status: %d", c.Status)
		}
	}
	if c.Level == "error" {
		add("Execution failed due to configuration error: %s%s", c.Failure, c.OutputFailure)
		end()
		return list
	}
	add("Extended Request Id: %s", c.Extended)
	add("Verifying Usage Plan for request: %s. API Key:  API Stage: a1b2c3d4/prod", c.ID)
	add("API Key authorized because method 'POST %s' does not require API Key. Request will not contribute to throttle or quota limits", or(c.Path, "/orders"))
	add("Usage Plan check succeeded for API Key  and API Stage a1b2c3d4/prod")
	add("Starting execution for request: %s", c.ID)
	add("HTTP Method: POST, Resource Path: %s", or(c.Path, "/orders"))
	if trace {
		add("Method request path: {}")
		add("Method request query string: %s", or(c.Query, "{}"))
		add("Method request headers: {Content-Type=%s, Accept=text/html, application/xml;q=0.9, X-Forwarded-For=198.51.100.7, 203.0.113.9, Cookie=sid=%s; a=b, Host=a1b2c3d4.execute-api.us-east-1.amazonaws.com}", or(c.ContentType, "application/json"), Token)
		add("Method request body before transformations: %s", c.Body)
	}
	if c.Failure != "" {
		add("Execution failed due to configuration error: %s", c.Failure)
		end()
		return list
	}
	if trace {
		add("Endpoint request URI: https://sqs.us-east-1.amazonaws.com/123456789012/orders")
		target := ""
		if c.Target != "" {
			target = "X-Amz-Target=" + c.Target + ", "
		}
		add("Endpoint request headers: {Authorization=****9c41fe, X-Amz-Date=20261130T120000Z, Content-Type=%s, %sX-Amz-Security-Token=%s [TRUNCATED]", or(c.Kind, "application/x-www-form-urlencoded"), target, Token)
		add("Endpoint request body after transformations: %s", or(c.Sent, "Action=SendMessage&MessageBody="+c.Body))
	}
	add("Sending request to https://sqs.us-east-1.amazonaws.com/123456789012/orders")
	sqs, answer := c.SQS, c.Answer
	if sqs == 0 {
		sqs = 200
		answer = `{"SendMessageResponse":{"SendMessageResult":{"MD5OfMessageBody":"0c9ab8c32e4999762118ce125a70e7e6","MessageId":"5b1c9f30-9a6b"}}}`
	}
	add("Received response. Status: %d, Integration latency: 9 ms", sqs)
	if trace {
		add("Endpoint response headers: {x-amzn-RequestId=7d1f2a3b-0001, Date=Mon, 30 Nov 2026 12:00:00 GMT, Content-Type=application/json}")
		add("Endpoint response body before transformations: %s", answer)
	}
	if c.OutputFailure != "" {
		add("Execution failed due to configuration error: %s", c.OutputFailure)
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

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
