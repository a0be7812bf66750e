package cli

import (
	"context"
	"strings"
	"time"

	"apisqs-doctor/cmd/internal/logs"
	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/cmd/internal/tui"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// mostCalls are listed of those that failed, and as many of the others.
const mostCalls = 500

// loggedCalls reads what the stage has logged in the last hour, for the screen.
func (a *app) loggedCalls(ctx context.Context, t *targetFlags, s *snapshot.Snapshot) (tui.Calls, error) {
	w := window{time.Hour, mostEvents}
	return a.screenCalls(s, t.stage, "the last "+w.text(), func(out *seen, each func(*logs.Observation)) error {
		return a.fetchLogs(ctx, t, w, s, out, each)
	})
}

// loggedDemo are the calls of an example.
func (a *app) loggedDemo(s *snapshot.Snapshot, c *fixtures.Case) (tui.Calls, error) {
	return a.screenCalls(s, "", "the example's log", demoCalls(c))
}

// demoCalls reads the log of an example.
func demoCalls(c *fixtures.Case) func(*seen, func(*logs.Observation)) error {
	return func(out *seen, each func(*logs.Observation)) error {
		g, err := logs.NewGrouper("", each)
		if err != nil {
			return err
		}
		out.groups.Hidden = nil // the log of an example is whole
		return out.readLog(strings.NewReader(c.Calls), "calls.log", g)
	}
}

// screenCalls holds the logged calls of a stage against the prediction, each by
// itself and with what its method's plan would make of it.
func (a *app) screenCalls(s *snapshot.Snapshot, stage, window string, read func(*seen, func(*logs.Observation)) error) (tui.Calls, error) {
	e := diagnose.Examine(s, diagnose.Selection{Stage: stage}, nil, rules.All())
	out, err := a.compare(s, &e, stage, window, mostCalls, read)
	if err != nil {
		return tui.Calls{}, onScreen(err)
	}
	got := tui.Calls{Window: window, List: out.list, Notes: out.unread}
	for _, o := range out.methods {
		got.Count += o.Calls
		got.Failed += o.Failed + o.Lost
	}
	if got.Failed > mostCalls {
		got.Notes = append(got.Notes, "only "+report.Count(mostCalls, "call")+" of those that failed are listed")
	}
	if got.Count == 0 {
		got.Notes = append(got.Notes, out.groups.Hidden...)
	}
	return got, nil
}
