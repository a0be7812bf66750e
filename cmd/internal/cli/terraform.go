package cli

import (
	"errors"
	"fmt"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/terraform"
)

// terraform tells whether the target is Terraform's.
func (t *targetFlags) terraform() bool { return len(t.templates) > 0 && terraform.Is(t.templates[0]) }

// loadTerraform reads a folder with configuration, a plan or a state.
func (a *app) loadTerraform(t *targetFlags) (*snapshot.Snapshot, error) {
	if len(t.templates) > 1 {
		return nil, usage("give one folder, or one plan or state", "%s: several Terraform targets make no one deployment", t.templates[1])
	}
	vars, err := keyValues("--var", t.vars)
	if err != nil {
		return nil, err
	}
	o := terraform.Options{Vars: vars, VarFiles: t.varFiles, Env: a.env, Workspace: a.env("TF_WORKSPACE"), Account: t.accountID, Region: a.region(t),
		Warn: func(s string) { fmt.Fprintf(a.Err, "%s: note: %s\n", name, oneLine(s)) }}
	s, err := terraform.Load(t.templates[0], o)
	var content *terraform.Error
	switch {
	case errors.As(err, &content):
		hint := ""
		if content.Expected != "" {
			hint = "expected " + content.Expected
		}
		place := *content
		place.Expected = ""
		return nil, usage(hint, "%s", place.Error())
	case err != nil:
		return nil, usage("", "%s", err)
	}
	return s, nil
}
