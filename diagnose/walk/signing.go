package walk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway"
	"apisqs-doctor/diagnose/internal/gateway/rest"
	"apisqs-doctor/diagnose/internal/iam"
	"apisqs-doctor/diagnose/internal/sqs"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
)

// gatewayService is the principal that assumes execution roles (iam-facts 49).
const gatewayService = "apigateway.amazonaws.com"

// signing derives the endpoint, the HTTP method and the identity of the call.
func (w *signing) signing() {
	step := w.step(StageSigning)
	if w.Mapping.Integration == nil {
		step.blocked(w.firstBlocker())
		return
	}
	w.kind.sign(w, step, &snapshot.Gaps{})
}

// signToURI derives them from the integration's URI, method and credentials.
func (w *signing) signToURI(step *Step, gaps *snapshot.Gaps) {
	if w.signedAlike(step) {
		return
	}
	defer w.keepSigning(step)
	s := w.Signing
	s.Meant = w.meansSQS()
	s.MethodFailure = w.httpMethod(gaps)
	s.EndpointFailure = w.endpointOf(gaps)
	s.TypeFailure = w.wrongType(gaps)
	s.IdentityFailure = w.identity(gaps)
	if s.MethodFailure == nil {
		s.MethodFailure = w.getWithForm()
	}
	failures := []*Failure{s.TypeFailure, s.EndpointFailure, s.IdentityFailure}
	if f := s.MethodFailure; f != nil && f.Origin == FromDeployment {
		failures = slices.Insert(failures, 0, f) // reported before the URI is looked at (T100)
	} else {
		failures = append(failures, f) // a signature is compared once there is a role to sign with
	}
	w.finishSigning(step, gaps, failures)
}

// finishSigning ends the stage with the first of the failures, a refusal to
// deploy before the others.
func (w *signing) finishSigning(step *Step, gaps *snapshot.Gaps, failures []*Failure) {
	s := w.Signing
	for _, f := range failures {
		if f != nil && len(f.Codes) == 0 {
			f.Codes = []ErrorCode{f.Code}
		}
		if f != nil && (step.Failure == nil || f.Origin == FromDeployment && step.Failure.Origin != FromDeployment) {
			step.fail(gaps, *f, "%s", w.signingTrouble(f))
		}
	}
	if step.Failure != nil {
		return
	}
	switch {
	case s.Type == "MOCK":
		step.skip("a MOCK integration calls nothing")
		return
	case s.Host == "" || gaps.Any() && s.URIText == "":
		step.unknown(gaps, "the endpoint is not known")
		return
	}
	step.pass(gaps, "%s %s as %s", s.Method, s.URL(), w.signer())
}

// firstBlocker names the stage that kept the walk from getting further.
func (w *routing) firstBlocker() Stage {
	if w.Route.Method == nil {
		return StageRoute
	}
	return StageMapping
}

func (w *signing) signer() string {
	s := w.Signing
	switch {
	case s.Caller:
		return "the caller"
	case s.Credentials == "" && w.Mapping.Integration.Credentials.IsKnown():
		return "nobody"
	case s.Credentials == "":
		return "a role that is not known"
	}
	return "role " + roleName(s.Credentials)
}

// roleName is the last part of a role's ARN.
func roleName(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

func (w *signing) signingTrouble(f *Failure) string {
	switch {
	case f.Origin == FromDeployment:
		return "AWS refuses the integration: " + f.Message
	case f.Log != "":
		return f.Log
	}
	return f.Message
}

// refusedPut is what PutIntegration answers.
func refusedPut(err error) *Failure {
	return &Failure{Origin: FromDeployment, Code: BadRequest, Message: err.Error()}
}

// httpMethod reads the method towards the service (T68, T100).
func (w *signing) httpMethod(gaps *snapshot.Gaps) *Failure {
	s, i := w.Signing, w.Mapping.Integration
	kind, _ := i.Type.Read(gaps)
	s.Type = strings.ToUpper(kind)
	if s.Type == "MOCK" {
		return nil
	}
	method, ok := i.HTTPMethod.Read(gaps)
	if !ok {
		return nil
	}
	s.Method = strings.ToUpper(method)
	switch {
	case s.Method == "" && s.Type != "" && s.Type != "AWS_PROXY":
		return refusedPut(gateway.ErrNoMethod)
	case s.Method == "ANY":
		s.Method = strings.ToUpper(w.Request.Method) // T68
	case s.Method != "" && !w.isOpaque(method):
		if err := rest.CheckMethod(method); err != nil { // T104, there of a method
			return refusedPut(err)
		}
	}
	return nil
}

// meansSQS tells whether the integration is meant to call SQS, by its URI or by
// what it sends: only then another type or service is a fault.
func (w *signing) meansSQS() bool {
	i := w.Mapping.Integration
	uri, _ := i.URI.Peek()
	if kind, _ := i.Type.Peek(); !strings.EqualFold(kind, "MOCK") && (strings.Contains(uri, ":sqs:") || strings.Contains(uri, "//sqs.") || strings.Contains(uri, ".queue.amazonaws.com")) {
		return true
	}
	return SendsSQS(i)
}

// identity finds out who signs, and whether API Gateway may take that role.
func (w *signing) identity(gaps *snapshot.Gaps) *Failure {
	s, i := w.Signing, w.Mapping.Integration
	s.CredOrigin = i.Credentials.Origin()
	s.Account = w.Snapshot.Target.Account
	if s.Type == "MOCK" || s.Type == "HTTP" || s.Type == "HTTP_PROXY" {
		return nil
	}
	credentials, ok := i.Credentials.Read(gaps)
	if !ok {
		return nil
	}
	if strings.Contains(credentials, "${stageVariables.") && w.Route.Variables != nil {
		var missing []string
		credentials, missing = gateway.StageVariables(credentials, w.Route.Variables)
		s.Missing = append(s.Missing, missing...)
	}
	s.Credentials = credentials
	switch {
	case credentials == "":
		if !s.Meant {
			return nil // Lambda needs none (T101)
		}
		return w.kind.noRole()
	case isCallerCredentials(credentials):
		s.Caller = true
		return w.kind.callers(w, gaps)
	}
	if !isRoleARN(credentials) {
		if w.isOpaque(credentials) {
			gaps.Add(snapshot.Gap{Reason: snapshot.Unresolved, Detail: "the execution role is " + w.expression(credentials), Origin: s.CredOrigin})
			return nil
		}
		return refusedPut(gateway.ErrNotARN) // T103
	}
	if account := text.AccountOf(credentials); isAccount(account) && isAccount(s.Account) && account != s.Account && !w.isOpaque(account) && !w.isOpaque(s.Account) {
		// iam-facts 51: a role of another account cannot be passed.
		return &Failure{Origin: FromDeployment, Code: GatewayAccessDenied, Codes: []ErrorCode{GatewayAccessDenied, BadRequest}, Message: "Cross-account pass role is not allowed."}
	}
	fact := w.Snapshot.Role(credentials)
	role, ok := fact.Read(gaps)
	if !ok {
		s.Principal = iam.RoleSessionPrincipal(credentials, "")
		return nil
	}
	if role == nil {
		s.RoleMissing = true
		return w.kind.unassumable(credentials)
	}
	s.Role = role
	s.Principal = iam.RoleSessionPrincipal(role.ARN, role.ID)
	return w.trust(gaps)
}

// isCallerCredentials tells arn:aws:iam::*:user/*, which passes the caller's own
// identity on (iam-facts 53).
func isCallerCredentials(credentials string) bool {
	a, _ := text.ParseARN(credentials)
	return a.Service == "iam" && a.Account == "*" && a.Resource == "user/*"
}

// noCaller is what comes of caller credentials on a method that identifies no
// caller (iam-facts 53 asks for IAM authorization). Which error API Gateway
// gives is not recorded.
func noCaller() *Failure {
	f := own(gateway.Internal("the caller's credentials are to be passed on, but the method identifies no caller"))
	f.Codes = []ErrorCode{InternalServerError, AccessDenied, MissingAuthenticationToken}
	return f
}

// isAccount tells an account id.
func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

// isRoleARN tells arn:aws:iam::ACCOUNT:role/[PATH/]NAME from anything else.
func isRoleARN(credentials string) bool {
	a, _ := text.ParseARN(credentials)
	return a.Service == "iam" && strings.HasPrefix(a.Resource, "role/") && !strings.HasSuffix(a.Resource, "/")
}

// getWithForm finds a GET that carries the form in its body: AWS answers
// SignatureDoesNotMatch (knowledge centre). A GET with everything in the query
// string is fine (T14).
func (w *signing) getWithForm() *Failure {
	s, m := w.Signing, w.Mapping
	if s.Method != "GET" || s.URI.Service != "sqs" || s.Host == "" || !m.BodyKnown || len(m.Body) == 0 {
		return nil
	}
	r := w.outgoing()
	if sqs.MediaType(r.Header.Get("Content-Type")) != sqs.MediaTypeJSON10 {
		// A form stays a form whatever the client called it.
		r.Header = sqs.Header{"Content-Type": {sqs.MediaTypeForm}}
		if !sqs.FormInGetBody(&r) {
			return nil
		}
	}
	return &Failure{Origin: FromSQS, Status: 403, Code: SignatureMismatch, Codes: []ErrorCode{SignatureMismatch, UnknownOperation},
		Message: "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."}
}

// outgoing is the request as it reaches SQS.
func (w *signing) outgoing() sqs.Request {
	s, m := w.Signing, w.Mapping
	header := sqs.Header{}
	for _, h := range m.Headers {
		if !h.Absent {
			header[h.Name] = append(header[h.Name], h.Value)
		}
	}
	account := s.Account
	if a := text.AccountOf(s.Credentials); a != "" && a != "*" {
		account = a
	}
	return sqs.Request{Method: s.Method, Host: s.Host, Path: s.RequestPath, RawQuery: s.RawQuery, Header: header, Body: m.Body, Region: s.Region, Account: account, Hosts: w.hosts}
}

// isOpaque tells whether a text holds a symbol whose value is not known.
func (e *Engine) isOpaque(text string) bool {
	for _, o := range e.opaque {
		if o != "" && strings.Contains(text, o) {
			return true
		}
	}
	return false
}

// expression writes the symbols of a text as the template does.
func (w *call) expression(text string) string {
	for _, s := range w.Snapshot.Symbols {
		text = strings.ReplaceAll(text, s.Text, s.Expression)
	}
	return text
}

// decisionGaps records what leaves a decision open.
func (w *call) decisionGaps(gaps *snapshot.Gaps, what string, d *iam.Decision) {
	if len(d.Unknowns) == 0 {
		gaps.Add(snapshot.Gap{Reason: snapshot.Unresolved, Detail: what + " depends on values that are not known"})
	}
	for _, u := range d.Unknowns {
		detail := u.Reason
		if u.Key != "" && !strings.Contains(detail, u.Key) {
			detail = u.Key + ": " + detail
		}
		gaps.Add(snapshot.Gap{Reason: snapshot.Unresolved, Detail: fmt.Sprintf("%s: %s", what, detail), Needs: cmp.Or(w.neededFor(u.Reason), w.neededForKey(u.Key))})
	}
}

// neededForKey is what would tell the value of a condition key; empty when nothing would.
func (w *call) neededForKey(key string) string {
	if !strings.HasSuffix(strings.ToLower(key), "orgid") || w.Snapshot.OrganizationID.IsKnown() {
		return ""
	}
	return cmp.Or(w.Snapshot.OrganizationID.Gap().Needs, snapshot.NeedsOrganization)
}

// neededFor is what would tell the first value that a text lacks; empty when nothing would.
func (w *call) neededFor(text string) string {
	for _, s := range w.Snapshot.Symbols {
		if s.Needs != "" && strings.Contains(text, s.Text) {
			return s.Needs
		}
	}
	return ""
}
