package jsontext

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestString(t *testing.T) {
	for _, c := range []struct{ in, value, rest, reason string }{
		{`"plain", 1`, "plain", `, 1`, ""},
		{`""`, "", "", ""},
		{`"a\"b\\\/\b\f\n\r\t"x`, "a\"b\\/\b\f\n\r\t", "x", ""},
		{`"\u00e9\uD83D\uDE00"`, "é😀", "", ""},
		{`"\uD83Dx\uDE00"`, "?x?", "", ""},
		{`"\uD83D\u0041"`, "?A", "", ""},
		{"\"a\nb\"", "a", "\nb\"", `a string holds the raw control character '\n'; expected an escape`},
		{`"it\'s"`, "it", `\'s"`, `'\'' is no JSON escape`},
		{`"a\u12g4"`, "a", `\u12g4"`, `expected four hexadecimal digits after '\u'`},
		{`"a\`, "a", `\`, `expected an escape after '\', found the end of the text`},
		{`"a\n`, "a\n", ``, `expected '"' at the end of a string, found the end of the text`},
		{`"open`, "open", ``, `expected '"' at the end of a string, found the end of the text`},
	} {
		value, end, fault := String(c.in, 0, '?')
		reason := ""
		if fault != nil {
			reason = fault.Reason
			if fault.Offset != end {
				t.Errorf("%s: the fault is at %d, the reading ended at %d", c.in, fault.Offset, end)
			}
		}
		if value != c.value || c.in[end:] != c.rest || reason != c.reason {
			t.Errorf("%s: %q, rest %q, %q", c.in, value, c.in[end:], reason)
		}
	}
}

func TestNumber(t *testing.T) {
	for in, rest := range map[string]string{"0": "", "-0.5e+10,": ",", "12]": "]", "01": "1", "1.5E3 ": " "} {
		if end, ok := Number(in, 0); !ok || in[end:] != rest {
			t.Errorf("%s: %v, rest %q", in, ok, in[end:])
		}
	}
	for in, at := range map[string]int{"-": 1, "1.": 2, "1e": 2, "1e+": 3, "-x": 1, ".5": 0, "": 0} {
		if end, ok := Number(in, 0); ok || end != at {
			t.Errorf("%q: %v at %d, want a fault at %d", in, ok, end, at)
		}
	}
}

// What is read here is what the standard library reads.
func FuzzWords(f *testing.F) {
	for _, s := range []string{`"a\u00e9\n"`, `"\ud83d\ude00"`, `"\ud83d"`, "-1.5e3", "01", "\"\x00\"", `"\x"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || s == "" {
			t.Skip() // the standard library repairs what is no UTF-8
		}
		switch c := s[0]; {
		case c == '"':
			value, end, fault := String(s, 0, utf8.RuneError)
			var want string
			err := json.Unmarshal([]byte(s[:end]), &want)
			if (err == nil) != (fault == nil) || fault == nil && value != want {
				t.Errorf("%q: %q, %v, the library %q, %v", s, value, fault, want, err)
			}
		case c == '-' || strings.IndexByte("0123456789", c) >= 0:
			end, ok := Number(s, 0)
			if valid := json.Valid([]byte(s[:end])); valid != ok {
				t.Errorf("%q: %v, the library %v", s[:end], ok, valid)
			}
		}
	})
}

func BenchmarkString(b *testing.B) {
	s := `"` + strings.Repeat("an order of 12 things; ", 40) + `"`
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		if _, _, fault := String(s, 0, utf8.RuneError); fault != nil {
			b.Fatal(fault)
		}
	}
}
