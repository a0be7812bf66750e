//go:build linux

package cli

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/fixtures/fakeaws"
)

// On a terminal the program says what it predicts and asks, and sends nothing
// unless the answer is yes.
func TestProbeAsks(t *testing.T) {
	log := "Execution log for request 1\nSun Nov 22 10:00:00 UTC 2026 : Received response. Status: 200, Integration latency: 3 ms\n" +
		"Sun Nov 22 10:00:00 UTC 2026 : \x1b[2Jcleared\nSun Nov 22 10:00:00 UTC 2026 : Method completed with status: 200\n"
	for _, tt := range []struct {
		name, keys string
		code       int
		want       string
		writes     []string
	}{
		{"enter", "\r", 4, "nothing was sent, as you wished", nil},
		{"no", "no\r", 4, "nothing was sent, as you wished", nil},
		{"Ctrl-C", "\x03", 4, "nothing was sent, as you wished", nil},
		{"yes", "y\r", 0, `\x1b[2Jcleared`, []string{"TestInvokeMethod"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server, err := fakeaws.Start(loadFixture(t, "orders"), fakeaws.Options{Answers: map[string]fakeaws.Answer{"POST /orders": {Status: 200, Log: log}}})
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			cmd := exec.Command("apisqs-doctor", "probe", "--api-id", "a1b2c3d4", "--log")
			cmd.Env = append(loopbackEnviron(server.URL), "TERM=dumb")
			screen := onTerminal(t, cmd, "[y/N]", types(tt.keys))
			before, _, _ := strings.Cut(screen, "[y/N]")
			for _, want := range []string{"predicted   the client gets 200, message delivered", "This puts a real message on queue orders. Send it?"} {
				if !strings.Contains(before, want) {
					t.Errorf("%q is not said before the question:\n%s", want, screen)
				}
			}
			if code := cmd.ProcessState.ExitCode(); code != tt.code || !strings.Contains(screen, tt.want) || strings.Contains(screen, "\x1b") {
				t.Errorf("exit code %d, want %d with %q on\n%q", code, tt.code, tt.want, screen)
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
		})
	}
}
