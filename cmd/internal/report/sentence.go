package report

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// Outcome says in a sentence what the caller is predicted to see, and whether the
// queue has the message.
func Outcome(d *diagnose.Diagnosis) string {
	return answered(d.Predicted) + delivered(d) + unless(d.Predicted)
}

// OutcomeOf is Outcome for a prediction that stands alone.
func OutcomeOf(p diagnose.Prediction) string { return answered(p) + unless(p) }

// answered says who answers what: a code stands beside the party that gives it.
func answered(p diagnose.Prediction) string {
	switch {
	case p.Origin == walk.FromDeployment:
		return "AWS refuses this configuration" + orNothing(": %s", CodeWords(p)) + "; no call is ever made"
	case p.Delivery != walk.DeliveryHTTP:
		return frameAnswered(p)
	case p.Status == 0 && p.Code == "":
		return "what the client gets is not known"
	}
	s := "the client gets " + statusesWord(p)
	switch {
	case p.Origin == walk.FromAPIGateway:
		s += " " + CodeWords(p) + " from API Gateway"
		if p.SQSStatus != 0 {
			s += fmt.Sprintf("; SQS answered %d", p.SQSStatus)
		}
	case p.Code == "" && (p.SQSStatus == p.Status || p.SQSStatus == 0):
	case p.SQSStatus != 0:
		s += strings.TrimRight(fmt.Sprintf("; SQS answered %d %s", p.SQSStatus, CodeWords(p)), " ")
	default:
		s += " " + CodeWords(p)
	}
	return s
}

// unless says that an earlier stage may fail instead.
func unless(p diagnose.Prediction) string {
	if p.Code == "" || p.Known || p.Origin == walk.FromDeployment || p.Delivery != walk.DeliveryHTTP {
		return ""
	}
	return " (unless something that could not be read fails before)"
}

// delivered says that the queue has the message, whatever the client is told.
func delivered(d *diagnose.Diagnosis) string {
	p := d.Predicted
	if p.Stage != "" && p.Stage != walk.StageResponse || p.SQSStatus < 200 || p.SQSStatus > 299 {
		return ""
	}
	if d.Trace != nil && strings.HasPrefix(d.Trace.Protocol.Action, "SendMessage") {
		if d.Trace.Queue.Altered != "" {
			return ", an altered message is delivered"
		}
		if d.Trace.Queue.Malformed != nil {
			return ", a message that is not what was meant is delivered"
		}
		if p.Status > 399 {
			return ", message delivered: a client that tries again sends it twice"
		}
		return ", message delivered"
	}
	return ""
}

// after says in a few words what is predicted once a fix is made, of the call that
// the trace follows now.
func after(x diagnose.Fix, t *walk.Trace) string {
	if x.After == nil {
		return ""
	}
	p := *x.After
	switch {
	case x.Refuses() && p.Code == walk.UnsupportedMediaType && p.Status != 0:
		return fmt.Sprintf("then such a call is refused with %d", p.Status)
	case x.Refuses() && p.Code == walk.UnsupportedMediaType:
		return "then such a call is refused"
	case p.Origin == walk.FromDeployment:
		return "alone not enough: AWS still refuses the configuration" + orNothing(": %s", CodeWords(p))
	case p.Code != "" && p.Status == 0 && p.Delivery != walk.DeliveryHTTP:
		return "alone not enough: then " + CodeWords(p)
	case p.Code != "":
		return fmt.Sprintf("alone not enough: then %s %s", statusWord(p.Status), CodeWords(p))
	case p.Delivery == walk.DeliveryNone:
		return "then the message is delivered, and the client is told nothing"
	case p.Delivery == walk.DeliveryFrame && p.SQSStatus != 0 && p.SQSStatus < 300:
		return "then the message is delivered, and the client gets a frame"
	case p.Delivery == walk.DeliveryHandshake && p.Status == 101:
		return "then the connection is made"
	case p.Status != 0 && p.Status < 300 && (t == nil || t.Protocol.Action == "" || strings.HasPrefix(t.Protocol.Action, "SendMessage")):
		return fmt.Sprintf("then %d, message delivered", p.Status)
	case p.Status != 0:
		return fmt.Sprintf("then %d", p.Status)
	}
	return ""
}

// frameAnswered is answered for a WebSocket API, whose client gets frames, the
// status of its handshake, or nothing.
func frameAnswered(p diagnose.Prediction) string {
	s := Delivery(p)
	switch {
	case p.Code == "":
	case p.Origin == walk.FromAPIGateway:
		s += "; " + CodeWords(p) + " from API Gateway"
	case p.SQSStatus != 0:
		s += fmt.Sprintf("; SQS answered %d %s", p.SQSStatus, CodeWords(p))
	default:
		s += "; " + CodeWords(p)
	}
	return s
}

// Delivery says in a few words how the client of a WebSocket API learns what became
// of its frame.
func Delivery(p diagnose.Prediction) string {
	switch {
	case p.Delivery == walk.DeliveryHandshake && p.Status == 101:
		return "the connection is made"
	case p.Delivery == walk.DeliveryHandshake:
		return "the handshake is answered with " + statusesWord(p)
	case p.Delivery == walk.DeliveryNone && p.Code != "":
		return "the client is told nothing"
	case p.Delivery == walk.DeliveryNone:
		return "the client gets nothing, the route is one-way"
	case p.ErrorFrame:
		return "the client gets an error frame"
	}
	return "the client gets a frame"
}

// statusesWord names the status, or all where evidence differs.
func statusesWord(p diagnose.Prediction) string {
	if len(p.Statuses) == 0 {
		return statusWord(p.Status)
	}
	words := make([]string, len(p.Statuses))
	for i, status := range p.Statuses {
		words[i] = statusWord(status)
	}
	return strings.Join(words, " or ")
}

func statusWord(status int) string {
	if status == 0 {
		return "an error:"
	}
	return fmt.Sprint(status)
}

// CodeWords lists the codes that AWS may answer.
func CodeWords(p diagnose.Prediction) string {
	list := codes(p.Codes)
	if len(list) == 0 {
		return string(p.Code)
	}
	if len(list) == 1 {
		return list[0]
	}
	return strings.Join(list[:len(list)-1], ", ") + " or " + list[len(list)-1]
}

// Where is the place of a value, as short as it can be found by.
func Where(o snapshot.Origin) string {
	switch {
	case o.File != "" && o.Line > 0:
		return fmt.Sprintf("%s:%d", o.File, o.Line)
	case o.File != "":
		return o.File
	case o.Resource != "" && o.Path != "":
		return resource(o.Resource) + " " + o.Path
	}
	return resource(o.Resource) + o.Path
}

// resource is a resource of the control plane by its path, which says it all
// beside a heading that names the API.
func resource(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 && parts[2] == "apigateway" {
		return parts[5]
	}
	return arn
}

func orNothing(format, s string) string {
	if s == "" {
		return ""
	}
	return fmt.Sprintf(format, s)
}

// Count is a number with its noun.
func Count(n int, one string) string { return plural(n, one) }

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// unsure says in a word how sure a fix is, and why it is not quite; the reason is
// empty for a sure one.
func unsure(x *diagnose.Fix) (word, why string) {
	switch x.Sure() {
	case diagnose.Choice:
		return "your choice", x.Choice
	case diagnose.Blank:
		return "to be filled in", x.Blank
	}
	return "sure", ""
}
