package assemble

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// api is an API in the making.
type api struct {
	out       snapshot.API
	draft     snapshot.Configuration
	doubt     *snapshot.Gap // why the draft is not known
	unstaged  *snapshot.Gap // why the stages are not known
	addresses []madeOf      // the resources that draft.Methods come from
	routes    map[string]bool
	stages    []snapshot.Stage
	foreign   bool // it is not among the parts
	whole     bool // nothing of it comes from elsewhere
}

func (a *assembler) add(one *api) *api {
	one.routes = map[string]bool{}
	one.draft.Methods = []snapshot.Method{}
	one.draft.Validators = map[string]snapshot.Fact[snapshot.Validator]{}
	one.draft.Models = map[string]snapshot.Fact[string]{}
	one.draft.Authorizers = map[string]snapshot.Fact[snapshot.Authorizer]{}
	a.apis[one.out.ID] = one
	a.order = append(a.order, one)
	return one
}

// declare starts with the APIs themselves and what their definitions hold.
func (a *assembler) declare() {
	for _, in := range a.APIs {
		one := a.add(&api{doubt: in.Doubt, unstaged: in.Stages, out: snapshot.API{ID: in.ID, Name: in.Name, Type: in.Type, Origin: in.Origin,
			EndpointTypes: in.EndpointTypes, DefaultEndpointDisabled: in.DefaultEndpointDisabled, Policy: in.Policy,
			RouteSelection: in.RouteSelection, APIKeySource: in.APIKeySource, CloudFront: in.CloudFront}})
		if len(in.Domains) > 0 {
			one.out.Domains = snapshot.Known(in.Domains, in.Origin)
		}
		if text, ok := read(in.RouteSelection); ok && text == "" && in.Type == snapshot.HTTP {
			one.out.RouteSelection = in.RouteSelection.With(routeSelection)
		}
		one.draft.CORS = in.CORS
		one.draft.BinaryMediaTypes = in.BinaryMediaTypes
		one.whole = in.Definition == nil && in.Doubt == nil
		if types, ok := read(in.EndpointTypes); ok && len(types) == 0 {
			one.out.EndpointTypes = in.EndpointTypes.With([]string{"EDGE"})
		}
		if in.Type == snapshot.REST {
			one.route("/")
			a.resources[in.Root] = &pathPart{api: in.ID, path: "/"}
		} else {
			one.out.EndpointTypes = snapshot.Known([]string{"REGIONAL"}, in.EndpointTypes.Origin())
		}
		if in.Definition != nil {
			one.define(in.Definition)
			a.imported(one, in.Definition)
		}
		if in.Quick != nil {
			one.quickCreate(in.Quick)
		}
	}
}

// api returns the API that a part belongs to, or one of which only what the
// parts add to it is known.
func (a *assembler) api(ref Ref, typ snapshot.APIType) *api {
	if one, ok := a.apis[ref.Text]; ok {
		return one
	}
	gap := a.outside("API", ref.Text, ref.Origin())
	return a.add(&api{foreign: true, out: snapshot.API{ID: ref.Text, Type: typ, Origin: ref.Origin(), EndpointTypes: snapshot.Unknown[[]string](gap),
		DefaultEndpointDisabled: snapshot.Unknown[bool](gap), Policy: snapshot.Unknown[string](gap), Stages: snapshot.Unknown[[]snapshot.Stage](gap)}})
}

// route records a path and the resources above it.
func (a *api) route(path string) {
	for !a.routes[path] {
		a.routes[path] = true
		cut := strings.LastIndexByte(path, '/')
		if cut <= 0 || a.out.Type != snapshot.REST {
			return
		}
		path = path[:cut]
	}
}

// madeOf are the addresses of the resources that a method comes from. They are
// empty for a method of a definition, and for an integration that is part of the
// method's own resource.
type madeOf struct{ method, integration string }

// add adds a method to the draft.
func (a *api) add(m snapshot.Method, from madeOf) {
	if i, ok := read(m.Integration); ok && i != nil {
		complete(i, a.out.Type)
	}
	m.Authorization = upper(m.Authorization, "NONE")
	a.draft.Methods = append(a.draft.Methods, m)
	a.addresses = append(a.addresses, from)
	a.route(m.Path)
}

// define adds what an OpenAPI document says.
func (a *api) define(d *Definition) {
	a.out.Name = cmp.Or(a.out.Name, d.Name)
	if d.BinaryMediaTypes != nil {
		a.draft.BinaryMediaTypes = union(a.draft.BinaryMediaTypes, *d.BinaryMediaTypes)
	}
	if d.CORS != nil {
		a.draft.CORS = *d.CORS
	}
	if d.Policy != nil {
		a.out.Policy = *d.Policy
	}
	if d.DefaultEndpointDisabled != nil {
		a.out.DefaultEndpointDisabled = *d.DefaultEndpointDisabled
	}
	maps.Copy(a.draft.Validators, d.Validators)
	maps.Copy(a.draft.Models, d.Models)
	maps.Copy(a.draft.Authorizers, d.Authorizers)
	for _, path := range d.Paths {
		a.route(path)
	}
	for _, m := range d.Methods {
		a.add(m, madeOf{})
	}
	if a.doubt == nil {
		a.doubt = d.Doubt
	}
}

func union(a, b snapshot.Fact[[]string]) snapshot.Fact[[]string] {
	have, ok := read(a)
	if !ok {
		return a
	}
	more, ok := read(b)
	if !ok || len(have) == 0 {
		return b
	}
	return a.With(slices.Concat(have, more))
}

// Configuration is what the document alone describes.
func (d *Definition) Configuration(typ snapshot.APIType, origin snapshot.Origin) snapshot.Fact[snapshot.Configuration] {
	one := (&assembler{apis: map[string]*api{}}).add(&api{out: snapshot.API{Type: typ, Origin: origin}})
	one.draft.BinaryMediaTypes = snapshot.Known([]string{}, origin)
	if typ == snapshot.HTTP {
		one.draft.CORS = snapshot.Known[*snapshot.CORS](nil, origin)
	}
	one.define(d)
	return one.finish().Draft
}

// finish makes the API of what was collected.
func (a *api) finish() snapshot.API {
	a.draft.Routes = slices.Sorted(maps.Keys(a.routes))
	a.draft.Methods = slices.Clip(a.draft.Methods)
	if a.doubt != nil {
		a.out.Draft = snapshot.Unknown[snapshot.Configuration](*a.doubt)
	} else {
		a.out.Draft = snapshot.Known(a.draft, a.out.Origin)
	}
	if a.unstaged != nil && len(a.stages) == 0 {
		a.out.Stages = snapshot.Unknown[[]snapshot.Stage](*a.unstaged)
	} else if !a.foreign || len(a.stages) > 0 {
		for i := range a.stages {
			if a.stages[i].AutoDeploy {
				a.stages[i].Deployed = a.out.Draft
			}
		}
		a.out.Stages = snapshot.Known(append([]snapshot.Stage{}, a.stages...), a.out.Origin)
	}
	return a.out
}
