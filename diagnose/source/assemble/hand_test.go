package assemble

import (
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
)

// hand is a source in its smallest form: an API that is described by hand, with
// one resource a line in the order in which they are written below.
type hand struct{ Parts }

func at(resource string) snapshot.Origin { return snapshot.Origin{Resource: resource, File: "by hand"} }

func say[T any](v T, resource string) snapshot.Fact[T] { return snapshot.Known(v, at(resource)) }

func ref(name string) Ref { return To(name, at(name)) }

func (h *hand) queue(name, key string) {
	h.Queues = append(h.Queues, Queue{snapshot.Queue{ARN: "arn:aws:sqs:eu-west-1:123456789012:" + name, URL: "https://" + name, Origin: at(name),
		FIFO: say(false, name), ContentBasedDeduplication: say(false, name), MaximumMessageSize: say(NotGiven, name),
		KMSKeyID: say(key, name), KMSReusePeriod: say(NotGiven, name), Policy: say("", name)}})
}

func (h *hand) role(name string) {
	h.Roles = append(h.Roles, Role{Name: name, ARN: "arn:aws:iam::123456789012:role/" + name, Origin: at(name), Trust: say("{}", name),
		Inline: say([]snapshot.Policy{}, name), Attached: say([]Ref{}, name), Boundary: To("", at(name)), Tags: say(map[string]string{}, name)})
}

func (h *hand) api(id string) {
	h.APIs = append(h.APIs, API{ID: id, Root: id + "/", Type: snapshot.REST, Name: id, Origin: at(id), EndpointTypes: say([]string{}, id),
		DefaultEndpointDisabled: say(false, id), Policy: say("", id), BinaryMediaTypes: say([]string{}, id)})
}

func (h *hand) resource(id, api, parent, part string) {
	h.Resources = append(h.Resources, Resource{ID: id, API: ref(api), Parent: ref(parent), Part: part, Origin: at(id)})
}

func (h *hand) method(id, api, resource, verb string) {
	h.Methods = append(h.Methods, Method{Address: id, API: ref(api), Resource: ref(resource), Method: snapshot.Method{HTTPMethod: verb, Origin: at(id),
		Authorization: say("", id), AuthorizerID: say("", id), APIKeyRequired: say(false, id), ValidatorID: say("", id),
		RequestParameters: say(map[string]bool{}, id), RequestModels: say(map[string]string{}, id),
		Responses: say(map[string]snapshot.MethodResponse{}, id), Integration: say[*snapshot.Integration](nil, id)}})
}

func (h *hand) integration(id, api, resource, verb, uri, role string) {
	none := say("", id)
	h.Integrations = append(h.Integrations, Integration{Address: id, API: ref(api), Resource: ref(resource), Verb: verb, Integration: snapshot.Integration{
		Origin: at(id), Type: say("aws", id), HTTPMethod: say("post", id), URI: say(uri, id), Credentials: say(role, id), Subtype: none, Passthrough: none,
		ContentHandling: none, PayloadFormat: none, TemplateSelection: none, TimeoutMillis: say(NotGiven, id),
		RequestParameters: say(map[string]snapshot.Fact[string]{}, id), Templates: say(map[string]snapshot.Fact[string]{}, id),
		Responses: say([]snapshot.IntegrationResponse{}, id)}})
}

func (h *hand) response(id, api, resource, verb, status, pattern string) {
	h.MethodResponses = append(h.MethodResponses, MethodResponse{API: ref(api), Resource: ref(resource), HTTPMethod: verb, Status: status})
	h.IntegrationResponses = append(h.IntegrationResponses, IntegrationResponse{API: ref(api), Resource: ref(resource), Verb: verb, Origin: at(id),
		Pattern: say(pattern, id), Status: say(status, id), ContentHandling: say("", id), Parameters: say(map[string]string{}, id), Templates: say(map[string]string{}, id)})
}

func (h *hand) stage(name, api, deployment string, waits ...string) {
	h.Deployments = append(h.Deployments, Deployment{ID: deployment, API: ref(api), Type: snapshot.REST, Name: deployment, Origin: at(deployment),
		Waits: func(address string) bool { return strings.Contains(strings.Join(waits, " "), address) }})
	h.Stages = append(h.Stages, Stage{API: ref(api), Type: snapshot.REST, Name: name, Deployment: ref(deployment), AutoDeploy: say(false, name),
		Variables: say(map[string]string{}, name), Canary: say[*snapshot.Canary](nil, name), Origin: at(name)})
}

func TestByHand(t *testing.T) {
	h := &hand{Parts{Input: "what the hand wrote", Target: snapshot.Target{Kind: snapshot.Template}}}
	h.Keys = []Key{{snapshot.Key{ARN: "arn:aws:kms:eu-west-1:123456789012:key/k", Policy: say("", "key")}}}
	h.Aliases = []Alias{{ARN: "arn:aws:kms:eu-west-1:123456789012:alias/orders", Key: ref("k")}}
	h.queue("orders", "alias/orders")
	h.QueuePolicies = []QueuePolicy{{Name: "open", Queues: []Ref{ref("https://orders")}, Document: say("{open}", "open")}}
	h.role("sender")
	h.Policies = []Policy{{Policy: snapshot.Policy{Name: "send"}, Roles: []Ref{ref("sender")}}, {Policy: snapshot.Policy{Name: "log", ARN: "arn:log"}}}
	h.Attachments = []Attachment{{Policy: ref("arn:log"), Roles: []Ref{ref("sender")}}, {Policy: ref("arn:aws:iam::aws:policy/Elsewhere"), Roles: []Ref{ref("sender")}}}
	h.method("post", "shop", "item", "POST") // before what it belongs to
	h.resource("item", "shop", "list", "{id}")
	h.resource("list", "shop", "shop/", "orders")
	h.method("late", "shop", "list", "GET")
	h.integration("send", "shop", "item", "POST", "arn:aws:apigateway:eu-west-1:sqs:path/123456789012/orders", "arn:aws:iam::123456789012:role/sender")
	h.integration("lateSend", "shop", "list", "GET", "arn:aws:apigateway:eu-west-1:sqs:path/123456789012/orders", "arn:aws:iam::123456789012:role/sender")
	h.method("bare", "shop", "list", "OPTIONS") // without an integration: AWS refuses what takes it (T106)
	h.response("ok", "shop", "item", "POST", "200", "")
	h.response("bad", "shop", "item", "POST", "400", `4\d{2}`)
	h.stage("prod", "shop", "first", "post", "send")
	h.api("shop")
	h.method("stray", "elsewhere", "root", "PUT")
	s := h.Snapshot()

	is(t, "APIs", len(s.APIs), 2)
	shop := s.APIs[0]
	is(t, "endpoint", known(t, shop.EndpointTypes)[0], "EDGE")
	draft := known(t, shop.Draft)
	is(t, "draft methods", len(draft.Methods), 3)
	is(t, "paths", strings.Join(draft.Routes, " "), "/ /orders /orders/{id}")
	stage := known(t, shop.Stages)[0]
	deployed := known(t, stage.Deployed)
	is(t, "methods that the deployment waits for, and the bare one", len(deployed.Methods), 2)
	post, bare := deployed.Methods[0], deployed.Methods[1]
	if bare.HTTPMethod != "OPTIONS" {
		post, bare = bare, post
	}
	is(t, "the bare one", bare.HTTPMethod+" "+bare.Path, "OPTIONS /orders")
	is(t, "path", post.Path, "/orders/{id}")
	is(t, "authorization", known(t, post.Authorization), "NONE")
	is(t, "method responses", len(known(t, post.Responses)), 2)
	i := known(t, post.Integration)
	is(t, "type", known(t, i.Type), "AWS")
	is(t, "passthrough", known(t, i.Passthrough), "WHEN_NO_MATCH")
	is(t, "timeout", known(t, i.TimeoutMillis), 29000)
	is(t, "second pattern", known(t, i.Responses)[1].Pattern, `4\d{2}`)
	role := known(t, s.Role(known(t, i.Credentials)))
	is(t, "inline", known(t, role.Inline)[0].Name, "send")
	is(t, "attached", known(t, role.Attached)[0].Name, "log")
	is(t, "attached, from elsewhere", known(t, role.Attached)[1].Document.IsKnown(), false)
	queue := known(t, s.Queue("arn:aws:sqs:eu-west-1:123456789012:orders"))
	is(t, "queue policy", known(t, queue.Policy), "{open}")
	is(t, "message size", known(t, queue.MaximumMessageSize), 1048576)
	key := known(t, s.Key(snapshot.KeyReference(queue.ARN, known(t, queue.KMSKeyID))))
	is(t, "key policy", strings.Contains(known(t, key.Policy), "arn:aws:iam::123456789012:root"), true)

	elsewhere := s.APIs[1]
	is(t, "foreign API", elsewhere.Stages.IsKnown(), false)
	is(t, "its reason", elsewhere.Stages.Gap().Detail, "the API elsewhere is not part of what the hand wrote")
}

// What API Gateway does not create: T100, and the answers to equal names.
func TestRefusals(t *testing.T) {
	for want, add := range map[string]func(*hand){
		"":                                      func(*hand) {},
		"Invalid Resource identifier specified": func(h *hand) { h.method("m", "shop", "nothing", "GET") },
		"NotFoundException":                     func(h *hand) { h.resource("x", "shop", "other/", "x") },
		"Another resource with the same parent already has this name: orders": func(h *hand) { h.resource("again", "shop", "shop/", "orders") },
		"a variable path part":                    func(h *hand) { h.resource("a", "shop", "list", "{a}"); h.resource("b", "shop", "list", "{b}") },
		"Invalid Deployment identifier specified": func(h *hand) { h.stage("prod", "shop", "of the other"); h.Deployments[0].API = ref("other") },
	} {
		h := &hand{Parts{Input: "what the hand wrote", New: true}}
		h.api("shop")
		h.api("other")
		h.resource("list", "shop", "shop/", "orders")
		h.method("post", "shop", "list", "POST")
		add(h)
		got := ""
		for _, r := range h.Snapshot().Refusals {
			got += r.Code + ": " + r.Message + " for " + strings.Join(r.APIs, " ") + "\n"
		}
		if want == "" && got != "" || !strings.Contains(got, want) || strings.Count(got, "\n") > 1 {
			t.Errorf("refused: %q, expected %q", got, want)
		}
	}
}

func is[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, expected %v", what, got, want)
	}
}

func known[T any](t *testing.T, f snapshot.Fact[T]) T {
	t.Helper()
	v, ok := f.Peek()
	if !ok {
		t.Fatalf("unknown: %+v", f.Gap())
	}
	return v
}
