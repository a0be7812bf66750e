package vtl

import (
	"strings"
	"testing"
)

type renderCase struct{ name, template, want string }

func mustRender(t *testing.T, source string, in *Input) *Output {
	t.Helper()
	tpl, err := Compile(source)
	if err != nil {
		t.Fatalf("compile %q: %v", source, err)
	}
	out, err := tpl.Render(in)
	if err != nil {
		t.Fatalf("render %q: %v", source, err)
	}
	return out
}

// checkAll renders each template between bars, so that trimming (T145) does not
// touch the white space under test.
func checkAll(t *testing.T, cases []renderCase) {
	t.Helper()
	const setup = `#set($t = "text")#set($n = 3)#set($f = false)#set($list = ["a","b","c"])#set($map = {"k":"v","n":1})#set($zero = 0)#set($empty = "")`
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out := mustRender(t, setup+"|"+c.template+"|", &Input{})
			if got := strings.TrimSuffix(strings.TrimPrefix(out.Text, "|"), "|"); got != c.want {
				t.Errorf("%q: got %q, want %q", c.template, got, c.want)
			}
		})
	}
}

// The expected texts of this file were confirmed with the engine of Velocity
// 1.7 (undefined references made silent).

func TestWhiteSpace(t *testing.T) {
	checkAll(t, []renderCase{
		{"set leaves no line end T146", "a\n#set($x = 1)\nb", "a\nb"},
		{"set keeps an indent that text precedes", "a\n  #set($x = 1)  \nb", "a\n  b"},
		{"set after set swallows its indent", "#set($x = 1)\n  #set($y = 2)\nb", "b"},
		{"set after a reference swallows blanks", "$n  #set($x = 1) b", "3 b"},
		{"set after a word keeps blanks", "b  #set($x = 1)c", "b  c"},
		{"if and end", "a\n#if(true)\nb\n#end\nc", "a\nb\nc"},
		{"indented if", "a\n  #if(true)  \n  b\n  #else  \n c #end  \nc", "a\n    b\n  c"},
		{"foreach", "x #foreach($i in [1..3])  \n $i\n #end \ny", "x  1\n  2\n  3\n y"},
		{"text after end keeps its blanks", "#if(true)a#end b", "a b"},
		{"carriage returns", "#set($x=1)\r\nb\r\n#if(true)\r\nc\r\n#end\r\nd", "b\r\nc\r\nd"},
		{"only one line end goes", "#set($x=1) \n\nb", "\nb"},
		{"line comment T147", "a## comment\nb", "ab"},
		{"block comment keeps the line end", "#* c *#  \nb", "  \nb"},
		{"unclosed block comment", "a#* unclosed", "a"},
		{"text block", "#[[ $x #if ]]# b", " $x #if  b"},
		{"line breaks inside a set", "#set($x\n=\n1\n)\n$x", "1"},
		{"macro call swallows its line end", "#macro(m)\n a\n#end\n#m()\nb", " a\nb"},
		{"define", "#define($d)  \n D$t \n#end\n[$d]", "[ Dtext \n]"},
	})
}

func TestEscapes(t *testing.T) {
	checkAll(t, []renderCase{
		{"reference", `\$t \\$t \\\$t`, `$t \text \$t`},
		{"undefined reference keeps the backslash", `\$undef`, `\$undef`},
		{"braces and bang", `\${t} \$!t \$!{t}`, `${t} $!t $!{t}`},
		{"directive", `\#if \#end \#foreach \#nope \\\#if`, `#if #end #foreach \#nope \#if`},
		{"two backslashes before a directive", `\\#if(true)x#end`, `\x`},
		{"two backslashes before set", `\\#set($x=1)$x`, `\\1`},
		{"quotes T148", `"\"$t\""`, `"\"text\""`},
		{"plain backslashes", `a\b \ \n \\ \\\`, `a\b \ \n \\ \\\`},
		{"in strings", `#set($x = "a\\b\$t\n")$x`, `a\\b$t\n`},
		{"doubled quotes", `#set($x = "say ""hi""")$x#set($x = 'it''s')$x`, `say "hi"it's`},
		{"unicode in double quotes only", "#set($x = \"\\u0041\")$x#set($x = '\\u0041')$x", `A\u0041`},
	})
}

func TestLexerLeftovers(t *testing.T) {
	checkAll(t, []renderCase{
		{"comment behind a property is text", "$map.k##\n&y=1", "v##\n&y=1"},
		{"comment behind a call", "$t.length()##\n&y=1", "4&y=1"},
		{"comment behind braces", "${map.k}##\n&y=1", "v&y=1"},
		{"comment behind a variable", "$t##\n&y=1", "text&y=1"},
		{"word behind a call loses its properties", "$t.length()abc.def", "4abc"},
		{"brace behind a reference", `$t{"x"} $t}`, `text{"x"} text}`},
		{"dollar before a directive is lost", "US$#if(true)x#end", "USx"},
		{"dollar before a figure", "$5 $ . #1 #", "$5 $ . #1 #"},
		{"words that only start like directives", "#iffy #endif #elseif2", "#iffy #endif #elseif2"},
		{"unknown directives are text", "#hello (1 $t)\n x", "#hello (1 $t)\n x"},
	})
}

func TestReferences(t *testing.T) {
	checkAll(t, []renderCase{
		{"forms", "$t ${t} $!t $!{t} $t. $t.x.", "text text text text text. ."},
		{"undefined T130", "[$u][${u}][$!u][$u.a.b][$u.foo()][$u[0]]", "[][][][][][]"},
		{"hyphens belong to names", "[$t-x][$your-msg-group-id]", "[][]"},
		{"calls", "$t.length() ${t.length()}x $t.substring( 1 , 3 ) ${t}.length()", "4 4x ex text.length()"},
		{"indexes", `$list[0] $list[-1] $list[$zero] $map["k"] $map["k"].length()`, "a c a v 1"},
		{"unknown method", "[$t.nope()][$list.get('0')][$t.substring('1')]", "[][][]"},
		{"a word as argument is null", "[$t.equals(word)]", "[false]"},
		{"parenthesis at the end of a line", "$t (x)", "text (x)"},
	})
}

func TestConditions(t *testing.T) {
	yes := func(cond string) renderCase { return renderCase{cond, "#if(" + cond + ")y#{else}n#end", "y"} }
	no := func(cond string) renderCase { return renderCase{cond, "#if(" + cond + ")y#{else}n#end", "n"} }
	checkAll(t, []renderCase{
		yes("$empty"), yes("$zero"), yes("$list"), yes("true"), yes("!$u"), yes("!$f"),
		no("$f"), no("$u"), no("false"), no("$u.a.b"),
		no(`"text"`), no("1"), no("1 + 1"), no("[1]"), yes(`!"a"`), no(`"a" && true`),
		yes(`"1" == 1`), no(`"1.0" == 1`), yes("1.0 == 1"), yes(`true == "true"`), yes("[1,2] == [1,2]"), yes(`$list == "[a, b, c]"`),
		no(`"a" < "b"`), yes("1 < 2"), no("$u < 2"), yes("-1 < 0"), yes("1 ge 1"), yes("2 gt 1.5"),
		yes("$n eq 3 and not $f or $f"), no("true and false"), yes("$n==3&&$t=='text'||$f"), yes("( ( $n == 3 ) )"),
		yes("$u == $null"), yes(`$u == ""`), no(`$u != ''`), no("$u == 0"), // T131
		{"elseif", "#if($f)\ny\n#elseif($n == 3)\nz\n#else\nw\n#end\nv", "z\nv"},
	})
}

func TestArithmetic(t *testing.T) {
	is := func(e, want string) renderCase { return renderCase{e, "#set($x = " + e + ")$x", want} }
	checkAll(t, []renderCase{
		is("1 + 2 * 3 - 4 / 2 % 3", "5"), is("(1 + 2) * 3", "9"), is("5 - 3 - 1", "1"), is("10 / 3 * 3", "9"),
		is("-7 / 2", "-3"), is("-7 % 3", "-1"), is("7.0 / 2", "3.5"), is("5 % 2.5", "0.0"),
		is("1 / 0", ""), is("1 % 0", ""), is("$u + 1", ""), is(`"a" - 1`, ""),
		is("2147483647 + 1", "2147483648"), is("9223372036854775807 + 1", "9223372036854775808"),
		is("3000000000 * 3000000000 * 3", "27000000000000000000"), is("0 - 9223372036854775807 - 2", "-9223372036854775809"),
		is(`"a" + "b" + 1 + 2`, "ab12"), is(`1 + 2 + "a"`, "3a"), is(`"a" + $u`, "a$u"), is(`"a" + $t.zz.yy(1)`, "a$t.zz.yy(1)"),
		is("1.0", "1.0"), is("1e10", "1.0E10"), is("0.0001", "1.0E-4"), is("0.001", "0.001"), is("123456789.0", "1.23456789E8"), is("1.", "1.0"), is(".5", "0.5"),
		is("010", "10"), is("99999999999999999999", "99999999999999999999"), is("$n+-1", "2"), is("$n*2", "6"),
		is("1 < 2", "true"), is(`"a" && true`, "false"), is("!$f", "true"),
		{"null keeps the old value", "#set($x = 1)#set($x = $u)$x", "1"},
	})
}

func TestForeach(t *testing.T) {
	checkAll(t, []renderCase{
		{"over lists, ranges, maps", "#foreach($i in $list)$i#end #foreach($i in [3..1])$i#end #foreach($i in $map)$i#end", "abc 321 v1"},
		{"over entries", "#foreach($e in $map.entrySet())$e.key=$e.value;$e.getKey()#end", "k=v;kn=1;n"},
		{"over nothing", "#foreach($i in $u)$i#end#foreach($i in 5)$i#end#foreach($i in 'abc')$i#end", ""},
		{"loop object", "#foreach($i in $list)$foreach.index$foreach.count$foreach.first$foreach.last$foreach.hasNext #end", "01truefalsetrue 12falsefalsetrue 23falsetruefalse "},
		{"counters", "#foreach($i in $list)$velocityCount$velocityHasNext #end[$velocityCount]", "1true 2true 3false []"},
		{"nested", "#foreach($i in [1..2])#foreach($j in [1..2])$foreach.parent.index$foreach.index$foreach.topmost.count,#end#end", "001,011,102,112,"},
		{"variable is restored", `#set($i = "o")#foreach($i in [1])#set($i = "z")$i#end$i`, "zo"},
		{"break", "#foreach($i in [1..5])#if($i == 3)#break#end$i#end", "12"},
		{"break ends the inner loop only", "#foreach($i in [1..2])#foreach($j in [1..2])$i$j #break#end#end", "11 21 "},
		{"comma idiom T141", "#foreach($i in $list)\"$i\"#if($foreach.hasNext),#end#end", `"a","b","c"`},
	})
	for _, c := range []struct{ template, want string }{{"a#stop b", "a"}, {"#if(true)a#break b#end c", "a"}} {
		if got := mustRender(t, c.template, &Input{}).Text; got != c.want {
			t.Errorf("%q: got %q, want %q", c.template, got, c.want)
		}
	}
}

func TestMacrosAndBlocks(t *testing.T) {
	checkAll(t, []renderCase{
		{"call", `#macro(m $a $b)[$a|$b]#end#m("x")#m("x" "y")#m("x","y","z")`, "[x|][x|y][x|y]"},
		{"before its definition", `#m("x")#macro(m $a)1$a#end`, "1x"},
		{"last definition wins", `#macro(m $a)1$a#end#macro(m $a)2$a#end#m("x")`, "2x"},
		{"without parentheses", "#macro(m)M#end#m #m() #m()\nx", "M M Mx"},
		{"arguments by name", "#macro(m $a)#set($q = 5)$a#end#set($q = 1)#m($q)[$q]", "5[5]"},
		{"setting an argument", `#macro(m $a)#set($a = "z")$a#end#set($q = "o")#m($q)[$q]`, "z[o]"},
		{"inner variables leak", `#macro(m $a)#set($loc = "L")$loc#end#m("x")[$loc]`, "L[L]"},
		{"argument hides a variable", `#macro(m $list)$list#end#m("abc")$list`, "abc[a, b, c]"},
		{"macro in macro", `#macro(m $a)#k($a)#end#macro(k $a)<$a>#end#m("k")#m($t)#m($u)`, "<k><text><>"},
		{"loop over an argument's name", `#macro(m $a)#foreach($a in [1,2])$a#end$a#end#m("k")`, "12k"},
		{"break leaves the macro", "#macro(m $a)x#break y#end#m(1)z", "xz"},
		{"body content", `#macro(m $a)[$!bodyContent]$a#end#@m("x")body$t#end`, "[bodytext]x"},
		{"define is rendered when printed", "#define($b)$x#end#set($x = 1)$b#set($x = 2)$b#if($b == 2)y#end", "12y"},
		{"evaluate", `#set($e = '$t#if(true)q#end')#evaluate($e)#evaluate('#set($zz = 1)')$zz#evaluate($u)`, "textq1"},
	})
	out := mustRender(t, "#macro(m $a)x#stop y#end#m(1)z", &Input{})
	if out.Text != "x" {
		t.Errorf("#stop in a macro: got %q", out.Text)
	}
}

func TestLiterals(t *testing.T) {
	checkAll(t, []renderCase{
		{"list", `#set($x = [1, "b" , $t, 1.5, true, $u])$x $x.size() $x[0]`, "[1, b, text, 1.5, true, null] 6 1"},
		{"map", `#set($x = {"zebra":1,"apple":2,$t : $n})$x $x.zebra $x["apple"]`, "{zebra=1, apple=2, text=3} 1 2"},
		{"empty ones", "#set($x = [])$x#set($x = {})$x#set($x = { })$x", "[]{}{}"},
		{"nested", `#set($x = {"a" : [1,2,{"b":"c"}]})$x.a[2].b`, "c"},
		{"ranges", "#set($x = [1..3])$x#set($a = 2)#set($x = [$a..0])$x", "[1, 2, 3][2, 1, 0]"},
		{"interpolation", `#set($x = "v$t ${t}s $u#if(true)z#end")$x#set($x = 'v$t')$x`, "vtext texts zv$t"},
		{"signs in strings", `#set($x = "$")$x#set($x = "#")$x#set($x = "a#b $ c # d")$x`, "$#a#b $ c # d"},
		{"comments in strings", `#set($x = "a ## b")$x|#set($x = "a#* c *#b")$x`, "a |ab"},
	})
}

func TestSyntaxErrors(t *testing.T) {
	for _, c := range []struct {
		template     string
		line, column int
	}{
		{"\n\n  a #if(true) b", 3, 5},
		{"a\n#end", 2, 1},
		{"#else", 1, 1},
		{"#if true", 1, 5},
		{"#foreach($i in $list) a", 1, 1},
		{"#foreach() a#end", 1, 1},
		{"#set($x = )", 1, 11},
		{"#set($x)", 1, 8},
		{"#set(x = 1)", 1, 6},
		{"#set($x = null)", 1, 11},
		{"#set($x = $n -1)", 1, 14},
		{"#set($x = $n.size()-1)", 1, 20},
		{"#set($x = -$n)", 1, 11},
		{"#set($x = [ ])", 1, 13},
		{"#set($x = \"a)", 1, 11},
		{"$x.foo( )", 1, 9},
		{"$x.foo(1 + 1)", 1, 10},
		{"${x y}", 1, 4},
		{"${x", 1, 4},
		{"$x[", 1, 4},
		{"$x[]", 1, 4},
		{"#[[ a", 1, 1},
		{"#macro x#end", 1, 1},
		{"#hash(tag really!)", 1, 17},
		{"price: 5$", 1, 9},
		{"#set($y = \"$x[\")", 1, 15},
	} {
		_, err := Compile(c.template)
		e, ok := err.(*SyntaxError)
		if !ok {
			t.Errorf("%q: error %v, want a *SyntaxError", c.template, err)
			continue
		}
		if e.Line != c.line || e.Column != c.column {
			t.Errorf("%q: error at %d:%d, want %d:%d: %v", c.template, e.Line, e.Column, c.line, c.column, e)
		}
		if e.Message == "" || !strings.Contains(e.Error(), e.Expected) {
			t.Errorf("%q: poor message %q", c.template, e)
		}
	}
}
