package shell

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// quoter writes words and files for one shell.
type quoter struct {
	word func(Word) (string, error)
	file func(Arg) (string, error)
}

var quoters = map[Kind]quoter{
	"":         {posixWord, posixFile},
	POSIX:      {posixWord, posixFile},
	PowerShell: {powerWord, powerFile},
	Cmd:        {cmdWord, cmdFile},
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// only tells whether s has no other characters, and at least one.
func only(s, allowed string) bool { return s != "" && strings.Trim(s, allowed) == "" }

var errNUL = errors.New("the text holds a NUL character, which no command line can carry")

// posixWord follows the Shell Command Language of POSIX.1, 2.2 Quoting: nothing
// has a meaning between single quotes.
func posixWord(w Word) (string, error) {
	plain := w.Text()
	switch {
	case strings.Contains(plain, "\x00"):
		return "", errNUL
	case !w.hasVariable() && !printable(plain):
		if strings.HasSuffix(plain, "\n") {
			return "", errors.New("the text ends in a line end, which a command substitution drops")
		}
		return `"$(printf '` + printfFormat(plain) + `')"`, nil
	case !w.hasVariable():
		return posixQuote(plain), nil
	case !printable(plain):
		return "", errors.New("the text has characters that cannot be shown beside a variable")
	case plain == "" || only(plain, letters+"-_./:@%+=,&? "):
		var b strings.Builder
		b.WriteByte('"')
		for i, p := range w {
			switch {
			case p.Variable == nil:
				b.WriteString(p.Text)
			case i+1 == len(w) || w[i+1].Text != "" && strings.ContainsAny(w[i+1].Text[:1], "/.&?, "):
				b.WriteString("$" + p.Variable.Name)
			default: // what follows would be part of the name or, in zsh, a modifier
				b.WriteString("${" + p.Variable.Name + "}")
			}
		}
		return b.String() + `"`, nil
	}
	var b strings.Builder
	for _, p := range w {
		if p.Variable != nil {
			b.WriteString(`"$` + p.Variable.Name + `"`)
		} else if p.Text != "" {
			b.WriteString("'" + strings.ReplaceAll(p.Text, "'", `'\''`) + "'")
		}
	}
	return b.String(), nil
}

// posixQuote makes one word of a text.
func posixQuote(s string) string {
	if only(s, letters+"-_./:@%+=,") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// printfFormat writes a text as printf's format, in which POSIX.1 knows these
// escapes and \ddd. What is no character that shows becomes one.
func printfFormat(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '%':
			b.WriteString("%%")
		case r == '\\':
			b.WriteString(`\\`)
		case r == '\'':
			b.WriteString(`\047`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == utf8.RuneError && size == 1 || !printable(s[i:i+size]):
			for _, c := range []byte(s[i : i+size]) {
				fmt.Fprintf(&b, `\%03o`, c)
			}
		default:
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}

// posixFile writes a file by printf and not by a here-document, because a report
// indents its commands, and an indented end mark ends no here-document.
func posixFile(a Arg) (string, error) {
	text := a.Word.Text()
	if !a.JSON {
		if a.Word.hasVariable() {
			return "", errors.New("the text has characters that cannot be shown beside a variable")
		}
		return "printf '" + printfFormat(text) + "' > " + posixQuote(a.File), nil
	}
	if a.Word.hasVariable() {
		word, err := posixWord(a.Word)
		return `printf '%s\n' ` + word + " > " + posixQuote(a.File), err
	}
	var pretty bytes.Buffer
	if json.Indent(&pretty, []byte(text), "", "  ") == nil {
		text = pretty.String()
	}
	return `printf '%s\n' '` + strings.ReplaceAll(text, "'", `'\''`) + "' > " + posixQuote(a.File), nil
}

// powerWord follows about_Quoting_Rules: between single quotes a quote is
// doubled, and the typographic ones count as quotes too.
func powerWord(w Word) (string, error) {
	plain := w.Text()
	if strings.Contains(plain, "\x00") {
		return "", errNUL
	}
	if !w.hasVariable() {
		if bare := strings.TrimLeft(plain, "-"); only(bare, letters+"-") && len(plain)-len(bare) <= 2 && bare[0] > '9' {
			return plain, nil
		}
		return powerText(plain)
	}
	var parts []string
	for _, p := range w {
		if p.Variable != nil {
			parts = append(parts, "$"+p.Variable.Name)
			continue
		}
		text, err := powerText(p.Text)
		if err != nil {
			return "", err
		}
		parts = append(parts, text)
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return "(" + strings.Join(parts, " + ") + ")", nil
}

const (
	powerSingle = "'\u2018\u2019\u201a\u201b"
	powerDouble = "\"\u201c\u201d\u201e"
)

// powerText is a text in quotes: in single ones or, where something in it does
// not show, in double ones with escapes.
func powerText(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", errors.New("the text is not valid UTF-8, which PowerShell cannot carry")
	}
	var b strings.Builder
	if printable(s) {
		b.WriteByte('\'')
		for _, r := range s {
			if strings.ContainsRune(powerSingle, r) {
				b.WriteRune(r)
			}
			b.WriteRune(r)
		}
		return b.String() + "'", nil
	}
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString("`n")
		case r == '\r':
			b.WriteString("`r")
		case r == '\t':
			b.WriteString("`t")
		case r == '`' || r == '$' || strings.ContainsRune(powerDouble, r):
			b.WriteString("`" + string(r))
		case !printable(string(r)):
			if r > 0xffff {
				fmt.Fprintf(&b, "$([char]::ConvertFromUtf32(%d))", r)
			} else {
				fmt.Fprintf(&b, "$([char]%d)", r)
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`, nil
}

// powerFile writes UTF-8 without a mark at its beginning, in every version.
func powerFile(a Arg) (string, error) {
	text, err := powerWord(a.Word)
	if !a.Word.hasVariable() {
		text, err = powerText(a.Word.Text())
	}
	return fmt.Sprintf(`[IO.File]::WriteAllText("$PWD/%s", %s)`, a.File, text), err
}

// cmdWord quotes for the C runtime that takes the line apart, and then takes
// from every mark its meaning to cmd, which knows no quoting that a program's
// own would agree with.
func cmdWord(w Word) (string, error) {
	plain := w.Text()
	if err := cmdCarries(plain); err != nil {
		return "", err
	}
	if !w.hasVariable() && only(plain, letters+"-_./:@+,") {
		return plain, nil
	}
	var b strings.Builder
	b.WriteString(`^"`)
	for i, p := range w {
		if p.Variable != nil {
			b.WriteString("%" + p.Variable.Name + "%")
			continue
		}
		text := p.Text
		slashes := 0
		for _, r := range text {
			switch r {
			case '\\':
				slashes++
			case '"':
				b.WriteString(strings.Repeat(`\`, slashes+1)) // doubled, and one for the quote
				slashes = 0
			default:
				slashes = 0
			}
			b.WriteString(cmdRune(r))
		}
		if i == len(w)-1 {
			b.WriteString(strings.Repeat(`\`, slashes)) // before the closing quote
		}
	}
	return b.String() + `^"`, nil
}

func cmdRune(r rune) string {
	if strings.ContainsRune(`()%!^"<>&|`, r) {
		return "^" + string(r)
	}
	return string(r)
}

func cmdCarries(s string) error {
	if !printable(s) {
		return errors.New("the text has line ends or characters that do not show, which cmd cannot carry: use --shell powershell")
	}
	return nil
}

// cmdFile writes JSON by echo, which ends it with a line end.
func cmdFile(a Arg) (string, error) {
	if !a.JSON {
		return "", errors.New("the text has quotes or characters that cmd cannot carry as they are: use --shell powershell")
	}
	var b strings.Builder
	for _, p := range a.Word {
		if p.Variable != nil {
			b.WriteString("%" + p.Variable.Name + "%")
			continue
		}
		if err := cmdCarries(p.Text); err != nil {
			return "", err
		}
		for _, r := range p.Text {
			b.WriteString(cmdRune(r))
		}
	}
	return "echo " + b.String() + "> " + a.File, nil
}
