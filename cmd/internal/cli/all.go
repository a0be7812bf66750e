package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"apisqs-doctor/cmd/internal/accept"
	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/live"
	"apisqs-doctor/diagnose/text"
	"apisqs-doctor/rules"
)

// profileList collects --profile; the first is that of commands that take one.
type profileList struct{ t *targetFlags }

func (p profileList) Type() string { return "NAME" }
func (p profileList) String() string {
	if p.t == nil {
		return ""
	}
	return strings.Join(p.t.profiles, ",")
}
func (p profileList) Set(s string) error { return p.Append(s) }

// Append, Replace and GetSlice make the flag one that can be repeated.
func (p profileList) Append(s string) error {
	if !slices.Contains(p.t.profiles, s) {
		p.t.profiles = append(p.t.profiles, s)
	}
	p.t.profile = p.t.profiles[0]
	return nil
}

// Replace implements pflag.SliceValue.
func (p profileList) Replace(list []string) error {
	p.t.profiles, p.t.profile = list, strings.Join(list[:min(len(list), 1)], "")
	return nil
}

// GetSlice implements pflag.SliceValue.
func (p profileList) GetSlice() []string { return p.t.profiles }

// site is one region of one account, all of whose APIs are read.
type site struct {
	target targetFlags
	cfg    live.Settings
	ids    []string
	types  map[string]snapshot.APIType
	s      *snapshot.Snapshot
	err    error
}

// name is the place in words.
func (p *site) name() string {
	name := "region " + p.cfg.Region
	if p.target.profile != "" {
		name += " of profile " + p.target.profile
	}
	return name
}

// placesAtOnce are read at a time. Each region of an account has a quota of its own.
const placesAtOnce = 8

// each does something for every place, a few at a time.
func each(list []*site, do func(*site)) {
	var wg sync.WaitGroup
	turns := make(chan struct{}, placesAtOnce)
	for _, p := range list {
		wg.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			do(p)
		})
	}
	wg.Wait()
}

// diagnoseAll reads all APIs of one or of several regions and accounts, and writes a
// table of them. Ctrl-C ends the reading; what was read is shown.
func (a *app) diagnoseAll(ctx context.Context, f *diagnoseFlags, known accept.Options, c call) error {
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, stop := untilInterrupted(ctx)
	defer stop()
	list, err := a.places(ctx, f)
	if err != nil {
		return err
	}
	several := len(list) > 1
	if err := f.oneReport(a.all(&f.outputFlags), several); err != nil {
		return err
	}
	read := a.survey(list)
	each(list, func(p *site) {
		budget, cancel := context.WithTimeout(ctx, time.Duration(len(p.ids))*f.timeout)
		defer cancel()
		p.s, p.err = live.Read(budget, p.cfg, live.Options{APIIDs: p.ids, Types: p.types, Stage: f.stage, StageOptional: true, Emulator: live.Emulator(p.cfg), Progress: func(e live.Event) { read.event(p, e) }})
	})
	read.end()
	var notes []string
	if ctx.Err() != nil {
		notes = append(notes, "the reading was interrupted: "+missing(list))
	}
	var runs []report.Run
	a.code = ExitHealthy
	methods := 0
	if err := noStage(list, f.stage); err != nil {
		return err
	}
	for _, p := range list {
		if p.err != nil {
			if !several {
				return liveFailure(p.err)
			}
			runs = append(runs, a.unreadPlace(p, f.gate))
			continue
		}
		run, err := a.examinePlace(ctx, f, p, known, c, several)
		if err != nil {
			return err
		}
		methods += len(run.Examination.Diagnoses)
		runs = append(runs, run)
	}
	if methods == 0 && a.code == ExitHealthy && !f.allowUnknown {
		a.code = ExitInconclusive
	}
	if ctx.Err() != nil && a.code == ExitHealthy {
		a.code = ExitInconclusive // whatever the flags say: it was not read on purpose
	}
	runs[0].Notices = append(notes, runs[0].Notices...)
	if f.redact {
		return a.finishRedacted(f, list[0].s, &runs[0].Examination, accept.Result{Suppressed: runs[0].Suppressed, Notices: runs[0].Notices, Anchor: runs[0].Anchor})
	}
	return a.writeAll(&f.outputFlags, runs)
}

// noStage refuses the name of a stage that none of the APIs has.
func noStage(list []*site, stage string) (err error) {
	for _, p := range list {
		if p.s == nil {
			continue
		}
		if err = checkStage(p.s, stage); err == nil {
			return nil
		}
	}
	return err
}

// oneReport refuses what cannot be told of several regions at once.
func (f *diagnoseFlags) oneReport(outputs []output, several bool) error {
	if !several {
		return nil
	}
	for _, out := range outputs {
		if out.format != "text" && out.format != "json" {
			return usage("run it for each of them, or take -o json", "a %s report is for one region and one account", out.format)
		}
	}
	switch {
	case f.redact:
		return usage("run it for each of them", "--redact is for one region and one account")
	case f.writeBaseline != "":
		return usage("run it for each of them", "--write-baseline is for one region and one account")
	}
	return nil
}

// places lists the APIs of every region and profile. Regions without one are left
// out, and so are those that the account has not enabled.
func (a *app) places(ctx context.Context, f *diagnoseFlags) ([]*site, error) {
	profiles := f.profiles
	if len(profiles) == 0 {
		profiles = []string{f.profile}
	}
	var all []*site
	for _, profile := range profiles {
		t := f.targetFlags
		t.profile = profile
		cfg, err := t.settings(ctx)
		if err != nil && f.allRegions { // no region is configured, and none has to be
			t.region = "us-east-1"
			cfg, err = t.settings(ctx)
		}
		if err != nil {
			return nil, err
		}
		regions := []string{cfg.Region}
		if f.allRegions {
			regions = text.PartitionOf(cfg.Region).Regions
		}
		for _, region := range regions {
			one := &site{target: t}
			one.target.region = region
			if one.cfg, err = one.target.settings(ctx); err != nil {
				return nil, err
			}
			all = append(all, one)
		}
	}
	each(all, func(p *site) { p.ids, p.types, p.err = p.target.all(ctx, p.cfg) })
	var list []*site
	var first error
	for _, p := range all {
		var told *failure
		switch {
		case p.err == nil:
			list = append(list, p)
		case errors.As(p.err, &told) && told.none, f.allRegions && notEnabled(p.err) && slices.ContainsFunc(all, func(o *site) bool { return o.target.profile == p.target.profile && o.read() }):
		case len(all) == 1:
			return nil, p.err
		default:
			list = append(list, p)
		}
		if first == nil && p.err != nil {
			first = p.err
		}
	}
	if len(list) == 0 {
		if len(all) == 1 {
			return nil, first
		}
		return nil, cannotRun("check --profile", "there is no API in %s", report.Count(len(all), "region"))
	}
	if !slices.ContainsFunc(list, func(p *site) bool { return p.err == nil }) {
		return nil, list[0].err
	}
	a.target.Region = list[0].cfg.Region
	return list, nil
}

// read tells whether the APIs of the place could be listed.
func (p *site) read() bool {
	var told *failure
	return p.err == nil || errors.As(p.err, &told) && told.none
}

// notEnabled tells an answer of a region that the account has not enabled from
// other refusals, when the same credentials are good elsewhere.
func notEnabled(err error) bool {
	for _, code := range []string{"UnrecognizedClientException", "InvalidClientTokenId", "OptInRequired", "SubscriptionRequired"} {
		if strings.Contains(err.Error(), code) {
			return true
		}
	}
	return false
}

// missing says what was not read of the places.
func missing(list []*site) string {
	apis, unread := 0, 0
	for _, p := range list {
		apis += len(p.ids)
		if p.s == nil {
			unread += len(p.ids)
			continue
		}
		for i := range p.s.APIs {
			if _, draft := p.s.APIs[i].Draft.Peek(); !draft {
				unread++
			}
		}
	}
	return fmt.Sprintf("%d of %s were not read", unread, report.Count(apis, "API"))
}

// unreadPlace is the run of a place of which nothing was read.
func (a *app) unreadPlace(p *site, g gate) report.Run {
	run := report.Run{Tool: tool()}
	run.Examination.Target = snapshot.Target{Kind: snapshot.Live, Region: p.cfg.Region}
	run.Examination.Unlisted = []snapshot.Gap{{Reason: snapshot.Failed, Detail: p.name() + ": " + p.err.Error()}}
	if a.code == ExitHealthy && !g.allowUnknown {
		a.code = ExitInconclusive
	}
	return run
}

// examinePlace diagnoses what was read of a place.
func (a *app) examinePlace(ctx context.Context, f *diagnoseFlags, p *site, known accept.Options, c call, several bool) (report.Run, error) {
	s := p.s
	known.Template = accept.Stated(s)
	known.Partial = known.Partial || several
	if err := f.organizationFlags.apply(s); err != nil {
		return report.Run{}, err
	}
	e, err := examine(s, f.stage, c)
	if err != nil {
		return report.Run{}, err
	}
	if f.verifyIAM {
		if err := a.verifyIAM(ctx, &p.target, s, &e); err != nil {
			return report.Run{}, err
		}
	}
	accepted, err := f.acceptFlags.apply(known, &e)
	if err != nil {
		return report.Run{}, err
	}
	remaining := accept.Remaining(&e, accepted.Suppressed)
	code := f.gate.exitCode(&remaining)
	if code == ExitInconclusive && len(remaining.Diagnoses) == 0 && len(e.Unlisted) == 0 {
		code = ExitHealthy // of a region without a method to SQS the others decide
	}
	if code == ExitProblems || a.code == ExitHealthy {
		a.code = code
	}
	notices := append(leftOut(s, f.stage), accepted.Notices...)
	if f.stage == "" && c.host == "" {
		notices = append(otherStages(&e), notices...)
	}
	if !several {
		a.adviseAnchor(&f.outputFlags, &e, accepted.Anchor)
	}
	return report.Run{Tool: tool(), Snapshot: s, Examination: e, Remedy: withEdits(remedies(f.writer(f.shell))), Rules: rules.All(),
		Suppressed: accepted.Suppressed, Notices: notices, Anchor: accepted.Anchor}, nil
}

// untilInterrupted is a context of which the time is up when the process is told to
// end: what was read until then is kept, as when the time of --timeout is up.
func untilInterrupted(ctx context.Context) (context.Context, context.CancelFunc) {
	c := &interrupted{Context: ctx, done: make(chan struct{})}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	ended := make(chan struct{})
	go func() {
		select {
		case <-signals:
			close(c.done)
		case <-ctx.Done():
			close(c.done)
		case <-ended:
		}
	}()
	return c, sync.OnceFunc(func() {
		signal.Stop(signals)
		close(ended)
	})
}

type interrupted struct {
	context.Context
	done chan struct{}
}

// Done is closed when the time is up.
func (c *interrupted) Done() <-chan struct{} { return c.done }

// Err is that the time is up, once it is.
func (c *interrupted) Err() error {
	select {
	case <-c.done:
		return context.DeadlineExceeded
	default:
		return nil
	}
}
