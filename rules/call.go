package rules

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/walk"
)

// callsSQS tells whether the walk got to a call for SQS that a rule can judge.
func callsSQS(p *diagnose.Pass) bool {
	if !p.Reached() || !p.CallsSQS() || p.Trace.Signing.Type == "MOCK" {
		p.NotApplicable()
		return false
	}
	return true
}

// unreadableFor tells whether SQS cannot read the call for the given reason. Where
// it can, or where that is not known, the rule is done.
func unreadableFor(p *diagnose.Pass, has func(walk.Faults) bool) bool {
	if !callsSQS(p) {
		return false
	}
	if has(p.Trace.Protocol.Faults) {
		return true
	}
	p.Requires(walk.StageProtocol)
	return false
}

// reachedSQS tells whether there is an integration that is meant to call SQS.
func reachedSQS(p *diagnose.Pass) bool {
	if !p.Reached() || !p.Trace.Signing.Meant && (p.Trace.Signing.URIText != "" || p.Trace.Signing.Type == "MOCK") {
		p.NotApplicable()
		return false
	}
	return true
}

// header is the name of an integration request header's mapping.
func header(name string) string { return "integration.request.header." + name }

// setHeader is the change that sends a fixed header.
func setHeader(p *diagnose.Pass, name, value string) snapshot.Change {
	have, _ := p.Trace.Mapping.Header(name)
	at := header(name)
	if mappings, ok := p.Trace.Mapping.Integration.RequestParameters.Peek(); ok {
		for _, key := range sortedKeys(mappings) {
			if strings.EqualFold(key, at) {
				at = key // a header of another spelling would be sent twice
				have.Expression, _ = mappings[key].Peek()
			}
		}
	}
	return snapshot.SetRequestParameter{On: p.Method(), Name: at, Before: have.Expression, After: "'" + value + "'"}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// headerEvidence is a header that SQS receives, and where its mapping stands.
func headerEvidence(p *diagnose.Pass, name string) diagnose.Evidence {
	have, ok := p.Trace.Mapping.Header(name)
	e := diagnose.Evidence{Label: "integration request header " + name, Value: "no mapping", Origin: have.Origin}
	switch {
	case have.Expression != "":
		e.Value = have.Expression
	case ok:
		e.Value = "no mapping; SQS receives " + have.Value
	}
	if e.Origin == (snapshot.Origin{}) {
		e.Origin = p.Trace.Mapping.Integration.RequestParameters.Origin().At("['" + header(name) + "']")
	}
	return e
}

// bodyEvidence is the body that SQS receives.
func bodyEvidence(p *diagnose.Pass) diagnose.Evidence {
	e := diagnose.Evidence{Label: "body that SQS receives", Value: p.Expression(excerpt(p.Trace.Mapping.Body)), Origin: p.Trace.Mapping.TemplateAt}
	if len(p.Trace.Mapping.Body) == 0 {
		e.Value = "empty"
	}
	return e
}

// uriEvidence is the integration URI, or what stands for it in an HTTP API.
func uriEvidence(p *diagnose.Pass) diagnose.Evidence {
	if a := argument(p, "QueueUrl"); a != nil {
		return argumentEvidence(p, a)
	}
	return diagnose.Evidence{Label: "integration URI", Value: p.Expression(p.Trace.Signing.URIText), Origin: p.Trace.Signing.URIOrigin}
}

// setURI is the change of the integration URI.
func setURI(p *diagnose.Pass, uri string) snapshot.Change {
	before, _ := p.Trace.Mapping.Integration.URI.Peek()
	return snapshot.SetIntegration{On: p.Method(), Field: snapshot.FieldURI, Before: before, After: uri}
}

// segment finds a parameter of a form in the text of a template, from its name to
// the next '&' that is not an argument; the '&' before it is not part of it.
func segment(template, name string) (start, end int, ok bool) {
	for from := 0; ; {
		i := strings.Index(template[from:], name+"=")
		if i < 0 {
			return 0, 0, false
		}
		start = from + i
		if start == 0 || strings.ContainsRune("& \t\r\n#)", rune(template[start-1])) || strings.HasSuffix(template[:start], "#end") {
			break
		}
		from = start + 1
	}
	depth := 0
	for end = start; end < len(template); end++ {
		switch c := template[end]; {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case (c == '&' || c == '\n') && depth <= 0:
			return start, end, true
		}
	}
	return start, end, true
}

// jsonMember finds a member with a plain value in the text of a JSON template.
func jsonMember(template, name string) []int {
	const longest = 256
	if len(name) > longest || !utf8.ValidString(name) {
		return nil
	}
	re := regexp.MustCompile(`"` + regexp.QuoteMeta(name) + `"\s*:\s*("(?:[^"\\$]|\\.|\$[^"]*)*"|[^\s,}]+)\s*(,?)`)
	return re.FindStringSubmatchIndex(template)
}

// withParameter lists the changes that give the call a parameter that it lacks,
// or another value for one that it has: in the template that makes its body, or
// among the query parameters where the call stands there. text is VTL, mapping
// the same as a mapping expression; the list is empty where neither place fits.
func withParameter(p *diagnose.Pass, name, text, mapping string) []snapshot.Change {
	m := &p.Trace.Mapping
	if len(m.Arguments) > 0 {
		if text := argumentText(mapping); text != "" && !strings.Contains(name, ".") {
			return []snapshot.Change{setArgument(p, name, text)}
		}
		return nil
	}
	at := "integration.request.querystring." + name
	for _, q := range m.Query {
		if q.Name == name {
			return []snapshot.Change{snapshot.SetRequestParameter{On: p.Method(), Name: at, Before: q.Expression, After: mapping}}
		}
	}
	if m.Rendered != nil {
		if next, ok := templateWith(m.Template, p.Trace.Protocol.Protocol, name, text); ok {
			return []snapshot.Change{setTemplate(p, next)}
		}
	}
	if p.Trace.Protocol.Protocol == "query" && mapping != "" {
		return []snapshot.Change{snapshot.SetRequestParameter{On: p.Method(), Name: at, After: mapping}}
	}
	return nil
}

// argumentText writes a mapping expression as an HTTP API has it.
func argumentText(mapping string) string {
	if text, ok := strings.CutPrefix(mapping, "'"); ok {
		return strings.TrimSuffix(text, "'")
	}
	for _, prefix := range []string{"context.", "stageVariables."} {
		if strings.HasPrefix(mapping, prefix) {
			return "$" + mapping
		}
	}
	if source, ok := strings.CutPrefix(mapping, "method."); ok {
		return "$" + source
	}
	return ""
}

var actionRE = regexp.MustCompile(`(?:^|[^\w.])Action=\w+`)

// templateWith puts a parameter into a template: in place of the one of that
// name, else behind the Action or as the first member.
func templateWith(template, protocol, name, text string) (string, bool) {
	if protocol == "json" {
		if at := jsonMember(template, name); at != nil {
			return template[:at[2]] + text + template[at[3]:], true
		}
		open := strings.IndexByte(template, '{')
		if open < 0 || strings.TrimSpace(template[:open]) != "" {
			return "", false
		}
		comma := ","
		if strings.HasPrefix(strings.TrimSpace(template[open+1:]), "}") {
			comma = ""
		}
		return template[:open+1] + `"` + name + `":` + text + comma + template[open+1:], true
	}
	if start, end, ok := segment(template, name); ok {
		return template[:start] + name + "=" + text + template[end:], true
	}
	at := actionRE.FindStringIndex(template)
	if at == nil {
		return "", false
	}
	return template[:at[1]] + "&" + name + "=" + text + template[at[1]:], true
}

// withoutParameter lists the changes that take a parameter out of the call.
func withoutParameter(p *diagnose.Pass, name string) []snapshot.Change {
	m := &p.Trace.Mapping
	if a := argument(p, name); a != nil && !a.Required {
		return []snapshot.Change{setArgument(p, name, "")}
	}
	for _, q := range m.Query {
		if q.Name == name {
			return []snapshot.Change{snapshot.SetRequestParameter{On: p.Method(), Name: "integration.request.querystring." + name, Before: q.Expression}}
		}
	}
	if m.Rendered == nil {
		return nil
	}
	if p.Trace.Protocol.Protocol == "json" {
		at := jsonMember(m.Template, name)
		if at == nil {
			return nil
		}
		before := m.Template[:at[0]]
		if at[4] == at[5] { // the last member: the comma before it goes
			before = strings.TrimSuffix(strings.TrimRight(before, " \t\r\n"), ",")
		}
		return []snapshot.Change{setTemplate(p, before+m.Template[at[1]:])}
	}
	start, end, ok := segment(m.Template, name)
	if !ok {
		return nil
	}
	before, after := m.Template[:start], m.Template[end:]
	if strings.HasSuffix(before, "&") {
		before = strings.TrimSuffix(before, "&")
	} else {
		after = strings.TrimPrefix(after, "&")
	}
	return []snapshot.Change{setTemplate(p, before+after)}
}

// replacedText lists the change that replaces a text where the integration has
// it: in the template, as it is or form-encoded, or in a mapping.
func replacedText(p *diagnose.Pass, old, by string) []snapshot.Change {
	m := &p.Trace.Mapping
	if old == "" {
		return nil
	}
	for _, a := range m.Arguments {
		if strings.Contains(a.Expression, old) {
			return []snapshot.Change{setArgument(p, a.Name, strings.ReplaceAll(a.Expression, old, by))}
		}
	}
	if m.Rendered != nil {
		for _, form := range [][2]string{{old, by}, {url.QueryEscape(old), url.QueryEscape(by)}} {
			if strings.Contains(m.Template, form[0]) {
				return []snapshot.Change{setTemplate(p, strings.ReplaceAll(m.Template, form[0], form[1]))}
			}
		}
	}
	for _, q := range m.Query {
		if strings.Contains(q.Expression, old) {
			return []snapshot.Change{snapshot.SetRequestParameter{On: p.Method(), Name: "integration.request.querystring." + q.Name,
				Before: q.Expression, After: strings.ReplaceAll(q.Expression, old, by)}}
		}
	}
	return nil
}

// blamedElsewhere tells whether a parameter is missing or wrong for a reason that
// a rule of the mapping stage reports: a reference that can print nothing
// (mapping-empty-reference), or white space around the parameter
// (mapping-whitespace).
func blamedElsewhere(p *diagnose.Pass, name string) bool {
	return misprinted(p, name) || misspaced(p)
}

func misprinted(p *diagnose.Pass, name string) bool {
	m := &p.Trace.Mapping
	if m.Rendered == nil {
		return false
	}
	text := ""
	if start, end, ok := segment(m.Template, name); ok {
		text = m.Template[start:end]
	} else if at := jsonMember(m.Template, lastName(name)); at != nil {
		text = m.Template[at[0]:at[1]]
	}
	for _, e := range m.Blanks() {
		mistake := e.Reason == walk.UndefinedVariable || e.Reason == walk.UnknownMethod
		if p.Awkward != "" && strings.Contains(text, e.Reference) {
			return true // a body of another client's; this one sends the member
		}
		if mistake && strings.Contains(text, e.Reference) && blames(p, e) {
			return true
		}
	}
	return false
}

// misspaced tells whether the call gets further once the white space is taken
// out of the template.
func misspaced(p *diagnose.Pass) bool {
	if p.Trace.Mapping.Rendered == nil || !p.Trace.SendsForm() || len(strayBlanks(&p.Trace.Mapping)) == 0 {
		return false
	}
	_, mended := tightened(p)
	return mended != nil && culprit(p, mended) != nil
}

// lastName is the member's own name in a path such as Entries.1.MessageBody.
func lastName(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// roleFixes offer other roles of the snapshot for the integration.
func roleFixes(p *diagnose.Pass, more ...snapshot.Change) []diagnose.Fix {
	const most = 3 // roles; the engine tries each
	s := &p.Trace.Signing
	before, _ := p.Trace.Mapping.Integration.Credentials.Peek()
	name := lastPart(before)
	arns := sortedKeys(p.Snapshot.Roles)
	slices.SortStableFunc(arns, func(a, b string) int {
		return text.Distance(lastPart(a), name) - text.Distance(lastPart(b), name)
	})
	var fixes []diagnose.Fix
	for _, arn := range arns {
		role, ok := p.Snapshot.Roles[arn].Peek()
		if !ok || role == nil || arn == s.Credentials || len(fixes) == most {
			continue
		}
		fixes = append(fixes, p.Fix("sign with role "+p.Expression(lastPart(arn)),
			append([]snapshot.Change{snapshot.SetIntegration{On: p.Method(), Field: snapshot.FieldCredentials, Before: before, After: arn}}, more...)...))
	}
	return fixes
}

// refusedFor tells whether the queue refuses the call, or one of its messages,
// for the given reason. Where it does not, or that is not known, the rule is done.
func refusedFor(p *diagnose.Pass, fault walk.QueueFault) bool {
	if !callsSQS(p) {
		return false
	}
	if p.Trace.Queue.Fault == fault {
		return true
	}
	if p.Requires(walk.StageProtocol) && !p.Trace.Queue.Missing {
		p.Requires(walk.StageQueue)
	}
	return false
}

// refusal starts the finding about what the queue refuses.
func refusal(p *diagnose.Pass, message string) diagnose.Finding {
	a := p.Trace.Queue.Answer
	f := diagnose.Finding{
		Codes:    walk.AnswerCodes(a),
		Message:  message,
		Why:      "SQS answers: " + p.Expression(a.Message),
		Evidence: []diagnose.Evidence{bodyEvidence(p)},
		Check:    p.Curl(p.Trace.Request),
	}
	if len(p.Trace.Mapping.Query) > 0 {
		f.Evidence = append(f.Evidence, diagnose.Evidence{Label: "query string that SQS receives", Value: p.Expression(excerpt([]byte(p.Trace.Signing.RawQuery)))})
	}
	if len(a.Failed) > 0 {
		f.Why = "SQS answers 200 and lists the refused messages in the body: " + a.Failed[0].Code + ", " + a.Failed[0].Message
	}
	return f
}

// queueEvidence is an attribute of the queue.
func queueEvidence(p *diagnose.Pass, label, value string) diagnose.Evidence {
	e := diagnose.Evidence{Label: label, Value: value}
	if q := p.Trace.Queue.Queue; q != nil {
		e.Origin = q.Origin
	}
	return e
}

// reaching keeps, of fixes that lead the call to one of several queues, those
// after which nothing fails; all of them when that holds for none.
func reaching(p *diagnose.Pass, fixes []diagnose.Fix) []diagnose.Fix {
	var good []diagnose.Fix
	for _, fix := range fixes {
		if after := p.Walk(p.Trace.Request, fix.Changes...); after != nil && after.FirstFailure() == nil {
			good = append(good, fix)
		}
	}
	if good == nil {
		return fixes
	}
	return good
}
