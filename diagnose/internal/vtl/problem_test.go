package vtl

import (
	"strings"
	"testing"

	plain "apisqs-doctor/diagnose/text"
)

// T173: a directive that letters touch is text; braces make it one.
func TestProblems(t *testing.T) {
	for _, c := range []struct{ template, at, mended string }{
		{"#if($a)x#elseAction=Send#end", "1:9", "#if($a)x#{else}Action=Send#end"},
		{"#if($a)\nx\n#elsenone#end", "3:1", "#if($a)\nx\n#{else}none#end"},
		{"#if($a)x#else if($b)y#end", "1:9", "#if($a)x#elseif($b)y#end"},
		{"#if($a)x#Else y#end", "1:9", "#if($a)x#else y#end"},
		{"#foreach($i in [1])$i#endif#end", "1:22", "#foreach($i in [1])$i#{end}if#end"},
		{"x #set $a = 1", "1:3", "x #set $a = 1"},
		{"#SET($a = 1)", "", ""},
		{`"#if($a)x#elseb#end"`, "1:10", `"#if($a)x#{else}b#end"`},
		{`#set($s = "#if($a)x#elseb#end")`, "1:20", `#set($s = "#if($a)x#{else}b#end")`},
		// Nothing to mend.
		{"#if($a)x#{else}y#end", "", ""},
		{"#if($a)x#else#elsewhere#end", "", ""},
		{"http://x/#else #endpoint #ended", "", ""},
		{"#macro(elseB)x#end#if($a)x#elseB()#end", "", ""},
		{"#if($a)x#else\nif($b)y#end", "", ""},
	} {
		tpl, err := Compile(c.template)
		if err != nil {
			if c.at != "" {
				t.Errorf("%q: %v", c.template, err)
			}
			continue
		}
		problems := tpl.Problems()
		if len(problems) != len(strings.Fields(c.at)) {
			t.Errorf("%q: problems %+v", c.template, problems)
			continue
		}
		for _, p := range problems {
			edits, err := plain.NewEdits(p.Repair)
			if err != nil {
				t.Fatal(err)
			}
			mended, ok := edits.Apply(c.template)
			if at := intValue(int64(p.Line)).scalar() + ":" + intValue(int64(p.Column)).scalar(); !ok || at != c.at || mended != c.mended || p.Message == "" {
				t.Errorf("%q at %s: mended to %q, %s", c.template, at, mended, p.Message)
			}
		}
	}
}

func TestGluedEnd(t *testing.T) {
	_, err := Compile("#if($a)\nx#endAction=y")
	e, _ := err.(*SyntaxError)
	if e == nil || e.Line != 2 || e.Column != 2 || e.Repair == nil || e.Repair.New != "#{end}Action" {
		t.Fatalf("error %+v", err)
	}
	edits, _ := plain.NewEdits(*e.Repair)
	if mended, ok := edits.Apply("#if($a)\nx#endAction=y"); !ok || mended != "#if($a)\nx#{end}Action=y" {
		t.Errorf("mended to %q", mended)
	}
}

// The expected texts and errors were confirmed with the engine of Velocity 1.7.
func TestLexerBehindDirectives(t *testing.T) {
	checkAll(t, []renderCase{
		{"literal", "#literal()$t #if($x)#end ${n} #end.", "$t #if($x)#end ${n} ."},
		{"literal on lines", "#literal() \n x\n #end \nb", " x\n b"},
		{"text ends it", "#if(true)$a.b$c.d#end x[", " x["},
		{"a single reference leaves nothing", "#if(true)$c.d#end[", "["},
	})
	for _, source := range []string{"#if(true)$a.b$c.d#end[", "#if(true)$a.b$c#else[#end", "$a.b$c.d#if(true)[#end", "$a.b$c#*x*#[", "#if(true)$a.b$c.d#end\n[",
		"#if(false)$a.b$c.d#end{x}", "$t.a$t.b()(x).", "$t{$n.", "${$n", "#literal()a ## b\n#end", `#literal()\$a#end`, "#literal()a#$b#end", "#literal()a$#end"} {
		if _, err := mustCompile(t, source).Render(&Input{}); err == nil || !err.(*RenderError).Unknown {
			t.Errorf("%q: error %v, want that it is unknown", source, err)
		}
	}
	if _, err := Compile("#literal()#end"); err == nil {
		t.Error("#literal without a text compiles")
	}
	if _, err := mustCompile(t, `#set($t = "a")$t[-1]`).Render(&Input{}); err == nil || err.(*RenderError).Unknown {
		t.Errorf("a negative index of a text: error %v", err)
	}
}

func mustCompile(t *testing.T, source string) *Template {
	t.Helper()
	tpl, err := Compile(source)
	if err != nil {
		t.Fatalf("compile %q: %v", source, err)
	}
	return tpl
}
