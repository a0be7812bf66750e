package rules

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/walk"
)

var signingRegion = diagnose.Rule{
	ID:       "signing-region",
	Stage:    walk.StageSigning,
	Severity: diagnose.Error,
	Title:    "the integration calls SQS in another region than the queue's",
	Doc: `The region in the integration URI decides which endpoint API Gateway calls, and SQS knows only the queues of its own
region. A queue of another region is not found (400 AWS.SimpleQueueService.NonExistentQueue), is denied because the role's
policy names the other ARN (403 AccessDenied), or, when QueueUrl names another region than the endpoint's, is answered with 404
InvalidAddress. An integration of an HTTP API has no URI: its parameter Region says it, and without one SQS is called in the API's
own region.

A literal region in a template of which nobody says where it is deployed is a note: with it the stack works in that region alone.

Repair: put the queue's region into the integration URI, or into the parameter Region. The API itself may be in another region.`,
	Explains: []walk.ErrorCode{walk.InvalidAddress, walk.NonExistentQueue, walk.AccessDenied},
	Refs: []string{
		"https://docs.aws.amazon.com/general/latest/gr/sqs-service.html",
		"https://github.com/aws/aws-sdk-net/issues/437",
	},
	When: callsSQS,
	Check: func(p *diagnose.Pass) {
		s, q := &p.Trace.Signing, &p.Trace.Queue
		address := &p.Trace.Protocol.Effective().Queue
		if from := p.Snapshot.Target.RegionFrom; from.Line > 0 && s.Region == p.Snapshot.Target.Region {
			p.Report(diagnose.Finding{
				Severity: diagnose.Note,
				Message:  "the template names " + s.Region + " for its calls: it works only where it is deployed there",
				Evidence: []diagnose.Evidence{{Label: "region", Value: s.Region, Origin: from}},
				Why:      "No region is given, and other parts of the template follow the region of the stack. Written as ${AWS::Region} it works in every region.",
				Check:    diagnose.NoCheck,
			})
		}
		region := ""
		f := diagnose.Finding{Evidence: []diagnose.Evidence{regionEvidence(p)}}
		switch {
		case uriRegionWrong(p):
			region = address.Region
			f.Codes = walk.AnswerCodes(p.Trace.Protocol.Refusal)
			f.Message = fmt.Sprintf("the integration calls SQS in %s, but QueueUrl is %q", s.Region, p.Expression(address.URL))
		case q.Elsewhere != "" && !p.Opaque(text.RegionOf(q.Elsewhere)): // a region that nobody gave decides nothing
			region = text.RegionOf(q.Elsewhere)
			f.Message = fmt.Sprintf("the integration calls SQS in %s, but the queue %s is in %s", s.Region, p.Expression(lastPart(q.ARN)), region)
			f.Evidence = append(f.Evidence, diagnose.Evidence{Label: "queue", Value: p.Expression(q.Elsewhere)})
			f.Severity = diagnose.Warning // a queue of that name may be there too
			for _, stage := range []walk.Stage{walk.StageAuthorization, walk.StageQueue} {
				if failure := p.Failed(stage); failure != nil {
					f.Severity = diagnose.Error
					f.Codes = append(f.Codes, failure.Codes...)
				}
			}
		default:
			if p.Requires(walk.StageProtocol) && q.Queue == nil && !q.Missing {
				p.Requires(walk.StageQueue)
			}
			return
		}
		f.Why = "SQS in one region does not know the queues of another."
		f.Fixes = regionFixes(p, region)
		f.Check = diagnose.AWS("sqs", "get-queue-url", "--queue-name", lastPart(address.Name), "--region", s.Region)
		p.Report(f)
	},
}

// regionEvidence is what says the region: the URI, or an HTTP API's parameter.
func regionEvidence(p *diagnose.Pass) diagnose.Evidence {
	if p.Trace.Mapping.Subtype == "" {
		return uriEvidence(p)
	}
	if a := argument(p, "Region"); a != nil {
		return argumentEvidence(p, a)
	}
	return diagnose.Evidence{Label: "parameter Region", Value: "none, so that it is the API's own region", Origin: p.Trace.Mapping.Integration.RequestParameters.Origin()}
}

// regionFixes call SQS in the queue's region.
func regionFixes(p *diagnose.Pass, region string) []diagnose.Fix {
	s := &p.Trace.Signing
	if p.Trace.Mapping.Subtype != "" {
		to := region
		if region == p.Snapshot.OwnRegion() {
			to = "" // the API's own is the default
		}
		return []diagnose.Fix{p.Fix("call SQS in "+p.Expression(region)+from(p.Expression(s.Region)), setArgument(p, "Region", to))}
	}
	if to := strings.Replace(s.URIText, ":apigateway:"+s.Region+":", ":apigateway:"+region+":", 1); to != s.URIText {
		return []diagnose.Fix{p.Fix("call SQS in "+region+from(s.Region), setURI(p, to))}
	}
	return nil
}

// uriRegionWrong tells whether QueueUrl and the URI differ in their region and
// the URI is the one to change: QueueUrl names a queue that is known, or the
// region of the API.
func uriRegionWrong(p *diagnose.Pass) bool {
	address := &p.Trace.Protocol.Effective().Queue
	if p.Trace.Protocol.Refusal == nil || address.Problem != walk.AddressOtherRegion {
		return false
	}
	for _, arn := range p.Queues(address.Region) {
		if lastPart(arn) == address.Name {
			return text.RegionOf(arn) == address.Region
		}
	}
	own := p.Snapshot.OwnRegion()
	return address.Region == own && p.Trace.Signing.Region != own
}
