package live

import (
	"context"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/fixtures/fakeaws"
)

// A queue that is not in the region that the integration calls is looked for in the
// API's: a permission on a queue that is not there would not help.
func TestQueueOfTheAPIsRegion(t *testing.T) {
	const called = "arn:aws:sqs:us-west-2:123456789012:orders"
	c, err := fixtures.Load("signing_region_failing")
	if err != nil {
		t.Fatal(err)
	}
	c.Snapshot.Queues[called] = known[*snapshot.Queue](nil)
	_, cfg := serve(t, c.Snapshot, fakeaws.Options{})
	got, err := Read(context.Background(), cfg, Options{APIIDs: []string{"a1b2c3d4"}})
	if err != nil {
		t.Fatal(err)
	}
	queue, known := got.Queues[called].Peek()
	there := value(got.Queues["arn:aws:sqs:us-east-1:123456789012:orders"])
	if !known || queue != nil || there == nil {
		t.Errorf("called: known %v, %+v; of the API's region: %+v", known, queue, there)
	}
}
