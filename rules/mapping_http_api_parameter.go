package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var mappingHTTPAPIParameter = diagnose.Rule{
	ID:       "mapping-http-api-parameter",
	Stage:    walk.StageMapping,
	Severity: diagnose.Error,
	APIs:     httpOnly,
	Title:    "a parameter of the integration is refused or comes to nothing",
	Doc: `An HTTP API calls SQS by a subtype such as SQS-SendMessage, with request parameters and without a template. AWS does not
create the integration when a required parameter is missing, when a name is not exactly one of the operation's (messageBody,
MessageAttribute.1.Name), when a value is an empty text, or when a source is none that it knows ($request.headers.x). Sources are
$request.header.NAME, $request.querystring.NAME, $request.path.NAME, $request.path, $request.body, $request.body.MEMBER,
$context.NAME and $stageVariables.NAME; in a longer text each stands in braces, ${request.body.id}.

A source that gives nothing for a call, or an empty text, makes API Gateway answer 400 without calling SQS, for an optional
parameter as well as for a required one: a mapping has no default, and the parameter is not left out. $request.body.MessageBody,
the default of the CDK's HttpSqsIntegration, takes a member of that name and not the whole body. A text without the dollar sign is
sent as it stands.

Repair: map the whole body with $request.body, give an optional parameter a fixed value or take it out, and write sources as above.`,
	Explains: []walk.ErrorCode{walk.BadRequest, walk.InternalServerError},
	Refs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html",
	},
	When: reached,
	Check: func(p *diagnose.Pass) {
		m := &p.Trace.Mapping
		for i := range m.RefusedArguments {
			reportRefusedArgument(p, &m.RefusedArguments[i])
		}
		reported := len(m.RefusedArguments) > 0 || reportReplies(p)
		for i := range m.Arguments {
			a := &m.Arguments[i]
			switch {
			case p.Awkward != "":
				if leftOut(p, a) {
					reportLeftOut(p, a)
				}
				continue // what the operation needs and another client leaves out is refused loudly
			case a.Missing && !strings.HasPrefix(a.SourceName, "stage variable "), a.Trouble != "" && !a.Missing:
				reportArgument(p, a)
			case a.Unmarked != "":
				reportUnmarked(p, a)
			default:
				continue
			}
			reported = true
		}
		if !reported {
			p.Requires(walk.StageMapping)
		}
	},
}

// setArgument is the change of a parameter; an empty text takes it out.
func setArgument(p *diagnose.Pass, name, text string) snapshot.Change {
	before := ""
	if facts, ok := p.Trace.Mapping.Integration.RequestParameters.Peek(); ok {
		before, _ = facts[name].Peek()
	}
	return snapshot.SetRequestParameter{On: p.Method(), Name: name, Before: before, After: text}
}

// argument finds a parameter by its name; nil when the integration does not have it.
func argument(p *diagnose.Pass, name string) *walk.Argument {
	list := p.Trace.Mapping.Arguments
	if i := slices.IndexFunc(list, func(a walk.Argument) bool { return a.Name == name }); i >= 0 {
		return &list[i]
	}
	return nil
}

// argumentEvidence is a parameter and where it stands.
func argumentEvidence(p *diagnose.Pass, a *walk.Argument) diagnose.Evidence {
	return diagnose.Evidence{Label: "parameter " + a.Name, Value: p.Expression(a.Expression), Origin: a.Origin}
}

func reportRefusedArgument(p *diagnose.Pass, r *walk.RefusedArgument) {
	f := diagnose.Finding{
		Message:  r.Reason,
		Why:      "AWS does not create the integration, so that no call is ever made.",
		Evidence: []diagnose.Evidence{{Label: "parameter " + r.Name, Value: p.Expression(r.Expression), Origin: r.Origin}},
		Check:    p.Stored("get-integration", "the parameters that AWS has stored"),
	}
	if r.Literal {
		f.Why += " It answers: " + p.Expression(r.Message)
	}
	if r.Fault == walk.ArgumentMissing {
		f.Evidence[0].Value = "missing"
	}
	if changes, title := mendedArgument(p, r); changes != nil {
		f.Fixes = []diagnose.Fix{p.Fix(title, changes...)}
	}
	p.ReportAs(f, p.Failed(walk.StageMapping))
}

// mendedArgument lists the changes that make AWS take a parameter.
func mendedArgument(p *diagnose.Pass, r *walk.RefusedArgument) ([]snapshot.Change, string) {
	remove := setArgument(p, r.Name, "")
	switch r.Fault {
	case walk.ArgumentUnknown:
		if r.Spelt == "" || strings.Contains(r.Name, ".") || argument(p, r.Spelt) != nil {
			return []snapshot.Change{remove}, "take the parameter " + r.Name + " out"
		}
		return []snapshot.Change{remove, snapshot.SetRequestParameter{On: p.Method(), Name: r.Spelt, After: r.Expression}}, "write the parameter " + r.Name + " as " + r.Spelt
	case walk.ArgumentMalformed:
		if r.Meant != "" {
			return []snapshot.Change{setArgument(p, r.Name, r.Meant)}, fmt.Sprintf("write %s as %s", r.Name, p.Expression(r.Meant))
		}
		if r.Name == "MessageBody" {
			return []snapshot.Change{setArgument(p, r.Name, "$request.body")}, "set MessageBody to $request.body, the whole body"
		}
	case walk.ArgumentBlank:
		if r.Name == "MessageBody" {
			return []snapshot.Change{setArgument(p, r.Name, "$request.body")}, "set MessageBody to $request.body, the whole body"
		}
		return []snapshot.Change{remove}, "take the parameter " + r.Name + " out"
	case walk.ArgumentMissing:
		return missingArguments(p, r.Missing), given(p, r.Missing)
	}
	return nil, ""
}

// missingArguments gives the required parameters; nil where one of them is not
// known.
func missingArguments(p *diagnose.Pass, names []string) []snapshot.Change {
	var changes []snapshot.Change
	for _, name := range names {
		text := map[string]string{"MessageBody": "$request.body"}[name]
		if queues := p.Queues(p.Snapshot.Target.Region); name == "QueueUrl" && len(queues) == 1 {
			text = diagnose.QueueURL(queues[0])
		}
		if text == "" || misspelt(p, name) {
			return nil
		}
		changes = append(changes, setArgument(p, name, text))
	}
	return changes
}

// given says which parameters get which values.
func given(p *diagnose.Pass, names []string) string {
	var parts []string
	for _, c := range missingArguments(p, names) {
		set, _ := c.(snapshot.SetRequestParameter)
		parts = append(parts, set.Name+" to "+p.Expression(set.After))
	}
	return "set " + strings.Join(parts, " and ")
}

// misspelt tells whether the parameter is there under a wrong name.
func misspelt(p *diagnose.Pass, name string) bool {
	return slices.ContainsFunc(p.Trace.Mapping.RefusedArguments, func(r walk.RefusedArgument) bool { return r.Spelt == name })
}

func reportArgument(p *diagnose.Pass, a *walk.Argument) {
	f := diagnose.Finding{
		Message:  fmt.Sprintf("the parameter %s comes to nothing: %s", a.Name, a.Why),
		Why:      "API Gateway answers 400 and does not call SQS.",
		Evidence: []diagnose.Evidence{argumentEvidence(p, a)},
		Fixes:    argumentFixes(p, a),
	}
	switch {
	case !a.Missing:
		f.Message = fmt.Sprintf("the parameter %s cannot be read: %s", a.Name, a.Why)
		f.Why = "The call fails, whether API Gateway or SQS refuses it."
		f.Evidence = append(f.Evidence, diagnose.Evidence{Label: "value for this call", Value: excerpt([]byte(p.Expression(a.Value)))})
	case !a.Required:
		f.Why += " An optional parameter is not left out when its source gives nothing."
	case a.Expression == "$request.body.MessageBody":
		f.Why += " This is the default of the CDK's HttpSqsIntegration: it takes a member of that name, not the whole body."
	}
	if r, ok := withSource(p.Trace.Request, a.Source); ok {
		f.Request = &r
	}
	p.ReportAs(f, p.Failed(walk.StageMapping))
}

// leftOut tells an argument that the operation could do without, and that spoils the
// call of a client who does not send what it reads.
func leftOut(p *diagnose.Pass, a *walk.Argument) bool {
	needed := func(a *walk.Argument) bool {
		fifo := p.Trace.Queue.Queue == nil || strings.HasSuffix(p.Trace.Queue.ARN, ".fifo") // or it may be one
		return a.Required || fifo && (a.Name == "MessageGroupId" || a.Name == "MessageDeduplicationId")
	}
	if !a.Missing || needed(a) || strings.HasPrefix(a.SourceName, "stage variable ") { // which no client sends
		return false
	}
	list := p.Trace.Mapping.Arguments
	return !slices.ContainsFunc(list, func(other walk.Argument) bool { return other.Missing && needed(&other) })
}

func reportLeftOut(p *diagnose.Pass, a *walk.Argument) {
	p.Report(diagnose.Finding{
		Codes:    []walk.ErrorCode{walk.BadRequest},
		Message:  fmt.Sprintf("the optional parameter %s makes a call fail that does not bring the %s", a.Name, a.SourceName),
		Why:      "API Gateway answers 400 and does not call SQS: a parameter is not left out when its source gives nothing, and a mapping has no default.",
		Evidence: []diagnose.Evidence{argumentEvidence(p, a)},
		Fixes:    argumentFixes(p, a),
	})
}

// argumentFixes give the parameter something that every call has, or take it out.
func argumentFixes(p *diagnose.Pass, a *walk.Argument) []diagnose.Fix {
	switch a.Name {
	case "MessageBody":
		return []diagnose.Fix{p.Fix("set MessageBody to $request.body, the whole body", setArgument(p, a.Name, "$request.body"))}
	case "MessageDeduplicationId":
		return []diagnose.Fix{p.Fix("set MessageDeduplicationId to $context.requestId: every call gets an id of its own", setArgument(p, a.Name, "$context.requestId"))}
	case "MessageGroupId":
		own := p.Fix("set MessageGroupId to $context.requestId: every message gets a group of its own", setArgument(p, a.Name, "$context.requestId"))
		own.Risk = ownGroupRisk
		one := p.Fix("set MessageGroupId to $context.routeKey: all messages of the route are in one group", setArgument(p, a.Name, "$context.routeKey"))
		one.Risk, one.Choice = "a message that cannot be processed holds up all that follow it", oneGroupChoice
		return []diagnose.Fix{own, one}
	}
	if a.Required {
		return nil
	}
	fix := p.Fix("take the parameter "+a.Name+" out", setArgument(p, a.Name, ""))
	if strings.HasSuffix(a.Name, "Attributes") {
		fix.Risk = "messages carry no attributes"
	}
	return []diagnose.Fix{fix}
}

// withSource is the call with what the source reads.
func withSource(r walk.Request, source string) (walk.Request, bool) {
	inner := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(source, "$"), "{"), "}")
	const sample = "sample"
	if name, ok := strings.CutPrefix(inner, "request.header."); ok {
		return r.WithHeader(name, sample), true
	}
	if name, ok := strings.CutPrefix(inner, "request.querystring."); ok {
		r.Query = append(slices.Clone(r.Query), walk.Header{Name: name, Value: sample})
		return r, true
	}
	if path, ok := strings.CutPrefix(inner, "request.body."); ok {
		body, ok := diagnose.WithMember(r.Body, path, sample)
		r.Body = body
		return r, ok
	}
	return r, false
}

func reportUnmarked(p *diagnose.Pass, a *walk.Argument) {
	f := diagnose.Finding{
		Severity: diagnose.Warning,
		Message:  fmt.Sprintf("the parameter %s is the text %q; without a dollar sign it is no source", a.Name, a.Expression),
		Why:      "The text is sent to SQS as it stands, for every call.",
		Evidence: []diagnose.Evidence{argumentEvidence(p, a)},
		Fixes:    []diagnose.Fix{p.Fix(fmt.Sprintf("write %s as %s", a.Name, a.Unmarked), setArgument(p, a.Name, a.Unmarked))},
	}
	if a.Name == "MessageBody" {
		f.Severity = diagnose.Error
		f.Why = "Every message holds this text, and what the client sent is lost."
	}
	p.Report(f)
}

// reportReplies reports response parameters that AWS refuses.
func reportReplies(p *diagnose.Pass) bool {
	for _, r := range p.Trace.Response.Refused {
		f := diagnose.Finding{
			Message:  fmt.Sprintf("AWS refuses the response parameters: %v", r.Err),
			Why:      "One entry that it does not take makes AWS refuse all of them, and the integration with them.",
			Evidence: []diagnose.Evidence{{Label: "response parameters of " + r.Name, Value: cmp.Or(p.Expression(r.Expression), "none"), Origin: r.Origin}},
			Check:    p.Stored("get-integration", "the parameters that AWS has stored"),
		}
		if before := responseOf(p, r.Name); before != nil {
			f.Fixes = []diagnose.Fix{p.Fix("take the response parameters of "+r.Name+" out", snapshot.SetIntegrationResponse{On: p.Method(), Before: before})}
		}
		p.ReportAs(f, p.Failed(walk.StageResponse))
	}
	return len(p.Trace.Response.Refused) > 0
}
