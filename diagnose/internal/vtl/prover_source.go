package vtl

import (
	"slices"
	"strings"
)

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
		p.ask(c.from)
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
					c := chunk{chars: m.chars, empty: true, client: true, ref: ref, from: p.ask(read{kind: m.kind, name: name})}
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
	c := chunk{chars: anyChar, client: true, empty: true, ref: ref, from: p.ask(read{kind: "body", path: strings.Join(steps, pathStep), json: true})}
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
