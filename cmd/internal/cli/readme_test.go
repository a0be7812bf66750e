package cli

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// errorTable lists, for each error, the rules that explain it: first what the
// AWS article on this integration names, then the others in order.
func errorTable(list []diagnose.Rule) string {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b diagnose.Rule) int {
		switch {
		case a.Article == b.Article:
			return 0
		case a.Article:
			return -1
		}
		return 1
	})
	var codes []walk.ErrorCode
	causes := map[walk.ErrorCode][]string{}
	for _, r := range list {
		for _, code := range r.Explains {
			if causes[code] == nil {
				codes = append(codes, code)
			}
			causes[code] = append(causes[code], fmt.Sprintf("%s (`%s`)", strings.ReplaceAll(r.Title, "|", `\|`), r.ID))
		}
	}
	var b strings.Builder
	b.WriteString("| error | usual causes, and the rule |\n| --- | --- |")
	for _, code := range codes {
		const most = 4 // a table is for a first look; rules/README.md has them all
		list := causes[code]
		if n := len(list); n > most {
			list = append(slices.Clone(list[:most]), fmt.Sprintf("and %d more", n-most))
		}
		fmt.Fprintf(&b, "\n| `%s` | %s |", code, strings.Join(list, "<br>"))
	}
	return b.String()
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
