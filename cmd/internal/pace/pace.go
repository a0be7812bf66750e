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

const (
	// headroom is how many bytes a run may use beside what it needs before garbage is
	// collected: a run is short, and few of them need to collect at all.
	headroom = 40 << 20
	// enough is how many bytes a run uses that needs not half as many. It collects more
	// often rather than take more.
	enough = 220 << 20
)

// GOGC and GOMEMLIMIT of the environment override it.
func init() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		set(0)
		again()
	}
}

// set sets the pace by how many bytes are needed: a small run collects never, which
// would take a third of its time, and a large one when its memory has doubled, or before
// where that is more than enough.
func set(live uint64) {
	debug.SetGCPercent(min(400, max(100, int(100*headroom/max(1, live)))))
	debug.SetMemoryLimit(int64(max(enough, live*5/3)))
}

// again sets the pace after each collection anew. The object whose end tells of the next
// collection is garbage from the beginning.
func again() {
	runtime.AddCleanup(&struct{ next *int }{}, func(int) {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		set(live[0].Value.Uint64())
		again()
	}, 0)
}
