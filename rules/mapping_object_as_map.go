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

var mappingObjectAsMap = diagnose.Rule{
	ID:       "mapping-object-as-map",
	Stage:    walk.StageMapping,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "a JSON object is printed as {name=value}",
	Doc: `$input.path('$.x') gives an object, and an object prints as a Java map: {id=1, text=hello}. That is no JSON, its values
lose their quotes, and there is no way back. Arrays print as JSON, so the fault may show for some bodies only. $input.json('$.x')
prints JSON. SQS takes either text; there is no error, the consumer fails on the message.

Repair: $input.json('...') in place of $input.path('...') where an object is printed, or $input.body for the whole body.`,
	Refs: []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html"},
	When: judges(walk.StageMapping),
	Check: func(p *diagnose.Pass) {
		maps := javaMaps(p.Trace)
		if len(maps) == 0 {
			return
		}
		f := diagnose.Finding{
			Message: references(maps) + " prints an object as {name=value}, which is no JSON",
			Why:     "A template prints an object in Java's notation; $input.json prints it as JSON.",
		}
		for _, s := range maps {
			f.Evidence = append(f.Evidence, inTemplate(p, s.Reference, s.Line, s.Column))
		}
		if text, ok := printedAsJSON(p, maps); ok {
			f.Fixes = []diagnose.Fix{p.Fix("print "+references(maps)+" as JSON, with $input.json", p.SetTemplate(text))}
		}
		reportMangled(p, f)
	},
}

// javaMaps lists the pieces of the body that hold an object of the client's in
// Java's notation, one for each reference.
func javaMaps(t *walk.Trace) []walk.Span {
	var list []walk.Span
	for _, s := range t.Mapping.Spans {
		if s.JavaMap && walk.FromTheClient(s) && slices.Contains(s.Source, "body") &&
			!slices.ContainsFunc(list, func(x walk.Span) bool { return sameReference(s, x) }) {
			list = append(list, s)
		}
	}
	return list
}

var pathCallRE = lazy.Regexp(`^\$!?\{?input\.path\((['"])(\$[^'"]*)['"]\)((?:\.[A-Za-z][\w-]*)*)\}?$`)

// printedAsJSON is the template with $input.json in place of the references.
func printedAsJSON(p *diagnose.Pass, maps []walk.Span) (string, bool) {
	template := p.Template()
	if template == nil {
		return "", false
	}
	var edits, printed []text.Edits
	add := func(list *[]text.Edits, line, column int, by string) {
		if e, ok := template.ReplaceReference(line, column, by); ok {
			*list = append(*list, e)
		}
	}
	for _, s := range maps {
		m := pathCallRE.FindStringSubmatch(s.Reference)
		if m == nil {
			continue
		}
		add(&edits, s.Line, s.Column, asJSON(m[2]+m[3]))
		// #set($root = $input.path('$')) and later $root.detail.
		if v := variableRE.FindStringSubmatch(s.Printed); v != nil {
			add(&printed, s.PrintedLine, s.PrintedColumn, asJSON(m[2]+m[3]+v[1]))
		}
	}
	for _, list := range [][]text.Edits{printed, edits} {
		change, ok := p.EditTemplate(list...).(snapshot.SetTemplate)
		if !ok {
			continue
		}
		for _, candidate := range []string{change.After, strings.ReplaceAll(change.After, ".toString()", "")} {
			t := p.Walk(p.Trace.Request, p.SetTemplate(candidate))
			if t != nil && !t.Unread() && len(javaMaps(t)) < len(maps) && len(t.Mapping.Blanks()) <= len(p.Trace.Mapping.Blanks()) {
				return candidate, true
			}
		}
	}
	return "", false
}

var variableRE = lazy.Regexp(`^\$!?\{?[A-Za-z][\w-]*((?:\.[A-Za-z][\w-]*)*)\}?$`)

func asJSON(path string) string { return fmt.Sprintf("$input.json('%s')", path) }
