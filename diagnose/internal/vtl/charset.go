package vtl

// charset is a set of characters: those of ASCII one by one, all others as one.
type charset struct {
	low, high uint64
	other     bool
}

func charsOf(text string) (c charset) {
	for i := 0; i < len(text); i++ {
		c.add(text[i])
	}
	return c
}

func (c *charset) add(b byte) {
	switch {
	case b < 64:
		c.low |= 1 << b
	case b < 128:
		c.high |= 1 << (b - 64)
	default:
		c.other = true
	}
}

func (c charset) has(b byte) bool {
	switch {
	case b < 64:
		return c.low&(1<<b) != 0
	case b < 128:
		return c.high&(1<<(b-64)) != 0
	}
	return c.other
}

func (c charset) or(d charset) charset {
	return charset{c.low | d.low, c.high | d.high, c.other || d.other}
}

func (c charset) and(d charset) charset {
	return charset{c.low & d.low, c.high & d.high, c.other && d.other}
}

func (c charset) without(d charset) charset {
	return charset{c.low &^ d.low, c.high &^ d.high, c.other && !d.other}
}

func (c charset) empty() bool { return c == charset{} }

// Sets of characters by what they are.
var (
	anyChar   = charset{^uint64(0), ^uint64(0), true}
	control   = charset{low: 1<<32 - 1}
	digits    = charsOf("0123456789")
	letters   = charsOf("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
	wordChars = letters.or(digits).or(charsOf("-_"))
	// A header's value is visible text; line ends would end it.
	headerChars = anyChar.without(control).or(charsOf("\t"))
	numberChars = digits.or(charsOf("-.E")).or(charsOf("InfinityNaN")) // as Java prints a number of JSON
	sourceChars = digits.or(charsOf("-+.eE"))                          // as JSON writes it
	encodedOnly = wordChars.or(charsOf(".*+%"))                        // of form encoding (T134)
	base64Chars = letters.or(digits).or(charsOf("+/="))
	jsonSpecial = control.or(charsOf(`"\`))
)

// urlEncoded is the set of characters of the encoded text.
func (c charset) urlEncoded() charset {
	kept := c.and(wordChars.or(charsOf(".*")))
	rest := c.without(kept)
	if rest.has(' ') {
		kept.add('+')
		rest = rest.without(charsOf(" "))
	}
	if !rest.empty() {
		kept = kept.or(charsOf("%0123456789ABCDEF"))
	}
	return kept
}

// escaped is the set of characters that $util.escapeJavaScript makes of it.
func (c charset) escaped() charset {
	kept := c.without(control)
	kept.other = false
	if changed := c.and(control.or(charsOf(`"'\/`))); !changed.empty() || c.other {
		kept = kept.or(charsOf(`\bntfru0123456789ABCDEF`))
	}
	return kept
}

// folded adds what a change of case may make of it.
func (c charset) folded() charset {
	if c.other || !c.and(letters).empty() {
		return c.or(letters)
	}
	return c
}
