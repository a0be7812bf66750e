package diagnose

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/iam"
	"apisqs-doctor/diagnose/snapshot"
)

// Sureness says how sure a fix is.
type Sureness string

// How sure a fix is, the surest first.
const (
	Sure   Sureness = "sure"   // every request tried delivers the caller's data
	Blank  Sureness = "blank"  // it has a place that only the user can fill
	Choice Sureness = "choice" // it changes what is meant, or loosens something
)

// Sure says how sure the fix is.
func (f *Fix) Sure() Sureness {
	switch {
	case f.Choice != "":
		return Choice
	case f.Blank != "":
		return Blank
	}
	return Sure
}

// Refuses tells whether the fix is meant to let API Gateway refuse calls that have no
// mapping template.
func (f *Fix) Refuses() bool {
	return slices.ContainsFunc(f.Changes, func(c snapshot.Change) bool {
		set, ok := c.(snapshot.SetIntegration)
		return ok && set.Field == snapshot.FieldPassthrough && set.After == "NEVER"
	})
}

// ranked are the fixes in the order in which they are tried: the surest first, and
// no two with the same changes.
func ranked(s *snapshot.Snapshot, fixes []Fix) []Fix {
	var list []Fix
	for _, f := range fixes {
		if !slices.ContainsFunc(list, func(have Fix) bool { return reflect.DeepEqual(have.Changes, f.Changes) }) {
			f.weigh(s)
			list = append(list, f)
		}
	}
	rank := map[Sureness]int{Sure: 0, Blank: 1, Choice: 2}
	slices.SortStableFunc(list, func(a, b Fix) int { return rank[a.Sure()] - rank[b.Sure()] })
	return list
}

// weigh marks a fix as the user's choice where one of its changes loosens
// something that somebody wrote on purpose.
func (f *Fix) weigh(s *snapshot.Snapshot) {
	for _, c := range f.Changes {
		if c, ok := c.(snapshot.SetStatement); ok && f.Choice == "" {
			f.Choice = loosens(s, c)
		}
	}
}

// loosens says what a change of a statement loosens; empty when nothing.
func loosens(s *snapshot.Snapshot, c snapshot.SetStatement) string {
	before, after := statementOf(c.Before), statementOf(c.After)
	switch {
	case strings.EqualFold(before.Effect, "Deny"):
		return "it takes back a Deny that was written for a reason: ask its author"
	case before.Condition != nil && after.Condition == nil && strings.EqualFold(after.Effect, "Allow"):
		return "it takes a condition out, which lets others in too"
	case c.On.Kind == "trust" && before.Effect == "" && trustsOthers(s, c.On.Resource):
		return "the role is trusted by others: API Gateway gets all that they may do with it"
	}
	return ""
}

type statement struct {
	Effect    string
	Condition map[string]any
}

func statementOf(text string) (s statement) {
	if text != "" && json.Unmarshal([]byte(text), &s) != nil {
		return statement{}
	}
	return s
}

// trustsOthers tells whether a role's trust policy lets anybody but API Gateway in.
func trustsOthers(s *snapshot.Snapshot, role string) bool {
	r, ok := s.Role(role).Peek()
	if !ok || r == nil {
		return false
	}
	text, _ := r.Trust.Peek()
	policy, _ := iam.Parse(text)
	if policy == nil {
		return false
	}
	for i := range policy.Statements {
		for _, p := range policy.Statements[i].Principals {
			if policy.Statements[i].Effect == iam.Allow && p.Text != "apigateway.amazonaws.com" {
				return true
			}
		}
	}
	return false
}
