package remedy_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/fakeaws"
	"apisqs-doctor/fixtures/fakeaws/fakeawstest"
	"apisqs-doctor/fixtures/programs"
)

// The environment is not that of whoever runs the tests.
func TestMain(m *testing.M) { fakeawstest.Main(m) }

// The commands, run by the AWS CLI itself, have on AWS the effect that the
// changes have in memory.
func TestProgramAWS(t *testing.T) {
	programs.Run(t, "the AWS CLI")
	if err := exec.Command("python3", "-c", "import awscli.clidriver").Run(); err != nil {
		t.Skip("the AWS CLI is not installed (python3 -m pip install awscli), so the commands are not run for real")
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
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	// A shell reads the commands; one process of the CLI runs what it makes of them,
	// since each new one takes most of a second to start.
	words, err := exec.CommandContext(ctx, "sh", "-euc", "aws() { printf '%s\\0' \"$#\" \"$@\"; }\n"+strings.Join(script, "\n")).Output()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, "python3", "-c", awscli, server.URL)
	cmd.Stdin = bytes.NewReader(words)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "AWS_DEFAULT_REGION=us-east-1", "AWS_MAX_ATTEMPTS=1", "AWS_PAGER=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if diff := cmp.Diff(fakeawstest.Comparable(t, want), fakeawstest.Comparable(t, server.State())); diff != "" {
		t.Errorf("-in memory +on AWS:\n%s", diff)
	}
}

// awscli runs the commands on its standard input, each its number of words and the
// words, with a zero byte behind each.
const awscli = `
import sys
from awscli.clidriver import create_clidriver
words = sys.stdin.read().split("\0")[:-1]
while words:
    n = int(words.pop(0))
    command, words = words[:n], words[n:]
    if create_clidriver().main(["--endpoint-url", sys.argv[1]] + command):
        sys.exit("refused: " + repr(command))
`
