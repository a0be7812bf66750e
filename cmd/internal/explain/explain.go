// Package explain ranks what an error text can mean: an answer of SQS in either
// protocol, a message of the AWS CLI or an SDK, an answer of API Gateway, lines
// of an execution log or of a TestInvokeMethod log, whole or cut off. It needs
// no configuration and no credentials; what it says is a list of candidates and
// how to tell them apart, never a diagnosis.
package explain

import (
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

// Cause is one thing that an error text can mean.
type Cause struct {
	Rule  string         `json:"rule,omitempty"` // ID of the rule that finds it; empty when none does
	Code  walk.ErrorCode `json:"code,omitempty"` // the error that it explains; empty for a sentence without a code
	Title string         `json:"title"`          // what is wrong
	Tell  string         `json:"tell"`           // how to tell it from the other causes
	Seen  string         `json:"seen"`           // the words of the text that point to it
}

// MaxText is how much of a text is looked at, in bytes. The rest is ignored.
const MaxText = 1 << 20

// most is how many causes are worth telling.
const most = 8

// Explain ranks the causes of an error text, the likeliest first. Of a log it
// ranks those of the first request that failed. Links go to the given rules only.
// Nothing is returned for a text that says nothing known.
func Explain(text string, rules []diagnose.Rule) []Cause {
	if log := Requests(strings.NewReader(text), rules); len(log.Failed) > 0 {
		return log.Failed[0].Causes
	}
	return rank(read(text), nil, nil, rules)
}

// rank ranks the causes that patterns and rules see in a text, and those of signs
// beside it, without those that are ruled out.
func rank(t text, signs []candidate, ruledOut map[string]bool, rules []diagnose.Rule) []Cause {
	known := map[string]diagnose.Rule{}
	for _, r := range rules {
		known[r.ID] = r
	}
	found := slices.Clone(signs)
	for _, p := range patterns {
		seen, ok := p.match(t)
		if !ok {
			continue
		}
		for i, key := range p.causes {
			found = append(found, candidate{key: key, score: p.weight*100 - i, code: p.code, seen: seen})
		}
	}
	// A rule says itself which codes it explains: what no pattern names comes last.
	for i, code := range t.codes {
		for j, r := range rules {
			if slices.Contains(r.Explains, code) {
				found = append(found, candidate{key: r.ID, score: -1000*i - j, code: code, seen: string(code)})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return b.score - a.score })
	var list []Cause
	told := map[string]bool{}
	for _, c := range found {
		if told[c.key] || ruledOut[c.key] || len(list) == most || found[0].score > precise*100 && c.score <= vague*100 && c.score > 0 {
			continue // what any fault can lead to says nothing beside a text that says exactly what it is
		}
		told[c.key] = true
		cause := Cause{Code: c.code, Seen: c.seen, Title: causes[c.key].title, Tell: causes[c.key].tell}
		if r, ok := known[c.key]; ok {
			cause.Rule = r.ID
			if cause.Title == "" {
				cause.Title = strings.ToLower(r.Title[:1]) + r.Title[1:]
			}
		}
		if cause.Code == "" && len(t.codes) > 0 {
			cause.Code = t.codes[0]
		}
		list = append(list, cause)
	}
	return list
}

// candidate is a cause before the ranking.
type candidate struct {
	key   string // of causes: a rule's ID, or a name of our own
	score int
	code  walk.ErrorCode
	seen  string
}

// Codes lists the error codes that a text names, in their order, each once, in
// the notation of the query protocol.
func Codes(text string) []walk.ErrorCode { return read(text).codes }
