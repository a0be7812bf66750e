package diagnose_test

import (
	"fmt"
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
)

// parts are what a test changes in the healthy configuration.
type parts struct {
	api         *snapshot.API
	stage       *snapshot.Stage
	config      *snapshot.Configuration
	method      *snapshot.Method
	integration *snapshot.Integration
}

// configured is the healthy configuration with changes, deployed.
func configured(t testing.TB, change func(p *parts)) *snapshot.Snapshot {
	t.Helper()
	c, err := fixtures.Load("orders")
	if err != nil {
		t.Fatal(err)
	}
	s := c.Snapshot
	api := &s.APIs[0]
	draft, _ := api.Draft.Peek()
	stages, _ := api.Stages.Peek()
	integration, _ := draft.Methods[0].Integration.Peek()
	change(&parts{api, &stages[0], &draft, &draft.Methods[0], integration})
	api.Draft = api.Draft.With(draft)
	stages[0].Deployed = stages[0].Deployed.With(draft)
	return s
}

func known[T any](v T) snapshot.Fact[T] { return snapshot.Known(v, snapshot.Origin{}) }

func texts(m map[string]string) snapshot.Fact[map[string]snapshot.Fact[string]] {
	out := map[string]snapshot.Fact[string]{}
	for k, v := range m {
		out[k] = known(v)
	}
	return known(out)
}

func call(body string, headers ...string) walk.Request {
	r := walk.Request{Method: "POST", Path: "/orders", Body: body}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Headers = append(r.Headers, walk.Header{Name: name, Value: value})
	}
	return r
}

func header(t *walk.Trace, name string) string {
	h, ok := t.Mapping.Header(name)
	if !ok {
		return "(absent)"
	}
	return h.Value
}

// What API Gateway sends by itself.
func TestDefaultHeaders(t *testing.T) {
	s := configured(t, func(p *parts) { p.integration.RequestParameters = texts(nil) })
	trace := walk.New(s).Walk(call("{}", "Content-Type: application/json", "Accept: application/xml", "X-Own: 1"))
	for name, want := range map[string]string{
		"Accept":       "application/json",          // T61: the client's is replaced
		"Content-Type": "application/json",          // T62: the client's is kept
		"User-Agent":   "AmazonAPIGateway_a1b2c3d4", // T61
		"X-Own":        "(absent)",                  // T60: client headers are not forwarded
	} {
		if got := header(trace, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	// T62: a GET carries no Content-Type, although the client sent one.
	s = configured(t, func(p *parts) {
		p.integration.RequestParameters = texts(nil)
		p.method.HTTPMethod = "GET"
	})
	get := call("", "Content-Type: application/json")
	get.Method = "GET"
	if got := header(walk.New(s).Walk(get), "Content-Type"); got != "(absent)" {
		t.Errorf("Content-Type of a GET: %q", got)
	}
}

// The sources of request parameter mappings.
func TestRequestParameters(t *testing.T) {
	declared := map[string]bool{}
	for _, name := range []string{"header.X-A", "header.X-Gone", "header.Expect", "querystring.q", "path.id"} {
		declared["method.request."+name] = false
	}
	s := configured(t, func(p *parts) {
		p.method.Path = "/orders/{id}"
		p.method.RequestParameters = known(declared)
		p.stage.Variables = known(map[string]string{"v": "value"})
		p.integration.RequestParameters = texts(map[string]string{
			"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'",
			"integration.request.header.One":          "method.request.header.X-A",
			"integration.request.header.All":          "method.request.multivalueheader.X-A",
			"integration.request.header.Gone":         "method.request.header.X-Gone",
			"integration.request.header.Hidden":       "method.request.header.Expect",
			"integration.request.header.Query":        "method.request.querystring.q",
			"integration.request.header.Path":         "method.request.path.id",
			"integration.request.header.Body":         "method.request.body",
			"integration.request.header.Member":       "method.request.body.a.b",
			"integration.request.header.NoMember":     "method.request.body.a.c",
			"integration.request.header.Stage":        "stageVariables.v",
			"integration.request.header.Context":      "context.resourceId",
			"integration.request.header.Referer":      "'x'",
		})
	})
	r := call(`{"a":{"b":"deep"}}`, "X-A: 1", "X-A: 2", "Expect: 100-continue")
	r.Path, r.Query = "/orders/42", []walk.Header{{Name: "q", Value: "first"}, {Name: "q", Value: "last"}}
	trace := walk.New(s).Walk(r)
	for name, want := range map[string]string{
		"One":      "2",        // T82: the last value
		"All":      "1,2",      // T82: comma-joined
		"Gone":     "(absent)", // T82: no empty header is sent
		"Hidden":   "(absent)", // T66
		"Query":    "last",
		"Path":     "42",
		"Body":     `{"a":{"b":"deep"}}`,
		"Member":   "deep",
		"NoMember": "(absent)",
		"Stage":    "value",
		"Context":  "r0ders", // T81
		"Referer":  "(absent)",
	} {
		if got := header(trace, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if step := trace.Step(walk.StageMapping); step.Status != walk.Passed {
		t.Errorf("mapping: %s %s", step.Status, step.Said)
	}
}

// T83: method.request.body.
func TestBodyMapping(t *testing.T) {
	s := configured(t, func(p *parts) {
		p.integration.RequestParameters = texts(map[string]string{"integration.request.header.B": "method.request.body"})
	})
	for body, want := range map[string]string{"": "{}", "plain text": "plain text", `{"a":1}`: `{"a":1}`} {
		if got := header(walk.New(s).Walk(call(body)), "B"); got != want {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
	}
	for _, body := range []string{`{"a":`, "[", `"x`, "'x'"} {
		f := walk.New(s).Walk(call(body)).FirstFailure()
		if f == nil || f.Failure.Status != 400 || f.Failure.Message != "Invalid JSON in request body" {
			t.Errorf("%q: %+v", body, f)
		}
	}
}

// T142: overrides of the template reach SQS and replace what is mapped.
func TestRequestOverride(t *testing.T) {
	s := configured(t, func(p *parts) {
		p.integration.Templates = texts(map[string]string{"application/json": `#set($context.requestOverride.header.X-Amz-Target = "AmazonSQS.SendMessage")
#set($context.requestOverride.header.content-type = "application/x-amz-json-1.0")
#set($context.requestOverride.querystring.q = "a b")
{"QueueUrl":"https://sqs.us-east-1.amazonaws.com/123456789012/orders","MessageBody":"x"}`})
	})
	trace := walk.New(s).Walk(call("{}"))
	if trace.Protocol.Protocol != "json" || trace.FirstFailure() != nil || trace.Signing.RawQuery != "q=a+b" {
		t.Errorf("protocol %s, query %q, failure %+v", trace.Protocol.Protocol, trace.Signing.RawQuery, trace.FirstFailure())
	}
	n := 0
	for _, h := range trace.Mapping.Headers {
		if strings.EqualFold(h.Name, "Content-Type") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d headers Content-Type leave, want the overriding one alone", n)
	}
}

// T64: headers that make every call fail, by mapping and by override.
func TestFatalHeaders(t *testing.T) {
	byMapping := configured(t, func(p *parts) {
		p.integration.RequestParameters = texts(map[string]string{"integration.request.header.content-length": "'0'"})
	})
	byOverride := configured(t, func(p *parts) {
		p.integration.Templates = texts(map[string]string{"application/json": "#set($context.requestOverride.header.Expect = \"200-ok\")\nAction=SendMessage&MessageBody=x"})
	})
	for i, s := range []*snapshot.Snapshot{byMapping, byOverride} {
		f := walk.New(s).Walk(call("{}")).FirstFailure()
		if f == nil || f.Failure.Status != 500 || f.Failure.Code != walk.InternalServerError || !strings.HasSuffix(f.Failure.Log, "header already present") {
			t.Errorf("%d: %+v", i, f)
		}
	}
}

// T99: what binary media types and contentHandling do to the body.
func TestBinaryBodies(t *testing.T) {
	for _, c := range []struct {
		types          []string
		handling, body string
		status         int
		message        string
	}{
		{nil, "", "hi", 200, "hi"},
		{[]string{"text/plain"}, "", "hi", 500, ""},
		{[]string{"text/plain"}, "", "", 200, "{}"}, // nothing to handle as bytes
		{[]string{"text/plain"}, "CONVERT_TO_TEXT", "hi", 200, "aGk="},
		{nil, "CONVERT_TO_TEXT", "hi", 200, "hi"},
		{nil, "CONVERT_TO_BINARY", "no base64!", 500, ""},
		{nil, "CONVERT_TO_BINARY", "aGk=", 500, ""}, // decoded, and then a template over bytes
	} {
		s := configured(t, func(p *parts) {
			p.config.BinaryMediaTypes = known(c.types)
			p.integration.ContentHandling = known(c.handling)
			p.integration.Templates = texts(map[string]string{"text/plain": "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"})
		})
		trace := walk.New(s).Walk(call(c.body, "Content-Type: text/plain"))
		if trace.Response.Status != c.status {
			t.Errorf("%+v: status %d", c, trace.Response.Status)
		}
		if c.status == 200 && (len(trace.Queue.Messages) != 1 || trace.Queue.Messages[0].Body != c.message) {
			t.Errorf("%+v: %+v", c, trace.Queue.Messages)
		}
	}
}

// A plain request is one that a correct client sends: with what the method and
// the integration read, of the kind that they need.
func TestPlainRequests(t *testing.T) {
	const encoded = "&MessageBody=$util.urlEncode($input.body)"
	for name, c := range map[string]struct {
		template string
		change   func(p *parts)
		want     string // in the request
	}{
		"a header":       {"Action=SendMessage&MessageGroupId=$input.params('X-Group')" + encoded, nil, "X-Group"},
		"a header map":   {"Action=SendMessage&MessageGroupId=$input.params().header.get('X-Group')" + encoded, nil, ""},
		"a query":        {"Action=SendMessage&MessageGroupId=$input.params().querystring.tag" + encoded, nil, "tag"},
		"a member":       {"Action=SendMessage&MessageBody=$util.urlEncode($input.path('$.detail.type'))", nil, `"detail":{"type":"sample"}`},
		"a number":       {"Action=SendMessage&DelaySeconds=$input.path('$.delay')" + encoded, nil, `"delay":1`},
		"a number apart": {"Action=SendMessage&DelaySeconds=$input.params('delay')" + encoded, nil, "delay"},
		"a list": {"Action=SendMessageBatch#foreach($o in $input.path('$.orders'))&SendMessageBatchRequestEntry.${foreach.count}.Id=$o.id" +
			"&SendMessageBatchRequestEntry.${foreach.count}.MessageBody=$util.urlEncode($o.text)#end", nil, `"orders":[{`},
		"a claim": {"Action=SendMessage&MessageGroupId=$context.authorizer.claims.sub" + encoded, func(p *parts) {
			p.method.Authorization = known("COGNITO_USER_POOLS")
		}, "Authorization"},
		"a form only": {"", func(p *parts) {
			p.integration.Templates = texts(map[string]string{"application/x-www-form-urlencoded": "Action=SendMessage" + encoded})
		}, "application/x-www-form-urlencoded"},
		"a model": {"Action=SendMessage" + encoded, func(p *parts) {
			p.method.ValidatorID = known("v")
			p.method.RequestModels = known(map[string]string{"application/json": "M"})
			p.config.Validators = map[string]snapshot.Fact[snapshot.Validator]{"v": known(snapshot.Validator{Body: true})}
			p.config.Models = map[string]snapshot.Fact[string]{"M": known(`{"type":"object","required":["sku"],"properties":{"sku":{"type":"integer"}}}`)}
		}, `"sku"`},
	} {
		s := configured(t, func(p *parts) {
			p.integration.Templates = texts(map[string]string{"application/json": c.template})
			if strings.Contains(c.template, "Batch") {
				p.integration.Responses = known([]snapshot.IntegrationResponse{{Status: "200"}})
			}
			if c.change != nil {
				c.change(p)
			}
		})
		e := diagnose.Examine(s, diagnose.Selection{}, nil, nil)
		if len(e.Diagnoses) != 1 {
			t.Fatalf("%s: %d diagnoses", name, len(e.Diagnoses))
		}
		trace := e.Diagnoses[0].Trace
		for _, stage := range []walk.Stage{walk.StageRoute, walk.StageMapping, walk.StageProtocol} {
			if step := trace.Step(stage); step.Status != walk.Passed {
				t.Errorf("%s: %s %s: %s\n%s", name, stage, step.Status, step.Said, trace.Mapping.Body)
			}
		}
		if queue := trace.Step(walk.StageQueue); queue.Status == walk.Failed && name != "a header map" {
			t.Errorf("%s: %s\n%s", name, queue.Said, trace.Mapping.Body)
		}
		if text := fmt.Sprintf("%+v", trace.Request); !strings.Contains(text, c.want) {
			t.Errorf("%s: the request lacks %s: %s", name, c.want, text)
		}
	}
}
