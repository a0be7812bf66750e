package cli

import (
	"fmt"
	"io"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/terraform"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/rules"
)

// loadTerraform reads a folder with configuration, a plan or a state. edits are
// what files would read like.
func (a *app) loadTerraform(t *targetFlags, edits []remedy.FileEdit) (*snapshot.Snapshot, error) {
	vars, err := keyValues("--var", t.vars)
	if err != nil {
		return nil, err
	}
	o := terraform.Options{Vars: vars, VarFiles: t.varFiles, Env: a.env, Workspace: a.env("TF_WORKSPACE"), Account: t.accountID, Region: t.region,
		Within: a.Within, Warn: a.note}
	for _, e := range edits {
		if o.Instead == nil {
			o.Instead = map[string][]byte{}
		}
		o.Instead[e.Name] = e.New()
	}
	s, err := terraform.Load(t.templates[0], o)
	if err != nil {
		return nil, inputFailure(err)
	}
	return s, nil
}

// proveEdits reads the configuration as edits leave it. A local value or a module
// may serve other methods than the one that is repaired: none may be worse off.
func (a *app) proveEdits(t *targetFlags, s *snapshot.Snapshot, edits []remedy.FileEdit) error {
	quiet := *a
	quiet.Err = io.Discard
	after, err := quiet.loadTerraform(t, edits)
	if err != nil {
		return fmt.Errorf("the edited configuration cannot be read: %w", err)
	}
	before := map[string]diagnose.Verdict{}
	for _, d := range diagnose.Examine(s, diagnose.Selection{}, nil, rules.All()).Diagnoses {
		if d.Trace != nil {
			before[methodKey(d.Trace)] = d.Verdict
		}
	}
	for _, d := range diagnose.Examine(after, diagnose.Selection{}, nil, rules.All()).Diagnoses {
		if d.Trace == nil {
			continue
		}
		was, ok := before[methodKey(d.Trace)]
		if ok && worse(d.Verdict, was) {
			return fmt.Errorf("the place serves %s %s too, which would be %s then", d.Trace.Request.Method, d.Trace.Request.Path, d.Verdict)
		}
		delete(before, methodKey(d.Trace))
	}
	for key := range before {
		return fmt.Errorf("%s would be lost", key)
	}
	return nil
}

// methodKey names a method; a route whose key is mended goes on under the one that is
// meant.
func methodKey(t *walk.Trace) string {
	if m := t.Route.Method; m != nil {
		if meant := walk.MeantRouteKey(m.RouteKey); meant != "" {
			return meant + " of " + t.Request.API
		}
	}
	return t.Request.Method + " " + t.Request.Path + " of " + t.Request.API
}

// worse tells whether one verdict is worse than another.
func worse(a, b diagnose.Verdict) bool {
	rank := map[diagnose.Verdict]int{diagnose.Healthy: 0, diagnose.AtRisk: 1, diagnose.Inconclusive: 2, diagnose.Broken: 3}
	return rank[a] > rank[b]
}
