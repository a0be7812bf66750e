package vtl

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table of Java's methods anew")

// tableTargets are values of each class of the table.
var tableTargets = map[string]string{
	"String": "$s", "Character": "$ch", "Integer": "$n", "Long": "$long", "Double": "$d", "Boolean": "$bool", "BigInteger": "$big",
	"List": "$list", "Array": "$array", "Set": "$map.keySet()", "Collection": "$map.values()", "Map": "$map", "Entry": "$entry",
}

// tableArguments are values for the parameters that a template can fill;
// for others null is passed.
var tableArguments = map[string]string{
	"String": `"7"`, "CharSequence": `"b"`, "Object": `"b"`, "int": "2", "long": "$long", "double": "1.5", "float": "3", "boolean": "true", "char": "$ch",
	"Character": "$ch", "Integer": "2", "Long": "$long", "Double": "$d", "Boolean": "true", "BigInteger": "$big", "Collection": `["b"]`, "Iterable": `["b"]`,
	"Map": `{"b":1}`, "Entry": "$entry", "Object[]": "$array", "String[]": "$array", "Comparable": `"b"`,
}

const tableSetup = `#set($s = "abcba")#set($ch = $s.charAt(1))#set($n = 5)#set($long = $n.longValue())#set($d = 2.5)#set($bool = true)#set($big = 123456789012345678901234567890)` +
	`#set($list = ["a", "b", "c"])#set($array = $s.split("c"))#set($map = {"a": "b"})#foreach($e in $map.entrySet())#set($entry = $e)#end`

// tableCall is a template that calls one row of the table.
func tableCall(row []string) string {
	var args []string
	if row[2] != "-" {
		for _, p := range strings.Split(row[2], ",") {
			arg, ok := tableArguments[strings.TrimSuffix(p, "...")]
			if !ok {
				arg = "$nothing"
			}
			args = append(args, arg)
		}
	}
	return tableSetup + "|" + tableTargets[row[0]] + "." + row[1] + "(" + strings.Join(args, ", ") + ")|"
}

// Every method that a Java class has is modelled, or makes the output unknown,
// or fails as Java does; none prints nothing because it was not found.
func TestJavaMethodTable(t *testing.T) {
	var table strings.Builder
	for line := range strings.Lines(javaMethods) {
		row := strings.Fields(line)
		if len(row) != 4 {
			t.Fatalf("row %q", line)
		}
		tpl, err := Compile(tableCall(row))
		if err != nil {
			t.Fatal(err)
		}
		out, err := tpl.Render(&Input{})
		have := "modelled"
		if err != nil && err.(*RenderError).Unknown {
			have = "unknown"
		}
		if err == nil {
			for _, e := range out.Empty {
				if e.Reason == UnknownMethod {
					t.Errorf("%s prints nothing: %+v", strings.TrimSpace(line), e)
				}
			}
		}
		if have != row[3] && !*update {
			t.Errorf("%s: it is %s", strings.TrimSpace(line), have)
		}
		table.WriteString(strings.Join(row[:3], " ") + " " + have + "\n")
	}
	if *update {
		if err := os.WriteFile("java_methods.txt", []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
