package cli

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/cmd/internal/explain"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/rules"
)

const readmeFile = "../../../README.md"

// The README shows what the program really prints, and the errors that the
// rules really explain.
func TestReadme(t *testing.T) {
	data, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	_, demo, _ := run(nil, "demo")
	want := string(data)
	for name, text := range map[string]string{"demo": "```\n" + demo + "```", "errors": errorTable(rules.All())} {
		block := regexp.MustCompile("(?s)(<!-- " + name + ": [^\n]*-->\n).*?(<!-- end -->)")
		if !block.MatchString(want) {
			t.Fatalf("the README has no place for the %s", name)
		}
		want = block.ReplaceAllStringFunc(want, func(old string) string {
			first, _, _ := strings.Cut(old, "\n")
			return first + "\n" + text + "\n<!-- end -->"
		})
	}
	if *update {
		if err := os.WriteFile(readmeFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Errorf("the README is out of date (make golden writes it anew):\n%s", diff)
	}
}

// errorTable lists, for each error, the likeliest causes, as explain ranks them: a
// table is for a first look, and links to the one with all.
func errorTable(list []diagnose.Rule) string {
	const most = 3
	var b strings.Builder
	b.WriteString("| error | usual causes, and the rule |\n| --- | --- |")
	codes, explaining := rulesOf(list)
	for _, code := range codes {
		explained := explaining[code]
		ranked := explain.Explain(string(code), list)
		at := func(r diagnose.Rule) int {
			if i := slices.IndexFunc(ranked, func(c explain.Cause) bool { return c.Rule == r.ID }); i >= 0 {
				return i
			}
			return len(ranked)
		}
		slices.SortStableFunc(explained, func(a, b diagnose.Rule) int { return at(a) - at(b) })
		var causes []string
		for _, r := range explained[:min(len(explained), most)] {
			causes = append(causes, fmt.Sprintf("%s ([`%s`](rules/README.md#%[2]s))", strings.ReplaceAll(r.Title, "|", `\|`), r.ID))
		}
		if n := len(explained); n > most {
			causes = append(causes, fmt.Sprintf("[all %d](rules/README.md#by-error)", n))
		}
		fmt.Fprintf(&b, "\n| `%s` | %s |", code, strings.Join(causes, "<br>"))
	}
	return b.String()
}

// rulesOf gives the errors that rules explain, those of the AWS article first, and
// the rules of each.
func rulesOf(list []diagnose.Rule) (codes []walk.ErrorCode, explaining map[walk.ErrorCode][]diagnose.Rule) {
	explaining = map[walk.ErrorCode][]diagnose.Rule{}
	for _, article := range []bool{true, false} {
		for _, r := range list {
			for _, code := range r.Explains {
				if r.Article == article && explaining[code] == nil {
					codes = append(codes, code)
				}
				if r.Article == article {
					explaining[code] = append(explaining[code], r)
				}
			}
		}
	}
	return codes, explaining
}

// Every flag that the README names exists.
func TestReadmeFlags(t *testing.T) {
	data, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile("(?s)```.*?```|\n    docker .*? apisqs-doctor ").ReplaceAllString(string(data), "")
	root := testApp().rootCommand()
	known := flagNames(root)
	for _, sub := range root.Commands() {
		known = append(known, flagNames(sub)...)
	}
	for _, m := range regexp.MustCompile("`--([a-z][a-z-]+)| --([a-z][a-z-]+)").FindAllStringSubmatch(text, -1) {
		name := m[1] + m[2]
		if name != "help" && !slices.Contains(known, name) {
			t.Errorf("the README names --%s, which is no flag", name)
		}
	}
}
