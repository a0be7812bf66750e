package iam

import (
	"strings"
	"testing"
)

// The names that the tests share.
const (
	account  = "111111111111"
	foreign  = "222222222222"
	queueARN = "arn:aws:sqs:us-east-1:111111111111:orders"
	roleARN  = "arn:aws:iam::111111111111:role/api/orders-api"
	session  = "arn:aws:sts::111111111111:assumed-role/orders-api/BackplaneAssumeRoleSession"
	rootARN  = "arn:aws:iam::111111111111:root"
	keyARN   = "arn:aws:kms:us-east-1:111111111111:key/1a2b3c4d"
	foreignQ = "arn:aws:sqs:us-east-1:222222222222:orders"
	foreignK = "arn:aws:kms:us-east-1:222222222222:key/9f8e"
)

// policy parses statements, each without its braces, under Version 2012-10-17.
func policy(t testing.TB, statements ...string) *Policy {
	t.Helper()
	return parsed(t, `{"Version":"2012-10-17","Statement":[{`+strings.Join(statements, "},{")+`}]}`)
}

func parsed(t testing.TB, text string) *Policy {
	t.Helper()
	p, problems := Parse(text)
	if p == nil {
		t.Fatalf("Parse(%s): %v", text, problems)
	}
	return p
}

func document(t testing.TB, statements ...string) *Document {
	t.Helper()
	return &Document{Name: "doc", Policy: policy(t, statements...)}
}

func documents(t testing.TB, statements ...string) []Document {
	t.Helper()
	return []Document{*document(t, statements...)}
}

// given is an organization with one level for each argument.
func given(levels ...[]Document) Organization {
	return Organization{State: OrganizationGiven, Levels: levels}
}

// Statements that many tests use.
const (
	allowSend  = `"Effect":"Allow","Action":"sqs:SendMessage","Resource":"` + queueARN + `"`
	denySend   = `"Effect":"Deny","Action":"sqs:SendMessage","Resource":"*"`
	allowAll   = `"Effect":"Allow","Action":"*","Resource":"*"`
	allowS3    = `"Effect":"Allow","Action":"s3:*","Resource":"*"`
	allowKey   = `"Effect":"Allow","Action":["kms:GenerateDataKey","kms:Decrypt"],"Resource":"` + keyARN + `"`
	keyForRoot = `"Effect":"Allow","Principal":{"AWS":"` + rootARN + `"},"Action":"kms:*","Resource":"*"`
)

// queueFor is a queue policy statement that allows the send to a principal.
func queueFor(principal string) string {
	return `"Effect":"Allow","Principal":` + principal + `,"Action":"sqs:SendMessage","Resource":"` + queueARN + `"`
}

func aws(names ...string) string {
	return `{"AWS":["` + strings.Join(names, `","`) + `"]}`
}

// send is the call of the role session to the queue.
func send() Request {
	p := RoleSessionPrincipal(roleARN, "AROAEXAMPLE")
	return Request{Principal: p, Action: "sqs:SendMessage", Resource: queueARN, ResourceAccount: account,
		Context: SQSContext(Caller{p, Tags{Known: true}, Membership{Known: true}}, Target{ARN: queueARN, Account: account, Region: "us-east-1", Tags: Tags{Known: true}, Org: Membership{Known: true}})}
}

// useKey is SQS's call to KMS for the role session.
func useKey() Request {
	p := RoleSessionPrincipal(roleARN, "AROAEXAMPLE")
	return Request{Principal: p, Action: "kms:GenerateDataKey", Resource: keyARN, ResourceAccount: account,
		Context: KMSContext(Caller{p, Tags{Known: true}, Membership{Known: true}}, queueARN, Target{ARN: keyARN, Account: account, Region: "us-east-1", Tags: Tags{Known: true}, Org: Membership{Known: true}})}
}

// outcome is a decision in one word.
func outcome(d Decision) string {
	switch {
	case d.Effect == Yes:
		return "allow"
	case d.Effect == Unknown:
		return "unknown"
	case d.Explicit:
		return "explicit"
	}
	return "implicit"
}

// complete makes inputs in which nothing is open.
func complete(in Inputs) Inputs {
	in.IdentityComplete, in.GrantsKnown = true, true
	if in.SCPs.State == OrganizationUnread {
		in.SCPs.State = OrganizationNone
	}
	if in.RCPs.State == OrganizationUnread {
		in.RCPs.State = OrganizationNone
	}
	return in
}
