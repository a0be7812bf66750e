package lazy

import "testing"

func TestRegexp(t *testing.T) {
	digits := Regexp(`^(\d+)$`)
	if m := digits.FindStringSubmatch("42"); !digits.MatchString("7") || len(m) != 2 || m[1] != "42" {
		t.Errorf("found %q", m)
	}
	defer func() {
		if recover() == nil {
			t.Error("what is no expression has to show when it is used")
		}
	}()
	wrong := Regexp(`(`)
	wrong.MatchString("")
}
