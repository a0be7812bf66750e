package rules

import (
	"cmp"
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/walk"
)

var signingURI = diagnose.Rule{
	ID:       "signing-uri",
	Stage:    walk.StageSigning,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "the integration URI does not lead to a queue",
	Doc: `The URI of an AWS integration is arn:PARTITION:apigateway:REGION:sqs:path/ACCOUNT/QUEUE, where ACCOUNT may be left
out, a double slash does no harm, and a query string may follow. With action/NAME in place of path/ the queue has to come from
the parameter QueueUrl. The queue's own ARN or its URL is not a URI of an integration: AWS refuses both ("AWS ARN for
integration must contain path or action", "Invalid ARN specified in the request"). A path with more than account and queue,
such as one to which the API's own path was added, names no queue.

Repair: set the URI to the form above with the queue's account and name, and deploy the API.`,
	Explains: []walk.ErrorCode{walk.BadRequest, walk.InvalidAddress, walk.NonExistentQueue, walk.AccessDenied, walk.InvalidAction, walk.UnknownOperation, walk.MissingParameter},
	Refs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html",
		"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html",
	},
	When: all(reachedSQS, needsRole),
	Check: func(p *diagnose.Pass) {
		s := &p.Trace.Signing
		if _, ok := p.Trace.Mapping.Integration.URI.Read(p.Gaps()); !ok {
			return
		}
		if p.Trace.URIFault() == walk.URIFine {
			if s.Host == "" && s.EndpointFailure == nil {
				p.Requires(walk.StageSigning)
			}
			return
		}
		if p.Trace.URIFault() == walk.URINoQueue && p.Trace.Protocol.Faults.PassedOn {
			return // the queue stands in the template, which this call does not meet
		}
		f := diagnose.Finding{
			Message:  uriMessage(p),
			Why:      uriConsequence(p.Trace.URIFault()),
			Evidence: []diagnose.Evidence{uriEvidence(p)},
			Fixes:    uriFixes(p),
			Check:    p.Stored("get-integration", "uri should be that of the path of a queue, arn:aws:apigateway:REGION:sqs:path/ACCOUNT/QUEUE"),
		}
		switch {
		case s.EndpointFailure != nil:
			p.ReportAs(f, s.EndpointFailure)
		default:
			f.Codes = walk.AnswerCodes(p.Trace.Protocol.Refusal)
			p.ReportAs(f, p.Failed(walk.StageProtocol))
		}
	},
}

func uriMessage(p *diagnose.Pass) string {
	s := &p.Trace.Signing
	text := p.Expression(s.URIText)
	switch p.Trace.URIFault() {
	case walk.URIQueueURL:
		return fmt.Sprintf("the integration URI is a URL, %q, where an ARN of API Gateway belongs", text)
	case walk.URIQueueARN:
		return fmt.Sprintf("the integration URI is the queue's own ARN, %q", text)
	case walk.URINoTarget:
		return fmt.Sprintf("the integration URI %q names neither path/ nor action/", text)
	case walk.URIPartition:
		return fmt.Sprintf("the integration URI is of partition %q, but region %q is not", s.URI.Partition, s.URI.Region)
	case walk.URIRegion:
		return fmt.Sprintf("the integration URI names %q, which is no region", s.URI.Region)
	case walk.URIService:
		return fmt.Sprintf("the integration URI calls %q, not sqs", s.URI.Service)
	case walk.URIPlaceholder:
		return fmt.Sprintf("the path %q keeps a placeholder that no path parameter fills", p.Expression(s.RequestPath))
	case walk.URINoQueue:
		return fmt.Sprintf("the integration URI calls the action %s on no queue", s.URI.Action)
	case walk.URIPath:
		path := p.Expression(s.RequestPath)
		segments := strings.FieldsFunc(s.RequestPath, func(r rune) bool { return r == '/' })
		switch {
		case len(segments) > 2:
			return fmt.Sprintf("the path %q has more than an account and a queue", path)
		case len(segments) == 2:
			return fmt.Sprintf("the path %q is not an account id of 12 digits and a queue name", path)
		}
		return fmt.Sprintf("the path %q is no queue name", path)
	}
	return fmt.Sprintf("the integration URI %q is no ARN", text)
}

func uriConsequence(fault walk.URIFault) string {
	switch fault {
	case walk.URIService:
		return "The call is signed for and sent to another service, which has no such operation; names that are no service are refused at deployment."
	case walk.URIPath, walk.URIPlaceholder:
		return "SQS takes the queue from the path /ACCOUNT/QUEUE and finds none there."
	case walk.URINoQueue:
		return "API Gateway calls the root path with the action in the query string; without QueueUrl SQS does not know the queue."
	}
	return "AWS does not store the integration, so that no call is ever made."
}

// uriFixes lead the integration to the queue that was meant: the one that the
// URI names in another form, or the only one there is.
func uriFixes(p *diagnose.Pass) []diagnose.Fix {
	s := &p.Trace.Signing
	lead := func(arn string) []diagnose.Fix {
		to := walk.QueueURI(arn)
		if i := strings.IndexByte(s.URIText, '?'); to != "" && i >= 0 && p.Trace.URIFault() != walk.URIQueueURL {
			to += s.URIText[i:]
		}
		return []diagnose.Fix{p.Fix("lead the integration URI to queue "+p.Expression(lastPart(arn)), setURI(p, to))}
	}
	switch p.Trace.URIFault() {
	case walk.URIQueueURL, walk.URIQueueARN:
		if arn := walk.QueueIn(s.URIText); arn != "" {
			return lead(arn)
		}
	case walk.URIPartition:
		right := text.PartitionOf(s.URI.Region).ID
		if right != s.URI.Partition {
			return []diagnose.Fix{p.Fix("write partition "+right+" in the integration URI"+from(s.URI.Partition), setURI(p, strings.Replace(s.URIText, "arn:"+s.URI.Partition+":", "arn:"+right+":", 1)))}
		}
	case walk.URIService:
		return []diagnose.Fix{p.Fix("write service sqs in the integration URI"+from(s.URI.Service), setURI(p, strings.Replace(s.URIText, ":"+s.URI.Service+":", ":sqs:", 1)))}
	case walk.URIRegion:
		if region := p.Snapshot.Target.Region; region != "" {
			return []diagnose.Fix{p.Fix("write region "+region+" in the integration URI"+from(s.URI.Region), setURI(p, strings.Replace(s.URIText, ":"+s.URI.Region+":", ":"+region+":", 1)))}
		}
	}
	region := cmp.Or(s.Region, p.Snapshot.Target.Region)
	queues := p.Queues(region)
	for _, arn := range queues {
		name := lastPart(arn)
		for _, part := range strings.FieldsFunc(s.URIText, func(r rune) bool { return r == '/' || r == ':' || r == '?' }) {
			if part == name {
				return lead(arn)
			}
		}
	}
	const most = 5 // queues; each is tried
	var fixes []diagnose.Fix
	for _, arn := range queues[:min(len(queues), most)] {
		fixes = append(fixes, lead(arn)...)
	}
	if fixes = reaching(p, fixes); len(fixes) > 1 {
		return nil // which one is meant cannot be told
	}
	return fixes
}
