package rules

import (
	"fmt"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var responseSuccessAsError = diagnose.Rule{
	ID:       "response-success-as-error",
	Stage:    walk.StageResponse,
	Severity: diagnose.Error,
	APIs:     []snapshot.APIType{snapshot.REST, snapshot.HTTP},
	Title:    "a message that SQS has taken reaches the client as an error",
	Doc: `API Gateway picks the integration response by the status of SQS. When the response that takes SQS's 200 leads to a status of
400 or more, the client is told that its call failed, while the message is in the queue. Clients repeat calls that fail: each attempt
puts the message into the queue once more; there is no error of SQS to be found. It happens when the only response without a pattern is that of the errors, when the
patterns of two responses are exchanged, or when a template sets $context.responseOverride.status.

Repair: give the success response the pattern 2\d{2} and a status such as 200.`,
	Refs: []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html"},
	When: judgesAnswers,
	Check: func(p *diagnose.Pass) {
		wrong := outcomes(p, func(o walk.Outcome) bool {
			return o.SQSStatus < 300 && o.Status >= 400 && !o.Unmapped && !o.Undefined
		})
		if len(wrong) == 0 {
			reportOverride(p)
			return
		}
		o := wrong[0]
		f := diagnose.Finding{
			Severity: diagnose.Warning,
			Message:  fmt.Sprintf("when SQS answers %d the client gets %d", o.SQSStatus, o.Status),
			Why:      "The client takes its message for refused while SQS has it." + queuedByThen(p),
			Evidence: []diagnose.Evidence{{Label: "integration responses", Value: patternList(p.Trace.Mapping.Integration), Origin: o.Response.Origin}},
		}
		if p.Trace.Route.API.Type == snapshot.REST {
			f.Fixes = []diagnose.Fix{p.Fix(fmt.Sprintf("answer %d of SQS with 200, not with %d", o.SQSStatus, o.Status), succeeding(p, o)...)}
		} else {
			f.Fixes = []diagnose.Fix{p.Fix(fmt.Sprintf("answer %d of SQS with its own status, not with %d", o.SQSStatus, o.Status), relayedStatuses(p, wrong[:1])...)}
		}
		if p.Trace.Response.SQSStatus == o.SQSStatus && p.Trace.FirstFailure() == nil {
			f.Severity = diagnose.Error
		}
		p.Report(f)
	},
}

// reportOverride reports a template that gives the answer of a success another status.
func reportOverride(p *diagnose.Pass) {
	r := &p.Trace.Response
	if p.Trace.FirstFailure() != nil || r.SQSStatus < 200 || r.SQSStatus > 299 || r.Status < 400 || r.Chosen == nil {
		return
	}
	p.Report(diagnose.Finding{
		Message:  fmt.Sprintf("when SQS answers %d the client gets %d: a template sets $context.responseOverride.status", r.SQSStatus, r.Status),
		Why:      "The client takes its message for refused while SQS has it." + queuedByThen(p),
		Evidence: []diagnose.Evidence{{Label: "status of the integration response", Value: r.Chosen.Status, Origin: r.Chosen.Origin}},
	})
}

// queuedByThen says what a client's next attempt does where SQS has taken the message.
func queuedByThen(p *diagnose.Pass) string {
	if r := &p.Trace.Response; r.SQSStatus < 200 || r.SQSStatus > 299 || len(p.Trace.Queue.Messages) == 0 {
		return ""
	}
	return " The message is queued by then: a client that tries again queues it twice."
}

// succeeding are the changes by which SQS's success is answered with 200 and the
// response that took it keeps the errors.
func succeeding(p *diagnose.Pass, o walk.Outcome) []snapshot.Change {
	changes := respond(p, responseOf(p, "200"), classPattern(o.SQSStatus/100), "200")
	if o.Response.Pattern != "" {
		narrowed := *o.Response
		narrowed.Pattern = `[3-5]\d{2}`
		changes = append(changes, snapshot.SetIntegrationResponse{On: p.Method(), Before: o.Response, After: &narrowed})
	}
	return changes
}
