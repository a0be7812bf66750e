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
			Question: s.Question(), Said: say.Show(Said(step)), Now: s == open, Blocks: w.list, Later: failed && state == "ok" && s != walk.StageResponse}
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
		return cmp.Or(t.Protocol.Action, t.Protocol.Effective.Action)
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

// target is the request line of a call.
func requestLine(r *walk.Request) string {
	var query []string
	for _, q := range r.Query {
		query = append(query, q.Name+"="+q.Value)
	}
	s := strings.TrimSpace(r.Method + " " + r.Path)
	if r.Route != "" {
		s = "route " + r.Route
	}
	if len(query) > 0 {
		s += "?" + strings.Join(query, "&")
	}
	return s
}

func (w *stageWriter) route() {
	in := w.block("The client sends")
	in.Start = w.say.Show(requestLine(&w.t.Request))
	w.headers(in, w.t.Request.Headers)
	w.code(in, w.t.Request.Body, "client")
	r := &w.t.Route
	out := w.block("It meets")
	if r.API != nil {
		w.pair(out, "API", strings.TrimSpace(r.API.Name+" ("+r.API.ID+"), "+string(r.API.Type)))
	}
	if r.Stage != nil {
		w.pair(out, "API stage", r.Stage.Name)
	}
	if r.Method != nil {
		w.pair(out, "method", strings.TrimSpace(r.Method.HTTPMethod+" "+cmp.Or(r.Method.Path, r.Method.RouteKey)))
	}
	for _, h := range walk.SortedHeaders(r.PathParams) {
		w.pair(out, "{"+h.Name+"}", h.Value, "client")
	}
	if !r.Deployed && r.Configuration != nil {
		w.note(out, "The deployed configuration is not known or does not exist: the draft is shown.", "unknown")
	}
	for _, lack := range r.Lacks {
		w.pair(out, "the call lacks", lack, "bad")
	}
	w.pair(out, "the validator refuses", r.Validation, "bad")
	w.pair(out, "methods of this path", strings.Join(r.NearMethods, ", "))
	w.pair(out, "paths of this method", strings.Join(r.NearPaths, ", "))
	w.decision("May the client call the API?", askAPI)
	if len(r.Differences) > 0 {
		b := w.block("The API stage runs another configuration than the draft")
		for _, x := range r.Differences {
			w.pair(b, strings.TrimSpace(x.Method+": "+cmp.Or(x.Field, "the method")), "runs "+cmp.Or(x.Deployed, "nothing")+"; the draft has "+cmp.Or(x.Draft, "nothing"), "warn")
		}
	}
}

func (w *stageWriter) mapping() {
	m := &w.t.Mapping
	if m.Template != "" {
		b := w.block("Mapping template " + m.Choice.Key)
		b.Place = w.say.Show(Where(m.TemplateAt))
		b.Code, b.Count = templateLines(w.d, w.say), true
	} else if len(m.Arguments)+len(m.RefusedArguments) > 0 {
		b := w.block(strings.TrimSpace("Parameters of " + m.Subtype))
		for _, a := range m.Arguments {
			p := htmlPair{Name: w.say.Show(a.Name), Value: w.say.Show(a.Value), Note: w.say.Show(a.Expression)}
			switch {
			case a.Missing:
				p.Value, p.Class = "nothing", "bad"
			case a.Open:
				p.Class = "unknown"
			case a.FromClient:
				p.Class = "client"
			}
			if p.Note == p.Value {
				p.Note = ""
			}
			b.Pairs = append(b.Pairs, p)
			if a.Missing || a.Open {
				w.note(b, a.Why, p.Class)
			}
		}
		for _, a := range m.RefusedArguments {
			w.pair(b, "AWS refuses "+a.Name, strings.TrimSpace(a.Expression+" "+a.Reason), "bad")
		}
	} else if m.Integration != nil {
		b := w.block("No mapping template")
		switch {
		case m.Choice.Refused:
			w.note(b, "No template is for the client's Content-Type, and the call is refused.", "bad")
		case m.Choice.Pass:
			w.note(b, "The client's body is passed on as it is.")
		}
		w.pair(b, "the client's Content-Type", cmp.Or(m.ContentType, "none"))
		w.pair(b, "passthrough behavior", m.Passthrough)
		w.pair(b, "templates", strings.Join(m.Keys, ", "))
	}
	out := w.block("API Gateway builds")
	for _, kind := range []struct {
		what string
		list []walk.Mapped
	}{{"", m.Headers}, {"query ", m.Query}, {"path ", m.Path}} {
		for _, x := range kind.list {
			out.Pairs = append(out.Pairs, w.mapped(kind.what, x))
		}
	}
	for _, x := range m.Refused {
		w.pair(out, "AWS does not store "+x.Name, x.Expression, "bad")
	}
	for _, x := range m.Fatal {
		w.pair(out, "makes every call fail", x.Name, "bad")
	}
	w.pair(out, "stage variables that the API stage lacks", strings.Join(m.Missing, ", "), "bad")
	w.sent(out)
}

// sent adds the body that leaves, with the client's part marked.
func (w *stageWriter) sent(b *htmlBlock) {
	if !w.t.Mapping.BodyKnown {
		w.note(b, "The body is not known.", "unknown")
		return
	}
	b.Code = bodyLines(w.t, nil, w.say)
}

func (w *stageWriter) mapped(what string, x walk.Mapped) htmlPair {
	p := htmlPair{Name: w.say.Show(what + x.Name), Value: w.say.Show(x.Value)}
	if x.FromClient {
		p.Class = "client"
	}
	if x.Absent {
		p.Value, p.Class = "not sent: its source has no value", "quiet"
	}
	if x.Expression != "" && x.Expression != "'"+x.Value+"'" {
		p.Note = w.say.Show("from " + x.Expression)
	}
	return p
}

func (w *stageWriter) signing() {
	s := &w.t.Signing
	in := w.block("The integration")
	w.pair(in, "type", s.Type)
	w.pair(in, "HTTP method", s.Method)
	w.pair(in, "URI", s.URIText)
	w.pair(in, "credentials", s.Credentials)
	if s.URIError != nil {
		w.pair(in, "AWS refuses the URI", s.URIError.Error(), "bad")
	}
	out := w.block("The call goes to")
	if url := s.URL(); url != "" {
		out.Start = w.say.Show(s.Method + " " + url)
	}
	w.pair(out, "region", s.Region)
	switch {
	case s.Caller:
		w.note(out, "Signed with the caller's own credentials.")
	case s.RoleMissing:
		w.pair(out, "role", s.Credentials+" does not exist", "bad")
	case s.Role != nil:
		w.pair(out, "signed as", s.Role.ARN)
	}
	if s.TrustProblem != nil {
		w.pair(out, "AWS refuses the trust policy", s.TrustProblem.Problem.String(), "bad")
	}
	w.decision("May API Gateway assume the role?", askTrust)
}

// request adds the HTTP request that SQS receives.
func (w *stageWriter) request() {
	in := w.block("SQS receives")
	if w.t.Signing.URL() == "" {
		w.note(in, "No request is known to leave for SQS.", "quiet")
		return
	}
	in.Start = w.say.Show(w.t.Signing.Method + " " + w.t.Signing.URL())
	for _, h := range w.t.Mapping.Headers {
		if !h.Absent {
			w.headers(in, []walk.Header{{Name: h.Name, Value: h.Value}})
		}
	}
	w.sent(in)
}

func (w *stageWriter) protocol() {
	w.request()
	p := &w.t.Protocol
	title := "SQS reads"
	call := &p.Call
	if p.Intended {
		title, call = "SQS cannot read it. It was evidently meant to be", &p.Effective
	}
	out := w.block(title)
	w.pair(out, "protocol", p.Protocol)
	w.pair(out, "action", call.Action)
	w.pair(out, "queue", call.Queue.URL)
	const most = 60
	for i, x := range call.Params {
		if i == most {
			w.note(out, plural(len(call.Params)-i, "more parameter")+".")
			break
		}
		if x.Name == "Action" {
			continue
		}
		w.pair(out, x.Name, cmp.Or(x.Value, "empty"))
	}
	if call.Document != nil {
		for i, x := range call.Document.Members {
			if i == most {
				w.note(out, plural(len(call.Document.Members)-i, "more member")+".")
				break
			}
			value := x.Value.Text
			if n := len(x.Value.Members) + len(x.Value.Elements); n > 0 {
				value = plural(n, "value")
			}
			w.pair(out, x.Name, cmp.Or(value, "empty"))
		}
	}
	w.pair(out, "dropped without a word", strings.Join(call.Ignored[:min(len(call.Ignored), most)], ", "), "warn")
	for _, doubted := range call.Doubts {
		w.pair(out, "not certain", doubted, "unknown")
	}
	if a := p.Answer; a != nil {
		w.pair(out, "SQS answers", fmt.Sprintf("%d %s", a.Status, a.Code), "bad")
	}
	if a := p.Refusal; a != nil && a != p.Answer {
		w.pair(out, "behind it waits", fmt.Sprintf("%d %s", a.Status, a.Code), "warn")
	}
}

func (w *stageWriter) queue() {
	q := &w.t.Queue
	for i := range q.Messages {
		const most = 10
		if i == most {
			w.note(w.block("More"), plural(len(q.Messages)-i, "more message")+".")
			break
		}
		m := &q.Messages[i]
		title := "The message, decoded"
		if len(q.Messages) > 1 {
			title = fmt.Sprintf("Message %d of %d, decoded", i+1, len(q.Messages))
		}
		b := w.block(title)
		w.pair(b, "size", plural(m.Size(), "byte"))
		w.pair(b, "message group", m.GroupID)
		w.pair(b, "deduplication id", m.DeduplicationID)
		w.pair(b, "delay", m.Delay)
		for _, a := range m.Attributes {
			w.pair(b, "attribute "+a.Name, strings.TrimSpace(a.DataType+" "+a.StringValue))
		}
		w.code(b, m.Body, "client")
	}
	out := w.block("The queue")
	w.pair(out, "ARN", QueueARN(w.t))
	switch {
	case q.Missing:
		w.note(out, "The queue does not exist.", "bad")
	case q.Queue != nil:
		if fifo, ok := q.Queue.FIFO.Peek(); ok {
			w.pair(out, "kind", map[bool]string{false: "standard", true: "FIFO"}[fifo])
		}
		if n, ok := q.Queue.MaximumMessageSize.Peek(); ok {
			w.pair(out, "takes messages of", "up to "+plural(n, "byte"))
		}
	}
	w.pair(out, "a queue of that name is at", q.Elsewhere, "warn")
	w.pair(out, "a queue of nearly that name is", q.Near, "warn")
	w.pair(out, "the message is altered", q.Altered, "bad")
	if a := q.Answer; a != nil && a.Code != "" {
		w.pair(out, "SQS answers", fmt.Sprintf("%d %s", a.Status, a.Code), "bad")
	}
}

func (w *stageWriter) encryption() {
	e := &w.t.Encryption
	if e.KeyReference == "" {
		return
	}
	b := w.block("The queue's key")
	w.pair(b, "key", e.KeyReference)
	switch {
	case e.Missing:
		w.note(b, "The key does not exist.", "bad")
	case e.Managed:
		w.note(b, "AWS manages the key for SQS.")
	case e.Key != nil:
		if state, ok := e.Key.State.Peek(); ok {
			w.pair(b, "state", state)
		}
	}
	w.decision("May the role call kms:GenerateDataKey?", askGenerate)
	w.decision("May the role call kms:Decrypt?", askDecrypt)
}

func (w *stageWriter) response() {
	r := &w.t.Response
	in := w.block("SQS answers")
	if r.SQSStatus != 0 {
		in.Start = fmt.Sprint(r.SQSStatus)
		w.code(in, r.SQSBody, "")
	} else {
		w.note(in, "SQS gives no answer.", "quiet")
	}
	if r.Chosen != nil {
		b := w.block("API Gateway chooses")
		b.Place = w.say.Show(Where(r.Chosen.Origin))
		w.pair(b, "pattern", cmp.Or(r.Chosen.Pattern, "none: the default integration response"))
		w.pair(b, "status", r.Chosen.Status)
		w.pair(b, "its template fails", r.TemplateErr, "bad")
	}
	out := w.block("The client gets")
	switch {
	case r.Delivery == walk.DeliveryNone:
		w.note(out, "Nothing: the route is one-way.")
	case r.Delivery == walk.DeliveryFrame:
		out.Start = "a frame"
	case len(r.Statuses) > 1:
		out.Start = statusesWord(diagnose.Prediction{Status: r.Status, Statuses: r.Statuses})
	case r.Status != 0:
		out.Start = fmt.Sprint(r.Status)
	case w.d.Predicted.Origin == walk.FromDeployment:
		w.note(out, "Nothing: AWS refuses this configuration.", "bad")
	default:
		w.note(out, "What the client gets is not known.", "unknown")
	}
	w.headers(out, r.Headers)
	w.code(out, r.Body, "")
	w.outcomes()
}

// outcomes says what the client sees for each status of SQS.
func (w *stageWriter) outcomes() {
	r := &w.t.Response
	if len(r.Outcomes) == 0 {
		return
	}
	b := w.block("For each status of SQS the client gets")
	for _, o := range r.Outcomes {
		how, class := "", ""
		switch {
		case o.Unmapped:
			how, class = "no pattern fits and there is no default", "bad"
		case o.Undefined:
			how, class = "the method does not declare the response", "bad"
		case o.Response != nil && o.Response.Pattern != "":
			how = "pattern " + o.Response.Pattern
		case o.Response != nil:
			how = "default"
		}
		value := "not known"
		if o.Status != 0 {
			value = fmt.Sprint(o.Status)
		}
		b.Pairs = append(b.Pairs, htmlPair{Name: fmt.Sprint(o.SQSStatus), Value: value, Class: class, Note: w.say.Show(how)})
	}
	for _, u := range r.Unreachable {
		w.pair(b, "pattern "+u.Response.Pattern+" is never chosen", u.Why, "warn")
	}
	for _, x := range r.BadPatterns {
		w.pair(b, "pattern "+x.Pattern, "not understood", "unknown")
	}
}

// placeWord is where a statement stands.
func placeWord(origin any) string {
	if o, ok := origin.(snapshot.Origin); ok {
		return Where(o)
	}
	return ""
}
