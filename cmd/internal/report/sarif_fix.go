package report

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/aymanbagabas/go-udiff"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	ground "apisqs-doctor/diagnose/text"
)

// fix is a proved fix as pieces of template files to replace. It is nil where
// the fix cannot be made so, with the reason if there is one to tell.
func (s *sarifWriter) fix(f diagnose.Fix, shown Fix) (*sarifFix, string) {
	if kind := s.run.Examination.Target.Kind; kind != snapshot.Template && kind != snapshot.OpenAPI || f.After == nil {
		return nil, ""
	}
	edit, why := render(s.run, s.run.Remedy.Edits, f)
	if len(edit.Files) == 0 {
		return nil, s.say.Show(why)
	}
	out := &sarifFix{Description: description(shown, edit.Notes)}
	for _, file := range edit.Files {
		list, ok := s.replacements(file.Edited)
		if !ok {
			return nil, file.Name + " is no text that a replacement can tell"
		}
		out.Changes = append(out.Changes, sarifArtifactChange{sarifArtifact(file.Name), list})
	}
	return out, ""
}

// description says what a fix does: in a sentence, and as a list.
func description(f Fix, notes []string) sarifText {
	text, markdown := []string{f.Title}, []string{"**" + prose(f.Title) + "**"}
	if len(f.Changes) > 0 {
		list := make([]string, len(f.Changes))
		for i, c := range f.Changes {
			list[i] = "- " + prose(c)
		}
		markdown = append(markdown, strings.Join(list, "\n"))
	}
	if s := doubt(f); s != "" {
		text, markdown = append(text, s), append(markdown, prose(s))
	}
	if f.Risk != "" {
		text, markdown = append(text, "Risk: "+f.Risk), append(markdown, "Risk: "+prose(f.Risk))
	}
	for _, n := range notes {
		text, markdown = append(text, "By hand: "+n), append(markdown, "By hand: "+prose(n))
	}
	out := unlinked(joinSentences(text...))
	out.Markdown = strings.Join(markdown, "\n\n")
	return out
}

// replacements are those of an edit. Only the lines that it touches are looked at, where
// it is not about the beginning or the end of the text.
func (s *sarifWriter) replacements(e ground.Edited) ([]sarifReplacement, bool) {
	from, to, becomes := e.Changed()
	start, next := bytes.LastIndexByte(e.Old[:from], '\n')+1, bytes.IndexByte(e.Old[to:], '\n')
	end := to + next + 1
	if start == 0 || next < 0 || end == len(e.Old) {
		return replacements(string(e.Old), string(e.New()))
	}
	valid, known := s.valid[&e.Old[0]]
	if !known {
		valid = utf8.Valid(e.Old)
		s.valid[&e.Old[0]] = valid
	}
	before, after := string(e.Old[start:end]), string(slices.Concat(e.Old[start:from], becomes, e.Old[to:end]))
	if !valid || !utf8.ValidString(after) {
		return nil, false
	}
	// One byte more: the lines do not end where the text does.
	at := cursor{text: string(e.Old[start : end+1]), line: 1 + bytes.Count(e.Old[:start], []byte("\n"))}
	return at.replace(lineEdits(before, after)), true
}

// replacements are the pieces of a text to replace, so that it becomes another
// one: whole lines, or less of lines that are long. It returns false where these
// are no texts, or differ in what no line and column can say.
func replacements(before, after string) ([]sarifReplacement, bool) {
	const mark = "\ufeff" // a byte order mark does not count (SARIF 2.1.0, 3.30.2)
	if !utf8.ValidString(before) || !utf8.ValidString(after) || strings.HasPrefix(before, mark) != strings.HasPrefix(after, mark) {
		return nil, false
	}
	before, after = strings.TrimPrefix(before, mark), strings.TrimPrefix(after, mark)
	at := cursor{text: before, line: 1}
	return at.replace(edits(before, after)), true
}

// replace says where edits of the text are, in order.
func (c *cursor) replace(list []udiff.Edit) []sarifReplacement {
	var out []sarifReplacement
	for _, e := range list {
		var r sarifReplacement
		r.Deleted.StartLine, r.Deleted.StartColumn = c.place(e.Start)
		r.Deleted.EndLine, r.Deleted.EndColumn = c.place(e.End)
		r.Inserted.Text = e.New
		out = append(out, r)
	}
	return out
}

// edits are the differences of two texts, in order.
func edits(before, after string) []udiff.Edit {
	// Where both end with a line break it is none of the difference: what stands
	// behind the last one has no line and column that all readers agree on.
	if eol := lineBreak(before); eol == lineBreak(after) {
		before, after = strings.TrimSuffix(before, eol), strings.TrimSuffix(after, eol)
	}
	// The lines of a large file that stay at its beginning and end are not looked at.
	head, tail := ground.Shared(before, after)
	head = strings.LastIndexByte(before[:head], '\n') + 1
	if i := strings.IndexByte(before[len(before)-tail:], '\n'); i >= 0 {
		tail -= i + 1
	} else {
		tail = 0
	}
	out := lineEdits(before[head:len(before)-tail], after[head:len(after)-tail])
	for i := range out {
		out[i].Start, out[i].End = out[i].Start+head, out[i].End+head
	}
	return out
}

// lineEdits are the differences of whole lines, in order.
func lineEdits(old, new string) []udiff.Edit {
	var out []udiff.Edit
	for _, e := range udiff.Lines(old, new) {
		for _, part := range within(old[e.Start:e.End], e.New) {
			out = append(out, udiff.Edit{Start: e.Start + part.Start, End: e.Start + part.End, New: part.New})
		}
	}
	return out
}

// lineBreak is the line break at the end of a text.
func lineBreak(s string) string {
	switch {
	case strings.HasSuffix(s, "\r\n"):
		return "\r\n"
	case strings.HasSuffix(s, "\n"):
		return "\n"
	}
	return ""
}

const (
	longLine = 400 // bytes; of a longer line only what differs is replaced
	nearby   = 16  // bytes between two differences that are one to a reader
)

// within is the difference of some lines: these lines or, of a single long one,
// the pieces of it that differ.
func within(old, new string) []udiff.Edit {
	whole := []udiff.Edit{{Start: 0, End: len(old), New: new}}
	eol := lineBreak(old)
	if len(old) <= longLine || new == "" || strings.Count(old, "\n") != strings.Count(eol, "\n") || eol != lineBreak(new) {
		return whole
	}
	var out []udiff.Edit
	for _, e := range udiff.Strings(strings.TrimSuffix(old, eol), strings.TrimSuffix(new, eol)) {
		if last := len(out) - 1; last >= 0 && e.Start-out[last].End < nearby {
			out[last].New += old[out[last].End:e.Start] + e.New
			out[last].End = e.End
			continue
		}
		out = append(out, e)
	}
	return out
}

// cursor finds the lines and columns of places in a text, one behind the other.
type cursor struct {
	text  string
	line  int // counted from 1
	start int // where the line begins
}

// place is the line and the column of an offset, the column in UTF-16 code
// units. The end of the text belongs to its last line, also behind a line break
// (SARIF 2.1.0, 3.30.2).
func (c *cursor) place(offset int) (line, column int) {
	until := offset
	if offset == len(c.text) {
		until -= len(lineBreak(c.text))
	}
	if until > c.start {
		if i := strings.LastIndexByte(c.text[c.start:until], '\n'); i >= 0 {
			c.line += strings.Count(c.text[c.start:until], "\n")
			c.start += i + 1
		}
	}
	return c.line, 1 + units(c.text[c.start:offset])
}

// units is how many UTF-16 code units a text has.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}
