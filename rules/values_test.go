package rules_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// What the template puts into a message of a request is in the message after every
// fix that is not the user's choice, and after the plan.
func TestFixesDeliverTheValues(t *testing.T) {
	held := 0
	for _, name := range fixtures.Names() {
		c := example(t, name)
		for _, d := range diagnoses(t, c) {
			check := func(what string, s *snapshot.Snapshot, r walk.Request) {
				before, after := walk.New(c.Snapshot).Walk(r), walk.New(s).Walk(r)
				if after.FirstFailure() != nil || len(after.Queue.Messages) == 0 {
					return
				}
				got := fmt.Sprint(after.Queue.Messages)
				for _, value := range meant(before) {
					quoted, _ := json.Marshal(value) // as it stands in a message that is JSON
					if held++; !strings.Contains(got, value) && !strings.Contains(got, string(quoted[1:len(quoted)-1])) {
						t.Errorf("%s: after %q the message lacks %q: %s", name, what, value, got)
					}
				}
			}
			for _, f := range d.Findings {
				r := d.Trace.Request
				if f.Awkward.Name != "" {
					r = f.Awkward.Request
				}
				for _, fix := range f.Fixes {
					if fix.Sure() != diagnose.Choice {
						check(fix.Title, changed(t, c.Snapshot, fix), r)
					}
				}
			}
			sure := !slices.ContainsFunc(d.Plan.Fixes, func(f diagnose.Fix) bool { return f.Sure() == diagnose.Choice })
			if len(d.Plan.Fixes) > 0 && sure {
				check("the plan", changed(t, c.Snapshot, diagnose.Fix{Changes: d.Plan.Changes}), d.Trace.Request)
			}
		}
	}
	if held < 150 {
		t.Errorf("only %d values were looked for", held)
	}
}

// The message that a plan shows is the one that is delivered after it.
func TestPlansShowTheMessage(t *testing.T) {
	shown := 0
	for _, name := range fixtures.Names() {
		c := example(t, name)
		for _, d := range diagnoses(t, c) {
			if len(d.Plan.Fixes) == 0 {
				continue
			}
			after := diagnose.Judge(changed(t, c.Snapshot, diagnose.Fix{Changes: d.Plan.Changes}), d.Trace.Request, rules.All())
			if got, want := fmt.Sprint(d.Plan.Messages), fmt.Sprint(after.Messages()); got != want {
				t.Errorf("%s: the plan shows %s and delivers %s", name, got, want)
			}
			if len(d.Plan.Messages) > 0 {
				shown++
			}
		}
	}
	if shown < 80 {
		t.Errorf("only %d plans deliver a message", shown)
	}
}

// meant are the values of the request that the template prints into messages: the
// scalars of a JSON body, and those of headers, query and path.
func meant(t *walk.Trace) []string {
	var candidates []string
	var scalars func(any)
	scalars = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, in := range v {
				scalars(in)
			}
		case []any:
			for _, in := range v {
				scalars(in)
			}
		case string:
			candidates = append(candidates, v)
		case json.Number:
			candidates = append(candidates, v.String())
		}
	}
	d := json.NewDecoder(strings.NewReader(t.Request.Body))
	d.UseNumber()
	var body any
	if d.Decode(&body) == nil {
		scalars(body)
	}
	for _, h := range slices.Concat(t.Request.Headers, t.Request.Query) {
		candidates = append(candidates, h.Value)
	}
	for _, v := range t.Route.PathParams {
		candidates = append(candidates, v)
	}
	var values []string
	text := string(t.Mapping.Body)
	for _, span := range t.Mapping.Spans {
		name := text[strings.LastIndexByte(text[:span.Start], '&')+1 : span.Start]
		name, _, _ = strings.Cut(name, "=")
		if span.JavaMap || t.Protocol.Protocol == "query" && !strings.Contains(name, "Message") || !walk.FromTheClient(span) {
			continue
		}
		printed := text[span.Start:span.End]
		for range 3 {
			if plain, err := url.QueryUnescape(printed); err == nil {
				printed = plain
			}
		}
		for _, v := range candidates {
			if v != "" && strings.Contains(printed, v) {
				values = append(values, v)
			}
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// What a symbol stands for may make an address right: no finding rests on its form,
// not even one of a call that is passed on.
func TestAddressOfSymbols(t *testing.T) {
	for _, name := range []string{"protocol_symbol_in_path", "protocol_symbol_account", "signing_uri_symbol"} {
		for _, d := range diagnoses(t, example(t, name)) {
			for _, f := range d.Findings {
				if f.Rule == "signing-uri" || f.Rule == "protocol-queue-url" {
					t.Errorf("%s: %s: %s", name, f.Rule, f.Message)
				}
			}
		}
	}
}
