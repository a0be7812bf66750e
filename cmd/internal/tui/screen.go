package tui

import (
	"io"
	"os"
	"sync"
)

// screen lets the drawing program and a command write to one terminal without
// their bytes getting mixed up.
type screen struct {
	mu  sync.Mutex
	out io.Writer
}

func newScreen(out io.Writer) *screen { return &screen{out: out} }

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(p)
}

// terminal is a screen that still is a file, which the drawing program asks
// for its size and sets to raw mode.
type terminal struct {
	*os.File
	screen *screen
}

func (t terminal) Write(p []byte) (int, error)       { return t.screen.Write(p) }
func (t terminal) WriteString(s string) (int, error) { return t.screen.Write([]byte(s)) }

// output is what the drawing program writes to.
func (s *screen) output() io.Writer {
	if f, ok := s.out.(*os.File); ok {
		return terminal{f, s}
	}
	return s
}
