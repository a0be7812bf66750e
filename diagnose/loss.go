package diagnose

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/vtl"
	"apisqs-doctor/diagnose/walk"
)

// loses tells whether a change takes away what the message should hold: a value
// of the request that the template puts into it, or all content where the call was
// refused before.
func loses(before, after *walk.Trace) bool {
	if before.Mapping.Rendered == nil || after.Mapping.Rendered == nil {
		return false
	}
	had, has := carried(before), carried(after)
	for source, values := range had {
		for _, v := range values {
			if !slices.ContainsFunc(has[source], func(w string) bool { return strings.Contains(w, v) }) {
				return true
			}
		}
	}
	if before.FirstFailure() == nil || before.Request.Body != "" || len(after.Queue.Messages) == 0 {
		return false
	}
	empty := func(m walk.Message) bool { return m.Body == "" || m.Body == "{}" }
	return !slices.ContainsFunc(after.Queue.Messages, func(m walk.Message) bool { return !empty(m) }) && len(had) == 0 && len(has["body"]) > 0
}

// carried are the client's values that the rendered template puts into messages,
// decoded, by what was read ("body", "header:X", "query:x", "path:x").
func carried(t *walk.Trace) map[string][]string {
	values := map[string][]string{}
	body := string(t.Mapping.Body)
	for _, span := range t.Mapping.Spans {
		if span.Origin != vtl.OriginClient || span.JavaMap || span.Start == span.End || !inMessage(t, body, span.Start) {
			continue
		}
		text := decoded(body[span.Start:span.End], span)
		for _, source := range span.Source {
			values[source] = append(values[source], text)
		}
	}
	return values
}

// inMessage tells whether a place of the body belongs to a message and not to
// what selects the operation or the queue.
func inMessage(t *walk.Trace, body string, at int) bool {
	if t.Protocol.Protocol == "json" {
		return true
	}
	name := body[strings.LastIndexByte(body[:at], '&')+1:]
	name, _, _ = strings.Cut(name, "=")
	return strings.Contains(name, "Message")
}

// decoded undoes the encodings that a text went through.
func decoded(text string, span vtl.Span) string {
	for range span.URLEncoded {
		if plain, err := url.QueryUnescape(text); err == nil {
			text = plain
		}
	}
	for range span.Base64 {
		if plain, err := base64.StdEncoding.DecodeString(text); err == nil {
			text = string(plain)
		}
	}
	for range span.JSONEscaped {
		var plain string
		if json.Unmarshal([]byte(`"`+strings.ReplaceAll(text, `\'`, "'")+`"`), &plain) == nil {
			text = plain
		}
	}
	return text
}
