package vtl

import (
	"slices"
	"strings"
)

// util is a call of a function of $util.
func (p *prover) util(ref *reference) abstract {
	st := &ref.steps[0]
	if st.kind != stepMethod || len(st.args) != 1 {
		return known(value{})
	}
	a := p.eval(st.args[0])
	if p.dead || a.isNull() {
		return known(value{}) // T134: of null nothing
	}
	if a.kind == absKnown {
		c := call{r: p.r, ref: ref, target: objectValue(utilObject{}), name: st.name, args: []value{a.known}}
		return p.constantCall(ref, func() value { return p.r.utilMethod(&c) })
	}
	t, ok := a.prints(p)
	if !ok {
		return unknownValue(ref, "what "+ref.upTo(0)+" gets cannot be told")
	}
	out := abstract{kind: absText, null: a.null}
	switch st.name {
	case "urlEncode":
		out.text = t.each(func(c chunk) chunk {
			if c.isConst() {
				c.lit = string(appendURLEncoded(nil, c.lit))
				return c
			}
			c.chars, c.encoded, c.inner, c.json, c.quote, c.opaque = c.chars.urlEncoded(), true, true, false, false, false
			return c
		})
	case "escapeJavaScript":
		out.text = t.each(func(c chunk) chunk {
			if c.isConst() {
				c.lit = string(appendJavaScript(nil, c.lit))
				return c
			}
			c.quote = c.quote || c.chars.has('\'')
			c.inner = !c.quote
			if !c.chars.and(jsonSpecial.or(charsOf("'/"))).empty() || c.chars.other {
				c.json = false
			}
			c.chars = c.chars.escaped()
			return c
		})
	case "base64Encode":
		c := t.flat()
		c.chars, c.encoded, c.inner, c.json, c.quote, c.opaque = base64Chars, false, true, false, false, false
		out.text = text{{c}}
	case "urlDecode", "base64Decode":
		c := t.flat()
		c.chars, c.encoded, c.inner, c.json, c.quote, c.empty = anyChar, false, false, false, false, true
		out.text = text{{c}}
	case "parseJson":
		c := t.flat()
		if raw := c.from; raw.kind == "body" && !raw.key && len(t) == 1 && len(t[0]) == 1 && (!raw.json || raw.path == "") && !c.encoded {
			return p.node(ref, []string{}, false)
		}
		n := p.node(ref, nil, false)
		n.chunk.from = c.from
		n.chunk.client, n.chunk.opaque = c.client, c.opaque
		return n
	default:
		return known(value{})
	}
	return out
}

// constantCall runs a call on values of the template alone.
func (p *prover) constantCall(ref *reference, f func() value) abstract {
	p.r.at, p.r.ref, p.r.testing = ref.at, ref, 1
	v := f()
	if err := p.settled(); err != nil {
		if err.Unknown {
			return unknownValue(ref, err.Message)
		}
		p.dead = true // the rendering fails: no message is sent
	}
	return known(v)
}

// step is one property, index or call of a value that is not null.
func (p *prover) step(ref *reference, i int, v abstract, st *step, args []abstract) abstract {
	name := st.name
	if st.kind == stepIndex {
		name = "get"
	}
	constantArgs := !slices.ContainsFunc(args, func(a abstract) bool { return a.kind != absKnown })
	switch v.kind {
	case absKnown:
		if constantArgs && (v.known.kind <= kindString || !mutates[name]) {
			saved := *st
			return p.constantCall(ref, func() value {
				target := v.known
				switch saved.kind {
				case stepProperty:
					return p.r.property(ref, i, target, saved.name)
				case stepIndex:
					return p.r.indexed(ref, i, target, args[0].known)
				}
				c := call{r: p.r, ref: ref, step: i, target: target, name: saved.name}
				for _, a := range args {
					c.args = append(c.args, a.known)
				}
				return p.r.invoke(&c, st)
			})
		}
		if v.known.kind == kindString {
			return p.textMethod(ref, i, ofKnownText(v.known.str), name, args)
		}
	case absText:
		if st.kind == stepProperty {
			if name == "empty" {
				return maybe.abstract()
			}
			return known(value{}) // T133
		}
		return p.textMethod(ref, i, v, name, args)
	case absNode:
		return p.nodeStep(ref, i, v, st, name, args)
	case absNumber, absBool:
		if st.kind == stepMethod && (name == "toString" || name == "intValue" || name == "longValue") {
			return v
		}
		if st.kind == stepMethod && (name == "equals" || name == "compareTo") {
			return maybe.abstract()
		}
	case absList, absMap:
		return p.collectionStep(ref, i, v, st, name, args)
	case absEntry:
		switch name {
		case "key", "getKey":
			return ofText(v.items[0].name)
		case "value", "getValue":
			return v.items[0].value
		}
	case absLoop:
		return loopProperty(v, name)
	case absUnknown:
		return v
	}
	return unknownValue(ref, "what "+ref.upTo(i)+" gives cannot be told")
}

func ofKnownText(s string) abstract { return abstract{kind: absText, text: constText(s)} }

// loopProperty is a property of $foreach.
func loopProperty(v abstract, name string) abstract {
	first, last, index := truth(v.least>>2), truth(v.least&3), v.items[0].value
	switch name {
	case "hasNext":
		return last.not().abstract()
	case "first", "isFirst":
		return first.abstract()
	case "last", "isLast":
		return last.abstract()
	case "index", "getIndex", "count", "getCount":
		plus := int64(0)
		if strings.HasSuffix(strings.ToLower(name), "count") {
			plus = 1
		}
		if index.known.kind == kindInt {
			return known(intValue(index.known.num + plus))
		}
		return abstract{kind: absNumber, chunk: numberChunk(noReference), least: index.least + plus}
	}
	return unknownValue(noReference, "$foreach."+name)
}

// textMethod is a method of a text.
func (p *prover) textMethod(ref *reference, i int, v abstract, name string, args []abstract) abstract {
	arg := func(n int) (string, bool) {
		if n >= len(args) || args[n].kind != absKnown || args[n].known.kind != kindString {
			return "", false
		}
		return args[n].known.str, true
	}
	count := len(args)
	switch name {
	case "length", "indexOf", "lastIndexOf", "compareTo", "compareToIgnoreCase", "codePointAt":
		return abstract{kind: absNumber, chunk: numberChunk(ref), least: -1}
	case "hashCode":
		return abstract{kind: absNumber, chunk: numberChunk(ref), least: -1 << 31}
	case "contains", "startsWith", "endsWith", "equals", "equalsIgnoreCase", "isEmpty", "isBlank", "matches", "contentEquals":
		return maybe.abstract()
	case "toString", "intern":
		return v
	case "trim", "strip", "stripLeading", "stripTrailing":
		return ofText(v.text.each(func(c chunk) chunk {
			if c.isConst() && len(v.text) == 1 && len(v.text[0]) > 1 {
				return c // the ends alone would be trimmed; white space may stay here
			}
			c = c.asChunk()
			c.empty = true
			return c
		}))
	case "toLowerCase", "toUpperCase":
		return ofText(v.text.each(func(c chunk) chunk {
			c = c.asChunk()
			c.chars = c.chars.folded()
			if c.chars.has('\\') {
				c.inner = false
			}
			c.json = false
			return c
		}))
	case "concat":
		if t, ok := args0(args).prints(p); ok && count == 1 && !args[0].null {
			return ofText(v.text.then(t))
		}
	case "substring", "subSequence", "charAt", "split", "repeat":
		c := v.text.flat()
		c.empty, c.json = true, false
		if c.chars.has('%') {
			c.encoded = false // an escape may be cut
		}
		if c.chars.has('\\') {
			c.inner = false
		}
		if name != "split" {
			return ofChunk(c)
		}
		return abstract{kind: absList, open: true, ref: ref, items: abstracts{{value: ofChunk(c)}}}
	case "replaceAll", "replaceFirst", "replace":
		old, ok1 := arg(0)
		by, ok2 := arg(1)
		if ok1 && ok2 && count == 2 {
			return ofText(v.text.each(func(c chunk) chunk { return c.replaced(name, old, by) }))
		}
		if ok1 && count == 2 {
			if t, ok := args[1].prints(p); ok {
				c := text{{v.text.flat(), t.flat()}}.flat()
				c.encoded, c.inner, c.empty = false, c.chars.and(jsonSpecial).empty(), true
				return ofChunk(c)
			}
		}
	}
	if !javaHasName("String", name) {
		return known(value{})
	}
	return unknownValue(ref, "what "+ref.upTo(i)+" gives cannot be told")
}

// javaHasName tells whether a class has a method of the name at all.
func javaHasName(class, name string) bool { return methodTable()[javaMethod{class, name}] != nil }

func args0(args []abstract) abstract {
	if len(args) == 0 {
		return abstract{kind: absUnknown}
	}
	return args[0]
}

// replaced is a text after a replacement. Whatever the pattern, what comes out
// are parts of the text and of the replacement.
func (c chunk) replaced(method, old, by string) chunk {
	c = c.asChunk()
	before := c
	c.json = false
	gone, whole := singleChars(method, old)
	if method == "replaceFirst" {
		gone = charset{}
	}
	if whole && c.chars.and(gone).empty() && method != "replaceFirst" {
		return before // nothing to replace
	}
	c.chars = c.chars.without(gone).or(charsOf(by))
	c.empty = c.empty || by == ""
	c.encoded = before.encoded && whole && gone.without(charsOf("+")).empty() && (by == "%20" || charsOf(by).without(wordChars).empty())
	plain := c.chars.and(jsonSpecial).empty()
	switch {
	case plain:
		c.inner, c.quote = true, false
	case before.quote && by == "'" && (method == "replaceAll" && old == `\\'` || method == "replace" && old == `\'`):
		c.inner, c.quote = true, false // the repair of T139
	case whole && gone.and(charsOf(`\"/bfnrtu'0123456789abcdefABCDEF`)).empty() && charsOf(by).and(jsonSpecial).empty():
		c.inner = before.inner
	default:
		c.inner = false
	}
	return c
}

// singleChars are the characters that a pattern of a single character, or of one
// class of them, takes out.
func singleChars(method, pattern string) (charset, bool) {
	if method == "replace" {
		return charsOf(pattern), len(pattern) == 1
	}
	p := pattern
	if n := len(p); n > 1 && p[n-1] == '+' && p[n-2] != '\\' {
		p = p[:n-1]
	}
	switch {
	case len(p) == 1 && strings.IndexByte(`.$|()[{^?*+\`, p[0]) < 0:
		return charsOf(p), true
	case len(p) == 2 && p[0] == '\\' && !isLetter(p[1]) && !isDigit(p[1]):
		return charsOf(p[1:]), true
	case p == `\s`:
		return charsOf(" \t\n\v\f\r"), true
	case p == `\n`:
		return charsOf("\n"), true
	case p == `\r`:
		return charsOf("\r"), true
	case p == `\t`:
		return charsOf("\t"), true
	}
	if n := len(p); n > 2 && p[0] == '[' && p[n-1] == ']' {
		if in := p[1 : n-1]; !strings.ContainsAny(in, `\[]^-`) && !strings.Contains(in, "&&") {
			return charsOf(in), true
		}
		switch p[1 : n-1] {
		case `\n\r`, `\r\n`:
			return charsOf("\r\n"), true
		case "^a-zA-Z0-9", "^A-Za-z0-9", "^0-9a-zA-Z":
			return anyChar.without(letters.or(digits)), true
		case "^a-zA-Z0-9_-", "^a-zA-Z0-9-_", "^A-Za-z0-9_-", "^A-Za-z0-9-_":
			return anyChar.without(wordChars), true
		case "^0-9":
			return anyChar.without(digits), true
		}
	}
	return charset{}, false
}

// nodeStep is a step of client JSON, which may be a value of any type.
func (p *prover) nodeStep(ref *reference, i int, v abstract, st *step, name string, args []abstract) abstract {
	at := func(step string) abstract {
		n := p.node(ref, nil, false)
		if steps, ok := v.chunk.from.steps(); ok {
			n = p.node(ref, append(steps, step), false)
		}
		n.chunk.client, n.chunk.opaque, n.null = v.chunk.client, v.chunk.opaque, true
		if n.chunk.from.kind == "" || v.chunk.from.kind != "body" {
			n.chunk.from = v.chunk.from
		}
		return n
	}
	if step, ok := st.literalName(); ok && (st.kind == stepProperty || st.kind == stepIndex || name == "get") {
		return at(step)
	}
	key := chunk{chars: anyChar, client: v.chunk.client, opaque: v.chunk.opaque, empty: true, ref: ref, from: v.chunk.from}
	key.from.key = true
	switch name {
	case "get", "getOrDefault", "remove":
		step := anyKey
		if args0(args).kind == absNumber || args0(args).kind == absKnown && args0(args).known.kind == kindInt {
			step = anyIndex
		}
		n := at(step)
		if name == "getOrDefault" && len(args) == 2 {
			return n.join(args[1], p)
		}
		return n
	case "size":
		return abstract{kind: absNumber, chunk: numberChunk(ref), null: true}
	case "keySet":
		return abstract{kind: absList, open: true, ref: ref, null: true, items: abstracts{{value: ofChunk(key)}}}
	case "values":
		return abstract{kind: absList, open: true, ref: ref, null: true, items: abstracts{{value: at(anyKey)}}}
	case "entrySet":
		e := abstract{kind: absEntry, ref: ref, items: abstracts{{name: text{{key}}, value: at(anyKey)}}}
		return abstract{kind: absList, open: true, ref: ref, null: true, items: abstracts{{value: e}}}
	case "containsKey", "containsValue":
		return maybe.abstract()
	case "toString":
		return ofChunk(v.chunk)
	case "put", "add", "set", "putAll", "addAll", "clear", "putIfAbsent":
		return unknownValue(ref, "client JSON that the template changes is not followed")
	}
	out := p.textMethod(ref, i, ofChunk(v.chunk), name, args)
	if out.kind == absKnown {
		return out
	}
	out.null = true // a value of another type may not have the method
	return out
}

// steps are the path of a read; ok is false when it is not known.
func (r read) steps() ([]string, bool) {
	switch {
	case r.kind != "body" || !r.json || r.key:
		return nil, false
	case r.path == "":
		return []string{}, true
	}
	return strings.Split(r.path, pathStep), true
}
