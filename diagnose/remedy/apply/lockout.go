package apply

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
)

// administration is what an administrator of a key must go on being able to do:
// with it everything else can be put right again.
const administration = "kms:putkeypolicy"

// lockedOut names an administrator whom a new key policy would keep from
// administering the key, or "". KMS itself protects the caller alone. A policy
// that cannot be read as JSON counts as one without administrators.
func lockedOut(before, after string) string {
	allowedBefore, deniedBefore := administrators(before)
	allowed, denied := administrators(after)
	for _, who := range allowedBefore {
		if !slices.Contains(allowed, who) && !slices.Contains(allowed, "*") {
			return who
		}
	}
	for _, who := range denied {
		if !slices.Contains(deniedBefore, who) {
			return who
		}
	}
	return ""
}

// administrators lists the principals whom a key policy allows or denies to
// change it, in whatever circumstances.
func administrators(policy string) (allowed, denied []string) {
	var doc struct{ Statement json.RawMessage }
	if json.Unmarshal([]byte(policy), &doc) != nil {
		return nil, nil
	}
	var list []map[string]any
	if json.Unmarshal(doc.Statement, &list) != nil {
		var single map[string]any
		if json.Unmarshal(doc.Statement, &single) != nil {
			return nil, nil
		}
		list = []map[string]any{single}
	}
	for _, st := range list {
		if !covers(st) {
			continue
		}
		who := principals(st["Principal"])
		if st["NotPrincipal"] != nil {
			who = append(who, "everybody but "+strings.Join(principals(st["NotPrincipal"]), ", "))
		}
		if st["Effect"] == "Deny" {
			denied = append(denied, who...)
		} else if st["Condition"] == nil {
			allowed = append(allowed, who...)
		}
	}
	return allowed, denied
}

// covers tells whether a statement is about changing the policy.
func covers(st map[string]any) bool {
	matches := func(v any) bool {
		return slices.ContainsFunc(texts(v), func(pattern string) bool {
			ok, err := path.Match(strings.ToLower(pattern), administration)
			return ok && err == nil
		})
	}
	if st["NotAction"] != nil {
		return !matches(st["NotAction"])
	}
	return matches(st["Action"])
}

func principals(v any) []string {
	if m, ok := v.(map[string]any); ok {
		var list []string
		for _, kind := range m {
			list = append(list, texts(kind)...)
		}
		slices.Sort(list)
		return list
	}
	return texts(v)
}

func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var list []string
		for _, item := range v {
			if s, ok := item.(string); ok {
				list = append(list, s)
			}
		}
		return list
	}
	return nil
}
