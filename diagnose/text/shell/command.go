// Package shell writes command lines that people paste into a shell. A command
// is data, with its arguments in parts, until the very end: then it is quoted
// once, for one shell, so that no text in it can be anything but text there.
package shell

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind is a shell that commands are written for.
type Kind string

// The shells. PowerShell is 7.3 or later, which hands its arguments on as they
// are; cmd is its prompt and not a batch file, where a percent sign is written
// otherwise.
const (
	POSIX      Kind = "posix"
	PowerShell Kind = "powershell"
	Cmd        Kind = "cmd"
)

// Kinds lists the shells by name, the default first.
var Kinds = []string{string(POSIX), string(PowerShell), string(Cmd)}

// Variable is a value that only the reader knows: a variable of the shell.
type Variable struct {
	Name  string // in capitals, such as API_ID
	Means string // what to put there, as the end of a sentence that begins with the name
}

// Part is a piece of an argument: text, or a variable.
type Part struct {
	Text     string
	Variable *Variable
}

// Word is one argument of a command in its parts.
type Word []Part

// Text makes a word of a text.
func Text(s string) Word { return Word{{Text: s}} }

// Arg is an argument that may have to go into a file of its own: a text that is
// long, or that the shell cannot carry on its command line.
type Arg struct {
	Word
	// File is the name of the file, and By what stands before it on the command
	// line, such as file://; without that it is always a file. Without a name the
	// text has to stand there itself.
	File, By string
	// JSON says that a final line end does not matter and non-ASCII may be escaped.
	JSON bool
}

// Command is a program with its arguments.
type Command struct {
	Program string
	Args    []Arg
}

// New makes a command of plain words.
func New(program string, words ...string) *Command {
	c := &Command{Program: program}
	for _, w := range words {
		c.Args = append(c.Args, Arg{Word: Text(w)})
	}
	return c
}

// Add appends arguments.
func (c *Command) Add(words ...Word) *Command {
	for _, w := range words {
		c.Args = append(c.Args, Arg{Word: w})
	}
	return c
}

// Line is a sentence or a command.
type Line struct {
	Say string
	Run *Command
}

// Script is what a reader does, in order.
type Script []Line

// longest is how much JSON a command line shows, in bytes: about what can be
// read. More goes into a file.
const longest = 400

// Write renders the script for a shell, a string a line. A variable is explained
// before the first command with it. Sentences become comments. The error says in
// a sentence what the shell cannot carry.
func (s Script) Write(kind Kind) ([]string, error) {
	var out []string
	explained := map[string]bool{}
	for _, l := range s {
		if l.Say != "" {
			out = append(out, comment(kind, l.Say))
		}
		if l.Run == nil {
			continue
		}
		for _, v := range l.Run.variables() {
			if !explained[v.Name] {
				explained[v.Name] = true
				out = append(out, comment(kind, v.Name+" is "+v.Means))
			}
		}
		lines, err := l.Run.write(kind)
		if err != nil {
			return nil, err
		}
		out = append(out, lines...)
	}
	return out, nil
}

func (c *Command) variables() []*Variable {
	var list []*Variable
	for _, a := range c.Args {
		for _, p := range a.Word {
			if p.Variable != nil {
				list = append(list, p.Variable)
			}
		}
	}
	return list
}

// comment is a sentence that a shell passes over. A shell that takes no comments
// at its prompt, as zsh does, reads it as a command: nothing in it may have a
// meaning there, so of the marks only harmless ones stay.
func comment(kind Kind, sentence string) string {
	harmless := func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(".,:_-/+@", r) {
			return r
		}
		return ' '
	}
	text := strings.Join(strings.Fields(strings.Map(harmless, sentence)), " ")
	if kind == Cmd {
		return "REM " + text
	}
	return "# " + text
}

// write renders one command, after the files that it reads.
func (c *Command) write(kind Kind) ([]string, error) {
	q := quoters[kind]
	program := c.Program
	if kind == PowerShell && program == "curl" {
		program = "curl.exe" // Windows PowerShell has another command of that name
	}
	words := []string{program}
	var files []string
	for _, a := range c.Args {
		word := a.Word
		if a.File != "" && a.needsFile(kind) {
			line, err := q.file(a)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.Program, err)
			}
			files, word = append(files, line), Text(a.By+a.File)
		}
		text, err := q.word(word)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Program, err)
		}
		words = append(words, text)
	}
	return append(files, strings.Join(words, " ")), nil
}

// needsFile tells whether the argument cannot, or should not, stand on the
// command line.
func (a Arg) needsFile(kind Kind) bool {
	text := a.Word.Text()
	switch {
	case strings.HasPrefix(text, a.By): // also where nothing stands before it
		return true // it would be taken for the name of a file
	case !printable(text):
		return true
	case kind == PowerShell || kind == Cmd && a.JSON:
		// Programs and shells of Windows do not agree on a quote inside an argument.
		return strings.Contains(text, `"`)
	}
	return a.JSON && len(text) >= longest
}

// Text is the text of a word without its variables.
func (w Word) Text() string {
	var b strings.Builder
	for _, p := range w {
		b.WriteString(p.Text)
	}
	return b.String()
}

func (w Word) hasVariable() bool {
	for _, p := range w {
		if p.Variable != nil {
			return true
		}
	}
	return false
}

// printable tells whether a text shows itself whole on one line.
func printable(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}
