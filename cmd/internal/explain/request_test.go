package explain

import (
	"fmt"
	"strings"
	"testing"

	"apisqs-doctor/cmd/internal/logs"
	"apisqs-doctor/cmd/internal/logs/logtest"
)

const (
	order     = `{"id":1,"text":"lorem ipsum &"}`
	plainBody = `{"id":1}`
	inForm    = "Action=SendMessage&MessageBody=%7B%22id%22%3A1%7D"
	inJSON    = `{"QueueUrl":"https://sqs.us-east-1.amazonaws.com/123456789012/orders","MessageBody":"x"}`
	amzJSON   = "application/x-amz-json-1.0"
	noMatch   = "No match for output mapping and no default output mapping configured. Endpoint Response Status Code: "
	unknownOp = "<UnknownOperationException/>"
)

// lines writes calls one after another.
func lines(calls ...logtest.Call) string {
	var list []string
	for _, c := range calls {
		list = append(list, c.Lines()...)
	}
	return strings.Join(list, "\n")
}

// without leaves lines out, as a window or a level does.
func without(text string, labels ...string) string {
	var kept []string
	for line := range strings.SplitSeq(text, "\n") {
		keep := true
		for _, label := range labels {
			keep = keep && !strings.Contains(line, label)
		}
		if keep {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// Logs of each failure that there is, whole, cut and at each level, with the
// cause that comes first.
func TestLogs(t *testing.T) {
	refused := func(status int, code, message string) logtest.Call {
		return logtest.Call{Body: plainBody, Sent: inForm, SQS: status, Answer: logtest.Refused(code, message), Status: status}
	}
	with := func(c logtest.Call, change func(*logtest.Call)) string {
		change(&c)
		return lines(c)
	}
	denied := refused(403, "AccessDenied", "Access to the resource https://sqs.us-east-1.amazonaws.com/123456789012/orders is denied.")
	failure := func(text string) logtest.Call {
		return logtest.Call{Body: plainBody, Failure: text, Status: 500, GatewayAnswers: true}
	}
	head := strings.Join(logtest.Call{}.Lines()[:10], "\n")
	id := "(0f6f1a52-3c0e-4a1b-9d57-6d1f0b2c3e01) "
	cases := []struct{ name, text, want string }{
		// What was sent decides where the answer is the same.
		{"T1 a form that is announced as JSON", with(refused(404, "", ""), func(c *logtest.Call) { c.Answer, c.Kind = unknownOp, "application/json" }), "protocol-content-type"},
		{"T5 a form that is announced as one, without an action", with(refused(404, "", ""), func(c *logtest.Call) { c.Answer, c.Sent = unknownOp, "MessageBody=x" }), "protocol-action-missing"},
		{"T3 the client's body as it came", with(denied, func(c *logtest.Call) { c.Sent = c.Body }), "mapping-template-missing"},
		{"T3 the client's body, and no operation", with(refused(404, "", ""), func(c *logtest.Call) { c.Answer, c.Sent = unknownOp, c.Body }), "mapping-template-missing"},
		{"T4 blank lines in front of the action", with(denied, func(c *logtest.Call) { c.Sent = "\n\n" + inForm }), "mapping-whitespace"},
		{"T4 blanks between parameters", with(denied, func(c *logtest.Call) { c.Sent = "Action=SendMessage&\n  MessageBody=x" }), "mapping-whitespace"},
		{"T5 no action", with(denied, func(c *logtest.Call) { c.Sent = "MessageBody=%7B%7D" }), "protocol-action-missing"},
		{"T6 a bare & in the form", with(denied, func(c *logtest.Call) { c.Body, c.Sent = order, "Action=SendMessage&MessageBody="+order }), "mapping-body-not-encoded"},
		{"T6 the same, told as success", with(denied, func(c *logtest.Call) { c.Body, c.Sent, c.Status = order, "Action=SendMessage&MessageBody="+order, 200 }), "mapping-body-not-encoded"},
		{"T8 a form in order", lines(denied), "authorization-action"},
		{"T8 the same, told as success", with(denied, func(c *logtest.Call) { c.Status = 200 }), "authorization-action"},
		{"T8 no output mapping for it", with(denied, func(c *logtest.Call) { c.OutputFailure, c.Status = noMatch+"403", 500 }), "authorization-action"},
		{"T20 a broken escape", with(refused(400, "MalformedQueryString", "Keys may not contain ' '"), func(c *logtest.Call) { c.Sent = "Action=SendMessage&MessageBody=100% sure" }), "mapping-body-not-encoded"},
		{"T48 no target", with(refused(400, "", ""), func(c *logtest.Call) {
			c.Kind, c.Sent, c.Answer = amzJSON, inJSON, `{"__type":"com.amazon.coral.service#UnknownOperationException"}`
		}), "protocol-target"},
		{"T48 a target of another service", with(refused(400, "", ""), func(c *logtest.Call) {
			c.Kind, c.Target, c.Sent, c.Answer = amzJSON, "SQS.SendMessage", inJSON, `{"__type":"com.amazon.coral.service#UnknownOperationException"}`
		}), "protocol-target"},
		{"T48 JSON of another type", with(refused(404, "", ""), func(c *logtest.Call) {
			c.Kind, c.Target, c.Sent, c.Answer = "application/json", "AmazonSQS.SendMessage", inJSON, unknownOp
		}), "protocol-json-content-type"},
		{"T48 no JSON", with(refused(400, "", ""), func(c *logtest.Call) {
			c.Kind, c.Target, c.Sent, c.Answer = amzJSON, "AmazonSQS.SendMessage", `{"MessageBody":"a"b"}`, `{"__type":"com.amazon.coral.service#SerializationException"}`
		}), "protocol-invalid-json"},

		// What SQS says itself.
		{"T9", lines(refused(400, "InvalidAction", "The action SendMesage is not valid for this endpoint.")), "protocol-action-invalid"},
		{"T11", lines(refused(400, "MissingParameter", "The request must contain the parameter MessageBody.")), "protocol-missing-parameter"},
		{"T17", lines(refused(400, "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist for this wsdl version.")), "queue-missing"},
		{"T22", lines(refused(400, "InvalidParameterValue", "Message (user) attribute 'trace' must contain a non-empty value of type 'String'.")), "queue-attributes"},
		{"T25", lines(refused(400, "MissingParameter", "The request must contain the parameter MessageGroupId.")), "queue-fifo-group"},
		{"T29", lines(refused(400, "InvalidParameterValue", "One or more parameters are invalid. Reason: Message must be shorter than 262144 bytes.")), "queue-message-size"},
		{"T49", lines(refused(404, "InvalidAddress", "The address https://sqs.eu-west-1.amazonaws.com/ is not valid for this endpoint.")), "protocol-queue-url"},
		{"signature", lines(refused(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.")), "signing-method"},
		{"iam 75 boundary", lines(refused(403, "AccessDenied", denied2+" because no permissions boundary allows the sqs:sendmessage action")), "authorization-boundary"},
		{"iam 77 KMS, cut", lines(refused(400, "KMS.AccessDeniedException", deniedKM+" because no identity-based policy allows the kms:GenerateDataKey action [TRUNCATED]")), "encryption-role-permission"},
		{"T26 no deduplication id", lines(refused(400, "InvalidParameterValue", "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly")), "queue-fifo-deduplication"},
		{"T28 a delay on a FIFO queue", lines(refused(400, "InvalidParameterValue", "Value 5 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.")), "queue-fifo-delay"},
		{"T30 characters", lines(refused(400, "InvalidMessageContents", "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF")), "queue-message-characters"},
		{"a batch with one id twice", lines(refused(400, "AWS.SimpleQueueService.BatchEntryIdsNotDistinct", "Id a repeated.")), "other:batch"},
		{"KMS disabled", lines(refused(400, "KMS.DisabledException", "arn:aws:kms:us-east-1:123456789012:key/1a2b3c4d is disabled.")), "encryption-key-state"},
		{"KMS pending deletion", lines(refused(400, "KMS.InvalidStateException", "arn:aws:kms:us-east-1:123456789012:key/1a2b3c4d is pending deletion.")), "encryption-key-state"},
		{"KMS not found", lines(refused(400, "KMS.NotFoundException", "Key 'arn:aws:kms:us-east-1:123456789012:key/1a2b3c4d' does not exist")), "encryption-key-missing"},
		{"KMS, the key policy", lines(refused(400, "KMS.AccessDeniedException", deniedKM+" because no resource-based policy allows the kms:GenerateDataKey action")), "encryption-key-policy"},
		{"iam 76 explicit deny", lines(refused(403, "AccessDenied", denied2+" with an explicit deny in an identity-based policy")), "authorization-explicit-deny"},
		{"iam 76 of the queue's policy", lines(refused(403, "AccessDenied", denied2+" with an explicit deny in a resource-based policy")), "authorization-queue-policy"},
		{"iam 76 of the organization", lines(refused(403, "AccessDenied", denied2+" with an explicit deny in a service control policy")), "authorization-organization"},
		{"iam 74 across accounts", lines(refused(403, "AccessDenied", denied2+" because no resource-based policy allows the sqs:sendmessage action")), "authorization-cross-account"},
		{"the credentials are of another region", lines(refused(403, "SignatureDoesNotMatch", "Credential should be scoped to a valid region.")), "signing-region"},
		{"T17 of an HTTP status alone, told as success", without(with(refused(400, "", ""), func(c *logtest.Call) { c.Level, c.Status = "info", 200 }), "x"), "response-error-as-success"},

		// What comes before SQS, or behind.
		{"T115 role", lines(failure("API Gateway does not have permission to assume the provided role arn:aws:iam::123456789012:role/orders-api")), "signing-role-trust"},
		{"T107 template", lines(failure("Unable to transform request")), "mapping-template-syntax"},
		{"T84 address", lines(failure("Invalid endpoint address")), "mapping-stage-variable"},
		{"T64 header", lines(failure("Authorization header already present")), "mapping-reserved-header"},
		{"L22 no reason", lines(failure("")) + "\n" + id + "Execution failed due to configuration error:\n" + id + "Method completed with status: 500", "signing-role-trust"},
		{"L22 timeout", head + "\n" + id + "Execution failed due to a timeout error\n" + id + "Method completed with status: 504", "other:timeout"},
		{"T94", with(logtest.Call{Body: plainBody, Sent: inForm}, func(c *logtest.Call) {
			c.OutputFailure, c.Status = "Output mapping refers to an invalid method response: 200", 500
		}), "response-method-response-missing"},
		{"T93 of a success", with(logtest.Call{Body: plainBody, Sent: inForm}, func(c *logtest.Call) { c.OutputFailure, c.Status = noMatch+"200", 500 }), "response-unmapped-status"},
		{"L23 validator", head + "\n" + id + `Request body does not match model schema for content type application/json: [object has missing required properties (["id"])]` + "\n" + id + "Method completed with status: 400", "route-request-validation"},
		{"L24 media type", head + "\n" + id + "Method completed with status: 415", "mapping-unsupported-media-type"},
		{"L25 key", strings.Join(logtest.Call{}.Lines()[:2], "\n") + "\n" + id + "API Key not authorized because method 'POST /orders' requires API Key and API Key is not associated with a Usage Plan for API Stage a1b2c3d4/prod: API Key was required but not present", "route-authorization"},
		{"L25 authorizer", strings.Join(logtest.Call{}.Lines()[:1], "\n") + "\n" + id + "Starting authorizer: abc for request: 1\n" + id + "Unauthorized request: 1\n" + id + "X-ray Tracing ID : Root=1", "route-authorization"},
		{"L25 throttled", head + "\n" + id + "Key throttle limit exceeded for RestApi a1b2c3d4, Stage prod, Resource abc123, HttpMethod POST. Limit: 1.00 Burst: 1\n" + id + "Method completed with status: 429", "other:throttled"},

		// Levels, windows and what stands between.
		{"L33 ERROR, role", lines(logtest.Call{Level: "error", Failure: "API Gateway does not have permission to assume the provided role arn:aws:iam::123456789012:role/orders-api", Status: 500, GatewayAnswers: true}), "signing-role-trust"},
		{"L33 ERROR, output mapping", lines(logtest.Call{Level: "error", OutputFailure: noMatch + "403", Status: 500}), "response-unmapped-status"},
		{"L33 ERROR, a template", lines(logtest.Call{Level: "error", Failure: "Unable to transform request", Status: 500, GatewayAnswers: true}), "mapping-template-syntax"},
		{"L33 ERROR, an address", lines(logtest.Call{Level: "error", Failure: "Invalid endpoint address", Status: 500, GatewayAnswers: true}), "mapping-stage-variable"},
		{"L33 ERROR, a method response", lines(logtest.Call{Level: "error", OutputFailure: "Output mapping refers to an invalid method response: 200", Status: 500}), "response-method-response-missing"},
		{"a body that is cut in the log", with(denied, func(c *logtest.Call) {
			c.Body, c.Sent = order+strings.Repeat("x", 900), "Action=SendMessage&MessageBody="+order+strings.Repeat("x", 900)+" [TRUNCATED]"
		}), "mapping-body-not-encoded"},
		{"three requests mixed, the last fails for its group", strings.Join(interleave(interleave(logtest.Call{ID: "a-1", Body: plainBody}.Lines(), logtest.Call{ID: "b-2", Body: plainBody}.Lines()), func() []string {
			c := refused(400, "MissingParameter", "The request must contain the parameter MessageGroupId.")
			c.ID = "c-3"
			return c.Lines()
		}()), "\n"), "queue-fifo-group"},
		{"L34 INFO without data trace", with(denied, func(c *logtest.Call) { c.Level = "info" }), "authorization-action"},
		{"the end is cut off", without(lines(denied), "Method response", "Successfully", "Method completed", "AWS Integration", "X-ray"), "authorization-action"},
		{"the beginning is cut off", without(lines(denied), "Extended", "Usage Plan", "Starting", "HTTP Method", "Method request"), "authorization-action"},
		{"two requests, the second fails", strings.Join(interleave(logtest.Call{ID: "a-1", Body: plainBody}.Lines(), func() []string { d := denied; d.ID = "b-2"; return d.Lines() }()), "\n"), "authorization-action"},
		{"a body that looks like lines", with(denied, func(c *logtest.Call) {
			c.Body = "x\n" + id + "Received response. Status: 200, Integration latency: 1 ms\n" + id + "Execution failed due to configuration error: Unable to transform request\n" + id + "Method completed with status: 200"
			c.Sent = "Action=SendMessage&MessageBody=x"
		}), "authorization-action"},
		{"a test of the console", "Execution log for request 1\nMon Nov 30 12:00:00 UTC 2026 : " + strings.ReplaceAll(strings.ReplaceAll(lines(denied), "\n", "\nMon Nov 30 12:00:00 UTC 2026 : "), id, ""), "authorization-action"},

		// Access logs.
		{"L42 configuration error", `{"requestId":"1","httpMethod":"POST","resourcePath":"/orders","status":"500","integrationStatus":"-","errorType":"API_CONFIGURATION_ERROR","errorMessage":"Internal server error"}`, "signing-role-trust"},
		{"L44b no such path", `{"requestId":"1","httpMethod":"POST","resourcePath":"-","status":"403","integrationStatus":"-","errorType":"MISSING_AUTHENTICATION_TOKEN","errorMessage":"Missing Authentication Token"}`, "route-method-missing"},
		{"L44b firewall", `{"requestId":"1","httpMethod":"POST","status":"403","integrationStatus":"-","errorType":"WAF_FILTERED","errorMessage":"Forbidden"}`, "other:firewall"},
		{"L43 SQS refused, told as success", `{"requestId":"1","httpMethod":"POST","resourcePath":"/orders","status":"200","integrationStatus":"403"}`, "response-error-as-success"},
		{"L61 HTTP API, role", `{"requestId":"Qx=","routeKey":"POST /orders","status":"500","integrationStatus":"-","integrationErrorMessage":"API Gateway doesn’t have permissions to assume the IAM role configured on the integration. Check the permissions and try again."}`, "signing-role-trust"},
		{"H43 HTTP API, unresolved", `{"requestId":"Qx=","routeKey":"POST /orders","status":"400","integrationStatus":"-","integrationErrorMessage":"Unable to resolve property MessageBody from source $request.body.MessageBody. Please make sure that the value is a string."}`, "mapping-http-api-parameter"},
		{"H HTTP API, no route", `{"requestId":"Qx=","routeKey":"-","status":"404","integrationStatus":"-","errorMessage":"Not Found"}`, "route-method-missing"},
	}
	catalogue := all()
	for _, tt := range cases {
		list := Explain(tt.text, catalogue)
		if len(list) == 0 {
			t.Errorf("%s: nothing is said", tt.name)
			continue
		}
		if list[0].Title != causes[tt.want].title {
			t.Errorf("%s: first comes %s %q (seen %q), want %s", tt.name, list[0].Rule, list[0].Title, list[0].Seen, tt.want)
		}
	}
}

const denied2 = "User: arn:aws:sts::123456789012:assumed-role/orders-api/BackplaneAssumeRoleSession is not authorized to perform: sqs:sendmessage on resource: arn:aws:sqs:us-east-1:123456789012:orders"

// interleave mixes the lines of two requests.
func interleave(a, b []string) (out []string) {
	for i := range max(len(a), len(b)) {
		if i < len(a) {
			out = append(out, a[i])
		}
		if i < len(b) {
			out = append(out, b[i])
		}
	}
	return out
}

// What is seen of a request rules causes out.
func TestWhatWasSentRulesOut(t *testing.T) {
	for _, tt := range []struct {
		name string
		call logtest.Call
		not  []string
	}{
		{"a form that is announced as one", logtest.Call{Body: plainBody, Sent: "MessageBody=x", SQS: 404, Answer: unknownOp, Status: 404}, []string{"protocol-content-type", "protocol-json-content-type"}},
		{"a form in order", logtest.Call{Body: plainBody, Sent: inForm, SQS: 403, Answer: logtest.Denied, Status: 403}, []string{"mapping-body-not-encoded", "mapping-whitespace", "protocol-action-missing", "mapping-template-missing"}},
	} {
		for _, c := range Explain(lines(tt.call), all()) {
			for _, id := range tt.not {
				if c.Rule == id {
					t.Errorf("%s: %s is among the causes", tt.name, id)
				}
			}
		}
	}
}

// A text that is a log is read request by request; one that is not is left alone.
func TestRequests(t *testing.T) {
	text := lines(logtest.Call{ID: "a-1", Body: plainBody}, logtest.Call{ID: "b-2", Body: order, SQS: 403, Answer: logtest.Denied, Status: 403, Extended: "B="})
	got := Requests(strings.NewReader(text), all())
	if got.Requests != 2 || len(got.Succeeded) != 1 || len(got.Failed) != 1 {
		t.Fatalf("%+v", got)
	}
	if a := got.Failed[0]; a.API != "a1b2c3d4" || a.Stage != "prod" || a.Method != "POST" || a.Path != "/orders" || a.Client.Body != order || !strings.HasPrefix(a.Deciding, "Endpoint response body") {
		t.Errorf("%+v", a.Observation)
	}
	for _, m := range messages {
		if strings.HasPrefix(m.text, logged) || strings.HasPrefix(m.text, watched) {
			continue
		}
		if got := Requests(strings.NewReader(m.text), all()); got.Requests != 0 {
			t.Errorf("%s: read as a log: %+v", m.name, got)
		}
	}
}

// Errors as CloudFormation, Terraform, the SDKs and the CLI wrap them.
func TestWrapped(t *testing.T) {
	for _, inner := range []struct{ text, want string }{
		{"Invalid ARN specified in the request", "signing-uri"},
		{"AWS ARN for integration must contain path or action", "signing-uri"},
		{"Role ARN must be specified for AWS integrations", "signing-credentials-missing"},
		{"Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: application/json]", "mapping-invalid-expression"},
		{"No integration defined for method", "mapping-integration-missing"},
		{"CloudWatch Logs role ARN must be set in account settings to enable logging", "other:logging-role"},
		{"Parameter: messageBody does not fit schema for Operation: SQS-SendMessage.", "mapping-http-api-parameter"},
		{"Invalid selection expression specified: Validation Result: warnings : [], errors : [Invalid source: $request.headers.x specified for destination: MessageBody]", "mapping-http-api-parameter"},
		{"User: arn:aws:iam::123456789012:user/ci is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/r because no identity-based policy allows the iam:PassRole action", "other:pass-role"},
		{"User: arn:aws:iam::123456789012:user/ci is not authorized to perform: apigateway:PUT on resource: arn:aws:apigateway:us-east-1::/restapis/a1", "other:deployer"},
		{"Unable to complete operation due to concurrent modification. Please try again later.", "other:conflict"},
	} {
		for name, frame := range map[string]string{
			"CloudFormation":    `Resource handler returned message: "%s (Service: ApiGateway, Status Code: 400, Request ID: 5d0a) (SDK Attempt Count: 1)" (RequestToken: 5d0a, HandlerErrorCode: InvalidRequest)`,
			"CloudFormation V2": `CREATE_FAILED | AWS::ApiGatewayV2::Integration | Integration | Resource handler returned message: "%s (Service: AmazonApiGatewayV2; Status Code: 400; Error Code: BadRequestException; Request ID: 5d0a; Proxy: null)" (RequestToken: 5d0a, HandlerErrorCode: GeneralServiceException)`,
			"Terraform":         "Error: creating API Gateway Integration: operation error API Gateway: PutIntegration, https response error StatusCode: 400, RequestID: 5d0a, BadRequestException: %s\n\n  with aws_api_gateway_integration.sqs,\n  on main.tf line 12, in resource \"aws_api_gateway_integration\" \"sqs\":",
			"Terraform V2":      "Error: creating API Gateway v2 Integration: operation error ApiGatewayV2: CreateIntegration, https response error StatusCode: 400, RequestID: 5d0a, BadRequestException: %s",
			"Terraform, framed": "╷\n│ Error: creating API Gateway Integration: operation error API Gateway: PutIntegration, https response error StatusCode: 400, BadRequestException: %s\n│ \n│   with aws_api_gateway_integration.sqs,\n╵",
			"CDK":               "❌  Orders failed: ToolkitError: The stack named Orders failed creation, it may need to be manually deleted from the AWS console: ROLLBACK_COMPLETE: Resource handler returned message: \"%s (Service: ApiGateway, Status Code: 400, Request ID: 5d0a)\"",
			"CLI":               "An error occurred (BadRequestException) when calling the PutIntegration operation: %s",
		} {
			whole := fmt.Sprintf(frame, inner.text)
			for _, text := range []string{whole, wrapped(whole, 72, "│ "), wrapped(whole, 40, "  "), strings.ReplaceAll(whole, "\n", "\r\n")} {
				list := Explain(text, all())
				if len(list) == 0 || list[0].Title != causes[inner.want].title {
					t.Errorf("%s in %s: %+v", text, name, list[:min(1, len(list))])
				}
			}
		}
	}
}

// wrapped breaks a text at blanks as terminals and tables do.
func wrapped(text string, width int, margin string) string {
	out, used := margin, 0
	for _, word := range strings.Fields(text) {
		if used += len(word) + 1; used > width {
			out, used = out+"\n"+margin, len(word)+1
		}
		out += word + " "
	}
	return out
}

// The client's text is none of AWS's: what it names does not become a cause.
func TestClientsTextIsNotEvidence(t *testing.T) {
	text := lines(logtest.Call{Body: `{"text":"KMS.DisabledException and AccessDenied"}`, Sent: inForm, SQS: 400, Answer: logtest.Refused("MissingParameter", "The request must contain the parameter MessageGroupId."), Status: 400})
	for _, c := range Explain(text, all()) {
		if strings.HasPrefix(c.Rule, "encryption-") || strings.HasPrefix(c.Rule, "authorization-") {
			t.Errorf("%s is among the causes", c.Rule)
		}
	}
	if got := Of(&logs.Observation{Status: 200, SQSStatus: 200, Called: logs.Yes}, all()); len(got) != 0 {
		t.Errorf("a success is explained: %+v", got)
	}
}
