package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var routeDeploymentRefused = diagnose.Rule{
	ID:       "route-deployment-refused",
	Stage:    walk.StageRoute,
	Severity: diagnose.Error,
	Title:    "API Gateway refuses to deploy the API for a setting of it or of another method",
	Doc: `A deployment is all or nothing: what API Gateway refuses of any method, or of the API itself, keeps the healthy methods
from being deployed too. Refused are an HTTP method, integration type, passthrough behavior or
content handling that there is not; an integration without HTTP method, with a URI that is none, or towards a service without a
role; a mapping that is malformed or reads what is not declared; a response header that the method response does not declare; a
status that is not three digits from 100 to 599; a content type that is none; authorization CUSTOM or COGNITO_USER_POOLS without an
authorizer; a validator, model or authorizer that the API does not have; a timeout below 50 ms or, for an edge-optimized API, above
29 s; a path part or a stage name with other characters than are allowed; a resource policy that is not well formed; a deployment
without methods.

Of an HTTP or WebSocket API a stack is created as a whole or not at all: a route key that is none or comes twice, scopes without
a JWT, an authorizer that the API does not have, an integration that is not created for its subtype, its parameters or its
response parameters, a stage or stage variable with other characters; a WebSocket API without a route selection expression, and
authorization on a route other than $connect. Terraform creates one after the other: what it refuses of one route leaves the others.

Repair: what the message names, at the place of the evidence. Faults of this kind in the method itself have rules of their own.`,
	Explains: []walk.ErrorCode{walk.BadRequest, walk.ModelValidation, walk.Conflict},
	Refs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/api/API_CreateDeployment.html",
		"https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html",
	},
	Check: func(p *diagnose.Pass) {
		r := &p.Trace.Route
		for _, refused := range r.Settings {
			if refused.Setting == walk.IntegrationMissing {
				continue // mapping-integration-missing tells that, of any method
			}
			where := "the API"
			if refused.Method != nil {
				where = walk.MethodName(refused.Method)
			}
			message := fmt.Sprintf("%s: API Gateway refuses the %s %s", p.Expression(where), p.Expression(refused.Name), p.Expression(refused.Value))
			if refused.Value == "" {
				message = fmt.Sprintf("%s has no %s", p.Expression(where), refused.Name)
			}
			if refused.Setting == walk.NoMethods {
				message = "the API has no methods when it is deployed: its deployment waits for none"
			}
			why := "It answers " + strings.TrimSuffix(p.Expression(refused.Message), ".") + ". A deployment is made of all methods or not at all, so that this one is not deployed either."
			if r.API.Type != snapshot.REST {
				why = "AWS refuses it: " + strings.TrimSuffix(p.Expression(refused.Message), ".") + ". A stack is created as a whole or not at all."
			}
			if refused.Setting == walk.APIPolicy {
				message = "API Gateway refuses the resource policy of the API: " + p.Expression(refused.Value)
			}
			p.Report(diagnose.Finding{
				Codes:    []walk.ErrorCode{refused.Code},
				Message:  message,
				Why:      why,
				Evidence: []diagnose.Evidence{{Label: p.Expression(where) + ", " + refused.Name, Value: p.Expression(refused.Value), Origin: refused.Origin}},
				Fixes:    settingFixes(p, refused),
				Check:    diagnose.Say("deploy the template: AWS answers at once"),
			})
		}
		if len(r.Settings) == 0 {
			p.Requires(walk.StageRoute)
		}
	},
}

// settingFixes are the changes after which API Gateway takes a setting, where it
// cannot be meant otherwise.
func settingFixes(p *diagnose.Pass, refused walk.RefusedSetting) []diagnose.Fix {
	if refused.Method == nil {
		return apiFixes(p, refused)
	}
	on := snapshot.MethodRef{API: p.Trace.Route.API.ID, Path: refused.Method.Path, Method: refused.Method.HTTPMethod}
	set := func(title string, field snapshot.IntegrationField, after string) []diagnose.Fix {
		return []diagnose.Fix{p.Fix(title, snapshot.SetIntegration{On: on, Field: field, Before: refused.Value, After: after})}
	}
	switch refused.Setting {
	case walk.AuthorizationSetting:
		if p.Trace.Route.API.Type == snapshot.WebSocket {
			return []diagnose.Fix{p.Fix("set the authorization of "+p.Expression(walk.MethodName(refused.Method))+" to NONE: $connect has it", snapshot.SetAuthorization{On: on, Before: refused.Value, After: "NONE"})}
		}
		if scopes, _ := refused.Method.Scopes.Peek(); len(scopes) > 0 && !strings.EqualFold(refused.Value, "JWT") {
			fix := p.Fix("remove the authorization scopes "+strings.Join(scopes, ", ")+", which only a JWT has", snapshot.SetScopes{On: on, Before: scopes})
			fix.Choice = "to ask for them all the same, the route needs authorization JWT and an authorizer"
			return []diagnose.Fix{fix}
		}
	case walk.RouteKey:
		if meant := walk.MeantRouteKey(refused.Value); meant != "" && meant != refused.Value {
			fix := p.Fix("write the route key as "+p.Expression(meant), snapshot.SetRouteKey{On: on, Before: refused.Value, After: meant})
			if strings.HasPrefix(meant, "ANY ") && !strings.HasPrefix(strings.ToUpper(refused.Value), "ANY") {
				fix.Choice = "the route then takes every method; write one in place of ANY to take that one alone"
			}
			return []diagnose.Fix{fix}
		}
	case walk.PassthroughSetting:
		return set("set the passthrough behavior to WHEN_NO_MATCH, the default", snapshot.FieldPassthrough, "WHEN_NO_MATCH")
	case walk.ContentHandlingSetting:
		return set("remove contentHandling "+refused.Value, snapshot.FieldContentHandling, "")
	case walk.UndeclaredParameter:
		if need := walk.MappingNeeds(refused.Value); need != "" {
			return []diagnose.Fix{p.Fix("declare "+need+" on "+walk.MethodName(refused.Method), snapshot.DeclareParameter{On: on, Name: need})}
		}
	case walk.RequestMapping:
		if name, expression := walk.MeantMapping(refused.Name, refused.Value); name == refused.Name {
			return []diagnose.Fix{p.Fix("write the source as "+expression, snapshot.SetRequestParameter{On: on, Name: name, Before: refused.Value, After: expression})}
		}
	case walk.ReplyMapping:
		return replyFixes(p, on, refused.Method, refused.Name, refused.Value)
	case walk.TimeoutSetting:
		after := meantTimeout(refused.Value)
		return set("set the timeout to "+after+" milliseconds", snapshot.FieldTimeout, after)
	case walk.ValidatorSetting:
		return validatorFixes(p, on, refused)
	}
	return nil
}

// apiFixes are the changes of the API itself after which it is taken.
func apiFixes(p *diagnose.Pass, refused walk.RefusedSetting) []diagnose.Fix {
	if refused.Setting != walk.RouteSelection {
		return nil
	}
	api := p.Trace.Route.API
	if api.Type == snapshot.HTTP {
		return []diagnose.Fix{p.Fix("set the route selection expression to ${request.method} ${request.path}", snapshot.SetRouteSelection{API: api.ID, Before: refused.Value})}
	}
	fix := p.Fix("set the route selection expression to $request.body.action", snapshot.SetRouteSelection{API: api.ID, Before: refused.Value, After: "$request.body.action"})
	fix.Choice = "clients have to send the route key in that member; name another one where they send it elsewhere"
	return []diagnose.Fix{fix}
}

// meantTimeout is the timeout in milliseconds that was meant: one that was given in
// seconds, or the longest that every API may have (T114).
func meantTimeout(refused string) string {
	const least, most = 50, 29000
	millis, err := strconv.Atoi(refused)
	switch {
	case err != nil || millis <= 0:
		return strconv.Itoa(most)
	case millis < least:
		return strconv.Itoa(min(millis*1000, most))
	}
	return strconv.Itoa(most)
}

// validatorFixes name the validator that is meant: the one of that name, or the
// only one there is.
func validatorFixes(p *diagnose.Pass, on snapshot.MethodRef, refused walk.RefusedSetting) []diagnose.Fix {
	var fixes []diagnose.Fix
	validators := p.Trace.Route.Configuration.Validators
	for _, id := range slices.Sorted(maps.Keys(validators)) {
		if v, ok := validators[id].Peek(); ok && (len(validators) == 1 || v.Name == refused.Value) {
			fixes = append(fixes, p.Fix("set the validator to "+p.Expression(cmp.Or(v.Name, id)), snapshot.SetValidator{On: on, Before: refused.Value, After: id}))
		}
	}
	without := p.Fix("remove the validator "+refused.Value, snapshot.SetValidator{On: on, Before: refused.Value})
	without.Choice = "calls are then passed on unchecked"
	return append(fixes, without)
}
