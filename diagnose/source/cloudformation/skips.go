package cloudformation

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
)

// metadataKey is the member of a Metadata that is meant for the doctor.
const metadataKey = "apisqs-doctor"

// maxSkips bounds what aliases and loops can multiply.
const maxSkips = 10_000

// readSkips takes down the findings that the template says are known, in its own
// Metadata and in that of each resource that is created.
func (b *builder) readSkips(s *stack) {
	b.skips = append(b.skips, s.world.skipsIn(s.metadata.Get(metadataKey), metadataKey)...)
	for _, r := range s.order {
		list := s.world.skipsIn(r.body.Get("Metadata").Get(metadataKey), metadataKey)
		if s.world.err != nil {
			return
		}
		if len(list) == 0 || s.exists(r) == no {
			continue
		}
		for i := range list {
			list[i].Origin.Resource = s.resourceName(r.id)
		}
		b.skips = append(b.skips, list...)
		if len(b.skips) > maxSkips {
			s.world.fail(r.at, fmt.Sprintf("more than %d skips", maxSkips), "")
			return
		}
	}
}

// skipsIn reads the doctor's member of a Metadata. Everything in it is plain: a
// skip has to mean the same whatever the parameters of the deployment are.
func (w *world) skipsIn(n *tree.Node, name string) []snapshot.Skip {
	own := w.plainMembers(n, name, "skips")["skips"]
	switch {
	case own == nil || own.Kind == tree.Null:
		return nil
	case own.Kind != tree.List:
		w.fail(own.At, `"skips" is `+written(own), `a list, each item with "rule" and "reason"`)
		return nil
	}
	var list []snapshot.Skip
	for _, in := range own.Items[:min(len(own.Items), maxSkips+1)] {
		list = append(list, w.skipOf(in))
	}
	return list
}

func (w *world) skipOf(n *tree.Node) snapshot.Skip {
	skip := snapshot.Skip{Origin: n.At.Origin()}
	if n.Kind == tree.Null {
		w.fail(n.At, "a skip is nothing", `an object with "rule" and "reason"`)
		return skip
	}
	members := w.plainMembers(n, "a skip", "rule", "reason", "until", "method")
	skip.Rule, skip.Reason = w.plainText(members, "rule"), w.plainText(members, "reason")
	skip.Until, skip.Method = w.plainText(members, "until"), w.plainText(members, "method")
	if member, problem := skip.Fault(); problem != "" {
		at := n.At
		if m := members[member]; m != nil {
			at = m.At
		}
		w.fail(at, problem, "")
	}
	return skip
}

// plainMembers gives the members of an object, which may only have those names.
func (w *world) plainMembers(n *tree.Node, what string, names ...string) map[string]*tree.Node {
	if n == nil || n.Kind == tree.Null {
		return nil
	}
	if f := n.Single(); n.Kind != tree.Object || f != nil && intrinsic(f.Name) {
		w.fail(n.At, what+" is "+written(n), "an object with "+strings.Join(names, ", "))
		return nil
	}
	members := map[string]*tree.Node{}
	for _, f := range n.Fields {
		if !slices.Contains(names, f.Name) {
			w.fail(f.At, fmt.Sprintf("unknown member %q of %s", tree.Clip(f.Name, 80), what), strings.Join(names, ", "))
		}
		members[f.Name] = f.Value
	}
	return members
}

// plainText is a member's text without the blanks around it; empty when it is
// not there.
func (w *world) plainText(members map[string]*tree.Node, name string) string {
	n := members[name]
	switch {
	case n == nil:
		return ""
	case !n.Scalar():
		w.fail(n.At, fmt.Sprintf("%q is %s", name, written(n)), "plain text")
		return ""
	}
	return strings.TrimSpace(n.Text)
}

// written says what stands in the file where something else was expected.
func written(n *tree.Node) string {
	if f := n.Single(); f != nil && intrinsic(f.Name) {
		return "the function " + tree.Clip(f.Name, 80)
	}
	return n.Kind.String()
}
