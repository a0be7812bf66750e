package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/live"
)

// readLive reads deployed APIs from AWS. Each of them may take the time of --timeout.
func (a *app) readLive(ctx context.Context, t *targetFlags) (*snapshot.Snapshot, error) {
	cfg, err := t.settings(ctx)
	if err == nil {
		err = t.find(ctx, cfg)
	}
	if err != nil {
		return nil, t.unnamed(err)
	}
	o := live.Options{APIIDs: t.apiIDs, Stage: t.stage, StageOptional: t.allAPIs, Emulator: live.Emulator(cfg)}
	if t.allAPIs {
		if o.APIIDs, o.Types, err = t.all(ctx, cfg); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(len(o.APIIDs))*t.timeout)
	defer cancel()
	return a.readWith(ctx, cfg, o)
}

// find finds the id of an API that was given by its name or by a domain.
func (t *targetFlags) find(ctx context.Context, cfg live.Settings) error {
	switch {
	case t.named:
		return t.byName(ctx, cfg)
	case t.domain != "":
		return t.byDomain(ctx, cfg)
	}
	return nil
}

// settings are the SDK's.
func (t *targetFlags) settings(ctx context.Context) (live.Settings, error) {
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	cfg, err := live.Config(ctx, live.ConfigOptions{Region: t.region, Profile: t.profile, EndpointURL: t.endpointURL})
	if err != nil {
		return cfg, liveFailure(err)
	}
	return cfg, nil
}

// all are the ids of the account's APIs, by name, and their types.
func (t *targetFlags) all(ctx context.Context, cfg live.Settings) ([]string, map[string]snapshot.APIType, error) {
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	list, err := live.List(ctx, cfg)
	if err != nil {
		return nil, nil, liveFailure(err)
	}
	if len(list) == 0 {
		f := cannotRun("check --region and --profile", "there is no API in region %s", cfg.Region)
		f.none = true
		return nil, nil, f
	}
	var ids []string
	types := map[string]snapshot.APIType{}
	for _, api := range list {
		ids = append(ids, api.ID)
		types[api.ID] = api.Type
	}
	return ids, types, nil
}

// readWith reads APIs with a configuration of the SDK, and shows how far it is.
func (a *app) readWith(ctx context.Context, cfg live.Settings, o live.Options) (*snapshot.Snapshot, error) {
	a.target.Region = cfg.Region
	show := a.progress()
	o.Progress = show.event
	s, err := live.Read(ctx, cfg, o)
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
	if !a.ErrTTY || a.Plain || a.env("CI") != "" || a.env("TERM") == "dumb" {
		return nil
	}
	return &progress{app: a}
}

// event shows where the reading is.
func (p *progress) event(e live.Event) {
	if p == nil {
		return
	}
	apis := ""
	if e.APIs > 1 {
		apis = fmt.Sprintf("%d of %d APIs, ", e.APIsRead, e.APIs)
	}
	p.line(fmt.Sprintf("reading: %s%d of %d calls done, %s %s", apis, e.Done, e.Total, e.Call, e.Subject))
}

// line shows a line in place of the one before it.
func (p *progress) line(text string) {
	if p == nil {
		return
	}
	p.shown = true
	line := []rune(oneLine(text))
	fmt.Fprintf(p.app.Err, "\r\x1b[K%s", string(line[:min(len(line), 78)]))
}

// clear removes the line.
func (p *progress) clear() {
	if p != nil && p.shown {
		fmt.Fprint(p.app.Err, "\r\x1b[K")
	}
}
