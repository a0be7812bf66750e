package logs

import (
	"cmp"
	"hash/maphash"
	"maps"
	"slices"
	"strings"
	"time"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// Bounds of what is walked and held of a log.
const (
	mostWalked  = 10000 // different failed calls that are walked
	mostSuccess = 300   // successful ones
	mostHeld    = 50000 // calls that wait for the other log
)

// Comparer holds observations of one stage of an API against what is predicted
// for each of them. Add takes them in any order; Finish gives the result.
type Comparer struct {
	follower   *diagnose.Follower
	api, stage string
	deployed   int64 // milliseconds; earlier calls ran another deployment
	window     string

	methods map[string]*method
	routes  map[string]*method // by route key
	paths   map[string]*method // of concrete paths
	seed    maphash.Seed
	seen    map[uint64]bool // ids of the execution log
	access  []*Observation  // failed calls of the access log
	bare    []*Observation  // calls of the execution log that do not name their method
	walked  int
	passed  int
	judged  map[likeness]judgement // of calls that are alike
	rules   []diagnose.Rule
	calls   []Call
	failed  int // kept calls that failed
	fine    int // and others
	Keep    int // how many calls that failed are kept for Calls, and how many others
	Other   int // calls of other APIs or stages, or to methods that do not lead to SQS
}

// method is what is known of the calls of one method.
type method struct {
	key    string
	base   *diagnose.Diagnosis // of the doctor's own request; nil for calls that reached no method
	groups map[groupKey]*tally
	all    tally
	result Observed
	rules  map[string]finding

	snapshot *snapshot.Snapshot
	planned  bool // after was looked for
	after    *diagnose.Follower
}

type groupKey struct {
	outcome     Outcome
	rule        string
	code        walk.ErrorCode
	client, sqs int
	lost        bool
	failure     string // as API Gateway says it
}

// tally counts calls and what they have.
type tally struct {
	count, traced int
	first, last   int64
	features      map[string]int
	example       *Observation
	predicted     string
	why           string
}

type finding struct{ rule, message string }

// NewComparer makes a comparer for a stage of an examined API. The examination
// gives the methods that lead to SQS. The window is in words, such as "1h".
func NewComparer(s *snapshot.Snapshot, e *diagnose.Examination, rules []diagnose.Rule, api, stage, window string) *Comparer {
	c := &Comparer{follower: diagnose.NewFollower(s, rules), api: api, stage: stage, window: window, methods: map[string]*method{}, paths: map[string]*method{}, routes: map[string]*method{},
		seed: maphash.MakeSeed(), seen: map[uint64]bool{}, judged: map[likeness]judgement{}, rules: rules}
	for i := range e.Diagnoses {
		d := &e.Diagnoses[i]
		r := &d.Trace.Route
		if r.API == nil || r.API.ID != api || r.Method == nil || r.Stage != nil && stage != "" && r.Stage.Name != stage {
			continue
		}
		if r.Stage != nil {
			c.deployed = deployedAt(r.Stage.DeployedAt)
		}
		key := MethodName(r.Method)
		m := &method{key: key, base: d, groups: map[groupKey]*tally{}, rules: map[string]finding{}, snapshot: s}
		c.methods[key] = m
		if r.Method.RouteKey != "" {
			c.routes[r.Method.RouteKey] = m
		}
	}
	return c
}

// deployedAt is the time of a deployment, of which the date is known.
func deployedAt(date string) int64 {
	t, err := time.Parse("2006-01-02", date)
	if err != nil {
		return 0
	}
	return t.UnixMilli()
}

// MethodName is the method as Observed names it: POST /orders, or the route key of a
// WebSocket API.
func MethodName(m *snapshot.Method) string {
	if m.HTTPMethod == "" {
		return m.RouteKey
	}
	return m.HTTPMethod + " " + m.Path
}

// Add takes an observation. Where both logs have a call, those of the execution
// log come first.
func (c *Comparer) Add(o *Observation) {
	if c.api != "" && o.API != "" && o.API != c.api || c.stage != "" && o.Stage != "" && o.Stage != c.stage {
		c.Other++
		return
	}
	id := maphash.String(c.seed, o.ID)
	switch {
	case o.Source == Access && c.seen[id]:
	case o.Source == Access && o.Failed() && len(c.access) < mostHeld:
		c.access = append(c.access, o)
	case o.Source == Execution && o.Method == "" && o.RouteKey == "" && len(c.bare) < mostHeld:
		c.bare = append(c.bare, o)
	default:
		if o.Source == Execution {
			c.seen[id] = true
		}
		c.count(o)
	}
}

// Finish counts what has waited for the other log, and gives the result: one
// Observed a method, in their order, and one of the calls that reached none.
func (c *Comparer) Finish() []Observed {
	bare := map[string]*Observation{}
	for _, o := range c.bare {
		bare[o.ID] = o
	}
	for _, o := range c.access {
		if c.seen[maphash.String(c.seed, o.ID)] {
			continue
		}
		if b := bare[o.ID]; b != nil && apart(b.Start, o.Start) < heldTime {
			b.Method, b.Path, b.RouteKey = o.Method, o.Path, o.RouteKey
			if b.Status == 0 {
				b.Status = o.Status
			}
			if b.SQSStatus == 0 && o.Called == Yes {
				b.SQSStatus, b.Called = o.SQSStatus, Yes
			}
			if o.ResponseType != "" {
				b.ResponseType = o.ResponseType
			}
			b.settle()
			continue
		}
		c.count(o)
	}
	for _, o := range c.bare {
		c.count(o)
	}
	c.access, c.bare = nil, nil
	var list []Observed
	for _, key := range slices.Sorted(maps.Keys(c.methods)) {
		if m := c.methods[key]; m.result.Calls+m.result.Older > 0 || m.base != nil {
			list = append(list, m.finish(c.window))
		}
	}
	return list
}

// count counts a call to its method.
func (c *Comparer) count(o *Observation) {
	m := c.place(o)
	if m == nil {
		c.Other++
		return
	}
	if c.deployed != 0 && o.Start != 0 && o.Start < c.deployed {
		m.result.Older++
		return
	}
	m.result.Calls++
	features := featuresOf(o)
	m.all.add(o, features)
	failed, silent := o.Failed(), o.Silent()
	switch {
	case silent:
		m.result.Lost++
	case failed:
		m.result.Failed++
	case o.Untold():
		m.result.Untold++
	}
	key := groupKey{client: o.Status, sqs: o.SQSStatus, code: o.Code, lost: silent, failure: o.Failure}
	if o.Called == No {
		key.sqs = 0
	}
	j := c.judge(m, o, failed)
	c.keep(m, o, j, failed)
	if !failed && j.outcome != Differs {
		return
	}
	key.outcome, key.rule = j.outcome, j.rule
	t := m.groups[key]
	if t == nil {
		t = &tally{predicted: j.predicted, why: j.why}
		m.groups[key] = t
	}
	t.add(o, features)
	if t.example == nil || o.Traced() && !t.example.Traced() {
		t.example = o
	}
}

// noMethod is the key of calls that reached no method.
const noMethod = ""

// place finds the method of a call; nil for one that is none of this API's that
// lead to SQS.
func (c *Comparer) place(o *Observation) *method {
	if o.Method == "" && o.RouteKey == "" || o.Path == "" && o.RouteKey == "" {
		if !o.Failed() && o.Failure == "" {
			return nil
		}
		return c.nowhere()
	}
	if m := c.methods[o.Method+" "+o.Path]; m != nil {
		return m
	}
	if m := c.routes[o.RouteKey]; m != nil {
		return m
	}
	key := o.Method + " " + o.Path
	if m, ok := c.paths[key]; ok {
		return m
	}
	t, _ := c.follower.Follow(c.request(o))
	var m *method
	if found := t.Route.Method; found != nil {
		m = c.methods[MethodName(found)]
	} else if o.Called == No && o.Failed() {
		m = c.nowhere()
	}
	if len(c.paths) < mostHeld {
		c.paths[key] = m
	}
	return m
}

func (c *Comparer) nowhere() *method {
	m := c.methods[noMethod]
	if m == nil {
		m = &method{groups: map[groupKey]*tally{}, rules: map[string]finding{}}
		c.methods[noMethod] = m
	}
	return m
}

// request is the client's call as far as it was logged.
func (c *Comparer) request(o *Observation) walk.Request {
	path := o.Path
	for _, p := range o.PathParams {
		path = strings.NewReplacer("{"+p.Name+"}", p.Value, "{"+p.Name+"+}", p.Value).Replace(path)
	}
	r := walk.Request{API: c.api, Stage: c.stage, Method: o.Method, Path: path, Query: o.Query, Body: o.Client.Body}
	for _, h := range o.Client.Headers {
		// What API Gateway and the network add, clients do not send.
		switch lower := strings.ToLower(h.Name); {
		case strings.HasPrefix(lower, "x-forwarded-"), strings.HasPrefix(lower, "cloudfront-"), lower == "via", lower == "host", lower == "x-amzn-trace-id":
		default:
			r.Headers = append(r.Headers, h)
		}
	}
	return r
}

func (t *tally) add(o *Observation, features []string) {
	t.count++
	if o.Start != 0 && (t.first == 0 || o.Start < t.first) {
		t.first = o.Start
	}
	t.last = max(t.last, o.Start)
	if features == nil {
		return
	}
	t.traced++
	if t.features == nil {
		t.features = map[string]int{}
	}
	for _, f := range features {
		if n := t.features[f]; n > 0 || len(t.features) < mostFeatures {
			t.features[f] = n + 1
		}
	}
}

// finish sums a method up, the largest groups first.
func (m *method) finish(window string) Observed {
	out := m.result
	out.Method, out.Window, out.Groups, out.Unread, out.examples = m.key, window, []Group{}, []string{}, map[Example]*Observation{}
	for key, t := range m.groups {
		g := Group{Outcome: key.outcome, Rule: key.rule, Code: key.code, Statuses: Statuses{key.client, key.sqs}, Count: t.count, Lost: key.lost,
			First: clockText(t.first), Last: clockText(t.last), Why: t.why, Shared: shared(t, &m.all)}
		if o := t.example; o != nil {
			g.Example = Example{ID: o.ID, Time: clockText(o.Start), Line: o.Deciding, Predicted: t.predicted}
			if o.Source == Access {
				g.Example.Line = "" // it holds what identifies the client
			}
			out.examples[g.Example] = o
		}
		out.Groups = append(out.Groups, g)
	}
	slices.SortFunc(out.Groups, func(a, b Group) int {
		return cmp.Or(-cmp.Compare(a.Count, b.Count), cmp.Compare(a.First, b.First), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Outcome, b.Outcome),
			cmp.Compare(a.Statuses.Client, b.Statuses.Client), cmp.Compare(a.Statuses.SQS, b.Statuses.SQS), cmp.Compare(a.Example.Line, b.Example.Line))
	})
	return out
}
