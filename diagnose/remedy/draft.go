package remedy

import (
	"bytes"
	"slices"

	"apisqs-doctor/diagnose/text"
)

// draft is a file in the course of its edits.
type draft struct {
	name   string
	text   []byte   // but for the pieces
	source *source  // text, parsed; nil until it is needed
	pieces []*piece // that were edited, in the order of the file
}

// piece is a member of the file that is edited by itself.
type piece struct {
	window
	text []byte // what stands there now
}

// contents is the file with all edits.
func (f *draft) contents() []byte {
	if len(f.pieces) == 0 {
		return f.text
	}
	size, at := len(f.text), 0
	for _, p := range f.pieces {
		size += len(p.text) - (p.to - p.from)
	}
	out := make([]byte, 0, size)
	for _, p := range f.pieces {
		out = append(append(out, f.text[at:p.from]...), p.text...)
		at = p.to
	}
	return append(out, f.text[at:]...)
}

// edited is what the edits make of the file as it was read.
func (f *draft) edited(read *source) text.Edited {
	if f.source != read {
		return text.Change(read.text, f.contents())
	}
	out := text.Edited{Old: read.text}
	for _, p := range f.pieces {
		for _, e := range text.Change(read.text[p.from:p.to], p.text).Edits {
			e.Offset += p.from
			out.Edits = append(out.Edits, e)
		}
	}
	return out
}

// whole is the file with all edits, parsed.
func (f *draft) whole() (*source, error) {
	if len(f.pieces) > 0 {
		*f = draft{name: f.name, text: f.contents()}
	}
	if f.source == nil {
		src, err := parseSource(f.name, f.text)
		if err != nil {
			return nil, err
		}
		f.source = src
	}
	return f.source, nil
}

// editPiece makes a setting in the piece that it is about. It returns false, and
// nothing is changed, where the file has to be looked at as a whole, also to say
// what is wrong with it.
func (f *draft) editPiece(v *vocabularies, st setting) bool {
	path := st.piece()
	if path == nil || f.source == nil || f.source.aliases {
		return false
	}
	w, ok := f.source.window(path)
	if !ok {
		return false
	}
	i, found := slices.BinarySearchFunc(f.pieces, w.from, func(p *piece, from int) int { return p.from - from })
	p := &piece{window: w, text: f.text[w.from:w.to]}
	switch {
	case found && f.pieces[i].to == w.to:
		p = f.pieces[i]
	case found || i > 0 && f.pieces[i-1].to > w.from || i < len(f.pieces) && f.pieces[i].from < w.to:
		return false // a piece of another size
	}
	src, err := parseSource(f.name, slices.Concat([]byte(p.head), p.text, []byte(p.tail)))
	if err != nil || !found && !w.holds(src, path) {
		return false
	}
	src.style = f.source.style
	if !p.edit(src, v, st) {
		return false
	}
	if !found {
		f.pieces = slices.Insert(f.pieces, i, p)
	}
	return true
}

// edit makes a setting in the piece, which was parsed as a file of its own. What
// stands around it there has to stay.
func (p *piece) edit(src *source, v *vocabularies, st setting) bool {
	text, err := edited(v, src, st)
	if err != nil {
		return false
	}
	text, headed := bytes.CutPrefix(text, []byte(p.head))
	text, tailed := bytes.CutSuffix(text, []byte(p.tail))
	if !headed || !tailed || bytes.HasSuffix(text, []byte("\n")) != bytes.HasSuffix(p.text, []byte("\n")) {
		return false
	}
	p.text = text
	return true
}

// piece is the path of the member that a setting is edited in: the resource, or
// the path of an API definition. It is nil for what concerns more than that.
func (st setting) piece() []string {
	where, depth := st.where(), 2
	if st.at.kind != "" || st.only != nil {
		return nil
	}
	if st.at.openAPI {
		depth = slices.Index(where, "paths") + 2
	}
	if depth < 2 || depth >= len(where) {
		return nil
	}
	return where[:depth]
}
