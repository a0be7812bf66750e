package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var signingIntegrationType = diagnose.Rule{
	ID:       "signing-integration-type",
	Stage:    walk.StageSigning,
	Severity: diagnose.Error,
	Title:    "the integration's type does not call AWS services",
	Doc: `A REST API reaches SQS through an integration of type AWS. AWS_PROXY is for Lambda and Firehose only and is refused.
HTTP and HTTP_PROXY take a URL and send the call without a signature, so that SQS sees an anonymous caller and refuses it. MOCK
calls nothing: it looks for a statusCode in the template and answers 500 when it finds a call for SQS there.

An HTTP API has proxy integrations only. It reaches SQS through type AWS_PROXY with one of the subtypes SQS-SendMessage,
SQS-ReceiveMessage, SQS-DeleteMessage and SQS-PurgeQueue, and without a URI. Another subtype (SQS_SEND_MESSAGE), type AWS, or the URI
of a REST API's integration is refused.

Repair: type AWS, a URI of the form arn:aws:apigateway:REGION:sqs:path/ACCOUNT/QUEUE, POST, and an execution role; for an HTTP API
type AWS_PROXY and subtype SQS-SendMessage.`,
	Explains: []walk.ErrorCode{walk.BadRequest, walk.AccessDenied, walk.InternalServerError},
	Refs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-integration-types.html",
		"https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html",
	},
	When: reachedSQS,
	Check: func(p *diagnose.Pass) {
		if p.Trace.Signing.TypeReason != "" {
			reportSubtype(p)
			return
		}
		fact := p.Trace.Mapping.Integration.Type
		stored, ok := fact.Read(p.Gaps())
		if !ok {
			return
		}
		s := &p.Trace.Signing
		f := diagnose.Finding{
			Message:  fmt.Sprintf("integration type %s cannot send to SQS", cmp.Or(stored, "none")),
			Why:      typeConsequence(s.Type),
			Evidence: []diagnose.Evidence{{Label: "integration type", Value: stored, Origin: fact.Origin()}, uriEvidence(p)},
			Fixes:    typeFixes(p, stored),
		}
		switch failure := typeFailure(s); {
		case failure != nil:
			p.ReportAs(f, failure)
		case s.Type == "HTTP" || s.Type == "HTTP_PROXY":
			f.Severity = diagnose.Warning // a queue that is open to everybody would take it
			p.Report(f)
		case p.Opaque(stored):
			p.Requires(walk.StageSigning)
		}
	},
}

// reportSubtype reports the integration of an HTTP API that is of a type or
// subtype, or has a URI, with which AWS does not create it.
func reportSubtype(p *diagnose.Pass) {
	s, i := &p.Trace.Signing, p.Trace.Mapping.Integration
	subtype, _ := i.Subtype.Peek()
	stored, _ := i.Type.Peek()
	p.ReportAs(diagnose.Finding{
		Message: s.TypeReason,
		Why:     "AWS does not create the integration, so that no call is ever made.",
		Evidence: []diagnose.Evidence{{Label: "integration type", Value: stored, Origin: i.Type.Origin()},
			{Label: "integration subtype", Value: cmp.Or(subtype, "none"), Origin: i.Subtype.Origin()}, {Label: "integration URI", Value: cmp.Or(p.Expression(s.URIText), "none"), Origin: s.URIOrigin}},
		Fixes: subtypeFixes(p, stored, subtype),
		Check: p.Stored("get-integration", "IntegrationType must be AWS_PROXY, and IntegrationSubtype one of AWS's"),
	}, s.TypeFailure)
}

// subtypeFixes give the integration the type and subtype that call SQS, and, where
// it was written as for a REST API, the parameters that it then needs.
func subtypeFixes(p *diagnose.Pass, stored, subtype string) []diagnose.Fix {
	i, m := p.Trace.Mapping.Integration, &p.Trace.Mapping
	set := func(field snapshot.IntegrationField, before, after string) snapshot.Change {
		return snapshot.SetIntegration{On: p.Method(), Field: field, Before: before, After: after}
	}
	var changes []snapshot.Change
	if !strings.EqualFold(stored, "AWS_PROXY") {
		changes = append(changes, set(snapshot.FieldType, stored, "AWS_PROXY"))
	}
	if m.Subtype != "" {
		if m.Subtype != subtype {
			changes = append(changes, set(snapshot.FieldSubtype, subtype, m.Subtype))
		}
		return []diagnose.Fix{p.Fix("set the subtype to "+m.Subtype, changes...)}
	}
	uri, _ := i.URI.Peek()
	arn := walk.QueueIn(uri)
	if queues := p.Queues(p.Snapshot.Target.Region); arn == "" && len(queues) == 1 {
		arn = queues[0]
	}
	if arn == "" || subtype != "" {
		return nil
	}
	changes = append(changes, set(snapshot.FieldSubtype, "", "SQS-SendMessage"))
	if uri != "" {
		changes = append(changes, set(snapshot.FieldURI, uri, ""))
	}
	if version, ok := i.PayloadFormat.Peek(); ok && version != "1.0" {
		changes = append(changes, set(snapshot.FieldPayloadFormat, version, "1.0"))
	}
	parameters, _ := i.RequestParameters.Peek()
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		changes = append(changes, setArgument(p, name, ""))
	}
	changes = append(changes, setArgument(p, "QueueUrl", diagnose.QueueURL(arn)), setArgument(p, "MessageBody", "$request.body"))
	return []diagnose.Fix{p.Fix("set the subtype to SQS-SendMessage, with QueueUrl and MessageBody", changes...)}
}

// typeFailure is what the type leads to; an ARN under an HTTP type is refused for
// its form, and the type is what is wrong.
func typeFailure(s *walk.Signing) *walk.Failure {
	if s.TypeFailure == nil && (s.Type == "HTTP" || s.Type == "HTTP_PROXY") && s.URIError != nil {
		return s.EndpointFailure
	}
	return s.TypeFailure
}

func typeConsequence(kind string) string {
	switch kind {
	case "AWS_PROXY":
		return "AWS refuses it: AWS_PROXY integrations are for Lambda and Firehose only."
	case "HTTP", "HTTP_PROXY":
		return "An HTTP integration has no execution role: the call leaves without a signature, and SQS sees an anonymous caller."
	case "MOCK":
		return "A MOCK integration calls nothing; it looks for a statusCode in the rendered template."
	}
	return "AWS does not know such a type."
}

// typeFixes make it an AWS integration, with what that needs.
func typeFixes(p *diagnose.Pass, stored string) []diagnose.Fix {
	s := &p.Trace.Signing
	changes := []snapshot.Change{snapshot.SetIntegration{On: p.Method(), Field: snapshot.FieldType, Before: stored, After: "AWS"}}
	integration := p.Trace.Mapping.Integration
	if method, ok := integration.HTTPMethod.Peek(); ok && method == "" {
		changes = append(changes, snapshot.SetIntegration{On: p.Method(), Field: snapshot.FieldHTTPMethod, After: "POST"})
	}
	uri, _ := integration.URI.Peek()
	if to := walk.QueueURI(walk.QueueIn(uri)); to != "" {
		changes = append(changes, setURI(p, to))
	} else if uri == "" || s.Host != "" && s.URIError == nil && s.URI.Service == "" {
		queues := p.Queues(p.Snapshot.Target.Region)
		if len(queues) != 1 {
			return nil
		}
		changes = append(changes, setURI(p, walk.QueueURI(queues[0])))
	}
	if credentials, ok := integration.Credentials.Peek(); ok && credentials == "" {
		fixes := roleFixes(p, changes...)
		for i := range fixes {
			fixes[i].Title = "set the integration type to AWS, and " + fixes[i].Title
		}
		return fixes
	}
	return []diagnose.Fix{p.Fix("set the integration type to AWS"+from(stored), changes...)}
}
