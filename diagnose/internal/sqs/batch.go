package sqs

import (
	"slices"
	"sort"
	"strings"
)

const (
	maxEntries    = 10
	maxEntryID    = 80
	maxTotalBytes = 1048576 // of a batch, and the default of a message (T29)
)

// entry is what all batch actions share of their entries.
type entry struct {
	id       string
	prefix   string
	required []field
}

type field struct{ name, value string }

// entries gives the batch's entries in order.
func (c *Call) entries(op *Action) []entry {
	if op.Writes {
		out := make([]entry, len(c.messages))
		for i := range c.messages {
			m := &c.messages[i]
			out[i] = entry{m.ID, m.Prefix, []field{{"Id", m.ID}, {"MessageBody", m.Body}}}
		}
		return out
	}
	names := []string{"Id", "ReceiptHandle"}
	if c.Protocol == ProtocolJSON {
		return c.otherJSONEntries(names)
	}
	return otherQueryEntries(c.Params, op.Entry, names)
}

func (c *Call) otherJSONEntries(names []string) []entry {
	list, _ := c.Document.Get("Entries")
	if list == nil {
		return nil
	}
	out := make([]entry, len(list.Elements))
	for i := range list.Elements {
		out[i].prefix = "Entries." + itoa(i+1) + "."
		for _, name := range names {
			text := ""
			if v, ok := list.Elements[i].Get(name); ok && v.Kind == KindString {
				text = v.Text
			}
			out[i].required = append(out[i].required, field{name, text})
		}
		out[i].id = out[i].required[0].value
	}
	return out
}

func otherQueryEntries(params []Param, prefix string, names []string) []entry {
	byNumber := map[int]*entry{}
	var numbers []int
	prefix += "."
	for i := range params {
		rest, ok := strings.CutPrefix(params[i].Name, prefix)
		if !ok {
			continue
		}
		n, name, ok := cutNumber(rest)
		if !ok {
			continue
		}
		e := byNumber[n]
		if e == nil {
			e = &entry{prefix: prefix + itoa(n) + "."}
			for _, f := range names {
				e.required = append(e.required, field{f, ""})
			}
			byNumber[n] = e
			numbers = append(numbers, n)
		}
		for k := range e.required {
			if e.required[k].name == name && e.required[k].value == "" {
				e.required[k].value = params[i].Value
			}
		}
	}
	sort.Ints(numbers)
	out := make([]entry, 0, len(numbers))
	for _, n := range numbers {
		e := byNumber[n]
		e.id = e.required[0].value
		out = append(out, *e)
	}
	return out
}

// checkBatch applies the rules of T30 that are about the batch as a whole. Their
// order among each other is not recorded.
func (c *Call) checkBatch(op *Action) *Answer {
	list := c.entries(op)
	if len(list) == 0 {
		return c.refuse(CodeEmptyBatchRequest, BatchInvalid, "Entries", op.Entry)
	}
	if len(list) > maxEntries {
		a := NewAnswer(CodeTooManyEntries, "Maximum number of entries per request are "+itoa(maxEntries)+". You have sent "+itoa(len(list))+".", c)
		a.Cause, a.Parameter = BatchInvalid, "Entries"
		return &a
	}
	for _, e := range list {
		if !validEntryID(e.id) {
			return c.refuse(CodeInvalidBatchEntryID, BatchInvalid, e.prefix+"Id", "")
		}
	}
	for i, e := range list {
		for _, before := range list[:i] {
			if before.id == e.id {
				return c.refuse(CodeBatchEntryIDsNotDistinct, BatchInvalid, e.prefix+"Id", e.id)
			}
		}
	}
	total := 0
	for i := range c.messages {
		total += c.messages[i].Size()
	}
	if total > maxTotalBytes {
		a := NewAnswer(CodeBatchRequestTooLong, "Batch requests cannot be longer than "+itoa(maxTotalBytes)+" bytes. You have sent "+itoa(total)+" bytes.", c)
		a.Cause, a.Parameter = TooLarge, "Entries"
		return &a
	}
	return nil
}

func validEntryID(id string) bool {
	if id == "" || len(id) > maxEntryID {
		return false
	}
	for i := 0; i < len(id); i++ {
		if !isWord(id[i]) {
			return false
		}
	}
	return true
}

// checkMessages applies the rules for single messages to each entry: what T25 and
// T26 recorded for a batch refuses the whole request, all else only its entry, in
// an answer with status 200.
func (c *Call) checkMessages(q *Queue) Verdict {
	var v Verdict
	fifo := q.fifo(c.Queue)
	if fifo == Unknown {
		v.open(FifoQueue, unknownType)
	}
	if fifo == Yes {
		for i := range c.messages {
			m := &c.messages[i]
			if !m.HasGroupID || m.GroupID == "" {
				v.Answer = c.invalid(GroupMissing, m.Prefix+"MessageGroupId", "The request must contain the parameter MessageGroupId.")
				return v
			}
			if m.DeduplicationID == "" {
				switch q.ContentBasedDeduplication {
				case No:
					v.Answer = c.invalid(DeduplicationMissing, m.Prefix+"MessageDeduplicationId", needDeduplication)
					return v
				case Unknown:
					v.open(ContentBasedDeduplication, unknownDeduplication)
				}
			}
		}
	}
	var failed []EntryFailure
	for i := range c.messages {
		m := &c.messages[i]
		one := c.checkMessage(m, q, fifo, true)
		for _, u := range one.Unknown {
			v.open(u.Attribute, u.Detail)
		}
		if a := one.Answer; a != nil {
			failed = append(failed, EntryFailure{ID: m.ID, Code: a.Code, Message: a.Message, SenderFault: true})
			if v.Answer == nil {
				v.Answer = &Answer{Cause: a.Cause, Parameter: a.Parameter, Unverified: a.Unverified}
			}
		}
	}
	if v.Answer != nil {
		v.Answer.Status, v.Answer.Format, v.Answer.Namespace = 200, c.Format, XMLNamespace
		v.Answer.Statuses, v.Answer.Failed = []int{200}, failed
		for _, f := range failed {
			if !containsString(v.Answer.Codes, f.Code) {
				v.Answer.Codes = append(v.Answer.Codes, f.Code)
			}
		}
		v.Answer.success = &success{call: c, queue: *q}
	}
	return v
}

func (v *Verdict) open(attribute QueueAttribute, detail string) {
	what := Open{attribute, detail}
	if !slices.Contains(v.Unknown, what) {
		v.Unknown = append(v.Unknown, what)
	}
}
