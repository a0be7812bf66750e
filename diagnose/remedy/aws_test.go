package remedy_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/fakeaws"
	"apisqs-doctor/fixtures/fakeaws/fakeawstest"
)

// The commands, run by the AWS CLI itself, have on AWS the effect that the
// changes have in memory.
func TestCommandsForReal(t *testing.T) {
	if _, err := exec.LookPath("aws"); err != nil {
		t.Skip("the AWS CLI is not installed (python3 -m pip install awscli), so the commands are not run for real")
	}
	if testing.Short() {
		t.Skip("the AWS CLI takes a second a command")
	}
	s := live(t)
	key, _ := s.Key(keyARN).Peek()
	key.Manager, key.State, key.Usage, key.Spec, key.Grants = known("CUSTOMER"), known("Enabled"), known("ENCRYPT_DECRYPT"), known("SYMMETRIC_DEFAULT"), known([]snapshot.Grant{})
	server, err := fakeaws.Start(s, fakeaws.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	want := s
	var script []string
	for _, name := range []string{"set header", "add header", "set template", "add template", "remove field", "add method response", "declare parameter", "set response", "default response", "move response",
		"new policy", "replace statement", "managed policy", "trust", "queue policy", "key policy", "queue key", "stage variable", "timeout", "set type", "media types", "default endpoint", "validator", "response header", "policy version", "resource policy", "key disabled", "deploy"} {
		commands, err := remedy.Writer{}.Commands(want, fix(changes[name]))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		script = append(script, commands...)
		if want, err = changes[name].Apply(want); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("sh", "-eux", "-c", "aws() { command aws --endpoint-url "+server.URL+" \"$@\"; }\n"+strings.Join(script, "\n"))
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=example", "AWS_DEFAULT_REGION=us-east-1",
		"AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_MAX_ATTEMPTS=1", "AWS_PAGER=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if diff := cmp.Diff(fakeawstest.Comparable(t, want), fakeawstest.Comparable(t, server.State())); diff != "" {
		t.Errorf("-in memory +on AWS:\n%s", diff)
	}
}
