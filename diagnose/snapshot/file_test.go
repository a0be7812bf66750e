package snapshot_test

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/diagnose/snapshot"
)

func text(t *testing.T, s *snapshot.Snapshot) string {
	t.Helper()
	var b bytes.Buffer
	if err := snapshot.Save(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What is saved is loaded without loss, and saved again as the same bytes.
func TestRoundTrip(t *testing.T) {
	first := text(t, sample())
	loaded, err := snapshot.Load(strings.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, text(t, loaded)); diff != "" {
		t.Errorf("saved again it differs:\n%s", diff)
	}
	if got, want := len(snapshot.Facts(loaded)), len(snapshot.Facts(sample())); got != want {
		t.Errorf("%d facts after loading, want %d", got, want)
	}
}

// Bad input is refused with its place and with what was expected.
func TestLoadRefuses(t *testing.T) {
	whole := text(t, sample())
	for _, tt := range []struct{ name, text, want string }{
		{"empty", " \n", "the file is empty, expected a snapshot"},
		{"truncated", whole[:len(whole)/2], "truncated?"},
		{"no JSON", "{\n  \"schema\": apisqs\n}", "line 2, column 13: not JSON: invalid character 'a'"},
		{"binary", "\x7fELF\x02\x01\xff\xfe", "not text: a snapshot is JSON in UTF-8"},
		{"another document", `{"Resources":{}}`, `schema: not a snapshot: expected "schema": "apisqs-doctor/snapshot/v1"`},
		{"a report", `{"schema":"apisqs-doctor/report/v1"}`, `schema: this is a "apisqs-doctor/report/v1" document`},
		{"a later schema", `{"schema":"apisqs-doctor/snapshot/v2","new":1}`, `schema: "apisqs-doctor/snapshot/v2" was written by another version of the doctor`},
		{"a list", `[]`, `expected an object, found a list`},
		{"deep nesting", strings.Repeat("[", 1<<20), "exceeded max depth"},
		{"a misspelt member", strings.Replace(whole, `"httpMethod"`, `"htpMethod"`, 1), "apis[0].draft.value.methods[0].htpMethod: no such member in this version of the format"},
		{"a number for a text", strings.Replace(whole, `"name": "prod"`, `"name": 5`, 1), "apis[0].stages.value[0].name: expected a string, found 5"},
		{"a fact without value", strings.Replace(whole, `"value": "NEVER",`, ``, 1), `apis[0].draft.value.methods[0].integration.value.passthrough: a fact needs either "value" or "unknown"`},
		{"a wrong reason", strings.Replace(whole, `"reason": "denied"`, `"reason": "lazy"`, 1), `apis[0].stages.value[0].deployed.unknown.reason: "lazy", expected one of not-read`},
		{"null for a boolean", regexp.MustCompile(`"value": false`).ReplaceAllString(whole, `"value": null`), "fifo.value: expected a boolean, found null"},
		{"a wrong type of API", strings.Replace(whole, `"type": "REST"`, `"type": "SOAP"`, 1), `apis[0].type: "SOAP", expected REST, HTTP or WEBSOCKET`},
		{"a skip without rule", strings.Replace(whole, `"rule": "queue-fifo-group"`, `"rule": ""`, 1), `skips[0].rule: the skip names no "rule"`},
		{"a skip without reason", strings.Replace(whole, `"reason": "one group will do"`, `"reason": ""`, 1), `skips[0].reason: the skip of "queue-fifo-group" needs a "reason"`},
		{"a skip with another date", strings.Replace(whole, `"2027-03-31"`, `"31.3.2027"`, 1), `skips[0].until: "until" is "31.3.2027", expected a date such as 2027-03-31`},
		{"a list for a rule", strings.Replace(whole, `"rule": "queue-fifo-group"`, `"rule": []`, 1), `skips[0].rule: expected a string, found a list`},
		{"no id", strings.Replace(whole, `"id": "a1"`, `"id": ""`, 1), `apis[0].id: missing`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := snapshot.Load(strings.NewReader(tt.text))
			var fault *snapshot.FileError
			if !errors.As(err, &fault) {
				t.Fatalf("error %v, want a *FileError", err)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %q, want it to contain %q", err, tt.want)
			}
		})
	}
}

type zeros struct{ n int }

func (z *zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '['
	}
	z.n += len(p)
	return len(p), nil
}

// A file without end is refused after MaxFileSize bytes.
func TestLoadIsBounded(t *testing.T) {
	z := &zeros{}
	if _, err := snapshot.Load(z); err == nil || !strings.Contains(err.Error(), "larger than 64 MiB") {
		t.Errorf("error %v", err)
	}
	if z.n > snapshot.MaxFileSize*3 {
		t.Errorf("read %d bytes", z.n)
	}
}

// The seeds are small: from a large one every find is made smaller first, which
// takes the time of thousands of others.
func FuzzLoad(f *testing.F) {
	seed := func(text string) {
		if _, err := snapshot.Load(strings.NewReader(text)); err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(text))
	}
	for _, api := range []string{
		`"stages":{"value":null}`,
		`"draft":{"value":{"methods":[{"httpMethod":"POST","path":"/a","integration":{"value":null}}],"validators":{"v":{"value":{"body":true,"parameters":false}}}}}`,
		`"draft":{"unknown":{"reason":"denied","needs":"x"},"origin":{"file":"t.yaml","line":3}}`,
		`"stages":{"value":[{"name":"p","settings":{"value":{"*/*":{"throttleRate":0.5,"throttleBurst":0}}},"accessLog":{"value":{"destination":"d"}}}]}`,
		`"draft":{"value":{"cors":{"value":{"origins":["*"],"maxAge":1}},"methods":[{"httpMethod":"","path":"s","routeKey":"s","scopes":{"value":["a"]}}]}}`,
	} {
		seed(`{"schema":"apisqs-doctor/snapshot/v1","apis":[{"id":"a","type":"REST",` + api + `}]}`)
	}
	seed(`{"schema":"apisqs-doctor/snapshot/v1","target":{"kind":"live"},"apis":[],"roles":{"r":{"value":{"arn":"r","inline":{"value":[{"document":{"value":"{}"}}]}}}},"queues":{"q":{"value":null}}}`)
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := snapshot.Load(bytes.NewReader(data))
		if err != nil {
			return
		}
		// What loads can be visited and saved, and loads again.
		snapshot.Facts(s)
		var out bytes.Buffer
		if err := snapshot.Save(&out, s); err != nil {
			t.Fatal(err)
		}
		if _, err := snapshot.Load(&out); err != nil {
			t.Fatalf("saved and not loaded: %v", err)
		}
	})
}
