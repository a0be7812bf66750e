package rules

import (
	"cmp"
	"fmt"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var signingPayloadFormat = diagnose.Rule{
	ID:       "signing-payload-format",
	Stage:    walk.StageSigning,
	Severity: diagnose.Error,
	APIs:     httpOnly,
	Title:    "the payload format version is missing, or none that a subtype takes",
	Doc: `An integration of an HTTP API states a payload format version. For everything but a Lambda function there is one only, 1.0.
AWS does not create an integration with a subtype that states none, or 2.0. Terraform fills in 1.0 by itself; in CloudFormation,
SAM and OpenAPI documents it has to be written.

Repair: set PayloadFormatVersion to "1.0" (payloadFormatVersion in an OpenAPI document).`,
	Explains: []walk.ErrorCode{walk.BadRequest},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services.html"},
	Check: func(p *diagnose.Pass) {
		if !p.Reached() || p.Trace.Mapping.Subtype == "" {
			p.NotApplicable()
			return
		}
		fact := p.Trace.Mapping.Integration.PayloadFormat
		version, ok := fact.Read(p.Gaps())
		if !ok || p.Trace.Signing.PayloadFailure == nil {
			return
		}
		message := "the integration states no payload format version"
		if version != "" {
			message = fmt.Sprintf("the payload format version is %q; a subtype takes 1.0 only", version)
		}
		p.ReportAs(diagnose.Finding{
			Message:  message,
			Why:      "AWS does not create the integration, so that no call is ever made.",
			Evidence: []diagnose.Evidence{{Label: "payload format version", Value: cmp.Or(version, "none"), Origin: fact.Origin()}},
			Fixes: []diagnose.Fix{p.Fix("set the payload format version to 1.0"+from(version),
				snapshot.SetIntegration{On: p.Method(), Field: snapshot.FieldPayloadFormat, Before: version, After: "1.0"})},
			Check: p.Stored("get-integration", "PayloadFormatVersion must be 1.0"),
		}, p.Trace.Signing.PayloadFailure)
	},
}
