package vtl

import (
	"strings"

	"apisqs-doctor/diagnose/text/lazy"
)

// hash reads what starts with '#': a comment, a text block, a directive, a
// macro call, or plain text.
func (p *parser) hash() (node, blockEnd, error) {
	rest := p.src[p.pos:]
	switch {
	case strings.HasPrefix(rest, "#[["):
		end := strings.Index(rest, "]]#")
		if end < 0 {
			return nil, 0, p.errorAt(p.pos, "the text block is not closed", quote("]]#"))
		}
		p.pos += end + len("]]#")
		return textNode(rest[len("#[["):end]), 0, nil
	case strings.HasPrefix(rest, "#*"):
		// An unclosed comment runs to the end of the template.
		end := strings.Index(rest[2:], "*#")
		if end < 0 {
			p.pos = len(p.src)
		} else {
			p.pos += 2 + end + 2
		}
		return nil, 0, nil
	case strings.HasPrefix(rest, "##"):
		p.comment()
		return nil, 0, nil
	}
	word, length := directiveWord(rest)
	start := p.pos
	if length == 0 {
		p.pos++
		for p.pos < len(p.src) && isDigit(p.src[p.pos]) {
			p.pos++ // a number there is a token of its own
		}
		if p.pos > start+1 {
			return textNode(p.src[start:p.pos]), 0, nil
		}
		n, err := p.stray("#", start)
		return n, 0, err
	}
	at := p.here()
	p.pos += length
	switch word {
	case "end":
		p.blockEnd = start
		p.skipLineEnd()
		return nil, endEnd, nil
	case "else":
		p.elseIf(start)
		p.skipLineEnd()
		return nil, endElse, nil
	case "elseif":
		return nil, endElseIf, nil
	case "if":
		n, err := p.ifNode(start)
		return n, 0, err
	}
	n, err := p.directive(word, start, at)
	return n, 0, err
}

// comment skips `## ...` with the line end (T147).
func (p *parser) comment() {
	n := strings.IndexAny(p.src[p.pos:], "\r\n")
	if n < 0 {
		p.pos = len(p.src)
		return
	}
	p.pos += n
	p.skipLineEnd()
}

// directive reads everything but #if, #else, #elseif, #end and #set.
func (p *parser) directive(word string, start int, at place) (node, error) {
	p.noteGlued(word, start)
	args, literal, called, err := p.directiveArgs(start)
	if err != nil {
		return nil, err
	}
	switch word {
	case "break", "stop":
		return &haltNode{stop: word == "stop"}, nil
	case "include", "parse":
		if called {
			return &refusedNode{at: at, name: word}, nil
		}
	case "evaluate":
		if len(args) != 1 {
			return nil, p.errorAt(start, "#evaluate takes one argument", "#evaluate($text)")
		}
		switch args[0].expr.(type) {
		case *reference, *textLiteral, *interpolation:
		default:
			return nil, p.errorAt(start, "#evaluate takes a string or a reference", "#evaluate($text)")
		}
		return &evaluateNode{at: at, arg: args[0].expr}, nil
	case "macro":
		return p.macro(args, called, start)
	case "literal":
		if called {
			return p.literal(args, start, at)
		}
	case "foreach":
		if called {
			return p.foreach(args, start, at)
		}
	case "define":
		if called {
			return p.define(args, start)
		}
	default:
		call := &callNode{at: at, name: word, args: args, literal: literal}
		p.calls = append(p.calls, call)
		if name, ok := strings.CutPrefix(word, "@"); ok && called {
			body, err := p.body(start, word)
			if err != nil {
				return nil, err
			}
			call.name, call.body, call.literal = name, body, p.src[start:p.pos]
		}
		return call, nil
	}
	return textNode(literal), nil
}

// body reads the statements up to #end.
func (p *parser) body(start int, word string) (block, error) {
	b, end, err := p.within(word)
	if err != nil {
		return nil, err
	}
	if end != endEnd {
		return nil, p.unclosed(start, word, end)
	}
	return b, nil
}

// within reads the statements of a directive's block.
func (p *parser) within(word string) (block, blockEnd, error) {
	p.open = append(p.open, word)
	leave := p.layout.enter()
	b, end, err := p.statements()
	leave()
	p.open = p.open[:len(p.open)-1]
	return b, end, err
}

func (p *parser) unclosed(start int, word string, end blockEnd) error {
	if word == "else" {
		word = "if"
	}
	if err := p.gluedEnd(start, word); err != nil && end == endOfText {
		return err
	}
	if end == endOfText {
		return p.errorAt(start, "#"+word+" is not closed", "#end")
	}
	return p.errorAt(start, "#"+word+" holds an #else that belongs to no #if", "#end")
}

func (p *parser) condition(word string) (expr, error) {
	p.skipSpace()
	if p.peek() != '(' {
		return nil, p.unexpected(quote("(") + " after #" + word)
	}
	p.pos++
	e, err := p.expression()
	if err != nil {
		return nil, err
	}
	if err := p.expect(')'); err != nil {
		return nil, err
	}
	p.skipLineEnd()
	return e, nil
}

func (p *parser) ifNode(start int) (node, error) {
	n := &ifNode{}
	word := "if"
	for {
		cond, err := p.condition(word)
		if err != nil {
			return nil, err
		}
		b, end, err := p.within("if")
		if err != nil {
			return nil, err
		}
		n.arms = append(n.arms, arm{cond: cond, body: b})
		switch end {
		case endEnd:
			return n, nil
		case endElseIf:
			word = "elseif"
		case endElse:
			n.otherwise, err = p.body(start, "else")
			return n, err
		default:
			return nil, p.unclosed(start, "if", end)
		}
	}
}

func (p *parser) set(length int) (node, error) {
	start := p.pos
	p.pos += length
	p.skipSpace()
	if p.peek() != '$' {
		return nil, p.unexpected("a reference, as in #set($name = value)")
	}
	ref, err := p.reference()
	if err != nil {
		return nil, err
	}
	if ref == nil {
		return nil, p.unexpected("a reference, as in #set($name = value)")
	}
	p.skipSpace()
	if err := p.expect('='); err != nil {
		return nil, err
	}
	e, err := p.expression()
	if err != nil {
		return nil, err
	}
	if err := p.expect(')'); err != nil {
		return nil, err
	}
	p.skipLineEnd()
	if len(ref.steps) == 0 {
		p.sets[ref.slot] = true
	}
	at := p.place(p.base + start)
	return &setNode{at: at, target: ref, value: e, path: ref.overridePath()}, nil
}

// argument is one argument of a directive; a bare word has no expr.
type argument struct {
	word string
	expr expr
}

// directiveArgs reads `( a b, c )` if a parenthesis follows. literal is the
// source text of the directive, which unknown ones print.
func (p *parser) directiveArgs(start int) (args []argument, literal string, called bool, err error) {
	end := p.pos
	p.skipSpace()
	if p.peek() != '(' {
		p.pos = end
		return nil, p.src[start:end], false, nil
	}
	p.pos++
	for {
		p.skipSpace()
		if p.peek() == ')' {
			p.pos++
			p.skipLineEnd()
			return args, p.src[start:p.pos], true, nil
		}
		if p.peek() == ',' {
			p.pos++
			p.skipSpace()
		}
		var a argument
		if c := p.peek(); isLetter(c) || c == '_' || c == '@' {
			a.word = p.word()
			if a.word == "true" || a.word == "false" {
				a = argument{expr: boolLiteral(a.word == "true")}
			}
		} else if a.expr, err = p.parameter(); err != nil {
			return nil, "", false, err
		}
		args = append(args, a)
	}
}

func (p *parser) word() string {
	start := p.pos
	for p.pos < len(p.src) && (isLetter(p.src[p.pos]) || isDigit(p.src[p.pos]) || p.src[p.pos] == '_' || p.src[p.pos] == '@') {
		p.pos++
	}
	return p.src[start:p.pos]
}

func (p *parser) macro(args []argument, called bool, start int) (node, error) {
	if !called || len(args) == 0 {
		return nil, p.errorAt(start, "a macro needs a name", "#macro(name $argument)")
	}
	if args[0].word == "" {
		return nil, p.errorAt(start, "the name of a macro is a bare word", "#macro(name $argument)")
	}
	m := &macro{name: args[0].word}
	for _, a := range args[1:] {
		ref, ok := a.expr.(*reference)
		if !ok {
			return nil, p.errorAt(start, "the arguments of a macro are references", "#macro(name $argument)")
		}
		m.params = append(m.params, ref.slot)
		p.sets[ref.slot] = true
	}
	p.macros[m.name] = m // the last definition of a name wins, also for calls before it
	var err error
	m.body, err = p.body(start, "macro")
	return nil, err
}

func (p *parser) foreach(args []argument, start int, at place) (node, error) {
	if len(args) == 0 {
		return nil, p.errorAt(start, "#foreach without arguments", "#foreach($item in $list)")
	}
	n := &foreachNode{at: at, slot: -1}
	if ref, ok := args[0].expr.(*reference); ok && len(args) == 3 && args[1].word == "in" && args[2].expr != nil {
		n.slot, n.list = ref.slot, args[2].expr
		p.sets[ref.slot] = true
	}
	n.foreach, n.count, n.hasNext = p.slot("foreach"), p.slot("velocityCount"), p.slot("velocityHasNext")
	var err error
	n.body, err = p.body(start, "foreach")
	return n, err
}

// literalUnsure finds what Velocity's lexer changes inside of #literal: escapes,
// comments, text blocks and lone signs before others.
var literalUnsure = lazy.Regexp(`\\[$#\\]|#[^A-Za-z{]|\$([$#]|$)`)

// literal reads #literal()...#end, which prints the source of its block.
// Velocity drops escapes and comments from it in ways that are not followed.
func (p *parser) literal(args []argument, start int, at place) (node, error) {
	from := p.pos
	if _, err := p.body(start, "literal"); err != nil {
		return nil, err
	}
	text := p.src[from:p.blockEnd]
	if text == "" && len(args) == 0 {
		return nil, p.errorAt(start, "#literal without a text fails in Velocity", "a text before #end")
	}
	return &literalNode{at: at, text: text, unsure: len(args) > 0 || literalUnsure.MatchString(text)}, nil
}

func (p *parser) define(args []argument, start int) (node, error) {
	if len(args) != 1 {
		return nil, p.errorAt(start, "#define takes one reference", "#define($name)")
	}
	ref, ok := args[0].expr.(*reference)
	if !ok {
		return nil, p.errorAt(start, "#define takes one reference", "#define($name)")
	}
	p.sets[ref.slot] = true
	b, err := p.body(start, "define")
	return &defineNode{slot: ref.slot, body: b}, err
}
