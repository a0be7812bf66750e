package terraform

import (
	"strings"
	"testing"
)

// A module that is not here is said: it may hold anything.
func TestModuleThatIsNotHere(t *testing.T) {
	s, err := Load(folder(t, "-- main.tf --\nmodule \"x\" {\n  source = \"terraform-aws-modules/sqs/aws\"\n}\n"), Options{})
	if err != nil || len(s.Target.Unread) != 1 || !strings.Contains(s.Target.Unread[0].What, `the module "x" from terraform-aws-modules/sqs/aws`) {
		t.Errorf("%+v, %v", s, err)
	}
}
