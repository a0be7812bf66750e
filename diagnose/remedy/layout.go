package remedy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"apisqs-doctor/diagnose/text/lazy"
)

// entry writes a name and its value, as they stand in a file of that style. The
// first line is not indented, the others are by indent columns and more.
func (s style) entry(name string, value any, indent int) string {
	if s.json {
		return encode(name) + ": " + s.jsonValue(value, indent)
	}
	return s.key(name) + ":" + s.behind(value, indent, s.dash)
}

// behind writes a value behind a colon, with its blank or line break.
func (s style) behind(value any, indent, dash int) string {
	value = s.functions(value)
	switch v := value.(type) {
	case map[string]any:
		if len(v) == 0 {
			return " {}"
		}
		return s.eol + s.pad(indent+s.unit) + s.block(v, indent+s.unit)
	case []any:
		if len(v) == 0 {
			return " []"
		}
		return s.eol + s.pad(indent+dash) + s.block(v, indent+dash)
	}
	return " " + s.scalar(value, indent)
}

// block writes a map or a list, or anything else as it is. The first line is
// not indented.
func (s style) block(value any, indent int) string {
	value = s.functions(value)
	var lines []string
	switch v := value.(type) {
	case map[string]any:
		if len(v) == 0 {
			return "{}"
		}
		for _, name := range ordered(v) {
			lines = append(lines, s.entry(name, v[name], indent))
		}
	case []any:
		if len(v) == 0 {
			return "[]"
		}
		for _, item := range v {
			lines = append(lines, "- "+s.block(item, indent+2))
		}
	default:
		return s.scalar(value, indent)
	}
	return strings.Join(lines, s.eol+s.pad(indent))
}

// item writes an item of a list whose dashes stand at the column.
func (s style) item(value any, column int) string {
	if s.json {
		return s.jsonValue(value, column)
	}
	return "- " + s.block(value, column+2)
}

// flow writes a value on one line.
func (s style) flow(value any) string {
	if s.json {
		return spaced(encode(longForm(value)))
	}
	value = s.functions(value)
	switch v := value.(type) {
	case map[string]any:
		var parts []string
		for _, name := range ordered(v) {
			parts = append(parts, s.flowEntry(name, v[name]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		var parts []string
		for _, item := range v {
			parts = append(parts, s.flow(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case reference:
		return "!" + v.function + " " + s.flow(v.text)
	case string:
		if word.MatchString(v) && !reserved(v) {
			return v
		}
		if strings.ContainsFunc(v, unicode.IsControl) {
			return encode(v)
		}
		return s.quoted(v)
	}
	return fmt.Sprint(value)
}

func (s style) flowEntry(name string, value any) string {
	if s.json {
		return encode(name) + ": " + s.flow(value)
	}
	return s.flow(name) + ": " + s.flow(value)
}

// spaced puts blanks behind the colons and commas of compact JSON.
func spaced(text string) string {
	var b strings.Builder
	inside := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		b.WriteByte(c)
		switch {
		case inside && c == '\\':
			i++
			b.WriteByte(text[i])
		case c == '"':
			inside = !inside
		case !inside && (c == ':' || c == ','):
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func (s style) jsonValue(value any, indent int) string {
	value = longForm(value)
	in := s.eol + s.pad(indent+s.unit)
	var parts []string
	switch v := value.(type) {
	case map[string]any:
		for _, name := range ordered(v) {
			parts = append(parts, in+encode(name)+": "+s.jsonValue(v[name], indent+s.unit))
		}
		if len(parts) > 0 {
			return "{" + strings.Join(parts, ",") + s.eol + s.pad(indent) + "}"
		}
	case []any:
		for _, item := range v {
			parts = append(parts, in+s.jsonValue(item, indent+s.unit))
		}
		if len(parts) > 0 {
			return "[" + strings.Join(parts, ",") + s.eol + s.pad(indent) + "]"
		}
	}
	return encode(value)
}

func (s style) functions(value any) any {
	if r, ok := value.(reference); ok && s.long {
		return longForm(r)
	}
	return value
}

// scalar writes what is no map and no list. A text of several lines becomes a
// block below indent.
func (s style) scalar(value any, indent int) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case reference:
		return "!" + v.function + " " + s.scalar(v.text, indent)
	case string:
		switch {
		case blockable(v) && !s.quotes && !(s.open && strings.HasSuffix(v, "\n")):
			return s.literal(v, indent+s.unit)
		case plain.MatchString(v) && !reserved(v) && !strings.Contains(v, ": ") && !strings.Contains(v, " #") && !strings.HasSuffix(v, ":"):
			return v
		case strings.ContainsFunc(v, unicode.IsControl):
			return encode(v)
		}
		return s.quoted(v)
	}
	return fmt.Sprint(value)
}

// literal writes a text of several lines behind a bar.
func (s style) literal(text string, indent int) string {
	head := "|-"
	if strings.HasSuffix(text, "\n") {
		head, text = "|", strings.TrimSuffix(text, "\n")
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = s.pad(indent) + line
		}
	}
	return head + s.eol + strings.Join(lines, s.eol)
}

// blockable tells whether a text can stand behind a bar as it is.
func blockable(text string) bool {
	trimmed := strings.TrimSuffix(text, "\n")
	return strings.Contains(text, "\n") && trimmed != "" && !strings.HasSuffix(trimmed, "\n") && !strings.HasPrefix(text, " ") && !strings.HasPrefix(text, "\n") &&
		!strings.ContainsFunc(text, func(r rune) bool {
			return unicode.IsControl(r) && r != '\n' || r == '\ufeff' || r == '\u2028' || r == '\u2029'
		})
}

func (s style) quoted(text string) string {
	// The quotes of a mapping expression would all be doubled.
	if s.double || strings.Contains(text, "'") && !strings.ContainsAny(text, `"\\`) {
		return encode(text)
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

func (s style) key(name string) string {
	if plain.MatchString(name) && !reserved(name) && !strings.HasSuffix(name, ":") {
		return name
	}
	return s.quoted(name)
}

var (
	// plain texts mean themselves without quotes, outside brackets; word also inside.
	plain = lazy.Regexp(`^[A-Za-z_/$][A-Za-z0-9_./:$*@+=~-]*$`)
	word  = lazy.Regexp(`^[A-Za-z_/][A-Za-z0-9_./*@-]*$`)
)

// reserved tells whether YAML, of whatever version, reads a word as something
// else than text.
func reserved(text string) bool {
	return slices.Contains([]string{"true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", ".nan", ".inf"}, strings.ToLower(text))
}

// pad indents by n columns, a tab counting as one.
func (s style) pad(n int) string {
	if s.tabs {
		return strings.Repeat("\t", max(n, 0))
	}
	return spaces(n)
}

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }

// jsonEqual tells whether two values of JSON are the same.
func jsonEqual(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}
