package tui

import (
	"context"
	"fmt"
	"strings"

	"apisqs-doctor/diagnose/walk"
)

// calls lists the calls that the stage has logged, and follows one of them.
func (p *prompt) calls(ctx context.Context, m *model) error {
	if p.o.Calls == nil {
		why := p.o.NoCalls
		if why == "" {
			why = "there are no logs here"
		}
		p.say("No calls: %s.", why)
		return nil
	}
	if m.calls.of != m.snap {
		p.say("Reading the logs.")
		got, err := p.o.Calls(ctx, m.snap)
		if err != nil {
			p.say("The logs cannot be read: %s", show(oneLine(err.Error())))
			return nil
		}
		m.calls = calls{of: m.snap, got: got}
	}
	got := &m.calls.got
	for _, n := range got.Notes {
		p.say("%s.", strings.TrimSuffix(show(oneLine(n)), "."))
	}
	if len(got.List) == 0 {
		p.say("No call is in the logs of %s, which does not say that there was none.", got.Window)
		return nil
	}
	p.say("%d of %s failed in %s.", got.Failed, count(got.Count, "call"), got.Window)
	for i := range got.List {
		it := callItem(&got.List[i])
		p.say("%d. %s: %s, %s", i+1, show(strings.ReplaceAll(it.name, " · ", ", ")), strings.ToLower(it.word), show(it.detail))
	}
	i, err := p.number(fmt.Sprintf("Number of the call to follow, 1 to %d, or b to go back", len(got.List)), len(got.List))
	if err != nil || i == 0 {
		return err
	}
	c := &got.List[i-1]
	if c.Request == nil {
		p.say("The request of this call was not logged; the walk stays that of %s.", spoken(m.walk.path.words, m.walk.detail.d.Trace))
	} else {
		r := *c.Request
		r.API, r.Stage = m.walk.request.API, m.walk.request.Stage
		p.again(m, r)
	}
	p.say("Call %s: seen %s.", show(c.ID), show(c.Seen))
	for at, stage := range walk.Stages {
		if stage == c.Stage {
			m.walk.to(at)
			p.doc(m.walk.detail.stage(at, proseColumns))
		}
	}
	return nil
}
