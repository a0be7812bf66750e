package logs

import (
	"cmp"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

// Call is one call of a log beside what is predicted for it.
type Call struct {
	Time      string // RFC 3339; empty when the log has none
	ID        string
	Method    string // as Observed names it; empty for one that reached none
	Outcome   Outcome
	Seen      string // what the client and SQS answered, in few words
	Predicted string // the same, as predicted; empty for a call that was not followed
	After     string // the same, once the plan of its method is carried out; empty when there is none, or the request was not logged
	Stage     walk.Stage
	Rule      string // that explains it; empty for none
	Failed    bool
	Lost      bool
	Request   *walk.Request // the client's; nil when it was not logged whole
}

// keep remembers a call beside its judgement: all that failed as far as there is
// room, and as many that succeeded.
func (c *Comparer) keep(m *method, o *Observation, j judgement, failed bool) {
	kept := &c.fine
	if failed {
		kept = &c.failed
	}
	if *kept >= c.Keep {
		return
	}
	*kept++
	call := Call{Time: clockText(o.Start), ID: o.ID, Method: m.key, Outcome: j.outcome, Seen: brief(o.Status, o.SQSStatus, o.Code, o.Called),
		Predicted: j.predicted, Rule: j.rule, Failed: failed, Lost: o.Silent()}
	if call.Lost {
		call.Seen += ", told as success"
	}
	if failed {
		if call.Stage = j.stage; call.Stage == "" {
			call.Stage = stageOf(o)
		}
	}
	if m.base != nil && o.Traced() && o.Client.Body != binaryData {
		r := c.request(o)
		call.Request = &r
		if after := m.fixed(c.rules); after != nil {
			_, p := after.Follow(r)
			call.After = predicted(&p)
		}
	}
	c.calls = append(c.calls, call)
}

// Calls are those that were kept, the newest first.
func (c *Comparer) Calls() []Call {
	slices.SortStableFunc(c.calls, func(a, b Call) int { return -cmp.Compare(a.Time, b.Time) })
	return c.calls
}

// fixed follows calls through the configuration that the method's plan makes; nil
// when there is no plan.
func (m *method) fixed(rules []diagnose.Rule) *diagnose.Follower {
	if m.planned || m.base == nil {
		return m.after
	}
	m.planned = true
	if len(m.base.Plan.Changes) == 0 || m.snapshot == nil {
		return nil
	}
	s := m.snapshot
	for _, change := range m.base.Plan.Changes {
		next, err := change.Apply(s)
		if err != nil {
			return nil
		}
		s = next
	}
	m.after = diagnose.NewFollower(s, rules)
	return m.after
}

// stages are those in which SQS's and KMS's errors are decided.
var stages = map[walk.ErrorCode]walk.Stage{
	walk.AccessDenied: walk.StageAuthorization, walk.SignatureMismatch: walk.StageSigning, walk.NonExistentQueue: walk.StageQueue,
}

// stageOf is the stage in which a call failed, as far as its log tells.
func stageOf(o *Observation) walk.Stage {
	failure := strings.ToLower(o.Failure)
	switch {
	case o.Origin == walk.FromKMS:
		return walk.StageEncryption
	case o.SQSStatus > 299 && stages[o.Code] != "":
		return stages[o.Code]
	case o.SQSStatus > 299:
		return walk.StageProtocol
	case strings.Contains(failure, "assume"), strings.Contains(failure, "endpoint"):
		return walk.StageSigning
	case strings.Contains(failure, "output mapping"), o.Called == Yes:
		return walk.StageResponse
	case strings.Contains(failure, "transform"), strings.Contains(failure, "header"), strings.Contains(failure, "property"), o.Status == 415:
		return walk.StageMapping
	}
	return walk.StageRoute
}
