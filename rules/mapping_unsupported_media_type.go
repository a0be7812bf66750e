package rules

import (
	"cmp"
	"fmt"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var mappingUnsupportedMediaType = diagnose.Rule{
	ID:       "mapping-unsupported-media-type",
	Stage:    walk.StageMapping,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "the client's Content-Type has no template and is refused with 415",
	Doc: `With the passthrough behavior NEVER, and with WHEN_NO_TEMPLATES once there is any template, API Gateway answers 415
Unsupported Media Type to a call whose media type has no mapping template. Parameters such as charset do not count, a call
without Content-Type counts as application/json. NEVER without a single template refuses every call. To refuse what cannot be
mapped is good practice; it is a fault when a call that is meant to work is refused.

Repair: add a template for the content type, or let the client send one that has a template.`,
	Explains: []walk.ErrorCode{walk.UnsupportedMediaType, walk.BadRequest},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html"},
	When:     reached,
	Check: func(p *diagnose.Pass) {
		m := &p.Trace.Mapping
		if !m.Choice.Refused {
			p.Requires(walk.StageMapping)
			return
		}
		if p.Awkward != "" {
			return // a call that is refused loudly harms nobody
		}
		f := diagnose.Finding{
			Message: fmt.Sprintf("%q has no mapping template, and the passthrough behavior is %s", m.Wanted, m.Passthrough),
			Why:     "API Gateway answers " + answerOr(p, "415") + " and does not call SQS.",
			Evidence: []diagnose.Evidence{
				{Label: templateKeys(p), Value: cmp.Or(quoteAll(m.Keys), "none"), Origin: m.Integration.Templates.Origin()},
				{Label: "passthrough behavior", Value: m.Passthrough, Origin: m.Integration.Passthrough.Origin()},
			},
			Fixes: templateFixes(p),
		}
		if r, ok := withTemplate(p); ok {
			f.Request = &r
		}
		p.ReportAs(f, p.Failed(walk.StageMapping))
	},
}
