package live

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestProfiles(t *testing.T) {
	dir := t.TempDir()
	config, credentials, none := filepath.Join(dir, "config"), filepath.Join(dir, "credentials"), filepath.Join(dir, "none")
	for file, text := range map[string]string{
		config: "region = ignored\n[default]\nregion = us-east-1\n# [profile comment]\n[ profile  staging ] ; a comment\n[profile open\n" +
			"[unprefixed]\n[sso-session corp]\n[services local]\n[profile with blank]\n",
		credentials: "[default]\naws_access_key_id = [profile not]\n[keys]\n[staging]\r\n",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		config, credentials string
		want                []string
	}{
		{config, credentials, []string{"default", "keys", "staging", "with blank"}},
		{config, none, []string{"default", "staging", "with blank"}},
		{none, credentials, []string{"default", "keys", "staging"}},
		{none, none, nil},
		{dir, dir, nil},
	} {
		env := map[string]string{"AWS_CONFIG_FILE": c.config, "AWS_SHARED_CREDENTIALS_FILE": c.credentials}
		if got := Profiles(func(name string) string { return env[name] }); !slices.Equal(got, c.want) {
			t.Errorf("%s, %s: %q, want %q", c.config, c.credentials, got, c.want)
		}
	}
}
