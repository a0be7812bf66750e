package iam

import (
	"slices"
	"testing"
)

// The table of section E: which key is in which of the three calls.
func TestChainContexts(t *testing.T) {
	caller := Caller{RoleSessionPrincipal(roleARN, "AROAEXAMPLE"), Tags{true, map[string]string{"Team": "blue"}}, Membership{Known: true, OrgID: "o-1", Path: "o-1/r-1/"}}
	hop1 := AssumeRoleContext("us-east-1", Target{ARN: roleARN})
	hop2 := SQSContext(caller, Target{ARN: queueARN, Region: "us-east-1", Tags: Tags{Known: true}})
	hop3 := KMSContext(caller, queueARN, Target{ARN: keyARN, Region: "us-east-1"})
	const gone, open, there = "absent", "unknown", "present, value unknown"
	for _, tt := range []struct{ key, hop1, hop2, hop3 string }{
		{"aws:PrincipalArn", open, roleARN, roleARN},
		{"aws:PrincipalAccount", open, account, account},
		{"aws:PrincipalType", open, "AssumedRole", "AssumedRole"},
		{"aws:userid", open, "AROAEXAMPLE:BackplaneAssumeRoleSession", "AROAEXAMPLE:BackplaneAssumeRoleSession"},
		{"aws:PrincipalIsAWSService", "true", "false", "false"},
		{"aws:PrincipalServiceName", "apigateway.amazonaws.com", gone, gone},
		{"aws:SourceAccount", gone, gone, gone},
		{"aws:SourceArn", open, gone, gone},
		{"aws:SourceOrgID", gone, gone, gone},
		{"sts:ExternalId", gone, gone, gone},
		{"aws:ViaAWSService", open, "false", "true"},
		{"aws:CalledVia", gone, gone, open},
		{"aws:SecureTransport", "true", "true", "true"},
		{"aws:SourceIp", open, open, open},
		{"aws:SourceVpce", open, gone, gone},
		{"aws:PrincipalOrgID", gone, "o-1", "o-1"},
		{"aws:PrincipalTag/team", gone, "blue", "blue"},
		{"aws:PrincipalTag/other", gone, gone, gone},
		{"aws:ResourceAccount", account, account, account},
		{"aws:ResourceTag/env", open, gone, open},
		{"aws:ResourceOrgID", open, open, open},
		{"aws:RequestedRegion", "us-east-1", "us-east-1", "us-east-1"},
		{"aws:TokenIssueTime", gone, there, there},
		{"aws:MultiFactorAuthAge", gone, gone, gone},
		{"aws:UserAgent", there, there, there},
		{"aws:CurrentTime", there, there, there},
		{"aws:username", gone, gone, gone},
		{"kms:ViaService", gone, gone, "sqs.us-east-1.amazonaws.com"},
		{"kms:CallerAccount", gone, gone, account},
		{"kms:EncryptionContext:aws:sqs:arn", gone, gone, queueARN},
		{"kms:EncryptionContextKeys", gone, gone, "aws:sqs:arn"},
		{"kms:RequestAlias", gone, gone, open},
	} {
		for i, c := range []*Context{&hop1, &hop2, &hop3} {
			want := []string{tt.hop1, tt.hop2, tt.hop3}[i]
			k := c.get(lower(tt.key))
			got := gone
			switch {
			case k.presence == maybe && k.open:
				got = open
			case k.presence == present && k.open:
				got = there
			case k.presence == present:
				got = k.values[0]
			}
			if got != want {
				t.Errorf("hop %d, %s: got %s, want %s", i+1, tt.key, got, want)
			}
		}
	}
}

func TestContextKeys(t *testing.T) {
	var c Context
	c.Set("aws:A", "1")
	c.Set("AWS:a", "2") // fact 37: the same key
	copied := c.Clone()
	copied.SetAbsent("aws:a")
	if got := c.get("aws:a"); got.presence != present || !slices.Equal(got.values, []string{"2"}) {
		t.Errorf("got %+v", got)
	}
	if got := copied.get("aws:a"); got.presence != absent {
		t.Errorf("got %+v", got)
	}
	c.SetUnknownPrefix("aws:Tag/", "short")
	c.SetUnknownPrefix("aws:Tag/x", "long")
	if got := c.get("aws:tag/xy"); got.reason != "long" || got.presence != maybe {
		t.Errorf("got %+v", got)
	}
	if !slices.Equal(c.Keys(), []string{"aws:a"}) {
		t.Errorf("got %v", c.Keys())
	}
}

func TestPrincipalNames(t *testing.T) {
	p := RoleSessionPrincipal(roleARN, "")
	if p.SessionARN != session || p.Account != account || p.ARN() != session || p.rootARN() != rootARN {
		t.Errorf("got %+v", p)
	}
	if china := RoleSessionPrincipal("arn:aws-cn:iam::111111111111:role/x", ""); china.SessionARN != "arn:aws-cn:sts::111111111111:assumed-role/x/BackplaneAssumeRoleSession" || china.rootARN() != "arn:aws-cn:iam::111111111111:root" {
		t.Errorf("got %+v", china)
	}
	if p := RoleSessionPrincipal("arn:⟨AWS::Partition⟩:iam::⟨AWS::AccountId⟩:role/a/⟨Sub x/y⟩", "", "⟨AWS::Partition⟩", "⟨AWS::AccountId⟩", "⟨Sub x/y⟩"); p.Account != "⟨AWS::AccountId⟩" ||
		p.SessionARN != "arn:⟨AWS::Partition⟩:sts::⟨AWS::AccountId⟩:assumed-role/⟨Sub x/y⟩/BackplaneAssumeRoleSession" || p.rootARN() != "arn:⟨AWS::Partition⟩:iam::⟨AWS::AccountId⟩:root" {
		t.Errorf("got %+v", p)
	}
	if p := RoleSessionPrincipal("arn:aws:iam::⟨AWS::AccountId⟩:role/x", ""); p.Account != "" || p.SessionARN != "" {
		t.Errorf("colons of a placeholder that was not announced: got %+v", p)
	}
	if open := RoleSessionPrincipal("⟨GetAtt Role.Arn⟩", ""); open.SessionARN != "" || open.Account != "" || open.Type != RoleSession {
		t.Errorf("got %+v", open)
	}
}

func TestTri(t *testing.T) {
	var zero Tri
	if zero != Unknown {
		t.Error("the zero answer must be Unknown")
	}
	for _, tt := range []struct{ a, b, and, or Tri }{
		{Yes, Yes, Yes, Yes}, {Yes, No, No, Yes}, {No, No, No, No},
		{Yes, Unknown, Unknown, Yes}, {No, Unknown, No, Unknown}, {Unknown, Unknown, Unknown, Unknown},
	} {
		if tt.a.And(tt.b) != tt.and || tt.b.And(tt.a) != tt.and || tt.a.Or(tt.b) != tt.or || tt.b.Or(tt.a) != tt.or {
			t.Errorf("%s, %s: and %s, or %s", tt.a, tt.b, tt.a.And(tt.b), tt.a.Or(tt.b))
		}
		if tt.a.And(tt.b).Not() != tt.a.Not().Or(tt.b.Not()) {
			t.Errorf("de Morgan fails for %s, %s", tt.a, tt.b)
		}
	}
}
