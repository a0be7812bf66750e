package tui

import (
	"fmt"
	"strings"
)

// viewer shows a part of a text and searches it.
type viewer struct {
	lines   []line
	top     int
	query   string // what is searched for; empty for no search
	typing  bool   // the query is being typed
	hits    []int  // lines that hold the query
	current int    // index in hits
}

// set shows another text from its beginning. The search goes on in it.
func (v *viewer) set(lines []line) {
	v.lines, v.top = lines, 0
	v.find()
}

// replace shows another version of the same text, at the same place.
func (v *viewer) replace(lines []line) {
	v.lines = lines
	v.find()
}

func (v *viewer) scroll(by, rows int) { v.to(v.top+by, rows) }

func (v *viewer) to(top, rows int) {
	v.top = max(min(top, len(v.lines)-rows), 0)
}

// find collects the lines that hold the query, in any case.
func (v *viewer) find() {
	v.hits, v.current = nil, 0
	if v.query == "" {
		return
	}
	query := strings.ToLower(v.query)
	for i, l := range v.lines {
		if strings.Contains(strings.ToLower(l.text()), query) {
			v.hits = append(v.hits, i)
		}
	}
	for i, at := range v.hits {
		if at >= v.top {
			v.current = i
			break
		}
	}
}

// next goes to another hit and brings it into sight.
func (v *viewer) next(by, rows int) {
	if len(v.hits) == 0 {
		return
	}
	v.current = (v.current + by + len(v.hits)) % len(v.hits)
	v.reveal(v.hits[v.current], rows)
}

// reveal scrolls as little as is needed to see the line.
func (v *viewer) reveal(at, rows int) {
	if at < v.top || at >= v.top+rows {
		v.to(at-rows/3, rows)
	}
}

// view gives exactly the rows, with a mark at the hit.
func (v *viewer) view(g *glyphs, rows int) []line {
	out := make([]line, rows)
	top := max(min(v.top, len(v.lines)-rows), 0)
	for i := range out {
		at := top + i
		if at >= len(v.lines) {
			break
		}
		out[i] = v.lines[at]
		if v.query == "" {
			continue
		}
		for j, hit := range v.hits {
			if hit == at {
				out[i] = highlight(out[i], v.query)
				if j == v.current {
					out[i] = point(out[i], g)
				}
			}
		}
	}
	return out
}

// point puts a mark into the blank before a line that has one.
func point(l line, g *glyphs) line {
	if len(l) == 0 || !strings.HasSuffix(l[0].text, " ") || width(l[0].text) < 2 {
		return l
	}
	out := append(line{}, l...)
	out[0].text = strings.TrimSuffix(l[0].text, " ")
	return append(line{out[0], {g.chosen, accent}}, out[1:]...).cut(l.width(), "")
}

// highlight gives the places that hold the query their own look.
func highlight(l line, query string) line {
	var out line
	query = strings.ToLower(query)
	for _, s := range l {
		text := s.text
		lower := strings.ToLower(text)
		if len(lower) != len(text) { // a letter whose other case has another length
			out = append(out, s)
			continue
		}
		for {
			at := strings.Index(lower, query)
			if at < 0 {
				break
			}
			out = append(out, span{text[:at], s.role}, span{text[at : at+len(query)], found})
			text, lower = text[at+len(query):], lower[at+len(query):]
		}
		out = append(out, span{text, s.role})
	}
	return out
}

// place says how far the text is scrolled, and how the search stands.
func (v *viewer) place(rows int) string {
	switch {
	case v.typing:
		return "/" + show(v.query) + "_"
	case v.query != "" && len(v.hits) == 0:
		return fmt.Sprintf("no %q here", show(v.query))
	case v.query != "":
		return fmt.Sprintf("%d of %d: %q", v.current+1, len(v.hits), show(v.query))
	case len(v.lines) <= rows:
		return ""
	case v.top+rows >= len(v.lines):
		return "end"
	}
	return fmt.Sprintf("%d more lines", len(v.lines)-rows-v.top)
}
