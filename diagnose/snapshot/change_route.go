package snapshot

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// AddRouteResponse makes a route of a WebSocket API two-way: the client gets the
// answer to its frame.
type AddRouteResponse struct {
	On     MethodRef
	Before string // the route response selection expression; empty for none
}

// RouteResponseKey is the one key that a route response and its selection
// expression have.
const RouteResponseKey = "$default"

// SetAutoDeploy lets a stage of an HTTP or WebSocket API deploy every change by itself.
type SetAutoDeploy struct {
	API, Stage string
}

// SetAuthorization sets who may call a route or method.
type SetAuthorization struct {
	On            MethodRef
	Before, After string // NONE, AWS_IAM, JWT, CUSTOM
}

// SetRouteKey writes the route key of an HTTP API anew. Changes go on to name the
// route as it was.
type SetRouteKey struct {
	On            MethodRef
	Before, After string
}

// SetScopes sets the scopes of which the token of a route's caller needs one.
type SetScopes struct {
	On            MethodRef
	Before, After []string
}

// SetRouteSelection sets what the route of a call is chosen by.
type SetRouteSelection struct {
	API           string
	Before, After string // empty for none, or for that of all HTTP APIs
}

func (c SetRouteKey) String() string {
	return fmt.Sprintf("write the route key %s as %s", c.Before, c.After)
}

func (c SetScopes) String() string {
	if len(c.After) == 0 {
		return fmt.Sprintf("take the authorization scopes of %s away", c.On)
	}
	return fmt.Sprintf("set the authorization scopes of %s to %s", c.On, strings.Join(c.After, ", "))
}

func (c SetRouteSelection) String() string {
	if c.After == "" {
		return "take the route selection expression away"
	}
	return "set the route selection expression to " + c.After
}

func (c AddRouteResponse) String() string { return fmt.Sprintf("add a route response to %s", c.On) }

func (c SetAutoDeploy) String() string {
	return fmt.Sprintf("let the stage %s deploy every change by itself", c.Stage)
}

func (c SetAuthorization) String() string {
	return fmt.Sprintf("set the authorization of %s to %s", c.On, c.After)
}

// Apply implements Change.
func (c AddRouteResponse) Apply(s *Snapshot) (*Snapshot, error) {
	return onMethod(s, c.On, func(m *Method) error {
		responses, err := current(m.Responses, "the route responses")
		if err != nil {
			return err
		}
		responses = maps.Clone(responses)
		if responses == nil {
			responses = map[string]MethodResponse{}
		}
		if _, there := responses[RouteResponseKey]; !there {
			responses[RouteResponseKey] = MethodResponse{Origin: m.Origin.At("routeResponses['" + RouteResponseKey + "']")}
		}
		m.Responses = m.Responses.With(responses)
		m.ResponseSelection = m.ResponseSelection.With(RouteResponseKey)
		return nil
	})
}

// Apply implements Change.
func (c SetAutoDeploy) Apply(s *Snapshot) (*Snapshot, error) {
	return onStage(s, c.API, c.Stage, func(api *API, st *Stage) error {
		if !api.Draft.known {
			return fmt.Errorf("the draft of %s is not known", c.API)
		}
		st.AutoDeploy, st.Deployed = true, api.Draft
		if id, err := current(st.DeploymentID, "the deployment"); err != nil || id == "" {
			st.DeploymentID = Known("new", st.Origin)
		}
		return nil
	})
}

// Apply implements Change.
func (c SetAuthorization) Apply(s *Snapshot) (*Snapshot, error) {
	return onMethod(s, c.On, func(m *Method) error {
		m.Authorization = m.Authorization.With(c.After)
		return nil
	})
}

// Apply implements Change.
func (c SetRouteKey) Apply(s *Snapshot) (*Snapshot, error) {
	return onMethod(s, c.On, func(m *Method) error {
		m.RouteKey = c.After
		return nil
	})
}

// Apply implements Change.
func (c SetScopes) Apply(s *Snapshot) (*Snapshot, error) {
	return onMethod(s, c.On, func(m *Method) error {
		m.Scopes = m.Scopes.With(c.After)
		return nil
	})
}

// Apply implements Change.
func (c SetRouteSelection) Apply(s *Snapshot) (*Snapshot, error) {
	return onAPI(s, c.API, func(api *API) error {
		api.RouteSelection = api.RouteSelection.With(c.After)
		return nil
	})
}

// stored finds the integration response that a change is about: by its pattern and
// status. taken tells that another one stands where the changed one would: there is
// one of each status, and of a WebSocket API, whose responses have none, of each
// pattern (T161).
func (c SetIntegrationResponse) stored(list []IntegrationResponse) (at int, taken *IntegrationResponse) {
	at = -1
	if c.Before != nil {
		at = slices.IndexFunc(list, func(r IntegrationResponse) bool { return r.Pattern == c.Before.Pattern && r.Status == c.Before.Status })
	}
	for i := range list {
		if i != at && c.After != nil && list[i].Status == c.After.Status && (c.After.Status != "" || list[i].Pattern == c.After.Pattern) {
			return at, &list[i]
		}
	}
	return at, nil
}
