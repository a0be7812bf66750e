package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// tally counts what became of the configurations.
type tally struct {
	configurations int
	unfit          map[string]int // not brought to the emulator, by reason
	refused        int            // by the emulator, as AWS is predicted to
	undeployed     int            // refused by the emulator, for a reason of its own
	deployed       int

	calls, agreed, known, open int
	deviations                 map[string]int // by reason

	healthy, live int // configurations that are healthy, and those of them whose live run says so

	plans, unproved, restored int
	kinds                     map[string]*kindTally // of changes
}

// kindTally counts the plans that made a kind of change.
type kindTally struct{ applied, delivered, restored int }

func newTally() tally {
	return tally{unfit: map[string]int{}, deviations: map[string]int{}, kinds: map[string]*kindTally{}}
}

// delivered is how many plans were proved by a delivered message.
func (s *tally) delivered() int { return s.plans - s.unproved }

func (s *tally) String() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("%d configurations: %d deployed, %d refused as predicted, %d refused by the emulator alone, %d not brought there", s.configurations, s.deployed, s.refused, s.undeployed, sum(s.unfit))
	line("%d calls: %d agreed, %d differ as known, %d not predicted", s.calls, s.agreed, s.known, s.open)
	line("%d live runs of healthy configurations: %d healthy", s.healthy, s.live)
	line("%d plans applied: %d proved by a delivered message, %d rolled back to every value", s.plans, s.delivered(), s.restored)
	for _, kind := range slices.Sorted(maps.Keys(s.kinds)) {
		k := s.kinds[kind]
		line("%4d  %s (%d delivered, %d rolled back)", k.applied, kind, k.delivered, k.restored)
	}
	line("differences that are the emulator's:")
	for _, list := range []map[string]int{s.deviations, s.unfit} {
		for _, reason := range slices.Sorted(maps.Keys(list)) {
			line("%4d  %s", list[reason], reason)
		}
	}
	return b.String()
}

func sum(m map[string]int) (n int) {
	for _, v := range m {
		n += v
	}
	return n
}

// floors are shares, in percent, below which a whole run has not compared enough to
// say anything.
func (s *tally) floors() (short []string) {
	for _, f := range []struct {
		what        string
		least       int
		part, whole int
	}{
		{"configurations deployed, or refused as predicted", 85, s.deployed + s.refused, s.configurations},
		{"calls held against a prediction", 95, s.agreed + s.known, s.calls},
		{"calls that agreed", 70, s.agreed, s.calls},
		{"live runs of healthy configurations that say so", 100, s.live, s.healthy},
		{"plans applied, of failing configurations", 65, s.plans, s.deployed / 2},
		{"plans proved by a delivered message", 95, s.delivered(), s.plans},
		{"plans rolled back", 100, s.restored, s.plans},
	} {
		if f.whole == 0 || f.part*100 < f.least*f.whole {
			short = append(short, fmt.Sprintf("%s: %d of %d, wanted %d %%", f.what, f.part, f.whole, f.least))
		}
	}
	return short
}

// A run that compares nothing, or too little, does not pass for one that agrees.
func TestFloorsOfTheEmulatorsRun(t *testing.T) {
	empty := newTally()
	whole := tally{configurations: 100, deployed: 90, refused: 2, calls: 500, agreed: 400, known: 100, healthy: 40, live: 40, plans: 40, unproved: 2, restored: 40}
	few := whole
	few.deployed, few.live = 50, 39
	for _, c := range []struct {
		s    tally
		want int
	}{{empty, 7}, {whole, 0}, {few, 2}} {
		if got := c.s.floors(); len(got) != c.want {
			t.Errorf("%+v: %q, want %d", c.s, got, c.want)
		}
	}
}
