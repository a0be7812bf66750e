package snapshot

import "fmt"

// Parts says what a change sets, and its value before and after; an empty value
// means that there is none.
func Parts(c Change) (target, before, after string) {
	switch c := c.(type) {
	case SetTemplate:
		return fmt.Sprintf("mapping template %s of %s", c.ContentType, c.On), c.Before, c.After
	case SetRequestParameter:
		return fmt.Sprintf("%s of %s", c.Name, c.On), c.Before, c.After
	case SetIntegration:
		return fmt.Sprintf("%s of the integration of %s", c.Field, c.On), c.Before, c.After
	case SetIntegrationResponse:
		return fmt.Sprintf("integration response of %s", c.On), responseText(c.Before), responseText(c.After)
	case AddMethodResponse:
		return fmt.Sprintf("method response of %s", c.On), "", c.Status
	case DeclareParameter:
		return fmt.Sprintf("request parameter of %s", c.On), "", c.Name
	case SetStatement:
		return fmt.Sprintf("%s policy of %s", c.On.Kind, c.On.Resource), c.Before, c.After
	case SetQueueAttribute:
		return fmt.Sprintf("%s of queue %s", c.Name, c.Queue), c.Before, c.After
	case SetStageVariable:
		return fmt.Sprintf("stage variable %s of %s", c.Name, c.Stage), c.Before, c.After
	case Deploy:
		return "deployment to stage " + c.Stage, "", ""
	}
	return c.String(), "", ""
}

func responseText(r *IntegrationResponse) string {
	switch {
	case r == nil:
		return ""
	case r.Pattern == "":
		return r.Status
	}
	return r.Status + " for " + r.Pattern
}
