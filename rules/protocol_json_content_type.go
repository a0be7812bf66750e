package rules

import (
	"fmt"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var protocolJSONContentType = diagnose.Rule{
	ID:       "protocol-json-content-type",
	Stage:    walk.StageProtocol,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "a call of the JSON protocol is not announced as one",
	Doc: `SQS reads its JSON protocol only under the Content-Type "application/x-amz-json-1.0". With application/json, which
API Gateway passes on from the client when no Content-Type is mapped, X-Amz-Target is not looked at, and SQS answers 404 with
<UnknownOperationException/>. The client's own Content-Type does not count once another one is mapped.

Repair: map integration.request.header.Content-Type to 'application/x-amz-json-1.0', with the single quotes, and deploy the API.`,
	Explains: []walk.ErrorCode{walk.UnknownOperation, walk.AccessDenied},
	Article:  true,
	Refs: []string{
		refArticle,
		"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html",
	},
	When: unreadableFor(func(f walk.Faults) bool { return f.JSONType }),
	Check: func(p *diagnose.Pass) {
		have, there := p.Trace.Mapping.Header("Content-Type")
		message := fmt.Sprintf("call of the JSON protocol is announced as %q", have.Value)
		if !there {
			message = "call of the JSON protocol is sent without a Content-Type"
		}
		p.ReportAs(diagnose.Finding{
			Message:  message,
			Why:      "SQS picks its protocol by Content-Type; only application/x-amz-json-1.0 makes it read X-Amz-Target and a JSON document.",
			Evidence: []diagnose.Evidence{headerEvidence(p, "Content-Type"), headerEvidence(p, "X-Amz-Target"), bodyEvidence(p)},
			Fixes:    []diagnose.Fix{p.Fix("send Content-Type "+jsonType, setHeader(p, "Content-Type", jsonType))},
		}, p.Failed(walk.StageProtocol))
	},
}
