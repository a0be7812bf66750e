package remedy

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"apisqs-doctor/diagnose/snapshot"
)

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
	if out, ok := e.reattributed(f, block, x, before, after); ok {
		return splice(out)
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
