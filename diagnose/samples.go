package diagnose

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway"
	"apisqs-doctor/diagnose/internal/gateway/rest"
	"apisqs-doctor/diagnose/internal/vtl"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/lazy"
	"apisqs-doctor/diagnose/walk"
)

// sampleKind is what stands in a plain request where the integration reads a
// parameter or a member of the body.
type sampleKind int

// The kinds in the order in which they are tried. What a template does with a
// value cannot be told from its reads: one that loops needs a list, one that
// fills DelaySeconds needs a number.
const (
	sampleTexts sampleKind = iota
	sampleNumbers
	sampleLists
	sampleObjects
	sampleKinds
)

// plain makes the request that a correct client would send to the method: with
// the credentials, parameters and body members that the method and its
// integration read. A configuration works if it works for one correct client,
// so the first sample that gets through is taken.
func (e *engine) plain(api *snapshot.API, stage string, m *snapshot.Method, config *snapshot.Configuration) walk.Request {
	s := sampler{engine: e, api: api, stage: stage, method: m, config: config}
	first := s.request(sampleTexts)
	if named, ok := e.ofKnownQueue(first); ok {
		return named
	}
	if !s.varies || !refusesSample(e.Walk(first)) {
		return first
	}
	for kind := sampleTexts + 1; kind < sampleKinds; kind++ {
		r := s.request(kind)
		if !refusesSample(e.Walk(r)) {
			return r
		}
	}
	return first
}

// ofKnownQueue is the request with a path parameter that names a queue which exists,
// where the sample of one names none: a correct client knows the queues.
func (e *engine) ofKnownQueue(r walk.Request) (walk.Request, bool) {
	if !strings.Contains(r.Path, "{") {
		return r, false
	}
	t := e.Walk(r)
	if t.Queue.Queue != nil || t.Queue.ARN == "" {
		return r, false
	}
	wanted := t.Queue.ARN[strings.LastIndexByte(t.Queue.ARN, ':')+1:]
	for _, name := range slices.Sorted(maps.Keys(t.Route.PathParams)) {
		before, after, found := strings.Cut(wanted, t.Route.PathParams[name])
		if !found || t.Route.PathParams[name] == "" {
			continue
		}
		for _, arn := range slices.Sorted(maps.Keys(e.Snapshot.Queues)) {
			queue := arn[strings.LastIndexByte(arn, ':')+1:]
			if len(queue) <= len(before)+len(after) || !strings.HasPrefix(queue, before) || !strings.HasSuffix(queue, after) {
				continue
			}
			known := r
			known.Path = strings.ReplaceAll(r.Path, "{"+name+"}", queue[len(before):len(queue)-len(after)])
			if !refusesSample(e.Walk(known)) {
				return known, true
			}
		}
	}
	return r, false
}

// refusesSample tells whether a walk fails where another sample might not.
func refusesSample(t *walk.Trace) bool {
	for _, s := range []walk.Stage{walk.StageRoute, walk.StageMapping, walk.StageProtocol, walk.StageQueue} {
		if t.Step(s).Status == walk.Failed {
			return true
		}
	}
	return t.Queue.Malformed != nil
}

// sampler makes plain requests for one method.
type sampler struct {
	*engine
	api    *snapshot.API
	stage  string
	method *snapshot.Method
	config *snapshot.Configuration
	varies bool // some part of the request depends on the kind of sample
	kind   sampleKind
}

func (s *sampler) request(kind sampleKind) walk.Request {
	s.kind = kind
	m := s.method
	method := strings.ToUpper(m.HTTPMethod)
	if method == "ANY" || method == "" {
		method = "POST"
	}
	r := Plain(method, m.Path)
	if m.Path == "" {
		r.Path = "/sample" // the route $default has none
	}
	if m.HTTPMethod == "" {
		r = s.frame()
	}
	r.API, r.Stage, r.Route = s.api.ID, s.stage, m.RouteKey
	switch method {
	case "GET", "HEAD", "OPTIONS", "DELETE":
		r.Body = ""
		r = r.WithoutHeader("Content-Type").WithHeader("Accept", "application/json")
	}
	if disabled, ok := s.api.DefaultEndpointDisabled.Peek(); ok && disabled {
		host := "api.example.com" // callers come through a custom domain
		if domains, known := s.api.Domains.Peek(); known {
			host = ""
			for _, d := range domains {
				if host == "" && (d.Stage == s.stage || s.stage == "") {
					host = d.Name
					r.Path = strings.TrimSuffix("/"+d.Path, "/") + r.Path
				}
			}
		}
		if host != "" {
			r = r.WithHeader("Host", host)
		}
	}
	s.credentials(&r)
	if declared, ok := m.RequestParameters.Peek(); ok {
		for _, name := range slices.Sorted(maps.Keys(declared)) {
			s.parameter(&r, name)
		}
	}
	s.integration(&r)
	return r
}

// credentials adds what the method's authorization looks for.
func (s *sampler) credentials(r *walk.Request) {
	none := &snapshot.Gaps{}
	if required, ok := s.method.APIKeyRequired.Peek(); ok && required {
		*r = r.WithHeader("x-api-key", "sample-key")
	}
	kind, _ := s.method.Authorization.Peek()
	switch kind {
	case "", "NONE":
	case "AWS_IAM":
		*r = r.WithHeader("Authorization", "AWS4-HMAC-SHA256 Credential=sample")
	default:
		for _, source := range walk.AuthorizerSources(s.method, s.config, none) {
			s.parameter(r, source)
		}
	}
}

// parameter adds a sample value for a declared parameter, method.request.PLACE.NAME.
func (s *sampler) parameter(r *walk.Request, parameter string) {
	parts := strings.SplitN(parameter, ".", 4)
	if len(parts) < 4 {
		return
	}
	switch name := parts[3]; strings.TrimPrefix(parts[2], "multivalue") {
	case "header":
		if _, ok := r.Header(name); !ok && rest.VisibleHeader(name) {
			r.Headers = append(r.Headers, walk.Header{Name: name, Value: s.text(name)})
		}
	case "querystring":
		if !slices.ContainsFunc(r.Query, func(q walk.Header) bool { return q.Name == name }) {
			r.Query = append(r.Query, walk.Header{Name: name, Value: s.text(name)})
		}
	}
}

func (s *sampler) text(name string) string {
	switch strings.ToLower(name) {
	case "content-type", "accept":
		return "application/json"
	case "authorization":
		return "sample-token"
	}
	s.varies = true
	if s.kind == sampleNumbers {
		return "1"
	}
	return "sample"
}

// integration adds the parameters and body members that the integration reads,
// so that a plain request is one that it was written for.
func (s *sampler) integration(r *walk.Request) {
	i, ok := s.method.Integration.Peek()
	if !ok || i == nil {
		return
	}
	if subtype, _ := i.Subtype.Peek(); subtype != "" {
		s.arguments(r, i, subtype)
		return
	}
	templates, _ := i.Templates.Peek()
	if key := clientType(slices.Sorted(maps.Keys(templates))); key != "" && r.Body != "" {
		*r = r.WithHeader("Content-Type", key)
	}
	contentType, _ := r.Header("Content-Type")
	s.model(r, contentType)
	if gateway.MediaType(contentType) == "application/x-www-form-urlencoded" {
		r.Body = "id=1"
	}
	doc := decodedBody(r.Body)
	var names []string
	choice := rest.ChooseTemplate(contentType, slices.Sorted(maps.Keys(templates)), rest.WhenNoMatch)
	if text, ok := templates[choice.Key].Peek(); ok && choice.Key != "" {
		names = itemNames(text)
		if template, err := s.Template(text); err == nil {
			for _, read := range template.Reads() {
				doc = s.read(r, doc, read, names)
			}
		}
	}
	mappings, _ := i.RequestParameters.Peek()
	for _, name := range slices.Sorted(maps.Keys(mappings)) {
		if text, ok := mappings[name].Peek(); ok {
			if source, err := rest.ParseExpression(text); err == nil && source.Kind == rest.Body && source.Name != "$" {
				doc = s.member(doc, "$."+source.Name, names)
			}
		}
	}
	if doc != nil {
		if text, err := json.Marshal(doc); err == nil && string(text) != compact(r.Body) {
			r.Body = string(text)
		}
	}
}

// clientType is the content type that a client has to send where no template
// takes application/json; empty when one does or there is no template.
func clientType(keys []string) string {
	first := ""
	for _, key := range keys {
		if key == "$default" || gateway.MediaType(key) == "application/json" {
			return ""
		}
		if first == "" && strings.Contains(key, "/") {
			first = key
		}
	}
	return first
}

// read adds what one read of a template needs.
func (s *sampler) read(r *walk.Request, doc any, read vtl.Read, names []string) any {
	switch read.Kind {
	case "parameter":
		if s.misspelt(read.Name) {
			break // a caller sends what is declared; that the template reads it otherwise is to show
		}
		inQuery := slices.ContainsFunc(r.Query, func(q walk.Header) bool { return q.Name == read.Name })
		if params, _, _ := gateway.Match(s.method.Path, s.method.Path); params[read.Name] == "" && !inQuery {
			s.parameter(r, "method.request.header."+read.Name)
		}
	case "header", "query":
		if !s.misspelt(read.Name) {
			place := map[string]string{"header": "header", "query": "querystring"}[read.Kind]
			s.parameter(r, "method.request."+place+"."+read.Name)
		}
	case "body":
		return s.member(doc, read.Name, names)
	}
	return doc
}

// misspelt tells a name that the method has, in its path or among its parameters,
// under another spelling only (T172).
func (s *sampler) misspelt(name string) bool {
	params, _, _ := gateway.Match(s.method.Path, s.method.Path)
	known := append(slices.Collect(maps.Keys(params)), declaredNames(s.method)...)
	return !slices.Contains(known, name) && slices.ContainsFunc(known, func(n string) bool { return SameButForSpelling(n, name) })
}

// decodedBody is the JSON document of a body; nil when it is none.
func decodedBody(body string) any {
	var doc any
	if !strings.HasPrefix(body, "{") || json.Unmarshal([]byte(body), &doc) != nil {
		return nil
	}
	return doc
}

func compact(body string) string {
	text, _ := json.Marshal(decodedBody(body))
	return string(text)
}

// member adds the member that a plain JSON path such as $.detail.type names.
func (s *sampler) member(doc any, path string, names []string) any {
	object, ok := doc.(map[string]any)
	if !ok {
		return doc
	}
	if path == "" || path == "$" {
		// The template may go on from the whole body: $root.detail, or a loop.
		if len(names) > 0 {
			s.varies = true
			if s.kind == sampleLists {
				return []any{s.item(names)}
			}
			for _, name := range names {
				if _, taken := object[name]; !taken {
					object[name] = s.value(nil)
				}
			}
		}
		return object
	}
	path = strings.TrimPrefix(strings.TrimPrefix(path, "$"), ".")
	if path == "" || strings.ContainsAny(path, "*?@(':,") {
		return doc
	}
	s.varies = true
	walk.Grow(object, strings.Split(path, "."), s.value(names))
	return doc
}

// value is one sample of the present kind.
func (s *sampler) value(names []string) any {
	switch s.kind {
	case sampleNumbers:
		return 1
	case sampleLists:
		if len(names) > 0 {
			return []any{s.item(names)}
		}
		return []any{"sample"}
	case sampleObjects:
		return s.item(names)
	}
	return "sample"
}

func (s *sampler) item(names []string) map[string]any {
	item := map[string]any{"id": "1"}
	for _, name := range names {
		item[name] = "sample"
	}
	return item
}

var itemRE = lazy.Regexp(`\$!?\{?([A-Za-z][\w-]*)\.([A-Za-z][\w-]*)(\()?`)

// itemNames guesses the members of list items and objects that a template
// reaches through its own variables: $item.name. It is used for samples only.
func itemNames(template string) []string {
	var names []string
	for _, m := range itemRE.FindAllStringSubmatch(template, 200) {
		switch m[1] {
		case "input", "util", "context", "stageVariables", "foreach", "velocityCount":
			continue
		}
		if m[3] == "" && !slices.Contains(names, m[2]) {
			names = append(names, m[2])
		}
	}
	return names
}

// model replaces the body by one that fits the method's model, if the validator
// asks for it.
func (s *sampler) model(r *walk.Request, contentType string) {
	id, _ := s.method.ValidatorID.Peek()
	if v, ok := s.config.Validators[id].Peek(); !ok || !v.Body || r.Body == "" {
		return
	}
	models, _ := s.method.RequestModels.Peek()
	name, ok := models[gateway.MediaType(contentType)]
	if !ok {
		name = models["$default"]
	}
	if text, ok := sampleOf(s.config, name); ok {
		r.Body = text
	}
}

// sampleOf is a body that fits a model; false when none could be made.
func sampleOf(config *snapshot.Configuration, name string) (string, bool) {
	lookup := func(name string) (string, bool) { return config.Models[name].Peek() }
	schema, ok := lookup(name)
	if !ok {
		return "", false
	}
	return rest.SampleBody(schema, lookup)
}
