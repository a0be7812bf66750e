package remedy

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"apisqs-doctor/diagnose/snapshot"
)

// deploy lets a deployment wait for its integrations and follow their changes (I22).
func (e *hclEditor) deploy(start *snapshot.Snapshot, c snapshot.Deploy) (note string, err error) {
	api := start.API(c.API)
	if api == nil {
		return "", nil
	}
	stages, _ := api.Stages.Peek()
	i := slices.IndexFunc(stages, func(st snapshot.Stage) bool { return st.Name == c.Stage })
	if i < 0 {
		return "the API has no stage: add aws_api_gateway_deployment and aws_api_gateway_stage", nil
	}
	if stages[i].AutoDeploy {
		return "", nil
	}
	origin := stages[i].Deployed.Origin()
	f, b, err := e.resource(origin)
	if err != nil {
		return "the stage has to be deployed again: " + err.Error(), nil
	}
	if len(b.Labels) != 2 || !strings.HasSuffix(b.Labels[0], "_deployment") {
		return "the stage has to be deployed again after the apply", nil
	}
	triggered := b.Body.Attributes["triggers"] != nil
	for _, old := range []string{"variables", "description", "stage_description"} {
		if a := b.Body.Attributes[old]; a != nil && bytes.Contains(a.Expr.Range().SliceBytes(f.text), []byte("(")) {
			triggered = true // a fingerprint, as before there were triggers
		}
	}
	all, late, others := e.integrations(start, api, stages[i])
	if len(others) > 0 && !triggered {
		// What is in a module can be waited for; what changes in it, the module has to give out.
		note = fmt.Sprintf("%s:%d: a change in %s is not deployed by itself; let the module give out a fingerprint of its integrations, and make it a trigger of %s",
			filepath.ToSlash(origin.File), origin.Line, strings.Join(others, ", "), strings.Join(b.Labels, "."))
		triggered = true
	}
	own := string(b.Range().SliceBytes(f.text)) + string(f.text[b.OpenBraceRange.Start.Byte:b.CloseBraceRange.End.Byte])
	var missing []string
	for _, name := range slices.Concat(late, e.added) {
		if !mentionsName(own, name) {
			missing = append(missing, name)
		}
	}
	if !triggered {
		all = slices.Concat(all, e.added)
		slices.Sort(all)
		if err := f.addArgument(b, "triggers", "{\n  redeployment = sha1(jsonencode("+hclNames(slices.Compact(all))+"))\n}"); err != nil {
			return note, err
		}
		if !slices.ContainsFunc(b.Body.Blocks, func(in *hclsyntax.Block) bool { return in.Type == "lifecycle" }) {
			if f, b, err = e.resource(origin); err != nil {
				return note, err
			}
			at := f.lineStart(b.CloseBraceRange.Start.Byte)
			indent := f.indentAt(b.TypeRange.Start.Byte) + "  "
			return note, f.splice(at, at, "\n"+indent+"lifecycle {\n"+indent+"  create_before_destroy = true\n"+indent+"}\n")
		}
		return note, nil
	}
	unfollowed, elsewhere := localNames(stages[i].Unfollowed, origin.Resource)
	if elsewhere && note == "" && len(others) == 0 {
		note = "the deployment follows no change of integrations in other modules: " + strings.Join(stages[i].Unfollowed, ", ")
	}
	if err := e.follow(origin, unfollowed); err != nil {
		return note, err
	}
	if len(missing) == 0 {
		return note, nil
	}
	slices.Sort(missing)
	if f, b, err = e.resource(origin); err != nil {
		return note, err
	}
	if a := b.Body.Attributes["depends_on"]; a != nil {
		tuple, ok := a.Expr.(*hclsyntax.TupleConsExpr)
		if !ok {
			return note, f.computed("depends_on", a.Expr)
		}
		at, text := tuple.SrcRange.End.Byte-1, strings.Join(missing, ", ")
		if len(tuple.Exprs) > 0 {
			at, text = tuple.Exprs[len(tuple.Exprs)-1].Range().End.Byte, ", "+text
			if tuple.SrcRange.Start.Line != tuple.SrcRange.End.Line {
				indent := f.indentAt(tuple.Exprs[0].Range().Start.Byte)
				text = ",\n" + indent + strings.Join(missing, ",\n"+indent)
			}
		}
		return note, f.splice(at, at, text)
	}
	return note, f.addArgument(b, "depends_on", "["+strings.Join(missing, ", ")+"]")
}

// hclNames is a list of names, one a line when there are several.
func hclNames(names []string) string {
	if len(names) == 1 {
		return "[" + names[0] + "]"
	}
	return "[\n    " + strings.Join(names, ",\n    ") + ",\n  ]"
}

// mentionsName tells whether a text names a resource.
func mentionsName(text, name string) bool {
	return regexp.MustCompile(regexp.QuoteMeta(name) + `($|[^\w-])`).MatchString(text)
}

// integrations are the integrations of an API that the module of a stage's
// deployment can name, those of them that the deployment does not wait for, and
// the modules of the others.
func (e *hclEditor) integrations(s *snapshot.Snapshot, api *snapshot.API, stage snapshot.Stage) (all, late, others []string) {
	from := stage.Deployed.Origin()
	draft, _ := api.Draft.Peek()
	deployed, _ := stage.Deployed.Peek()
	waits := map[string]bool{}
	for _, m := range deployed.Methods {
		if i, _ := m.Integration.Peek(); i != nil {
			waits[i.Origin.Resource] = true
		}
	}
	for _, m := range draft.Methods {
		i, _ := m.Integration.Peek()
		if i == nil || i.Origin.Path != "" {
			continue
		}
		name, ok := local(i.Origin.Resource, from.Resource)
		if !ok {
			name, ok = moduleName(i.Origin.Resource, from.Resource)
			if !slices.Contains(others, name) {
				others = append(others, name)
			}
			if ok && !waits[i.Origin.Resource] && !slices.Contains(late, name) {
				late = append(late, name)
			}
			continue
		}
		if at := strings.IndexByte(name, '['); at >= 0 {
			name = name[:at]
		}
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
		if !waits[i.Origin.Resource] && !slices.Contains(late, name) {
			late = append(late, name)
		}
	}
	return all, late, others
}

// moduleName is the module that a resource is in as the module of another one
// names it: module.intake. It is false where it cannot name it.
func moduleName(address, from string) (string, bool) {
	inner, ok := strings.CutPrefix(module(address), module(from))
	name := strings.TrimPrefix(inner, "module.")
	if end := strings.IndexAny(name, ".["); end >= 0 {
		name = name[:end]
	}
	return "module." + name, ok && inner != ""
}
