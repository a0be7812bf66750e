package vtl

import (
	"slices"
	"strings"
)

// Problem is something in a template that compiles and is evidently not what
// was meant: a directive that Velocity reads as text (T173).
type Problem struct {
	Line, Column int    // 1-based, in the text as written
	Message      string // what is wrong, lower case
	Repair       Edit   // what makes it the directive that was meant; it changes nothing where that cannot be told
}

// glued is a Problem with the name that it has as a macro, which would make it
// none.
type glued struct {
	Problem
	word string
}

// Problems lists the places where a directive is read as text, in the order of
// the template.
func (t *Template) Problems() []Problem { return slices.Clone(t.problems) }

// noteGlued notes #elseAction= and #endAction, which Velocity takes for macros
// that do not exist, and directives in capitals.
func (p *parser) noteGlued(word string, start int) {
	if p.moved || p.fixed != nil {
		return
	}
	text := p.src[start:p.pos]
	inIf := len(p.open) > 0 && p.open[len(p.open)-1] == "if"
	switch lower := strings.ToLower(word); {
	case lower != word && (lower == "end" && len(p.open) > 0 || inIf && (lower == "else" || lower == "elseif") ||
		(lower == "set" || lower == "if" || lower == "foreach") && strings.HasPrefix(p.src[p.pos:], "(")):
		p.addGlued(word, start, text, "#"+lower, "is no directive: directives are written in small letters")
	case strings.HasPrefix(text, "#{"):
	case inIf && strings.HasPrefix(word, "else") && len(word) > len("else"):
		p.addGlued(word, start, text, "#{else}"+word[len("else"):], "is no directive and is printed as text: nothing may touch #else but its braces")
	case len(p.open) > 0 && strings.HasPrefix(word, "end") && len(word) > len("end"):
		p.addGlued(word, start, text, "#{end}"+word[len("end"):], "is no directive and is printed as text: nothing may touch #end but its braces")
	case word == "set" && !p.directiveCalled():
		p.addGlued(word, start, text, "", "without a parenthesis is printed as text")
	}
}

func (p *parser) directiveCalled() bool {
	return strings.HasPrefix(strings.TrimLeft(p.src[p.pos:], " \t\r\n"), "(")
}

// elseIf notes "#else if (", whose condition is printed as text.
func (p *parser) elseIf(start int) {
	rest := p.src[p.pos:]
	blank := len(rest) - len(strings.TrimLeft(rest, " \t"))
	if blank == 0 || p.moved || p.fixed != nil || !strings.HasPrefix(rest[blank:], "if") || !strings.HasPrefix(strings.TrimLeft(rest[blank+2:], " \t"), "(") {
		return
	}
	p.addGlued("else", start, p.src[start:p.pos+blank+2], "#elseif", "is #else and a text: another condition is written #elseif")
}

func (p *parser) addGlued(word string, start int, text, repair, message string) {
	at := p.place(p.base + start)
	if repair == "" {
		repair = text
	}
	p.glued = append(p.glued, glued{word: word, Problem: Problem{Line: at.line, Column: at.column, Message: quote(text) + " " + message,
		Repair: Edit{Offset: p.base + start, Old: text, New: repair}}})
}

// gluedEnd is the error of a block that has no #end but something like it.
func (p *parser) gluedEnd(start int, word string) error {
	for _, g := range p.glued {
		if strings.HasPrefix(g.Repair.New, "#{end}") || g.Repair.New == "#end" {
			if g.Repair.Offset > p.base+start {
				repair := g.Repair
				return &SyntaxError{Line: g.Line, Column: g.Column, Message: g.Message + ", so #" + word + " is not closed", Expected: quote(g.Repair.New), Repair: &repair}
			}
		}
	}
	return nil
}

// problems are the notes that no macro of the template explains.
func (c *compiler) problems() []Problem {
	var list []Problem
	for _, g := range c.glued {
		if c.macros[g.word] == nil {
			list = append(list, g.Problem)
		}
	}
	return list
}
