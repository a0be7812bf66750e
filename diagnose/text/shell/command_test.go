package shell_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"apisqs-doctor/diagnose/text/shell"
)

// hostile are texts that a shell would do something with.
var hostile = []string{
	"", "plain", "two words", "it's", `"quoted"`, "a'$(touch PWNED)'b", "`touch PWNED`", "$HOME", "${HOME}", "$((1+1))", ";touch PWNED;#", "a|b&c<d>e", "*?[a]{b,c}", "~root", "!!", "!touch",
	`back\slash`, `trailing\`, `\"`, "%PATH%", "%d%s%%", "^caret", "-x", "--flag=value", "@file", "#comment", "é ü 日本", "\u2018typographic\u2019 \u201cquotes\u201d", "tab\there", "two\nlines", "\r\n.", "\x1b[31m", "\u2028", "\u00a0", "a\\nb\x07c",
	"a'\n$(touch PWNED)\n'b", "A=1",
}

// words parses a line as a shell does and gives the words of the command, its
// variables filled in.
func words(t *testing.T, line string, variables ...string) []string {
	t.Helper()
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(line), "")
	if err != nil || len(file.Stmts) != 1 {
		t.Fatalf("%s: %v, %d commands", line, err, len(file.Stmts))
	}
	call, ok := file.Stmts[0].Cmd.(*syntax.CallExpr)
	if !ok || len(file.Stmts[0].Redirs) > 0 {
		t.Fatalf("%s is no plain command", line)
	}
	got, err := expand.Fields(&expand.Config{Env: expand.ListEnviron(variables...)}, call.Args...)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return got
}

// Whatever a text holds, sh hands it on as it is, and runs nothing of it.
func TestPOSIXShell(t *testing.T) {
	for _, sh := range []string{"sh", "bash"} {
		if _, err := exec.LookPath(sh); err != nil {
			continue
		}
		dir := t.TempDir()
		for _, text := range hostile {
			for _, arg := range []shell.Arg{{Word: shell.Text(text)}, {Word: shell.Text(text), File: "it.txt", By: "@"}} {
				c := shell.New("printf", "%s")
				c.Args = append(c.Args, arg)
				lines, err := shell.Script{{Say: "about " + text, Run: c}}.Write(shell.POSIX)
				if err != nil {
					t.Errorf("%q: %v", text, err)
					continue
				}
				if i := slices.IndexFunc(lines, func(l string) bool { return strings.ContainsAny(l, "\n\t\r\x1b") }); i >= 0 {
					t.Errorf("%q: more than a line of what shows itself: %q", text, lines[i])
				}
				run := exec.Command(sh, "-c", strings.Join(lines, "\n"))
				run.Dir = dir
				out, err := run.Output()
				want := text
				if string(out) == "@it.txt" {
					data, err := os.ReadFile(filepath.Join(dir, "it.txt"))
					if err != nil {
						t.Fatal(err)
					}
					out = data
				}
				if err != nil || string(out) != want {
					t.Errorf("%s: %q became %q (%v) by\n%s", sh, text, out, err, strings.Join(lines, "\n"))
				}
				// The sentence has no meaning to a shell without comments either.
				run = exec.Command(sh, "-c", strings.TrimPrefix(lines[0], "# ")+"\n:")
				run.Dir = dir
				_ = run.Run()
			}
		}
		if _, err := os.Stat(filepath.Join(dir, "PWNED")); err == nil {
			t.Errorf("%s ran a text", sh)
		}
	}
}

func TestVariables(t *testing.T) {
	id := &shell.Variable{Name: "API_ID", Means: "the id of the API 'Orders'; $(touch PWNED)"}
	for _, tt := range []struct {
		word              shell.Word
		posix, power, cmd string
		want              string
	}{
		{shell.Word{{Variable: id}}, `"$API_ID"`, "$API_ID", `^"%API_ID%^"`, "a1"},
		{shell.Word{{Text: "https://"}, {Variable: id}, {Text: ".x.com/p"}}, `"https://$API_ID.x.com/p"`, "('https://' + $API_ID + '.x.com/p')", `^"https://%API_ID%.x.com/p^"`, "https://a1.x.com/p"},
		{shell.Word{{Variable: id}, {Text: "x"}}, `"${API_ID}x"`, "($API_ID + 'x')", `^"%API_ID%x^"`, "a1x"},
		{shell.Word{{Variable: id}, {Text: ":h"}}, `"${API_ID}:h"`, "($API_ID + ':h')", `^"%API_ID%:h^"`, "a1:h"},
		{shell.Word{{Text: "it's $("}, {Variable: id}, {Text: ")"}}, `'it'\''s $('"$API_ID"')'`, "('it''s $(' + $API_ID + ')')", `^"it's $^(%API_ID%^)^"`, "it's $(a1)"},
	} {
		for kind, want := range map[shell.Kind]string{shell.POSIX: tt.posix, shell.PowerShell: tt.power, shell.Cmd: tt.cmd} {
			lines, err := shell.Script{{Run: shell.New("p").Add(tt.word)}}.Write(kind)
			if err != nil || len(lines) != 2 || lines[1] != "p "+want {
				t.Errorf("%s: %q, %v; want %s", kind, lines, err, want)
				continue
			}
			if got := strings.TrimLeft(lines[0], "#REM "); got != "API_ID is the id of the API Orders touch PWNED" {
				t.Errorf("%s: explained as %q", kind, lines[0])
			}
			if kind == shell.POSIX {
				if got := words(t, lines[1], "API_ID=a1"); len(got) != 2 || got[1] != tt.want {
					t.Errorf("%s gives %q, want %q", lines[1], got, tt.want)
				}
			}
		}
	}
}

// The quoting rules of PowerShell, from about_Quoting_Rules and
// about_Special_Characters.
func TestPowerShell(t *testing.T) {
	for text, want := range map[string]string{
		"plain": "plain", "--region": "--region", "-X": "-X", "": "''", "it's": "'it''s'", "$env:HOME": "'$env:HOME'", "a`b": "'a`b'", "@x": "'@x'", "a b": "'a b'", "2>x": "'2>x'", "-a.b": "'-a.b'", "--%": "'--%'",
		"\u2018x\u2019": "'\u2018\u2018x\u2019\u2019'", "a\nb$c`\"": "\"a`nb`$c```\"\"", "\x1b[0m": `"$([char]27)[0m"`, "200": "'200'",
	} {
		lines, err := shell.Script{{Run: shell.New("p", text)}}.Write(shell.PowerShell)
		if err != nil || lines[0] != "p "+want {
			t.Errorf("%q: %q, %v; want %s", text, lines, err, want)
		}
	}
	c := &shell.Command{Program: "curl", Args: []shell.Arg{{Word: shell.Text(`{"a":1}`), File: "body.txt", By: "@"}}}
	lines, err := shell.Script{{Run: c}}.Write(shell.PowerShell)
	if want := []string{`[IO.File]::WriteAllText("$PWD/body.txt", '{"a":1}')`, "curl.exe '@body.txt'"}; err != nil || !slices.Equal(lines, want) {
		t.Errorf("%q, %v; want %q", lines, err, want)
	}
	if pwsh, err := exec.LookPath("pwsh"); err == nil {
		for _, text := range hostile {
			lines, err := shell.Script{{Run: shell.New("printf", "%s", text)}}.Write(shell.PowerShell)
			if err != nil {
				t.Errorf("%q: %v", text, err)
				continue
			}
			if out, err := exec.Command(pwsh, "-NoProfile", "-Command", strings.Join(lines, "\n")).Output(); err != nil || string(out) != text {
				t.Errorf("%q became %q (%v)", text, out, err)
			}
		}
	}
}

// At the prompt of cmd every mark loses its meaning by its caret, and what is
// left is taken apart by the rules of the C runtime.
func TestCmd(t *testing.T) {
	for _, text := range hostile {
		lines, err := shell.Script{{Run: shell.New("p", text)}}.Write(shell.Cmd)
		if err != nil {
			if strings.ContainsAny(text, "\n\t\r\x1b\x07\u2028\u00a0") {
				continue
			}
			t.Errorf("%q: %v", text, err)
			continue
		}
		after, free := prompt(lines[0])
		if free {
			t.Errorf("%q: a mark of %s has its meaning", text, lines[0])
		}
		if got := runtimeWords(after); len(got) != 2 || got[1] != text {
			t.Errorf("%q became %q by %s", text, got, lines[0])
		}
	}
	c := &shell.Command{Program: "aws", Args: []shell.Arg{{Word: shell.Text(`[{"a":"50% & more"}]`), File: "it.json", By: "file://", JSON: true}}}
	lines, err := shell.Script{{Run: c}}.Write(shell.Cmd)
	if want := []string{`echo [{^"a^":^"50^% ^& more^"}]> it.json`, "aws file://it.json"}; err != nil || !slices.Equal(lines, want) {
		t.Errorf("%q, %v; want %q", lines, err, want)
	}
}

// prompt takes the carets out of a line, and tells whether a mark stands without one.
func prompt(line string) (out string, free bool) {
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		if line[i] == '^' && i+1 < len(line) {
			i++
		} else if strings.IndexByte(`()%!^"<>&|`, line[i]) >= 0 {
			free = true
		}
		b.WriteByte(line[i])
	}
	return b.String(), free
}

// runtimeWords takes a line apart as CommandLineToArgvW does.
func runtimeWords(line string) []string {
	var out []string
	var word strings.Builder
	quoted, in := false, false
	for i := 0; i < len(line); i++ {
		n := 0
		for i < len(line) && line[i] == '\\' {
			n++
			i++
		}
		if i < len(line) && line[i] == '"' {
			word.WriteString(strings.Repeat(`\`, n/2))
			in = true
			if n%2 == 1 {
				word.WriteByte('"')
			} else {
				quoted = !quoted
			}
			continue
		}
		word.WriteString(strings.Repeat(`\`, n))
		in = in || n > 0
		if i == len(line) {
			break
		}
		if line[i] == ' ' && !quoted {
			if in {
				out = append(out, word.String())
				word.Reset()
			}
			in = false
			continue
		}
		word.WriteByte(line[i])
		in = true
	}
	if in {
		out = append(out, word.String())
	}
	return out
}

func TestLongJSON(t *testing.T) {
	text := `{"a":"` + strings.Repeat("x", 400) + `"}`
	c := &shell.Command{Program: "aws", Args: []shell.Arg{{Word: shell.Text(text), File: "it.json", By: "file://", JSON: true}}}
	lines, err := shell.Script{{Run: c}}.Write(shell.POSIX)
	if err != nil || len(lines) != 2 || !strings.HasPrefix(lines[0], "printf '%s\\n' '{\n") || lines[1] != "aws file://it.json" {
		t.Errorf("%q, %v", lines, err)
	}
}

func TestWhatNoShellCarries(t *testing.T) {
	for text, kinds := range map[string][]shell.Kind{"\x00": {shell.POSIX, shell.PowerShell, shell.Cmd}, "a\nb": {shell.Cmd}, "\xff": {shell.PowerShell, shell.Cmd}, "end\n": {shell.POSIX}} {
		for _, kind := range kinds {
			if lines, err := (shell.Script{{Run: shell.New("p", text)}}).Write(kind); err == nil {
				t.Errorf("%s carries %q by %q", kind, text, lines)
			}
		}
	}
}
