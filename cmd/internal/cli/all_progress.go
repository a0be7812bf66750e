package cli

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose/source/live"
)

// reading shows on the error stream how far the reading of all places is: on a
// terminal in one line that changes, elsewhere in a line now and then.
type reading struct {
	app   *app
	line  *progress // nil where there is no terminal
	began time.Time

	mu     sync.Mutex
	apis   int
	places int
	slow   int // APIs of the place that has the most
	done   map[*site]int
	calls  map[*site]int
	told   time.Time
}

// quietTime is between two lines where there is no terminal.
const quietTime = 30 * time.Second

// perAPI is about how long an API takes: ten calls of the control plane, which takes
// ten a second from a whole account in a region, and leaves the account's other
// tools some.
const perAPI = 1200 * time.Millisecond

// survey begins to show the reading of the places.
func (a *app) survey(list []*site) *reading {
	r := &reading{app: a, line: a.progress(), began: a.Now(), places: len(list), done: map[*site]int{}, calls: map[*site]int{}}
	for _, p := range list {
		r.apis += len(p.ids)
		r.slow = max(r.slow, len(p.ids))
	}
	r.told = r.began
	expected := ""
	if slices.ContainsFunc(list, func(p *site) bool { return live.Paced(p.cfg) }) {
		expected = fmt.Sprintf(", about %s: API Gateway takes 10 calls a second from an account in a region", roughly(time.Duration(r.slow)*perAPI))
	}
	fmt.Fprintf(a.Err, "%s: reading %s in %s%s\n", name, report.Count(r.apis, "API"), report.Count(r.places, "region"), expected)
	return r
}

// roughly is a time in words.
func roughly(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return "some seconds"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	}
	return fmt.Sprintf("%d min", int(d.Minutes()+0.5))
}

// event takes over a call of a place.
func (r *reading) event(p *site, e live.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done[p], r.calls[p] = e.APIsRead, e.Done
	now := r.app.Now()
	if r.line == nil && now.Sub(r.told) < quietTime {
		return
	}
	r.told = now
	done, calls := 0, 0
	for _, n := range r.done {
		done += n
	}
	for _, n := range r.calls {
		calls += n
	}
	left := time.Duration(r.slow) * perAPI
	if elapsed := now.Sub(r.began); done > 0 {
		left = elapsed * time.Duration(r.apis-done) / time.Duration(done)
	}
	text := fmt.Sprintf("reading: %d of %d APIs, %d calls, about %s left", done, r.apis, calls, roughly(left))
	if r.line == nil {
		fmt.Fprintf(r.app.Err, "%s: %s\n", name, text)
		return
	}
	r.line.line(text)
}

// end removes the line.
func (r *reading) end() { r.line.clear() }
