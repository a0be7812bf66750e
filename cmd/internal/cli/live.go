package cli

import (
	"context"
	"errors"
	"fmt"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/live"
)

// readLive reads a deployed API from AWS.
func (a *app) readLive(ctx context.Context, t *targetFlags) (*snapshot.Snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	cfg, err := live.Config(ctx, live.ConfigOptions{Region: t.region, Profile: t.profile, EndpointURL: t.endpointURL})
	if err != nil {
		return nil, liveFailure(err)
	}
	return a.readWith(ctx, cfg, t.apiID, t.stage)
}

// readWith reads an API with a configuration of the SDK, and shows how far it is.
func (a *app) readWith(ctx context.Context, cfg live.Settings, id, stage string) (*snapshot.Snapshot, error) {
	a.target.Region = cfg.Region
	show := a.progress()
	s, err := live.Read(ctx, cfg, live.Options{APIID: id, Stage: stage, Progress: show.event})
	show.clear()
	if err != nil {
		return nil, liveFailure(err)
	}
	return s, nil
}

// liveFailure ends a run that AWS, the network or the credentials made impossible.
func liveFailure(err error) error {
	var e *live.Error
	if errors.As(err, &e) {
		return cannotRun(e.Suggest, "%s", e.Message)
	}
	return cannotRun("", "reading from AWS was given up: %s", err)
}

// progress is the line on the error stream that tells what is being read. It
// is there on a terminal only, and not where a CI system keeps the output.
type progress struct {
	app   *app
	shown bool
}

func (a *app) progress() *progress {
	if !a.ErrTTY || a.env("CI") != "" || a.env("TERM") == "dumb" {
		return nil
	}
	return &progress{app: a}
}

// event shows where the reading is.
func (p *progress) event(e live.Event) {
	if p == nil {
		return
	}
	p.shown = true
	line := []rune(oneLine(fmt.Sprintf("reading: %d of %d calls done, %s %s", e.Done, e.Total, e.Call, e.Subject)))
	fmt.Fprintf(p.app.Err, "\r\x1b[K%s", string(line[:min(len(line), 78)]))
}

// clear removes the line.
func (p *progress) clear() {
	if p != nil && p.shown {
		fmt.Fprint(p.app.Err, "\r\x1b[K")
	}
}
