package probe

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/live/testinvoke"
	"apisqs-doctor/diagnose/walk"
)

// Trial is a request that is about to be tested.
type Trial struct {
	Stage     string             // whose variables the test has; empty when no stage is known
	Sample    bool               // the request is the doctor's own
	Diagnosis diagnose.Diagnosis // of the request on the draft, as a test runs it
	Deployed  diagnose.Diagnosis // of the request on what the stage runs; no rule was applied
	Call      testinvoke.Request

	variables bool   // of the stage are known
	emulator  string // the URL of the emulator that carries the test out; empty for AWS
	words     report.Words
}

// New makes the trial of a request to the only API of a snapshot, whose draft
// has to be known. The error is the fault of whoever asks: there is no such
// method, it does not lead to SQS, or a test cannot carry the request.
func New(s *snapshot.Snapshot, stage string, r walk.Request, rules []diagnose.Rule) (*Trial, error) {
	variables, known := Variables(s, stage)
	draft := Draft(s, variables)
	t := &Trial{Stage: stage, variables: known, emulator: s.Target.Endpoint, Diagnosis: diagnose.Judge(draft, Asked(r), rules)}
	route := &t.Diagnosis.Trace.Route
	m := route.Method
	if m == nil {
		return nil, fmt.Errorf("the draft of the API has no %s %s", r.Method, r.Path)
	}
	if !leadsToSQS(draft, m) {
		return nil, fmt.Errorf("%s %s does not lead to SQS", m.HTTPMethod, m.Path)
	}
	r.Stage = stage
	t.Deployed = diagnose.Judge(s, r, nil)
	var err error
	t.Call, err = Request(t.Diagnosis.Trace.Request, s.APIs[0].ID, m, variables)
	t.words = report.NewWords(s, &t.Diagnosis.Trace.Request)
	return t, err
}

// Variables are those of the stage, and whether they are known.
func Variables(s *snapshot.Snapshot, stage string) (map[string]string, bool) {
	stages, _ := s.APIs[0].Stages.Peek()
	for i := range stages {
		if stages[i].Name == stage {
			return stages[i].Variables.Peek()
		}
	}
	return nil, stage == ""
}

// leadsToSQS tells whether the method is one that the doctor diagnoses.
func leadsToSQS(s *snapshot.Snapshot, m *snapshot.Method) bool {
	e := diagnose.Examine(s, diagnose.Selection{Method: m.HTTPMethod, Path: m.Path}, nil, nil)
	return slices.ContainsFunc(e.Diagnoses, func(d diagnose.Diagnosis) bool {
		found := d.Trace.Route.Method
		return found != nil && found.ResourceID == m.ResourceID && found.HTTPMethod == m.HTTPMethod
	})
}

// Heading names what is tested.
func (t *Trial) Heading() string {
	api := t.Diagnosis.Trace.Route.API
	name := api.ID
	if api.Name != "" && api.Name != api.ID {
		name = api.Name + " (" + api.ID + ")"
	}
	r := &t.Diagnosis.Trace.Request
	return strings.Join([]string{name, "draft", r.Method + " " + r.Path + " -> " + t.queue()}, " · ")
}

// queue is the name of the queue that the message goes to.
func (t *Trial) queue() string {
	arn := report.QueueARN(t.Diagnosis.Trace)
	if arn == "" {
		return "?"
	}
	return arn[strings.LastIndexByte(arn, ':')+1:]
}

// Predicted is the prediction in a sentence.
func (t *Trial) Predicted() string {
	p := &t.Diagnosis.Predicted
	switch {
	case p.Origin == walk.FromDeployment:
		return "not known: AWS refuses to deploy this draft (" + report.CodeWords(*p) + "), and what a test of it does is not recorded"
	case !Predicts(p):
		return "not known" + t.unknown()
	}
	return report.Outcome(&t.Diagnosis)
}

// unknown says what the prediction lacks.
func (t *Trial) unknown() string {
	for _, step := range t.Diagnosis.Trace.Steps {
		if step.Status != walk.Unknown || report.NotReached(step) {
			continue
		}
		for _, g := range step.Gaps {
			return fmt.Sprintf(", because the %s stage is not: %s", step.Stage, g.Detail)
		}
	}
	return ""
}

// Effect says what sending the request does, as far as that can be told before.
func (t *Trial) Effect() string {
	d := &t.Diagnosis
	action := d.Trace.Protocol.Action
	does := "puts a real message on queue " + t.queue()
	if !strings.HasPrefix(action, "SendMessage") {
		does = "really calls SQS"
		if action != "" {
			does = "really performs " + action + " on queue " + t.queue()
		}
	}
	if d.Predicted.Code == "" && Predicts(&d.Predicted) {
		return "This " + does + "."
	}
	return "This " + does + " if AWS takes the call."
}

// Limits say what the test leaves out of what a caller of the stage meets.
func (t *Trial) Limits() []string {
	r := &t.Deployed.Trace.Route
	var list []string
	if m := r.DraftMethod; m != nil {
		if kind, ok := m.Authorization.Peek(); !ok || kind != "" && kind != "NONE" {
			list = append(list, strings.TrimSpace("the authorization "+kind))
		}
		if required, ok := m.APIKeyRequired.Peek(); !ok || required {
			list = append(list, "the API key")
		}
	}
	if policy, ok := r.API.Policy.Peek(); !ok || policy != "" {
		list = append(list, "the resource policy")
	}
	if disabled, ok := r.API.DefaultEndpointDisabled.Peek(); !ok || disabled {
		list = append(list, "the disabled endpoint")
	}
	if r.Canary != nil {
		list = append(list, "the canary of the stage")
	}
	if r.Blocked != "" {
		list = append(list, r.Blocked)
	}
	return append(list, "throttling and what else belongs to the stage")
}

// Notes say how the draft, which is tested, stands to the stage, which callers meet,
// and how an emulator stands to AWS.
func (t *Trial) Notes() []string {
	notes := t.draftNotes()
	if t.emulator != "" {
		notes = append(notes, "it is the emulator at "+t.emulator+" that answers, and AWS that is predicted: emulators may not enforce roles, trust policies, queue and key policies, "+
			"and may take what AWS refuses, so a test that goes well there proves none of these")
	}
	return notes
}

func (t *Trial) draftNotes() []string {
	r := &t.Deployed.Trace.Route
	runs := fmt.Sprintf("stage %q runs something else than the draft that is tested", t.Stage)
	callers := "; predicted there: " + report.Outcome(&t.Deployed)
	var fields []string
	for _, d := range r.Differences {
		if d.SameMethod && d.Field != "" {
			fields = append(fields, d.Field)
		}
	}
	switch {
	case t.Stage == "" && r.API.Stages.IsKnown():
		return []string{"the API has no stage: no caller reaches the draft that is tested"}
	case t.Stage == "":
		return []string{"the stages could not be read: what callers meet may be something else than the draft that is tested"}
	case !r.Deployed && t.undeployed():
		return []string{fmt.Sprintf("stage %q has no deployment: no caller reaches the draft that is tested", t.Stage)}
	case !r.Deployed:
		return []string{fmt.Sprintf("what stage %q runs could not be read: it may be something else than the draft that is tested", t.Stage)}
	case r.Method == nil:
		return []string{runs + ": it has no such method" + callers}
	case len(fields) > 0:
		return []string{runs + " (" + strings.Join(fields, ", ") + ")" + callers}
	case len(r.Uncompared) > 0:
		return []string{fmt.Sprintf("whether stage %q runs the draft is not known: %s", t.Stage, strings.Join(r.Uncompared, ", "))}
	}
	return nil
}

func (t *Trial) undeployed() bool {
	stage := t.Deployed.Trace.Route.Stage
	if stage == nil {
		return false // the stages could not be read
	}
	id, ok := stage.DeploymentID.Peek()
	return ok && id == ""
}
