package tui

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures"
)

var update = flag.Bool("update", false, "write the golden files")

// scenes are the screens that people see, by the name of their golden file.
var scenes = []struct {
	name  string
	shows string // a text that is on the screen at any width
	make  func(t testing.TB, columns, rows int) *model
}{
	{"loading", "7 of 24 calls", func(t testing.TB, columns, rows int) *model {
		m := newModel(context.Background(), withSnapshot(nil, Options{Width: columns, Height: rows}), newTheme(false, true, false))
		m.Init()
		var list []Event
		for i, c := range []string{"GetRestApi", "GetStages", "GetResources", "GetExport", "GetRole", "GetQueueAttributes", "DescribeKey"} {
			e := Event{Call: c, Subject: "of orders-api", Ended: true, Done: i + 1, Total: 24}
			if c == "GetRole" {
				e.Subject, e.Err = "role orders-api", errors.New("AccessDenied: not authorized to perform iam:GetRole")
			}
			list = append(list, e)
		}
		m.Update(eventsMsg{m.reading, list, feed{}})
		return m
	}},
	{"list", "BROKEN", func(t testing.TB, columns, rows int) *model {
		m := started(t, withSnapshot(many(t, 12), Options{}), columns, rows)
		press(m, "down", "down")
		return m
	}},
	{"apis", "not read", func(t testing.TB, columns, rows int) *model { return surveyed(t, columns, rows) }},
	{"route", "FAIL", fixture("route_method_missing_failing")},
	{"mapping", "FAIL", fixture("mapping_template_syntax_failing")},
	{"signing", "FAIL", fixture("signing_method_failing")},
	{"protocol", "FAIL", fixture("protocol_content_type_failing")},
	{"authorization", "FAIL", fixture("authorization_action_failing")},
	{"queue", "FAIL", fixture("queue_fifo_group_failing")},
	{"encryption", "FAIL", fixture("encryption_key_policy_failing")},
	{"response", "FAIL", fixture("response_unmapped_status_failing", "8")},
	{"inconclusive", "unknown", fixture("authorization_action_unknown")},
	{"fix", "fix", fixture("protocol_content_type_failing", "n")},
	{"cloudformation", "AWS::ApiGateway::Method", fixture("protocol_content_type_failing", "n", "right", "G")},
	{"try", "protocol", fixture("protocol_content_type_failing", "t")},
	{"edit", "Smith & Sons", fixture("mapping_body_not_encoded_failing", "e", "ctrl+n")},
	{"search", `: "content-type"`, fixture("protocol_content_type_failing", "/", "content-type", "enter", "n")},
	{"save", "report.json", fixture("protocol_content_type_failing", "s", "down")},
	{"help", "move", fixture("protocol_content_type_failing", "?")},
	{"apply", "type yes", func(t testing.TB, columns, rows int) *model {
		m := started(t, withFixture(t, "protocol_content_type_failing", Options{Apply: refuseApply}), columns, rows)
		press(m, "a", "y", "e")
		return m
	}},
	{"error", "no API", func(t testing.TB, columns, rows int) *model {
		return started(t, withSnapshot(nil, Options{Load: func(context.Context, func(Event)) (*snapshot.Snapshot, error) {
			return nil, &Problem{Message: `there is no API "a1b2c3d4" in us-east-1`, Hint: "is it in another region or account? try --region or --profile"}
		}}), columns, rows)
	}},
}

func fixture(name string, keys ...string) func(testing.TB, int, int) *model {
	return func(t testing.TB, columns, rows int) *model {
		m := started(t, withFixture(t, name, Options{}), columns, rows)
		press(m, keys...)
		return m
	}
}

var sizes = [][2]int{{60, 24}, {80, 24}, {120, 40}}

// The golden views are read before they are committed: they are how it looks.
func TestGoldenViews(t *testing.T) {
	for _, scene := range scenes {
		t.Run(scene.name, func(t *testing.T) {
			var b strings.Builder
			for _, size := range sizes {
				m := scene.make(t, size[0], size[1])
				view := m.View()
				if !strings.Contains(view, scene.shows) {
					t.Errorf("at %d columns the screen does not say %q", size[0], scene.shows)
				}
				fmt.Fprintf(&b, "== %d x %d ==\n%s\n", size[0], size[1], trimmed(view))
			}
			golden(t, scene.name, b.String())
		})
	}
}

// Colour repeats what words say: without it the text is the same.
func TestGoldenColours(t *testing.T) {
	for _, c := range []struct {
		name string
		dark bool
	}{{"light", false}, {"dark", true}} {
		t.Run(c.name, func(t *testing.T) {
			m := fixture("protocol_content_type_failing")(t, 100, 24)
			without := m.View()
			m.theme = newTheme(true, c.dark, false)
			with := m.View()
			if plainText(with) != without {
				t.Error("colours change the text")
			}
			if strings.Contains(with, "38;5") || strings.Contains(with, "38;2") {
				t.Error("a colour is none of the 16")
			}
			golden(t, c.name, strings.ReplaceAll(trimmed(with), "\x1b", "␛")+"\n")
		})
	}
}

// Where the locale has no Unicode the screen has none either, but for the data.
func TestASCIIScreen(t *testing.T) {
	o := withFixture(t, "protocol_content_type_failing", Options{Env: func(name string) string { return map[string]string{"LC_ALL": "C"}[name] }})
	o.Width, o.Height = 100, 30
	m := newModel(context.Background(), o, newTheme(false, true, asciiOnly(o.Env)))
	play(m, m.Init())
	for _, keys := range []string{"", "t", "?", "e"} {
		if keys != "" {
			press(m, keys)
		}
		for _, r := range m.View() {
			if r > '~' && r != '·' {
				t.Fatalf("after %q the screen has %q", keys, r)
			}
		}
		press(m, "esc")
	}
}

func trimmed(view string) string {
	lines := strings.Split(view, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal([]byte(got), want) {
		t.Errorf("the view differs from %s; run with -update and read the difference:\n%s", file, got)
	}
}

// many is a snapshot with n methods, every third of them broken.
func many(t testing.TB, n int) *snapshot.Snapshot {
	t.Helper()
	c, err := fixtures.Load("orders")
	if err != nil {
		t.Fatal(err)
	}
	api := &c.Snapshot.APIs[0]
	draft, _ := api.Draft.Peek()
	method := draft.Methods[0]
	draft.Methods = nil
	for i := range n {
		m := method
		m.Path = fmt.Sprintf("/orders/%03d", i+1)
		if i%3 == 2 {
			integration, _ := m.Integration.Peek()
			broken := *integration
			broken.HTTPMethod = broken.HTTPMethod.With("GET")
			m.Integration = m.Integration.With(&broken)
		}
		draft.Methods = append(draft.Methods, m)
	}
	api.Draft = api.Draft.With(draft)
	stages, _ := api.Stages.Peek()
	stages[0].Deployed = stages[0].Deployed.With(draft)
	api.Stages = api.Stages.With(stages)
	return c.Snapshot
}
