package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var responseUnmappedStatus = diagnose.Rule{
	ID:       "response-unmapped-status",
	Stage:    walk.StageResponse,
	Severity: diagnose.Error,
	APIs:     restOnly,
	Title:    "no integration response fits the status of SQS",
	Doc: `API Gateway picks the integration response whose selection pattern matches the HTTP status of SQS as a whole, else the one
without a pattern. When neither exists the client gets 500 Internal server error, and the log says "No match for output mapping
and no default output mapping configured". The real answer of SQS stands in the log only. With a pattern for 200 alone every
error of SQS turns into such a 500.

Repair: map 4\d{2} to 400 and 5\d{2} to 500, and declare both as method responses.`,
	Explains: []walk.ErrorCode{walk.InternalServerError},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html"},
	When:     judgesAnswers,
	Check: func(p *diagnose.Pass) {
		unmapped := outcomes(p, func(o walk.Outcome) bool { return o.Unmapped })
		if len(unmapped) == 0 {
			return
		}
		integration := p.Trace.Mapping.Integration
		f := diagnose.Finding{
			Severity: diagnose.Note,
			Message:  fmt.Sprintf("no integration response fits %s of SQS: the client gets 500", statuses(unmapped)),
			Why:      "Without a matching pattern and without a default response API Gateway answers 500 and drops what SQS said.",
			Evidence: []diagnose.Evidence{{Label: "selection patterns", Value: cmp.Or(patternList(integration), "none"), Origin: integration.Responses.Origin()}},
			Fixes:    []diagnose.Fix{p.Fix(mappingTitle(p, unmapped), mappedResponses(p, unmapped)...)},
		}
		failure := hit(p, unmapped)
		if failure != nil {
			f.Severity = diagnose.Error
			f.Why += queuedByThen(p)
		}
		p.ReportAs(f, failure)
	},
}

// judgesAnswers tells whether a rule on the integration responses can judge them
// on this walk, that of the request under diagnosis.
func judgesAnswers(p *diagnose.Pass) bool {
	if !p.Reached() || !answersMapped(p) {
		p.NotApplicable()
		return false
	}
	return responsesRead(p) && p.Awkward == ""
}

// answersMapped tells whether answers of an AWS service go through integration
// responses, or the response parameters of an HTTP API: not those of other
// integration types.
func answersMapped(p *diagnose.Pass) bool {
	kind := p.Trace.Signing.Type
	return kind == "AWS" || kind == "" || len(p.Trace.Mapping.Arguments) > 0
}

// responsesRead tells whether the answers are known; the gaps go to the rule.
func responsesRead(p *diagnose.Pass) bool {
	_, ok := p.Trace.Mapping.Integration.Responses.Read(p.Gaps())
	_, declared := p.Trace.Route.Method.Responses.Read(p.Gaps())
	for _, bad := range p.Trace.Response.BadPatterns {
		p.Gaps().Add(snapshot.Gap{Reason: snapshot.Unparsed, Detail: fmt.Sprintf("the selection pattern %q cannot be evaluated", bad.Pattern), Origin: bad.Origin})
		ok = false
	}
	return ok && declared
}

func outcomes(p *diagnose.Pass, want func(walk.Outcome) bool) []walk.Outcome {
	var list []walk.Outcome
	for _, o := range p.Trace.Response.Outcomes {
		if want(o) {
			list = append(list, o)
		}
	}
	return list
}

// hit is the failure of the response stage when this call meets one of the
// outcomes.
func hit(p *diagnose.Pass, list []walk.Outcome) *walk.Failure {
	failure := p.Failed(walk.StageResponse)
	for _, o := range list {
		if failure != nil && o.SQSStatus == p.Trace.Response.SQSStatus {
			return failure
		}
	}
	return nil
}

func statuses(list []walk.Outcome) string {
	names := make([]string, len(list))
	for i, o := range list {
		names[i] = strconv.Itoa(o.SQSStatus)
	}
	return strings.Join(names, ", ")
}

func patternList(i *snapshot.Integration) string {
	responses, _ := i.Responses.Peek()
	var names []string
	for _, r := range responses {
		status := cmp.Or(r.Parameters["overwrite:statuscode"], r.Status) // what an HTTP API answers with
		if r.Pattern == "" {
			names = append(names, "default -> "+status)
		} else {
			names = append(names, strconv.Quote(r.Pattern)+" -> "+status)
		}
	}
	return strings.Join(names, ", ")
}

// mappedResponses are the integration and method responses for statuses that
// none fits.
func mappedResponses(p *diagnose.Pass, list []walk.Outcome) []snapshot.Change {
	var changes []snapshot.Change
	done := map[int]bool{}
	for _, o := range list {
		class := o.SQSStatus / 100
		if done[class] {
			continue
		}
		done[class] = true
		status := strconv.Itoa(class * 100)
		before := responseOf(p, status)
		pattern := widened(p, before, class)
		changes = append(changes, respond(p, before, pattern, status)...)
	}
	return changes
}

// mappingTitle says what the new responses answer.
func mappingTitle(p *diagnose.Pass, list []walk.Outcome) string {
	if frames(p) {
		return "add an integration response that takes " + statuses(list) + " of SQS"
	}
	return "answer what SQS answers: " + mappedClasses(list)
}

// mappedClasses says with which status each class of answers goes on.
func mappedClasses(list []walk.Outcome) string {
	var parts []string
	for _, o := range list {
		class := o.SQSStatus / 100
		if part := fmt.Sprintf("%dxx with %d", class, class*100); !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// responseOf is the integration response that a status has already: API Gateway
// keeps one for each status (T161), so a further pattern goes to that one.
func responseOf(p *diagnose.Pass, status string) *snapshot.IntegrationResponse {
	responses, _ := p.Trace.Mapping.Integration.Responses.Peek()
	for i := range responses {
		if responses[i].Status == status {
			return &responses[i]
		}
	}
	return nil
}

// widened is the pattern of a response that takes every status of the class, but for
// those that have a response of their own. One that takes other statuses too keeps
// them, and takes those in addition that no response takes.
func widened(p *diagnose.Pass, before *snapshot.IntegrationResponse, class int) string {
	responses, _ := p.Trace.Mapping.Integration.Responses.Peek()
	var own []string
	for _, r := range responses {
		if r.Pattern == "" || before != nil && r.Status == before.Status {
			continue
		}
		taken, beyond := p.Selected(r.Pattern, class)
		switch {
		case len(taken) > 0 && len(beyond) == 0 && !strings.Contains(r.Pattern, "(?"):
			own = append(own, r.Pattern)
		default:
			own = append(own, taken...)
		}
	}
	pattern := classPattern(class)
	if len(own) > 0 {
		pattern = "(?!" + strings.Join(own, "|") + ")" + pattern
	}
	if before == nil || before.Pattern == "" {
		return pattern
	}
	if taken, beyond := p.Selected(before.Pattern, class); len(beyond) > 0 || len(taken) == 0 {
		text := before.Pattern
		for _, o := range p.Trace.Response.Outcomes {
			if status := strconv.Itoa(o.SQSStatus); o.SQSStatus/100 == class && !slices.Contains(taken, status) && !slices.ContainsFunc(responses, func(r snapshot.IntegrationResponse) bool { return p.Selects(r.Pattern, o.SQSStatus) }) {
				text += "|" + status
			}
		}
		return text
	}
	return pattern
}

func classPattern(class int) string { return strconv.Itoa(class) + `\d{2}` }

// respond answers a status for a pattern, and declares the status where the
// method does not.
func respond(p *diagnose.Pass, before *snapshot.IntegrationResponse, pattern, status string) []snapshot.Change {
	after := snapshot.IntegrationResponse{Pattern: pattern, Status: status, Origin: p.Trace.Mapping.Integration.Responses.Origin()}
	if before != nil && before.Status == status {
		after = *before // its templates and headers stay
		after.Pattern = pattern
	}
	var changes []snapshot.Change
	declared, _ := p.Trace.Route.Method.Responses.Peek()
	if _, ok := declared[status]; !ok {
		changes = append(changes, snapshot.AddMethodResponse{On: p.Method(), Status: status})
	}
	return append(changes, snapshot.SetIntegrationResponse{On: p.Method(), Before: before, After: &after})
}
