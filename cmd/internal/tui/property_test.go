package tui

import (
	"context"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/rules"
)

func refuseApply(context.Context, *snapshot.Snapshot, diagnose.Fix) ([]string, error) {
	panic("nothing is to be applied")
}

func plainText(s string) string { return ansi.Strip(s) }

// nasty is data that breaks layouts: wide characters, emoji of several
// characters, flags, combining marks, controls, escape sequences, invalid UTF-8.
const nasty = "漢字かな交じり文😀👨‍👩‍👧‍👦🇨🇭❤️e\u0301\u200b\u202e" + "\x1b[2J\x1b]52;c;aGk=\a\x00\x9b\r\t\xff\xfe 👍🏽ﷺ𒐫 "

func nastyRequest() *walk.Request {
	r := diagnose.Plain("POST", "/orders")
	r.Body = strings.Repeat(nasty, 40) + "\n" + nasty
	r.Headers = append(r.Headers, walk.Header{Name: "X-Note", Value: nasty})
	return &r
}

// fits checks what every screen keeps to: as many rows as there are, none wider
// than the terminal, nothing that a terminal obeys.
func fits(t *testing.T, m *model, what string) {
	t.Helper()
	view := m.View()
	lines := strings.Split(view, "\n")
	if !utf8.ValidString(view) {
		t.Fatalf("%s at %dx%d: invalid UTF-8", what, m.width, m.height)
	}
	if len(lines) != m.height {
		t.Fatalf("%s at %dx%d: %d rows", what, m.width, m.height, len(lines))
	}
	for i, l := range lines {
		n, again := measured[l]
		if !again {
			n = max(ansi.StringWidth(l), ansi.StringWidthWc(l))
			for _, r := range l {
				if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
					t.Fatalf("%s at %dx%d: row %d holds %q", what, m.width, m.height, i, r)
				}
			}
			if len(measured) > 100_000 {
				clear(measured)
			}
			measured[l] = n
		}
		if n > m.width {
			t.Fatalf("%s at %dx%d: row %d is %d wide: %q", what, m.width, m.height, i, n, l)
		}
	}
}

// measured holds rows that a terminal shows as they are, and how wide they are: most
// stand in many screens.
var measured = map[string]int{}

func TestEveryScreenFitsEverySize(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it draws every screen in every size")
	}
	for _, scene := range scenes {
		m := scene.make(t, 80, 24)
		for columns := 40; columns <= 160; columns++ {
			for _, rows := range []int{12, 15, 16, 24, 50} {
				m.Update(tea.WindowSizeMsg{Width: columns, Height: rows})
				fits(t, m, scene.name)
			}
		}
	}
}

func TestNastyDataFitsEverySize(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it draws every screen in every size")
	}
	m := started(t, withFixture(t, "mapping_body_not_encoded_failing", Options{Request: nastyRequest(), Command: "apisqs-doctor --api-id " + nasty, What: nasty}), 80, 24)
	for _, keys := range [][]string{{}, {"1"}, {"2"}, {"3"}, {"4"}, {"5"}, {"6"}, {"7"}, {"8"}, {"1", "G"}, {"n"}, {"/", "漢", "enter"}, {"esc", "esc", "t"}, {"esc", "?"}, {"esc", "s"}, {"esc", "e"}, {"up", "up", "left"}} {
		press(m, keys...)
		for columns := 40; columns <= 160; columns += 3 {
			for _, rows := range []int{12, 16, 30} {
				m.Update(tea.WindowSizeMsg{Width: columns, Height: rows})
				fits(t, m, strings.Join(keys, " "))
			}
		}
	}
}

func TestTooSmallSaysSo(t *testing.T) {
	m := fixture("orders")(t, 39, 24)
	for _, size := range [][2]int{{39, 24}, {40, 11}, {10, 3}, {1, 1}} {
		m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		fits(t, m, "too small")
	}
	m.Update(tea.WindowSizeMsg{Width: 39, Height: 24})
	shown(t, m, "too small", "40 columns")
}

// Any keys in any order leave a screen that fits.
func FuzzKeys(f *testing.F) {
	f.Add([]byte("jjnetc?q/axs"), uint8(80), uint8(24))
	f.Add([]byte("\x00t\x01\x01j\x00r\x01\x01/b\x00\x00r"), uint8(80), uint8(25))
	f.Add([]byte("e\x01\x02\x03abc\x04\x05"), uint8(40), uint8(12))
	names := []string{"enter", "esc", "tab", "down", "up", "left", "right", "pgdown", "pgup", "home", "end", "backspace", "delete", "ctrl+n", "ctrl+p", "ctrl+r", "ctrl+u", "ctrl+k", "ctrl+w"}
	list := many(f, 3)
	draft, _ := list.APIs[0].Draft.Peek()
	draft.Methods = draft.Methods[1:] // one that works, one that fails
	list.APIs[0].Draft = list.APIs[0].Draft.With(draft)
	stages, _ := list.APIs[0].Stages.Peek()
	stages[0].Deployed = stages[0].Deployed.With(draft)
	apis := newAccount(f, "a1", nasty).options().Choose
	var few []diagnose.Rule // enough for findings, fixes and a plan
	for _, r := range rules.All() {
		if r.ID == "signing-method" || r.ID == "mapping-body-not-encoded" {
			few = append(few, r)
		}
	}
	options := Options{Rules: few, Apply: func(context.Context, *snapshot.Snapshot, diagnose.Fix) ([]string, error) { return nil, nil }}
	choosing := options
	choosing.Choose = apis
	first, chosen := record(f, withSnapshot(list, options)), record(f, withSnapshot(list, choosing))
	f.Fuzz(func(t *testing.T, keys []byte, columns, rows uint8) {
		begin := first
		if rows%2 == 1 { // a list of APIs first
			begin = chosen
		}
		m := begin(int(columns), int(rows))
		keys = keys[:min(len(keys), 40)]
		for i, b := range keys {
			name := string(rune(b))
			if int(b) < len(names) {
				name = names[b]
			} else if name == "c" {
				continue // writes to the clipboard
			}
			press(m, name)
			if m.width >= 1 && m.height >= 1 && i%8 == 0 { // a screen costs as much as many keys, and other inputs end in the others
				fits(t, m, name)
			}
		}
		if m.width >= 1 && m.height >= 1 {
			fits(t, m, "the last key")
		}
	})
}

func FuzzWrap(f *testing.F) {
	f.Add(nasty, 7)
	f.Add("a/b c d,e", 3)
	f.Add("000000000000䷫0", 2)
	f.Fuzz(func(t *testing.T, s string, columns int) {
		columns = min(max(columns, 2), 200)
		s = show(s)
		if width(s) < ansi.StringWidth(s) || width(s) < ansi.StringWidthWc(s) {
			t.Fatalf("%q may take %d columns, not %d", s, max(ansi.StringWidth(s), ansi.StringWidthWc(s)), width(s))
		}
		for name, rows := range map[string][]string{"hard": hardWrap(s, columns), "soft": wrap(s, columns)} {
			if strings.Join(rows, "") != s {
				t.Fatalf("%s wrapping changes %q to %q", name, s, rows)
			}
			for _, row := range rows {
				if width(row) > columns {
					t.Fatalf("%s: %q is wider than %d", name, row, columns)
				}
			}
		}
		for _, row := range wordWrap(s, columns) {
			if width(row) > columns {
				t.Fatalf("words: %q is wider than %d", row, columns)
			}
		}
		if l := put(s, plain).cut(columns, "…"); l.width() > columns {
			t.Fatalf("%q cut to %d is %q", s, columns, l.text())
		}
	})
}
