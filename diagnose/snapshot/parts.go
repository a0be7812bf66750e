package snapshot

import "strings"

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
		return "integration response of " + c.On.String(), responseText(c.Before), responseText(c.After)
	case SetStatement:
		return c.String(), c.Before, c.After
	case SetPolicyVersion:
		return "Version of " + c.On.String(), c.Before, c.After
	case SetQueueAttribute:
		return c.Name + " of " + c.Queue, c.Before, c.After
	case SetStageVariable:
		return "stage variable " + c.Name + " of stage " + c.Stage, c.Before, c.After
	case SetValidator:
		return "request validator of " + c.On.String(), c.Before, c.After
	case SetBinaryMediaTypes:
		return "binary media types of the API", strings.Join(c.Before, ", "), strings.Join(c.After, ", ")
	}
	return c.String(), "", ""
}

func responseText(r *IntegrationResponse) string {
	switch {
	case r == nil:
		return ""
	case r.Pattern == "":
		return r.Status + " by default"
	}
	return r.Status + " for " + r.Pattern
}
