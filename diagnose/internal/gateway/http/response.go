package http

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway/selection"
)

// Replies are the compiled response parameters of an integration: what is changed
// of the answer, by the status that SQS gave.
type Replies struct {
	byStatus map[int][]edit
}

type edit struct {
	action string // overwrite, append or remove
	header string // empty for the status code
	source *selection.Expression
}

// CompileReplies compiles response parameters: by status code, each a destination
// such as overwrite:statuscode with its source. One bad entry makes AWS refuse
// all of them (H19).
func CompileReplies(parameters map[string]map[string]string) (*Replies, []Refusal) {
	r := &Replies{byStatus: map[int][]edit{}}
	var refusals []Refusal
	bad := func(key, value, format string, args ...any) {
		refusals = append(refusals, Refusal{Fault: BadResponseMapping, Parameter: key, Value: value,
			Message: "Invalid response parameters specified: " + fmt.Sprintf(format, args...),
			Reason:  fmt.Sprintf(format, args...)})
	}
	for _, key := range slices.Sorted(maps.Keys(parameters)) {
		status, err := strconv.Atoi(key)
		if err != nil || strconv.Itoa(status) != key || status < 200 || status > 599 {
			bad(key, "", "%q is no status code from 200 to 599", key)
			continue
		}
		for _, destination := range slices.Sorted(maps.Keys(parameters[key])) {
			text := parameters[key][destination]
			action, target, ok := strings.Cut(destination, ":")
			_, header, isHeader := strings.Cut(target, "header.")
			switch {
			case !ok || isHeader && (header == "" || !strings.HasPrefix(target, "header.")) || !isHeader && target != "statuscode",
				action != "overwrite" && !(isHeader && (action == "append" || action == "remove")):
				bad(key, destination, "%q is no destination", destination)
				continue
			case isHeader && reservedHeader(header):
				bad(key, destination, "the header %s is reserved", header)
				continue
			}
			if text == "" && action != "remove" {
				continue // an empty value removes the mapping
			}
			e, err := selection.Parse(text, selection.Grammar{Response: true})
			if err != nil {
				bad(key, text, "%v", err)
				continue
			}
			if static, isStatic := e.Static(); isStatic && !isHeader {
				if code, err := strconv.Atoi(static); err != nil || strconv.Itoa(code) != static || code < 100 || code > 599 {
					bad(key, text, "%q is no status code from 100 to 599", text)
					continue
				}
			}
			r.byStatus[status] = append(r.byStatus[status], edit{action, header, e})
		}
	}
	return r, refusals
}

// Status is the status that the client gets where SQS's answer with this one is
// relayed (H51). It is 0 where a source decides that is not known.
func (r *Replies) Status(status int) int {
	if r == nil {
		return status
	}
	for _, e := range r.byStatus[status] {
		if e.header != "" {
			continue
		}
		text, ok := e.source.Static()
		if !ok {
			return 0
		}
		n, _ := strconv.Atoi(text)
		return n
	}
	return status
}

// Statuses are all statuses that the client may see where SQS answers with
// status: for a refusal API Gateway's own 500 first, which no mapping changes, or
// SQS's as the mappings leave it (H50, H51).
func (r *Replies) Statuses(status int) []int {
	relayed := r.Status(status)
	if status < 400 {
		return []int{relayed}
	}
	list := []int{500}
	if relayed != 500 {
		list = append(list, relayed)
	}
	return list
}
