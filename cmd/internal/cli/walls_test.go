package cli

import (
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "apisqs-doctor/"

// walls say which packages may import what, and why.
var walls = []struct {
	imported string   // prefix of an import path
	allowed  []string // prefixes of packages, below the module, that may import it
	why      string
}{
	{"github.com/aws/", []string{"diagnose/source/live", "diagnose/remedy", "fixtures/fakeaws"},
		"a diagnosis is a pure function of a snapshot; only what reads or changes AWS knows its SDK"},
	{module + "diagnose/source/live/testinvoke", []string{"cmd/internal/cli", "cmd/internal/probe"}, "only the probe command sends a message"},
	{module + "diagnose/source/live/logs", []string{"cmd/internal/cli"}, "only what was asked for reads what clients sent"},
	{module + "diagnose/remedy/apply", []string{"cmd/internal/cli"}, "only what was asked for changes anything on AWS"},
	{"net/http", []string{"cmd/", "diagnose/source/live", "fixtures/fakeaws"}, "a diagnosis calls nobody, and a client takes a third of what is linked"},
	{"github.com/charmbracelet/", []string{"cmd/"}, "the engine is a library: how things look is the command's business"},
	{module + "cmd/", []string{"cmd/"}, "the engine does not know its users"},
	{module + "rules", []string{"cmd/", "rules"}, "the list of rules is passed to the engine"},
	{module + "fixtures", []string{"cmd/", "fixtures"}, "examples are no part of a diagnosis"},
	{module + "diagnose/source", []string{"cmd/", "diagnose/source", "fixtures/fakeaws"}, "the engine does not know where a snapshot comes from"},
	{module + "diagnose/remedy", []string{"cmd/", "diagnose/remedy"}, "a fix is data; how it is written down is not the engine's business"},
}

// pure packages read no file, no network and no environment.
var pure = []string{"diagnose", "diagnose/snapshot", "diagnose/internal/vtl", "diagnose/internal/gateway", "diagnose/internal/sqs", "diagnose/internal/iam", "diagnose/text", "rules"}

// listed is what the go command says of the packages: the path of each, and its imports.
var listed = sync.OnceValues(func() ([]byte, error) {
	return exec.Command("go", "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, "../../../...").Output()
})

// imports are those of each package, by its name below the module.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	text, err := listed()
	if err != nil {
		t.Fatalf("the go command cannot list the packages: %v", err)
	}
	packages := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		packages[strings.TrimPrefix(words[0], module)] = words[1:]
	}
	return packages
}

func TestWalls(t *testing.T) {
	packages := imports(t)
	for name, list := range packages {
		for _, imported := range list {
			for _, wall := range walls {
				if strings.HasPrefix(imported, wall.imported) && !hasPrefix(name, wall.allowed) {
					t.Errorf("%s imports %s: %s", name, imported, wall.why)
				}
			}
			if name == "diagnose/snapshot" && strings.Contains(imported, ".") {
				t.Errorf("%s imports %s: a snapshot needs the standard library alone", name, imported)
			}
			for _, p := range pure {
				if name == p && (imported == "os" || imported == "os/exec" || imported == "net" || imported == "io/fs") {
					t.Errorf("%s imports %s: the same snapshot gives the same diagnosis, anywhere", name, imported)
				}
			}
		}
	}
	if len(packages) < 10 {
		t.Errorf("only %d packages were looked at", len(packages))
	}
}

// callers are the packages that call AWS. What they call, the policies allow, and
// of them only the last two write.
var callers = []string{"diagnose/source/live", "diagnose/source/live/logs", "diagnose/remedy/apply", "diagnose/source/live/testinvoke"}

// No other package makes calls, so that no other call is ever made.
func TestCallsOfAWS(t *testing.T) {
	var found []string
	for name, list := range imports(t) {
		if slices.ContainsFunc(list, func(imported string) bool { return strings.Contains(imported, "/aws-sdk-go-v2/service/") }) {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	want := slices.Sorted(slices.Values(callers))
	if !slices.Equal(found, want) {
		t.Errorf("calls are made by %q, want %q", found, want)
	}
}

func hasPrefix(name string, prefixes []string) bool {
	for _, prefix := range prefixes {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
