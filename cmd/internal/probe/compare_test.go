package probe

import (
	"testing"

	"apisqs-doctor/cmd/internal/logs"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

// Where AWS may give one of several codes, each has a status of its own (T3, T9):
// the one that comes true is agreement, with that status and what the integration
// responses make of it, and with no other.
func TestAnswersOfAList(t *testing.T) {
	d := diagnose.Diagnosis{Predicted: diagnose.Prediction{Status: 400, SQSStatus: 403, Origin: walk.FromSQS, Code: walk.AccessDenied,
		Codes: []walk.ErrorCode{walk.AccessDenied, walk.UnknownOperation}, Known: true}, Trace: &walk.Trace{}}
	for _, status := range [][2]int{{200, 200}, {400, 400}, {403, 400}, {404, 404}} {
		d.Trace.Response.Outcomes = append(d.Trace.Response.Outcomes, walk.Outcome{SQSStatus: status[0], Status: status[1]})
	}
	for _, tt := range []struct {
		status, sqs int
		code        walk.ErrorCode
		want        Verdict
	}{
		{400, 403, walk.AccessDenied, Agrees},
		{404, 404, walk.UnknownOperation, Agrees},
		{400, 404, walk.UnknownOperation, Disagrees},
		{400, 403, walk.UnknownOperation, Agrees}, // the code is one of the list, the status that of the other: evidence differs there too
		{404, 404, walk.NonExistentQueue, Disagrees},
		{400, 400, walk.MissingParameter, Disagrees},
		{200, 200, "", Disagrees},
	} {
		o := Observed{Status: tt.status, Called: logs.Yes, SQSStatus: tt.sqs, Code: tt.code}
		if got := Compare(&d, &o); got != tt.want {
			t.Errorf("%d %d %s: verdict %d, want %d", tt.status, tt.sqs, tt.code, got, tt.want)
		}
	}
}
