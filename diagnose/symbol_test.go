package diagnose_test

import (
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
)

// A queue in a region that nobody gave may be the one that the integration calls in a
// region that is written out: the role, which may nothing, is refused for certain only
// where that queue has no policy that may admit it.
func TestQueueInARegionThatNobodyGave(t *testing.T) {
	for name, c := range map[string]struct {
		policy snapshot.Fact[string]
		want   diagnose.Verdict
	}{
		"a policy that is not known": {snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.Unresolved}), diagnose.Inconclusive},
		"a policy":                   {snapshot.Known(`{"Version":"2012-10-17","Statement":[]}`, snapshot.Origin{}), diagnose.Inconclusive},
		"no policy":                  {snapshot.Known("", snapshot.Origin{}), diagnose.Broken},
	} {
		s := load(t, "orders")
		s.Target.Region = ""
		s.Symbols = append(s.Symbols, snapshot.Symbol{Text: "unknown-region", Expression: "${region}", Needs: "--region"})
		for arn, fact := range s.Queues {
			queue, _ := fact.Peek()
			changed := *queue
			changed.ARN = "arn:aws:sqs:unknown-region:123456789012:orders"
			changed.Policy = c.policy
			delete(s.Queues, arn)
			s.Queues[changed.ARN] = snapshot.Known(&changed, snapshot.Origin{})
		}
		for arn, fact := range s.Roles {
			role, _ := fact.Peek()
			changed := *role
			changed.Inline, changed.Attached = snapshot.Known([]snapshot.Policy{}, snapshot.Origin{}), snapshot.Known([]snapshot.Policy{}, snapshot.Origin{})
			s.Roles[arn] = snapshot.Known(&changed, snapshot.Origin{})
		}
		if d := run(s, post(), nil); d.Verdict != c.want {
			t.Errorf("%s: %s, want %s: %v", name, d.Verdict, c.want, d.Trace.Steps)
		}
	}
}
