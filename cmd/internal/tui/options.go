// Package tui is the interactive walkthrough: it follows one request through
// the eight stages, shows why it stops, tries fixes in memory, and walks again
// when the request is edited.
//
// There is one Bubble Tea model. Panes are plain structs that draw themselves
// into lines without colours; all input and output happens in commands.
package tui

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/term"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// Load reads a target. It calls progress, from any goroutine, as calls begin and end.
type Load func(ctx context.Context, progress func(Event)) (*snapshot.Snapshot, error)

// Choice is one of several targets.
type Choice struct {
	Name    string // what the list shows
	Detail  string // beside it
	Created string // YYYY-MM-DD; empty when not known
	Command string // the command line that diagnoses it
	Load    Load
}

// Options is what a walkthrough works on and with.
type Options struct {
	In  io.Reader // the terminal
	Out io.Writer
	Env func(string) string // the environment; nil is an empty one

	Load   Load                                    // reads the target; nil when there is something to choose first
	Choose func(context.Context) ([]Choice, error) // lists the targets when none is given; all of them are read, a few at a time, while a screen shows the list
	What   string                                  // what Load reads, for the screen

	Rules     []diagnose.Rule
	Remedy    report.Remedy
	Selection diagnose.Selection
	Request   *walk.Request // the user's; nil for the doctor's own
	// Place finds the user's request its place in what was read, its API, stage and
	// path, and says what is selected. Nil takes Request and Selection as they are.
	Place func(*snapshot.Snapshot) (*walk.Request, diagnose.Selection, error)
	// Hide replaces the credentials of a request that was typed; nil where they are shown.
	Hide func(walk.Request) walk.Request

	// Command is the command line that gives the same result, without the flags
	// of a stage, a method or a request. RequestCommand is the one to which those can be added; empty
	// when it is the same.
	Command        string
	RequestCommand string

	// Apply makes a fix in the account and returns what was done. It is nil when
	// that is not possible here, for the reason in NoApply.
	Apply   func(context.Context, *snapshot.Snapshot, diagnose.Fix) ([]string, error)
	NoApply string
	// Save writes a file. What is text or json for the report, snapshot, or
	// request for the request of the examination's only diagnosis.
	Save func(name string, e *diagnose.Examination, s *snapshot.Snapshot, what string) error

	// Calls reads the logs of the stage, and holds them against the prediction. It is
	// nil where there are none, for the reason in NoCalls.
	Calls   func(context.Context, *snapshot.Snapshot) (Calls, error)
	NoCalls string

	// Changed waits until the target is another one than before, which is read again;
	// false when the context ended. It is nil where that is not watched.
	Changed func(context.Context) bool

	Color      bool
	Background string // light or dark; empty asks the terminal
	Accessible bool   // plain numbered prompts in place of a screen

	Width, Height int // of the screen until the terminal says otherwise
	now           func() time.Time
	frame         time.Duration // between two pictures of the spinner
	visits        int           // choices that are read at a time; 0 for visitsAtOnce
}

// Problem is an error with what to do about it.
type Problem struct {
	Message string
	Hint    string // may be empty
	Err     error  // may be nil
}

// Error returns the message without the hint.
func (p *Problem) Error() string { return p.Message }

// Unwrap returns what caused the problem.
func (p *Problem) Unwrap() error { return p.Err }

// NotATerminal says why a walkthrough cannot be shown, and what to run instead.
type NotATerminal struct {
	Why     string
	Command string // the command line that gives the same result
}

// Error returns the reason.
func (e *NotATerminal) Error() string { return "the walkthrough needs a terminal: " + e.Why }

// Hint returns the command line to use instead.
func (e *NotATerminal) Hint() string {
	return "the same, as a report: " + e.Command + "\nthe same, as plain prompts: add --accessible"
}

// Run shows the walkthrough until its user leaves. It returns 0, and the error
// that kept the target from being read, if there was one when the user left.
func Run(ctx context.Context, o Options) (exit int, err error) {
	if o.Env == nil {
		o.Env = func(string) string { return "" }
	}
	if o.now == nil {
		o.now = time.Now
	}
	if o.frame == 0 {
		o.frame = 100 * time.Millisecond
	}
	if o.Accessible {
		return linear(ctx, o)
	}
	if why := o.unfit(); why != "" {
		return 0, &NotATerminal{Why: why, Command: o.Command}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dark := o.Background != "light"
	if o.Background == "" && o.Color {
		dark = lipgloss.NewRenderer(o.Out).HasDarkBackground() // asked before the program reads the terminal
	}
	screen := newScreen(o.Out)
	o.Out = screen
	m := newModel(ctx, o, newTheme(o.Color, dark, asciiOnly(o.Env)))
	end, err := tea.NewProgram(m, tea.WithInput(o.In), tea.WithOutput(screen.output()), tea.WithAltScreen(), tea.WithContext(ctx)).Run()
	if err != nil {
		return 0, fmt.Errorf("the walkthrough ended: %w", err)
	}
	last := end.(*model)
	if last.interrupted && last.problem == nil {
		return interrupted, nil
	}
	return 0, last.problem
}

// interrupted is the exit code of a program that ctrl-c ends, as shells give it: 128
// and the number of the signal.
const interrupted = 130

// unfit says why the streams cannot carry a walkthrough; empty when they can.
func (o *Options) unfit() string {
	in, inFile := o.In.(*os.File)
	out, outFile := o.Out.(*os.File)
	switch {
	case o.Env("TERM") == "dumb":
		return "TERM is dumb"
	case o.Env("CI") != "":
		return "CI is set"
	case !outFile || !term.IsTerminal(out.Fd()):
		return "the output is not one"
	case !inFile || !term.IsTerminal(in.Fd()):
		return "the input is not one"
	}
	return ""
}
