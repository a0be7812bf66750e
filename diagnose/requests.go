package diagnose

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway"
	"apisqs-doctor/diagnose/internal/gateway/http"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// requests lists a plain request for every selected method that leads to SQS,
// and counts the others.
func (e *engine) requests(sel Selection) (list []walk.Request, others int, unlisted []snapshot.Gap) {
	gaps := &snapshot.Gaps{}
	for i := range e.Snapshot.APIs {
		api := &e.Snapshot.APIs[i]
		if sel.API != "" && api.ID != sel.API {
			continue
		}
		config, stage, ok := e.configuration(api, sel.Stage, gaps)
		if !ok {
			continue
		}
		methods := e.selected(api, config, sel)
		for _, m := range methods {
			if !leadsToSQS(m) {
				others++
				continue
			}
			list = append(list, e.plain(api, stage, m, config))
		}
	}
	return list, others, gaps.List()
}

// configuration is the draft joined with what only the stage still runs, so that
// no method of either is left out. Of several APIs it has none for those that are
// known not to have the stage.
func (e *engine) configuration(api *snapshot.API, name string, gaps *snapshot.Gaps) (*snapshot.Configuration, string, bool) {
	if len(e.Snapshot.APIs) > 1 && api.Lacks(name) {
		return nil, "", false
	}
	stages, _ := api.Stages.Peek()
	stageName := name
	var deployed snapshot.Configuration
	var deployedKnown bool
	for i := range stages {
		if name == "" || stages[i].Name == name {
			stageName = stages[i].Name
			deployed, deployedKnown = stages[i].Deployed.Peek()
			break
		}
	}
	draft, draftKnown := api.Draft.Peek()
	switch {
	case !draftKnown && !deployedKnown:
		gaps.Add(api.Draft.Gap())
		return nil, "", false
	case !deployedKnown:
		return &draft, stageName, true
	case !draftKnown:
		return &deployed, stageName, true
	}
	joined := deployed
	joined.Methods = slices.Clone(deployed.Methods)
	have := make(map[string]int, len(joined.Methods))
	for i := len(joined.Methods) - 1; i >= 0; i-- {
		have[walk.MethodName(&joined.Methods[i])] = i // the first of a name
	}
	for _, m := range draft.Methods {
		i, ok := have[walk.MethodName(&m)]
		if !ok {
			joined.Methods = append(joined.Methods, m)
			continue
		}
		// A deployment that was taken too early has the method alone: where it
		// leads to stands in the draft.
		if own, known := joined.Methods[i].Integration.Peek(); known && own == nil {
			joined.Methods[i].Integration = m.Integration
		}
	}
	return &joined, stageName, true
}

// selected returns the methods that the selection names, in order of path and method.
func (e *engine) selected(api *snapshot.API, config *snapshot.Configuration, sel Selection) []*snapshot.Method {
	var list []*snapshot.Method
	for i := range config.Methods {
		m := &config.Methods[i]
		method := cmp.Or(m.HTTPMethod, walk.WebSocketMethod)
		if sel.Method != "" && !strings.EqualFold(method, sel.Method) && method != "ANY" {
			continue
		}
		if sel.Path != "" && m.Path != sel.Path {
			if _, _, ok := gateway.Match(m.Path, sel.Path); !ok {
				continue
			}
		}
		list = append(list, m)
	}
	sort.SliceStable(list, func(i, j int) bool {
		if list[i].Path != list[j].Path {
			return list[i].Path < list[j].Path
		}
		return walk.MethodName(list[i]) < walk.MethodName(list[j])
	})
	return list
}

// leadsToSQS tells whether a method is meant to reach SQS, by its URI or, where
// the URI is at fault or not known, by what it would send. It only decides what
// is listed; the walk decides what happens.
func leadsToSQS(m *snapshot.Method) bool {
	i, ok := m.Integration.Peek()
	if !ok {
		return true
	}
	if i == nil {
		return false
	}
	if subtype, ok := i.Subtype.Peek(); ok && subtype != "" {
		return http.MeansSQS(subtype) || !http.Known(subtype) && walk.SendsSQS(i)
	}
	kind, _ := i.Type.Peek()
	if kind == "MOCK" {
		return walk.SendsSQS(i) // a call for SQS under the wrong type
	}
	uri, known := i.URI.Peek()
	if known && (strings.Contains(uri, ":lambda:") || strings.Contains(uri, ":states:")) {
		return false
	}
	return strings.Contains(strings.ToLower(uri), "sqs") || walk.SendsSQS(i) || !known && kind == "AWS"
}
