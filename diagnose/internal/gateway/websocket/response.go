package websocket

import (
	"regexp"
	"strconv"
	"strings"
)

// Responses chooses the integration response for the service's status. It is
// compiled once for the keys of an integration's responses: $default, or /regex/
// (H103; that a service's status is matched as for HTTP is inferred).
type Responses struct {
	patterns []*regexp.Regexp
	rest     int // $default, -1 for none
}

// CompileResponses compiles the keys. bad lists those that cannot be evaluated
// here.
func CompileResponses(keys []string) (r *Responses, bad []string) {
	r = &Responses{patterns: make([]*regexp.Regexp, len(keys)), rest: -1}
	for i, key := range keys {
		if key == Default || key == "" {
			r.rest = i
			continue
		}
		text := key
		if len(key) > 1 && strings.HasPrefix(key, "/") && strings.HasSuffix(key, "/") {
			text = key[1 : len(key)-1]
		}
		re, err := regexp.Compile(`^(?:` + text + `)$`)
		if err != nil {
			bad = append(bad, key)
			continue
		}
		r.patterns[i] = re
	}
	return r, bad
}

// Choose gives the index of the response for a status of the service; -1 where
// none fits and there is no $default.
func (r *Responses) Choose(status int) int {
	text := strconv.Itoa(status)
	for i, re := range r.patterns {
		if re != nil && re.MatchString(text) {
			return i
		}
	}
	return r.rest
}
