package logs

import (
	"strings"
	"time"
)

// textReader reads log events from lines of text.
type textReader struct {
	g *Grouper
	// What the first event had in front decides what an event has in front: a
	// line without a time is part of the one before when others have one.
	known, timed bool
	tested       bool // the lines are those of a test, which have no ids
	test         string
	// The older console has the time of day on a line of its own.
	stacked, apart bool
}

// line reads a line.
func (t *textReader) line(s string) {
	if id, ok := strings.CutPrefix(s, "Execution log for request "); ok && t.g.open == nil {
		t.startTest(strings.TrimSpace(id))
		return
	}
	at, rest, ok := prefix(s)
	if t.tested || !t.known && isTest(s) {
		if text, yes := testLine(s); yes {
			if !t.tested {
				t.startTest("")
			}
			t.g.addEntry(t.test, Test, Event{Time: at, line: true}, text)
			return
		}
		if t.tested && !ok {
			t.g.Continue(s)
			return
		}
	}
	if ok && strings.TrimSpace(rest) == "" && (!t.known || t.stacked) {
		t.apart = true
		return
	}
	if strings.HasPrefix(s, "|") || strings.HasPrefix(s, `"`) {
		rest = strings.TrimRight(rest, " |\"") // a cell of a table
	}
	message, isEntry := t.message(rest)
	if isEntry && (!t.known || ok == t.timed) {
		if !t.known {
			t.known, t.timed, t.stacked = true, ok, t.apart
		}
		e := Event{Time: at, Message: message, line: true}
		id, text, _ := splitID(message)
		t.g.Events++
		t.g.addEntry(id, Execution, e, text)
		return
	}
	if t.record(s) {
		return
	}
	if t.accessed(at, rest, ok) {
		return
	}
	if t.known && (!ok || !t.timed || t.g.open != nil) {
		t.g.Continue(s)
		return
	}
	if strings.TrimSpace(s) != "" {
		t.g.Events++
		t.g.Unread++
		if t.g.Sample == "" {
			t.g.Sample = s
		}
	}
}

// message is the message of an execution log in the line, and whether it is one.
func (t *textReader) message(rest string) (string, bool) {
	id, text, ok := splitID(rest)
	if !ok {
		// The name of the stream may stand in front.
		if stream, after, cut := strings.Cut(rest, " "); cut && isHex(stream) {
			rest = strings.TrimLeft(after, " ")
			id, text, ok = splitID(rest)
		}
	}
	if !ok {
		return "", false
	}
	if formOf(text) != nil || t.g.groups[id] != nil || isUUID(id) {
		return rest, true
	}
	return "", false
}

// record reads a line that is an event in JSON.
func (t *textReader) record(s string) bool {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, "{") || t.g.open != nil && t.known {
		return false
	}
	if e, ok := recordOf(s); ok {
		t.g.Add(e)
		return true
	}
	return false
}

// accessed reads a line of an access log.
func (t *textReader) accessed(at int64, rest string, timed bool) bool {
	if t.known && t.g.open != nil {
		return false
	}
	for _, s := range []string{rest, behindStream(rest, timed)} {
		if s == "" {
			continue
		}
		if o, ok := t.g.access.read(Event{Time: at, Message: s}); ok {
			t.g.Events++
			t.g.seq++
			o.order = t.g.seq
			t.g.each(o)
			return true
		}
	}
	return false
}

// behindStream is what stands behind the name of a stream.
func behindStream(rest string, timed bool) string {
	if _, after, ok := strings.Cut(rest, " "); ok && timed {
		return strings.TrimLeft(after, " ")
	}
	return ""
}

// startTest begins the log of a test.
func (t *textReader) startTest(id string) {
	if id == "" {
		id = "test"
	}
	if t.g.groups[id] != nil {
		t.g.give(t.g.groups[id])
	}
	t.tested, t.test = true, id
}

// prefix reads what stands in front of a message in a text, and whether there is a time.
func prefix(s string) (at int64, rest string, ok bool) {
	trimmed := strings.TrimLeft(s, " \t|▶▼►\"")
	if at, rest, ok = clock(trimmed); !ok {
		return 0, trimmed, false
	}
	return at, strings.TrimLeft(rest, " \t|,:\""), true
}

// clock reads the time that a text begins with, in the notations of aws logs
// tail, of the console and of tests, in milliseconds since 1970.
func clock(s string) (at int64, rest string, ok bool) {
	if len(s) < 8 {
		return 0, s, false
	}
	switch c := s[0]; {
	case c >= '0' && c <= '9':
		n := 0
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		switch {
		case n == 13:
			for _, c := range s[:n] {
				at = at*10 + int64(c-'0')
			}
			return at, s[n:], true
		case n == 4 && len(s) >= 19 && s[4] == '-' && s[7] == '-' && (s[10] == 'T' || s[10] == ' '):
			return isoTime(s)
		case n == 2 && s[2] == ':' && s[5] == ':':
			if _, err := time.Parse("15:04:05", s[:8]); err != nil {
				return 0, s, false
			}
			return 0, strings.TrimLeft(s[8:], ".0123456789"), true // of which day, it does not say
		}
	case c >= 'A' && c <= 'Z' && len(s) >= 28 && s[3] == ' ' && s[7] == ' ' && s[13] == ':':
		return stampTime(s)
	}
	return 0, s, false
}

func isoTime(s string) (int64, string, bool) {
	t, err := time.Parse("2006-01-02T15:04:05", s[:10]+"T"+s[11:19])
	if err != nil {
		return 0, s, false
	}
	n := 19
	if n < len(s) && (s[n] == '.' || s[n] == ',') {
		unit := time.Second
		for n++; n < len(s) && s[n] >= '0' && s[n] <= '9'; n++ {
			unit /= 10
			t = t.Add(time.Duration(s[n]-'0') * unit)
		}
	}
	rest := s[n:]
	switch {
	case strings.HasPrefix(rest, "Z"):
		rest = rest[1:]
	case len(rest) >= 5 && (rest[0] == '+' || rest[0] == '-'):
		for _, layout := range []string{"-07:00", "-0700"} {
			if len(rest) < len(layout) {
				continue
			}
			if zone, err := time.Parse(layout, rest[:len(layout)]); err == nil {
				_, offset := zone.Zone()
				t = t.Add(-time.Duration(offset) * time.Second)
				rest = rest[len(layout):]
				break
			}
		}
	}
	return t.UnixMilli(), rest, true
}

// stampTime reads the time of a line of a test: Sun Nov 22 10:00:00 UTC 2026 (T120).
func stampTime(s string) (int64, string, bool) {
	end := strings.Index(s, " : ")
	if end < 0 || end > 34 {
		if end = len(strings.TrimRight(s, " :")); end > 34 {
			return 0, s, false
		}
	}
	t, err := time.Parse("Mon Jan _2 15:04:05 MST 2006", s[:end])
	if err != nil {
		return 0, s, false
	}
	return t.UnixMilli(), s[end:], true
}

// testLine is the text of a line of a test.
func testLine(s string) (string, bool) {
	if _, rest, ok := stampTimeOf(s); ok {
		if text, ok := strings.CutPrefix(rest, " : "); ok {
			return text, true
		}
	}
	return "", false
}

func isTest(s string) bool {
	text, ok := testLine(s)
	return ok && !strings.HasPrefix(text, "(")
}

func stampTimeOf(s string) (int64, string, bool) {
	if len(s) < 28 || s[0] < 'A' || s[0] > 'Z' || s[3] != ' ' || s[13] != ':' {
		return 0, s, false
	}
	return stampTime(s)
}

func isHex(s string) bool {
	return len(s) == 32 && strings.Trim(s, "0123456789abcdef") == ""
}

func isUUID(s string) bool {
	return len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' && strings.Trim(s, "0123456789abcdefABCDEF-") == ""
}
