package cloudformation

import (
	"cmp"
	"fmt"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/openapi"
	"apisqs-doctor/diagnose/source/tree"
	"apisqs-doctor/diagnose/text/lazy"
)

// serverless reads what the SAM transform makes of an AWS::Serverless::Api or
// HttpApi: the API, its deployment and its stages.
func (b *builder) serverless(s *stack, r *resource, p tree.View, a *assemble.API) {
	if !s.sam && !s.macros {
		b.world.refuse("ValidationError", "Template format error: Unrecognized resource types: ["+r.typ+"]", a.Origin)
	}
	if !b.editable(r, p, a) {
		return
	}
	if version := p.Get("OpenApiVersion"); !version.Absent() && !version.Unknown() && !openAPIVersionRE.MatchString(version.Plain()) {
		b.world.refuse("", fmt.Sprintf("Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application Specification document. Resource with id [%s] is invalid. The OpenApiVersion value must be of the format \"3.0.0\".", r.id), version.Origin())
	}
	auth := samAuth{p.Get("Auth"), a}
	b.definition(s, r, p, a, auth.authorizers())
	auth.apply()
	stage := func(name string) assemble.Stage {
		return assemble.Stage{API: assemble.To(a.ID, a.Origin), Type: a.Type, Name: name, Origin: s.origin(r, "Properties.StageName", p.Get("StageName").At),
			Deployment: assemble.To(r.serial+"-deployment", a.Origin), AutoDeploy: snapshot.Known(true, a.Origin),
			Variables: snapshot.Known(map[string]string{}, p.Origin()), Canary: snapshot.Known[*snapshot.Canary](nil, p.Origin())}
	}
	st := stage(p.Get("StageName").Plain())
	if a.Type == snapshot.HTTP {
		st.Name = cmp.Or(st.Name, "$default")
		st.Variables = p.Get("StageVariables").TextMap()
		b.parts.Stages = append(b.parts.Stages, st)
		return
	}
	st.Variables = p.Get("Variables").TextMap()
	st.Canary = openapi.Canary(p.Get("CanarySetting"), "", openapi.Pascal)
	st.Settings = methodSettings(p)
	b.parts.Stages = append(b.parts.Stages, st)
	// Without OpenApiVersion the generated deployment makes a stage of its own, named "Stage".
	if p.Get("OpenApiVersion").Absent() {
		b.parts.Stages = append(b.parts.Stages, stage("Stage"))
	}
}

// openAPIVersionRE is what SAM takes for a version of OpenAPI.
var openAPIVersionRE = lazy.Regexp(`^(2|3)(\.[0-9]+){0,2}$`)

// withGlobals merges the Globals section into the properties of a SAM
// resource: the resource's own win, maps merge and lists are joined.
func (s *stack) withGlobals(r *resource, own *tree.Value) *tree.Value {
	section := map[string]string{"AWS::Serverless::Api": "Api", "AWS::Serverless::HttpApi": "HttpApi"}[r.typ]
	n := s.globals.Get(section)
	if n == nil {
		return own
	}
	return merge(s.resolve(n), own, 0)
}

func merge(base, own *tree.Value, depth int) *tree.Value {
	switch {
	case own == nil || own.Kind == tree.Null:
		return base
	case base.Kind == tree.List && own.Kind == tree.List:
		return &tree.Value{Kind: tree.List, Items: append(base.Items[:len(base.Items):len(base.Items)], own.Items...)}
	case base.Kind != tree.Object || own.Kind != tree.Object:
		return own
	}
	out := &tree.Value{Kind: tree.Object}
	for _, m := range base.Members {
		if mine := own.Member(m.Name); mine != nil {
			m = tree.Member{Name: m.Name, At: mine.At, Value: merge(m.Value, mine.Value, depth+1)}
		}
		out.Members = append(out.Members, m)
	}
	for _, m := range own.Members {
		if base.Member(m.Name) == nil {
			out.Members = append(out.Members, m)
		}
	}
	return out
}

// editors are the properties for which SAM edits the definition.
var editors = []struct{ property, noun string }{{"Auth", "Auth"}, {"Cors", "Cors"}, {"CorsConfiguration", "Cors"}, {"GatewayResponses", "GatewayResponses"}, {"Models", "Models"}}

// editable tells whether the SAM transform takes the resource. What edits the
// definition needs one that SAM can see: inline, or brought by an AWS::Include
// that CloudFormation expands before it runs SAM, nested transforms first.
func (b *builder) editable(r *resource, p tree.View, a *assemble.API) bool {
	language := "OpenApi"
	if a.Type == snapshot.REST {
		language = "Swagger"
	}
	body := p.Get("DefinitionBody")
	refuse := func(message string) bool {
		b.world.refuse("", fmt.Sprintf("Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application Specification document. Resource with id [%s] is invalid. %s", r.id, message), body.Origin())
		a.Doubt = &snapshot.Gap{Reason: snapshot.Unresolved, Detail: "the SAM transform fails for this API", Origin: body.Origin()}
		return false
	}
	for _, e := range editors {
		x := p.Get(e.property)
		if x.Absent() || x.Unknown() || x.Value.Kind == tree.Object && len(x.Value.Members) == 0 {
			continue
		}
		switch {
		case body.Absent() && !p.Get("DefinitionUri").Absent() && e.property == "Auth":
			return refuse(fmt.Sprintf("%s works only with inline %s specified in the 'DefinitionBody' property.", e.noun, language))
		case body.Absent():
			continue
		}
		paths := body.Get("paths")
		version := body.Get("openapi")
		if a.Type == snapshot.REST && version.Absent() {
			version = body.Get("swagger")
		}
		if body.Unknown() || version.Absent() || paths.Absent() || !paths.Unknown() && paths.Value.Kind != tree.Object {
			return refuse(fmt.Sprintf("Unable to add %s configuration because 'DefinitionBody' does not contain a valid %s definition.", e.noun, language))
		}
	}
	return true
}
