package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
)

// TestEmulator holds the predictions against an emulator that executes the
// integration, for a failing and a healthy configuration of every rule: each is
// deployed, called with its request and three awkward ones, repaired with fix
// --apply, called again, and taken back. What the emulator is known to do otherwise
// than AWS stands in a table with its reason; anything else fails. `make emulator`
// starts an emulator and runs this.
func TestEmulator(t *testing.T) {
	url := os.Getenv("EMULATOR_URL")
	if url == "" {
		t.Skip("skipped: EMULATOR_URL is not set (make emulator)")
	}
	sum := tally{deviations: map[string]int{}}
	deadline := time.Now().Add(9 * time.Minute)
	for _, name := range fixtures.Names() {
		if !strings.HasSuffix(name, "_failing") && !strings.HasSuffix(name, "_passing") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			if time.Now().After(deadline) {
				t.Fatal("not run within 9 minutes")
			}
			c, err := fixtures.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			(&comparison{T: t, emulated: emulated{url: url}, name: name, tally: &sum}).run(c)
		})
	}
	t.Log(sum.String())
	if sum.agreed == 0 && !t.Failed() {
		t.Error("nothing was compared")
	}
}

// tally counts what became of the cases.
type tally struct {
	deployed, refused, calls, agreed, open int
	applied, delivered, restored           int
	deviations                             map[string]int // by reason
}

func (s *tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d configurations deployed, %d not; %d calls: %d agreed, %d not predicted; %d plans applied, %d proved by a delivered message, %d rolled back\n",
		s.deployed, s.refused, s.calls, s.agreed, s.open, s.applied, s.delivered, s.restored)
	for _, reason := range slices.Sorted(maps.Keys(s.deviations)) {
		fmt.Fprintf(&b, "%4d  %s\n", s.deviations[reason], reason)
	}
	return b.String()
}

// comparison is one configuration in the emulator.
type comparison struct {
	*testing.T
	emulated
	*tally
	name string
}

func (c *comparison) run(one *fixtures.Case) {
	s := one.Snapshot
	if why := unfit(c.name, s); why != "" {
		c.refused++
		c.deviations[why]++
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c.reach(s)
	defer c.remove()
	if err := c.deploy(ctx, s); err != nil {
		c.refused++
		c.differs(deviation{name: c.name, about: "deployment", got: err.Error()})
		return
	}
	c.deployed++
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": s.Target.Account, "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": s.Target.Region, "AWS_EC2_METADATA_DISABLED": "true"} {
		c.Setenv(name, value)
	}
	c.Chdir(c.TempDir())
	read := c.read("before.json")
	for _, r := range c.requests(read, one) {
		c.compare(ctx, "before.json", r)
	}
	if strings.HasSuffix(c.name, "_failing") {
		c.repair(ctx, read, one)
	}
}

// read saves what the doctor reads of the API.
func (c *comparison) read(file string) *snapshot.Snapshot {
	c.Helper()
	if _, stderr, exit := c.doctor("snapshot", "--api-id", c.api, "--endpoint-url", c.url, "-o", file); exit != ExitHealthy {
		c.Fatalf("snapshot: exit code %d\n%s", exit, stderr)
	}
	f, err := os.Open(file)
	if err != nil {
		c.Fatal(err)
	}
	defer f.Close()
	s, err := snapshot.Load(f)
	if err != nil {
		c.Fatal(err)
	}
	return s
}

func (c *comparison) doctor(args ...string) (stdout, stderr string, exit int) {
	var out, errs bytes.Buffer
	exit = Main(args, Streams{In: strings.NewReader(""), Out: &out, Err: &errs, LookupEnv: os.LookupEnv, Now: time.Now})
	return out.String(), errs.String(), exit
}

// requests are the case's own, or the doctor's, and three awkward ones.
func (c *comparison) requests(s *snapshot.Snapshot, one *fixtures.Case) []walk.Request {
	list := one.Requests()
	if list == nil {
		e := diagnose.Examine(s, diagnose.Selection{}, nil, nil)
		if len(e.Diagnoses) == 0 {
			return nil
		}
		list = []walk.Request{e.Diagnoses[0].Trace.Request}
	}
	for _, a := range diagnose.AwkwardRequests(s, diagnose.Judge(s, list[0], nil).Trace) {
		if len(list) < 4 {
			list = append(list, a.Request)
		}
	}
	return list
}

// prediction is the part of a report that a call can be held against.
type prediction struct {
	Path      string
	Stage     string
	Predicted struct {
		Status   *int
		Statuses []int
		Origin   string
		Code     string
		Codes    []string
	}
	Messages []struct {
		Body         string
		DelaySeconds string
		Attributes   []struct{ Name, Type, Value string }
	}
}

func (c *comparison) predict(file string, r walk.Request) (prediction, bool) {
	c.Helper()
	text, err := json.Marshal(map[string]any{"method": r.Method, "path": r.Path, "headers": r.Headers, "query": r.Query, "body": r.Body})
	if err == nil {
		err = os.WriteFile("request.json", text, 0o600)
	}
	if err != nil {
		c.Fatal(err)
	}
	args := []string{"--snapshot", file, "--request", "request.json", "-o", "json", "--show-secrets"}
	if r.Stage != "" {
		args = append(args, "--stage", r.Stage)
	}
	stdout, stderr, exit := c.doctor(args...)
	var doc struct{ Methods []prediction }
	if err := json.Unmarshal([]byte(stdout), &doc); err != nil || len(doc.Methods) != 1 {
		c.Logf("no prediction: exit code %d, %v %s", exit, err, stderr)
		return prediction{}, false
	}
	return doc.Methods[0], true
}

// called is what a call of the emulator did.
type called struct {
	status   int
	messages []sqstypes.Message
}

func (c *comparison) call(ctx context.Context, stage string, r walk.Request) called {
	c.Helper()
	query := url.Values{}
	for _, q := range r.Query {
		query.Add(q.Name, q.Value)
	}
	path := (&url.URL{Path: strings.NewReplacer("{", "", "}", "", "+}", "}").Replace(r.Path)}).EscapedPath()
	request, err := http.NewRequestWithContext(ctx, r.Method, c.url+"/_aws/execute-api/"+c.api+"/"+stage+path, strings.NewReader(r.Body))
	if err != nil {
		c.Fatal(err)
	}
	request.URL.RawQuery = query.Encode()
	request.Header.Set("User-Agent", "apisqs-doctor")
	for _, h := range r.Headers {
		request.Header.Add(h.Name, h.Value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		c.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	response.Body.Close()
	return called{response.StatusCode, c.received(ctx)}
}

// stage is the one that a request without one goes to.
func (c *comparison) stage(p prediction, r walk.Request) string {
	if r.Stage != "" {
		return r.Stage
	}
	return p.Stage
}

// compare makes a call and holds what it does against the prediction.
func (c *comparison) compare(ctx context.Context, file string, r walk.Request) {
	c.Helper()
	c.calls++
	p, ok := c.predict(file, r)
	if !ok || p.Predicted.Status == nil && p.Predicted.Origin != "deployment" {
		c.open++
		return
	}
	got := c.call(ctx, c.stage(p, r), r)
	if why := p.unlike(got); why != "" {
		c.differs(deviation{c.name, "call", r, p, got.status, why})
		return
	}
	c.agreed++
}

// unlike says in what a call differs from the prediction; empty when it does not.
func (p *prediction) unlike(got called) string {
	if p.Predicted.Status == nil {
		return fmt.Sprintf("AWS deploys no such API, and the emulator answers %d", got.status)
	}
	if got.status != *p.Predicted.Status && !slices.Contains(p.Predicted.Statuses, got.status) {
		return fmt.Sprintf("status %d, predicted %d %s", got.status, *p.Predicted.Status, p.Predicted.Code)
	}
	if len(got.messages) != len(p.Messages) {
		return fmt.Sprintf("%d messages, predicted %d", len(got.messages), len(p.Messages))
	}
	for i, want := range p.Messages {
		body := *got.messages[i].Body
		if strings.Contains(want.Body, sampleID) {
			body = anyID.ReplaceAllString(body, sampleID)
		}
		if body != want.Body {
			return fmt.Sprintf("message %q, predicted %q", body, want.Body)
		}
		if n := len(got.messages[i].MessageAttributes); n != len(want.Attributes) {
			return fmt.Sprintf("%d attributes, predicted %d", n, len(want.Attributes))
		}
		for _, a := range want.Attributes {
			have := got.messages[i].MessageAttributes[a.Name]
			if have.StringValue == nil || *have.StringValue != a.Value {
				return fmt.Sprintf("attribute %s is %v, predicted %q", a.Name, have.StringValue, a.Value)
			}
		}
	}
	return ""
}

// sampleID stands in predictions for the id of a call.
const sampleID = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"

var anyID = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// repair carries the plan out, makes the call again and takes the plan back.
func (c *comparison) repair(ctx context.Context, before *snapshot.Snapshot, one *fixtures.Case) {
	args := []string{"fix", "--api-id", c.api, "--endpoint-url", c.url, "--apply", "--yes"}
	requests := one.Requests()
	if requests == nil {
		requests = c.requests(before, one)[:1]
	}
	if one.Request != nil {
		c.predict("before.json", *one.Request) // writes the request
		args = append(args, "--request", "request.json")
		if one.Request.Stage != "" {
			args = append(args, "--stage", one.Request.Stage)
		}
	}
	_, stderr, _ := c.doctor(args...)
	files, _ := filepath.Glob("apisqs-doctor-rollback-*.json")
	if len(files) == 0 {
		if strings.Contains(stderr, "AWS failed") || strings.Contains(stderr, "InternalFailure") {
			c.differs(deviation{name: c.name, about: "fix", got: stderr})
		}
		return // nothing to change by itself: a blank, a choice, or no fault that a plan mends
	}
	c.applied++
	c.read("after.json")
	for _, r := range requests[:1] {
		p, ok := c.predict("after.json", r)
		if !ok || p.Predicted.Status == nil {
			continue
		}
		got := c.call(ctx, c.stage(p, r), r)
		if why := p.unlike(got); why != "" {
			c.differs(deviation{c.name, "call after the fix", r, p, got.status, why})
		} else if len(got.messages) > 0 {
			c.delivered++
		}
	}
	if _, stderr, exit := c.doctor("fix", "--rollback", files[0], "--endpoint-url", c.url, "--yes"); exit != ExitHealthy {
		c.differs(deviation{name: c.name, about: "rollback", got: stderr})
		return
	}
	if diff := unrestored(before, c.read("restored.json")); diff != "" {
		c.differs(deviation{name: c.name, about: "rollback", got: diff})
		return
	}
	c.restored++
}

// unrestored says what a rollback left otherwise than it was. Deployments have new
// ids, and what they froze is not to be had from an emulator.
func unrestored(before, after *snapshot.Snapshot) string {
	for i := range before.APIs {
		a, b := before.APIs[i].Draft, after.APIs[i].Draft
		if x, y := encoded(a), encoded(b); x != y {
			return "the draft was " + x + " and is " + y
		}
	}
	for what, pair := range map[string][2]string{
		"roles": {encoded(before.Roles), encoded(after.Roles)}, "queues": {encoded(before.Queues), encoded(after.Queues)}, "keys": {encoded(before.Keys), encoded(after.Keys)},
	} {
		if pair[0] != pair[1] {
			return "the " + what + " were " + pair[0] + " and are " + pair[1]
		}
	}
	return ""
}

func encoded(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

// differs looks a difference up in the table of those that are known.
func (c *comparison) differs(d deviation) {
	c.Helper()
	if why := d.known(); why != "" {
		c.deviations[why]++
		return
	}
	c.Errorf("%s: %s\n%s %s %v %q", d.about, d.got, d.request.Method, d.request.Path, d.request.Headers, d.request.Body)
}
