package rules

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var protocolQueueURL = diagnose.Rule{
	ID:       "protocol-queue-url",
	Stage:    walk.StageProtocol,
	Severity: diagnose.Error,
	Title:    "QueueUrl is missing or no address of a queue",
	Doc: `In the JSON protocol every action on a queue needs the member QueueUrl, the queue's URL as SQS gives it:
https://sqs.REGION.amazonaws.com/ACCOUNT/NAME. In the query protocol the path of the integration URI names the queue, and a
parameter QueueUrl, when given, wins over it. An ARN, the address of an endpoint without a queue, or a URL of another region is
answered with InvalidAddress or NonExistentQueue; a missing one with MissingParameter (MissingRequiredParameterException).

Repair: give the URL of the queue in the region of the integration URI. A template may leave QueueUrl out in the query protocol
when the path names the queue.`,
	Explains: []walk.ErrorCode{walk.InvalidAddress, walk.NonExistentQueue, walk.MissingParameter},
	Article:  true,
	Refs: []string{
		refArticle,
		"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html",
	},
	When: all(unreadableFor(func(f walk.Faults) bool { return f.Address }), plain), // what another client leaves out is refused loudly, as it should be
	Check: func(p *diagnose.Pass) {
		if addressElsewhere(p) {
			return
		}
		address := &p.Trace.Protocol.Effective().Queue
		missing := address.URL == "" || address.From.String() == "path"
		message := fmt.Sprintf("QueueUrl %q %s", p.Expression(address.URL), addressTrouble(p))
		if missing {
			message = fmt.Sprintf("%s is sent without QueueUrl", p.Trace.Protocol.Action)
			if blamedElsewhere(p, "QueueUrl") {
				return
			}
		}
		p.ReportAs(diagnose.Finding{
			Codes:    walk.AnswerCodes(p.Trace.Protocol.Refusal),
			Message:  message,
			Why:      fmt.Sprintf("SQS answers: %s", p.Expression(p.Trace.Protocol.Refusal.Message)),
			Evidence: inTemplateAs(p, []diagnose.Evidence{bodyEvidence(p), uriEvidence(p)}, "QueueUrl", false),
			Fixes:    addressFixes(p, missing),
			Check:    diagnose.Say("compare with the URL of the queue that is meant, as aws sqs list-queues prints it"),
		}, p.Failed(walk.StageProtocol))
	},
}

// addressElsewhere tells whether the URI is what is wrong, which signing-uri and
// signing-region report.
func addressElsewhere(p *diagnose.Pass) bool {
	return p.Trace.URIFault() != walk.URIFine || uriRegionWrong(p)
}

func addressTrouble(p *diagnose.Pass) string {
	address := &p.Trace.Protocol.Effective().Queue
	switch address.Problem {
	case walk.AddressNoName:
		return "names an endpoint, not a queue"
	case walk.AddressOtherRegion:
		return fmt.Sprintf("is of %s, but the integration calls SQS in %s", address.Region, p.Trace.Signing.Region)
	case walk.AddressForeign:
		return fmt.Sprintf("is not on a host of SQS (%q)", p.Expression(address.Host))
	}
	switch {
	case strings.HasPrefix(address.URL, "arn:"):
		return "is an ARN, not a URL"
	case strings.HasPrefix(address.URL, "${Token["):
		// I64: the CDK encodes what actionParameters hold before it knows the value.
		return "is a token of the CDK that was URL-encoded at synthesis: actionParameters of AwsIntegration take no value that only the deployment knows; put the queue into path"
	}
	return "is no URL of a queue"
}

// addressFixes put the right URL in, or let the path of the URI decide.
func addressFixes(p *diagnose.Pass, missing bool) []diagnose.Fix {
	t := p.Trace
	address := &t.Protocol.Effective().Queue
	arn := t.Protocol.PathQueue.ARN()
	if name := address.Name; !missing && name != "" || arn == "" {
		queues := p.Queues(t.Signing.Region)
		if len(queues) == 1 && arn == "" {
			arn = queues[0]
		}
		for _, known := range queues {
			if lastPart(known) == name || lastPart(known) == lastPart(address.URL) {
				arn = known
			}
		}
	}
	if arn == "" {
		return nil
	}
	url := diagnose.QueueURL(arn)
	var fixes []diagnose.Fix
	if missing {
		if t.Protocol.Protocol == "json" {
			if changes := withParameter(p, "QueueUrl", `"`+url+`"`, ""); changes != nil {
				fixes = append(fixes, p.Fix("add QueueUrl "+p.Expression(url), changes...))
			}
			return fixes
		}
		return append(fixes, p.Fix("lead the integration URI to queue "+p.Expression(lastPart(arn)), setURI(p, walk.QueueURI(arn))))
	}
	if changes := replacedText(p, address.URL, url); changes != nil {
		fixes = append(fixes, p.Fix("send QueueUrl "+p.Expression(url), changes...))
	}
	text := `"` + url + `"`
	if t.Protocol.Protocol == "query" {
		text = "$util.urlEncode(" + text + ")"
	}
	if changes := withParameter(p, "QueueUrl", text, "'"+url+"'"); changes != nil {
		fixes = append(fixes, p.Fix("send a fixed QueueUrl, "+p.Expression(url), changes...))
	}
	if t.Protocol.Protocol == "query" && t.Protocol.PathQueue.ARN() != "" {
		if changes := withoutParameter(p, "QueueUrl"); changes != nil {
			fixes = append(fixes, p.Fix("leave QueueUrl out: the path names the queue", changes...))
		}
	}
	return fixes
}
