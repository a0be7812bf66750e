package diagnose

import (
	"regexp"
	"slices"
	"sort"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway"
	"apisqs-doctor/diagnose/snapshot"
)

// requests lists a plain request for every selected method that leads to SQS,
// and counts the others.
func (e *engine) requests(sel Selection) (list []Request, others int, unlisted []snapshot.Gap) {
	gaps := &snapshot.Gaps{}
	for i := range e.snap.APIs {
		api := &e.snap.APIs[i]
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
	if len(e.snap.APIs) > 1 && api.Lacks(name) {
		return nil, "", false
	}
	stages, _ := api.Stages.Read(&snapshot.Gaps{})
	stageName := name
	var deployed snapshot.Configuration
	var deployedKnown bool
	for i := range stages {
		if name == "" || stages[i].Name == name {
			stageName = stages[i].Name
			deployed, deployedKnown = stages[i].Deployed.Read(&snapshot.Gaps{})
			break
		}
	}
	draft, draftKnown := api.Draft.Read(&snapshot.Gaps{})
	switch {
	case !draftKnown && !deployedKnown:
		gaps.Add(api.Draft.Gap())
		return nil, "", false
	case !deployedKnown:
		return &draft, stageName, true
	case !draftKnown:
		return &deployed, stageName, true
	}
	have := byName(&deployed)
	joined := deployed
	joined.Methods = slices.Clone(deployed.Methods)
	for _, m := range draft.Methods {
		if _, ok := have[methodName(&m)]; !ok {
			joined.Methods = append(joined.Methods, m)
		}
	}
	return &joined, stageName, true
}

// selected returns the methods that the selection names, in order of path and method.
func (e *engine) selected(api *snapshot.API, config *snapshot.Configuration, sel Selection) []*snapshot.Method {
	var list []*snapshot.Method
	for i := range config.Methods {
		m := &config.Methods[i]
		if sel.Method != "" && !strings.EqualFold(m.HTTPMethod, sel.Method) && m.HTTPMethod != "ANY" {
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
		return methodName(list[i]) < methodName(list[j])
	})
	return list
}

// leadsToSQS tells whether a method is meant to reach SQS, by its URI or, where
// the URI is at fault or not known, by what it would send. It only decides what
// is listed; the walk decides what happens.
func leadsToSQS(m *snapshot.Method) bool {
	none := &snapshot.Gaps{}
	i, ok := m.Integration.Read(none)
	if !ok {
		return true
	}
	if i == nil {
		return false
	}
	if subtype, ok := i.Subtype.Read(none); ok && strings.HasPrefix(subtype, "SQS-") {
		return true
	}
	kind, _ := i.Type.Read(none)
	if kind == "MOCK" {
		return sendsSQS(i) // a call for SQS under the wrong type
	}
	uri, known := i.URI.Read(none)
	if known && (strings.Contains(uri, ":lambda:") || strings.Contains(uri, ":states:")) {
		return false
	}
	return strings.Contains(strings.ToLower(uri), "sqs") || sendsSQS(i) || !known && kind == "AWS"
}

// callRE finds the beginning of a call for a queue in templates and mappings.
var callRE = regexp.MustCompile(`(?:\bAction=|AmazonSQS\.)(?:SendMessage|ReceiveMessage|DeleteMessage|PurgeQueue|GetQueue|ChangeMessageVisibility)`)

// sendsSQS tells whether what the integration sends looks like a call of SQS.
func sendsSQS(i *snapshot.Integration) bool {
	for _, f := range []snapshot.Fact[map[string]snapshot.Fact[string]]{i.Templates, i.RequestParameters} {
		m, _ := f.Read(&snapshot.Gaps{})
		for name, fact := range m {
			text, _ := fact.Read(&snapshot.Gaps{})
			if name == "integration.request.querystring.Action" {
				text = "Action=" + strings.Trim(text, "'")
			}
			if callRE.MatchString(text) {
				return true
			}
		}
	}
	return false
}
