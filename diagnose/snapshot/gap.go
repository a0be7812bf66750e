package snapshot

import "strings"

// Origin is the place of a value: a resource and the path of the property in
// it, and the file and line when it was read from a file.
type Origin struct {
	Resource string `json:"resource,omitempty"` // ARN, control-plane path or logical id
	Path     string `json:"path,omitempty"`     // property inside the resource
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`   // 1-based; 0 when unknown
	Column   int    `json:"column,omitempty"` // 1-based; 0 when unknown
}

// StandardInput is the File of what was read from the standard input.
const StandardInput = "standard input"

// At returns the origin of a property below o.
func (o Origin) At(path string) Origin {
	switch {
	case o.Path == "" || strings.HasPrefix(path, "["):
		o.Path += path
	default:
		o.Path += "." + path
	}
	return o
}

// Reason says why a value is not known.
type Reason string

// The reasons, as they stand in snapshots and reports.
const (
	NotRead    Reason = "not-read"    // the source did not ask for it
	Denied     Reason = "denied"      // the call that reads it was refused
	Failed     Reason = "failed"      // the call that reads it failed otherwise
	Unresolved Reason = "unresolved"  // an expression of a template that has no value before deployment
	Unparsed   Reason = "unparsed"    // it was read and could not be understood
	Blocked    Reason = "blocked"     // an earlier stage of the walk did not produce it
	Crashed    Reason = "crashed"     // the check that needed it failed in the doctor itself
	Unverified Reason = "unverified"  // AWS's behaviour is not documented and was not recorded
	NotCovered Reason = "not-covered" // the doctor does not model this yet
)

var reasons = []Reason{NotRead, Denied, Failed, Unresolved, Unparsed, Blocked, Crashed, Unverified, NotCovered}

func (r Reason) valid() bool {
	for _, known := range reasons {
		if r == known {
			return true
		}
	}
	return false
}

func reasonList() string {
	names := make([]string, len(reasons))
	for i, r := range reasons {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}

// Gap is a value that is missing, and what it would take to have it.
type Gap struct {
	Reason Reason `json:"reason"`
	Detail string `json:"detail,omitempty"` // what is missing, in a sentence
	Needs  string `json:"needs,omitempty"`  // a permission ("iam:GetRole on arn:...") or a flag ("--account-id")
	Origin Origin `json:"origin,omitzero"`
}

// Gaps collects the gaps that a derivation met, each once, in order.
// The nil *Gaps may be read from but not added to.
type Gaps struct {
	list []Gap
}

// Add records a gap unless it is there already.
func (g *Gaps) Add(gap Gap) {
	for _, have := range g.list {
		if have == gap {
			return
		}
	}
	g.list = append(g.list, gap)
}

// Append records every gap of list.
func (g *Gaps) Append(list []Gap) {
	for _, gap := range list {
		g.Add(gap)
	}
}

// List returns the gaps in the order they were met.
func (g *Gaps) List() []Gap {
	if g == nil {
		return nil
	}
	return g.list
}

// Any tells whether a gap was recorded.
func (g *Gaps) Any() bool { return g != nil && len(g.list) > 0 }
