package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/cloudformation"
	"apisqs-doctor/rules"
)

// ofTemplate is a run about a template file, with edits of the file.
func ofTemplate(file string, which diagnose.Selection) (Run, error) {
	s, err := cloudformation.Load([]string{file}, cloudformation.Options{})
	if err != nil {
		return Run{}, err
	}
	words := remedies()
	words.Edits = editsOf()
	return Run{Tool: Tool{"apisqs-doctor", "1.2.3"}, Snapshot: s, Examination: diagnose.Examine(s, which, nil, rules.All()), Rules: rules.All(), Remedy: words}, nil
}

// editsOf makes fixes in template files, each of which it reads once.
func editsOf() func(*snapshot.Snapshot, diagnose.Fix) (Edit, error) {
	templates := remedy.NewTemplates(os.ReadFile)
	return func(s *snapshot.Snapshot, f diagnose.Fix) (Edit, error) {
		files, notes, err := templates.Edit(s, []diagnose.Fix{f})
		out := Edit{Notes: notes}
		for _, f := range files {
			out.Files = append(out.Files, FileEdit(f))
		}
		return out, err
	}
}

// ways are the ways in which one template may be written.
var ways = map[string]func(string) string{
	"as it is":      func(s string) string { return s },
	"CRLF":          func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
	"no line break": func(s string) string { return strings.TrimSuffix(s, "\n") },
	"byte order":    func(s string) string { return "\ufeff" + s },
}

// The replacements of every offered fix make of every template of the tests what
// the edit of the fix makes of it; a fix that no edit can make is told in words.
func TestSARIFFixesOfTemplates(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it edits a template for every fix")
	}
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	archives, err := filepath.Glob("../cli/testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob("../cli/testdata/fix/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	schema := sarifValidator(t)
	var total counts
	for _, name := range append(append(archives, more...), "testdata/templates.txtar") {
		archive, err := txtar.ParseFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		t.Chdir(t.TempDir())
		for _, f := range archive.Files {
			if !bytes.Contains(f.Data, []byte("Resources")) {
				continue
			}
			for way, write := range ways {
				if way != "as it is" && !strings.HasPrefix(name, "testdata") {
					continue
				}
				total.add(fixesOf(t, f.Name, write(string(f.Data)), func(log []byte) { validate(t, schema, name+" "+f.Name, log) }))
			}
		}
	}
	t.Logf("%+v", total)
	if total.templates < 20 || total.fixes < 100 || total.told == 0 {
		t.Errorf("too few for a test: %+v", total)
	}
}

// counts says what a test has looked at.
type counts struct {
	templates, fixes int // fixes as replacements
	told             int // fixes in words alone
}

func (c *counts) add(more counts) {
	c.templates, c.fixes, c.told = c.templates+more.templates, c.fixes+more.fixes, c.told+more.told
}

// fixesOf holds the replacements of a template's log against the edits.
func fixesOf(t *testing.T, name, text string, check func([]byte)) (n counts) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := ofTemplate(name, diagnose.Selection{})
	if err != nil {
		return n // a template of a test about bad input
	}
	n.templates = 1
	r.Rules = reporting(r)
	var b bytes.Buffer
	if err := SARIF(&b, r); err != nil {
		t.Fatal(err)
	}
	check(b.Bytes())
	var log sarifLog
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	results := log.Runs[0].Results
	for i := range r.Examination.Diagnoses {
		for _, f := range r.Examination.Diagnoses[i].Findings {
			result := results[0]
			results = results[1:]
			for _, x := range f.Fixes {
				edits, _, err := remedy.NewTemplates(os.ReadFile).Edit(r.Snapshot, []diagnose.Fix{x})
				if err != nil || len(edits) == 0 {
					n.told++
					if len(result.Properties.Fixes) == 0 || result.Properties.Fixes[0].Title == "" {
						t.Errorf("%s: %q is nowhere", name, x.Title)
						continue
					}
					result.Properties.Fixes = result.Properties.Fixes[1:]
					continue
				}
				n.fixes++
				if len(result.Fixes) == 0 {
					t.Errorf("%s: %q has no replacements", name, x.Title)
					continue
				}
				if got := applied(t, result.Fixes[0]); fmt.Sprint(got) != fmt.Sprint(texts(edits)) {
					t.Errorf("%s: %q gives\n%q, want\n%q", name, x.Title, got, texts(edits))
				}
				result.Fixes = result.Fixes[1:]
			}
			if len(result.Fixes)+len(result.Properties.Fixes) > 0 {
				t.Errorf("%s: %s has fixes that were not offered", name, f.Rule)
			}
		}
	}
	return n
}

func texts(files []remedy.FileEdit) map[string]string {
	out := map[string]string{}
	for _, f := range files {
		out[f.Name] = string(f.New())
	}
	return out
}

// applied is what a fix makes of the files that it names.
func applied(t *testing.T, f sarifFix) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, c := range f.Changes {
		name, err := url.PathUnescape(c.Artifact.URI)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if out[name], err = replaced(string(text), c.Replacements); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	return out
}

// A fix that was not proved, one without an edit, and all fixes of what is no
// template are told in words.
func TestSARIFFixesInWords(t *testing.T) {
	unproved, noEdit := broken(), broken()
	unproved.Examination.Diagnoses[0].Findings[0].Fixes[0].After = nil
	noEdit.Examination.Diagnoses[0].Findings[0].Fixes[0].Changes = nil
	live, saved, plain := broken(), broken(), broken()
	live.Examination.Target.Kind, saved.Examination.Target.Kind = snapshot.Live, snapshot.Saved
	plain.Remedy.Edits = nil
	for name, r := range map[string]Run{"unproved": unproved, "no edit": noEdit, "live": live, "saved": saved, "plain": plain} {
		var b bytes.Buffer
		if err := SARIF(&b, r); err != nil {
			t.Fatal(err)
		}
		var log sarifLog
		if err := json.Unmarshal(b.Bytes(), &log); err != nil {
			t.Fatal(err)
		}
		result := log.Runs[0].Results[0]
		if len(result.Fixes) > 0 || len(result.Properties.Fixes) != 1 || strings.Contains(b.String(), "U0001f600") || strings.Contains(b.String(), "😀") {
			t.Errorf("%s: %d fixes as replacements, %d in words", name, len(result.Fixes), len(result.Properties.Fixes))
		}
		if why := result.Properties.Fixes[0].NotEdited; (why != "") != (name == "no edit") {
			t.Errorf("%s: not edited because %q", name, why)
		}
	}
}

// BenchmarkSARIF writes the log of a template with many methods that have three
// faults each. The time for each fix must not grow with the template.
func BenchmarkSARIF(b *testing.B) {
	for _, paths := range []int{8, 40} {
		file := filepath.Join(b.TempDir(), "large.yaml")
		if err := os.WriteFile(file, []byte(manyMethods(paths)), 0o644); err != nil {
			b.Fatal(err)
		}
		r, err := ofTemplate(file, diagnose.Selection{Method: "POST"})
		if err != nil {
			b.Fatal(err)
		}
		fixes := 0
		for _, d := range r.Examination.Diagnoses {
			for _, f := range d.Findings {
				fixes += len(f.Fixes)
			}
		}
		for _, edited := range []bool{false, true} {
			b.Run(fmt.Sprintf("resources=%d/edits=%t", 3+12*paths, edited), func(b *testing.B) {
				for b.Loop() {
					r.Remedy.Edits = nil
					if edited {
						r.Remedy.Edits = editsOf() // which read and parse the file
					}
					var w bytes.Buffer
					if err := SARIF(&w, r); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*fixes), "µs/fix")
				b.ReportMetric(float64(fixes), "fixes")
			})
		}
	}
}

var verbs = []string{"GET", "POST", "PUT", "DELETE", "PATCH"}

// manyMethods is a template with a queue, a role, an unrelated function and
// methods for each path: twelve resources.
func manyMethods(paths int) string {
	var b strings.Builder
	b.WriteString("Resources:\n  Api:\n    Type: AWS::ApiGateway::RestApi\n    Properties:\n      Name: large\n")
	b.WriteString("  Stage:\n    Type: AWS::ApiGateway::Stage\n    Properties:\n      RestApiId: !Ref Api\n      DeploymentId: !Ref Deployment\n      StageName: prod\n")
	for i := range paths {
		fmt.Fprintf(&b, `
  # The orders of shop %[1]d.
  Queue%[1]d:
    Type: AWS::SQS::Queue
  Role%[1]d:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal: {Service: apigateway.amazonaws.com}
            Action: sts:AssumeRole
      Policies:
        - PolicyName: send
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action: sqs:SendMessage
                Resource: !GetAtt Queue%[1]d.Arn
  Path%[1]d:
    Type: AWS::ApiGateway::Resource
    Properties:
      RestApiId: !Ref Api
      ParentId: !GetAtt Api.RootResourceId
      PathPart: shop%[1]d
`, i)
		for j := range 4 {
			fmt.Fprintf(&b, "  Function%d%c:\n    Type: AWS::Lambda::Function\n    Properties:\n      Handler: index.handler\n      Role: !GetAtt Role%[1]d.Arn\n      Code:\n        ZipFile: %[3]s\n", i, 'A'+rune(j), strings.Repeat("x", 200))
		}
		for _, verb := range verbs {
			fmt.Fprintf(&b, `  Path%[1]d%[2]s:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Path%[1]d
      HttpMethod: %[2]s
      AuthorizationType: NONE
      MethodResponses:
        - StatusCode: 200
        - StatusCode: 500
      Integration:
        Type: AWS
        IntegrationHttpMethod: POST
        Uri: !Sub arn:aws:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${Queue%[1]d.QueueName}
        Credentials: !GetAtt Role%[1]d.Arn
        PassthroughBehavior: NEVER
        RequestParameters:
          integration.request.header.Content-Type: "'application/json'"
        RequestTemplates:
          application/json: Action=SendMessage&MessageBody=$input.body
        IntegrationResponses:
          - StatusCode: 200
          - StatusCode: 500
            SelectionPattern: 5\d{2}
`, i, verb)
		}
	}
	b.WriteString("  Deployment:\n    Type: AWS::ApiGateway::Deployment\n    Properties:\n      RestApiId: !Ref Api\n    DependsOn:\n")
	for i := range paths {
		for _, verb := range verbs {
			fmt.Fprintf(&b, "      - Path%d%s\n", i, verb)
		}
	}
	return b.String()
}
