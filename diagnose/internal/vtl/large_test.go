package vtl

import (
	"strings"
	"testing"
)

// The largest template (300 KB) over the largest payload (10 MB, T114) is
// rendered, or ends at a bound; it never takes quadratic time.
func TestLargeInputs(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: takes seconds")
	}
	object := `{"k":"` + strings.Repeat("v&", 50) + `","n":1.5},`
	body := `{"l":[` + strings.Repeat(object, 10<<20/len(object)) + `null]}`
	for _, c := range []struct {
		name, template, body string
		fails                bool
	}{
		{"encode", "A=$util.urlEncode($input.body)", body, false},
		{"json", "A=$util.urlEncode($input.json('$'))$input.path('$.l').size()", body, false},
		{"map", "$input.path('$')", body, false},
		{"descent", "$input.path('$..n').size()", body, false},
		{"text", strings.Repeat("some text $u #if($u)x#end\n", 300<<10/26), "", false},
		{"references", strings.Repeat("$input.path('$.a')", 300<<10/18), `{"a":"b"}`, false},
		{"nested blocks", strings.Repeat("#if(true)", 30_000) + strings.Repeat("#end", 30_000), "", true},
		{"nested parentheses", "#set($x = " + strings.Repeat("(", 300<<10) + "1)", "", true},
		{"quotes", "#set($x = " + strings.Repeat(`"`, 300<<10+1) + ")", "", true},
		{"strings in strings", "#set($x = " + strings.Repeat(`"$x.a(`, 50_000) + ")", "", true},
		{"dollars", strings.Repeat("$", 300<<10) + "a", "", false},
		{"dollars and blanks", strings.Repeat("$ ", 150<<10) + "a", "", false},
		{"backslashes", strings.Repeat(`\`, 300<<10) + "$a", "", false},
		{"blanks", strings.Repeat("$a"+strings.Repeat(" ", 1000), 300) + "a", "", false},
		{"many numbers", "$input.path('$').size()", "[" + strings.Repeat("1,", 5<<20) + "1]", true},
		{"commas split", `#set($p = $input.body.split(","))$p.size()`, strings.Repeat(",", 10<<20), true},
		{"growing text", `#set($s = $input.body)#foreach($i in [1..100])#set($s = "$s$s")#end`, strings.Repeat("x", 1<<20), true},
		{"comparisons", `#foreach($i in [1..1000])#foreach($j in [1..1000])#if($input.body == $input.path('$'))#end#end#end`, strings.Repeat("x", 10<<20), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, on := range []bool{true, false} {
				if !on && len(c.body) > 1<<10 {
					continue // walks always ask where a text comes from
				}
				tpl, err := Compile(c.template)
				if err == nil {
					_, err = tpl.Render(&Input{Body: c.body, Provenance: on})
				}
				if (err != nil) != c.fails {
					t.Errorf("provenance %v: error %v", on, err)
				}
			}
		})
	}
}
