package openapi

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/tree"
)

// path reads one path item.
func (r *reader) path(path string, x tree.View) {
	if x = r.follow(x); x.Unknown() {
		r.doubt(x.Gap())
		return
	}
	if r.typ == snapshot.REST {
		r.out.Paths = append(r.out.Paths, path)
	}
	for _, m := range x.Members() {
		method, ok := methods[strings.ToLower(m.Name)]
		switch {
		case !ok:
		case m.Unknown():
			r.doubt(m.Gap())
		default:
			r.operation(method, path, x, m.View)
		}
	}
}

// operation reads one method. Parameters of the path item hold for each of its methods.
func (r *reader) operation(method, path string, item, x tree.View) {
	m := snapshot.Method{HTTPMethod: method, Path: path, Origin: x.Origin()}
	if r.typ != snapshot.REST {
		m.RouteKey = method + " " + path
		if path == "/$default" || x.Get("isDefaultRoute").Is("true") || x.Get(extension).Get("isDefaultRoute").Is("true") {
			m.RouteKey = "$default"
		}
		m.HTTPMethod, m.Path = assemble.RouteParts(r.typ, m.RouteKey)
	}
	r.secure(&m, x)
	m.Integration = r.integration(x.Get(extension))
	if r.typ == snapshot.HTTP {
		// What the document says of parameters, bodies and responses is ignored (H69, H91).
		none := x.Origin()
		m.ValidatorID, m.RequestParameters = snapshot.Known("", none), snapshot.Known(map[string]bool{}, none)
		m.RequestModels, m.Responses = snapshot.Known(map[string]string{}, none), snapshot.Known(map[string]snapshot.MethodResponse{}, none)
		r.out.Methods = append(r.out.Methods, m)
		return
	}
	m.ValidatorID = r.validator.Text("")
	if own := x.Get("x-amazon-apigateway-request-validator"); !own.Absent() {
		m.ValidatorID = own.Text("")
	}
	m.RequestParameters = r.parameters(item, x)
	m.RequestModels = r.models(method, path, x)
	m.Responses = r.responses(x.Get("responses"))
	r.out.Methods = append(r.out.Methods, m)
}

// parameters reads declared parameters under the names that mappings use.
func (r *reader) parameters(item, x tree.View) snapshot.Fact[map[string]bool] {
	places := map[string]string{"header": "method.request.header.", "query": "method.request.querystring.", "path": "method.request.path."}
	declared := map[string]bool{}
	for _, list := range []tree.View{item.Get("parameters"), x.Get("parameters")} {
		if list.Unknown() {
			return snapshot.Unknown[map[string]bool](list.Gap())
		}
		for _, in := range list.Items() {
			p := r.follow(in)
			switch {
			case p.Unknown():
				return snapshot.Unknown[map[string]bool](p.Gap())
			case p.Value.Kind != tree.Object:
				return snapshot.Unknown[map[string]bool](p.Misfit("a parameter"))
			}
			if prefix, ok := places[p.Get("in").Plain()]; ok {
				declared[prefix+p.Get("name").Plain()] = p.Get("required").Is("true")
			}
		}
	}
	return snapshot.Known(declared, x.Get("parameters").Origin())
}

// models reads the models of the request's body by content type. Those that are
// written in place are models of the API too.
func (r *reader) models(method, path string, x tree.View) snapshot.Fact[map[string]string] {
	models := map[string]string{}
	add := func(contentType string, schema tree.View) {
		if schema.Absent() {
			return
		}
		ref := schema.Get("$ref").Plain()
		name := ref[strings.LastIndexByte(ref, '/')+1:]
		if name == "" {
			// API Gateway makes a model of a schema that stands in place.
			name = strings.ToLower(method) + strings.ReplaceAll(path, "/", "-")
			r.out.Models[name] = Schema(schema)
		}
		models[contentType] = name
	}
	body := r.follow(x.Get("requestBody"))
	if body.Unknown() {
		return snapshot.Unknown[map[string]string](body.Gap())
	}
	for _, m := range body.Get("content").Members() {
		add(m.Name, m.Get("schema"))
	}
	for _, in := range x.Get("parameters").Items() {
		p := r.follow(in)
		if !p.Get("in").Is("body") { // what is missing is said of the parameters
			continue
		}
		types := x.Get("consumes").Items()
		if len(types) == 0 {
			types = r.root.Get("consumes").Items()
		}
		for _, t := range types {
			add(t.Plain(), p.Get("schema"))
		}
		if len(types) == 0 {
			add("application/json", p.Get("schema"))
		}
	}
	return snapshot.Known(models, x.Get("requestBody").Origin())
}

// responses reads the declared responses; only numeric ones are statuses.
func (r *reader) responses(x tree.View) snapshot.Fact[map[string]snapshot.MethodResponse] {
	if x.Unknown() {
		return snapshot.Unknown[map[string]snapshot.MethodResponse](x.Gap())
	}
	out := map[string]snapshot.MethodResponse{}
	for _, m := range x.Members() {
		if len(m.Name) != 3 || m.Name[0] < '1' || m.Name[0] > '5' {
			continue
		}
		declared := r.follow(m.View)
		switch {
		case declared.Unknown():
			return snapshot.Unknown[map[string]snapshot.MethodResponse](declared.Gap())
		case !declared.Absent() && declared.Value.Kind != tree.Object:
			return snapshot.Unknown[map[string]snapshot.MethodResponse](declared.Misfit("a response"))
		}
		response := snapshot.MethodResponse{Origin: m.Origin()}
		for _, h := range declared.Get("headers").Members() {
			if response.Parameters == nil {
				response.Parameters = map[string]bool{}
			}
			response.Parameters["method.response.header."+h.Name] = h.Get("required").Is("true")
		}
		out[m.Name] = response
	}
	return snapshot.Known(out, x.Origin())
}
