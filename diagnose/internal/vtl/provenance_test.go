package vtl

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// brief writes spans as text:origin[flags] for tests.
func brief(out *Output) string {
	var parts []string
	for _, s := range out.Spans {
		flags := s.Origin.String()
		for _, f := range []struct {
			n    int
			name string
		}{{s.URLEncoded, "u"}, {s.JSONEscaped, "e"}, {s.Base64, "b"}} {
			flags += strings.Repeat(f.name, min(f.n, 1))
			if f.n > 1 {
				flags += fmt.Sprint(f.n)
			}
		}
		if s.JavaMap {
			flags += "+map"
		}
		if s.JSON {
			flags += "+json"
		}
		parts = append(parts, out.Text[s.Start:s.End]+":"+flags)
	}
	return strings.Join(parts, " | ")
}

var provenanceInput = Input{
	Body: `{"a":"x y","l":["p","q"],"n":5,"o":{"k":"v"}}`, Header: map[string]string{"H": "hv"}, Query: map[string]string{"q": "1"},
	Context:        NewContext(map[string]any{"requestId": "rid", "authorizer": map[string]any{"user": "u"}}),
	StageVariables: map[string]string{"s": "sv"}, Provenance: true,
}

func TestProvenance(t *testing.T) {
	for _, c := range []struct{ name, template, want string }{
		{"direct", "A=$input.params('H')&B", "A=:template | hv:client | &B:template"},
		{"origins", "$context.requestId$stageVariables.s$context.authorizer.user", "rid:context | sv:stage | u:context"},
		{"encoded", "$util.urlEncode($input.path('$.a'))", "x+y:clientu"},
		{"encoded twice", "#set($x = $util.urlEncode($input.path('$.a')))$util.urlEncode($x)", "x%2By:clientu2"},
		{"decoded again", "$util.urlDecode($util.urlEncode($input.path('$.a')))", "x y:client"},
		{"template text encoded", "$util.urlEncode('a b')", "a+b:templateu"},
		{"escaped", "$util.escapeJavaScript($input.path('$.a')).replaceAll('x','z')", "z:template |  y:cliente"},
		{"base64 and back", "$util.base64Encode($input.params('H'))|$util.base64Decode($util.base64Encode($input.params('H')))", "aHY=:clientb | |:template | hv:client"},
		{"base64 of a mixture", `$util.base64Encode("a$input.params('H')")`, "YWh2:mixedb"},
		{"interpolation", `#set($x = "m=$input.params('H')&c=$context.requestId")$x`, "m=:template | hv:client | &c=:template | rid:context"},
		{"interpolation encoded", `#set($x = "m $input.params('H')")$util.urlEncode($x)`, "m+:templateu | hv:clientu"},
		{"concatenation", `#set($x = "m" + $input.params('H') + 1)$x`, "m:template | hv:client | 1:template"},
		{"object", "$input.path('$.o')", "{k=v}:client+map"},
		{"array", "$input.path('$.l')", `["p","q"]:client+json`},
		{"json", "$input.json('$.o')", `{"k":"v"}:client+json`},
		{"numbers", "$input.path('$.n')#set($x = $input.path('$.n') + 1)$x", "5:client | 6:mixed"},
		{"sizes are not client data", "$input.path('$.l').size()$input.params('H').length()", "22:template"},
		{"loop", "#foreach($i in $input.path('$.l'))$i,#end", "p:client | ,:template | q:client | ,:template"},
		{"keys of client objects", "#foreach($k in $input.path('$.o').keySet())$k=$input.path('$.o').get($k)#end", "k:client | =:template | v:client"},
		{"entries", "#foreach($e in $input.path('$.o').entrySet())$e.key=$e.value#end", "k:client | =:template | v:client"},
		{"map of the template", `#set($m = {"t": "lit", "c": $input.params('H')})$m.t$m.c`, "lit:template | hv:client"},
		{"map printed", `#set($m = {"c": $input.params('H')})$m`, "{c=:template+map | hv:client+map | }:template+map"},
		{"put into client JSON", `#set($o = $input.path('$.o'))#set($o.t = "lit")$o.t$o.k`, "lit:template | v:client"},
		{"list", `#set($l = [])#set($x = $l.add($input.params('H')))$l[0]$l`, "hv:client | [:template | hv:client | ]:template"},
		{"macro", `#macro(m $a)<$a>#end#m($input.params('H'))`, "<:template | hv:client | >:template"},
		{"define", "#define($d)<$input.params('H')>#end$d", "<:template | hv:client | >:template"},
		{"substring of a mixture", `#set($x = "ab$input.params('H')cd")$x.substring(1, 3)`, "b:template | h:client"},
		{"split", `#set($x = "a,$input.params('H'),b")#set($p = $x.split(','))$p[1]$p[2]`, "hv:client | b:template"},
		{"groups", `$input.params('H').replaceAll('(h)(v)', '$2-$1')`, "v:client | -:template | h:client"},
		{"case and trim", "$input.params('H').toUpperCase().trim().concat('x')", "HV:client | x:template"},
		{"parseJson", `#set($x = $util.parseJson('{"a":"b"}'))$x.a#set($y = $util.parseJson($input.body))$y.a`, "b:template | x y:client"},
		{"parseJson of a mixture", `#set($q = '"')#set($x = $util.parseJson("{${q}a${q}:${q}lit${q},${q}b${q}:${q}$input.params('H')${q}}"))$x.a$x.b`, "lit:template | hv:client"},
		{"jsonpath list", "#foreach($i in $input.path('$.l[*]'))$i#end", "pq:client"},
		{"evaluate", `#set($e = '[$input.params("H")]')#evaluate($e)`, "[:template | hv:client | ]:template"},
		{"params map", "$input.params().header.H$input.params().querystring", "hv:client | {:template+map | q:client+map | =:template+map | 1:client+map | }:template+map"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := mustRender(t, c.template, &provenanceInput)
			if got := brief(out); got != c.want {
				t.Errorf("%s\n got %s\nwant %s", c.template, got, c.want)
			}
		})
	}
}

func TestSpanReferences(t *testing.T) {
	out := mustRender(t, "\n#set($b = $input.body)\nAction=SendMessage&MessageBody=$b&G=$util.urlEncode($input.params('H'))", &provenanceInput)
	if len(out.Spans) != 4 {
		t.Fatalf("spans %s", brief(out))
	}
	body, group := out.Spans[1], out.Spans[3]
	if body.Reference != "$input.body" || body.Line != 2 || body.Column != 11 || body.Printed != "$b" || body.PrintedLine != 3 || body.PrintedColumn != 32 {
		t.Errorf("body: %+v", body)
	}
	if !reflect.DeepEqual(body.Source, []string{"body"}) {
		t.Errorf("body source %v", body.Source)
	}
	if group.Reference != "$input.params('H')" || group.Printed != "$util.urlEncode($input.params('H'))" || !reflect.DeepEqual(group.Source, []string{"header:H"}) {
		t.Errorf("group: %+v", group)
	}
	for _, c := range []struct {
		template string
		source   []string
	}{
		{"$input.params('q')", []string{"query:q"}},
		{"$input.params().header.H", []string{"header:H"}},
		{"$context.authorizer.user", []string{"context:authorizer.user"}},
		{"$stageVariables['s']", []string{"stageVariable:s"}},
		{"$input.json('$.a')", []string{"body"}},
		{`#set($n = $input.path('$.n') + $input.params('q').length())$n`, []string{"body"}},
		{`$util.base64Encode("$input.body$input.params('q')")`, []string{"body", "query:q"}},
	} {
		out := mustRender(t, c.template, &provenanceInput)
		if len(out.Spans) != 1 || !reflect.DeepEqual(out.Spans[0].Source, c.source) {
			t.Errorf("%s: spans %+v, want source %v", c.template, out.Spans, c.source)
		}
	}
}

// checkTiling fails unless the spans tile the text and neighbours differ.
func checkTiling(t *testing.T, out *Output) {
	t.Helper()
	at := 0
	for i, s := range out.Spans {
		if s.Start != at || s.End <= s.Start {
			t.Fatalf("span %d is %d..%d after %d", i, s.Start, s.End, at)
		}
		at = s.End
		if i > 0 {
			a, b := out.Spans[i-1], s
			a.Start, a.End, b.Start, b.End = 0, 0, 0, 0
			if reflect.DeepEqual(a, b) {
				t.Fatalf("spans %d and %d are the same", i-1, i)
			}
		}
		if (s.Origin == OriginTemplate) != (len(s.Source) == 0) {
			t.Fatalf("span %d of origin %s has source %v", i, s.Origin, s.Source)
		}
	}
	if at != len(out.Text) {
		t.Fatalf("spans end at %d of %d", at, len(out.Text))
	}
}

// checkRendering holds for every template and input: rendering with and
// without provenance agree, twice is the same as once, spans tile the text.
func checkRendering(t *testing.T, source string, in Input) {
	t.Helper()
	tpl, err := Compile(source)
	if err != nil {
		if e, ok := err.(*SyntaxError); !ok || e.Line < 1 || e.Column < 1 || e.Line > 1+strings.Count(source, "\n") {
			t.Fatalf("compile %q: bad error %#v", source, err)
		}
		return
	}
	in.Provenance = false
	plain, err1 := tpl.Render(&in)
	in.Provenance = true
	tracked, err2 := tpl.Render(&in)
	if (err1 == nil) != (err2 == nil) {
		t.Fatalf("render %q: error %v without provenance, %v with it", source, err1, err2)
	}
	if err1 != nil {
		if _, ok := err1.(*RenderError); !ok || err1.Error() != err2.Error() {
			t.Fatalf("render %q: errors %v and %v", source, err1, err2)
		}
		return
	}
	if plain.Text != tracked.Text || !reflect.DeepEqual(plain.Empty, tracked.Empty) || !reflect.DeepEqual(plain.Doubts, tracked.Doubts) || plain.Spans != nil {
		t.Fatalf("render %q: provenance changes the result: %q, %q", source, plain.Text, tracked.Text)
	}
	checkTiling(t, tracked)
	if again, err := tpl.Render(&in); err != nil || !reflect.DeepEqual(again, tracked) {
		t.Fatalf("render %q: the second rendering differs", source)
	}
}

func TestLoopTemplateProperties(t *testing.T) {
	checkRendering(t, loopTemplate, Input{Body: hundredItems, Context: NewContext(map[string]any{"requestId": "r"})})
}
