package sqs

import (
	"sort"
	"strconv"
	"strings"
)

// Message is one message of a SendMessage or of an entry of SendMessageBatch, as
// SQS decodes it.
type Message struct {
	ID               string // batch entry id
	Prefix           string // how the request names its parameters: "", "SendMessageBatchRequestEntry.1." or "Entries.1."
	Body             string
	HasBody          bool
	GroupID          string
	HasGroupID       bool // given, be it empty (T28)
	DeduplicationID  string
	HasDeduplication bool
	Delay            string // DelaySeconds as written
	HasDelay         bool
	Attributes       []Attribute // in the order of their numbers, or of the JSON members
	SystemAttributes []Attribute
}

// Size is what counts towards the queue's limit, in bytes: the body, and names,
// types and values of the attributes (T29). System attributes do not count.
func (m *Message) Size() int {
	n := len(m.Body)
	for i := range m.Attributes {
		a := &m.Attributes[i]
		n += len(a.Name) + len(a.DataType) + len(a.StringValue) + len(a.BinaryValue)
	}
	return n
}

// DelaySeconds is the message's own delay; ok is false if none is given or it is
// no integer.
func (m *Message) DelaySeconds() (seconds int, ok bool) {
	n, err := strconv.Atoi(m.Delay)
	return n, m.HasDelay && err == nil
}

// Messages are the messages that the call would send, in order; nil for actions
// that send none. The result is shared: do not write to it.
func (c *Call) Messages() []Message { return c.messages }

func (c *Call) decodeMessages(op *Action) []Message {
	switch {
	case c.Protocol == ProtocolJSON && op.Batch():
		return c.jsonEntries()
	case c.Protocol == ProtocolJSON:
		return []Message{jsonMessage(c.Document, "")}
	case op.Batch():
		return c.queryEntries(op.Entry)
	}
	m := [1]Message{}
	d := messageDecoder{m: &m[0]}
	for i := range c.Params {
		d.take(c.Params[i].Name, c.Params[i].Value)
	}
	c.finish(&d)
	return m[:]
}

// messageDecoder fills a message from query protocol parameters.
type messageDecoder struct {
	m      *Message
	user   attributeGroup
	system attributeGroup
}

// take reads one parameter; name is without the prefix of its entry.
func (d *messageDecoder) take(name, value string) {
	m := d.m
	switch name {
	case "MessageBody":
		set(&m.Body, &m.HasBody, value)
	case "MessageGroupId":
		set(&m.GroupID, &m.HasGroupID, value)
	case "MessageDeduplicationId":
		set(&m.DeduplicationID, &m.HasDeduplication, value)
	case "DelaySeconds":
		set(&m.Delay, &m.HasDelay, value)
	case "Id":
		if m.ID == "" {
			m.ID = value
		}
	default:
		// T21: singular and plural prefix are both accepted.
		if rest, ok := cutEither(name, "MessageAttribute.", "MessageAttributes."); ok {
			d.user.take(rest, value)
		} else if rest, ok := cutEither(name, "MessageSystemAttribute.", "MessageSystemAttributes."); ok {
			d.system.take(rest, value)
		}
	}
}

// finish puts the attributes in the order of their numbers.
func (c *Call) finish(d *messageDecoder) {
	d.m.Attributes = c.numbered(&d.user, d.m.Prefix+"MessageAttribute")
	d.m.SystemAttributes = c.numbered(&d.system, d.m.Prefix+"MessageSystemAttribute")
}

func (c *Call) numbered(g *attributeGroup, prefix string) []Attribute {
	out := g.sorted(prefix + ".")
	if n := len(g.list); n > 0 && g.list[n-1].n != n {
		c.doubtGap(prefix)
	}
	return out
}

func (c *Call) doubtGap(prefix string) {
	c.doubt("the numbers of " + prefix + " are not 1, 2, 3 and so on; SQS is assumed to take what is there")
}

// set keeps the first of several values.
func set(field *string, has *bool, value string) {
	if !*has {
		*field, *has = value, true
	}
}

func cutEither(s, a, b string) (string, bool) {
	if rest, ok := strings.CutPrefix(s, a); ok {
		return rest, true
	}
	return strings.CutPrefix(s, b)
}

// cutNumber splits "12.Value.DataType" into 12 and "Value.DataType".
func cutNumber(s string) (n int, rest string, ok bool) {
	head, rest, ok := strings.Cut(s, ".")
	if !ok || head == "" || len(head) > 9 {
		return 0, "", false
	}
	for i := 0; i < len(head); i++ {
		if head[i] < '0' || head[i] > '9' {
			return 0, "", false
		}
		n = n*10 + int(head[i]-'0')
	}
	return n, rest, true
}

// queryEntries groups the parameters of a batch by the number of their entry.
func (c *Call) queryEntries(entry string) []Message {
	params := c.Params
	type numbered struct {
		n int
		d *messageDecoder
	}
	byNumber := map[int]*messageDecoder{}
	var order []numbered
	for i := range params {
		rest, ok := strings.CutPrefix(params[i].Name, entry)
		if !ok || !strings.HasPrefix(rest, ".") {
			continue
		}
		n, field, ok := cutNumber(rest[1:])
		if !ok {
			continue
		}
		d := byNumber[n]
		if d == nil {
			d = &messageDecoder{m: &Message{Prefix: entry + "." + itoa(n) + "."}}
			byNumber[n] = d
			order = append(order, numbered{n, d})
		}
		d.take(field, params[i].Value)
	}
	sort.Slice(order, func(i, j int) bool { return order[i].n < order[j].n })
	out := make([]Message, 0, len(order))
	if n := len(order); n > 0 && order[n-1].n != n {
		c.doubtGap(entry)
	}
	for _, o := range order {
		c.finish(o.d)
		out = append(out, *o.d.m)
	}
	return out
}

func (c *Call) jsonEntries() []Message {
	entries, ok := c.Document.Get("Entries")
	if !ok {
		return nil
	}
	out := make([]Message, 0, len(entries.Elements))
	for i := range entries.Elements {
		out = append(out, jsonMessage(&entries.Elements[i], "Entries."+itoa(i+1)+"."))
	}
	return out
}

// jsonMessage reads a message from a JSON object; members of a wrong type, which
// CheckParameters refuses, count as absent.
func jsonMessage(v *Value, prefix string) Message {
	m := Message{Prefix: prefix}
	text := func(name string, field *string, has *bool, kind Kind) {
		if member, ok := v.Get(name); ok && member.Kind == kind {
			*field, *has = member.Text, true
		}
	}
	var hasID bool
	if prefix != "" {
		text("Id", &m.ID, &hasID, KindString)
	}
	text("MessageBody", &m.Body, &m.HasBody, KindString)
	text("MessageGroupId", &m.GroupID, &m.HasGroupID, KindString)
	text("MessageDeduplicationId", &m.DeduplicationID, &m.HasDeduplication, KindString)
	text("DelaySeconds", &m.Delay, &m.HasDelay, KindNumber)
	m.Attributes = jsonAttributes(v, "MessageAttributes", prefix)
	m.SystemAttributes = jsonAttributes(v, "MessageSystemAttributes", prefix)
	return m
}
