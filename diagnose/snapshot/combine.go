package snapshot

import (
	"fmt"
	"reflect"
	"strings"

	"apisqs-doctor/diagnose/text"
)

// Combine makes one set of several sets of changes, each of them of the
// configuration as it is: changes of one template are merged, what is there twice
// is made once, and one deployment at the end publishes all. The error names the
// place that two changes set to different values.
func Combine(sets ...[]Change) ([]Change, error) {
	var out, deployments []Change
	for _, set := range sets {
		for _, c := range set {
			if _, ok := c.(Deploy); ok {
				if !contains(deployments, c) {
					deployments = append(deployments, c)
				}
				continue
			}
			at, err := merge(out, c)
			if err != nil {
				return nil, err
			}
			if at < 0 {
				out = append(out, c)
			}
		}
	}
	return append(out, deployments...), nil
}

func contains(list []Change, c Change) bool {
	for _, have := range list {
		if reflect.DeepEqual(have, c) {
			return true
		}
	}
	return false
}

// merge joins a change to the one of the same place in the list, and says which
// that is; -1 when there is none.
func merge(list []Change, c Change) (int, error) {
	for i, have := range list {
		if reflect.DeepEqual(have, c) {
			return i, nil
		}
		if Place(c) == "" || Place(have) != Place(c) {
			continue
		}
		a, isTemplate := have.(SetTemplate)
		b, _ := c.(SetTemplate)
		if isTemplate && a.Before == b.Before {
			if merged, ok := text.Merge(a.Before, a.After, b.After); ok {
				a.After = merged
				list[i] = a
				return i, nil
			}
		}
		next, ok := follow(have, c)
		if !ok {
			return i, fmt.Errorf("two changes of one place: %s; %s", have, c)
		}
		list[i] = next
		return i, nil
	}
	return -1, nil
}

// follow is the change that makes one and then another of the same place, where
// the second begins with what the first leaves.
func follow(first, second Change) (Change, bool) {
	switch a := first.(type) {
	case SetTemplate:
		b := second.(SetTemplate)
		ok := a.After == b.Before
		a.After = b.After
		return a, ok
	case SetRequestParameter:
		b := second.(SetRequestParameter)
		ok := a.After == b.Before
		a.After = b.After
		return a, ok
	case SetIntegration:
		b := second.(SetIntegration)
		ok := a.After == b.Before
		a.After = b.After
		return a, ok
	}
	return nil, false
}

// Place names what a change sets, the same for two changes of which only one can
// hold. It is empty for changes that stand beside each other.
func Place(c Change) string {
	switch c := c.(type) {
	case SetTemplate:
		return fmt.Sprintf("template %s of %s", c.ContentType, c.On)
	case SetRequestParameter:
		name := c.Name
		if strings.HasPrefix(name, "integration.request.header.") {
			name = strings.ToLower(name)
		}
		return fmt.Sprintf("parameter %s of %s", name, c.On)
	case SetIntegration:
		return fmt.Sprintf("%s of %s", c.Field, c.On)
	case SetAuthorization:
		return fmt.Sprintf("authorization of %s", c.On)
	case SetRouteKey:
		return fmt.Sprintf("key of %s", c.On)
	case SetScopes:
		return fmt.Sprintf("scopes of %s", c.On)
	case SetRouteSelection:
		return "route selection of " + c.API
	case SetValidator:
		return fmt.Sprintf("validator of %s", c.On)
	case SetBinaryMediaTypes:
		return "media types of " + c.API
	case SetDefaultEndpoint:
		return "default endpoint of " + c.API
	case SetPolicyVersion:
		return fmt.Sprintf("version of %s %s", c.On, c.On.Policy)
	case SetKeyEnabled:
		return "state of " + c.Key
	case CreateRole:
		return "role " + c.ARN
	}
	return ""
}

// Rebase writes a change of a template that other changes have already been made
// in as a change of the template as it was: ok is false where it rests on them.
func Rebase(c Change, original string) (rebased Change, ok bool) {
	t, isTemplate := c.(SetTemplate)
	if !isTemplate || t.Before == original {
		return c, true
	}
	after, ok := text.Merge(t.Before, original, t.After)
	t.Before, t.After = original, after
	return t, ok
}

// Template is the text of a mapping template of the draft; empty where there is
// none or it is not known.
func (s *Snapshot) Template(on MethodRef, contentType string) string {
	found := ""
	// The copy that onIntegration makes is dropped.
	_, _ = onIntegration(s, on, func(i *Integration) error {
		templates, _ := i.Templates.Peek()
		found, _ = templates[contentType].Peek()
		return nil
	})
	return found
}

// Onto writes changes of the configuration as it was as changes of the one that s
// holds, in which others may have been made: what is before and after is then what
// a file or an account has when each is made in turn.
func Onto(s *Snapshot, changes []Change) []Change {
	out := make([]Change, len(changes))
	for i, c := range changes {
		if t, ok := c.(SetTemplate); ok && t.After != "" {
			if have := s.Template(t.On, t.ContentType); have != t.Before && have != "" && t.Before != "" {
				if merged, ok := text.Merge(t.Before, have, t.After); ok {
					t.Before, t.After = have, merged
					c = t
				}
			}
		}
		out[i] = c
	}
	return out
}
