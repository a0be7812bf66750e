package vtl

import (
	"slices"
	"strings"
)

// truth is whether a condition holds: in every call, in none, or in some.
type truth uint8

const (
	never truth = iota
	always
	maybe
)

func truthOf(b bool) truth {
	if b {
		return always
	}
	return never
}

func (t truth) not() truth {
	switch t {
	case always:
		return never
	case never:
		return always
	}
	return maybe
}

func (t truth) abstract() abstract {
	switch t {
	case maybe:
		return abstract{kind: absBool, chunk: wordChunk}
	}
	return known(boolValue(t == always))
}

// wordChunk is true or false.
var wordChunk = chunk{chars: charsOf("truefals"), encoded: true, inner: true, json: true, ref: noReference}

func numberChunk(ref *reference) chunk {
	return chunk{chars: digits.or(charsOf("-")), encoded: true, inner: true, json: true, ref: ref}
}

func (p *prover) truth(e expr) truth {
	switch e := e.(type) {
	case *reference:
		return p.eval(e).truth()
	case *notNode:
		return p.truth(e.operand).not()
	case *binaryNode:
		switch {
		case e.op == opOr || e.op == opAnd:
			a, b := p.truth(e.left), p.truth(e.right)
			stop := truthOf(e.op == opOr)
			switch {
			case a == stop || b == stop:
				return stop
			case a == maybe || b == maybe:
				return maybe
			}
			return stop.not()
		case e.op >= opAdd:
			return never // a calculation as a condition is false in Velocity 1.7
		}
		return p.eval(e).truth()
	case boolLiteral:
		return truthOf(bool(e))
	}
	return never
}

func (a abstract) truth() truth {
	switch {
	case a.kind == absKnown:
		return truthOf(a.known.truth())
	case a.kind == absBool || a.kind == absNode || a.kind == absUnknown || a.null:
		return maybe
	}
	return always
}

func (p *prover) eval(e expr) abstract {
	if !p.spend() {
		return known(value{})
	}
	switch e := e.(type) {
	case *reference:
		return p.reference(e)
	case *textLiteral:
		return known(stringValue(e.text, nil))
	case *numberLiteral:
		return known(e.value)
	case boolLiteral:
		return known(boolValue(bool(e)))
	case nullLiteral:
		return known(value{})
	case *notNode:
		return p.truth(e.operand).not().abstract()
	case *binaryNode:
		return p.binary(e)
	case *interpolation:
		return p.capture(e.body)
	case *listLiteral:
		p.ids++
		out := abstract{kind: absList, id: p.ids}
		for _, x := range e.items {
			out.items = append(out.items, entry{value: p.eval(x)})
		}
		return out
	case *mapLiteral:
		p.ids++
		out := abstract{kind: absMap, id: p.ids}
		for i := range e.keys {
			out = p.put(out, p.eval(e.keys[i]), p.eval(e.values[i]))
		}
		return out
	case *rangeLiteral:
		a, b := p.eval(e.first), p.eval(e.last)
		if a.kind == absKnown && b.kind == absKnown {
			if v := e.eval(p.r); p.settled() == nil && v.kind == kindList && len(v.list().items) <= 64 {
				return known(v)
			}
		}
		return abstract{kind: absList, open: true, items: abstracts{{value: abstract{kind: absNumber, chunk: numberChunk(noReference), least: -1 << 62}}}}
	}
	return unknownValue(noReference, "an expression that is not followed")
}

// capture is the text that a block makes.
func (p *prover) capture(b block) abstract {
	states, made := p.states, p.made
	p.states, p.made = nil, text0()
	p.block(b)
	out := p.made
	p.states, p.made = states, made
	if p.dead {
		return known(value{})
	}
	return ofText(out)
}

func (p *prover) binary(e *binaryNode) abstract {
	if e.op == opOr || e.op == opAnd {
		return p.truth(e).abstract()
	}
	a, b := p.eval(e.left), p.eval(e.right)
	concat := e.op == opAdd && (a.isString() || b.isString())
	if a.kind == absKnown && b.kind == absKnown && !(concat && (a.isNull() || b.isNull())) {
		n := &binaryNode{op: e.op, left: constant{a.known, e.left}, right: constant{b.known, e.right}, at: e.at}
		if v := n.eval(p.r); p.settled() == nil {
			return known(v)
		}
		return unknownValue(noReference, "a calculation that fails")
	}
	switch {
	case e.op >= opLess && e.op <= opGreaterEqual || e.op == opEqual || e.op == opNotEqual:
		return compare(e.op, a, b).abstract()
	case concat:
		s, ok1 := p.operand(a, e.left)
		t, ok2 := p.operand(b, e.right)
		if !ok1 || !ok2 {
			return unknownValue(noReference, "a text of something that cannot be told")
		}
		return ofText(s.then(t))
	case a.kind == absNode || b.kind == absNode || a.kind == absUnknown || b.kind == absUnknown:
		// A text or a number: all that the two can print.
		s, ok1 := p.operand(a, e.left)
		t, ok2 := p.operand(b, e.right)
		if !ok1 || !ok2 {
			return unknownValue(noReference, "a calculation with something that cannot be told")
		}
		out := ofText(s.then(t).or(text{{{chars: numberChars, encoded: true, inner: true, json: true, client: true, ref: noReference}}}))
		out.null = true
		return out
	}
	out := abstract{kind: absNumber, chunk: numberChunk(noReference), least: -1 << 62, null: e.op == opDivide || e.op == opModulo}
	out.chunk.chars = numberChars
	if e.op == opAdd && a.kind == absNumber && b.kind == absKnown && b.known.kind == kindInt && b.known.num >= 0 && a.least >= 0 {
		out.least = a.least + b.known.num
		out.chunk = numberChunk(noReference)
	}
	return out
}

// operand is what an operand adds to a text: null adds its source.
func (p *prover) operand(a abstract, e expr) (text, bool) {
	source := constText("null")
	if ref, ok := e.(*reference); ok {
		source = constText(ref.source)
	}
	if a.isNull() {
		return source, true
	}
	t, ok := a.prints(p)
	if ok && a.null {
		t = t.or(source)
	}
	return t, ok
}

func (a abstract) isString() bool {
	return a.kind == absText || a.kind == absKnown && a.known.kind == kindString
}

// constant is an expression whose value is known.
type constant struct {
	value value
	expr  expr
}

func (c constant) eval(*renderer) value { return c.value }
func (c constant) truth(*renderer) bool { return c.value.truth() }

// compare tells what is known of a comparison: that of a count with a number.
func compare(op operator, a, b abstract) truth {
	if a.kind != absNumber || a.null || b.kind != absKnown || b.known.kind != kindInt {
		return maybe
	}
	n := b.known.num
	switch {
	case op == opGreater && a.least > n, op == opGreaterEqual && a.least >= n, op == opNotEqual && a.least > n:
		return always
	case op == opLess && a.least >= n, op == opLessEqual && a.least > n, op == opEqual && a.least > n:
		return never
	}
	return maybe
}

// reference evaluates a reference.
func (p *prover) reference(ref *reference) abstract {
	v, i := p.root(ref)
	for ; i < len(ref.steps) && !p.dead; i++ {
		if v.isNull() {
			return v // null all the way (T132)
		}
		null := v.null
		v.null = false
		st := &ref.steps[i]
		var args []abstract
		for _, a := range st.args {
			args = append(args, p.eval(a))
		}
		if p.dead {
			break
		}
		v = p.step(ref, i, v, st, args)
		if null && !v.isNull() {
			v.null = true
		}
	}
	return v
}

// root is the value of a reference's variable; of $input, $context and
// $stageVariables, with the steps that name what is read.
func (p *prover) root(ref *reference) (abstract, int) {
	if v := p.variable(ref.slot); !v.isNull() || ref.slot > slotStage {
		return v, 0
	}
	if len(ref.steps) == 0 {
		if ref.slot == slotContext {
			return known(value{}), 0 // prints nothing (T144)
		}
		return unknownValue(ref, "an object of API Gateway itself"), 0
	}
	switch ref.slot {
	case slotInput:
		return p.input(ref)
	case slotContext:
		return p.contextRead(ref)
	case slotStage:
		name, ok := ref.steps[0].literalName()
		if !ok {
			return p.opaque(ref), len(ref.steps)
		}
		if p.q.StageVariables == nil {
			return p.opaque(ref), 1
		}
		s, ok := p.q.StageVariables[name]
		if !ok {
			return known(value{}), 1
		}
		return known(stringValue(s, nil)), 1
	}
	return p.util(ref), 1
}

// opaque is a text that the caller does not choose and of which nothing is known.
func (p *prover) opaque(ref *reference) abstract {
	return ofChunk(chunk{chars: anyChar, empty: true, opaque: true, ref: ref})
}

// contextChars are the characters of members of $context that AWS makes.
var contextChars = map[string]charset{
	"requestId": wordChars, "accountId": digits, "apiId": wordChars, "deploymentId": wordChars, "resourceId": wordChars, "stage": wordChars,
	"domainName": wordChars.or(charsOf(".")), "domainPrefix": wordChars, "extendedRequestId": wordChars.or(charsOf("=")), "httpMethod": letters,
	"identity.sourceIp": digits.or(charsOf("abcdefABCDEF.:")), "requestTimeEpoch": digits, "connectionId": wordChars.or(charsOf("=")),
	"messageId": wordChars.or(charsOf("=")), "routeKey": wordChars.or(charsOf("$")), "eventType": letters, "protocol": charsOf("HTP/1.02"),
	"requestTime": wordChars.or(charsOf("/:+ ")), "connectedAt": digits, "identity.accountId": digits, "identity.apiKeyId": wordChars,
}

// resourcePath is what a path of an API's resource is made of.
var resourcePath = wordChars.or(charsOf("/.{}+:~"))

func (p *prover) contextRead(ref *reference) (abstract, int) {
	var names []string
	for i := range ref.steps {
		name, ok := ref.steps[i].literalName()
		if !ok {
			break
		}
		names = append(names, name)
		path := strings.Join(names, ".")
		if c, ok := contextChars[path]; ok {
			chunk := chunk{chars: c, inner: true, encoded: !c.has('+') && !c.has('%'), ref: ref}
			if path == "requestTimeEpoch" || path == "connectedAt" || path == "accountId" {
				chunk.json = true
			}
			return ofChunk(chunk), i + 1
		}
		switch path {
		case "resourcePath":
			return ofChunk(chunk{chars: resourcePath, inner: true, ref: ref}), i + 1
		case "path":
			if len(p.q.PathParameters) == 0 {
				return ofChunk(chunk{chars: resourcePath, inner: true, ref: ref}), i + 1
			}
			// As the client wrote it: what a URL holds without being encoded, and escapes.
			return ofChunk(chunk{chars: resourcePath.or(charsOf("!$&'()*,;=:@%")), inner: true, client: true, ref: ref, from: read{kind: "context", name: path}}), i + 1
		case "identity.userAgent":
			v := ofChunk(chunk{chars: headerChars, empty: true, client: true, ref: ref, from: read{kind: "header", name: "User-Agent"}})
			v.null = true
			return v, i + 1
		}
	}
	if len(names) > 0 && (names[0] == "requestOverride" || names[0] == "responseOverride") {
		return unknownValue(ref, "an override that is read again"), len(ref.steps)
	}
	return p.opaque(ref), len(ref.steps)
}

// input is what a reference to $input reads with its first steps.
func (p *prover) input(ref *reference) (abstract, int) {
	st := &ref.steps[0]
	if st.kind == stepProperty && st.name == "body" {
		if p.q.NoBody {
			return known(stringValue("{}", nil)), 1 // T133
		}
		return ofChunk(chunk{chars: anyChar, client: true, json: p.q.JSONBody, ref: ref, from: read{kind: "body"}}), 1
	}
	if st.kind != stepMethod {
		return known(value{}), len(ref.steps)
	}
	switch {
	case st.name == "params" && len(st.args) == 1:
		name, ok := p.constantText(st.args[0])
		if !ok {
			return ofChunk(chunk{chars: anyChar, empty: true, client: true, ref: ref}), 1
		}
		c := chunk{chars: anyChar, empty: true, client: true, ref: ref, from: read{kind: "parameter", name: name}}
		if slices.Contains(p.q.PathParameters, name) {
			c.empty, c.from.kind = false, "path"
		}
		return ofChunk(c), 1
	case st.name == "params" && len(st.args) == 0:
		return p.parameters(ref)
	case (st.name == "path" || st.name == "json") && len(st.args) == 1:
		path := st.path
		if path == nil {
			t, ok := p.constantText(st.args[0])
			if !ok {
				return p.node(ref, nil, st.name == "json"), 1
			}
			path = parsePath(t)
		}
		if path.problem != "" {
			p.stop(ref, path.problem)
			return known(value{}), len(ref.steps)
		}
		if path.function != "" {
			return abstract{kind: absNumber, chunk: numberChunk(ref), null: st.name == "path"}, 1
		}
		return p.jsonAt(ref, path, st.name == "json"), 1
	}
	return known(value{}), len(ref.steps)
}

func (p *prover) constantText(e expr) (string, bool) {
	a := p.eval(e)
	return a.known.str, a.kind == absKnown && a.known.kind == kindString
}

// parameters is $input.params() with the steps after it.
func (p *prover) parameters(ref *reference) (abstract, int) {
	part := func(kind string, chars charset) abstract {
		c := chunk{chars: chars, empty: kind != "path", client: true, ref: ref, from: read{kind: kind}}
		return abstract{kind: absMap, open: true, ref: ref, items: abstracts{{name: text{{c}}, value: ofChunk(c)}}}
	}
	maps := []struct {
		name, kind string
		chars      charset
	}{{"path", "path", anyChar}, {"querystring", "query", anyChar}, {"header", "header", headerChars}}
	if len(ref.steps) > 1 {
		name, ok := ref.steps[1].literalName()
		for _, m := range maps {
			if !ok || m.name != name {
				continue
			}
			if len(ref.steps) > 2 {
				if name, ok := ref.steps[2].literalName(); ok {
					c := chunk{chars: m.chars, empty: true, client: true, ref: ref, from: read{kind: m.kind, name: name}}
					v := ofChunk(c)
					v.null = m.kind != "path" || !slices.Contains(p.q.PathParameters, name)
					return v, 3
				}
			}
			v := part(m.kind, m.chars)
			if m.kind == "path" {
				// Only the resource's own parameters are there.
				v.open, v.items = false, nil
				for _, name := range p.q.PathParameters {
					v.items = append(v.items, entry{key: name, value: ofChunk(chunk{chars: anyChar, client: true, ref: ref, from: read{kind: "path", name: name}})})
				}
			}
			return v, 2
		}
	}
	all := abstract{kind: absMap, ref: ref}
	for _, m := range maps {
		all.items = append(all.items, entry{key: m.name, value: part(m.kind, m.chars)})
	}
	return all, 1
}

// jsonAt is what a JSONPath reads.
func (p *prover) jsonAt(ref *reference, path *jsonPath, asText bool) abstract {
	if p.q.NoBody {
		switch {
		case len(path.steps) > 0 && asText:
			return known(stringValue(`""`, nil))
		case asText:
			return known(stringValue("{}", nil))
		}
		return known(value{})
	}
	steps, ok := pathNames(path)
	if !ok {
		return p.node(ref, []string{anyKey}, asText)
	}
	return p.node(ref, steps, asText)
}

// node is client JSON at a place; nil steps are a place that is not known.
func (p *prover) node(ref *reference, steps []string, asText bool) abstract {
	kind, required := "", false
	if p.q.Type != nil && len(steps) > 0 && steps[0] != anyKey {
		kind, required = p.q.Type(steps)
	}
	c := chunk{chars: anyChar, client: true, empty: true, ref: ref, from: read{kind: "body", path: strings.Join(steps, pathStep), json: true}}
	if asText {
		c.json, c.empty, c.isText = true, false, kind == "string"
		c.chars = anyChar.without(control)
		if required {
			c.narrow(kind, sourceChars)
		} else if kind == "integer" || kind == "number" || kind == "boolean" {
			c.narrow(kind, sourceChars)
			c.chars.add('"') // "" where it is absent (T137)
			c.inner, c.encoded = false, false
		}
		return ofChunk(c)
	}
	c.json = kind == "array"
	c.empty = kind == "" || kind == "string" || kind == "object"
	c.narrow(kind, numberChars)
	return abstract{kind: absNode, chunk: c, ref: ref, null: !(required && kind != "") && len(steps) > 0 || kind == ""}
}

// narrow applies a type that a model fixes.
func (c *chunk) narrow(kind string, number charset) {
	switch kind {
	case "integer":
		c.chars = number
	case "number":
		c.chars = number
	case "boolean":
		c.chars = wordChunk.chars
	default:
		return
	}
	c.encoded, c.inner, c.json = !c.chars.has('+'), true, true
}

// pathNames are the names and indexes of a definite path.
func pathNames(path *jsonPath) ([]string, bool) {
	if !path.definite {
		return nil, false
	}
	return plainSteps(path.steps)
}
