package accept

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// inTemplate is the example as a template gives it: two methods, of which the
// first has an integration of its own, both of one API and one queue. The evidence
// of the error stands at a role of another template.
func inTemplate() diagnose.Examination {
	e := example()
	at := func(resource string) snapshot.Origin {
		return snapshot.Origin{Resource: resource, File: "api.yaml", Line: 1}
	}
	for i, name := range []string{"OrdersPost", "EventsPost"} {
		t := e.Diagnoses[i].Trace
		t.Route.API = &snapshot.API{ID: "api", Name: "orders-api", Origin: at("Api")}
		t.Route.Method.Origin = at(name)
		t.Queue.Queue = &snapshot.Queue{Origin: snapshot.Origin{Resource: "Queue", File: "queue.yaml"}}
	}
	e.Diagnoses[0].Trace.Mapping.Integration = &snapshot.Integration{Origin: at("ToQueue")}
	e.Diagnoses[0].Findings[0].Evidence[0].Origin = snapshot.Origin{Resource: "Role", File: "roles.yaml"}
	return e
}

// by lists what the findings of an examination are suppressed by, and why.
func by(e *diagnose.Examination, r Result) []string {
	var list []string
	for i := range e.Diagnoses {
		for _, f := range e.Diagnoses[i].Findings {
			s := r.Suppressed[report.MarkOf(&e.Diagnoses[i], f)]
			list = append(list, strings.TrimSpace(s.By+" "+s.Reason))
		}
	}
	return list
}

func TestSkipsOfTemplates(t *testing.T) {
	skip := func(rule, resource, file, method, until string) snapshot.Skip {
		return snapshot.Skip{Rule: rule, Reason: "why", Until: until, Method: method, Origin: snapshot.Origin{Resource: resource, File: file, Line: 7, Column: 3}}
	}
	const header, body = "protocol-content-type", "mapping-body-not-encoded"
	warnings := []string{"", "template why", "template why"}
	for _, c := range []struct {
		name    string
		skip    snapshot.Skip
		more    Options
		by      []string // of the first method's error and warning and of the second one's warning
		notices []string
	}{
		{"method", skip(header, "OrdersPost", "api.yaml", "", ""), Options{}, []string{"template why", "", ""}, nil},
		{"method, warning", skip(body, "EventsPost", "api.yaml", "", ""), Options{}, []string{"", "", "template why"}, nil},
		{"integration", skip(body, "ToQueue", "api.yaml", "", ""), Options{}, []string{"", "template why", ""}, nil},
		{"API", skip(body, "Api", "api.yaml", "", ""), Options{}, warnings, nil},
		{"API, one path", skip(body, "Api", "api.yaml", "/events", ""), Options{}, []string{"", "", "template why"}, nil},
		{"API, one method", skip(body, "Api", "api.yaml", "post /orders", ""), Options{}, []string{"", "template why", ""}, nil},
		{"evidence", skip(header, "Role", "roles.yaml", "", ""), Options{}, []string{"template why", "", ""}, nil},
		{"whole template of the evidence", skip(header, "", "roles.yaml", "", ""), Options{}, []string{"template why", "", ""}, nil},
		{"queue without evidence", skip(body, "Queue", "queue.yaml", "", ""), Options{}, []string{"", "", ""}, []string{"queue.yaml:7: "}},
		{"whole template", skip(body, "", "api.yaml", "", ""), Options{}, warnings, nil},
		{"another template", skip(body, "", "other.yaml", "", ""), Options{}, []string{"", "", ""}, []string{"other.yaml:7: the skip of \"" + body + "\" fits no finding"}},
		{"the id in another template", skip(header, "Role", "api.yaml", "", ""), Options{}, []string{"", "", ""}, []string{"api.yaml:7: "}},
		{"another resource", skip(header, "EventsPost", "api.yaml", "", ""), Options{}, []string{"", "", ""}, []string{"api.yaml:7: "}},
		{"another method", skip(header, "OrdersPost", "api.yaml", "GET /orders", ""), Options{}, []string{"", "", ""}, []string{"api.yaml:7: "}},
		{"another rule", skip("queue-fifo-group", "OrdersPost", "api.yaml", "", ""), Options{}, []string{"", "", ""}, []string{"fits no finding"}},
		{"a part", skip(header, "EventsPost", "api.yaml", "", ""), Options{Partial: true}, []string{"", "", ""}, nil},
		{"last day", skip(header, "OrdersPost", "api.yaml", "", "2026-11-22"), Options{Today: "2026-11-22"}, []string{"template why", "", ""}, nil},
		{"ended", skip(header, "OrdersPost", "api.yaml", "", "2026-11-21"), Options{Today: "2026-11-22"}, []string{"", "", ""},
			[]string{"api.yaml:7: the skip of \"protocol-content-type\" ended on 2026-11-21, so its finding counts again"}},
		{"ended and unused", skip(header, "EventsPost", "api.yaml", "", "2026-11-21"), Options{Today: "2026-11-22"}, []string{"", "", ""}, []string{"ended on 2026-11-21 and fits no finding"}},
		{"behind the command line", skip(header, "OrdersPost", "api.yaml", "", ""), Options{Skip: []string{header}}, []string{"skip skipped on the command line", "", ""}, nil},
		{"behind the file", skip(header, "OrdersPost", "api.yaml", "", ""), Options{Config: read(t, "skips: [{rule: protocol-content-type, reason: in the file}]")}, []string{"file in the file", "", ""}, nil},
		{"without a place", skip(header, "", "", "", ""), Options{}, []string{"template why", "", ""}, nil},
		{"without a place, unused", skip("queue-fifo-group", "", "", "", ""), Options{}, []string{"", "", ""}, []string{"snapshot: the skip of"}},
	} {
		e := inTemplate()
		o := c.more
		o.Template = Stated(&snapshot.Snapshot{Skips: []snapshot.Skip{c.skip}})
		r := o.Apply(&e)
		if got := by(&e, r); !slices.Equal(got, c.by) {
			t.Errorf("%s: suppressed by %q, want %q", c.name, got, c.by)
		}
		if len(r.Notices) != len(c.notices) {
			t.Errorf("%s: notices %q", c.name, r.Notices)
			continue
		}
		for i, words := range c.notices {
			if !strings.Contains(r.Notices[i], words) {
				t.Errorf("%s: notice %q lacks %q", c.name, r.Notices[i], words)
			}
		}
		// What the template accepts is no news to a baseline.
		if b := NewBaseline(&e, r.Suppressed); len(b.Findings) != 3-len(r.Suppressed) {
			t.Errorf("%s: %d findings in the baseline, %d are suppressed", c.name, len(b.Findings), len(r.Suppressed))
		}
	}
}

// An API outside of the templates stands where the first method names it. It is
// not made from that method's resource.
func TestSkipAtImportedAPI(t *testing.T) {
	e := inTemplate()
	for i := range e.Diagnoses {
		e.Diagnoses[i].Trace.Route.API = &snapshot.API{ID: "imported", Origin: snapshot.Origin{Resource: "OrdersPost", Path: "Properties.RestApiId", File: "api.yaml"}}
	}
	o := Options{Template: []Skip{{Skip: snapshot.Skip{Rule: "mapping-body-not-encoded", Reason: "why", Origin: snapshot.Origin{Resource: "OrdersPost", File: "api.yaml"}}, by: report.ByTemplate}}}
	if got := by(&e, o.Apply(&e)); !slices.Equal(got, []string{"", "template why", ""}) {
		t.Errorf("suppressed by %q", got)
	}
}

// What stands in one place is told once, and is used when any resource needs it.
func TestSkipUsedSeveralTimes(t *testing.T) {
	at := func(resource string, column int) snapshot.Skip {
		return snapshot.Skip{Rule: "protocol-content-type", Reason: "why", Origin: snapshot.Origin{Resource: resource, File: "api.yaml", Line: 1, Column: column}}
	}
	for _, c := range []struct {
		skips   []snapshot.Skip
		notices int
	}{
		{[]snapshot.Skip{at("A", 5), at("OrdersPost", 5), at("B", 5)}, 0},
		{[]snapshot.Skip{at("A", 5), at("B", 5)}, 1},
		{[]snapshot.Skip{at("A", 5), at("OrdersPost", 9), at("B", 13)}, 2},
	} {
		e := inTemplate()
		if r := (Options{Template: Stated(&snapshot.Snapshot{Skips: c.skips})}).Apply(&e); len(r.Notices) != c.notices {
			t.Errorf("%v: notices %q, want %d", c.skips, r.Notices, c.notices)
		}
	}
}

// Findings of two APIs have one fingerprint when the APIs have one name, as a
// stack for tests and one for production do. A skip speaks for one of them.
func TestSkipAmongEqualNames(t *testing.T) {
	e := inTemplate()
	e.Diagnoses[1] = inTemplate().Diagnoses[0]
	d := &e.Diagnoses[1]
	other := *d.Trace.Route.API
	other.ID, other.Origin.File = "prod-api", "prod.yaml"
	d.Trace.Route.API, d.Trace.Route.Method.Origin.File, d.Trace.Mapping.Integration.Origin.File = &other, "prod.yaml", "prod.yaml"
	if report.Fingerprint(&e.Diagnoses[0], d.Findings[0]) != report.Fingerprint(d, d.Findings[0]) {
		t.Fatal("the findings have different fingerprints")
	}
	o := Options{Template: Stated(&snapshot.Snapshot{Skips: []snapshot.Skip{{Rule: "protocol-content-type", Reason: "why", Origin: snapshot.Origin{File: "prod.yaml"}}}})}
	r := o.Apply(&e)
	if got := by(&e, r); !slices.Equal(got, []string{"", "", "template why", ""}) {
		t.Errorf("suppressed by %q", got)
	}
	if got := verdicts(e, r); got != "broken at-risk" {
		t.Errorf("verdicts %s", got)
	}
}

// A diagnosis does not know of skips: only the gate does.
func TestDiagnosisIgnoresSkips(t *testing.T) {
	for _, name := range []string{"orders", "protocol_content_type_failing", "mapping_body_not_encoded_failing"} {
		c, err := fixtures.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		report := func(skips []snapshot.Skip) string {
			s := *c.Snapshot
			s.Skips = skips
			return reportOf(t, &s, c.Requests())
		}
		var all []snapshot.Skip
		for _, r := range rules.All() {
			all = append(all, snapshot.Skip{Rule: r.ID, Reason: "why"})
		}
		if diff := cmp.Diff(report(nil), report(all)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func reportOf(t *testing.T, s *snapshot.Snapshot, requests []walk.Request) string {
	t.Helper()
	var b strings.Builder
	e := diagnose.Examine(s, diagnose.Selection{}, requests, rules.All())
	if err := report.JSON(&b, report.Run{Snapshot: s, Examination: e, Rules: rules.All()}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
