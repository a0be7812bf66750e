package logs

import (
	"strings"
)

// Entries are the lines of an execution log of one request, in their order,
// without times and ids. One goes on over several lines of text where data in it does.
type Entries []string

// all are the rests of the entries that begin with the label.
func (l Entries) all(label string) []string {
	var list []string
	for _, e := range l {
		if rest, ok := strings.CutPrefix(e, label); ok {
			list = append(list, rest)
		}
	}
	return list
}

// only is the rest of the one entry that begins with the label. Of two, nobody
// knows which is API Gateway's.
func (l Entries) only(label string) (string, bool) {
	if list := l.all(label); len(list) == 1 {
		return list[0], true
	}
	return "", false
}

// Complete tells whether the log goes on to its end.
func (l Entries) Complete() bool { return len(l.all(completed)) > 0 || len(l.all(gatewayAnswer)) > 0 }

// telling are the entries that say how a request went and hold nothing that the
// client sent. Everything else is shown on request only.
var telling = []string{received, sending, answerBody, completed, gatewayAnswer, "Execution failed", succeeded, "Request body does not match model schema",
	keyRefused, unauthorized, throttled, quotaExceeded}

// Telling are the entries that say how the request went, and how many are left out.
// SQS's answer is among them when SQS refused, and the address without its query.
func (l Entries) Telling(refused bool) (list []string, hidden int) {
	for _, entry := range l {
		show := false
		for _, label := range telling {
			show = show || strings.HasPrefix(entry, label) && (label != answerBody || refused)
		}
		if !show {
			hidden++
			continue
		}
		list = append(list, shortened(entry))
	}
	return list, hidden
}

// longest is how many characters of a telling entry are shown.
const longest = 600

// shortened is a telling entry as it is shown: without the query of an address.
func shortened(entry string) string {
	if address, _, ok := strings.Cut(entry, "?"); ok && strings.HasPrefix(entry, sending) {
		entry = address + "?..."
	}
	if r := []rune(entry); len(r) > longest {
		entry = string(r[:longest]) + " … (cut)"
	}
	return entry
}
