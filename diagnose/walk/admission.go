package walk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway"
	"apisqs-doctor/diagnose/internal/gateway/rest"
	"apisqs-doctor/diagnose/snapshot"
)

// admission checks what the method asks of the caller before the integration
// is called, in API Gateway's order.
func (w *routing) admission(gaps *snapshot.Gaps) (*Failure, string) {
	if f, said := w.oversized(gaps); f != nil {
		return f, said
	}
	steps := []func(*snapshot.Gaps) (*Failure, string){w.resourcePolicy, w.authorizer}
	if kind, _ := w.Route.Method.Authorization.Peek(); kind == "COGNITO_USER_POOLS" { // T180
		slices.Reverse(steps)
	}
	for _, step := range steps {
		if f, said := step(gaps); f != nil {
			return f, said
		}
	}
	if f, said := w.apiKey(gaps); f != nil {
		return f, said
	}
	if f, said := w.blocked(gaps); f != nil {
		return f, said
	}
	return w.validation(gaps)
}

// blocked looks for settings of the stage that refuse every call by themselves.
func (w *routing) blocked(gaps *snapshot.Gaps) (*Failure, string) {
	r := w.Route
	if r.Stage == nil || r.Method == nil {
		return nil, ""
	}
	refuse := func(answer gateway.OwnResponse, at snapshot.Origin, format string, args ...any) (*Failure, string) {
		r.Blocked, r.BlockedAt = fmt.Sprintf(format, args...), at
		return own(answer), r.Blocked
	}
	if r.Stage.WebACLBlocks {
		return refuse(gateway.Forbidden, r.Stage.WebACL.Origin(), "the web ACL blocks what no rule of it allows, and no rule allows anything")
	}
	key := settingsKey(r.Method)
	if limits := w.limits(gaps); limits.LetsNothing() {
		return refuse(gateway.Throttled, limits.Origin, "the throttling of the stage lets no call through: rate or burst is 0")
	}
	if needed, _ := r.Method.APIKeyRequired.Read(gaps); !needed {
		return nil, ""
	}
	plans := r.Stage.UsagePlans
	if gap := r.Stage.UsagePlansRead.Gap(); !r.Stage.UsagePlansRead.IsKnown() && gap.Reason != snapshot.NotRead {
		gaps.Add(gap)
	}
	if len(plans) == 0 {
		return nil, ""
	}
	for i := range plans { // which of them a key belongs to is not known
		plan := &plans[i]
		blocked, own := plan.Own[key]
		if plan.Quota == nil || *plan.Quota > 0 {
			if own && !blocked || !own && !plan.Limits.LetsNothing() {
				return nil, ""
			}
		}
	}
	plan := plans[0]
	if plan.Quota != nil && *plan.Quota == 0 {
		return refuse(gateway.QuotaExceeded, plan.Origin, "the usage plan %s has a quota of 0 calls", plan.Name)
	}
	return refuse(gateway.Throttled, plan.Origin, "the usage plan %s lets no call through: rate or burst is 0", plan.Name)
}

// limits are the settings of the stage for the method, or for all methods.
func (w *routing) limits(gaps *snapshot.Gaps) snapshot.MethodSettings {
	settings, known := w.Route.Stage.Settings.Peek()
	if gap := w.Route.Stage.Settings.Gap(); !known && gap.Reason != snapshot.NotRead {
		gaps.Add(gap) // what nobody asked for, as in older snapshots, is taken to let calls through
	}
	if own, ok := settings[settingsKey(w.Route.Method)]; ok {
		return own
	}
	return settings[snapshot.AllMethods]
}

// settingsKey is how a stage's settings name a method or route.
func settingsKey(m *snapshot.Method) string {
	return cmp.Or(m.RouteKey, m.Path+"/"+m.HTTPMethod)
}

// authorizer looks for the credentials that the method's authorization reads.
// Whether they are good is the authorizer's secret: present ones are taken as
// valid, and the sentence says so.
func (w *routing) authorizer(gaps *snapshot.Gaps) (*Failure, string) {
	r := w.Route
	kind, ok := r.Method.Authorization.Read(gaps)
	if !ok {
		return nil, ""
	}
	switch kind {
	case "", "NONE":
	case "AWS_IAM":
		if value, _ := w.Request.Header("Authorization"); !strings.HasPrefix(value, "AWS4-") {
			r.Lacks = append(r.Lacks, "a request signed with AWS Signature Version 4 (the method's authorization is AWS_IAM)")
			return own(gateway.MissingToken), "the method asks for a signed request (AWS_IAM)"
		}
	default:
		id, _ := r.Method.AuthorizerID.Read(gaps)
		fact, there := r.Configuration.Authorizers[id]
		for _, source := range AuthorizerSources(r.Method, r.Configuration, gaps) {
			parts := strings.SplitN(source, ".", 4)
			if w.sender().Sends(parts[2], parts[3]) {
				continue
			}
			what := "the header " + parts[3]
			if parts[2] == "querystring" {
				what = "the query parameter " + parts[3]
			}
			r.Lacks = append(r.Lacks, fmt.Sprintf("%s that the %s authorizer reads", what, kind))
		}
		switch {
		case len(r.Lacks) > 0 && fact.IsKnown():
			return own(gateway.Unauthorized), "the call lacks " + r.Lacks[0] // T175
		case len(r.Lacks) > 0:
			r.Lacks = nil // it may read something else
			gaps.Add(snapshot.Gap{Reason: snapshot.NotRead, Detail: "what of the call the authorizer " + id + " reads", Origin: r.Method.AuthorizerID.Origin()})
			return nil, ""
		case !there:
			return nil, ""
		}
		if a, ok := fact.Read(gaps); ok && a.Unpermitted {
			gaps.Add(snapshot.Gap{Reason: snapshot.NotRead, Detail: "whether API Gateway may call the function of the authorizer " + a.Name, Origin: r.Configuration.Authorizers[id].Origin()})
		}
	}
	return nil, ""
}

// AuthorizerSources are the parameters of the client's call that the method's
// authorizer reads, as method.request.PLACE.NAME. An authorizer that the
// snapshot does not hold reads the header Authorization, as most do.
func AuthorizerSources(m *snapshot.Method, config *snapshot.Configuration, gaps *snapshot.Gaps) []string {
	usual := []string{"method.request.header.Authorization"}
	id, ok := m.AuthorizerID.Peek()
	if !ok {
		return usual
	}
	fact, there := config.Authorizers[id]
	if !there {
		return usual
	}
	a, ok := fact.Read(gaps)
	if !ok || a.IdentitySource == "" && a.Type != "REQUEST" {
		return usual
	}
	var sources []string
	for source := range strings.SplitSeq(a.IdentitySource, ",") {
		source = strings.TrimSpace(source)
		for _, prefix := range []string{"method.request", "$request", "route.request"} {
			for _, place := range []string{"header", "querystring"} {
				if name, ok := strings.CutPrefix(source, prefix+"."+place+"."); ok {
					sources = append(sources, "method.request."+place+"."+name)
				}
			}
		}
	}
	return sources
}

func (w *routing) apiKey(gaps *snapshot.Gaps) (*Failure, string) {
	r := w.Route
	required, ok := r.Method.APIKeyRequired.Read(gaps)
	if !ok || !required {
		return nil, ""
	}
	if _, has := w.Request.Header("x-api-key"); has {
		return nil, ""
	}
	r.Lacks = append(r.Lacks, "the header x-api-key with a key of a usage plan of this stage")
	return own(gateway.Forbidden), "the method asks for an API key" // T112
}

// validation applies the request validator: parameters first, then the body (T111).
func (w *routing) validation(gaps *snapshot.Gaps) (*Failure, string) {
	r := w.Route
	id, ok := r.Method.ValidatorID.Read(gaps)
	if !ok || id == "" {
		return nil, ""
	}
	fact, there := r.Configuration.Validators[id]
	if !there {
		gaps.Add(snapshot.Gap{Reason: snapshot.NotRead, Detail: "request validator " + id, Origin: r.Method.Origin})
		return nil, ""
	}
	v, ok := fact.Read(gaps)
	if !ok {
		return nil, ""
	}
	if v.Parameters {
		declared, _ := r.Method.RequestParameters.Read(gaps)
		if missing := w.sender().MissingParameters(declared); len(missing) > 0 {
			o := gateway.MissingParameters(missing)
			r.Validation = o.Message
			return own(o), "the request validator refuses the call: " + o.Message
		}
	}
	if v.Body {
		if why := w.invalidBody(gaps); why != "" {
			r.Validation = why
			return own(gateway.InvalidBody), "the request validator refuses the body: " + why
		}
	}
	return nil, ""
}

// sender is the call as far as the route stage knows it.
func (w *routing) sender() *rest.Call {
	contentType, _ := w.Request.Header("Content-Type")
	return &rest.Call{ContentType: contentType, Headers: parameters(w.Request.Headers), Query: parameters(w.Request.Query), Path: w.Route.PathParams, Body: w.Request.Body}
}

// invalidBody says why the body does not fit the model of its media type; a
// type without a model is not validated (T111).
func (w *routing) invalidBody(gaps *snapshot.Gaps) string {
	models, ok := w.Route.Method.RequestModels.Read(gaps)
	if !ok {
		return ""
	}
	name := w.sender().Model(models)
	if name == "" {
		return ""
	}
	fact, there := w.Route.Configuration.Models[name]
	if !there {
		gaps.Add(snapshot.Gap{Reason: snapshot.NotRead, Detail: "the model " + name, Origin: w.Route.Method.Origin})
		return ""
	}
	schema, ok := fact.Read(gaps)
	if !ok {
		return ""
	}
	why, err := rest.ValidateBody(schema, w.modelText, w.clientBody())
	if err != nil {
		gaps.Add(snapshot.Gap{Reason: snapshot.Unparsed, Detail: fmt.Sprintf("the model %s: %v", name, err), Origin: fact.Origin()})
	}
	return why
}

// modelText gives the schema of another model that a model refers to.
func (w *routing) modelText(name string) (string, bool) {
	return w.Route.Configuration.Models[name].Peek()
}
