package report

import (
	"encoding/json"
	"sort"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/lazy"
)

// unread lists what kept the diagnosis from being complete, and the policy
// that would let the doctor read it.
func (t *text) unread(list []snapshot.Gap) {
	if len(list) == 0 {
		return
	}
	t.line("not read: %s", plural(len(list), "fact"))
	for _, g := range list {
		detail := g.Detail
		if detail == "" {
			detail = Where(g.Origin)
		}
		if g.Needs != "" {
			detail += " (needs " + g.Needs + ")"
		}
		t.hang("  "+pad(string(g.Reason), 12), 14, t.clean(detail))
	}
	needs := make([]snapshot.Gap, len(list))
	for i, g := range list {
		needs[i].Needs = t.clean(g.Needs)
	}
	if policy := Policy(needs); policy != "" && !t.run.Examination.Target.Written() {
		what := "it"
		if len(list) > 1 {
			what = "them"
		}
		t.line("  to let the doctor read %s, allow its caller:", what)
		for _, l := range strings.Split(policy, "\n") {
			t.line("    %s", l)
		}
	}
	t.line("")
}

func pad(s string, n int) string { return s + strings.Repeat(" ", max(1, n-len(s))) }

// permission is what a gap needs when it is to be had from IAM.
var permission = lazy.Regexp(`^([a-z0-9-]+:[A-Za-z*]+)(?: on (\S+))?$`)

// Policy is the IAM policy that closes those of the gaps that a permission
// closes, or empty when there is none.
func Policy(gaps []snapshot.Gap) string {
	actions := map[string]map[string]bool{} // by resource
	for _, g := range gaps {
		m := permission.FindStringSubmatch(g.Needs)
		if m == nil {
			continue
		}
		resource := m[2]
		if resource == "" {
			resource = "*"
		}
		if actions[resource] == nil {
			actions[resource] = map[string]bool{}
		}
		actions[resource][m[1]] = true
	}
	if len(actions) == 0 {
		return ""
	}
	type statement struct {
		Effect   string
		Action   []string
		Resource string
	}
	policy := struct {
		Version   string
		Statement []statement
	}{Version: "2012-10-17"}
	for _, resource := range sorted(actions) {
		policy.Statement = append(policy.Statement, statement{"Allow", sorted(actions[resource]), resource})
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if enc.Encode(policy) != nil {
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
