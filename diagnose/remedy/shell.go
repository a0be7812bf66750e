package remedy

import (
	"bytes"
	"encoding/json"
	"strings"
)

// longDocument is the length from which a JSON argument goes into a file of its
// own, in bytes: about what can be read in a command line.
const longDocument = 400

// cli builds one command line, and what has to be run before it.
type cli struct {
	words  []string
	before []string
	file   string // stem of the names of files with documents
}

func aws(service, operation string) *cli {
	return &cli{words: []string{"aws", service, operation}, file: operation}
}

// flag adds an option with a value that is quoted where the shell needs it. An
// empty value is left out: the CLI then takes it from its configuration.
func (c *cli) flag(name, value string) *cli {
	if value != "" {
		c.words = append(c.words, "--"+name, quote(value))
	}
	return c
}

// document adds an option whose value is JSON, given as text or as a value. A
// long one is written to a file first. That is done by printf and not by a
// here-document, because a report indents its commands, and an indented end
// mark ends no here-document.
func (c *cli) document(name string, value any) *cli {
	text, ok := value.(string)
	if !ok {
		text = encode(value)
	}
	if len(text) < longDocument {
		c.words = append(c.words, "--"+name, quoteJSON(text))
		return c
	}
	var pretty bytes.Buffer
	if json.Indent(&pretty, []byte(text), "", "  ") == nil {
		text = pretty.String()
	}
	file := c.file + ".json"
	c.before = append(c.before, `printf '%s\n' `+quoteJSON(text)+" > "+file)
	c.words = append(c.words, "--"+name, "file://"+file)
	return c
}

// lines are the commands in the order in which they have to be run.
func (c *cli) lines() []string { return append(c.before, strings.Join(c.words, " ")) }

// encode writes a value as compact JSON. Values here are strings, maps and
// slices of them, which always encode.
func encode(value any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return "{}"
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// quoteJSON makes one word of JSON. A single quote in it is written as \u0027,
// so that the text can stand between single quotes.
func quoteJSON(text string) string {
	return "'" + strings.ReplaceAll(strings.TrimSpace(text), "'", `\u0027`) + "'"
}

// quote makes one word for a POSIX shell.
func quote(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@%+=,") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
