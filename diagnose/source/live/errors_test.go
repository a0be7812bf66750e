package live

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"apisqs-doctor/fixtures/fakeaws"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/smithy-go"
)

// answering starts a server that answers everything alike.
func answering(t *testing.T, status int, errorType, body string) awsConfig {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if errorType != "" {
			w.Header().Set("X-Amzn-Errortype", errorType)
		}
		w.WriteHeader(status)
		w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return configFor(server.URL)
}

func TestErrorsOfTheFirstCallSayWhatToDo(t *testing.T) {
	tests := []struct {
		name      string
		status    int
		errorType string
		body      string
		want      Kind
		says      string
	}{
		{"expired", 403, "ExpiredTokenException", `{"message":"The security token included in the request is expired"}`, Expired, "aws sso login"},
		{"unknown key", 403, "UnrecognizedClientException", `{"message":"The security token included in the request is invalid."}`, Credentials, "UnrecognizedClientException"},
		{"signature", 403, "InvalidSignatureException", `{"message":"... x-amz-security-token:session-secret ..."}`, Credentials, "clock"},
		{"denied", 403, "AccessDeniedException", `{"Message":"User: arn:aws:iam::1:user/x is not authorized"}`, Denied, "apigateway:GET on arn:aws:apigateway:us-east-1::/restapis/abc"},
		{"not AWS", 200, "", `<html>hello</html>`, Broken, "endpoint URL"},
		{"not AWS either", 404, "", `<html>hello</html>`, Broken, "endpoint URL"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Read(context.Background(), answering(t, test.status, test.errorType, test.body), Options{APIIDs: []string{"abc"}})
			wantError(t, err, test.want, test.says)
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("%q tells a credential", err)
			}
			_, err = List(context.Background(), answering(t, test.status, test.errorType, test.body))
			wantError(t, err, test.want)
		})
	}
}

func TestErrorsBeforeTheFirstCall(t *testing.T) {
	ctx := context.Background()
	noRegion := configFor("http://127.0.0.1:1")
	noRegion.Region = ""
	_, err := Read(ctx, noRegion, Options{APIIDs: []string{"abc"}})
	wantError(t, err, RegionMissing, "--region")

	noCredentials := configFor("http://127.0.0.1:1")
	noCredentials.Credentials = nil
	_, err = Read(ctx, noCredentials, Options{APIIDs: []string{"abc"}})
	wantError(t, err, Credentials, "--profile")

	failing := configFor("http://127.0.0.1:1")
	failing.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, errors.New("failed to refresh cached credentials, no EC2 IMDS role found")
	})
	_, err = Read(ctx, failing, Options{APIIDs: []string{"abc"}})
	wantError(t, err, Credentials, "--profile")

	session := configFor("http://127.0.0.1:1")
	session.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, &ssocreds.InvalidTokenError{}
	})
	_, err = Read(ctx, session, Options{APIIDs: []string{"abc"}})
	wantError(t, err, Expired, "aws sso login")

	_, err = Read(ctx, configFor("http://127.0.0.1:1"), Options{APIIDs: []string{"abc"}})
	wantError(t, err, Unreachable, "127.0.0.1:1")
}

func TestCancelledRunsEndAtOnce(t *testing.T) {
	_, cfg := serve(t, rich(), fakeaws.Options{Hang: []string{"GetRole"}})
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(200*time.Millisecond, cancel)
	began := time.Now()
	got, err := Read(ctx, cfg, Options{APIIDs: []string{"a1b2c3d4"}})
	if !errors.Is(err, context.Canceled) || got != nil {
		t.Errorf("got %v and error %v, want the cancellation", got, err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %s after the cancellation", took)
	}
}

func TestConfig(t *testing.T) {
	home := t.TempDir()
	file := filepath.Join(home, "config")
	if err := os.WriteFile(file, []byte("[profile team]\nregion = eu-west-1\nmax_attempts = 2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CONFIG_FILE", file)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(home, "none"))
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "x")
	for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_CA_BUNDLE", "AWS_RETRY_MODE", "AWS_MAX_ATTEMPTS"} {
		t.Setenv(name, "")
	}
	ctx := context.Background()

	cfg, err := Config(ctx, ConfigOptions{Profile: "team"})
	if err != nil || cfg.Region != "eu-west-1" {
		t.Errorf("profile: region %q, error %v", cfg.Region, err)
	}
	if got := cfg.Retryer().MaxAttempts(); got != 2 {
		t.Errorf("profile: %d attempts, want the 2 of the profile", got)
	}
	cfg, err = Config(ctx, ConfigOptions{Profile: "team", Region: "us-east-2"})
	if err != nil || cfg.Region != "us-east-2" {
		t.Errorf("region: %q, error %v", cfg.Region, err)
	}
	cfg, err = Config(ctx, ConfigOptions{Region: "us-east-2"})
	if err != nil {
		t.Fatal(err)
	}
	// Throttled calls are tried as long as there is time, others a few times.
	for code, want := range map[string]bool{"TooManyRequestsException": true, "InternalFailure": false} {
		refused := &smithy.GenericAPIError{Code: code}
		if _, err := cfg.Retryer().RetryDelay(maxAttempts, refused); (err == nil) != want || cfg.Retryer().MaxAttempts() != 0 {
			t.Errorf("%s: %d tries are the last: %v", code, maxAttempts, err)
		}
		if _, err := cfg.Retryer().RetryDelay(maxAttempts-1, refused); err != nil {
			t.Errorf("%s: %d tries are the last: %v", code, maxAttempts-1, err)
		}
	}
	t.Setenv("AWS_RETRY_MODE", "standard")
	if cfg, err = Config(ctx, ConfigOptions{Region: "us-east-2"}); err != nil || cfg.Retryer != nil || cfg.RetryMode != aws.RetryModeStandard {
		t.Errorf("AWS_RETRY_MODE=standard: mode %q, own retryer %v, error %v", cfg.RetryMode, cfg.Retryer != nil, err)
	}

	_, err = Config(ctx, ConfigOptions{Profile: "nope"})
	wantError(t, err, BadSettings, `"nope"`)
	for _, endpoint := range []string{"localhost:4566", "ftp://x", "http://"} {
		_, err = Config(ctx, ConfigOptions{Region: "us-east-1", EndpointURL: endpoint})
		wantError(t, err, BadSettings, endpoint)
	}
	t.Setenv("AWS_CA_BUNDLE", filepath.Join(home, "no.pem"))
	_, err = Config(ctx, ConfigOptions{Region: "us-east-1"})
	wantError(t, err, BadSettings, "no.pem")
}

// AWS_ENDPOINT_URL leads to the same place as the flag, for every service.
func TestConfigTakesTheEndpointOfTheEnvironment(t *testing.T) {
	server, _ := serve(t, rich(), fakeaws.Options{})
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "x")
	t.Setenv("AWS_PROFILE", "")
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	cfg, err := Config(context.Background(), ConfigOptions{Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read(context.Background(), cfg, Options{APIIDs: []string{"a1b2c3d4"}})
	if err != nil {
		t.Fatal(err)
	}
	if plain(t, got) != plain(t, rich()) {
		t.Error("another snapshot than with the endpoint in the configuration")
	}
}
