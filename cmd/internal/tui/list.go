package tui

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
)

// item is one row of a list.
type item struct {
	name   string // what the filter looks at, and what is shown
	word   string // the verdict, or a word in its place; empty while it is not known
	role   role
	detail string
}

// list is a filterable list with one chosen row.
type list struct {
	heading string
	items   []item
	chosen  int // index in items
	filter  string
	typing  bool
	order   func(a, b int) int // of the rows, by their indexes in items; nil for that of items
}

// visible are the indexes of the items that the filter lets through.
func (l *list) visible() []int {
	var out []int
	words := strings.Fields(strings.ToLower(l.filter))
next:
	for i := range l.items {
		text := strings.ToLower(l.items[i].name + " " + l.items[i].word)
		for _, w := range words {
			if !strings.Contains(text, w) {
				continue next
			}
		}
		out = append(out, i)
	}
	if l.order != nil {
		slices.SortStableFunc(out, l.order)
	}
	return out
}

// move chooses another visible item.
func (l *list) move(by int) {
	shown := l.visible()
	if len(shown) == 0 {
		return
	}
	at := 0
	for i, n := range shown {
		if n == l.chosen {
			at = i
		}
	}
	l.chosen = shown[min(max(at+by, 0), len(shown)-1)]
}

// setFilter filters, and chooses the first row that is left when the chosen one is not.
func (l *list) setFilter(s string) {
	l.filter = s
	shown := l.visible()
	for _, i := range shown {
		if i == l.chosen {
			return
		}
	}
	if len(shown) > 0 {
		l.chosen = shown[0]
	}
}

// picked is the chosen item, or -1 when the filter leaves none.
func (l *list) picked() int {
	for _, i := range l.visible() {
		if i == l.chosen {
			return i
		}
	}
	return -1
}

// view draws the list into the given room.
func (l *list) view(t *theme, columns, rows int) []line {
	g := &t.glyphs
	shown := l.visible()
	verdicts := map[string]int{}
	at := 0
	for i, n := range shown {
		if n == l.chosen {
			at = i
		}
	}
	for i := range l.items {
		verdicts[l.items[i].word]++
	}
	head := line{{" " + l.heading, strong}, {"  ", plain}}
	for _, v := range []diagnose.Verdict{diagnose.Broken, diagnose.Inconclusive, diagnose.AtRisk, diagnose.Healthy} {
		if word, r := verdictWord(v); verdicts[word] > 0 {
			head = append(head, span{fmt.Sprintf(" %d %s ", verdicts[word], strings.ToLower(word)), r})
		}
	}
	if n := verdicts[wordNotRead]; n > 0 {
		head = append(head, span{fmt.Sprintf(" %d %s ", n, wordNotRead), doubt})
	}
	if n := verdicts[""] + verdicts[wordWaiting] + verdicts[wordReading]; n > 0 {
		head = append(head, span{fmt.Sprintf(" %d to look at", n), dim})
	}
	out := []line{head}
	switch {
	case l.typing:
		out = append(out, line{{" filter: ", dim}, {show(l.filter) + "_", accent}})
	case l.filter != "":
		out = append(out, line{{" filter: ", dim}, {show(l.filter), accent}, {fmt.Sprintf("   %d of %d", len(shown), len(l.items)), dim}})
	default:
		out = append(out, nil)
	}
	room := max(rows-len(out), 1)
	from := max(min(at-room/2, len(shown)-room), 0)
	names := 0
	for _, n := range shown[from:min(from+room, len(shown))] {
		names = max(names, width(show(l.items[n].name)))
	}
	names = min(names, max(columns-18, 10))
	for _, n := range shown[from:min(from+room, len(shown))] {
		it := &l.items[n]
		cursor, look := span{"   ", plain}, plain
		if n == l.chosen {
			cursor, look = span{" " + g.chosen + " ", accent}, accent
		}
		row := append(line{cursor}, put(show(it.name), look).fill(names, g.more)...)
		word := it.word
		if word == "" {
			word = g.more
		}
		row = append(row, span{fmt.Sprintf("  %-12s  ", word), it.role}, span{show(it.detail), dim})
		out = append(out, row)
	}
	if len(shown) == 0 {
		out = append(out, put("   nothing fits the filter", dim))
	}
	for i := range out {
		out[i] = out[i].cut(columns, g.more)
	}
	return out
}
