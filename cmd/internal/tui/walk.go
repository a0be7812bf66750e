package tui

import (
	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// walk is the open diagnosis: its path, the detail of one stage, and what is
// chosen in them.
type walkScreen struct {
	first    walk.Request       // the request that the walk began with
	request  walk.Request       // the one it shows
	edited   bool               // they differ
	given    bool               // the first one is the user's
	presets  []diagnose.Awkward // what real clients send and a diagnosis tries too
	path     path
	detail   detail
	viewer   viewer
	anchors  map[int]int
	inDetail bool // the keys move in the detail
	laid     layoutKey
}

// layoutKey is everything that the laid out detail depends on.
type layoutKey struct {
	d                              *diagnose.Diagnosis
	stage, width                   int
	finding, fix, dialect, refused int
	logged                         int
}

func newWalk(d *diagnose.Diagnosis, s *snapshot.Snapshot, remedy report.Remedy, g *glyphs, given bool) walkScreen {
	w := walkScreen{first: d.Trace.Request, given: given, detail: detail{remedy: remedy, glyphs: g}}
	w.presets = diagnose.AwkwardRequests(s, d.Trace)
	w.show(d, s)
	w.path.chosen = opening(d)
	w.choose()
	w.detail.dialect = opensWith[s.Target.Kind]
	return w
}

// opensWith is the notation that fixes are shown in at first, by what was read: that
// of the files, where there are any.
var opensWith = map[string]int{snapshot.Template: 1, snapshot.OpenAPI: 1, snapshot.Terraform: 2}

// show puts another diagnosis in the place of the present one and keeps the
// chosen stage.
func (w *walkScreen) show(d *diagnose.Diagnosis, s *snapshot.Snapshot) {
	w.request = d.Trace.Request
	w.edited = format(&w.request) != format(&w.first)
	w.path.d, w.path.words = d, report.NewWords(s)
	w.detail.d, w.detail.snap, w.detail.words = d, s, w.path.words
	w.choose()
}

// choose makes the first finding of the chosen stage the chosen one; where the
// stage has none, the worst of all.
func (w *walkScreen) choose() {
	w.detail.finding, w.detail.fix = -1, 0
	list := w.detail.d.Findings
	for i := range list {
		if list[i].Stage == walk.Stages[w.path.chosen] {
			w.detail.finding = i
			return
		}
	}
	if len(list) > 0 {
		w.detail.finding = 0
	}
}

// to opens another stage.
func (w *walkScreen) to(stage int) {
	w.path.chosen = min(max(stage, 0), len(walk.Stages)-1)
	w.choose()
}

// next goes to another finding, and opens its stage.
func (w *walkScreen) next(by int) {
	list := w.detail.d.Findings
	if len(list) == 0 {
		return
	}
	i := w.detail.finding
	if i >= 0 && list[i].Stage == walk.Stages[w.path.chosen] {
		i = (i + by + len(list)) % len(list)
	} else {
		i = max(i, 0)
	}
	for s := range walk.Stages {
		if walk.Stages[s] == list[i].Stage {
			w.path.chosen = s
		}
	}
	w.detail.finding, w.detail.fix = i, 0
}

// finding is the chosen finding, or nil.
func (w *walkScreen) finding() *diagnose.Finding {
	if i := w.detail.finding; i >= 0 && i < len(w.detail.d.Findings) {
		return &w.detail.d.Findings[i]
	}
	return nil
}

// fix is the chosen fix, or nil.
func (w *walkScreen) fix() *diagnose.Fix {
	if f := w.finding(); f != nil && w.detail.fix < len(f.Fixes) {
		return &f.Fixes[w.detail.fix]
	}
	return nil
}

// lay lays the detail out anew when something that it depends on has changed.
func (w *walkScreen) lay(width, rows int) {
	key := layoutKey{w.detail.d, w.path.chosen, width, w.detail.finding, w.detail.fix, w.detail.dialect, len(w.detail.calls), len(w.detail.logged)}
	if key == w.laid {
		return
	}
	before := w.laid
	w.laid = key
	d := w.detail.stage(w.path.chosen, width)
	w.anchors = d.anchors
	if before.stage != key.stage || before.d == nil {
		w.viewer.set(d.lines)
		return
	}
	w.viewer.replace(d.lines)
	w.viewer.scroll(0, rows)
}

// reveal brings the chosen finding to the top of the detail.
func (w *walkScreen) reveal(rows int) {
	if at, ok := w.anchors[w.detail.finding]; ok {
		w.viewer.to(at, rows)
	}
}
