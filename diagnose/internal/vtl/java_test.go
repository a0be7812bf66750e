package vtl

import "testing"

// The expected texts were confirmed with Java's own String and collections
// behind Velocity 1.7.
func TestJavaMethods(t *testing.T) {
	const u = "#set($u = \"h\u00e9llo \U0001F600 w\u00f6rld\")"
	checkAll(t, []renderCase{
		{"UTF-16 positions", u + `$u.length()|$u.substring(1,3)|$u.indexOf("w")|$u.charAt(1)|$u.toUpperCase()|$u.hashCode()|$u.substring(9)`, "14|él|9|é|HÉLLO \U0001F600 WÖRLD|-22170944|wörld"},
		{"order", `$t.compareTo("tex")|$t.compareTo("texu")|$t.compareToIgnoreCase("TEXT")`, "1|-1|0"},
		{"split", `$t.split("e")[0]|$t.split("").size()|$t.split("t").size()|$t.split("x").size()`, "t|4|2|2"},
		{"split drops empty ends", `#set($s = "a,b,,c,,")$s.split(",").size()|$s.split(",",2)[1]|$s.split(",",-1).size()|$s.split("[,]").size()|$s.split(",+").size()`, "4|b,,c,,|6|4|3"},
		{"split by a dot", `#set($s = "a.b|c")$s.split(".").size()|$s.split("\.").size()|$s.split("[|]").size()|$s.split("\|")[1]`, "0|2|2|c"},
		{"replace", `#set($s = "aXbXc")$s.replaceAll("X","-")|$s.replaceAll("(\w)X","$1$1")|$s.replaceFirst("X","_")|$s.replace("X","")|$t.replace("","-")`, "a-b-c|aabbc|a_bXc|abc|-t-e-x-t-"},
		{"blanks", `#set($s = "  a b  ")[$s.trim()]|[$s.replaceAll("\s+","")]|[$s.replaceAll("^\s+|\s+$","")]|[$s.strip()]`, "[a b]|[ab]|[a b]|[a b]"},
		{"classes", `#set($s = "a1b22")$s.replaceAll("[0-9]+","<$0>")|$s.replaceAll("\d","#")|$s.matches("[a-z0-9]+")|$s.matches("a")|$s.replaceAll("[^a-z]","")|$s.replaceAll("\p{Alpha}","")`, "a<1>b<22>|a#b##|true|false|ab|122"},
		{"searching", `$t.indexOf("t",1)|$t.indexOf("t",-5)|$t.indexOf("t",99)|$t.lastIndexOf("t")|$t.startsWith("x",2)|$t.contains("ex")|$t.endsWith("xt")|$t.equalsIgnoreCase("TEXT")`, "3|0|-1|3|true|true|true|true"},
		{"edges", `[$t.repeat(0)]|$t.repeat(2)|$t.equals("text")|$t.equals(1)|$empty.isEmpty()|$t.concat("")|[$t.substring(4)]|[$t.substring(2,2)]`, "[]|texttext|true|false|true|text|[]|[]"},
		{"numbers", `#set($d = 1.5)$n.toString()|$d.intValue()|$n.doubleValue()|$n.equals(3)|$n.equals("3")|$n.compareTo(4)|$n.parseInt("42")|$n.max(3,5)|$d.parseDouble("2.50")`, "3|1|3.0|true|false|-1|42|5|2.5"},
		{"lists", `#set($x = [3,1,2])$x.add(9)|$x.add(0,7)|$x|$x.indexOf(1)|$x.remove(0)|$x.contains(9)|$x.addAll([4,5])|$x.subList(1,3)|$x.set(0,"q")|$x|$x.lastIndexOf(5)|$x.clear()|$x|$x.isEmpty()`, "true||[7, 3, 1, 2, 9]|2|7|true|true|[1, 2]|3|[q, 1, 2, 9, 4, 5]|5||[]|true"},
		{"maps", `#set($m = {"a":1})$m.put("b",2)|$m.put("a",3)|$m|$m.remove("a")|$m.containsKey("b")|$m.containsValue(2)|$m.keySet()|$m.values()|$m.entrySet()|$m.putAll({"c":4})|$m.size()|$m.toString()|$m.getOrDefault("q","d")`, "|1|{a=3, b=2}|3|true|true|[b]|[2]|[b=2]||2|{b=2, c=4}|d"},
		{"characters are no strings", `$t.charAt(0).equals("t")|#if($t.charAt(0) == "t")y#end|[$t.contains($t.charAt(0))]|$t.charAt(0).compareTo($t.charAt(1))|$t.replace($t.charAt(0),$t.charAt(1))|$t.charAt(1).hashCode()`, "false|y|[]|15|eexe|101"},
		{"codes and positions from the end", `$t.indexOf(120)|$t.indexOf(116,1)|$t.lastIndexOf("t",2)|$t.lastIndexOf(116)|$t.codePointAt(1)|$t.lastIndexOf("",9)|$t.lastIndexOf("t",-1)`, "2|3|0|3|101|4|-1"},
		{"regions", `$t.regionMatches(1,"exit",0,2)|$t.regionMatches(true,1,"EX",0,2)|$t.regionMatches(1,"EX",0,2)|$t.contentEquals("text")|$t.join("-",["a","b"])`, "true|true|false|true|a-b"},
		{"numbers in other bases", `#set($l = $n.longValue())$n.toString(255)|$n.toString(-255,16)|$n.toHexString(-1)|$l.toHexString(-1)|$n.toBinaryString(5)|$n.toOctalString(8)|$n.parseInt("ff",16)|$n.valueOf("7")|$n.sum(2147483647,1)|$n.signum(-9)`, "255|-ff|ffffffff|ffffffffffffffff|101|10|255|7|-2147483648|-1"},
		{"Long and Integer", `#set($l = $n.longValue())$l.equals(3)|$n.equals(3)|#if($l == 3)y#end|[$t.charAt($l)]|$l.parseLong("5")|[$n.parseLong("5")]|$l.compareTo($l)|$l.hashCode()`, "false|true|y|[]|5|[]|0|3"},
		{"booleans and doubles", `#set($d = 2.5)$f.valueOf("TRUE")|$f.parseBoolean("x")|$f.logicalOr(true)|$f.logicalXor(true,false)|$f.hashCode()|$d.isNaN()|$d.max(1,2)|$d.valueOf("1e3")|$d.infinite|$d.sum(1,2)`, "true|false||true|1237|false|2.0|1000.0|false|3.0"},
		{"lists as wholes", `#set($x = [1,2,3,2])#set($y = $x.clone())$x.containsAll([1,3])|$x.removeAll([2])|$x|$y|$y.retainAll([2])|$y|$x.addAll(0,["a"])|$x|[$x.addAll({})]`, "true|true|[1, 3]|[1, 2, 3, 2]|true|[2, 2]|true|[a, 1, 3]|[]"},
		{"maps as wholes", `#set($m = {"a":1})#set($k = $m.clone())$m.replace("a",2)|$m.replace("b",1)|$m.replace("a",2,3)|$m.remove("a",1)|$m|$k|$m.remove("a",3)|$m`, "1||true|false|{a=3}|{a=1}|true|{}"},
		{"views have no positions", `#set($m = {"a":1})[$m.keySet().get(0)][$m.values()[0]]$m.keySet().contains("a")$m.values().size()`, "[][]true1"},
		{"arguments that no overload takes", `[$t.indexOf(-1,$list)][$t.subSequence(0)][$map.get($t.charAt(0))][$map.containsKey("k")][$t.valueOf("a","b")]`, "[][][][true][]"},
		{"many members", `#set($m = {})#foreach($i in [1..40])#set($m["k$i"] = $i)#end$m.size()|$m.k33|$m.remove("k5")|$m.k6|$m.k5|$m.size()`, "40|33|5|6||39"},
	})
}

func TestTranslateRegex(t *testing.T) {
	for _, p := range []string{`(?=a)`, `(?!a)`, `a*+`, `[a&&b]`, `[a[b]]`, `\1`, `\G`, `\Z`, `(?>a)`, `[]a]`, `\pL`, `[\D]`, `a\`} {
		if text, problem := translateRegex(p, false); problem == "" {
			t.Errorf("%q is taken as %q without a problem", p, text)
		}
	}
	if _, problem := translateRegex("a$", true); problem == "" {
		t.Error("$ before a final line end is taken as RE2 reads it")
	}
}
