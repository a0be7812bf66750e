package remedy_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
)

// large is a template with 400 other resources, and a fix of one line in it.
func large(b *testing.B) (*snapshot.Snapshot, []diagnose.Fix) {
	b.Helper()
	var more strings.Builder
	for i := range 400 {
		fmt.Fprintf(&more, "  Queue%d:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Sub '${AWS::StackName}-%d' # comment\n", i, i)
	}
	s, _ := read(b, "template.yaml", strings.Replace(template, "Conditions:\n", more.String()+"Conditions:\n", 1))
	return s, []diagnose.Fix{fix(snapshot.SetRequestParameter{On: ref, Name: contType, After: "'application/x-www-form-urlencoded'"})}
}

// BenchmarkDiff makes one fix in a large template.
func BenchmarkDiff(b *testing.B) {
	s, fixes := large(b)
	for b.Loop() {
		if _, err := diffOf(s, fixes, os.ReadFile); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTemplates makes one fix after another, each in the same large template.
func BenchmarkTemplates(b *testing.B) {
	s, fixes := large(b)
	templates := remedy.NewTemplates(os.ReadFile)
	for b.Loop() {
		if _, _, err := templates.Edit(s, fixes); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRender renders a fix in the three dialects.
func BenchmarkRender(b *testing.B) {
	s := live(b)
	x := fix(changes["set header"], changes["add statement"], changes["deploy"])
	for range b.N {
		if _, err := (remedy.Writer{}).Commands(s, x); err != nil {
			b.Fatal(err)
		}
		if _, err := remedy.CloudFormation(s, x); err != nil {
			b.Fatal(err)
		}
		if _, err := remedy.Terraform(s, x); err != nil {
			b.Fatal(err)
		}
	}
}
