package probe

import (
	"regexp"
	"strings"
)

// Log is the execution log of a test (T120), entry by entry, without the times.
// An entry goes on over several lines where a body in it does.
type Log []string

// Labels of entries that hold data.
const (
	requestBody  = "Method request body before transformations: "
	endpointBody = "Endpoint request body after transformations: "
	responseBody = "Endpoint response body before transformations: "
	received     = "Received response."
	sending      = "Sending request to "
	address      = "Endpoint request URI: "
	completed    = "Method completed with status: "
)

var stamp = regexp.MustCompile(`(?m)^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [A-Z]{1,5} \d{4} : `)

// oneLine keeps what stands in a body from beginning a line.
var oneLine = strings.NewReplacer("\n", `\n`, "\r", `\r`)

// Read splits a log into its entries. Nothing in the body that was sent is read
// as one.
func Read(text, body string) Log {
	if body != "" {
		for _, label := range []string{requestBody, endpointBody} {
			text = strings.Replace(text, label+body, label+oneLine.Replace(body), 1)
		}
	}
	marks := stamp.FindAllStringIndex(text, -1)
	var log Log
	for i, mark := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		log = append(log, strings.TrimRight(text[mark[1]:end], "\r\n"))
	}
	return log
}

// all are the rests of the entries that begin with the label.
func (l Log) all(label string) []string {
	var list []string
	for _, entry := range l {
		if rest, ok := strings.CutPrefix(entry, label); ok {
			list = append(list, rest)
		}
	}
	return list
}

// Complete tells whether the log goes on to its end.
func (l Log) Complete() bool { return len(l.all(completed)) > 0 }

// telling are the entries that say how a test went and hold nothing that the
// client sent. Everything else is shown on request only.
var telling = []string{received, sending, responseBody, completed, "Execution failed", "Successfully completed execution", "Request body does not match model schema"}

// Telling are the entries that say how the test went, and how many are left out.
// SQS's answer is among them when SQS refused, and the address without its query.
func (l Log) Telling(refused bool) (list []string, hidden int) {
	for _, entry := range l {
		show := false
		for _, label := range telling {
			show = show || strings.HasPrefix(entry, label) && (label != responseBody || refused)
		}
		if !show {
			hidden++
			continue
		}
		if address, _, ok := strings.Cut(entry, "?"); ok && strings.HasPrefix(entry, sending) {
			entry = address + "?..."
		}
		if r := []rune(entry); len(r) > longest {
			entry = string(r[:longest]) + " … (cut)"
		}
		list = append(list, entry)
	}
	return list, hidden
}

// longest is how many characters of a telling entry are shown.
const longest = 600

// All are all entries. Credentials in lists of headers and parameters are left out.
func (l Log) All() []string {
	list := make([]string, len(l))
	for i, entry := range l {
		label, rest, ok := strings.Cut(entry, ": {")
		switch {
		case ok && parameters.MatchString(label):
			list[i] = label + ": {" + mask(rest)
		case strings.HasPrefix(entry, sending) || strings.HasPrefix(entry, address):
			list[i] = inQuery.ReplaceAllString(entry, "$1(hidden)")
		default:
			list[i] = entry
		}
	}
	return list
}

var (
	parameters = regexp.MustCompile(`^(Method|Endpoint) (request|response) (headers|query string|path)$`)
	parameter  = regexp.MustCompile(`(?:^ ?|, )([\w.-]+)=`)
	// What may let somebody in. An Authorization header is a list itself.
	credential = regexp.MustCompile(`(?i)` + credentials)
	inQuery    = regexp.MustCompile(`(?i)([?&][^=&]*(?:` + credentials + `)[^=&]*=)[^&]*`)
)

const credentials = `auth|token|secret|passw|key|cookie|session|credential|sign`

// mask replaces the values of credentials in a list that is printed as
// "a=b, c=d}" and that may be cut anywhere (T122).
func mask(list string) string {
	marks := parameter.FindAllStringSubmatchIndex(list, -1)
	var b strings.Builder
	at := 0
	for i, m := range marks {
		end := len(list)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		b.WriteString(list[at:m[1]])
		at = m[1]
		if credential.MatchString(list[m[2]:m[3]]) {
			b.WriteString("(hidden)")
			if at = end; end == len(list) && strings.HasSuffix(list, "}") {
				b.WriteString("}")
			}
		}
	}
	return b.String() + list[at:]
}
