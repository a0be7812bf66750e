package remedy

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"

	"apisqs-doctor/diagnose/text"
)

// Hunks of what differs are those of the whole texts.
func TestHunks(t *testing.T) {
	long := func(edit func(line int) string) string {
		var b strings.Builder
		for line := range 400 {
			b.WriteString(edit(line))
		}
		return b.String()
	}
	plain := func(line int) string { return fmt.Sprintf("  line: %d\n", line/2) } // equal neighbours
	changed := func(at ...int) string {
		return long(func(line int) string {
			for _, a := range at {
				if a == line {
					return "  changed\n"
				}
			}
			return plain(line)
		})
	}
	for name, c := range map[string][2]string{
		"one line":                {long(plain), changed(200)},
		"two places":              {long(plain), changed(20, 380)},
		"the first line":          {long(plain), changed(0)},
		"the last line":           {long(plain), changed(399)},
		"a line less":             {long(plain), strings.Replace(long(plain), plain(200), "", 1)},
		"a line more":             {long(plain), strings.Replace(long(plain), plain(200), plain(200)+plain(200), 1)},
		"no line end":             {strings.TrimSuffix(long(plain), "\n"), strings.TrimSuffix(changed(200), "\n")},
		"no line end any more":    {long(plain), strings.TrimSuffix(long(plain), "\n")},
		"no line end, at the end": {strings.TrimSuffix(long(plain), "\n"), strings.TrimSuffix(changed(398), "\n")},
		"everything":              {long(plain), "x\n"},
		"from nothing":            {"", "x\n"},
		"to nothing":              {"x\n", ""},
		"a short file":            {"a\nb\n", "a\nc\n"},
	} {
		_, want, _ := strings.Cut(udiff.Unified("a", "b", c[0], c[1]), "\n")
		_, want, _ = strings.Cut(want, "\n")
		if got := hunks(text.Change([]byte(c[0]), []byte(c[1]))); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}
