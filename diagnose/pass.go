package diagnose

import (
	"slices"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/internal/sqs"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/walk"
)

// Method names the method under diagnosis for changes.
func (p *Pass) Method() snapshot.MethodRef {
	r := &p.Trace.Route
	ref := snapshot.MethodRef{}
	if r.API != nil {
		ref.API = r.API.ID
	}
	if r.Method != nil {
		ref.Path, ref.Method = r.Method.Path, r.Method.HTTPMethod
	}
	return ref
}

// Fix makes a fix of changes; changes of the API are followed by the deployment
// that makes them take effect (T169).
func (p *Pass) Fix(title string, changes ...snapshot.Change) Fix {
	f := Fix{Title: title, Changes: changes}
	stage, api := p.Trace.Route.Stage, p.Trace.Route.API
	if stage == nil || api.Type != snapshot.REST && (stage.AutoDeploy || p.Snapshot.Target.Written() && !p.Trace.Route.Deployed) {
		return f // there is none, it deploys by itself, or its template has no deployment that could be made again
	}
	if slices.ContainsFunc(changes, needsDeployment) {
		f.Changes = append(slices.Clone(changes), p.Deploy())
	}
	return f
}

// needsDeployment tells whether a change takes effect by a deployment alone: all
// of the API but the variables of its stages, and its resource policy too (T169).
func needsDeployment(c snapshot.Change) bool {
	switch c := c.(type) {
	case snapshot.SetStatement:
		return c.On.Kind == "api"
	case snapshot.SetPolicyVersion:
		return c.On.Kind == "api"
	case snapshot.CreateRole, snapshot.SetQueueAttribute, snapshot.SetKeyEnabled, snapshot.SetStageVariable, snapshot.Deploy, snapshot.AwaitMethods, snapshot.SetDeploymentAPI, snapshot.RemoveStageName:
		return false
	}
	return true
}

// Deploy is the deployment of the draft to the stage under diagnosis.
func (p *Pass) Deploy() snapshot.Change {
	d := snapshot.Deploy{API: p.Method().API}
	if p.Trace.Route.Stage != nil {
		d.Stage = p.Trace.Route.Stage.Name
	}
	return d
}

// TrustedByOthers tells whether a role's trust policy lets anybody but API Gateway in.
func (p *Pass) TrustedByOthers(role string) bool { return trustsOthers(p.Snapshot, role) }

// Selects tells whether a selection pattern takes a status of the service.
func (p *Pass) Selects(pattern string, status int) bool {
	return pattern != "" && p.engine.Selects(pattern, status)
}

// Selected are the statuses that a selection pattern takes: those of a class, such as
// 4 for 400 to 499, and those beyond it.
func (p *Pass) Selected(pattern string, class int) (inside, beyond []string) {
	for status := 100; status < 600; status++ {
		switch {
		case !p.Selects(pattern, status):
		case status/100 == class:
			inside = append(inside, strconv.Itoa(status))
		default:
			beyond = append(beyond, strconv.Itoa(status))
		}
	}
	return inside, beyond
}

// Failed returns the failure of a stage, nil when it did not fail.
func (p *Pass) Failed(s walk.Stage) *walk.Failure {
	if step := p.Trace.Step(s); step.Status == walk.Failed {
		return step.Failure
	}
	return nil
}

// Reached tells whether the walk got an integration to judge.
func (p *Pass) Reached() bool { return p.Trace.Mapping.Integration != nil }

// CallsSQS tells whether the integration sends anything to SQS.
func (p *Pass) CallsSQS() bool {
	return p.Trace.Signing.URI.Service == "sqs" && p.Trace.Signing.Host != ""
}

// Expression writes symbols of a template as the template does.
func (p *Pass) Expression(text string) string { return p.Snapshot.Expressed(text) }

// Opaque tells whether the text holds a symbol whose value is not known.
func (p *Pass) Opaque(text string) bool {
	for _, s := range p.Snapshot.Symbols {
		if s.Text != "" && strings.Contains(text, s.Text) {
			return true
		}
	}
	return false
}

// ReportAs is Report with the codes of a failure: those that the walk predicts.
func (p *Pass) ReportAs(f Finding, failure *walk.Failure) {
	if failure != nil && len(f.Codes) == 0 {
		f.Codes = failure.Codes
	}
	p.Report(f)
}

// QueueURL is the URL of the queue with the ARN.
func QueueURL(arn string) string {
	queue, ok := text.ParseARN(arn)
	if !ok {
		return ""
	}
	return sqs.QueueURL(queue.Region, queue.Account, queue.Resource)
}

// QueueARN is the ARN of the queue with the URL; empty when it is no queue URL
// with an account.
func QueueARN(url string) string {
	address, err := sqs.ParseQueueURL(url)
	if err != nil {
		return ""
	}
	return address.ARN()
}

// Template is the mapping template that ran, for rewrites of its text; nil when
// none did.
func (p *Pass) Template() *walk.Template {
	if p.Trace.Mapping.Rendered == nil {
		return nil
	}
	template, _ := p.engine.Template(p.Trace.Mapping.Template)
	return template
}

// ResponseTemplate is the response template that ran; nil when none did.
func (p *Pass) ResponseTemplate() *walk.Template {
	r := &p.Trace.Response
	if r.Rendered == nil || r.Chosen == nil {
		return nil
	}
	template, _ := p.engine.Template(r.Chosen.Templates[r.TemplateKey])
	return template
}

// SetTemplate is the change of the mapping template that ran.
func (p *Pass) SetTemplate(text string) snapshot.Change {
	m := &p.Trace.Mapping
	return snapshot.SetTemplate{On: p.Method(), ContentType: m.Choice.Key, Before: m.Template, After: text}
}

// EditTemplate is the change that makes edits of the mapping template that ran;
// nil when there are none, or they cannot be made.
func (p *Pass) EditTemplate(edits ...text.Edits) snapshot.Change {
	all, err := text.Edits{}.Merge(edits...)
	if err != nil || all.Empty() {
		return nil
	}
	text, ok := all.Apply(p.Trace.Mapping.Template)
	if !ok {
		return nil
	}
	return p.SetTemplate(text)
}
