package cloudformation

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// openAPI is an API definition being mapped.
type openAPI struct {
	builder *builder
	api     *gatewayAPI
	root    view
	schemes map[string]scheme
	// validator is the name of the validator that methods use by default.
	validator view
}

// The members of a path item that are methods.
var operations = map[string]string{"get": "GET", "put": "PUT", "post": "POST", "delete": "DELETE", "options": "OPTIONS", "head": "HEAD", "patch": "PATCH",
	"x-amazon-apigateway-any-method": "ANY"}

// definition maps the definition that one of two properties gives: an object in
// the template or a local file.
func (b *builder) definition(a *gatewayAPI, body, location string) {
	x, ok := b.definitionView(a, body, location)
	if !ok {
		return
	}
	b.mapDefinition(a, x)
}

// definitionView finds the definition. It returns false when there is none or
// when it cannot be had; then the draft is in doubt.
func (b *builder) definitionView(a *gatewayAPI, body, location string) (view, bool) {
	x := a.props.get(body)
	if x.absent() {
		if x = a.props.get(location); x.absent() {
			return x, false
		}
		return b.localDefinition(a, x)
	}
	switch {
	case x.unknown():
		gap := x.gap()
		a.doubt = &gap
	case x.v.kind != kindObject:
		gap := x.misfit("an OpenAPI document")
		a.doubt = &gap
	default:
		return x, true
	}
	return x, false
}

// localDefinition reads a definition from a file beside the template.
// CloudFormation hands it to API Gateway as it is: no function in it is evaluated.
func (b *builder) localDefinition(a *gatewayAPI, x view) (view, bool) {
	doubt := func(g snapshot.Gap) (view, bool) {
		a.doubt = &g
		return x, false
	}
	if x.unknown() || x.v.partial {
		return doubt(x.gap())
	}
	if x.v.kind != kindString || remote(x.v.text) {
		return doubt(snapshot.Gap{Reason: snapshot.NotRead, Detail: "the definition of the API lies in S3", Needs: "the definition as a local file", Origin: x.origin()})
	}
	file := a.res.at.file.beside(x.v.text)
	doc, err := b.world.include(file)
	if err != nil {
		if e, ok := err.(*Error); ok && e.Line > 0 {
			b.world.stop(err)
		}
		return doubt(snapshot.Gap{Reason: snapshot.NotRead, Detail: fmt.Sprintf("the file %q with the definition of the API cannot be read", file), Needs: "the file " + file, Origin: x.origin()})
	}
	x.v, x.at = literal(doc.root), doc.root.at
	return x, true
}

// literal is a node as a value, with no function evaluated.
func literal(n *node) *value {
	v := &value{kind: n.kind, text: n.text}
	for _, in := range n.items {
		v.items = append(v.items, item{at: in.at, value: literal(in)})
	}
	for _, f := range n.fields {
		if f.value.kind != kindNull {
			v.members = append(v.members, member{name: f.name, at: f.at, value: literal(f.value)})
		}
	}
	return v
}

// mapDefinition adds what an OpenAPI document says to the API.
func (b *builder) mapDefinition(a *gatewayAPI, root view) {
	o := &openAPI{builder: b, api: a, root: root}
	a.out.Name = root.get("info").get("title").plain()
	if name := a.props.get("Name").plain(); name != "" {
		a.out.Name = name
	}
	if types := root.get("x-amazon-apigateway-binary-media-types"); !types.absent() {
		a.draft.BinaryMediaTypes = union(a.draft.BinaryMediaTypes, mediaTypes(types))
	}
	if policy := root.get("x-amazon-apigateway-policy"); !policy.absent() {
		a.out.Policy, _ = policy.policy()
	}
	if settings := root.get("x-amazon-apigateway-endpoint-configuration"); !settings.absent() {
		if off := settings.get("disableExecuteApiEndpoint"); !off.absent() {
			a.out.DefaultEndpointDisabled = off.boolean(false)
		}
	}
	for _, m := range root.get("x-amazon-apigateway-request-validators").members() {
		a.draft.Validators[m.name] = validatorOf(m.view, m.name, "validateRequestBody", "validateRequestParameters")
	}
	o.validator = root.get("x-amazon-apigateway-request-validator")
	for _, at := range []view{root.get("components").get("schemas"), root.get("definitions")} {
		for _, m := range at.members() {
			a.draft.Models[m.name] = schemaOf(m.view)
		}
	}
	o.readSchemes()
	paths := root.get("paths")
	if paths.unknown() {
		gap := paths.gap()
		a.doubt = &gap
		return
	}
	for _, p := range paths.members() {
		if strings.HasPrefix(p.name, "/") || a.typ == snapshot.WebSocket {
			o.path(p.name, o.deref(p.view))
		}
	}
}

func union(a, b snapshot.Fact[[]string]) snapshot.Fact[[]string] {
	have, ok := a.Read(&snapshot.Gaps{})
	if !ok {
		return a
	}
	more, ok := b.Read(&snapshot.Gaps{})
	if !ok || len(have) == 0 {
		return b
	}
	return a.With(append(have[:len(have):len(have)], more...))
}

// path maps one path item.
func (o *openAPI) path(path string, x view) {
	if x.unknown() {
		gap := x.gap()
		o.api.doubt = &gap
		return
	}
	if o.api.typ == snapshot.REST {
		o.api.route(path)
	}
	for _, m := range x.members() {
		if method, ok := operations[strings.ToLower(m.name)]; ok {
			o.operation(method, path, x, m.view)
		}
	}
}

// operation maps one method.
func (o *openAPI) operation(method, path string, item, x view) {
	if x.unknown() {
		gap := x.gap()
		o.api.doubt = &gap
		return
	}
	m := snapshot.Method{HTTPMethod: method, Path: path, Origin: x.origin()}
	if o.api.typ != snapshot.REST {
		m.RouteKey = method + " " + path
		if path == "/$default" || x.get("isDefaultRoute").is("true") || x.get("x-amazon-apigateway-integration").get("isDefaultRoute").is("true") {
			m.RouteKey = "$default"
		}
		m.HTTPMethod, m.Path = routeParts(o.api.typ, m.RouteKey)
	}
	o.secure(&m, x)
	m.ValidatorID = o.validatorOf(x)
	m.RequestParameters = o.parameters(item, x)
	m.RequestModels = o.models(method, path, x)
	m.Responses = o.responses(x.get("responses"))
	m.Integration = o.integration(x.get("x-amazon-apigateway-integration"))
	o.api.add(m, nil)
}

func (o *openAPI) validatorOf(x view) snapshot.Fact[string] {
	if own := x.get("x-amazon-apigateway-request-validator"); !own.absent() {
		return own.text("")
	}
	return o.validator.text("")
}

// integration maps the extension of a method, which may refer to one that
// several methods share.
func (o *openAPI) integration(x view) snapshot.Fact[*snapshot.Integration] {
	fact := integrationFact(o.deref(x), openAPINames)
	if i, ok := fact.Read(&snapshot.Gaps{}); ok && i != nil && o.api.typ == snapshot.HTTP {
		i.TimeoutMillis = x.get(openAPINames.timeout).number(httpTimeout)
		i.Responses = responseParameters(x.get("responseParameters"))
	}
	return fact
}

// deref follows $ref inside the document.
func (o *openAPI) deref(x view) view {
	for range 10 {
		pointer, ok := strings.CutPrefix(x.get("$ref").plain(), "#/")
		if !ok || x.unknown() {
			return x
		}
		target := o.root
		for name := range strings.SplitSeq(pointer, "/") {
			target = target.get(strings.NewReplacer("~1", "/", "~0", "~").Replace(name))
		}
		x = target
	}
	return x
}

// parameters maps declared parameters to the names that mappings use.
func (o *openAPI) parameters(item, x view) snapshot.Fact[map[string]bool] {
	places := map[string]string{"header": "method.request.header.", "query": "method.request.querystring.", "path": "method.request.path."}
	declared := map[string]bool{}
	for _, list := range []view{item.get("parameters"), x.get("parameters")} {
		if list.unknown() {
			return snapshot.Unknown[map[string]bool](list.gap())
		}
		for _, in := range list.items() {
			p := o.deref(in)
			if p.unknown() {
				return snapshot.Unknown[map[string]bool](p.gap())
			}
			if prefix, ok := places[p.get("in").plain()]; ok {
				declared[prefix+p.get("name").plain()] = p.get("required").is("true")
			}
		}
	}
	return snapshot.Known(declared, x.get("parameters").origin())
}

// models maps the models of the request's body by content type.
func (o *openAPI) models(method, path string, x view) snapshot.Fact[map[string]string] {
	models := map[string]string{}
	add := func(contentType string, schema view) {
		if schema.absent() {
			return
		}
		ref := schema.get("$ref").plain()
		name := ref[strings.LastIndexByte(ref, '/')+1:]
		if name == "" {
			// API Gateway makes a model of a schema that stands in place.
			name = strings.ToLower(method) + strings.ReplaceAll(path, "/", "-")
			o.api.draft.Models[name] = schemaOf(schema)
		}
		models[contentType] = name
	}
	body := o.deref(x.get("requestBody"))
	for _, m := range body.get("content").members() {
		add(m.name, m.view.get("schema"))
	}
	for _, in := range x.get("parameters").items() {
		if p := o.deref(in); p.get("in").is("body") {
			types := x.get("consumes").items()
			if len(types) == 0 {
				types = o.root.get("consumes").items()
			}
			for _, t := range types {
				add(t.plain(), p.get("schema"))
			}
			if len(types) == 0 {
				add("application/json", p.get("schema"))
			}
		}
	}
	return snapshot.Known(models, x.get("requestBody").origin())
}

// responses maps the declared responses; only numeric ones are statuses.
func (o *openAPI) responses(x view) snapshot.Fact[map[string]snapshot.MethodResponse] {
	if x.unknown() {
		return snapshot.Unknown[map[string]snapshot.MethodResponse](x.gap())
	}
	out := map[string]snapshot.MethodResponse{}
	for _, m := range x.members() {
		if len(m.name) != 3 || m.name[0] < '1' || m.name[0] > '5' {
			continue
		}
		response := snapshot.MethodResponse{Origin: m.view.origin()}
		for _, h := range o.deref(m.view).get("headers").members() {
			if response.Parameters == nil {
				response.Parameters = map[string]bool{}
			}
			response.Parameters["method.response.header."+h.name] = h.view.get("required").is("true")
		}
		out[m.name] = response
	}
	return snapshot.Known(out, x.origin())
}
