package diagnose

// Stage is one of the eight steps that a message takes.
type Stage string

// The stages in the order a message meets them.
const (
	StageRoute         Stage = "route"
	StageMapping       Stage = "mapping"
	StageSigning       Stage = "signing"
	StageProtocol      Stage = "protocol"
	StageAuthorization Stage = "authorization"
	StageQueue         Stage = "queue"
	StageEncryption    Stage = "encryption"
	StageResponse      Stage = "response"
)

// Stages lists all stages in order.
var Stages = [...]Stage{StageRoute, StageMapping, StageSigning, StageProtocol, StageAuthorization, StageQueue, StageEncryption, StageResponse}

// Question is what the stage answers, for headings.
func (s Stage) Question() string {
	switch s {
	case StageRoute:
		return "does the call reach the method of the deployed stage?"
	case StageMapping:
		return "what request does API Gateway build from the client's?"
	case StageSigning:
		return "to which endpoint, with which HTTP method, signed by which role?"
	case StageProtocol:
		return "which protocol and action does SQS read in it?"
	case StageAuthorization:
		return "may that principal perform that action on that queue?"
	case StageQueue:
		return "does the queue take this message?"
	case StageEncryption:
		return "can the key be used for it?"
	case StageResponse:
		return "what does the client see?"
	}
	return ""
}

// index is the stage's place in Stages.
func (s Stage) index() int {
	for i, st := range Stages {
		if st == s {
			return i
		}
	}
	return -1
}

// Status is the outcome of a stage or a check. The zero Status is Unknown.
type Status string

// The statuses as reports name them.
const (
	Unknown       Status = "unknown"
	Passed        Status = "passed"
	Failed        Status = "failed"
	NotApplicable Status = "not-applicable"
)

// Verdict sums up the diagnosis of one method. The zero Verdict is Inconclusive.
type Verdict string

// The verdicts, worst first.
const (
	Broken       Verdict = "broken"       // a stage fails, or an error finding
	Inconclusive Verdict = "inconclusive" // no problem found, but something that matters could not be read
	AtRisk       Verdict = "at-risk"      // warnings only
	Healthy      Verdict = "healthy"
)

// Severity grades a finding.
type Severity string

// The severities, worst first.
const (
	Error   Severity = "error"   // the request under diagnosis fails, or its message is lost or altered
	Warning Severity = "warning" // this request works, others that a real client will send do not; or access is wider than needed
	Note    Severity = "note"    // worth knowing, nothing breaks
)

// rank orders severities, worst first.
func (s Severity) rank() int {
	switch s {
	case Error:
		return 0
	case Warning:
		return 1
	}
	return 2
}
