package logs

import (
	"encoding/json"
	"strings"
)

// Event is one event of a log group, or one line of a text that was one.
type Event struct {
	Time    int64  // milliseconds since 1970; 0 when the log does not say
	ID      string // of the event; empty when the log does not say
	Message string

	API, Stage, Method, Path string // as a delivery tells them beside the message (L8)

	// line tells that the event is a line of a text. What looks like the next
	// event may then be the rest of this one's data.
	line bool
}

// entry is a line of an execution log in its request.
type entry struct {
	text string   // without the request's id
	more []string // lines that the text goes on with
	form *form    // nil for one of no known form
	time int64
	id   string // of the event
	line bool
	gap  *gap
}

// gap is the place behind data that may go on (L31): what stands there may be
// lines of other requests, or text of this one's data.
type gap struct {
	closed bool // the request whose data it is has gone on behind it
}

// earlier orders the events of one request by time and, within a millisecond, by
// the number of the event (L16) or the order in which API Gateway writes.
func earlier(a, b *entry) int {
	switch {
	case a.time != b.time:
		return sign(a.time < b.time)
	case a.id != "" && b.id != "" && a.id != b.id:
		return sign(lessNumber(a.id, b.id))
	case a.form != nil && b.form != nil && a.form.rank != b.form.rank:
		return sign(a.form.rank < b.form.rank)
	}
	return 0
}

func sign(less bool) int {
	if less {
		return -1
	}
	return 1
}

// lessNumber compares numbers of any length in decimal digits.
func lessNumber(a, b string) bool {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}

// recordOf reads an event that stands in a line as JSON, as a delivery writes it.
func recordOf(line string) (Event, bool) {
	if !strings.Contains(line, `"payload"`) && !strings.Contains(line, `"message"`) {
		return Event{}, false
	}
	var e event
	if json.Unmarshal([]byte(line), &e) != nil || e.Payload == nil && (e.Message == nil || e.Timestamp == nil) {
		return Event{}, false
	}
	return e.event()
}
