package facts_test

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// root is the folder of the module.
const root = "../.."

var (
	// A citation: T110, T18e, or a range such as T70 to T74, of which the ends count.
	citation = regexp.MustCompile(`\b([THILP])([1-9]\d{0,2}[a-z]?)\b`)
	// The entries of the policies are cited in words as well: iam-facts 46, 49 to 52.
	policies = regexp.MustCompile(`\biam-facts? (\d{1,3}(?:(?:, | and | to |, and )\d{1,3})*)`)
	entry    = regexp.MustCompile(`(?m)^\*\*([THILP][1-9]\d{0,2}[a-z]?)\*\* (.+)$`)
	classes  = regexp.MustCompile(`\[([^\]]+)\]`)
)

// files are the Go files of the module.
func files(t *testing.T) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." && path != root {
			return filepath.SkipDir
		}
		if err == nil && strings.HasSuffix(path, ".go") {
			list = append(list, path)
		}
		return err
	})
	if err != nil || len(list) < 100 {
		t.Fatalf("%d files, %v", len(list), err)
	}
	return list
}

// record is the entries by number.
func record(t *testing.T) map[string]string {
	t.Helper()
	names, _ := filepath.Glob("*.md")
	entries := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range entry.FindAllStringSubmatch(string(text), -1) {
			if entries[m[1]] != "" {
				t.Errorf("%s has two entries", m[1])
			}
			entries[m[1]] = m[2]
		}
	}
	return entries
}

// Every entry says how sure it is.
func TestEntriesHaveAClass(t *testing.T) {
	known := []string{"recorded", "asserted", "documented", "reported", "emulator", "measured", "inferred"}
	for number, text := range record(t) {
		ok := false
		for _, m := range classes.FindAllStringSubmatch(text, -1) {
			for _, class := range strings.Split(m[1], ", ") {
				word, _, _ := strings.Cut(class, " ")
				ok = ok || slices.Contains(known, word)
			}
		}
		if !ok {
			t.Errorf("%s does not say how sure it is: one of %v in brackets", number, known)
		}
	}
}

// cited lists the numbers that a text cites.
func cited(text string) []string {
	var list []string
	for _, m := range citation.FindAllStringSubmatch(text, -1) {
		list = append(list, m[1]+m[2])
	}
	for _, m := range policies.FindAllStringSubmatch(text, -1) {
		for _, n := range regexp.MustCompile(`\d+`).FindAllString(m[1], -1) {
			list = append(list, "P"+n)
		}
	}
	return list
}

// Each number that code, rules and tests cite has an entry.
func TestCitedNumbersExist(t *testing.T) {
	entries := record(t)
	found := map[string]bool{}
	for _, file := range files(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, file, text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		var places []ast.Node
		for _, group := range f.Comments {
			places = append(places, group)
		}
		if strings.HasSuffix(file, "_test.go") && !strings.HasSuffix(file, "facts_test.go") {
			// The names of cases cite too.
			ast.Inspect(f, func(n ast.Node) bool {
				if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING && citation.MatchString(first(l.Value)) {
					places = append(places, l)
				}
				return true
			})
		}
		for _, n := range places {
			said := string(text[set.Position(n.Pos()).Offset:set.Position(n.End()).Offset])
			if l, ok := n.(*ast.BasicLit); ok {
				said = first(l.Value)
			}
			for _, number := range cited(said) {
				found[number] = true
				if entries[number] == "" {
					t.Errorf("%s cites %s, of which the record has no entry: add \"**%s** what AWS does. [class] source\" to diagnose/facts", set.Position(n.Pos()), number, number)
				}
			}
		}
	}
	if len(found) < 150 {
		t.Errorf("only %d numbers were found", len(found))
	}
	var idle []string
	for number := range entries {
		if !found[number] {
			idle = append(idle, number)
		}
	}
	slices.SortFunc(idle, cmp.Compare)
	t.Logf("%d entries, of which nothing cites %v", len(entries), idle)
}

// first is the first word of a string literal.
func first(literal string) string {
	word, _, _ := strings.Cut(strings.Trim(literal, "`\""), " ")
	return word
}

// What users read has no number of the record in it.
func TestNoTextCites(t *testing.T) {
	leak := regexp.MustCompile(`\b[THILP][1-9]\d{0,2}[a-z]?\b|iam-facts`)
	for _, file := range files(t) {
		if strings.HasSuffix(file, "_test.go") || strings.Contains(file, "logtest") {
			continue
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				if m := leak.FindString(l.Value); m != "" {
					t.Errorf("%s: a text has %q in it; the number belongs into a comment", set.Position(l.Pos()), m)
				}
			}
			return true
		})
	}
	for _, file := range []string{"README.md", "rules/README.md"} {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		if m := regexp.MustCompile(`\([THILP][1-9]\d{0,2}[a-z]?\)|iam-facts`).Find(text); m != nil {
			t.Errorf("%s has %s in it", file, bytes.TrimSpace(m))
		}
	}
}
