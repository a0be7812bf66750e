package logs

import (
	"container/list"
	"hash/maphash"
	"slices"
	"strings"
)

// Bounds of what is held of a log while it is read.
const (
	heldBytes = 8 << 20 // of lines of requests that may go on
	// A request takes half a minute at most; its last lines come soon behind its
	// answer, and what comes later under the same id is another request (L41).
	heldTime  = 120_000 // milliseconds
	heldLines = 20_000  // of a log without times
)

// Grouper puts events together to requests. They may come in any order. A request
// is given out when nothing more of it is to be expected.
type Grouper struct {
	each   func(*Observation)
	access *accessReader
	groups map[string]*group
	recent *list.List // of *group, the one that was touched last at the back
	held   int        // bytes
	seq    int
	open   *group // of the text line that was read last, when it ends with data
	gap    *gap
	seed   maphash.Seed
	gone   map[uint64]bool // ids given out before their time

	// Late counts lines of requests that had been given out, Unread those that are
	// none of an execution log and do not fit the access log, Forged lines that
	// stand in data.
	Events, Late, Unread, Forged int
	// Sample is an event that could not be read.
	Sample string
}

type group struct {
	id      string
	entries []*entry
	size    int
	last    int64
	touched int
	order   int // of its first line
	at      *list.Element
	source  Source

	api, stage, method, path string
}

// NewGrouper makes a grouper that gives each request to the function. Access logs
// are read by the $context format, or by one of those that the console offers and
// by the names of JSON members when it is empty.
func NewGrouper(format string, each func(*Observation)) (*Grouper, error) {
	access, err := newAccessReader(format)
	if err != nil {
		return nil, err
	}
	return &Grouper{each: each, access: access, groups: map[string]*group{}, recent: list.New(), seed: maphash.MakeSeed(), gone: map[uint64]bool{}}, nil
}

// Add takes an event.
func (g *Grouper) Add(e Event) {
	g.Events++
	e = e.unwrapped()
	id, text, ok := splitID(e.Message)
	if !ok {
		if o, ok := g.access.read(e); ok {
			g.open = nil
			g.seq++
			o.order = g.seq
			g.each(o)
			return
		}
		g.Unread++
		if g.Sample == "" {
			g.Sample = e.Message
		}
		return
	}
	g.addEntry(id, Execution, e, text)
}

func (g *Grouper) addEntry(id string, source Source, e Event, text string) {
	if e.line && g.repeated(id, text) {
		return
	}
	gr := g.groups[id]
	if gr == nil {
		if len(g.gone) > 0 && g.gone[maphash.String(g.seed, id)] {
			g.Late++
			return
		}
		gr = &group{id: id, source: source, order: g.seq}
		gr.at = g.recent.PushBack(gr)
		g.groups[id] = gr
	}
	g.seq++
	g.recent.MoveToBack(gr.at)
	one := &entry{text: text, form: formOf(text), time: e.Time, id: e.ID, line: e.line}
	if one.form != nil && len(text) < len(one.form.label) {
		one.text = one.form.label
	}
	if e.line {
		g.behind(gr, one)
	}
	if e.Method != "" {
		gr.api, gr.stage, gr.method, gr.path = e.API, e.Stage, e.Method, e.Path
	}
	gr.entries = append(gr.entries, one)
	size := len(text) + 100
	gr.size, g.held = gr.size+size, g.held+size
	gr.last, gr.touched = e.Time, g.seq
	for front := g.recent.Front(); front != nil; front = g.recent.Front() {
		old := front.Value.(*group)
		due := old != gr && (e.Time != 0 && old.last != 0 && apart(e.Time, old.last) > heldTime || g.seq-old.touched > heldLines)
		if !due && g.held <= heldBytes {
			break
		}
		if !due {
			g.gone[maphash.String(g.seed, old.id)] = true
		}
		g.give(old)
		if old == gr {
			break
		}
	}
}

func apart(a, b int64) int64 {
	if a > b {
		return a - b
	}
	return b - a
}

// repeated tells that the line is the one before it once more, as a copy of an
// expanded row of the console has it.
func (g *Grouper) repeated(id, text string) bool {
	gr := g.groups[id]
	if gr == nil || len(gr.entries) == 0 {
		return false
	}
	last := gr.entries[len(gr.entries)-1]
	return last.text == text && len(last.more) == 0 && last.form != nil && last.form.once
}

// behind keeps what stands behind data of another request apart (L31).
func (g *Grouper) behind(gr *group, e *entry) {
	if g.open == gr {
		g.gap.closed = true
		g.open = nil
	}
	if g.open != nil {
		e.gap = g.gap
		return
	}
	if e.form != nil && e.form.open {
		g.open, g.gap = gr, &gap{}
	}
}

// Continue adds a line of a text to the data that the last entry ends with.
func (g *Grouper) Continue(line string) {
	back := g.recent.Back()
	if back == nil {
		g.Unread++
		if g.Sample == "" && strings.TrimSpace(line) != "" {
			g.Sample = line
		}
		return
	}
	gr := back.Value.(*group)
	last := gr.entries[len(gr.entries)-1]
	last.more = append(last.more, line)
	gr.size, g.held = gr.size+len(line)+20, g.held+len(line)+20
}

// Close gives out what is left.
func (g *Grouper) Close() {
	for front := g.recent.Front(); front != nil; front = g.recent.Front() {
		g.give(front.Value.(*group))
	}
}

// give gives out the requests of a group.
func (g *Grouper) give(gr *group) {
	g.recent.Remove(gr.at)
	delete(g.groups, gr.id)
	g.held -= gr.size
	if g.open == gr {
		g.open = nil
	}
	entries := gr.entries
	for _, e := range entries {
		if len(e.more) > 0 {
			e.text += "\n" + strings.Join(e.more, "\n")
			e.more = nil
		}
	}
	if stray(entries) {
		g.Forged += len(entries)
		return
	}
	doubtful := false
	if entries[0].line {
		entries, doubtful = guardKnown(entries)
		g.Forged += len(gr.entries) - len(entries)
	}
	slices.SortStableFunc(entries, earlier)
	for _, one := range requests(entries) {
		one = distinct(one)
		o := &Observation{Source: gr.source, ID: gr.id, API: gr.api, Stage: gr.stage, Method: gr.method, Path: gr.path, Doubtful: doubtful || mixed(one), order: gr.order}
		o.observe(one)
		g.each(o)
	}
}

// stray tells that all lines stand in data of other requests, so that they are
// the client's text and no request's.
func stray(list []*entry) bool {
	for _, e := range list {
		if e.gap == nil || !e.gap.closed {
			return false
		}
	}
	return true
}

// guardKnown guards the entries of a known form. The others say nothing that is read.
func guardKnown(list []*entry) ([]*entry, bool) {
	var known []*entry
	for _, e := range list {
		if e.form != nil {
			known = append(known, e)
		}
	}
	if len(known) == 0 {
		return list, false
	}
	if kept, dropped := guard(known); dropped {
		return kept, true
	}
	return list, false
}

// requests parts the entries of one id, which are in their order, where another
// request of that id begins: with its own first line, or after a time that no
// request takes (L41).
func requests(list []*entry) [][]*entry {
	var out [][]*entry
	begin, extended := 0, ""
	seen := map[string]bool{}
	for i, e := range list {
		if i > 0 && e.time-list[i-1].time > heldTime {
			out, begin, extended = append(out, list[begin:i]), i, ""
		}
		if e.form == nil || e.form.label != extendedID || e.text == extended {
			continue
		}
		if extended != "" && !seen[e.text] && i > begin {
			out, begin = append(out, list[begin:i]), i
		}
		extended = e.text
		seen[e.text] = true
	}
	return append(out, list[begin:])
}

// distinct leaves out events that were read twice, as where exports overlap.
func distinct(list []*entry) []*entry {
	seen := map[*form]string{}
	return slices.DeleteFunc(slices.Clone(list), func(e *entry) bool {
		if e.form == nil || !e.form.once {
			return false
		}
		text, ok := seen[e.form]
		seen[e.form] = e.text
		return ok && text == e.text
	})
}

// mixed tells that the lines of two requests stand among the entries.
func mixed(list []*entry) bool {
	seen := map[*form]string{}
	for _, e := range list {
		if e.form == nil || !e.form.once {
			continue
		}
		if text, ok := seen[e.form]; ok && text != e.text {
			return true
		}
		seen[e.form] = e.text
	}
	return false
}
