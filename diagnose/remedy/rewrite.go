package remedy

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// rewritable are the functions in whose place another value can be put: what
// they give is a text that is known. A choice or a value from elsewhere is the
// user's to change.
var rewritable = []string{"", "Fn::Sub", "Fn::Join", "Fn::GetAtt", "Ref"}

// change turns the value at a node, which is before when resolved, into after,
// and leaves what does not differ as it is.
func (e *editor) change(n, parent *yaml.Node, before, after any) error {
	if jsonEqual(before, after) {
		return nil
	}
	if n.Kind == yaml.AliasNode {
		return fmt.Errorf("%s:%d: the value is an alias of another place; change that by hand", e.name, n.Line)
	}
	f := function(n)
	if !slices.Contains(rewritable, f) {
		return fmt.Errorf("%s:%d: the value stands behind %s; change it by hand", e.name, n.Line, f)
	}
	switch want := after.(type) {
	case map[string]any:
		if have, ok := before.(map[string]any); ok && n.Kind == yaml.MappingNode && f == "" {
			return e.changeObject(n, have, want)
		}
	case []any:
		if have, ok := before.([]any); ok && n.Kind == yaml.SequenceNode && f == "" && len(have) == len(n.Content) && len(have) <= len(want) {
			return e.changeList(n, have, want)
		}
	case string:
		if have, ok := before.(string); ok {
			e.replace(n, parent, e.words.rewrite(e.sourceOf(n, have), have, want))
			return nil
		}
	}
	e.replace(n, parent, e.words.document(after))
	return nil
}

func (e *editor) changeObject(n *yaml.Node, before, after map[string]any) error {
	removed := map[int]bool{}
	var gone []int
	for _, name := range sorted(before) {
		if _, stays := after[name]; !stays {
			if m := member(n, name); m >= 0 {
				removed[m] = true
				gone = append(gone, m)
			}
		}
	}
	if len(gone) > 0 && len(gone)*2 == len(n.Content) {
		// Nothing stays: the whole object is written anew.
		if n.Style&yaml.FlowStyle != 0 {
			e.put(e.body(n), e.end(n), e.style.flow(e.words.document(after)))
			return nil
		}
		e.put(e.start(n), e.end(n), e.before(e.end(n)).block(e.words.document(after), e.column(e.start(n))))
		return nil
	}
	if len(gone) > 0 {
		if err := e.removeEntries(n, gone); err != nil {
			return err
		}
	}
	for _, name := range ordered(after) {
		m := member(n, name)
		if m < 0 {
			e.insert(n, removed, name, e.words.document(after[name]))
			continue
		}
		old, ok := before[name]
		switch {
		case ok && !empty(n.Content[m+1]):
			if err := e.change(n.Content[m+1], n, old, after[name]); err != nil {
				return err
			}
		case !ok || !jsonEqual(old, after[name]):
			e.replaceMember(n, m, e.words.document(after[name]))
		}
	}
	return nil
}

func (e *editor) changeList(n *yaml.Node, before, after []any) error {
	for i, want := range after {
		if i >= len(before) {
			e.add(n, e.words.document(want))
		} else if err := e.change(n.Content[i], n, before[i], want); err != nil {
			return err
		}
	}
	return nil
}

// replace puts a value in the place of a node, in the node's own way of writing.
func (e *editor) replace(n, parent *yaml.Node, value any) {
	if text, ok := value.(string); ok && n.Kind == yaml.ScalarNode && (n.Tag == "!!str" || n.Tag == "") {
		if written, ok := e.likewise(n, text); ok {
			e.put(e.body(n), e.end(n), written)
			return
		}
	}
	if r, ok := value.(reference); ok && n.Kind == yaml.ScalarNode && n.Tag == "!"+r.function {
		if written, ok := e.likewise(n, r.text); ok {
			e.put(e.body(n), e.end(n), written)
			return
		}
	}
	if r, ok := value.(reference); ok && r.function == "Sub" && function(n) == "Fn::Sub" && n.Kind == yaml.MappingNode && n.Content[1].Kind == yaml.ScalarNode {
		if written, ok := e.likewise(n.Content[1], r.text); ok {
			e.put(e.body(n.Content[1]), e.end(n.Content[1]), written)
			return
		}
	}
	if parent != nil && parent.Kind == yaml.MappingNode {
		for i := 1; i < len(parent.Content); i += 2 {
			if parent.Content[i] == n {
				e.replaceMember(parent, i-1, value)
				return
			}
		}
	}
	e.replaceItem(n, value)
}

// likewise writes a text as the node writes its own: in the same quotes, behind
// the same bar. It returns false when that cannot be.
func (e *editor) likewise(n *yaml.Node, text string) (string, bool) {
	switch {
	case e.style.json:
		return encode(text), true
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return encode(text), true
	case n.Style&yaml.SingleQuotedStyle != 0:
		return "'" + strings.ReplaceAll(text, "'", "''") + "'", !strings.ContainsAny(text, "\n\r\t") && text == strings.ToValidUTF8(text, "")
	case n.Style&yaml.LiteralStyle != 0 && strings.HasSuffix(text, "\n") && e.before(e.end(n)).open:
		return "", false
	case n.Style&yaml.LiteralStyle != 0 && blockable(text+"\n"):
		return e.likeBlock(n, text), true
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return "", false
	}
	return text, !strings.Contains(text, "\n") && readsAs(text)
}

// likeBlock writes a text behind a bar, as far in as the old one stands. Its end
// is kept as the bar says, except for the line break that the text itself has.
func (e *editor) likeBlock(n *yaml.Node, text string) string {
	from := e.body(n)
	indent := e.column(e.start(n)) + e.style.unit
	if first := e.next(from); first < len(e.text) && e.lineEnd(first) > first {
		indent = e.indent(first)
	}
	head := "|-"
	if strings.HasSuffix(text, "\n") {
		head, text = "|", strings.TrimSuffix(text, "\n")
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = e.style.pad(indent) + line
		}
	}
	comment := strings.TrimLeft(string(e.text[from:e.lineEnd(from)]), "|>+-0123456789")
	return head + comment + e.style.eol + strings.Join(lines, e.style.eol)
}

// sourceOf takes the text of a node apart, which is resolved when its functions
// are evaluated. It returns nil when the functions cannot be told.
func (e *editor) sourceOf(n *yaml.Node, text string) []part {
	f := function(n)
	if n.Kind == yaml.MappingNode && f == "Fn::Sub" {
		n = n.Content[1]
	}
	if n.Kind != yaml.ScalarNode {
		return nil
	}
	switch f {
	case "":
		if n.Value == text {
			return []part{{text: text}}
		}
	case "Fn::Sub":
		return align(n.Value, text)
	}
	return nil
}

// align finds what each ${...} of a Sub has given. Two of them with nothing in
// between count as one.
func align(template, text string) []part {
	var literals []string
	var expressions []string
	rest := template
	literal := ""
	for {
		open := strings.Index(rest, "${")
		end := -1
		if open >= 0 {
			end = strings.IndexByte(rest[open:], '}')
		}
		if open < 0 || end < 0 {
			break
		}
		end += open + 1
		if strings.HasPrefix(rest[open:], "${!") {
			literal += rest[:open] + "${" + rest[open+3:end]
			rest = rest[end:]
			continue
		}
		literal += rest[:open]
		if literal == "" && len(expressions) > 0 {
			expressions[len(expressions)-1] += rest[open:end]
		} else {
			literals = append(literals, literal)
			expressions = append(expressions, rest[open:end])
		}
		literal, rest = "", rest[end:]
	}
	literal += rest
	var out []part
	if len(expressions) == 0 {
		if literal != text {
			return nil
		}
		return []part{{text: text}}
	}
	for i, expression := range expressions {
		if !strings.HasPrefix(text, literals[i]) {
			return nil
		}
		if literals[i] != "" {
			out = append(out, part{text: literals[i]})
		}
		text = text[len(literals[i]):]
		next := literal
		last := i+1 == len(expressions)
		if !last {
			next = literals[i+1]
		}
		end := strings.Index(text, next)
		if last {
			end = len(text) - len(next)
			if end < 0 || text[end:] != next {
				return nil
			}
		}
		if end < 0 {
			return nil
		}
		out = append(out, part{text: text[:end], expression: expression})
		text = text[end:]
	}
	if literal != "" {
		out = append(out, part{text: literal})
	}
	return out
}

// readsAs tells whether a text means itself without quotes, inside brackets too.
func readsAs(text string) bool {
	var out []any
	if err := yaml.Load([]byte("["+text+"]"), &out); err != nil || len(out) != 1 {
		return false
	}
	got, ok := out[0].(string)
	return ok && got == text && !reserved(text)
}
