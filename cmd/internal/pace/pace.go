// Package pace sets how often garbage is collected. It does so when it is initialised.
// Packages are initialised in the order of their import paths as soon as what they import
// is: this one imports the standard library alone, and so comes before all that makes
// much garbage at the start.
package pace

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// headroom is how many bytes a run may use beside what it needs before garbage is
// collected: a run is short, and few of them need to collect at all.
const headroom = 40 << 20

// GOGC of the environment overrides it.
func init() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
		again()
	}
}

// again sets the pace after each collection anew: a small run collects never, which
// would take a third of its time, and a large one when its memory has doubled. The
// object whose end tells of the next collection is garbage from the beginning.
func again() {
	runtime.AddCleanup(&struct{ next *int }{}, func(int) {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		debug.SetGCPercent(min(400, max(100, int(100*headroom/max(1, live[0].Value.Uint64())))))
		again()
	}, 0)
}
