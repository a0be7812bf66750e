package text

import "testing"

func TestMerge(t *testing.T) {
	const form = "Action=SendMessage&MessageBody=$input.body"
	for _, c := range []struct{ name, base, a, b, want string }{
		{"two places", form, "Action=SendMessage&MessageGroupId=g&MessageBody=$input.body", "Action=SendMessage&MessageBody=$util.urlEncode($input.body)",
			"Action=SendMessage&MessageGroupId=g&MessageBody=$util.urlEncode($input.body)"},
		{"the same place, alike", form, form + "&x=1", form + "&x=1", form + "&x=1"},
		{"two insertions at one place", "a", "a&x=1", "a&y=2", "a&x=1&y=2"},
		{"one side unchanged", form, form, "", ""},
		{"nothing", "", "x", "", "x"},
	} {
		for _, order := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
			if got, ok := Merge(c.base, order[0], order[1]); !ok || got != c.want {
				t.Errorf("%s: %q, %v; want %q", c.name, got, ok, c.want)
			}
		}
	}
	if got, ok := Merge("a b c", "a x c", "a y c"); ok {
		t.Errorf("two texts for one place became %q", got)
	}
}

func FuzzMerge(f *testing.F) {
	f.Add("Action=a&b=c", "Action=a&d=e&b=c", "Action=a&b=$util.urlEncode(c)")
	f.Add("", "x", "y")
	f.Fuzz(func(t *testing.T, base, a, b string) {
		for _, to := range []string{a, b} {
			if got, _ := Diff(base, to).Apply(base); got != to {
				t.Errorf("the edits of %q for %q make %q", base, to, got)
			}
		}
		one, okOne := Merge(base, a, b)
		other, okOther := Merge(base, b, a)
		if one != other || okOne != okOther {
			t.Errorf("%q and %q give %q and %q", a, b, one, other)
		}
		if got, ok := Merge(base, a, base); !ok || got != a {
			t.Errorf("one change alone gives %q, %v", got, ok)
		}
	})
}
