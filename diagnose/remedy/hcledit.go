package remedy

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
)

// hclEditor edits the files of a Terraform configuration. It changes what stands
// in the user's words and refuses what is computed.
type hclEditor struct {
	read     func(file string) ([]byte, error)
	files    map[string]*hclText
	s        *snapshot.Snapshot   // before the change that is being made
	added    []string             // addresses of new resources that deployments have to wait for
	policies map[string]hclPolicy // that were added, by role and name
	once     map[string]bool      // what was added: a module's text is there once for all its instances
}

// hclText is a file in the making. Places in the snapshot are those of the file
// as it was read; moves lead from there to where they are now.
type hclText struct {
	name  string
	old   []byte
	text  []byte
	body  *hclsyntax.Body
	moves []hclMove
	fresh []hclValue // values that were changed
	tidy  bool       // the file was formatted as terraform fmt does
}

// hclValue is a changed value: where it is now, and its text.
type hclValue struct {
	at   int
	text string
}

// hclMove is an edit: the bytes from from to to gave way to size others.
type hclMove struct{ from, to, size int }

// editTerraform makes fixes in the files of a configuration.
func (t *Templates) editTerraform(s *snapshot.Snapshot, fixes []diagnose.Fix) ([]FileEdit, []string, error) {
	e := &hclEditor{read: t.read, files: map[string]*hclText{}, s: s, once: map[string]bool{}, policies: map[string]hclPolicy{}}
	var notes []string
	var deploys []snapshot.Deploy
	for _, fix := range fixes {
		for _, change := range fix.Changes {
			after, err := change.Apply(e.s)
			if err != nil {
				return nil, nil, err
			}
			if c, ok := change.(snapshot.Deploy); ok {
				if !slices.Contains(deploys, c) {
					deploys = append(deploys, c)
				}
			} else if err := e.make(change, after); err != nil {
				return nil, nil, err
			}
			e.s = after
		}
	}
	for _, c := range deploys {
		note, err := e.deploy(s, c)
		if err != nil {
			return nil, nil, err
		}
		if note != "" {
			notes = append(notes, note)
		}
	}
	var out []FileEdit
	for _, name := range sorted(e.files) {
		f := e.files[name]
		if f.tidy {
			f.text = hclwrite.Format(f.text)
		}
		if !bytes.Equal(f.old, f.text) {
			out = append(out, FileEdit{name, f.old, f.text})
		}
	}
	return out, notes, nil
}

// file reads and parses a file, the first time.
func (e *hclEditor) file(name string) (*hclText, error) {
	if f, ok := e.files[name]; ok {
		return f, nil
	}
	if name == e.s.Target.File {
		return nil, fmt.Errorf("%s is a plan or a state, which is not edited; change the configuration that it comes from", filepath.ToSlash(name))
	}
	if !strings.HasSuffix(name, ".tf") && !strings.HasSuffix(name, ".tofu") {
		return nil, fmt.Errorf("the value stands in %s; change it there", filepath.ToSlash(name))
	}
	text, err := e.read(name)
	if err != nil {
		return nil, err
	}
	f := &hclText{name: name, old: text, text: text, tidy: bytes.Equal(hclwrite.Format(text), text)}
	if err := f.parse(); err != nil {
		return nil, err
	}
	e.files[name] = f
	return f, nil
}

func (f *hclText) parse() error {
	parsed, diags := hclsyntax.ParseConfig(f.text, f.name, hcl.InitialPos)
	if diags.HasErrors() {
		return fmt.Errorf("%s cannot be edited by machine: %s", f.name, diags[0].Summary)
	}
	f.body = parsed.Body.(*hclsyntax.Body)
	return nil
}

// splice puts a text in the place of some bytes.
func (f *hclText) splice(from, to int, text string) error {
	next := slices.Concat(f.text[:from], []byte(text), f.text[to:])
	before := *f
	f.text = next
	if err := f.parse(); err != nil {
		*f = before
		return err
	}
	f.moves = append(f.moves, hclMove{from, to, len(text)})
	for i := range f.fresh {
		if f.fresh[i].at >= to {
			f.fresh[i].at += len(text) - (to - from)
		}
	}
	return nil
}

// offset is where a place of the snapshot is now.
func (f *hclText) offset(o snapshot.Origin) (int, bool) {
	at, line := 0, 1
	for line < o.Line {
		next := bytes.IndexByte(f.old[at:], '\n')
		if next < 0 {
			return 0, false
		}
		at, line = at+next+1, line+1
	}
	// Columns count characters; the parser counts clusters of them, which differ
	// only for text that no argument begins with.
	for column := 1; column < o.Column; column++ {
		_, size := utf8.DecodeRune(f.old[at:])
		at += size
	}
	for _, m := range f.moves {
		switch {
		case at >= m.to:
			at += m.size - (m.to - m.from)
		case at > m.from:
			return 0, false
		}
	}
	return at, true
}

// place finds the file and the offset of a value.
func (e *hclEditor) place(o snapshot.Origin) (*hclText, int, error) {
	if o.File == "" {
		return nil, 0, fmt.Errorf("%s is not part of the configuration; change it where it is made", o.Resource)
	}
	f, err := e.file(o.File)
	if err != nil {
		return nil, 0, err
	}
	at, ok := f.offset(o)
	if !ok {
		return nil, 0, fmt.Errorf("%s:%d is edited already; make this change by hand", f.name, o.Line)
	}
	return f, at, nil
}

// expression is the outermost expression that begins at an offset.
func (f *hclText) expression(at int) hclsyntax.Expression {
	var found hclsyntax.Expression
	_ = hclsyntax.VisitAll(f.body, func(n hclsyntax.Node) hcl.Diagnostics {
		if e, ok := n.(hclsyntax.Expression); ok && found == nil && e.Range().Start.Byte == at {
			if _, key := e.(*hclsyntax.ObjectConsKeyExpr); !key {
				found = e
			}
		}
		return nil
	})
	return found
}

// block is the block that begins at an offset.
func (f *hclText) block(at int) *hclsyntax.Block {
	var found *hclsyntax.Block
	_ = hclsyntax.VisitAll(f.body, func(n hclsyntax.Node) hcl.Diagnostics {
		if b, ok := n.(*hclsyntax.Block); ok && b.TypeRange.Start.Byte == at {
			found = b
		}
		return nil
	})
	return found
}

// resource finds the block of a resource by its place.
func (e *hclEditor) resource(o snapshot.Origin) (*hclText, *hclsyntax.Block, error) {
	f, at, err := e.place(o)
	if err != nil {
		return nil, nil, err
	}
	b := f.block(at)
	if b == nil {
		return nil, nil, fmt.Errorf("%s:%d: %s stands in no block of its own; change it by hand", filepath.ToSlash(f.name), o.Line, o.Resource)
	}
	return f, b, nil
}

// computed refuses a value that is not written where it is used.
func (f *hclText) computed(what string, e hclsyntax.Expression) error {
	return fmt.Errorf("%s:%d: %s is computed: %s; change it where it comes from", filepath.ToSlash(f.name), e.Range().Start.Line, what, oneLine(string(e.Range().SliceBytes(f.text))))
}

// argument sets an argument of a block, which is a text, or with an empty text
// removes it. origin is the place of the value that is there.
func (e *hclEditor) argument(block, origin snapshot.Origin, name, before, after string) error {
	f, b, err := e.resource(block)
	if err != nil {
		return err
	}
	a := b.Body.Attributes[name]
	switch {
	case a == nil && after == "":
		return nil
	case a == nil:
		value, err := e.value(f, block, after)
		if err != nil {
			return err
		}
		return f.addArgument(b, name, value)
	case after == "":
		return f.removeLines(a.SrcRange)
	}
	if origin.File != "" && (origin.Line != block.Line || origin.File != block.File) {
		if g, at, err := e.place(origin); err == nil {
			if x := g.expression(at); x != nil {
				return e.rewrite(g, block, name, x, before, after)
			}
		}
	}
	return e.rewrite(f, block, name, a.Expr, before, after)
}

// rewrite changes the text of an expression from one to another.
func (e *hclEditor) rewrite(f *hclText, block snapshot.Origin, what string, x hclsyntax.Expression, before, after string) error {
	r := x.Range()
	source := string(r.SliceBytes(f.text))
	was := slices.IndexFunc(f.fresh, func(v hclValue) bool { return v.at == r.Start.Byte })
	switch {
	case was >= 0 && f.fresh[was].text == after:
		return nil // another instance, or another method, has the same text
	case was >= 0 && f.fresh[was].text != before:
		return fmt.Errorf("%s:%d: %s is changed for another method already", filepath.ToSlash(f.name), r.Start.Line, what)
	}
	_, literal := x.(*hclsyntax.TemplateExpr)
	value, diags := x.Value(nil)
	pure := !diags.HasErrors() && value.Type() == cty.String && value.IsKnown() && !value.IsNull()
	if pure && value.AsString() == after {
		return nil
	}
	splice := func(out string) error {
		if err := f.splice(r.Start.Byte, r.End.Byte, out); err != nil {
			return err
		}
		f.fresh = append(slices.DeleteFunc(f.fresh, func(v hclValue) bool { return v.at == r.Start.Byte }), hclValue{r.Start.Byte, after})
		return nil
	}
	if literal || !pure {
		if out, ok := amended(f.text, x, before, after); ok {
			return splice(out)
		}
	}
	if !pure {
		// A reference may give way to another one, as that to a role; text that is
		// put together may not.
		if _, name := x.(*hclsyntax.ScopeTraversalExpr); !name || !strings.HasPrefix(after, "arn:") {
			return f.computed(what, x)
		}
	}
	out, err := e.value(f, block, after)
	if err != nil {
		return err
	}
	if strings.HasPrefix(source, "<<") && strings.HasSuffix(after, "\n") {
		out = heredoc(source, after)
	}
	return splice(out)
}

// heredoc is a text in the frame of the heredoc that it takes the place of.
func heredoc(source, text string) string {
	lines := strings.Split(source, "\n")
	indent := ""
	if strings.HasPrefix(lines[0], "<<-") && len(lines) > 1 {
		indent = lines[1][:len(lines[1])-len(strings.TrimLeft(lines[1], " \t"))]
	}
	var b strings.Builder
	b.WriteString(lines[0] + "\n")
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if line != "" {
			line = indent + templateEscape(line)
		}
		b.WriteString(line + "\n")
	}
	last := lines[len(lines)-1]
	if last == "" && len(lines) > 1 { // the range takes in the end of the line
		return b.String() + lines[len(lines)-2] + "\n"
	}
	return b.String() + last
}

func templateEscape(s string) string {
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(s)
}

// pieces are the ranges of the literal texts in an expression.
func pieces(x hclsyntax.Expression) []hcl.Range {
	var list []hcl.Range
	_ = hclsyntax.VisitAll(x, func(n hclsyntax.Node) hcl.Diagnostics {
		t, ok := n.(*hclsyntax.TemplateExpr)
		if !ok {
			return nil
		}
		for _, p := range t.Parts {
			l, ok := p.(*hclsyntax.LiteralValueExpr)
			switch last := len(list) - 1; {
			case !ok:
			case last >= 0 && list[last].End.Byte == l.SrcRange.Start.Byte:
				list[last].End = l.SrcRange.End
			default:
				list = append(list, l.SrcRange)
			}
		}
		return nil
	})
	return list
}

// amended makes a change of a text in the expression that the text comes from:
// the piece that differs has to stand once in its literal texts. All else stays
// as it is.
func amended(text []byte, x hclsyntax.Expression, before, after string) (string, bool) {
	whole := x.Range()
	source := string(whole.SliceBytes(text))
	literals := pieces(x)
	if len(literals) == 0 {
		return "", false
	}
	head := 0
	for head < len(before) && head < len(after) && before[head] == after[head] {
		head++
	}
	tail := 0
	for tail < len(before)-head && tail < len(after)-head && before[len(before)-1-tail] == after[len(after)-1-tail] {
		tail++
	}
	for head > 0 && !utf8.RuneStart(at(before, head)) {
		head--
	}
	for tail > 0 && !utf8.RuneStart(before[len(before)-tail]) {
		tail--
	}
	old, with := before[head:len(before)-tail], after[head:len(after)-tail]
	isHeredoc := strings.HasPrefix(source, "<<")
	quote := func(s string) string {
		if isHeredoc {
			return templateEscape(s)
		}
		q := hclString(s)
		return q[1 : len(q)-1]
	}
	if isHeredoc && strings.Contains(with, "\n") {
		return "", false
	}
	const most = 60
	for context := 0; context <= most; context += 4 {
		left := before[max(0, head-context):head]
		right := before[len(before)-tail : min(len(before), len(before)-tail+context)]
		if old == "" && context == 0 || !utf8.ValidString(left+right) {
			continue
		}
		// One side may be cut off by an interpolation.
		for _, c := range [][2]string{{left, right}, {left, ""}, {"", right}} {
			find := quote(c[0] + old + c[1])
			if find == "" || len(c[0]+old+c[1]) < 4 {
				continue
			}
			found, at := 0, hcl.Range{}
			for _, l := range literals {
				if n := strings.Count(string(l.SliceBytes(text)), find); n > 0 {
					found, at = found+n, l
				}
			}
			if found == 1 {
				piece := strings.Replace(string(at.SliceBytes(text)), find, quote(c[0]+with+c[1]), 1)
				return string(text[whole.Start.Byte:at.Start.Byte]) + piece + string(text[at.End.Byte:whole.End.Byte]), true
			}
		}
	}
	return "", false
}

func at(s string, i int) byte {
	if i < len(s) {
		return s[i]
	}
	return 0
}

// lineStart is the offset of the first byte of the line that an offset is in.
func (f *hclText) lineStart(at int) int { return bytes.LastIndexByte(f.text[:at], '\n') + 1 }

// indentAt is the blanks that the line of an offset begins with.
func (f *hclText) indentAt(at int) string {
	line := f.text[f.lineStart(at):at]
	return string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
}

// lineEnd is the offset behind the line that an offset is in.
func (f *hclText) lineEnd(at int) int {
	if next := bytes.IndexByte(f.text[at:], '\n'); next >= 0 {
		return at + next + 1
	}
	return len(f.text)
}

// addArgument adds an argument to a block, behind its last one.
func (f *hclText) addArgument(b *hclsyntax.Block, name, value string) error {
	indent := f.indentAt(b.TypeRange.Start.Byte) + "  "
	line := indent + name + " = " + strings.ReplaceAll(value, "\n", "\n"+indent)
	if b.OpenBraceRange.Start.Line == b.CloseBraceRange.Start.Line {
		// A block on one line is opened up.
		inner := strings.TrimSpace(string(f.text[b.OpenBraceRange.End.Byte:b.CloseBraceRange.Start.Byte]))
		text := "\n" + line + "\n" + indent[2:]
		if inner != "" {
			text = "\n" + indent + inner + text
		}
		return f.splice(b.OpenBraceRange.End.Byte, b.CloseBraceRange.Start.Byte, text)
	}
	// Behind the last argument that stands before nested blocks and Terraform's own arguments.
	var last *hclsyntax.Attribute
	for _, a := range b.Body.Attributes {
		if a.Name != "depends_on" && (last == nil || a.SrcRange.Start.Byte > last.SrcRange.Start.Byte) {
			last = a
		}
	}
	at := f.lineEnd(b.OpenBraceRange.Start.Byte)
	blank := ""
	if last != nil {
		at = f.lineEnd(max(last.SrcRange.Start.Byte, last.SrcRange.End.Byte-1))
		if multi := strings.Contains(value, "\n"); multi || last.SrcRange.Start.Line != last.SrcRange.End.Line {
			blank = "\n"
		}
	}
	return f.splice(at, at, blank+line+"\n")
}

// removeLines removes an argument with its line.
func (f *hclText) removeLines(r hcl.Range) error {
	from, to := f.lineStart(r.Start.Byte), f.lineEnd(max(r.Start.Byte, r.End.Byte-1))
	if strings.TrimSpace(string(f.text[from:r.Start.Byte])) != "" {
		return f.splice(r.Start.Byte, r.End.Byte, "")
	}
	return f.splice(from, to, "")
}

// entry sets or removes an entry of a map argument. container and own are the
// places of the map and of the entry that is there.
func (e *hclEditor) entry(block, container, own snapshot.Origin, argument, key, before, after string, raw bool) error {
	apart := func(o, from snapshot.Origin) bool {
		return o.File != "" && (o.File != from.File || o.Line != from.Line || o.Column != from.Column)
	}
	if before != "" && apart(own, block) && apart(own, container) {
		f, at, err := e.place(own)
		if err != nil {
			return err
		}
		if x := f.expression(at); x != nil {
			if after == "" {
				return f.removeItem(at)
			}
			return e.rewrite(f, block, fmt.Sprintf("%s[%q]", argument, key), x, before, after)
		}
	}
	f, b, err := e.resource(block)
	if err != nil {
		return err
	}
	value := after
	if !raw {
		if value, err = e.value(f, block, after); err != nil {
			return err
		}
	}
	a := b.Body.Attributes[argument]
	if a == nil {
		if after == "" {
			return nil
		}
		return f.addArgument(b, argument, "{\n  "+hclString(key)+" = "+value+"\n}")
	}
	x := a.Expr
	if o, ok := x.(*hclsyntax.ObjectConsExpr); ok {
		return e.item(f, block, o, argument, key, before, after, value)
	}
	if apart(container, block) {
		if g, at, err := e.place(container); err == nil {
			if o, ok := g.expression(at).(*hclsyntax.ObjectConsExpr); ok {
				return e.item(g, block, o, argument, key, before, after, value)
			}
		}
	}
	return f.computed(argument, x)
}

// item sets or removes an item of an object.
func (e *hclEditor) item(f *hclText, block snapshot.Origin, o *hclsyntax.ObjectConsExpr, what, key, before, after, value string) error {
	for _, item := range o.Items {
		v, diags := item.KeyExpr.Value(nil)
		if diags.HasErrors() || !v.IsKnown() || v.IsNull() || v.Type() != cty.String || v.AsString() != key {
			continue
		}
		if after == "" {
			return f.removeItem(item.ValueExpr.Range().Start.Byte)
		}
		return e.rewrite(f, block, fmt.Sprintf("%s[%q]", what, key), item.ValueExpr, before, after)
	}
	if after == "" {
		return nil
	}
	name := hclString(key)
	if hclsyntax.ValidIdentifier(key) && !slices.ContainsFunc(o.Items, func(i hclsyntax.ObjectConsItem) bool {
		return bytes.HasPrefix(i.KeyExpr.Range().SliceBytes(f.text), []byte(`"`))
	}) {
		name = key
	}
	line := name + " = " + value
	end := o.SrcRange.End.Byte - 1 // the closing brace
	if o.SrcRange.Start.Line == o.SrcRange.End.Line && !strings.Contains(value, "\n") {
		inner := strings.TrimRight(string(f.text[o.SrcRange.Start.Byte:end]), " ,")
		separator := ", "
		if len(o.Items) == 0 {
			separator = " "
		}
		return f.splice(o.SrcRange.Start.Byte, o.SrcRange.End.Byte, inner+separator+line+" }")
	}
	indent := f.indentAt(o.SrcRange.Start.Byte) + "  "
	line = indent + strings.ReplaceAll(line, "\n", "\n"+indent) + "\n"
	if len(o.Items) == 0 {
		return f.splice(o.SrcRange.Start.Byte, o.SrcRange.End.Byte, "{\n"+line+indent[2:]+"}")
	}
	last := o.Items[len(o.Items)-1].ValueExpr.Range()
	from := f.lineEnd(max(last.Start.Byte, last.End.Byte-1))
	if from > end {
		return f.splice(end, end, "\n"+line+indent[2:])
	}
	return f.splice(from, from, line)
}

// removeItem removes the item of an object whose value begins at an offset.
func (f *hclText) removeItem(at int) error {
	var err error = errors.New("the entry is not where it was read; change it by hand")
	_ = hclsyntax.VisitAll(f.body, func(n hclsyntax.Node) hcl.Diagnostics {
		o, ok := n.(*hclsyntax.ObjectConsExpr)
		if !ok {
			return nil
		}
		for i, item := range o.Items {
			if item.ValueExpr.Range().Start.Byte != at {
				continue
			}
			r := hcl.RangeBetween(item.KeyExpr.Range(), item.ValueExpr.Range())
			if o.SrcRange.Start.Line != o.SrcRange.End.Line {
				err = f.removeLines(r)
				return nil
			}
			from, to := r.Start.Byte, r.End.Byte
			switch {
			case i+1 < len(o.Items):
				to = o.Items[i+1].KeyExpr.Range().Start.Byte
			case i > 0:
				from = o.Items[i-1].ValueExpr.Range().End.Byte
			}
			err = f.splice(from, to, "")
			return nil
		}
		return nil
	})
	return err
}
