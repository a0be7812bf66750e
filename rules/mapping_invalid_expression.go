package rules

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var mappingInvalidExpression = diagnose.Rule{
	ID:       "mapping-invalid-expression",
	Stage:    walk.StageMapping,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "a request parameter mapping that API Gateway does not store",
	Doc: `The right side of a request parameter mapping is a literal in single quotes, or method.request.{header, querystring,
path, multivalueheader, multivaluequerystring}.NAME, method.request.body, stageVariables.NAME or context.NAME. The left side is
integration.request.{header, querystring, path}.NAME. Anything else is refused when it is stored: "Invalid mapping expression
specified". The usual slip is a literal without its single quotes; in YAML they need quotes of their own:
"'application/x-www-form-urlencoded'".

Repair: put the literal in single quotes, or correct the name.`,
	Explains: []walk.ErrorCode{walk.BadRequest},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html"},
	When:     reached,
	Check: func(p *diagnose.Pass) {
		if _, ok := p.Trace.Mapping.Integration.RequestParameters.Read(p.Gaps()); !ok {
			return
		}
		clean := true
		for _, refused := range p.Trace.Mapping.Refused {
			if refused.Undeclared {
				continue
			}
			clean = false
			p.ReportAs(diagnose.Finding{
				Message:  fmt.Sprintf("API Gateway does not store the mapping %s = %s", refused.Name, refused.Expression),
				Why:      "PutIntegration answers 400: " + refused.Err.Error() + ".",
				Evidence: []diagnose.Evidence{{Label: refused.Name, Value: refused.Expression, Origin: refused.Origin}},
				Fixes:    expressionFixes(p, refused),
				Check:    diagnose.Say("deploy the template, or put the integration again: AWS answers at once"),
			}, p.Failed(walk.StageMapping))
		}
		for _, refused := range p.Trace.Response.Refused {
			if !refused.Undeclared {
				clean = false
				p.ReportAs(diagnose.Finding{
					Message:  fmt.Sprintf("API Gateway does not store the response mapping %s = %s", refused.Name, refused.Expression),
					Why:      "PutIntegrationResponse answers 400: " + refused.Err.Error() + ".",
					Evidence: []diagnose.Evidence{{Label: refused.Name, Value: refused.Expression, Origin: refused.Origin}},
					Fixes:    replyFixes(p, p.Method(), p.Trace.Route.Method, refused.Name, refused.Expression),
					Check:    diagnose.Say("put the value in single quotes, or read a header of the response, such as integration.response.header.Date"),
				}, p.Failed(walk.StageResponse))
			}
		}
		if clean {
			p.Requires(walk.StageMapping)
		}
	},
}

// expressionFixes write the mapping as it was evidently meant.
func expressionFixes(p *diagnose.Pass, refused walk.Refused) []diagnose.Fix {
	name, expression := walk.MeantMapping(refused.Name, refused.Expression)
	if name == "" {
		return nil
	}
	var changes []snapshot.Change
	title := "write the source as " + expression
	if strings.HasPrefix(expression, "'") {
		title = "put the literal in single quotes: " + expression
	}
	if name != refused.Name {
		changes = append(changes, snapshot.SetRequestParameter{On: p.Method(), Name: refused.Name, Before: refused.Expression})
		title = "write the mapping " + refused.Name + " as " + name
	}
	declared, _ := p.Trace.Route.Method.RequestParameters.Peek()
	need := walk.MappingNeeds(expression)
	if _, ok := declared[need]; need != "" && !ok {
		changes = append(changes, snapshot.DeclareParameter{On: p.Method(), Name: need})
	}
	changes = append(changes, snapshot.SetRequestParameter{On: p.Method(), Name: name, Before: refused.Expression, After: expression})
	return []diagnose.Fix{p.Fix(title, changes...)}
}
