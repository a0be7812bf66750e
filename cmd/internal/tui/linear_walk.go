package tui

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// walkHelp names the answers that the walk takes.
const walkHelp = `1 to 8 reads a stage. f lists the findings, f and a number reads one. t and a finding's number tries
its fix, and one more number another of its fixes. p tries all fixes together. x changes the notation of
fixes. a applies a fix. e edits the request. w tries an awkward request. l lists the calls that were logged,
and follows one. r reads again. s saves. c says the command line. b goes back, q quits.`

// walk answers questions about one diagnosis.
func (p *prompt) walk(ctx context.Context, o *Options, s *snapshot.Snapshot, d *diagnose.Diagnosis, entries int) error {
	m := newModel(ctx, *o, theme{glyphs: p.glyph}) // for what it knows of command lines
	m.at, m.snap, m.entries = atWalk, s, make([]entry, entries)
	m.walk = newWalk(d, s, o.Remedy, &p.glyph, o.Request != nil)
	p.overview(m)
	p.say("%s", walkHelp)
	for {
		text, err := p.ask("What next, ? for help")
		if err != nil {
			return err
		}
		word, rest, _ := strings.Cut(text, " ")
		word = strings.ToLower(word)
		if n := strings.TrimLeft(word, "ft"); n != word && n != "" && rest == "" { // f1 is f 1
			word, rest = strings.TrimSuffix(word, n), n
		}
		rest, other, _ := strings.Cut(strings.TrimSpace(rest), " ")
		n, _ := strconv.Atoi(rest)
		if stage, err := strconv.Atoi(word); err == nil && stage >= 1 && stage <= len(walk.Stages) {
			m.walk.to(stage - 1)
			p.doc(m.walk.detail.stage(stage-1, proseColumns))
			continue
		}
		switch word {
		case "q", "quit":
			return errLeft
		case "b", "back":
			return nil
		case "", "?", "help":
			p.overview(m)
			p.say("%s", walkHelp)
		case "f":
			p.findings(m, n)
		case "t":
			fix, _ := strconv.Atoi(strings.TrimSpace(other))
			p.try(m, n, fix)
		case "p":
			p.trial(m, m.walk.detail.d.Plan.Fixes)
		case "x":
			m.walk.detail.dialect = (m.walk.detail.dialect + 1) % len(dialects)
			p.say("Fixes are shown as %s.", dialects[m.walk.detail.dialect])
		case "a":
			err = p.apply(ctx, m, n)
		case "e":
			err = p.edit(m)
		case "w":
			err = p.awkward(m)
		case "l":
			err = p.calls(ctx, m)
		case "r":
			return errAgain
		case "s":
			err = p.save(m)
		case "c":
			p.say("%s", show(m.command()))
		default:
			p.say("%q is not understood. ? lists the answers.", show(text))
		}
		if err != nil {
			return err
		}
	}
}

// spoken is the name of a walk in words.
func spoken(w report.Words, t *walk.Trace) string {
	return strings.ReplaceAll(show(w.Show(titles(t, "to")[0])), " · ", ", ")
}

// overview says the verdict and all stages.
func (p *prompt) overview(m *model) {
	d := m.walk.detail.d
	w := m.walk.path.words
	word, _ := verdictWord(d.Verdict)
	p.say("%s", spoken(w, d.Trace))
	p.say("%s: %s.", word, strings.TrimSuffix(show(w.Show(report.Headline(d))), "."))
	for i := range walk.Stages {
		_, word, _ := m.walk.path.mark(&p.glyph, i)
		if word == "-" {
			word = "none"
		}
		p.say("Stage %d, %s: %s. %s", i+1, walk.Stages[i], word, show(w.Fill(report.Said(d.Trace.Steps[i]))))
	}
	p.say("%s.", count(len(d.Findings), "finding"))
}

// doc reads out what the screen shows in a pane.
func (p *prompt) doc(d *doc) {
	for _, l := range d.lines {
		if len(l) == 0 {
			continue
		}
		text := strings.TrimRight(l[1:].text(), " ") // its indentation means something in a fragment
		if label := strings.TrimSpace(l[0].text); label != "" {
			text = strings.TrimSpace(label + " " + strings.TrimLeft(text, " "))
		}
		if text != "" {
			p.say("%s", text)
		}
	}
}

func (p *prompt) findings(m *model, n int) {
	list := m.walk.detail.d.Findings
	if n < 1 || n > len(list) {
		p.say("%s.", count(len(list), "finding"))
		for i, f := range list {
			p.say("%d. %s at %s: %s", i+1, f.Severity, f.Stage, show(m.walk.path.words.Show(f.Message)))
		}
		return
	}
	m.walk.detail.finding, m.walk.detail.fix = n-1, 0
	d := &doc{width: proseColumns, words: m.walk.path.words, anchors: map[int]int{}}
	m.walk.detail.found(d, n-1, &list[n-1])
	p.doc(d)
}

// try follows the message with a fix of finding n, both counted from 1.
func (p *prompt) try(m *model, n, fix int) {
	list := m.walk.detail.d.Findings
	if n < 1 || n > len(list) {
		n = 1
	}
	m.walk.detail.finding, m.walk.detail.fix = n-1, 0
	if n <= len(list) && fix > 1 && fix <= len(list[n-1].Fixes) {
		m.walk.detail.fix = fix - 1
	}
	p.tryChosen(m)
}

// tryChosen follows the message with the chosen fix.
func (p *prompt) tryChosen(m *model) {
	fix := m.walk.fix()
	if fix == nil {
		p.say("Not tried: %s.", m.walk.noFix())
		return
	}
	p.trial(m, []diagnose.Fix{*fix})
}

// trial says what changes with the fixes.
func (p *prompt) trial(m *model, fixes []diagnose.Fix) {
	if len(fixes) == 0 {
		p.say("No set of fixes is known to make the method healthy.")
		return
	}
	msg := try(m.snap, m.walk.request, fixes, p.o.Rules, 0)().(triedMsg)
	if msg.err != nil {
		p.say("Not tried: %s", show(msg.err.Error()))
		return
	}
	for _, fix := range fixes {
		p.say("With: %s", show(m.walk.path.words.Show(fix.Title)))
	}
	x := trial{before: m.walk.detail.d, after: msg.d, words: m.walk.path.words}
	before, after := path{d: x.before}, path{d: x.after}
	for i, s := range walk.Stages {
		_, bw, _ := before.mark(&p.glyph, i)
		_, aw, _ := after.mark(&p.glyph, i)
		if bw != aw {
			p.say("Stage %d, %s: %s, then %s. %s", i+1, s, bw, aw, sentence(x.after, i, x.words))
		}
	}
	d := &doc{width: proseColumns, words: x.words}
	x.summary(d)
	p.doc(d)
}

func (p *prompt) apply(ctx context.Context, m *model, n int) error {
	if n >= 1 && n <= len(m.walk.detail.d.Findings) {
		m.walk.detail.finding, m.walk.detail.fix = n-1, 0
	}
	m.startApplying()
	if m.at != atConfirm {
		p.say("Not applied: %s.", m.status)
		return nil
	}
	m.at = atWalk
	p.say("This changes your AWS account: %s", show(m.confirm.fix.Title))
	for _, l := range m.confirm.lines {
		p.say("%s", show(l))
	}
	text, err := p.ask("Type " + consent + " to apply")
	if err != nil {
		return err
	}
	if text != consent {
		p.say("Not applied.")
		return nil
	}
	log, err := p.o.Apply(ctx, m.snap, m.confirm.fix)
	for _, l := range log {
		p.say("%s", show(l))
	}
	if err != nil {
		p.say("Not, or not wholly, applied: %s", show(err.Error()))
		return nil
	}
	p.say("Applied.")
	return errAgain
}

// edit asks for a request, line by line.
func (p *prompt) edit(m *model) error {
	p.say("The request is:")
	for _, l := range strings.Split(format(&m.walk.request), "\n") {
		p.say("%s", show(l))
	}
	r := m.walk.request
	first, err := p.ask("Method and path, empty to keep them")
	if err != nil {
		return err
	}
	if first != "" {
		edited, err := parse(first, &r)
		if err != nil {
			p.say("Not changed: %s.", err)
			return nil
		}
		r.Method, r.Path, r.Query = edited.Method, edited.Path, edited.Query
	}
	for {
		h, err := p.ask("A header as Name: value, Name: to leave it out, empty to go on")
		if err != nil {
			return err
		}
		if h == "" {
			break
		}
		name, value, ok := strings.Cut(h, ":")
		if name = strings.TrimSpace(name); !ok || name == "" {
			p.say("Expected Name: value.")
			continue
		}
		if r = r.WithoutHeader(name); strings.TrimSpace(value) != "" {
			r = r.WithHeader(name, strings.TrimSpace(value))
		}
	}
	body, err := p.ask("Body in one line, empty to keep it, - for none")
	if err != nil {
		return err
	}
	switch body {
	case "":
	case "-":
		r.Body = ""
	default:
		r.Body = body
	}
	p.again(m, r)
	return nil
}

func (p *prompt) awkward(m *model) error {
	presets := m.walk.presets
	if len(presets) == 0 {
		p.say("There is no other request to try.")
		return nil
	}
	for i, x := range presets {
		p.say("%d. %s", i+1, x.Name)
	}
	i, err := p.number(fmt.Sprintf("Number of the request, 1 to %d", len(presets)), len(presets))
	if err != nil || i == 0 {
		return err
	}
	p.again(m, presets[i-1].Request)
	return nil
}

// again walks another request.
func (p *prompt) again(m *model, r walk.Request) {
	m.walk.show(examine(m.snap, r, p.o.Rules), m.snap)
	m.walk.path.chosen = opening(m.walk.detail.d)
	m.walk.choose()
	p.overview(m)
}

func (p *prompt) save(m *model) error {
	if p.o.Save == nil {
		p.say("Saving is not possible here.")
		return nil
	}
	for i, x := range savings {
		p.say("%d. %s: %s", i+1, x.what, x.about)
	}
	i, err := p.number(fmt.Sprintf("Number of what to save, 1 to %d", len(savings)), len(savings))
	if err != nil || i == 0 {
		return err
	}
	x := savings[i-1]
	name, err := p.ask("Name of the file, empty for " + x.name)
	if err != nil {
		return err
	}
	if name == "" {
		name = x.name
	}
	e := examination(&p.o, m.snap, &m.walk.request)
	if err := p.o.Save(name, &e, m.snap, x.what); err != nil {
		p.say("Not saved: %s", show(err.Error()))
		return nil
	}
	p.say("Saved %s.", show(name))
	return nil
}
