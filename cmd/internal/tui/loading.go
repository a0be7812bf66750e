package tui

import (
	"fmt"
	"time"
)

// Event is one call of the reading of a target: it begins, or it has ended.
type Event struct {
	Call    string // operation, such as GetRole
	Subject string // what is read, such as role orders-api
	Ended   bool
	Done    int   // calls that have ended
	Total   int   // calls that are known to be needed so far
	Err     error // of the call that ended
}

// loading shows what is being read, call by call.
type loading struct {
	reading int // its number
	what    string
	began   time.Time
	frame   int
	done    int
	total   int
	calls   []Event // that have ended, the newest last
	refused []Event // those of them that failed
}

// kept is how many calls are kept for the screen.
const kept = 200

func (l *loading) add(e Event) {
	l.done, l.total = max(l.done, e.Done), max(l.total, e.Total)
	if !e.Ended {
		return
	}
	l.calls = append(l.calls, e)
	if len(l.calls) > kept {
		l.calls = l.calls[len(l.calls)-kept:]
	}
	if e.Err != nil && len(l.refused) < kept {
		l.refused = append(l.refused, e)
	}
}

// summary says in a line how the reading went.
func (l *loading) summary(took time.Duration) string {
	if l.done == 0 {
		return ""
	}
	s := fmt.Sprintf("%s, %.1f s", count(l.done, "call"), took.Seconds())
	if n := len(l.refused); n > 0 {
		s += fmt.Sprintf(", %d refused", n)
	}
	return s
}

// view draws the calls as they come back; the refused ones stay in sight.
func (l *loading) view(t *theme, now time.Time, columns, rows int) []line {
	g := &t.glyphs
	head := line{{" " + g.spin[l.frame%len(g.spin)] + " ", accent}, {"reading " + show(l.what), strong}}
	if l.total > 0 {
		head = append(head, span{fmt.Sprintf("   %d of %d calls", l.done, max(l.total, l.done)), plain})
	}
	if seconds := now.Sub(l.began).Seconds(); seconds >= 1 {
		head = append(head, span{fmt.Sprintf("   %.0f s", seconds), dim})
	}
	out := []line{head, nil}
	row := func(e Event) line {
		mark, word, r := g.pass, "ok", good
		if e.Err != nil {
			mark, word, r = g.fail, "refused", bad
		}
		x := line{{"   " + mark + " ", r}, {fmt.Sprintf("%-8s", word), r}, {fmt.Sprintf("%-24s ", show(e.Call)), plain}, {show(e.Subject), dim}}
		if e.Err != nil {
			x = append(x, span{"  " + show(e.Err.Error()), plain})
		}
		return x
	}
	var bad, fine []line
	for _, e := range l.refused {
		bad = append(bad, row(e))
	}
	for _, e := range l.calls {
		if e.Err == nil {
			fine = append(fine, row(e))
		}
	}
	room := rows - len(out)
	bad = bad[max(len(bad)-max(room/2, 1), 0):]
	fine = fine[max(len(fine)-(room-len(bad)), 0):]
	out = append(append(out, bad...), fine...)
	for i := range out {
		out[i] = out[i].cut(columns, g.more)
	}
	return out
}
