package rules

import (
	"fmt"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var responseErrorUnseen = diagnose.Rule{
	ID:       "response-error-unseen",
	Stage:    walk.StageResponse,
	Severity: diagnose.Warning,
	APIs:     webSocketOnly,
	Title:    "the client is not told what becomes of its frame",
	Doc: `A route of a WebSocket API is one-way unless it has a route response: whatever SQS answers, the client gets nothing. A
message that SQS refuses is lost, and neither side notices. Only the stage's logs and the metric IntegrationError tell.

Repair: give the route a route response ($default, with the route response selection expression $default) and the integration an
integration response, or let the stage log errors: logging level ERROR, or an access log with $context.integrationErrorMessage.`,
	Refs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-response.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html",
	},
	NoFix: "a route response is a resource of its own",
	Check: func(p *diagnose.Pass) {
		if !p.Reached() {
			p.NotApplicable()
			return
		}
		fact := p.Trace.Route.Method.ResponseSelection
		if _, ok := fact.Read(p.Gaps()); !ok || p.Awkward != "" {
			return
		}
		r := &p.Trace.Response
		if r.Delivery != walk.DeliveryNone {
			return
		}
		f := diagnose.Finding{
			Severity: diagnose.Note,
			Message:  "the route is one-way: were SQS to refuse a message, nobody would be told",
			Why:      "The route has no route response, so that no answer goes back to the client.",
			Evidence: []diagnose.Evidence{{Label: "route response selection expression", Value: "none", Origin: fact.Origin()}},
			Check:    diagnose.Say("the stage's log at level ERROR shows what SQS answers"),
		}
		if r.SQSStatus >= 400 {
			f.Severity = diagnose.Warning
			f.Message = fmt.Sprintf("SQS answers %d, the message is lost, and the client is told nothing", r.SQSStatus)
		}
		p.Report(f)
	},
}
