package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/fakeaws"

	"github.com/google/go-cmp/cmp"
)

// several is an account with the rich API and n like it, each with an id of its
// own and only a stage "live"; all lead to the same roles, queues and keys.
func several(n int) (*snapshot.Snapshot, []string) {
	s := rich()
	ids := []string{"a1b2c3d4"}
	for i := range n {
		api := rich().APIs[0]
		api.ID = fmt.Sprintf("b%07d", i)
		stages := value(api.Stages)
		api.Stages = known([]snapshot.Stage{stages[1]})
		value(api.Stages)[0].Name = "live"
		s.APIs, ids = append(s.APIs, api), append(ids, api.ID)
	}
	return s, ids
}

// Each API is read as if it were alone, in the order asked for and once, and
// what they share is read once.
func TestReadSeveral(t *testing.T) {
	s, ids := several(2)
	server, cfg := serve(t, s, fakeaws.Options{})
	asked := []string{ids[2], ids[0], ids[2], ids[1]}
	got, err := Read(context.Background(), cfg, Options{APIIDs: asked})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{ids[2], ids[0], ids[1]}, apiIDs(got)); diff != "" {
		t.Fatal(diff)
	}
	counts := map[string]int{}
	for _, c := range server.Calls() {
		counts[c.Operation+" "+c.Target]++
	}
	for call, n := range counts {
		if n > 1 {
			t.Errorf("%d times %s", n, call)
		}
	}
	for i, id := range apiIDs(got) {
		alone, err := Read(context.Background(), cfg, Options{APIIDs: []string{id}})
		if err != nil {
			t.Fatal(err)
		}
		one := *got
		one.APIs = got.APIs[i : i+1]
		if diff := cmp.Diff(plain(t, alone), strings.ReplaceAll(plain(t, &one), " of API "+id, "")); diff != "" {
			t.Errorf("%s (-alone +among others):\n%s", id, diff)
		}
	}
}

func apiIDs(s *snapshot.Snapshot) []string {
	var list []string
	for _, api := range s.APIs {
		list = append(list, api.ID)
	}
	return list
}

// An API that cannot be read is unknown, with the reason; the others are read.
func TestReadSeveralWithFailures(t *testing.T) {
	s, ids := several(1)
	for _, test := range []struct {
		name    string
		options Options
		unread  string // the API that is not
		why     string
	}{
		{"no such API", Options{APIIDs: []string{"nothing", ids[0], ids[1]}}, "nothing", `there is no API "nothing"`},
		{"no such stage", Options{APIIDs: ids, Stage: "prod"}, ids[1], `has no stage "prod"`},
		{"stage is optional", Options{APIIDs: ids, Stage: "prod", StageOptional: true}, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, cfg := serve(t, s, fakeaws.Options{})
			got, err := Read(context.Background(), cfg, test.options)
			if err != nil {
				t.Fatal(err)
			}
			for i := range got.APIs {
				api := &got.APIs[i]
				switch {
				case api.ID == test.unread:
					for _, gap := range []snapshot.Gap{api.Draft.Gap(), api.Stages.Gap(), api.Policy.Gap()} {
						if !strings.Contains(gap.Detail, test.why) || gap.Reason != snapshot.Failed {
							t.Errorf("gap %+v, want one that says %s", gap, test.why)
						}
					}
				case !api.Draft.IsKnown() || !api.Stages.IsKnown():
					t.Errorf("%s is not known: %+v", api.ID, api.Draft.Gap())
				}
			}
			again, err := Read(context.Background(), cfg, test.options)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(plain(t, got), plain(t, again)); diff != "" {
				t.Errorf("the second time differs:\n%s", diff)
			}
		})
	}
}

// When no API can be read the run is impossible.
func TestReadSeveralInVain(t *testing.T) {
	_, cfg := serve(t, rich(), fakeaws.Options{})
	_, err := Read(context.Background(), cfg, Options{APIIDs: []string{"x", "y"}})
	var e *Error
	if !errors.As(err, &e) || e.Kind != NoSuchAPI || !strings.Contains(e.Message, "none of 2 APIs") || !strings.Contains(e.Message, `"x"`) {
		t.Errorf("got %v", err)
	}
	_, cfg = serve(t, rich(), fakeaws.Options{Deny: []string{"GetRestApi"}})
	if _, err = Read(context.Background(), cfg, Options{APIIDs: []string{"x", "a1b2c3d4"}}); !errors.As(err, &e) || e.Kind != Denied {
		t.Errorf("got %v", err)
	}
}

// What was read when the time ends is worth a diagnosis: the APIs are read a few
// at a time, so that the first ones are whole.
func TestReadSeveralUntilTheTimeEnds(t *testing.T) {
	s, ids := several(19)
	_, cfg := serve(t, s, fakeaws.Options{Delay: 20 * time.Millisecond})
	ctx, cancel := context.WithTimeout(context.Background(), 700*time.Millisecond)
	defer cancel()
	got, err := Read(ctx, cfg, Options{APIIDs: ids, Quota: fullQuota()}) // in step with the quotas, which give 2 APIs a second
	if err != nil {
		t.Fatal(err)
	}
	known := slices.DeleteFunc(slices.Clone(got.APIs), func(api snapshot.API) bool { return !api.Draft.IsKnown() })
	if len(known) == 0 || len(known) == len(ids) || len(got.APIs) != len(ids) {
		t.Errorf("%d of %d APIs were read whole, %d are in the snapshot", len(known), len(ids), len(got.APIs))
	}
}

// BenchmarkReadSeveral reads 20 APIs at 50 ms a call.
func BenchmarkReadSeveral(b *testing.B) {
	s, ids := several(19)
	server, cfg := serve(b, s, fakeaws.Options{Delay: 50 * time.Millisecond})
	for b.Loop() {
		if _, err := Read(context.Background(), cfg, Options{APIIDs: ids}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(server.Calls()))/float64(b.N), "calls/op")
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/op")
}
