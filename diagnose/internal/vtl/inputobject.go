package vtl

// inputObject is $input.
type inputObject struct{}

// payload is the body, parsed when a path first needs it.
type payload struct {
	parsed bool
	isJSON bool
	root   value
	valid  string
}

// text is the payload with everything that is no UTF-8 replaced.
func (p *payload) text(in *Input) string {
	if p.valid == "" {
		p.valid = validText(in.Body)
	}
	return p.valid
}

func (r *renderer) inputMethod(c *call) value {
	switch {
	case c.name == "params" && len(c.args) == 0:
		return mapValue(r.allParams())
	case c.name == "params" && len(c.args) == 1:
		if name, ok := c.text(0); ok {
			return r.param(c, name)
		}
	case (c.name == "path" || c.name == "json") && len(c.args) == 1:
		p := c.path
		if p == nil {
			text, ok := c.text(0)
			if !ok {
				return c.unknown()
			}
			p = parsePath(text)
		}
		if p.problem != "" {
			r.fail(p.problem, true)
			return value{}
		}
		if c.name == "path" {
			return r.inputPath(c, p)
		}
		return r.inputJSON(c, p)
	}
	return c.unknown()
}

// bodyText is $input.body: the payload as it is, {} when it is empty (T133).
func (r *renderer) bodyText(ref *reference) value {
	if !r.payloadIsText() {
		return value{}
	}
	text := r.payload.text(r.in)
	if text == "" {
		text = "{}"
	}
	return stringValue(text, r.readMark(ref, OriginClient, "body", ""))
}

// payloadIsText fails the rendering when the payload is bytes (T99).
func (r *renderer) payloadIsText() bool {
	if r.in.BodyIsBinary {
		r.fail("the payload is binary; a template cannot read it", false)
	}
	return !r.in.BodyIsBinary
}

func (r *renderer) document() *payload {
	d := &r.payload
	if !d.parsed {
		d.parsed = true
		if r.in.Body == "" {
			return d
		}
		text := d.text(r.in)
		v, err := r.parseJSON(text, nil)
		if d.isJSON = err == nil; d.isJSON {
			d.root = v
		} else if !r.halted() {
			d.root = stringValue(text, nil)
		}
	}
	return d
}

// inputPath is $input.path: null when the path is absent or the body empty; a
// body that is no JSON is a string under $ (T136).
func (r *renderer) inputPath(c *call, p *jsonPath) value {
	if !r.payloadIsText() {
		return value{}
	}
	d := r.document()
	if d.isJSON || len(p.steps) == 0 && p.function == "" {
		if v, ok := r.find(d.root, p); ok && (!v.isNull() || d.isJSON) {
			if v.tr == nil {
				v.tr = r.readMark(c.ref, OriginClient, "body", "")
			}
			if v.isEmpty() {
				v.obj = &absence{reason: AbsentClientValue, subject: "body " + p.text}
			}
			return v
		}
	}
	if r.halted() {
		return value{}
	}
	return absent(AbsentClientValue, "body "+p.text)
}

// inputJSON is $input.json: the value as JSON text. A body that is no JSON is a
// JSON string under $, and an empty one {}, as $input.body is; where the path
// leads nowhere it is "" in quotes (T137).
func (r *renderer) inputJSON(c *call, p *jsonPath) value {
	if !r.payloadIsText() {
		return value{}
	}
	d := r.document()
	out := value{kind: kindString, str: `""`}
	v, ok := value{}, false
	switch whole := len(p.steps) == 0 && p.function == ""; {
	case r.in.Body == "" && whole:
		out.str = "{}"
		ok = true
	case d.isJSON:
		if v, ok = r.find(d.root, p); ok {
			track := r.track
			r.track, r.sourceNumbers = false, true // one history for the whole, made below
			out.str = r.capture(func(b *builder) { r.printJSON(b, v, 0) }).str
			r.track, r.sourceNumbers = track, false
		}
	case whole:
		ok = true
		out.str = string(appendJSONString(nil, d.text(r.in)))
	}
	if r.halted() {
		return value{}
	}
	if !ok {
		out.obj = &absence{reason: AbsentClientValue, subject: "body " + p.text}
	}
	return out.with(r.changed(r.readMark(c.ref, OriginClient, "body", ""), asJSON))
}

// param is $input.params('name'): the path, then the query string, then the
// headers, names as they are written; an empty string when absent (T138).
func (r *renderer) param(c *call, name string) value {
	for _, s := range [...]struct {
		values map[string]string
		kind   string
	}{{r.in.Path, "path:"}, {r.in.Query, "query:"}, {r.in.Header, "header:"}} {
		if text, ok := s.values[name]; ok {
			v := stringValue(text, r.readMark(c.ref, OriginClient, s.kind, name))
			if text == "" {
				v.obj = &absence{reason: AbsentClientValue, subject: "parameter " + name}
			}
			return v
		}
	}
	return value{kind: kindString, obj: &absence{reason: AbsentClientValue, subject: "parameter " + name}}
}

func (r *renderer) allParams() *dict {
	if r.params == nil {
		r.params = &dict{client: true}
		r.params.put("path", nil, mapValue(stringDict(r.in.Path, OriginClient, "path:")))
		r.params.put("querystring", nil, mapValue(stringDict(r.in.Query, OriginClient, "query:")))
		r.params.put("header", nil, mapValue(stringDict(r.in.Header, OriginClient, "header:")))
	}
	return r.params
}
