package rest

import (
	"regexp"
	"strconv"
	"strings"
)

// Pattern is a compiled selection pattern of an integration response.
type Pattern struct {
	Text string
	hits *[600]bool // the statuses that match, found once; nil when the pattern cannot be evaluated
}

// CompilePattern compiles a selection pattern. Patterns are Java regular
// expressions; one that cannot be expressed here gives an error, and what it
// matches is then not known. The empty pattern is the default response and
// matches nothing by itself.
func CompilePattern(text string) (Pattern, error) {
	p := Pattern{Text: text}
	body := text
	var unwelcome *regexp.Regexp // what the status must not begin with: (?!...) at the start
	if unwanted, rest, ok := lookahead(body); ok {
		not, err := regexp.Compile(`^(?:` + unwanted + `)`)
		if err != nil {
			return p, err
		}
		unwelcome, body = not, rest
	}
	// The whole status has to match (T92: documented, not recorded apart). A dot
	// does not meet a line feed, as in Java.
	re, err := regexp.Compile(`^(?:` + body + `)$`)
	if err != nil {
		return p, err
	}
	p.hits = new([600]bool)
	for status := 100; status < len(p.hits); status++ {
		text := strconv.Itoa(status)
		p.hits[status] = re.MatchString(text) && (unwelcome == nil || !unwelcome.MatchString(text))
	}
	return p, nil
}

// lookahead takes a leading (?!...) apart, which Go's expressions lack and
// patterns copied from Lambda integrations often have.
func lookahead(text string) (unwanted, rest string, ok bool) {
	inner, ok := strings.CutPrefix(strings.TrimPrefix(text, "^"), "(?!")
	if !ok {
		return "", "", false
	}
	depth, class := 1, false
	for i := 0; i < len(inner); i++ {
		switch inner[i] {
		case '\\':
			i++
		case '[':
			class = true
		case ']':
			class = false
		case '(':
			if !class {
				depth++
			}
		case ')':
			if !class {
				depth--
			}
			if depth == 0 {
				// In an alternation it would bind one branch only.
				return inner[:i], inner[i+1:], !strings.Contains(inner[i:], "|")
			}
		}
	}
	return "", "", false
}

// Matches tells whether the pattern selects the back end's HTTP status (T90).
func (p Pattern) Matches(status int) bool {
	return p.hits != nil && status >= 0 && status < len(p.hits) && p.hits[status]
}

// Valid tells whether the doctor can evaluate the pattern.
func (p Pattern) Valid() bool { return p.hits != nil }

// Selection is the integration response that answers a back-end status.
type Selection struct {
	Index   int // of the chosen response; -1 when none fits
	Default bool
	Others  []int // further responses whose pattern matches; which of them wins is not documented
}

// Select picks the integration response for a back-end status: a pattern that
// matches, else the default, which has no pattern (T90 to T93). Of two patterns
// that match the first one is taken; T92 fits that and the order of statuses.
func Select(status int, patterns []Pattern) Selection {
	fallback := -1
	chosen := Selection{Index: -1}
	for i, p := range patterns {
		switch {
		case p.Text == "":
			if fallback < 0 {
				fallback = i
			}
		case !p.Matches(status):
		case chosen.Index < 0:
			chosen.Index = i
		default:
			chosen.Others = append(chosen.Others, i)
		}
	}
	if chosen.Index < 0 {
		return Selection{Index: fallback, Default: fallback >= 0}
	}
	return chosen
}
