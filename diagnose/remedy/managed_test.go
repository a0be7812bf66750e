package remedy_test

import (
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// A Deny in a managed policy that was read from AWS: a customer's gets a new version, one
// with nothing else is detached, and AWS's own is never edited. What the role lacks is
// never put into a managed policy, nor into a boundary that AWS manages.
func TestManagedPolicies(t *testing.T) {
	const own, ofAWS = "arn:aws:iam::123456789012:policy/freeze", "arn:aws:iam::aws:policy/Freeze"
	const deny = `{"Sid":"Freeze","Effect":"Deny","Action":"sqs:Send*","Resource":"*"}`
	const other = `{"Effect":"Allow","Action":"logs:PutLogEvents","Resource":"*"}`
	const send = `{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:123456789012:orders"}`
	document := func(statements ...string) string {
		return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
	}
	policy := func(arn, text string) *snapshot.Policy {
		return &snapshot.Policy{Name: arn[strings.LastIndexByte(arn, '/')+1:], ARN: arn, Document: snapshot.Known(text, snapshot.Origin{})}
	}
	for _, c := range []struct {
		name               string
		inline             string
		attached, boundary *snapshot.Policy
		want               string // the commands begin so; empty for no fix
	}{
		{"a customer's policy", document(send), policy(own, document(other, deny)), nil, "aws iam create-policy-version --policy-arn " + own},
		{"a customer's policy of one statement", document(send), policy(own, document(deny)), nil, "aws iam detach-role-policy --role-name orders-api --policy-arn " + own},
		{"a policy of AWS", document(send), policy(ofAWS, document(other, deny)), nil, ""},
		{"a policy of AWS of one statement", document(send), policy(ofAWS, document(deny)), nil, "aws iam detach-role-policy --role-name orders-api --policy-arn " + ofAWS},
		{"a right that a customer's policy lacks", document(other), policy(own, document(other)), nil, "aws iam put-role-policy --role-name orders-api --policy-name send"},
		{"a right that a policy of AWS lacks", document(other), policy(ofAWS, document(other)), nil, "aws iam put-role-policy --role-name orders-api --policy-name send"},
		{"a customer's boundary", document(send), nil, policy(own, document(other)), "aws iam create-policy-version --policy-arn " + own},
		{"a boundary of AWS", document(send), nil, policy(ofAWS, document(other)), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			example, err := fixtures.Load("orders")
			if err != nil {
				t.Fatal(err)
			}
			s := example.Snapshot
			for arn, fact := range s.Roles {
				role, _ := fact.Peek()
				changed := *role
				changed.Inline = snapshot.Known([]snapshot.Policy{{Name: "send", Document: snapshot.Known(c.inline, snapshot.Origin{})}}, snapshot.Origin{})
				if c.attached != nil {
					changed.Attached = snapshot.Known([]snapshot.Policy{*c.attached}, snapshot.Origin{})
				}
				if c.boundary != nil {
					changed.Boundary = snapshot.Known(c.boundary, snapshot.Origin{})
				}
				s.Roles[arn] = snapshot.Known(&changed, fact.Origin())
			}
			e := diagnose.Examine(s, diagnose.Selection{}, nil, rules.All())
			d := &e.Diagnoses[0]
			if d.Verdict != diagnose.Broken {
				t.Fatalf("%s", d.Verdict)
			}
			fixes := d.Findings[0].Fixes
			if c.want == "" {
				if len(fixes) > 0 || len(d.Plan.Fixes) > 0 {
					t.Errorf("offered: %v", fixes)
				}
				return
			}
			if len(fixes) == 0 {
				t.Fatalf("no fix of %s", d.Findings[0].Message)
			}
			commands, err := remedy.Writer{}.Commands(s, fixes[0])
			if err != nil || !strings.HasPrefix(commands[0], c.want) {
				t.Errorf("%v: %q, want %s", err, commands, c.want)
			}
			if strings.Contains(c.want, "create-policy-version") && !strings.Contains(commands[0], "--set-as-default") {
				t.Errorf("the new version is not the one in force: %q", commands)
			}
		})
	}
}
