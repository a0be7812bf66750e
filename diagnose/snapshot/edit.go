package snapshot

import (
	"fmt"
	"maps"
	"slices"
)

// current returns the value that a change starts from.
func current[T any](f Fact[T], what string) (T, error) {
	if !f.known {
		var zero T
		return zero, fmt.Errorf("%s: not known (%s)", what, f.Gap().Reason)
	}
	return f.value, nil
}

// onMethod copies s on the way to the draft's method and lets edit change the copy.
func onMethod(s *Snapshot, ref MethodRef, edit func(*Method) error) (*Snapshot, error) {
	return onAPI(s, ref.API, func(api *API) error {
		draft, err := current(api.Draft, "the draft of the API")
		if err != nil {
			return err
		}
		at := slices.IndexFunc(draft.Methods, func(m Method) bool { return m.Path == ref.Path && m.HTTPMethod == ref.Method })
		if at < 0 {
			return fmt.Errorf("the draft has no method %s", ref)
		}
		draft.Methods = slices.Clone(draft.Methods)
		err = edit(&draft.Methods[at])
		api.Draft = api.Draft.With(draft)
		return err
	})
}

func onIntegration(s *Snapshot, ref MethodRef, edit func(*Integration) error) (*Snapshot, error) {
	return onMethod(s, ref, func(m *Method) error {
		integration, err := current(m.Integration, "the integration")
		if err != nil {
			return err
		}
		if integration == nil {
			return fmt.Errorf("%s has no integration", ref)
		}
		copied := *integration
		err = edit(&copied)
		m.Integration = m.Integration.With(&copied)
		return err
	})
}

func onAPI(s *Snapshot, id string, edit func(*API) error) (*Snapshot, error) {
	at := slices.IndexFunc(s.APIs, func(a API) bool { return a.ID == id })
	if at < 0 {
		return nil, fmt.Errorf("no API %q", id)
	}
	out := *s
	out.APIs = slices.Clone(s.APIs)
	if err := edit(&out.APIs[at]); err != nil {
		return nil, err
	}
	out.APIs[at].deployItself(s.APIs[at].Draft)
	return &out, nil
}

// deployItself lets the stages of an HTTP or WebSocket API that deploy by
// themselves run the draft, once it is no longer the one before (H63).
func (a *API) deployItself(before Fact[Configuration]) {
	stages, known := a.Stages.value, a.Stages.known
	if a.Type == REST || !known || !a.Draft.known || sameMethods(before.value.Methods, a.Draft.value.Methods) {
		return
	}
	stages = slices.Clone(stages)
	for i := range stages {
		if stages[i].AutoDeploy {
			stages[i].Deployed = a.Draft
		}
	}
	a.Stages = a.Stages.With(stages)
}

// sameMethods tells whether two lists are one and the same.
func sameMethods(a, b []Method) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

func onStage(s *Snapshot, id, name string, edit func(*API, *Stage) error) (*Snapshot, error) {
	return onAPI(s, id, func(api *API) error {
		stages, err := current(api.Stages, "the stages of the API")
		if err != nil {
			return err
		}
		at := slices.IndexFunc(stages, func(st Stage) bool { return st.Name == name })
		if at < 0 {
			stages = append(slices.Clone(stages), Stage{Name: name, Origin: api.Origin.At("stages"),
				Variables: Known(map[string]string{}, api.Origin), Canary: Known[*Canary](nil, api.Origin)})
			at = len(stages) - 1
		} else {
			stages = slices.Clone(stages)
		}
		err = edit(api, &stages[at])
		api.Stages = api.Stages.With(stages)
		return err
	})
}

func onQueue(s *Snapshot, arn string, edit func(*Queue) error) (*Snapshot, error) {
	out := *s
	err := onEntry(&out.Queues, arn, "the queue", edit)
	return &out, err
}

func onKey(s *Snapshot, ref string, edit func(*Key) error) (*Snapshot, error) {
	out := *s
	err := onEntry(&out.Keys, ref, "the key", edit)
	return &out, err
}

func onRole(s *Snapshot, arn string, edit func(*Role) error) (*Snapshot, error) {
	out := *s
	err := onEntry(&out.Roles, arn, "the role", edit)
	return &out, err
}

// onEntry copies the map and the value under name, and lets edit change the copy.
func onEntry[T any](m *map[string]Fact[*T], name, what string, edit func(*T) error) error {
	value, err := current((*m)[name], what)
	if err != nil {
		return err
	}
	if value == nil {
		return fmt.Errorf("%s %s does not exist", what, name)
	}
	copied := *value
	if err := edit(&copied); err != nil {
		return err
	}
	*m = maps.Clone(*m)
	(*m)[name] = (*m)[name].With(&copied)
	return nil
}
