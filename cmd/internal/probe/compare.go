package probe

import (
	"crypto/md5"
	"encoding/hex"
	"slices"
	"strings"

	"apisqs-doctor/cmd/internal/logs"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

// Verdict says how a prediction stands against what was observed.
type Verdict uint8

// The verdicts.
const (
	Unpredicted Verdict = iota // the doctor could not say what would happen
	Agrees
	Disagrees
)

// Compare holds what was observed against the prediction of a diagnosis.
func Compare(d *diagnose.Diagnosis, o *Observed) Verdict {
	p := &d.Predicted
	switch {
	case !Predicts(p):
		return Unpredicted
	case (matches(p, o) || matchesOther(d, o)) && sameMessage(d.Trace, o) != logs.No:
		return Agrees
	case !p.Known:
		return Unpredicted // a stage that could not be read may have failed first
	}
	return Disagrees
}

// Predicts tells whether there is a prediction at all. What a test of a draft
// does that AWS refuses to deploy is not recorded.
func Predicts(p *diagnose.Prediction) bool {
	return p.Origin != walk.FromDeployment && (p.Status != 0 || p.Code != "")
}

func matches(p *diagnose.Prediction, o *Observed) bool {
	if p.Status != 0 && p.Status != o.Status {
		return false
	}
	if p.SQSStatus == 0 && o.Called == logs.Yes || p.SQSStatus != 0 && o.Called == logs.No {
		return false
	}
	if p.SQSStatus != 0 && o.SQSStatus != 0 && p.SQSStatus != o.SQSStatus {
		return false
	}
	code := o.ErrorType
	if o.SQSStatus >= 400 {
		code = o.Code
	}
	if code == "" {
		return p.Code == "" || p.Status != 0 && o.Delivered() == logs.No
	}
	return code == p.Code || slices.Contains(p.Codes, code)
}

// matchesOther tells whether SQS gave another of the answers that it may give
// where evidence differs, each with a status of its own, and the client got what
// the integration responses make of that one.
func matchesOther(d *diagnose.Diagnosis, o *Observed) bool {
	p := &d.Predicted
	known, ok := walk.LookupCode(string(o.Code))
	if p.SQSStatus == 0 || o.Called == logs.No || !ok || !slices.Contains(p.Codes, known.Code) || o.SQSStatus != known.Status {
		return false
	}
	r := &d.Trace.Response
	if len(r.Outcomes) == 0 {
		return o.Status == o.SQSStatus && r.Status == r.SQSStatus // handed on as it is
	}
	return slices.ContainsFunc(r.Outcomes, func(x walk.Outcome) bool { return x.SQSStatus == o.SQSStatus && x.Status == o.Status })
}

// sameMessage tells whether SQS stored the message that was predicted, by its
// digest. A template that reads $context makes a text that nobody can predict.
func sameMessage(t *walk.Trace, o *Observed) logs.Answer {
	if o.MD5 == "" || t == nil || len(t.Queue.Messages) != 1 || readsContext(t) {
		return logs.Unknown
	}
	digest := md5.Sum([]byte(t.Queue.Messages[0].Body))
	if hex.EncodeToString(digest[:]) == o.MD5 {
		return logs.Yes
	}
	return logs.No
}

func readsContext(t *walk.Trace) bool {
	texts := []string{t.Mapping.Template}
	for _, list := range [][]walk.Mapped{t.Mapping.Headers, t.Mapping.Query, t.Mapping.Path} {
		for _, m := range list {
			texts = append(texts, m.Expression)
		}
	}
	return slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, "context") })
}
