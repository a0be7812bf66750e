//go:build linux

package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/fakeaws"
)

// tmux is a terminal of its own server, in which a program runs.
type tmux struct {
	t      *testing.T
	socket string
}

// startTmux runs the program with the arguments in a terminal of 120 columns.
func startTmux(t *testing.T, env []string, args ...string) *tmux {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("there is no tmux")
	}
	// The name of a socket may not be long.
	dir, err := os.MkdirTemp("", "tmux")
	if err != nil {
		t.Fatal(err)
	}
	m := &tmux{t, filepath.Join(dir, "s")}
	t.Cleanup(func() {
		exec.Command("tmux", "-S", m.socket, "kill-server").Run()
		os.RemoveAll(dir)
	})
	program, err := exec.LookPath("apisqs-doctor")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("tmux", append([]string{"-S", m.socket, "-f", os.DevNull, "new-session", "-d", "-x", "120", "-y", "30", program}, args...)...)
	cmd.Env = append(env, "TERM=xterm-256color")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("tmux does not start: %v: %s", err, out)
	}
	return m
}

// press sends keys, as tmux names them.
func (m *tmux) press(keys ...string) {
	m.t.Helper()
	if out, err := exec.Command("tmux", append([]string{"-S", m.socket, "send-keys"}, keys...)...).CombinedOutput(); err != nil {
		m.t.Fatalf("%v: %s", err, out)
	}
}

// shows waits until all the texts are on the screen.
func (m *tmux) shows(texts ...string) string {
	m.t.Helper()
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		out, _ := exec.Command("tmux", "-S", m.socket, "capture-pane", "-p").Output()
		missing := ""
		for _, text := range texts {
			if !strings.Contains(string(out), text) {
				missing = text
			}
		}
		if missing == "" {
			return string(out)
		}
		if time.Now().After(until) {
			m.t.Fatalf("the screen does not show %q:\n%s", missing, out)
		}
	}
}

// accountOf is a snapshot with the APIs of fixtures, named and dated anew.
func accountOf(t *testing.T, fixtures ...string) *snapshot.Snapshot {
	t.Helper()
	var s *snapshot.Snapshot
	for i, name := range fixtures {
		next := loadFixture(t, name)
		api := next.APIs[0]
		api.ID, api.Name = fmt.Sprintf("a%d", i+1), fmt.Sprintf("api-%d", i+1)
		if s == nil {
			s, next.APIs = next, nil
		}
		s.APIs = append(s.APIs, api)
	}
	return s
}

// The list of an account's APIs in a real terminal: verdicts come in, it is sorted and
// filtered, three APIs are opened one after the other, and a region that cannot be
// read is told.
func TestListOnATerminal(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs the program in a terminal")
	}
	server, err := fakeaws.Start(accountOf(t, "orders", "protocol_content_type_failing", "signing_method_failing", "orders", "orders", "orders"),
		fakeaws.Options{DenyIn: map[string][]string{"eu-west-1": {"*"}}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	m := startTmux(t, loopbackEnviron(server.URL), "walk")
	m.shows("6 APIs", "api-1 a1", "api-6 a6", "2 broken", "4 healthy")
	m.press("s")
	screen := m.shows("sorted by verdict")
	if strings.Index(screen, "api-2 a2") > strings.Index(screen, "api-1 a1") {
		t.Errorf("what is broken is not first:\n%s", screen)
	}
	m.press("s")
	m.shows("sorted by age")
	m.press("s")
	m.shows("sorted by name")
	m.press("/")
	m.shows("filter:") // keys that come in together are one text
	m.press("-l", "BROKEN")
	m.shows("BROKEN_")
	m.press("Enter")
	m.shows("2 of 6", "api-2 a2", "api-3 a3")
	m.press("Escape")
	m.shows("6 APIs", "api-1 a1")
	m.press("Home")
	for i, want := range []string{"HEALTHY", "4 protocol       FAIL", "The request signature we calculated"} {
		m.shows(fmt.Sprintf("▸ api-%d ", i+1))
		m.press("Enter")
		m.shows("POST /orders", want)
		m.press("Escape")
		m.shows(fmt.Sprintf("▸ api-%d ", i+1))
		m.press("Down")
	}
	m.press("q")

	m = startTmux(t, loopbackEnviron(server.URL), "walk", "--region", "eu-west-1")
	m.shows("apigateway:GET")
	m.press("q")
}
