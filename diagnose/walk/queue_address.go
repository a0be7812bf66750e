package walk

import (
	"maps"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/sqs"
	"apisqs-doctor/diagnose/text"
)

// QueueURI is the integration URI of the queue with the ARN; empty for anything
// that is no queue's ARN.
func QueueURI(arn string) string {
	queue, _ := text.ParseARN(arn)
	if queue.Service != "sqs" {
		return ""
	}
	return text.ARN{Partition: queue.Partition, Service: "apigateway", Region: queue.Region, Account: "sqs", Resource: "path/" + queue.Account + "/" + queue.Resource}.String()
}

// QueueIn returns the ARN of the queue whose ARN or URL the text is; empty when
// it is neither.
func QueueIn(s string) string {
	if queue, _ := text.ParseARN(s); queue.Service == "sqs" && sqs.ValidQueueName(queue.Resource) {
		return s
	}
	address, err := sqs.ParseQueueURL(s)
	if err != nil {
		return ""
	}
	return address.ARN()
}

// SimilarAction is the action of a queue whose name comes closest to a text:
// the same but for case and blanks, or with a few letters different. It is empty
// when none is near.
func SimilarAction(text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	best, least := "", 4
	for _, op := range sqs.Actions() {
		if d := edits(strings.ToLower(op.Name), text, least); op.OnQueue && d < least {
			best, least = op.Name, d
		}
	}
	return best
}

// edits is the number of letters to change, add or take out to turn one short
// text into another, or most when there are at least that many.
func edits(a, b string, most int) int {
	if len(a)-len(b) >= most || len(b)-len(a) >= most || len(a) > 256 || len(b) > 256 {
		return most
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return min(row[len(b)], most)
}

// elsewhere finds a queue of the same account and name in another region.
func (w *call) elsewhere(arn string) string {
	return w.findQueue(arn, func(a, b []string) int {
		if a[3] != b[3] && a[4] == b[4] && a[5] == b[5] {
			return 0
		}
		return far
	})
}

// near finds the queue of the same region and account whose name comes closest.
func (w *call) near(arn string) string {
	return w.findQueue(arn, func(a, b []string) int {
		if a[3] != b[3] || a[4] != b[4] || w.unresolvedText(a[5]) || w.unresolvedText(b[5]) {
			return far
		}
		return nameDistance(a[5], b[5])
	})
}

// mistaken is the queue that was meant by an address that leads to no known one.
func (w *call) mistaken(arn string) string {
	if other := w.elsewhere(arn); other != "" {
		return other
	}
	return w.near(arn)
}

// far is a distance at which nothing is alike.
const far = 1000

// findQueue finds the known queue with the least distance from another ARN.
func (w *call) findQueue(arn string, distance func(a, b []string) int) string {
	parts := strings.SplitN(arn, ":", 6)
	best, least := "", far
	for _, other := range slices.Sorted(maps.Keys(w.Snapshot.Queues)) {
		have := strings.SplitN(other, ":", 6)
		if len(parts) < 6 || len(have) < 6 || other == arn {
			continue
		}
		if queue, ok := w.Snapshot.Queues[other].Peek(); !ok || queue == nil {
			continue
		}
		if d := distance(parts, have); d < least {
			best, least = other, d
		}
	}
	return best
}

// nameDistance tells how far two names of queues are apart: by case, by the
// ending of FIFO queues, by a few letters, or by what follows the same beginning.
func nameDistance(a, b string) int {
	a, b = strings.TrimSuffix(strings.ToLower(a), ".fifo"), strings.TrimSuffix(strings.ToLower(b), ".fifo")
	most := max(2, min(len(a), len(b))/4) + 1
	if d := edits(a, b, most); d < most {
		return d
	}
	return far
}
