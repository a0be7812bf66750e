package rules

import (
	"cmp"
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var protocolTarget = diagnose.Rule{
	ID:       "protocol-target",
	Stage:    walk.StageProtocol,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "X-Amz-Target names no action of SQS",
	Doc: `In the JSON protocol the header X-Amz-Target names the action: AmazonSQS.SendMessage, with that very spelling. API
Gateway does not pass headers of the client on by itself, so the header needs a mapping in the integration request. Without one,
or with another prefix or an unknown action, SQS finds no operation and answers UnknownOperationException.

Repair: map integration.request.header.X-Amz-Target to 'AmazonSQS.SendMessage', with the single quotes, and deploy the API.`,
	Explains: []walk.ErrorCode{walk.UnknownOperation, walk.AccessDenied},
	Article:  true,
	Refs: []string{
		refArticle,
		"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html",
	},
	When: all(unreadableFor(func(f walk.Faults) bool { return f.Target }), plain), // what another client leaves out is refused loudly, as it should be
	Check: func(p *diagnose.Pass) {
		const name = "X-Amz-Target"
		have, there := p.Trace.Mapping.Header(name)
		sent, fromClient := p.Trace.Request.Header(name)
		action := p.Trace.Protocol.Action
		if similar := walk.SimilarAction(strings.TrimPrefix(have.Value, "AmazonSQS.")); similar != "" {
			action = similar
		}
		action = cmp.Or(action, "SendMessage")
		message := "X-Amz-Target is not sent"
		switch {
		case there:
			message = fmt.Sprintf("SQS reads X-Amz-Target as %q, which names no action", have.Value)
		case fromClient:
			message = fmt.Sprintf("the client's X-Amz-Target %q is not mapped through to SQS", sent)
		}
		f := diagnose.Finding{
			Message:  message,
			Why:      "The JSON protocol takes the action from X-Amz-Target; SQS expects AmazonSQS.<Action> and finds no operation.",
			Evidence: []diagnose.Evidence{headerEvidence(p, name), headerEvidence(p, "Content-Type"), bodyEvidence(p)},
			Fixes:    []diagnose.Fix{p.Fix("send X-Amz-Target AmazonSQS."+action, setHeader(p, name, "AmazonSQS."+action))},
		}
		if strings.HasPrefix(mappingOf(p, name), "method.request.") {
			corrected := p.Trace.Request.WithHeader(name, "AmazonSQS."+action)
			f.Request = &corrected
		}
		p.ReportAs(f, p.Failed(walk.StageProtocol))
	},
}

// mappingOf is the mapping expression of a header, whether its source has a value
// or not.
func mappingOf(p *diagnose.Pass, name string) string {
	for _, h := range p.Trace.Mapping.Headers {
		if strings.EqualFold(h.Name, name) && h.Expression != "" {
			return h.Expression
		}
	}
	return ""
}
