package cli

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures"
)

// hostileTexts are texts that a shell would run were they not quoted: each calls a
// program named marker.
var hostileTexts = []string{"a'$(marker)'b", "`marker`", `";marker;"`, "x\nmarker\n#", "$(marker)", "';marker;'", "&marker&", "|marker"}

// Whatever text of an input stands in a report, what the report gives to paste runs
// in bash as the programs that are meant, and nothing of the text is run.
func TestPastedCommandsRunNoText(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it runs commands in a shell")
	}
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skipf("the commands are run by bash: %v", err)
	}
	template := strings.Replace(ordersTemplate, "'application/x-www-form-urlencoded'", "'application/json'", 1)
	places := map[string][2]string{ // what stands there, and what is put there; TEXT is the hostile one
		"path":             {"PathPart: orders", "PathPart: TEXT"},
		"imported path":    {"PathPart: orders", "PathPart: {Fn::ImportValue: TEXT}"},
		"stage":            {"StageName: prod", "StageName: TEXT"},
		"imported stage":   {"StageName: prod", "StageName: {Fn::ImportValue: TEXT}"},
		"method":           {"HttpMethod: POST\n      Auth", "HttpMethod: TEXT\n      Auth"},
		"queue":            {"QueueName: orders", "QueueName: TEXT"},
		"imported queue":   {"${OrdersQueue.QueueName}", "${OrdersQueue.QueueName}\n        CacheNamespace: TEXT"},
		"role":             {"RoleName: orders-api", "RoleName: {Fn::ImportValue: TEXT}"},
		"resolved key":     {"{QueueName: orders}", "{QueueName: orders, KmsMasterKeyId: {Fn::ImportValue: TEXT}}"},
		"statement":        {"Sid: Send", "Sid: TEXT"},
		"mapping template": {"Action=SendMessage&", "Action=TEXT&"},
		"API":              {"Name: orders-api, E", "Name: TEXT, E"},
	}
	p := paste{bash: bash, dir: t.TempDir()}
	p.stubs(t, "aws", "curl", "apisqs-doctor", "marker")
	for i, place := range slices.Sorted(maps.Keys(places)) {
		swap := places[place]
		if !strings.Contains(template, swap[0]) {
			t.Fatalf("%s: the template has no %q", place, swap[0])
		}
		for k := range 2 { // each text in three places
			text := hostileTexts[(2*i+k)%len(hostileTexts)]
			quoted, _ := json.Marshal(text) // YAML takes a JSON string
			file := filepath.Join(p.dir, "template.yaml")
			if err := os.WriteFile(file, []byte(strings.Replace(template, swap[0], strings.ReplaceAll(swap[1], "TEXT", string(quoted)), 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			p.report(t, place+" "+text, "--template", file)
		}
	}
	for _, text := range hostileTexts { // a request, and names of what is deployed
		c, err := fixtures.Load("protocol_content_type_failing")
		if err != nil {
			t.Fatal(err)
		}
		p.report(t, "request "+text, "--snapshot", p.saved(t, c.Snapshot), "--method", "POST /orders", "--header", "X-Note: "+strings.ReplaceAll(text, "\n", " "), "--header", "Content-Type: application/json", "--body", text)
		s := c.Snapshot
		s.APIs[0].ID = text
		p.report(t, "id "+text, "--snapshot", p.saved(t, s))
	}
	if p.ran < 60 {
		t.Errorf("only %d programs were run", p.ran)
	}
}

// paste runs what reports give to paste.
type paste struct {
	bash, dir string
	ran       int
}

// stubs puts programs in a folder that do nothing but tell that they were run.
func (p *paste) stubs(t *testing.T, names ...string) {
	t.Helper()
	if err := os.Mkdir(filepath.Join(p.dir, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, program := range names {
		if err := os.WriteFile(filepath.Join(p.dir, "bin", program), []byte("#!"+p.bash+"\necho "+program+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

func (p *paste) saved(t *testing.T, s *snapshot.Snapshot) string {
	t.Helper()
	file := filepath.Join(p.dir, "snapshot.json")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := snapshot.Save(f, s); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}

// report runs all commands of a report in one shell. A program that is run tells its
// name, so that the marker would tell that a text was run.
func (p *paste) report(t *testing.T, what string, args ...string) {
	t.Helper()
	_, out, stderr := run(nil, append(args, "-o", "json")...)
	var doc report.Document
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		if stderr == "" {
			t.Errorf("%s: neither a report nor a sentence", what)
		}
		return // refused as a whole
	}
	var script []string
	for _, m := range doc.Methods {
		for _, f := range m.Findings {
			for _, x := range f.Fixes {
				script = append(script, x.Commands...)
			}
			for l := range strings.SplitSeq(f.Check, "\n") {
				if strings.HasPrefix(l, "curl ") || strings.HasPrefix(l, "aws ") || strings.HasPrefix(l, name+" ") {
					script = append(script, f.Check)
					break
				}
			}
		}
		if m.Plan != nil {
			script = append(script, m.Plan.Commands...)
		}
	}
	cmd := exec.Command(p.bash, "-c", strings.Join(script, "\n"))
	cmd.Dir, cmd.Env = p.dir, []string{"PATH=" + filepath.Join(p.dir, "bin"), "API_ID=a1", "AWS_REGION=us-east-1"}
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v: %s\nfrom\n%s", what, err, said, strings.Join(script, "\n"))
	}
	for line := range strings.Lines(string(said)) {
		switch strings.TrimSpace(line) {
		case "aws", "curl", name:
			p.ran++
		default:
			t.Errorf("%s: the shell says %q\nfrom\n%s", what, line, strings.Join(script, "\n"))
		}
	}
}
