package tui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures"
)

// account is a stub of an account: what reading each API gives, and what was read.
type account struct {
	names   []string
	gives   map[string]func(context.Context) (*snapshot.Snapshot, error) // by name; the others give a healthy API
	reads   []string                                                     // in order
	healthy *snapshot.Snapshot
	lock    sync.Mutex // of reads
}

func newAccount(t testing.TB, names ...string) *account {
	t.Helper()
	c, err := fixtures.Load("orders")
	if err != nil {
		t.Fatal(err)
	}
	return &account{names: names, gives: map[string]func(context.Context) (*snapshot.Snapshot, error){}, healthy: c.Snapshot}
}

// snapshot makes the API one that is read as s.
func (a *account) snapshot(name string, s *snapshot.Snapshot) {
	a.gives[name] = func(context.Context) (*snapshot.Snapshot, error) { return s, nil }
}

func (a *account) fixture(t testing.TB, name, fixture string) {
	t.Helper()
	c, err := fixtures.Load(fixture)
	if err != nil {
		t.Fatal(err)
	}
	a.snapshot(name, c.Snapshot)
}

func (a *account) choices() []Choice {
	var list []Choice
	for _, name := range a.names {
		list = append(list, Choice{Name: name, Detail: "about " + name, Command: "apisqs-doctor --api-id " + name,
			Load: func(ctx context.Context, progress func(Event)) (*snapshot.Snapshot, error) {
				a.lock.Lock()
				a.reads = append(a.reads, name)
				a.lock.Unlock()
				progress(Event{Call: "GetRestApi", Subject: name, Ended: true, Done: 1, Total: 1})
				if give := a.gives[name]; give != nil {
					return give(ctx)
				}
				return a.healthy, nil
			}})
	}
	return list
}

func (a *account) options() Options {
	return withSnapshot(nil, Options{visits: 1, What: "the account", Command: "apisqs-doctor walk", Choose: func(context.Context) ([]Choice, error) { return a.choices(), nil }})
}

// readings carries out the survey until n APIs have been read and the next
// one's reading is about to begin, and returns that.
func readings(m *model, n int) tea.BatchMsg {
	cmd := m.chosen(choicesMsg{choices: must(m.o.Choose(context.Background()))})
	for cmd != nil {
		msg := cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			if n == 0 {
				return batch
			}
			n--
			msg = batch[0]()
		}
		_, cmd = m.Update(msg)
	}
	return nil
}

func must[T any](v T, _ error) T { return v }

func listing(a *account, columns, rows int) *model {
	o := a.options()
	o.Width, o.Height = columns, rows
	m := newModel(context.Background(), o, newTheme(false, true, false))
	m.Init()
	return m
}

// row is the row of the list with the API's name.
func row(t *testing.T, m *model, name string) string {
	t.Helper()
	for _, l := range strings.Split(m.View(), "\n") {
		if strings.Contains(l, " "+name+" ") {
			return l
		}
	}
	t.Fatalf("no row of %s:\n%s", name, m.View())
	return ""
}

func says(t *testing.T, m *model, name, want string) {
	t.Helper()
	if l := row(t, m, name); !strings.Contains(l, want) {
		t.Errorf("%s is %q, not %q", name, l, want)
	}
}

// surveyed is a list of APIs in every state.
func surveyed(t testing.TB, columns, rows int) *model {
	a := newAccount(t, "orders-api", "refunds-api", "pets-api", "locked-api", "hidden-api", "mail-api", "audit-api")
	a.fixture(t, "refunds-api", "protocol_content_type_failing")
	a.snapshot("pets-api", many(t, 0))
	a.gives["locked-api"] = func(context.Context) (*snapshot.Snapshot, error) {
		return nil, errors.New("AccessDeniedException: not authorized to perform\napigateway:GET")
	}
	a.snapshot("hidden-api", &snapshot.Snapshot{APIs: []snapshot.API{{ID: "hidden-api", Type: snapshot.REST}}})
	m := listing(a, columns, rows)
	readings(m, 5)
	return m
}

func TestSurveyTellsEveryState(t *testing.T) {
	m := surveyed(t, 120, 24)
	says(t, m, "orders-api", "HEALTHY")
	says(t, m, "refunds-api", "BROKEN")
	says(t, m, "pets-api", "no method to SQS")
	says(t, m, "locked-api", "not read      AccessDeniedException: not authorized to perform apigateway:GET")
	says(t, m, "hidden-api", "INCONCLUSIVE  methods may be missing: not-read") // nothing of it could be listed, so it is not known to be healthy
	says(t, m, "mail-api", "reading")
	says(t, m, "audit-api", "waiting")
	shown(t, m, "7 APIs", "1 broken", "1 inconclusive", "1 healthy", "1 not read", "2 to look at")
}

// The list is sorted by name, verdict or age; the chosen row stays the chosen one.
func TestSurveyIsSorted(t *testing.T) {
	m := surveyed(t, 120, 24)
	for i := range m.choices {
		m.choices[i].Created = fmt.Sprintf("2026-01-%02d", 10+i*7%5)
	}
	names := func() (list []string) {
		for _, i := range m.apis.visible() {
			list = append(list, strings.Fields(m.apis.items[i].name)[0])
		}
		return list
	}
	want := func(order string, list ...string) {
		t.Helper()
		if got := names(); !slices.Equal(got, list) {
			t.Errorf("by %s: %v", order, got)
		}
	}
	want("name", "orders-api", "refunds-api", "pets-api", "locked-api", "hidden-api", "mail-api", "audit-api")
	press(m, "down", "s")
	shown(t, m, "sorted by verdict", "▸ refunds-api")
	want("verdict", "refunds-api", "locked-api", "hidden-api", "orders-api", "pets-api", "mail-api", "audit-api")
	press(m, "s")
	shown(t, m, "sorted by age, the newest first", "▸ refunds-api")
	want("age", "pets-api", "hidden-api", "refunds-api", "audit-api", "locked-api", "orders-api", "mail-api")
	press(m, "s")
	want("name", "orders-api", "refunds-api", "pets-api", "locked-api", "hidden-api", "mail-api", "audit-api")
}

func TestSurveyReadsOneAfterTheOther(t *testing.T) {
	a := newAccount(t, "a1", "b2", "c3")
	for n := range a.names {
		m := listing(newAccount(t, a.names...), 100, 24)
		batch := readings(m, n)
		if len(batch) != 2 { // the reading, and what listens to its calls
			t.Fatalf("after %d readings %d commands begin", n, len(batch))
		}
		for i, name := range a.names {
			says(t, m, name, []string{"HEALTHY", "reading", "waiting"}[min(max(i-n+1, 0), 2)])
		}
	}
	if readings(listing(a, 100, 24), 3) != nil {
		t.Error("a fourth of three APIs is read")
	}
	if !slices.Equal(a.reads, a.names) {
		t.Errorf("read %q", a.reads)
	}
}

// What was read is shown without reading it again, also when one comes back.
func TestSurveyedIsNotReadAgain(t *testing.T) {
	a := newAccount(t, "a1", "b2")
	a.snapshot("b2", many(t, 6))
	m := started(t, a.options(), 100, 24)
	for range 2 {
		press(m, "enter")
		shown(t, m, "HEALTHY", "POST /orders", "= apisqs-doctor --api-id a1")
		press(m, "esc", "down", "enter")
		shown(t, m, "6 methods to SQS", "2 broken", "1 call")
		press(m, "esc", "up")
	}
	if !slices.Equal(a.reads, a.names) {
		t.Errorf("read %q", a.reads)
	}
	says(t, m, "b2", "BROKEN")
	// r reads anew.
	press(m, "enter", "r")
	if !slices.Equal(a.reads, []string{"a1", "b2", "a1"}) {
		t.Errorf("read %q", a.reads)
	}
}

// The API that is just being read is opened as soon as it is.
func TestOpeningWhatIsBeingRead(t *testing.T) {
	a := newAccount(t, "a1", "b2", "c3")
	m := listing(a, 100, 24)
	batch := readings(m, 1)
	m.apis.chosen = 1
	press(m, "enter")
	if m.at != atLoading || len(a.reads) != 1 {
		t.Fatalf("screen %d, read %q", m.at, a.reads)
	}
	play(m, batch[0])
	play(m, batch[1])
	shown(t, m, "POST /orders", "HEALTHY", "--api-id b2")
	if !slices.Equal(a.reads, []string{"a1", "b2"}) {
		t.Errorf("read %q: opening one stops the survey", a.reads)
	}
	press(m, "esc") // and the list goes on with it
	if !slices.Equal(a.reads, a.names) {
		t.Errorf("read %q", a.reads)
	}
}

// Opening another API, reading the list again and quitting end the reading
// under way; what still comes in of it changes nothing.
func TestSurveyStops(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []string
		from int // readings before the one that is stopped
	}{
		{"open another", []string{"down", "down", "enter"}, 0},
		{"open one that was read", []string{"enter"}, 1},
		{"list again", []string{"r"}, 1},
		{"q", []string{"q"}, 1},
		{"ctrl+c", []string{"ctrl+c"}, 0},
		{"quit from the help", []string{"?", "q"}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newAccount(t, "a1", "b2", "c3")
			m := listing(a, 100, 24)
			batch := readings(m, c.from)
			begun, ended := make(chan context.Context), make(chan tea.Msg)
			a.gives[a.names[c.from]] = func(ctx context.Context) (*snapshot.Snapshot, error) {
				begun <- ctx
				<-ctx.Done()
				return nil, ctx.Err()
			}
			go func() { ended <- batch[0]() }()
			ctx := <-begun
			delete(a.gives, a.names[c.from])
			if ctx.Err() != nil {
				t.Fatal("cancelled too early")
			}
			press(m, c.keys...)
			if ctx.Err() == nil {
				t.Fatal("the reading goes on")
			}
			before := m.View()
			_, cmd := m.Update(<-ended)
			if cmd != nil || m.View() != before || m.problem != nil {
				t.Errorf("what came in late shows, problem %v:\n%s", m.problem, m.View())
			}
		})
	}
}

// A reading that was stopped is made up for once the list is back.
func TestSurveyGoesOn(t *testing.T) {
	a := newAccount(t, "a1", "b2", "c3")
	m := listing(a, 100, 24)
	readings(m, 0)
	press(m, "end", "enter")
	shown(t, m, "--api-id c3")
	if !slices.Equal(a.reads, []string{"c3"}) {
		t.Errorf("read %q", a.reads)
	}
	press(m, "esc")
	if !slices.Equal(a.reads, []string{"c3", "a1", "b2"}) {
		t.Errorf("read %q", a.reads)
	}
	shown(t, m, "3 healthy")
}

// Methods whose diagnosis was left unfinished are diagnosed without reading.
func TestSurveyFinishesDiagnoses(t *testing.T) {
	a := newAccount(t, "a1", "b2")
	a.snapshot("a1", many(t, 3))
	m := listing(a, 100, 24)
	batch := readings(m, 0)
	_, cmd := m.Update(batch[0]()) // read, and no method diagnosed
	press(m, "down", "enter", "esc")
	if _, late := m.Update(cmd()); late != nil {
		t.Error("a late diagnosis leads to another one")
	}
	says(t, m, "a1", "BROKEN")
	if !slices.Equal(a.reads, a.names) {
		t.Errorf("read %q", a.reads)
	}
}

func TestSurveyFailureCanBeTriedAgain(t *testing.T) {
	a := newAccount(t, "a1", "b2")
	a.gives["a1"] = func(context.Context) (*snapshot.Snapshot, error) {
		return nil, &Problem{Message: "throttled", Hint: "wait"}
	}
	m := started(t, a.options(), 100, 24)
	says(t, m, "a1", "not read      throttled")
	press(m, "enter")
	shown(t, m, "throttled", "wait")
	delete(a.gives, "a1")
	press(m, "esc")
	says(t, m, "a1", "not read") // only when it is asked for
	press(m, "enter", "esc")
	says(t, m, "a1", "HEALTHY")
	if !slices.Equal(a.reads, []string{"a1", "b2", "a1", "a1"}) {
		t.Errorf("read %q", a.reads)
	}
}

// A fix to a role or a queue that APIs share changes more than the open one.
func TestApplyingForgetsWhatWasRead(t *testing.T) {
	a := newAccount(t, "a1", "b2")
	a.fixture(t, "a1", "protocol_content_type_failing")
	o := a.options()
	o.NoApply, o.Apply = "", func(context.Context, *snapshot.Snapshot, diagnose.Fix) ([]string, error) {
		delete(a.gives, "a1")
		return nil, nil
	}
	m := started(t, o, 100, 24)
	press(m, "enter", "a", "y", "e", "s", "enter", "enter")
	shown(t, m, "HEALTHY", "POST /orders")
	press(m, "esc")
	if !slices.Equal(a.reads, []string{"a1", "b2", "a1", "b2"}) {
		t.Errorf("read %q", a.reads)
	}
	shown(t, m, "2 healthy")
}

// A filter looks at the verdicts too; the cursor never stays on a row that it
// has come to hide.
func TestSurveyUnderAFilter(t *testing.T) {
	m := listing(newAccount(t, "a1", "b2", "c3"), 100, 24)
	batch := readings(m, 0)
	press(m, "/", "ing", "enter") // reading and waiting
	says(t, m, "a1", "▸")
	_, cmd := m.Update(batch[0]())
	m.Update(cmd())
	says(t, m, "b2", "▸")
	shown(t, m, "2 of 3")
}

// In a running program four APIs are read at a time, each of them once, and the
// verdicts come in as they do.
func TestSurveyInAProgram(t *testing.T) {
	a := newAccount(t, "a1", "b2", "c3", "d4", "e5", "f6", "g7", "h8", "i9")
	var program *tea.Program
	var lock sync.Mutex
	active, most, read := 0, 0, 0
	for _, name := range a.names {
		a.gives[name] = func(context.Context) (*snapshot.Snapshot, error) {
			lock.Lock()
			active++
			most = max(most, active)
			lock.Unlock()
			time.Sleep(20 * time.Millisecond) // for others to begin in
			lock.Lock()
			defer lock.Unlock()
			active--
			if read++; read == len(a.names) {
				program.Send(message("q"))
			}
			return a.healthy, nil
		}
	}
	o := a.options()
	o.visits = 0
	o.Width, o.Height, o.frame = 80, 24, time.Millisecond
	program = tea.NewProgram(newModel(context.Background(), o, newTheme(false, true, false)), tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithoutSignals())
	if _, err := program.Run(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(a.reads)
	if !slices.Equal(a.reads, a.names) || most != visitsAtOnce {
		t.Errorf("read %q, %d at a time", a.reads, most)
	}
}

// Of four that are read, the one that is opened is read on, and the others end; they
// are read once more when the list is back.
func TestOpeningOneOfFour(t *testing.T) {
	a := newAccount(t, "a1", "b2", "c3", "d4", "e5", "f6")
	o := a.options()
	o.Width, o.Height, o.visits = 100, 24, 0
	m := newModel(context.Background(), o, newTheme(false, true, false))
	m.Init()
	begun := make(chan string, 10)
	contexts := map[string]context.Context{}
	open := make(chan bool)
	for _, name := range a.names {
		a.gives[name] = func(ctx context.Context) (*snapshot.Snapshot, error) {
			contexts[name] = ctx
			begun <- name
			select {
			case <-open:
				return a.healthy, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
	}
	batch := m.chosen(choicesMsg{choices: must(m.o.Choose(context.Background()))})().(tea.BatchMsg)
	if len(batch) != 2*visitsAtOnce { // the readings, and what listens to their calls
		t.Fatalf("%d commands begin", len(batch))
	}
	ended := make(chan tea.Msg, visitsAtOnce)
	for i := range visitsAtOnce {
		go func() { ended <- batch[2*i]() }()
		<-begun
	}
	for i, name := range a.names {
		says(t, m, name, []string{wordReading, wordWaiting}[i/visitsAtOnce])
	}
	press(m, "down", "enter")
	for _, name := range a.names[:visitsAtOnce] {
		if (contexts[name].Err() == nil) != (name == "b2") {
			t.Errorf("%s: %v", name, contexts[name].Err())
		}
	}
	for range visitsAtOnce - 1 { // what still comes in of the others
		if _, cmd := m.Update(<-ended); cmd != nil || m.at != atLoading {
			t.Fatal("what was stopped shows")
		}
	}
	close(open)
	_, cmd := m.Update(<-ended)
	play(m, cmd)
	shown(t, m, "HEALTHY", "--api-id b2")
	for _, name := range a.names {
		delete(a.gives, name)
	}
	press(m, "esc")
	shown(t, m, "6 healthy")
	if len(a.reads) != 9 {
		t.Errorf("read %q", a.reads)
	}
}

// The prompts of screen readers read only what is chosen.
func TestLinearReadsNothingUnasked(t *testing.T) {
	a := newAccount(t, "a1", "b2")
	o := a.options()
	var out bytes.Buffer
	o.Accessible, o.In, o.Out = true, strings.NewReader("2\nq\n"), &out
	if _, err := Run(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(a.reads, []string{"b2"}) {
		t.Errorf("read %q", a.reads)
	}
	if strings.Contains(out.String(), wordWaiting) {
		t.Error(out.String())
	}
}
