package rules

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var mappingStageVariable = diagnose.Rule{
	ID:       "mapping-stage-variable",
	Stage:    walk.StageMapping,
	Severity: diagnose.Error,
	Title:    "a stage variable that the stage does not have",
	Doc: `A URI, credentials, mappings and templates may read stage variables. A variable that the stage lacks stays as it is
written in a URI or in credentials, and the call is answered with 500 ("Invalid endpoint address"); in a template it prints
nothing, and a mapping of it is not sent. Every stage has variables of its own, so what works in one stage fails in another.

Repair: set the variable on the stage. It takes effect without a deployment.`,
	Explains: []walk.ErrorCode{walk.InternalServerError, walk.BadRequest, walk.MissingParameter, walk.InvalidParameter, walk.NonExistentQueue},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/stage-variables.html"},
	When:     reached,
	Check: func(p *diagnose.Pass) {
		if p.Trace.Route.Stage != nil {
			if _, ok := p.Trace.Route.Stage.Variables.Read(p.Gaps()); !ok {
				return
			}
		}
		missing := p.Trace.MissingVariables()
		if len(missing) == 0 {
			p.Requires(walk.StageMapping)
			return
		}
		for _, name := range missing {
			reportVariable(p, name)
		}
	},
}

func reportVariable(p *diagnose.Pass, name string) {
	stage := p.Trace.Route.Stage
	f := diagnose.Finding{
		Severity: diagnose.Warning,
		Message:  fmt.Sprintf("the stage has no variable %q", name),
		Why:      "In a template it prints nothing, and a mapping that reads it is not sent.",
		Evidence: []diagnose.Evidence{{Label: "stage variable " + name, Value: "not set"}},
		Check:    diagnose.Say("look at the variables of the stage"),
	}
	if stage == nil {
		p.Report(f)
		return
	}
	f.Message = fmt.Sprintf("stage %q has no variable %q", stage.Name, name)
	f.Evidence[0].Origin = stage.Variables.Origin()
	f.Evidence = append(f.Evidence, diagnose.Evidence{Label: "integration URI", Value: p.Trace.Signing.URIText, Origin: p.Trace.Signing.URIOrigin})
	reads := "${stageVariables." + name + "}"
	var failure *walk.Failure
	switch first := p.Trace.FirstFailure(); {
	case strings.Contains(p.Trace.Signing.URIText, reads) || strings.Contains(p.Trace.Signing.Credentials, reads):
		failure = p.Failed(walk.StageSigning)
		f.Why = "The reference stays in the address as it is written, and API Gateway answers 500 \"Invalid endpoint address\"."
	case p.Failed(walk.StageMapping) != nil && readByArgument(p, name):
		failure = p.Failed(walk.StageMapping)
		f.Why = "A parameter that reads it comes to nothing, and API Gateway answers 400 without calling SQS."
	case first != nil && first.Failure.Origin == walk.FromSQS:
		// The call fails behind the mapping; it is this variable's doing if any
		// value would let it get further.
		if after := p.Walk(p.Trace.Request, setVariable(p, name, "1")); after != nil && (after.FirstFailure() == nil || after.FirstFailure().Later(first)) {
			failure = first.Failure
		}
	}
	if failure != nil {
		f.Severity = diagnose.Error
	}
	for _, v := range variableValues(p, name) {
		f.Fixes = append(f.Fixes, p.Fix(fmt.Sprintf("set stage variable %s to %q", name, v), setVariable(p, name, v)))
	}
	if len(f.Fixes) == 0 && failure != nil {
		blank := p.Fix(fmt.Sprintf("set stage variable %s of stage %q to %s", name, stage.Name, variableBlank), setVariable(p, name, variableBlank))
		blank.Blank = "put the value that is meant in the place of " + variableBlank
		f.Fixes = append(f.Fixes, blank)
	}
	p.ReportAs(f, failure)
}

// variableBlank stands for a value that nothing says.
const variableBlank = "VALUE"

// readByArgument tells whether a parameter of an HTTP API's integration comes to
// nothing because of the variable.
func readByArgument(p *diagnose.Pass, name string) bool {
	return slices.ContainsFunc(p.Trace.Mapping.Arguments, func(a walk.Argument) bool { return a.Missing && a.SourceName == "stage variable "+name })
}

func setVariable(p *diagnose.Pass, name, value string) snapshot.Change {
	return snapshot.SetStageVariable{API: p.Method().API, Stage: p.Trace.Route.Stage.Name, Name: name, After: value}
}

// variableValues are values that the variable may be meant to have: what other
// stages give it, else the names of the queues that are known.
func variableValues(p *diagnose.Pass, name string) []string {
	var values []string
	for i := range p.Trace.Route.Stages {
		if vars, ok := p.Trace.Route.Stages[i].Variables.Peek(); ok && vars[name] != "" {
			values = append(values, vars[name])
		}
	}
	if len(values) == 0 && strings.Contains(p.Trace.Signing.URIText, "${stageVariables."+name+"}") {
		for arn := range p.Snapshot.Queues {
			values = append(values, arn[strings.LastIndexByte(arn, ':')+1:])
		}
	}
	sort.Strings(values)
	values = slices.Compact(values)
	if len(values) > 3 {
		values = values[:3]
	}
	return values
}
