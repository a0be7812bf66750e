package vtl

import "testing"

var fuzzSeeds = []string{
	"Action=SendMessage&MessageBody=$util.urlEncode($input.body)", loopTemplate,
	`#set($x = "a$t #if(true)b#end")$x`, "#foreach($i in [1..3])$i#if($foreach.hasNext),#end#end",
	"#macro(m $a)[$a]#end#m('x')#@m('y')z#end", "#define($d)$x#end$d", "#set($e='#set($q=1)$q')#evaluate($e)",
	`#set($m = {"a":[1,2.5,true,"x"]})$m.a[0] $m`, "\\$t \\\\#if(true)x#end $map.k## $t{a}", "#[[ x ]]# #* c *# ## d\n",
	"$input.path('$..a[?(@.b > 1)]') $input.json('$') $input.params('q')", "$context.requestOverride.header.X #set($context.responseOverride.status = 500)",
	`#set($s = $input.body)$s.replaceAll("a(.)","$1").split(",")[0].toUpperCase() $s.substring(0,1)`, "#if(1 + 2 * -3 == 4 || !$f)a#{else}b#end",
	"#set($x = $util.parseJson($input.body))$x $util.base64Encode(\"$x\") $util.escapeJavaScript($input.body)",
	"#set($l = [$input.body])$l.add($l) $l", "#stop #break $", "#foreach($e in $input.params().header.entrySet())$e $e.key#end",
}

func FuzzCompile(f *testing.F) {
	for _, s := range fuzzSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		tpl, err := Compile(source)
		if err == nil {
			tpl.Reads()
			return
		}
		if e, ok := err.(*SyntaxError); !ok || e.Line < 1 || e.Column < 1 {
			t.Fatalf("bad error %#v", err)
		}
	})
}

func FuzzRender(f *testing.F) {
	for _, s := range fuzzSeeds {
		f.Add(s, `{"a":[{"b":2}],"q":"x,y"}`, "h\u00e9")
		f.Add(s, "a=1&b=2", "")
	}
	f.Fuzz(func(t *testing.T, source, body, param string) {
		checkRendering(t, source, Input{
			Body: body, Header: map[string]string{"H": param}, Query: map[string]string{"q": param}, StageVariables: map[string]string{"s": param},
			Context: NewContext(map[string]any{"requestId": param, "identity": map[string]any{"sourceIp": "1.2.3.4"}}),
			Limits:  Limits{OutputBytes: 1 << 16, MadeBytes: 1 << 20, Steps: 20_000, Depth: 50},
		})
	})
}
