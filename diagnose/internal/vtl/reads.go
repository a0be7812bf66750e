package vtl

// Read is one place where a template reads request data by a literal name.
type Read struct {
	// Kind is "parameter" for $input.params('x'), which searches the path, the
	// query string and the headers in that order; "header", "query", "path"
	// for the maps of $input.params(); "body", "context", "stageVariable".
	Kind string
	// Name is the parameter, the stage variable, the member of $context
	// ("identity.sourceIp") or the JSONPath; empty for $input.body.
	Name         string
	Line, Column int
}

// Reads lists what the template reads, in the order of the text, also in
// branches that are never taken. Names that are computed are not listed.
func (t *Template) Reads() []Read {
	var out []Read
	for _, ref := range t.refs {
		if kind, name, ok := ref.reads(); ok {
			out = append(out, Read{Kind: kind, Name: name, Line: ref.at.line, Column: ref.at.column})
		}
	}
	return out
}

func (ref *reference) reads() (kind, name string, ok bool) {
	if len(ref.steps) == 0 {
		return "", "", false
	}
	first := &ref.steps[0]
	switch ref.name {
	case "stageVariables":
		name, ok = first.literalName()
		return "stageVariable", name, ok
	case "context":
		for i := range ref.steps {
			part, literal := ref.steps[i].literalName()
			if !literal {
				break
			}
			if i > 0 {
				name += "."
			}
			name += part
		}
		return "context", name, name != ""
	case "input":
		return ref.inputRead(first)
	}
	return "", "", false
}

func (ref *reference) inputRead(first *step) (kind, name string, ok bool) {
	literal := ""
	if len(first.args) == 1 {
		t, isText := first.args[0].(*textLiteral)
		if !isText {
			return "", "", false
		}
		literal = t.text
	}
	switch {
	case first.kind == stepProperty && first.name == "body":
		return "body", "", true
	case first.kind != stepMethod:
		return "", "", false
	case first.name == "path" || first.name == "json":
		return "body", literal, len(first.args) == 1
	case first.name != "params":
		return "", "", false
	case len(first.args) == 1:
		return "parameter", literal, true
	case len(ref.steps) < 3:
		return "", "", false
	}
	part, _ := ref.steps[1].literalName()
	kind = map[string]string{"header": "header", "querystring": "query", "path": "path"}[part]
	name, ok = ref.steps[2].literalName()
	return kind, name, ok && kind != ""
}
