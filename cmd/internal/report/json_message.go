package report

import (
	"encoding/base64"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

// Message is a message that a consumer of the queue gets, decoded.
type Message struct {
	Body            string      `json:"body"`
	Attributes      []Attribute `json:"attributes"`
	GroupID         string      `json:"groupId,omitempty"`
	DeduplicationID string      `json:"deduplicationId,omitempty"`
	DelaySeconds    string      `json:"delaySeconds,omitempty"`
}

// Attribute is an attribute of a message.
type Attribute struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Value string `json:"value"`
}

// Answer is what the client gets.
type Answer struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

// messages are what consumers of the queue get, where the queue takes them.
func messages(d *diagnose.Diagnosis, say Words) []Message { return shownMessages(d.Messages(), say) }

func shownMessages(taken []walk.Message, say Words) []Message {
	list := []Message{}
	for _, m := range taken {
		out := Message{Body: say.Show(m.Body), Attributes: []Attribute{}, GroupID: say.Show(m.GroupID), DeduplicationID: say.Show(m.DeduplicationID), DelaySeconds: m.Delay}
		for _, a := range m.Attributes {
			value := a.StringValue
			if value == "" {
				value = base64.StdEncoding.EncodeToString([]byte(a.BinaryValue))
			}
			out.Attributes = append(out.Attributes, Attribute{say.Show(a.Name), a.DataType, say.Show(value)})
		}
		list = append(list, out)
	}
	return list
}

// answer is what the client gets; nil where no call is made or it is not known.
func answer(d *diagnose.Diagnosis, say Words) *Answer {
	if d.Trace == nil || d.Trace.Response.Status == 0 || d.Predicted.Origin == walk.FromDeployment {
		return nil
	}
	r := &d.Trace.Response
	return &Answer{Status: r.Status, Headers: object(r.Headers, say), Body: say.Show(r.Body.String())}
}
