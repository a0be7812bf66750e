package cli

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/fakeaws"
)

// Nothing of a credential is in any report, whatever the template does to it.
func TestCredentialsAreNotShown(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it tries every command")
	}
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

// Thirty names of credentials: none of their values is in anything that is written,
// wherever the call has them.
func TestThirtyCredentials(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it writes every report")
	}
	names := strings.Fields(`Authorization Proxy-Authorization X-Api-Key X-Auth-Token PRIVATE-TOKEN X-Amz-Security-Token X-Amz-Signature Ocp-Apim-Subscription-Key
		x-functions-key X-Goog-Api-Key CF-Access-Client-Secret X-Vault-Token X-CSRF-Token X-Hub-Signature-256 Stripe-Signature password passwd pwd client_secret
		refresh_token accessToken id_token sessionId JSESSIONID connect.sid secretKey otp jwt code_verifier DPoP`)
	if len(names) != 30 {
		t.Fatal(len(names))
	}
	file := snapshotWith(t, `Action=SendMessage&MessageBody=$util.urlEncode($input.body)&all=$util.urlEncode("$input.params()")&b=$util.base64Encode($input.params('Cookie'))`)
	value := regexp.MustCompile(`(?i)Zq\d\dk|` + base64.StdEncoding.EncodeToString([]byte("connect.sid=Zq"))[:12])
	var headers, query, cookies, members []string
	fields := map[string]string{}
	for i, name := range names {
		v := fmt.Sprintf("Zq%02dk", i)
		headers = append(headers, "--header", name+": "+v)
		query = append(query, url.QueryEscape(name)+"="+v)
		cookies = append(cookies, name+"="+v)
		members = append(members, fmt.Sprintf("%q: %q", name, v))
		fields[name] = v
	}
	request := func(member string, value any) []string {
		text, err := json.Marshal(map[string]any{"method": "POST", "path": "/orders", member: value})
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(t.TempDir(), "call.json")
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return []string{"--request", name}
	}
	for where, call := range map[string][]string{
		"header":         append([]string{"--method", "POST /orders"}, headers...),
		"query":          {"--method", "POST /orders?" + strings.Join(query, "&")},
		"cookie":         {"--method", "POST /orders", "--header", "Cookie: " + strings.Join(cookies, "; ")},
		"body":           {"--method", "POST /orders", "--body", "{" + strings.Join(members, ", ") + "}"},
		"form":           {"--method", "POST /orders", "--header", "Content-Type: application/x-www-form-urlencoded", "--body", strings.Join(query, "&")},
		"header in file": request("headers", fields),
		"query in file":  request("query", fields),
		"body in file":   request("body", fields),
	} {
		t.Run(where, func(t *testing.T) {
			t.Chdir(t.TempDir())
			server, err := fakeaws.Start(loadFixture(t, "protocol_content_type_failing"), fakeaws.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			live := []string{"--api-id", "a1b2c3d4", "--endpoint-url", server.URL}
			in := append([]string{"--snapshot", file}, call...)
			runs := [][]string{append([]string{"fix"}, in...), append([]string{"--stage", "nosuch"}, in...), append([]string{"--api-id", "x"}, in...), append([]string{"fix", "--apply", "--yes"}, append(live, call...)...)}
			for _, format := range formatNames {
				runs = append(runs, append([]string{"--verbose", "-o", format}, in...))
			}
			for _, args := range runs {
				_, out, errs := run(nil, args...)
				if at := value.FindString(out + errs); at != "" {
					t.Errorf("%q is shown by %.60q:\n%s%s", at, args, out, errs)
				}
			}
			_, out := prompts(t, in, "1", "2", "3", "b", "r", "q", "q")
			if at := value.FindString(out); at != "" || !strings.Contains(out, "orders") {
				t.Errorf("%q is in the walkthrough:\n%s", at, out)
			}
			saved, err := filepath.Glob(rollbackStem + "*")
			if err != nil || len(saved) != 1 {
				t.Fatalf("rollback files %q", saved)
			}
			text, err := os.ReadFile(saved[0])
			if at := value.Find(text); err != nil || at != nil {
				t.Errorf("%q is in the rollback file (%v)", at, err)
			}
		})
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
