package rules

import (
	"cmp"
	"fmt"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var signingCallerCredentials = diagnose.Rule{
	ID:       "signing-caller-credentials",
	Stage:    walk.StageSigning,
	Severity: diagnose.Error,
	Title:    "the caller's own credentials are passed on to SQS",
	Doc: `With the credentials arn:aws:iam::*:user/* API Gateway does not assume a role but passes the identity of the caller
on: every caller needs a policy of its own that allows sqs:SendMessage on the queue, and the use of its key. That needs a method
with AWS_IAM authorization; without it there is no caller to pass on, and the call fails inside of API Gateway.

Repair: use an execution role, unless it is wanted that every caller is judged by SQS.`,
	Explains: []walk.ErrorCode{walk.InternalServerError, walk.AccessDenied, walk.MissingAuthenticationToken},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html"},
	When:     all(reachedSQS, needsRole),
	Check: func(p *diagnose.Pass) {
		s := &p.Trace.Signing
		if _, ok := p.Trace.Mapping.Integration.Credentials.Read(p.Gaps()); !ok || !s.Caller {
			return
		}
		kind, _ := p.Trace.Route.Method.Authorization.Read(p.Gaps())
		f := diagnose.Finding{
			Severity: diagnose.Warning,
			Message:  "the caller's own credentials are passed on: every caller needs its own permission on the queue",
			Why:      "SQS decides on the policies of whoever calls; the doctor cannot know them.",
			Evidence: []diagnose.Evidence{{Label: "integration credentials", Value: s.Credentials, Origin: s.CredOrigin}},
			Fixes:    chosenRole(append(ownRoles(p), ownRole(p)...)),
			Check:    diagnose.Say("ask the policy simulator of IAM whether a caller may call SQS on " + p.Expression(p.Trace.Protocol.QueueARN)),
		}
		if s.IdentityFailure != nil {
			f.Severity = diagnose.Error
			f.Message = fmt.Sprintf("the caller's own credentials are to be passed on, but the method's authorization is %q", cmp.Or(kind, "NONE"))
			f.Why = "Only a method with AWS_IAM authorization identifies a caller whose credentials could sign."
		}
		p.ReportAs(f, s.IdentityFailure)
	},
}

// chosenRole leaves it to the user whether a role or the caller is judged by SQS.
func chosenRole(fixes []diagnose.Fix) []diagnose.Fix {
	for i := range fixes {
		fixes[i].Choice = "SQS then judges the role and no longer each caller: whoever may call the method may send"
	}
	return fixes
}
