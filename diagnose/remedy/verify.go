package remedy

import (
	"slices"

	"go.yaml.in/yaml/v4"
)

// unharmed tells whether two texts say the same everywhere but below a path. It
// is the last check before an edit is offered: a text in a layout that the
// editor does not know is refused rather than broken.
func unharmed(before, after *yaml.Node, edited []string) bool {
	if len(edited) == 0 {
		return true
	}
	if before.Kind != after.Kind || before.Tag != after.Tag || before.Value != after.Value || before.Anchor != after.Anchor {
		// An empty object may have become a list or a text of its own.
		return empty(before) && len(edited) > 0
	}
	switch before.Kind {
	case yaml.MappingNode:
		return membersUnharmed(before, after, edited)
	case yaml.SequenceNode:
		at, ok := index(edited[0])
		if !ok || len(before.Content) != len(after.Content) {
			return false
		}
		for i, item := range before.Content {
			if i == at && !unharmed(item, after.Content[i], edited[1:]) || i != at && !same(item, after.Content[i]) {
				return false
			}
		}
	}
	return true
}

func membersUnharmed(before, after *yaml.Node, edited []string) bool {
	names := func(n *yaml.Node) []string {
		var list []string
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value != edited[0] {
				list = append(list, n.Content[i].Value)
			}
		}
		return list
	}
	if !slices.Equal(names(before), names(after)) {
		return false
	}
	for i := 0; i+1 < len(before.Content); i += 2 {
		name := before.Content[i].Value
		m := member(after, name)
		switch {
		case name != edited[0]:
			if !same(before.Content[i+1], after.Content[m+1]) {
				return false
			}
		case m >= 0 && !unharmed(before.Content[i+1], after.Content[m+1], edited[1:]):
			return false
		}
	}
	return true
}

// same tells whether two nodes say the same.
func same(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Tag != b.Tag || a.Value != b.Value || a.Anchor != b.Anchor || len(a.Content) != len(b.Content) {
		return false
	}
	for i := range a.Content {
		if !same(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}
