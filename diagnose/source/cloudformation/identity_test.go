package cloudformation

import (
	"testing"

	"apisqs-doctor/diagnose/snapshot"
)

func TestPoliciesOfARole(t *testing.T) {
	s := load(t, `Resources:
  Q: {Type: 'AWS::SQS::Queue'}
  R:
    Type: AWS::IAM::Role
    Properties:
      RoleName: sender
      PermissionsBoundary: !Ref Limit
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonSQSFullAccess', !ImportValue more, !Ref AWS::NoValue]
      Tags: [{Key: team, Value: blue}]
  Limit: {Type: 'AWS::IAM::ManagedPolicy', Properties: {ManagedPolicyName: limit, PolicyDocument: {Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}}}
  Own: {Type: 'AWS::IAM::ManagedPolicy', Properties: {Roles: [!Ref R], PolicyDocument: {Statement: []}}}
  Inline: {Type: 'AWS::IAM::Policy', Properties: {PolicyName: one, Roles: [!Ref R, other], PolicyDocument: {Statement: []}}}
  Single: {Type: 'AWS::IAM::RolePolicy', Properties: {PolicyName: two, RoleName: !Ref R, PolicyDocument: {Statement: []}}}
  Foreign: {Type: 'AWS::IAM::Policy', Properties: {PolicyName: three, Roles: [other], PolicyDocument: {Statement: []}}}
`, Options{})
	is(t, "roles", len(s.Roles), 1) // "other" is not of this template
	role := get(t, "role", s.Role("arn:aws:iam::000000000000:role/sender"))
	inline := get(t, "inline", role.Inline)
	is(t, "inline", len(inline), 2)
	is(t, "names", inline[0].Name+" "+inline[1].Name, "one two")
	is(t, "origin", inline[0].Origin.Resource, "Inline")
	attached := get(t, "attached", role.Attached)
	is(t, "attached", len(attached), 3)
	is(t, "AWS policy", attached[0].ARN+" "+attached[0].Name, "arn:aws:iam::aws:policy/AmazonSQSFullAccess AmazonSQSFullAccess")
	unknown(t, "AWS policy", attached[0].Document, snapshot.NotRead)
	unknown(t, "imported policy", attached[1].Document, snapshot.Unresolved)
	is(t, "own policy", attached[2].ARN, "arn:aws:iam::000000000000:policy/stack-Own")
	is(t, "own document", get(t, "document", attached[2].Document), `{"Statement":[]}`)
	boundary := get(t, "boundary", role.Boundary)
	is(t, "boundary", boundary.ARN, "arn:aws:iam::000000000000:policy/limit")
	is(t, "boundary", get(t, "document", boundary.Document), `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`)
	is(t, "tag", get(t, "tags", role.Tags)["team"], "blue")
}

// A role that is made elsewhere has the policies that a template gives it by name, and
// others that are not known.
func TestImportedRole(t *testing.T) {
	s := load(t, `Resources:
  Api: {Type: 'AWS::ApiGateway::RestApi', Properties: {Name: a}}
  M:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: POST
      Integration: {Type: AWS, Credentials: 'arn:aws:iam::123456789012:role/svc/sender', Uri: !Ref AWS::NoValue}
  Inline: {Type: 'AWS::IAM::Policy', Properties: {PolicyName: one, Roles: [sender], PolicyDocument: {Statement: []}}}
  Other: {Type: 'AWS::IAM::Policy', Properties: {PolicyName: two, Roles: [other], PolicyDocument: {Statement: []}}}
`, Options{})
	is(t, "roles", len(s.Roles), 1)
	role := get(t, "role", s.Role("arn:aws:iam::123456789012:role/svc/sender"))
	inline := get(t, "inline", role.Inline)
	is(t, "inline", len(inline), 1)
	is(t, "name", inline[0].Name, "one")
	unknown(t, "trust", role.Trust, snapshot.NotRead)
	unknown(t, "attached", role.Attached, snapshot.NotRead)
	unknown(t, "boundary", role.Boundary, snapshot.NotRead)
	is(t, "roles of another account", len(load(t, `Resources:
  Api: {Type: 'AWS::ApiGateway::RestApi', Properties: {Name: a}}
  M:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: POST
      Integration: {Type: AWS, Credentials: 'arn:aws:iam::123456789012:role/sender'}
  Inline: {Type: 'AWS::IAM::Policy', Properties: {PolicyName: one, Roles: [sender], PolicyDocument: {Statement: []}}}
`, Options{Account: "999999999999"}).Roles), 0)
}

func TestPolicyDocuments(t *testing.T) {
	head := "Parameters: {P: {Type: String}, F: {Type: String}}\nConditions: {C: !Equals [!Ref F, x]}\nResources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument: "
	trust := func(t *testing.T, doc string) snapshot.Fact[string] {
		s := load(t, head+doc+"\n", Options{})
		return get(t, "role", s.Role("arn:aws:iam::000000000000:role/stack-R")).Trust
	}
	for doc, want := range map[string]string{
		// Values stay as they are written: quoted numbers are text, others are not.
		`{Version: 2012-10-17, Statement: [{Condition: {NumericLessThan: {a: 5, b: '5'}, Bool: {c: true, d: 'true'}}}]}`: `{"Version":"2012-10-17","Statement":[{"Condition":{"NumericLessThan":{"a":5,"b":"5"},"Bool":{"c":true,"d":"true"}}}]}`,
		`{Statement: [{Resource: !Ref P}]}`:                          `{"Statement":[{"Resource":"unknown-P"}]}`,
		`{Statement: {Principal: {AWS: !Ref AWS::AccountId}}}`:       `{"Statement":{"Principal":{"AWS":"000000000000"}}}`,
		`{Statement: [{Action: [!If [C, a:b, !Ref AWS::NoValue]]}]}`: "?",
		`{Statement: [{Effect: !Ref P}]}`:                            "?",
		`{Version: !Ref P, Statement: []}`:                           "?",
		`{Statement: [!If [C, {Effect: Deny}, {Effect: Allow}]]}`:    "?",
		`!ImportValue policy`:                                        "?",
		`'{"Version":"2012-10-17"}'`:                                 `{"Version":"2012-10-17"}`,
		"\"a\\tb\"":                                                  "a\tb",
		`{Statement: [{Sid: "quote\" and é"}]}`:                      `{"Statement":[{"Sid":"quote\" and é"}]}`,
	} {
		f := trust(t, doc)
		if want == "?" {
			unknown(t, doc, f, snapshot.Unresolved)
			continue
		}
		is(t, doc, get(t, doc, f), want)
	}
}

func TestQueuePolicies(t *testing.T) {
	s := load(t, `Resources:
  A: {Type: 'AWS::SQS::Queue', Properties: {KmsMasterKeyId: alias/aws/sqs, KmsDataKeyReusePeriodSeconds: 600, MaximumMessageSize: '2048', FifoQueue: true, ContentBasedDeduplication: true}}
  B: {Type: 'AWS::SQS::Queue'}
  C: {Type: 'AWS::SQS::Queue'}
  D: {Type: 'AWS::SQS::Queue'}
  One:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref A, !Ref B]
      PolicyDocument:
        Statement:
          - {Effect: Deny, Action: 'sqs:*', Principal: '*'}
  Two: {Type: 'AWS::SQS::QueuePolicy', Properties: {Queues: [!Ref B], PolicyDocument: {Statement: []}}}
  Three: {Type: 'AWS::SQS::QueueInlinePolicy', Properties: {Queue: !Ref C, PolicyDocument: {Statement: []}}}
`, Options{})
	queue := func(name string) *snapshot.Queue {
		return get(t, name, s.Queue("arn:aws:sqs:us-east-1:000000000000:stack-"+name))
	}
	a := queue("A.fifo")
	is(t, "policy", get(t, "policy", a.Policy), `{"Statement":[{"Effect":"Deny","Action":"sqs:*","Principal":"*"}]}`)
	is(t, "line", a.PolicyLines[0].Line, 12)
	is(t, "key", get(t, "key", a.KMSKeyID), "alias/aws/sqs")
	is(t, "reuse", get(t, "reuse", a.KMSReusePeriod), 600)
	is(t, "size", get(t, "size", a.MaximumMessageSize), 2048)
	is(t, "FIFO", get(t, "FIFO", a.FIFO), true)
	is(t, "deduplication", get(t, "deduplication", a.ContentBasedDeduplication), true)
	unknown(t, "policy that two resources set", queue("B").Policy, snapshot.Unresolved)
	is(t, "inline policy", get(t, "policy", queue("C").Policy), `{"Statement":[]}`)
	is(t, "no policy", get(t, "policy", queue("D").Policy), "")
}

func TestKeys(t *testing.T) {
	s := load(t, `Resources:
  Key: {Type: 'AWS::KMS::Key', Properties: {KeyPolicy: {Statement: [{Effect: Allow}]}}}
  Alias: {Type: 'AWS::KMS::Alias', Properties: {AliasName: alias/orders, TargetKeyId: !Ref Key}}
  ByARN: {Type: 'AWS::SQS::Queue', Properties: {KmsMasterKeyId: !GetAtt Key.Arn}}
  ByID: {Type: 'AWS::SQS::Queue', Properties: {KmsMasterKeyId: !Ref Key}}
  ByAlias: {Type: 'AWS::SQS::Queue', Properties: {KmsMasterKeyId: !Ref Alias}}
  Off: {Type: 'AWS::KMS::Key', Properties: {Enabled: false, MultiRegion: true, KeySpec: RSA_2048, KeyUsage: SIGN_VERIFY}}
  External: {Type: 'AWS::KMS::Key', Properties: {Origin: EXTERNAL}}
  Replica: {Type: 'AWS::KMS::ReplicaKey', Properties: {PrimaryKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/mrk-1', KeyPolicy: {Statement: []}}}
`, Options{})
	key := func(queue string) *snapshot.Key {
		arn := "arn:aws:sqs:us-east-1:000000000000:stack-" + queue
		q := get(t, queue, s.Queue(arn))
		return get(t, "key of "+queue, s.Key(snapshot.KeyReference(arn, get(t, "key id", q.KMSKeyID))))
	}
	k := key("ByARN")
	if key("ByID") != k || key("ByAlias") != k {
		t.Error("id, ARN and alias must lead to the same key")
	}
	is(t, "policy", get(t, "policy", k.Policy), `{"Statement":[{"Effect":"Allow"}]}`)
	is(t, "state", get(t, "state", k.State), "Enabled")
	is(t, "manager", get(t, "manager", k.Manager), "CUSTOMER")
	is(t, "usage", get(t, "usage", k.Usage)+get(t, "spec", k.Spec), "ENCRYPT_DECRYPTSYMMETRIC_DEFAULT")
	is(t, "grants", len(get(t, "grants", k.Grants)), 0)
	states := map[string]string{}
	for arn, f := range s.Keys {
		k := get(t, arn, f)
		states[k.Origin.Resource] = get(t, "state", k.State)
	}
	is(t, "disabled", states["Off"], "Disabled")           // iam-facts 68
	is(t, "external", states["External"], "PendingImport") // iam-facts 68
	replica := get(t, "replica", s.Key("arn:aws:kms:us-east-1:000000000000:key/mrk-1"))
	is(t, "replica", replica.Origin.Resource, "Replica")
}
