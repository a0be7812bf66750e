package cloudformation

import (
	"strings"
	"testing"

	"apisqs-doctor/diagnose/source/tree"
)

// evaluate resolves the output "Out" of a template.
func evaluate(t *testing.T, template string, o Options) (*tree.Value, *world) {
	t.Helper()
	doc, err := language.Parse("t.yaml", []byte(template))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(inRegion(o))
	w.know(doc)
	w.addRoot(doc, source{}, false)
	v := w.stacks[0].output("Out", doc.Root)
	if w.err != nil {
		t.Fatalf("resolving: %v", w.err)
	}
	return v, w
}

const intrinsicsHead = `Parameters:
  Env: {Type: String, Default: dev}
  Names: {Type: CommaDelimitedList, Default: 'a, b,c'}
  Bare: {Type: String}
  Secret: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /path}
  Size: {Type: Number, Default: 300}
Mappings:
  Map: {dev: {size: 12, zone: [x, y]}, prod: {size: 99, zone: [z]}}
Conditions:
  IsDev: !Equals [!Ref Env, dev]
  IsProd: !Not [!Condition IsDev]
  Both: !And [!Condition IsDev, !Condition IsProd]
  Either: !Or [!Condition IsDev, !Condition IsProd]
  Open: !Equals [!Ref Bare, x]
  OpenOrDev: !Or [!Condition Open, !Condition IsDev]
  OpenAndProd: !And [!Condition Open, !Condition IsProd]
Resources:
  Q: {Type: 'AWS::SQS::Queue'}
  Fifo: {Type: 'AWS::SQS::Queue', Properties: {FifoQueue: true}}
  Named: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !Sub '${Env}-jobs'}}
  R: {Type: 'AWS::IAM::Role', Properties: {Path: /a/b/}}
  K: {Type: 'AWS::KMS::Key'}
  A: {Type: 'AWS::KMS::Alias', Properties: {AliasName: alias/mine, TargetKeyId: !Ref K}}
  Api: {Type: 'AWS::ApiGateway::RestApi'}
  Other: {Type: 'Custom::Thing'}
Outputs:
  Out:
    Value: `

func TestIntrinsics(t *testing.T) {
	tests := []struct {
		name, value string
		want        string // the text, or JSON of a list or object; "?" and an expression for an unknown
	}{
		{"parameter default", `!Ref Env`, "dev"},
		{"number parameter", `!Ref Size`, "300"},
		{"list parameter", `!Ref Names`, `["a","b","c"]`},
		{"parameter without default", `!Ref Bare`, "?${Bare}"},
		{"SSM parameter", `!Ref Secret`, "?${Secret}"},
		{"region", `!Ref AWS::Region`, "us-east-1"},
		{"partition", `!Ref AWS::Partition`, "aws"},
		{"suffix", `!Ref AWS::URLSuffix`, "amazonaws.com"},
		{"stack name", `!Ref AWS::StackName`, "stack"},
		{"account", `!Ref AWS::AccountId`, "000000000000"},
		{"no value in a list", `[a, !Ref AWS::NoValue, b]`, `["a","b"]`},
		{"no value in an object", `{a: 1, b: !Ref AWS::NoValue}`, `{"a":1}`},
		{"Ref of a queue is its URL", `!Ref Q`, "https://sqs.us-east-1.amazonaws.com/000000000000/stack-Q"},
		{"GetAtt short", `!GetAtt Q.Arn`, "arn:aws:sqs:us-east-1:000000000000:stack-Q"},
		{"GetAtt short list", `!GetAtt [Q, Arn]`, "arn:aws:sqs:us-east-1:000000000000:stack-Q"},
		{"GetAtt long", `{Fn::GetAtt: [Q, QueueName]}`, "stack-Q"},
		{"GetAtt long dotted", `{Fn::GetAtt: Q.QueueUrl}`, "https://sqs.us-east-1.amazonaws.com/000000000000/stack-Q"},
		{"FIFO name", `!GetAtt Fifo.QueueName`, "stack-Fifo.fifo"},
		{"given name", `!GetAtt Named.QueueName`, "dev-jobs"},
		{"role name", `!Ref R`, "stack-R"},
		{"role ARN with path", `!GetAtt R.Arn`, "arn:aws:iam::000000000000:role/a/b/stack-R"},
		{"alias", `!Ref A`, "alias/mine"},
		{"api id", `!Ref Api`, "api"},
		{"attribute that nobody knows", `!GetAtt Other.Token`, "?${Other.Token}"},
		{"Sub", `!Sub 'a-${Env}-${Named.QueueName}'`, "a-dev-dev-jobs"},
		{"Sub with variables", `!Sub ['${x}/${Env}/${x}', {x: !GetAtt Named.QueueName}]`, "dev-jobs/dev/dev-jobs"},
		{"Sub in Sub", `!Sub ['${x}', {x: !Sub '[${Env}]'}]`, "[dev]"},
		{"Sub variable hides a parameter", `!Sub ['${Env}', {Env: mine}]`, "mine"},
		{"Sub literal", `!Sub 'a ${!Env} ${Env}'`, "a ${Env} dev"},
		{"Sub leaves other braces", `!Sub '$input.path(''$.x'') ${} ${a b} ${'`, "$input.path('$.x') ${} ${a b} ${"},
		{"Sub with a symbol keeps the rest", `!Sub 'x/${Bare}/y'`, "x/unknown-Bare/y"},
		{"Join", `!Join ['/', [a, !Ref Env, {Ref: Size}]]`, "a/dev/300"},
		{"Join of a list parameter", `!Join ['+', !Ref Names]`, "a+b+c"},
		{"Join with nothing", `!Join ['', [a, !Ref AWS::NoValue, b]]`, "ab"},
		{"Split and Select", `!Select [1, !Split ['-', one-two-three]]`, "two"},
		{"Select by text", `!Select ['0', !Ref Names]`, "a"},
		{"Select out of range", `!Select [7, !Ref Names]`, "?!Select [7, ${Names}]"},
		{"Split keeps a symbol whole", `!Select [4, !Split [':', !GetAtt Q.Arn]]`, "000000000000"},
		{"FindInMap", `!FindInMap [Map, !Ref Env, size]`, "12"},
		{"FindInMap list", `!FindInMap [Map, dev, zone]`, `["x","y"]`},
		{"FindInMap default", `!FindInMap [Map, dev, none, {DefaultValue: 7}]`, "7"},
		{"If true", `!If [IsDev, a, b]`, "a"},
		{"If false", `!If [IsProd, a, b]`, "b"},
		{"If And", `!If [Both, a, b]`, "b"},
		{"If Or", `!If [Either, a, b]`, "a"},
		{"If unknown, equal branches", `!If [Open, same, same]`, "same"},
		{"If unknown, different texts", `!If [Open, a, b]`, "?!If [Open, a, b]"},
		{"unknown or true is true", `!If [OpenOrDev, a, b]`, "a"},
		{"unknown and false is false", `!If [OpenAndProd, a, b]`, "b"},
		{"Base64", `!Base64 hello`, "aGVsbG8="},
		{"Length", `{Fn::Length: !Ref Names}`, "3"},
		{"ToJsonString", `{Fn::ToJsonString: {a: !Ref Env, b: [1, true]}}`, `{"a":"dev","b":[1,true]}`},
		{"import", `!ImportValue shared-queue`, "?!ImportValue shared-queue"},
		{"import of a Sub", `{Fn::ImportValue: !Sub '${Env}-queue'}`, "?!ImportValue dev-queue"},
		{"import of what holds a symbol", `{Fn::ImportValue: !Sub '${Bare}-queue'}`, "?!ImportValue unknown-Bare-queue"},
		{"import of what holds the account", `{Fn::ImportValue: !Sub '${AWS::AccountId}-queue'}`, "?!ImportValue 000000000000-queue"},
		{"dynamic reference inside text", `'a-{{resolve:ssm:/x:1}}-b'`, "a-unknown-ssm-x-1-b"},
		{"Cidr", `!Cidr [10.0.0.0/16, 2, 8]`, "?!Cidr [10.0.0.0/16, 2, 8]"},
		{"zones", `!Select [0, !GetAZs '']`, "?!Select [0, !GetAZs ]"},
		{"date stays text", `2012-10-17`, "2012-10-17"},
		{"account id with a leading zero stays text", `012345678901`, "012345678901"},
		{"number as written", `1.10`, "1.10"},
		{"yes is a boolean in YAML 1.1", `yes`, "true"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v, _ := evaluate(t, intrinsicsHead+test.value+"\n", Options{})
			got := v.Text
			switch {
			case v.Kind == tree.Unknown:
				got = "?" + v.Gap.Expression
			case v.Kind == tree.List || v.Kind == tree.Object:
				got, _ = tree.JSON(v)
			}
			if got != test.want {
				t.Errorf("%s = %q, expected %q", test.value, got, test.want)
			}
		})
	}
}

func TestOptionsReachReferences(t *testing.T) {
	o := Options{Account: "012345678901", Region: "cn-north-1", StackName: "shop", Parameters: map[string]string{"Env": "prod"}}
	for expression, want := range map[string]string{
		`!GetAtt Q.Arn`:      "arn:aws-cn:sqs:cn-north-1:012345678901:shop-Q",
		`!Ref Q`:             "https://sqs.cn-north-1.amazonaws.com.cn/012345678901/shop-Q",
		`!If [IsProd, a, b]`: "a",
		`!Sub '${AWS::Partition} ${AWS::URLSuffix}'`: "aws-cn amazonaws.com.cn",
	} {
		v, w := evaluate(t, intrinsicsHead+expression+"\n", o)
		is(t, expression, v.Text, want)
		is(t, expression+": symbols", len(w.symbols.list), 0)
	}
	v, _ := evaluate(t, intrinsicsHead+"!Ref AWS::Partition\n", Options{Region: "us-gov-west-1"})
	is(t, "partition", v.Text, "aws-us-gov")
}

func TestSameExpressionSameSymbol(t *testing.T) {
	v, w := evaluate(t, intrinsicsHead+"!Sub '${Bare}|${Bare}|${Other.Token}'\n", Options{})
	is(t, "text", v.Text, "unknown-Bare|unknown-Bare|unknown-Other-Token")
	is(t, "number of symbols", len(w.symbols.list), 2)
	sym := w.symbols.list[0]
	is(t, "expression", sym.Expression, "${Bare}")
	is(t, "needs", sym.Needs, "--parameter Bare=Value")
	is(t, "line", sym.Origin.Line, 4)
}

// A symbol must not be mistaken for text of the template or for part of another symbol.
func TestSymbolsAreFresh(t *testing.T) {
	template := "Parameters: {Bare: {Type: String}, BareName: {Type: String}, unknown: {Type: String}}\nResources: {}\nOutputs: {Out: {Value: !Sub '${Bare} ${BareName} unknown-Bare ${unknown}'}}\n"
	v, w := evaluate(t, template, Options{})
	parts := strings.Split(v.Text, " ")
	for i, a := range w.symbols.list {
		for j, b := range w.symbols.list {
			if i != j && strings.Contains(a.Text, b.Text) {
				t.Errorf("symbol %q holds symbol %q", a.Text, b.Text)
			}
		}
		if strings.Contains(template, a.Text) {
			t.Errorf("symbol %q occurs in the template", a.Text)
		}
	}
	is(t, "literal", parts[2], "unknown-Bare")
	if parts[0] == parts[1] || parts[0] == parts[2] {
		t.Errorf("texts that differ became equal: %q", v.Text)
	}
}

func TestKeyNames(t *testing.T) {
	id, _ := evaluate(t, intrinsicsHead+"!Ref K\n", Options{})
	arn, _ := evaluate(t, intrinsicsHead+"!GetAtt K.Arn\n", Options{})
	again, _ := evaluate(t, intrinsicsHead+"!GetAtt K.KeyId\n", Options{})
	is(t, "KeyId", again.Text, id.Text)
	is(t, "ARN", arn.Text, "arn:aws:kms:us-east-1:000000000000:key/"+id.Text)
	if len(id.Text) != 36 || strings.Count(id.Text, "-") != 4 {
		t.Errorf("%q has not the shape of a key id", id.Text)
	}
}

func TestForEach(t *testing.T) {
	s := load(t, `Transform: AWS::LanguageExtensions
Parameters:
  Names: {Type: CommaDelimitedList, Default: 'red,blue'}
Resources:
  Fn::ForEach::Queues:
    - Color
    - !Ref Names
    - Queue${Color}:
        Type: AWS::SQS::Queue
        Properties:
          QueueName: !Sub '${Color}-jobs'
          KmsMasterKeyId: !Ref Color
`, Options{})
	for _, color := range []string{"red", "blue"} {
		q := get(t, "queue", s.Queue("arn:aws:sqs:us-east-1:000000000000:"+color+"-jobs"))
		is(t, "logical id", q.Origin.Resource, "Queue"+color)
		is(t, "key", get(t, "key", q.KMSKeyID), color)
	}
}
