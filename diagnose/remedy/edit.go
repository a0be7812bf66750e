package remedy

import (
	"bytes"
	"fmt"
	"sort"
	"strings"

	"go.yaml.in/yaml/v4"
)

// splice puts a text in the place of a piece of the file.
type splice struct {
	from, to int
	text     string
}

// editor changes one file.
type editor struct {
	*source
	words   *wording
	splices []splice
	edited  []string // the path below which the file changes
	left    int      // nodes that have to be left there; 0 for any number
	wants   *string  // the text that has to be read there; nil for any
}

func (e *editor) put(from, to int, text string) {
	e.splices = append(e.splices, splice{from, to, text})
}

// result is the text with all splices made. It fails when two of them meet.
func (e *editor) result() ([]byte, error) {
	if e.words.err != nil {
		return nil, e.words.err
	}
	sort.SliceStable(e.splices, func(i, j int) bool { return e.splices[i].from < e.splices[j].from })
	var out []byte
	at := 0
	for _, s := range e.splices {
		if s.from < at || s.to < s.from || s.to > len(e.text) {
			return nil, fmt.Errorf("two edits of %s meet in line %d; make them by hand", e.name, sort.SearchInts(e.lines, s.from+1))
		}
		out = append(append(out, e.text[at:s.from]...), s.text...)
		at = s.to
	}
	out = append(out, e.text[at:]...)
	again, err := parseSource(e.name, out)
	if err == nil && e.wants != nil && !e.reads(again) {
		return nil, fmt.Errorf("%s cannot be edited by machine in this place (%s)", e.name, joined(e.edited))
	}
	if err != nil || !unharmed(e.root, again.root, e.edited) || e.left > 0 && count(again.root, e.edited) != e.left {
		return nil, fmt.Errorf("%s cannot be edited by machine in this place (%s)", e.name, joined(e.edited))
	}
	return out, nil
}

// reads tells whether the text that was set is read again.
func (e *editor) reads(again *source) bool {
	way, rest, err := (&editor{source: again, words: e.words}).walk(e.edited)
	if err != nil || len(rest) > 0 {
		return false
	}
	n := way[len(way)-1]
	return function(n) != "" || n.Value == *e.wants // a function's text is the wording's
}

// member finds a member of an object: the index of its name, or -1.
func member(n *yaml.Node, name string) int {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return i
		}
	}
	return -1
}

// function names the intrinsic function that stands in the place of a value, or "".
func function(n *yaml.Node) string {
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		if n.Tag == "!Ref" || n.Tag == "!Condition" {
			return n.Tag[1:]
		}
		return "Fn::" + n.Tag[1:]
	}
	if n.Kind == yaml.MappingNode && len(n.Content) == 2 {
		if key := n.Content[0].Value; strings.HasPrefix(key, "Fn::") || key == "Ref" {
			return key
		}
	}
	return ""
}

// walk follows a path as far as it goes. It gives the nodes on the way, the
// root first, and what is left of the path.
func (e *editor) walk(path []string) (way []*yaml.Node, rest []string, err error) {
	n := e.root
	way = []*yaml.Node{n}
	for i, name := range path {
		if n.Kind == yaml.AliasNode {
			return nil, nil, fmt.Errorf("%s:%d: %s is an alias of another place; change that by hand", e.name, n.Line, joined(path[:i]))
		}
		if f := function(n); f != "" {
			return nil, nil, fmt.Errorf("%s:%d: %s stands behind %s; change it by hand", e.name, n.Line, joined(path[:i]), f)
		}
		if at, ok := index(name); ok && n.Kind == yaml.SequenceNode && at < len(n.Content) {
			n = n.Content[at]
		} else if ok && n.Kind == yaml.MappingNode && at == 0 {
			// A single value counts as a list of one.
		} else if m := member(n, name); n.Kind == yaml.MappingNode && m >= 0 {
			n = n.Content[m+1]
		} else {
			return way, path[i:], nil
		}
		way = append(way, n)
	}
	return way, nil, nil
}

func empty(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Tag == "!!null" || (n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode) && len(n.Content) == 0
}

// set gives the property at the path its value; what stands there is changed
// where it differs.
func (e *editor) set(path []string, before, after any) error {
	e.edited = path
	if text, ok := e.words.document(after).(string); ok {
		e.wants = &text
	}
	way, rest, err := e.walk(path)
	if err != nil {
		return err
	}
	n := way[len(way)-1]
	if len(rest) == 0 && !empty(n) {
		return e.change(n, parentOf(way), before, after)
	}
	for _, name := range rest {
		if _, ok := index(name); ok {
			return fmt.Errorf("%s: %s is not where it was read; change it by hand", e.name, joined(path))
		}
	}
	at := len(way) - 1 // how much of the path is there
	if parent := parentOf(way); empty(n) && parent != nil && parent.Kind == yaml.MappingNode {
		e.replaceMember(parent, member(parent, path[at-1]), e.words.document(nested(rest, after)))
		return nil
	}
	if f := function(n); f != "" || n.Kind != yaml.MappingNode {
		return fmt.Errorf("%s:%d: %s cannot be added to; change it by hand", e.name, n.Line, joined(path[:at]))
	}
	e.insert(n, nil, rest[0], e.words.document(nested(rest[1:], after)))
	return nil
}

func parentOf(way []*yaml.Node) *yaml.Node {
	if len(way) < 2 {
		return nil
	}
	return way[len(way)-2]
}

// remove takes out the member or item at the path, and what is empty without it.
func (e *editor) remove(path []string) error {
	way, rest, err := e.walk(path)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return fmt.Errorf("%s: %s is not there to be removed", e.name, joined(path))
	}
	// Properties and what is above them stay, also when they are empty.
	for len(way) > 4 && len(way[len(way)-2].Content) <= width(way[len(way)-2]) {
		way = way[:len(way)-1]
	}
	if len(way) < 2 {
		return fmt.Errorf("%s: %s cannot be removed", e.name, joined(path))
	}
	n, parent := way[len(way)-1], way[len(way)-2]
	e.edited, e.left = path[:len(way)-2], len(parent.Content)-width(parent)
	for i, child := range parent.Content {
		if child == n && parent.Kind == yaml.MappingNode {
			return e.removeEntries(parent, []int{i - 1})
		} else if child == n {
			return e.removeEntries(parent, []int{i})
		}
	}
	return fmt.Errorf("%s: %s cannot be removed by machine", e.name, joined(path))
}

// width is how many nodes one entry takes.
func width(n *yaml.Node) int {
	if n.Kind == yaml.MappingNode {
		return 2
	}
	return 1
}

// removeEntries takes entries of an object or a list out, given by the index of
// their first node. Something has to stay.
func (e *editor) removeEntries(n *yaml.Node, gone []int) error {
	w := width(n)
	out := map[int]bool{}
	for _, i := range gone {
		out[i] = true
	}
	if len(out)*w >= len(n.Content) {
		return fmt.Errorf("%s:%d: nothing would be left here; change it by hand", e.name, n.Line)
	}
	kept := -1 // the last entry that stays, so far
	for i := 0; i < len(n.Content); i += w {
		if !out[i] {
			kept = i
			continue
		}
		first, last := n.Content[i], n.Content[i+w-1]
		from, to := e.start(first), max(e.end(last), e.end(first))
		if n.Style&yaml.FlowStyle != 0 {
			switch {
			case kept >= 0:
				from = e.end(n.Content[kept+w-1])
			case i+w < len(n.Content):
				to = e.start(n.Content[i+w])
			}
			e.put(from, to, "")
			continue
		}
		e.removeLines(n, i, from, to)
	}
	return nil
}

// removeLines takes an entry of a block out.
func (e *editor) removeLines(n *yaml.Node, i, from, to int) {
	first := from
	if n.Kind == yaml.SequenceNode {
		for first > 0 && bytes.IndexByte([]byte(" \t\r\n"), e.text[first-1]) >= 0 {
			first--
		}
		first = max(first-1, 0) // the dash
	}
	if !blank(e.text[e.lineStart(first):first]) {
		// The entry shares its line with the dash of a list: the next one moves up.
		if next := i + width(n); next < len(n.Content) {
			e.put(from, e.start(n.Content[next]), "")
		}
		return
	}
	from, to = e.lineStart(first), e.next(to)
	if from > 0 && blank(e.text[e.lineStart(from-1):from]) && to < len(e.text) && blank(e.text[to:e.next(to)]) {
		to = e.next(to) // of the blank lines around it, one stays
	}
	e.put(from, to, "")
}

// insert adds a member behind the last one that is not among the removed.
func (e *editor) insert(n *yaml.Node, removed map[int]bool, name string, value any) {
	last := -1
	for i := 0; i+1 < len(n.Content); i += 2 {
		if !removed[i] {
			last = i
		}
	}
	if last < 0 {
		e.fill(n, map[string]any{name: value})
		return
	}
	key, behind := n.Content[last], max(e.end(n.Content[last+1]), e.end(n.Content[last]))
	if n.Style&yaml.FlowStyle == 0 {
		column := e.column(e.start(n.Content[0]))
		at := e.lineEnd(behind)
		e.put(at, at, e.style.eol+e.style.pad(column)+e.before(at).entry(name, value, column))
		return
	}
	if key.Line > n.Line {
		column := e.column(e.start(key))
		entry := e.style.flowEntry(name, value)
		if e.style.json {
			entry = e.style.entry(name, value, column)
		}
		e.put(behind, behind, ","+e.style.eol+e.style.pad(column)+entry)
		return
	}
	e.put(behind, behind, ", "+e.style.flowEntry(name, value))
}

// fill writes an object that is empty.
func (e *editor) fill(n *yaml.Node, value any) {
	from, to := e.body(n), e.flowEnd(e.body(n))
	if e.style.json {
		e.put(from, to, e.style.jsonValue(value, e.indent(from)))
		return
	}
	e.put(from, to, e.style.flow(value))
}

// replaceMember gives a member another value, whatever stands there.
func (e *editor) replaceMember(n *yaml.Node, m int, value any) {
	key, old := n.Content[m], n.Content[m+1]
	if n.Style&yaml.FlowStyle != 0 && e.start(old) == e.end(old) {
		at := e.end(key) // a name alone, with or without its colon
		for at < len(e.text) && (e.text[at] == ' ' || e.text[at] == ':') {
			at++
		}
		e.put(e.end(key), at, ": "+e.style.flow(value))
		return
	}
	if n.Style&yaml.FlowStyle != 0 {
		text := e.style.flow(value)
		if e.style.json && n.Content[0].Line > n.Line {
			text = e.style.jsonValue(value, e.column(e.start(key)))
		}
		e.put(e.start(old), e.end(old), text)
		return
	}
	colon := e.end(key)
	for colon < len(e.text) && e.text[colon] != ':' {
		colon++
	}
	end := max(e.end(old), colon+1)
	e.put(colon+1, end, e.before(end).behind(value, e.column(e.start(key)), e.style.dash))
}

// replaceItem gives an item of a list another value.
func (e *editor) replaceItem(n *yaml.Node, value any) {
	from, to := e.start(n), e.end(n)
	if n.Style&yaml.FlowStyle != 0 || e.style.json {
		e.put(from, to, e.style.flow(value))
		return
	}
	e.put(from, to, e.before(to).block(value, e.column(from)))
}

// before is the style of what is followed by what stands at the place: a comment
// there would become part of a text behind a bar, and the end of a file without a
// line end would take the last one from it.
func (e *editor) before(at int) style {
	s := e.style
	at = min(at, len(e.text))
	s.quotes = !blank(e.text[at:e.lineEnd(at)])
	s.open = e.next(at) == len(e.text) && !bytes.HasSuffix(e.text, []byte("\n"))
	return s
}

// add puts an item at the end of a list.
func (e *editor) add(n *yaml.Node, value any) {
	if len(n.Content) == 0 {
		from, to := e.body(n), e.flowEnd(e.body(n))
		if e.style.json {
			e.put(from, to, e.style.jsonValue([]any{value}, e.indent(from)))
			return
		}
		e.put(from, to, e.style.flow([]any{value}))
		return
	}
	last := n.Content[len(n.Content)-1]
	behind := e.end(last)
	switch {
	case n.Style&yaml.FlowStyle == 0:
		// The dash stands before the item, by however many blanks.
		column := e.dashColumn(n)
		at := e.lineEnd(behind)
		e.put(at, at, e.style.eol+e.style.pad(column)+e.before(at).item(value, column))
	case n.Content[0].Line > n.Line:
		column := e.column(e.start(n.Content[0]))
		text := e.style.flow(value)
		if e.style.json {
			text = e.style.jsonValue(value, column)
		}
		e.put(behind, behind, ","+e.style.eol+e.style.pad(column)+text)
	default:
		e.put(behind, behind, ", "+e.style.flow(value))
	}
}

func (e *editor) dashColumn(n *yaml.Node) int {
	at := e.start(n.Content[0])
	for i := at - 1; i >= 0 && e.text[i] != '\n'; i-- {
		if e.text[i] == '-' {
			return e.column(i)
		}
	}
	return e.column(at) - 2
}

// count is how many nodes are inside the one at the path, -1 when it is gone.
func count(root *yaml.Node, path []string) int {
	e := &editor{source: &source{root: root}}
	way, rest, err := e.walk(path)
	if err != nil || len(rest) > 0 {
		return -1
	}
	return len(way[len(way)-1].Content)
}

func blank(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 }
