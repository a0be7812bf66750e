package tui

import (
	"context"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures"
)

// A file that has changed is read again, and the stage stays the one looked at.
func TestWatchKeepsThePosition(t *testing.T) {
	c, err := fixtures.Load("protocol_content_type_failing")
	if err != nil {
		t.Fatal(err)
	}
	healthy, err := fixtures.Load("orders")
	if err != nil {
		t.Fatal(err)
	}
	now, changes := c.Snapshot, 0
	m := started(t, withSnapshot(nil, Options{Load: func(context.Context, func(Event)) (*snapshot.Snapshot, error) { return now, nil },
		Changed: func(context.Context) bool { changes++; return false }}), 120, 40)
	shown(t, m, "BROKEN", "▸ ✗  4 protocol")
	press(m, "2")
	now = healthy.Snapshot
	_, cmd := m.Update(changedMsg{})
	play(m, cmd)
	shown(t, m, "HEALTHY", "▸ ●  2 mapping")
	if changes != 2 {
		t.Errorf("the files were watched %d times", changes)
	}
	press(m, "e")
	_, cmd = m.Update(changedMsg{})
	play(m, cmd)
	shown(t, m, "the files have changed: r reads them again", "the client's request")
}
