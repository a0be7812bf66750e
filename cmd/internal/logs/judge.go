package logs

import (
	"hash/maphash"
	"slices"
	"strconv"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// judgement is how a call stands against the prediction.
type judgement struct {
	outcome              Outcome
	rule, predicted, why string
	stage                walk.Stage // in which it fails as predicted
}

// likeness is what calls have in common that are judged alike.
type likeness struct {
	request     uint64
	method      *method
	client, sqs int
	code        walk.ErrorCode
	origin      walk.Source
	called      Answer
	failed      bool
}

// likenessOf is that of a call with the request.
func (c *Comparer) likenessOf(m *method, o *Observation, r *walk.Request, failed bool) likeness {
	var h maphash.Hash
	h.SetSeed(c.seed)
	write := func(texts ...string) {
		for _, text := range texts {
			h.WriteString(strconv.Itoa(len(text)))
			h.WriteByte(' ')
			h.WriteString(text)
		}
	}
	write(r.Method, r.Path, r.Body)
	for _, list := range [][]walk.Header{r.Query, r.Headers} {
		write(strconv.Itoa(len(list)))
		for _, x := range list {
			write(x.Name, x.Value)
		}
	}
	return likeness{h.Sum64(), m, o.Status, o.SQSStatus, o.Code, o.Origin, o.Called, failed}
}

// binaryData stands in a log for a body that is none of text.
const binaryData = "[Binary Data]"

// judge holds a call against what is predicted for it: for the very request
// where it was logged, else for the doctor's own, of which only a failure says
// something about others.
func (c *Comparer) judge(m *method, o *Observation, failed bool) judgement {
	if m.base == nil {
		return judgement{outcome: TooLittle, why: "which request it was is not in the log"}
	}
	binary := o.Client.Body == binaryData
	if !o.Traced() || binary || !failed && c.passed >= mostSuccess {
		return c.untraced(m, o, failed)
	}
	r := c.request(o)
	like := c.likenessOf(m, o, &r, failed)
	if j, ok := c.judged[like]; ok {
		return j
	}
	if failed && c.walked >= mostWalked {
		j := c.untraced(m, o, failed)
		if j.outcome == TooLittle {
			j.why = "only the first " + strconv.Itoa(mostWalked) + " different calls that failed were followed; --request-id follows one"
		}
		return j
	}
	if failed {
		c.walked++
	} else {
		c.passed++
	}
	j := c.follow(m, o, r, failed)
	c.judged[like] = j
	return j
}

// follow judges a call of which the request is known.
func (c *Comparer) follow(m *method, o *Observation, r walk.Request, failed bool) judgement {
	t, p := c.follower.Follow(r)
	j := judgement{predicted: predicted(&p)}
	switch holds(&p, o) {
	case Yes:
		j.outcome = Confirmed
	case Unknown:
		j.outcome = NotPredicted
		j.why = unread(t)
	default:
		j.outcome, j.why = Differs, explanation(&p, o)
		if !p.Known {
			j.outcome, j.why = NotPredicted, unread(t)
		}
	}
	if failed && (j.outcome == Confirmed || o.Code != "" && o.Code == p.Code) {
		j.stage = p.Stage
	}
	switch {
	case failed && j.outcome == Confirmed:
		f := c.findings(m, t, &p)
		j.rule, j.why = f.rule, f.message
	case failed && j.outcome == Differs && o.Code != "" && o.Code == p.Code:
		f := c.findings(m, t, &p)
		j.rule, j.why = f.rule, f.message+"; "+j.why
	}
	return j
}

// untraced judges a call of which the request was not logged.
func (c *Comparer) untraced(m *method, o *Observation, failed bool) judgement {
	p := &m.base.Predicted
	j := judgement{outcome: TooLittle, predicted: predicted(p), why: "headers and body of the request were not logged, so that it cannot be followed"}
	if !failed {
		j.outcome = Confirmed // nothing speaks against it, and it is not among the groups
		return j
	}
	if p.Code != "" && p.Known && holds(p, o) == Yes {
		f := c.findings(m, m.base.Trace, p)
		j.outcome, j.rule, j.why, j.stage = Confirmed, f.rule, f.message, p.Stage
	}
	return j
}

// findings is the rule that explains a failure that was predicted and seen. Calls
// that fail in the same stage with the same answer have the same.
func (c *Comparer) findings(m *method, t *walk.Trace, p *diagnose.Prediction) finding {
	key := string(p.Stage) + " " + string(p.Code) + " " + strconv.Itoa(p.Status) + " " + t.Mapping.ContentType
	if f, ok := m.rules[key]; ok {
		return f
	}
	f := finding{message: p.Message}
	for _, x := range c.follower.Findings(t) {
		if x.Severity == diagnose.Error && x.Stage == p.Stage || x.Severity == diagnose.Error && f.rule == "" {
			f = finding{x.Rule, x.Message}
			if x.Stage == p.Stage {
				break
			}
		}
	}
	m.rules[key] = f
	return f
}

// holds tells whether the prediction is what was seen.
func holds(p *diagnose.Prediction, o *Observation) Answer {
	switch {
	case p.Origin == walk.FromDeployment:
		return No
	case p.Status == 0 && p.Code == "":
		return Unknown
	case o.SQSStatus > 299 && o.Code != "" && o.Code != p.Code && slices.Contains(p.Codes, o.Code):
		return Yes // of several answers that AWS may give, it gave this one
	case p.Status != 0 && o.Status != 0 && p.Status != o.Status,
		p.SQSStatus == 0 && o.Called == Yes, p.SQSStatus != 0 && o.Called == No,
		p.SQSStatus != 0 && o.SQSStatus != 0 && p.SQSStatus != o.SQSStatus,
		o.SQSStatus > 299 && o.Code != "" && o.Code != p.Code:
		return No
	}
	return Yes
}

func predicted(p *diagnose.Prediction) string {
	if p.Status == 0 && p.Code == "" {
		return "not known"
	}
	return brief(p.Status, p.SQSStatus, p.Code, Unknown)
}

// unread is what a walk lacked.
func unread(t *walk.Trace) string {
	for _, step := range t.Steps {
		if step.Status != walk.Unknown {
			continue
		}
		for _, g := range step.Gaps {
			if g.Reason != snapshot.Blocked {
				return "the " + string(step.Stage) + " stage is not known: " + g.Detail
			}
		}
	}
	return "what decides was not read"
}

// explanation is what can be the reason that something else was seen than predicted.
func explanation(p *diagnose.Prediction, o *Observation) string {
	switch {
	case p.Origin == walk.FromDeployment:
		return "AWS refuses to deploy this configuration, so that the calls met an earlier one"
	case !o.Failed():
		return "the call succeeded: the configuration or a policy was changed since, or the doctor is wrong"
	case o.Code != "" && o.Code == p.Code:
		return "SQS answered as predicted, and the client got another status: the call met an earlier deployment with other integration responses"
	case o.Code == walk.AccessDenied || o.SQSStatus == 403:
		return "a policy was changed since, or one decides that was not read, such as a policy of the organization, or a condition"
	case o.Origin == walk.FromKMS:
		return "the key, its policy or the role was changed since"
	case o.Code == walk.NonExistentQueue:
		return "the queue was made or made anew since"
	case o.Origin == walk.FromAPIGateway:
		return "the call met an earlier deployment, or the role was changed since"
	}
	return "the call met an earlier deployment, or what it needs was changed since"
}
