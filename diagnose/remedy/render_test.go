package remedy_test

import (
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
)

// Every fix that a rule offers renders in every dialect, or gives a sentence.
func TestEveryFixRenders(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it renders every fix")
	}
	fixes, rendered := 0, 0
	check := func(name string, s *snapshot.Snapshot, x diagnose.Fix) {
		fixes++
		commands, err := remedy.Writer{}.Commands(s, x)
		says := []string{strings.Join(commands, "\n")}
		sentences := []error{err}
		cfn, err := remedy.CloudFormation(s, x)
		says, sentences = append(says, cfn), append(sentences, err)
		tf, err := remedy.Terraform(s, x)
		says, sentences = append(says, tf), append(sentences, err)
		for i, text := range says {
			if (text == "") == (sentences[i] == nil) {
				t.Errorf("%s: dialect %d of %q gives %q and %v", name, i, x.Title, text, sentences[i])
			}
			if text != "" {
				rendered++
			} else if len(strings.Fields(sentences[i].Error())) < 4 {
				t.Errorf("%s: dialect %d of %q says %q, which is no sentence", name, i, x.Title, sentences[i])
			} else {
				t.Logf("%s, dialect %d: %s", name, i, sentences[i])
			}
		}
	}
	for name, change := range changes {
		check(name, live(t), fix(change))
	}
	offered(t, check)
	if fixes < 30 || rendered < fixes {
		t.Errorf("only %d of %d fixes in some dialect", rendered, fixes)
	}
	t.Logf("%d fixes, %d texts", fixes, rendered)
}
