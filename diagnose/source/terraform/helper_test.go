package terraform

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"apisqs-doctor/diagnose/snapshot"
)

// folder writes an archive of files into a folder of its own.
func folder(t testing.TB, archive string) string {
	t.Helper()
	dir := t.TempDir()
	if err := txtar.Write(txtar.Parse([]byte(archive)), dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// single is a folder with main.tf alone.
func single(t testing.TB, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func load(t testing.TB, dir string, o Options) *snapshot.Snapshot {
	t.Helper()
	s, err := Load(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// shown is a value as text, with ${name} for each hole.
func shown(t testing.TB, ev *evaluator, v cty.Value) string {
	t.Helper()
	if h := holeOf(v); h != nil {
		return "${" + h.expression + "}"
	}
	v = textual(v)
	if v.Type() == cty.String && !v.IsNull() {
		return ev.holes.show(v.AsString())
	}
	text, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		t.Fatal(err)
	}
	return ev.holes.show(string(text))
}

func known[T any](t testing.TB, f snapshot.Fact[T]) T {
	t.Helper()
	v, ok := f.Read(&snapshot.Gaps{})
	if !ok {
		t.Fatalf("not known: %+v", f.Gap())
	}
	return v
}

func is[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, expected %v", what, got, want)
	}
}
