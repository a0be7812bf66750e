package logs

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// window is how much of a file is looked at to tell its notation, and the longest
// line that is read whole: an event of a delivery has up to 1 MB (L8).
const window = 2 << 20

// Read reads a file of log events in any notation: what FilterLogEvents or
// GetLogEvents answer, the results of Logs Insights, records of a subscription or
// of a delivery, one JSON object a line, the text of aws logs tail, a copy or a CSV
// of the console, or the log of a test. The name is that of the file, for errors.
// Requests are given to the function of the grouper, which is closed at the end.
func Read(r io.Reader, name string, g *Grouper) error {
	in := bufio.NewReaderSize(r, window)
	if b, err := in.Peek(3); err == nil && bytes.Equal(b, []byte("\xef\xbb\xbf")) {
		in.Discard(3)
	}
	head, err := in.Peek(window)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return fmt.Errorf("%s: %w", name, err)
	}
	head = bytes.TrimLeft(head, " \t\r\n")
	if i := bytes.IndexByte(head, 0); i >= 0 {
		return fmt.Errorf("%s: not a text, byte %d is zero: expected log events as JSON or text, UTF-8 (unpack a .gz first)", name, i)
	}
	switch {
	case len(head) == 0:
		return nil
	case head[0] == '[' && (len(bytes.TrimLeft(head[1:], " \t\r\n")) > 0 && strings.IndexByte(`{]`, bytes.TrimLeft(head[1:], " \t\r\n")[0]) >= 0):
		err = readJSON(in, name, g)
	case head[0] == '{' && !objectALine(head):
		err = readJSON(in, name, g)
	case bytes.HasPrefix(head, []byte("timestamp,message")) || bytes.HasPrefix(head, []byte("@timestamp,@message")):
		err = readCSV(in, name, g)
	default:
		err = readLines(in, g)
	}
	g.Close()
	return err
}

// objectALine tells whether the first line is an object by itself, and not the
// beginning of a longer one, or the only one.
func objectALine(head []byte) bool {
	line, _, ok := bytes.Cut(head, []byte("\n"))
	line = bytes.TrimSpace(line)
	if !ok || !bytes.HasSuffix(line, []byte("}")) {
		return !ok && !isDocument(line)
	}
	return !isDocument(line)
}

// isDocument tells whether a line is, or begins, a document with a list of events.
func isDocument(line []byte) bool {
	if len(line) > 0 && line[0] == '{' && !bytes.HasSuffix(line, []byte("}")) {
		return true
	}
	for _, member := range []string{`"events"`, `"logEvents"`, `"results"`, `"response"`, `"log"`} {
		if i := bytes.Index(line[:min(len(line), 4096)], []byte(member)); i >= 0 && bytes.HasPrefix(bytes.TrimLeft(line[i+len(member):], " \t"), []byte(":")) {
			return true
		}
	}
	return false
}

// event is an event in any of the JSON notations.
type event struct {
	Timestamp json.RawMessage `json:"timestamp"`
	ID        string          `json:"eventId"`
	RecordID  string          `json:"id"` // of a subscription's record
	Message   *string         `json:"message"`

	// A delivery's (L8):
	At      json.RawMessage `json:"event_timestamp"`
	API     string          `json:"api_id"`
	Stage   string          `json:"stage"`
	Method  string          `json:"http_method"`
	Path    string          `json:"resource_path"`
	Payload *string         `json:"payload"`
}

// event is the event of the members.
func (e *event) event() (Event, bool) {
	out := Event{ID: e.ID, Time: millis(e.Timestamp)}
	if out.ID == "" {
		out.ID = e.RecordID
	}
	if strings.Trim(out.ID, "0123456789") != "" {
		out.ID = ""
	}
	switch {
	case e.Payload != nil:
		out.Message, out.API, out.Stage, out.Method, out.Path = *e.Payload, e.API, e.Stage, e.Method, e.Path
		if out.Time = millis(e.At); out.Time == 0 {
			out.Time = millis(e.Timestamp)
		}
	case e.Message != nil:
		out.Message = *e.Message
		return out.unwrapped(), true
	default:
		return Event{}, false
	}
	return out, true
}

// unwrapped is the event that the message of another one is: a delivery in JSON to
// a log group makes it an object.
func (e Event) unwrapped() Event {
	if !strings.HasPrefix(e.Message, "{") || !strings.Contains(e.Message, `"payload"`) {
		return e
	}
	var inner event
	if json.Unmarshal([]byte(e.Message), &inner) != nil || inner.Payload == nil {
		return e
	}
	in, _ := inner.event()
	in.ID = e.ID
	if in.Time == 0 {
		in.Time = e.Time
	}
	return in
}

// millis reads a time as a number of milliseconds or as text.
func millis(raw json.RawMessage) int64 {
	text := strings.Trim(string(raw), `"`)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	if t, rest, ok := clock(text); ok && rest == "" {
		return t
	}
	return 0
}

// readJSON reads documents, one after another.
func readJSON(r io.Reader, name string, g *Grouper) error {
	in := &counter{Reader: r}
	d := json.NewDecoder(in)
	for {
		err := readValue(d, g)
		switch {
		case err == nil:
			continue
		case errors.Is(err, io.EOF):
			return nil
		}
		return fmt.Errorf("%s: line %d: not the JSON of log events: %s; expected the answer of filter-log-events or one object a line", name, in.line(d.InputOffset()), plainError(err))
	}
}

func plainError(err error) string {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return "it ends too early"
	}
	return err.Error()
}

// counter finds the line of a place near the end of what was read.
type counter struct {
	io.Reader
	offset int64
	lines  int
	ends   []int64 // places of the line feeds of the last blocks
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if len(c.ends) > 1<<16 {
		c.lines, c.ends = c.lines+len(c.ends), c.ends[:0]
	}
	for i, b := range p[:n] {
		if b == '\n' {
			c.ends = append(c.ends, c.offset+int64(i))
		}
	}
	c.offset += int64(n)
	return n, err
}

func (c *counter) line(offset int64) int {
	n := c.lines + 1
	for _, at := range c.ends {
		if at < offset {
			n++
		}
	}
	return n
}

// readValue reads one value: a document, or a list of events.
func readValue(d *json.Decoder, g *Grouper) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('['):
		return readEvents(d, g)
	case json.Delim('{'):
		return readDocument(d, g, 0)
	}
	return fmt.Errorf("%v stands where an object should", token)
}

// readDocument reads the members of an object behind its brace.
func readDocument(d *json.Decoder, g *Grouper, depth int) error {
	var own event
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		switch key := token.(string); key {
		case "events", "logEvents":
			if err := readList(d, g, readEvents); err != nil {
				return err
			}
		case "results":
			if err := readList(d, g, readRows); err != nil {
				return err
			}
		case "response":
			token, err := d.Token()
			if err != nil {
				return err
			}
			if token == json.Delim('{') && depth == 0 {
				err = readDocument(d, g, depth+1)
			} else if token == json.Delim('{') || token == json.Delim('[') {
				err = skip(d)
			}
			if err != nil {
				return err
			}
		case "log":
			var text any
			if err := d.Decode(&text); err != nil {
				return err
			}
			if s, ok := text.(string); ok {
				addTest(s, "", g)
			}
		case "format":
			var text any
			if err := d.Decode(&text); err != nil {
				return err
			}
			if s, ok := text.(string); ok && g.access.format == nil {
				g.access.format, _ = compileFormat(s)
			}
		default:
			var raw json.RawMessage
			if err := d.Decode(&raw); err != nil {
				return err
			}
			name, _ := json.Marshal(key)
			_ = json.Unmarshal(slicesJoin(`{`, string(name), `:`, string(raw), `}`), &own)
		}
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if e, ok := own.event(); ok {
		g.Add(e)
	}
	return nil
}

func slicesJoin(parts ...string) []byte { return []byte(strings.Join(parts, "")) }

// skip reads to the end of the value that has begun.
func skip(d *json.Decoder) error {
	for depth := 1; depth > 0; {
		token, err := d.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return nil
}

func readList(d *json.Decoder, g *Grouper, read func(*json.Decoder, *Grouper) error) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	if token != json.Delim('[') {
		return fmt.Errorf("%v stands where a list should", token)
	}
	return read(d, g)
}

// readEvents reads the elements of a list of events.
func readEvents(d *json.Decoder, g *Grouper) error {
	for d.More() {
		var e event
		if err := d.Decode(&e); err != nil {
			return err
		}
		if one, ok := e.event(); ok {
			g.Add(one)
		}
	}
	_, err := d.Token()
	return err
}

// readRows reads the rows of Logs Insights.
func readRows(d *json.Decoder, g *Grouper) error {
	for d.More() {
		var row []struct{ Field, Value string }
		if err := d.Decode(&row); err != nil {
			return err
		}
		e := Event{}
		for _, cell := range row {
			switch cell.Field {
			case "@timestamp":
				e.Time, _, _ = clock(cell.Value)
			case "@message":
				e.Message = cell.Value
			}
		}
		if e.Message != "" {
			g.Add(e)
		}
	}
	_, err := d.Token()
	return err
}

// readCSV reads what the console saves.
func readCSV(r io.Reader, name string, g *Grouper) error {
	in := csv.NewReader(r)
	in.LazyQuotes, in.ReuseRecord, in.FieldsPerRecord = true, true, -1
	for first := true; ; first = false {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if first || len(row) < 2 {
			continue
		}
		at, err := strconv.ParseInt(row[0], 10, 64)
		if err != nil {
			at, _, _ = clock(row[0])
		}
		g.Add(Event{Time: at, Message: strings.Join(row[1:], ",")})
	}
}

// readLines reads a text, line by line.
func readLines(in *bufio.Reader, g *Grouper) error {
	t := &textReader{g: g}
	var long []byte
	for {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			long = append(long, line...)
			if len(long) > 4*window { // no event is that long
				return fmt.Errorf("a line of more than %d bytes: expected log events, one a line", 4*window)
			}
			continue
		}
		if len(long) > 0 {
			line = append(long, line...)
			long = nil
		}
		if len(line) > 0 {
			text := strings.TrimRight(string(line), "\r\n")
			if !utf8.ValidString(text) {
				text = strings.ToValidUTF8(text, "\ufffd")
			}
			t.line(text)
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}
