package apply

import "strings"

// Restoring says in a sentence what a rollback makes of the cell.
func (c *Cell) Restoring() string {
	what := c.name()
	if c.Before == nil {
		return "remove " + what
	}
	old := *c.Before
	switch c.Kind {
	case methodResponse, responseHeader:
		return "declare " + what + " again"
	case attachment:
		return "attach " + what + " again"
	case wholeIntegration, routedIntegration, routedRoute, routedStage:
		return "restore " + what + " to what it was"
	case integrationResponse, inlinePolicy, managedPolicy, trustPolicy, wholeRole, keyPolicy, resourcePolicy:
		return "restore " + what + " to " + old
	}
	return "restore " + what + " to " + strings.TrimSpace(old)
}

// name is what the cell is a value of.
func (c *Cell) name() string {
	on := c.On
	if on == "" { // a file of an earlier release
		on = strings.TrimSpace(c.Method + " of resource " + c.Resource)
	}
	last := unescape(c.Path[strings.LastIndexByte(c.Path, '/')+1:])
	switch c.Kind {
	case integrationField:
		if strings.HasPrefix(c.Path, "/requestTemplates/") {
			return "the " + last + " mapping template of " + on
		}
		return last + " of the integration of " + on
	case wholeIntegration, routedIntegration:
		return "the integration of " + on
	case routedRoute:
		return "the route " + on
	case routeResponse:
		return "the route response of " + on
	case routedResponse, routedAnswer:
		return "the integration response " + c.Path + " of " + on
	case routedStage:
		return "the stage " + c.Stage
	case integrationResponse:
		return "the integration response " + c.Path + " of " + on
	case methodResponse:
		return "the method response " + c.Path + " of " + on
	case methodParameter:
		return "the declared parameter " + last + " of " + on
	case inlinePolicy:
		return "the policy " + c.Path + " of role " + c.Role
	case managedPolicy:
		return "the policy " + c.ARN
	case attachment:
		return "the policy " + c.ARN + " to role " + c.Role
	case trustPolicy:
		return "the trust policy of role " + c.Role
	case wholeRole:
		return "the role " + c.Role
	case queueAttribute:
		return c.Path + " of queue " + c.Queue
	case keyPolicy:
		return "the policy of key " + c.ARN
	case stageVariable:
		return "stage variable " + last + " of stage " + c.Stage
	case deployment, routedDeployment:
		return "the deployment of stage " + c.Stage
	case methodValidator:
		return "the request validator of " + on
	case responseHeader:
		return "the declared header " + last + " of " + on
	case mediaTypes:
		return "the binary media types of API " + c.API
	case defaultEndpoint, routedEndpoint:
		return "the default endpoint of API " + c.API
	case resourcePolicy:
		return "the resource policy of API " + c.API
	case keyState:
		return "the state of key " + c.ARN
	}
	return c.What
}

// Deployment is one that a plan has made. After a rollback it stays, and no
// stage runs it unless there was none before.
type Deployment struct {
	Region, API, Stage, ID string
	Routed                 bool // of an HTTP or WebSocket API
	InUse                  bool // the stage had no deployment before, and keeps this one
}

// Deployments are those that the plan has made.
func (p *Plan) Deployments() []Deployment {
	var list []Deployment
	for _, c := range p.Cells {
		if (c.Kind == deployment || c.Kind == routedDeployment) && c.Done && c.After != nil {
			list = append(list, Deployment{Region: c.Region, API: c.API, Stage: c.Stage, ID: *c.After, Routed: c.Kind == routedDeployment, InUse: c.Before == nil})
		}
	}
	return list
}
