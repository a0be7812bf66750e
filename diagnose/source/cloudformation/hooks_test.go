package cloudformation

import (
	"os"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/rules"
)

// Hooks decide how a stack is updated and are not read (I66).
func TestHooks(t *testing.T) {
	text, err := os.ReadFile("testdata/healthy/rest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for section, what := range map[string]string{
		"Hooks: {}": "",
		"Hooks: {Green: {Type: 'AWS::CodeDeploy::BlueGreen'}}": "the hook Green is not read: how the stack is updated is not known",
		"Hooks: [Green]": "the Hooks section is a list and is not read",
		"Hooks: Green":   "the Hooks section is text and is not read",
		"Transform: AWS::CodeDeployBlueGreen\nHooks: {Green: {}}": "the macro AWS::CodeDeployBlueGreen may change the whole template",
	} {
		s := load(t, string(text)+section+"\n", Options{})
		is(t, section, len(s.Target.Unread) > 0, what != "")
		for i := range s.Target.Unread[:min(1, len(s.Target.Unread))] {
			is(t, section, s.Target.Unread[i].What, what)
			is(t, section, s.Target.Unread[i].Decides && s.Target.Unread[i].Origin.Line > 0, true)
		}
		is(t, section, diagnose.Examine(s, diagnose.Selection{}, nil, rules.All()).Diagnoses[0].Verdict == diagnose.Healthy, what == "")
	}
}
