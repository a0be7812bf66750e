package cloudformation

import (
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/openapi"
	"apisqs-doctor/diagnose/source/tree"
)

// deployment reads a deployment, and the stage that one with a StageName makes.
func (b *builder) deployment(s *stack, r *resource, p tree.View, api assemble.Ref) {
	d := assemble.Deployment{ID: r.serial, API: api, Type: r.apiType(), Name: r.id, Origin: s.origin(r, "", r.at), Waits: b.waits(s, r)}
	if name := p.Get("StageName"); !name.Absent() {
		description := p.Get("StageDescription")
		d.Stage = &assemble.Stage{Name: name.Plain(), Origin: d.Origin, Deployment: assemble.To(d.ID, p.Origin()),
			Variables: description.Get("Variables").TextMap(), Canary: openapi.Canary(description.Get("CanarySetting"), d.ID, openapi.Pascal), Settings: methodSettings(description)}
		if own := p.Get("DeploymentCanarySettings"); !own.Absent() {
			d.Stage.Canary = openapi.Canary(own, d.ID, openapi.Pascal)
		}
	}
	b.parts.Deployments = append(b.parts.Deployments, d)
}

// waits tells whether a deployment waits for a part. CloudFormation creates what
// it does not wait for at the same time; other stacks are there or come first.
func (b *builder) waits(s *stack, r *resource) func(address string) bool {
	var reached map[string]bool
	return func(address string) bool {
		if reached == nil {
			reached = s.waitsFor(r)
		}
		owner := b.owners[address]
		return owner == nil || s.resources[owner.id] != owner || reached[owner.id]
	}
}

func (b *builder) stage(s *stack, r *resource, p tree.View, api assemble.Ref) {
	variables := "Variables"
	if r.apiType() == snapshot.HTTP {
		variables = "StageVariables"
	}
	st := assemble.Stage{API: api, Type: r.apiType(), Name: p.Get("StageName").Plain(), Origin: s.origin(r, "", r.at), AutoDeploy: p.Get("AutoDeploy").Boolean(false),
		Deployment: openapi.Ref(p.Get("DeploymentId")), Variables: p.Get(variables).TextMap(), Canary: openapi.Canary(p.Get("CanarySetting"), "", openapi.Pascal), Settings: methodSettings(p)}
	if auto, _ := st.AutoDeploy.Peek(); auto {
		st.Deployment = assemble.To(r.serial+"-auto", st.Deployment.Origin())
	}
	b.parts.Stages = append(b.parts.Stages, st)
}
