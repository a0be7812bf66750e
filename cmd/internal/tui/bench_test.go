package tui

import (
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
)

// A key is to be answered in under 16 ms, one picture of a screen: on 500
// methods, and on a body of 1 MB.
func BenchmarkKeys(b *testing.B) {
	body := diagnose.Plain("POST", "/orders")
	body.Body = `{"text":"` + strings.Repeat("0123456789 漢 & ", 60_000) + `"}`
	for _, c := range []struct {
		name string
		o    Options
		open []string
		keys []string
	}{
		{"list", withSnapshot(many(b, 500), Options{}), nil, []string{"down", "down", "up", "pgdown", "pgup"}},
		{"filter", withSnapshot(many(b, 500), Options{}), []string{"/"}, []string{"4", "2", "backspace", "backspace"}},
		{"stages", withFixture(b, "mapping_body_not_encoded_failing", Options{Request: &body}), nil, []string{"1", "2", "3", "4", "5", "6", "7", "8"}},
		{"scroll", withFixture(b, "mapping_body_not_encoded_failing", Options{Request: &body}), []string{"2", "tab"}, []string{"down", "pgdown", "G", "g"}},
		{"search", withFixture(b, "mapping_body_not_encoded_failing", Options{Request: &body}), []string{"2", "/"}, []string{"5", "6", "backspace", "backspace"}},
		{"edit", withFixture(b, "mapping_body_not_encoded_failing", Options{Request: &body}), []string{"e"}, []string{"x", "left", "y", "backspace", "up", "down"}},
	} {
		m := started(b, c.o, 120, 40)
		press(m, c.open...)
		b.Run(c.name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				// Commands run beside the screen, so they are not waited for.
				m.Update(message(c.keys[i%len(c.keys)]))
				_ = m.View()
			}
		})
	}
}
