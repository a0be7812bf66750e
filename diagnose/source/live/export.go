package live

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/openapi"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
)

func (r *reader) exportOrigin(stage string) snapshot.Origin {
	return r.at("stages", stage, "exports", "oas30")
}

// export reads what a stage really runs, and then what that leads to. Nothing
// but an export shows it (T166). Of a stage with a canary the export shows one
// of the two deployments; which one is not documented.
func (r *reader) export(stage string) {
	r.exports.get(stage, func() snapshot.Fact[snapshot.Configuration] {
		deployed := r.readExport(stage)
		if configuration, ok := deployed.Peek(); ok {
			r.follow(configuration, r.stages.wait().variables(stage))
		}
		return deployed
	})
}

func (r *reader) readExport(stage string) snapshot.Fact[snapshot.Configuration] {
	at := r.exportOrigin(stage)
	s := r.spec("GetExport", "export of stage "+stage, "stages", stage, "exports", "*")
	out, failed := call(r.ctx, r.calls, s, func(ctx context.Context) (*apigateway.GetExportOutput, error) {
		return r.gateway.GetExport(ctx, &apigateway.GetExportInput{
			RestApiId: &r.apiID, StageName: &stage, ExportType: aws.String("oas30"),
			Accepts: aws.String("application/json"), Parameters: map[string]string{"extensions": "apigateway"}})
	})
	if failed != nil {
		gap := failed.gap(at)
		// An emulator that cannot write an export, as of an API with an ANY method, has
		// nothing but the draft to write (T178).
		if kind, said := Judge(failed.err); kind == Broken && r.emulated {
			r.untrue.Store(stage, true)
			gap.Detail = "the emulator does not export stage " + stage + ": " + said
		}
		return snapshot.Unknown[snapshot.Configuration](gap)
	}
	deployed, err := openapi.Export(out.Body, snapshot.REST, at)
	if err != nil {
		if ofAnotherFormat(out.Body) {
			r.untrue.Store(stage, true)
		}
		return snapshot.Unknown[snapshot.Configuration](snapshot.Gap{Reason: snapshot.Unparsed, Detail: "the export of stage " + stage + ": " + err.Error(), Origin: at})
	}
	if why := contradiction(deployed); why != "" {
		r.untrue.Store(stage, true)
		return snapshot.Unknown[snapshot.Configuration](snapshot.Gap{Reason: snapshot.Failed, Detail: "the export of stage " + stage + " " + why, Origin: at})
	}
	return snapshot.Known(deployed, at)
}

// ofAnotherFormat tells whether an export is a Swagger document, though OpenAPI was
// asked for, as an emulator's is. What is no document of an API says nothing.
func ofAnotherFormat(body []byte) bool {
	var doc struct{ Swagger string }
	return json.Unmarshal(body, &doc) == nil && doc.Swagger != ""
}

// contradiction says what of an export no deployment can be, so that the export is
// an emulator's (T178) or was made without the extensions. It is empty for others.
func contradiction(c snapshot.Configuration) string {
	if !hasIntegrations(c) {
		return "carries no integrations, without which nothing is deployed" // T106
	}
	for _, m := range c.Methods {
		in, _ := m.Integration.Peek()
		if in == nil {
			continue
		}
		kind, _ := in.Type.Peek()
		credentials, known := in.Credentials.Peek()
		if known && credentials == "" && kind == "AWS" && integrationURI.MatchString(value(in.URI)) && !strings.Contains(value(in.URI), ":lambda:") {
			return "has " + m.HTTPMethod + " " + m.Path + " without credentials, which no deployed call of an AWS service is"
		}
	}
	return ""
}

// standIn is the draft in place of what an emulator's stage runs, where what the
// emulator answers as the export of the stage cannot be true, or is an error of its
// own. It is said that it was taken. An answer that is no export at all stays unknown.
func (r *reader) standIn(stage string, deployed, draft snapshot.Fact[snapshot.Configuration]) snapshot.Fact[snapshot.Configuration] {
	if _, untrue := r.untrue.Load(stage); !untrue || !r.emulated || !draft.IsKnown() {
		return deployed
	}
	r.assumed = append(r.assumed, drafted(stage, deployed.Gap().Detail, deployed.Origin()))
	return draft
}

func hasIntegrations(c snapshot.Configuration) bool {
	for _, m := range c.Methods {
		if in, known := m.Integration.Peek(); !known || in != nil {
			return true
		}
	}
	return false
}

// align gives the validators, authorizers and models of an export the ids and
// the text that the draft has for them: an export names them, and writes
// schemas anew, so that equal ones would look different.
func (d details) align(deployed snapshot.Fact[snapshot.Configuration]) snapshot.Fact[snapshot.Configuration] {
	c, ok := deployed.Peek()
	if !ok {
		return deployed
	}
	validators := idsByName(d.validators, func(v snapshot.Validator) string { return v.Name })
	authorizers := idsByName(d.authorizers, func(a snapshot.Authorizer) string { return a.Name })
	c.Validators = renamed(c.Validators, validators)
	c.Authorizers = renamed(c.Authorizers, authorizers)
	for i := range c.Methods {
		c.Methods[i].ValidatorID = translated(c.Methods[i].ValidatorID, validators)
		c.Methods[i].AuthorizerID = translated(c.Methods[i].AuthorizerID, authorizers)
	}
	for name, model := range c.Models {
		if drafted := d.models[name]; sameJSON(model, drafted) {
			c.Models[name] = model.With(value(drafted))
		}
	}
	return deployed.With(c)
}

// idsByName finds the ids of those whose name is theirs alone.
func idsByName[T any](list map[string]snapshot.Fact[T], name func(T) string) map[string]string {
	ids, twice := map[string]string{}, map[string]bool{}
	for id, fact := range list {
		v, ok := fact.Peek()
		if !ok {
			continue
		}
		twice[name(v)] = ids[name(v)] != ""
		ids[name(v)] = id
	}
	for n := range twice {
		if twice[n] {
			delete(ids, n)
		}
	}
	return ids
}

func renamed[T any](list map[string]T, ids map[string]string) map[string]T {
	out := make(map[string]T, len(list))
	for name, v := range list {
		if id, ok := ids[name]; ok {
			name = id
		}
		out[name] = v
	}
	return out
}

func translated(name snapshot.Fact[string], ids map[string]string) snapshot.Fact[string] {
	if id, ok := ids[value(name)]; ok {
		return name.With(id)
	}
	return name
}

func sameJSON(a, b snapshot.Fact[string]) bool {
	var x, y any
	return json.Unmarshal([]byte(value(a)), &x) == nil && json.Unmarshal([]byte(value(b)), &y) == nil && reflect.DeepEqual(x, y)
}

// value gives the value of a fact, or the zero value, for following what can
// be followed. Judgement never rests on it.
func value[T any](f snapshot.Fact[T]) T {
	v, _ := f.Peek()
	return v
}
