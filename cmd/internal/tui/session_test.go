package tui

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// same compares what two diagnoses say; policies and templates compiled on the
// way are left out.
func same(t *testing.T, what string, got, want *diagnose.Diagnosis) {
	t.Helper()
	type said struct {
		Verdict   diagnose.Verdict
		Predicted diagnose.Prediction
		Steps     any
		Checks    []diagnose.Check
		Messages  []string
	}
	of := func(d *diagnose.Diagnosis) said {
		s := said{d.Verdict, d.Predicted, d.Trace.Steps, d.Checks, nil}
		for _, f := range d.Findings {
			s.Messages = append(s.Messages, f.Rule+": "+f.Message)
			for _, x := range f.Fixes {
				s.Messages = append(s.Messages, "fix: "+x.Title)
			}
		}
		return s
	}
	if !reflect.DeepEqual(of(got), of(want)) {
		t.Errorf("%s: the walkthrough says %+v, the engine %+v", what, of(got), of(want))
	}
}

// One whole session: every action gives what the engine gives directly.
func TestSession(t *testing.T) {
	c, err := fixtures.Load("protocol_content_type_failing")
	if err != nil {
		t.Fatal(err)
	}
	s := c.Snapshot
	direct := diagnose.Examine(s, diagnose.Selection{}, nil, rules.All())
	before := &direct.Diagnoses[0]

	var files saved
	m := started(t, withSnapshot(s, Options{Save: files.save}), 120, 40)
	shown(t, m, "BROKEN", "client gets 400", "▸ ✗  4 protocol")
	same(t, "walk", m.walk.detail.d, before)

	press(m, "up", "up")
	shown(t, m, "▸ ●  2 mapping", "mapping template application/json")
	press(m, "n")
	shown(t, m, "▸ ✗  4 protocol", "▸ finding 1 of", "send Content-Type application/x-www-form-urlencoded")
	press(m, "right")
	shown(t, m, "[cloudformation]")

	press(m, "t")
	fixed := s
	for _, change := range before.Findings[0].Fixes[0].Changes {
		if fixed, err = change.Apply(fixed); err != nil {
			t.Fatal(err)
		}
	}
	after := diagnose.Examine(fixed, diagnose.Selection{}, []walk.Request{before.Trace.Request}, rules.All())
	same(t, "try", m.trial.after, &after.Diagnoses[0])
	shown(t, m, "HEALTHY: the client gets 200", "gone", "= apisqs-doctor fix --api-id a1b2c3d4")

	press(m, "esc", "e", "ctrl+u", `{"a":"1&2"}`)
	edited := before.Trace.Request
	edited.Body = `{"a":"1&2"}`
	want := diagnose.Examine(s, diagnose.Selection{}, []walk.Request{edited}, rules.All())
	same(t, "edit", m.walk.detail.d, &want.Diagnoses[0])
	press(m, "esc")
	shown(t, m, "(edited)", `--body '{"a":"1&2"}'`)

	press(m, "s", "down", "enter")
	if len(files) != 1 || files[0].name != "report.json" || files[0].what != "json" {
		t.Fatalf("saved %+v", files)
	}
	same(t, "save", &files[0].e.Diagnoses[0], &want.Diagnoses[0])
	shown(t, m, "saved report.json")
	press(m, "w")
	shown(t, m, "report.html")
	press(m, "enter")
	if len(files) != 2 || files[1].name != "report.html" || files[1].what != "html" {
		t.Fatalf("saved %+v", files)
	}

	if _, cmd := m.Update(message("q")); cmd == nil || cmd() != tea.Quit() {
		t.Error("q does not leave")
	}
}

func TestListOpensAndReturns(t *testing.T) {
	s := many(t, 9)
	m := started(t, withSnapshot(s, Options{}), 100, 30)
	direct := diagnose.Examine(s, diagnose.Selection{}, nil, rules.All())
	for i := range direct.Diagnoses {
		same(t, "list", m.entries[i].d, &direct.Diagnoses[i])
	}
	press(m, "/", "broken", "enter", "down", "enter")
	shown(t, m, "POST /orders/006", "BROKEN")
	if strings.Contains(m.View(), "/orders/003") {
		t.Error("another method is shown too")
	}
	press(m, "esc")
	shown(t, m, "filter: broken", "3 of 9")
	press(m, "esc", "/", "nothing like it", "enter", "enter")
	shown(t, m, "nothing fits the filter")
}

// A method that is opened before its turn is diagnosed next.
func TestOpeningBeforeItsTurn(t *testing.T) {
	m := newModel(context.Background(), withSnapshot(many(t, 9), Options{Width: 100, Height: 30}), newTheme(false, true, false))
	msg := read(context.Background(), &m.o, m.o.Load, 0, newFeed())()
	_, next := m.Update(msg)
	m.methods.chosen = 7
	press(m, "enter")
	_, next = m.Update(next()) // the one that was under way
	if got := next().(examinedMsg); got.entry != 7 {
		t.Fatalf("entry %d came next", got.entry)
	}
	play(m, next)
	shown(t, m, "POST /orders/008")
}

func TestChoosingAnAPI(t *testing.T) {
	c, err := fixtures.Load("orders")
	if err != nil {
		t.Fatal(err)
	}
	load := func(context.Context, func(Event)) (*snapshot.Snapshot, error) { return c.Snapshot, nil }
	m := started(t, withSnapshot(nil, Options{Choose: func(context.Context) ([]Choice, error) {
		return []Choice{{Name: "orders-api", Detail: "a1b2c3d4", Command: "apisqs-doctor --api-id a1b2c3d4", Load: load}, {Name: "other-api", Detail: "zzz", Load: load}}, nil
	}}), 80, 24)
	shown(t, m, "2 APIs", "orders-api", "other-api")
	press(m, "enter")
	shown(t, m, "POST /orders", "HEALTHY", `= apisqs-doctor --api-id a1b2c3d4 --stage prod --method "POST /orders"`)
	press(m, "esc")
	shown(t, m, "orders-api  HEALTHY")
}

func TestErrorCanBeTriedAgain(t *testing.T) {
	c, err := fixtures.Load("orders")
	if err != nil {
		t.Fatal(err)
	}
	refused := errors.New("no credentials")
	m := started(t, withSnapshot(nil, Options{Load: func(context.Context, func(Event)) (*snapshot.Snapshot, error) {
		return c.Snapshot, refused
	}}), 80, 24)
	shown(t, m, "no credentials", "r read again")
	if !errors.Is(m.problem, refused) {
		t.Errorf("problem %v", m.problem)
	}
	refused = nil
	press(m, "r")
	shown(t, m, "HEALTHY")
	if m.problem != nil {
		t.Errorf("problem %v", m.problem)
	}
}

func TestNoMethodIsExplained(t *testing.T) {
	m := started(t, withSnapshot(&snapshot.Snapshot{APIs: []snapshot.API{{ID: "a", Type: snapshot.REST}}}, Options{}), 80, 24)
	shown(t, m, "no method is known to lead to SQS", "not-read")
}

// Applying takes the typed word, makes exactly the fix that was shown, and
// reads again.
func TestApplying(t *testing.T) {
	c, err := fixtures.Load("protocol_content_type_failing")
	if err != nil {
		t.Fatal(err)
	}
	now := c.Snapshot
	applied := 0
	o := Options{
		Load: func(context.Context, func(Event)) (*snapshot.Snapshot, error) { return now, nil },
		Apply: func(_ context.Context, s *snapshot.Snapshot, fix diagnose.Fix) ([]string, error) {
			applied++
			for _, change := range fix.Changes {
				next, err := change.Apply(s)
				if err != nil {
					return nil, err
				}
				s = next
			}
			now = s
			return []string{"update-integration: done"}, nil
		},
	}
	m := started(t, withSnapshot(nil, o), 100, 30)
	press(m, "a")
	shown(t, m, "this changes your AWS account", "aws apigateway update-integration", "type yes", "fix --api-id a1b2c3d4 --apply", "--only protocol")
	press(m, "enter", "n", "o", "enter")
	if applied != 0 {
		t.Fatal("applied without consent")
	}
	press(m, "backspace", "backspace", "y", "e", "s", "enter")
	shown(t, m, "update-integration: done", "applied")
	press(m, "enter")
	if applied != 1 {
		t.Fatalf("applied %d times", applied)
	}
	shown(t, m, "HEALTHY", "POST /orders")
}

func TestDisabledKeysSayWhy(t *testing.T) {
	for _, c := range []struct{ fixture, keys, why string }{
		{"protocol_content_type_failing", "a", "this is an example"},
		{"orders", "t", "there is no finding"},
		{"orders", "n", "there are no findings"},
		{"orders", "T", "no set of fixes"},
		{"orders", "o", "there is no other fix"},
		{"route_method_missing_failing", "t", "correct it with e"},
	} {
		m := fixture(c.fixture)(t, 100, 24)
		press(m, c.keys)
		shown(t, m, c.why)
	}
}

func TestEditing(t *testing.T) {
	m := fixture("orders", "e")(t, 100, 24)
	press(m, "home", "up", "up", "up", "ctrl+k", "nonsense")
	shown(t, m, "expected a method and a path")
	press(m, "esc")
	if m.at != atEdit {
		t.Error("an invalid request was accepted")
	}
	press(m, "ctrl+r")
	if m.invalid != nil || format(&m.walk.request) != format(&m.walk.first) {
		t.Error("the changes are not taken back")
	}
	presets := m.walk.presets
	if len(presets) < 10 {
		t.Fatalf("only %d presets", len(presets))
	}
	for i, p := range presets {
		press(m, "ctrl+n")
		shown(t, m, "preset: "+p.Name)
		if format(&m.walk.request) != format(&p.Request) {
			t.Errorf("preset %d: %q", i, format(&m.walk.request))
		}
	}
	m.Update(writtenMsg{text: "PUT /orders\nX-A: 1\n\nbody\n"})
	if m.editor.text != "PUT /orders\nX-A: 1\n\nbody" {
		t.Errorf("the editor's newline stays: %q", m.editor.text)
	}
}

// While a walk is under way only the last of several changes is walked.
func TestEditsDoNotQueue(t *testing.T) {
	m := fixture("orders", "e")(t, 100, 24)
	_, first := m.Update(message("a"))
	for _, k := range []string{"b", "c", "d"} {
		if _, cmd := m.Update(message(k)); cmd != nil {
			t.Fatal("a second walk began beside the first")
		}
	}
	play(m, first)
	if !strings.HasSuffix(m.walk.request.Body, "abcd") {
		t.Errorf("body %q", m.walk.request.Body)
	}
}

func TestLoadingCancels(t *testing.T) {
	for _, k := range []string{"q", "ctrl+c"} {
		var reading context.Context
		o := withSnapshot(nil, Options{Load: func(ctx context.Context, _ func(Event)) (*snapshot.Snapshot, error) {
			reading = ctx
			<-ctx.Done()
			return nil, ctx.Err()
		}, Width: 80, Height: 24})
		m := newModel(context.Background(), o, newTheme(false, true, false))
		cmd := m.Init()
		done := make(chan tea.Msg)
		go func() { done <- cmd().(tea.BatchMsg)[0]() }()
		_, quit := m.Update(message(k))
		if quit == nil || quit() != tea.Quit() {
			t.Errorf("%s does not leave", k)
		}
		m.Update(<-done)
		if reading.Err() == nil || m.problem != nil {
			t.Errorf("%s: reading %v, problem %v", k, reading.Err(), m.problem)
		}
	}
}

// Messages of an earlier reading change nothing.
func TestLateMessagesAreDropped(t *testing.T) {
	m := fixture("orders")(t, 80, 24)
	before := m.View()
	m.Update(loadedMsg{reading: m.reading - 1, err: errors.New("late")})
	m.Update(examinedMsg{reading: m.reading - 1})
	m.Update(triedMsg{trial: m.trials - 1, err: errors.New("late")})
	if m.View() != before {
		t.Error("a late message shows")
	}
}

// The clipboard gets the text of the fix and nothing else is written.
func TestCopying(t *testing.T) {
	var out strings.Builder
	m := started(t, withFixture(t, "protocol_content_type_failing", Options{Out: &out, Env: func(name string) string { return map[string]string{"SSH_CONNECTION": "x"}[name] }}), 100, 30)
	press(m, "c")
	shown(t, m, "copied the fix (cli)")
	if s := out.String(); !strings.HasPrefix(s, "\x1b]52;c;") || !strings.HasSuffix(s, "\x07") {
		t.Errorf("wrote %q", s)
	}
}

func TestRunWantsATerminal(t *testing.T) {
	_, err := Run(context.Background(), Options{In: strings.NewReader(""), Out: &strings.Builder{}, Command: "apisqs-doctor --api-id a"})
	var not *NotATerminal
	if !errors.As(err, &not) || !strings.Contains(not.Hint(), "apisqs-doctor --api-id a") {
		t.Errorf("error %v", err)
	}
}

// A request is the same after it was written as text and read again.
func FuzzRequest(f *testing.F) {
	f.Add("POST", "/orders", "x", "a&b", "X-A", "1", "body\n\n&")
	f.Fuzz(func(t *testing.T, method, path, query, value, name, header, body string) {
		r := walk.Request{Method: method, Path: path, Query: []walk.Header{{Name: query, Value: value}}, Headers: []walk.Header{{Name: name, Value: header}}, Body: body}
		got, err := parse(format(&r), &r)
		if err != nil {
			return
		}
		again, err := parse(format(&got), &r)
		if err != nil {
			t.Fatalf("%q is read, but not what it is written as: %v", format(&r), err)
		}
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(again)
		if string(a) != string(b) {
			t.Fatalf("%s becomes %s", a, b)
		}
	})
}

// The calls are folded into a line, and what was refused stays on record.
func TestReadingIsSummedUp(t *testing.T) {
	c, err := fixtures.Load("authorization_action_unknown")
	if err != nil {
		t.Fatal(err)
	}
	m := started(t, withSnapshot(nil, Options{Load: func(_ context.Context, progress func(Event)) (*snapshot.Snapshot, error) {
		for i, call := range []string{"GetRestApi", "GetStages", "ListRolePolicies"} {
			progress(Event{Call: call, Total: 3, Done: i})
			e := Event{Call: call, Total: 3, Done: i + 1, Ended: true}
			if i == 2 {
				e.Err = errors.New("AccessDenied")
			}
			progress(e)
		}
		return c.Snapshot, nil
	}}), 100, 40)
	// What comes in after the end is counted too.
	m.loading.add(Event{})
	shown(t, m, "INCONCLUSIVE", "▸ ?  5 authorization", "needs iam:ListRolePolicies")
	if s := m.loading.summary(0); s != "3 calls, 0.0 s, 1 refused" {
		t.Errorf("summary %q", s)
	}
}

// A request of the user's is put in its place once the target is read.
func TestPlacing(t *testing.T) {
	c, err := fixtures.Load("orders")
	if err != nil {
		t.Fatal(err)
	}
	r := diagnose.Plain("POST", "/nowhere")
	m := started(t, withSnapshot(c.Snapshot, Options{Place: func(*snapshot.Snapshot) (*walk.Request, diagnose.Selection, error) {
		return &r, diagnose.Selection{}, nil
	}}), 100, 30)
	shown(t, m, "POST /nowhere", "BROKEN", `--method "POST /nowhere" --body '{"id":1,"text":"hello"}'`)
	m = started(t, withSnapshot(c.Snapshot, Options{Place: func(*snapshot.Snapshot) (*walk.Request, diagnose.Selection, error) {
		return nil, diagnose.Selection{}, &Problem{Message: "which method?", Hint: "one of POST /orders"}
	}}), 100, 30)
	shown(t, m, "which method?", "one of POST /orders")
}

// Fixes are shown at first in the notation of what was read.
func TestNotationOfTheTarget(t *testing.T) {
	for kind, want := range map[string]string{snapshot.Live: "[cli]", snapshot.Saved: "[cli]", snapshot.Template: "[cloudformation]", snapshot.OpenAPI: "[cloudformation]", snapshot.Terraform: "[terraform]"} {
		o := withFixture(t, "protocol_content_type_failing", Options{})
		load := o.Load
		o.Load = func(ctx context.Context, progress func(Event)) (*snapshot.Snapshot, error) {
			s, err := load(ctx, progress)
			changed := *s
			changed.Target.Kind = kind
			return &changed, err
		}
		m := started(t, o, 160, 60)
		press(m, "n")
		shown(t, m, want)
	}
}
