package remedy

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/text"
)

// A diff is made of a part of the file; it leads from the whole to the whole.
func TestUnifiedLeadsFromOldToNew(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	lines := func(n int) []string {
		list := make([]string, n)
		for i := range list {
			list[i] = []string{"a", "b", "", "aa", "@@ -1 +1 @@"}[random.IntN(5)]
		}
		return list
	}
	for range 600 {
		old := lines(random.IntN([]int{60, 60, 9000}[random.IntN(3)]))
		new := append([]string{}, old...)
		for range 1 + random.IntN(3) {
			at := random.IntN(len(new) + 1)
			to := min(at+random.IntN(3), len(new))
			new = append(append(append([]string{}, new[:at]...), lines(random.IntN(3))...), new[to:]...)
		}
		end := []string{"", "\n"}
		becomes := strings.Join(new, "\n") + end[random.IntN(2)]
		e := FileEdit{Edited: text.Change([]byte(strings.Join(old, "\n")+end[random.IntN(2)]), []byte(becomes))}
		diff := strings.TrimPrefix(e.Unified("x"), "diff --git a/x b/x\n--- a/x\n+++ b/x\n")
		if got, err := patched(string(e.Old), diff); err != nil || got != becomes || got != string(e.New()) {
			t.Fatalf("%v: the diff of\n%q\nto\n%q\n%s\ngives %q", err, e.Old, becomes, diff, got)
		}
	}
}

// patched applies a unified diff, whose hunks begin and end with three lines that
// stay unless the file does.
func patched(old, diff string) (string, error) {
	text := strings.SplitAfter(old, "\n")
	if text[len(text)-1] == "" {
		text = text[:len(text)-1]
	}
	var out strings.Builder
	at := 0
	for _, h := range strings.Split("\n"+diff, "\n@@ -")[1:] {
		head, body, _ := strings.Cut(h, "\n")
		number, _, _ := strings.Cut(head, " ")
		number, count, _ := strings.Cut(number, ",")
		first, err := strconv.Atoi(number)
		if err != nil {
			return "", err
		}
		if count != "0" {
			first--
		}
		if first < at || first > len(text) {
			return "", fmt.Errorf("hunk at line %d, after line %d of %d", first, at, len(text))
		}
		out.WriteString(strings.Join(text[at:first], ""))
		at = first
		leading, trailing, changed := 0, 0, false
		list := strings.Split(strings.TrimSuffix(body, "\n"), "\n")
		for i, line := range list {
			end := "\n"
			if i+1 < len(list) && strings.HasPrefix(list[i+1], `\`) {
				end = ""
			}
			switch {
			case strings.HasPrefix(line, `\`):
				continue
			case strings.HasPrefix(line, "+"):
				out.WriteString(line[1:] + end)
				changed, trailing = true, 0
				continue
			case at >= len(text) || line[1:]+end != text[at]:
				return "", fmt.Errorf("line %d is not %q", at+1, line)
			case strings.HasPrefix(line, "-"):
				changed, trailing = true, 0
			default:
				out.WriteString(text[at])
				if trailing++; !changed {
					leading++
				}
			}
			at++
		}
		if leading < min(first, contextLines) || trailing < min(len(text)-at, contextLines) {
			return "", fmt.Errorf("the hunk at line %d has %d lines before and %d after what it changes", first+1, leading, trailing)
		}
	}
	out.WriteString(strings.Join(text[at:], ""))
	return out.String(), nil
}
