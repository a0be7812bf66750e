package vtl

import (
	"strings"
	"sync"
	"testing"
)

func TestAPIGateway(t *testing.T) {
	const doc = `{"id": 7, "b": "x & y", "o": {"z": 1, "a": "q"}, "l": [{"foo": "bar"}, 1.10, null, true], "n": null, "big": 12345678901234567890123, "d": 1.10, "e": ""}`
	for _, c := range []struct {
		name, body, template, want string
	}{
		{"T130 undefined in JSON", "", `{"body": $u, "n": $u.x}`, `{"body": , "n": }`},
		{"T131 null is empty text", doc, `#set($r = $input.path("$.n"))#if($r == $null)1#end#if($r == "")2#end#if($r != '')3#end`, "12"},
		{"T131 an empty list is not null", `{"l":[]}`, `#if($input.path('$.l') == "")y#{else}n#end`, "n"},
		{"T132 null all the way", doc, `[$input.path('$.nope').a.b.c()]`, "[]"},
		{"T133 empty body", "", `$input.body|$util.urlEncode($input.body)`, "{}|%7B%7D"},
		{"T133 the body is a string", doc, "[$input.body.id]", "[]"},
		{"T134 form encoding", `{"some": "value"}`, "$util.urlEncode($input.body)|$util.urlEncode($u)", "%7B%22some%22%3A+%22value%22%7D|"},
		{"T134 what stays", "", `$util.urlEncode("a*b-c_d.e~f é")`, "a*b-c_d.e%7Ef+%C3%A9"},
		{"T135 object", doc, "$input.path('$.o')|$input.path('$.o').toString()", "{z=1, a=q}|{z=1, a=q}"},
		{"T135 array", doc, "$input.path('$.l')", `[{"foo":"bar"},1.1,null,true]`},
		{"T135 array in a map", `{"foo": [{"nested": "bar"}]}`, "$input.path('$')", `{foo=[{"nested":"bar"}]}`},
		{"T135 null in a map", `{"a": null, "b": ""}`, "$input.path('$')", "{a=null, b=}"},
		{"T136 absent path", doc, "[$input.path('$.nope')][$input.path('$.o.z.q')][$input.path('$.b.c')]", "[][][]"},
		{"T136 empty body", "", "[$input.path('$')][$input.path('$.a')]", "[][]"},
		{"T136 form body under $", "a=1&b=2", `[$input.path('$').split("&")[1]][$input.path('$.a')]`, "[b=2][]"},
		{"T136 path without $", doc, "$input.path('id') $input.path('o.a')", "7 q"},
		{"numbers print as Java's", `{"a": 1.10, "b": 1e10, "c": 100, "d": 0.00001}`, "$input.path('$.a') $input.path('$.b') $input.path('$.c') $input.path('$.d')", "1.1 1.0E10 100 1.0E-5"},
		{"T137 whole document", "{\"b\": 1.10,\n \"a\": [1, {\"c\": \"\\u00e9\\/\"}]}", "$input.json('$')", `{"b":1.10,"a":[1,{"c":"é/"}]}`},
		{"T137 members", doc, "$input.json('$.b')$input.json('$.big')$input.json('$.n')$input.json('$.o')", `"x & y"12345678901234567890123null{"z":1,"a":"q"}`},
		{"T137 absent and unparsable", doc, "$input.json('$.nope')", `""`},
		{"T137 not JSON", "a=\"b\n", "$input.json('$')$input.json('$.a')", `"a=\"b\n"""`},
		{"T137 empty body", "", "$input.json('$')$input.json('$.a')", `{}""`},
		{"duplicate members: the last value, the first place", `{"a":1,"b":2,"a":3}`, "$input.json('$')", `{"a":3,"b":2}`},
		{"T138 search order", "", "$input.params('both') $input.params('q') $input.params('X-H')", "path query header"},
		{"T138 case and absence", "", "[$input.params('x-h')][$input.params('nope')]", "[][]"},
		{"T138 maps", "", "$input.params().path.both $input.params().querystring.get('q') $input.params().header['X-H'] $input.params().keySet()", "path query header [path, querystring, header]"},
		{"T138 iteration", "", "#foreach($k in $input.params().querystring.keySet())$k=$input.params().querystring.get($k);#end", "both=query;q=query;"},
		{"T139 JavaScript escapes", `it's "a" \ / é`, "$util.escapeJavaScript($input.body)", `it\'s \"a\" \\ \/ \u00E9`},
		{"T139 the repair", `it's`, `$util.escapeJavaScript($input.body).replaceAll("\\'","'")`, `it's`},
		{"T140 put prints the old value", "", "#set($m = {})[$m.put('a','b')][$m.put('a','c')]$m", "[][b]{a=c}"},
		{"T140 client collections", doc, "$input.path('$.l').size() $input.path('$.o').keySet() $input.path('$.o').containsKey('z') $input.path('$.b').length()", "4 [z, a] true 5"},
		{"T141 index in an argument", `{"l":[{"n":"a"},{"n":"b"}]}`, `#foreach($i in [0..1])$input.path("$.l[${i}].n")#if($foreach.hasNext),#end#end`, "a,b"},
		{"T144 nested maps print nothing", "", "[$context.identity][$context.requestOverride][$context]", "[][][]"},
		{"T144 values", "", "$context.requestId $context.identity.sourceIp $context.get('stage') $context['path']", "r-1 1.2.3.4 prod /prod/x"},
		{"T144 keys in order", "", "#foreach($k in $context.keySet())$k #end", "identity path requestId requestOverride responseOverride stage "},
		{"T144 a missing map is an empty loop", "", "#foreach($k in $context.authorizer.keySet())$k#end", ""},
		{"T144 parts of the overrides", "", "$context.requestOverride.keySet() $context.responseOverride.keySet()", "[path, header, querystring] [header]"},
		{"T145 leading and trailing blanks", "", "\n  a b \n\n", "a b"},
		{"T145 blanks made by directives stay", "", "#if(true)\n\n  a\n#end", "\n  a\n"},
		{"T148 quotes in JSON strings", "", `"{\"$context.requestId\": 1}"`, `"{\"r-1\": 1}"`},
		{"T151 stage variables", "", "$stageVariables.queue ${stageVariables['queue']} $stageVariables.get('queue') [$stageVariables.nope]", "orders orders orders []"},
		{"T152 base64", "é ", "$util.base64Encode($input.body) $util.base64Decode('w6kg')|", "w6kg é |"},
		{"T152 parseJson", `{"s":"{\"a\":[1,{\"b\":\"c\"}]}"}`, "#set($x = $util.parseJson($input.path('$.s')))$x.a[1].b $x", `c {a=[1,{"b":"c"}]}`},
		{"urlDecode", "", `$util.urlDecode("a+b%20c%C3%A9%2B")`, "a b cé+"},
		{"bytes that are no UTF-8", "a\xffb", "$util.urlEncode($input.body)", "a%EF%BF%BDb"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := &Input{
				Body: c.body, Path: map[string]string{"both": "path"}, Query: map[string]string{"both": "query", "q": "query"},
				Header: map[string]string{"both": "header", "q": "header", "X-H": "header"},
				Context: NewContext(map[string]any{"requestId": "r-1", "stage": "prod", "path": "/prod/x",
					"identity": map[string]any{"sourceIp": "1.2.3.4", "user": ""}}),
				StageVariables: map[string]string{"queue": "orders"},
			}
			if got := mustRender(t, c.template, in).Text; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// T142, T143: overrides are set in every spelling, and survive into the
// response template together with unknown members.
func TestOverrides(t *testing.T) {
	request := mustRender(t, `#set($context.requestOverride.header.X-Amz-Target = "AmazonSQS.SendMessage")
#set($context["requestOverride"].querystring["a"] = $input.params('h'))
#set($context.requestOverride.path.p = 5)
#set($context.responseOverride.status = 444)
#set($context.responseOverride.header.foo = "bar")
#set($context.responseOverride.custom = "kept")
#set($context.nope.x.y = "lost")
body`, &Input{Header: map[string]string{"h": "v"}, Provenance: true})
	if request.Text != "body" {
		t.Errorf("text %q", request.Text)
	}
	req, resp := request.RequestOverride, request.ResponseOverride
	if v, _ := req.Header.Get("X-Amz-Target"); v != "AmazonSQS.SendMessage" {
		t.Errorf("header override %q", v)
	}
	if len(req.QueryString) != 1 || req.QueryString[0].Value != "v" || req.QueryString[0].Spans[0].Origin != OriginClient {
		t.Errorf("query string override %+v", req.QueryString)
	}
	if v, _ := req.Path.Get("p"); v != "5" {
		t.Errorf("path override %q", v)
	}
	if v, _ := resp.Header.Get("foo"); resp.Status != "444" || v != "bar" {
		t.Errorf("response override %+v", resp)
	}
	response := mustRender(t, `$context.requestOverride.querystring.a $context.responseOverride.custom $context.responseOverride.status#set($context.responseOverride.status = 500)`,
		&Input{RequestOverride: req, ResponseOverride: resp, Provenance: true})
	if response.Text != "v kept 444" || response.ResponseOverride.Status != "500" {
		t.Errorf("carried over: %q, status %q", response.Text, response.ResponseOverride.Status)
	}
	if s := response.RequestOverride.QueryString[0].Spans; len(s) != 1 || s[0].Origin != OriginClient {
		t.Errorf("the carried override lost its history: %+v", s)
	}
	if resp.Status != "444" {
		t.Error("the second rendering changed its input")
	}
	untouched := mustRender(t, "plain", &Input{RequestOverride: req, ResponseOverride: resp})
	if v, _ := untouched.RequestOverride.Header.Get("X-Amz-Target"); v == "" || untouched.ResponseOverride.Status != "444" {
		t.Error("a template without $context drops the overrides")
	}
}

func TestDoubts(t *testing.T) {
	for _, c := range []struct {
		template string
		want     DoubtKind
	}{
		{"#set($x = 1)#set($x = $u)$x", DoubtSetNull},
		{`#set($x = "a" + $u)$x`, DoubtConcatNull},
		{"#foreach($i in [1..1001])#end", DoubtLoopCut},
		{`#set($context.requestOverride.header.A = "1")#set($context.requestOverride.header.A = "2")`, DoubtOverrideTwice},
		{"$util.urlEncode(5)", DoubtUtilArgument},
	} {
		out := mustRender(t, c.template, &Input{})
		if len(out.Doubts) != 1 || out.Doubts[0].Kind != c.want || out.Doubts[0].Line != 1 || out.Doubts[0].Message == "" {
			t.Errorf("%q: doubts %+v, want one of kind %d", c.template, out.Doubts, c.want)
		}
	}
	if out := mustRender(t, "#set($x = $u)#foreach($i in [1..1000])$i#end", &Input{}); len(out.Doubts) != 0 {
		t.Errorf("a harmless template is doubted: %+v", out.Doubts)
	}
}

func TestRenderErrors(t *testing.T) {
	deep := strings.Repeat("[", 300) + strings.Repeat("]", 300)
	for _, c := range []struct {
		template string
		in       Input
		unknown  bool
		bound    string
	}{
		{"\n$list[5]#set($x = [1])$x[5]", Input{}, false, ""},
		{"#set($x = [1])$x.get(1)", Input{}, false, ""},
		{"#set($x = 'abc')$x.substring(4)", Input{}, false, ""},
		{"#set($x = 'a')$x.concat($u)", Input{}, false, ""},
		{"#set($x = 'a')$x.contains(word)", Input{}, false, ""},
		{"#set($x = 5)$x.parseInt('5x')", Input{}, false, ""},
		{"#set($x = 5)$x.compareTo('a')", Input{}, false, ""},
		{"#set($x = [])$x.addAll($u)", Input{}, false, ""},
		{"#set($x = 'a')$x.format('%s', $x)", Input{}, true, ""},
		{"#set($x = 'a')$x.bytes", Input{}, true, ""},
		{"#set($x = 1.1)$x.floatValue()", Input{}, true, ""},
		{"#set($x = {})$x.hashCode()", Input{}, true, ""},
		{"$input.body", Input{Body: "x", BodyIsBinary: true}, false, ""}, // T99
		{"$input.json('$')", Input{Body: "x", BodyIsBinary: true}, false, ""},
		{"#parse('x')", Input{}, false, ""},
		{"#include('x')", Input{}, false, ""},
		{"#set($e = '#if(')#evaluate($e)", Input{}, false, ""},
		{"$util.urlDecode('%zz')", Input{}, false, ""},
		{"$util.parseJson('{')", Input{}, true, ""},
		{"$util.base64Decode('!')", Input{}, true, ""},
		{"#set($x = 'a,b')$x.split(',')", Input{}, true, ""},
		{"#set($x = 'a')$x.getClass()", Input{}, true, ""},
		{"#set($x = 'a')$x.class", Input{}, true, ""},
		{"#set($x = 'a')$x.matches('(?=a)a')", Input{}, true, ""},
		{"$input.path('$.a[?(')", Input{Body: "{}"}, true, ""},
		{"#macro(m)#m()#end#m()", Input{}, false, "MacroDepth"},
		{"#set($e = '#evaluate($e)')#evaluate($e)", Input{}, true, "Depth"},
		{"$input.path('$')", Input{Body: deep}, true, "Depth"},
		{"#set($l = [1])#set($x = $l.add($l))$l", Input{}, true, "Depth"},
		{"$input.body", Input{Body: "0123456789", Limits: Limits{OutputBytes: 5}}, true, "OutputBytes"},
		{"#set($s = 'ab')#foreach($i in [1..30])#set($s = \"$s$s\")#end", Input{Limits: Limits{MadeBytes: 1 << 20}}, true, "MadeBytes"},
		{"#foreach($i in [1..1000])#foreach($j in [1..1000])#foreach($k in [1..1000])#end#end#end", Input{}, true, "Steps"},
		{"#foreach($i in [1..2000000000])#end", Input{}, true, "Steps"},
		{"#set($n = 10)#foreach($i in [1..40])#set($n = $n * $n)#end", Input{}, true, "MadeBytes"},
	} {
		tpl, err := Compile(c.template)
		if err != nil {
			t.Errorf("%q: %v", c.template, err)
			continue
		}
		_, err = tpl.Render(&c.in)
		e, ok := err.(*RenderError)
		if !ok {
			t.Errorf("%q: error %v, want a *RenderError", c.template, err)
			continue
		}
		if e.Unknown != c.unknown || e.Bound != c.bound || e.Line == 0 && c.bound == "" || !strings.Contains(e.Error(), e.Message) {
			t.Errorf("%q: error %+v, want unknown %v, bound %q", c.template, e, c.unknown, c.bound)
		}
	}
}

func TestBinaryBodyUntouched(t *testing.T) {
	in := &Input{Body: "\x00", BodyIsBinary: true}
	if got := mustRender(t, "Action=SendMessage#if(false)$input.body#end", in).Text; got != "Action=SendMessage" {
		t.Errorf("got %q", got)
	}
}

func TestConcurrentRenderings(t *testing.T) {
	tpl, err := Compile(loopTemplate)
	if err != nil {
		t.Fatal(err)
	}
	in := &Input{Body: hundredItems, Context: NewContext(map[string]any{"requestId": "r"}), Provenance: true}
	want, err := tpl.Render(in)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if got, err := tpl.Render(in); err != nil || got.Text != want.Text || len(got.Spans) != len(want.Spans) {
					t.Errorf("another rendering of the same input differs: %v", err)
					return
				}
			}
		})
	}
	wg.Wait()
}
