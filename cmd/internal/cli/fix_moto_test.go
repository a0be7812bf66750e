package cli

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"apisqs-doctor/fixtures/programs"
)

// TestProgramMotoFix repairs a role on an AWS emulator that is not ours, and takes the
// repair back. moto has no UpdateIntegration, so that no API can be repaired there.
func TestProgramMotoFix(t *testing.T) {
	programs.Run(t, "moto")
	m := startMoto(t)
	id := m.noKeyPermission()
	t.Chdir(t.TempDir())
	stdout, stderr, exit := m.run("fix", "--api-id", id, "--apply", "--yes")
	if exit != ExitHealthy {
		t.Fatalf("exit code %d\n%s%s", exit, stdout, stderr)
	}
	if got := m.status(id); got != 200.0 {
		t.Errorf("the client gets %v after the fix, want 200\n%s", got, stdout)
	}
	files, _ := filepath.Glob("apisqs-doctor-rollback-*.json")
	if len(files) != 1 {
		t.Fatalf("rollback files %q", files)
	}
	if stdout, stderr, exit := m.run("fix", "--rollback", files[0], "--yes"); exit != 0 {
		t.Fatalf("rollback: exit code %d\n%s%s", exit, stdout, stderr)
	}
	if got := m.status(id); got != 400.0 {
		t.Errorf("the client gets %v after the rollback, want 400 as before", got)
	}
}

// status is what the client of the only method is predicted to get.
func (m *moto) status(id string) any {
	m.t.Helper()
	stdout, _, _ := m.run("--api-id", id, "-o", "json")
	var doc struct {
		Methods []struct{ Predicted map[string]any }
	}
	if err := json.Unmarshal([]byte(stdout), &doc); err != nil || len(doc.Methods) != 1 {
		m.t.Fatalf("%v\n%s", err, stdout)
	}
	return doc.Methods[0].Predicted["status"]
}
