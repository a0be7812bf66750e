package live

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"apisqs-doctor/fixtures/fakeaws"
)

func TestPaceLetsTheBurstThroughAndThenHoldsTheRate(t *testing.T) {
	p, now := newPace(8, 20), time.Now()
	for i := range 20 {
		if wait := p.take(now); wait != 0 {
			t.Fatalf("call %d of the burst waits %s", i, wait)
		}
	}
	for i := 1; i <= 16; i++ {
		if wait, want := p.take(now), time.Duration(i)*time.Second/8; wait != want {
			t.Fatalf("call %d after the burst waits %s, want %s", i, wait, want)
		}
	}
	if wait := p.take(now.Add(3 * time.Second)); wait != 0 {
		t.Errorf("after a pause of 3 s a call waits %s", wait)
	}
	if wait := p.take(now.Add(time.Hour)); wait != 0 {
		t.Errorf("after an hour a call waits %s", wait)
	}
	if p.tokens > 19 {
		t.Errorf("an hour saved up %v calls, more than the burst", p.tokens)
	}
}

func TestPaceEndsWithTheContext(t *testing.T) {
	p := newPace(0.001, 1)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	p.wait(ctx)
	if err := p.wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the end of the context", err)
	}
}

func TestShareIsHalfOfWhatIsLeft(t *testing.T) {
	if got := share(context.Background()); got != longestCall {
		t.Errorf("without a deadline %s, want %s", got, longestCall)
	}
	for left, want := range map[time.Duration]time.Duration{2 * time.Second: time.Second, time.Hour: 30 * time.Minute} {
		ctx, cancel := context.WithTimeout(context.Background(), left)
		if got := share(ctx); got > want || got < want-100*time.Millisecond {
			t.Errorf("with %s left a call may take %s, want %s", left, got, want)
		}
		cancel()
	}
}

func TestMemoReadsOnce(t *testing.T) {
	var m memo[int]
	var reads atomic.Int32
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if got := m.get("x", func() int { return int(reads.Add(1)) }).wait(); got != 1 {
				t.Errorf("read number %d", got)
			}
		})
	}
	wg.Wait()
	if all := m.all(); len(all) != 1 || all["x"] != 1 {
		t.Errorf("got %v, want the one value", all)
	}
}

// The quota of GetResources is 5 calls in 2 seconds: pages come at 2 a second.
func TestReadKeepsToTheQuotaOfGetResources(t *testing.T) {
	server, cfg := serve(t, rich(), fakeaws.Options{PageSize: 2})
	began := time.Now()
	if _, err := Read(context.Background(), cfg, Options{APIIDs: []string{"a1b2c3d4"}, Quota: fullQuota()}); err != nil {
		t.Fatal(err)
	}
	took, pages := time.Since(began), 0
	for _, call := range server.Calls() {
		if call.Operation == "GetResources" {
			pages++
		}
	}
	// How far apart they arrive is the machine's affair; the second leaves 500 ms after
	// the first at the earliest.
	if pages != 2 || took < 500*time.Millisecond {
		t.Errorf("%d pages in %s, want 2 in 500ms or more", pages, took)
	}
}

func TestProgressCountsEveryCall(t *testing.T) {
	server, cfg := serve(t, rich(), fakeaws.Options{Deny: []string{"GetStages"}})
	began, ended, failed := 0, 0, 0
	_, err := Read(context.Background(), cfg, Options{APIIDs: []string{"a1b2c3d4"}, Progress: func(e Event) {
		if e.Ended {
			ended++
		} else {
			began++
		}
		if e.Err != nil {
			failed++
		}
		if e.Done != ended || e.Total != began || e.Subject == "" || e.Call == "" {
			t.Errorf("%+v after %d begun and %d ended", e, began, ended)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if calls := len(server.Calls()); began != calls || ended != calls {
		t.Errorf("%d begun and %d ended, the server got %d calls", began, ended, calls)
	}
	if failed < 1 {
		t.Error("no event tells of the refused call")
	}
}
