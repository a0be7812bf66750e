package vtl

import "strings"

// Member is one "name": value of a JSON document that a template writes, as
// offsets into the template.
type Member struct {
	Name                   string
	Depth                  int // 1 for a member of the document itself
	Start, ValueStart, End int
	Comma                  int // of the comma behind the value, -1 when there is none
	before                 int // of the comma before the name, -1
	block                  int
}

// jsonState is how far a JSON document has been read.
type jsonState struct {
	depth    int
	inString bool
	escaped  bool
	comma    int // the last one of this level, -1 since an opening brace
}

// members reads the JSON document that the template itself writes; strings of
// the template are other texts. Branches are read one after the other, each from
// where the directive stands.
func (t *Template) members() (list []Member, open int, surplus []int) {
	l := t.places()
	if len(l.pieces) == 0 {
		return nil, -1, nil
	}
	open = -1
	s := jsonState{comma: -1}
	at := map[int]jsonState{} // the state at each directive
	var name struct{ start, end int }
	pending := map[int]*Member{} // the member that is being read, by depth
	closeMember := func(depth, end, comma int) {
		if m := pending[depth]; m != nil {
			m.End, m.Comma = max(end, m.ValueStart), comma
			for m.End > m.ValueStart && isSpace(t.source[m.End-1]) {
				m.End--
			}
			list = append(list, *m)
			delete(pending, depth)
		}
	}
	block, last := 0, 0
	for _, x := range l.runs()[0] {
		if x.block != block {
			if x.block != 0 {
				if d := l.of[x.block]; l.pieces[d].block == block || block != 0 {
					if saved, ok := at[l.pieces[d].start]; ok {
						s = saved
					}
				}
			}
			block = x.block
		}
		for depth, m := range pending {
			if !l.inside(x.block, m.block) {
				closeMember(depth, last, -1) // the block in which the member began is over
			}
		}
		if x.kind == pieceOther {
			at[x.start] = s
		} else {
			last = x.end
		}
		if x.kind != pieceText {
			continue
		}
		for i := x.start; i < x.end; i++ {
			c := t.source[i]
			if s.inString {
				switch {
				case s.escaped:
					s.escaped = false
				case c == '\\':
					s.escaped = true
				case c == '"':
					s.inString = false
					name.end = i
				}
				continue
			}
			switch c {
			case '"':
				s.inString = true
				name.start, name.end = i, -1
			case ':':
				if name.end > name.start && pending[s.depth] == nil {
					pending[s.depth] = &Member{Name: t.source[name.start+1 : name.end], Depth: s.depth, Start: name.start, ValueStart: i + 1, before: s.comma, block: x.block}
				}
			case '{', '[':
				if open < 0 && c == '{' {
					open = i
				}
				s.depth++
				s.comma = -1
				delete(pending, s.depth)
			case ',':
				closeMember(s.depth, i, i)
				s.comma = i
			case '}', ']':
				closeMember(s.depth, i, -1)
				if s.comma >= 0 && strings.TrimSpace(t.source[s.comma+1:i]) == "" {
					surplus = append(surplus, s.comma)
				}
				s.depth--
				s.comma = -1
				if m := pending[s.depth]; m != nil {
					s.comma = m.before
				}
			}
		}
	}
	for i := range list {
		for m := &list[i]; m.ValueStart < m.End && isSpace(t.source[m.ValueStart]); {
			m.ValueStart++
		}
	}
	return list, open, surplus
}

// Member finds a member of the JSON document that the template writes: one of
// the document itself, or else the first of that name anywhere in it.
func (t *Template) Member(name string) (Member, bool) {
	list, _, _ := t.members()
	found, ok := Member{}, false
	for _, m := range list {
		if m.Name == name && (!ok || m.Depth < found.Depth) {
			found, ok = m, true
		}
	}
	return found, ok
}

// SetMember gives a member the value that a text writes: where the document has
// the member, or else as its first one. ok is false when the template writes no
// JSON object.
func (t *Template) SetMember(name, text string) (Edits, bool) {
	if m, ok := t.Member(name); ok {
		return editsOf(Edit{Offset: m.ValueStart, Old: t.source[m.ValueStart:m.End], New: text})
	}
	list, open, _ := t.members()
	source, base := trimTemplate(t.source)
	if open < 0 || !t.opensWith(open, base) {
		return Edits{}, false
	}
	insertion := Edit{Offset: open + 1, New: `"` + name + `":` + text, Join: ","}
	for _, m := range list {
		if m.Depth == 1 {
			return editsOf(Edit{Offset: open + 1, New: insertion.New + ","})
		}
	}
	if rest := strings.TrimSpace(source[open+1-base:]); !strings.HasPrefix(rest, "}") {
		insertion.New, insertion.Join = insertion.New+",", "" // what follows is not a plain member
	}
	return editsOf(insertion)
}

// opensWith tells whether nothing but directives and white space stands before
// the brace.
func (t *Template) opensWith(open, base int) bool {
	for _, x := range t.places().runs()[0] {
		if x.kind != pieceOther && x.start < open && strings.TrimSpace(t.source[x.start:min(x.end, open)]) != "" {
			return false
		}
	}
	return open >= base
}

// RemoveMember takes a member out of the document, with a comma.
func (t *Template) RemoveMember(name string) (Edits, bool) {
	m, ok := t.Member(name)
	if !ok {
		return Edits{}, false
	}
	from, to := m.Start, m.End
	switch {
	case m.Comma >= 0:
		to = m.Comma + 1
	case m.before >= 0:
		from = m.before
	}
	return editsOf(Edit{Offset: from, Old: t.source[from:to]})
}

// RemoveSurplusCommas takes the commas out that stand before a closing bracket.
func (t *Template) RemoveSurplusCommas() (Edits, bool) {
	var edits []Edit
	_, _, surplus := t.members()
	for _, at := range surplus {
		edits = append(edits, Edit{Offset: at, Old: ","})
	}
	return editsOf(edits...)
}
