package cli

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// splitShell splits a command line into words as a POSIX shell does, with the
// $'...' quotes that browsers use. Variables and substitutions stay as they are
// written.
func splitShell(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	in := false // in a word
	for i := 0; i < len(line); {
		switch c := line[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			if in {
				words = append(words, word.String())
				word.Reset()
				in = false
			}
			i++
		case c == '\\':
			if rest := line[i+1:]; strings.HasPrefix(rest, "\n") || strings.HasPrefix(rest, "\r\n") {
				i += 2 + strings.Index(rest, "\n")
				continue
			}
			if i+1 < len(line) {
				_, size := utf8.DecodeRuneInString(line[i+1:])
				word.WriteString(line[i+1 : i+1+size])
				i += size
			}
			in = true
			i++
		case c == '\'':
			end := strings.IndexByte(line[i+1:], '\'')
			if end < 0 {
				return nil, errors.New("a single quote is not closed")
			}
			word.WriteString(line[i+1 : i+1+end])
			in = true
			i += end + 2
		case c == '$' && strings.HasPrefix(line[i:], "$'"):
			n, err := ansiQuoted(line[i+2:], &word)
			if err != nil {
				return nil, err
			}
			in = true
			i += 2 + n
		case c == '"':
			n, err := doubleQuoted(line[i+1:], &word)
			if err != nil {
				return nil, err
			}
			in = true
			i += 1 + n
		default:
			word.WriteByte(c)
			in = true
			i++
		}
	}
	if in {
		words = append(words, word.String())
	}
	return words, nil
}

// doubleQuoted reads up to the closing quote and returns how much it read.
func doubleQuoted(s string, out *strings.Builder) (int, error) {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return i + 1, nil
		case s[i] == '\\' && i+1 < len(s) && strings.IndexByte("\"\\$`", s[i+1]) >= 0:
			i++
			out.WriteByte(s[i])
		case s[i] == '\\' && i+1 < len(s) && s[i+1] == '\n':
			i++
		default:
			out.WriteByte(s[i])
		}
	}
	return 0, errors.New("a double quote is not closed")
}

// ansiQuoted reads the rest of $'...' and returns how much it read.
func ansiQuoted(s string, out *strings.Builder) (int, error) {
	for i := 0; i < len(s); i++ {
		if s[i] == '\'' {
			return i + 1, nil
		}
		if s[i] != '\\' || i+1 == len(s) {
			out.WriteByte(s[i])
			continue
		}
		i++
		if at := strings.IndexByte("abfnrtv", s[i]); at >= 0 {
			out.WriteByte("\a\b\f\n\r\t\v"[at])
			continue
		}
		digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[i]]
		n := 0
		for n < digits && i+1+n < len(s) && strings.IndexByte("0123456789abcdefABCDEF", s[i+1+n]) >= 0 {
			n++
		}
		code, err := strconv.ParseUint(s[i+1:i+1+n], 16, 32)
		switch {
		case err != nil:
			out.WriteByte(s[i])
		case s[i] == 'x':
			out.WriteByte(byte(code))
			i += n
		default:
			out.WriteRune(rune(code))
			i += n
		}
	}
	return 0, errors.New("a $' quote is not closed")
}
