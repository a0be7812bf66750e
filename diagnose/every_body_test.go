package diagnose_test

import (
	"bytes"
	"encoding/json"
	"math/rand"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/internal/sqs"
	"apisqs-doctor/diagnose/internal/vtl"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
)

// everyTemplate gives each mapping template of the fixtures with the walk of a call
// that it maps, and of the snapshots in the folder that EVERY_BODY_SNAPSHOTS names:
// templates of one's own, saved with `apisqs-doctor snapshot`.
func everyTemplate(t testing.TB, each func(name string, e *walk.Engine, base *walk.Trace)) {
	t.Helper()
	all := func(name string, s *snapshot.Snapshot, requests []walk.Request) {
		e := walk.New(s)
		for _, d := range diagnose.Examine(s, diagnose.Selection{}, requests, nil).Diagnoses {
			each(name, e, d.Trace)
			for _, key := range d.Trace.Mapping.Keys {
				if key != d.Trace.Mapping.Choice.Key {
					each(name+" "+key, e, e.Walk(d.Trace.Request.WithHeader("Content-Type", key)))
				}
			}
		}
	}
	for _, name := range fixtures.Names() {
		c, err := fixtures.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		all(name, c.Snapshot, c.Requests())
	}
	own, _ := filepath.Glob(filepath.Join(os.Getenv("EVERY_BODY_SNAPSHOTS"), "*.json"))
	for _, name := range own {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		s, err := snapshot.Load(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %s", name, err)
		}
		all(filepath.Base(name), s, nil)
	}
}

// Of all mapping templates nine in ten are decided. The smallest call of an unsafe one
// does in its own walk what it is said to do. What is called safe no call breaks: its
// walk, which is not the proof, shows no failure that the plain call does not have, no
// parameter that the template does not name, and no message that is altered. More calls
// by EVERY_BODY_CALLS.
func TestEveryBodyOfFixtures(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it tries many bodies on every fixture")
	}
	decided, all, unsafe, arrived := 0, 0, 0, 0
	seen := map[[4]string]bool{}
	everyTemplate(t, func(name string, e *walk.Engine, base *walk.Trace) {
		b := e.EveryBody(base)
		if b == nil {
			return
		}
		all++
		switch b.Result {
		case walk.NotDecided:
			t.Logf("%s: not decided, %s: %s", name, b.Stopped, b.Why)
			if b.Why == "" {
				t.Errorf("%s: undecided without a reason", name)
			}
			return
		case walk.SafeForAll:
			validator, _ := base.Route.Method.ValidatorID.Read(&snapshot.Gaps{})
			key := [...]string{base.Mapping.Template, base.Protocol.Protocol, base.Protocol.Action, validator}
			if !seen[key] {
				seen[key] = true
				arrived += holds(t, name, e, base)
			}
		case walk.UnsafeForOne:
			unsafe++
			protocol := vtl.JSON
			if base.SendsForm() {
				protocol = vtl.Form
			}
			got := b.Replay.Mapping.Rendered.Harm(protocol)
			if got == vtl.NoHarm && len(b.Case.Header)+len(b.Case.Query) > 0 && b.Replay.FirstFailure() != nil {
				got = vtl.Broken // by a parameter mapping
			}
			if got != b.Harm || b.Said() == "" {
				t.Errorf("%s: %s does %q, not %q", name, b.Said(), got, b.Harm)
			}
		}
		decided++
	})
	tried := len(seen) * len(alphabets) * callsEach()
	t.Logf("%d templates, %d decided, %d unsafe; %d of %d calls get to the %d safe ones that differ", all, decided, unsafe, arrived, tried, len(seen))
	if decided*10 < all*9 || unsafe == 0 || arrived*2 < tried {
		t.Errorf("%d of %d are decided, %d unsafe; %d of %d calls arrive", decided, all, unsafe, arrived, tried)
	}
}

// holds tries calls of each alphabet on a template that is called safe, and gives how
// many of them the template got.
func holds(t *testing.T, name string, e *walk.Engine, base *walk.Trace) (arrived int) {
	t.Helper()
	random := rand.New(rand.NewSource(1))
	for _, alphabet := range alphabets {
		for range callsEach() {
			r := randomCall(random, alphabet, base)
			got := e.Walk(r)
			if got.Step(walk.StageRoute).Failure != nil || got.Mapping.Rendered == nil || got.Mapping.Choice != base.Mapping.Choice {
				continue
			}
			arrived++
			if problem := broken(got, base); problem != "" {
				t.Errorf("%s is called safe: %s with query %q, headers %q, body %q", name, problem, r.Query, r.Headers, r.Body)
				return arrived
			}
		}
	}
	return arrived
}

func callsEach() int {
	if calls, _ := strconv.Atoi(os.Getenv("EVERY_BODY_CALLS")); calls > 0 {
		return calls
	}
	return 5
}

// alphabets are the characters that mean something to forms, to JSON, to the
// template language and Java, and those beyond them.
var alphabets = []string{"&=%+;# 2a6&zq=1&%26\n", "\"\\{}[]:,'/u0n1e-.\n\ttrue", "$!#{}()\\.'\"ab @*^|?&+%", "aZ09é€😀\u00a0\u2028\x7f<>&\" "}

// randomCall is a call whose body, parameters and path are of an alphabet.
func randomCall(random *rand.Rand, alphabet string, base *walk.Trace) walk.Request {
	chars := []rune(alphabet)
	text := func(most int) string {
		var b strings.Builder
		for range random.Intn(most + 1) {
			b.WriteRune(chars[random.Intn(len(chars))])
		}
		return b.String()
	}
	var value func(depth int) any
	value = func(depth int) any {
		switch n := random.Intn(8); {
		case n == 0 && depth < 2:
			return []any{value(depth + 1), value(depth + 1)}
		case n == 1 && depth < 2:
			return map[string]any{text(3): value(depth + 1), "a": value(depth + 1)}
		case n == 2:
			return random.Intn(1000) - 500
		case n == 3:
			return random.Intn(2) == 0
		case n == 4:
			return nil
		}
		return text(8)
	}
	// changed is a document with other values at its places, mostly of the same type.
	var changed func(doc any) any
	changed = func(doc any) any {
		switch d := doc.(type) {
		case map[string]any:
			out := map[string]any{}
			for name, v := range d {
				if random.Intn(8) > 0 {
					out[name] = changed(v)
				}
			}
			if random.Intn(4) == 0 {
				out[text(4)] = value(0)
			}
			return out
		case []any:
			out := []any{}
			for range random.Intn(4) {
				if len(d) > 0 {
					out = append(out, changed(d[0]))
				}
			}
			return out
		case string:
			if random.Intn(6) > 0 {
				return text(8)
			}
		}
		if random.Intn(2) == 0 {
			return doc
		}
		return value(0)
	}
	r := base.Request
	var doc any
	switch err := json.Unmarshal([]byte(r.Body), &doc); {
	case err != nil || random.Intn(4) == 0:
		r.Body = text(12)
	default:
		changed, _ := json.Marshal(changed(doc))
		r.Body = string(changed)
	}
	visible := func(c rune) rune {
		if c < ' ' {
			return -1
		}
		return c
	}
	for _, h := range slices.Clone(r.Headers) {
		if !strings.EqualFold(h.Name, "Content-Type") && !strings.EqualFold(h.Name, "x-api-key") && random.Intn(3) > 0 {
			r = r.WithHeader(h.Name, strings.Map(visible, text(6)))
		}
	}
	r.Query = slices.Clone(r.Query)
	for i := range r.Query {
		if random.Intn(3) > 0 {
			r.Query[i].Value = text(6)
		}
	}
	if random.Intn(3) == 0 {
		r.Query = append(r.Query, walk.Header{Name: text(4), Value: text(4)})
		r = r.WithHeader("User-Agent", strings.Map(visible, text(6)))
	}
	for name := range base.Route.PathParams {
		r.Path = strings.ReplaceAll(r.Path, "{"+name+"}", url.PathEscape("p"+text(6)))
	}
	return r
}

// ofValues are the answers to a call that SQS reads as it is meant, and of which a
// value is not to its taste.
var ofValues = map[walk.ErrorCode]bool{walk.MissingParameter: true, walk.InvalidParameter: true, walk.InvalidContents: true, walk.NonExistentQueue: true}

// broken tells what a walk has that must not come from a client; empty for nothing.
func broken(got, base *walk.Trace) string {
	if f, before := got.FirstFailure(), base.FirstFailure(); f != nil && (before == nil || f.Failure.Code != before.Failure.Code) && !ofValues[f.Failure.Code] {
		return "fails with " + string(f.Failure.Code) + " " + f.Failure.Message
	}
	// How an object prints as a text is no question of the proof: mapping-object-as-map.
	if got.Queue.Altered != "" && base.Queue.Altered == "" && !strings.HasPrefix(got.Queue.Altered, "an object of the client's body") {
		return got.Queue.Altered
	}
	for _, p := range got.Protocol.Effective().Params {
		for part := range strings.SplitSeq(p.Name, ".") {
			if _, err := strconv.Atoi(part); err != nil && !strings.Contains(base.Mapping.Template, part) && !slices.ContainsFunc(base.Protocol.Effective().Params, func(q sqs.Param) bool { return q.Name == p.Name }) {
				return "SQS reads the parameter " + p.Name
			}
		}
	}
	return ""
}

// A template that no awkward request breaks, and a call does, is at risk.
func TestEveryBodyVerdict(t *testing.T) {
	s := load(t, "orders")
	healthy := run(s, post(), nil)
	if healthy.EveryBody == nil || healthy.EveryBody.Result != walk.SafeForAll {
		t.Fatalf("the base is %+v", healthy.EveryBody)
	}
	a := &s.APIs[0]
	changed := s
	for _, c := range []snapshot.Change{
		snapshot.SetTemplate{On: snapshot.MethodRef{API: a.ID, Path: "/orders", Method: "POST"}, ContentType: "application/json",
			After: "Action=SendMessage&MessageBody=$util.urlEncode($input.body)&MessageSystemAttribute.1.Value.StringValue=$input.params('g')"},
		snapshot.Deploy{API: a.ID, Stage: "prod"},
	} {
		var err error
		if changed, err = c.Apply(changed); err != nil {
			t.Fatal(err)
		}
	}
	passing := rule(func(*diagnose.Pass) {})
	d := run(changed, post(), []diagnose.Rule{passing})
	b := d.EveryBody
	if b == nil || b.Result != walk.UnsafeForOne || d.Verdict == diagnose.Healthy {
		t.Fatalf("verdict %s, every body %+v", d.Verdict, b)
	}
	if b.Request.Body != post().Body && b.Request.Body != "" || b.Said() != `query parameter g with "&"` {
		t.Errorf("the smallest call is %s: %+v", b.Said(), b.Request)
	}
}

// A template that is safe by itself is not called so where the client chooses, by a
// parameter mapping beside it, how SQS reads the call.
func TestEveryBodyOfParameterMappings(t *testing.T) {
	base := load(t, "orders")
	on := snapshot.MethodRef{API: base.APIs[0].ID, Path: "/orders", Method: "POST"}
	for _, tt := range []struct {
		name, source, sent string // sent is what the followed call has of it
		want               vtl.Result
		said               string
	}{
		{"integration.request.header.Content-Type", "method.request.header.X-Kind", "application/x-www-form-urlencoded", walk.UnsafeForOne, `header X-Kind with "x"`},
		{"integration.request.header.Content-Type", "method.request.querystring.kind", "application/x-www-form-urlencoded", walk.UnsafeForOne, `query parameter kind with "x"`},
		{"integration.request.header.X-Trace", "method.request.header.X-Trace", "1", walk.SafeForAll, ""},
		{"integration.request.header.Content-Type", "'application/x-www-form-urlencoded'", "", walk.SafeForAll, ""},
		{"", "Action=$util.urlEncode($input.params('do'))&MessageBody=$util.urlEncode($input.body)", "SendMessage", walk.NotDecided, ""},
		{"integration.request.header.Content-Type", "method.request.body.kind", "", walk.NotDecided, ""},
	} {
		changed := base
		changes := []snapshot.Change{snapshot.SetRequestParameter{On: on, Name: tt.name, After: tt.source}, snapshot.Deploy{API: on.API, Stage: "prod"}}
		r := post()
		if tt.name == "" { // a template of its own
			r.Query = []walk.Header{{Name: "do", Value: tt.sent}}
			changes = []snapshot.Change{snapshot.SetTemplate{On: on, ContentType: "application/json", After: tt.source}, snapshot.Deploy{API: on.API, Stage: "prod"}}
		}
		if kind, name, ok := strings.Cut(strings.TrimPrefix(tt.source, "method.request."), "."); ok && kind != "body" && tt.sent != "" && tt.name != "" {
			changes = append([]snapshot.Change{snapshot.DeclareParameter{On: on, Name: tt.source}}, changes...)
			if kind == "header" {
				r = r.WithHeader(name, tt.sent)
			} else {
				r.Query = []walk.Header{{Name: name, Value: tt.sent}}
			}
		}
		if strings.HasPrefix(tt.source, "method.request.body") {
			r.Body = `{"kind":"application/x-www-form-urlencoded"}`
		}
		for _, c := range changes {
			var err error
			if changed, err = c.Apply(changed); err != nil {
				t.Fatal(err)
			}
		}
		b := run(changed, r, nil).EveryBody
		if b == nil || b.Result != tt.want || tt.said != "" && (b.Said() != tt.said || b.Replay.FirstFailure() == nil) {
			t.Errorf("%s from %s: %+v", tt.name, tt.source, b)
		}
	}
}

// BenchmarkEveryBody is the proof of each mapping template of the fixtures, and of
// those that EVERY_BODY_SNAPSHOTS names, the walks of counterexamples included.
func BenchmarkEveryBody(b *testing.B) {
	seen := map[string]bool{}
	everyTemplate(b, func(name string, e *walk.Engine, base *walk.Trace) {
		if seen[base.Mapping.Template] || e.EveryBody(base) == nil {
			return
		}
		seen[base.Mapping.Template] = true
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				e.EveryBody(base)
			}
		})
	})
}
