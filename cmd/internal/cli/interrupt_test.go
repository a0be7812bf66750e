package cli

import (
	"context"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Being told to end counts as Ctrl-C: what is under way stops and says so.
func TestInterruptible(t *testing.T) {
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		ctx, stop := interruptible(context.Background())
		if err := self.Signal(signal); err != nil {
			stop()
			t.Skipf("a process cannot send itself %v on this system: %v", signal, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Minute):
			t.Errorf("%s ends nothing", signal)
		}
		stop()
	}
}

// Runs at the same time have a rollback file each.
func TestRollbackFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	var mu sync.Mutex
	var wg sync.WaitGroup
	seen := map[string]bool{}
	for range 20 {
		wg.Go(func() {
			file, err := rollbackFile("a/b")
			if err == nil {
				err = saveFile(file, []byte("x"))
			}
			mu.Lock()
			defer mu.Unlock()
			if err != nil || seen[file] {
				t.Errorf("%s twice, or %v", file, err)
			}
			seen[file] = true
		})
	}
	wg.Wait()
	if list, err := os.ReadDir("."); err != nil || len(list) != 20 {
		t.Errorf("%d files, %v", len(list), err)
	}
}
