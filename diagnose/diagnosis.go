package diagnose

import (
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// Diagnosis is the result for one request: what happens at each stage, which
// rules found something, and the verdict.
type Diagnosis struct {
	Trace     *walk.Trace
	Predicted Prediction
	Findings  []Finding // worst first, then by stage
	Checks    []Check   // one for each rule, in the order of the rules
	Verdict   Verdict
	Gaps      []snapshot.Gap  // of all stages and checks, each once
	Plan      Plan            // the fixes, and what remains
	EveryBody *walk.EveryBody // what holds for every call; nil where no template makes the body that SQS receives

	unread []snapshot.Gap // what would decide over an awkward request only
}

// Prediction is what the caller sees and where it comes from.
type Prediction struct {
	Status   int   // what the client sees; 0 when no call is ever made, it is not known, or it is a frame
	Statuses []int // all that the client may see where evidence differs, Status first; empty where there is one
	Delivery walk.Delivery
	// ErrorFrame tells a frame of API Gateway's own.
	ErrorFrame bool
	Origin     walk.Source // who answers with the first failure
	SQSStatus  int         // status of SQS's answer; 0 when SQS is not reached
	Code       walk.ErrorCode
	Codes      []walk.ErrorCode // all that AWS may answer where evidence differs; holds Code
	Message    string
	Stage      walk.Stage // of the first failure; empty on success
	Known      bool       // false when a stage before the first failure is unknown
}

// alone is a copy, for what outlives the diagnosis with its walk and snapshot.
func (p Prediction) alone() *Prediction { return &p }

// Count counts the findings of a severity.
func (d *Diagnosis) Count(s Severity) int {
	n := 0
	for _, f := range d.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// Messages are what consumers of the queue get of the request; none where it fails
// before the queue, or what arrives is not known.
func (d *Diagnosis) Messages() []walk.Message {
	if d.Trace == nil || d.Trace.Step(walk.StageQueue).Status != walk.Passed {
		return nil
	}
	if f := d.Trace.FirstFailure(); f != nil && f.Stage != walk.StageResponse {
		return nil
	}
	return d.Trace.Queue.Messages
}
