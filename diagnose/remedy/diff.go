package remedy

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"go.yaml.in/yaml/v4"

	"apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/text/lazy"
)

// Unified is the edit as a unified diff for git apply and patch -p1, which look
// for the file under the name, with slashes and without a way out of the folder.
func (f FileEdit) Unified(name string) string {
	from, to := quotedName("a/"+name), quotedName("b/"+name)
	body := hunks(f.Edited)
	end := ""
	if strings.Contains(name, " ") {
		end = "\t" // a name with blanks ends at a tab
	}
	return "diff --git " + from + " " + to + "\n--- " + from + end + "\n+++ " + to + end + "\n" + body
}

// contextLines is how many lines a diff shows before and after a change.
const contextLines = 3

// hunk is the first line of a hunk; no other line of a diff begins with it.
var hunk = lazy.Regexp(`(?m)^@@ -(\d+)(,\d+)? \+(\d+)(,\d+)? @@`)

// hunks is a unified diff without its names. It is made of what differs and the
// lines around that, so that it takes the time of the edit and not of the file.
func hunks(e text.Edited) string {
	from, to, becomes := e.Changed()
	for near := contextLines; ; near *= 8 {
		start, end := around(e.Old, from, to, near)
		old := e.Old[start:end]
		body := udiff.Unified("a", "b", string(old), string(slices.Concat(old[:from-start], becomes, old[to-start:])))
		_, body, _ = strings.Cut(body, "\n") // the two lines with names
		_, body, _ = strings.Cut(body, "\n")
		if start == 0 && end == len(e.Old) {
			return body
		}
		// Of lines that stand there several times the diff may take those farther away.
		list := strings.SplitAfter(strings.TrimSuffix(body, "\n"), "\n")
		if start > 0 && !unchanged(list[1:min(1+contextLines, len(list))]) || end < len(e.Old) && !unchanged(list[max(0, len(list)-contextLines):]) {
			continue
		}
		lines := bytes.Count(e.Old[:start], []byte("\n"))
		return hunk.ReplaceAllStringFunc(body, func(s string) string {
			m := hunk.FindStringSubmatch(s)
			from, _ := strconv.Atoi(m[1])
			to, _ := strconv.Atoi(m[3])
			return fmt.Sprintf("@@ -%d%s +%d%s @@", from+lines, m[2], to+lines, m[4])
		})
	}
}

// unchanged tells whether lines of a diff are all in both texts.
func unchanged(lines []string) bool {
	return !slices.ContainsFunc(lines, func(line string) bool { return !strings.HasPrefix(line, " ") })
}

// around is the piece of a text with so many whole lines before and behind it.
func around(text []byte, from, to, near int) (start, end int) {
	start, end = from, to
	for range near + 1 {
		start = max(bytes.LastIndexByte(text[:start], '\n'), 0)
	}
	if start > 0 {
		start++ // behind the newline
	}
	for range near + 1 {
		next := bytes.IndexByte(text[end:], '\n')
		if next < 0 {
			return start, len(text)
		}
		end += next + 1
	}
	return start, end
}

// quotedName is a file's name as git writes it in a diff.
func quotedName(name string) string {
	if strings.IndexFunc(name, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }) < 0 {
		return name
	}
	var b strings.Builder
	for _, c := range []byte(name) {
		switch {
		case c == '"' || c == '\\':
			b.WriteString("\\" + string(c))
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, "\\%03o", c)
		default:
			b.WriteByte(c)
		}
	}
	return `"` + b.String() + `"`
}

// setting edits the file of a setting.
func (e *editor) setting(st setting) error {
	id, where := st.at.id(), st.where()
	switch {
	case st.at.kind != "":
		return e.newResource(id, st)
	case st.only != nil:
		return e.removePolicy(id, st.only)
	case st.item == appended:
		return e.addItem(where, st.value)
	case st.item != none && st.value == nil:
		return e.remove(append(where, fmt.Sprintf("[%d]", st.item)))
	case st.item != none:
		return e.set(append(where, fmt.Sprintf("[%d]", st.item)), st.before, st.value)
	case st.value == nil:
		return e.remove(where)
	}
	return e.set(where, st.before, st.value)
}

// where is the path of the setting in its file.
func (st setting) where() []string {
	if st.at.definition {
		return st.path[st.at.outer:]
	}
	return append([]string{"Resources", st.at.id()}, st.path...)
}

// newResource adds a resource under a logical id that is free.
func (e *editor) newResource(id string, st setting) error {
	way, rest, err := e.walk([]string{"Resources"})
	if err != nil || len(rest) > 0 {
		return fmt.Errorf("%s has no Resources to add to", e.name)
	}
	resources := way[len(way)-1]
	if st.exact && member(resources, id) >= 0 {
		return fmt.Errorf("%s has a resource %s already; add the role under another name by hand", e.name, id)
	}
	for free := id; ; free += "2" {
		if member(resources, free) < 0 {
			id = free
			break
		}
	}
	body := nested(st.path, st.value).(map[string]any)
	body["Type"] = st.at.kind
	return e.set([]string{"Resources", id}, nil, body)
}

// removePolicy removes a policy whose last statement goes, or a resource.
func (e *editor) removePolicy(id string, prefix []string) error {
	if i := slices.IndexFunc(prefix, func(name string) bool { _, ok := index(name); return ok }); i >= 0 {
		return e.remove(append([]string{"Resources", id}, prefix[:i+1]...))
	}
	if n := mentions(e.root, id); n > 0 {
		return fmt.Errorf("%s: %s goes as a whole, and %s; remove it by hand", e.name, id, named(n))
	}
	e.edited = []string{"Resources", id}
	resources := e.root.Content[member(e.root, "Resources")+1]
	return e.removeEntries(resources, []int{member(resources, id)})
}

// named says how many other places name what is to be removed.
func named(n int) string {
	if n == 1 {
		return "another place names it"
	}
	return fmt.Sprintf("%d other places name it", n)
}

// mentions counts the texts that name a resource.
func mentions(n *yaml.Node, id string) int {
	count := 0
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			continue
		}
		if child.Kind == yaml.ScalarNode && (child.Value == id || strings.HasPrefix(child.Value, id+".") || strings.Contains(child.Value, "${"+id+"}") || strings.Contains(child.Value, "${"+id+".")) {
			count++
		}
		count += mentions(child, id)
	}
	return count
}

// addItem adds to a list, and makes a list of what is a single object.
func (e *editor) addItem(where []string, value any) error {
	way, rest, err := e.walk(where)
	if err != nil {
		return err
	}
	n := way[len(way)-1]
	if len(rest) > 0 || empty(n) {
		return e.set(where, nil, []any{value})
	}
	e.edited = where
	if f := function(n); f != "" {
		return fmt.Errorf("%s:%d: the list stands behind %s; change it by hand", e.name, n.Line, f)
	}
	value = e.words.document(value)
	switch n.Kind {
	case yaml.SequenceNode:
		text, plain := value.(string)
		if !plain || !slices.ContainsFunc(n.Content, func(have *yaml.Node) bool { return have.Kind == yaml.ScalarNode && have.Value == text }) {
			e.add(n, value)
		}
	case yaml.MappingNode:
		e.wrap(n, value)
	case yaml.ScalarNode:
		e.replace(n, parentOf(way), []any{n.Value, value}) // one name alone becomes a list
	default:
		return fmt.Errorf("%s:%d: %s is no list; change it by hand", e.name, n.Line, joined(where))
	}
	return nil
}

// wrap makes a list of an object and a second item.
func (e *editor) wrap(n *yaml.Node, value any) {
	from, to := e.start(n), e.end(n)
	if n.Style&yaml.FlowStyle != 0 {
		e.put(from, from, "[")
		e.put(to, to, ", "+e.style.flow(value)+"]")
		return
	}
	old := e.column(from)
	dash := max(old-e.style.unit+e.style.dash, 0)
	lines := strings.Split(string(e.text[from:e.lineEnd(to)]), "\n")
	for i, line := range lines[1:] {
		if strings.HasPrefix(line, spaces(old)) {
			lines[i+1] = spaces(dash+2) + line[old:]
		}
	}
	e.put(e.lineStart(from), e.lineEnd(to), spaces(dash)+"- "+strings.Join(lines, "\n")+e.style.eol+spaces(dash)+e.before(e.lineEnd(to)).item(value, dash))
}
