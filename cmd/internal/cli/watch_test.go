package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// lockedBuffer is written by a run and read by a test.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// A file that changes is diagnosed again; one that is wrong for a while is told and
// waited for.
func TestWatch(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it waits for changes")
	}
	const template = `Resources:
  Orders: {Type: AWS::SQS::Queue}
`
	file := filepath.Join(t.TempDir(), "template.yaml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(template)
	var out, errs lockedBuffer
	ended := make(chan int)
	go func() {
		ended <- Main([]string{"--template", file, "--watch", "--short"}, Streams{In: strings.NewReader(""), Out: &out, Err: &errs, LookupEnv: func(string) (string, bool) { return "", false }, Now: time.Now})
	}()
	until := func(what string, ok func() bool) {
		t.Helper()
		for end := time.Now().Add(time.Minute); !ok(); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("it never %s:\n%s%s", what, out.String(), errs.String())
			}
		}
	}
	waits := func() int { return strings.Count(errs.String(), "waiting for a change") }
	until("waits", func() bool { return waits() == 1 })
	write(template + "  : [\n")
	until("tells the fault", func() bool { return waits() == 2 && strings.Contains(errs.String(), "template.yaml:4:1: not YAML") })
	write(template + "  Refunds: {Type: AWS::SQS::Queue}\n")
	until("diagnoses again", func() bool { return waits() == 3 })
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Signal(os.Interrupt); err != nil {
		t.Skipf("a process cannot send itself a signal on this system: %v", err)
	}
	if code := <-ended; code != ExitInconclusive {
		t.Errorf("exit code %d", code)
	}
	if n := strings.Count(out.String(), "0 methods to SQS"); n != 2 {
		t.Errorf("%d reports:\n%s%s", n, out.String(), errs.String())
	}
	if code, _, errs := runLive(t, "--api-id", "a", "--watch"); code != ExitUsage || !strings.Contains(errs, "--watch is for files") {
		t.Errorf("exit code %d, %s", code, errs)
	}
}
