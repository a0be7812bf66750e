package cli

import (
	"strings"
	"testing"

	"apisqs-doctor/fixtures/fakeaws"
)

// The simulator's answer stands beside the local decision and changes nothing.
func TestVerifyIAM(t *testing.T) {
	for _, tt := range []struct {
		name, fixture string
		options       fakeaws.Options
		exit          int
		says          string
	}{
		{"agrees", "orders", fakeaws.Options{}, ExitHealthy, "IAM's simulator agrees (allowed)"},
		{"disagrees with an Allow", "orders", fakeaws.Options{Simulated: map[string]string{"sqs:SendMessage": "implicitDeny"}}, ExitHealthy, "IAM's simulator DISAGREES (implicitDeny)"},
		{"agrees with a denial", "authorization_action_failing", fakeaws.Options{Simulated: map[string]string{"sqs:SendMessage": "implicitDeny"}}, ExitProblems, "IAM's simulator agrees (implicitDeny)"},
		{"agrees for an HTTP API", "orders_http", fakeaws.Options{}, ExitHealthy, "IAM's simulator agrees (allowed); of an HTTP API only the access log shows a real refusal"},
		{"is refused", "orders", fakeaws.Options{Deny: []string{"SimulatePrincipalPolicy"}}, ExitHealthy, "needs iam:SimulatePrincipalPolicy on"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := loadFixture(t, tt.fixture)
			server, err := fakeaws.Start(s, tt.options)
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			exit, stdout, stderr := run(processEnv(), "--api-id", s.APIs[0].ID, "--endpoint-url", server.URL, "--verify-iam", "-o", "json")
			if exit != tt.exit || !strings.Contains(stdout, tt.says) {
				t.Errorf("exit code %d, want %d and %q in the report\n%s%s", exit, tt.exit, tt.says, stdout, stderr)
			}
		})
	}
}
