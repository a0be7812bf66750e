// Package openapi reads OpenAPI documents with API Gateway's extensions, 2.0 and
// 3.x, into the API that they describe: the body of an API in a template, a file
// that it is made from, and what GetExport writes of a stage.
package openapi

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/tree"
)

// methods are the members of a path item that declare a method.
var methods = map[string]string{"get": "GET", "put": "PUT", "post": "POST", "delete": "DELETE", "options": "OPTIONS", "head": "HEAD", "patch": "PATCH",
	"x-amazon-apigateway-any-method": "ANY"}

// reader is one document being read.
type reader struct {
	typ       snapshot.APIType
	root      tree.View
	schemes   map[string]scheme
	validator tree.View // name of the validator that methods have by default
	out       *assemble.Definition
}

// Read reads a document, which is an object. Authorizers that operations may
// name although the document does not declare them are given by their names; the
// map may be nil.
func Read(root tree.View, typ snapshot.APIType, beside map[string]snapshot.Fact[snapshot.Authorizer]) *assemble.Definition {
	r := &reader{typ: typ, root: root, schemes: map[string]scheme{}, validator: root.Get("x-amazon-apigateway-request-validator"), out: &assemble.Definition{
		Name:       root.Get("info").Get("title").Plain(),
		Validators: map[string]snapshot.Fact[snapshot.Validator]{}, Models: map[string]snapshot.Fact[string]{},
		Authorizers: map[string]snapshot.Fact[snapshot.Authorizer]{}, Open: map[int]bool{}}}
	r.language()
	r.settings()
	r.parts(beside)
	paths := root.Get("paths")
	if paths.Unknown() {
		r.doubt(paths.Gap())
	}
	for _, p := range paths.Members() {
		if strings.HasPrefix(p.Name, "/") || typ == snapshot.WebSocket {
			r.path(p.Name, p.View)
		}
	}
	return r.out
}

// language sees to it that API Gateway takes the document for OpenAPI at all
// (T106). Of one without a title or a version it is not known what becomes, except
// that an HTTP API takes one without a version (I47).
func (r *reader) language() {
	version := r.root.Get("openapi")
	if version.Absent() {
		version = r.root.Get("swagger")
	}
	if text := version.Plain(); !version.Unknown() && !strings.HasPrefix(text, "3.") && !strings.HasPrefix(text, "2.") && text != "2" && text != "3" {
		r.out.Refused = &snapshot.Refusal{Code: "BadRequestException", Message: "Invalid OpenAPI input.", Origin: version.Origin()}
		return
	}
	info := r.root.Get("info")
	for _, name := range []string{"title", "version"} {
		if name == "version" && r.typ == snapshot.HTTP && info.Get(name).Absent() {
			continue
		}
		if x := info.Get(name); !info.Unknown() && !x.Unknown() && (x.Absent() || !x.Value.Readable()) {
			r.out.Unread = append(r.out.Unread, snapshot.Unread{What: "the OpenAPI document has no info." + name + ", and whether API Gateway imports it then is not known", Origin: r.root.Origin()})
		}
	}
}

// doubt records that methods may be missing.
func (r *reader) doubt(gap snapshot.Gap) { r.out.Doubt = &gap }

// settings reads what holds for the whole API.
func (r *reader) settings() {
	if types := r.root.Get("x-amazon-apigateway-binary-media-types"); !types.Absent() {
		list := MediaTypes(types)
		r.out.BinaryMediaTypes = &list
	}
	if policy := r.root.Get("x-amazon-apigateway-policy"); !policy.Absent() {
		document, _ := policy.Policy()
		r.out.Policy = &document
	}
	if r.typ == snapshot.REST {
		for _, m := range r.root.Get("x-amazon-apigateway-gateway-responses").Members() {
			r.out.GatewayResponses = append(r.out.GatewayResponses, assemble.GatewayResponse{Name: "x-amazon-apigateway-gateway-responses", Kind: m.Name, Origin: m.Origin()})
		}
	}
	if cors := r.root.Get("x-amazon-apigateway-cors"); !cors.Absent() {
		one := CORS(cors, Camel)
		r.out.CORS = &one
	}
	if off := r.root.Get("x-amazon-apigateway-endpoint-configuration").Get("disableExecuteApiEndpoint"); !off.Absent() {
		disabled := off.Boolean(false)
		r.out.DefaultEndpointDisabled = &disabled
	}
}

// Joined is a list of texts as one, with commas between them.
func Joined(x tree.View) string {
	var list []string
	for _, in := range x.Items() {
		list = append(list, in.Plain())
	}
	return strings.Join(list, ",")
}

// CORS reads what an HTTP API answers to preflight requests.
func CORS(x tree.View, s Spelling) snapshot.Fact[*snapshot.CORS] {
	if x.Unknown() {
		return snapshot.Unknown[*snapshot.CORS](x.Gap())
	}
	var gaps snapshot.Gaps
	c, get := &snapshot.CORS{}, s.in(x)
	c.Origins, _ = get("allowOrigins").Texts().Read(&gaps)
	c.Methods, _ = get("allowMethods").Texts().Read(&gaps)
	c.Headers, _ = get("allowHeaders").Texts().Read(&gaps)
	c.Exposed, _ = get("exposeHeaders").Texts().Read(&gaps)
	c.Credentials, _ = get("allowCredentials").Boolean(false).Read(&gaps)
	c.MaxAge, _ = get("maxAge").Number(0).Read(&gaps)
	return snapshot.Derived(c, &gaps, x.Origin())
}

// MediaTypes reads binary media types, in which templates write ~1 for a slash.
func MediaTypes(x tree.View) snapshot.Fact[[]string] {
	f := x.Texts()
	list, ok := f.Peek()
	if !ok {
		return f
	}
	for i := range list {
		list[i] = strings.ReplaceAll(list[i], "~1", "/")
	}
	return f.With(list)
}

// parts reads what operations refer to by name.
func (r *reader) parts(beside map[string]snapshot.Fact[snapshot.Authorizer]) {
	for _, m := range r.root.Get("x-amazon-apigateway-request-validators").Members() {
		r.out.Validators[m.Name] = Validator(m.View, m.Name, Camel)
	}
	for _, at := range []tree.View{r.root.Get("components").Get("schemas"), r.root.Get("definitions")} {
		for _, m := range at.Members() {
			r.out.Models[m.Name] = Schema(m.View)
		}
	}
	for name, authorizer := range beside {
		r.schemes[name] = schemeOf(name, authorizer)
	}
	for _, at := range []tree.View{r.root.Get("components").Get("securitySchemes"), r.root.Get("securityDefinitions")} {
		for _, m := range at.Members() {
			r.schemes[m.Name] = r.scheme(m.Name, m.View)
		}
	}
}

// Validator reads a request validator.
func Validator(x tree.View, name string, s Spelling) snapshot.Fact[snapshot.Validator] {
	var gaps snapshot.Gaps
	v, get := snapshot.Validator{Name: name}, s.in(x)
	v.Body, _ = get("validateRequestBody").Boolean(false).Read(&gaps)
	v.Parameters, _ = get("validateRequestParameters").Boolean(false).Read(&gaps)
	return snapshot.Derived(v, &gaps, x.Origin())
}

// Schema reads a model's schema, an object or its text, as JSON.
func Schema(x tree.View) snapshot.Fact[string] {
	if x.Absent() || x.Unknown() || x.Value.Readable() {
		return x.Text("{}")
	}
	out, ok := tree.JSON(x.Value)
	if !ok {
		return snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.Unresolved, Detail: x.Path + " holds a value that is not known before deployment", Origin: x.Origin()})
	}
	return snapshot.Known(out, x.Origin())
}

// follow follows $ref inside the document. What is not there is unknown.
func (r *reader) follow(x tree.View) tree.View {
	missing := func(x tree.View, what string) tree.View {
		x.Value = &tree.Value{Kind: tree.Unknown, Gap: &tree.Missing{Expression: what, Reason: snapshot.Unparsed}}
		return x
	}
	for range 10 {
		ref := x.Get("$ref")
		if ref.Absent() || x.Unknown() {
			return x
		}
		pointer, local := strings.CutPrefix(ref.Plain(), "#/")
		target := r.root
		for name := range strings.SplitSeq(pointer, "/") {
			target = target.Get(strings.NewReplacer("~1", "/", "~0", "~").Replace(name))
		}
		if !local || target.Absent() {
			return missing(ref, "the document does not hold "+ref.Plain())
		}
		x = target
	}
	return missing(x, "references lead to references without end")
}
