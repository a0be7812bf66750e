package live

import (
	"fmt"
	"maps"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"apisqs-doctor/fixtures/fakeaws"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// reasons are what is said of each fault; one of them at least.
var reasons = map[fakeaws.Fault][]string{
	fakeaws.Empty:     {"the answer has no ", "carries no integrations", "expected an OpenAPI 3 document"},
	fakeaws.Foreign:   {"the answer has no ", "expected an OpenAPI 3 document"},
	fakeaws.Truncated: {"the answer ends in the middle", "the answer is not AWS's", "expected an OpenAPI 3 document"},
	fakeaws.Endless:   {"the answer is larger than"},
	fakeaws.Redirect:  {"redirected to another host, localhost:"},
	fakeaws.Storm:     {"throttled by AWS: "},
	fakeaws.Slow:      {"timed out", "in time"},
	fakeaws.Reset:     {"the connection failed"},
}

// Each operation in turn gives each answer that AWS never gives: what is read
// then is either what is read without the fault or unknown, with the reason.
func TestNoFaultyAnswerIsTakenForTheTruth(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it reads an API once for every fault of every call")
	}
	truth := leaves(t, saved(t, rich()))
	names := rich()
	namedValidator(names)
	namedAuthorizer(names)
	rewrittenModel(names)
	unaligned := leaves(t, saved(t, names))
	turns := make(chan struct{}, 8)
	for _, lost := range append(slices.Clone(faults), fakeGetRestAPI) {
		operation, without := lost.operation, leaves(t, saved(t, lost.expected()))
		for _, fault := range fakeaws.Faults {
			t.Run(string(fault)+"/"+operation, func(t *testing.T) {
				t.Parallel()
				alike := without
				if fault == fakeaws.Slow { // other calls may not end in time either
					alike = maps.Clone(without)
					maps.Copy(alike, unaligned)
				}
				turns <- struct{}{}
				defer func() { <-turns }()
				server, cfg := serve(t, rich(), fakeaws.Options{Faults: map[string]fakeaws.Fault{operation: fault}})
				cfg.HTTPClient = &wire{client: newWire(nil).client, largest: 1 << 20}
				limit := slow
				if fault == fakeaws.Slow {
					limit = 600 * time.Millisecond
				}
				got, err := readWithin(t, limit, cfg, Options{APIIDs: []string{"a1b2c3d4"}})
				if err != nil {
					if !saysOneOf(err.Error(), reasons[fault]) {
						t.Errorf("%q says none of %q", err, reasons[fault])
					}
					return
				}
				saved := saved(t, got)
				for path, value := range leaves(t, saved) {
					if was, ok := truth[path]; !(ok && was == value) && alike[path] != value {
						t.Errorf("%s is read as %s, and is %q", path, value, was)
					}
				}
				harmless := slices.Contains([]string{"GetDeployments", "GetCallerIdentity", "GetQueueUrl"}, operation)
				if !harmless && fault != fakeaws.Slow && !saysOneOf(saved, reasons[fault]) {
					t.Errorf("the snapshot says none of %q", reasons[fault])
				}
				for _, call := range server.Calls() {
					if call.Operation == fakeaws.Elsewhere {
						t.Error("the redirect was followed")
					}
				}
			})
		}
	}
}

var fakeGetRestAPI = fault{operation: "GetRestApi"}

func saysOneOf(text string, list []string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.Contains(text, s) })
}

// leaves gives what a snapshot's file says for certain: its plain values by path, and
// of its lists how long they are.
func leaves(t *testing.T, file string) map[string]string {
	t.Helper()
	out := map[string]string{}
	var visit func(path string, v any)
	visit = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, inner := range v {
				if name != "unknown" {
					visit(path+"/"+name, inner)
				}
			}
		case []any:
			out[path+"/length"] = strconv.Itoa(len(v))
			for i, inner := range v {
				visit(path+"/"+strconv.Itoa(i), inner)
			}
		default:
			out[path] = fmt.Sprint(v) // nil for what is known to be nothing
		}
	}
	visit("", bare(t, file))
	return out
}

// All answers together are limited too, and in memory they are never more than that.
func TestEndlessAnswersAreBounded(t *testing.T) {
	_, cfg := serve(t, rich(), fakeaws.Options{Faults: map[string]fakeaws.Fault{"*": fakeaws.Endless}})
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	runtime.GC()
	done := make(chan error)
	go func() {
		_, err := readWithin(t, slow, cfg, Options{APIIDs: []string{"a1b2c3d4"}})
		done <- err
	}()
	var peak, now runtime.MemStats
	for {
		select {
		case err := <-done:
			wantError(t, err, Broken, "larger than")
			if most := uint64(200 << 20); peak.HeapInuse > most {
				t.Errorf("%d MB in use, want %d at most", peak.HeapInuse>>20, most>>20)
			}
			return
		case <-time.After(5 * time.Millisecond):
			if runtime.ReadMemStats(&now); now.HeapInuse > peak.HeapInuse {
				peak = now
			}
		}
	}
}

// A storm is named with its numbers, also when it ends the time before the tries.
func TestStormsAreNamed(t *testing.T) {
	for _, tt := range []struct {
		name    string
		options fakeaws.Options
		limit   time.Duration
		kind    Kind
		says    []string
	}{
		{"throttled until the time is over", fakeaws.Options{Faults: map[string]fakeaws.Fault{"*": fakeaws.Storm}}, 400 * time.Millisecond, Throttled,
			[]string{"throttled by AWS: ", "calls; try --timeout 5m"}},
		{"throttled until the tries are over", fakeaws.Options{Faults: map[string]fakeaws.Fault{"*": fakeaws.Storm}}, slow, Throttled,
			[]string{"throttled by AWS: ", "calls; try again later"}},
		{"failing until the time is over", fakeaws.Options{Fail500: []string{"*"}}, 400 * time.Millisecond, Broken,
			[]string{"AWS failed: ", "calls (InternalFailure (HTTP 500)); try --timeout 5m"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, cfg := serve(t, rich(), tt.options)
			if tt.limit < slow {
				cfg.Retryer = func() aws.Retryer { return patient{retry.NewAdaptiveMode(), 1000} }
			}
			_, err := readWithin(t, tt.limit, cfg, Options{APIIDs: []string{"a1b2c3d4"}})
			wantError(t, err, tt.kind, tt.says...)
			if strings.Contains(err.Error(), "in time") {
				t.Errorf("%q blames the time", err)
			}
		})
	}
}

// What AWS throttled is told call by call, and what hangs is not called a storm.
func TestGapsTellStormsFromHangs(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it waits for calls that fail")
	}
	_, cfg := serve(t, rich(), fakeaws.Options{Faults: map[string]fakeaws.Fault{"GetRole": fakeaws.Storm}, Hang: []string{"GetModels"}})
	got, err := readWithin(t, 4*time.Second, cfg, Options{APIIDs: []string{"a1b2c3d4"}})
	if err != nil {
		t.Fatal(err)
	}
	if gap := value(got.Roles[ordersRole]).Trust.Gap(); gap.Detail != "GetRole (role orders-api): throttled by AWS: 6 of 6 calls; try again later" {
		t.Errorf("the role's gap: %q", gap.Detail)
	}
	if gap := value(got.APIs[0].Draft).Models["Order"].Gap(); gap.Detail != "GetModels (models): timed out" {
		t.Errorf("the models' gap: %q", gap.Detail)
	}
}
