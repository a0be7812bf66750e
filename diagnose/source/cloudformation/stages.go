package cloudformation

import (
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// deployment is what a Deployment resource freezes.
type deployment struct {
	id     string
	config snapshot.Fact[snapshot.Configuration]
}

// readDeployments maps the deployments of the stack, and the stages that those
// with a StageName create.
func (b *builder) readDeployments(s *stack) {
	for _, r := range s.live("AWS::ApiGateway::Deployment", "AWS::ApiGatewayV2::Deployment") {
		p := s.props(r)
		a := b.apiOf(p)
		if a == nil {
			continue
		}
		d := &deployment{id: r.serial, config: b.frozen(a, s, r)}
		b.deployments[d.id] = d
		name := p.get("StageName")
		if name.absent() {
			continue
		}
		description := p.get("StageDescription")
		st := snapshot.Stage{Name: name.plain(), Origin: s.origin(r, "", r.at), DeploymentID: snapshot.Known(d.id, p.origin()), Deployed: d.config}
		st.Variables = description.get("Variables").textMap()
		st.Canary = canaryOf(description.get("CanarySetting"), d.id)
		if own := p.get("DeploymentCanarySettings"); !own.absent() {
			st.Canary = canaryOf(own, d.id)
		}
		a.stages = append(a.stages, st)
	}
}

// apiOf finds the API that a deployment or stage belongs to.
func (b *builder) apiOf(p view) *gatewayAPI {
	id, typ := p.get("RestApiId"), snapshot.REST
	if strings.HasPrefix(p.res.typ, "AWS::ApiGatewayV2::") {
		id, typ = p.get("ApiId"), snapshot.HTTP
	}
	return b.api(id, typ)
}

// frozen is the configuration that a deployment takes: the draft without the
// methods that the deployment does not wait for. CloudFormation creates those
// at the same time, so that a first deployment may be taken before them.
func (b *builder) frozen(a *gatewayAPI, s *stack, r *resource) snapshot.Fact[snapshot.Configuration] {
	if a.doubt != nil {
		return snapshot.Unknown[snapshot.Configuration](*a.doubt)
	}
	waits := s.waitsFor(r)
	config := a.draft
	config.Methods = []snapshot.Method{}
	for i, m := range a.draft.Methods {
		owner := a.owners[i]
		if owner == nil || s.resources[owner.id] != owner || waits[owner.id] {
			config.Methods = append(config.Methods, m)
			continue
		}
		s.world.warn("%s:%d: the deployment %s does not wait for %s; on a first deployment the method may be missing", r.at.file.name, r.at.line, r.id, owner.id)
	}
	config.Routes = sortedKeys(a.routes)
	return snapshot.Known(config, s.origin(r, "", r.at))
}

// readStages maps the stages that are resources of their own.
func (b *builder) readStages(s *stack) {
	for _, r := range s.live("AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage") {
		p := s.props(r)
		a := b.apiOf(p)
		if a == nil {
			continue
		}
		st := snapshot.Stage{Name: p.get("StageName").plain(), Origin: s.origin(r, "", r.at), AutoDeploy: p.get("AutoDeploy").is("true")}
		st.Variables = p.get("Variables").textMap()
		if r.typ == "AWS::ApiGatewayV2::Stage" {
			st.Variables = p.get("StageVariables").textMap()
		}
		st.Canary = canaryOf(p.get("CanarySetting"), "")
		b.deployed(&st, p, r)
		a.stages = append(a.stages, st)
	}
}

// deployed fills in what a stage runs.
func (b *builder) deployed(st *snapshot.Stage, p view, r *resource) {
	id, auto := p.get("DeploymentId"), p.get("AutoDeploy")
	d, ok := b.deployments[id.plain()]
	switch {
	case auto.unknown():
		st.DeploymentID = snapshot.Unknown[string](auto.gap())
		st.Deployed = snapshot.Unknown[snapshot.Configuration](auto.gap())
	case st.AutoDeploy:
		// Filled in when the draft is complete.
		st.DeploymentID = snapshot.Known(r.serial+"-auto", id.origin())
	case id.absent():
		st.DeploymentID = snapshot.Known("", id.origin())
		st.Deployed = snapshot.Known(snapshot.Configuration{Methods: []snapshot.Method{}}, id.origin())
	case ok:
		st.DeploymentID = snapshot.Known(d.id, id.origin())
		st.Deployed = d.config
	case id.unknown():
		st.DeploymentID = snapshot.Unknown[string](id.gap())
		st.Deployed = snapshot.Unknown[snapshot.Configuration](id.gap())
	default:
		st.DeploymentID = id.text("")
		st.Deployed = snapshot.Unknown[snapshot.Configuration](snapshot.Gap{Reason: snapshot.NotRead, Detail: "the deployment " + id.plain() + " is not part of the templates", Origin: id.origin()})
	}
}

// canaryOf maps canary settings.
func canaryOf(x view, deploymentID string) snapshot.Fact[*snapshot.Canary] {
	switch {
	case x.absent():
		return snapshot.Known[*snapshot.Canary](nil, x.origin())
	case x.unknown():
		return snapshot.Unknown[*snapshot.Canary](x.gap())
	}
	c := &snapshot.Canary{DeploymentID: deploymentID}
	if id := x.get("DeploymentId"); !id.absent() {
		c.DeploymentID = id.plain()
	}
	percent := x.get("PercentTraffic")
	if percent.unknown() {
		return snapshot.Unknown[*snapshot.Canary](percent.gap())
	}
	c.Percent, _ = strconv.ParseFloat(percent.plain(), 64)
	overrides := x.get("StageVariableOverrides").textMap()
	variables, ok := overrides.Read(&snapshot.Gaps{})
	if !ok {
		return snapshot.Unknown[*snapshot.Canary](overrides.Gap())
	}
	if len(variables) > 0 {
		c.Variables = variables
	}
	return snapshot.Known(c, x.origin())
}
