package cloudformation

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/tree"
)

// This file reads what stands in front of the methods of an API: throttling, usage
// plans, custom domains, distributions, and the functions that authorize.

// methodSettings reads the settings of a stage by path and method.
func methodSettings(p tree.View) snapshot.Fact[map[string]snapshot.MethodSettings] {
	list := p.Get("MethodSettings")
	if list.Unknown() {
		return snapshot.Unknown[map[string]snapshot.MethodSettings](list.Gap())
	}
	out := map[string]snapshot.MethodSettings{}
	add := func(key string, x tree.View) {
		s := limitsOf(x, "ThrottlingRateLimit", "ThrottlingBurstLimit")
		s.LoggingLevel, s.DataTrace, s.Metrics = x.Get("LoggingLevel").Plain(), x.Get("DataTraceEnabled").Is("true"), x.Get("MetricsEnabled").Is("true")
		out[key] = s
	}
	for _, x := range list.Items() {
		path := strings.ReplaceAll(x.Get("ResourcePath").Plain(), "~1", "/")
		if path == "/*" || path == "*" {
			add(snapshot.AllMethods, x)
		} else {
			add(path+"/"+strings.ToUpper(x.Get("HttpMethod").Plain()), x)
		}
	}
	if x := p.Get("DefaultRouteSettings"); !x.Absent() {
		add(snapshot.AllMethods, x)
	}
	for _, m := range p.Get("RouteSettings").Members() {
		add(m.Name, m.View)
	}
	return snapshot.Known(out, p.Origin())
}

// limitsOf reads the throttling under two names. A value that is not known is none.
func limitsOf(x tree.View, rate, burst string) snapshot.MethodSettings {
	s := snapshot.MethodSettings{Origin: x.Origin()}
	if v, err := strconv.ParseFloat(x.Get(rate).Plain(), 64); err == nil {
		s.ThrottleRate = &v
	}
	if v, err := strconv.Atoi(x.Get(burst).Plain()); err == nil {
		s.ThrottleBurst = &v
	}
	return s
}

// usagePlan adds a plan to the stages that it takes in.
func (b *builder) usagePlan(s *stack, r *resource, p tree.View) {
	name := cmp.Or(p.Get("UsagePlanName").Plain(), r.id)
	for _, in := range p.Get("ApiStages").Items() {
		plan := snapshot.UsagePlan{Name: name, Limits: limitsOf(p.Get("Throttle"), "RateLimit", "BurstLimit"), Origin: s.origin(r, "", r.at)}
		if quota, err := strconv.Atoi(p.Get("Quota").Get("Limit").Plain()); err == nil {
			plan.Quota = &quota
		}
		for _, m := range in.Get("Throttle").Members() {
			if plan.Own == nil {
				plan.Own = map[string]bool{}
			}
			plan.Own[m.Name] = limitsOf(m.View, "RateLimit", "BurstLimit").LetsNothing()
		}
		for i := range b.parts.Stages {
			st := &b.parts.Stages[i]
			if st.API.Text == in.Get("ApiId").Plain() && st.Name == in.Get("Stage").Plain() {
				st.Plans = append(st.Plans, plan)
			}
		}
	}
}

// basePath adds the path of a custom domain to the API that it leads to.
func (b *builder) basePath(s *stack, r *resource, p tree.View) {
	path := p.Get("BasePath").Plain()
	if path == "(none)" {
		path = ""
	}
	name, mutual := p.Get("DomainName").Plain(), false
	for _, domain := range s.live("AWS::ApiGateway::DomainName") {
		x := s.props(domain)
		mutual = mutual || x.Get("DomainName").Plain() == name && !x.Get("MutualTlsAuthentication").Absent()
	}
	for i := range b.parts.APIs {
		if a := &b.parts.APIs[i]; a.ID == p.Get("RestApiId").Plain() {
			a.Domains = append(a.Domains, snapshot.Domain{Name: name, Path: path, Stage: p.Get("Stage").Plain(), MutualTLS: mutual, Origin: s.origin(r, "", r.at)})
		}
	}
}

// allViewer is the managed origin request policy that hands on all headers, Host
// among them.
const allViewer = "216adef6-5c7f-47e4-b989-5492eafa07d3"

// cloudFront adds the origins of a distribution that are default endpoints of APIs.
func (b *builder) cloudFront(s *stack, r *resource, p tree.View) {
	config := p.Get("DistributionConfig")
	behaviors := append([]tree.View{config.Get("DefaultCacheBehavior")}, config.Get("CacheBehaviors").Items()...)
	for _, origin := range config.Get("Origins").Items() {
		domain, path := origin.Get("DomainName").Plain(), origin.Get("OriginPath")
		for i := range b.parts.APIs {
			a := &b.parts.APIs[i]
			if !strings.HasPrefix(domain, a.ID+".execute-api.") && !strings.HasPrefix(domain, "https://"+a.ID+".execute-api.") || path.Unknown() {
				continue
			}
			front := snapshot.CloudFront{Distribution: r.id, Path: path.Plain(), Origin: origin.Origin()}
			for _, behavior := range behaviors {
				if behavior.Get("TargetOriginId").Plain() != origin.Get("Id").Plain() {
					continue
				}
				headers, _ := behavior.Get("ForwardedValues").Get("Headers").Texts().Peek()
				all := func(name string) bool { return name == "*" || strings.EqualFold(name, "Host") }
				if behavior.Get("OriginRequestPolicyId").Is(allViewer) || slices.ContainsFunc(headers, all) {
					front.ViewerHost, front.Origin = true, behavior.Origin()
				}
			}
			a.CloudFront = append(a.CloudFront, front)
		}
	}
}

// permission notes the functions that API Gateway may call.
func (b *builder) permission(_ *stack, _ *resource, p tree.View) {
	if principal := p.Get("Principal").Plain(); strings.HasPrefix(principal, "apigateway.amazonaws.com") {
		b.callable = append(b.callable, p.Get("FunctionName").Plain())
	}
}

// unpermitted takes the mark off the authorizers whose functions API Gateway may call.
func (b *builder) unpermitted() {
	for i := range b.parts.Authorizers {
		fact := &b.parts.Authorizers[i].Fact
		a, ok := fact.Peek()
		if !ok || !a.Unpermitted {
			continue
		}
		a.Unpermitted = !slices.ContainsFunc(b.callable, func(function string) bool { return strings.Contains(a.URI, function) })
		*fact = fact.With(a)
	}
}

// apiIn is the id of the API that the ARN of a stage names; empty when it is none of
// the templates'.
func (b *builder) apiIn(arn string) string {
	_, rest, _ := strings.Cut(arn, "/restapis/")
	id, _, _ := strings.Cut(rest, "/stages/")
	if slices.ContainsFunc(b.parts.APIs, func(a assemble.API) bool { return a.ID == id }) {
		return id
	}
	return ""
}

// stageOf finds the stage that the ARN of a web ACL's association names.
func (b *builder) stageOf(arn string) *assemble.Stage {
	_, rest, _ := strings.Cut(arn, "/restapis/")
	id, name, _ := strings.Cut(rest, "/stages/")
	for i := range b.parts.Stages {
		if st := &b.parts.Stages[i]; st.API.Text == id && st.Name == name {
			return st
		}
	}
	return nil
}
