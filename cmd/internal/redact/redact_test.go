package redact

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	_ "apisqs-doctor/cmd/internal/pace" // as in the program
	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

func TestText(t *testing.T) {
	var r Redactor
	r.Learn([]string{"arn:aws:sqs:us-east-1:123456789012:acme*", "*-billing", "sqs:Send*"})
	for _, c := range []struct{ in, want string }{
		{"POST", "POST"},
		{"", ""},
		{"sqs:SendMessage", "sqs:SendMessage"},
		{"sqs:Send*", "sqs:Send*"},
		{"arn:aws:sqs:us-east-1:123456789012:acme*", "arn:aws:sqs:us-east-1:100000000001:xxxb*"},
		{"arn:aws:sqs:us-east-1:123456789012:acmeorders.fifo", "arn:aws:sqs:us-east-1:100000000001:xxxbxxxxxc.fifo"},
		{"acme.example.net", "xxxb.xxxxxxd.xxe"},
		{"203.0.113.7/24", "192.0.2.1/24"},
		{"Acme ACME acme", "Xxxb XXXB xxxb"},
		{"$input.json('$.kunde')", "$input.json('$.xxxxf')"},
		{"%7B%22kunde%22%3A1%7D", "%7B%22xxxxf%22%3A1%7D"},
		{`{"kunde":"\u00e9\nkunde"}`, `{"xxxxf":"\u00e9\nxxxxf"}`},
		{"4111111111111111 is 200", "1000000000000002 is 200"},
		{"2012-10-17", "2012-10-17"},
		{"müller", "xxxxxxg"},
	} {
		if got := r.Text(c.in); got != c.want {
			t.Errorf("Text(%q) = %q, want %q", c.in, got, c.want)
		}
		if got := r.Text(c.in); got != c.want {
			t.Errorf("Text(%q) the second time = %q", c.in, got)
		}
	}
	if got, want := r.Prose("the role acme could not be read"), "the role xxxb could not be read"; got != want {
		t.Errorf("Prose gives %q, want %q", got, want)
	}
}

// examine gives the diagnosis of a case, or of its redacted copy.
func examine(s *snapshot.Snapshot, request *walk.Request) diagnose.Examination {
	var requests []walk.Request
	if request != nil {
		requests = append(requests, *request)
	}
	return diagnose.Examine(s, diagnose.Selection{}, requests, rules.All())
}

// gist is what redaction may not change.
func gist(e diagnose.Examination) []string {
	var list []string
	for _, d := range e.Diagnoses {
		line := fmt.Sprint(d.Verdict, " ", d.Predicted.Status, " ", d.Predicted.Code)
		for _, f := range d.Findings {
			line += fmt.Sprint(" ", f.Severity, " ", f.Rule, " ", len(f.Fixes))
		}
		for _, s := range d.Trace.Steps {
			line += " " + string(s.Status)
		}
		list = append(list, line)
	}
	slices.Sort(list) // methods are ordered by their paths, which are words
	return list
}

// The redacted copy of every fixture has the same diagnosis.
func TestFixturesKeepTheirDiagnosis(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it diagnoses every fixture twice")
	}
	for _, name := range fixtures.Names() {
		c, err := fixtures.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		var r Redactor
		copied, err := r.Snapshot(c.Snapshot)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var request *walk.Request
		if c.Request != nil {
			q := r.Request(*c.Request)
			request = &q
		}
		if name == "signing_role_trust_misspelt" {
			continue // that it is a misspelt public word is what redaction hides
		}
		want, got := gist(examine(c.Snapshot, c.Request)), gist(examine(copied, request))
		if !slices.Equal(want, got) {
			t.Errorf("%s:\n%q, redacted\n%q", name, want, got)
		}
	}
}

// The redacted copy of a call has no text of it left, its route's neither.
func TestRequestIsWhole(t *testing.T) {
	var q walk.Request
	v := reflect.ValueOf(&q).Elem()
	for i := range v.NumField() {
		if v.Field(i).Kind() == reflect.String {
			v.Field(i).SetString("zebrafish")
		}
	}
	q.Method = "POST"
	q.Headers, q.Query = []walk.Header{{Name: "zebrafish", Value: "zebrafish"}}, []walk.Header{{Name: "zebrafish", Value: "zebrafish"}}
	if got := new(Redactor).Request(q); strings.Contains(fmt.Sprint(got), "zebrafish") {
		t.Errorf("%+v", got)
	}
}

const secret = "Zq7Geheim"

// plant puts a secret into every text of a document that is none of its format,
// into the names of maps, and into maps under names that members have as well.
func plant(doc any, t reflect.Type, at place) any {
	switch v := doc.(type) {
	case string:
		if kept[at] || strings.HasSuffix(string(at), ".type") {
			return v
		}
		return v + " " + secret
	case []any:
		for i := range v {
			v[i] = plant(v[i], element(t), at)
		}
	case map[string]any:
		for _, name := range sortedNames(v) {
			value := v[name]
			inner, below, own := member(t, at, name)
			if own {
				v[name] = plant(value, inner, below)
			} else {
				delete(v, name)
				v[name+secret] = plant(value, inner, below)
			}
		}
		if in := element(t); in != nil && in.Kind() == reflect.String {
			for _, name := range []string{"schema", "kind", "reason", "deployedAt", "value", "detail", "rule", "until"} {
				v[name] = secret
			}
		}
	}
	return doc
}

// A secret in any text of a snapshot or of a request is in none of the reports,
// and in no redacted snapshot.
func TestNoSecretGetsOut(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it diagnoses every fixture")
	}
	formats := map[string]func(io.Writer, report.Run) error{
		"text": func(w io.Writer, r report.Run) error { return report.Text(w, r, false) }, "short": report.Short,
		"json": report.JSON, "sarif": report.SARIF, "junit": report.JUnit, "markdown": report.Markdown, "github": report.GitHub,
	}
	for i, name := range fixtures.Names() {
		if !strings.HasPrefix(name, "orders") && i%16 != 0 {
			continue // all bases, and a part of what is made from them
		}
		c, err := fixtures.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		withSkip := *c.Snapshot
		withSkip.Skips = []snapshot.Skip{{Rule: "queue-fifo-group", Reason: "agreed", Until: "2027-03-31", Method: "POST /orders",
			Origin: snapshot.Origin{Resource: "Post", Path: "Metadata", File: "template.yaml", Line: 9}}}
		text, err := json.Marshal(withSkip)
		if err != nil {
			t.Fatal(err)
		}
		var doc any
		if err := json.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		doc = plant(doc, reflect.TypeFor[snapshot.Snapshot](), "")
		doc.(map[string]any)["schema"] = snapshot.Schema
		if text, err = json.Marshal(doc); err != nil {
			t.Fatal(err)
		}
		full, err := snapshot.Load(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var r Redactor
		clean, err := r.Snapshot(full)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		q := diagnose.Plain("POST", "/orders/"+secret)
		q.Headers = append(q.Headers, walk.Header{Name: "X-" + secret, Value: secret})
		q.Query = append(q.Query, walk.Header{Name: secret, Value: secret})
		q.Body = `{"` + secret + `":"` + secret + `"}`
		q = r.Request(q)
		out := map[string]string{}
		var b bytes.Buffer
		if err := snapshot.Save(&b, clean); err != nil {
			t.Fatal(err)
		}
		out["snapshot"] = b.String()
		for n, request := range []*walk.Request{nil, &q} {
			run := report.Run{Tool: report.Tool{Name: "x", Version: "1"}, Snapshot: clean, Examination: examine(clean, request), Rules: rules.All(),
				Remedy: report.Remedy{CloudFormation: remedy.CloudFormation, Terraform: remedy.Terraform,
					Commands: func(_ shell.Kind, s *snapshot.Snapshot, f diagnose.Fix) ([]string, error) {
						return remedy.Writer{}.Commands(s, f)
					},
					Check: func(_ shell.Kind, s *snapshot.Snapshot, t *walk.Trace, v diagnose.Verification) (string, []string) {
						return remedy.Writer{}.Check(s, t, v)
					}}}
			for format, write := range formats {
				var b bytes.Buffer
				if err := write(&b, run); err != nil {
					t.Fatal(err)
				}
				out[fmt.Sprint(format, n)] = b.String()
			}
		}
		for format, text := range out {
			if i := strings.Index(strings.ToLower(text), strings.ToLower(secret)); i >= 0 {
				t.Errorf("%s, %s: ...%s...", name, format, text[max(0, i-80):min(len(text), i+40)])
			}
		}
	}
}

// A skip stays one of its rule, of its method and its resource, and its reason is
// a sentence: words of plain English stay, unless the configuration has them.
func TestSkips(t *testing.T) {
	s := &snapshot.Snapshot{Schema: snapshot.Schema, Target: snapshot.Target{Kind: snapshot.Template}, APIs: []snapshot.API{{ID: "acme", Type: snapshot.REST,
		Draft: snapshot.Known(snapshot.Configuration{Methods: []snapshot.Method{{HTTPMethod: "POST", Path: "/kunden", Origin: snapshot.Origin{Resource: "KundenPost", File: "acme.yaml"}}}}, snapshot.Origin{})}},
		Skips: []snapshot.Skip{{Rule: "protocol-content-type", Reason: "the partner Zacharias knows the queue of kunden", Until: "2027-03-31", Method: "POST /kunden",
			Origin: snapshot.Origin{Resource: "KundenPost", File: "acme.yaml", Line: 7}}, {Rule: "zacharias", Reason: "unread"}}}
	var r Redactor
	clean, err := r.Snapshot(s)
	if err != nil {
		t.Fatal(err)
	}
	draft, _ := clean.APIs[0].Draft.Peek()
	m, skip := draft.Methods[0], clean.Skips[0]
	if skip.Rule != "protocol-content-type" || skip.Until != "2027-03-31" || skip.Origin.Line != 7 {
		t.Errorf("skip %+v", skip)
	}
	if skip.Method != "POST "+m.Path || skip.Origin.Resource != m.Origin.Resource || skip.Origin.File != m.Origin.File || m.Path == "/kunden" {
		t.Errorf("skip %+v does not fit %s %+v", skip, m.Path, m.Origin)
	}
	if !strings.HasPrefix(skip.Reason, "the partner ") || !strings.Contains(skip.Reason, " the queue of ") || strings.Contains(skip.Reason, "Zacharias") || strings.Contains(skip.Reason, "kunden") {
		t.Errorf("reason %q", skip.Reason)
	}
	if rule := clean.Skips[1].Rule; strings.Contains(rule, "zacharias") {
		t.Errorf("what is no rule stays: %q", rule)
	}
}

// Names and numbers of the fixtures, which look like real ones, are gone too.
func TestNamesAreGone(t *testing.T) {
	c, err := fixtures.Load("orders")
	if err != nil {
		t.Fatal(err)
	}
	var r Redactor
	clean, err := r.Snapshot(c.Snapshot)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := snapshot.Save(&b, clean); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"orders", "123456789012", "a1b2c3d4"} {
		if strings.Contains(strings.ToLower(b.String()), word) {
			t.Errorf("%q is in the redacted snapshot", word)
		}
	}
	var again Redactor
	second, err := again.Snapshot(c.Snapshot)
	if err != nil {
		t.Fatal(err)
	}
	var b2 bytes.Buffer
	if err := snapshot.Save(&b2, second); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), b2.Bytes()) {
		t.Error("two redactions of one snapshot differ")
	}
}

// Every stand-in stands for one word, up to its capitals.
func FuzzText(f *testing.F) {
	for _, s := range []string{"acme orders", "a*b", "%7Bx%", `\u00e`, "ACME Acme acMe AcMe", "12345 123456", "\xff\xfe", "ǅabc ß straße"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var r Redactor
		r.Learn([]string{s})
		once := r.Text(s)
		if again := r.Text(s); again != once {
			t.Errorf("%q gives %q, then %q", s, once, again)
		}
		seen := map[string]string{}
		for word, name := range r.names {
			if other, ok := seen[name]; ok && utf8Len(word) >= shortest && utf8Len(other) >= shortest {
				t.Errorf("%q and %q are both %q", word, other, name)
			}
			seen[name] = word
		}
		r.Prose(s)
	})
}

func utf8Len(s string) int { return len([]rune(s)) }

func BenchmarkSnapshot(b *testing.B) {
	c, err := fixtures.Load("orders")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		var r Redactor
		if _, err := r.Snapshot(c.Snapshot); err != nil {
			b.Fatal(err)
		}
	}
}

// What a stage of an HTTP or WebSocket API says in AWS's words stays.
func TestWordsOfStagesStay(t *testing.T) {
	var r Redactor
	for _, s := range []string{"PENDING", "FAILED", "DEPLOYED", "INFO", "OFF", "HEADER", "AUTHORIZER", "$context.authorizer.usageIdentifierKey", "$request.header.x-api-key",
		"${integration.response.statuscode}", "overwrite:statuscode", "SQS-SendMessage", "$default", "$connect", "$disconnect", "route.request.querystring",
		"$context.integrationErrorMessage"} {
		if got := r.Text(s); got != s {
			t.Errorf("%s becomes %s", s, got)
		}
	}
	if got := r.Text("arn:aws:logs:us-east-1:123456789012:log-group:acme"); strings.Contains(got, "acme") || !strings.HasPrefix(got, "arn:aws:logs:us-east-1:") {
		t.Errorf("the log group is shown as %s", got)
	}
}
