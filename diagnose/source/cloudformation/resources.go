package cloudformation

import (
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/openapi"
	"apisqs-doctor/diagnose/source/tree"
)

// reading is what is read of the resources of some types. Properties are those
// of the resource, resolved.
type reading struct {
	types []string
	read  func(b *builder, s *stack, r *resource, p tree.View)
}

// readings lists the resource types that are read, in the order in which their
// references are resolved.
var readings = []reading{
	{[]string{"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"}, (*builder).policy},
	{[]string{"AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy"}, (*builder).queuePolicy},
	{[]string{"AWS::KMS::Key", "AWS::KMS::ReplicaKey"}, (*builder).key},
	{[]string{"AWS::KMS::Alias"}, (*builder).alias},
	{[]string{"AWS::SQS::Queue"}, (*builder).queue},
	{[]string{"AWS::IAM::Role"}, (*builder).role},
	{[]string{"AWS::ApiGateway::RestApi", "AWS::Serverless::Api", "AWS::ApiGatewayV2::Api", "AWS::Serverless::HttpApi"}, (*builder).api},
	{[]string{"AWS::ApiGatewayV2::Integration"}, ofAPI("ApiId", (*builder).integration)},
	{[]string{"AWS::ApiGatewayV2::IntegrationResponse"}, (*builder).integrationResponse},
	{[]string{"AWS::ApiGateway::Resource"}, ofAPI("RestApiId", (*builder).resource)},
	{[]string{"AWS::ApiGateway::RequestValidator"}, ofAPI("RestApiId", (*builder).validator)},
	{[]string{"AWS::ApiGateway::Model"}, ofAPI("RestApiId", (*builder).model)},
	{[]string{"AWS::ApiGateway::Authorizer"}, ofAPI("RestApiId", (*builder).authorizer)},
	{[]string{"AWS::ApiGatewayV2::Authorizer"}, ofAPI("ApiId", (*builder).authorizer)},
	{[]string{"AWS::ApiGateway::GatewayResponse"}, ofAPI("RestApiId", (*builder).gatewayResponse)},
	{[]string{"AWS::ApiGateway::Method"}, ofAPI("RestApiId", (*builder).method)},
	{[]string{"AWS::ApiGatewayV2::Route"}, ofAPI("ApiId", (*builder).route)},
	{[]string{"AWS::ApiGatewayV2::RouteResponse"}, (*builder).routeResponse},
	{[]string{"AWS::ApiGateway::Deployment"}, ofAPI("RestApiId", (*builder).deployment)},
	{[]string{"AWS::ApiGatewayV2::Deployment"}, ofAPI("ApiId", (*builder).deployment)},
	{[]string{"AWS::ApiGateway::Stage"}, ofAPI("RestApiId", (*builder).stage)},
	{[]string{"AWS::ApiGatewayV2::Stage"}, ofAPI("ApiId", (*builder).stage)},
	{[]string{"AWS::WAFv2::WebACLAssociation"}, (*builder).webACL},
	{[]string{"AWS::ApiGateway::UsagePlan"}, (*builder).usagePlan},
	{[]string{"AWS::ApiGateway::BasePathMapping"}, (*builder).basePath},
	{[]string{"AWS::CloudFront::Distribution"}, (*builder).cloudFront},
	{[]string{"AWS::Lambda::Permission"}, (*builder).permission},
	// These decide nothing of a method, but are refused as others are.
	{[]string{"AWS::ApiGateway::ApiKey", "AWS::ApiGateway::UsagePlanKey", "AWS::ApiGateway::DomainName", "AWS::ApiGateway::Account",
		"AWS::ApiGatewayV2::Model", "AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::ApiMapping"}, func(*builder, *stack, *resource, tree.View) {}},
}

// ofAPI reads what belongs to the API that a property names. Without the property,
// which the schema demands, it belongs to none.
func ofAPI(property string, read func(b *builder, s *stack, r *resource, p tree.View, api assemble.Ref)) func(*builder, *stack, *resource, tree.View) {
	return func(b *builder, s *stack, r *resource, p tree.View) {
		if api, ok := b.apiOf(s, p.Get(property)); ok {
			read(b, s, r, p, api)
		}
	}
}

// apiType tells the resources of REST APIs from those of HTTP and WebSocket APIs.
func (r *resource) apiType() snapshot.APIType {
	if strings.HasPrefix(r.typ, "AWS::ApiGatewayV2::") {
		return snapshot.HTTP
	}
	return snapshot.REST
}

// builder describes the resources of the stacks.
type builder struct {
	world    *world
	parts    *assemble.Parts
	skips    []snapshot.Skip
	roots    map[string]*stack    // the root stack that an API belongs to, by the API's id
	owners   map[string]*resource // by the address of a part
	callable []string             // the functions that API Gateway may call
	verbs    map[[2]string]bool   // methods that are there for certain: resource, HTTP method
}

// onlyMethod refuses a second method of that name on a resource. One that may not
// exist is not counted.
func (b *builder) onlyMethod(s *stack, r *resource, on, verb string) {
	if s.exists(r) != yes || on == "" || verb == "" {
		return
	}
	key := [2]string{on, strings.ToUpper(verb)}
	if b.verbs[key] {
		b.world.refuse("ConflictException", "Method already exists for this resource", s.origin(r, "", r.at))
	}
	b.verbs[key] = true
}

// build resolves every resource that the diagnosis needs.
func (w *world) build() *snapshot.Snapshot {
	b := &builder{world: w, verbs: map[[2]string]bool{}, roots: map[string]*stack{}, owners: map[string]*resource{}, parts: &assemble.Parts{Input: "the templates", New: true,
		Target: snapshot.Target{Kind: snapshot.Template,
			Region:    w.sameIn(func(e *environment) string { return e.region }),
			Account:   w.sameIn(func(e *environment) string { return e.account }),
			Partition: w.sameIn(func(e *environment) string { return e.partition.ID })},
		Warn: func(message string) { w.warn("%s", message) }}}
	for i := 0; i < len(w.stacks) && w.err == nil; i++ {
		s := w.stacks[i]
		for _, r := range s.live("AWS::CloudFormation::Stack", "AWS::Serverless::Application") {
			s.open(r)
		}
	}
	w.each(checkStructure)
	w.each(b.readSkips)
	for _, of := range readings {
		w.each(func(s *stack) {
			for _, r := range s.live(of.types...) {
				b.owners[r.serial] = r
				p := s.props(r)
				s.checkProperties(r, p)
				s.checkValues(r, p)
				of.read(b, s, r, p)
			}
		})
	}
	w.each(checkCycles)
	if w.err != nil {
		return nil
	}
	b.unpermitted()
	out := b.parts.Snapshot()
	if w.err != nil {
		return nil
	}
	out.Organization = snapshot.Unknown[snapshot.Organization](snapshot.Gap{Reason: snapshot.NotRead, Detail: "a template does not hold the organization's policies"})
	out.Skips = b.skips
	out.Symbols = w.symbols.list
	out.Refusals = append(out.Refusals, b.refusals(out.APIs)...)
	out.Target.Unread = append(b.unread(out.APIs), out.Target.Unread...)
	out.Target.RegionFrom = w.regionFrom
	out.Target.Assumed = append(slices.Clip(w.assumed), out.Target.Assumed...)
	return out
}

// each does something with every stack until an error ends the work.
func (w *world) each(do func(*stack)) {
	for _, s := range w.stacks {
		if w.err == nil {
			do(s)
		}
	}
}

// refusals says which APIs a refusal keeps from being deployed: those of the
// stacks that the refused template belongs to, which AWS rolls back as a whole.
func (b *builder) refusals(apis []snapshot.API) []snapshot.Refusal {
	var list []snapshot.Refusal
	for _, r := range b.world.refusals {
		refused := map[*stack]bool{}
		for _, s := range b.world.stacks {
			if s.doc.Name == r.Origin.File {
				refused[s.root] = true
			}
		}
		var none bool
		if r.APIs, none = b.apisOf(refused, apis); none {
			b.world.warn("%s:%d: AWS would refuse this template, which no API is in: %s", r.Origin.File, r.Origin.Line, r.Message)
			continue
		}
		list = append(list, r)
	}
	return list
}

// unread says which APIs the parts may change that were not read.
func (b *builder) unread(apis []snapshot.API) []snapshot.Unread {
	var list []snapshot.Unread
	for _, part := range b.world.unread {
		if part.root != nil {
			var none bool
			part.APIs, none = b.apisOf(map[*stack]bool{part.root: true}, apis)
			part.Decides = !none
		}
		list = append(list, part.Unread)
	}
	return list
}

// apisOf lists the APIs of some stacks, by their roots; an empty list stands for
// all. It tells when there are none.
func (b *builder) apisOf(roots map[*stack]bool, apis []snapshot.API) (ids []string, none bool) {
	others := false
	for _, s := range b.world.stacks {
		others = others || !roots[s.root]
	}
	if len(roots) == 0 || !others {
		return nil, false
	}
	for _, a := range apis {
		if roots[b.roots[a.ID]] {
			ids = append(ids, a.ID)
		}
	}
	return ids, len(ids) == 0
}

// demanded is a text that the schema requires. An absent one is refused there, and
// says no more here.
func demanded(x tree.View) snapshot.Fact[string] {
	if x.Absent() {
		return snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.Unparsed, Detail: x.Path + " is missing", Origin: x.Origin()})
	}
	return x.Text("")
}

// demandedRef is what names another resource in a property that the schema requires.
func demandedRef(x tree.View) assemble.Ref { return assemble.Ref{Text: x.Plain(), Fact: demanded(x)} }

// apiOf is the API that a property names. It returns false when the property is
// missing, which the schema refuses.
func (b *builder) apiOf(s *stack, x tree.View) (assemble.Ref, bool) {
	ref := openapi.Ref(x)
	switch {
	case ref.Text != "":
	case x.Unknown():
		ref.Text = b.world.symbolIn(s.prefix, x.Value.Gap.Expression, x.Value.Gap.Expression, "", &tree.Node{At: x.At}).Text
	default:
		return ref, false
	}
	if b.roots[ref.Text] == nil {
		b.roots[ref.Text] = s.root
	}
	return ref, true
}

// mayBeMissing is the gap of a resource whose condition is not known.
func (s *stack) mayBeMissing(r *resource, what string, at snapshot.Origin) *snapshot.Gap {
	if s.exists(r) != maybe {
		return nil
	}
	return &snapshot.Gap{Reason: snapshot.Unresolved, Detail: "the condition " + r.condition + " of the " + what + " is not known before deployment", Origin: at}
}
