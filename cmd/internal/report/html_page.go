package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

// htmlPage is the whole page.
type htmlPage struct {
	Document
	Title   string
	Sum     string // verdicts and findings, counted
	Where   []htmlPair
	Many    bool // more than one method: a table leads to them
	Causes  []htmlCause
	Rows    []htmlRow
	Methods []htmlMethod
	Unread  []Gap
	Policy  string // that lets the doctor read them
}

// htmlCause is a rule and the methods in which it finds something.
type htmlCause struct {
	Rule, Severity, Title string
	Methods               []htmlLink
}

// htmlRow is a method in the table.
type htmlRow struct {
	Link                                              htmlLink
	Verdict                                           diagnose.Verdict
	Rank                                              int // 0 for the worst verdict
	API, Stage, Queue, Cause, Rule, Outcome, Protocol string
}

// htmlMethod is the diagnosis of one request.
type htmlMethod struct {
	Method
	ID       string // of its part of the page
	Heading  string
	Label    string // of its landmarks: the heading, and which API and stage
	Outcome  string
	Start    string // the client's request line
	Gets     string // what the client gets, in a word or two
	SQS      string // what SQS answers
	Sent     string // the media type of the client's body
	Now      htmlSide
	Answered bool // the client gets what a success is answered with
	Stages   []htmlStage
	Findings []htmlFinding
	Plan     *htmlPlan
	Seen     string // what the logs say, summed up
	Groups   []htmlPair
	Every    *htmlEvery
}

// htmlEvery is what holds for every body.
type htmlEvery struct{ State, Said, Body string }

// verdictRank orders verdicts, worst first.
func verdictRank(v diagnose.Verdict) int {
	return slices.Index([]diagnose.Verdict{diagnose.Broken, diagnose.Inconclusive, diagnose.AtRisk, diagnose.Healthy}, verdict(v))
}

func newHTMLPage(r Run) htmlPage {
	say := newWords(r)
	if r.Snapshot != nil {
		r.follower = diagnose.NewFollower(r.Snapshot, nil)
	}
	p := htmlPage{Document: NewDocument(r)}
	p.Many = len(p.Document.Methods) > 1
	missing := unread(&r.Examination)
	p.Unread = gaps(missing, say)
	for i, g := range p.Unread {
		missing[i].Needs = g.Needs
	}
	p.Policy = Policy(missing)
	p.Sum = summaryLine(p.Summary)
	p.Where = p.where()
	if p.Summary.Others > 0 {
		p.Sum += fmt.Sprintf(" %s not to SQS.", plural(p.Summary.Others, "method"))
	}
	for i := range p.Document.Methods {
		p.Methods = append(p.Methods, newHTMLMethod(r, i, p.Document.Methods[i], p.Many, say))
	}
	if p.Many {
		p.table()
	}
	p.Title = "apisqs-doctor: " + strings.ReplaceAll(string(p.Summary.Verdict), "-", " ")
	if len(p.Methods) == 1 {
		p.Title = strings.ReplaceAll(string(p.Methods[0].Verdict), "-", " ") + ": " + p.Methods[0].Heading
	}
	return p
}

// where says what was examined.
func (p *htmlPage) where() []htmlPair {
	t := &p.Target
	var list []htmlPair
	add := func(name, value string) {
		if value != "" {
			list = append(list, htmlPair{Name: name, Value: value})
		}
	}
	if t.API != nil {
		name := t.API.Name
		if t.API.ID != t.API.Name {
			name = strings.TrimSpace(t.API.Name + " (" + t.API.ID + ")")
		}
		add(strings.TrimSpace(KindName(t.API.Type)+" API"), name)
	}
	if t.Stage != nil {
		add("API stage", *t.Stage)
	}
	add("region", t.Region)
	add("account", t.Account)
	add("read from", map[string]string{"live": "AWS"}[t.Kind])
	for _, file := range t.all() {
		add("read from", file)
	}
	return list
}

func newHTMLMethod(r Run, i int, m Method, many bool, say Words) htmlMethod {
	d := &r.Examination.Diagnoses[i]
	x := htmlMethod{Method: m, Outcome: say.Show(Headline(d)), Heading: strings.TrimSpace(m.Method + " " + m.Path)}
	id := ""
	if many {
		x.ID = fmt.Sprintf("method=%d", i+1)
		id = x.ID + "&"
	}
	if queue := queueName(m); queue != "" {
		x.Heading += " → " + queue
	}
	x.Label = strings.Join(strings.Fields(x.Heading+" "+m.API+" "+m.Stage), " ")
	if d.Trace != nil {
		x.Start = say.Show(requestLine(&d.Trace.Request))
	}
	x.Stages = htmlStages(d, id, say)
	x.Findings = htmlFindings(r, d, m, id, say)
	for j := range x.Findings {
		f := &x.Findings[j]
		for k := range x.Stages {
			if x.Stages[k].Name == f.Finding.Stage {
				x.Stages[k].Findings = append(x.Stages[k].Findings, htmlLink{To: "#" + f.ID, Text: f.Message, Class: f.Severity})
			}
		}
	}
	if x.Plan = newHTMLPlan(r, d, m, id, say); x.Plan != nil {
		x.Plan.Label = x.Label
	}
	x.Gets, x.SQS = "gets "+answerWord(d), sqsWord(d)
	if answerWord(d) == notKnown {
		x.Gets = "what it gets is not known"
	}
	if x.Plan == nil {
		x.Now = newHTMLSide(d, say)
	}
	if d.Trace != nil {
		x.Sent = say.Show(d.Trace.Mapping.ContentType)
	}
	x.Answered = d.Predicted.Code == "" && d.Predicted.Status != 0
	if o := r.observedOf(d); o != nil {
		x.Seen = say.Show(observedLine(o))
		for _, g := range o.Groups {
			x.Groups = append(x.Groups, htmlPair{Name: fmt.Sprintf("%d ×", g.Count), Value: say.Show(groupLine(g)), Note: say.Show(g.Example.Line)})
		}
	}
	x.Every = newHTMLEvery(d, say)
	return x
}

const notKnown = "not known"

// answerWord is what the client gets, in a word or two.
func answerWord(d *diagnose.Diagnosis) string {
	p := &d.Predicted
	switch {
	case p.Origin == walk.FromDeployment:
		return "no call is made"
	case p.Delivery == walk.DeliveryNone:
		return "nothing"
	case p.Delivery == walk.DeliveryFrame:
		return "a frame"
	case p.Status == 0:
		return notKnown
	}
	return statusesWord(*p)
}

// sqsWord says what SQS answers.
func sqsWord(d *diagnose.Diagnosis) string {
	p := &d.Predicted
	switch {
	case p.SQSStatus != 0:
		return "answers " + strings.TrimSpace(fmt.Sprintf("%d %s", p.SQSStatus, CodeWords(*p)))
	case p.Code != "" && p.Known:
		return "gets no call"
	}
	return "its answer is not known"
}

func newHTMLEvery(d *diagnose.Diagnosis, say Words) *htmlEvery {
	b := d.EveryBody
	e := everyBody(b, say)
	if e == nil {
		return nil
	}
	out := &htmlEvery{State: "ok", Said: "No call can break the message, cut a value or set a parameter."}
	switch {
	case e.Counterexample != nil:
		out.State, out.Said, out.Body = "warning", "Not every call is safe: "+b.Harm.String()+".", e.Counterexample.Body
	case e.Stopped != "":
		out.State, out.Said = "unknown", "Not decided: "+e.Stopped
	}
	return out
}

// table lists the methods, the worst first, and the causes by how much they break.
func (p *htmlPage) table() {
	causes := map[string]*htmlCause{}
	var order []string
	for i := range p.Methods {
		m := &p.Methods[i]
		row := htmlRow{Link: htmlLink{To: "#" + m.ID, Text: strings.TrimSpace(m.Method.Method + " " + m.Path)}, Verdict: m.Verdict, Rank: verdictRank(m.Verdict),
			API: m.API, Stage: m.Stage, Queue: queueName(m.Method), Outcome: m.Outcome, Protocol: m.Protocol}
		for j, f := range m.Findings {
			if j == 0 {
				row.Rule, row.Cause = f.Rule, f.Message
			}
			if f.Severity == string(diagnose.Note) {
				continue
			}
			c := causes[f.Rule]
			if c == nil {
				c = &htmlCause{Rule: f.Rule, Severity: f.Severity, Title: f.Message}
				causes[f.Rule] = c
				order = append(order, f.Rule)
			}
			if c.Severity == string(diagnose.Warning) {
				c.Severity = f.Severity
			}
			link := htmlLink{To: "#" + m.ID, Text: strings.TrimSpace(m.API + " " + m.Stage + " " + row.Link.Text)}
			if !slices.Contains(c.Methods, link) {
				c.Methods = append(c.Methods, link)
			}
		}
		p.Rows = append(p.Rows, row)
	}
	for _, rule := range order {
		p.Causes = append(p.Causes, *causes[rule])
	}
	slices.SortStableFunc(p.Causes, func(a, b htmlCause) int {
		return cmp.Or(cmp.Compare(a.Severity, b.Severity), cmp.Compare(len(b.Methods), len(a.Methods)))
	})
	slices.SortStableFunc(p.Rows, func(a, b htmlRow) int { return cmp.Compare(a.Rank, b.Rank) })
}
