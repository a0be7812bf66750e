package cli

import (
	"io"
	"os"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/muesli/termenv"

	"apisqs-doctor/diagnose/source/tree"
)

// Streams is the world as the command line sees it.
type Streams struct {
	In        io.Reader
	Out       io.Writer // reports and nothing else
	Err       io.Writer // progress, hints and errors
	OutTTY    bool      // Out is a terminal
	Columns   int       // of that terminal; 0 where Out is none
	ErrTTY    bool      // Err is a terminal
	Plain     bool      // the terminal takes no escape sequences, as an old console of Windows
	LookupEnv func(string) (string, bool)
	Environ   func() []string  // all variables as NAME=VALUE; nil where they are not looked through
	Now       func() time.Time // for skips that end
	Within    tree.Bounds      // of the files that a target is made of
}

// System returns the process's own streams and environment.
func System() Streams {
	columns, _, err := term.GetSize(os.Stdout.Fd())
	if err != nil {
		columns = 0
	}
	return Streams{Columns: columns, Plain: plainConsole(os.Stdout) || plainConsole(os.Stderr), In: os.Stdin, Out: os.Stdout, Err: os.Stderr, LookupEnv: os.LookupEnv, Environ: os.Environ, Now: time.Now,
		OutTTY: term.IsTerminal(os.Stdout.Fd()), ErrTTY: term.IsTerminal(os.Stderr.Fd())}
}

// plainConsole tells a console of Windows that cannot be told to take escape sequences;
// every other terminal takes them.
func plainConsole(f *os.File) bool {
	_, err := termenv.EnableVirtualTerminalProcessing(termenv.NewOutput(f))
	return err != nil
}

// env returns a variable, or nothing.
func (s Streams) env(name string) string {
	value, _ := s.LookupEnv(name)
	return value
}
