package cli

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
)

// Nothing of a credential is in any report, whatever the template does to it.
func TestCredentialsAreNotShown(t *testing.T) {
	const secret = "s3/K+y"
	quoted, _ := json.Marshal(secret)
	file := snapshotWith(t, `Action=SendMessage&MessageBody=$util.urlEncode($input.body)&a=$util.urlEncode($input.params('X-Auth-Token'))`+
		`&b=$input.params('sig')&c=$util.base64Encode($input.params('Cookie'))&d=$util.escapeJavaScript($input.path('$.password'))&e=$util.urlEncode($util.urlEncode($input.params('sig')))`)
	calls := [][]string{
		{"--method", "POST /orders?page=1&sig=" + url.QueryEscape(secret), "--header", "X-Auth-Token: " + secret, "--header", "PRIVATE-TOKEN: " + secret,
			"--header", "Cookie: a=1; sid=" + secret, "--header", "Authorization: Bearer " + secret, "--body", `{"id": 1, "password": ` + string(quoted) + `, "n": {"apiKey": [` + string(quoted) + `]}}`},
		{"--curl", "curl -u me:" + secret + " -b 'sid=" + secret + "' 'https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/prod/orders?sig=" + url.QueryEscape(secret) + "' --data-urlencode 'client_secret=" + secret + "'"},
	}
	forms := []string{secret, url.QueryEscape(secret), url.PathEscape(secret), url.QueryEscape(url.QueryEscape(secret)), base64.StdEncoding.EncodeToString([]byte(secret)),
		base64.StdEncoding.EncodeToString([]byte("me:" + secret)), base64.StdEncoding.EncodeToString([]byte("a=1; sid=" + secret)), `s3\/K`}
	for i, call := range calls {
		for _, format := range formatNames {
			args := append([]string{"--snapshot", file, "-o", format}, call...)
			code, out, errs := run(nil, args...)
			for _, form := range forms {
				if strings.Contains(out+errs, form) {
					t.Errorf("%d: %q is in the %s report:\n%s%s", i, form, format, out, errs)
				}
			}
			if code == ExitUsage || code == ExitCannotRun || out == "" && format != "github" {
				t.Errorf("%d %s: exit code %d: %s", i, format, code, errs)
			}
		}
		_, out, _ := run(nil, append([]string{"--snapshot", file, "-o", "json", "--show-secrets"}, call...)...)
		if !strings.Contains(out, url.QueryEscape(secret)) && !strings.Contains(out, secret) {
			t.Errorf("%d: --show-secrets does not show it:\n%s", i, out)
		}
	}
}

// An error tells what is wrong with a call, and no credential in it.
func TestErrorsTellNoCredential(t *testing.T) {
	file := snapshotWith(t, "Action=SendMessage&MessageBody=$util.urlEncode($input.body)")
	request := filepath.Join(t.TempDir(), "call.yaml")
	if err := os.WriteFile(request, []byte("path: orders?token=s3cretV\nheaders: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"--header", "X-Api-Key s3cretV"},
		{"--header", "X-Api-Key:", "s3cretV"},
		{"--method", "POST /a b?token=s3cretV"},
		{"--method", "POST /a?token=s3cretV&b=%zz"},
		{"--curl", "curl -H X-Api-Key: s3cretV https://example.com/orders"},
		{"--curl", "curl --passphrase=s3cretV https://example.com/orders"},
		{"--curl", "curl 'https://exa mple.com/?token=s3cretV'"},
		{"--request", request},
	} {
		code, out, errs := run(nil, append([]string{"--snapshot", file}, args...)...)
		if code != ExitUsage || strings.Contains(out+errs, "s3cretV") {
			t.Errorf("%q: exit code %d: %s%s", args, code, out, errs)
		}
	}
}

// Where the value of a credential decides, no report is made that says otherwise.
func TestCredentialThatDecides(t *testing.T) {
	file := snapshotWith(t, `#if($input.params('X-Auth-Token').startsWith("ab"))Action=SendMessage&MessageBody=$util.urlEncode($input.body)#{else}Action=Nothing#end`)
	args := []string{"--snapshot", file, "--method", "POST /orders", "--header", "X-Auth-Token: abcdef"}
	if code, _, errs := run(nil, args...); code != ExitUsage || !strings.Contains(errs, "--show-secrets") {
		t.Errorf("exit code %d: %s", code, errs)
	}
	if code, _, errs := run(nil, append(args, "--show-secrets")...); code != ExitHealthy && code != ExitProblems {
		t.Errorf("exit code %d: %s", code, errs)
	}
}

// snapshotWith is a snapshot file of a working API whose template is another one.
func snapshotWith(t *testing.T, template string) string {
	t.Helper()
	var b strings.Builder
	if err := snapshot.Save(&b, loadFixture(t, "protocol_content_type_passing")); err != nil {
		t.Fatal(err)
	}
	quoted, _ := json.Marshal(template)
	old := regexp.MustCompile(`("application/json": \{\s*"value": )"(?:\\.|[^"\\])*"`)
	text := old.ReplaceAllLiteralString(b.String(), `"application/json": {"value": `+string(quoted))
	if text == b.String() {
		t.Fatal("the fixture has no template of that kind")
	}
	file := filepath.Join(t.TempDir(), "api.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
