package rules

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/walk"
)

var mappingNameMismatch = diagnose.Rule{
	ID:       "mapping-name-mismatch",
	Stage:    walk.StageMapping,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "a name is read or sent in another spelling than the one that counts",
	Doc: `Names of headers, query and path parameters are compared with their case: $input.params('X-Tenant') does not see the header
x-tenant, which is how every client that speaks HTTP/2 writes it, and a reference to another spelling prints nothing. Members of a
JSON body are compared in the same way. SQS drops parameters that it does not know: MessageDeDuplicationId is read by nobody.

Repair: write the name as it arrives, or as SQS spells it. Where callers send both spellings, read both.`,
	Explains: []walk.ErrorCode{walk.InvalidAddress, walk.NonExistentQueue, walk.MissingParameter, walk.InvalidParameter, walk.InvalidAction, walk.AccessDenied, walk.UnknownOperation},
	Refs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html",
		"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html",
	},
	When: judges(walk.StageMapping),
	Check: func(p *diagnose.Pass) {
		reportMisspelt(p)
		if p.Awkward != "" {
			return
		}
		for _, e := range p.Trace.Mapping.Blanks() {
			if arrives := arrivesAs(p, e); arrives != "" {
				reportMisread(p, e, arrives)
			}
		}
		reportMismapped(p)
	},
}

// readName is the place and the name that a reference read in vain.
func readName(e walk.EmptyReference) (place, name string) {
	if e.Reason != walk.AbsentClientValue {
		return "", ""
	}
	place, name, _ = strings.Cut(e.Subject, " ")
	return place, strings.TrimPrefix(name, "$.")
}

// arrivesAs is the name under which the call, or what the method declares, has what
// a reference reads under another spelling; empty when it has nothing like it.
func arrivesAs(p *diagnose.Pass, e walk.EmptyReference) string {
	place, name := readName(e)
	var names []string
	switch place {
	case "parameter", "header", "query", "path":
		names = p.ArrivingNames()
		if slices.Contains(names, name) {
			return ""
		}
		if arrives := nearest(name, names); name != "" && arrives != "" {
			return arrives
		}
		names = p.DeclaredNames()
	case "body":
		names = p.BodyNames(name)
	}
	if name == "" || slices.Contains(names, name) {
		return ""
	}
	return nearest(name, names)
}

// nearest is the name that another evidently stands for: the same but for its case
// and its joints, or with one slip in a long one.
func nearest(name string, names []string) string {
	for _, n := range names {
		if diagnose.SameButForSpelling(n, name) {
			return n
		}
	}
	for _, n := range names {
		if len(name) > 5 && text.Distance(strings.ToLower(n), strings.ToLower(name)) == 1 {
			return n
		}
	}
	return ""
}

func reportMisread(p *diagnose.Pass, e walk.EmptyReference, arrives string) {
	_, name := readName(e)
	f := diagnose.Finding{
		Severity: diagnose.Warning,
		Message:  fmt.Sprintf("%s prints nothing: what arrives is called %q", e.Reference, arrives),
		Why:      "Names are compared with their case and spelling.",
		Evidence: []diagnose.Evidence{inTemplate(p, e.Reference, e.Line, e.Column), {Label: "body that SQS receives", Value: excerpt([]byte(p.Expression(string(p.Trace.Mapping.Body))))}},
	}
	by := strings.Replace(e.Reference, name, arrives, 1)
	change := replaced(p, e, by)
	if change != nil && by != e.Reference {
		f.Fixes = []diagnose.Fix{p.Fix("write "+by+" in place of "+e.Reference, change)}
	}
	blame(p, f, blames(p, e) || change != nil && helps(p, change))
}

// blame reports a finding as the cause of the failure, where it is.
func blame(p *diagnose.Pass, f diagnose.Finding, guilty bool) {
	if !guilty {
		p.Report(f)
		return
	}
	f.Severity = diagnose.Error
	p.ReportAs(f, p.Trace.FirstFailure().Failure)
}

// helps tells whether a call that SQS refuses gets further with the changes.
func helps(p *diagnose.Pass, changes ...snapshot.Change) bool {
	first := p.Trace.FirstFailure()
	if first == nil || first.Failure.Origin != walk.FromSQS {
		return false
	}
	then := p.Walk(p.Trace.Request, changes...)
	return then != nil && further(first, then)
}

// mappedAs is the name under which the call has what a mapping reads under another
// spelling; empty when it has nothing like it.
func mappedAs(p *diagnose.Pass, mapped *walk.Mapped) string {
	source, ok := strings.CutPrefix(mapped.Expression, "method.request.")
	place, name, _ := strings.Cut(source, ".")
	names := p.ArrivingIn(place)
	if !ok || !mapped.Absent || slices.Contains(names, name) {
		return ""
	}
	return nearest(name, names)
}

// mismapped tells whether a parameter of the query string is mapped from a name that
// arrives under another spelling.
func mismapped(p *diagnose.Pass, parameter string) bool {
	query := p.Trace.Mapping.Query
	return slices.ContainsFunc(query, func(q walk.Mapped) bool { return q.Name == parameter && mappedAs(p, &q) != "" })
}

// reportMismapped reports parameter mappings whose source the call has under another
// spelling (T172).
func reportMismapped(p *diagnose.Pass) {
	m := &p.Trace.Mapping
	for _, list := range []struct {
		place  string
		mapped []walk.Mapped
	}{{"header", m.Headers}, {"querystring", m.Query}, {"path", m.Path}} {
		for i := range list.mapped {
			mapped := &list.mapped[i]
			destination, arrives := "integration.request."+list.place+"."+mapped.Name, mappedAs(p, mapped)
			undeclared := func(r walk.Refused) bool { return r.Name == destination }
			if arrives == "" || slices.ContainsFunc(m.Refused, undeclared) {
				continue
			}
			source := strings.Split(mapped.Expression, ".")
			meant := strings.Join(append(source[:3:3], arrives), ".")
			f := diagnose.Finding{
				Severity: diagnose.Warning,
				Message:  fmt.Sprintf("%s finds nothing: what arrives is called %q", mapped.Expression, arrives),
				Why:      "Names are compared with their case and spelling, and a mapping whose source is absent sends nothing.",
				Evidence: []diagnose.Evidence{{Label: destination, Value: mapped.Expression, Origin: mapped.Origin}},
				Check:    p.Curl(p.Trace.Request),
			}
			if list.place == "header" && !walk.ReadBySQS(mapped.Name) {
				f.Severity, f.Why = diagnose.Note, f.Why+" SQS does not read this header."
			}
			changes := []snapshot.Change{snapshot.SetRequestParameter{On: p.Method(), Name: destination, Before: mapped.Expression, After: meant}}
			declared, _ := p.Trace.Route.Method.RequestParameters.Read(p.Gaps())
			if need := walk.MappingNeeds(meant); need != "" {
				if _, ok := declared[need]; !ok {
					changes = append([]snapshot.Change{snapshot.DeclareParameter{On: p.Method(), Name: need}}, changes...)
				}
			}
			f.Fixes = []diagnose.Fix{p.Fix("write "+meant+" in place of "+mapped.Expression, changes...)}
			blame(p, f, helps(p, changes...))
		}
	}
}

// reportMisspelt reports parameters that SQS drops because it spells them otherwise.
func reportMisspelt(p *diagnose.Pass) {
	m := &p.Trace.Mapping
	for _, slip := range p.Trace.MisspeltParameters() {
		f := diagnose.Finding{
			Severity: diagnose.Warning,
			Message:  fmt.Sprintf("SQS knows no parameter %s and drops it; %s is meant", slip.Name, slip.Meant),
			Why:      "SQS passes over parameters that it does not know, without an error.",
			Evidence: inTemplateAs(p, []diagnose.Evidence{{Label: "body that SQS receives", Value: excerpt([]byte(p.Expression(string(m.Body)))), Origin: m.TemplateAt}}, slip.Name, true),
		}
		if m.Rendered != nil && strings.Count(m.Template, slip.Name) == 1 {
			f.Fixes = []diagnose.Fix{p.Fix("write "+slip.Meant+" in place of "+slip.Name, p.SetTemplate(strings.Replace(m.Template, slip.Name, slip.Meant, 1)))}
		}
		blame(p, f, refusedFirst(p) == slip.Meant)
	}
}

// refusedFirst is the parameter that SQS refuses the call for; empty where something
// else fails first.
func refusedFirst(p *diagnose.Pass) string {
	first := p.Trace.FirstFailure()
	switch refusal, answer := p.Trace.Protocol.Refusal, p.Trace.Queue.Answer; {
	case first == nil:
	case first.Stage == walk.StageProtocol && refusal != nil:
		return refusal.Parameter
	case first.Stage == walk.StageQueue && answer != nil:
		return answer.Parameter
	}
	return ""
}
