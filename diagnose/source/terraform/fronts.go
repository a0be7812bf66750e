package terraform

import (
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/openapi"
	"apisqs-doctor/diagnose/source/tree"
)

// This file reads what stands in front of the methods of an API: throttling, usage
// plans, custom domains, and API Gateway's own answers.

// front is a resource that changes a stage or an API that may come later.
type front func(*builder)

// later does something once all stages and APIs are there.
func (b *builder) later(f front) { b.fronts = append(b.fronts, f) }

// limits reads the throttling of a block. What it leaves out is absent; a value that
// is not known is none.
func limits(x tree.View, rate, burst string, absent *int) snapshot.MethodSettings {
	s := snapshot.MethodSettings{Origin: x.Origin(), LoggingLevel: x.Get("logging_level").Plain(), DataTrace: x.Get("data_trace_enabled").Is("true")}
	s.Metrics = x.Get("metrics_enabled").Is("true") || x.Get("detailed_metrics_enabled").Is("true")
	if v, err := strconv.ParseFloat(x.Get(rate).Plain(), 64); err == nil {
		s.ThrottleRate = &v
	} else if x.Get(rate).Absent() && absent != nil {
		v = float64(*absent)
		s.ThrottleRate = &v
	}
	if v, err := strconv.Atoi(x.Get(burst).Plain()); err == nil {
		s.ThrottleBurst = &v
	} else if x.Get(burst).Absent() && absent != nil {
		v = *absent
		s.ThrottleBurst = &v
	}
	return s
}

// methodSettings gives a stage of a REST API the settings of some of its methods.
// The path has no slash in front; one inside is written as it is, or as ~1.
func (b *builder) methodSettings(r *resource) {
	key := r.get("method_path").Plain()
	if key != snapshot.AllMethods {
		key = strings.ReplaceAll(strings.TrimPrefix(key, "/"), "~1", "/")
		path, verb := "", key
		if cut := strings.LastIndexByte(key, '/'); cut >= 0 {
			path, verb = strings.TrimPrefix(key[:cut], "/"), key[cut+1:]
		}
		key = "/" + path + "/" + strings.ToUpper(verb)
		if path == "" {
			key = "//" + strings.ToUpper(verb)
		}
	}
	settings := limits(r.get("settings").First(), "throttling_rate_limit", "throttling_burst_limit", nil)
	api, stage := r.get("rest_api_id").Plain(), r.get("stage_name")
	if stage.Unknown() && stage.Plain() == "" || key == "" {
		return
	}
	b.later(func(b *builder) {
		b.onStage(api, stage.Plain(), func(st *assemble.Stage) {
			have, ok := st.Settings.Peek()
			if !ok {
				have = map[string]snapshot.MethodSettings{}
			}
			have[key] = settings
			st.Settings = snapshot.Known(have, r.origin())
		})
	})
}

// routeSettings are the settings of the routes of a stage. The provider sends a
// limit that a block leaves out as 0, which lets no call through (I25). A state
// shows 0 for that and for a limit that was never set.
func (b *builder) routeSettings(r *resource) snapshot.Fact[map[string]snapshot.MethodSettings] {
	out := map[string]snapshot.MethodSettings{}
	add := func(key string, x tree.View) {
		zero := 0
		absent := &zero
		if b.parts.Target.Exists {
			absent = nil
		}
		s := limits(x, "throttling_rate_limit", "throttling_burst_limit", absent)
		if b.mirrored && x.Get("throttling_rate_limit").Plain() == "0" {
			s.ThrottleRate = nil
		}
		if b.mirrored && x.Get("throttling_burst_limit").Plain() == "0" {
			s.ThrottleBurst = nil
		}
		out[key] = s
	}
	for _, name := range []string{"default_route_settings", "route_settings"} {
		x := r.get(name)
		if x.Unknown() {
			return snapshot.Unknown[map[string]snapshot.MethodSettings](x.Gap())
		}
		for _, in := range x.Items() {
			switch {
			case name == "route_settings":
				add(in.Get("route_key").Plain(), in)
			case len(in.Members()) > 0: // the provider takes an empty block for none
				add(snapshot.AllMethods, in)
			}
		}
	}
	return snapshot.Known(out, r.origin())
}

// usagePlan adds a plan to the stages that it takes in.
func (b *builder) usagePlan(r *resource) {
	name := r.get("name").Plain()
	whole := limits(r.get("throttle_settings").First(), "rate_limit", "burst_limit", nil)
	plan := snapshot.UsagePlan{Name: name, Origin: r.origin()}
	if whole.ThrottleRate != nil || whole.ThrottleBurst != nil {
		plan.Limits = whole
	}
	if quota, err := strconv.Atoi(r.get("quota_settings").First().Get("limit").Plain()); err == nil {
		plan.Quota = &quota
	}
	for _, in := range r.get("api_stages").Items() {
		one := plan
		for _, t := range in.Get("throttle").Items() {
			if one.Own == nil {
				one.Own = map[string]bool{}
			}
			one.Own[t.Get("path").Plain()] = limits(t, "rate_limit", "burst_limit", nil).LetsNothing()
		}
		api, stage := in.Get("api_id").Plain(), in.Get("stage").Plain()
		b.later(func(b *builder) {
			b.onStage(api, stage, func(st *assemble.Stage) { st.Plans = append(st.Plans, one) })
		})
	}
}

// onStage changes the stage of a name, one that a deployment makes among them.
func (b *builder) onStage(api, name string, change func(*assemble.Stage)) {
	for i := range b.parts.Stages {
		if st := &b.parts.Stages[i]; st.API.Text == api && st.Name == name {
			change(st)
		}
	}
	for i := range b.parts.Deployments {
		if st := b.parts.Deployments[i].Stage; st != nil && st.API.Text == api && st.Name == name {
			change(st)
		}
	}
}

// domainName notes the domains that ask their callers for a certificate.
func (b *builder) domainName(r *resource) {
	for _, in := range r.get("mutual_tls_authentication").Items() {
		if !in.Get("truststore_uri").Absent() {
			b.certified[r.get("domain_name").Plain()] = true
		}
	}
}

// pathMapping adds the path of a custom domain to the API that it leads to: a base
// path mapping of a REST API, or an API mapping.
func (b *builder) pathMapping(r *resource) {
	stage, path := r.get("stage_name"), r.get("base_path")
	if r.kind == "aws_apigatewayv2_api_mapping" {
		stage, path = r.get("stage"), r.get("api_mapping_key")
	}
	domain := snapshot.Domain{Name: r.get("domain_name").Plain(), Path: path.Plain(), Stage: stage.Plain(), Origin: r.origin()}
	if domain.Path == "(none)" {
		domain.Path = ""
	}
	api := r.get("api_id").Plain()
	b.later(func(b *builder) {
		for i := range b.parts.APIs {
			if a := &b.parts.APIs[i]; a.ID == api {
				domain.MutualTLS = b.certified[domain.Name]
				a.Domains = append(a.Domains, domain)
			}
		}
	})
}

func (b *builder) gatewayResponse(r *resource) {
	b.parts.GatewayResponses = append(b.parts.GatewayResponses, assemble.GatewayResponse{Name: r.address, API: openapi.Ref(r.get("rest_api_id")), Kind: r.get("response_type").Plain(), Origin: r.origin()})
}

// redrive sets the redrive policy of a queue that has none of its own.
func (b *builder) redrive(r *resource) {
	name := "redrive_policy"
	if r.kind == "aws_sqs_queue_redrive_allow_policy" {
		name = "redrive_allow_policy"
	}
	queue, policy := r.get("queue_url").Plain(), r.get(name)
	b.later(func(b *builder) {
		for i := range b.parts.Queues {
			if q := &b.parts.Queues[i]; q.URL == queue && q.Requested != nil && policy.Plain() != "" {
				q.Requested[queueAttributes[name]] = snapshot.Known(policy.Plain(), r.origin())
			}
		}
	})
}
