package rules

import (
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// headerEvidence is a header that SQS receives, and where its mapping stands.
func headerEvidence(p *diagnose.Pass, name string) diagnose.Evidence {
	have, ok := p.Trace.Mapping.Header(name)
	e := diagnose.Evidence{Label: "integration request header " + name, Value: "no mapping", Origin: have.Origin, Absent: have.Expression == ""}
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
	e := diagnose.Evidence{Label: "body that SQS receives", Value: excerpt([]byte(p.Expression(string(p.Trace.Mapping.Body)))), Origin: p.Trace.Mapping.TemplateAt}
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

// refusal starts the finding about what the queue refuses.
func refusal(p *diagnose.Pass, message string) diagnose.Finding {
	a := p.Trace.Queue.Answer
	f := diagnose.Finding{
		Codes:    walk.AnswerCodes(a),
		Message:  message,
		Why:      "SQS answers: " + p.Expression(a.Message),
		Evidence: []diagnose.Evidence{bodyEvidence(p)},
	}
	f.Evidence = inTemplateAs(p, f.Evidence, a.Parameter, false)
	if mapped := mappedParameter(p, a.Parameter); mapped != nil {
		f.Evidence = append([]diagnose.Evidence{*mapped}, f.Evidence...)
	}
	if len(p.Trace.Mapping.Query) > 0 {
		f.Evidence = append(f.Evidence, diagnose.Evidence{Label: "query string that SQS receives", Value: excerpt([]byte(p.Expression(p.Trace.Signing.RawQuery)))})
	}
	if len(a.Failed) > 0 {
		f.Why = "SQS answers 200 and lists the refused messages in the body: " + a.Failed[0].Code + ", " + a.Failed[0].Message
	}
	return f
}

// mappedParameter is the mapping that gives a parameter of the call by the query
// string; nil when it comes from elsewhere.
func mappedParameter(p *diagnose.Pass, name string) *diagnose.Evidence {
	in := p.Trace.Mapping.Integration
	if in == nil || name == "" {
		return nil
	}
	mappings, _ := in.RequestParameters.Peek()
	mapping := "integration.request.querystring." + name
	fact, ok := mappings[mapping]
	if !ok {
		return nil
	}
	value, _ := fact.Peek()
	return &diagnose.Evidence{Label: mapping, Value: p.Expression(value), Origin: fact.Origin()}
}

// queueEvidence is an attribute of the queue.
func queueEvidence(p *diagnose.Pass, label, value string) diagnose.Evidence {
	e := diagnose.Evidence{Label: label, Value: value}
	if q := p.Trace.Queue.Queue; q != nil {
		e.Origin = q.Origin
	}
	return e
}

// quoteAll joins names for a message.
func quoteAll(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = strconv.Quote(n)
	}
	return strings.Join(quoted, ", ")
}

// inTemplate is evidence that points at a reference of the mapping template.
func inTemplate(p *diagnose.Pass, reference string, line, column int) diagnose.Evidence {
	return diagnose.Evidence{
		Label:  fmt.Sprintf("mapping template %s, line %d, column %d", p.Trace.Mapping.Choice.Key, line, column),
		Value:  reference,
		Origin: p.Trace.Mapping.TemplateAt,
		Line:   line, Column: column,
	}
}

// inTemplateAs adds to evidence the place in the mapping template that writes a
// parameter of the call, where the template names it once: its value, or its name.
func inTemplateAs(p *diagnose.Pass, list []diagnose.Evidence, parameter string, name bool) []diagnose.Evidence {
	m := &p.Trace.Mapping
	if m.Rendered == nil || parameter == "" {
		return list
	}
	places := writtenAs(parameter).FindAllStringSubmatchIndex(m.Template, -1)
	if len(places) != 1 {
		return list
	}
	at := places[0][2:6] // of the name and of the value
	if at[0] < 0 {
		at = places[0][6:10]
	}
	start, end := at[2], at[3]
	if name || start == end {
		start, end = at[0], at[1]
	}
	if start == end {
		return list
	}
	line := 1 + strings.Count(m.Template[:start], "\n")
	column := start - strings.LastIndexByte(m.Template[:start], '\n')
	return append(list, inTemplate(p, m.Template[start:end], line, column))
}

// writtenAs finds a parameter in a template of a form or of a JSON document, and in
// it the name and the value up to the next sign that ends one.
func writtenAs(parameter string) *regexp.Regexp {
	name := regexp.QuoteMeta(parameter)
	return regexp.MustCompile(`(?m)(?:^|[&\s])(` + name + `)=([^&\r\n]*)|"(` + name + `)"\s*:\s*("[^"\r\n]*"|[^,}\s]*)`)
}

// reportMangled reports client data that arrives as another text than was sent:
// an error when the walk saw the message altered, else a warning.
func reportMangled(p *diagnose.Pass, f diagnose.Finding) {
	f.Severity = diagnose.Warning
	if p.Trace.Queue.Altered != "" {
		f.Severity = diagnose.Error
	}
	f.Evidence = append(f.Evidence, diagnose.Evidence{Label: "body that SQS receives", Value: excerpt([]byte(p.Expression(string(p.Trace.Mapping.Body))))})
	p.Report(f)
}
