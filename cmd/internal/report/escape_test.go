package report

import (
	"regexp"
	"testing"
)

// Two colons begin a command exactly where a runner of GitHub Actions takes them
// for one: behind nothing but blanks on their line.
func TestInert(t *testing.T) {
	command := regexp.MustCompile(`(?m)^(\s*)::`)
	const letters = ": \na"
	for n := range 1 << 14 { // every text of up to seven letters
		var text []byte
		for ; n > 0; n /= len(letters) {
			text = append(text, letters[n%len(letters)])
		}
		s := string(text)
		if got, want := Inert(s), command.ReplaceAllString(s, `${1}\u003a:`); got != want {
			t.Fatalf("%q becomes %q, want %q", s, got, want)
		}
	}
	if got := Inert("x ##vso[task.setvariable]"); got != `x ##vso\u005btask.setvariable]` {
		t.Error(got)
	}
}
