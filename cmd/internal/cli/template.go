package cli

import (
	"errors"
	"maps"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/cloudformation"
	"apisqs-doctor/diagnose/source/kind"
	"apisqs-doctor/diagnose/source/live"
	"apisqs-doctor/diagnose/source/tree"
	"apisqs-doctor/diagnose/text"
)

// loadTemplate reads the files of the target, whatever they are. A region that they
// leave open is shown as AWS tools would choose it.
func (a *app) loadTemplate(t *targetFlags) (*snapshot.Snapshot, error) {
	if err := a.settle(t); err != nil {
		return nil, err
	}
	s, err := a.readFiles(t)
	if region, why := live.UsualRegion(a.env); err == nil && text.IsRegion(region) {
		s.ShowRegion(region, why)
	}
	return s, err
}

func (a *app) readFiles(t *targetFlags) (*snapshot.Snapshot, error) {
	switch t.input.Source {
	case kind.Terraform:
		return a.loadTerraform(t, nil)
	case kind.Documents:
		return a.loadDocuments(t)
	case kind.Snapshot:
		return readSnapshot(snapshot.StandardInput, t.standardInput())
	}
	parameters := map[string]string{}
	if t.parametersFile != "" {
		values, err := cloudformation.ReadParameters(t.parametersFile)
		if err != nil {
			return nil, inputFailure(err)
		}
		parameters = values
	}
	given, err := keyValues("--parameter", t.parameters)
	if err != nil {
		return nil, err
	}
	maps.Copy(parameters, given)
	s, err := cloudformation.Load(t.templates, cloudformation.Options{
		Parameters: parameters, Account: t.accountID, Region: t.region, Stdin: t.standardInput(), Within: a.Within, Warn: a.note, Parsed: t.input.Parsed,
	})
	if err != nil {
		return nil, inputFailure(err)
	}
	return s, nil
}

// inputFailure says where an input is wrong, and what was expected there.
func inputFailure(err error) error {
	var conflict *tree.Conflict
	if errors.As(err, &conflict) {
		hint := "give one of these:"
		for _, path := range conflict.Choices {
			hint += "\n  " + commandLine("posix", name, path)
		}
		return usage(hint, "%s", conflict)
	}
	var content *tree.Error
	if !errors.As(err, &content) {
		return usage("", "%s", err)
	}
	hint := ""
	if content.Expected != "" {
		hint = "expected " + content.Expected
	}
	place := *content
	place.Expected = ""
	return usage(hint, "%s", place.Error())
}
