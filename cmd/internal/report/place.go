package report

import (
	"cmp"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// place is where a diagnosis belongs, in the words of its heading.
type place struct {
	apiID, apiName string
	stage          string
	method, path   string
	protocol       string // query, json, http-api or none
	queueARN       string // empty when the walk did not get that far
}

func placeOf(d *diagnose.Diagnosis) place {
	t := d.Trace
	p := place{protocol: "none"}
	if t == nil {
		return p
	}
	p.apiID, p.stage, p.method, p.path = t.Request.API, t.Request.Stage, t.Request.Method, t.Request.Path
	if t.Route.API != nil {
		p.apiID, p.apiName = t.Route.API.ID, t.Route.API.Name
	}
	if t.Route.Stage != nil {
		p.stage = t.Route.Stage.Name
	}
	if m := t.Route.Method; m != nil {
		p.path = m.Path
		if p.method == "" {
			p.method = m.HTTPMethod
		}
	}
	if t.Protocol.Protocol != "" {
		p.protocol = t.Protocol.Protocol
	}
	if t.Mapping.Subtype != "" {
		p.protocol = "http-api"
	}
	p.queueARN = QueueARN(t)
	return p
}

// QueueARN is the queue that the walk leads to; empty when it did not get that far.
func QueueARN(t *walk.Trace) string {
	return cmp.Or(t.Queue.ARN, t.Protocol.QueueARN, t.Authorization.Resource)
}

// queueName is the last part of the queue's ARN.
func (p place) queueName() string { return p.queueARN[strings.LastIndexByte(p.queueARN, ':')+1:] }

// outbound is the HTTP request that leaves for SQS.
type outbound struct {
	method, url string
	headers     []walk.Header
	body        string
	bodyKnown   bool
}

// outboundOf returns what SQS receives, or false when no request leaves or the
// walk could not tell where it goes.
func outboundOf(d *diagnose.Diagnosis) (outbound, bool) {
	t := d.Trace
	if t == nil || t.Signing.URL() == "" {
		return outbound{}, false
	}
	for _, s := range []walk.Stage{walk.StageRoute, walk.StageMapping, walk.StageSigning} {
		if t.Step(s).Status == walk.Failed {
			return outbound{}, false
		}
	}
	out := outbound{method: t.Signing.Method, url: t.Signing.URL(), body: string(t.Mapping.Body), bodyKnown: t.Mapping.BodyKnown}
	for _, h := range t.Mapping.Headers {
		if !h.Absent {
			out.headers = append(out.headers, walk.Header{Name: h.Name, Value: h.Value})
		}
	}
	return out, true
}

// unread lists the gaps of the whole examination that somebody can close, each
// once. A gap that only follows from another one, or from an earlier stage, is
// not one of them.
func unread(e *diagnose.Examination) []snapshot.Gap {
	var all []snapshot.Gap
	type said struct{ detail, needs string }
	seen := map[said]bool{}
	roots := map[string]bool{} // details of gaps that say what they need
	add := func(list []snapshot.Gap) {
		for _, g := range list {
			if key := (said{g.Detail, g.Needs}); g.Reason != snapshot.Blocked && !seen[key] {
				seen[key] = true
				roots[g.Detail] = roots[g.Detail] || g.Needs != ""
				all = append(all, g)
			}
		}
	}
	add(e.Unlisted)
	for i := range e.Diagnoses {
		add(e.Diagnoses[i].Gaps)
	}
	return slices.DeleteFunc(all, func(g snapshot.Gap) bool {
		// "whether the role may ...: GetRole was refused" says again what the gap
		// of GetRole says with the permission that it needs.
		rest := g.Detail
		for g.Needs == "" {
			var ok bool
			if _, rest, ok = strings.Cut(rest, ": "); !ok {
				return false
			}
			if roots[rest] {
				return true
			}
		}
		return false
	})
}
