package report

import (
	"cmp"
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// htmlStage is one stage of the path: where it stands, and the request on its way
// through it.
type htmlStage struct {
	ID, To   string // of its panel, and the link to it
	N        int
	Name     string
	Thing    string // what the message meets there, such as the queue's name
	State    string // ok, warning, fail, unknown or skip: its look
	Mark     string
	Word     string
	Question string
	Said     string
	Now      bool // opened first
	Later    bool // the message fails before
	Blocks   []htmlBlock
	Findings []htmlLink
	Gaps     []Gap
}

// htmlLink leads to a part of the page: To is # and its id.
type htmlLink struct{ To, Text, Class string }

// htmlBlock is a part of what a stage gets, uses or makes.
type htmlBlock struct {
	Title string
	Place string // where it stands in the configuration
	Start string // the first line of an HTTP request or answer
	Pairs []htmlPair
	Code  []htmlLine
	Count bool // number the lines of the code
	Say   []htmlPair
}

// htmlPair is a name and what it stands for.
type htmlPair struct{ Name, Value, Class, Note string }

// stageWriter fills the blocks of a stage.
type stageWriter struct {
	d    *diagnose.Diagnosis
	t    *walk.Trace
	say  Words
	list []htmlBlock
}

// stageStates are the marks and words of states. Nobody needs the colour.
var stageStates = map[string][2]string{"ok": {"✓", "ok"}, "warning": {"!", "warning"}, "fail": {"✕", "fails"}, "error": {"✕", "error"},
	"unknown": {"?", "not known"}, "skip": {"–", "does not apply"}, "blocked": {"–", "not reached"}}

// stageState tells how a stage stands. One that passes with an error or a warning
// says so: the cause of a failure often stands before it.
func stageState(d *diagnose.Diagnosis, step *walk.Step) string {
	switch {
	case step.Status == walk.Failed:
		return "fail"
	case step.Status == walk.NotApplicable:
		return "skip"
	case step.Status == walk.Passed:
		for i := range d.Findings { // the worst comes first
			if f := &d.Findings[i]; f.Stage == step.Stage && f.Severity != diagnose.Note {
				return string(f.Severity)
			}
		}
		return "ok"
	case NotReached(*step):
		return "blocked"
	}
	return "unknown"
}

// htmlStages are the eight stages of a diagnosis; id begins the ids of its parts.
func htmlStages(d *diagnose.Diagnosis, id string, say Words) []htmlStage {
	w := &stageWriter{d: d, t: d.Trace, say: say}
	if w.t == nil {
		w.t = &walk.Trace{}
	}
	var out []htmlStage
	open, failed := openingStage(d), false
	for i, s := range walk.Stages {
		step := w.t.Steps[i]
		step.Stage = s
		state := stageState(d, &step)
		w.list = nil
		if d.Trace != nil {
			w.stage(s)
		}
		x := htmlStage{ID: id + "stage=" + string(s), To: "#" + id + "stage=" + string(s), N: i + 1, Name: string(s), Thing: say.Show(stageThing(w.t, s)), State: state, Mark: stageStates[state][0], Word: stageStates[state][1],
			Question: s.Question(), Said: say.Fill(Said(step)), Now: s == open, Blocks: w.list, Later: failed && state == "ok" && s != walk.StageResponse}
		failed = failed || step.Status == walk.Failed
		if !NotReached(step) {
			x.Gaps = gaps(step.Gaps, say)
		}
		out = append(out, x)
	}
	return out
}

// openingStage is the stage to open at first: the failing one, else the one of
// the worst finding, else one that is not known, else the first.
func openingStage(d *diagnose.Diagnosis) walk.Stage {
	if d.Trace == nil {
		return walk.StageRoute
	}
	if f := d.Trace.FirstFailure(); f != nil {
		return f.Stage
	}
	if len(d.Findings) > 0 {
		return d.Findings[0].Stage
	}
	for i := range d.Trace.Steps {
		if stageState(d, &d.Trace.Steps[i]) == "unknown" {
			return walk.Stages[i]
		}
	}
	return walk.StageRoute
}

// stageThing names what the message meets at a stage, in a word or two.
func stageThing(t *walk.Trace, s walk.Stage) string {
	switch s {
	case walk.StageRoute:
		if t.Route.Stage != nil {
			return t.Route.Stage.Name
		}
	case walk.StageMapping:
		return cmp.Or(t.Mapping.Choice.Key, t.Mapping.Subtype)
	case walk.StageSigning:
		return t.Signing.Credentials[strings.LastIndexByte(t.Signing.Credentials, '/')+1:]
	case walk.StageProtocol:
		return cmp.Or(t.Protocol.Action, t.Protocol.Effective().Action)
	case walk.StageAuthorization:
		return t.Authorization.Action
	case walk.StageQueue:
		return (place{queueARN: QueueARN(t)}).queueName()
	case walk.StageEncryption:
		return t.Encryption.KeyReference[strings.LastIndexByte(t.Encryption.KeyReference, ':')+1:]
	case walk.StageResponse:
		if t.Response.SQSStatus != 0 && t.Response.Status != 0 {
			return fmt.Sprintf("%d to %d", t.Response.SQSStatus, t.Response.Status)
		}
	}
	return ""
}

// block starts a part.
func (w *stageWriter) block(title string) *htmlBlock {
	w.list = append(w.list, htmlBlock{Title: title})
	return &w.list[len(w.list)-1]
}

// pair adds a name and a value that is there.
func (w *stageWriter) pair(b *htmlBlock, name, value string, class ...string) {
	if value != "" {
		b.Pairs = append(b.Pairs, htmlPair{Name: w.say.Show(name), Value: w.say.Show(value), Class: strings.Join(class, " ")})
	}
}

// note adds a sentence.
func (w *stageWriter) note(b *htmlBlock, said string, class ...string) {
	if said != "" {
		b.Say = append(b.Say, htmlPair{Value: w.say.Show(said), Class: strings.Join(class, " ")})
	}
}

func (w *stageWriter) headers(b *htmlBlock, list []walk.Header) {
	for _, h := range list {
		b.Pairs = append(b.Pairs, htmlPair{Name: w.say.Show(h.Name), Value: w.say.Show(h.Value)})
	}
}

// code adds a text that is the client's as a whole, or nobody's.
func (w *stageWriter) code(b *htmlBlock, s string, class string) {
	var marks []htmlMark
	if class != "" {
		marks = []htmlMark{{0, len(s), class, ""}}
	}
	b.Code = codeLines(s, marks, w.say)
}

func (w *stageWriter) stage(s walk.Stage) {
	switch s {
	case walk.StageRoute:
		w.route()
	case walk.StageMapping:
		w.mapping()
	case walk.StageSigning:
		w.signing()
	case walk.StageProtocol:
		w.protocol()
	case walk.StageAuthorization:
		w.authorization()
	case walk.StageQueue:
		w.queue()
	case walk.StageEncryption:
		w.encryption()
	case walk.StageResponse:
		w.response()
	}
}

// placeWord is where a statement stands.
func placeWord(origin any) string {
	if o, ok := origin.(snapshot.Origin); ok {
		return Where(o)
	}
	return ""
}
