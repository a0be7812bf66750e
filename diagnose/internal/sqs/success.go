package sqs

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"io"
	"sort"
	"strings"
)

// success is what an accepted call is answered with; its body is rendered when it
// is asked for.
type success struct {
	call  *Call
	queue Queue
}

// Success is the answer to a call that passed every check. Identifiers that AWS
// makes up are placeholders; digests are those of the messages. c must stay as it
// is until the body has been rendered.
func (c *Call) Success(q Queue) Answer {
	return Answer{Status: 200, Format: c.Format, Namespace: XMLNamespace, success: &success{call: c, queue: q}}
}

// node is an element of an answer: one of text, children or absence.
type node struct {
	name     string
	xml      string // name in XML if it differs
	text     string
	null     bool // absent: null in JSON-shaped answers (T33), left out elsewhere
	bare     bool // a number or boolean, without quotes in JSON
	children []node
	list     bool // children are unnamed elements; XML repeats the element's name
}

func leaf(name, text string) node { return node{name: name, text: text, null: text == ""} }

func (s *success) render(f Format, failed []EntryFailure) string {
	var b strings.Builder
	b.Grow(512)
	action := s.call.Action
	result := s.result(failed)
	if f == FormatAWSJSON {
		writeJSON(&b, &node{children: result}, false)
		return b.String()
	}
	meta := node{name: "ResponseMetadata", children: []node{leaf("RequestId", RequestID)}}
	body := node{name: action + "Result", children: result}
	if f == FormatXML {
		b.WriteString(`<?xml version="1.0"?><` + action + `Response xmlns="` + XMLNamespace + `">`)
		if result != nil {
			writeXML(&b, body)
		}
		writeXML(&b, meta)
		b.WriteString("</" + action + "Response>")
		return b.String()
	}
	// T33: members in alphabetical order, so that ResponseMetadata can stand on either side.
	parts := []node{meta}
	if result != nil {
		if body.name < meta.name {
			parts = []node{body, meta}
		} else {
			parts = []node{meta, body}
		}
	}
	writeJSON(&b, &node{children: []node{{name: action + "Response", children: parts}}}, true)
	return b.String()
}

// result is the content of the action's result, in alphabetical order; nil for
// actions that return nothing.
func (s *success) result(failed []EntryFailure) []node {
	c := s.call
	url := QueueURL(c.Queue.Region, c.Queue.Account, c.Queue.Name)
	switch c.Action {
	case "SendMessage":
		if len(c.messages) == 1 {
			return s.sent(&c.messages[0], false)
		}
	case "SendMessageBatch":
		return s.batch(failed)
	case "DeleteMessageBatch", "ChangeMessageVisibilityBatch":
		op, _ := operation(c.Action)
		var done []node
		for _, e := range c.entries(op) {
			done = append(done, node{children: []node{leaf("Id", e.id)}})
		}
		return []node{
			{name: "Failed", xml: "BatchResultErrorEntry", list: true, null: true},
			{name: "Successful", xml: c.Action + "ResultEntry", list: true, children: done},
		}
	case "ReceiveMessage":
		// An empty queue: the list is called "messages" in JSON-shaped answers (T33).
		return []node{{name: s.byFormat("Messages", "messages"), xml: "Message", list: true, null: true}}
	case "GetQueueUrl":
		name, _ := c.scalar("QueueName")
		account, ok := c.scalar("QueueOwnerAWSAccountId")
		if !ok {
			account = c.account
		}
		return []node{leaf("QueueUrl", QueueURL(c.region, account, name))}
	case "CreateQueue":
		name, _ := c.scalar("QueueName")
		return []node{leaf("QueueUrl", QueueURL(c.region, c.account, name))}
	case "GetQueueAttributes":
		return s.attributes()
	case "ListQueues":
		return []node{{name: s.byFormat("QueueUrls", "queueUrls"), xml: "QueueUrl", list: true, null: true}}
	case "ListDeadLetterSourceQueues":
		return []node{{name: "queueUrls", xml: "QueueUrl", list: true, children: []node{{text: url}}}}
	case "ListQueueTags":
		return []node{{name: "Tags", xml: "Tag", list: true, null: true}}
	case "ListMessageMoveTasks":
		return []node{{name: "Results", xml: "ListMessageMoveTasksResultEntry", list: true, null: true}}
	case "StartMessageMoveTask":
		return []node{leaf("TaskHandle", RequestID)}
	case "CancelMessageMoveTask":
		return []node{{name: "ApproximateNumberOfMessagesMoved", text: "0", bare: true}}
	}
	return nil
}

// byFormat names a member of the JSON protocol and of JSON-shaped answers.
func (s *success) byFormat(protocol, shaped string) string {
	if s.call.Format == FormatAWSJSON {
		return protocol
	}
	return shaped
}

// sent is the result of one message.
func (s *success) sent(m *Message, entry bool) []node {
	sequence := ""
	if s.queue.fifo(s.call.Queue) == Yes {
		sequence = SequenceNumber
	}
	out := make([]node, 0, 6)
	if entry {
		out = append(out, leaf("Id", m.ID))
	}
	return append(out,
		leaf("MD5OfMessageAttributes", MD5OfAttributes(m.Attributes)),
		leaf("MD5OfMessageBody", MD5OfBody(m.Body)),
		leaf("MD5OfMessageSystemAttributes", MD5OfAttributes(m.SystemAttributes)),
		leaf("MessageId", MessageID),
		leaf("SequenceNumber", sequence))
}

func (s *success) batch(failed []EntryFailure) []node {
	lost := make(map[string]bool, len(failed))
	errors := node{name: "Failed", xml: "BatchResultErrorEntry", list: true, null: len(failed) == 0}
	for _, f := range failed {
		lost[f.ID] = true
		fault := "false"
		if f.SenderFault {
			fault = "true"
		}
		errors.children = append(errors.children, node{children: []node{
			leaf("Code", f.Code), leaf("Id", f.ID), leaf("Message", f.Message), {name: "SenderFault", text: fault, bare: true},
		}})
	}
	done := node{name: "Successful", xml: "SendMessageBatchResultEntry", list: true}
	for i := range s.call.messages {
		if m := &s.call.messages[i]; !lost[m.ID] {
			done.children = append(done.children, node{children: s.sent(m, true)})
		}
	}
	done.null = len(done.children) == 0
	return []node{errors, done}
}

// attributes gives what is known of the queue and asked for.
func (s *success) attributes() []node {
	known := []field{{"QueueArn", s.queue.ARN}}
	if s.queue.FIFO == Yes {
		known = append(known, field{"FifoQueue", "true"})
	}
	asked := s.call.list("AttributeNames")
	out := node{name: "Attributes", xml: "Attribute", list: true}
	json := node{name: "Attributes"}
	for _, k := range known {
		if k.value != "" && (containsString(asked, "All") || containsString(asked, k.name)) {
			out.children = append(out.children, node{children: []node{leaf("Name", k.name), leaf("Value", k.value)}})
			json.children = append(json.children, leaf(k.name, k.value))
		}
	}
	if s.call.Format == FormatAWSJSON {
		return []node{json} // a map in the JSON protocol, a list of Name and Value in the other (T33)
	}
	return []node{out}
}

func writeXML(b *strings.Builder, n node) {
	name := n.name
	if n.xml != "" {
		name = n.xml
	}
	switch {
	case n.null:
	case n.list:
		for _, child := range n.children {
			child.name = name
			writeXML(b, child)
		}
	default:
		b.WriteString("<" + name + ">")
		b.WriteString(escapeXML(n.text))
		for _, child := range n.children {
			writeXML(b, child)
		}
		b.WriteString("</" + name + ">")
	}
}

// writeJSON writes the value of a node; nulls says whether absent members stand there.
func writeJSON(b *strings.Builder, n *node, nulls bool) {
	switch {
	case n.null:
		b.WriteString("null")
	case n.list:
		b.WriteByte('[')
		for i := range n.children {
			if i > 0 {
				b.WriteByte(',')
			}
			writeJSON(b, &n.children[i], nulls)
		}
		b.WriteByte(']')
	case n.text != "" && n.bare:
		b.WriteString(n.text)
	case n.text != "":
		writeQuoted(b, n.text)
	default:
		b.WriteByte('{')
		first := true
		for i := range n.children {
			child := &n.children[i]
			if child.null && !nulls {
				continue
			}
			if !first {
				b.WriteByte(',')
			}
			first = false
			writeQuoted(b, child.name)
			b.WriteByte(':')
			writeJSON(b, child, nulls)
		}
		b.WriteByte('}')
	}
}

// MD5OfBody is the hexadecimal digest of a message body.
func MD5OfBody(body string) string {
	h := md5.New()
	_, _ = io.WriteString(h, body) // a hash never fails
	return hex.EncodeToString(h.Sum(nil))
}

// MD5OfAttributes is SQS's digest of message attributes, "" for none: in the order
// of their names, each name, type and value with its length in four bytes, the
// value after a byte that tells text (1) from bytes (2). Source: SQS developer
// guide, "Calculating the MD5 message digest for message attributes".
func MD5OfAttributes(attributes []Attribute) string {
	if len(attributes) == 0 {
		return ""
	}
	order := make([]*Attribute, len(attributes))
	for i := range attributes {
		order[i] = &attributes[i]
	}
	sort.SliceStable(order, func(i, j int) bool { return order[i].Name < order[j].Name })
	h := md5.New()
	part := func(s string) {
		var length [4]byte
		binary.BigEndian.PutUint32(length[:], uint32(len(s)))
		_, _ = h.Write(length[:])
		_, _ = io.WriteString(h, s)
	}
	for _, a := range order {
		part(a.Name)
		part(a.DataType)
		if a.BaseType() == "Binary" {
			_, _ = h.Write([]byte{2})
			part(string(a.BinaryValue))
		} else {
			_, _ = h.Write([]byte{1})
			part(a.StringValue)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
