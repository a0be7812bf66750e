package iam

import (
	"strings"
	"testing"
)

// Facts 72, 74, 75, 77: the texts of AWS.
func TestMessages(t *testing.T) {
	user := "User: " + session + " is not authorized to perform: sqs:sendmessage on resource: " + queueARN
	everyoneDenied := `"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*"`
	for name, tt := range map[string]struct {
		in   Inputs
		want string
	}{
		"nothing allows":          {Inputs{}, " because no identity-based policy allows the sqs:sendmessage action"},
		"boundary":                {Inputs{Identity: documents(t, allowSend), Boundary: document(t, allowS3)}, " because no permissions boundary allows the sqs:sendmessage action"},
		"session policy":          {Inputs{Identity: documents(t, allowSend), Session: document(t, allowS3)}, " because no session policy allows the sqs:sendmessage action"},
		"SCP":                     {Inputs{Identity: documents(t, allowSend), SCPs: given(documents(t, allowS3))}, " because no service control policy allows the sqs:sendmessage action"},
		"explicit":                {Inputs{Identity: documents(t, denySend)}, " with an explicit deny in an identity-based policy"},
		"explicit, queue policy":  {Inputs{Resource: document(t, everyoneDenied)}, " with an explicit deny in a resource-based policy"},
		"explicit, RCP":           {Inputs{RCPs: given(documents(t, everyoneDenied))}, " with an explicit deny in a resource control policy"},
		"explicit, SCP":           {Inputs{SCPs: given(documents(t, denySend))}, " with an explicit deny in a service control policy"},
		"explicit, boundary":      {Inputs{Boundary: document(t, denySend)}, " with an explicit deny in a permissions boundary"},
		"explicit, session":       {Inputs{Session: document(t, denySend)}, " with an explicit deny in a session policy"},
		"one type is named (f75)": {Inputs{Identity: documents(t, denySend), Boundary: document(t, denySend)}, " with an explicit deny in an identity-based policy"},
	} {
		d := Evaluate(send(), complete(tt.in))
		if got := d.Message(send()); got != user+tt.want {
			t.Errorf("%s: got %q", name, got)
		}
	}

	foreignRequest := send()
	foreignRequest.Resource, foreignRequest.ResourceAccount = foreignQ, foreign
	d := Evaluate(foreignRequest, complete(Inputs{Identity: documents(t, allowAll)}))
	if got := d.Message(foreignRequest); !strings.HasSuffix(got, "because no resource-based policy allows the sqs:sendmessage action") {
		t.Errorf("fact 74, cross account: %q", got)
	}
	d = Evaluate(useKey(), complete(Inputs{Service: KMS, Resource: document(t, keyForRoot)}))
	if got := d.KMSMessage(useKey()); !strings.Contains(got, "because no identity-based policy allows the kms:GenerateDataKey action (Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException; ") {
		t.Errorf("fact 77: %q", got)
	}
	allowed := Evaluate(send(), complete(Inputs{Identity: documents(t, allowSend)}))
	if allowed.Message(send())+allowed.KMSMessage(send()) != "" {
		t.Error("an allowed request has no error text")
	}
}
