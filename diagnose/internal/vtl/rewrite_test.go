package vtl

import (
	"math/rand"
	"strings"
	"testing"

	plain "apisqs-doctor/diagnose/text"
)

type rewriteCase struct {
	name, template, want string
	rewrite              func(t *Template) (Edits, bool)
}

func checkRewrites(t *testing.T, cases []rewriteCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			edits, ok := c.rewrite(mustCompile(t, c.template))
			if ok != (c.want != "") {
				t.Fatalf("%q: ok is %v, edits %+v", c.template, ok, edits.List())
			}
			if !ok {
				return
			}
			got, applied := edits.Apply(c.template)
			if !applied || got != c.want {
				t.Errorf("%q\n got %q\nwant %q", c.template, got, c.want)
			}
			mustCompile(t, got)
		})
	}
}

// place finds the n-th text in a template.
func placeOf(template, text string) (line, column int) {
	i := strings.Index(template, text)
	return 1 + strings.Count(template[:i], "\n"), i - strings.LastIndexByte(template[:i], '\n')
}

func TestRewriteReference(t *testing.T) {
	encode := func(reference string) func(*Template) (Edits, bool) {
		return func(t *Template) (Edits, bool) { return t.EncodeReference(placeOf(t.source, reference)) }
	}
	escape := func(reference string, quotes bool) func(*Template) (Edits, bool) {
		return func(t *Template) (Edits, bool) {
			line, column := placeOf(t.source, reference)
			return t.EscapeReference(line, column, quotes)
		}
	}
	checkRewrites(t, []rewriteCase{
		{"encode", "A=1\n&B=$input.body", "A=1\n&B=$util.urlEncode($input.body)", encode("$input.body")},
		{"encode braces", "B=${x}&C", "B=$util.urlEncode($x)&C", encode("${x}")},
		{"encode quiet", "B=$!x&C", "B=$util.urlEncode($x)&C", encode("$!x")},
		{"encode quiet braces", "B=$!{x.y}&C", "B=$util.urlEncode($x.y)&C", encode("$!{x")},
		{"encode before text", "B=${x}.com", "B=${util.urlEncode($x)}.com", encode("${x}")},
		{"encode in a string", `#set($b = "m=$x")$b`, `#set($b = "m=$util.urlEncode($x)")$b`, encode("$x")},
		{"encode in a set", `#set($b = $x)$b`, `#set($b = $util.urlEncode($x))$b`, encode("$x")},
		{"not twice", "B=$util.urlEncode($x)", "", encode("$x")},
		{"not twice, from outside", "B=$util.urlEncode($x)", "", encode("$util")},
		{"not twice in a string of it", `B=$util.urlEncode("a $x")`, "", encode("$x")},
		{"no reference there", "B=$x", "", func(t *Template) (Edits, bool) { return t.EncodeReference(1, 1) }},
		{"a doubled quote moves places", `#set($b = "a ""$x""")$b`, "", encode("$x")},
		{"escape", `{"a":"$x"}`, `{"a":"$util.escapeJavaScript($x).replaceAll("\\'","'")"}`, escape("$x", false)},
		{"escape with quotes", `{"a":$x}`, `{"a":"$util.escapeJavaScript($x).replaceAll("\\'","'")"}`, escape("$x", true)},
		{"repair apostrophes", `{"a":"$util.escapeJavaScript($x)"}`, `{"a":"$util.escapeJavaScript($x).replaceAll("\\'","'")"}`, escape("$util", false)},
		{"repaired already", `{"a":"$util.escapeJavaScript($x).replaceAll("\\'","'")"}`, "", escape("$util", false)},
		{"replace", "B=$x&C", "B=$y&C", func(t *Template) (Edits, bool) { return t.ReplaceReference(1, 3, "$y") }},
		{"unwrap", "B=$util.urlEncode($x)&C", "B=$x&C", func(t *Template) (Edits, bool) {
			list := t.Unwrap("urlEncode", "", "")
			return list[0], len(list) == 1
		}},
		{"unwrap the inner", "B=$util.urlEncode($util.urlEncode($x))", "B=$util.urlEncode($x)", func(t *Template) (Edits, bool) {
			list := t.Unwrap("urlEncode", "", "")
			return list[0], len(list) == 2
		}},
	})
}

func TestRewriteForm(t *testing.T) {
	set := func(name, text string) func(*Template) (Edits, bool) {
		return func(t *Template) (Edits, bool) { return t.SetFormParameter(name, text) }
	}
	remove := func(prefix string) func(*Template) (Edits, bool) {
		return func(t *Template) (Edits, bool) {
			return t.RemoveFormParameters(func(name string) bool { return strings.HasPrefix(name, prefix) })
		}
	}
	checkRewrites(t, []rewriteCase{
		{"insert behind Action", "Action=SendMessage&MessageBody=x", "Action=SendMessage&G=a&MessageBody=x", set("G", "a")},
		{"insert at the end", "MessageBody=x&Action=SendMessage", "MessageBody=x&Action=SendMessage&G=a", set("G", "a")},
		{"insert before blanks", "Action=SendMessage\n&MessageBody=x", "Action=SendMessage&G=a\n&MessageBody=x", set("G", "a")},
		{"insert before a comment", "Action=SendMessage##\n&MessageBody=x", "Action=SendMessage&G=a##\n&MessageBody=x", set("G", "a")},
		{"no Action", "MessageBody=$x", "G=a&MessageBody=$x", set("G", "a")},
		{"replace", "Action=SendMessage&G=&MessageBody=x", "Action=SendMessage&G=a&MessageBody=x", set("G", "a")},
		{"replace a reference", `Action=SendMessage&G=$util.urlEncode("a&b")&M=x`, "Action=SendMessage&G=b&M=x", set("G", "b")},
		{"replace in every branch", "Action=S#if($x)&G=1#{else}&G=$y#end&M=x", "Action=S#if($x)&G=b#{else}&G=b#end&M=x", set("G", "b")},
		{"a value with branches", "Action=S&G=#if($x)1#{else}$y#end&M=x", "Action=S&G=b&M=x", set("G", "b")},
		{"an optional parameter ends the one before", "Action=S&G=1#if($x)&D=2#end&M=x", "Action=S&G=b#if($x)&D=2#end&M=x", set("G", "b")},
		{"in a string", `#set($b = "Action=S&G=1")$b`, `#set($b = "Action=S&G=b")$b`, set("G", "b")},
		{"behind a set", "#set($a = 1)\nAction=S&M=$a", "#set($a = 1)\nAction=S&G=b&M=$a", set("G", "b")},
		{"another name", "Action=S&XG=1", "Action=S&G=b&XG=1", set("G", "b")},
		{"no form", `{"a":1}`, "", set("G", "b")},
		{"remove", "Action=S&G=1&M=x", "Action=S&M=x", remove("G")},
		{"remove the first", "G=1&Action=S", "Action=S", remove("G")},
		{"remove all", "G=1&G2=2", "", func(t *Template) (Edits, bool) { return remove("Q")(t) }},
		{"remove neighbours", "Action=S&A.1.N=x&A.1.V=$y&M=x", "Action=S&M=x", remove("A.1.")},
		{"guard", "Action=S&A.1.N=x&A.1.V=$y&M=x", "Action=S#if($y != '')&A.1.N=x&A.1.V=$y#end&M=x", func(t *Template) (Edits, bool) {
			return t.GuardFormParameters(func(name string) bool { return strings.HasPrefix(name, "A.1.") }, "$y != ''")
		}},
		{"replace text", `Action=Sent#if($x == "Sent")&A=Sent$Sent#end`, `Action=Send#if($x == "Send")&A=Send$Sent#end`, func(t *Template) (Edits, bool) { return t.ReplaceText("Sent", "Send") }},
	})
}

func TestTrimBlanks(t *testing.T) {
	trim := func(t *Template) (Edits, bool) { return t.TrimBlanks() }
	checkRewrites(t, []rewriteCase{
		{"lines", "Action=SendMessage\n  &MessageBody=${x}\n", "Action=SendMessage##\n&MessageBody=${x}\n", trim},
		{"blanks", "Action = SendMessage & MessageBody= $x y", "Action=SendMessage&MessageBody=$x y", trim},
		{"a property would keep the sign", "Action=S&M=$x.y\n&G=1", "Action=S&M=$x.y&G=1", trim},
		{"indented directives", "#if($x)\n  #if($y)\nAction=S&M=1\n  #end\n#end", "#if($x)\n#if($y)\nAction=S&M=1##\n#end\n#end", trim},
		{"blanks before each sign", "Action = Send&M = $x", "Action=Send&M=$x", trim},
		{"nothing to do", "Action=Send&M=a b", "", trim},
		{"words keep their blanks", "Action=Send &M=a b$x c", "Action=Send&M=a b$x c", trim},
		{"no form", "{ \"a\": 1 }", "", trim},
	})
}

func TestRewriteJSON(t *testing.T) {
	set := func(name, text string) func(*Template) (Edits, bool) {
		return func(t *Template) (Edits, bool) { return t.SetMember(name, text) }
	}
	remove := func(name string) func(*Template) (Edits, bool) {
		return func(t *Template) (Edits, bool) { return t.RemoveMember(name) }
	}
	checkRewrites(t, []rewriteCase{
		{"insert", `{"QueueUrl":"u"}`, `{"MessageBody":"x","QueueUrl":"u"}`, set("MessageBody", `"x"`)},
		{"insert into nothing", `{}`, `{"MessageBody":"x"}`, set("MessageBody", `"x"`)},
		{"insert behind a set", "#set($a = {\"b\":1})\n{\"Q\": \"$a.b\"}", "#set($a = {\"b\":1})\n{\"M\":1,\"Q\": \"$a.b\"}", set("M", "1")},
		{"replace", `{"Q": "u", "D": 5 }`, `{"Q": "u", "D": 0 }`, set("D", "0")},
		{"replace a reference", `{"Q":"u","M":"$input.params('a,b') c","D":5}`, `{"Q":"u","M":"x","D":5}`, set("M", `"x"`)},
		{"replace an object", `{"A":{"M":1,"N":[2,3]},"M":4}`, `{"A":{"M":1,"N":[2,3]},"M":5}`, set("M", "5")},
		{"replace a nested one", `{"A":{"M":1,"N":[2,3]}}`, `{"A":{"M":1,"N":7}}`, set("N", "7")},
		{"escaped quotes", `{"A":"x\"M\":1","M":2}`, `{"A":"x\"M\":1","M":3}`, set("M", "3")},
		{"in a branch", `{"Q":"u"#if($x),"M":1#end}`, `{"Q":"u"#if($x),"M":2#end}`, set("M", "2")},
		{"branches with halves", `{"Q":#if($x)"a"#{else}"b"#end,"M":1}`, `{"Q":#if($x)"a"#{else}"b"#end,"M":2}`, set("M", "2")},
		{"no JSON", "Action=S", "", set("M", "1")},
		{"text before", `x{"a":1}`, "", set("M", "1")},
		{"remove", `{"Q":"u","D":5,"M":1}`, `{"Q":"u","M":1}`, remove("D")},
		{"remove the last", `{"Q":"u", "D":5 }`, `{"Q":"u" }`, remove("D")},
		{"remove the only one", `{"D":5}`, `{}`, remove("D")},
		{"not there", `{"D":5}`, "", remove("E")},
		{"surplus commas", `{"A":[1,2,],"D":5, }`, `{"A":[1,2],"D":5 }`, func(t *Template) (Edits, bool) { return t.RemoveSurplusCommas() }},
	})
}

// Edits of several rewrites give the same text in any order.
func TestEditsMerge(t *testing.T) {
	const source = "Action=SendMessage &MessageBody=${x}&G=$y"
	tpl := mustCompile(t, source)
	sets := func(list ...func() (Edits, bool)) (out []Edits) {
		for _, f := range list {
			e, ok := f()
			if !ok {
				t.Fatal("a rewrite failed")
			}
			out = append(out, e)
		}
		return out
	}(
		func() (Edits, bool) { return tpl.EncodeReference(placeOf(source, "${x}")) },
		func() (Edits, bool) { return tpl.EncodeReference(placeOf(source, "$y")) },
		func() (Edits, bool) { return tpl.ReplaceReference(1, strings.Index(source, "$y")+1, "$z") },
		func() (Edits, bool) { return tpl.SetFormParameter("MessageDeduplicationId", "$context.requestId") },
		func() (Edits, bool) { return tpl.SetFormParameter("DelaySeconds", "5") },
		func() (Edits, bool) { return tpl.TrimBlanks() },
	)
	const want = "Action=SendMessage&DelaySeconds=5&MessageDeduplicationId=$context.requestId&MessageBody=$util.urlEncode($x)&G=$util.urlEncode($z)"
	for range 50 {
		rand.Shuffle(len(sets), func(i, j int) { sets[i], sets[j] = sets[j], sets[i] })
		all := Edits{}
		for _, e := range sets {
			var err error
			if all, err = all.Merge(e, e); err != nil {
				t.Fatal(err)
			}
		}
		if got, ok := all.Apply(source); !ok || got != want {
			t.Fatalf("got %q", got)
		}
	}
	if _, ok := sets[0].Apply("another text"); ok {
		t.Error("edits of one text are made in another")
	}
	object := mustCompile(t, "{}")
	a, _ := object.SetMember("A", "1")
	b, _ := object.SetMember("B", "2")
	both, err := b.Merge(a)
	if got, _ := both.Apply("{}"); err != nil || got != `{"A":1,"B":2}` {
		t.Errorf("two members of an empty object: %q, %v", got, err)
	}
}

func TestEditsConflict(t *testing.T) {
	tpl := mustCompile(t, "A=$x&B=1")
	encode, _ := tpl.EncodeReference(1, 3)
	escape, _ := tpl.EscapeReference(1, 3, false)
	one, _ := tpl.SetFormParameter("B", "2")
	other, _ := tpl.SetFormParameter("B", "3")
	gone, _ := tpl.RemoveFormParameters(func(name string) bool { return name == "B" })
	whole, _ := plain.NewEdits(Edit{Offset: 0, Old: "A=$x&", New: ""})
	for _, c := range [][2]Edits{{encode, escape}, {one, other}, {one, gone}, {encode, whole}} {
		for _, pair := range [][2]Edits{{c[0], c[1]}, {c[1], c[0]}} {
			if _, err := pair[0].Merge(pair[1]); err == nil || err.Error() == "" {
				t.Errorf("%+v and %+v merge", pair[0].List(), pair[1].List())
			}
		}
	}
}

// Rewrites of any template give edits that can be made.
func FuzzRewrites(f *testing.F) {
	for _, s := range fuzzSeeds {
		f.Add(s, "MessageBody")
	}
	f.Add("Action=S#if($x)&A=#{else}&A=1#end \n & B= ${x}.y", "A")
	f.Add(`{"a":{"b":[1,"$x"]},#if($x)"c":1,#end }`, "b")
	f.Fuzz(func(t *testing.T, source, name string) {
		tpl, err := Compile(source)
		if err != nil {
			return
		}
		match := func(n string) bool { return n == name }
		lists := tpl.Unwrap("urlEncode", "", "")
		for _, f := range []func() (Edits, bool){
			func() (Edits, bool) { return tpl.SetFormParameter(name, "1") }, func() (Edits, bool) { return tpl.RemoveFormParameters(match) },
			func() (Edits, bool) { return tpl.GuardFormParameters(match, "$x") }, func() (Edits, bool) { return tpl.SetMember(name, "1") },
			func() (Edits, bool) { return tpl.RemoveMember(name) }, tpl.RemoveSurplusCommas, tpl.TrimBlanks,
			func() (Edits, bool) { return tpl.ReplaceText(name, "1") },
		} {
			if e, ok := f(); ok {
				lists = append(lists, e)
			}
		}
		for _, ref := range tpl.refs {
			for _, f := range []func() (Edits, bool){
				func() (Edits, bool) { return tpl.EncodeReference(ref.at.line, ref.at.column) },
				func() (Edits, bool) { return tpl.EscapeReference(ref.at.line, ref.at.column, true) },
				func() (Edits, bool) { return tpl.ReplaceReference(ref.at.line, ref.at.column, "x") },
			} {
				if e, ok := f(); ok {
					lists = append(lists, e)
				}
			}
		}
		for _, e := range lists {
			if _, ok := e.Apply(source); !ok {
				t.Fatalf("%q: edits %+v cannot be made", source, e.List())
			}
		}
	})
}
