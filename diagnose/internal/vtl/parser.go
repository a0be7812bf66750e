package vtl

import (
	"sort"
	"strings"
)

// maxNesting bounds the nesting of blocks, expressions and strings in a template.
const maxNesting = 200

// compiler holds what one template and the strings inside it share.
type compiler struct {
	slots  map[string]int // variable name -> place in renderer.vars
	macros map[string]*macro
	sets   map[int]bool // slots that a directive gives a value to
	calls  []*callNode
	refs   []*reference
	starts []int  // byte offsets at which lines start
	fixed  *place // when set, every position is this one (#evaluate)

	open     []string // the directives whose blocks are being read
	blockEnd int      // offset of the directive that ended the last block
	glued    []glued
	layout   *layout      // where the pieces of the text stand, when that is wanted
	unsure   *RenderError // the first place that Velocity's lexer may read otherwise
}

type place struct{ line, column int }

// parser reads one text: the template itself or a string with references in it.
type parser struct {
	*compiler
	src   string
	base  int // offset of src in the original template
	pos   int
	depth int
	inner bool     // src is a string inside the template
	moved bool     // offsets in src are not those of the template: escapes were taken off
	after lexState // what the characters right after a reference still belong to
	under lexState // what they belong to again behind the next directive
	stale bool     // after is such a leftover

	afterHash bool // a lone # stands right before
}

// lexState is a leftover of Velocity's lexer: right behind an unbraced
// reference it is not yet back to plain text.
type lexState uint8

const (
	inText      lexState = iota
	inReference          // behind $name, a call or an index
	inProperty           // behind .name: there ## starts no comment
)

// block is a run of statements up to #end, #else or #elseif.
type block []node

func newCompiler(source string) *compiler {
	c := &compiler{slots: map[string]int{}, macros: map[string]*macro{}, sets: map[int]bool{}, starts: []int{0}}
	for i := 0; i < len(source); i++ {
		if source[i] == '\n' {
			c.starts = append(c.starts, i+1)
		}
	}
	for _, name := range rootNames {
		c.slot(name)
	}
	return c
}

func (c *compiler) slot(name string) int {
	i, ok := c.slots[name]
	if !ok {
		i = len(c.slots)
		c.slots[name] = i
	}
	return i
}

func (c *compiler) place(offset int) place {
	if c.fixed != nil {
		return *c.fixed
	}
	i := sort.SearchInts(c.starts, offset+1) - 1
	return place{line: i + 1, column: offset - c.starts[i] + 1}
}

func (p *parser) here() place { return p.place(p.base + p.pos) }

func (p *parser) errorAt(pos int, message, expected string) error {
	at := p.place(p.base + pos)
	return &SyntaxError{Line: at.line, Column: at.column, Message: message, Expected: expected}
}

// found describes the text at the current position for an error message.
func (p *parser) found() string {
	if p.pos >= len(p.src) {
		return "the template ends too early"
	}
	end := p.pos + 1
	for end < len(p.src) && end < p.pos+12 && isWordByte(p.src[p.pos]) && isWordByte(p.src[end]) {
		end++
	}
	return "unexpected " + quote(p.src[p.pos:end])
}

func (p *parser) unexpected(expected string) error {
	return p.errorAt(p.pos, p.found(), expected)
}

func (p *parser) nest() error {
	if p.depth++; p.depth > maxNesting {
		return p.errorAt(p.pos, "the template is nested too deeply", "")
	}
	return nil
}

// blockEnd tells which directive ended a block.
type blockEnd uint8

const (
	endOfText blockEnd = iota
	endEnd
	endElse
	endElseIf
)

// statements reads up to the end of the text or the directive that ends a
// block, which is consumed (for #elseif up to its parenthesis).
func (p *parser) statements() (block, blockEnd, error) {
	if err := p.nest(); err != nil {
		return nil, 0, err
	}
	defer func() { p.depth-- }()
	p.after, p.stale = p.under, p.under != inText
	var b block
	for p.pos < len(p.src) {
		// #set eats the white space before it when a token starts there; text
		// in front of it on the same line has already swallowed that space.
		if n := p.matchSet(); n > 0 {
			after := p.after
			record := p.begin()
			s, err := p.set(n)
			p.after = after // the lexer returns to where it was
			if err != nil {
				return nil, 0, err
			}
			record.end(p, s)
			b = append(b, s)
			continue
		}
		if p.after != inText {
			record := p.begin()
			t, err := p.leftover()
			if err != nil {
				return nil, 0, err
			}
			record.end(p, t)
			if p.base+p.pos > record.start {
				b, p.under = b.add(t), inText
				continue
			}
		}
		record := p.begin()
		var n node
		var err error
		before, stale, directive := p.after, p.stale, p.startsDirective()
		switch p.src[p.pos] {
		case '\\':
			n, err = p.backslashes()
		case '$':
			n, err = p.dollar(0)
		case '#':
			var end blockEnd
			if n, end, err = p.hash(); end != endOfText {
				return b.seal(), end, err
			}
		default:
			n = p.text()
		}
		if err != nil {
			return nil, 0, err
		}
		record.end(p, n)
		b = b.add(n)
		p.after, p.stale = inText, false
		switch ref, ok := n.(*reference); {
		case ok:
			// A reference right behind a property leaves the lexer in that
			// property's state once a directive follows.
			p.after = ref.behind()
			switch {
			case stale && p.after == inText:
				p.after, p.stale = before, true
			case before == inProperty && p.after != inText:
				p.under = inProperty
			case before == inText && !p.afterHash:
				p.under = inText
			}
			p.afterHash = false
		case directive:
			p.after, p.stale = p.under, p.under != inText
		default:
			p.under = inText
		}
	}
	return b.seal(), endOfText, nil
}

// startsDirective tells a directive, a comment or a text block from a lone #.
func (p *parser) startsDirective() bool {
	rest := p.src[p.pos:]
	if rest[0] != '#' {
		return false
	}
	_, length := directiveWord(rest)
	return length > 0 || strings.HasPrefix(rest, "##") || strings.HasPrefix(rest, "#*") || strings.HasPrefix(rest, "#[[")
}

// seal joins the parts of every text.
func (b block) seal() block {
	for _, n := range b {
		if t, ok := n.(*textRun); ok && t.parts != nil {
			t.text, t.parts = strings.Join(t.parts, ""), nil
		}
	}
	return b
}

// add appends a statement; neighbouring texts become one.
func (b block) add(n node) block {
	t, ok := n.(textNode)
	if !ok {
		if n == nil {
			return b
		}
		return append(b, n)
	}
	if t == "" {
		return b
	}
	if k := len(b) - 1; k >= 0 {
		if last, ok := b[k].(*textRun); ok {
			last.parts = append(last.parts, string(t))
			return b
		}
	}
	return append(b, &textRun{parts: []string{string(t)}})
}

func (p *parser) text() node {
	rest := p.src[p.pos:]
	n := strings.IndexAny(rest, "$#\\")
	if n < 0 {
		n = len(rest)
	}
	p.pos += n
	return textNode(rest[:n])
}

// matchSet returns the length of `  #set (` at the current position, or 0.
func (p *parser) matchSet() int { return p.matchSetAt(p.pos) }

func (p *parser) matchSetAt(start int) int {
	i := start
	for i < len(p.src) && (p.src[i] == ' ' || p.src[i] == '\t') {
		i++
	}
	rest := p.src[i:]
	switch {
	case strings.HasPrefix(rest, "#set"):
		i += len("#set")
	case strings.HasPrefix(rest, "#{set}"):
		i += len("#{set}")
	default:
		return 0
	}
	for i < len(p.src) && p.src[i] == ' ' {
		i++
	}
	if i < len(p.src) && p.src[i] == '(' {
		return i + 1 - start
	}
	return 0
}

// skipLineEnd consumes blanks and one line end, if only they follow.
func (p *parser) skipLineEnd() {
	i := p.pos
	for i < len(p.src) && (p.src[i] == ' ' || p.src[i] == '\t') {
		i++
	}
	if i >= len(p.src) {
		return
	}
	switch {
	case strings.HasPrefix(p.src[i:], "\r\n"):
		p.pos = i + 2
	case p.src[i] == '\n' || p.src[i] == '\r':
		p.pos = i + 1
	}
}

func (p *parser) skipSpace() {
	for p.pos < len(p.src) && isSpace(p.src[p.pos]) {
		p.pos++
	}
}

func (p *parser) peek() byte {
	if p.pos < len(p.src) {
		return p.src[p.pos]
	}
	return 0
}

func (p *parser) expect(c byte) error {
	if p.pos >= len(p.src) || p.src[p.pos] != c {
		return p.unexpected(quote(string(c)))
	}
	p.pos++
	return nil
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isSpace(c byte) bool  { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isWordByte(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' || c >= 0x80 }

// isNameByte: Velocity names may hold hyphens, so $your-msg-group-id is one variable.
func isNameByte(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' || c == '-' }

func quote(s string) string { return `"` + s + `"` }
