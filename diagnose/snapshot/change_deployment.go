package snapshot

import (
	"fmt"
	"slices"
	"strings"
)

// AwaitMethods lets the deployment that a stage runs be taken when the methods
// are there: in a template it depends on them, on AWS it is taken anew.
type AwaitMethods struct {
	API, Stage string
	On         []MethodRef
}

// SetDeploymentAPI makes the deployment that a stage runs one of the stage's API.
type SetDeploymentAPI struct {
	API, Stage string
}

// RemoveStageName leaves a stage to its own resource, where a deployment of the
// template makes another one of that name.
type RemoveStageName struct {
	API, Stage string
}

func (c AwaitMethods) String() string {
	names := make([]string, len(c.On))
	for i, m := range c.On {
		names[i] = m.String()
	}
	return fmt.Sprintf("let the deployment of stage %s wait for %s", c.Stage, strings.Join(names, ", "))
}

func (c SetDeploymentAPI) String() string {
	return fmt.Sprintf("take the deployment of stage %s from the API of the stage", c.Stage)
}

func (c RemoveStageName) String() string {
	return fmt.Sprintf("remove StageName %s from the deployment", c.Stage)
}

// Apply implements Change.
func (c AwaitMethods) Apply(s *Snapshot) (*Snapshot, error) {
	return onStage(s, c.API, c.Stage, func(api *API, st *Stage) error {
		draft, err := current(api.Draft, "the draft of the API")
		if err != nil {
			return err
		}
		deployed, err := current(st.Deployed, "what the stage runs")
		if err != nil {
			return err
		}
		same := func(ref MethodRef) func(Method) bool {
			return func(m Method) bool { return m.Path == ref.Path && m.HTTPMethod == ref.Method }
		}
		deployed.Methods = slices.Clone(deployed.Methods)
		for _, ref := range c.On {
			at := slices.IndexFunc(draft.Methods, same(ref))
			if at < 0 {
				return fmt.Errorf("the draft has no method %s", ref)
			}
			deployed.Methods = append(slices.DeleteFunc(deployed.Methods, same(ref)), draft.Methods[at])
		}
		st.Deployed = st.Deployed.With(deployed)
		return nil
	})
}

// Apply implements Change. What was refused for the deployment of the other API is
// refused no longer.
func (c SetDeploymentAPI) Apply(s *Snapshot) (*Snapshot, error) {
	var own Stage
	out, err := onStage(s, c.API, c.Stage, func(api *API, st *Stage) error {
		draft, err := current(api.Draft, "the draft of the API")
		if err == nil {
			own = *st
			st.Deployed = st.Deployed.With(draft)
		}
		return err
	})
	if err == nil {
		out.Refusals = slices.DeleteFunc(slices.Clone(out.Refusals), func(r Refusal) bool { return own.DeployedElsewhere(&r) })
	}
	return out, err
}

// DeployedElsewhere tells whether a refusal is about the deployment that the stage
// runs: it is of another API.
func (st *Stage) DeployedElsewhere(r *Refusal) bool {
	_, known := st.Deployed.Peek()
	at := st.DeploymentID.Origin()
	return known && at.File != "" && at == r.Origin && st.Deployed.Origin().Resource != ""
}

// Apply implements Change.
func (c RemoveStageName) Apply(s *Snapshot) (*Snapshot, error) {
	return onAPI(s, c.API, func(api *API) error {
		stages, err := current(api.Stages, "the stages of the API")
		if err != nil {
			return err
		}
		made := ownStage(stages, c.Stage)
		if made < 0 {
			return fmt.Errorf("no deployment makes a second stage %q", c.Stage)
		}
		api.Stages = api.Stages.With(slices.Delete(slices.Clone(stages), made, made+1))
		return nil
	})
}

// ownStage finds the stage of a name that comes with its deployment, beside
// another one of that name: both are the same resource of the template.
func ownStage(stages []Stage, name string) int {
	made, all := -1, 0
	for i, st := range stages {
		if st.Name == name {
			all++
			if st.Origin.Resource != "" && st.Origin.Resource == st.Deployed.Origin().Resource {
				made = i
			}
		}
	}
	if all < 2 {
		return -1
	}
	return made
}

// StageOfDeployment is the stage that comes with its deployment beside another
// one of the name; nil when there is none.
func (a *API) StageOfDeployment(name string) *Stage {
	stages, _ := a.Stages.Peek()
	if i := ownStage(stages, name); i >= 0 {
		return &stages[i]
	}
	return nil
}

// unwaited is the draft as a deployment of a file takes it: without what it does not
// wait for, however often it is made.
func unwaited(before, draft Configuration) Configuration {
	type key struct{ path, verb, route string }
	taken := make(map[key]*Method, len(before.Methods))
	for i := range before.Methods {
		b := &before.Methods[i]
		if k := (key{b.Path, b.HTTPMethod, b.RouteKey}); taken[k] == nil {
			taken[k] = b
		}
	}
	methods, whole := make([]Method, 0, len(draft.Methods)), true
	for _, m := range draft.Methods {
		b := taken[key{m.Path, m.HTTPMethod, m.RouteKey}]
		if b == nil {
			whole = false
			continue
		}
		if i, known := b.Integration.Peek(); known && i == nil {
			m.Integration, whole = b.Integration, false
		}
		methods = append(methods, m)
	}
	if whole {
		return draft // the very list: nothing has to be compared
	}
	draft.Methods = methods
	return draft
}
