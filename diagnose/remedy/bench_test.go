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

// BenchmarkDiff edits one line of a template with 400 other resources.
func BenchmarkDiff(b *testing.B) {
	var more strings.Builder
	for i := range 400 {
		fmt.Fprintf(&more, "  Queue%d:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Sub '${AWS::StackName}-%d' # comment\n", i, i)
	}
	s, _ := read(b, "template.yaml", strings.Replace(template, "Conditions:\n", more.String()+"Conditions:\n", 1))
	fixes := []diagnose.Fix{fix(snapshot.SetRequestParameter{On: ref, Name: contType, After: "'application/x-www-form-urlencoded'"})}
	b.ResetTimer()
	for range b.N {
		if _, err := remedy.Diff(s, fixes, os.ReadFile); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRender renders a fix in the three dialects.
func BenchmarkRender(b *testing.B) {
	s := live(b)
	x := fix(changes["set header"], changes["add statement"], changes["deploy"])
	for range b.N {
		if _, err := remedy.Commands(s, x); err != nil {
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
