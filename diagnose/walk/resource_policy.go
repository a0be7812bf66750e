package walk

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway"
	"apisqs-doctor/diagnose/internal/iam"
	"apisqs-doctor/diagnose/snapshot"
	arns "apisqs-doctor/diagnose/text"
)

// resourcePolicy asks the API's resource policy whether a call to this method is let
// in. What depends on who calls (address, VPC, identity) is no fault of the
// configuration: such a policy passes, and the rule notes it.
func (w *routing) resourcePolicy(gaps *snapshot.Gaps) (*Failure, string) {
	r := w.Route
	text, ok := r.API.Policy.Read(gaps)
	if !ok {
		return nil, ""
	}
	if text == "" {
		if r.PolicyMissing = private(r.API, gaps); r.PolicyMissing {
			return &Failure{Origin: FromDeployment, Code: BadRequest, Message: "Private REST API doesn't have a resource policy attached to it"},
				"AWS refuses to deploy a private API without a resource policy"
		}
		return nil, ""
	}
	doc := w.document("the API's resource policy", r.API.Policy, nil, gaps)
	if doc.Policy == nil {
		return nil, ""
	}
	request := w.invocation()
	d := w.admitted(request, &doc, gaps)
	r.Policy = &d
	if d.Effect != iam.No {
		return nil, ""
	}
	if kind, ok := r.Method.Authorization.Peek(); !d.Explicit {
		switch {
		case !ok:
			d.Effect = iam.Unknown // the unread authorization is a gap of its own
			return nil, ""
		case kind == "AWS_IAM" || kind == "CUSTOM": // T180: another policy may allow where this one is silent
			d.Effect, r.CallerDecides = iam.Unknown, true
			return nil, ""
		}
	}
	f := own(gateway.OwnResponse{Status: 403, ErrorType: string(GatewayAccessDenied), Message: "User: anonymous is not authorized to perform: execute-api:Invoke on resource: " + request.Resource})
	return f, fmt.Sprintf("the API's resource policy refuses the call to %s", request.Resource)
}

// admitted decides whether the policy lets some caller in. Where that depends on who
// calls alone, the decision is Unknown and nothing is missing; where it depends on
// what is not known of the configuration too, that is a gap.
func (w *routing) admitted(request iam.Request, doc *iam.Document, gaps *snapshot.Gaps) iam.Decision {
	d := invoked(request, doc)
	if d.Effect != iam.Unknown {
		return d
	}
	d, decided := w.someCaller(request, doc)
	if !decided {
		d, decided = w.wherever(request, doc, d)
	}
	if !decided {
		w.decisionGaps(gaps, "whether the API's resource policy lets the call in", &d)
	}
	w.Route.CallerDecides = decided && d.Effect != iam.No
	return d
}

func invoked(request iam.Request, doc *iam.Document) iam.Decision {
	return iam.Evaluate(request, iam.Inputs{Service: iam.APIGateway, Resource: doc, IdentityComplete: request.Principal.Type == iam.Anonymous})
}

// someCaller looks for a caller whom the policy lets in. The decision is that of the
// first who is, or who may be; No when all are refused. It is not decided where
// something else than the caller is open.
func (w *routing) someCaller(request iam.Request, doc *iam.Document) (d iam.Decision, decided bool) {
	var refused, open *iam.Decision
	for _, caller := range w.callers(doc.Policy, !public(w.Route.API)) {
		request.Context = caller
		switch one := invoked(request, doc); {
		case one.Effect == iam.Yes || one.Effect == iam.Unknown && !slices.ContainsFunc(one.Unknowns, configured):
			one.Effect = iam.Unknown
			return one, true
		case one.Effect == iam.No:
			refused = cmp.Or(refused, &one)
		default:
			open = cmp.Or(open, &one)
		}
	}
	if open != nil {
		return *open, false
	}
	return *refused, true
}

// wherever decides what holds in whichever region and account the API is: in each of
// those that the policy names, and in another one. Otherwise the decision stays open.
func (w *routing) wherever(request iam.Request, doc *iam.Document, open iam.Decision) (iam.Decision, bool) {
	text, _ := w.Route.API.Policy.Peek()
	own, ok := arns.ParseARN(request.Resource)
	if !ok {
		return open, false
	}
	regions, accounts := []string{own.Region}, []string{own.Account}
	openRegion, openAccount := slices.Contains(request.Opaque, own.Region), slices.Contains(request.Opaque, own.Account)
	if openRegion {
		regions = []string{"xx-elsewhere-1"}
	}
	if openAccount {
		accounts = []string{"999999999999"}
	}
	for i := range doc.Policy.Statements {
		for _, resource := range doc.Policy.Statements[i].Resources {
			arn, _ := arns.ParseARN(resource.Text)
			if openRegion && arn.Region != own.Region {
				regions = another(regions, arn.Region)
			}
			if openAccount && arn.Account != own.Account {
				accounts = another(accounts, arn.Account)
			}
		}
	}
	if regions == nil || accounts == nil {
		return open, false
	}
	var first *iam.Decision
	for _, region := range regions {
		for _, account := range accounts {
			there := strings.NewReplacer(own.Region, region, own.Account, account)
			policy, _ := w.policy(there.Replace(text))
			if policy == nil {
				return open, false
			}
			call, placed := request, *doc
			call.Resource, placed.Policy = there.Replace(request.Resource), policy
			d, decided := w.someCaller(call, &placed)
			if !decided || d.Effect != iam.No {
				return open, false
			}
			first = cmp.Or(first, &d)
		}
	}
	return *first, true
}

// maxPlaces bounds the regions and the accounts that are tried on one policy.
const maxPlaces = 8

// another adds one to the list; nil where they are too many, or it stands for several.
func another(list []string, one string) []string {
	switch {
	case list == nil || one == "" || one == "*" || slices.Contains(list, one):
		return list
	case strings.ContainsAny(one, "*?") || len(list) == maxPlaces:
		return nil
	}
	return append(list, one)
}

// configured tells of something open that it belongs to the configuration and not to
// the caller.
func configured(u iam.UnknownReason) bool {
	return !u.Caller && !slices.ContainsFunc(callersKeys, func(key string) bool { return strings.EqualFold(key, u.Key) })
}

// invocation is what a resource policy is asked: may anybody invoke the method. Who
// signs a call is not known.
func (w *routing) invocation() iam.Request {
	r, t := w.Route, w.Snapshot.Target
	request := iam.Request{Principal: iam.Principal{Type: iam.Anonymous}, Action: "execute-api:Invoke", Context: w.anonymousContext(), Opaque: slices.Clip(w.opaque)}
	if kind, ok := r.Method.Authorization.Peek(); ok && kind == "AWS_IAM" {
		request.Principal.Type = iam.UnknownPrincipal
	}
	known := func(text, symbol string) string {
		if text == "" {
			request.Opaque, text = append(request.Opaque, symbol), symbol
		}
		return text
	}
	stage := ""
	if r.Stage != nil {
		stage = r.Stage.Name
	}
	// Policies in which "execute-api:/..." is written are stored with the full ARN.
	request.Resource = fmt.Sprintf("arn:%s:execute-api:%s:%s:%s/%s/%s%s", cmp.Or(t.Partition, "aws"), known(w.Snapshot.OwnRegion(), "us-unread-1"), known(w.Snapshot.OwnAccount(), "000000000000"),
		r.API.ID, known(stage, "unread-stage"), strings.ToUpper(w.Request.Method), w.Request.Path)
	return request
}

// callersKeys are the condition keys that the caller decides.
var callersKeys = []string{"aws:SourceIp", "aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp", "aws:UserAgent", "aws:Referer", "aws:CurrentTime", "aws:EpochTime"}

// anonymousContext is what is known of a caller from the internet: nearly nothing.
func (w *routing) anonymousContext() iam.Context {
	var c iam.Context
	for _, key := range callersKeys {
		c.SetUnknown(key, "it depends on who calls")
	}
	c.Set("aws:SecureTransport", "true")
	// What there is of the API itself is not among the keys that API Gateway documents
	// for resource policies (P78), nor denied.
	const why = "it is not documented whether API Gateway gives it"
	account := w.Snapshot.OwnAccount()
	if c.SetMaybe("aws:ResourceAccount", why, account); account == "" {
		c.SetUnknown("aws:ResourceAccount", why)
	}
	if m := w.membership(account); m.Known && m.OrgID != "" {
		c.SetMaybe("aws:ResourceOrgID", why, m.OrgID)
	} else if !m.Known {
		c.SetUnknown("aws:ResourceOrgID", "the organization of the account is not known")
	}
	c.SetUnknown("aws:ResourceOrgPaths", why)
	return c
}

// maxCallers bounds the addresses that are tried on one policy.
const maxCallers = 400

// callers are contexts that stand for all: one from each range of addresses that the
// policy tells apart, and one through a VPC endpoint where the API or the policy has to
// do with those.
func (w *routing) callers(policy *iam.Policy, private bool) []iam.Context {
	var list []iam.Context
	anyone := w.anonymousContext()
	if private || mentions(policy, "aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp") {
		c := anyone.Clone()
		c.SetPresent("aws:SourceVpce", "it depends on who calls")
		c.SetPresent("aws:SourceVpc", "it depends on who calls")
		list = append(list, c)
	}
	tried := map[netip.Addr]bool{}
	try := func(a netip.Addr) {
		if !a.IsValid() || tried[a] || len(list) > maxCallers {
			return
		}
		tried[a] = true
		c := anyone.Clone()
		c.Set("aws:SourceIp", a.String())
		for _, key := range []string{"aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp"} {
			c.SetAbsent(key)
		}
		list = append(list, c)
	}
	try(netip.AddrFrom4([4]byte{}))
	try(netip.IPv6Unspecified())
	for i := range policy.Statements {
		for _, condition := range policy.Statements[i].Conditions {
			if !strings.EqualFold(condition.Key, "aws:SourceIp") {
				continue
			}
			for _, value := range condition.Values {
				first, last := bounds(value)
				for _, a := range []netip.Addr{first, last} {
					try(a)
				}
				try(first.Prev())
				try(last.Next())
			}
		}
	}
	return list
}

// mentions tells whether a condition of the policy looks at one of the keys.
func mentions(policy *iam.Policy, keys ...string) bool {
	for i := range policy.Statements {
		for _, condition := range policy.Statements[i].Conditions {
			if slices.ContainsFunc(keys, func(key string) bool { return strings.EqualFold(key, condition.Key) }) {
				return true
			}
		}
	}
	return false
}

// bounds are the first and the last address of a range as policies write it.
func bounds(text string) (first, last netip.Addr) {
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		first, _ = netip.ParseAddr(text)
		return first, first
	}
	first = prefix.Masked().Addr()
	raw := first.AsSlice()
	for bit := prefix.Bits(); bit < len(raw)*8; bit++ {
		raw[bit/8] |= 0x80 >> (bit % 8)
	}
	last, _ = netip.AddrFromSlice(raw)
	return first, last
}

// public tells whether the API can be reached from the internet for certain.
func public(api *snapshot.API) bool {
	types, ok := api.EndpointTypes.Peek()
	return ok && !slices.Contains(types, "PRIVATE")
}

// private tells whether the API can be reached only through VPC endpoints.
func private(api *snapshot.API, gaps *snapshot.Gaps) bool {
	types, ok := api.EndpointTypes.Read(gaps)
	return ok && slices.Contains(types, "PRIVATE")
}
