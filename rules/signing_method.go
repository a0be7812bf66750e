package rules

import (
	"cmp"
	"fmt"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var signingMethod = diagnose.Rule{
	ID:       "signing-method",
	Stage:    walk.StageSigning,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "the integration's HTTP method does not carry the call",
	Doc: `The integration has an HTTP method of its own, which is not the method that the client uses. SQS reads a form or a
JSON document only in the body of a POST. An integration with GET and a body template signs one request and sends another:
SQS answers 403 SignatureDoesNotMatch. Other methods with the call in the body give 404 UnknownOperationException. Without an
HTTP method AWS does not store the integration at all ("Enumeration value for HttpMethod must be non-empty").

A GET whose Action and parameters all stand in the query string works, and so does a POST integration under a GET method.

Repair: set the integration's HTTP method (integrationHttpMethod) to POST and deploy the API.`,
	Explains: []walk.ErrorCode{walk.SignatureMismatch, walk.UnknownOperation, walk.BadRequest},
	Article:  true,
	Refs: []string{
		refArticle,
		"https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html",
	},
	Check: func(p *diagnose.Pass) {
		if !reachedSQS(p) || p.Trace.Signing.Type == "MOCK" {
			p.NotApplicable()
			return
		}
		fact := p.Trace.Mapping.Integration.HTTPMethod
		stored, ok := fact.Read(p.Gaps())
		if !ok {
			return
		}
		s := &p.Trace.Signing
		failure := s.MethodFailure
		message, why := "", "SQS reads a form or a JSON document only in the body of a POST."
		switch {
		case failure != nil && stored == "":
			message, why = "the integration has no HTTP method", "AWS does not store an integration without one."
		case failure != nil && failure.Origin == walk.FromDeployment:
			message, why = fmt.Sprintf("%q is no HTTP method", stored), "AWS does not store such an integration."
		case failure != nil:
			why = "API Gateway signs a GET and SQS checks the signature without its body; it would not read a form in there either."
		case p.Trace.Protocol.Faults.Method:
			failure = p.Failed(walk.StageProtocol)
		default:
			if s.Method != "POST" {
				p.Requires(walk.StageProtocol)
			}
			return
		}
		if message == "" {
			message = fmt.Sprintf("integration method %s with the call in the body", s.Method)
			if stored != s.Method {
				message = fmt.Sprintf("integration method %s takes the client's %s, and the call stands in the body", stored, s.Method)
			}
		}
		p.ReportAs(diagnose.Finding{
			Message:  message,
			Why:      why,
			Evidence: []diagnose.Evidence{{Label: "integration HTTP method", Value: cmp.Or(stored, "none"), Origin: fact.Origin()}, bodyEvidence(p)},
			Fixes: []diagnose.Fix{p.Fix("set the integration's HTTP method to POST"+from(stored),
				snapshot.SetIntegration{On: p.Method(), Field: snapshot.FieldHTTPMethod, Before: stored, After: "POST"})},
		}, failure)
	},
}
