package walk

import (
	"fmt"

	"apisqs-doctor/diagnose/internal/gateway/rest"
	"apisqs-doctor/diagnose/snapshot"
)

// replies is what the integration responses of a method make of SQS's answers. It
// depends on nothing that a call brings along.
type replies struct {
	patterns    []rest.Pattern // by integration response
	gaps        []snapshot.Gap // of patterns that cannot be evaluated
	outcomes    []Outcome
	refused     []Refused
	unreachable []Unreachable
	badPatterns []snapshot.IntegrationResponse
}

// replied is the method of the last call with its replies. The next call of the
// method, which most of its awkward ones are, finds them there.
type replied struct {
	method *snapshot.Method
	list   *snapshot.IntegrationResponse // the first of the integration responses
	*replies
}

// replies gives those of the method that is called.
func (w *responding) replies(responses []snapshot.IntegrationResponse, declared map[string]snapshot.MethodResponse) *replies {
	if len(responses) == 0 {
		return w.repliesOf(responses, declared)
	}
	if last := &w.lastReplies; last.method != w.Route.Method || last.list != &responses[0] {
		*last = replied{w.Route.Method, &responses[0], w.repliesOf(responses, declared)}
	}
	return w.lastReplies.replies
}

func (e *Engine) repliesOf(responses []snapshot.IntegrationResponse, declared map[string]snapshot.MethodResponse) *replies {
	out := &replies{patterns: make([]rest.Pattern, len(responses)), outcomes: make([]Outcome, 0, len(sqsStatuses))}
	for i, response := range responses {
		out.refused = append(out.refused, refusedReplies(&responses[i], declared)...)
		p, err := e.pattern(response.Pattern)
		if err != nil { // one that cannot be evaluated is a gap
			out.badPatterns = append(out.badPatterns, response)
			out.gaps = append(out.gaps, snapshot.Gap{Reason: snapshot.Unparsed, Detail: fmt.Sprintf("selection pattern %q: %v", response.Pattern, err), Origin: response.Origin})
		}
		out.patterns[i] = p
	}
	if len(out.refused) > 0 {
		return out // nothing is deployed that could answer
	}
	for _, status := range sqsStatuses {
		out.outcomes = append(out.outcomes, outcome(status, responses, out.patterns, declared))
	}
	out.unreachable = unreachable(responses, out.patterns)
	return out
}
