package iam

// place points to a statement among the documents of one layer.
type place struct{ doc, statement int32 }

var nowhere = place{-1, -1}

// tally sums up what the documents of one layer say.
type tally struct {
	allow, deny           Tri
	allowPlace, denyPlace place // of the first certain statement
}

// resourceTally is the same for a policy with principals.
type resourceTally struct {
	allow                                Tri
	match                                principalMatch
	deny                                 Tri
	directPlace, rolePlace, accountPlace place
	denyPlace                            place
}

// level is one level of an organization with its index.
type orgTally struct {
	tally
	allowLevel, denyLevel int // where a level lacks an Allow; where a Deny stands
}

// layers is the outcome of all layers: what the combination works on.
type layers struct {
	identity, boundary, session tally
	resource                    resourceTally
	scp, rcp                    orgTally
	grant                       Tri
	grantIndex                  int
	sameAccount                 Tri
	impossible                  bool // from another account
}

// Evaluate decides one request.
func Evaluate(r Request, in Inputs) Decision {
	e := env{r: &r, in: &in, opaque: r.Opaque, action: lower(r.Action)}
	var l layers
	e.tallyLayers(&l)
	d := e.combine(&l)
	e.explain(&d, &l)
	return d
}

func (e *env) tallyLayers(l *layers) {
	l.identity = e.tallyDocuments(e.in.Identity)
	if !e.in.IdentityComplete {
		l.identity.allow, l.identity.deny = l.identity.allow.Or(Unknown), l.identity.deny.Or(Unknown)
	}
	switch e.r.Principal.Type {
	case AccountRoot:
		l.identity.allow = Yes // the account itself
	case AWSService, Anonymous:
		l.identity = tally{No, No, nowhere, nowhere}
	}
	l.boundary = e.tallyCap(e.in.Boundary)
	l.session = e.tallyCap(e.in.Session)
	l.resource = e.tallyResource(e.in.Resource)
	l.scp, l.rcp = e.tallySCPs(), e.tallyRCPs()
	l.grant, l.grantIndex = e.grants()
	l.sameAccount = e.sameAccount()
	l.impossible = e.in.Service == AWSManagedKey || e.in.Service == SQS && ownAccountOnly(e.action)
}

// tallyDocuments sums up documents whose statements have no principal.
func (e *env) tallyDocuments(docs []Document) tally {
	t := tally{No, No, nowhere, nowhere}
	for i := range docs {
		e.addDocument(&t, docs[i].Policy, int32(i))
	}
	return t
}

func (e *env) addDocument(t *tally, p *Policy, index int32) {
	if p == nil {
		t.allow, t.deny = t.allow.Or(Unknown), t.deny.Or(Unknown)
		return
	}
	for j := range p.Statements {
		st := &p.Statements[j]
		switch st.Effect {
		case Allow:
			if t.allow == Yes {
				continue
			}
			if t.allow = t.allow.Or(e.matchStatement(st)); t.allow == Yes {
				t.allowPlace = place{index, int32(j)}
			}
		case Deny:
			if t.deny == Yes {
				continue
			}
			if t.deny = t.deny.Or(e.matchStatement(st)); t.deny == Yes {
				t.denyPlace = place{index, int32(j)}
			}
		}
	}
}

// tallyCap sums up a boundary or session policy; without one nothing is capped
// (facts 9, 10).
func (e *env) tallyCap(d *Document) tally {
	if d == nil || e.r.Principal.Type == AWSService || e.r.Principal.Type == Anonymous {
		return tally{Yes, No, nowhere, nowhere}
	}
	t := tally{No, No, nowhere, nowhere}
	e.addDocument(&t, d.Policy, 0)
	return t
}

// managedKeyPolicy is what the fixed policy of alias/aws/sqs comes to (fact 60).
func (e *env) managedKeyPolicy() resourceTally {
	t := resourceTally{match: matchesNobody, deny: No, directPlace: nowhere, rolePlace: nowhere, accountPlace: nowhere, denyPlace: nowhere}
	via := e.holdsKey("kms:viaservice", "sqs.", ".amazonaws.com")
	t.match.direct = via.And(e.sameAccount())
	t.allow = t.match.direct
	return t
}

// holdsKey reports whether a key's value begins and ends like this.
func (e *env) holdsKey(name, prefix, suffix string) Tri {
	k := e.r.Context.get(name)
	switch {
	case k.presence == absent:
		return No
	case k.presence == maybe || k.open || len(k.values) != 1:
		return Unknown
	}
	return matchTokens(e.opaque.tokens(nil, prefix+"*"+suffix, wild), e.opaque.tokens(nil, k.values[0], literal))
}

func (e *env) tallyResource(d *Document) resourceTally {
	if e.in.Service == AWSManagedKey {
		return e.managedKeyPolicy()
	}
	t := resourceTally{allow: No, match: matchesNobody, deny: No, directPlace: nowhere, rolePlace: nowhere, accountPlace: nowhere, denyPlace: nowhere}
	if d == nil {
		return t
	}
	if d.Policy == nil {
		t.allow, t.deny, t.match = Unknown, Unknown, matchesUnknown
		return t
	}
	for j := range d.Policy.Statements {
		st := &d.Policy.Statements[j]
		if st.Effect == NoEffect || st.Effect == Deny && t.deny == Yes {
			continue
		}
		rest := e.matchStatement(st)
		if rest == No {
			continue
		}
		m := e.principals(st)
		at := place{0, int32(j)}
		if st.Effect == Deny {
			if t.deny = t.deny.Or(m.any().And(rest)); t.deny == Yes {
				t.denyPlace = at
			}
			continue
		}
		addForm(&t.match.direct, &t.directPlace, m.direct.And(rest), at)
		addForm(&t.match.role, &t.rolePlace, m.role.And(rest), at)
		addForm(&t.match.account, &t.accountPlace, m.account.And(rest), at)
		// An entry that covers the caller for certain, in a form that is not
		// known, still allows across accounts.
		t.allow = t.allow.Or(m.any().And(rest))
	}
	return t
}

func addForm(sum *Tri, first *place, one Tri, at place) {
	if one == Yes && *sum != Yes {
		*first = at
	}
	*sum = sum.Or(one)
}

// tallySCPs: every level must allow (fact 4). Services are under no SCP (fact 5).
func (e *env) tallySCPs() orgTally {
	sum := orgTally{tally: tally{Yes, No, nowhere, nowhere}, allowLevel: -1, denyLevel: -1}
	if e.in.SCPs.State != OrganizationGiven || e.r.Principal.Type == AWSService || e.r.Principal.Type == Anonymous {
		return sum
	}
	for i, level := range e.in.SCPs.Levels {
		t := e.tallyDocuments(level)
		if t.allow == No && sum.allow != No {
			sum.allowLevel = i
		}
		if t.deny == Yes && sum.deny != Yes {
			sum.denyLevel, sum.denyPlace = i, t.denyPlace
		}
		sum.allow, sum.deny = sum.allow.And(t.allow), sum.deny.Or(t.deny)
	}
	return sum
}

// tallyRCPs: they can only deny (fact 3), and never AWS managed keys (fact 6).
func (e *env) tallyRCPs() orgTally {
	sum := orgTally{tally: tally{Yes, No, nowhere, nowhere}, allowLevel: -1, denyLevel: -1}
	if e.in.RCPs.State != OrganizationGiven || e.in.Service == AWSManagedKey || e.in.Service == APIGateway {
		return sum
	}
	for i, level := range e.in.RCPs.Levels {
		for j := range level {
			t := e.tallyResourceControl(&level[j])
			if t.deny == Yes && sum.deny != Yes {
				sum.denyLevel, sum.denyPlace = i, place{int32(j), t.denyPlace.statement}
			}
			sum.deny = sum.deny.Or(t.deny)
		}
	}
	return sum
}

func (e *env) tallyResourceControl(d *Document) tally {
	t := tally{Yes, No, nowhere, nowhere}
	if d.Policy == nil {
		t.deny = Unknown
		return t
	}
	for j := range d.Policy.Statements {
		st := &d.Policy.Statements[j]
		if st.Effect != Deny || t.deny == Yes {
			continue
		}
		// RCP statements name no one but "*"; one without it is read so.
		who := Yes
		if st.hasPrincipal && !(len(st.Principals) == 1 && st.Principals[0].form == formEveryone && !st.NotPrincipal) {
			who = e.principals(st).any()
		}
		if t.deny = t.deny.Or(e.matchStatement(st).And(who)); t.deny == Yes {
			t.denyPlace = place{0, int32(j)}
		}
	}
	return t
}

// sameAccount compares the accounts of principal and resource.
func (e *env) sameAccount() Tri {
	account := e.resourceAccount()
	if e.r.Principal.Type == AWSService || e.r.Principal.Type == Anonymous {
		return Yes // no account on the other side
	}
	if account == "" || e.r.Principal.Account == "" {
		return Unknown
	}
	return e.opaque.equal(account, e.r.Principal.Account)
}

func (e *env) resourceAccount() string {
	if e.r.ResourceAccount != "" {
		return e.r.ResourceAccount
	}
	arn, _ := e.opaque.parseARN(e.r.Resource)
	return arn.Account
}

// ownAccountOnly reports whether SQS refuses the action to other accounts
// whatever the policies say (fact 56). The action is in lower case.
func ownAccountOnly(action string) bool {
	switch action {
	case "sqs:addpermission", "sqs:createqueue", "sqs:deletequeue", "sqs:listqueues", "sqs:listqueuetags",
		"sqs:removepermission", "sqs:setqueueattributes", "sqs:tagqueue", "sqs:untagqueue":
		return true
	}
	return false
}
