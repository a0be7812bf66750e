package cli

import (
	"context"
	"fmt"
	"time"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/live"
	"apisqs-doctor/fixtures/fakeaws"
)

// readLoopback serves the snapshot as AWS would and reads it back with the
// calls of a real diagnosis.
func (a *app) readLoopback(ctx context.Context, f *demoFlags, s *snapshot.Snapshot) (*snapshot.Snapshot, error) {
	throttle, err := throttles(f.throttle)
	if err != nil {
		return nil, err
	}
	server, err := fakeaws.Start(s, fakeaws.Options{Delay: f.delay, Deny: f.deny, Throttle: throttle})
	if err != nil {
		return nil, cannotRun("", "the loopback AWS cannot be started: %s", err)
	}
	defer server.Close()
	if len(s.APIs) == 0 {
		return nil, cannotRun("", "the example has no API")
	}
	region := s.Target.Region
	if region == "" {
		region = "us-east-1"
	}
	ctx, cancel := context.WithTimeout(ctx, defaultTimeout)
	defer cancel()
	read, err := a.readWith(ctx, live.Loopback(server.URL, region), live.Options{APIIDs: []string{s.APIs[0].ID}})
	calls := server.Calls()
	fmt.Fprintf(a.Err, "%d calls to the loopback AWS at %s\n", len(calls), server.URL)
	for _, c := range calls {
		fmt.Fprintf(a.Err, "  %6s  %-10s %-26s %s\n", c.Began.Round(time.Millisecond), c.Service, c.Operation, oneLine(c.Target))
	}
	fmt.Fprintln(a.Err)
	return read, err
}
