package cloudformation

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// metadataKey is the member of a Metadata that is meant for the doctor.
const metadataKey = "apisqs-doctor"

// maxSkips bounds what aliases and loops can multiply.
const maxSkips = 10_000

// readSkips takes down the findings that the template says are known, in its own
// Metadata and in that of each resource that is created.
func (b *builder) readSkips(s *stack) {
	b.out.Skips = append(b.out.Skips, s.world.skipsIn(s.metadata)...)
	for _, r := range s.order {
		list := s.world.skipsIn(r.body.get("Metadata"))
		if s.world.err != nil {
			return
		}
		if len(list) == 0 || s.exists(r) == no {
			continue
		}
		for i := range list {
			list[i].Origin.Resource = s.resourceName(r.id)
		}
		b.out.Skips = append(b.out.Skips, list...)
		if len(b.out.Skips) > maxSkips {
			s.world.fail(r.at, fmt.Sprintf("more than %d skips", maxSkips), "")
			return
		}
	}
}

// skipsIn reads the doctor's member of a Metadata. Everything in it is plain: a
// skip has to mean the same whatever the parameters of the deployment are.
func (w *world) skipsIn(metadata *node) []snapshot.Skip {
	own := w.plainMembers(metadata.get(metadataKey), metadataKey, "skips")["skips"]
	switch {
	case own == nil || own.kind == kindNull:
		return nil
	case own.kind != kindList:
		w.fail(own.at, `"skips" is `+written(own), `a list, each item with "rule" and "reason"`)
		return nil
	}
	var list []snapshot.Skip
	for _, in := range own.items[:min(len(own.items), maxSkips+1)] {
		list = append(list, w.skipOf(in))
	}
	return list
}

func (w *world) skipOf(n *node) snapshot.Skip {
	skip := snapshot.Skip{Origin: originAt(n.at)}
	if n.kind == kindNull {
		w.fail(n.at, "a skip is nothing", `an object with "rule" and "reason"`)
		return skip
	}
	members := w.plainMembers(n, "a skip", "rule", "reason", "until", "method")
	skip.Rule, skip.Reason = w.plainText(members, "rule"), w.plainText(members, "reason")
	skip.Until, skip.Method = w.plainText(members, "until"), w.plainText(members, "method")
	if member, problem := skip.Fault(); problem != "" {
		at := n.at
		if m := members[member]; m != nil {
			at = m.at
		}
		w.fail(at, problem, "")
	}
	return skip
}

// plainMembers gives the members of an object, which may only have those names.
func (w *world) plainMembers(n *node, what string, names ...string) map[string]*node {
	if n == nil || n.kind == kindNull {
		return nil
	}
	if f := n.single(); n.kind != kindObject || f != nil && intrinsic(f.name) {
		w.fail(n.at, what+" is "+written(n), "an object with "+strings.Join(names, ", "))
		return nil
	}
	members := map[string]*node{}
	for _, f := range n.fields {
		if !slices.Contains(names, f.name) {
			w.fail(f.at, fmt.Sprintf("unknown member %q of %s", clip(f.name, 80), what), strings.Join(names, ", "))
		}
		members[f.name] = f.value
	}
	return members
}

// plainText is a member's text without the blanks around it; empty when it is
// not there.
func (w *world) plainText(members map[string]*node, name string) string {
	n := members[name]
	switch {
	case n == nil:
		return ""
	case !n.scalar():
		w.fail(n.at, fmt.Sprintf("%q is %s", name, written(n)), "plain text")
		return ""
	}
	return strings.TrimSpace(n.text)
}

// written says what stands in the file where something else was expected.
func written(n *node) string {
	if f := n.single(); f != nil && intrinsic(f.name) {
		return "the function " + clip(f.name, 80)
	}
	return n.kind.String()
}
