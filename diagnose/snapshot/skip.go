package snapshot

import (
	"fmt"
	"time"
)

// Skip says that the findings of a rule are known and do not fail a run, as the
// Metadata of a template or a comment in Terraform states it. It is no fact about the configuration: a
// diagnosis does not look at it.
type Skip struct {
	Rule   string `json:"rule"`             // ID of the rule
	Reason string `json:"reason"`           // why its findings are accepted, in somebody's own words
	Until  string `json:"until,omitempty"`  // YYYY-MM-DD, the last day on which it holds; empty for ever
	Method string `json:"method,omitempty"` // "POST /orders" or "/orders"; empty for all
	// Origin is where the skip stands. It speaks for the resource, or for
	// everything that stands in the file when there is no resource.
	Origin Origin `json:"origin,omitzero"`
}

// Fault names the first member of a skip that cannot be used and says why; both
// are empty when there is none. Whether there is such a rule is not looked at.
func (s Skip) Fault() (member, problem string) {
	switch {
	case s.Rule == "":
		return "rule", `the skip names no "rule"`
	case s.Reason == "":
		return "reason", fmt.Sprintf(`the skip of %q needs a "reason"`, s.Rule)
	case s.Until == "":
		return "", ""
	}
	if _, err := time.Parse(time.DateOnly, s.Until); err != nil {
		return "until", fmt.Sprintf(`"until" is %q, expected a date such as 2027-03-31`, s.Until)
	}
	return "", ""
}
