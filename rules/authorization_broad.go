package rules

import (
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var authorizationBroad = diagnose.Rule{
	ID:       "authorization-broad",
	Stage:    walk.StageAuthorization,
	Severity: diagnose.Note,
	Title:    "the execution role may do more than the integration needs",
	Doc: `The role needs one action on one queue. This one may also send to other queues, or purge, delete or read this one.
That is no error, but a mapping that lets the client choose the operation then reaches further than meant.

Repair: limit the statement to the action and the queue.`,
	Refs: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"},
	When: judges(walk.StageAuthorization),
	Check: func(p *diagnose.Pass) {
		a := &p.Trace.Authorization
		if len(a.Wide) == 0 {
			return
		}
		p.Report(diagnose.Finding{
			Message:  "role " + lastPart(p.Trace.Signing.Credentials) + " may also call " + strings.Join(a.Wide, ", "),
			Why:      "The integration needs " + a.Action + " on one queue only.",
			Evidence: []diagnose.Evidence{matchEvidence(p, *a.WideBy)},
			Check:    diagnose.NoCheck,
		})
	},
}
