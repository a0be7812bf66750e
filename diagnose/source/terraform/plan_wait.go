package terraform

import (
	"strings"

	"apisqs-doctor/diagnose/source/tree"
)

// waits tells what Terraform creates before a deployment, by the references and the
// depends_on of the plan's configuration (I22, I31). It is nil where that does not say
// it: a plan leaves out local values, and what another module hands on is not followed.
func (r *recorded) waits(one *record) func(address string) bool {
	if one == nil || !one.created || r.config == nil {
		return nil
	}
	resources := map[string]*tree.Node{}
	for _, n := range items(r.moduleConfig(one.module).Get("resources")) {
		resources[n.Get("address").TextOr("")] = n
	}
	done, clear := map[string]bool{}, true
	var follow func(address string)
	follow = func(address string) {
		n := resources[address]
		if n == nil || done[address] {
			return
		}
		done[address] = true
		for _, ref := range referencesIn(n) {
			root, rest, _ := strings.Cut(ref, ".")
			switch {
			case root == "local" || root == "module" || root == "var" && one.module != "":
				clear = false
			case root == "data":
				kind, name, _ := strings.Cut(rest, ".")
				name, _ = cutName(name)
				follow("data." + kind + "." + name)
			default:
				name, _ := cutName(rest)
				follow(root + "." + name)
			}
		}
	}
	follow(one.kind + "." + one.name)
	if !clear || len(done) == 0 {
		return nil
	}
	return func(address string) bool {
		other := r.instances[address]
		return other == nil || other.module != one.module || !other.created || done[other.kind+"."+other.name]
	}
}

// referencesIn are all names in a resource of a plan's configuration.
func referencesIn(n *tree.Node) []string {
	var list []string
	for _, f := range n.Fields {
		switch f.Name {
		case "references", "depends_on":
			for _, x := range items(f.Value) {
				list = append(list, x.TextOr(""))
			}
			continue
		}
		list = append(list, referencesIn(f.Value)...)
		for _, x := range items(f.Value) { // of blocks
			list = append(list, referencesIn(x)...)
		}
	}
	return list
}
