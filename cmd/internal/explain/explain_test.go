package explain

import (
	"slices"
	"strings"
	"testing"

	_ "apisqs-doctor/cmd/internal/pace" // as in the program
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/rules"
)

const (
	queue    = "https://sqs.us-east-1.amazonaws.com/123456789012/orders"
	queueARN = "arn:aws:sqs:us-east-1:123456789012:orders"
	keyARN   = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	user     = "User: arn:aws:sts::123456789012:assumed-role/orders-api/BackplaneAssumeRoleSession is not authorized to perform: "
	denied   = user + "sqs:sendmessage on resource: " + queueARN
	deniedKM = user + "kms:GenerateDataKey on resource: " + keyARN
	logged   = "Sun Nov 22 10:11:12 UTC 2026 : "
	watched  = "(3f2a9c1e-1111-2222-3333-444455556666) "
)

func xml(code, message string) string {
	return `<?xml version="1.0"?><ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error><Type>Sender</Type><Code>` + code +
		`</Code><Message>` + message + `</Message><Detail/></Error><RequestId>bf2d7a0e-0000-5555-9999-aaaabbbbcccc</RequestId></ErrorResponse>`
}

func form(code, message string) string {
	return `{"Error":{"Code":"` + code + `","Message":"` + message + `","Type":"Sender"},"RequestId":"bf2d7a0e-0000-5555-9999-aaaabbbbcccc"}`
}

// messages are errors as people paste them, each with the cause that comes first.
var messages = []struct{ name, text, want string }{
	{"T1 bare element", `<UnknownOperationException/>`, "protocol-content-type"},
	{"T1 in a log", logged + "Endpoint response body before transformations: <UnknownOperationException/>\n\n" + logged + "Received response. Status: 404, Integration latency: 3 ms", "protocol-content-type"},
	{"T1 log that shows the form", logged + "Endpoint request body after transformations: Action=SendMessage&MessageBody=%7B%7D\n" + logged + "Endpoint response body before transformations: <UnknownOperationException/>", "protocol-content-type"},
	{"T1 escaped", `"body": "&lt;UnknownOperationException/&gt;"`, "protocol-content-type"},
	{"T48 JSON protocol", `{"__type":"com.amazon.coral.service#UnknownOperationException"}`, "protocol-target"},
	{"T3 namespace of 2009", `<ErrorResponse xmlns="http://queue.amazonaws.com/doc/2009-02-01/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>Access to the resource https://sqs.us-east-2.amazonaws.com/apigateway-queue is denied.</Message><Detail/></Error>`, "mapping-template-missing"},
	{"T8 JSON shape", form("AccessDenied", "Access to the resource "+queue+" is denied."), "authorization-action"},
	{"T8 quoted by a shell", strings.ReplaceAll(form("AccessDenied", "Access to the resource "+queue+" is denied."), `"`, `\"`), "authorization-action"},
	{"T8 XML", xml("AccessDenied", "Access to the resource "+queue+" is denied."), "authorization-action"},
	{"T8 CLI", "An error occurred (AccessDenied) when calling the SendMessage operation: Access to the resource " + queue + " is denied.", "authorization-action"},
	{"T8 cut off", watched + `Endpoint response body before transformations: {"Error":{"Code":"AccessDenied","Message":"Access to the resource https://sqs.us-ea`, "authorization-action"},
	{"iam 74 identity", form("AccessDenied", denied+" because no identity-based policy allows the sqs:sendmessage action"), "authorization-action"},
	{"iam 74 JSON protocol", `{"__type":"com.amazon.coral.service#AccessDeniedException","message":"` + denied + ` because no identity-based policy allows the sqs:sendmessage action"}`, "authorization-action"},
	{"iam 74 cross account", form("AccessDenied", denied+" because no resource-based policy allows the sqs:sendmessage action"), "authorization-cross-account"},
	{"iam 75 boundary", xml("AccessDenied", denied+" because no permissions boundary allows the sqs:sendmessage action"), "authorization-boundary"},
	{"iam 75 SCP", xml("AccessDenied", denied+" with an explicit deny in a service control policy"), "authorization-organization"},
	{"iam 75 RCP", xml("AccessDenied", denied+" with an explicit deny in a resource control policy"), "authorization-organization"},
	{"iam 75 deny", xml("AccessDenied", denied+" with an explicit deny in an identity-based policy"), "authorization-explicit-deny"},
	{"iam 76 trailing ARN and link", denied + " with an explicit deny in an identity-based policy: arn:aws:iam::123456789012:policy/guard. Go to https://console.aws.amazon.com/iam/home#/authorization/abc for more. Authorization id: 7f3a", "authorization-explicit-deny"},
	{"iam 76 trailing ARN of an SCP", denied + " with an explicit deny in a service control policy: arn:aws:organizations::999999999999:policy/o-abc/service_control_policy/p-123", "authorization-organization"},
	{"iam 75 queue policy", denied + " with an explicit deny in a resource-based policy", "authorization-queue-policy"},
	{"iam 74 cut off", user + "sqs:sendmessage on resour", "authorization-action"},
	{"iam 77 KMS role", form("KMS.AccessDeniedException", deniedKM+" because no identity-based policy allows the kms:GenerateDataKey action (Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException; Request ID: 0a1b; Proxy: null)"), "encryption-role-permission"},
	{"iam 77 KMS key policy", form("KMS.AccessDeniedException", deniedKM+" because no resource-based policy allows the kms:GenerateDataKey action (Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException)"), "encryption-key-policy"},
	{"iam 71 KMS JSON protocol", `{"__type":"com.amazonaws.sqs#KmsAccessDenied","message":"The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access."}`, "encryption-key-policy"},
	{"iam 71 KMS disabled", xml("KMS.DisabledException", keyARN+" is disabled."), "encryption-key-state"},
	{"iam 71 KMS disabled, SDK", "com.amazonaws.sqs#KmsDisabled: " + keyARN + " is disabled.", "encryption-key-state"},
	{"iam 68 KMS state", "KMSInvalidStateException: " + keyARN + " is pending deletion. (Service: AWSKMS; Status Code: 400)", "encryption-key-state"},
	{"iam 71 KMS alias", xml("KMS.NotFoundException", "Alias arn:aws:kms:us-east-1:123456789012:alias/orders is not found."), "encryption-key-missing"},
	{"T9", xml("InvalidAction", "The action SendMesage is not valid for this endpoint."), "protocol-action-invalid"},
	{"T11", xml("MissingParameter", "The request must contain the parameter MessageBody."), "protocol-missing-parameter"},
	{"T12 JSON protocol", `{"__type":"com.amazon.coral.service#MissingRequiredParameterException","message":"The request must contain the parameter MessageBody."}`, "protocol-missing-parameter"},
	{"T25", form("MissingParameter", "The request must contain the parameter MessageGroupId."), "queue-fifo-group"},
	{"T26", form("InvalidParameterValue", "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"), "queue-fifo-deduplication"},
	{"T27", xml("InvalidParameterValue", "Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type."), "queue-fifo-delay"},
	{"T28", xml("InvalidParameterValue", "Value  for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length."), "queue-fifo-group"},
	{"T22", xml("InvalidParameterValue", "Message (user) attribute &apos;trace&apos; must contain a non-empty value of type &apos;String&apos;."), "queue-attributes"},
	{"T24", xml("InvalidMessageContents", "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD"), "queue-message-characters"},
	{"T29", "botocore.exceptions.ClientError: An error occurred (InvalidParameterValue) when calling the SendMessage operation: One or more parameters are invalid. Reason: Message must be shorter than 262144 bytes.", "queue-message-size"},
	{"T17 XML", xml("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist for this wsdl version."), "queue-missing"},
	{"T43 JSON protocol", `{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."}`, "queue-missing"},
	{"T43 header", "x-amzn-query-error: AWS.SimpleQueueService.NonExistentQueue;Sender", "queue-missing"},
	{"T17 SDK for JavaScript", "QueueDoesNotExist: The specified queue does not exist.\n    at throwDefaultError (/var/task/node_modules/@smithy/smithy-client/dist-cjs/index.js:1)", "queue-missing"},
	{"T17 SDK for Go", "operation error SQS: SendMessage, https response error StatusCode: 400, RequestID: 1, QueueDoesNotExist: The specified queue does not exist.", "queue-missing"},
	{"T49", xml("InvalidAddress", "The address https://sqs.eu-west-1.amazonaws.com/ is not valid for this endpoint."), "protocol-queue-url"},
	{"T48 serialization", `{"__type":"com.amazon.coral.service#SerializationException"}`, "protocol-invalid-json"},
	{"T20", xml("MalformedQueryString", "The query string contains a syntax error."), "mapping-body-not-encoded"},
	{"signature", xml("SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method."), "signing-method"},
	{"signature JSON protocol", `{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"The request signature we calc`, "signing-method"},
	{"T30", xml("AWS.SimpleQueueService.TooManyEntriesInBatchRequest", "Maximum number of entries per request are 10. You have sent 20."), "other:batch"},
	{"T93", watched + "Execution failed due to configuration error: No match for output mapping and no default output mapping configured. Endpoint Response Status Code: 403", "response-unmapped-status"},
	{"T93 and what SQS said", watched + "Endpoint response body before transformations: " + form("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.") + "\n" + watched + "Execution failed due to configuration error: No match for output mapping and no default output mapping configured. Endpoint Response Status Code: 400", "queue-missing"},
	{"T94", logged + "Execution failed due to configuration error: Output mapping refers to an invalid method response: 200\n" + logged + "Method completed with status: 500", "response-method-response-missing"},
	{"T115", watched + "Execution failed due to configuration error: API Gateway does not have permission to assume the provided role arn:aws:iam::123456789012:role/orders-api", "signing-role-trust"},
	{"iam 54 HTTP API", "API Gateway doesn’t have permissions to assume the IAM role configured on the integration. Check the permissions and try again.", "signing-role-trust"},
	{"T64", "Execution failed due to configuration error: Authorization header already present", "mapping-reserved-header"},
	{"T84", logged + "Execution failed due to configuration error: Invalid endpoint address", "mapping-stage-variable"},
	{"T107", logged + "Execution failed due to configuration error: Unable to transform request", "mapping-template-syntax"},
	{"T91 log", watched + "Received response. Status: 403, Integration latency: 12 ms\n" + watched + "Successfully completed execution\n" + watched + "Method completed with status: 200", "response-error-as-success"},
	{"T110", `{"message":"Missing Authentication Token"}`, "route-method-missing"},
	{"T110 header", "HTTP/2 403\nx-amzn-errortype: MissingAuthenticationTokenException\n", "route-method-missing"},
	{"T111", `{"message": "Missing required request parameters: [x-header-param]"}`, "route-request-validation"},
	{"T112", `{"message":"Forbidden"}`, "route-authorization"},
	{"resource policy", `{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********9012:a1b2c3d4/prod/POST/orders with an explicit deny"}`, "route-resource-policy"},
	{"T72", `{"message": "Unsupported Media Type"}`, "mapping-unsupported-media-type"},
	{"T93 client", `{"message": "Internal server error"}`, "response-unmapped-status"},
	{"HTTP API", `{"message":"Not Found"}`, "route-method-missing"},
	{"T83", `{"message": "Invalid JSON in request body"}`, "mapping-invalid-json-body"},
	{"T102 literal", "BadRequestException: Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: application/x-www-form-urlencoded]", "mapping-invalid-expression"},
	{"T102 undeclared", "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: method.request.header.X-Trace] (Service: ApiGateway, Status Code: 400, Request ID: 1)", "mapping-undeclared-parameter"},
	{"T100", "An error occurred (BadRequestException) when calling the PutIntegration operation: AWS ARN for integration must contain path or action", "signing-uri"},
	{"T100 proxy", "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.", "signing-integration-type"},
	{"T103", "Resource handler returned message: \"Invalid ARN specified in the request (Service: ApiGateway, Status Code: 400)\"", "signing-uri"},
	{"iam 52", "BadRequestException: Role ARN must be specified for AWS integrations", "signing-credentials-missing"},
	{"iam 50", "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/orders-api because no identity-based policy allows the iam:PassRole action", "other:pass-role"},
	{"T106", "No integration defined for method (Service: AmazonApiGateway; Status Code: 400; Error Code: BadRequestException)", "mapping-integration-missing"},
	{"KMS of another account", user + "kms:GenerateDataKey on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access", "encryption-key-policy"},
	{"KMS cut off", "The ciphertext refers to a customer mast", "encryption-key-policy"},
	{"anonymous caller", `{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********9012:a1b2c3d4/prod/POST/orders"}`, "route-resource-policy"},
	{"validator's log", logged + "Request body does not match model schema for content type application/json: [object has missing required properties ([\"id\"])]", "route-request-validation"},
	{"empty message", xml("InvalidParameterValue", "Value  for parameter MessageBody is invalid. Reason: Must specify a message body."), "protocol-missing-parameter"},
	{"T72 log", logged + "Method completed with status: 415", "mapping-unsupported-media-type"},
	{"class of coral", "Execution failed: com.amazon.coral.service.UnknownOperationException", "protocol-content-type"},
	{"class of the SDK for Java", "Caused by: com.amazonaws.services.sqs.model.QueueDoesNotExistException: gone (Service: AmazonSQS; Status Code: 400)", "queue-missing"},
	{"no Action", "MissingAction: The request must contain the parameter Action", "protocol-action-missing"},
	{"common errors", "InvalidAction: The action or operation requested is invalid. Verify that the action is typed correctly.", "protocol-action-invalid"},
	{"no operation", "<AccessDeniedException>\n  <Message>Unable to determine service/operation name to be authorized</Message>\n</AccessDeniedException>", "signing-method"},
	{"T46 not signed", `{"__type":"com.amazonaws.sqs#InvalidSecurity","message":"The request was not made over HTTPS or did not use SigV4"}`, "signing-integration-type"},
	{"not signed, query protocol", xml("IncompleteSignature", "Request must contain a signature that conforms to AWS standards"), "signing-integration-type"},
	{"template", "An error occurred (ValidationError) when calling the CreateChangeSet operation: Template format error: Unresolved resource dependencies [Orders] in the Resources block of the template", "route-template-refused"},
	{"template in a circle", "ValidationError: Circular dependency between resources: [Api, Role]", "route-template-refused"},
	{"SAM transform", "Status: FAILED. Reason: Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application Specification document. Number of errors found: 1.", "route-template-refused"},
	{"policy", "MalformedPolicyDocument: Syntax errors in policy. (Service: AmazonIdentityManagement; Status Code: 400)", "authorization-policy-malformed"},
	{"T100 unknown method", "An error occurred (NotFoundException) when calling the GetIntegration operation: Invalid Method identifier specified", "other:identifier"},
	{"T100 boolean", "SerializationException: class java.lang.Boolean can not be converted to an String", "other:not-text"},
	{"T30 without its code", "Maximum number of entries per request are 10. You have sent 20.", "other:batch"},
	{"value of a parameter", "Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.", "queue-parameter"},
	{"cut off in a code", `{"__type":"com.amazonaws.sqs#QueueDoesNotEx`, "queue-missing"},
}

// all stands for the whole catalogue.
func all() []diagnose.Rule {
	var list []diagnose.Rule
	for id := range causes {
		if !strings.HasPrefix(id, "other:") {
			list = append(list, diagnose.Rule{ID: id, Title: "t"})
		}
	}
	return list
}

func TestExplain(t *testing.T) {
	catalogue := all()
	for _, m := range messages {
		list := Explain(m.text, catalogue)
		if len(list) == 0 {
			t.Errorf("%s: not recognised: %s", m.name, m.text)
			continue
		}
		got := list[0]
		if got.Title != causes[m.want].title {
			t.Errorf("%s: first comes %q (%s, seen %q), want %s\n%s", m.name, got.Title, got.Rule, got.Seen, m.want, m.text)
		}
		if want := strings.HasPrefix(m.want, "other:"); (got.Rule == "") != want {
			t.Errorf("%s: rule is %q", m.name, got.Rule)
		}
		for _, c := range list {
			if c.Title == "" || c.Tell == "" || c.Seen == "" {
				t.Errorf("%s: a cause without title, advice or words seen: %+v", m.name, c)
			}
		}
	}
	if len(messages) < 40 {
		t.Errorf("only %d messages", len(messages))
	}
}

// What says nothing of an error is not explained.
func TestExplainNothing(t *testing.T) {
	for _, s := range []string{"", " \n", "hello", "it does not work", "403", "error", "orders", "\xff\xfe\x00", "lorem ipsum dolor sit amet",
		`{"SendMessageResponse":{"ResponseMetadata":{"RequestId":"1"},"SendMessageResult":{"MessageId":"2"}}}`,
		logged + "Successfully completed execution\n" + logged + "Method completed with status: 200"} {
		if list := Explain(s, all()); len(list) > 0 {
			t.Errorf("%q is explained by %+v", s, list[0])
		}
	}
}

func TestCodes(t *testing.T) {
	for s, want := range map[string][]walk.ErrorCode{
		"<Code>AccessDenied</Code>":                                {walk.AccessDenied},
		"com.amazonaws.sqs#KmsDisabled":                            {walk.KMSDisabled},
		"KMS.AccessDeniedException ... Error Code: AccessDenied":   {walk.KMSAccessDenied, walk.AccessDenied},
		"AWS.SimpleQueueService.NonExistentQueue.":                 {walk.NonExistentQueue},
		"UnknownOperationExcep":                                    {walk.UnknownOperation},
		"Missing":                                                  nil,
		"an accessdenied in lower case is no code, it is any word": nil,
	} {
		if got := Codes(s); !slices.Equal(got, want) {
			t.Errorf("Codes(%q) = %q, want %q", s, got, want)
		}
	}
}

// Every pattern names causes that are there, and leads to its own first cause.
func TestPatternsLeadSomewhere(t *testing.T) {
	used := map[string]bool{}
	for _, p := range patterns {
		for _, c := range p.causes {
			used[c] = true
			if _, ok := causes[c]; !ok {
				t.Errorf("pattern %q names %q, which is no cause", p.all, c)
			}
		}
		for _, s := range p.all {
			if s != strings.ToLower(s) {
				t.Errorf("pattern %q is not in lower case", s)
			}
		}
		text := string(p.code) + " " + strings.Join(p.all, " ")
		found := Explain(text, all())
		if !slices.ContainsFunc(found, func(c Cause) bool { return c.Title == causes[p.causes[0]].title }) {
			t.Errorf("%q does not lead to %s", text, p.causes[0])
		}
	}
	for _, keys := range responseTypes {
		for _, key := range keys {
			used[key] = true
		}
	}
	// Their errors are told by no text of their own.
	silent := []string{"mapping-double-encoding", "queue-path-conflict"}
	for c := range causes {
		if !used[c] && !slices.Contains(silent, c) {
			t.Errorf("no pattern leads to %s", c)
		}
	}
}

// The rules that explain an error code have a word here on how to tell them apart.
func TestRulesAreCovered(t *testing.T) {
	ids := map[string]bool{}
	for _, r := range rules.All() {
		ids[r.ID] = true
		if _, ok := causes[r.ID]; !ok && len(r.Explains) > 0 {
			t.Errorf("rule %s explains %v and is not among the causes", r.ID, r.Explains)
		}
	}
	for id := range causes {
		if !ids[id] && !strings.HasPrefix(id, "other:") {
			t.Errorf("cause %s is no rule", id)
		}
	}
}

// Every code of a rule leads at least to that rule.
func TestEveryCodeOfARuleIsExplained(t *testing.T) {
	for _, r := range rules.All() {
		for _, code := range r.Explains {
			if len(Explain("Code: "+string(code), rules.All())) == 0 {
				t.Errorf("%s of %s is not recognised", code, r.ID)
			}
		}
	}
}

func FuzzExplain(f *testing.F) {
	for _, m := range messages {
		f.Add(m.text)
	}
	catalogue := all()
	f.Fuzz(func(t *testing.T, s string) {
		list := Explain(s, catalogue)
		if len(list) > most {
			t.Errorf("%d causes", len(list))
		}
		seen := map[string]bool{}
		for _, c := range list {
			if seen[c.Title] {
				t.Errorf("%q twice", c.Title)
			}
			seen[c.Title] = true
		}
	})
}

func BenchmarkExplain(b *testing.B) {
	var log strings.Builder
	for log.Len() < 100<<10 {
		log.WriteString(logged + "Method request headers: {Accept=*/*, X-Forwarded-For=192.0.2.1}\n")
	}
	log.WriteString(messages[6].text)
	text, catalogue := log.String(), all()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Explain(text, catalogue)
	}
}
