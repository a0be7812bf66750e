package vtl

import (
	"errors"
	"math/big"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/text/jsontext"
)

// jsonReader decodes JSON into values, members in the order of the text.
type jsonReader struct {
	r    *renderer
	s    string
	pos  int
	tr   *trace // history of s when it has several; then every value gets its part
	deep int
}

var errJSON = errors.New("not valid JSON")

// parseJSON decodes a text. Members inherit the history of the whole unless
// the text is of several origins.
func (r *renderer) parseJSON(s string, t *trace) (value, error) {
	j := jsonReader{r: r, s: s}
	if r.track && t != nil {
		if t = r.changed(t, parsed); t.runs != nil {
			j.tr = t
		}
	}
	j.space()
	v, err := j.value()
	if err != nil {
		return value{}, err
	}
	if j.space(); j.pos != len(s) {
		return value{}, j.fail("text after the value")
	}
	if v.tr == nil && j.tr == nil {
		v.tr = t
	}
	return v, nil
}

func (j *jsonReader) fail(what string) error {
	return errors.New(what + " at byte " + strconv.Itoa(j.pos))
}

func (j *jsonReader) space() {
	j.pos = jsontext.Blanks(j.s, j.pos)
}

func (j *jsonReader) value() (value, error) {
	if !j.r.spend(1) {
		return value{}, errJSON
	}
	if j.pos >= len(j.s) {
		return value{}, j.fail("a value is missing")
	}
	start := j.pos
	switch c := j.s[j.pos]; {
	case c == '{' || c == '[':
		if j.deep++; j.deep > j.r.limits.Depth {
			j.r.bound("Depth", "the JSON is nested too deeply")
			return value{}, errJSON
		}
		var v value
		var err error
		if c == '{' {
			v, err = j.object()
		} else {
			v, err = j.array()
		}
		j.deep--
		return v, err
	case c == '"':
		s, err := j.str()
		v := stringValue(s, nil)
		if j.tr != nil && err == nil {
			v.tr = j.tr.part(start+1, j.pos-1)
			if len(s) != j.pos-start-2 { // escapes moved the bytes
				v.tr = j.r.flat(v.tr).trace()
			}
		}
		return v, err
	case c == '-' || isDigit(c):
		v, err := j.number()
		return j.mark(v, start), err
	}
	for _, word := range [...]struct {
		text string
		v    value
	}{{"true", boolValue(true)}, {"false", boolValue(false)}, {"null", value{}}} {
		if strings.HasPrefix(j.s[j.pos:], word.text) {
			j.pos += len(word.text)
			return j.mark(word.v, start), nil
		}
	}
	return value{}, j.fail("no JSON value")
}

// mark gives a value the history of its text.
func (j *jsonReader) mark(v value, start int) value {
	if j.tr != nil {
		v.tr = j.r.flat(j.tr.part(start, j.pos)).trace()
	}
	return v
}

func (j *jsonReader) object() (value, error) {
	d := &dict{client: true}
	j.pos++
	for j.space(); ; j.space() {
		if j.pos >= len(j.s) {
			return value{}, j.fail("an object is not closed")
		}
		if j.s[j.pos] == '}' && len(d.entries) == 0 {
			break
		}
		if j.s[j.pos] != '"' {
			return value{}, j.fail("a member name is missing")
		}
		start := j.pos
		key, err := j.str()
		if err != nil {
			return value{}, err
		}
		kt := j.mark(value{}, start).tr
		if j.space(); j.pos >= len(j.s) || j.s[j.pos] != ':' {
			return value{}, j.fail("a colon is missing")
		}
		j.pos++
		j.space()
		v, err := j.value()
		if err != nil {
			return value{}, err
		}
		d.put(key, kt, v)
		if j.space(); j.pos < len(j.s) && j.s[j.pos] == ',' {
			j.pos++
			continue
		}
		break
	}
	if j.pos >= len(j.s) || j.s[j.pos] != '}' {
		return value{}, j.fail("an object is not closed")
	}
	j.pos++
	return mapValue(d), nil
}

func (j *jsonReader) array() (value, error) {
	l := &list{style: jsonArray}
	j.pos++
	if j.space(); j.pos < len(j.s) && j.s[j.pos] == ']' {
		j.pos++
		return listValue(l), nil
	}
	for {
		j.space()
		v, err := j.value()
		if err != nil {
			return value{}, err
		}
		l.items = append(l.items, v)
		j.space()
		if j.pos >= len(j.s) || j.s[j.pos] != ',' && j.s[j.pos] != ']' {
			return value{}, j.fail("an array is not closed")
		}
		j.pos++
		if j.s[j.pos-1] == ']' {
			return listValue(l), nil
		}
	}
}

func (j *jsonReader) number() (value, error) {
	start := j.pos
	end, ok := jsontext.Number(j.s, start)
	if j.pos = end; !ok {
		return value{}, j.fail("a number is malformed")
	}
	text := j.s[start:end]
	v := value{}
	if strings.ContainsAny(text, ".eE") {
		f, _ := strconv.ParseFloat(text, 64)
		v = floatValue(f)
	} else if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		v = intValue(n)
	} else {
		if len(text) > 10_000 {
			return value{}, j.fail("a number is too long")
		}
		n, _ := new(big.Int).SetString(text, 10)
		v = bigValue(n)
	}
	v.str = text
	return v, nil
}

func (j *jsonReader) str() (string, error) {
	s, end, fault := jsontext.String(j.s, j.pos, '?') // Java writes half a pair as a question mark
	if j.pos = end; fault != nil {
		return "", j.fail(fault.Reason)
	}
	return s, nil
}

// printJSON appends a value as compact JSON.
func (r *renderer) printJSON(b *builder, v value, depth int) {
	frame := r.changed(v.tr, asJSON)
	switch v.kind {
	case kindNull:
		b.text("null", frame)
	case kindString:
		b.buf = appendJSONString(b.buf, v.str)
		if b.track {
			if v.tr != nil && v.tr.runs != nil {
				frame = r.flat(frame).trace()
			}
			b.cover(frame)
		}
	case kindList:
		l := v.list()
		if r.tooDeep(depth) || !r.spend(1+len(l.items)) {
			return
		}
		b.text("[", frame)
		for i, x := range l.items {
			if i > 0 {
				b.text(",", frame)
			}
			r.printJSON(b, inherit(x, v.tr), depth+1)
		}
		b.text("]", frame)
	case kindMap:
		r.printJSONObject(b, v, frame, depth)
	case kindObject:
		text, _ := r.toText(v)
		r.printJSON(b, text, depth)
	default:
		text := v.scalar()
		if r.sourceNumbers && v.str != "" {
			text = v.str
		}
		b.text(text, frame)
	}
}

func (r *renderer) printJSONObject(b *builder, v value, frame *trace, depth int) {
	d := v.dict()
	if r.tooDeep(depth) || !r.spend(1+len(d.entries)) {
		return
	}
	b.text("{", frame)
	for i := range d.entries {
		e := &d.entries[i]
		if i > 0 {
			b.text(",", frame)
		}
		b.buf = appendJSONString(b.buf, e.key)
		b.buf = append(b.buf, ':')
		key, x := r.entry(d, i, v.tr, b.reference())
		if b.track {
			b.cover(r.flat(r.changed(key, asJSON)).trace())
		}
		r.printJSON(b, x, depth+1)
	}
	b.text("}", frame)
}

// appendJSONString quotes a string with the fewest escapes that JSON allows.
func appendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[start:i]...)
		start = i + 1
		if k := strings.IndexByte("\"\\\b\f\n\r\t", c); k >= 0 {
			dst = append(dst, '\\', `"\bfnrt`[k])
		} else {
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}
