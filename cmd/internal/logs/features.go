package logs

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// mostFeatures bounds how many different ones are counted.
const mostFeatures = 400

// featuresOf are what a call has that others may not have. They are none for a
// call of which headers and body were not logged.
func featuresOf(o *Observation) []string {
	c := &o.Client
	if !c.HasBody || o.Doubtful {
		return nil
	}
	list := []string{}
	add := func(has bool, name string) {
		if has {
			list = append(list, name)
		}
	}
	add(strings.Contains(c.Body, "&"), `body has "&"`)
	add(strings.Contains(c.Body, "%"), `body has "%"`)
	add(strings.Contains(c.Body, "+"), `body has "+"`)
	add(strings.ContainsAny(c.Body, "\n\r"), "body has a line feed")
	add(strings.Contains(c.Body, `\"`), "body has an escaped quote")
	add(!ascii(c.Body), "body has characters beyond ASCII")
	add(c.Body == "", "body is empty")
	if c.Body != "" && !c.CutBody {
		add(!json.Valid([]byte(c.Body)), "body is no JSON")
	}
	add(c.CutBody, "body is longer than the log holds")
	kind := header(c.Headers, "Content-Type")
	if kind == "" && c.HasHeaders && !c.CutHeaders {
		kind = "not sent"
	}
	add(kind != "", "Content-Type is "+kind)
	for _, h := range c.Headers {
		switch lower := strings.ToLower(h.Name); {
		case lower == "content-type", strings.HasPrefix(lower, "x-forwarded-"), strings.HasPrefix(lower, "cloudfront-"), lower == "x-amzn-trace-id":
		default:
			add(true, "header "+lower)
		}
	}
	for _, q := range o.Query {
		add(true, "query parameter "+q.Name)
	}
	return list
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// shared says what all calls of a group have and few of the others, or lack and
// all others have; empty when there is no such thing.
func shared(group, all *tally) string {
	others := all.traced - group.traced
	if group.traced < 2 || others < 1 {
		return ""
	}
	best, rate := "", 0.2
	for _, f := range slices.Sorted(maps.Keys(all.features)) {
		in := group.features[f]
		out := all.features[f] - in
		switch {
		case in == group.traced:
			if r := float64(out) / float64(others); r < rate {
				rate, best = r, fmt.Sprintf("all %d: %s (%d of the %d others)", group.traced, f, out, others)
			}
		case in == 0 && out == others && rate > 0:
			rate, best = 0, fmt.Sprintf("all %d lack what all %d others have: %s", group.traced, others, f)
		}
	}
	return best
}
