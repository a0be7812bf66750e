package cli

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose/text"
)

// closest returns the candidate that the word was most likely meant to be, or
// nothing when none is near.
func closest(word string, candidates []string) string {
	best, at := "", 1+min(4, max(1, len(word)/3))
	for _, c := range candidates {
		d := text.Distance(strings.ToLower(word), strings.ToLower(c))
		if len(word) > 2 && strings.HasPrefix(strings.ToLower(c), strings.ToLower(word)) {
			d = min(d, 1)
		}
		if d < at {
			best, at = c, d
		}
	}
	return best
}

// didYouMean asks whether the closest candidate was meant, or else lists all.
func didYouMean(word string, candidates []string) string {
	if best := closest(word, candidates); best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	return "expected one of " + oneLine(strings.Join(candidates, ", "))
}
