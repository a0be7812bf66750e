//go:build linux

package cli

import (
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/fakeaws"
)

// On a terminal the program asks, and the answer is no unless it is yes.
func TestFixAsks(t *testing.T) {
	theirs := snapshot.SetRequestParameter{On: snapshot.MethodRef{API: "a1b2c3d4", Path: "/orders", Method: "POST"}, Name: "integration.request.header.Content-Type", After: "'theirs'"}
	for _, tt := range []struct {
		name, keys string
		meanwhile  snapshot.Change // while the question stands
		code       int
		want       string
		writes     []string
	}{
		{"enter", "\r", nil, 1, "nothing was changed, as you wished", nil},
		{"no", "no\r", nil, 1, "nothing was changed, as you wished", nil},
		{"Ctrl-C", "\x03", nil, 1, "nothing was changed, as you wished", nil},
		{"Ctrl-D", "\x04", nil, 1, "nothing was changed, as you wished", nil},
		{"yes", "y\r", nil, 0, "HEALTHY", []string{"UpdateIntegration", "CreateDeployment"}},
		{"yes, but a colleague was faster", "yes\r", theirs, 3, "the configuration is no longer what was diagnosed", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server, err := fakeaws.Start(loadFixture(t, "protocol_content_type_failing"), fakeaws.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			cmd := exec.Command("apisqs-doctor", "fix", "--api-id", "a1b2c3d4", "--apply")
			cmd.Dir = t.TempDir()
			cmd.Env = append(loopbackEnviron(server.URL), "TERM=dumb")
			screen := onTerminal(t, cmd, "[y/N]", func(person io.Writer) {
				if tt.meanwhile != nil {
					if err := server.Change(tt.meanwhile); err != nil {
						t.Error(err)
					}
				}
				io.WriteString(person, tt.keys)
			})
			if code := cmd.ProcessState.ExitCode(); code != tt.code || !strings.Contains(screen, tt.want) {
				t.Errorf("exit code %d, want %d with %q on\n%s", code, tt.code, tt.want, screen)
			}
			var writes []string
			for _, c := range server.Calls() {
				if c.Write {
					writes = append(writes, c.Operation)
				}
			}
			if !slices.Equal(writes, tt.writes) {
				t.Errorf("writing calls %q, want %q", writes, tt.writes)
			}
			files, _ := os.ReadDir(cmd.Dir)
			if len(files) != min(len(tt.writes), 1) {
				t.Errorf("files left: %v", files)
			}
		})
	}
}

// What is the user's choice is asked for by itself, before the rest.
func TestFixAsksForChoices(t *testing.T) {
	for _, tt := range []struct {
		keys   string
		code   int
		want   string
		writes int
	}{
		{"n\r", 1, "left out", 0},
		{"y\ry\r", 0, "HEALTHY", 1},
	} {
		server, err := fakeaws.Start(loadFixture(t, "authorization_explicit_deny_failing"), fakeaws.Options{})
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("apisqs-doctor", "fix", "--api-id", "a1b2c3d4", "--apply")
		cmd.Dir = t.TempDir()
		cmd.Env = append(loopbackEnviron(server.URL), "TERM=dumb")
		screen := onTerminal(t, cmd, "[y/N]", func(person io.Writer) { io.WriteString(person, tt.keys) })
		writes := 0
		for _, c := range server.Calls() {
			if c.Write {
				writes++
			}
		}
		server.Close()
		if code := cmd.ProcessState.ExitCode(); code != tt.code || writes != tt.writes || !strings.Contains(screen, tt.want) || !strings.Contains(screen, "it is your choice: it takes back a Deny") {
			t.Errorf("%q: exit code %d, %d writing calls on\n%s", tt.keys, code, writes, screen)
		}
	}
}
