package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	ground "apisqs-doctor/diagnose/text"
)

// replaced is a text with replacements made as the standard has it: the places
// are those of the text before, a line ends with LF or CRLF, a column is a
// UTF-16 code unit, a byte order mark does not count.
func replaced(text string, list []sarifReplacement) (string, error) {
	body := strings.TrimPrefix(text, "\ufeff")
	mark := text[:len(text)-len(body)]
	var lines [][]uint16
	for line := range strings.SplitAfterSeq(body, "\n") {
		lines = append(lines, utf16.Encode([]rune(line)))
	}
	if last := len(lines) - 1; last > 0 && len(lines[last]) == 0 {
		lines = lines[:last] // behind the last line break there is no line
	}
	offset := func(line, column int) (int, error) {
		at := 0
		if line < 1 || line > len(lines) || column < 1 {
			return 0, fmt.Errorf("no line %d, column %d in %d lines", line, column, len(lines))
		}
		for _, l := range lines[:line-1] {
			at += len(l)
		}
		l := lines[line-1]
		end := len(l) + 1
		if text := string(utf16.Decode(l)); strings.HasSuffix(text, "\r\n") {
			end -= 2
		} else if strings.HasSuffix(text, "\n") {
			end--
		}
		if column > end && !(line == len(lines) && column == len(l)+1) {
			return 0, fmt.Errorf("line %d has no column %d, it ends at %d", line, column, end)
		}
		return at + column - 1, nil
	}
	var all, out []uint16
	for _, l := range lines {
		all = append(all, l...)
	}
	at := 0
	for _, r := range list {
		from, err := offset(r.Deleted.StartLine, r.Deleted.StartColumn)
		if err != nil {
			return "", err
		}
		to, err := offset(r.Deleted.EndLine, r.Deleted.EndColumn)
		if err != nil {
			return "", err
		}
		if from < at || to < from {
			return "", fmt.Errorf("%+v is not behind the replacement before it", r.Deleted)
		}
		if from == to && r.Inserted.Text == "" {
			return "", fmt.Errorf("%+v replaces nothing by nothing", r.Deleted)
		}
		out = append(append(out, all[at:from]...), utf16.Encode([]rune(r.Inserted.Text))...)
		at = to
	}
	return mark + string(utf16.Decode(append(out, all[at:]...))), nil
}

// holds wants the replacements of two texts to make one of the other.
func holds(t *testing.T, before, after string) []sarifReplacement {
	t.Helper()
	list, ok := replacements(before, after)
	if !ok {
		t.Errorf("no replacements for %q and %q", before, after)
		return nil
	}
	if got, err := replaced(before, list); err != nil || got != after {
		t.Errorf("%q becomes\n%q, want\n%q: %v, %+v", before, got, after, err, list)
	}
	s := &sarifWriter{valid: map[*byte]bool{}}
	if near, ok := s.replacements(ground.Change([]byte(before), []byte(after))); !ok || !slices.Equal(near, list) {
		t.Errorf("the edit that makes %q of %q is told as %+v, and the texts as %+v", after, before, near, list)
	}
	return list
}

// The pieces are whole lines where lines are short, and less of long ones.
func TestReplacements(t *testing.T) {
	long := strings.Repeat(`{"Type": "AWS::SQS::Queue"}, `, 40)
	for _, tt := range []struct {
		name, before, after string
		want                string // each piece: place, deleted to inserted
	}{
		{"nothing", "a\n", "a\n", ""},
		{"a line", "a\nb: 1\nc\n", "a\nb: 2\nc\n", `2:1-3:1 "b: 2\n"`},
		{"a line of CRLF", "a\r\nb: 1\r\nc\r\n", "a\r\nb: 2\r\nc\r\n", `2:1-3:1 "b: 2\r\n"`},
		{"two places", "a\nb\nc\nd\ne\n", "a\nB\nc\nD\ne\n", `2:1-3:1 "B\n", 4:1-5:1 "D\n"`},
		{"lines put in", "a\nb\n", "a\nx\ny\nb\n", `2:1-2:1 "x\ny\n"`},
		{"lines taken out", "a\nx\ny\nb\n", "a\nb\n", `2:1-4:1 ""`},
		{"the last line", "a\nb\n", "a\nc\n", `2:1-2:2 "c"`},
		{"behind the last line", "a\nb\n", "a\nb\nc\n", `2:1-2:2 "b\nc"`},
		{"the last lines taken out", "a\nb\nc\n", "a\n", `1:1-3:2 "a"`},
		{"no line break at the end", "a\nb", "a\nc", `2:1-2:2 "c"`},
		{"a line break more", "a\nb", "a\nb\n", `2:1-2:2 "b\n"`},
		{"a line break less", "a\nb\n", "a\nb", `2:1-2:3 "b"`},
		{"a mark of the byte order", "\ufeffa\nb\n", "\ufeffx\nb\n", `1:1-2:1 "x\n"`},
		{"characters of two units", "a\n😀 b" + long + "\nc\n", "a\n😀 B" + long + "\nc\n", `2:4-2:5 "B"`},
		{"one long line", "[" + long + "1]\n", "[" + long + "2]\n", fmt.Sprintf(`1:%d-1:%d "2"`, len(long)+2, len(long)+3)},
		{"everything", "a\n", "", `1:1-1:3 ""`},
		{"from nothing", "", "a\n", `1:1-1:1 "a\n"`},
		{"blank lines at the end", "a\n\n\n", "a\n\n", `2:1-3:1 ""`},
		{"other line breaks", "a\nb\n", "a\r\nb\r\n", `1:1-2:3 "a\r\nb\r\n"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, r := range holds(t, tt.before, tt.after) {
				d := r.Deleted
				got = append(got, fmt.Sprintf("%d:%d-%d:%d %q", d.StartLine, d.StartColumn, d.EndLine, d.EndColumn, r.Inserted.Text))
			}
			if got := strings.Join(got, ", "); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	for name, pair := range map[string][2]string{"bytes": {"\xff", "a"}, "bytes afterwards": {"a", "\xff"}, "a mark more": {"a", "\ufeffa"}, "a mark less": {"\ufeffa", "a"}} {
		if list, ok := replacements(pair[0], pair[1]); ok {
			t.Errorf("%s: got %+v, want no replacements", name, list)
		}
	}
}

func FuzzReplacements(f *testing.F) {
	f.Add("a\nb\n", "a\nc\n")
	f.Add("\ufeffa\r\nb", "\ufeffa\r\nb\r\n")
	f.Add(strings.Repeat("😀 long ", 100)+"\n", strings.Repeat("😀 lang ", 100)+"\n")
	f.Add("\n\n\n", "\n")
	f.Fuzz(func(t *testing.T, before, after string) {
		if !utf8.ValidString(before) || !utf8.ValidString(after) || strings.HasPrefix(before, "\ufeff") != strings.HasPrefix(after, "\ufeff") {
			return
		}
		holds(t, before, after)
		holds(t, strings.Repeat("padding ", 60)+before, strings.Repeat("padding ", 60)+after)
	})
}
