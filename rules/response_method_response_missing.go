package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var responseMethodResponseMissing = diagnose.Rule{
	ID:       "response-method-response-missing",
	Stage:    walk.StageResponse,
	Severity: diagnose.Error,
	APIs:     restOnly,
	Title:    "an integration response names a status that the method does not declare",
	Doc: `An integration response maps an answer of SQS to a status of the method. When the method does not declare that status,
the configuration is stored and deployed all the same; as soon as the response is chosen the client gets 500 Internal server
error, and the log says "Output mapping refers to an invalid method response". The message may have been queued by then.

Repair: declare the status as a method response.`,
	Explains: []walk.ErrorCode{walk.InternalServerError},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-response.html"},
	When:     judgesAnswers,
	Check: func(p *diagnose.Pass) {
		undefined := outcomes(p, func(o walk.Outcome) bool { return o.Undefined })
		if len(undefined) == 0 {
			return
		}
		var names []string
		var changes []snapshot.Change
		for _, o := range undefined {
			if !slices.Contains(names, o.Response.Status) {
				names = append(names, o.Response.Status)
				changes = append(changes, snapshot.AddMethodResponse{On: p.Method(), Status: o.Response.Status})
			}
		}
		failure := hit(p, undefined)
		f := diagnose.Finding{
			Severity: diagnose.Note,
			Message:  fmt.Sprintf("the method declares no response %s; for status %s of SQS the client gets 500", strings.Join(names, ", "), statuses(undefined)),
			Why:      "API Gateway answers 500 when the chosen integration response leads to a status that the method does not declare.",
			Evidence: []diagnose.Evidence{
				{Label: "integration responses", Value: patternList(p.Trace.Mapping.Integration), Origin: undefined[0].Response.Origin},
				{Label: "method responses", Value: cmp.Or(declaredStatuses(p), "none"), Origin: p.Trace.Route.Method.Responses.Origin()},
			},
			Fixes: []diagnose.Fix{p.Fix("declare the method response "+strings.Join(names, ", "), changes...)},
		}
		if failure != nil {
			f.Severity = diagnose.Error
			f.Why += queuedByThen(p)
		}
		p.ReportAs(f, failure)
	},
}

func declaredStatuses(p *diagnose.Pass) string {
	declared, _ := p.Trace.Route.Method.Responses.Peek()
	var names []string
	for name := range declared {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
