package remedy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// source is a YAML or JSON file that is edited in place: its text, and the nodes
// of it with the places where they begin and end.
type source struct {
	name  string
	text  []byte
	lines []int // where each line begins
	root  *yaml.Node
	style style
	// aliases says that one place of the file stands for another one.
	aliases bool
	deploys *bool // whether it has deployments of its own making; nil until that is asked
}

// style is how the user's file is written.
type style struct {
	json   bool
	tabs   bool // JSON that is indented by tabs
	eol    string
	unit   int  // columns of one level
	dash   int  // columns of a list below its name
	double bool // texts stand in double quotes
	quotes bool // texts of several lines stand in quotes
	open   bool // no line end follows, so that a text behind a bar cannot have one
	long   bool // functions are written as Fn::Sub, not as !Sub
}

// maxSource is the largest file that is edited, in bytes: CloudFormation takes
// templates of 1 MB, and definitions may be larger.
const maxSource = 16 << 20

func parseSource(name string, text []byte) (*source, error) {
	if len(text) > maxSource {
		return nil, fmt.Errorf("%s is larger than %d MiB", name, maxSource>>20)
	}
	if bytes.HasPrefix(text, []byte{0xff, 0xfe}) || bytes.HasPrefix(text, []byte{0xfe, 0xff}) {
		return nil, fmt.Errorf("%s is UTF-16, which is read and not edited; save it as UTF-8", name)
	}
	d := &source{name: name, text: text}
	trimmed := bytes.TrimLeft(bytes.TrimPrefix(text, []byte("\ufeff")), " \t\r\n")
	d.style.json = bytes.HasPrefix(trimmed, []byte("{"))
	parsed := text
	if d.style.json {
		// JSON may be indented by tabs and YAML not. A tab is never part of a JSON string.
		parsed = bytes.ReplaceAll(text, []byte("\t"), []byte(" "))
	}
	loader, err := yaml.NewLoader(bytes.NewReader(parsed))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var root yaml.Node
	if err := loader.Load(&root); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s cannot be edited: %w", name, err)
	}
	d.root = &root
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		d.root = root.Content[0]
	}
	if d.root.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s is no template: expected an object", name)
	}
	d.lines = []int{0}
	for i, c := range text {
		if c == '\n' {
			d.lines = append(d.lines, i+1)
		}
	}
	d.learnStyle()
	return d, nil
}

// learnStyle looks at how the file is written.
func (d *source) learnStyle() {
	d.style.eol = "\n"
	if i := bytes.IndexByte(d.text, '\n'); i > 0 && d.text[i-1] == '\r' {
		d.style.eol = "\r\n"
	}
	d.style.unit, d.style.dash = 2, -1
	d.style.tabs = d.style.json && bytes.Contains(d.text, []byte("\n\t"))
	singles, doubles, short, long := 0, 0, 0, 0
	unit := 0
	var visit func(n *yaml.Node, column int)
	visit = func(n *yaml.Node, column int) {
		if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
			short++
		}
		switch n.Kind {
		case yaml.AliasNode:
			d.aliases = true
		case yaml.ScalarNode:
			if n.Style&yaml.SingleQuotedStyle != 0 {
				singles++
			} else if n.Style&yaml.DoubleQuotedStyle != 0 {
				doubles++
			}
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				key, value := n.Content[i], n.Content[i+1]
				if strings.HasPrefix(key.Value, "Fn::") || key.Value == "Ref" {
					long++
				}
				inner := value.Kind == yaml.MappingNode && len(value.Content) > 0
				if inner && unit == 0 && value.Content[0].Line > key.Line && value.Content[0].Column > key.Column {
					unit = value.Content[0].Column - key.Column
				}
				if value.Kind == yaml.SequenceNode && value.Style&yaml.FlowStyle == 0 && d.style.dash < 0 && value.Line > key.Line {
					d.style.dash = value.Column - key.Column
				}
				visit(value, key.Column)
			}
		case yaml.SequenceNode:
			for _, item := range n.Content {
				visit(item, column)
			}
		}
	}
	visit(d.root, 1)
	if unit > 0 {
		d.style.unit = unit
	}
	if d.style.dash < 0 {
		d.style.dash = d.style.unit
	}
	d.style.double = doubles > singles
	d.style.long = long > 0 && short == 0
}

// start is where a node begins, its tag included.
func (d *source) start(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(d.lines) {
		return len(d.text)
	}
	at := d.lines[n.Line-1]
	if n.Line == 1 && bytes.HasPrefix(d.text, []byte("\ufeff")) {
		at += 3
	}
	for column := 1; column < n.Column && at < len(d.text); column++ {
		_, size := utf8.DecodeRune(d.text[at:])
		at += size
	}
	return at
}

// column is how far a place is from the beginning of its line.
func (d *source) column(at int) int {
	line := sort.SearchInts(d.lines, at+1) - 1
	return utf8.RuneCount(d.text[d.lines[line]:at])
}

// lineStart is where the line of a place begins, lineEnd where it ends, before
// its line break.
func (d *source) lineStart(at int) int { return d.lines[sort.SearchInts(d.lines, at+1)-1] }

func (d *source) lineEnd(at int) int {
	end := bytes.IndexByte(d.text[at:], '\n')
	if end < 0 {
		return len(d.text)
	}
	end += at
	if end > at && d.text[end-1] == '\r' {
		end--
	}
	return end
}

// next is where the line after the one of a place begins.
func (d *source) next(at int) int {
	end := bytes.IndexByte(d.text[at:], '\n')
	if end < 0 {
		return len(d.text)
	}
	return at + end + 1
}

// indent is the column of the first character of a place's line.
func (d *source) indent(at int) int {
	line := d.text[d.lineStart(at):]
	return len(line) - len(bytes.TrimLeft(line, " \t"))
}

// body is where a node's value begins, behind its tag and anchor.
func (d *source) body(n *yaml.Node) int {
	at := d.start(n)
	for at < len(d.text) && (d.text[at] == '!' || d.text[at] == '&') {
		for at < len(d.text) && !bytes.ContainsRune([]byte(" \t\r\n,]}"), rune(d.text[at])) {
			at++
		}
		for at < len(d.text) && bytes.ContainsRune([]byte(" \t\r\n"), rune(d.text[at])) {
			if d.text[at] == '\n' && n.Kind == yaml.ScalarNode && n.Value == "" {
				return at
			}
			at++
		}
	}
	return at
}

// end is where a node ends, behind its last character.
func (d *source) end(n *yaml.Node) int {
	switch {
	case n.Kind == yaml.AliasNode:
		return d.word(d.start(n))
	case n.Kind == yaml.ScalarNode:
		return d.scalarEnd(n)
	case n.Style&yaml.FlowStyle != 0 || len(n.Content) == 0:
		return d.flowEnd(d.body(n))
	}
	last := n.Content[len(n.Content)-1]
	end := d.end(last)
	if n.Kind == yaml.MappingNode && len(n.Content) > 1 && end <= d.start(last) {
		end = min(max(end, d.end(n.Content[len(n.Content)-2])+1), len(d.text)) // a name without a value, and its colon
	}
	return end
}

func (d *source) word(at int) int {
	for at < len(d.text) && !bytes.ContainsRune([]byte(" \t\r\n,]}"), rune(d.text[at])) {
		at++
	}
	return at
}

func (d *source) scalarEnd(n *yaml.Node) int {
	at := d.body(n)
	if at >= len(d.text) {
		return len(d.text)
	}
	switch {
	case n.Style&yaml.SingleQuotedStyle != 0 || n.Style&yaml.DoubleQuotedStyle != 0:
		return d.quotedEnd(at)
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return d.blockEnd(at)
	case n.Value == "" || n.Tag == "!!null" && d.text[at] != '~' && !bytes.HasPrefix(bytes.ToLower(d.text[at:min(at+4, len(d.text))]), []byte("null")):
		return d.start(n)
	case bytes.HasPrefix(d.text[at:], []byte(n.Value)):
		return at + len(n.Value)
	}
	return d.plainEnd(at, n.Value)
}

// quotedEnd finds the end of a text in quotes.
func (d *source) quotedEnd(at int) int {
	quote := d.text[at]
	for i := at + 1; i < len(d.text); i++ {
		switch {
		case d.text[i] == '\\' && quote == '"':
			i++
		case d.text[i] == quote && quote == '\'' && i+1 < len(d.text) && d.text[i+1] == '\'':
			i++
		case d.text[i] == quote:
			return i + 1
		}
	}
	return len(d.text)
}

// plainEnd finds the end of a text without quotes that runs over several lines:
// line breaks and the blanks around them are one blank in the value.
func (d *source) plainEnd(at int, value string) int {
	i := at
	for _, r := range value {
		if r == ' ' || r == '\n' {
			for i < len(d.text) && bytes.ContainsRune([]byte(" \t\r\n"), rune(d.text[i])) {
				i++
			}
			continue
		}
		_, size := utf8.DecodeRune(d.text[min(i, len(d.text)):])
		i += size
	}
	return min(i, len(d.text))
}

// blockEnd finds the end of a text behind | or >: before the first line that is
// neither empty nor further in than the line of the name, blank lines at the end
// not counted.
func (d *source) blockEnd(at int) int {
	indent := d.indent(at)
	// Below "- name: |" the name's own column counts.
	line := d.text[d.lineStart(at):at]
	for t := bytes.TrimLeft(line, " "); bytes.HasPrefix(t, []byte("- ")); t = bytes.TrimLeft(t[2:], " ") {
		inner := len(line) - len(bytes.TrimLeft(t[2:], " "))
		if !bytes.Contains(t[2:], []byte(":")) {
			break // the text is the item itself
		}
		indent = inner
	}
	end := d.lineEnd(at)
	for i := d.next(at); i < len(d.text); i = d.next(i) {
		line := d.text[i:d.lineEnd(i)]
		trimmed := bytes.TrimLeft(line, " ")
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if len(line)-len(trimmed) <= indent {
			break
		}
		end = d.lineEnd(i)
	}
	return end
}

// flowEnd finds the bracket that closes the one at the place.
func (d *source) flowEnd(at int) int {
	depth := 0
	for i := at; i < len(d.text); i++ {
		switch c := d.text[i]; c {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth <= 0 {
				return i + 1
			}
		case '"', '\'':
			before := byte(' ')
			if i > 0 {
				before = d.text[i-1]
			}
			if bytes.IndexByte([]byte(" \t\r\n,[{:"), before) >= 0 {
				i = d.quotedEnd(i) - 1
			}
		case '#':
			if i > 0 && (d.text[i-1] == ' ' || d.text[i-1] == '\n' || d.text[i-1] == '\t') && !d.style.json {
				i = d.lineEnd(i) - 1
			}
		}
	}
	return len(d.text)
}
