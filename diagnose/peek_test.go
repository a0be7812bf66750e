package diagnose_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Engine and rules read facts with Peek, which records no gap, in the functions
// of testdata/peeks.txt alone. A new one belongs there with the reason why an
// unknown value does not decide; else the fact is to be Read.
func TestPeeks(t *testing.T) {
	text, err := os.ReadFile("testdata/peeks.txt")
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			name, reason, _ := strings.Cut(line, "\t")
			if listed = append(listed, name); len(strings.Fields(reason)) < 3 {
				t.Errorf("%s stands in testdata/peeks.txt without the reason why an unknown value does not decide", name)
			}
		}
	}
	found := peeks(t, ".", "walk", "../rules")
	for _, name := range found {
		if !slices.Contains(listed, name) {
			t.Errorf("%s reads a fact with Peek and is not in testdata/peeks.txt: Read the fact, or say there why an unknown value does not decide", name)
		}
	}
	for _, name := range listed {
		if !slices.Contains(found, name) {
			t.Errorf("%s is in testdata/peeks.txt and reads no fact with Peek any more", name)
		}
	}
}

// peeks names the functions below the folders that call Peek.
func peeks(t *testing.T, folders ...string) []string {
	t.Helper()
	var found []string
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no Go files in %s: %v", folder, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range file.Decls {
				where := "a variable"
				if f, ok := d.(*ast.FuncDecl); ok {
					where = f.Name.Name
				}
				ast.Inspect(d, func(n ast.Node) bool {
					if call, ok := n.(*ast.SelectorExpr); ok && call.Sel.Name == "Peek" {
						found = append(found, strings.TrimPrefix(filepath.ToSlash(name), "../")+" "+where)
					}
					return true
				})
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
