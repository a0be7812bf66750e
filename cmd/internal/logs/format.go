package logs

import (
	"fmt"
	"strings"
)

// format is a $context format of an access log, cut into literals and variables
// so that lines can be read back (L46).
type format struct {
	parts []formatPart
}

// formatPart is a variable with the literal behind it. The first has no variable.
type formatPart struct {
	name    string
	fits    func(string) bool // nil when the value can be anything
	literal string
}

// FormatError says why lines of a format cannot be told apart.
type FormatError struct{ Format, Why string }

func (e *FormatError) Error() string {
	return fmt.Sprintf("the access log's format cannot be read back: %s", e.Why)
}

func compileFormat(text string) (*format, error) {
	text = strings.TrimRight(text, "\r\n")
	text = strings.TrimSuffix(text, `\n`)
	f := &format{}
	part := formatPart{}
	for text != "" {
		i := strings.Index(text, "$context.")
		if i < 0 {
			part.literal += text
			break
		}
		part.literal += text[:i]
		name := variableName(text[i+len("$context."):])
		if name == "" {
			part.literal += "$context."
			text = text[i+len("$context."):]
			continue
		}
		if part.name != "" && part.literal == "" {
			return nil, &FormatError{text, fmt.Sprintf("nothing stands between $context.%s and $context.%s", part.name, name)}
		}
		f.parts = append(f.parts, part)
		part = formatPart{name: name, fits: fitOf(name)}
		text = text[i+len("$context.")+len(name):]
	}
	f.parts = append(f.parts, part)
	if len(f.parts) < 2 {
		return nil, &FormatError{text, "it holds no $context variable"}
	}
	return f, nil
}

// variableName is the longest dotted name that the text begins with.
func variableName(s string) string {
	n := 0
	for n < len(s) {
		c := s[n]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' {
			n++
			continue
		}
		if c == '.' && n > 0 && n+1 < len(s) && isToken(s[n+1]) && s[n+1] != '.' && s[n+1] != '-' {
			n++
			continue
		}
		break
	}
	return s[:n]
}

// fitOf is the form of a variable's values, each of which can be a dash.
func fitOf(name string) func(string) bool {
	switch name {
	case "status", "integration.status", "integrationStatus", "integration.integrationStatus", "integration.latency", "integrationLatency", "responseLatency", "responseLength", "requestTimeEpoch", "wafResponseCode", "authorizer.status":
		return func(s string) bool { return strings.Trim(s, "0123456789") == "" }
	case "requestId", "extendedRequestId", "httpMethod", "awsEndpointRequestId", "integration.requestId", "apiId", "stage", "protocol":
		return func(s string) bool { return !strings.ContainsAny(s, " \t\",") }
	case "requestTime":
		return func(s string) bool { return len(s) >= 20 && s[2] == '/' && s[6] == '/' && strings.Count(s, ":") == 3 }
	}
	return nil
}

// attempts bounds the work on one line.
const attempts = 2000

// read finds the values of the variables in a line: the shortest that fit.
func (f *format) read(line string) (map[string]string, bool) {
	if !strings.HasPrefix(line, f.parts[0].literal) {
		return nil, false
	}
	ends := make([]int, len(f.parts))
	starts := make([]int, len(f.parts))
	at, left := len(f.parts[0].literal), attempts
	if !f.match(line, at, 1, starts, ends, &left) {
		return nil, false
	}
	values := make(map[string]string, len(f.parts))
	for i := 1; i < len(f.parts); i++ {
		name := f.parts[i].name
		if alias, ok := aliases[name]; ok {
			name = alias
		}
		if v := line[starts[i]:ends[i]]; values[name] == "" || values[name] == "-" {
			values[name] = v
		}
	}
	return values, true
}

func (f *format) match(line string, at, i int, starts, ends []int, left *int) bool {
	if i == len(f.parts) {
		return at == len(line)
	}
	p := &f.parts[i]
	starts[i] = at
	try := func(end, next int) bool {
		value := line[at:end]
		if p.fits != nil && value != "-" && (value == "" || !p.fits(value)) {
			return false
		}
		ends[i] = end
		return f.match(line, next, i+1, starts, ends, left)
	}
	last := i == len(f.parts)-1
	if last {
		end, ok := strings.CutSuffix(line[at:], p.literal)
		return ok && try(at+len(end), len(line))
	}
	for from := at; ; {
		if *left--; *left < 0 {
			return false
		}
		n := strings.Index(line[from:], p.literal)
		if n < 0 {
			return false
		}
		if try(from+n, from+n+len(p.literal)) {
			return true
		}
		from += n + 1
	}
}
