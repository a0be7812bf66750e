package cli

import (
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"apisqs-doctor/rules"
)

// The pages of the rules lead to each other and to AWS, and no link is dead.
func TestRulePages(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it makes the page of every rule")
	}
	dir := filepath.Join(t.TempDir(), "pages")
	if code, out, errs := run(nil, "rules", "--html", dir); code != 0 || strings.TrimSpace(out) != filepath.Join(dir, "index.html") {
		t.Fatalf("exit code %d: %s%s", code, out, errs)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.html"))
	if err != nil || len(files) != len(rules.All())+1 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	ids := map[string]bool{}
	links := map[string][]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		ids[name] = true
		for _, m := range regexp.MustCompile(`\bid="([^"]*)"`).FindAllStringSubmatch(string(text), -1) {
			id := name + "#" + html.UnescapeString(m[1])
			if ids[id] {
				t.Errorf("%s is there twice", id)
			}
			ids[id] = true
		}
		for _, m := range regexp.MustCompile(`\bhref="([^"]*)"`).FindAllStringSubmatch(string(text), -1) {
			links[name] = append(links[name], html.UnescapeString(m[1]))
		}
	}
	reached := map[string]bool{}
	for from, list := range links {
		for _, to := range list {
			if strings.HasPrefix(to, "#") {
				to = from + to
			}
			reached[to] = true
			if !ids[to] && !strings.HasPrefix(to, "https://") {
				t.Errorf("%s leads to %s, which is not there", from, to)
			}
		}
	}
	for _, r := range rules.All() {
		text, err := os.ReadFile(filepath.Join(dir, r.ID+".html"))
		if err != nil {
			t.Fatal(err)
		}
		if !reached[r.ID+".html"] {
			t.Errorf("nothing leads to %s", r.ID)
		}
		if !strings.Contains(string(text), `id="example"`) {
			t.Errorf("%s has no example", r.ID)
		}
		for _, ref := range r.Refs {
			if !reached[ref] {
				t.Errorf("%s does not lead to %s", r.ID, ref)
			}
		}
		for _, c := range r.Explains {
			if !reached["index.html#code="+string(c)] {
				t.Errorf("%s does not lead to %s", r.ID, c)
			}
		}
	}
}
