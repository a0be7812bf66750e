package remedy

import (
	"fmt"
	"path/filepath"

	"apisqs-doctor/diagnose/snapshot"
)

// makeSetting makes a change of a setting that is an argument of a resource of its
// own; ok is false for other changes.
func (e *hclEditor) makeSetting(change snapshot.Change) (ok bool, err error) {
	switch c := change.(type) {
	case snapshot.SetIntegration:
		if c.Field != snapshot.FieldTimeout {
			return false, nil
		}
		i, err := e.integration(c.On)
		if err != nil {
			return true, err
		}
		if i.Origin.Path != "" {
			return true, inBody(i.Origin)
		}
		return true, e.plain(i.Origin, "timeout_milliseconds", c.After)
	case snapshot.SetBinaryMediaTypes:
		value := ""
		if len(c.After) > 0 {
			value = hclList(anyList(c.After))
		}
		return true, e.ofAPI(c.API, "binary_media_types", value)
	case snapshot.SetDefaultEndpoint:
		return true, e.ofAPI(c.API, "disable_execute_api_endpoint", fmt.Sprint(c.Disabled))
	case snapshot.SetKeyEnabled:
		k, _ := e.s.Key(c.Key).Peek()
		if k == nil || k.Origin.File == "" {
			return true, fmt.Errorf("the key %s is not part of the configuration", c.Key)
		}
		return true, e.plain(k.Origin, "is_enabled", fmt.Sprint(c.Enabled))
	case snapshot.SetValidator:
		m := method(e.s, c.On)
		if m == nil {
			return true, fmt.Errorf("the method %s is not known", c.On)
		}
		if m.Origin.Path != "" {
			return true, inBody(m.Origin)
		}
		return true, e.argument(m.Origin, m.ValidatorID.Origin(), "request_validator_id", c.Before, c.After)
	case snapshot.DeclareResponseHeader:
		return true, e.declareHeader(c)
	case snapshot.RemoveStageName:
		api := e.s.API(c.API)
		if api == nil || api.StageOfDeployment(c.Stage) == nil {
			return true, fmt.Errorf("no deployment makes the stage %s", c.Stage)
		}
		return true, e.plain(api.StageOfDeployment(c.Stage).Deployed.Origin(), "stage_name", "")
	}
	return false, nil
}

func inBody(at snapshot.Origin) error {
	return fmt.Errorf("%s:%d: it stands in the body of the API; change it there", filepath.ToSlash(at.File), at.Line)
}

// declareHeader declares a header in the resource of a method response.
func (e *hclEditor) declareHeader(c snapshot.DeclareResponseHeader) error {
	m := method(e.s, c.On)
	if m == nil {
		return fmt.Errorf("the method %s is not known", c.On)
	}
	responses, _ := m.Responses.Peek()
	at := responses[c.Status].Origin
	switch {
	case at.File == "":
		return fmt.Errorf("the method response %s of %s is not written in the configuration", c.Status, c.On)
	case at.Path != "":
		return inBody(at)
	}
	return e.entry(at, snapshot.Origin{}, snapshot.Origin{}, "response_parameters", c.Name, "", "false", true)
}

// ofAPI sets an argument of an API.
func (e *hclEditor) ofAPI(id, name, value string) error {
	api := e.s.API(id)
	if api == nil {
		return fmt.Errorf("the API %s is not known", id)
	}
	return e.plain(api.Origin, name, value)
}

// plain sets an argument that is no text, such as a number, a boolean or a list, or
// with an empty value removes it. What is computed is left to its author.
func (e *hclEditor) plain(at snapshot.Origin, name, value string) error {
	f, b, err := e.resource(at)
	if err != nil {
		return err
	}
	a := b.Body.Attributes[name]
	switch {
	case a == nil && value == "":
		return nil
	case a == nil:
		return f.addArgument(b, name, value)
	case len(a.Expr.Variables()) > 0:
		return f.computed(name, a.Expr)
	case value == "":
		return f.removeLines(a.SrcRange)
	}
	r := a.Expr.Range()
	return f.splice(r.Start.Byte, r.End.Byte, value)
}
