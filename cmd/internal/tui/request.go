package tui

import (
	"fmt"
	"net/url"
	"strings"

	"apisqs-doctor/cmd/internal/secret"
	"apisqs-doctor/diagnose/walk"
)

// target is the path of a request with its query string.
func target(r *walk.Request) string {
	s := r.Path
	for i, q := range r.Query {
		sep := "&"
		if i == 0 {
			sep = "?"
		}
		s += sep + url.QueryEscape(q.Name) + "=" + url.QueryEscape(q.Value)
	}
	return s
}

// call is what a request asks for: a method and a path, or a WebSocket route.
func call(r *walk.Request) string {
	if r.Route != "" {
		return "route " + r.Route
	}
	return r.Method + " " + target(r)
}

// format writes a request the way HTTP does: a line with method and path, the
// headers, an empty line and the body. It is what people edit.
func format(r *walk.Request) string {
	var b strings.Builder
	b.WriteString(r.Method + " " + target(r) + "\n")
	for _, h := range r.Headers {
		b.WriteString(h.Name + ": " + h.Value + "\n")
	}
	b.WriteString("\n" + r.Body)
	return b.String()
}

// parse reads what format wrote and somebody has edited. What the text does
// not hold, such as the API and the stage, comes from base.
func parse(text string, base *walk.Request) (walk.Request, error) {
	r := walk.Request{API: base.API, Stage: base.Stage, Route: base.Route}
	first, rest, _ := strings.Cut(text, "\n")
	method, path, ok := strings.Cut(strings.TrimSpace(first), " ")
	path = strings.TrimSpace(path)
	if !ok || !strings.HasPrefix(path, "/") || strings.ContainsAny(method, "/:") {
		return r, fmt.Errorf("line 1: expected a method and a path, such as POST /orders")
	}
	r.Method = strings.ToUpper(method)
	path, query, _ := strings.Cut(path, "?")
	r.Path = path
	for _, pair := range strings.Split(query, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		n, err := url.QueryUnescape(name)
		if err != nil {
			return r, fmt.Errorf("line 1: %w", err)
		}
		v, err := url.QueryUnescape(value)
		if err != nil {
			return r, fmt.Errorf("line 1: %w", err)
		}
		r.Query = append(r.Query, walk.Header{Name: n, Value: v})
	}
	for n := 2; rest != ""; n++ {
		var l string
		l, rest, ok = strings.Cut(rest, "\n")
		l = strings.TrimSuffix(l, "\r")
		if l == "" {
			r.Body = rest
			break
		}
		name, value, colon := strings.Cut(l, ":")
		if name = strings.TrimSpace(name); !colon || name == "" || strings.ContainsAny(name, " \t") {
			return r, fmt.Errorf("line %d: expected Name: value, or an empty line before the body", n)
		}
		r.Headers = append(r.Headers, walk.Header{Name: name, Value: strings.TrimSpace(value)})
		if !ok {
			break
		}
	}
	return r, nil
}

// longestArgument is how many bytes of a body stand in a command line.
const longestArgument = 1000

// flags are the flags of the command line that diagnoses the request.
func flags(r *walk.Request) string {
	if r == nil {
		return ""
	}
	s := ""
	if r.Stage != "" {
		s += " --stage " + quote(r.Stage)
	}
	if r.Route != "" {
		return s // the command line has no flag for a route
	}
	if len(r.Body) > longestArgument || strings.HasPrefix(r.Body, "@") || strings.ContainsRune(r.Body, 0) {
		return s + " --request call.json"
	}
	s += " --method " + quote(r.Method+" "+target(r))
	hasType := false
	for _, h := range r.Headers {
		value := h.Value
		if !secret.Shown(h) {
			value = "..."
		}
		if isType := strings.EqualFold(h.Name, "Content-Type"); isType {
			hasType = true
			if value == "application/json" { // what the command line sends by itself
				continue
			}
		}
		s += " --header " + quote(h.Name+": "+value)
	}
	if !hasType {
		s += " --header 'Content-Type:'"
	}
	return s + " --body " + quote(r.Body)
}

// methodFlags are the flags of the command line that diagnoses one method with
// the doctor's own request.
func methodFlags(r *walk.Request) string {
	s := ""
	if r.Stage != "" {
		s += " --stage " + quote(r.Stage)
	}
	if r.Route != "" {
		return s
	}
	return s + " --method " + quote(r.Method+" "+r.Path)
}

// quote makes s one word for a POSIX shell.
func quote(s string) string {
	plain := s != "" && strings.IndexFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@%+,=", r))
	}) < 0
	switch {
	case plain:
		return s
	case !strings.ContainsAny(s, "\"$`\\!\n"):
		return `"` + s + `"`
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
