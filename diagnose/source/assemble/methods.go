package assemble

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// pathPart is a resource of a REST API.
type pathPart struct {
	api          string // id
	parent, part string
	path         string // once it is known
	busy         bool
}

// parts adds what methods refer to by id or name: resources, validators, models
// and authorizers.
func (a *assembler) parts() {
	for _, in := range a.Resources {
		a.resources[in.ID] = &pathPart{api: in.API.Text, parent: in.Parent.Text, part: in.Part}
	}
	for _, in := range a.Resources {
		one := a.api(in.API, snapshot.REST)
		one.route(a.path(in.ID))
		a.checkResource(one, in.Parent)
		if in.Part == "" {
			a.refuse(one, "BadRequestException", "Resource's path part must be specified", in.Origin)
		}
	}
	a.checkSiblings()
	for _, in := range a.Validators {
		a.api(in.API, snapshot.REST).draft.Validators[in.ID] = in.Fact
	}
	for _, in := range a.Models {
		a.api(in.API, snapshot.REST).draft.Models[in.Name] = in.Schema
	}
	for _, in := range a.Authorizers {
		one, fact := a.api(in.API, in.Type), in.Fact
		if in.Unversioned && a.New && one.out.Type == snapshot.HTTP {
			// What comes of one without is not recorded (H71).
			fact = snapshot.Unknown[snapshot.Authorizer](snapshot.Gap{Reason: snapshot.Unverified, Origin: in.Origin(),
				Detail: "the authorizer has no payload format version, which AWS asks for; what comes of that is not recorded"})
		}
		one.draft.Authorizers[in.ID] = fact
	}
	for i := range a.GatewayResponses {
		a.gatewayResponse(&a.GatewayResponses[i], a.GatewayResponses[i].API.Text)
	}
}

// gatewayResponse says that an answer of API Gateway's own is not the usual one, which
// is shown all the same.
func (a *assembler) gatewayResponse(in *GatewayResponse, api string) {
	if a.apis[api] != nil {
		a.out.Target.Unread = append(a.out.Target.Unread, snapshot.Unread{Origin: in.Origin, APIs: []string{api},
			What: in.Name + " changes the answer " + in.Kind + " that API Gateway gives by itself; the usual one is shown"})
	}
}

// path returns the path of a resource by its id. A parent that is not among the
// parts gives a path below its id.
func (a *assembler) path(id string) string {
	node, ok := a.resources[id]
	switch {
	case !ok && id == "":
		return "/"
	case !ok:
		return "/" + id
	case node.path != "":
		return node.path
	case node.busy:
		return "/"
	}
	node.busy = true
	node.path = strings.TrimSuffix(a.path(node.parent), "/") + "/" + node.part
	node.busy = false
	return node.path
}

// methodKey is what the parts of a REST API's method have in common.
type methodKey struct{ api, resource, verb string }

// methods adds the methods of REST APIs, with those of their parts that are
// resources of their own.
func (a *assembler) methods() {
	integrations := map[methodKey]*Integration{}
	for i := range a.Integrations {
		if in := &a.Integrations[i]; in.Verb != "" {
			integrations[methodKey{in.API.Text, in.Resource.Text, in.Verb}] = in
		}
	}
	for _, in := range a.IntegrationResponses {
		if own := integrations[methodKey{in.API.Text, in.Resource.Text, in.Verb}]; own != nil {
			own.Responses = withResponse(own.Responses, in)
		}
	}
	responses := map[methodKey][]MethodResponse{}
	for _, in := range a.MethodResponses {
		key := methodKey{in.API.Text, in.Resource.Text, in.HTTPMethod}
		responses[key] = append(responses[key], in)
	}
	for _, in := range a.Methods {
		m, key := in.Method, methodKey{in.API.Text, in.Resource.Text, in.HTTPMethod}
		m.ResourceID = in.Resource.Text
		a.checkResource(a.api(in.API, snapshot.REST), in.Resource)
		from := madeOf{method: in.Address}
		m.Path = a.path(m.ResourceID)
		if own := integrations[key]; own != nil {
			m.Integration, from.integration = snapshot.Known(&own.Integration, own.Origin), own.Address
			delete(integrations, key)
		}
		for _, r := range responses[key] {
			if have, ok := read(m.Responses); ok {
				have[r.Status] = r.MethodResponse
			}
		}
		m.HTTPMethod = strings.ToUpper(m.HTTPMethod)
		a.api(in.API, snapshot.REST).add(m, from)
	}
	for _, in := range a.Integrations {
		if integrations[methodKey{in.API.Text, in.Resource.Text, in.Verb}] != nil {
			a.warn(in.Origin, "the integration %s belongs to no method of %s; it is not looked at", in.Origin.Resource, a.Input)
			if !in.Resource.IsKnown() {
				a.api(in.API, snapshot.REST).uncertain(in.Resource.Gap())
			}
		}
	}
}

// uncertain makes unknown the integrations that are not there: one that belongs to an
// unknown method may be any of them.
func (a *api) uncertain(gap snapshot.Gap) {
	for i := range a.draft.Methods {
		m := &a.draft.Methods[i]
		if in, ok := read(m.Integration); ok && in == nil {
			m.Integration = snapshot.Unknown[*snapshot.Integration](gap)
		}
	}
}

// ForStatus is what an HTTP API does with one status of the service.
func ForStatus(status snapshot.Fact[string], parameters snapshot.Fact[map[string]string], at snapshot.Origin) IntegrationResponse {
	return IntegrationResponse{Origin: at, Pattern: status, Status: status, Parameters: parameters,
		Templates: snapshot.Known[map[string]string](nil, at), ContentHandling: snapshot.Known("", at)}
}

// Responses makes the integration responses of a list. Their members are plain
// values in a snapshot, so that one which is unknown makes the list unknown.
func Responses(list []IntegrationResponse, origin snapshot.Origin) snapshot.Fact[[]snapshot.IntegrationResponse] {
	out := snapshot.Known([]snapshot.IntegrationResponse{}, origin)
	for _, in := range list {
		out = withResponse(out, in)
	}
	return out
}

func withResponse(list snapshot.Fact[[]snapshot.IntegrationResponse], in IntegrationResponse) snapshot.Fact[[]snapshot.IntegrationResponse] {
	have, ok := read(list)
	if !ok {
		return list
	}
	var gaps snapshot.Gaps
	r := snapshot.IntegrationResponse{Origin: in.Origin}
	r.Pattern, _ = in.Pattern.Read(&gaps)
	r.Status, _ = in.Status.Read(&gaps)
	r.ContentHandling, _ = upper(in.ContentHandling, "").Read(&gaps)
	r.Parameters, _ = in.Parameters.Read(&gaps)
	r.Templates, _ = in.Templates.Read(&gaps)
	if in.TemplateSelection.IsKnown() || in.TemplateSelection.Gap().Reason != snapshot.NotRead {
		r.TemplateSelection, _ = in.TemplateSelection.Read(&gaps)
	}
	if len(r.Parameters) == 0 {
		r.Parameters = nil
	}
	if len(r.Templates) == 0 {
		r.Templates = nil
	}
	return snapshot.Derived(append(have[:len(have):len(have)], r), &gaps, list.Origin())
}
