package cli

import (
	"bytes"
	"io"

	"apisqs-doctor/cmd/internal/report"
)

// inert passes on lines in which a pipeline finds no command of its own. Texts of
// the input, such as the lines of a diff, go through it as they are.
type inert struct {
	to   io.Writer
	line []byte // that has not ended yet
}

func (w *inert) Write(p []byte) (int, error) {
	w.line = append(w.line, p...)
	end := bytes.LastIndexByte(w.line, '\n') + 1
	if end == 0 {
		return len(p), nil
	}
	_, err := io.WriteString(w.to, report.Inert(string(w.line[:end])))
	w.line = append(w.line[:0], w.line[end:]...)
	return len(p), err
}

// flush writes a last line without an end.
func (w *inert) flush() { _, _ = io.WriteString(w.to, report.Inert(string(w.line))) }
