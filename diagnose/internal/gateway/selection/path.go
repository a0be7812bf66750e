package selection

import (
	"strconv"
	"strings"
)

// step is one step of a JSON path: a member's name, or an index.
type step struct {
	name  string
	index int // -1 for a name
}

// readPath reads the subset of JSON paths that the documentation describes:
// names, dots and indexes (H21). never tells what is documented not to work,
// unknown what no evidence settles.
func readPath(text string) (steps []step, never, unknown string) {
	switch {
	case strings.Contains(text, ".."):
		return nil, "recursive descent (..) is not supported in a JSON path", ""
	case strings.Contains(text, "?("):
		return nil, "filter expressions are not supported in a JSON path", ""
	case strings.ContainsAny(text, "*:,'\"()@$?"):
		return nil, "", "whether this JSON path is supported is not documented"
	}
	rest := text
	if rest[0] == '[' {
		unknown = "whether an index may follow the body directly is not documented"
	}
	for first := true; rest != ""; first = false {
		if rest[0] == '[' {
			digits, after, closed := strings.Cut(rest[1:], "]")
			n, err := strconv.Atoi(digits)
			if !closed || err != nil || n < 0 || strings.Trim(digits, "0123456789") != "" {
				return nil, "", "whether this JSON path is supported is not documented"
			}
			steps = append(steps, step{index: n})
			rest = after
			continue
		}
		if !first {
			if rest[0] != '.' {
				return nil, "", "whether this JSON path is supported is not documented"
			}
			rest = rest[1:]
		}
		n := strings.IndexAny(rest, ".[")
		if n < 0 {
			n = len(rest)
		}
		if n == 0 {
			return nil, "a JSON path ends in a dot", ""
		}
		steps = append(steps, step{name: rest[:n], index: -1})
		rest = rest[n:]
	}
	return steps, "", unknown
}
