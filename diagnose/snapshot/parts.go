package snapshot

import (
	"maps"
	"slices"
	"strings"
)

// Parts says what a change sets, and its value before and after; an empty value
// means that there is none. Changes that set no value have neither.
func Parts(c Change) (target, before, after string) {
	switch c := c.(type) {
	case SetTemplate:
		return c.ContentType + " template of " + c.On.String(), c.Before, c.After
	case SetRequestParameter:
		return c.Name + " of " + c.On.String(), c.Before, c.After
	case SetIntegration:
		return string(c.Field) + " of the integration of " + c.On.String(), c.Before, c.After
	case SetIntegrationResponse:
		return "integration response of " + c.On.String(), responseText(c.Before, c.After), responseText(c.After, c.Before)
	case CreateRole:
		return "role " + c.ARN, "", "trusted by API Gateway, with the policy " + c.Document
	case SetStatement:
		return c.String(), c.Before, c.After
	case SetPolicyVersion:
		return "Version of " + c.On.String(), c.Before, c.After
	case SetQueueAttribute:
		return c.Name + " of " + c.Queue, c.Before, c.After
	case SetStageVariable:
		return "stage variable " + c.Name + " of stage " + c.Stage, c.Before, c.After
	case SetAuthorization:
		return "authorization of " + c.On.String(), c.Before, c.After
	case SetRouteKey:
		return "route key", c.Before, c.After
	case SetScopes:
		return "authorization scopes of " + c.On.String(), strings.Join(c.Before, ", "), strings.Join(c.After, ", ")
	case SetRouteSelection:
		return "route selection expression of the API", c.Before, c.After
	case SetValidator:
		return "request validator of " + c.On.String(), c.Before, c.After
	case SetBinaryMediaTypes:
		return "binary media types of the API", strings.Join(c.Before, ", "), strings.Join(c.After, ", ")
	}
	return c.String(), "", ""
}

// responseText says for what an integration response is chosen and what it has that
// the other one has not.
func responseText(r, other *IntegrationResponse) string {
	if r == nil {
		return ""
	}
	text := r.Status + " for " + r.Pattern
	switch {
	case r.Status == "": // of a WebSocket API
		text = "what SQS says, for " + orDefault(r.Pattern, RouteResponseKey)
	case r.Pattern == "":
		text = r.Status + " by default"
	}
	if other == nil {
		return text
	}
	for _, m := range []struct{ mine, others map[string]string }{{r.Parameters, other.Parameters}, {r.Templates, other.Templates}} {
		for _, name := range slices.Sorted(maps.Keys(m.mine)) {
			if was, ok := m.others[name]; !ok || was != m.mine[name] {
				text += ", " + name + ": " + m.mine[name]
			}
		}
	}
	if r.ContentHandling != other.ContentHandling && r.ContentHandling != "" {
		text += ", " + r.ContentHandling
	}
	return text
}
