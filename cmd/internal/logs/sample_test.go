package logs

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"apisqs-doctor/cmd/internal/logs/logtest"
)

type call = logtest.Call

const denied = logtest.Denied

// at is the time of the samples, 2026-11-30 12:00:00 UTC.
const at = 1796040000000

// events makes events of lines, one a millisecond.
func events(lines []string) []Event {
	var list []Event
	for i, line := range lines {
		list = append(list, Event{Time: at + int64(i), ID: fmt.Sprintf("%056d", i+1), Message: line})
	}
	return list
}

// document makes what FilterLogEvents answers.
func document(list []Event) string {
	type one struct {
		Stream    string `json:"logStreamName"`
		Timestamp int64  `json:"timestamp"`
		Message   string `json:"message"`
		EventID   string `json:"eventId"`
	}
	var out []one
	for _, e := range list {
		out = append(out, one{"8a9d3117f1c2d940ec6a38820cc16904", e.Time, e.Message, e.ID})
	}
	text, _ := json.MarshalIndent(map[string]any{"searchedLogStreams": []string{}, "events": out}, "", "  ")
	return string(text)
}

// reading is what reading a text has given.
type reading struct {
	list []*Observation
	*Grouper
}

func read(t testing.TB, format, text string) reading {
	t.Helper()
	var out reading
	g, err := NewGrouper(format, func(o *Observation) { out.list = append(out.list, o) })
	if err != nil {
		t.Fatal(err)
	}
	if err := Read(strings.NewReader(text), "log", g); err != nil {
		t.Fatal(err)
	}
	Sort(out.list)
	out.Grouper = g
	return out
}

func grouped(t testing.TB, list []Event) []*Observation {
	t.Helper()
	var out []*Observation
	g, err := NewGrouper("", func(o *Observation) { out = append(out, o) })
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		g.Add(e)
	}
	g.Close()
	Sort(out)
	return out
}
