package rules

import (
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/lazy"
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// header is the name of an integration request header's mapping.
func header(name string) string { return "integration.request.header." + name }

// setHeader is the change that sends a fixed header.
func setHeader(p *diagnose.Pass, name, value string) snapshot.Change {
	have, _ := p.Trace.Mapping.Header(name)
	at := header(name)
	if mappings, ok := p.Trace.Mapping.Integration.RequestParameters.Peek(); ok {
		for _, key := range slices.Sorted(maps.Keys(mappings)) {
			if strings.EqualFold(key, at) {
				at = key // a header of another spelling would be sent twice
				have.Expression, _ = mappings[key].Peek()
			}
		}
	}
	return snapshot.SetRequestParameter{On: p.Method(), Name: at, Before: have.Expression, After: "'" + value + "'"}
}

// setURI is the change of the integration URI.
func setURI(p *diagnose.Pass, uri string) snapshot.Change {
	before, _ := p.Trace.Mapping.Integration.URI.Peek()
	return snapshot.SetIntegration{On: p.Method(), Field: snapshot.FieldURI, Before: before, After: uri}
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
	if t := p.Template(); t != nil {
		set := t.SetFormParameter
		if p.Trace.Protocol.Protocol == "json" {
			set = t.SetMember
		}
		if edits, ok := set(name, text); ok {
			return changes(p.EditTemplate(edits))
		}
	}
	if p.Trace.Protocol.Protocol == "query" && mapping != "" {
		return []snapshot.Change{snapshot.SetRequestParameter{On: p.Method(), Name: at, After: mapping}}
	}
	return nil
}

// givenAs is the value that the changes of withParameter give, as it is written where
// they give it: text in a template.
func givenAs(list []snapshot.Change, text string) string {
	for _, c := range list {
		if set, ok := c.(snapshot.SetRequestParameter); ok {
			return set.After
		}
	}
	return text
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
	t := p.Template()
	if t == nil {
		return nil
	}
	edits, _ := t.RemoveFormParameters(func(have string) bool { return have == name })
	if p.Trace.Protocol.Protocol == "json" {
		edits, _ = t.RemoveMember(name)
	}
	return changes(p.EditTemplate(edits))
}

// changes is a list of a change that may not have been possible.
func changes(c snapshot.Change) []snapshot.Change {
	if c == nil {
		return nil
	}
	return []snapshot.Change{c}
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
	if t := p.Template(); t != nil {
		for _, form := range [][2]string{{old, by}, {url.QueryEscape(old), url.QueryEscape(by)}} {
			if edits, ok := t.ReplaceText(form[0], form[1]); ok {
				return changes(p.EditTemplate(edits))
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

// lastName is the member's own name in a path such as Entries.1.MessageBody.
func lastName(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

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

var formalRE = lazy.Regexp(`^\$!?\{([^}]*)\}$`)

// unwrapped is the argument of a reference that URL-encodes it; other references stay.
func unwrapped(reference string) string {
	inner, encoded := strings.CutPrefix(reference, "$util.urlEncode(")
	inner, closed := strings.CutSuffix(inner, ")")
	if !encoded || !closed || !strings.HasPrefix(inner, "$") || strings.Count(inner, "(") != strings.Count(inner, ")") || strings.Contains(inner, ")$") {
		return reference
	}
	return inner
}

// plainReference writes ${x} and $!{x} as $x, the form for an argument.
func plainReference(reference string) string {
	if m := formalRE.FindStringSubmatch(reference); m != nil {
		return "$" + m[1]
	}
	return strings.Replace(reference, "$!", "$", 1)
}

// sendTemplate is the template that makes the client's body the message, for the
// protocol that the integration's headers ask for. A FIFO queue wants a group, and an
// id where it does not deduplicate by content.
func sendTemplate(p *diagnose.Pass) string {
	var ids []string
	if isFIFO(p) {
		ids = append(ids, "MessageGroupId")
		if queue := p.Trace.Queue.Queue; queue != nil {
			if on, known := queue.ContentBasedDeduplication.Peek(); known && !on {
				ids = append(ids, "MessageDeduplicationId")
			}
		}
	}
	header, _ := p.Trace.Mapping.Header("Content-Type")
	if media, _, _ := strings.Cut(header.Value, ";"); header.Expression != "" && strings.EqualFold(strings.TrimSpace(media), jsonType) {
		members := ""
		for _, id := range ids {
			members += `"` + id + `":"$context.requestId",`
		}
		url := diagnose.QueueURL(p.Trace.Queue.ARN)
		return `{"QueueUrl":"` + url + `",` + members + `"MessageBody":"$util.escapeJavaScript($input.body).replaceAll("\\'","'")"}`
	}
	parameters := ""
	for _, id := range ids {
		parameters += id + "=$context.requestId&"
	}
	return "Action=SendMessage&" + parameters + "MessageBody=$util.urlEncode($input.body)"
}

// isFIFO tells whether the queue of the call is a FIFO queue by its name.
func isFIFO(p *diagnose.Pass) bool {
	return strings.HasSuffix(cmp.Or(p.Trace.Queue.ARN, p.Trace.Protocol.QueueARN), ".fifo")
}

const jsonType = "application/x-amz-json-1.0"

// announceForm lists the change that announces a form, where the integration
// does not do so already or speaks the JSON protocol.
func announceForm(p *diagnose.Pass) []snapshot.Change {
	header, _ := p.Trace.Mapping.Header("Content-Type")
	media, _, _ := strings.Cut(header.Value, ";")
	if header.Expression != "" && (isForm(header.Value) || strings.EqualFold(strings.TrimSpace(media), jsonType)) {
		return nil
	}
	return []snapshot.Change{snapshot.SetRequestParameter{On: p.Method(), Name: "integration.request.header.Content-Type",
		Before: header.Expression, After: "'" + formType + "'"}}
}

// templateFixes are the ways to give a content type a template: that of another
// content type, and the plain one that sends the client's body.
func templateFixes(p *diagnose.Pass) []diagnose.Fix {
	m := &p.Trace.Mapping
	contentType := m.Wanted
	if frames(p) {
		contentType = "$default"
	}
	var fixes []diagnose.Fix
	templates, _ := m.Integration.Templates.Peek()
	for _, key := range m.Keys {
		if text, ok := templates[key].Peek(); ok && strings.TrimSpace(text) != "" {
			fixes = append(fixes, p.Fix(fmt.Sprintf("use the template of %s for %s too", key, contentType),
				snapshot.SetTemplate{On: p.Method(), ContentType: contentType, After: text}))
			break
		}
	}
	changes := append([]snapshot.Change{snapshot.SetTemplate{On: p.Method(), ContentType: contentType, After: sendTemplate(p)}}, announceForm(p)...)
	plain := p.Fix("add a template for "+contentType+" that sends the body as the message", changes...)
	if isFIFO(p) {
		plain.Risk = ownGroupRisk
	}
	if len(fixes) > 0 {
		if t := p.Walk(p.WithCredentials(p.Trace.Request), changes...); t == nil || len(t.Queue.Messages) == 0 {
			return fixes // what the other template has beside the body is needed
		}
		plain.Choice = "such a message is the client's body, and not what the template for other types makes of it"
	}
	return append(fixes, plain)
}
