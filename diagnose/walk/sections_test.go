package walk

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sections names the section of the trace that each stage in progress fills.
var sections = map[string]string{"routing": "Route", "mapping": "Mapping", "signing": "Signing", "reading": "Protocol",
	"authorizing": "Authorization", "queueing": "Queue", "encrypting": "Encryption", "responding": "Response"}

// A stage writes into its own section alone.
func TestStagesKeepToTheirSections(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	set, methods := token.NewFileSet(), 0
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, entry.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil {
				continue
			}
			own, isStage := sections[receiver(f)]
			if !isStage && receiver(f) != "call" {
				continue
			}
			methods++
			for _, at := range foreignWrites(f, own) {
				t.Errorf("%s: %s.%s writes into another stage's section", set.Position(at), receiver(f), f.Name.Name)
			}
		}
	}
	if methods < 50 {
		t.Errorf("only %d methods were looked at", methods)
	}
}

func receiver(f *ast.FuncDecl) string {
	if star, ok := f.Recv.List[0].Type.(*ast.StarExpr); ok {
		if name, ok := star.X.(*ast.Ident); ok {
			return name.Name
		}
	}
	return ""
}

// foreignWrites finds assignments to w.SECTION, or to a variable that points to
// it, where the section is not the method's own.
func foreignWrites(f *ast.FuncDecl, own string) []token.Pos {
	var places []token.Pos
	pointers := map[string]string{}
	section := func(e ast.Expr) string {
		for {
			switch x := e.(type) {
			case *ast.SelectorExpr:
				if base, ok := x.X.(*ast.Ident); ok && base.Name == "w" {
					for _, name := range sections {
						if name == x.Sel.Name {
							return name
						}
					}
					return ""
				}
				e = x.X
			case *ast.IndexExpr:
				e = x.X
			case *ast.Ident:
				return pointers[x.Name]
			default:
				return ""
			}
		}
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if name, ok := left.(*ast.Ident); ok {
					if i < len(n.Rhs) {
						switch to := n.Rhs[i].(type) {
						case *ast.UnaryExpr:
							if to.Op == token.AND {
								pointers[name.Name] = section(to.X)
							}
						case *ast.SelectorExpr:
							if base, ok := to.X.(*ast.Ident); ok && base.Name == "w" {
								pointers[name.Name] = section(to)
							}
						}
					}
					continue
				}
				if s := section(left); s != "" && s != own {
					places = append(places, left.Pos())
				}
			}
		case *ast.IncDecStmt:
			if s := section(n.X); s != "" && s != own {
				places = append(places, n.Pos())
			}
		}
		return true
	})
	return places
}

// One place asks which kind of API it is; everything else asks the kind.
func TestOnePlaceAsksForTheKind(t *testing.T) {
	for _, folder := range []string{".", ".."} {
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") || entry.Name() == "kind.go" {
				continue
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, filepath.Join(folder, entry.Name()), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "Type" {
					if x, ok := s.X.(*ast.SelectorExpr); ok && x.Sel.Name == "API" {
						t.Errorf("%s asks for the type of the API", set.Position(s.Pos()))
					}
				}
				return true
			})
		}
	}
}
