package rules

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/text/lazy"
	"apisqs-doctor/diagnose/walk"
)

var mappingEmptyReference = diagnose.Rule{
	ID:       "mapping-empty-reference",
	Stage:    walk.StageMapping,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "a reference in the template prints nothing where something is needed",
	Doc: `A reference that has no value prints nothing; API Gateway does not print its source text, as Velocity does elsewhere. A
placeholder that was left in a copied template ($your-msg-group-id), a typing error, or a member that a text does not have
($input.body.id) leaves an empty parameter or a hole in the message. SQS answers MissingParameter or InvalidParameterValue, or
takes a message that lacks its content. The same happens to a header or member that the client did not send.

References that are meant to be silent ($!name), guarded by #if, or set in another branch are not reported.

Repair: put the value in, correct the name, or give a default with #if.`,
	Explains: []walk.ErrorCode{walk.MissingParameter, walk.InvalidParameter, walk.Serialization, walk.InvalidAction, walk.AccessDenied, walk.UnknownOperation, walk.NonExistentQueue},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html"},
	When:     judges(walk.StageMapping),
	Check: func(p *diagnose.Pass) {
		blanks := p.Trace.Mapping.Blanks()
		for _, e := range blanks {
			around := func(inner walk.EmptyReference) bool {
				return inner.Reference != e.Reference && strings.Contains(e.Reference, inner.Reference)
			}
			if slices.ContainsFunc(blanks, around) {
				continue // what it prints nothing of is reported itself
			}
			if e.Reason == walk.AbsentStageVariable || p.Trace.MayBeThere(e) && !blames(p, e) {
				continue // mapping-stage-variable; what AWS documents may be there for other calls
			}
			if arrivesAs(p, e) != "" {
				continue // mapping-name-mismatch
			}
			reportBlank(p, e)
		}
	},
}

func reportBlank(p *diagnose.Pass, e walk.EmptyReference) {
	if e.Reason == walk.AbsentClientValue && p.Awkward != "" && p.Trace.Request.Body == "" {
		return // a call without a body is refused loudly, as it should be
	}
	mistake := e.Reason == walk.UndefinedVariable || e.Reason == walk.UnknownMethod || e.Reason == walk.AbsentContextValue
	guilty := blames(p, e)
	if !guilty && (!mistake || p.Awkward != "") {
		return
	}
	f := diagnose.Finding{
		Severity: diagnose.Warning,
		Message:  e.Reference + " prints nothing" + emptyBecause(e),
		Why:      "What should stand there is missing from the request that SQS receives.",
		Evidence: []diagnose.Evidence{inTemplate(p, e.Reference, e.Line, e.Column), {Label: "body that SQS receives", Value: excerpt([]byte(p.Expression(string(p.Trace.Mapping.Body))))}},
	}
	f.Fixes = filledIn(p, e)
	if meant := meantSource(p, e); meant != "" {
		f.Message = fmt.Sprintf("%s prints nothing: it is a source of parameter mappings, and a template has no such variable; %s is meant", e.Reference, meant)
	}
	if e.Reason == walk.AbsentContextValue {
		f.Severity, f.Why = withoutValue(e, p.Trace.Mapping.Template)
	}
	if !guilty {
		p.Report(f)
		return
	}
	failure := p.Trace.FirstFailure().Failure
	f.Why = fmt.Sprintf("SQS answers %s because of it: with a value in its place the call gets further.", failure.Code)
	if mistake {
		f.Severity = diagnose.Error
	}
	p.ReportAs(f, failure)
}

// emptyBecause says what a reference prints nothing for.
func emptyBecause(e walk.EmptyReference) string {
	path, inBody := strings.CutPrefix(e.Subject, "body ")
	switch {
	case e.Reason == walk.UndefinedVariable:
		return ": the template sets no " + e.Subject
	case e.Reason == walk.AbsentClientValue && inBody:
		return " where the body has no " + path
	case e.Reason == walk.AbsentClientValue:
		return " where the call has no " + e.Subject
	}
	return fmt.Sprintf(" (%s: %s)", e.Reason, e.Subject)
}

// withoutValue says what it means that a template reads a member of $context that no
// call has.
func withoutValue(e walk.EmptyReference, template string) (diagnose.Severity, string) {
	if !strings.HasPrefix(e.Subject, "context authorizer") {
		return diagnose.Warning, "AWS has no value of that name for this method, so that it is empty in every call."
	}
	severity := diagnose.Warning
	if strings.Count(template, "$context.") > manyContextValues {
		severity = diagnose.Note // it hands on all of $context, and loses nothing
	}
	return severity, "The method has no authorizer, so that it is empty in every call."
}

// manyContextValues is how many members of $context a template reads at most that
// means each of them.
const manyContextValues = 5

// blames tells whether the call fails because the reference prints nothing: with
// a value in its place it would get further.
func blames(p *diagnose.Pass, e walk.EmptyReference) bool {
	first := p.Trace.FirstFailure()
	if first == nil || first.Failure.Origin != walk.FromSQS || first.Stage != walk.StageProtocol && first.Stage != walk.StageQueue {
		return false
	}
	for _, sample := range []string{"sample", "1"} {
		if t := substituted(p, e, sample); t != nil && further(first, t) {
			return true
		}
	}
	return false
}

// replaced puts a text in the place of the reference.
func replaced(p *diagnose.Pass, e walk.EmptyReference, by string) snapshot.Change {
	edits, _ := p.Template().ReplaceReference(e.Line, e.Column, by)
	return p.EditTemplate(edits)
}

// substituted walks with a text in the place of the reference.
func substituted(p *diagnose.Pass, e walk.EmptyReference, text string) *walk.Trace {
	if e.Position == walk.InArgument {
		text = `"` + text + `"`
	}
	change := replaced(p, e, text)
	if change == nil {
		return nil
	}
	return p.Walk(p.Trace.Request, change)
}

var (
	parameterBeforeRE = lazy.Regexp(`([A-Za-z0-9.]+)=$`)
	memberBeforeRE    = lazy.Regexp(`"([A-Za-z]+)"\s*:\s*"?$`)
	assignedRE        = lazy.Regexp(`#(?:set|foreach)\s*\(\s*\$!?\{?([A-Za-z][\w-]*)`)
	mappingSourceRE   = lazy.Regexp(`\$!?\{?(?:method|integration)\.request\.(header|querystring|path|body)(?:\.([\w.-]+))?\}?`)
	calledRE          = lazy.Regexp(`^\$!?\{?([A-Za-z][\w-]*)`)
)

// filledIn replaces the reference by what is most likely meant: a variable of a
// similar name, the source in the template's own words, or a value that suits the
// parameter.
func filledIn(p *diagnose.Pass, e walk.EmptyReference) []diagnose.Fix {
	template := p.Trace.Mapping.Template
	fix := func(by, title string) []diagnose.Fix {
		if e.Position == walk.InArgument && !strings.HasPrefix(by, "$") {
			by = `"` + by + `"`
		}
		if change := replaced(p, e, by); change != nil {
			return []diagnose.Fix{p.Fix("write "+by+" in place of "+e.Reference+title, change)}
		}
		return nil
	}
	if meant := meantSource(p, e); meant != "" {
		by := mappingSourceRE.ReplaceAllLiteralString(e.Reference, meant)
		return fix(by, "")
	}
	if name := calledRE.FindStringSubmatch(strings.TrimPrefix(e.Subject, "variable ")); name != nil && e.Reason == walk.UndefinedVariable {
		var known []string
		for _, m := range assignedRE.FindAllStringSubmatch(template, 200) {
			known = append(known, m[1])
		}
		known = append(known, "input", "util", "context", "stageVariables")
		slices.SortStableFunc(known, func(a, b string) int { return text.Distance(name[1], a) - text.Distance(name[1], b) })
		if text.Distance(name[1], known[0]) < 3 && known[0] != name[1] {
			return fix(strings.Replace(e.Reference, "$"+name[1], "$"+known[0], 1), "")
		}
	}
	if e.Reason == walk.AbsentClientValue {
		return nil
	}
	switch parameterAt(template, e) {
	case "MessageGroupId":
		own, one := fix("$context.requestId", ": every message gets a group of its own"), fix("default", ": all messages are in one group")
		if len(own) > 0 && len(one) > 0 {
			own[0].Risk, one[0].Choice = ownGroupRisk, oneGroupChoice
		}
		return append(own, one...)
	case "MessageDeduplicationId":
		return fix("$context.requestId", ": every call gets an id of its own")
	case "MessageBody":
		return fix("$util.urlEncode($input.body)", ": the client's body is the message")
	}
	return nil
}

// meantSource is what a template writes for $method.request.header.X and its like,
// which are sources of parameter mappings and no variables; empty for other references.
func meantSource(p *diagnose.Pass, e walk.EmptyReference) string {
	m := mappingSourceRE.FindStringSubmatch(e.Reference)
	switch {
	case m == nil || e.Reason != walk.UndefinedVariable:
		return ""
	case m[1] == "body" && m[2] == "":
		return "$input.body"
	case m[1] == "body":
		return "$input.path('$." + m[2] + "')"
	case m[2] == "":
		return ""
	}
	name := m[2]
	if integration := p.Trace.Mapping.Integration; strings.Contains(e.Reference, "integration.request") && integration != nil {
		mapped := mappingOf(p, name)
		if source, ok := strings.CutPrefix(mapped, "method.request."+m[1]+"."); ok && m[1] == "header" {
			name = source
		}
	}
	return "$input.params('" + name + "')"
}

// parameterAt is the name of the parameter whose value begins with the reference.
func parameterAt(template string, e walk.EmptyReference) string {
	lines := strings.Split(template, "\n")
	if e.Line < 1 || e.Line > len(lines) || e.Column < 1 || e.Column > len(lines[e.Line-1]) {
		return ""
	}
	before := lines[e.Line-1][:e.Column-1]
	before = strings.TrimSuffix(before, "$util.urlEncode(")
	if m := parameterBeforeRE.FindStringSubmatch(before); m != nil {
		return m[1]
	}
	if m := memberBeforeRE.FindStringSubmatch(before); m != nil {
		return m[1]
	}
	return ""
}
