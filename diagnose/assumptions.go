package diagnose

import (
	"slices"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// assume lists what the diagnoses take for granted of callers and of what stands in
// front of the methods, each once, behind what the source took for granted.
func (e *Examination) assume() {
	list := slices.Clip(e.Target.Assumed)
	for i := range e.Diagnoses {
		t := e.Diagnoses[i].Trace
		if t == nil || t.Route.API == nil || t.Route.Method == nil || t.Step(walk.StageRoute).Status == walk.Failed {
			continue
		}
		for _, one := range slices.Concat(callerAssumed(&t.Route), frontAssumed(&t.Route)) {
			if !slices.ContainsFunc(list, func(a snapshot.Assumption) bool { return a.What == one.What }) {
				list = append(list, one)
			}
		}
	}
	e.Target.Assumed = list
}

// callerAssumed is what is taken for granted of who calls.
func callerAssumed(r *walk.Route) []snapshot.Assumption {
	var list []snapshot.Assumption
	add := func(at snapshot.Origin, what, why string) {
		list = append(list, snapshot.Assumption{What: what, Why: why, Origin: at})
	}
	m := r.Method
	switch kind, _ := m.Authorization.Peek(); kind {
	case "", "NONE":
	case "AWS_IAM":
		add(m.Authorization.Origin(), "the caller signs the call and may invoke the API", "the caller's policies are not part of the API")
	default:
		id, _ := m.AuthorizerID.Peek()
		name, at := id, m.AuthorizerID.Origin()
		if fact, there := r.Configuration.Authorizers[id]; there {
			at = fact.Origin()
			if authorizer, ok := fact.Peek(); ok && authorizer.Name != "" {
				name = authorizer.Name
			}
		}
		add(at, "the authorizer "+name+" lets the caller in", "whom it lets in is decided outside of the API")
	}
	if needed, _ := m.APIKeyRequired.Peek(); needed {
		add(m.APIKeyRequired.Origin(), "the caller's API key is enabled and belongs to a usage plan of the stage", "API keys are secrets and are not read")
	}
	if r.CallerDecides {
		add(r.API.Policy.Origin(), "the caller is one whom the API's resource policy lets in", "the policy looks at who calls: by address, VPC endpoint or identity")
	}
	return list
}

// frontAssumed is what is taken for granted of what a call passes before the method.
func frontAssumed(r *walk.Route) []snapshot.Assumption {
	var list []snapshot.Assumption
	add := func(at snapshot.Origin, what, why string) {
		list = append(list, snapshot.Assumption{What: what, Why: why, Origin: at})
	}
	domains, _ := r.API.Domains.Peek()
	for _, d := range domains {
		if d.MutualTLS {
			add(d.Origin, "callers by "+d.Name+" show a certificate that it trusts", "the trust store of mutual TLS is not read")
		}
	}
	if disabled, _ := r.API.DefaultEndpointDisabled.Peek(); disabled && len(domains) == 0 {
		add(r.API.DefaultEndpointDisabled.Origin(), "callers come by a custom domain name", "the default endpoint is disabled, and no domain name is known that leads to the API")
	}
	if r.Stage == nil {
		return list
	}
	if acl, _ := r.Stage.WebACL.Peek(); acl != "" && !r.Stage.WebACLBlocks {
		add(r.Stage.WebACL.Origin(), "the web ACL lets the calls through", "what the rules of web ACLs compare is not looked at")
	}
	if at, limited := limits(r); limited {
		add(at, "the calls stay within throttling and quotas", "how often callers call is not known")
	}
	return list
}

// limits finds a limit that the stage or one of its usage plans sets.
func limits(r *walk.Route) (snapshot.Origin, bool) {
	set := func(s snapshot.MethodSettings) bool {
		return s.ThrottleRate != nil && *s.ThrottleRate >= 0 || s.ThrottleBurst != nil && *s.ThrottleBurst >= 0
	}
	settings, _ := r.Stage.Settings.Peek()
	for _, s := range settings {
		if set(s) {
			return r.Stage.Settings.Origin(), true
		}
	}
	for _, plan := range r.Stage.UsagePlans {
		if needed, _ := r.Method.APIKeyRequired.Peek(); needed && (plan.Quota != nil || plan.Own != nil || set(plan.Limits)) {
			return plan.Origin, true
		}
	}
	return snapshot.Origin{}, false
}
