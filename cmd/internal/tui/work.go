package tui

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// Commands: everything that takes time or touches the world, and the messages
// with what came of it. None of them changes the model.

type (
	tickMsg   struct{ reading int }
	eventsMsg struct {
		reading int
		events  []Event
		from    feed
	}
	choicesMsg struct {
		choices []Choice
		err     error
	}
	loadedMsg struct {
		reading   int // which reading it is the end of
		snap      *snapshot.Snapshot
		shell     diagnose.Examination // its methods, without findings
		request   *walk.Request        // the user's, in its place
		selection diagnose.Selection   // what the user has chosen of it
		took      time.Duration
		err       error
	}
	examinedMsg struct {
		reading, entry int
		d              *diagnose.Diagnosis
	}
	walkedMsg struct {
		edit int
		d    *diagnose.Diagnosis
	}
	triedMsg struct {
		trial int
		d     *diagnose.Diagnosis
		err   error
	}
	copiedMsg struct {
		what string
		err  error
	}
	savedMsg struct {
		name string
		err  error
	}
	appliedMsg struct {
		log []string
		err error
	}
	changedMsg struct{}
	fileMsg    struct {
		file string
		err  error
	}
	writtenMsg struct {
		text string
		err  error
	}
)

// tick drives the spinner while something is being read.
func tick(o *Options, reading int) tea.Cmd {
	return tea.Tick(o.frame, func(time.Time) tea.Msg { return tickMsg{reading} })
}

// feed carries events from a reading to the screen. What comes in after the
// reading has ended is dropped.
type feed struct {
	events chan Event
	ended  chan struct{}
}

func newFeed() feed { return feed{make(chan Event, kept), make(chan struct{})} }

// send takes an event in, from any goroutine.
func (f feed) send(e Event) {
	select {
	case f.events <- e:
	case <-f.ended:
	}
}

// next waits for events and returns those that have come in; none when the
// reading has ended.
func (f feed) next() []Event {
	var list []Event
	select {
	case e := <-f.events:
		list = append(list, e)
	case <-f.ended:
	}
	for len(list) < kept {
		select {
		case e := <-f.events:
			list = append(list, e)
		default:
			return list
		}
	}
	return list
}

// read reads the target, and lists its methods.
func read(ctx context.Context, o *Options, load Load, reading int, f feed) tea.Cmd {
	selection, request, place, now := o.Selection, o.Request, o.Place, o.now
	return func() tea.Msg {
		defer close(f.ended)
		began := now()
		s, err := load(ctx, f.send)
		msg := loadedMsg{reading: reading, snap: s, err: err, took: now().Sub(began)}
		if err == nil && place != nil {
			request, selection, msg.err = place(s)
		}
		if msg.err != nil {
			return msg
		}
		msg.request, msg.selection = request, selection
		var requests []walk.Request
		if request != nil {
			requests = []walk.Request{*request}
		}
		msg.shell = diagnose.Examine(s, selection, requests, nil)
		return msg
	}
}

// listen takes over the events that have come in.
func listen(reading int, f feed) tea.Cmd {
	return func() tea.Msg {
		if list := f.next(); len(list) > 0 {
			return eventsMsg{reading, list, f}
		}
		return nil
	}
}

func choose(ctx context.Context, o *Options) tea.Cmd {
	list := o.Choose
	return func() tea.Msg {
		choices, err := list(ctx)
		return choicesMsg{choices, err}
	}
}

// watch waits for a change of what is watched.
func watch(ctx context.Context, o *Options) tea.Cmd {
	changed := o.Changed
	if changed == nil {
		return nil
	}
	return func() tea.Msg {
		if !changed(ctx) {
			return nil
		}
		return changedMsg{}
	}
}

// examine diagnoses one request.
func examine(s *snapshot.Snapshot, r walk.Request, rules []diagnose.Rule) *diagnose.Diagnosis {
	e := diagnose.Examine(s, diagnose.Selection{}, []walk.Request{r}, rules)
	return &e.Diagnoses[0]
}

// try makes fixes in memory and walks again.
func try(s *snapshot.Snapshot, r walk.Request, fixes []diagnose.Fix, rules []diagnose.Rule, trial int) tea.Cmd {
	return func() tea.Msg {
		for _, fix := range fixes {
			for _, change := range fix.Changes {
				next, err := change.Apply(s)
				if err != nil {
					return triedMsg{trial: trial, err: err}
				}
				s = next
			}
		}
		return triedMsg{trial: trial, d: examine(s, r, rules)}
	}
}

func copying(o *Options, what, text string) tea.Cmd {
	out, env := o.Out, o.Env
	return func() tea.Msg { return copiedMsg{what, copyText(out, env, text)} }
}

// examination is the result that is saved: of one request, or of all methods.
func examination(o *Options, s *snapshot.Snapshot, request *walk.Request) diagnose.Examination {
	if request != nil {
		return diagnose.Examine(s, o.Selection, []walk.Request{*request}, o.Rules)
	}
	return diagnose.Examine(s, o.Selection, nil, o.Rules)
}

func save(o Options, s *snapshot.Snapshot, request *walk.Request, what, name string) tea.Cmd {
	return func() tea.Msg {
		e := examination(&o, s, request)
		return savedMsg{name, o.Save(name, &e, s, what)}
	}
}

func apply(ctx context.Context, o *Options, s *snapshot.Snapshot, fix diagnose.Fix) tea.Cmd {
	do := o.Apply
	return func() tea.Msg {
		log, err := do(ctx, s, fix)
		return appliedMsg{log, err}
	}
}

// write puts the text into a file of its own for an editor.
func write(text string) tea.Cmd {
	return func() tea.Msg {
		f, err := os.CreateTemp("", "apisqs-doctor-*.http")
		if err != nil {
			return fileMsg{err: err}
		}
		_, err = f.WriteString(text)
		if e := f.Close(); err == nil {
			err = e
		}
		return fileMsg{f.Name(), err}
	}
}

// edit opens the user's editor on the file, and reads it afterwards.
func edit(env func(string) string, file string) tea.Cmd {
	return tea.ExecProcess(editorCommand(env, file), func(err error) tea.Msg {
		defer os.Remove(file)
		if err != nil {
			return writtenMsg{err: err}
		}
		data, err := os.ReadFile(file)
		return writtenMsg{string(data), err}
	})
}

// editorCommand calls the editor as git does: VISUAL and EDITOR are lines for
// the shell.
func editorCommand(env func(string) string, file string) *exec.Cmd {
	editor := env("VISUAL")
	if editor == "" {
		editor = env("EDITOR")
	}
	if editor == "" {
		editor = "vi"
	}
	if runtime.GOOS == "windows" {
		return exec.Command("cmd", "/c", editor, file)
	}
	return exec.Command("sh", "-c", editor+` "$1"`, editor, file)
}
