package iam

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// pick returns one of the texts.
func pick(rng *rand.Rand, texts ...string) string { return texts[rng.IntN(len(texts))] }

// randomStatement makes a statement from few words, so that what matches and what
// does not are about equally common.
func randomStatement(rng *rand.Rand, principal bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"Effect":%q`, pick(rng, "Allow", "Allow", "Allow", "Deny"))
	if principal {
		fmt.Fprintf(&b, `,%q:%s`, pick(rng, "Principal", "Principal", "Principal", "NotPrincipal"), pick(rng, `"*"`, `{"AWS":"*"}`, aws(roleARN), aws(session), aws(rootARN), aws(account), aws(foreign),
			aws(roleARN, session, rootARN), aws("arn:aws:iam::111111111111:role/api/ORDERS-api"), `{"Service":"apigateway.amazonaws.com"}`, aws("AROAEXAMPLEEXAMPLE123")))
	}
	fmt.Fprintf(&b, `,%q:%s`, pick(rng, "Action", "Action", "Action", "NotAction"), pick(rng, `"*"`, `"sqs:*"`, `["sqs:SendMessage","kms:GenerateDataKey"]`, `"kms:*"`, `"s3:*"`, `"sqs:Send????age"`))
	if rng.IntN(12) > 0 {
		fmt.Fprintf(&b, `,%q:%s`, pick(rng, "Resource", "Resource", "Resource", "NotResource"), pick(rng, `"*"`, `"`+queueARN+`"`, `"`+keyARN+`"`, `"arn:aws:sqs:*:*:ord*"`, `"arn:aws:*:us-east-1:111111111111:*"`,
			`["arn:aws:sqs:us-east-1:222222222222:orders","arn:aws:kms:*"]`, `"arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:orders"`, `"arn:aws:sqs:us-east-1:111111111111:${aws:PrincipalTag/queue}"`, `"arn:aws:sqs:us-*t-1:111111111111"`))
	}
	if rng.IntN(3) == 0 {
		operator := pick(rng, "StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "ArnLike", "ArnNotEquals", "Null", "Bool", "IpAddress", "NotIpAddress", "NumericLessThan", "DateNotEquals", "BinaryEquals")
		if operator != "Null" {
			operator = pick(rng, "", "", "ForAllValues:", "ForAnyValue:") + operator + pick(rng, "", "", "IfExists")
		}
		key := pick(rng, "aws:PrincipalArn", "aws:PrincipalTag/queue", "aws:RequestedRegion", "aws:SourceIp", "aws:SecureTransport", "aws:SourceArn", "aws:CurrentTime", "kms:EncryptionContextKeys", "aws:MultiFactorAuthPresent", "aws:PrincipalAccount")
		value := pick(rng, `"true"`, `false`, `"*"`, `"orders"`, `"us-east-?"`, `["us-east-1","eu-west-1"]`, `"arn:aws:iam::*:role/*"`, `"10.0.0.0/8"`, `5`, `"2026-01-01"`, `"${aws:PrincipalArn}"`, `"${aws:SourceIp}*"`, `"111111111111"`, `["aws:sqs:arn","x"]`, `[]`)
		fmt.Fprintf(&b, `,"Condition":{%q:{%q:%s}}`, operator, key, value)
	}
	b.WriteByte('}')
	return b.String()
}

func randomDocument(t testing.TB, rng *rand.Rand, principal bool) Document {
	statements := make([]string, 1+rng.IntN(4))
	for i := range statements {
		statements[i] = randomStatement(rng, principal)
	}
	version := pick(rng, `"Version":"2012-10-17",`, `"Version":"2012-10-17",`, "")
	return Document{Name: "random", Policy: parsed(t, `{`+version+`"Statement":[`+strings.Join(statements, ",")+`]}`)}
}

func randomInputs(t testing.TB, rng *rand.Rand) (Request, Inputs) {
	r, in := send(), Inputs{IdentityComplete: true, GrantsKnown: true, SCPs: Organization{State: OrganizationNone}, RCPs: Organization{State: OrganizationNone}}
	if rng.IntN(2) == 0 {
		r, in.Service = useKey(), KMS
		if rng.IntN(4) == 0 {
			in.Grants = []Grant{{Grantee: pick(rng, roleARN, session, rootARN, foreign), Operations: []string{"GenerateDataKey"}}}
		}
		if rng.IntN(8) == 0 {
			in.Service = AWSManagedKey
		}
	}
	if rng.IntN(4) == 0 {
		r.ResourceAccount = foreign
	}
	if rng.IntN(2) == 0 {
		r.Context.Set("aws:PrincipalTag/queue", "orders")
	}
	if rng.IntN(2) == 0 {
		r.Context.Set("aws:SourceIp", "10.1.2.3")
	}
	for range rng.IntN(3) {
		in.Identity = append(in.Identity, randomDocument(t, rng, false))
	}
	optional := func(principal bool) *Document {
		if rng.IntN(3) > 0 {
			return nil
		}
		d := randomDocument(t, rng, principal)
		return &d
	}
	in.Boundary, in.Session = optional(false), optional(false)
	if rng.IntN(3) > 0 {
		d := randomDocument(t, rng, true)
		in.Resource = &d
	}
	if rng.IntN(4) == 0 {
		in.SCPs = given([]Document{randomDocument(t, rng, false), randomDocument(t, rng, false)}, documents(t, allowAll))
	}
	if rng.IntN(4) == 0 {
		in.RCPs = given([]Document{randomDocument(t, rng, true)})
	}
	return r, in
}

// rank orders answers by how much they let through.
func rank(t Tri) int {
	switch t {
	case Yes:
		return 2
	case Unknown:
		return 1
	}
	return 0
}

func describe(r Request, in Inputs) string {
	var b strings.Builder
	show := func(name string, d *Document) {
		if d == nil || d.Policy == nil {
			return
		}
		fmt.Fprintf(&b, "%s version %q\n", name, d.Policy.Version)
		for _, st := range d.Policy.Statements {
			fmt.Fprintf(&b, "  %s not(%v %v %v) %v %v %v %v\n", st.Effect, st.NotAction, st.NotResource, st.NotPrincipal, joinActions(st.Actions), joinResources(st.Resources), joinPrincipals(st.Principals), st.Conditions)
		}
	}
	for i := range in.Identity {
		show("identity", &in.Identity[i])
	}
	show("boundary", in.Boundary)
	show("session", in.Session)
	show("resource", in.Resource)
	fmt.Fprintf(&b, "service %d grants %v", in.Service, in.Grants)
	return b.String()
}

// checkProperties holds for all inputs.
func checkProperties(t *testing.T, rng *rand.Rand, r Request, in Inputs) Decision {
	t.Helper()
	before := Evaluate(r, in)
	if before.Explicit && before.Effect != No || before.Effect == No && before.Layer == NoLayer || before.Effect == Unknown && len(before.Unknowns) == 0 {
		t.Fatalf("inconsistent decision %+v\n%s", before, describe(r, in))
	}

	// A Deny more lets no more through.
	deny := Document{Policy: parsed(t, `{"Version":"2012-10-17","Statement":`+strings.Replace(randomStatement(rng, false), `"Allow"`, `"Deny"`, 1)+`}`)}
	stricter := in
	stricter.Identity = append(slices.Clone(in.Identity), deny)
	if after := Evaluate(r, stricter); rank(after.Effect) > rank(before.Effect) {
		t.Fatalf("a Deny more turns %s into %s\n%s", before.Effect, after.Effect, describe(r, stricter))
	}

	// Knowing less gives the same answer or none.
	less := func(what string, r Request, in Inputs) {
		t.Helper()
		after := Evaluate(r, in)
		if after.Effect != Unknown && (after.Effect != before.Effect || after.Explicit && !before.Explicit) {
			t.Fatalf("%s hidden turns %s (explicit %v) into %s (explicit %v)\n%s", what, before.Effect, before.Explicit, after.Effect, after.Explicit, describe(r, in))
		}
	}
	hidden := Document{Unknown: "hidden"}
	for i := range in.Identity {
		h := in
		h.Identity = slices.Clone(in.Identity)
		h.Identity[i] = hidden
		less("an identity policy", r, h)
	}
	h := in
	h.IdentityComplete = false
	less("the rest of the identity policies", r, h)
	h = in
	h.Boundary = &hidden
	less("the boundary", r, h)
	h = in
	h.Session = &hidden
	less("the session policy", r, h)
	h = in
	h.Resource = &hidden
	less("the resource policy", r, h)
	h = in
	h.GrantsKnown = false
	less("the grants", r, h)
	h = in
	h.SCPs = given(append(slices.Clone(in.SCPs.Levels), []Document{hidden})...)
	less("an SCP level", r, h)
	h = in
	h.RCPs = given(append(slices.Clone(in.RCPs.Levels), []Document{hidden})...)
	less("an RCP level", r, h)
	for _, key := range r.Context.Keys() {
		c := r
		c.Context = r.Context.Clone()
		c.Context.SetUnknown(key, "hidden")
		less("the key "+key, c, in)
	}
	for _, atom := range []string{account, "us-east-1", "orders", "aws"} {
		c := r
		c.Opaque = append(slices.Clone(r.Opaque), atom)
		less("the text "+atom, c, in)
	}
	c := r
	c.Principal.Account, c.ResourceAccount = "", ""
	c.Resource = strings.Replace(c.Resource, account, "", 1)
	if c.Resource == r.Resource {
		less("the accounts", c, in)
	}

	// The order of statements and documents does not matter.
	shuffled := in
	shuffled.Identity = slices.Clone(in.Identity)
	rng.Shuffle(len(shuffled.Identity), func(i, j int) {
		shuffled.Identity[i], shuffled.Identity[j] = shuffled.Identity[j], shuffled.Identity[i]
	})
	for i := range shuffled.Identity {
		shuffled.Identity[i] = shuffleStatements(rng, shuffled.Identity[i])
	}
	for _, d := range []**Document{&shuffled.Boundary, &shuffled.Session, &shuffled.Resource} {
		if *d != nil {
			other := shuffleStatements(rng, **d)
			*d = &other
		}
	}
	if after := Evaluate(r, shuffled); after.Effect != before.Effect || after.Explicit != before.Explicit || after.Layer != before.Layer {
		t.Fatalf("another order turns %s at %q into %s at %q\n%s", before.Effect, before.Layer, after.Effect, after.Layer, describe(r, in))
	}
	return before
}

func shuffleStatements(rng *rand.Rand, d Document) Document {
	if d.Policy == nil {
		return d
	}
	p := *d.Policy
	p.Statements = slices.Clone(p.Statements)
	rng.Shuffle(len(p.Statements), func(i, j int) { p.Statements[i], p.Statements[j] = p.Statements[j], p.Statements[i] })
	d.Policy = &p
	return d
}

func TestProperties(t *testing.T) {
	counts := map[string]int{}
	for seed := range uint64(1000) {
		rng := rand.New(rand.NewPCG(seed, 1))
		r, in := randomInputs(t, rng)
		counts[outcome(checkProperties(t, rng, r, in))]++
	}
	for _, want := range []string{"allow", "explicit", "implicit", "unknown"} {
		if counts[want] < 20 {
			t.Errorf("only %d of the random requests are %s: the test tests little", counts[want], want)
		}
	}
}

func FuzzEvaluate(f *testing.F) {
	f.Add(uint64(1), plainPolicy, benchQueuePolicy, "")
	f.Add(uint64(2), benchPolicy(5, true), `{"Statement":{"Effect":"Deny","NotPrincipal":{"AWS":["`+roleARN+`"]},"NotAction":"sqs:*"}}`, plainPolicy)
	f.Add(uint64(3), `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:*:${aws:PrincipalAccount}:*","Condition":{"ForAllValues:ArnLikeIfExists":{"aws:PrincipalArn":["arn:aws:*::*:${aws:PrincipalTag/queue, 'x'}"]}}}]}`, "", "")
	f.Fuzz(func(t *testing.T, seed uint64, identity, resource, boundary string) {
		if len(identity)+len(resource)+len(boundary) > 4000 {
			return
		}
		rng := rand.New(rand.NewPCG(seed, 2))
		r, in := randomInputs(t, rng)
		if p, _ := Parse(identity); p != nil {
			in.Identity = append(in.Identity, Document{Name: "fuzz", Policy: p})
		}
		if p, _ := Parse(resource); p != nil {
			in.Resource = &Document{Name: "fuzz", Policy: p}
		}
		if p, _ := Parse(boundary); p != nil {
			in.Boundary = &Document{Name: "fuzz", Policy: p}
		}
		d := checkProperties(t, rng, r, in)
		d.Message(r)
	})
}
