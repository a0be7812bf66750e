package walk

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/iam"
	"apisqs-doctor/diagnose/internal/sqs"
	"apisqs-doctor/diagnose/snapshot"
)

// QueueFault sorts what a queue refuses.
type QueueFault string

// The faults of a call that SQS can read and that the queue refuses.
const (
	QueueFine          QueueFault = ""
	QueueGroup         QueueFault = "group"         // FIFO without a MessageGroupId (T25)
	QueueDeduplication QueueFault = "deduplication" // FIFO without a MessageDeduplicationId or a digest of the body (T26)
	QueueDelay         QueueFault = "delay"         // FIFO with a delay of one message (T27)
	QueueAttribute     QueueFault = "attribute"     // a message attribute (T22, T23)
	QueueSize          QueueFault = "size"          // a message or batch that is too large (T29)
	QueueCharacters    QueueFault = "characters"    // characters outside of SQS's set (T24)
	QueueParameter     QueueFault = "parameter"     // any other value that is not valid
)

var queueFaults = map[sqs.Cause]QueueFault{sqs.GroupMissing: QueueGroup, sqs.GroupEmpty: QueueGroup, sqs.DeduplicationMissing: QueueDeduplication,
	sqs.DeduplicationEmpty: QueueDeduplication, sqs.DelayOnFIFO: QueueDelay, sqs.AttributeInvalid: QueueAttribute, sqs.TooLarge: QueueSize, sqs.CharactersInvalid: QueueCharacters}

// queueFault sorts SQS's refusal of the values.
func queueFault(a *sqs.Answer) QueueFault {
	if a == nil {
		return QueueFine
	}
	return cmp.Or(queueFaults[a.Cause], QueueParameter)
}

// queue checks whether SQS creates the queue, and whether it takes the message.
func (w *queueing) queue() {
	w.message()
	step, q, c := w.step(StageQueue), w.Queue, w.creation()
	for _, own := range []bool{true, false} {
		for _, refused := range c.queues {
			if own == (refused.Queue.ARN == q.ARN) && (own || w.together(refused.Queue.Origin)) {
				q.Refused = append(q.Refused, refused)
			}
		}
	}
	switch {
	case w.Signing.Type == "MOCK":
	case len(q.Refused) > 0:
		first := q.Refused[0].Refusal
		f := Failure{Origin: FromDeployment, Code: ErrorCode(first.Code), Message: first.Message}
		f.Message = cmp.Or(f.Message, first.Reason)
		step.fail(&snapshot.Gaps{}, f, "SQS refuses to create the queue: %s", w.expression(first.Reason))
	case step.Status == Passed && len(c.open[q.ARN]) > 0:
		gaps := &snapshot.Gaps{}
		gaps.Append(c.open[q.ARN])
		step.unknown(gaps, "whether SQS creates the queue depends on attributes that are not known")
	}
}

// message checks whether the queue exists and takes the message, and whether
// what it stores is what the client sent.
func (w *queueing) message() {
	step, gaps, q := w.step(StageQueue), &snapshot.Gaps{}, w.Queue
	p := w.Protocol
	q.ARN = p.QueueARN
	switch {
	case w.Mapping.Integration == nil:
		step.blocked(w.firstBlocker())
		return
	case w.Signing.Type == "MOCK":
		step.skip("nothing is called")
		return
	case q.ARN == "":
		step.blocked(StageProtocol)
		return
	}
	queue, ok := w.Snapshot.Queue(q.ARN).Read(gaps)
	call := p.Effective()
	if !ok || queue == nil {
		q.Elsewhere, q.Near = w.elsewhere(q.ARN), w.near(q.ARN)
	}
	switch {
	case ok && queue == nil || !ok && q.Elsewhere != "" && w.unresolvedText(q.ARN):
		// A name that is made up at deployment is that of one queue only: it is not
		// there in another region.
		w.noQueue(step, gaps, call)
		return
	case !ok:
		w.unreadQueue(step, gaps, call)
		return
	}
	q.Queue, q.Messages = queue, call.Messages()
	if !p.Intended || p.Call.Intended.Certain {
		q.Altered = w.altered()
	}
	q.Malformed = w.content()
	verdict := call.CheckValues(w.queueFacts(queue))
	q.Answer = verdict.Answer
	if p.Refusal != nil && q.Answer != nil && q.Answer.Parameter == p.Refusal.Parameter {
		q.Answer = nil
		step.blocked(StageProtocol) // the parameter is missing: there is no value to judge
		return
	}
	if what := w.unresolvedValue(call, q.Answer); what != "" {
		q.Answer = nil
		gaps.Add(snapshot.Gap{Reason: snapshot.Unresolved, Detail: what, Origin: w.Mapping.TemplateAt})
		step.unknown(gaps, "whether the queue takes the message depends on a value that is not known")
		return
	}
	q.Fault = queueFault(q.Answer)
	q.Empty = q.Answer != nil && (q.Answer.Cause == sqs.GroupEmpty || q.Answer.Cause == sqs.DeduplicationEmpty)
	q.Undeduplicated = q.Fault == QueueDeduplication || q.Fault == QueueGroup && w.undeduplicated(queue)
	if lost := lostEntries(q.Answer); lost != "" {
		q.Altered = lost
	}
	switch {
	case q.Answer != nil && q.Answer.Code != "":
		step.fail(gaps, answerFailure(q.Answer), "SQS answers %s: %s", q.Answer.Code, q.Answer.Message)
	case len(verdict.Unknown) > 0:
		for _, what := range verdict.Unknown {
			gaps.Add(attributeGap(queue, what))
		}
		step.unknown(gaps, "whether the queue takes the message depends on attributes that are not known")
	case q.Altered != "":
		step.Status, step.Said = Passed, "the queue takes the message, but "+q.Altered
	case q.Malformed != nil:
		step.Status, step.Said = Passed, "the queue takes the message, but it is not the JSON that it is meant to be: "+q.Malformed.Problem
	default:
		step.pass(gaps, "%s", w.accepted(queue))
	}
}

// attributeGap is why an attribute that decides is not known: the fact's own
// reason, where SQS's model names the attribute.
func attributeGap(queue *snapshot.Queue, what sqs.Open) snapshot.Gap {
	var gap snapshot.Gap
	switch what.Attribute {
	case sqs.ContentBasedDeduplication:
		gap = queue.ContentBasedDeduplication.Gap()
	case sqs.FifoQueue:
		gap = queue.FIFO.Gap()
	case sqs.MaximumMessageSize:
		gap = queue.MaximumMessageSize.Gap()
	}
	if gap.Reason != "" {
		gap.Detail = cmp.Or(gap.Detail, what.Detail)
		return gap
	}
	return snapshot.Gap{Reason: snapshot.NotRead, Detail: what.Detail, Needs: "sqs:GetQueueAttributes on " + queue.ARN, Origin: queue.Origin}
}

// noQueue ends the stage for a queue that does not exist (T17).
func (w *queueing) noQueue(step *Step, gaps *snapshot.Gaps, call *sqs.Call) {
	q := w.Queue
	q.Missing = true
	verdict := call.CheckQueue(sqs.Queue{Exists: sqs.No, ARN: q.ARN})
	if verdict.Answer == nil {
		step.skip("%s names no queue", call.Action)
		return
	}
	q.Answer = verdict.Answer
	step.fail(gaps, answerFailure(q.Answer), "the queue %s does not exist", w.expression(q.ARN))
}

// unreadQueue ends the stage for a queue of which nothing is known. Some calls
// are refused by every queue of that name.
func (w *queueing) unreadQueue(step *Step, gaps *snapshot.Gaps, call *sqs.Call) {
	q := w.Queue
	verdict := call.CheckValues(sqs.Queue{ARN: q.ARN})
	if a := verdict.Answer; a != nil && a.Code != "" && w.unresolvedValue(call, a) == "" && !w.unresolvedText(call.Queue.Name) {
		q.Answer, q.Messages, q.Fault = a, call.Messages(), queueFault(a)
		f := answerFailure(a)
		f.Codes = append(f.Codes, NonExistentQueue) // its existence is looked at first
		step.fail(gaps, f, "SQS answers %s: %s", a.Code, a.Message)
		return
	}
	step.unknown(gaps, "the queue %s is not known", w.expression(q.ARN))
}

// mayAdmit tells whether a queue in a region that nobody gave has a policy of its own:
// it may be the very queue that is called.
func (w *authorizing) mayAdmit(arn string) bool {
	queue, ok := w.Snapshot.Queues[arn].Peek()
	if !ok || queue == nil || !w.isOpaque(arn) {
		return false
	}
	policy, known := queue.Policy.Peek()
	return !known || policy != ""
}

// roleRefuses tells whether the role's own policies allow the call for certain not.
func (w *authorizing) roleRefuses() bool {
	a := w.Authorization
	if a.Decision == nil {
		return false
	}
	in := *a.Inputs
	in.Resource = nil
	return iam.Evaluate(*a.Request, in).Effect == iam.No
}

// unresolvedValue names the value that SQS's refusal rests on, when it is not
// known before deployment.
func (w *queueing) unresolvedValue(call *sqs.Call, a *sqs.Answer) string {
	if a == nil || a.Parameter == "" {
		return ""
	}
	value := parameterValue(call, a.Parameter)
	if !w.isOpaque(value) {
		return ""
	}
	return a.Parameter + " is " + w.expression(value)
}

// undeduplicated tells whether a message for a FIFO queue has no id and the queue
// makes none of its body (T26).
func (w *queueing) undeduplicated(queue *snapshot.Queue) bool {
	byContent, ok := queue.ContentBasedDeduplication.Peek()
	if !ok || byContent {
		return false
	}
	return slices.ContainsFunc(w.Queue.Messages, func(m sqs.Message) bool { return m.DeduplicationID == "" })
}

// parameterValue is the value of a parameter that an answer names.
func parameterValue(call *sqs.Call, name string) string {
	if call.Protocol == sqs.ProtocolJSON {
		if v, ok := call.Document.Get(name); ok {
			return v.Text
		}
		return ""
	}
	p, _ := call.Param(name)
	return p.Value
}

// lostEntries says which messages of an accepted batch are refused.
func lostEntries(a *sqs.Answer) string {
	if a == nil || len(a.Failed) == 0 {
		return ""
	}
	first := a.Failed[0]
	return fmt.Sprintf("SQS refuses %d of its messages in an answer with status 200: %q with %s", len(a.Failed), first.ID, first.Code)
}

func (w *queueing) accepted(queue *snapshot.Queue) string {
	kind := "standard"
	if fifo, ok := queue.FIFO.Peek(); ok && fifo {
		kind = "FIFO"
	}
	switch n := len(w.Queue.Messages); {
	case n > 1:
		return fmt.Sprintf("%s queue, takes %d messages", kind, n)
	case n == 0 || w.Queue.Messages[0].Body == "": // SQS has no empty message (T12)
		return kind + " queue"
	case len(w.Queue.Messages[0].Body) == 1:
		return kind + " queue, takes a message of 1 byte"
	}
	return fmt.Sprintf("%s queue, takes a message of %d bytes", kind, len(w.Queue.Messages[0].Body))
}

// queueFacts hands the queue's attributes over in three values.
func (w *queueing) queueFacts(queue *snapshot.Queue) sqs.Queue {
	facts := sqs.Queue{Exists: sqs.Yes, ARN: queue.ARN}
	if v, ok := queue.FIFO.Peek(); ok {
		facts.FIFO = sqs.TriOf(v)
	}
	if v, ok := queue.ContentBasedDeduplication.Peek(); ok {
		facts.ContentBasedDeduplication = sqs.TriOf(v)
	}
	if v, ok := queue.MaximumMessageSize.Peek(); ok {
		facts.MaximumMessageSize = v
	}
	return facts
}

// altered compares the message that arrives with the client's body, where the
// mapping makes the body the message. A template that builds another text on
// purpose gives no ground for a comparison.
func (w *queueing) altered() string {
	q, want := w.Queue, w.Mapping.Payload
	if len(q.Messages) != 1 || want == "" {
		return ""
	}
	for _, a := range w.Mapping.Arguments {
		if a.Name == "MessageBody" && a.Unmarked != "" {
			return fmt.Sprintf("every message is the text %q", a.Expression)
		}
	}
	if said := w.mangled(q.Messages[0].Body); said != "" {
		return said
	}
	if !w.sendsWholeBody() {
		return ""
	}
	got := q.Messages[0].Body
	switch {
	case got == want:
		return ""
	case strings.HasPrefix(want, got):
		return fmt.Sprintf("the message is cut to %q", trimWord(got, 60))
	case unescape(got, 1) == want:
		return fmt.Sprintf("the message arrives percent-encoded: %q", trimWord(got, 60))
	}
	return fmt.Sprintf("the message arrives as %q", trimWord(got, 60))
}

// sendsWholeBody tells whether the template means the client's body, and
// nothing else, to be the message: judged by where the bytes behind
// "MessageBody=" come from, not by how the template is written.
func (w *queueing) sendsWholeBody() bool {
	m := w.Mapping
	const name = "MessageBody="
	at := strings.Index(string(m.Body), name)
	if m.Rendered == nil || at < 0 {
		return false
	}
	at += len(name)
	for _, span := range m.Spans {
		if span.Start == at {
			return unescape(string(m.Body[span.Start:span.End]), span.URLEncoded) == m.Payload
		}
	}
	return false
}

// unescape decodes form encoding n times; text that is no form encoding stays.
func unescape(s string, n int) string {
	for range n {
		decoded, err := url.QueryUnescape(s)
		if err != nil {
			return s
		}
		s = decoded
	}
	return s
}
