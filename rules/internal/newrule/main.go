// Newrule begins a rule: its file, its three fixtures and its line in the list,
// which compile and fail the tests of the rules until they are written.
//
//	go run ./rules/internal/newrule signing-timeout
package main

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"apisqs-doctor/diagnose/walk"
)

//go:embed *.tmpl
var texts embed.FS

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: make rule ID=STAGE-WORDS, such as signing-timeout")
		os.Exit(2)
	}
	written, err := begin(".", os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "newrule:", err)
		os.Exit(2)
	}
	fmt.Println(strings.Join(written, "\n"))
	fmt.Println("next: go test ./rules -run 'TestNames|TestRulesAreWhole|TestFixtures/" + stem(os.Args[1]) + "' says what to write")
}

var identifier = regexp.MustCompile(`^[a-z]+(-[a-z0-9]+)+$`)

// rule is what the texts are made from.
type rule struct {
	ID       string
	Stem     string // of the file and the fixtures
	Variable string
	Stage    string // as the walk's constants spell it
}

// begin writes the files of a new rule below the repository's root and gives
// their names. It changes nothing where the ID is no good or taken.
func begin(root, id string) ([]string, error) {
	first, _, _ := strings.Cut(id, "-")
	if !identifier.MatchString(id) || !slices.Contains(walk.Stages[:], walk.Stage(first)) {
		return nil, fmt.Errorf("%q is no ID of a rule: small letters and hyphens, and the stage as the first word (%s)", id, stages())
	}
	r := rule{ID: id, Stem: stem(id), Stage: capitalized(first)}
	for i, word := range strings.Split(id, "-") {
		if i > 0 {
			word = capitalized(word)
		}
		r.Variable += word
	}

	list := filepath.Join(root, "rules", "rules.go")
	before, err := os.ReadFile(list)
	if err != nil {
		return nil, fmt.Errorf("run it at the root of the repository: %w", err)
	}
	after, err := listed(string(before), first, r.Variable)
	if err != nil {
		return nil, err
	}
	files := map[string]string{filepath.Join(root, "rules", r.Stem+".go"): "rule.go.tmpl"}
	for _, kind := range []string{"failing", "passing", "unknown"} {
		files[filepath.Join(root, "fixtures", r.Stem+"_"+kind, "case.yaml")] = kind + ".yaml.tmpl"
	}
	for name := range files {
		if _, err := os.Stat(name); !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("%s is there already", name)
		}
	}
	written := []string{list}
	for name, text := range files {
		if err := write(name, text, r); err != nil {
			return nil, err
		}
		written = append(written, name)
	}
	slices.Sort(written)
	return written, os.WriteFile(list, []byte(after), 0o644)
}

// listed puts the variable behind the last rule of its stage.
func listed(source, stage, variable string) (string, error) {
	lines, last := strings.SplitAfter(source, "\n"), -1
	for i, line := range lines {
		if line == "\t\t"+variable+",\n" {
			return "", fmt.Errorf("rules.go lists %s already", variable)
		}
		if rest, ok := strings.CutPrefix(line, "\t\t"+stage); ok && strings.HasSuffix(rest, ",\n") {
			last = i
		}
	}
	if last < 0 {
		return "", fmt.Errorf("rules.go lists no rule of the stage %s to put it behind", stage)
	}
	return strings.Join(slices.Insert(lines, last+1, "\t\t"+variable+",\n"), ""), nil
}

func write(name, text string, r rule) error {
	t, err := template.ParseFS(texts, text)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, r); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o644)
}

func stem(id string) string { return strings.ReplaceAll(id, "-", "_") }

func capitalized(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

func stages() string {
	var all []string
	for _, s := range walk.Stages {
		all = append(all, string(s))
	}
	return strings.Join(all, ", ")
}
