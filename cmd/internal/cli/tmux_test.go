package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// terminalSession is a shell in a real terminal, by tmux.
type terminalSession struct {
	t       *testing.T
	socket  string
	program string // this very code, put there by TestMain
}

// startTerminal starts one with variables beside those of the tests.
func startTerminal(t *testing.T, columns, rows string, env ...string) *terminalSession {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("skipped: there is no tmux here, which this test needs for a real terminal")
	}
	program, err := exec.LookPath("apisqs-doctor")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "walk") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	s := &terminalSession{t, filepath.Join(dir, "s"), program}
	t.Cleanup(func() {
		_ = exec.Command("tmux", "-S", s.socket, "kill-server").Run()
		os.RemoveAll(dir)
	})
	s.tmux(append(append([]string{"-f", os.DevNull, "new-session", "-d", "-x", columns, "-y", rows, "env", "LC_ALL=C.UTF-8", "PS1=$ "}, env...), "sh")...)
	return s
}

func (s *terminalSession) tmux(args ...string) string {
	s.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-u", "-S", s.socket}, args...)...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("tmux %v: %v: %s", args, err, out)
	}
	return string(out)
}

// keys sends keys by their tmux names, or text.
func (s *terminalSession) keys(keys ...string) {
	s.t.Helper()
	s.tmux(append([]string{"send-keys"}, keys...)...)
}

// sees waits until the screen holds all texts.
func (s *terminalSession) sees(texts ...string) string {
	s.t.Helper()
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(30 * time.Millisecond) {
		screen := s.tmux("capture-pane", "-p")
		missing := slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return strings.Contains(screen, text) })
		if len(missing) == 0 {
			return screen
		}
		if time.Now().After(until) {
			s.t.Fatalf("the screen does not show %q:\n%s", missing, strings.TrimSpace(screen))
		}
	}
}
