package rules

import (
	"fmt"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

const formType = "application/x-www-form-urlencoded"

var protocolContentType = diagnose.Rule{
	ID:       "protocol-content-type",
	Stage:    walk.StageProtocol,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "a form-encoded body is not announced as a form",
	Doc: `SQS picks its protocol by the Content-Type of the request that API Gateway sends it. A body such as
"Action=SendMessage&MessageBody=..." is read only when it is announced as "application/x-www-form-urlencoded".
Without a mapping API Gateway passes on the client's own Content-Type, mostly application/json, and SQS finds no
operation: 404 with the body <UnknownOperationException/>, as XML whatever the client accepts. Parameters in the query
string need no Content-Type.

Repair: map integration.request.header.Content-Type to 'application/x-www-form-urlencoded', with the single quotes,
and deploy the API.`,
	Explains: []walk.ErrorCode{walk.UnknownOperation},
	Article:  true,
	Refs: []string{
		refArticle,
		"https://docs.aws.amazon.com/prescriptive-guidance/latest/patterns/integrate-amazon-api-gateway-with-amazon-sqs-to-handle-asynchronous-rest-apis.html",
	},
	// T1, T2: a form that SQS cannot see, because it is not called one.
	When: func(p *diagnose.Pass) bool {
		return unannounced(p) || unreadableFor(func(f walk.Faults) bool { return f.ContentType })(p)
	},
	Check: func(p *diagnose.Pass) {
		if unannounced(p) {
			p.Report(diagnose.Finding{
				Codes:    []walk.ErrorCode{walk.UnknownOperation},
				Message:  "nothing maps Content-Type: the form that a template writes is announced by the client's own",
				Why:      "With a template SQS gets a form, and picks its protocol by Content-Type; it reads Action and the other parameters only in a body that is announced as a form.",
				Evidence: []diagnose.Evidence{headerEvidence(p, "Content-Type")},
				Fixes:    []diagnose.Fix{p.Fix("send Content-Type "+formType, setHeader(p, "Content-Type", formType))},
				Check:    p.Curl(p.Trace.Request),
			})
			return
		}
		have, there := p.Trace.Mapping.Header("Content-Type")
		message := fmt.Sprintf("form-encoded body is announced as %q", have.Value)
		if !there {
			message = "form-encoded body is sent without a Content-Type"
		}
		p.ReportAs(diagnose.Finding{
			Message:  message,
			Why:      "SQS picks its protocol by Content-Type; it reads Action and the other parameters only in a body that is announced as a form.",
			Evidence: []diagnose.Evidence{headerEvidence(p, "Content-Type"), bodyEvidence(p)},
			Fixes:    []diagnose.Fix{p.Fix("send Content-Type "+formType, setHeader(p, "Content-Type", formType))},
		}, p.Failed(walk.StageProtocol))
	},
}

// unannounced tells whether the integration has no template and does not say what one
// would write: mapping-template-missing and mapping-unsupported-media-type come first,
// and this waits behind them (T1).
func unannounced(p *diagnose.Pass) bool {
	m := &p.Trace.Mapping
	if p.Awkward != "" || frames(p) || !p.Reached() || p.Trace.Signing.Type != "AWS" || len(m.Keys) > 0 || mappingOf(p, "Content-Type") != "" || mappingOf(p, "X-Amz-Target") != "" {
		return false
	}
	return m.Choice.Refused || m.Choice.Pass && p.Trace.Protocol.Faults.PassedOn && p.Failed(walk.StageProtocol) != nil
}
