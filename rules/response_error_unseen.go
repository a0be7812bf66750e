package rules

import (
	"cmp"
	"fmt"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var responseErrorUnseen = diagnose.Rule{
	ID:       "response-error-unseen",
	Stage:    walk.StageResponse,
	Severity: diagnose.Warning,
	APIs:     webSocketOnly,
	Title:    "the client is not told what becomes of its frame",
	Doc: `A route of a WebSocket API is one-way unless it has a route response: whatever SQS answers, the client gets nothing. A
message that SQS refuses is lost, and neither side notices. Only the stage's logs and the metric IntegrationError tell. With a
route response, the integration needs an integration response too, which makes the frame of SQS's answer.

Repair: give the route a route response ($default, with the route response selection expression $default) and the integration an
integration response, and let the stage log errors: logging level ERROR, or an access log with $context.integrationErrorMessage.`,
	Refs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-response.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html",
	},
	When: reached,
	Check: func(p *diagnose.Pass) {
		m := p.Trace.Route.Method
		if _, ok := m.ResponseSelection.Read(p.Gaps()); !ok || p.Awkward != "" {
			return
		}
		r := &p.Trace.Response
		switch {
		case r.Delivery == walk.DeliveryNone && r.SQSStatus >= 400:
			f := unseen(p, fmt.Sprintf("SQS answers %d, the message is lost, and the client is told nothing", r.SQSStatus))
			f.Severity = diagnose.Warning // the error is that of the rule that says why SQS refuses
			p.Report(f)
		case r.Delivery == walk.DeliveryNone && r.SQSStatus != 0 && m.RouteKey != "$disconnect":
			p.Report(unseen(p, "the route is one-way: were SQS to refuse a message, nobody would be told"))
		case r.ErrorFrame && r.SQSStatus != 0 && r.Chosen == nil && r.TemplateErr == "":
			reportUnanswered(p)
		}
	},
}

// unseen is the finding of a route that answers nothing.
func unseen(p *diagnose.Pass, message string) diagnose.Finding {
	fact := p.Trace.Route.Method.ResponseSelection
	selection, _ := fact.Read(p.Gaps())
	return diagnose.Finding{
		Severity: diagnose.Note,
		Message:  message,
		Why:      "The route has no route response, so that no answer goes back to the client.",
		Evidence: []diagnose.Evidence{{Label: "route response selection expression", Value: cmp.Or(selection, "none"), Origin: fact.Origin()}},
		Fixes:    twoWayFixes(p, selection),
		Check:    diagnose.Say("the stage's log at level ERROR shows what SQS answers"),
	}
}

// twoWayFixes give the route a route response, and the integration what makes a
// frame of SQS's answer. At the end of a connection there is nobody to be told.
func twoWayFixes(p *diagnose.Pass, selection string) []diagnose.Fix {
	if p.Trace.Route.Method.RouteKey == "$disconnect" {
		return nil
	}
	changes := []snapshot.Change{snapshot.AddRouteResponse{On: p.Method(), Before: selection}}
	if responses, ok := p.Trace.Mapping.Integration.Responses.Read(p.Gaps()); ok && len(responses) == 0 {
		changes = append(changes, snapshot.SetIntegrationResponse{On: p.Method(), After: &snapshot.IntegrationResponse{}})
	}
	fix := p.Fix("add a route response to route "+p.Expression(p.Trace.Route.Method.RouteKey)+", which answers the client", changes...)
	fix.Choice = "clients then get a frame for each of theirs, also those that do not expect one"
	return []diagnose.Fix{fix}
}

// reportUnanswered reports a two-way route without an integration response for what
// SQS answers.
func reportUnanswered(p *diagnose.Pass) {
	r, responses := &p.Trace.Response, p.Trace.Mapping.Integration.Responses
	f := diagnose.Finding{
		Severity: diagnose.Warning,
		Message:  fmt.Sprintf("the route has a route response, but no integration response takes %d of SQS: the client does not get the answer", r.SQSStatus),
		Why:      "The frame for the client is made by an integration response; without one the client sees a failure, or nothing, whatever became of the message.",
		Evidence: []diagnose.Evidence{{Label: "integration responses", Value: cmp.Or(patternList(p.Trace.Mapping.Integration), "none"), Origin: responses.Origin()}},
		Fixes: []diagnose.Fix{p.Fix("add an integration response that hands on what SQS answers",
			snapshot.SetIntegrationResponse{On: p.Method(), After: &snapshot.IntegrationResponse{}})},
	}
	p.Report(f)
}
