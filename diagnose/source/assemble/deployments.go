package assemble

import (
	"maps"
	"slices"

	"apisqs-doctor/diagnose/snapshot"
)

// frozen is what a deployment holds, and of which API.
type frozen struct {
	api        *api
	config     snapshot.Fact[snapshot.Configuration]
	unfollowed []string // integrations whose change it does not take
}

// deploy freezes what the deployments take, and makes the stages that come with them.
func (a *assembler) deploy() {
	for i := range a.Deployments {
		d := &a.Deployments[i]
		one := a.api(d.API, d.Type)
		config := a.frozen(one, d)
		unfollowed := unfollowed(one, d)
		a.deployments[d.ID] = frozen{one, config, unfollowed}
		if st := d.Stage; st != nil {
			one.stages = append(one.stages, snapshot.Stage{Name: st.Name, Origin: st.Origin, DeploymentID: st.Deployment.Fact, Deployed: config,
				Variables: st.Variables, Canary: st.Canary, Settings: st.Settings, WebACL: st.WebACL, WebACLBlocks: st.Blocks, UsagePlans: st.Plans, Unfollowed: unfollowed})
		}
	}
}

// frozen is the configuration that a deployment takes: the draft without the
// methods and integrations that the deployment does not wait for. Those are created at the same
// time, so that a first deployment may be taken before them. A method without any
// integration stays: where it is there before the deployment, AWS refuses that one, and
// each later one in any case (T106).
func (a *assembler) frozen(one *api, d *Deployment) snapshot.Fact[snapshot.Configuration] {
	if one.doubt != nil {
		return snapshot.Unknown[snapshot.Configuration](*one.doubt)
	}
	late := func(address string) bool { return address != "" && d.Waits != nil && !d.Waits(address) }
	config := one.draft
	config.Routes = slices.Sorted(maps.Keys(one.routes))
	if !slices.ContainsFunc(one.addresses, func(m madeOf) bool { return late(m.method) || late(m.integration) }) {
		config.Methods = slices.Clip(config.Methods)
		return snapshot.Known(config, d.Origin)
	}
	config.Methods = []snapshot.Method{}
	for i, m := range one.draft.Methods {
		in, known := read(m.Integration)
		if late(one.addresses[i].method) && (!known || in != nil) {
			a.warn(d.Origin, "the deployment %s does not wait for %s; on a first deployment the method may be missing", d.Name, m.Origin.Resource)
			continue
		}
		if late(one.addresses[i].integration) {
			// The method is there and its integration comes later, for it waits for
			// role and queue too: AWS refuses such a deployment (I22, T106).
			m.Integration = snapshot.Known[*snapshot.Integration](nil, d.Origin)
		}
		config.Methods = append(config.Methods, m)
	}
	return snapshot.Known(config, d.Origin)
}

// unfollowed lists the integrations whose change a deployment does not take (I22).
func unfollowed(one *api, d *Deployment) []string {
	if d.Follows == nil || one.doubt != nil {
		return nil
	}
	var list []string
	for i, m := range one.draft.Methods {
		in, _ := read(m.Integration)
		if address := one.addresses[i].integration; in != nil && address != "" && !d.Follows(address) {
			list = append(list, in.Origin.Resource)
		}
	}
	return list
}

// stages adds the stages that are resources of their own.
func (a *assembler) stages() {
	for _, in := range a.Stages {
		one := a.api(in.API, in.Type)
		st := snapshot.Stage{Name: in.Name, Origin: in.Origin, Variables: in.Variables, Canary: in.Canary, DeploymentID: in.Deployment.Fact,
			Settings: in.Settings, WebACL: in.WebACL, WebACLBlocks: in.Blocks, UsagePlans: in.Plans}
		auto, known := read(in.AutoDeploy)
		st.AutoDeploy = auto
		deployment, found := a.deployments[in.Deployment.Text]
		if !auto && (found && deployment.api != one || !found && a.none(one, in.Deployment)) {
			a.refuse(one, "BadRequestException", "Invalid Deployment identifier specified", in.Deployment.Origin())
		}
		switch {
		case !known:
			st.DeploymentID = snapshot.Unknown[string](in.AutoDeploy.Gap())
			st.Deployed = snapshot.Unknown[snapshot.Configuration](in.AutoDeploy.Gap())
		case auto: // it runs the draft, which is not complete yet
		case in.Deployment.Absent():
			st.Deployed = snapshot.Known(snapshot.Configuration{Methods: []snapshot.Method{}}, in.Deployment.Origin())
		case found:
			st.DeploymentID = snapshot.Known(in.Deployment.Text, in.Deployment.Origin())
			st.Deployed, st.Unfollowed = deployment.config, deployment.unfollowed
		case !in.Deployment.IsKnown():
			st.Deployed = snapshot.Unknown[snapshot.Configuration](in.Deployment.Gap())
		default:
			st.Deployed = snapshot.Unknown[snapshot.Configuration](a.outside("deployment", in.Deployment.Text, in.Deployment.Origin()))
		}
		one.stages = append(one.stages, st)
	}
}
