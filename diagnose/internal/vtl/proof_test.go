package vtl

import (
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"strings"
	"testing"
)

const repaired = `.replaceAll("\\'","'")`

func TestProve(t *testing.T) {
	typed := func(kinds map[string]string, required bool) func([]string) (string, bool) {
		return func(path []string) (string, bool) { return kinds[strings.Join(path, ".")], required }
	}
	// fits is the model of those questions, as a validator applies it.
	fits := func(c *Case) bool {
		doc, ok := plainJSON(c.Body)
		o, isObject := doc.(*object)
		if !ok || !isObject || len(o.names) != 2 || o.names[0] != "n" || o.names[1] != "s" {
			return false
		}
		n, isNumber := o.values[0].(rawJSON)
		_, err := strconv.Atoi(string(n))
		_, isText := o.values[1].(string)
		return isNumber && err == nil && isText
	}
	form, doc := Question{Protocol: Form}, Question{Protocol: JSON}
	model := Question{Protocol: Form, JSONBody: true, Sample: `{"n":1,"s":"x"}`, Type: typed(map[string]string{"n": "integer", "s": "string"}, true), Accepts: fits}
	docModel := model
	docModel.Protocol = JSON
	for _, c := range []struct {
		name, template string
		q              Question
		want           Result
		size           int // of the smallest case
		harm           Harm
	}{
		{"encoded", "Action=SendMessage&MessageBody=$util.urlEncode($input.body)", form, Safe, 0, NoHarm},
		{"raw", "Action=SendMessage&MessageBody=$input.body", form, Unsafe, 1, Cut},
		{"raw JSON", "Action=SendMessage&MessageBody=$input.json('$')", form, Unsafe, 1, Cut},
		{"raw member", "Action=SendMessage&MessageBody=$input.path('$.a')", form, Unsafe, 9, Cut},
		{"raw member of a member", "Action=SendMessage&MessageBody=$input.path('$.a.b')", form, Unsafe, 15, Cut},
		{"raw element", "A=S&MessageBody=$input.path('$.a[0]')", form, Unsafe, 11, Cut},
		{"raw parameter", "A=S&M=$input.params('m')", form, Unsafe, 1, Cut},
		{"raw header", "A=S&M=$input.params().header.m", form, Unsafe, 1, Cut},
		{"raw user agent", "A=S&M=$context.identity.userAgent", form, Unsafe, 1, Cut},
		{"what AWS makes", "A=S&M=$context.requestId&N=$context.identity.sourceIp&O=$context.requestTime", form, Safe, 0, NoHarm},
		{"an authorizer's value", "A=S&M=$context.authorizer.email", form, Undecided, 0, NoHarm},
		{"an authorizer's value, encoded", "A=S&M=$util.urlEncode($context.authorizer.email)", form, Safe, 0, NoHarm},
		{"base64 is no form", "A=S&M=$util.base64Encode($input.body)", form, Unsafe, 3, Altered},
		{"base64 in JSON", `{"M":"$util.base64Encode($input.body)"}`, doc, Safe, 0, NoHarm},
		{"a property of a list, which has none", `#set($x = []){"M":$x.a}`, doc, Undecided, 0, NoHarm},
		{"the same in quotes", `#set($x = [$input.body]){"M":"$x.a"}`, doc, Safe, 0, NoHarm},
		{"whether a list is empty", `#set($x = [$input.body]){"M":$x.empty}`, doc, Safe, 0, NoHarm},
		{"a name", "A=S&$input.params('m')=1", form, Unsafe, 1, Injected},
		{"an encoded name", "A=S&$util.urlEncode($input.params('m'))=1", form, Unsafe, 1, Injected},
		{"names of a loop", "A=S#foreach($k in $input.params().querystring.keySet())&$util.urlEncode($k)=1#end", form, Unsafe, 0, Injected},
		{"values of a loop", "A=S#foreach($k in $input.path('$.l'))&M.$foreach.count=$util.urlEncode($k)#end", form, Safe, 0, NoHarm},
		{"through a variable", "#set($b = $input.body)#set($c = \"<$b>\")A=S&M=$c", form, Unsafe, 1, Cut},
		{"through an encoded variable", "#set($b = $util.urlEncode($input.body))#if($b == 'x')#set($b = 'y')#end\nA=S&M=$b", form, Safe, 0, NoHarm},
		{"one branch", "A=S&M=#if($input.params('x') != '')$input.params('x')#{else}none#end", form, Unsafe, 1, Cut},
		{"a variable that one branch sets, asked for", "#if($context.identity.userAgent)#set($x = 'b')#end\nA=S&M=#if($x)text#else$input.body#end", form, Unsafe, 1, Cut},
		{"the same compared", "#if($input.params('a') == '')#set($x = 'b')#end\nA=S&M=#if($x == 'b')text#{else}$input.body#end", form, Unsafe, 2, Cut},
		{"the same with a number more, which is null where it is", "#if($input.params('a') == '')#set($x = 1)#end#set($b = $input.body)#set($b = $x + 1)\nA=S&M=$b", form, Unsafe, 2, Cut},
		{"a loop over a list of its own", "A=S&M=#foreach($i in $input.path('$.l'))$input.path('$.a')#end", form, Unsafe, 18, Cut},
		{"a branch that is never taken", "#set($d = false)A=S#if($d)&M=$input.body#end", form, Safe, 0, NoHarm},
		{"a guard that is not followed", "A=S#if($input.params('t') == 'long text')&M=$input.params('u')#end", form, Undecided, 0, NoHarm},
		{"a macro", "#macro(p $n $v)&$n=$util.urlEncode($v)#end\nA=S#p('M' $input.body)#p('G' $input.params('g'))", form, Safe, 0, NoHarm},
		{"blanks for plus signs", `A=S&M=$util.urlEncode($input.body).replaceAll("\+","%20")`, form, Safe, 0, NoHarm},
		{"ampersands come back", `A=S&M=$util.urlEncode($input.body).replaceAll("%26","&")`, form, Unsafe, 2, Injected},
		{"ampersands taken out", `A=S&M=$input.body.replaceAll("[&%+]","")`, form, Safe, 0, NoHarm},
		{"an encoded text cut", `A=S&M=$util.urlEncode($input.body).substring(0,2)`, form, Undecided, 0, NoHarm},
		{"decoded again", `A=S&M=$util.urlDecode($util.urlEncode($input.body))`, form, Unsafe, 1, Cut},
		{"a size", `A=S&D=$input.path('$.l').size()`, form, Safe, 0, NoHarm},
		{"a list that is built", `#set($l = [])#set($x = $l.add($input.params('a')))A=S&M=$l`, form, Unsafe, 1, Cut},
		{"a map that is built", `#set($m = {"a": $util.urlEncode($input.params('a'))})A=S&M=$m.a`, form, Safe, 0, NoHarm},
		{"an override", `#set($context.requestOverride.querystring.Action = $input.params('a'))A=S`, form, Undecided, 0, NoHarm},
		{"parsed JSON", `#set($p = $util.parseJson($input.body))A=S&M=$p.a`, form, Unsafe, 9, Cut},
		{"a typed member", `A=S&D=$input.path('$.n')`, model, Safe, 0, NoHarm},
		{"a typed text", `A=S&D=$input.path('$.s')`, model, Unsafe, 15, Cut},
		{"no body", `A=S&D=$input.body`, Question{NoBody: true}, Safe, 0, NoHarm},

		{"escaped and repaired", `{"MessageBody":"$util.escapeJavaScript($input.body)` + repaired + `"}`, doc, Safe, 0, NoHarm},
		{"escaped only", `{"MessageBody":"$util.escapeJavaScript($input.body)"}`, doc, Unsafe, 1, Broken},
		{"raw in quotes", `{"MessageBody":"$input.body"}`, doc, Unsafe, 1, Cut},
		{"JSON in quotes", `{"MessageBody":"$input.json('$')"}`, doc, Unsafe, 1, Broken},
		{"JSON as it is", `{"MessageBody":$input.json('$.a')}`, doc, Unsafe, 7, Broken},
		{"JSON of a text", `{"MessageBody":$input.json('$.s')}`, docModel, Safe, 0, NoHarm},
		{"JSON of a member that takes any type", `{"X":$input.json('$.a')}`, doc, Safe, 0, NoHarm},
		{"a number that may be absent", `{"DelaySeconds":$input.path('$.n')}`, doc, Unsafe, 0, Broken},
		{"a number that is there", `{"DelaySeconds":$input.path('$.n')}`, docModel, Safe, 0, NoHarm},
		{"the document", `$input.json('$')`, doc, Unsafe, 0, Injected},
		{"a loop with commas", `{"M":[#foreach($i in $input.path('$.l'))"$util.escapeJavaScript($i)` + repaired + `"#if($foreach.hasNext),#end#end]}`, doc, Safe, 0, NoHarm},
		{"a loop with commas before", `{"M":[#foreach($i in $input.path('$.l'))#if($foreach.index > 0),#end"$util.urlEncode($i)"#end]}`, doc, Safe, 0, NoHarm},
		{"a loop without commas", `{"M":[#foreach($i in $input.path('$.l'))"$util.urlEncode($i)"#end]}`, doc, Unsafe, 11, Broken},
		{"no JSON at all", `Action=S`, doc, Undecided, 0, NoHarm},
	} {
		t.Run(c.name, func(t *testing.T) {
			tpl := mustCompile(t, c.template)
			got := tpl.Prove(&c.q)
			if got.Result != c.want {
				t.Fatalf("%s\n%s, case %+v, stopped at %q: %s\nplaces %+v", c.template, got.Result, got.Case, got.Stopped, got.Why, got.Places)
			}
			switch got.Result {
			case Unsafe:
				if got.Case.size() != c.size || got.Harm != c.harm || tpl.HarmOf(&c.q, got.Case) != got.Harm {
					t.Errorf("%s\n%s with %d bytes, want %s with %d: %+v", c.template, got.Harm, got.Case.size(), c.harm, c.size, got.Case)
				}
			case Undecided:
				if got.Why == "" || got.Case != nil {
					t.Errorf("%s: undecided without a reason", c.template)
				}
			}
		})
	}
}

// The smallest case is no larger than any that trying all short bodies finds.
func TestProveSmallest(t *testing.T) {
	const alphabet = "&%+=\"\\'{}[]:,1a\n>"
	for _, c := range []struct {
		template string
		protocol Protocol
	}{
		{"A=S&M=$input.body", Form}, {"A=S&M=$input.json('$')", Form}, {"A=S&M=$input.path('$')", Form}, {"A=S&M=$input.body.replaceAll('&','')", Form},
		{"A=S&M=$input.body.replaceAll('[&+]','')", Form}, {"A=S&M=$util.base64Encode($input.body)", Form}, {"A=S&M=$util.urlEncode($input.body)", Form},
		{"A=S&$input.body=1", Form}, {`{"MessageBody":"$input.body"}`, JSON}, {`{"MessageBody":$input.json('$')}`, JSON}, {`{"MessageBody":"$util.escapeJavaScript($input.body)"}`, JSON},
		{`{"M":$input.body}`, JSON}, {`{"M":$input.path('$')}`, JSON}, {`{"M":"$util.escapeJavaScript($input.body)` + repaired + `"}`, JSON}, {`$input.body`, JSON},
	} {
		tpl, q := mustCompile(t, c.template), &Question{Protocol: c.protocol}
		smallest := -1
		var search func(body string)
		search = func(body string) {
			if smallest >= 0 && len(body) >= smallest {
				return
			}
			if tpl.HarmOf(q, &Case{Body: body}) != NoHarm {
				smallest = len(body)
				return
			}
			if len(body) < 3 {
				for i := range alphabet {
					search(body + alphabet[i:i+1])
				}
			}
		}
		search("")
		got := tpl.Prove(q)
		switch {
		case smallest >= 0 && (got.Result != Unsafe || got.Case.size() != smallest):
			t.Errorf("%s: a body of %d bytes does harm; %s, case %+v", c.template, smallest, got.Result, got.Case)
		case smallest < 0 && got.Result == Unsafe && got.Case.size() <= 3:
			t.Errorf("%s: case %+v is not among the short bodies", c.template, got.Case)
		}
	}
}

// proofGenerator writes templates as people might, with all that the evaluation
// follows.
type proofGenerator struct {
	*rand.Rand
	json bool
	vars int
}

func (g *proofGenerator) pick(list ...string) string { return list[g.Intn(len(list))] }

func (g *proofGenerator) source() string {
	return g.pick("$input.body", "$input.json('$')", "$input.json('$.a')", "$input.path('$')", "$input.path('$.a')", "$input.path('$.b.c')", "$input.path('$.l')", "$input.path('$.l[0]')",
		"$input.params('q')", "$input.params('H')", "$input.params().header.H", "$input.params().querystring.q", "$input.params().querystring", "$context.requestId", "$context.identity.userAgent", "$x", "$y", "$z",
		"$x.a", "$y.size()", "$input.path('$.l').size()", "$util.parseJson($input.body)", "$util.parseJson($input.body).a", "$stageVariables.s")
}

func (g *proofGenerator) reference(depth int) string {
	if depth > 2 || g.Intn(3) == 0 {
		return g.source()
	}
	inner := g.reference(depth + 1)
	switch g.Intn(9) {
	case 0, 1, 2:
		return "$util.urlEncode(" + inner + ")"
	case 3:
		return "$util.escapeJavaScript(" + inner + ")"
	case 4:
		return "$util.escapeJavaScript(" + inner + ")" + repaired
	case 5:
		return "$util." + g.pick("base64Encode", "urlDecode", "urlEncode") + "(" + inner + ")"
	case 6:
		return inner + g.pick(".replaceAll('&','')", ".replaceAll('[&%+]','')", `.replaceAll("\+","%20")`, ".replace('a','&')", ".trim()", ".toUpperCase()", ".substring(0,1)", ".split(',')[0]", ".toString()",
			".replaceAll('%26','&')", `.replaceAll('"',"'")`, ".replaceAll('[^a-zA-Z0-9]','')", ".concat('&')", ".length()", ".replaceAll('2','6')", `.replaceAll("[\\]",'')`, ".replaceFirst('%','')")
	case 7:
		return `$util.urlEncode("a` + inner + `b")`
	}
	return g.source()
}

func (g *proofGenerator) condition() string {
	if g.Intn(3) == 0 {
		return g.pick("$x", "!$x", "$y", "$x == 'b'", "$z != 1", "$x && $y", "$y || $input.params('q') == ''")
	}
	return g.reference(1) + g.pick("", " == ''", " != 'a'", " == 1", " && $x", ".isEmpty()", ".contains('a')")
}

func (g *proofGenerator) statement(depth int) string {
	g.vars++
	if depth > 2 {
		return g.value(depth)
	}
	switch g.Intn(12) {
	case 0, 1:
		return "#set($" + g.pick("x", "y", "z") + " = " + g.pick(g.reference(0), `"`+g.value(3)+`"`, "[]", "{}", `{"a": `+g.reference(1)+`}`, "["+g.reference(1)+"]", "$x + 'a'", "'b'", "$y + 1", "7", "true", "$x.a", "$y") + ")"
	case 2:
		return "#if(" + g.condition() + ")" + g.statement(depth+1) + g.pick("", "#else"+" "+g.statement(depth+1), "#elseif("+g.condition()+")"+g.statement(depth+1)) + "#end"
	case 3:
		return "#foreach($" + g.pick("i", "x") + " in " + g.pick("$input.path('$.l')", "$input.params().querystring.keySet()", "$x", "[1,2]", "$input.path('$').keySet()", "$input.path('$').entrySet()", "$y.keySet()", "[1..3]") + ")" +
			g.statement(depth+1) + g.pick("$i", "$util.urlEncode($i)", "$i.key", "$foreach.count", "$i.value", "#if($foreach.hasNext),#end", "#set($z = \"$z$i\")", "#break") + "#end"
	case 4:
		return "#set($e = $" + g.pick("x", "y") + g.pick(".add("+g.reference(1)+")", ".put('a', "+g.reference(1)+")", ".put("+g.reference(1)+", 'b')") + ")"
	case 5:
		return "#macro(m $p)" + g.statement(depth+1) + g.pick("$p", "$util.urlEncode($p)") + "#end#m(" + g.reference(1) + ")"
	case 6:
		return "#define($d)" + g.statement(depth+1) + "#end$d"
	}
	return g.value(depth)
}

func (g *proofGenerator) value(depth int) string {
	return g.pick("text", "", "%41", g.reference(0), g.reference(0), "a"+g.reference(0)+"b", "$!x")
}

func (g *proofGenerator) template() string {
	var b strings.Builder
	for range g.Intn(3) {
		b.WriteString(g.statement(1) + "\n")
	}
	for range 1 + g.Intn(3) {
		n := strconv.Itoa(g.Intn(9))
		switch {
		case !g.json:
			b.WriteString("&N" + n + "=" + g.statement(0))
		case g.Intn(3) > 0:
			b.WriteString(`,"N` + n + `":"` + g.statement(0) + `"`)
		default:
			b.WriteString(`,"N` + n + `":` + g.statement(0))
		}
	}
	if g.json {
		return `{"A":1` + b.String() + "}"
	}
	return "A=S" + b.String()
}

// randomCase is a call with bodies and parameters that mean something to
// templates.
func (g *proofGenerator) randomCase() *Case {
	const chars = "&%+=\"\\'{}[]:,1a\n /zé26"
	text := func(n int) string {
		var b strings.Builder
		for range g.Intn(n) {
			i := g.Intn(len(chars))
			b.WriteString(strings.ToValidUTF8(chars[i:i+1], "é"))
		}
		return b.String()
	}
	str := func() string { return string(appendJSONString(nil, text(5))) }
	value := func() string {
		return g.pick(str(), str(), "1", "-1.5e+3", "true", "null", "{}", "[]", "["+str()+","+str()+"]", `{"c":`+str()+`}`, `{`+str()+`:`+str()+`}`)
	}
	c := &Case{Query: map[string]string{}, Header: map[string]string{}}
	switch g.Intn(4) {
	case 0:
		c.Body = text(8)
	case 1:
		c.Body = value()
	default:
		c.Body = `{"a":` + value() + `,"b":` + value() + `,"l":` + g.pick("["+value()+","+value()+"]", "[]", value()) + `,` + str() + `:` + value() + `}`
	}
	if g.Intn(2) == 0 {
		c.Query["q"], c.Query[text(4)] = text(5), text(4)
	}
	if g.Intn(2) == 0 {
		c.Header["H"] = strings.ReplaceAll(text(6), "\n", "")
		c.Header["User-Agent"] = strings.ReplaceAll(text(6), "\n", "")
	}
	return c
}

// smaller is a call of at most ten bytes that does the harm of a larger case: any text of
// two characters, and each character where the generator's templates read it.
func smaller(tpl *Template, q *Question) *Case {
	const alphabet = "&%+=\"\\'{}[]:,1a\n>"
	texts := []string{""}
	for i := range alphabet {
		texts = append(texts, alphabet[i:i+1])
	}
	try := func(c *Case) *Case {
		if c.size() <= 10 && tpl.HarmOf(q, c) != NoHarm {
			return c
		}
		return nil
	}
	for _, a := range texts {
		quoted := jsonText(a)
		for _, body := range []string{quoted, `{"a":` + quoted + `}`, `{"b":{"c":` + quoted + `}}`, `{"l":` + quoted + `}`, `{"l":[` + quoted + `]}`, `[` + quoted + `]`, `{` + quoted + `:1}`} {
			if c := try(&Case{Body: body}); c != nil {
				return c
			}
		}
		if c := try(&Case{Query: map[string]string{"q": a}}); c != nil {
			return c
		}
		for _, b := range texts {
			if c := try(&Case{Body: a + b}); c != nil {
				return c
			}
		}
	}
	return nil
}

// No template that a call breaks is called safe, and every case shows its harm.
// More templates by PROOF_TEMPLATES, with PROOF_SEED.
func TestProveSound(t *testing.T) {
	count, _ := strconv.Atoi(os.Getenv("PROOF_TEMPLATES"))
	seed, _ := strconv.Atoi(os.Getenv("PROOF_SEED"))
	if count == 0 {
		count = 300
	}
	g := &proofGenerator{Rand: rand.New(rand.NewSource(int64(seed) + 1))}
	results, bad, large := map[Result]int{}, 0, 0
	for range count {
		g.json = g.Intn(3) == 0
		source := g.template()
		tpl, err := Compile(source)
		if err != nil {
			continue
		}
		q := &Question{StageVariables: map[string]string{"s": "sv"}, Context: NewContext(map[string]any{"requestId": "r-1"})}
		if g.json {
			q.Protocol = JSON
		}
		proof := tpl.Prove(q)
		results[proof.Result]++
		if proof.Result == Unsafe && proof.Case.size() > 10 {
			if c := smaller(tpl, q); c != nil {
				large++
				t.Logf("%q: the case %+v is large: %+v", source, proof.Case, c)
			}
		}
		if proof.Result != Safe {
			continue
		}
		for range 60 {
			c := g.randomCase()
			if harm := tpl.HarmOf(q, c); harm != NoHarm {
				t.Errorf("%q is called safe; %s with %+v", source, harm, c)
				if bad++; bad > 10 {
					t.FailNow()
				}
				break
			}
		}
	}
	if large*1000 > results[Unsafe] { // where the search has too much to try
		t.Errorf("%d cases are larger than they need to be", large)
	}
	if results[Safe] == 0 || results[Unsafe] == 0 {
		t.Errorf("results %v", results)
	}
	t.Log(fmt.Sprint(results))
}
