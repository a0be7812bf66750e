package walk

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

// Index is the stage's place in Stages.
func (s Stage) Index() int {
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
