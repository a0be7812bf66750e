package sqs

import "strings"

// Format is the shape of an answer.
type Format uint8

const (
	FormatXML     Format = iota // query protocol, XML
	FormatJSON                  // query protocol, JSON-shaped because of Accept: application/json (T33)
	FormatAWSJSON               // JSON protocol
)

// XML namespaces of answers. The old one is a tell that SQS did not understand
// the request's parameters (T3, T4).
const (
	XMLNamespace    = "http://queue.amazonaws.com/doc/2012-11-05/"
	XMLNamespaceOld = "http://queue.amazonaws.com/doc/2009-02-01/"
)

// Placeholders for what AWS makes up.
const (
	RequestID      = "00000000-0000-4000-8000-00000000000a"
	MessageID      = "11111111-1111-4111-8111-111111111111"
	SequenceNumber = "10000000000000000000"
)

// Answer is what SQS answers to one call.
type Answer struct {
	Status     int      // HTTP status
	Statuses   []int    // every status that AWS may use, Status first; nil for a success
	Code       string   // query protocol's code; empty for a success, also one that loses batch entries
	Codes      []string // every code that AWS may answer, Code first; for a batch answered with 200 those of its failed entries
	Type       string   // Sender or Receiver
	JSONType   string   // local part of __type
	Message    string
	Namespace  string // XML namespace
	Cause      Cause  // why
	Unverified string // what about it no evidence settles; empty if it is recorded, asserted or documented
	Parameter  string // the parameter at fault, by the name used in the request
	Format     Format
	Failed     []EntryFailure // entries of an accepted batch that failed: HTTP 200, but these messages are lost

	jsonNamespace string
	bare          bool     // the answer is the lone element <UnknownOperationException/>
	success       *success // what to render for an accepted call
}

// EntryFailure is one failed entry of a batch that SQS answered with 200.
type EntryFailure struct {
	ID          string
	Code        string
	Message     string
	SenderFault bool
}

// OK reports whether the call was accepted and nothing of it was lost.
func (a *Answer) OK() bool { return a != nil && a.Code == "" && len(a.Failed) == 0 }

// May reports whether the answer may carry that code, in any notation.
func (a *Answer) May(code string) bool {
	if a == nil {
		return false
	}
	for _, c := range a.Codes {
		if c == code || Same(c, code) {
			return true
		}
	}
	return false
}

// NewAnswer makes the answer for an error decided elsewhere (authorization, KMS,
// signature), in the shape that the call's client would get. An empty message
// takes the usual text of the code. A code unknown to Lookup becomes a 400 of that
// name. c may be nil: then the shape is XML.
func NewAnswer(code, message string, c *Call) Answer {
	k, ok := Lookup(code)
	if !ok {
		k = Code{Name: code, JSONType: code, Namespace: NamespaceCoral, Status: 400, Type: Sender}
	}
	a := Answer{
		Status: k.Status, Statuses: []int{k.Status}, Code: k.Name, Codes: []string{k.Name},
		Type: k.Type, JSONType: k.JSONType, jsonNamespace: k.Namespace, Namespace: XMLNamespace,
	}
	if c != nil {
		a.Format = c.Format
	}
	switch {
	case message != "":
		a.Message = message
	case k.Name == CodeNonExistentQueue && a.Format == FormatAWSJSON:
		a.Message = "The specified queue does not exist." // T17
	case k.Name == CodeAccessDenied:
		resource := ""
		if c != nil {
			resource = c.resource()
		}
		a.Message = fill(k.Message, resource) // T8
	default:
		a.Message = k.Message
	}
	return a
}

// fill puts text in place of the first "%s".
func fill(template, text string) string { return strings.Replace(template, "%s", text, 1) }

// refuse is NewAnswer for this package: with its cause, the parameter at fault, and
// the one thing that the usual text names.
func (c *Call) refuse(code string, cause Cause, parameter, named string) *Answer {
	k, _ := Lookup(code)
	message := ""
	if strings.Contains(k.Message, "%s") && code != CodeAccessDenied {
		message = fill(k.Message, named)
	}
	a := NewAnswer(code, message, c)
	a.Cause, a.Parameter = cause, parameter
	return &a
}

// invalid is an InvalidParameterValue with its text.
func (c *Call) invalid(cause Cause, parameter, message string) *Answer {
	a := NewAnswer(CodeInvalidParameterValue, message, c)
	a.Cause, a.Parameter = cause, parameter
	return &a
}

// orElse adds the other codes that AWS may answer, and why that is open.
func (a *Answer) orElse(why string, others ...string) *Answer {
	a.Unverified = why
	for _, name := range others {
		k, ok := Lookup(name)
		if !ok || containsString(a.Codes, k.Name) {
			continue
		}
		a.Codes = append(a.Codes, k.Name)
		a.orStatus(k.Status)
	}
	return a
}

// orStatus adds another possible HTTP status.
func (a *Answer) orStatus(status int) *Answer {
	for _, s := range a.Statuses {
		if s == status {
			return a
		}
	}
	a.Statuses = append(a.Statuses, status)
	return a
}

func containsString(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// Verdict is the outcome of a check against facts of the queue: an Answer if SQS
// refuses (or loses batch entries), else what would have to be known to say so.
// With no Answer and nothing Unknown, the check is passed. An Answer is certain
// even where Unknown is not empty.
type Verdict struct {
	Answer  *Answer
	Unknown []Open
}

// Passed reports a check that is certainly passed.
func (v Verdict) Passed() bool { return v.Answer == nil && len(v.Unknown) == 0 }
