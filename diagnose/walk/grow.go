package walk

import "strings"

// Grow puts a value at the end of a path; a name may end in an index.
func Grow(object map[string]any, names []string, value any) {
	for i, name := range names {
		name, indexed := cutIndex(name)
		if name == "" {
			return
		}
		have, taken := object[name]
		if i == len(names)-1 {
			if indexed {
				value = []any{value}
			}
			if !taken {
				object[name] = value
			}
			return
		}
		next := map[string]any{}
		switch have := have.(type) {
		case map[string]any:
			next = have
		case []any:
			if m, ok := have[0].(map[string]any); ok && indexed {
				next = m
			} else {
				return
			}
		case nil:
			object[name] = any(next)
			if indexed {
				object[name] = []any{next}
			}
		default:
			return
		}
		object = next
	}
}

func cutIndex(name string) (string, bool) {
	base, rest, ok := strings.Cut(name, "[")
	return base, ok && strings.HasSuffix(rest, "]")
}
