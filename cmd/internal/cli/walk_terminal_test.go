package cli

import (
	"fmt"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/fakeaws"
)

// accountOf is a snapshot with the APIs of fixtures, named and dated anew.
func accountOf(t *testing.T, fixtures ...string) *snapshot.Snapshot {
	t.Helper()
	var s *snapshot.Snapshot
	for i, name := range fixtures {
		next := loadFixture(t, name)
		api := next.APIs[0]
		api.ID, api.Name = fmt.Sprintf("a%d", i+1), fmt.Sprintf("api-%d", i+1)
		if s == nil {
			s, next.APIs = next, nil
		}
		s.APIs = append(s.APIs, api)
	}
	return s
}

// The list of an account's APIs in a real terminal: verdicts come in, it is sorted and
// filtered, three APIs are opened one after the other, and a region that cannot be
// read is told.
func TestListOnATerminal(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it runs the program in a terminal")
	}
	t.Parallel()
	server, err := fakeaws.Start(accountOf(t, "orders", "protocol_content_type_failing", "signing_method_failing", "orders", "orders", "orders"),
		fakeaws.Options{DenyIn: map[string][]string{"eu-west-1": {"*"}}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	m := startTerminal(t, "120", "30", "AWS_ENDPOINT_URL="+server.URL)
	m.keys(m.program+" walk", "Enter")
	m.sees("6 APIs", "api-1 a1", "api-6 a6", "2 broken", "4 healthy")
	m.keys("s")
	screen := m.sees("sorted by verdict")
	if strings.Index(screen, "api-2 a2") > strings.Index(screen, "api-1 a1") {
		t.Errorf("what is broken is not first:\n%s", screen)
	}
	m.keys("s")
	m.sees("sorted by age")
	m.keys("s")
	m.sees("sorted by name")
	m.keys("/")
	m.sees("filter:") // keys that come in together are one text
	m.keys("-l", "BROKEN")
	m.sees("BROKEN_")
	m.keys("Enter")
	m.sees("2 of 6", "api-2 a2", "api-3 a3")
	m.keys("Escape")
	m.sees("6 APIs", "api-1 a1")
	m.keys("Home")
	for i, want := range []string{"HEALTHY", "4 protocol       FAIL", "The request signature we calculated"} {
		m.sees(fmt.Sprintf("▸ api-%d ", i+1))
		m.keys("Enter")
		m.sees("POST /orders", want)
		m.keys("Escape")
		m.sees(fmt.Sprintf("▸ api-%d ", i+1))
		m.keys("Down")
	}
	m.keys("q")

	m = startTerminal(t, "120", "30", "AWS_ENDPOINT_URL="+server.URL)
	m.keys(m.program+" walk --region eu-west-1", "Enter")
	m.sees("apigateway:GET")
	m.keys("q")
}
