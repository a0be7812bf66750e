package cases

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/walk"
)

// request reads a call as the command line does, as far as it matters here.
func request(text string) (walk.Request, error) {
	var r struct{ Method, Path, Body string }
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return walk.Request{}, errors.New("not an object")
	}
	return walk.Request{Method: r.Method, Path: r.Path, Body: r.Body}, nil
}

const sample = `# kept
target: {file: t.yaml, parameters: {A: b}, region: eu-west-1}
cases:
  - name: one
    request: {method: POST, path: /x, body: y}
    expect:
      message: {b: 1, a: [2]}
      attributes: {n: v}
      groupId: null
      answer: {status: 200}
  - request: {method: POST, path: /x}
    expect: safe
  - request: {method: POST, path: /x}
    expect:
`

func TestRead(t *testing.T) {
	f, err := Read("f.yaml", []byte(sample), request)
	if err != nil {
		t.Fatal(err)
	}
	if f.Target.File != "t.yaml" || f.Target.Parameters["A"] != "b" || len(f.Cases) != 3 || f.Cases[0].Line != 4 || f.Cases[1].Name != "case 2" {
		t.Errorf("read %+v", f)
	}
	var whats []string
	for _, e := range f.Cases[0].Expect {
		whats = append(whats, e.What)
	}
	if got := strings.Join(whats, " "); got != "message attributes.n groupId answer.status" {
		t.Errorf("expectations %s", got)
	}
}

func TestReadProblems(t *testing.T) {
	for text, want := range map[string]string{
		"": "the file is empty", "[1]": ":1: not an object", "target: x": ":1: no cases", "cases: []": ":1: no target",
		"target: x\ncases:\n  - {expect: safe}": ":3: the case has no request", "target: x\ncases:\n  - {request: {}}": ":3: the case expects nothing",
		"target: x\ncases:\n  - {request: [], expect: safe}": ":3: request: not an object", "target: {fil: x}\ncases: []": `:1: unknown member "fil"`,
		"target: x\ncases:\n  - {request: {}, expect: {verdict: fine}}": `"fine" is no value of verdict`, "target: x\ntarget: y": "",
		"target: x\ncases:\n  - {request: {}, expect: {answer: {code: 1}}}": `unknown member "code"`,
	} {
		_, err := Read("f.yaml", []byte(text), request)
		var content *Error
		if !errors.As(err, &content) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

func TestMet(t *testing.T) {
	for _, c := range []struct {
		e    Expectation
		got  value
		want bool
	}{
		{Expectation{Want: "a"}, value{text: "a", there: true}, true},
		{Expectation{Want: "a"}, value{text: "b", there: true}, false},
		{Expectation{Want: ""}, value{}, false},
		{Expectation{None: true}, value{}, true},
		{Expectation{None: true}, value{there: true}, false},
		{Expectation{Want: `{"a":[1],"b":2}`, JSON: true}, value{text: `{ "b": 2, "a": [1] }`, there: true}, true},
		{Expectation{Want: `{"a":[1]}`, JSON: true}, value{text: `{"a":[2]}`, there: true}, false},
		{Expectation{Want: `{"a":[1]}`, JSON: true}, value{text: `no`, there: true}, false},
	} {
		if got := c.e.met(c.got); got != c.want {
			t.Errorf("%+v with %+v: %v", c.e, c.got, got)
		}
	}
}

// What is written anew expects what was given, and says the rest as before.
func TestUpdate(t *testing.T) {
	f, err := Read("f.yaml", []byte(sample), request)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]value{"message": {text: "new & \"it\"\n", there: true}, "verdict": {text: "healthy", there: true}, "answer.status": {text: "400", there: true},
		"everyBody": {text: "unsafe", there: true}, "attributes.n": {text: "1", there: true}}
	var outcomes []Outcome
	for i := range f.Cases {
		o := Outcome{Case: &f.Cases[i], got: got}
		for _, e := range f.Cases[i].Expect {
			if !e.met(got[e.What]) {
				o.Differences = append(o.Differences, Difference{What: e.What, Known: true})
			}
		}
		outcomes = append(outcomes, o)
	}
	text, changed, err := f.Update(outcomes)
	if err != nil || !changed || !strings.HasPrefix(string(text), "# kept\n") {
		t.Fatalf("%v %v\n%s", changed, err, text)
	}
	again, err := Read("f.yaml", text, request)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, c := range again.Cases {
		if len(c.Expect) == 0 {
			t.Errorf("%s expects nothing\n%s", c.Name, text)
		}
		for _, e := range c.Expect {
			if !e.met(got[e.What]) {
				t.Errorf("%s %s is %+v\n%s", c.Name, e.What, e, text)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(sample)
	f.Add("target: x\ncases:\n  - {request: {method: POST}, expect: {message: {a: &b [1], c: *b}}}")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Read("f.yaml", []byte(text), request)
		var content *Error
		if err != nil && !errors.As(err, &content) {
			t.Fatalf("bad error %#v", err)
		}
		if err == nil && (len(file.Cases) == 0 || file.Target.File == "") {
			t.Fatalf("%q is taken for cases", text)
		}
	})
}
