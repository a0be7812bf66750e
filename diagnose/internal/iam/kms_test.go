package iam

import (
	"strings"
	"testing"
)

// Facts 59-70: the call of SQS to the key.
func TestKeyPolicy(t *testing.T) {
	keyFor := func(principal string) string {
		return `"Effect":"Allow","Principal":` + principal + `,"Action":["kms:GenerateDataKey","kms:Decrypt"],"Resource":"*"`
	}
	when := func(condition string) string { return keyFor(aws(roleARN)) + `,"Condition":` + condition }
	tests := []struct {
		name  string
		in    Inputs
		want  string
		layer Layer
	}{
		{"fact 64: delegation and IAM", Inputs{Identity: documents(t, allowKey), Resource: document(t, keyForRoot)}, "allow", LayerIdentity},
		{"fact 64: delegation alone", Inputs{Resource: document(t, keyForRoot)}, "implicit", LayerIdentity},
		{"fact 64: IAM without delegation", Inputs{Identity: documents(t, allowKey), Resource: document(t, keyFor(aws("arn:aws:iam::111111111111:user/Admin")))}, "implicit", LayerKeyPolicy},
		{"fact 64: no key policy", Inputs{Identity: documents(t, allowKey)}, "implicit", LayerKeyPolicy},
		{"fact 64: the role named", Inputs{Resource: document(t, keyFor(aws(roleARN)))}, "allow", LayerKeyPolicy},
		{"fact 64: IAM denies count", Inputs{Identity: documents(t, `"Effect":"Deny","Action":"kms:*","Resource":"*"`), Resource: document(t, keyFor(aws(roleARN)))}, "explicit", LayerIdentity},
		{"fact 64: a statement without Resource", Inputs{Resource: document(t, strings.TrimSuffix(keyFor(aws(roleARN)), `,"Resource":"*"`))}, "implicit", LayerKeyPolicy},
		{"fact 13: everyone, boundary without kms", Inputs{Resource: document(t, keyFor(`{"AWS":"*"}`)), Boundary: document(t, allowSend)}, "allow", LayerKeyPolicy},
		{"fact 11: role, boundary without kms", Inputs{Resource: document(t, keyFor(aws(roleARN))), Boundary: document(t, allowSend)}, "implicit", LayerBoundary},
		{"boundary caps IAM", Inputs{Identity: documents(t, allowKey), Resource: document(t, keyForRoot), Boundary: document(t, allowSend)}, "implicit", LayerBoundary},
		{"fact 70: sqs as a principal", Inputs{Resource: document(t, keyFor(`{"Service":"sqs.amazonaws.com"}`))}, "implicit", LayerKeyPolicy},
		{"ViaService of the region", Inputs{Resource: document(t, when(`{"StringEquals":{"kms:ViaService":"sqs.us-east-1.amazonaws.com"}}`))}, "allow", LayerKeyPolicy},
		{"ViaService of another region", Inputs{Resource: document(t, when(`{"StringEquals":{"kms:ViaService":"sqs.eu-west-1.amazonaws.com"}}`))}, "implicit", LayerKeyPolicy},
		{"ViaService of API Gateway", Inputs{Resource: document(t, when(`{"StringEquals":{"kms:ViaService":"apigateway.us-east-1.amazonaws.com"}}`))}, "implicit", LayerKeyPolicy},
		{"encryption context", Inputs{Resource: document(t, when(`{"StringEquals":{"kms:EncryptionContext:aws:sqs:arn":"`+queueARN+`"}}`))}, "allow", LayerKeyPolicy},
		{"encryption context of another queue", Inputs{Resource: document(t, when(`{"StringEquals":{"kms:EncryptionContext:aws:sqs:arn":"`+queueARN+`2"}}`))}, "implicit", LayerKeyPolicy},
		{"encryption context keys", Inputs{Resource: document(t, when(`{"ForAllValues:StringEquals":{"kms:EncryptionContextKeys":["aws:sqs:arn"]}}`))}, "allow", LayerKeyPolicy},
		{"aws:SourceArn is absent", Inputs{Resource: document(t, when(`{"ArnLike":{"aws:SourceArn":"`+queueARN+`"}}`))}, "implicit", LayerKeyPolicy},
		{"fact 84: CalledVia", Inputs{Resource: document(t, when(`{"ForAnyValue:StringEquals":{"aws:CalledVia":"sqs.amazonaws.com"}}`))}, "unknown", NoLayer},
		{"fact 84: RequestAlias", Inputs{Resource: document(t, when(`{"StringEquals":{"kms:RequestAlias":"alias/orders"}}`))}, "unknown", NoLayer},
		{"delegation through another service", Inputs{Identity: documents(t, allowKey), Resource: document(t, keyForRoot+`,"Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}`)}, "implicit", LayerKeyPolicy},
		{"fact 66: alias ARN in IAM", Inputs{Identity: documents(t, `"Effect":"Allow","Action":"kms:*","Resource":"arn:aws:kms:us-east-1:111111111111:alias/orders"`), Resource: document(t, keyForRoot)}, "implicit", LayerIdentity},
		{"SCP without kms", Inputs{Resource: document(t, keyFor(aws(roleARN))), SCPs: given(documents(t, allowSend))}, "implicit", LayerSCP},
		{"key policy not read", Inputs{Identity: documents(t, allowKey), Resource: &Document{Unknown: "denied"}}, "unknown", NoLayer},
		{"key policy not read, IAM denies", Inputs{Identity: documents(t, `"Effect":"Deny","Action":"kms:*","Resource":"*"`), Resource: &Document{Unknown: "denied"}}, "explicit", LayerIdentity},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.in.Service = KMS
			d := Evaluate(useKey(), complete(tt.in))
			if outcome(d) != tt.want || d.Layer != tt.layer {
				t.Errorf("got %s at %q, want %s at %q", outcome(d), d.Layer, tt.want, tt.layer)
			}
		})
	}
}

// Fact 65: a key of another account.
func TestForeignKey(t *testing.T) {
	iam := `"Effect":"Allow","Action":"kms:*","Resource":"` + foreignK + `"`
	key := func(principal string) *Document {
		return document(t, `"Effect":"Allow","Principal":`+principal+`,"Action":"kms:*","Resource":"*"`)
	}
	for name, tt := range map[string]struct {
		in   Inputs
		want string
	}{
		"both sides":         {Inputs{Identity: documents(t, iam), Resource: key(aws(account))}, "allow"},
		"key policy only":    {Inputs{Resource: key(aws(roleARN))}, "implicit"},
		"IAM only":           {Inputs{Identity: documents(t, iam), Resource: key(aws(foreign))}, "implicit"},
		"grant and IAM":      {Inputs{Identity: documents(t, iam), Grants: []Grant{{Grantee: roleARN, Operations: []string{"GenerateDataKey"}}}}, "allow"},
		"grant without IAM":  {Inputs{Grants: []Grant{{Grantee: roleARN, Operations: []string{"GenerateDataKey"}}}}, "unknown"},
		"grant to the other": {Inputs{Identity: documents(t, iam), Grants: []Grant{{Grantee: rootARN + "x", Operations: []string{"GenerateDataKey"}}}}, "implicit"},
	} {
		r := useKey()
		r.Resource, r.ResourceAccount = foreignK, foreign
		tt.in.Service = KMS
		if d := Evaluate(r, complete(tt.in)); outcome(d) != tt.want {
			t.Errorf("%s: got %s, want %s", name, outcome(d), tt.want)
		}
	}
}

// Fact 60: the AWS managed key.
func TestAWSManagedKey(t *testing.T) {
	for name, tt := range map[string]struct {
		in   Inputs
		own  string
		want string
	}{
		"no kms permission":          {Inputs{}, account, "allow"},
		"boundary without kms":       {Inputs{Boundary: document(t, allowSend)}, account, "allow"},
		"IAM deny":                   {Inputs{Identity: documents(t, `"Effect":"Deny","Action":"kms:*","Resource":"*"`)}, account, "explicit"},
		"SCP without kms":            {Inputs{SCPs: given(documents(t, allowSend))}, account, "implicit"},
		"fact 6: RCPs do not apply":  {Inputs{RCPs: given(documents(t, `"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"`))}, account, "allow"},
		"another account":            {Inputs{Identity: documents(t, allowAll)}, foreign, "implicit"},
		"identity policies not read": {Inputs{Identity: []Document{{Unknown: "x"}}}, account, "unknown"},
	} {
		r := useKey()
		r.ResourceAccount = tt.own
		tt.in.Service = AWSManagedKey
		if d := Evaluate(r, complete(tt.in)); outcome(d) != tt.want {
			t.Errorf("%s: got %s, want %s", name, outcome(d), tt.want)
		}
	}
}

// Fact 67: grants.
func TestGrants(t *testing.T) {
	both := []string{"GenerateDataKey", "Decrypt"}
	context := map[string]string{"aws:sqs:arn": queueARN}
	for name, tt := range map[string]struct {
		in   Inputs
		want string
	}{
		"role":                      {Inputs{Grants: []Grant{{Grantee: roleARN, Operations: both}}}, "allow"},
		"session":                   {Inputs{Grants: []Grant{{Grantee: session, Operations: both}}}, "allow"},
		"another role":              {Inputs{Grants: []Grant{{Grantee: roleARN + "2", Operations: both}}}, "implicit"},
		"another operation":         {Inputs{Grants: []Grant{{Grantee: roleARN, Operations: []string{"Encrypt"}}}}, "implicit"},
		"a deny beats it":           {Inputs{Identity: documents(t, `"Effect":"Deny","Action":"kms:*","Resource":"*"`), Grants: []Grant{{Grantee: roleARN, Operations: both}}}, "explicit"},
		"subset":                    {Inputs{Grants: []Grant{{Grantee: roleARN, Operations: both, EncryptionContextSubset: context}}}, "allow"},
		"equals":                    {Inputs{Grants: []Grant{{Grantee: roleARN, Operations: both, EncryptionContextEquals: context}}}, "allow"},
		"equals, more pairs":        {Inputs{Grants: []Grant{{Grantee: roleARN, Operations: both, EncryptionContextEquals: map[string]string{"aws:sqs:arn": queueARN, "x": "y"}}}}, "implicit or unknown"},
		"equals nothing":            {Inputs{Grants: []Grant{{Grantee: roleARN, Operations: both, EncryptionContextEquals: map[string]string{}}}}, "implicit"},
		"subset of another queue":   {Inputs{Grants: []Grant{{Grantee: roleARN, Operations: both, EncryptionContextSubset: map[string]string{"aws:sqs:arn": foreignQ}}}}, "implicit"},
		"boundary without kms":      {Inputs{Boundary: document(t, allowSend), Grants: []Grant{{Grantee: roleARN, Operations: both}}}, "unknown"},
		"the root of the account":   {Inputs{Grants: []Grant{{Grantee: rootARN, Operations: both}}}, "unknown"},
		"everyone is no grantee":    {Inputs{Grants: []Grant{{Grantee: "*", Operations: both}}}, "implicit"},
		"SCP without kms":           {Inputs{SCPs: given(documents(t, allowSend)), Grants: []Grant{{Grantee: roleARN, Operations: both}}}, "implicit"},
		"only for keys, not queues": {Inputs{Grants: []Grant{{Grantee: roleARN, Operations: nil}}}, "implicit"},
	} {
		tt.in.Service = KMS
		d := Evaluate(useKey(), complete(tt.in))
		if got := outcome(d); got != tt.want && !(tt.want == "implicit or unknown" && (got == "implicit" || got == "unknown")) {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
	}
	in := complete(Inputs{Service: KMS})
	in.GrantsKnown = false
	if d := Evaluate(useKey(), in); d.Effect != Unknown {
		t.Errorf("grants that were not read: got %s", outcome(d))
	}
}

// Facts 46, 49: who may assume the role.
func TestTrustPolicy(t *testing.T) {
	trust := func(principal, more string) *Document {
		return document(t, `"Effect":"Allow","Principal":`+principal+`,"Action":"sts:AssumeRole"`+more)
	}
	service := `{"Service":"apigateway.amazonaws.com"}`
	tests := []struct {
		name  string
		trust *Document
		rcps  Organization
		want  string
	}{
		{"fact 49: the service", trust(service, ""), Organization{}, "allow"},
		{"a list of services", trust(`{"Service":["lambda.amazonaws.com","apigateway.amazonaws.com"]}`, ""), Organization{}, "allow"},
		{"another service", trust(`{"Service":"lambda.amazonaws.com"}`, ""), Organization{}, "implicit"},
		{"fact 49: the service of the service-linked role", trust(`{"Service":"ops.apigateway.amazonaws.com"}`, ""), Organization{}, "implicit"},
		{"the account", trust(aws(rootARN), ""), Organization{}, "implicit"},
		{"another action", document(t, `"Effect":"Allow","Principal":`+service+`,"Action":"sts:AssumeRoleWithWebIdentity"`), Organization{}, "implicit"},
		{"everyone is not documented to cover a service", trust(`"*"`, ""), Organization{}, "unknown"},
		{"fact 46: aws:SourceAccount is not sent", trust(service, `,"Condition":{"StringEquals":{"aws:SourceAccount":"111111111111"}}`), Organization{}, "implicit"},
		{"fact 46: IfExists", trust(service, `,"Condition":{"StringEqualsIfExists":{"aws:SourceAccount":"111111111111"}}`), Organization{}, "allow"},
		{"fact 84: aws:SourceArn", trust(service, `,"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:execute-api:us-east-1:111111111111:*"}}`), Organization{}, "unknown"},
		{"no external id", trust(service, `,"Condition":{"StringEquals":{"sts:ExternalId":"x"}}`), Organization{}, "implicit"},
		{"a Deny for everyone covers services", document(t, `"Effect":"Allow","Principal":`+service+`,"Action":"sts:AssumeRole"`,
			`"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Condition":{"Bool":{"aws:PrincipalIsAWSService":"true"}}`), Organization{}, "explicit"},
		{"a Deny for everyone without condition", document(t, `"Effect":"Allow","Principal":`+service+`,"Action":"sts:AssumeRole"`,
			`"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:*"`), Organization{}, "explicit"},
		{"a Deny for everyone but services", document(t, `"Effect":"Allow","Principal":`+service+`,"Action":"sts:AssumeRole"`,
			`"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Condition":{"BoolIfExists":{"aws:PrincipalIsAWSService":"false"},"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}`), Organization{}, "allow"},
		{"a Deny for everyone outside of the organization", document(t, `"Effect":"Allow","Principal":`+service+`,"Action":"sts:AssumeRole"`,
			`"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}`), Organization{}, "explicit"},
		{"no trust policy", nil, Organization{}, "implicit"},
		{"trust policy not read", &Document{Unknown: "x"}, Organization{}, "unknown"},
		{"RCP without the Null guard", trust(service, ""), given(documents(t, `"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:SourceOrgID":"o-1"},"Bool":{"aws:PrincipalIsAWSService":"true"}}`)), "explicit"},
		{"RCP with the Null guard", trust(service, ""), given(documents(t, `"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:SourceOrgID":"o-1"},"Null":{"aws:SourceAccount":"false"},"Bool":{"aws:PrincipalIsAWSService":"true"}}`)), "allow"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := Request{Principal: ServicePrincipal("apigateway.amazonaws.com"), Action: "sts:AssumeRole", Resource: roleARN,
				Context: AssumeRoleContext("us-east-1", Target{ARN: roleARN})}
			// Identity policies and SCPs do not bear on a service.
			d := Evaluate(r, Inputs{Service: STS, Resource: tt.trust, RCPs: tt.rcps, SCPs: given(documents(t, allowS3))})
			if outcome(d) != tt.want {
				t.Errorf("got %s, want %s: %+v", outcome(d), tt.want, d)
			}
		})
	}
}

// Fact 53: the caller's own credentials.
func TestCallerCredentials(t *testing.T) {
	user := Principal{Type: User, UserARN: "arn:aws:iam::111111111111:user/ops/alice", Account: account}
	r := send()
	r.Principal, r.Context = user, SQSContext(Caller{Principal: user}, Target{ARN: queueARN, Account: account, Region: "us-east-1"})
	for name, tt := range map[string]struct {
		in   Inputs
		want string
	}{
		"may send":               {Inputs{Identity: documents(t, allowSend)}, "allow"},
		"may only invoke":        {Inputs{Identity: documents(t, `"Effect":"Allow","Action":"execute-api:Invoke","Resource":"*"`)}, "implicit"},
		"named by the queue":     {Inputs{Resource: document(t, queueFor(aws("arn:aws:iam::111111111111:user/ops/alice")))}, "allow"},
		"fact 21: case":          {Inputs{Resource: document(t, queueFor(aws("arn:aws:iam::111111111111:user/ops/Alice")))}, "implicit"},
		"fact 34: its name":      {Inputs{Identity: documents(t, allowSend+`,"Condition":{"StringEquals":{"aws:username":"alice"}}`)}, "allow"},
		"via a service, perhaps": {Inputs{Identity: documents(t, allowSend+`,"Condition":{"Bool":{"aws:ViaAWSService":"false"}}`)}, "unknown"},
	} {
		if d := Evaluate(r, complete(tt.in)); outcome(d) != tt.want {
			t.Errorf("%s: got %s, want %s", name, outcome(d), tt.want)
		}
	}
	r.Principal = Principal{} // nobody knows who calls
	r.Context = SQSContext(Caller{}, Target{ARN: queueARN, Account: account, Region: "us-east-1"})
	if d := Evaluate(r, Inputs{Resource: document(t, queueFor(`"*"`))}); d.Effect != Unknown {
		t.Errorf("unknown caller: got %s", outcome(d))
	}
}

// An API's resource policy: unsigned calls need its Allow.
func TestAPIResourcePolicy(t *testing.T) {
	const method = "arn:aws:execute-api:us-east-1:111111111111:a1b2c3/prod/POST/orders"
	invoke := func(resource string) *Document {
		return document(t, `"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"`+resource+`"`)
	}
	for name, tt := range map[string]struct {
		doc  *Document
		want string
	}{
		"all":          {invoke("execute-api:/*"), "allow"},
		"method":       {invoke("execute-api:/prod/POST/*"), "allow"},
		"full ARN":     {invoke("arn:aws:execute-api:us-east-1:*:a1b2c3/*"), "allow"},
		"other stage":  {invoke("execute-api:/dev/*"), "implicit"},
		"other method": {invoke("execute-api:/prod/GET/orders"), "implicit"},
		"not read":     {&Document{Unknown: "x"}, "unknown"},
		"none":         {nil, "implicit"},
	} {
		r := Request{Principal: Principal{Type: Anonymous}, Action: "execute-api:Invoke", Resource: method}
		if d := Evaluate(r, Inputs{Service: APIGateway, Resource: tt.doc}); outcome(d) != tt.want {
			t.Errorf("%s: got %s, want %s", name, outcome(d), tt.want)
		}
	}
}
