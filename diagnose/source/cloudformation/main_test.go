package cloudformation

import (
	"os"
	"runtime/debug"
	"testing"
)

// Garbage is collected as seldom as in the program, which takes a third of the time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}
