package rules

import (
	"fmt"
	"maps"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var responseErrorAsSuccess = diagnose.Rule{
	ID:       "response-error-as-success",
	Stage:    walk.StageResponse,
	Severity: diagnose.Error,
	APIs:     []snapshot.APIType{snapshot.REST, snapshot.HTTP},
	Title:    "an error of SQS reaches the client as success",
	Doc: `The integration response without a selection pattern is the default: it takes every answer of SQS that no pattern takes,
also AccessDenied and every other error. When it leads to 200 the client believes that its message is queued while it is lost; there is
no error to be seen. It is how most samples are written, and why a broken integration can go unnoticed for long.

Repair: give the success response the pattern 2\d{2}, map 4\d{2} to 400, and make 500 the default.`,
	Explains: nil,
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html"},
	When:     judgesAnswers,
	Check: func(p *diagnose.Pass) {
		deceiving := outcomes(p, func(o walk.Outcome) bool {
			return o.SQSStatus >= 400 && o.Status >= 200 && o.Status < 300 && o.Response != nil
		})
		if len(deceiving) == 0 {
			return
		}
		o := deceiving[0]
		f := diagnose.Finding{
			Severity: diagnose.Warning,
			Message:  fmt.Sprintf("answers %s of SQS reach the client as %d", statuses(deceiving), o.Status),
			Why:      "The client takes its message for delivered while SQS has refused it.",
			Evidence: []diagnose.Evidence{{Label: "integration responses", Value: patternList(p.Trace.Mapping.Integration), Origin: o.Response.Origin}},
			Fixes:    []diagnose.Fix{p.Fix(honestTitle(p, deceiving), honestResponses(p, deceiving)...)},
		}
		r := &p.Trace.Response
		if first := p.Trace.FirstFailure(); first != nil && first.Failure.Origin != walk.FromDeployment && r.SQSStatus >= 400 && r.Status >= 200 && r.Status < 300 {
			f.Severity = diagnose.Error
			f.Message = fmt.Sprintf("SQS answers %d to this call, and the client gets %d", r.SQSStatus, r.Status)
			f.Evidence[0].Label = "integration response that is chosen, among"
		}
		p.Report(f)
	},
}

// honestTitle says which errors the client gets with which status then, and no longer
// as success.
func honestTitle(p *diagnose.Pass, deceiving []walk.Outcome) string {
	if p.Trace.Route.API.Type == snapshot.HTTP {
		return fmt.Sprintf("answer %s of SQS with its own status, not with %d", statuses(deceiving), deceiving[0].Status)
	}
	return fmt.Sprintf("answer %s, not with %d", mappedClasses(deceiving), deceiving[0].Status)
}

// honestResponses gives every response that takes errors as success the pattern
// of its own class, and the errors responses of their own.
func honestResponses(p *diagnose.Pass, deceiving []walk.Outcome) []snapshot.Change {
	if p.Trace.Route.API.Type == snapshot.HTTP {
		return relayedStatuses(p, deceiving)
	}
	var changes []snapshot.Change
	var done []*snapshot.IntegrationResponse
	for _, o := range deceiving {
		seen := false
		for _, d := range done {
			seen = seen || d == o.Response
		}
		if seen {
			continue
		}
		done = append(done, o.Response)
		before, after := *o.Response, *o.Response
		after.Pattern = `2\d{2}`
		changes = append(changes, snapshot.SetIntegrationResponse{On: p.Method(), Before: &before, After: &after})
	}
	return append(changes, mappedResponses(p, deceiving)...)
}

// relayedStatuses take the overwritten status out of an HTTP API's response
// parameters, so that the client gets the one of SQS.
func relayedStatuses(p *diagnose.Pass, deceiving []walk.Outcome) []snapshot.Change {
	var changes []snapshot.Change
	for _, o := range deceiving {
		before := *o.Response
		change := snapshot.SetIntegrationResponse{On: p.Method(), Before: &before}
		if rest := maps.Clone(before.Parameters); len(rest) > 1 {
			delete(rest, "overwrite:statuscode")
			after := before
			after.Parameters = rest
			change.After = &after
		}
		changes = append(changes, change)
	}
	return changes
}
