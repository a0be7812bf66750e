package walk

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/sqs"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
)

// protocol asks which protocol and action SQS reads in the request, and
// whether it holds the parameters that the action requires.
func (w *reading) protocol() {
	step, gaps, p := w.step(StageProtocol), &snapshot.Gaps{}, w.Protocol
	p.Protocol = "none"
	s, m := w.Signing, w.Mapping
	switch {
	case m.Integration == nil:
		step.blocked(w.firstBlocker())
		return
	case s.Type == "MOCK":
		step.skip("a MOCK integration calls nothing")
		return
	case s.Host == "" || s.Type == "HTTP" || s.Type == "HTTP_PROXY" || s.URI.Service != "sqs":
		step.blocked(StageSigning)
		return
	case !m.BodyKnown:
		gaps.Append(w.step(StageMapping).Gaps)
		if w.step(StageMapping).Status == Failed {
			if len(m.Arguments) > 0 { // the queue is told by an argument, whatever is wrong with the others
				w.readCall()
				p.Answer, p.Refusal, p.Faults = nil, nil, Faults{}
			}
			step.blocked(StageMapping)
		} else {
			step.unknown(gaps, "the body that SQS receives is not known")
		}
		return
	}
	if w.step(StageMapping).Status == Unknown {
		gaps.Append(w.step(StageMapping).Gaps)
	}
	// What kind of call leaves is not known without these.
	w.kind.unread(w, gaps)
	w.readCall()
	if what := w.unresolvedCall(); what != "" && p.Answer != nil {
		gaps.Add(snapshot.Gap{Reason: snapshot.Unresolved, Detail: what, Origin: m.TemplateAt})
	}
	if p.Answer != nil && gaps.Any() {
		p.Answer, p.Refusal, p.Faults = nil, nil, Faults{}
		step.unknown(gaps, "what SQS reads depends on parts of the request that are not known")
		return
	}
	w.pathFault()
	if p.Answer != nil {
		step.fail(gaps, answerFailure(p.Answer), "%s", w.protocolTrouble())
		return
	}
	for _, doubt := range p.Call.Doubts {
		gaps.Add(snapshot.Gap{Reason: snapshot.Unverified, Detail: doubt})
	}
	step.pass(gaps, "%s protocol, action %s", p.Protocol, p.Action)
}

// readCall lets SQS read the request, and what was meant where it cannot.
func (w *reading) readCall() {
	p := w.Protocol
	p.Request = w.outgoing()
	p.PathQueue = w.pathQueue()
	p.Call = sqs.Recognize(&p.Request)
	w.reinterpret()
	w.withoutStray()
	certain := p.Call.Failure == nil
	if effective := p.Call.Effective(); effective != nil {
		p.effective, p.Intended = effective, p.Call.Failure != nil
		p.Protocol, p.Action = effective.Protocol.String(), effective.Action
		p.QueueARN = effective.QueueARN()
		certain = certain || p.Call.Intended.Certain
		if certain {
			p.Refusal = effective.CheckParameters()
		}
	}
	if p.Answer = p.Call.Failure; p.Answer == nil {
		p.Answer = p.Refusal
	}
	w.findFaults()
}

// pathQueue is the queue that the path of the URI names, of the last call where that
// is the same.
func (w *reading) pathQueue() sqs.Address {
	r := w.Protocol.Request
	if last := w.lastPath; last == nil || last.host != r.Host || last.path != r.Path || last.region != r.Region || last.account != r.Account {
		r.Method, r.RawQuery, r.Header, r.Body = "GET", "", nil, nil
		call := sqs.Recognize(&r)
		w.lastPath = &addressed{r.Host, r.Path, r.Region, r.Account, call.Queue}
	}
	return w.lastPath.queue
}

// addressed is the queue in a path.
type addressed struct {
	host, path, region, account string
	queue                       sqs.Address
}

// pathFault judges the URI's path, when the call takes its queue from there.
// The JSON protocol never does (T42).
func (w *reading) pathFault() {
	s, p := w.Signing, w.Protocol
	if s.URIFault != URIFine || p.Protocol == "json" {
		return
	}
	address := &p.Effective().Queue
	if p.Effective().Action == "" {
		address = &p.Call.Queue
	}
	if address.From == sqs.FromBody || address.From == sqs.FromQuery {
		return // T15
	}
	switch p.PathQueue.Problem {
	case sqs.AddressMalformed:
		if w.unresolvedAddress(p.PathQueue) {
			return // what the symbols stand for may make it right
		}
		p.PathFault = URIPath
		if strings.Contains(s.RequestPath, "{") {
			p.PathFault = URIPlaceholder
		}
	case sqs.AddressAbsent:
		if s.URI.Action != "" && !needsNoQueue(p.Effective().Action) {
			p.PathFault = URINoQueue
		}
	}
}

// needsNoQueue tells an action that is sent to the service, not to a queue.
func needsNoQueue(action string) bool {
	return slices.ContainsFunc(sqs.Actions(), func(op sqs.Action) bool { return op.Name == action && !op.OnQueue })
}

// unresolvedCall names the part of the request that is not known before
// deployment and on which SQS's refusal rests; empty when it rests on none.
func (w *reading) unresolvedCall() string {
	p, f := w.Protocol, w.Protocol.Faults
	content, target := p.Request.Header.Get("Content-Type"), p.Request.Header.Get("X-Amz-Target")
	body := string(p.Request.Body)
	queue := p.Effective().Queue
	switch {
	case (f.ContentType || f.JSONType) && w.isOpaque(content):
		return "the Content-Type has a part that is known only once it is deployed: " + w.expression(content)
	case f.Target && w.isOpaque(target):
		return "X-Amz-Target has a part that is known only once it is deployed: " + w.expression(target)
	case f.Action && w.isOpaque(p.Named):
		return "the action has a part that is known only once it is deployed: " + w.expression(p.Named)
	case (f.NoAction || f.PassedOn) && w.unresolvedText(body):
		return "the body has a part that is known only once it is deployed: " + w.expression(trimWord(body, 80))
	case f.Address && w.unresolvedAddress(queue):
		return "the queue's address has a part that is known only once it is deployed: " + w.expression(queue.URL)
	case (f.Parameter || f.Broken || f.BrokenText || f.Document) && w.unresolvedStructure(body):
		return "the body has a part that is known only once it is deployed: " + w.expression(trimWord(body, 80))
	}
	return ""
}

// unresolvedStructure tells whether a symbol stands where it may be more than a
// value: as a name or a part of a form, or outside of the strings of a document.
func (w *reading) unresolvedStructure(body string) bool {
	if !w.unresolvedText(body) {
		return false
	}
	if w.Protocol.Protocol != "json" {
		for part := range strings.SplitSeq(body, "&") {
			if name, _, _ := strings.Cut(part, "="); w.unresolvedText(name) {
				return true
			}
		}
		return false
	}
	for _, o := range w.opaque {
		if i := strings.Index(body, o); o != "" && !shaped(o) && i >= 0 {
			quotes := strings.Count(body[:i], `"`) - strings.Count(body[:i], `\"`)
			if quotes%2 == 0 {
				return true
			}
		}
	}
	return false
}

// unresolvedAddress tells whether the unresolved part of an address may make it
// right. A symbol for the account reads as an account, one for a name as a name.
func (w *reading) unresolvedAddress(a sqs.Address) bool {
	switch a.Problem {
	case sqs.AddressForeign, sqs.AddressNoName:
		return w.isOpaque(a.Host)
	case sqs.AddressMalformed:
		if strings.HasPrefix(a.URL, "arn:") {
			return false
		}
		return w.unresolvedText(a.Account) || a.From != sqs.FromPath && w.unresolvedText(a.URL)
	}
	return false
}

// shaped tells whether a symbol has the form of what it stands for, so that text
// with it is read as it will be: the account id and the region.
func shaped(symbol string) bool {
	_, region := text.LookupPartition(symbol)
	return region || isAccount(symbol)
}

// unresolvedText is isOpaque for symbols that may have any form.
func (w *call) unresolvedText(text string) bool {
	for _, o := range w.opaque {
		if o != "" && !shaped(o) && strings.Contains(text, o) {
			return true
		}
	}
	return false
}

// protocolTrouble says what SQS made of the request.
func (w *reading) protocolTrouble() string {
	p := w.Protocol
	contentType := p.Request.Header.Get("Content-Type")
	switch {
	case p.Call.Failure == nil:
		return fmt.Sprintf("SQS reads %s and answers %s: %s", p.Action, p.Answer.Code, p.Answer.Message)
	case p.Faults.Action || p.Faults.Blanks && p.Call.Action != "":
		return fmt.Sprintf("SQS reads the action as %q and answers %s", p.Call.Action, p.Answer.Code)
	case p.Faults.Broken || p.Faults.BrokenText:
		return fmt.Sprintf("SQS cannot read the form and answers %s", p.Answer.Code)
	case p.Faults.NoAction || p.Faults.PassedOn:
		return fmt.Sprintf("SQS finds no Action and answers %s", p.Answer.Code)
	case p.Intended && p.Call.Intended != nil:
		return fmt.Sprintf("%s: SQS answers %s", p.Call.Intended.Why, p.Answer.Code)
	case contentType == "":
		return fmt.Sprintf("SQS finds no operation in a %s without Content-Type", p.Request.Method)
	}
	return fmt.Sprintf("SQS finds no operation in a %s with Content-Type %q", p.Request.Method, contentType)
}

// answerFailure makes a failure of SQS's answer.
func answerFailure(a *sqs.Answer) Failure {
	f := Failure{Origin: FromSQS, Status: a.Status, Code: ErrorCode(a.Code), Message: a.Message, Body: a.Body()}
	for _, c := range a.Codes {
		f.Codes = append(f.Codes, ErrorCode(c))
	}
	return f
}

func escapeForm(s string) string { return url.QueryEscape(s) }

// AnswerCodes are the codes that an answer may carry.
func AnswerCodes(a *Answer) []ErrorCode {
	if a == nil {
		return nil
	}
	return answerFailure(a).Codes
}

// ActionAt is the place of the value of the parameter Action in a form.
func ActionAt(body string) int {
	at := 0
	for part := range strings.SplitSeq(body, "&") {
		if strings.HasPrefix(part, "Action=") && len(part) > len("Action=") {
			return at + len("Action=")
		}
		at += len(part) + 1
	}
	return -1
}
