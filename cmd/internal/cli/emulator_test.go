package cli

import (
	"bytes"
	"cmp"
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

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// TestEmulator holds the predictions against an emulator that executes the
// integration, for a failing and a healthy configuration of every rule: each is
// deployed, called with its request and the awkward ones, repaired with fix
// --apply, called again, and taken back; a healthy one has to be healthy in a live run
// too. What the emulator is known to do otherwise than AWS stands in a table with its
// reason; anything else fails, and so do a row of the table that is not needed and a
// run that compares too little. `make emulator` starts an emulator and runs this.
func TestEmulator(t *testing.T) {
	url := os.Getenv("EMULATOR_URL")
	if url == "" {
		t.Skip("skipped: EMULATOR_URL is not set (make emulator)")
	}
	sum := newTally()
	deadline := time.Now().Add(9 * time.Minute)
	names := slices.DeleteFunc(fixtures.Names(), func(n string) bool { return !strings.HasSuffix(n, "_failing") && !strings.HasSuffix(n, "_passing") })
	for _, name := range names {
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
	if t.Failed() || sum.configurations < len(names) {
		return // what is missing is missing for a reason
	}
	for _, what := range sum.floors() {
		t.Error("too little was compared: ", what)
	}
	for _, k := range knownDeviations {
		if sum.deviations[k.why] == 0 {
			t.Errorf("no difference is the emulator's because %q: take it out of the table", k.why)
		}
	}
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
	c.configurations++
	if why := unfit(c.name, s); why != "" {
		c.unfit[why]++
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	c.Chdir(c.TempDir())
	c.reach(s)
	defer c.remove()
	if err := c.deploy(ctx, s); err != nil {
		c.refusal(s, one, err)
		return
	}
	c.deployed++
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": s.Target.Account, "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": s.Target.Region, "AWS_EC2_METADATA_DISABLED": "true"} {
		c.Setenv(name, value)
	}
	read := c.read("before.json")
	requests := c.requests(read, one)
	for _, r := range requests {
		c.compare(ctx, "call", "before.json", r)
	}
	if strings.HasSuffix(c.name, "_failing") {
		c.repair(ctx, read, one, requests)
	} else {
		c.health(one)
	}
}

// refusal holds a deployment that the emulator refused against what is predicted of
// AWS.
func (c *comparison) refusal(s *snapshot.Snapshot, one *fixtures.Case, refused error) {
	c.Helper()
	c.save("refused.json", s)
	r := c.requests(s, one)[0]
	p, ok := c.predict("refused.json", r)
	if ok && p.Predicted.Origin == "deployment" && strings.Contains(refused.Error(), p.Predicted.Message) {
		c.refused++
		return
	}
	c.undeployed++
	c.differs(deviation{name: c.name, about: "deployment", file: "refused.json", request: r, predicted: p, why: refused.Error()})
}

// health tells whether a run against the emulator says of a healthy configuration that
// it is.
func (c *comparison) health(one *fixtures.Case) {
	if diagnose.Examine(one.Snapshot, diagnose.Selection{}, one.Requests(), rules.All()).Verdict != diagnose.Healthy {
		return
	}
	c.healthy++
	stdout, stderr, exit := c.doctor(append([]string{"--api-id", c.api, "--endpoint-url", c.url}, c.asked(one)...)...)
	if exit == ExitHealthy && strings.Contains(stdout, "HEALTHY") {
		c.live++
		return
	}
	c.Errorf("live: exit code %d\n%s%s", exit, stdout, stderr)
}

// asked are the words that ask for the request of a case.
func (c *comparison) asked(one *fixtures.Case) []string {
	if one.Request == nil {
		return nil
	}
	c.request(*one.Request)
	args := []string{"--request", "request.json"}
	if one.Request.Stage != "" {
		args = append(args, "--stage", one.Request.Stage)
	}
	return args
}

// read saves what the doctor reads of the API.
func (c *comparison) read(file string) *snapshot.Snapshot {
	c.Helper()
	if _, stderr, exit := c.doctor("snapshot", "--api-id", c.api, "--endpoint-url", c.url, "-o", file); exit != ExitHealthy {
		c.Fatalf("snapshot: exit code %d\n%s", exit, stderr)
	}
	return c.load(file)
}

func (c *comparison) load(file string) *snapshot.Snapshot {
	c.Helper()
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

func (c *comparison) save(file string, s *snapshot.Snapshot) {
	c.Helper()
	var text bytes.Buffer
	err := snapshot.Save(&text, s)
	if err == nil {
		err = os.WriteFile(file, text.Bytes(), 0o600)
	}
	if err != nil {
		c.Fatal(err)
	}
}

func (c *comparison) doctor(args ...string) (stdout, stderr string, exit int) {
	var out, errs bytes.Buffer
	exit = Main(args, Streams{In: strings.NewReader(""), Out: &out, Err: &errs, LookupEnv: os.LookupEnv, Now: time.Now})
	return out.String(), errs.String(), exit
}

// requests are the case's own, or the doctor's, and the awkward ones.
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
		list = append(list, a.Request)
	}
	return list
}

// prediction is the part of a report that a call can be held against.
type prediction struct {
	Path      string
	Stage     string
	Protocol  string
	Queue     string
	Predicted struct {
		Status   *int
		Statuses []int
		Origin   string
		Code     string
		Codes    []string
		Message  string
	}
	Outbound *struct{ URL, Body string }
	Stages   []struct{ Stage, Status string }
	Messages []struct {
		Body                     string
		GroupID, DeduplicationID string
		DelaySeconds             string
		Attributes               []struct{ Name, Type, Value string }
	}
}

// fails is the stage that fails first; empty where none does.
func (p *prediction) fails() string {
	for _, s := range p.Stages {
		if s.Status == "failed" {
			return s.Stage
		}
	}
	return ""
}

// says tells whether there is anything to hold a call against.
func (p *prediction) says() bool {
	return p.Predicted.Status != nil || p.Predicted.Origin == "deployment"
}

// request writes a request down for the doctor.
func (c *comparison) request(r walk.Request) {
	c.Helper()
	text, err := json.Marshal(map[string]any{"method": r.Method, "path": r.Path, "headers": r.Headers, "query": r.Query, "body": r.Body})
	if err == nil {
		err = os.WriteFile("request.json", text, 0o600)
	}
	if err != nil {
		c.Fatal(err)
	}
}

func (c *comparison) predict(file string, r walk.Request) (prediction, bool) {
	c.Helper()
	c.request(r)
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
	messages []message
	body     []byte // of the answer
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
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		c.Fatal(err)
	}
	list, err := c.received(ctx)
	if err != nil {
		c.Fatal(err)
	}
	return called{response.StatusCode, list, body}
}

// queryCodes are the query protocol's names, which reports give, of what the JSON
// protocol calls otherwise (T45).
var queryCodes = map[string]string{"QueueDoesNotExist": "AWS.SimpleQueueService.NonExistentQueue",
	"MissingRequiredParameterException": "MissingParameter", "InvalidParameterValueException": "InvalidParameterValue"}

var bareCode = regexp.MustCompile(`^<(\w+)/>$`)

// error is the code and the message of SQS's error in the answer; empty where the
// answer shows none.
func (c *called) error() (code, message string) {
	type sqsError struct{ Code, Message string }
	var doc struct {
		Error         sqsError
		ErrorResponse struct{ Error sqsError }
		Type          string `json:"__type"`
		Message       string
	}
	if m := bareCode.FindSubmatch(bytes.TrimSpace(c.body)); m != nil {
		return string(m[1]), ""
	}
	if json.Unmarshal(c.body, &doc) != nil {
		return "", ""
	}
	if doc.Type != "" {
		name := doc.Type[strings.LastIndexByte(doc.Type, '#')+1:]
		return cmp.Or(queryCodes[name], name), doc.Message
	}
	e := cmp.Or(doc.Error, doc.ErrorResponse.Error)
	return e.Code, e.Message
}

// stage is the one that a request without one goes to.
func (c *comparison) stage(p prediction, r walk.Request) string {
	if r.Stage != "" {
		return r.Stage
	}
	return p.Stage
}

// compare makes a call and holds what it does against the prediction; it tells whether
// that was borne out by a message.
func (c *comparison) compare(ctx context.Context, about, file string, r walk.Request) (delivered bool) {
	c.Helper()
	c.calls++
	p, ok := c.predict(file, r)
	if !ok || !p.says() {
		c.open++
		return false
	}
	got := c.call(ctx, c.stage(p, r), r)
	if why := p.unlike(got); why != "" {
		return c.differs(deviation{c.name, about, file, r, p, got, why}) && len(got.messages) > 0
	}
	c.agreed++
	return len(got.messages) > 0
}

// unlike says in what a call differs from the prediction; empty when it does not.
func (p *prediction) unlike(got called) string {
	if p.Predicted.Status == nil {
		return fmt.Sprintf("AWS deploys no such API (%s: %s), and the emulator answers %d", p.Predicted.Code, p.Predicted.Message, got.status)
	}
	if got.status != *p.Predicted.Status && !slices.Contains(p.Predicted.Statuses, got.status) {
		return fmt.Sprintf("status %d, predicted %d %s", got.status, *p.Predicted.Status, p.Predicted.Code)
	}
	if code, message := got.error(); code != "" && p.Predicted.Origin == "sqs" {
		if !slices.Contains(p.Predicted.Codes, code) {
			return fmt.Sprintf("SQS answers %s, predicted %q", code, p.Predicted.Codes)
		}
		if code == p.Predicted.Code && message != p.Predicted.Message {
			return fmt.Sprintf("SQS says %q, predicted %q", message, p.Predicted.Message)
		}
	}
	if len(got.messages) != len(p.Messages) {
		return fmt.Sprintf("%d messages, predicted %d", len(got.messages), len(p.Messages))
	}
	for i, want := range p.Messages {
		have := &got.messages[i]
		if have.Queue != p.Queue {
			return fmt.Sprintf("a message in %s, predicted in %s", have.Queue, p.Queue)
		}
		type pair struct{ what, have, want string }
		pairs := []pair{{"message", have.Body, want.Body}, {"group", have.attribute("MessageGroupId"), want.GroupID},
			{"delayed", have.attribute("IsDelayed"), fmt.Sprint(want.DelaySeconds != "" && want.DelaySeconds != "0")},
			{"attributes", fmt.Sprint(len(have.Own)), fmt.Sprint(len(want.Attributes))}}
		if want.DeduplicationID != "" { // the emulator shows the digest that stands in for one that is not given
			pairs = append(pairs, pair{"deduplication id", have.attribute("MessageDeduplicationId"), want.DeduplicationID})
		}
		own := map[string]string{}
		for _, a := range have.Own {
			own[a.Name] = a.Value.DataType + " " + a.Value.StringValue + a.Value.BinaryValue
		}
		for _, a := range want.Attributes {
			pairs = append(pairs, pair{"attribute " + a.Name, own[a.Name], a.Type + " " + a.Value})
		}
		for _, p := range pairs {
			if strings.Contains(p.want, sampleID) {
				p.have = anyID.ReplaceAllString(p.have, sampleID)
			}
			if p.have != p.want {
				return fmt.Sprintf("%s %q, predicted %q", p.what, p.have, p.want)
			}
		}
	}
	return ""
}

// sampleID stands in predictions for the id of a call.
const sampleID = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"

var anyID = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// repair carries the plan out, makes the calls again and takes the plan back.
func (c *comparison) repair(ctx context.Context, before *snapshot.Snapshot, one *fixtures.Case, requests []walk.Request) {
	rule := strings.ReplaceAll(strings.TrimSuffix(c.name, "_failing"), "_", "-")
	_, stderr, exit := c.doctor(append([]string{"fix", "--api-id", c.api, "--endpoint-url", c.url, "--apply", "--yes", "--accept", rule}, c.asked(one)...)...)
	files, _ := filepath.Glob(rollbackStem + "*.json")
	if exit == ExitCannotRun || exit == ExitUsage || len(files) > 1 {
		c.differs(deviation{name: c.name, about: "fix", why: stderr})
		return
	}
	if len(files) == 0 {
		return // nothing that a plan mends, or a blank that only the user fills
	}
	c.plans++
	kinds := c.changed(files[0])
	c.read("after.json")
	delivered := true
	for i, r := range requests[:min(4, len(requests))] {
		if borne := c.compare(ctx, "call after the fix", "after.json", r); i == 0 {
			delivered = borne
		}
	}
	if !delivered {
		c.unproved++
		c.Logf("the plan delivers no message: %q", slices.Sorted(maps.Keys(kinds)))
	}
	restored := c.restore(before, files[0])
	if restored {
		c.restored++
	}
	for kind := range kinds {
		if c.kinds[kind] == nil {
			c.kinds[kind] = &kindTally{}
		}
		k := c.kinds[kind]
		k.applied++
		if delivered {
			k.delivered++
		}
		if restored {
			k.restored++
		}
	}
}

// changed are the kinds of what a plan wrote.
func (c *comparison) changed(rollback string) map[string]bool {
	c.Helper()
	var plan struct {
		Cells []struct {
			Kind string
			Done bool
		}
	}
	text, err := os.ReadFile(rollback)
	if err == nil {
		err = json.Unmarshal(text, &plan)
	}
	if err != nil {
		c.Fatal(err)
	}
	kinds := map[string]bool{}
	for _, cell := range plan.Cells {
		if cell.Done && cell.Kind != "deployment" {
			kinds[cell.Kind] = true
		}
	}
	return kinds
}

// restore takes a plan back and tells whether every value is as it was.
func (c *comparison) restore(before *snapshot.Snapshot, rollback string) bool {
	c.Helper()
	if _, stderr, exit := c.doctor("fix", "--rollback", rollback, "--endpoint-url", c.url, "--yes"); exit != ExitHealthy {
		c.differs(deviation{name: c.name, about: "rollback", why: stderr})
		return false
	}
	if diff := unrestored(before, c.read("restored.json")); diff != "" {
		c.differs(deviation{name: c.name, about: "rollback", why: diff})
		return false
	}
	return true
}

// unrestored says what a rollback left otherwise than it was. Deployments have new
// ids and dates, and what they froze is not to be had from an emulator.
func unrestored(before, after *snapshot.Snapshot) string {
	plain := func(s *snapshot.Snapshot) []snapshot.API {
		list := slices.Clone(s.APIs)
		for i := range list {
			stages := slices.Clone(peeked(list[i].Stages))
			for j := range stages {
				stages[j].DeploymentID, stages[j].DeployedAt, stages[j].Deployed = snapshot.Fact[string]{}, "", snapshot.Fact[snapshot.Configuration]{}
			}
			list[i].Stages = list[i].Stages.With(stages)
		}
		return list
	}
	for _, part := range []struct{ what, was, is string }{
		{"APIs", encoded(plain(before)), encoded(plain(after))},
		{"roles", encoded(before.Roles), encoded(after.Roles)},
		{"queues", encoded(before.Queues), encoded(after.Queues)},
		{"keys", encoded(before.Keys), encoded(after.Keys)},
	} {
		if part.was != part.is {
			return "the " + part.what + " were " + part.was + " and are " + part.is
		}
	}
	return ""
}

func encoded(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

// differs looks a difference up in the table of those that are known, and tells whether
// it is there.
func (c *comparison) differs(d deviation) bool {
	c.Helper()
	rows := c.excuse(d, nil)
	if len(rows) == 0 {
		c.Errorf("%s: %s\n%s %s %v %q\npredicted %s", d.about, d.why, d.request.Method, d.request.Path, d.request.Headers, d.request.Body, encoded(d.predicted))
		return false
	}
	for _, row := range rows {
		c.deviations[row.why]++
	}
	if strings.HasPrefix(d.about, "call") {
		c.tally.known++
	}
	return true
}
