package vtl

import (
	"math/big"
	"strconv"
	"strings"
)

// expr is something with a value.
type expr interface {
	eval(r *renderer) value
	// truth is the value as a condition. Velocity gives every literal and
	// every calculation false, a reference true unless it is null or false.
	truth(r *renderer) bool
}

type operator uint8

const (
	opOr operator = iota
	opAnd
	opEqual
	opNotEqual
	opLess
	opGreater
	opLessEqual
	opGreaterEqual
	opAdd
	opSubtract
	opMultiply
	opDivide
	opModulo
)

// levels lists the binary operators from the weakest to the strongest.
var levels = [][]struct {
	text string
	op   operator
}{
	{{"||", opOr}, {"or", opOr}},
	{{"&&", opAnd}, {"and", opAnd}},
	{{"==", opEqual}, {"!=", opNotEqual}, {"eq", opEqual}, {"ne", opNotEqual}},
	{{"<=", opLessEqual}, {">=", opGreaterEqual}, {"<", opLess}, {">", opGreater}, {"le", opLessEqual}, {"ge", opGreaterEqual}, {"lt", opLess}, {"gt", opGreater}},
	{{"+", opAdd}, {"-", opSubtract}},
	{{"*", opMultiply}, {"/", opDivide}, {"%", opModulo}},
}

func (p *parser) expression() (expr, error) { return p.binary(0) }

func (p *parser) binary(level int) (expr, error) {
	if level == len(levels) {
		return p.unary()
	}
	left, err := p.binary(level + 1)
	if err != nil {
		return nil, err
	}
	for {
		p.skipSpace()
		start := p.pos
		op, ok, err := p.operator(level)
		if err != nil || !ok {
			return left, err
		}
		right, err := p.binary(level + 1)
		if err != nil {
			return nil, err
		}
		left = &binaryNode{op: op, left: left, right: right, at: p.place(p.base + start)}
	}
}

func (p *parser) operator(level int) (operator, bool, error) {
	rest := p.src[p.pos:]
	for _, o := range levels[level] {
		if !strings.HasPrefix(rest, o.text) {
			continue
		}
		after := rest[len(o.text):]
		if isLetter(o.text[0]) && after != "" && (isWordByte(after[0])) {
			continue
		}
		if o.op == opSubtract && after != "" && (isDigit(after[0]) || after[0] == '.' && len(after) > 1 && isDigit(after[1])) {
			// Velocity reads `-1` as a number here, never as a subtraction.
			return 0, false, p.errorAt(p.pos, "a minus that touches a digit starts a number", `"- " with a blank`)
		}
		p.pos += len(o.text)
		return o.op, true, nil
	}
	return 0, false, nil
}

func (p *parser) unary() (expr, error) {
	if err := p.nest(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	p.skipSpace()
	rest := p.src[p.pos:]
	switch {
	case strings.HasPrefix(rest, "!"):
		p.pos++
	case strings.HasPrefix(rest, "not") && (len(rest) == 3 || !isWordByte(rest[3])):
		p.pos += 3
	case strings.HasPrefix(rest, "("):
		p.pos++
		e, err := p.expression()
		if err != nil {
			return nil, err
		}
		p.skipSpace()
		return e, p.expect(')')
	default:
		e, err := p.parameter()
		p.skipSpace()
		return e, err
	}
	e, err := p.unary()
	return &notNode{operand: e}, err
}

// parameter reads what may stand as an argument, a list member or a map value:
// no operators there, Velocity 1.7 has none.
func (p *parser) parameter() (expr, error) {
	if err := p.nest(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	p.skipSpace()
	c := p.peek()
	switch {
	case c == '"' || c == '\'':
		return p.str()
	case c == '$':
		start := p.pos
		ref, err := p.reference()
		if err == nil && ref == nil {
			return nil, p.errorAt(start, "a dollar sign without a name", "a reference")
		}
		return ref, err
	case c == '[':
		return p.list()
	case c == '{':
		return p.mapping()
	case isDigit(c) || c == '-' || c == '.':
		return p.number()
	case isLetter(c):
		start := p.pos
		switch word := p.word(); word {
		case "true", "false":
			return boolLiteral(word == "true"), nil
		default:
			p.pos = start
		}
	}
	return nil, p.unexpected("a reference, string, number, list or map")
}

func (p *parser) list() (expr, error) {
	p.pos++
	if p.peek() == ']' {
		p.pos++
		return &listLiteral{}, nil
	}
	first, err := p.parameter()
	if err != nil {
		return nil, err
	}
	p.skipSpace()
	if strings.HasPrefix(p.src[p.pos:], "..") {
		at := p.here()
		p.pos += 2
		last, err := p.parameter()
		if err != nil {
			return nil, err
		}
		p.skipSpace()
		return &rangeLiteral{first: first, last: last, at: at}, p.expect(']')
	}
	l := &listLiteral{items: []expr{first}}
	for p.peek() == ',' {
		p.pos++
		e, err := p.parameter()
		if err != nil {
			return nil, err
		}
		l.items = append(l.items, e)
		p.skipSpace()
	}
	return l, p.expect(']')
}

func (p *parser) mapping() (expr, error) {
	p.pos++
	m := &mapLiteral{}
	p.skipSpace()
	if p.peek() == '}' {
		p.pos++
		return m, nil
	}
	for {
		k, err := p.parameter()
		if err != nil {
			return nil, err
		}
		p.skipSpace()
		if err := p.expect(':'); err != nil {
			return nil, err
		}
		v, err := p.parameter()
		if err != nil {
			return nil, err
		}
		m.keys, m.values = append(m.keys, k), append(m.values, v)
		p.skipSpace()
		if p.peek() != ',' {
			return m, p.expect('}')
		}
		p.pos++
	}
}

// number reads an integer or a floating-point literal; `1..` is an integer
// that starts a range.
func (p *parser) number() (expr, error) {
	start, i := p.pos, p.pos
	s := p.src
	digits := func() int {
		n := 0
		for i < len(s) && isDigit(s[i]) {
			i++
			n++
		}
		return n
	}
	if s[i] == '-' {
		i++
	}
	whole, float := digits(), false
	if i < len(s) && s[i] == '.' && !strings.HasPrefix(s[i:], "..") {
		mark := i
		i++
		if digits() > 0 || whole > 0 {
			float = true
		} else {
			i = mark
		}
	}
	if whole == 0 && !float {
		return nil, p.unexpected("a number")
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		mark := i
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		if digits() > 0 {
			float = true
		} else {
			i = mark
		}
	}
	p.pos = i
	text := s[start:i]
	if float {
		f, _ := strconv.ParseFloat(text, 64) // out of range gives an infinity, as in Java
		return &numberLiteral{floatValue(f)}, nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return &numberLiteral{intValue(n)}, nil
	}
	if len(text) > 10_000 {
		return nil, p.errorAt(start, "the number is too long", "")
	}
	n, _ := new(big.Int).SetString(text, 10)
	return &numberLiteral{bigValue(n)}, nil
}

// str reads a string literal; a doubled quote stands for one.
func (p *parser) str() (expr, error) {
	q := p.src[p.pos]
	start := p.pos + 1
	end, doubled, fallback := -1, false, -1
	for i := start; i < len(p.src); i++ {
		if p.src[i] != q {
			continue
		}
		if i+1 < len(p.src) && p.src[i+1] == q {
			doubled, fallback = true, i
			i++
			continue
		}
		end = i
		break
	}
	if end < 0 {
		if end = fallback; end < 0 {
			return nil, p.errorAt(p.pos, "the string is not closed", quote(string(q)))
		}
	}
	p.pos = end + 1
	text := p.src[start:end]
	moved := p.moved || doubled || q == '"' && strings.Contains(text, `\u`)
	if doubled {
		text = strings.ReplaceAll(text, string([]byte{q, q}), string(q))
	}
	if q == '\'' || !strings.ContainsAny(text, `$#\`) {
		p.layout.literal(p, start, end, moved)
	}
	if q == '\'' {
		return &textLiteral{text: text}, nil
	}
	text = unescapeUnicode(text)
	if !strings.ContainsAny(text, "$#") {
		return &textLiteral{text: text}, nil
	}
	inner := &parser{compiler: p.compiler, src: text, base: p.base + start, depth: p.depth, inner: true, moved: moved}
	leave := p.layout.enterString()
	b, stop, err := inner.statements()
	leave()
	if err != nil {
		return nil, err
	}
	if stop != endOfText {
		return nil, p.errorAt(start-1, "the string holds an #end or #else that belongs to nothing", "")
	}
	if len(b) == 1 {
		if t, ok := b[0].(*textRun); ok {
			return &textLiteral{text: t.text}, nil
		}
	}
	return &interpolation{body: b}, nil
}

// unescapeUnicode turns \uXXXX into the character, the one escape of a
// double-quoted string.
func unescapeUnicode(s string) string {
	if !strings.Contains(s, `\u`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if i+6 <= len(s) && s[i] == '\\' && s[i+1] == 'u' {
			if n, err := strconv.ParseUint(s[i+2:i+6], 16, 32); err == nil {
				b.WriteRune(rune(n))
				i += 5
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
