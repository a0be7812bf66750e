package rules_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

var update = flag.Bool("update", false, "write README.md anew")

// README.md is made from the rules and their fixtures; go generate writes it.
func TestReadme(t *testing.T) {
	want := readme(t)
	if *update {
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(have), want); diff != "" {
		t.Errorf("README.md is not up to date (go generate ./rules writes it):\n%s", diff)
	}
}

// markdownMark is what Markdown would take for a tag or an emphasis: <a/>, */*.
var markdownMark = regexp.MustCompile(`[<*]`)

func readme(t *testing.T) string {
	var b strings.Builder
	all := rules.All()
	fmt.Fprintf(&b, "# The rules\n\n<!-- Generated from the rules and their fixtures by `go generate ./rules`. -->\n\n")
	fmt.Fprintf(&b, "%d rules. The name of a rule is printed with its findings, and is the name of its file, its fixtures and its section here.\n", len(all))
	fmt.Fprintf(&b, "`apisqs-doctor rules show NAME` prints a section.\n\n")
	byError(&b, all)
	article(t, &b, all)
	for _, stage := range walk.Stages {
		fmt.Fprintf(&b, "## %s: %s\n\n", stage, stage.Question())
		for _, r := range all {
			if r.Stage == stage {
				section(&b, r)
			}
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// byError is the index from what is seen to the rules.
func byError(b *strings.Builder, all []diagnose.Rule) {
	var codes []walk.ErrorCode
	links := map[walk.ErrorCode][]string{}
	for _, r := range all {
		for _, code := range r.Explains {
			if links[code] == nil {
				codes = append(codes, code)
			}
			links[code] = append(links[code], fmt.Sprintf("[%s](#%[1]s)", r.ID))
		}
	}
	slices.Sort(codes)
	fmt.Fprintf(b, "## By error\n\n| error | the rules that explain it |\n| --- | --- |\n")
	for _, code := range codes {
		fmt.Fprintf(b, "| `%s` | %s |\n", code, strings.Join(links[code], ", "))
	}
	b.WriteString("\n")
}

// article is the table of the causes that the AWS article names, each with the
// fixture that shows it and what the doctor predicts and reports there.
func article(t *testing.T, b *strings.Builder, all []diagnose.Rule) {
	fmt.Fprintf(b, "## The causes of the AWS article\n\n")
	fmt.Fprintf(b, "The article <https://repost.aws/knowledge-center/api-gateway-rest-api-sqs-errors> names these causes. Each has a fixture; what the\ndoctor predicts there is asserted by the tests.\n\n")
	fmt.Fprintf(b, "| rule | fixture | case | predicted | the client gets |\n| --- | --- | --- | --- | --- |\n")
	for _, r := range all {
		if !r.Article {
			continue
		}
		stem := strings.ReplaceAll(r.ID, "-", "_")
		for _, name := range fixtures.Names() {
			if !strings.HasPrefix(name, stem+"_") || strings.HasSuffix(name, "_passing") || strings.HasSuffix(name, "_unknown") {
				continue
			}
			c := example(t, name)
			d := diagnoses(t, c)[0]
			if !reported(&d, r.ID) {
				continue
			}
			code := string(d.Predicted.Code)
			switch {
			case code != "":
			case d.Verdict == diagnose.Inconclusive:
				code = "not known"
			default:
				code = "success"
			}
			fmt.Fprintf(b, "| [%s](#%s) | `%s` | %s | %s | %s |\n", r.ID, r.ID, name, c.About, code, seen(d.Predicted))
		}
	}
	b.WriteString("\n")
}

func seen(p diagnose.Prediction) string {
	switch {
	case p.Origin == walk.FromDeployment:
		return "no answer: it cannot be deployed"
	case p.Status == 0:
		return "not known"
	}
	return fmt.Sprint(p.Status)
}

func section(b *strings.Builder, r diagnose.Rule) {
	fmt.Fprintf(b, "### %s\n\n**%s** (%s; %s)\n\n%s\n\n", r.ID, r.Title, r.Severity, r.Scope(), markdownMark.ReplaceAllString(r.Doc, `\$0`))
	if len(r.Explains) > 0 {
		codes := make([]string, len(r.Explains))
		for i, c := range r.Explains {
			codes[i] = "`" + string(c) + "`"
		}
		fmt.Fprintf(b, "Explains %s.\n\n", strings.Join(codes, ", "))
	}
	if r.NoFix != "" {
		fmt.Fprintf(b, "Where no fix is offered: %s.\n\n", r.NoFix)
	}
	for _, ref := range r.Refs {
		fmt.Fprintf(b, "- <%s>\n", ref)
	}
	if len(r.Refs) > 0 {
		b.WriteString("\n")
	}
}
