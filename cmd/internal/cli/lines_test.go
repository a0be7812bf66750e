package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Text of the input starts no line of a report, is no command to a pipeline and no
// mention, number of an issue or address to a forge.
func TestLinesAreLines(t *testing.T) {
	hostile := `a ::error file=x::INJECTED\n::add-mask::healthy\n\t##vso[task.complete] ##[error]x @octocat #12 GH-7 https://evil.example www.evil.example`
	file := snapshotWith(t, "Action=SendMessage&MessageBody=$input.body\n::error::T\n  ##[group]x\n@octocat")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer(`"orders-api"`, `"`+hostile+`"`, `"/orders"`, `"/`+hostile+`"`, `"prod"`, `"`+hostile+`"`, `"send"`, `"`+hostile+`"`).Replace(string(text))
	file = filepath.Join(t.TempDir(), "api.json")
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	command := regexp.MustCompile(`(?m)^\s*::|##[A-Za-z-]*\[`)
	mention := regexp.MustCompile(`@octocat|&#64;octocat|#12\b|&#35;12\b|GH-7|https://evil|\bwww\.evil`)
	code := regexp.MustCompile(`(?s)<code>.*?</code>|` + "```.*?```")
	for _, format := range formatNames {
		if format == "html" {
			continue // a page is for a file; what it quotes is tested with it
		}
		for _, args := range [][]string{{}, {"--stage", "nope ::error::x"}, {"--method", "POST /" + strings.ReplaceAll(hostile, " ", "%20"), "--header", "X: ::error::x", "--body", "\n::error::B\n\t@octocat"}} {
			_, out, errs := run(map[string]string{"CI": "true"}, append([]string{"--snapshot", file, "-o", format}, args...)...)
			if format == "github" {
				out = regexp.MustCompile(`(?m)^::(error|warning|notice) .*$`).ReplaceAllString(out, "")
			}
			if at := command.FindString(out + "\n" + errs); at != "" {
				t.Errorf("%s %q: %q is a command:\n%s%s", format, args, at, out, errs)
			}
			if format == "markdown" {
				if at := mention.FindString(code.ReplaceAllString(out, "")); at != "" {
					t.Errorf("%q is not neutral:\n%s", at, out)
				}
			}
		}
	}
	for _, args := range [][]string{{"fix", "--snapshot", file}, {"snapshot", "--template", file}, {"explain", "x\n::error::y\n##[error]z"}, {"demo", "::error::x"}, {"::error::x"}, {"--snapshot", "::error::x"}} {
		_, out, errs := run(map[string]string{"GITHUB_ACTIONS": "true"}, args...)
		if at := command.FindString(out + "\n" + errs); at != "" {
			t.Errorf("%q: %q is a command:\n%s%s", args, at, out, errs)
		}
	}
}
