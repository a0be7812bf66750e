package remedy

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// hclFile collects blocks of Terraform, those of one resource in one block.
type hclFile struct {
	s        *snapshot.Snapshot
	comments []string
	blocks   []*hclBlock
}

type resourceKey struct{ kind, name string }

// hclBlock is a resource: comments, arguments in columns, maps, nested blocks.
type hclBlock struct {
	key       resourceKey
	comments  []string
	arguments [][2]string
	maps      []hclMap
	inner     []string
}

type hclMap struct {
	name    string
	entries [][2]string
}

func (f *hclFile) block(key resourceKey) *hclBlock {
	for _, b := range f.blocks {
		if b.key == key {
			return b
		}
	}
	b := &hclBlock{key: key}
	f.blocks = append(f.blocks, b)
	return b
}

func (f *hclFile) comment(text string) { f.comments = append(f.comments, "# "+text) }

func (b *hclBlock) comment(text string) { b.comments = append(b.comments, "# "+text) }

func (b *hclBlock) set(name, value string) { put(&b.arguments, name, value) }

func (b *hclBlock) setEntry(argument, name, value string) {
	for i := range b.maps {
		if b.maps[i].name == argument {
			put(&b.maps[i].entries, name, value)
			return
		}
	}
	b.maps = append(b.maps, hclMap{argument, [][2]string{{name, value}}})
}

func put(list *[][2]string, name, value string) {
	for i := range *list {
		if (*list)[i][0] == name {
			(*list)[i][1] = value
			return
		}
	}
	*list = append(*list, [2]string{name, value})
}

// nested adds a block: its arguments, then blocks inside it, each of which
// begins with a pair of its name and nothing.
func (b *hclBlock) nested(name string, body ...[][2]string) {
	var groups []string
	for _, group := range body {
		if len(group) > 0 && group[0][1] == "" {
			groups = append(groups, group[0][0]+" {\n"+indented(aligned(group[1:]))+"\n}")
		} else if len(group) > 0 {
			groups = append(groups, aligned(group))
		}
	}
	b.inner = append(b.inner, name+" {\n"+indented(strings.Join(groups, "\n\n"))+"\n}")
}

func (f *hclFile) String() string {
	var parts []string
	if len(f.comments) > 0 {
		parts = append(parts, strings.Join(f.comments, "\n")+"\n")
	}
	for _, b := range f.blocks {
		parts = append(parts, b.String())
	}
	return strings.Join(parts, "\n")
}

func (b *hclBlock) String() string {
	var groups []string
	if len(b.comments) > 0 {
		groups = append(groups, strings.Join(b.comments, "\n"))
	}
	if len(b.arguments) > 0 {
		groups = append(groups, aligned(b.arguments))
	}
	for _, m := range b.maps {
		groups = append(groups, m.name+" = {\n"+indented(aligned(m.entries))+"\n}")
	}
	groups = append(groups, b.inner...)
	head := fmt.Sprintf("resource %q %q", b.key.kind, b.key.name)
	if kind, ok := strings.CutPrefix(b.key.kind, "data "); ok {
		head = fmt.Sprintf("data %q %q", kind, b.key.name)
	}
	return head + " {\n" + indented(strings.Join(groups, "\n\n")) + "\n}\n"
}

// indented moves lines to the right by two blanks.
func indented(body string) string {
	lines := strings.Split(body, "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = "  " + line
		}
	}
	return strings.Join(lines, "\n")
}

// aligned writes arguments with their equal signs in one column.
func aligned(pairs [][2]string) string {
	width := 0
	for _, p := range pairs {
		width = max(width, len([]rune(p[0])))
	}
	lines := make([]string, len(pairs))
	for i, p := range pairs {
		lines[i] = p[0] + strings.Repeat(" ", width-len([]rune(p[0]))) + " = " + p[1]
	}
	return strings.Join(lines, "\n")
}

func hclList(v any) string {
	items, ok := v.([]any)
	if !ok {
		items = []any{v}
	}
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = hclString(fmt.Sprint(item))
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// hclString quotes a string for HCL, where ${ and %{ begin templates.
func hclString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04x`, r)
		case (r == '$' || r == '%') && strings.HasPrefix(s[i+1:], "{"):
			b.WriteRune(r)
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// resourceName names a method's resources: orders_post.
func resourceName(ref snapshot.MethodRef) string {
	return identifier(ref.Path + "_" + strings.ToLower(ref.Method))
}

func identifier(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' {
			b.WriteRune(r)
		} else if b.Len() > 0 && !strings.HasSuffix(b.String(), "_") {
			b.WriteByte('_')
		}
	}
	name := strings.Trim(b.String(), "_")
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		name = "r_" + name
	}
	return name
}
