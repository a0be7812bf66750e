package remedy

import (
	"bytes"

	"go.yaml.in/yaml/v4"
)

// window is where a member of a file stands, whole lines of it, and what has to
// stand around these lines in a small file of their own: the names that lead to
// the member. An edit of a large file then need not parse all of it again.
type window struct {
	from, to   int // in the file
	head, tail string
	value      *yaml.Node // of the member
}

// window cuts out the member at the path. It gives false where the member does
// not have its lines for itself.
func (d *source) window(path []string) (window, bool) {
	w := window{value: d.root}
	var key *yaml.Node
	for i, name := range path {
		n := w.value
		if n.Kind != yaml.MappingNode || function(n) != "" || d.style.json != (n.Style&yaml.FlowStyle != 0) {
			return w, false
		}
		m, last := member(n, name), i == len(path)-1
		if m < 0 || d.style.json && last && n.Content[0].Line == n.Line {
			return w, false
		}
		key, w.value = n.Content[m], n.Content[m+1]
		switch {
		case d.style.json && last:
			w.head, w.tail = w.head+"{"+d.style.eol, w.tail+"}"
		case d.style.json:
			w.head, w.tail = w.head+"{"+encode(name)+":", w.tail+"}"
		case !last:
			w.head += spaces(key.Column-1) + encode(name) + ":" + d.style.eol
		}
	}
	w.from = d.lineStart(d.start(key))
	end := max(d.end(w.value), d.end(key))
	w.to = d.next(end)
	rest := bytes.TrimSpace(d.text[end:d.lineEnd(end)])
	switch {
	case !blank(d.text[w.from:d.start(key)]):
		return w, false
	case d.style.json:
		return w, len(rest) == 0 || string(rest) == ","
	}
	for w.to < len(d.text) && blank(d.text[w.to:d.next(w.to)]) {
		w.to = d.next(w.to) // blank lines at the end may belong to a text
	}
	return w, true
}

// holds tells whether the file is the window's and means there what it means in
// the whole file.
func (w window) holds(src *source, path []string) bool {
	n := src.root
	for _, name := range path {
		if n.Kind != yaml.MappingNode || len(n.Content) != 2 || n.Content[0].Value != name {
			return false
		}
		n = n.Content[1]
	}
	return same(n, w.value)
}
