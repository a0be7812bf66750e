package iam

import "testing"

// Facts 1-16: how the policies of a call to SQS combine.
func TestCombination(t *testing.T) {
	tests := []struct {
		name  string
		in    Inputs
		want  string
		layer Layer
	}{
		{"fact 1: default is denial", Inputs{}, "implicit", LayerIdentity},
		{"fact 7: identity policy alone", Inputs{Identity: documents(t, allowSend)}, "allow", LayerIdentity},
		{"fact 7: queue policy alone", Inputs{Resource: document(t, queueFor(aws(roleARN)))}, "allow", LayerQueuePolicy},
		{"fact 1: deny in the identity policy wins", Inputs{Identity: documents(t, allowSend, denySend), Resource: document(t, queueFor(aws(roleARN)))}, "explicit", LayerIdentity},
		{"fact 1: deny in the queue policy wins", Inputs{Identity: documents(t, allowSend),
			Resource: document(t, `"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*"`)}, "explicit", LayerQueuePolicy},
		{"fact 9: boundary caps", Inputs{Identity: documents(t, allowSend), Boundary: document(t, allowS3)}, "implicit", LayerBoundary},
		{"fact 9: boundary grants nothing", Inputs{Boundary: document(t, allowAll)}, "implicit", LayerIdentity},
		{"fact 9: both allow", Inputs{Identity: documents(t, allowSend), Boundary: document(t, `"Effect":"Allow","Action":"sqs:*","Resource":"*"`)}, "allow", LayerIdentity},
		{"fact 10: session policy caps", Inputs{Identity: documents(t, allowSend), Session: document(t, allowS3)}, "implicit", LayerSession},
		{"fact 11: grant to the role is capped by the boundary", Inputs{Resource: document(t, queueFor(aws(roleARN))), Boundary: document(t, allowS3)}, "implicit", LayerBoundary},
		{"fact 11: grant to the role is capped by the session policy", Inputs{Resource: document(t, queueFor(aws(roleARN))), Session: document(t, allowS3)}, "implicit", LayerSession},
		{"fact 12: grant to the session is not", Inputs{Resource: document(t, queueFor(aws(session))), Boundary: document(t, allowS3), Session: document(t, allowS3)}, "allow", LayerQueuePolicy},
		{"fact 12: but by an explicit deny", Inputs{Resource: document(t, queueFor(aws(session))), Boundary: document(t, denySend)}, "explicit", LayerBoundary},
		{"fact 13: grant to everyone is not capped", Inputs{Resource: document(t, queueFor(`"*"`)), Boundary: document(t, allowS3)}, "allow", LayerQueuePolicy},
		{"fact 14: grant to the account needs an identity policy", Inputs{Resource: document(t, queueFor(aws(rootARN)))}, "implicit", LayerIdentity},
		{"fact 14: the bare number is the same", Inputs{Resource: document(t, queueFor(aws(account)))}, "implicit", LayerIdentity},
		{"fact 4: SCP without an Allow", Inputs{Identity: documents(t, allowSend), SCPs: given(documents(t, allowS3))}, "implicit", LayerSCP},
		{"fact 4: every level must allow", Inputs{Identity: documents(t, allowSend), SCPs: given(documents(t, allowAll), documents(t, allowS3))}, "implicit", LayerSCP},
		{"fact 4: inside a level any SCP may", Inputs{Identity: documents(t, allowSend), SCPs: given(append(documents(t, allowS3), documents(t, allowAll)...))}, "allow", LayerIdentity},
		{"fact 5: SCPs grant nothing", Inputs{SCPs: given(documents(t, allowAll))}, "implicit", LayerIdentity},
		{"fact 16: SCP caps a grant to the session", Inputs{Resource: document(t, queueFor(aws(session))), SCPs: given(documents(t, allowS3))}, "implicit", LayerSCP},
		{"fact 4: SCP with a deny", Inputs{Identity: documents(t, allowSend), SCPs: given(documents(t, allowAll, denySend))}, "explicit", LayerSCP},
		{"fact 3: RCP denies", Inputs{Identity: documents(t, allowSend), RCPs: given(documents(t, `"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*"`))}, "explicit", LayerRCP},
		{"fact 3: an RCP need not allow", Inputs{Identity: documents(t, allowSend), RCPs: given(documents(t, `"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"`))}, "allow", LayerIdentity},
		{"fact 15: NotPrincipal hits a role that it does not list", Inputs{Identity: documents(t, allowSend),
			Resource: document(t, `"Effect":"Deny","NotPrincipal":`+aws("arn:aws:iam::111111111111:role/Admin", rootARN)+`,"Action":"sqs:*","Resource":"*"`)}, "explicit", LayerQueuePolicy},
		{"fact 15: with role, session and account listed it does not", Inputs{Identity: documents(t, allowSend),
			Resource: document(t, `"Effect":"Deny","NotPrincipal":`+aws(roleARN, session, rootARN)+`,"Action":"sqs:*","Resource":"*"`)}, "allow", LayerIdentity},
		{"fact 15: with the role alone nobody knows", Inputs{Identity: documents(t, allowSend),
			Resource: document(t, `"Effect":"Deny","NotPrincipal":`+aws(roleARN)+`,"Action":"sqs:*","Resource":"*"`)}, "unknown", NoLayer},
		{"fact 15: a boundary makes it hit everyone", Inputs{Identity: documents(t, allowSend), Boundary: document(t, allowAll),
			Resource: document(t, `"Effect":"Deny","NotPrincipal":`+aws(roleARN, session, rootARN)+`,"Action":"sqs:*","Resource":"*"`)}, "explicit", LayerQueuePolicy},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := Evaluate(send(), complete(tt.in))
			if outcome(d) != tt.want || d.Layer != tt.layer {
				t.Errorf("got %s at %q, want %s at %q", outcome(d), d.Layer, tt.want, tt.layer)
			}
		})
	}
}

// Facts 8, 55, 56: principal and queue in different accounts.
func TestCrossAccount(t *testing.T) {
	identity := `"Effect":"Allow","Action":"sqs:*","Resource":"` + foreignQ + `"`
	queue := func(principal string) *Document {
		return document(t, `"Effect":"Allow","Principal":`+principal+`,"Action":"sqs:*","Resource":"`+foreignQ+`"`)
	}
	tests := []struct {
		name   string
		in     Inputs
		action string
		want   string
		layer  Layer
	}{
		{"identity policy only", Inputs{Identity: documents(t, identity)}, "sqs:SendMessage", "implicit", LayerQueuePolicy},
		{"queue policy only", Inputs{Resource: queue(aws(roleARN))}, "sqs:SendMessage", "implicit", LayerIdentity},
		{"both", Inputs{Identity: documents(t, identity), Resource: queue(aws(roleARN))}, "sqs:SendMessage", "allow", LayerIdentity},
		{"both, the account of the role", Inputs{Identity: documents(t, identity), Resource: queue(aws(account))}, "sqs:SendMessage", "allow", LayerIdentity},
		{"both, everyone", Inputs{Identity: documents(t, identity), Resource: queue(`"*"`)}, "sqs:SendMessage", "allow", LayerIdentity},
		{"the queue's own account", Inputs{Identity: documents(t, identity), Resource: queue(aws(foreign))}, "sqs:SendMessage", "implicit", LayerQueuePolicy},
		{"fact 12: no exemption for the session", Inputs{Identity: documents(t, identity), Resource: queue(aws(session)), Boundary: document(t, allowS3)}, "sqs:SendMessage", "implicit", LayerBoundary},
		{"fact 19: path dropped", Inputs{Identity: documents(t, identity), Resource: queue(aws("arn:aws:iam::111111111111:role/orders-api"))}, "sqs:SendMessage", "implicit", LayerQueuePolicy},
		{"fact 56: not from another account", Inputs{Identity: documents(t, identity), Resource: queue(aws(roleARN))}, "sqs:TagQueue", "implicit", LayerCrossAccount},
		{"fact 84: unknown queue policy, no identity Allow", Inputs{Resource: &Document{Unknown: "not read"}}, "sqs:SendMessage", "implicit", LayerIdentity},
		{"fact 84: unknown queue policy", Inputs{Identity: documents(t, identity), Resource: &Document{Unknown: "not read"}}, "sqs:SendMessage", "unknown", NoLayer},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := send()
			r.Action, r.Resource, r.ResourceAccount = tt.action, foreignQ, foreign
			d := Evaluate(r, complete(tt.in))
			if outcome(d) != tt.want || d.Layer != tt.layer || d.CrossAccount != Yes {
				t.Errorf("got %s at %q, want %s at %q", outcome(d), d.Layer, tt.want, tt.layer)
			}
		})
	}
}

// Facts 17-24: who an entry of a Principal element covers.
func TestPrincipals(t *testing.T) {
	tests := []struct{ name, principal, want string }{
		{"fact 17: everyone", `"*"`, "allow"},
		{"fact 17: everyone, the long way", `{"AWS":"*"}`, "allow"},
		{"fact 17: role", aws(roleARN), "allow"},
		{"fact 17: session", aws(session), "allow"},
		{"fact 18: wildcard in a role", aws("arn:aws:iam::111111111111:role/*"), "implicit"},
		{"fact 18: wildcard in a session", aws("arn:aws:sts::111111111111:assumed-role/orders-api/*"), "implicit"},
		{"fact 19: path dropped", aws("arn:aws:iam::111111111111:role/orders-api"), "implicit"},
		{"fact 19: path in the session", aws("arn:aws:sts::111111111111:assumed-role/api/orders-api/BackplaneAssumeRoleSession"), "implicit"},
		{"fact 20: id of another, deleted role", aws("AROAZZZZZZZZZZZZZZZZZ"), "implicit"},
		{"fact 21: case of a role name", aws("arn:aws:iam::111111111111:role/api/Orders-API"), "unknown"},
		{"fact 22: alternatives", aws("arn:aws:iam::111111111111:role/Other", roleARN), "allow"},
		{"fact 24: the service does not call", `{"Service":"apigateway.amazonaws.com"}`, "implicit"},
		{"a user of the name", aws("arn:aws:iam::111111111111:user/api/orders-api"), "implicit"},
		{"another partition", aws("arn:aws-cn:iam::111111111111:role/api/orders-api"), "implicit"},
		{"an unknown kind", `{"Federated":"*"}`, "implicit"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := Evaluate(send(), complete(Inputs{Resource: document(t, queueFor(tt.principal))}))
			if outcome(d) != tt.want {
				t.Errorf("got %s, want %s", outcome(d), tt.want)
			}
		})
	}
}

// Facts 25-34: actions, resources, variables, in an identity policy.
func TestActionsAndResources(t *testing.T) {
	act := func(a string) string { return `"Effect":"Allow","Action":` + a + `,"Resource":"` + queueARN + `"` }
	res := func(r string) string { return `"Effect":"Allow","Action":"sqs:SendMessage","Resource":` + r }
	tests := []struct{ name, statement, want string }{
		{"fact 25: case", act(`"SQS:sendMESSAGE"`), "allow"},
		{"fact 25: star", act(`"sqs:Send*"`), "allow"},
		{"fact 25: question mark", act(`"sqs:SendMessag?"`), "allow"},
		{"fact 25: question mark is one character", act(`"sqs:SendMessage?"`), "implicit"},
		{"fact 25: everything", act(`"*"`), "allow"},
		{"fact 25: list", act(`["sqs:GetQueueUrl","sqs:SendMessage"]`), "allow"},
		{"fact 26: batch is no action", act(`"sqs:SendMessageBatch"`), "implicit"},
		{"wildcard in the service of an action", act(`"s*:SendMessage"`), "implicit"},
		{"any service", act(`"*:SendMessage"`), "unknown"},
		{"action without a colon", act(`"s*"`), "implicit"},
		{"another service", act(`"sns:SendMessage"`), "implicit"},
		{"fact 28: NotAction", `"Effect":"Allow","NotAction":"sqs:DeleteQueue","Resource":"*"`, "allow"},
		{"fact 28: NotAction that lists it", `"Effect":"Allow","NotAction":"sqs:*","Resource":"*"`, "implicit"},
		{"fact 28: NotResource", `"Effect":"Allow","Action":"sqs:*","NotResource":"arn:aws:sqs:us-east-1:111111111111:other"`, "allow"},
		{"fact 28: NotResource that covers it", `"Effect":"Allow","Action":"sqs:*","NotResource":"arn:aws:sqs:*:*:ord*"`, "implicit"},
		{"fact 29: star runs over colons", res(`"arn:aws:sqs:*"`), "allow"},
		{"fact 29: star as a segment", res(`"arn:aws:sqs:*:*:orders"`), "allow"},
		{"fact 29: star may be nothing", res(`"` + queueARN + `*"`), "allow"},
		{"fact 29: question mark", res(`"arn:aws:sqs:us-east-?:111111111111:orders"`), "allow"},
		{"fact 29: wildcard in the service", res(`"arn:aws:s?s:us-east-1:111111111111:orders"`), "implicit"},
		{"fact 29: everything in a partition", res(`"arn:aws:*"`), "implicit"},
		{"fact 29: wildcard in the service, excepted", `"Effect":"Allow","Action":"sqs:*","NotResource":"arn:aws:s?s:us-east-1:111111111111:orders"`, "unknown"},
		{"fact 30: queue URL", res(`"https://sqs.us-east-1.amazonaws.com/111111111111/orders"`), "implicit"},
		{"fact 30: .fifo", res(`"` + queueARN + `.fifo"`), "implicit"},
		{"fact 31: region", res(`"arn:aws:sqs:eu-west-1:111111111111:orders"`), "implicit"},
		{"fact 31: partition", res(`"arn:aws-cn:sqs:us-east-1:111111111111:orders"`), "implicit"},
		{"fact 31: case", res(`"arn:aws:sqs:us-east-1:111111111111:Orders"`), "implicit"},
		{"five parts", res(`"arn:aws:sqs:us-east-1:orders"`), "implicit"},
		{"brackets are text", res(`"arn:aws:sqs:us-east-1:111111111111:order[s]"`), "implicit"},
		{"fact 32: variable", res(`"arn:aws:sqs:us-east-1:111111111111:${aws:PrincipalTag/queue}"`), "allow"},
		{"fact 33: variable without a value", res(`"arn:aws:sqs:us-east-1:111111111111:${aws:PrincipalTag/none}"`), "implicit"},
		{"fact 33: default", res(`"arn:aws:sqs:us-east-1:111111111111:${aws:PrincipalTag/none, 'orders'}"`), "allow"},
		{"fact 33: default is not used", res(`"arn:aws:sqs:us-east-1:111111111111:${aws:PrincipalTag/queue, 'other'}"`), "allow"},
		{"fact 33: literal star", res(`"arn:aws:sqs:us-east-1:111111111111:order${*}"`), "implicit"},
		{"fact 33: literal question mark", res(`"arn:aws:sqs:us-east-1:111111111111:order${?}"`), "implicit"},
		{"fact 34: no user name", res(`"arn:aws:sqs:us-east-1:111111111111:${aws:username}"`), "implicit"},
		{"variable and star", res(`"arn:aws:sqs:*:*:${aws:PrincipalTag/queue}*"`), "allow"},
		{"variable that is not known", res(`"arn:aws:sqs:us-east-1:111111111111:${aws:PrincipalTag/hidden}"`), "unknown"},
		{"variable that is not known, in another queue's name", res(`"arn:aws:sqs:us-east-1:111111111111:${aws:PrincipalTag/hidden}-dlq"`), "implicit"},
		{"no Resource", `"Effect":"Allow","Action":"sqs:*"`, "unknown or implicit"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := send()
			r.Context.Set("aws:PrincipalTag/queue", "orders")
			r.Context.SetUnknown("aws:PrincipalTag/hidden", "test")
			got := outcome(Evaluate(r, complete(Inputs{Identity: documents(t, tt.statement)})))
			switch tt.want {
			case "unknown or implicit":
				if got == "allow" || got == "explicit" {
					t.Errorf("got %s", got)
				}
			default:
				if got != tt.want {
					t.Errorf("got %s, want %s", got, tt.want)
				}
			}
		})
	}
}

// Fact 32: without Version 2012-10-17 a variable is plain text.
func TestVersionWithoutVariables(t *testing.T) {
	for version, want := range map[string]string{`"Version":"2012-10-17",`: "allow", `"Version":"2008-10-17",`: "implicit", ``: "implicit"} {
		r := send()
		r.Context.Set("aws:PrincipalTag/queue", "orders")
		p := parsed(t, `{`+version+`"Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:us-east-1:111111111111:${aws:PrincipalTag/queue}"}}`)
		d := Evaluate(r, complete(Inputs{Identity: []Document{{Policy: p}}}))
		if outcome(d) != want {
			t.Errorf("%q: got %s, want %s", version, outcome(d), want)
		}
	}
}

// What is not known must not pass for absent (fact 44).
func TestUnknownInputs(t *testing.T) {
	hidden := Document{Name: "attached", Unknown: "access denied to iam:GetPolicyVersion"}
	tests := []struct {
		name string
		in   Inputs
		want string
	}{
		{"a policy that was not read", complete(Inputs{Identity: []Document{hidden}}), "unknown"},
		{"it may also deny", complete(Inputs{Identity: append(documents(t, allowSend), hidden)}), "unknown"},
		{"a certain deny stands", complete(Inputs{Identity: append(documents(t, denySend), hidden)}), "explicit"},
		{"a document without policy and reason", complete(Inputs{Identity: []Document{{}}}), "unknown"},
		{"half a list", Inputs{Identity: documents(t, allowSend), SCPs: Organization{State: OrganizationNone}}, "unknown"},
		{"boundary not read", complete(Inputs{Identity: documents(t, allowSend), Boundary: &hidden}), "unknown"},
		{"boundary not read, nothing allows", complete(Inputs{Boundary: &hidden}), "implicit"},
		{"queue policy not read", complete(Inputs{Identity: documents(t, allowSend), Resource: &hidden}), "unknown"},
		{"an SCP that was not read", complete(Inputs{Identity: documents(t, allowSend), SCPs: given([]Document{hidden})}), "unknown"},
		{"an RCP that was not read", complete(Inputs{Identity: documents(t, allowSend), RCPs: given([]Document{hidden})}), "unknown"},
		{"no inputs at all", Inputs{}, "unknown"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := Evaluate(send(), tt.in)
			if outcome(d) != tt.want {
				t.Errorf("got %s, want %s", outcome(d), tt.want)
			}
			if d.Effect == Unknown && len(d.Unknowns) == 0 {
				t.Error("unknown without a reason")
			}
		})
	}
}

// Organization policies that were not read leave a note, not an open answer.
func TestUnreadOrganization(t *testing.T) {
	d := Evaluate(send(), Inputs{Identity: documents(t, allowSend), IdentityComplete: true})
	if d.Effect != Yes || !d.UnreadSCPs || !d.UnreadRCPs {
		t.Errorf("got %+v", d)
	}
}

// The zero Request and the zero principal are nobody, and nothing lets them in.
func TestZeroRequest(t *testing.T) {
	in := complete(Inputs{Identity: documents(t, allowAll), Resource: document(t, `"Effect":"Allow","Principal":`+aws(roleARN)+`,"Action":"*","Resource":"*"`)})
	if d := Evaluate(Request{}, in); d.Effect == Yes {
		t.Errorf("the zero request is allowed: %+v", d)
	}
}

func TestEvidence(t *testing.T) {
	p := parsed(t, "{\n \"Version\": \"2012-10-17\",\n \"Statement\": [\n  {\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"},\n  {\"Sid\":\"send\","+allowSend+"}\n ]\n}")
	d := Evaluate(send(), complete(Inputs{Identity: []Document{{Name: "orders", Policy: p, Origin: 7}}}))
	want := Match{LayerIdentity, "orders", 7, 2, "send", 5, 3}
	if len(d.Statements) != 1 || d.Statements[0] != want {
		t.Errorf("got %+v, want %+v", d.Statements, want)
	}
}

func TestNearMiss(t *testing.T) {
	tests := []struct{ name, statement, failed, expected, actual string }{
		{"resource", `"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:us-east-1:111111111111:other"`, PartResource, "arn:aws:sqs:us-east-1:111111111111:other", queueARN},
		{"action", `"Effect":"Allow","Action":"sqs:SendMessageBatch","Resource":"*"`, PartAction, "sqs:SendMessageBatch", "sqs:SendMessage"},
		{"condition", `"Effect":"Allow","Action":"sqs:*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}`, PartCondition, "StringEquals aws:RequestedRegion eu-west-1", "aws:RequestedRegion is us-east-1"},
		{"missing key", `"Effect":"Allow","Action":"sqs:*","Resource":"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:execute-api:*:*:*"}}`, PartCondition, "ArnLike aws:SourceArn arn:aws:execute-api:*:*:*", "aws:SourceArn is not in the request"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := Evaluate(send(), complete(Inputs{Identity: documents(t, allowS3, `"Effect":"Allow","Action":"sqs:DeleteQueue","Resource":"arn:aws:sqs:*:*:x"`, tt.statement)}))
			n := d.Nearest
			if n == nil || n.Statement != 3 || n.Failed != tt.failed || n.Expected != tt.expected || n.Actual != tt.actual {
				t.Errorf("got %+v", n)
			}
		})
	}
	if d := Evaluate(send(), complete(Inputs{Identity: documents(t, allowS3)})); d.Nearest != nil {
		t.Errorf("a statement about another service is no near miss: %+v", d.Nearest)
	}
}

// A text that IAM refuses, where its grant or denial would matter, stays open.
func TestRefusedTexts(t *testing.T) {
	for name, in := range map[string]Inputs{
		"deny":         {Identity: documents(t, allowSend, `"Effect":"Deny","Action":"sqs:*","Resource":"arn:aws:s*:us-east-1:111111111111:orders"`)},
		"deny, action": {Identity: documents(t, allowSend, `"Effect":"Deny","Action":"s*:SendMessage","Resource":"*"`)},
		"queue policy": {Resource: document(t, `"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"arn:aws:*:us-east-1:111111111111:orders"`)},
	} {
		if d := Evaluate(send(), complete(in)); d.Effect != Unknown {
			t.Errorf("%s: got %s, want unknown", name, outcome(d))
		}
	}
}
