package cli

import (
	"bytes"
	"encoding/json"
	"hash/crc32"
	"maps"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/source/cloudformation"
	"apisqs-doctor/rules"
)

// shapes are healthy templates, small and whole. Where a template has a mark, the
// node is required: AWS refuses the template without it, or the call fails.
var shapes = []string{`
Resources:
  Orders: {Type!: AWS::SQS::Queue}
  Role:
    Type!: AWS::IAM::Role
    Properties!:
      AssumeRolePolicyDocument!: {Version: '2012-10-17', Statement!: [{Effect!: Allow, Principal!: {Service!: apigateway.amazonaws.com}, Action!: sts:AssumeRole}]}
      Policies!: [{PolicyName!: send, PolicyDocument!: {Version: '2012-10-17', Statement!: [{Effect!: Allow, Action!: sqs:SendMessage, Resource!: {Fn::GetAtt: [Orders, Arn]}}]}}]
  Api: {Type!: AWS::ApiGateway::RestApi, Properties!: {Name!: orders}}
  Path: {Type!: AWS::ApiGateway::Resource, Properties!: {RestApiId!: {Ref: Api}, ParentId!: {Fn::GetAtt: [Api, RootResourceId]}, PathPart!: orders}}
  Post:
    Type!: AWS::ApiGateway::Method
    Properties!:
      RestApiId!: {Ref: Api}
      ResourceId!: {Ref: Path}
      HttpMethod!: POST
      AuthorizationType: NONE
      Integration!:
        Type!: AWS
        IntegrationHttpMethod!: POST
        Uri!: {Fn::Sub: 'arn:aws:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${Orders.QueueName}'}
        Credentials!: {Fn::GetAtt: [Role, Arn]}
        PassthroughBehavior: NEVER
        RequestParameters!: {integration.request.header.Content-Type!: "'application/x-www-form-urlencoded'"}
        RequestTemplates!: {application/json!: Action=SendMessage&MessageBody=$util.urlEncode($input.body)}
        IntegrationResponses!: [{StatusCode!: 200}, {StatusCode: 400, SelectionPattern: '4\d{2}'}, {StatusCode: 500, SelectionPattern: '5\d{2}'}]
      MethodResponses!: [{StatusCode!: 200}, {StatusCode: 400}, {StatusCode: 500}]
  Deployment: {Type!: AWS::ApiGateway::Deployment, DependsOn!: Post, Properties!: {RestApiId!: {Ref: Api}}}
  Stage: {Type!: AWS::ApiGateway::Stage, Properties!: {RestApiId!: {Ref: Api}, DeploymentId!: {Ref: Deployment}, StageName!: prod}}
`, `
Resources:
  Orders: {Type!: AWS::SQS::Queue, Properties: {QueueName: orders}}
  Role:
    Type!: AWS::IAM::Role
    Properties!:
      AssumeRolePolicyDocument!: {Version: '2012-10-17', Statement!: [{Effect!: Allow, Principal!: {Service!: apigateway.amazonaws.com}, Action!: sts:AssumeRole}]}
      Policies!: [{PolicyName!: send, PolicyDocument!: {Version: '2012-10-17', Statement!: [{Effect!: Allow, Action!: sqs:SendMessage, Resource!: {Fn::GetAtt: [Orders, Arn]}}]}}]
  Api: {Type!: AWS::ApiGatewayV2::Api, Properties!: {Name!: orders, ProtocolType!: HTTP}}
  Send:
    Type!: AWS::ApiGatewayV2::Integration
    Properties!:
      ApiId!: {Ref: Api}
      IntegrationType!: AWS_PROXY
      IntegrationSubtype!: SQS-SendMessage
      PayloadFormatVersion!: '1.0'
      CredentialsArn!: {Fn::GetAtt: [Role, Arn]}
      RequestParameters!: {QueueUrl!: {Ref: Orders}, MessageBody!: $request.body}
  Route: {Type!: AWS::ApiGatewayV2::Route, Properties!: {ApiId!: {Ref: Api}, RouteKey!: POST /orders, Target!: {Fn::Sub: 'integrations/${Send}'}}}
  Stage: {Type!: AWS::ApiGatewayV2::Stage, Properties!: {ApiId!: {Ref: Api}, StageName!: $default, AutoDeploy!: true}}
`, `
Transform!: AWS::Serverless-2016-10-31
Resources:
  Orders: {Type!: AWS::SQS::Queue, Properties: {QueueName: orders}}
  Role:
    Type!: AWS::IAM::Role
    Properties!:
      AssumeRolePolicyDocument!: {Version: '2012-10-17', Statement!: [{Effect!: Allow, Principal!: {Service!: apigateway.amazonaws.com}, Action!: sts:AssumeRole}]}
      Policies!: [{PolicyName!: send, PolicyDocument!: {Version: '2012-10-17', Statement!: [{Effect!: Allow, Action!: sqs:SendMessage, Resource!: {Fn::GetAtt: [Orders, Arn]}}]}}]
  Api:
    Type!: AWS::Serverless::Api
    Properties!:
      StageName!: prod
      DefinitionBody!:
        openapi!: 3.0.1
        info!: {title!: orders, version!: '1'}
        paths!:
          /orders:
            post!:
              responses!: {'200': {description: ok}, '400': {description: no}, '500': {description: no}}
              x-amazon-apigateway-integration!:
                type!: aws
                httpMethod!: POST
                uri!: {Fn::Sub: 'arn:aws:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/orders'}
                credentials!: {Fn::GetAtt: [Role, Arn]}
                passthroughBehavior: never
                requestParameters!: {integration.request.header.Content-Type!: "'application/x-www-form-urlencoded'"}
                requestTemplates!: {application/json!: Action=SendMessage&MessageBody=$util.urlEncode($input.body)}
                responses!: {default!: {statusCode!: '200'}, '4\d{2}': {statusCode: '400'}, '5\d{2}': {statusCode: '500'}}
`}

// spot is a node of a document: the one that holds it, and its name or number there.
type spot struct {
	parent any
	name   string
	index  int
	path   string // names and numbers, for the marks
}

// spots lists the nodes under one, in one order.
func spots(n any, path string, list []spot) []spot {
	switch n := n.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(n)) {
			at := path + "\x00" + name
			list = spots(n[name], at, append(list, spot{n, name, 0, at}))
		}
	case *[]any:
		for i := range *n {
			at := path + "\x00" + strconv.Itoa(i)
			list = spots((*n)[i], at, append(list, spot{n, "", i, at}))
		}
	}
	return list
}

func (p spot) get() any {
	if m, ok := p.parent.(map[string]any); ok {
		return m[p.name]
	}
	return (*p.parent.(*[]any))[p.index]
}

func (p spot) set(v any) {
	if m, ok := p.parent.(map[string]any); ok {
		m[p.name] = v
	} else {
		(*p.parent.(*[]any))[p.index] = v
	}
}

func (p spot) drop() {
	if m, ok := p.parent.(map[string]any); ok {
		delete(m, p.name)
	} else {
		list := p.parent.(*[]any)
		*list = slices.Delete(*list, p.index, p.index+1)
	}
}

// again puts the node there twice: a list has it one after the other, an object under
// one more name.
func (p spot) again() {
	if m, ok := p.parent.(map[string]any); ok {
		m[p.name+"2"] = editable(plainTree(p.get()))
	} else {
		list := p.parent.(*[]any)
		*list = slices.Insert(*list, p.index, editable(plainTree(p.get())))
	}
}

// editable has its lists behind pointers, so that each can be changed where it is.
func editable(n any) any {
	switch n := n.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, v := range n {
			out[name] = editable(v)
		}
		return out
	case []any:
		list := make([]any, len(n))
		for i := range n {
			list[i] = editable(n[i])
		}
		return &list
	}
	return n
}

func plainTree(n any) any {
	switch n := n.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, v := range n {
			out[name] = plainTree(v)
		}
		return out
	case *[]any:
		list := make([]any, len(*n))
		for i := range *n {
			list[i] = plainTree((*n)[i])
		}
		return list
	}
	return n
}

// unmarked takes the marks off, and returns the marked paths.
func unmarked(n any, path string, required map[string]bool) any {
	switch n := n.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, v := range n {
			bare, marked := strings.CutSuffix(name, "!")
			at := path + "\x00" + bare
			if marked {
				required[at] = true
			}
			out[bare] = unmarked(v, at, required)
		}
		return out
	case []any:
		for i := range n {
			n[i] = unmarked(n[i], path+"\x00"+strconv.Itoa(i), required)
		}
	}
	return n
}

// nothing is what a required node may become to be as good as gone.
var nothing = []any{nil, map[string]any{}, []any{}}

// reshape carries out one operation, and tells whether a required node is gone by it.
func reshape(doc any, required map[string]bool, kind, at, with byte) (gone bool) {
	list := spots(doc, "", nil)
	if len(list) == 0 {
		return false
	}
	p := list[(int(at)*7+int(with)%7)%len(list)]
	var other any
	for _, o := range list[int(with)%len(list):] { // something of the same type elsewhere
		if _, ok := o.get().(string); ok {
			other = o.get()
			break
		}
	}
	switch kind % 5 {
	case 0:
		p.drop()
		for path := range required {
			gone = gone || path == p.path || strings.HasPrefix(path, p.path+"\x00")
		}
		return gone
	case 1:
		p.again()
	case 2:
		if _, ok := p.get().(string); ok && other != nil {
			p.set(other)
		}
	case 3:
		kinds := append(nothing, true, 1, "", "x", []any{plainTree(p.get())}, 1e300)
		n := int(with) % len(kinds)
		p.set(editable(kinds[n]))
		return n < len(nothing) && required[p.path]
	case 4:
		was := plainTree(p.get())
		nested := []any{map[string]any{p.name: was}, map[string]any{"Fn::If": []any{"Yes", was, map[string]any{"Ref": "AWS::NoValue"}}}, []any{[]any{was}},
			map[string]any{"Ref": was}, map[string]any{"Fn::Sub": was}, map[string]any{"Fn::GetAtt": []any{was, "Arn"}}, map[string]any{"Fn::Transform": map[string]any{"Name": "x", "Parameters": was}}}
		p.set(editable(nested[int(with)%len(nested)]))
	}
	return false
}

// whole is every how manieth input that is also run as a command, report and all.
const whole = 32

// Whatever becomes of the nodes of a template, the run ends in time and with one of
// the exit codes, and a template that has lost a required node is not healthy.
func FuzzShape(f *testing.F) {
	var documents []any
	var marks []map[string]bool
	for i, text := range shapes {
		var n any
		if err := yaml.Unmarshal([]byte(text), &n); err != nil {
			f.Fatal(err)
		}
		required := map[string]bool{}
		n = unmarked(n, "", required)
		documents, marks = append(documents, n), append(marks, required)
		if v := shapeVerdict(f, n); v != diagnose.Healthy {
			f.Fatalf("shape %d is %s", i, v)
		}
		f.Add(byte(i), []byte{})
		f.Add(byte(i), []byte{1, 30, 0, 2, 9, 4, 3, 12, 1, 4, 20, 1, 0, 40, 2})
	}
	f.Fuzz(func(t *testing.T, which byte, ops []byte) {
		required := marks[int(which)%len(marks)]
		doc := editable(documents[int(which)%len(documents)])
		gone := false
		for i := 0; i+3 <= min(len(ops), 3*8); i += 3 {
			lost := reshape(doc, required, ops[i], ops[i+1], ops[i+2])
			gone = gone || lost && i == 0 // later the nodes may stand elsewhere, or twice
		}
		checkShape(t, plainTree(doc), gone)
	})
}

func checkShape(t *testing.T, doc any, gone bool) {
	t.Helper()
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	began, before := time.Now(), allocated()
	v := shapeVerdict(t, doc)
	if gone && v == diagnose.Healthy {
		t.Errorf("healthy, though a required node is gone:\n%s", text)
	}
	if crc32.ChecksumIEEE(text)%whole == 0 {
		var out, errs bytes.Buffer
		code := Main([]string{"--template", "-"}, Streams{In: bytes.NewReader(text), Out: &out, Err: &errs, LookupEnv: func(string) (string, bool) { return "", false }})
		if code < ExitHealthy || code > ExitInconclusive || strings.Contains(errs.String(), "goroutine") || strings.Contains(errs.String(), "internal error") {
			t.Errorf("exit code %d: %s\n%s", code, errs.String(), text)
		}
		if code == ExitHealthy && v != diagnose.Healthy && v != diagnose.AtRisk {
			t.Errorf("exit code 0, and the verdict is %s:\n%s", v, text)
		}
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("%s for %d bytes:\n%s", took, len(text), text)
	}
	if bytes := allocated() - before; bytes > mostAllocated {
		t.Errorf("%d MB are allocated for %d bytes:\n%s", bytes>>20, len(text), text)
	}
}

// mostAllocated is far beyond the 16 MB that a thousand such templates stayed below,
// reports and the proofs of fixes included.
const mostAllocated = 128 << 20

// allocated is how many bytes the process has allocated, freed ones included.
func allocated() uint64 {
	all := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(all)
	return all[0].Value.Uint64()
}

// shapeVerdict is the verdict over all methods of a template; of one that is refused
// it is broken.
func shapeVerdict(t testing.TB, doc any) diagnose.Verdict {
	t.Helper()
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	s, err := cloudformation.Load([]string{"-"}, cloudformation.Options{Stdin: bytes.NewReader(text)})
	if err != nil {
		return diagnose.Broken
	}
	shell := diagnose.Examine(s, diagnose.Selection{}, nil, nil)
	if len(shell.Diagnoses) == 0 || len(shell.Unlisted) > 0 {
		return diagnose.Inconclusive
	}
	verdict := diagnose.Healthy
	for i := range shell.Diagnoses {
		if d := diagnose.Judge(s, shell.Diagnoses[i].Trace.Request, rules.All()); d.Verdict != diagnose.Healthy {
			verdict = d.Verdict
		}
	}
	return verdict
}

// Each required node in turn is dropped, and made nothing.
func TestRequiredNodes(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it diagnoses a template once for every node")
	}
	for _, text := range shapes {
		var marked any
		if err := yaml.Unmarshal([]byte(text), &marked); err != nil {
			t.Fatal(err)
		}
		required := map[string]bool{}
		bare := unmarked(marked, "", required)
		if v := shapeVerdict(t, bare); v != diagnose.Healthy {
			t.Fatalf("the whole template is %s", v)
		}
		for i, path := range slices.Sorted(maps.Keys(required)) {
			for _, n := range []int{-1, i % len(nothing)} {
				doc := editable(bare)
				list := spots(doc, "", nil)
				p := list[slices.IndexFunc(list, func(p spot) bool { return p.path == path })]
				if n < 0 {
					p.drop()
				} else {
					p.set(editable(nothing[n]))
				}
				if v := shapeVerdict(t, plainTree(doc)); v == diagnose.Healthy {
					t.Errorf("healthy, though %s is gone (%d)", strings.ReplaceAll(path, "\x00", "."), n)
				}
			}
		}
	}
}
