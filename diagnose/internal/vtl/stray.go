package vtl

import "strings"

// This file reads what is neither plain text nor a whole reference or
// directive: escapes, lone signs, and what the lexer leaves behind references.

// backslashes reads a run of backslashes: they escape a reference or a known
// directive that touches them and are plain text otherwise (T148).
func (p *parser) backslashes() (node, error) {
	start := p.pos
	n := 0
	for p.pos < len(p.src) && p.src[p.pos] == '\\' {
		p.pos++
		n++
	}
	run := p.src[start:p.pos]
	if p.pos == len(p.src) {
		return textNode(run), nil
	}
	switch p.src[p.pos] {
	case '$':
		return p.dollar(n)
	case '#':
		word, length := directiveWord(p.src[p.pos:])
		if length == 0 {
			return textNode(run), nil
		}
		known := p.isDirective(word)
		if n%2 == 1 {
			text := p.src[p.pos : p.pos+length]
			p.pos += length
			if known {
				run = run[:n/2]
			}
			return textNode(run + text), nil
		}
		if known && word != "set" {
			run = run[:n/2]
		}
	}
	return textNode(run), nil
}

// directiveWord reads `#name` or `#{name}` and returns the name and the length
// of the whole; the length is 0 when there is no name.
func directiveWord(s string) (string, int) {
	i, braced := 1, false
	if i < len(s) && s[i] == '{' {
		i, braced = 2, true
	}
	start := i
	for i < len(s) && (isLetter(s[i]) || s[i] == '_' || s[i] == '@' || i > start && isDigit(s[i])) {
		i++
	}
	if i == start || braced && s[start] == '@' {
		return "", 0
	}
	if braced {
		if i >= len(s) || s[i] != '}' {
			return "", 0
		}
		return s[start:i], i + 1
	}
	return s[start:i], i
}

func (p *parser) isDirective(word string) bool {
	switch word {
	case "set", "if", "else", "elseif", "end", "foreach", "macro", "define", "evaluate", "break", "stop", "include", "parse", "literal":
		return true
	}
	return p.macros[word] != nil
}

// dollar reads a reference, or the text of a dollar sign that starts none.
func (p *parser) dollar(escapes int) (node, error) {
	ref, err := p.reference()
	if err != nil {
		return nil, err
	}
	if ref != nil {
		ref.escapes = escapes
		return ref, nil
	}
	start := p.pos - escapes
	if strings.HasPrefix(p.src[p.pos+1:], "{$") {
		p.doubtLexer()
	}
	for p.pos++; p.pos+1 < len(p.src) && p.src[p.pos] == '$' && (p.src[p.pos+1] == '$' || p.src[p.pos+1] == '#' || p.matchSetAt(p.pos+1) > 0); {
		p.pos++
	}
	text := p.src[start:p.pos]
	if strings.HasPrefix(p.src[p.pos:], "!") && (p.pos+1 >= len(p.src) || strings.IndexByte("[{$", p.src[p.pos+1]) < 0) {
		p.pos++ // $! that starts no reference loses its mark
	}
	return p.stray(text, start)
}

// stray is a dollar or number sign that starts nothing. Velocity loses it when
// a directive follows at once, and takes none at the end of a template.
func (p *parser) stray(text string, start int) (node, error) {
	if p.pos >= len(p.src) {
		if p.inner {
			return textNode(text), nil
		}
		return nil, p.errorAt(start, quote(text)+" stands at the end of the template", "a name, or text after it")
	}
	if p.matchSet() > 0 {
		return nil, nil
	}
	switch rest := p.src[p.pos:]; {
	case strings.HasSuffix(text, "#") && rest[0] == '$':
		p.under, p.afterHash = inProperty, true
	case rest[0] == '\\':
		// Behind a lone sign a backslash escapes no reference.
		n := len(rest) - len(strings.TrimLeft(rest, `\`))
		if n < len(rest) && rest[n] == '$' {
			p.pos += n
			return textNode(text + rest[:n]), nil
		}
	}
	if p.src[p.pos] != '#' || strings.HasPrefix(p.src[p.pos:], "##") {
		return textNode(text), nil
	}
	if strings.HasPrefix(p.src[p.pos:], "#*") {
		return nil, nil
	}
	word, length := directiveWord(p.src[p.pos:])
	switch word {
	case "":
		return textNode(text), nil
	case "if", "elseif", "else", "end":
		return nil, nil
	}
	// Any other directive loses its meaning and is text.
	at := p.pos
	p.pos += length
	_, literal, _, err := p.directiveArgs(at)
	return textNode(text + literal), err
}

// leftover reads what Velocity's lexer takes for more of a reference right
// behind it: a word (printed without the properties after it), a brace, and
// behind a property the first # of ##.
func (p *parser) leftover() (textNode, error) {
	state, c := p.after, p.src[p.pos]
	rest := p.src[p.pos:]
	switch {
	case strings.HasPrefix(rest, "{$"), p.stale && (c == '[' || c == '{' || strings.HasPrefix(rest, "##")), c == '(' && (state == inProperty || p.under == inProperty):
		p.doubtLexer()
		p.after, p.under = inText, inText
		return "", nil
	case strings.HasPrefix(rest, "###"):
		p.comment()
		p.after = inText
	case c == '}':
		p.after = inText
		p.pos++
		return "}", nil
	case c == '{' && (p.pos+1 >= len(p.src) || !isLetter(p.src[p.pos+1]) && p.src[p.pos+1] != '_'):
		p.pos++
		return "{", nil
	case c == '{':
		p.pos++
		if _, err := p.bareword(); err != nil {
			return "", err
		}
		p.after = inText
		return "{", p.expect('}')
	case isLetter(c) || c == '_':
		name, err := p.bareword()
		p.after = inReference
		return textNode(name), err
	case c == '[':
		return "", p.unexpected("text; the lexer takes this bracket for an index of the reference before the directive")
	case state == inProperty && strings.HasPrefix(rest, "##"):
		p.after = inText
		p.pos++
		word, _ := directiveWord(p.src[p.pos:])
		if word == "" {
			p.pos++
			if p.pos >= len(p.src) && !p.inner {
				return "", p.errorAt(p.pos-2, `"##" behind a property is no comment`, "${name.property}##")
			}
			return "##", nil
		}
		n, err := p.stray("#", p.pos-1)
		t, _ := n.(textNode)
		return t, err
	}
	return "", nil
}

// doubtLexer makes every rendering unknown: right behind a reference, and behind
// a directive that follows two references without a text between, Velocity's
// lexer takes brackets and signs for parts of a reference in ways that are not
// followed here.
func (p *parser) doubtLexer() {
	if p.unsure == nil {
		at := p.here()
		p.unsure = &RenderError{Line: at.line, Column: at.column, Unknown: true,
			Message: quote(p.src[p.pos:p.pos+1]) + " may still belong to the reference before it; braces, as in ${name.property}, make that plain"}
	}
}

// bareword reads a name with properties and calls but without a dollar sign.
func (p *parser) bareword() (string, error) {
	start := p.pos
	name := p.name()
	if name == "true" || name == "false" {
		return "", p.errorAt(start, quote(name)+" right behind a reference", "${name} with braces before it")
	}
	for p.pos < len(p.src) {
		if _, ok, err := p.step(); !ok || err != nil {
			return name, err
		}
	}
	return name, nil
}
