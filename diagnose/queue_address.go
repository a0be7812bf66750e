package diagnose

import (
	"maps"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/iam"
	"apisqs-doctor/diagnose/internal/sqs"
	"apisqs-doctor/diagnose/snapshot"
)

// QueueURI is the integration URI of the queue with the ARN; empty for anything
// that is no queue's ARN.
func QueueURI(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[2] != "sqs" {
		return ""
	}
	return "arn:" + parts[1] + ":apigateway:" + parts[3] + ":sqs:path/" + parts[4] + "/" + parts[5]
}

// QueueIn returns the ARN of the queue whose ARN or URL the text is; empty when
// it is neither.
func QueueIn(text string) string {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) == 6 && parts[0] == "arn" && parts[2] == "sqs" && sqs.ValidQueueName(parts[5]) {
		return text
	}
	address, err := sqs.ParseQueueURL(text)
	if err != nil {
		return ""
	}
	return address.ARN()
}

// PartitionOf is the partition of a region.
func PartitionOf(region string) string { return sqs.PartitionOf(region).ID }

// Queues lists the ARNs of the queues that are known to exist, those of the
// region first, each part in alphabetical order.
func (p *Pass) Queues(region string) []string {
	var near, far []string
	for _, arn := range slices.Sorted(maps.Keys(p.Snapshot.Queues)) {
		if queue, ok := p.Snapshot.Queues[arn].Read(&snapshot.Gaps{}); !ok || queue == nil {
			continue
		}
		if arnRegion(arn) == region {
			near = append(near, arn)
		} else {
			far = append(far, arn)
		}
	}
	return append(near, far...)
}

// SimilarAction is the action of a queue whose name comes closest to a text:
// the same but for case and blanks, or with a few letters different. It is empty
// when none is near.
func SimilarAction(text string, distance func(a, b string) int) string {
	text = strings.ToLower(strings.TrimSpace(text))
	best, least := "", 4
	for _, op := range sqs.Actions() {
		if d := distance(strings.ToLower(op.Name), text); op.OnQueue && d < least {
			best, least = op.Name, d
		}
	}
	return best
}

// OtherActions lists the actions of the queue that the signing principal may
// perform besides the one of the call, and whether for some it is not known.
func (p *Pass) OtherActions() (allowed []string, unknown bool) {
	a := &p.Trace.Authorization
	if a.Decision == nil {
		return nil, true
	}
	for _, op := range sqs.Actions() {
		if !op.OnQueue || op.IAM == a.Action || slices.Contains(allowed, op.IAM) {
			continue
		}
		r := a.Request
		r.Action = op.IAM
		switch d := iam.Evaluate(r, a.Inputs); d.Effect {
		case Allowed:
			allowed = append(allowed, op.IAM)
		case Undecided:
			unknown = true
		}
	}
	return allowed, unknown
}
