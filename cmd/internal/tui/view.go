package tui

import (
	"errors"
	"strings"

	"apisqs-doctor/cmd/internal/report"
)

// The smallest screen that the walkthrough is drawn on.
const (
	leastColumns = 40
	leastRows    = 12
)

// chrome is how many rows the header, the rules and the footer take.
const chrome = 5

// The widths at which the layout changes.
const (
	besideColumns = 100 // path and detail side by side
	foldedColumns = 60  // the path as marks and names above the detail
	foldedRows    = 16  // below which the path is a line in any case
)

// room is the place of the detail on the screen.
type room struct{ columns, rows int }

func (m *model) bodyRows() int { return max(m.height-chrome, 1) }

func (m *model) beside() bool { return m.width >= besideColumns }

// pathColumns is the width of the path beside the detail.
func (m *model) pathColumns() int {
	most := m.width * 9 / 20
	if m.walk.path.d == nil {
		return most
	}
	return m.walk.path.columns(&m.theme, most)
}

// pathRows is how many rows the path takes above the detail.
func (m *model) pathRows() int {
	if m.width < foldedColumns || m.height < foldedRows {
		return 1
	}
	return (8 + min(m.width/20, 4) - 1) / min(m.width/20, 4)
}

func (m *model) detailRoom() room {
	if m.beside() {
		return room{m.width - m.pathColumns() - 3, m.bodyRows()}
	}
	return room{m.width - 2, max(m.bodyRows()-m.pathRows()-1, 1)}
}

// lay brings what is laid out up to date with the model.
func (m *model) lay() {
	if m.width < leastColumns || m.height < leastRows {
		return
	}
	if m.walk.detail.d != nil {
		r := m.detailRoom()
		m.walk.lay(r.columns, r.rows)
	}
	rows := m.bodyRows()
	switch m.at {
	case atTry:
		m.trial.lay(&m.theme, m.width, rows)
	case atConfirm:
		m.confirm.lay(&m.theme, report.NewWords(m.snap), m.width, rows)
	case atHelp:
		m.help.replace(m.helpText())
		m.help.scroll(0, rows)
	}
}

// View draws the screen: exactly as many rows as it has, none wider.
func (m *model) View() string {
	if m.width == 0 || m.height == 0 {
		return ""
	}
	var b strings.Builder
	for i, l := range m.screen() {
		if i > 0 {
			b.WriteByte('\n')
		}
		m.theme.paint(&b, l.cut(m.width, m.theme.glyphs.more))
	}
	return b.String()
}

func (m *model) screen() []line {
	if m.width < leastColumns || m.height < leastRows {
		return m.tooSmall()
	}
	g := &m.theme.glyphs
	rows := m.bodyRows()
	body := m.body(rows)
	out := make([]line, 0, m.height)
	out = append(out, m.header(), put(strings.Repeat(g.dash, m.width), dim))
	for i := range rows {
		if i < len(body) {
			out = append(out, body[i])
		} else {
			out = append(out, nil)
		}
	}
	return append(out, m.lowerRule(), m.footer(), m.commandLine())
}

// tooSmall says that the screen is.
func (m *model) tooSmall() []line {
	out := make([]line, m.height)
	for i, row := range wordWrap("this screen is too small: the walkthrough needs 40 columns and 12 rows. q leaves, --accessible needs no screen", m.width) {
		if i < len(out) {
			out[i] = put(row, plain).cut(m.width, "")
		}
	}
	return out
}

// header names what is looked at and its verdict, which always has room.
func (m *model) header() line {
	left := line{{" apisqs-doctor", strong}}
	var right line
	switch {
	case m.at == atMethods || m.at == atLoading || m.at == atProblem || m.at == atAPIs || m.walk.detail.d == nil:
		name := m.o.What
		if m.choice >= 0 && m.at != atAPIs {
			name = m.choices[m.choice].Name
		}
		left = append(left, span{"  " + show(name), plain})
	default:
		d := m.walk.detail.d
		word, r := verdictWord(d.Verdict)
		right = line{{"  " + word, r}, {"  " + outcome(&d.Predicted) + " ", plain}}
		if m.width < foldedColumns {
			right = line{right[0], {" ", plain}}
		}
		if m.width < besideColumns { // the name of the program can be spared
			left = nil
		}
		note := ""
		if m.walk.edited {
			note = " (edited)"
		}
		var name string
		for _, name = range titles(d.Trace, m.theme.glyphs.arrow) {
			name = "  " + show(m.walk.path.words.Show(name)) + note
			if left.width()+width(name)+right.width() <= m.width {
				break
			}
		}
		left = append(left, span{name, plain})
	}
	room := m.width - right.width()
	return append(left.fill(room, m.theme.glyphs.more), right...)
}

// lowerRule holds what is said once, and where in the detail one is.
func (m *model) lowerRule() line {
	g := &m.theme.glyphs
	l := line{{g.dash + g.dash, dim}}
	if m.status != "" {
		r := accent
		if m.sad {
			r = bad
		}
		l = append(l, span{" " + show(m.status) + " ", r})
	}
	if m.at == atEdit && m.invalid != nil {
		l = append(l, span{" " + show(m.invalid.Error()) + " ", bad})
	}
	var right line
	if m.at == atWalk {
		if where := m.walk.viewer.place(m.detailRoom().rows); where != "" {
			right = line{{" " + where + " ", accent}, {g.dash + g.dash, dim}}
		}
	}
	right = right.cut(m.width/2, g.more)
	l = l.cut(m.width-right.width(), g.more)
	if n := m.width - l.width() - right.width(); n > 0 {
		l = append(l, span{strings.Repeat(g.dash, n), dim})
	}
	return append(l, right...)
}

// body draws the pane between the rules.
func (m *model) body(rows int) []line {
	t := &m.theme
	switch m.at {
	case atLoading:
		return m.loading.view(t, m.o.now(), m.width, rows)
	case atProblem:
		return m.problemView()
	case atAPIs:
		return m.apis.view(t, m.width, rows)
	case atMethods:
		if len(m.entries) == 0 {
			return m.nothing()
		}
		return m.methods.view(t, m.width, rows)
	case atCalls:
		return m.callsView(rows)
	case atTry:
		return m.trial.viewer.view(&t.glyphs, rows)
	case atSave:
		return m.saving.view(t, m.width, rows)
	case atConfirm:
		return m.confirm.view(t, m.width, rows)
	case atHelp:
		return m.help.view(&t.glyphs, rows)
	}
	return m.walkView(rows)
}

// problemView says what kept the target from being read.
func (m *model) problemView() []line {
	d := &doc{width: m.width - 2, more: m.theme.glyphs.more}
	d.in("error").prose(m.problem.Error(), bad)
	var p *Problem
	if errors.As(m.problem, &p) && p.Hint != "" {
		d.blank()
		d.prose(p.Hint, plain)
	}
	return indent(d.lines)
}

// nothing says why there is no method to walk through.
func (m *model) nothing() []line {
	d := &doc{width: m.width - 2, more: m.theme.glyphs.more, words: report.NewWords(m.snap)}
	d.in("").prose("no method is known to lead to SQS", strong)
	if n := m.shell.Others; n > 0 {
		d.prosef(dim, "%s to something else", count(n, "method"))
	}
	for _, g := range m.shell.Unlisted {
		d.in("?").prosef(doubt, "%s (%s)", g.Detail, g.Reason)
		if g.Needs != "" {
			d.prose("needs "+g.Needs, dim)
		}
	}
	return indent(d.lines)
}

// walkView draws the path and the detail, or the editor in its place.
func (m *model) walkView(rows int) []line {
	t, g := &m.theme, &m.theme.glyphs
	r := m.detailRoom()
	var right []line
	if m.at == atEdit {
		right = m.editView(r)
	} else {
		right = m.walk.viewer.view(g, r.rows)
	}
	if m.beside() {
		columns := m.pathColumns()
		left := m.walk.path.tall(t, columns, rows)
		out := make([]line, rows)
		bar := span{g.bar + " ", dim}
		if m.walk.inDetail || m.at == atEdit {
			bar.role = accent
		}
		for i := range out {
			var a, b line
			if i < len(left) {
				a = left[i]
			}
			if i < len(right) {
				b = right[i]
			}
			out[i] = append(append(a.fill(columns, g.more), bar), b...)
		}
		return out
	}
	out := []line{m.walk.path.line(t, m.width)}
	if m.pathRows() > 1 {
		out = m.walk.path.folded(t, m.width)
	}
	rule := put(strings.Repeat(g.dash, m.width), dim)
	if m.walk.inDetail || m.at == atEdit {
		rule[0].role = accent
	}
	out = append(out, rule)
	for _, l := range right {
		out = append(out, append(line{{" ", plain}}, l...))
	}
	return out
}

// editView draws the request that is edited and, where there is room, the presets.
func (m *model) editView(r room) []line {
	g := &m.theme.glyphs
	out := []line{line{{"the client's request", strong}, {"   walked again as you type", dim}}.cut(r.columns, g.more)}
	list := len(m.walk.presets) + 2
	if r.rows < list+8 {
		return append(out, m.editor.view(g, r.columns, r.rows-1)...)
	}
	text := m.editor.view(g, r.columns, r.rows-1-list)
	for len(text) < r.rows-1-list {
		text = append(text, nil)
	}
	out = append(append(out, text...), nil, line{{"presets", strong}, {"   what real clients send too", dim}}.cut(r.columns, g.more))
	for i, p := range m.walk.presets {
		cursor, look := span{"  ", plain}, plain
		if i == m.presetN {
			cursor, look = span{g.chosen + " ", accent}, accent
		}
		out = append(out, line{cursor, {p.Name, look}}.cut(r.columns, g.more))
	}
	return out
}

// helpColumns is the width from which the help stands in two columns.
const helpColumns = 76

// helpText lists every key, and the whole command line.
func (m *model) helpText() []line {
	g := &m.theme.glyphs
	d := &doc{width: m.width - 1, more: g.more}
	var parts [][]line
	for _, c := range m.keys.chapters() {
		part := []line{put(" "+c.name, strong)}
		for _, k := range c.keys {
			part = append(part, append(append(line{{"   ", plain}}, put(k.Help().Key, accent).fill(14, "")...), span{k.Help().Desc, plain}))
		}
		parts = append(parts, part)
	}
	marks := []line{put(" marks", strong)}
	for _, x := range []struct{ mark, about string }{{g.pass, "ok"}, {g.fail, "FAIL"}, {g.warn, "error or warn: passed, with a finding"}, {g.open, "unknown: something was not read"}, {g.skip, "not reached, or nothing to do"}} {
		marks = append(marks, append(put("   "+x.mark, plain).fill(7, ""), span{x.about, plain}))
	}
	parts = append(parts, marks)
	if m.width < helpColumns {
		for _, part := range parts {
			d.blank()
			for _, l := range part {
				d.lines = append(d.lines, l.cut(d.width, g.more))
			}
		}
	} else {
		d.lines = append(d.lines, twoColumns(parts, m.width/2, d.width, g.more)...)
	}
	d.blank()
	d.lines = append(d.lines, put(" the same from the command line", strong))
	d.literal(m.command(), plain)
	return d.lines
}

// twoColumns sets parts beside each other, each under the shorter column.
func twoColumns(parts [][]line, half, columns int, more string) []line {
	var sides [2][]line
	for _, part := range parts {
		side := 0
		if len(sides[1]) < len(sides[0]) {
			side = 1
		}
		if len(sides[side]) > 0 {
			sides[side] = append(sides[side], nil)
		}
		sides[side] = append(sides[side], part...)
	}
	all := make([]line, max(len(sides[0]), len(sides[1])))
	for i := range all {
		if i < len(sides[0]) {
			all[i] = sides[0][i]
		}
		if i < len(sides[1]) {
			all[i] = append(all[i].fill(half, more), sides[1][i]...)
		}
		all[i] = all[i].cut(columns, more)
	}
	return all
}
