package cloudformation

import "testing"

// CloudFormation keeps the names that it makes up within what a queue may be called.
func TestLongNamesAreShortened(t *testing.T) {
	const stack, id = "apisqs-custom-method-responses", "testapigatewaysqsintegrationresponsesqueueF9FA04EF"
	if name := shortened(stack, id, 75); len(name) != 75 || name[len(name)-8:] != "F9FA04EF" {
		t.Errorf("%q has %d characters", name, len(name))
	}
	if name := shortened("s", "Queue", 75); name != "s-Queue" {
		t.Errorf("a short name became %q", name)
	}
}
