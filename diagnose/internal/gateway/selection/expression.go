package selection

import (
	"fmt"
	"strings"
)

// Expression is a compiled selection expression.
type Expression struct {
	Text    string
	Sources []Source
	// Doubts say what no evidence settles about how AWS reads the text, or
	// whether it stores it.
	Doubts []string

	parts []part
}

// part is static text, or one of the expression's sources.
type part struct {
	text   string
	source int // -1 for static text
}

// Grammar tells what is different in one place from the others.
type Grammar struct {
	JSON     bool // braces are text, as in an integration's MessageAttributes (H28)
	Escapes  bool // \$ is a dollar sign, as in a template selection expression (H102)
	Response bool // the sources are those of a response (H51)
}

// InvalidError is a text that AWS does not store.
type InvalidError struct {
	Text   string // the whole expression
	Part   string // the part that is at fault
	Reason string // in plain words
}

func (e *InvalidError) Error() string { return e.Reason }

// Parse compiles an expression. The error is an *InvalidError.
func Parse(text string, g Grammar) (*Expression, error) {
	p := parser{e: &Expression{Text: text}, g: g}
	if err := p.parse(); err != nil {
		return nil, err
	}
	return p.e, nil
}

type parser struct {
	e     *Expression
	g     Grammar
	start int // of static text that is not filed yet
	i     int
	depth int // of braces in static text
}

func (p *parser) parse() error {
	text := p.e.Text
	for p.i < len(text) {
		var err error
		switch c := text[p.i]; {
		case c == '\\' && strings.HasPrefix(text[p.i+1:], "$"):
			p.escape()
		case c == '$' && strings.HasPrefix(text[p.i+1:], "{"):
			err = p.block()
		case c == '$':
			err = p.bare()
		case (c == '{' || c == '}') && !p.g.JSON:
			err = p.brace(c)
		default:
			p.i++
		}
		if err != nil {
			return err
		}
	}
	if p.depth > 0 {
		return p.invalid(text, "a brace is not closed")
	}
	p.static(len(text))
	return nil
}

func (p *parser) invalid(part, format string, args ...any) error {
	return &InvalidError{Text: p.e.Text, Part: part, Reason: fmt.Sprintf(format, args...)}
}

func (p *parser) doubt(what string) {
	for _, d := range p.e.Doubts {
		if d == what {
			return
		}
	}
	p.e.Doubts = append(p.e.Doubts, what)
}

// static files the text since the last source.
func (p *parser) static(end int) {
	if end > p.start {
		p.e.parts = append(p.e.parts, part{text: p.e.Text[p.start:end], source: -1})
	}
	p.start = end
}

func (p *parser) escape() {
	if !p.g.Escapes {
		p.doubt("whether a backslash takes away the meaning of a dollar sign is not documented")
		p.i += 2
		return
	}
	p.static(p.i)
	p.start = p.i + 1
	p.i += 2
}

// block reads ${...}. What stands between may hold an opening brace, and runs to
// the first closing one (H23, H24).
func (p *parser) block() error {
	text := p.e.Text
	n := strings.IndexByte(text[p.i:], '}')
	if n < 0 {
		return p.invalid(text[p.i:], "the brace of %s is not closed", text[p.i:])
	}
	whole := text[p.i : p.i+n+1]
	source, ok := readSource(whole[2:n], p.g.Response)
	if !ok {
		return p.invalid(whole, "%s is no source", whole)
	}
	p.source(source, p.i+n+1)
	return nil
}

// bare reads $source without braces. It ends for certain at white space, at the
// next dollar sign and at the end (H25).
func (p *parser) bare() error {
	text := p.e.Text
	end := p.i + 1
	for end < len(text) && strings.IndexByte(" \t\r\n${}", text[end]) < 0 {
		end++
	}
	if end-p.i <= 2 { // a dollar sign with at most one character is text (H24)
		if end < len(text) && strings.IndexByte("{}", text[end]) < 0 {
			p.doubt("whether " + text[p.i:end] + " is text where more follows is not documented")
		}
		p.i = end
		return nil
	}
	name := end
	for j, brackets := p.i+1, 0; j < end; j++ {
		switch text[j] {
		case '[':
			brackets++
		case ']':
			brackets--
		}
		if brackets <= 0 && !nameByte(text[j]) {
			name = j
			p.doubt("where the source " + text[p.i:j] + " ends is not documented; write ${" + text[p.i+1:j] + "}")
			break
		}
	}
	source, ok := readSource(text[p.i+1:name], p.g.Response)
	if !ok && name < end {
		source, ok = readSource(text[p.i+1:end], p.g.Response)
		name = end
	}
	if !ok {
		return p.invalid(text[p.i:end], "%s is no source", text[p.i:end])
	}
	if end < len(text) && (text[end] == '{' || text[end] == '}') && !p.g.JSON {
		return p.invalid(text[p.i:end+1], "a brace follows %s", text[p.i:end]) // H23
	}
	p.source(source, name)
	return nil
}

// nameByte tells the characters that a name or a JSON path surely may have.
func nameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("._-[]", c) >= 0
}

// brace reads a brace of static text. A lone one is refused (H23); whether a pair
// is, outside of header mappings, is not recorded.
func (p *parser) brace(c byte) error {
	if c == '{' {
		p.depth++
	} else if p.depth--; p.depth < 0 {
		return p.invalid("}", "a closing brace has no opening one")
	}
	p.doubt("whether AWS takes text with braces here is not documented")
	p.i++
	return nil
}

func (p *parser) source(s Source, end int) {
	p.static(p.i)
	s.Start, s.End, s.Text = p.i, end, p.e.Text[p.i:end]
	s.span.Reference, s.span.Printed = s.Text, s.Text
	s.span.Line, s.span.Column = 1, p.i+1
	s.span.PrintedLine, s.span.PrintedColumn = 1, p.i+1
	p.e.Sources = append(p.e.Sources, s)
	p.e.parts = append(p.e.parts, part{source: len(p.e.Sources) - 1})
	p.start, p.i = end, end
}

// Static is the text of an expression without sources.
func (e *Expression) Static() (string, bool) {
	if len(e.Sources) > 0 {
		return "", false
	}
	var b strings.Builder
	for _, p := range e.parts {
		b.WriteString(p.text)
	}
	return b.String(), true
}
