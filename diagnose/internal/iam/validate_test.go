package iam

import (
	"fmt"
	"strings"
	"testing"
)

func TestValidate(t *testing.T) {
	url := "https://sqs.us-east-1.amazonaws.com/111111111111/orders"
	tests := []struct {
		name, text string // text: a statement without braces, or a whole document
		kind       Kind
		want       string // "refused", "dead", "note" or "" for nothing
		message    string // part of it
		answer     string // part of it
	}{
		{"plain", allowSend, Identity, "", "", ""},
		{"fact 30: queue URL", `"Effect":"Allow","Action":"sqs:*","Resource":"` + url + `"`, Identity, "refused", "queue URL", `Partition "//sqs.us-east-1.amazonaws.com/111111111111/orders" is not valid for resource "arn://sqs.us-east-1.amazonaws.com/111111111111/orders:*:*:*:*".`},
		{"fact 30: queue name", `"Effect":"Allow","Action":"sqs:*","Resource":"orders"`, Identity, "refused", "not an ARN", `Resource orders must be in ARN format or "*".`},
		{"fact 30: queue URL in a queue policy", `"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"` + url + `"`, QueuePolicy, "refused", "queue URL", "Invalid value for the parameter Policy."},
		{"fact 30: slash", `"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:us-east-1:111111111111/orders"`, Identity, "dead", "5 parts", ""},
		{"fact 30: slash after the colon", `"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:us-east-1:111111111111:/orders"`, Identity, "dead", "slash", ""},
		{"fact 31: no region", `"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs::111111111111:orders"`, Identity, "dead", "region or the account", ""},
		{"fact 29: all queues", `"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:*"`, Identity, "", "", ""},
		{"fact 29: wildcard for the service", `"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:*:us-east-1:111111111111:orders"`, Identity, "refused", "service", "Resource vendor"},
		{"version", `{"Version":"2020-01-01","Statement":{` + allowSend + `}}`, Identity, "refused", "2020-01-01", "Syntax errors in policy."},
		{"old version", `{"Version":"2008-10-17","Statement":{` + allowSend + `}}`, Identity, "note", "2008-10-17", "2012-10-17 or greater"},
		{"old version in a queue policy", `{"Version":"2008-10-17","Statement":{` + queueFor(`"*"`) + `}}`, QueuePolicy, "", "", ""},
		{"no statement", `{"Version":"2012-10-17","Statement":[]}`, Identity, "refused", "no statement", ""},
		{"unknown element", allowSend + `,"Resources":"x"`, Identity, "refused", "Resources", "Syntax errors in policy."},
		{"effect", `"Effect":"Permit","Action":"sqs:*","Resource":"*"`, Identity, "refused", "Permit", "Syntax errors in policy."},
		{"effect, case", `"Effect":"allow","Action":"sqs:*","Resource":"*"`, Identity, "refused", "allow", "legacy parsing"},
		{"no action", `"Effect":"Allow","Resource":"*"`, Identity, "refused", "Action is missing", "must contain actions"},
		{"no resource", `"Effect":"Allow","Action":"sqs:*"`, Identity, "refused", "Resource is missing", "must contain resources"},
		{"fact 64: no resource in a key policy", `"Effect":"Allow","Principal":"*","Action":"kms:*"`, KeyPolicy, "dead", "applies to no key", ""},
		{"no resource in a queue policy", `"Effect":"Allow","Principal":"*","Action":"sqs:*"`, QueuePolicy, "note", "not documented", ""},
		{"principal in an identity policy", queueFor(`"*"`), Identity, "refused", "no place", "should not specify a principal"},
		{"principal in an SCP", queueFor(`"*"`), SCP, "refused", "no place", ""},
		{"no principal in a queue policy", allowSend, QueuePolicy, "refused", "Principal is missing", ""},
		{"fact 23: NotPrincipal in a trust policy", `"Effect":"Deny","NotPrincipal":{"AWS":"` + account + `"},"Action":"sts:AssumeRole"`, Trust, "refused", "NotPrincipal", ""},
		{"trust policy", `"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"`, Trust, "", "", ""},
		{"trust policy with Resource", `"Effect":"Allow","Principal":{"Service":"x.amazonaws.com"},"Action":"sts:AssumeRole","Resource":"*"`, Trust, "refused", "Resource", "Has prohibited field Resource"},
		{"trust policy with another action", `"Effect":"Allow","Principal":{"Service":"x.amazonaws.com"},"Action":"sqs:SendMessage"`, Trust, "refused", "sts", "only specify STS AssumeRole actions"},
		{"fact 18: wildcard in a principal", queueFor(aws("arn:aws:iam::111111111111:role/*")), QueuePolicy, "dead", "matches nobody", ""},
		{"fact 20: id of a deleted role", queueFor(aws("AROAEXAMPLEEXAMPLE123")), QueuePolicy, "dead", "deleted", ""},
		{"principal that is no ARN", queueFor(aws("orders-api")), QueuePolicy, "refused", "neither an ARN", "Invalid value for the parameter Policy."},
		{"principal of a trust policy that is no ARN", `"Effect":"Allow","Principal":{"AWS":"orders-api"},"Action":"sts:AssumeRole"`, Trust, "refused", "neither an ARN", "Invalid principal in policy"},
		{"principal of a key policy that is no ARN", `"Effect":"Allow","Principal":` + aws("orders-api") + `,"Action":"kms:*","Resource":"*"`, KeyPolicy, "refused", "neither an ARN", "one or more invalid principals"},
		{"no principal in a key policy", `"Effect":"Deny","Action":"kms:*","Resource":"*"`, KeyPolicy, "refused", "Principal is missing", ""},
		{"Sid with a hyphen", `"Sid":"send-orders",` + allowSend, Identity, "refused", "letters and digits", "must be alpha-numeric"},
		{"Sid with a blank in a boundary", `"Sid":"send orders",` + allowSend, Boundary, "refused", "letters and digits", "must be alpha-numeric"},
		{"Sid of SQS's own", `"Sid":"__owner_statement",` + queueFor(`"*"`), QueuePolicy, "", "", ""},
		{"Sid of KMS's own", `"Sid":"Enable IAM User Permissions",` + keyForRoot, KeyPolicy, "", "", ""},
		{"principal with a short account", queueFor(aws("arn:aws:iam::1111:root")), QueuePolicy, "refused", "12 digits", ""},
		{"principal that is a queue", queueFor(aws(queueARN)), QueuePolicy, "refused", "not the ARN of", ""},
		{"principal map with another kind", queueFor(`{"Role":"x"}`), QueuePolicy, "refused", "Role", ""},
		{"bare principal", queueFor(`"` + roleARN + `"`), QueuePolicy, "refused", "only \"*\"", ""},
		{"fact 26: batch action", `"Effect":"Allow","Action":["sqs:SendMessage","sqs:SendMessageBatch"],"Resource":"*"`, Identity, "dead", `"sqs:SendMessage"`, ""},
		{"fact 27: no such action", `"Effect":"Allow","Action":"sqs:Publish","Resource":"*"`, Identity, "dead", "no action", ""},
		{"action without a service", `"Effect":"Allow","Action":"SendMessage","Resource":"*"`, Identity, "refused", "service", "prefaced by a vendor"},
		{"action with two colons", `"Effect":"Allow","Action":"aws:sqs:SendMessage","Resource":"*"`, Identity, "refused", "one colon", "only one colon"},
		{"operator", allowSend + `,"Condition":{"StringMatches":{"aws:x":"y"}}`, Identity, "refused", "StringMatches", "Syntax errors in policy."},
		{"operator, case", allowSend + `,"Condition":{"stringequals":{"aws:x":"y"}}`, Identity, "note", "another case", ""},
		{"fact 42: ForAllValues in an Allow", allowSend + `,"Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":"y"}}`, Identity, "note", "missing", ""},
		{"fact 43: ForAllValues on the encryption context", keyForRoot + `,"Condition":{"ForAllValues:StringEquals":{"kms:EncryptionContext:aws:sqs:arn":"y"}}`, KeyPolicy, "refused", "ForAllValues", "OverlyPermissiveCondition"},
		{"fact 39: date", allowSend + `,"Condition":{"DateLessThan":{"aws:CurrentTime":"tomorrow"}}`, Identity, "refused", "tomorrow", "legacy parsing"},
		{"fact 40: short ARN", allowSend + `,"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*"}}`, Identity, "dead", "never matches", ""},
		{"fact 66: alias", `"Effect":"Allow","Action":"kms:Decrypt","Resource":"arn:aws:kms:us-east-1:111111111111:alias/x"`, Identity, "dead", "alias", ""},
		{"alias where it belongs", `"Effect":"Allow","Action":"kms:CreateAlias","Resource":"arn:aws:kms:us-east-1:111111111111:alias/x"`, Identity, "", "", ""},
		{"short form of an API", `"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*"`, APIResource, "", "", ""},
		{"version of a key policy", `{"Version":"2012-10-18","Statement":[{` + keyForRoot + `}]}`, KeyPolicy, "refused", "2012-10-18", ""},
		{"same Sid", `{"Version":"2012-10-17","Statement":[{"Sid":"a",` + allowSend + `},{"Sid":"a",` + allowSend + `}]}`, Identity, "refused", "Sid", "must be unique"},
		{"fact 57: seven actions", `"Effect":"Allow","Principal":"*","Action":["sqs:A*","sqs:B*","sqs:C*","sqs:D*","sqs:E*","sqs:F*","sqs:G*","sqs:H*"],"Resource":"*"`, QueuePolicy, "refused", "8 actions", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := tt.text
			if !strings.HasPrefix(text, "{") {
				text = `{"Version":"2012-10-17","Statement":[{` + text + `}]}`
			}
			problems := parsed(t, text).Validate(tt.kind)
			if tt.want == "" {
				if len(problems) > 0 {
					t.Errorf("unexpected: %v", problems)
				}
				return
			}
			if len(problems) != 1 {
				t.Fatalf("got %d problems: %v", len(problems), problems)
			}
			got := "note"
			if p := problems[0]; p.Refused {
				got = "refused"
			} else if p.Dead {
				got = "dead"
			}
			if got != tt.want || !strings.Contains(problems[0].Message, tt.message) || !strings.Contains(problems[0].Answer, tt.answer) {
				t.Errorf("got %s: %q answer %q", got, problems[0].Message, problems[0].Answer)
			}
		})
	}
}

// Each service refuses a policy with a code of its own.
func TestRefusalCodes(t *testing.T) {
	bad := `"Effect":"Allow","Principal":{"AWS":"nobody"},"Action":"sts:AssumeRole","Bogus":1`
	for kind, want := range map[Kind]string{QueuePolicy: "InvalidAttributeValue", KeyPolicy: "MalformedPolicyDocumentException", Trust: "MalformedPolicyDocument",
		Identity: "MalformedPolicyDocument", APIResource: "BadRequestException"} {
		refusals := 0
		for _, p := range policy(t, bad).Validate(kind) {
			if p.Refused {
				refusals++
				if p.Code != want {
					t.Errorf("%s: code %q, want %q: %s", kind, p.Code, want, p.Message)
				}
			}
		}
		if refusals < 2 { // the element that Parse finds, and what only the kind tells
			t.Errorf("%s: %d refusals", kind, refusals)
		}
	}
}

// What a template leaves open is not called wrong, unless its beginning is.
func TestValidateOpaque(t *testing.T) {
	for resource, want := range map[string]int{"⟨Ref Arn⟩": 0, "arn:⟨Partition⟩:sqs:x": 0, "a⟨x⟩": 0, "https://sqs.⟨Region⟩.amazonaws.com/1/q": 1} {
		p := policy(t, `"Effect":"Allow","Action":"⟨Action⟩","Resource":"`+resource+`","Condition":{"ArnLike":{"aws:SourceArn":"⟨Ref Arn⟩"}}`)
		if got := p.Validate(Identity, "⟨Ref Arn⟩", "⟨Partition⟩", "⟨Region⟩", "⟨Action⟩", "⟨x⟩"); len(got) != want {
			t.Errorf("%q: got %v", resource, got)
		}
	}
}

func TestValidatePlaces(t *testing.T) {
	p := parsed(t, "{\"Version\":\"2012-10-17\",\"Statement\":[\n{"+allowSend+"},\n {\"Sid\":\"second\",\"Effect\":\"Allow\",\"Action\":\"sqs:*\",\"Resource\":\"orders\"}]}")
	problems := p.Validate(Identity)
	if len(problems) != 1 || problems[0].Statement != 2 || problems[0].Line != 3 || problems[0].Column != 2 || !strings.HasPrefix(problems[0].String(), "statement 2 (Sid second): ") {
		t.Errorf("got %+v", problems)
	}
}

// Fact 57: a queue policy has at most 20 statements and 8,192 bytes.
func TestValidateQuotas(t *testing.T) {
	var statements []string
	for i := range 21 {
		statements = append(statements, fmt.Sprintf(`"Sid":"s%d",`, i)+queueFor(`"*"`))
	}
	if got := policy(t, statements[:20]...).Validate(QueuePolicy); len(got) != 0 {
		t.Errorf("20 statements: %v", got)
	}
	if got := policy(t, statements...).Validate(QueuePolicy); len(got) != 1 || !got[0].Refused || !strings.HasPrefix(got[0].Answer, "21 statements were found") {
		t.Errorf("21 statements: %v", got)
	}
	if got := policy(t, `"Sid":"`+strings.Repeat("x", 8192)+`",`+queueFor(`"*"`)).Validate(QueuePolicy); len(got) != 1 || !got[0].Refused {
		t.Errorf("8,192 bytes: %v", got)
	}
}

// The texts of AWS managed policies parse and are without fault.
func TestManaged(t *testing.T) {
	for name, want := range map[string]Tri{
		"arn:aws:iam::aws:policy/AdministratorAccess":                               Yes,
		"arn:aws:iam::aws:policy/PowerUserAccess":                                   Yes,
		"arn:aws-cn:iam::aws:policy/AmazonSQSFullAccess":                            Yes,
		"arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess":                           No,
		"arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs": No,
		"arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole":       No,
		"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole":          No,
	} {
		text, ok := Managed(name)
		if !ok {
			t.Errorf("%s is not known", name)
			continue
		}
		d := Evaluate(send(), complete(Inputs{Identity: []Document{{Name: name, Policy: parsed(t, text)}}}))
		if d.Effect != want {
			t.Errorf("%s: got %s", name, outcome(d))
		}
	}
	for name, text := range managed {
		p, _ := Parse(text)
		if p == nil || len(p.Validate(Identity)) > 0 {
			t.Errorf("%s: %v", name, p.Validate(Identity))
		}
	}
	for _, name := range []string{"arn:aws:iam::111111111111:policy/AdministratorAccess", "AdministratorAccess", "arn:aws:iam::aws:policy/Nonesuch", ""} {
		if _, ok := Managed(name); ok {
			t.Errorf("%q is no AWS managed policy that we know", name)
		}
	}
}
