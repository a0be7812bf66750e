package vtl

import (
	"slices"
	"strings"
	"unicode/utf8"

	"apisqs-doctor/diagnose/text/lazy"
)

// Parameter is one name=value of a form that a template writes, as offsets into
// the template: from its name up to the ampersand or line end behind its value.
type Parameter struct {
	Name                   string
	Start, ValueStart, End int
}

// FormParameters lists the parameters of the forms that a template writes, in
// every branch and string, in the order of the text.
func (t *Template) FormParameters() []Parameter {
	l := t.places()
	var list []Parameter
	for _, run := range l.runs() {
		list = append(list, l.parameters(run, t.source)...)
	}
	return list
}

// parameters reads the form in one text. Names are plain text; they start where
// a text starts, behind an ampersand, a blank or a directive.
func (l *layout) parameters(run []piece, source string) []Parameter {
	var list []Parameter
	var open *Parameter
	block := 0
	finish := func(end int) {
		if open != nil {
			open.End = max(end, open.ValueStart)
			list = append(list, *open)
			open = nil
		}
	}
	boundary, last := true, 0
	for _, x := range run {
		if open != nil && !l.inside(x.block, block) {
			finish(last) // the block in which the parameter began is over
		}
		if x.kind != pieceText || !x.exact {
			boundary = x.kind == pieceOther
			if x.kind == pieceReference || open == nil || x.block == block {
				last = x.end
			}
			continue
		}
		for i := x.start; i < x.end; {
			switch c := source[i]; {
			case c == '&' || c == '\n' || c == '\r':
				finish(l.outerEnd(run, x, block, i, last))
				boundary = true
				i++
			case c == ' ' || c == '\t':
				boundary = true
				i++
			case boundary && open == nil:
				n := strings.IndexAny(source[i:x.end], "=& \t\r\n")
				if n > 0 && source[i+n] == '=' {
					open, block = &Parameter{Name: source[i : i+n], Start: i, ValueStart: i + n + 1}, x.block
					i += n + 1
				} else {
					i++
				}
				boundary = false
			default:
				boundary = false
				i++
			}
		}
		last = x.end
	}
	finish(last)
	return list
}

// outerEnd is where a value ends whose next ampersand stands at i: there, or
// before the directive in whose block the ampersand is the first thing.
func (l *layout) outerEnd(run []piece, x piece, block, i, last int) int {
	if x.block == block {
		return i
	}
	for b := x.block; b != block && b != 0; {
		d := l.pieces[l.of[b]]
		if d.block == block {
			return d.start
		}
		b = d.block
	}
	return i
}

// inside tells whether a block lies in another, or is it.
func (l *layout) inside(block, outer int) bool {
	for outer != 0 && block != 0 && block != outer {
		block = l.pieces[l.of[block]].block
	}
	return outer == 0 || block == outer
}

// FormParameter finds the first parameter of the name.
func (t *Template) FormParameter(name string) (Parameter, bool) {
	for _, p := range t.FormParameters() {
		if p.Name == name {
			return p, true
		}
	}
	return Parameter{}, false
}

// SetFormParameter gives a parameter the value that a text of the template
// language writes: wherever the form has it, or else behind its Action, or
// before its first parameter where it has no Action. ok is false when the
// template writes no form.
func (t *Template) SetFormParameter(name, text string) (Edits, bool) {
	var edits []Edit
	all := t.FormParameters()
	for _, p := range all {
		if p.Name == name {
			edits = append(edits, Edit{Offset: p.ValueStart, Old: t.source[p.ValueStart:p.End], New: text})
		}
	}
	if edits != nil || len(all) == 0 {
		return editsOf(edits...)
	}
	for _, p := range all {
		if p.Name == "Action" {
			end := p.ValueStart
			for end < p.End && isWordByte(t.source[end]) {
				end++ // white space behind it is none of the parameter's business
			}
			return editsOf(Edit{Offset: end, New: "&" + name + "=" + text})
		}
	}
	return editsOf(Edit{Offset: all[0].Start, New: name + "=" + text + "&"})
}

// RemoveFormParameters takes the parameters out of the form that match, with an
// ampersand each; ok is false when none does.
func (t *Template) RemoveFormParameters(match func(name string) bool) (Edits, bool) {
	var edits []Edit
	taken := -1 // the ampersand that went with the parameter before
	for _, p := range t.FormParameters() {
		if !match(p.Name) {
			continue
		}
		from, to := p.Start, p.End
		switch {
		case from > 0 && t.source[from-1] == '&' && from-1 != taken:
			from--
		case to < len(t.source) && t.source[to] == '&':
			taken = to
			to++
		}
		edits = append(edits, Edit{Offset: from, Old: t.source[from:to]})
	}
	return editsOf(edits...)
}

// GuardFormParameters writes the parameters that match only where a condition
// holds ("$x != ”"); neighbours share one #if.
func (t *Template) GuardFormParameters(match func(name string) bool, condition string) (Edits, bool) {
	var edits []Edit
	end := -1
	for _, p := range t.FormParameters() {
		if !match(p.Name) || p.Start == 0 || t.source[p.Start-1] != '&' {
			continue
		}
		if p.Start-1 == end {
			edits = edits[:len(edits)-1]
		} else {
			edits = append(edits, Edit{Offset: p.Start - 1, New: "#if(" + condition + ")", Alone: true})
		}
		end = p.End
		edits = append(edits, Edit{Offset: end, New: "#end", Alone: true})
	}
	return editsOf(edits...)
}

// ReplaceText replaces a text wherever the template writes it literally, in
// strings too; ok is false when it does not.
func (t *Template) ReplaceText(old, by string) (Edits, bool) {
	var edits []Edit
	for _, x := range t.places().pieces {
		if x.kind != pieceText || !x.exact || old == "" {
			continue
		}
		for at := x.start; ; {
			i := strings.Index(t.source[at:x.end], old)
			if i < 0 {
				break
			}
			edits = append(edits, Edit{Offset: at + i, Old: old, New: by})
			at += i + len(old)
		}
	}
	return editsOf(edits...)
}

// spacedName is the name of a parameter with blanks before its sign.
var spacedName = lazy.Regexp(`(?:^|[&\s])[A-Za-z][\w.]*[ \t]+=`)

// TrimBlanks takes the white space out of a form that the template itself writes
// around names and values: line ends and indentation, and blanks beside & and =.
// Line ends stay in the text behind a ##, where that hides them.
func (t *Template) TrimBlanks() (Edits, bool) {
	const blanks = " \t\r\n"
	var edits []Edit
	form := map[int]bool{}
	runs := t.places().runs()
	for i, run := range runs {
		form[i] = len(t.places().parameters(run, t.source)) > 0 || slices.ContainsFunc(run, func(x piece) bool {
			return x.kind == pieceText && spacedName.MatchString(t.source[x.start:x.end])
		})
	}
	for i, run := range runs {
		if !form[i] {
			continue
		}
		for k, x := range run {
			if x.kind != pieceText || !x.exact {
				continue
			}
			for at := x.start; at < x.end; at++ {
				n := strings.IndexAny(t.source[at:x.end], blanks)
				if n < 0 {
					break
				}
				at += n
				end := at
				for end < x.end && strings.IndexByte(blanks, t.source[end]) >= 0 {
					end++
				}
				gap := t.source[at:end]
				lines := strings.ContainsAny(gap, "\r\n") || at > 0 && t.source[at-1] == '\n' // a line end, or an indent
				touches := at > x.start && strings.IndexByte("&=", t.source[at-1]) >= 0 || end < x.end && strings.IndexByte("&=", t.source[end]) >= 0
				if lines || touches {
					by := ""
					if i == 0 && strings.Contains(gap, "\n") && t.hidesLineEnd(run, k, at) {
						by = "##\n"
					}
					edits = append(edits, Edit{Offset: at, Old: gap, New: by})
				}
				at = end
			}
		}
	}
	return editsOf(edits...)
}

// hidesLineEnd tells whether ## starts a comment at a place, and one is wanted
// there: not at the start of a line, nor behind an unbraced reference, whose
// property would keep the sign.
func (t *Template) hidesLineEnd(run []piece, k, at int) bool {
	if at == 0 || t.source[at-1] == '\n' || strings.IndexByte("#$\\", t.source[at-1]) >= 0 {
		return false
	}
	if run[k].start < at {
		r, _ := utf8.DecodeLastRuneInString(t.source[:at])
		return r != utf8.RuneError
	}
	return k > 0 && (run[k-1].kind == pieceReference && run[k-1].ref.braced && run[k-1].end == at)
}
