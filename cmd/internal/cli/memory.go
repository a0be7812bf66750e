package cli

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// headroom is how many bytes a run may use beside what it needs before garbage is
// collected: a run is short, and few of them need to collect at all.
const headroom = 40 << 20

// PaceMemory keeps the collector from a small run, which it would take a third of its
// time, and has a large one collect when its memory has doubled. GOGC of the
// environment overrides it.
func PaceMemory() { pace(0) }

// pace sets the pace after each collection anew. The object whose end tells of the
// next one is garbage from the beginning.
func pace(int) {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	debug.SetGCPercent(min(400, max(100, int(100*headroom/max(1, live[0].Value.Uint64())))))
	runtime.AddCleanup(&struct{ next *int }{}, pace, 0)
}
