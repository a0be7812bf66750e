package live

import (
	"context"
	"maps"
	"sync"
	"time"
)

// Event is the beginning or the end of one call, for showing progress.
type Event struct {
	Call    string // operation, such as GetRole
	Subject string // what is read, such as role orders-api
	Ended   bool
	Done    int   // calls that have ended
	Total   int   // calls that are known to be needed so far
	Err     error // of the call that ended

	APIs, APIsRead int // of the run, and how many of them are done with
}

// spec names one call.
type spec struct {
	service   string // apigateway, iam, sqs, kms, sts, organizations
	operation string
	subject   string // in words
	needs     string // permission, such as iam:GetRole on arn:...
}

// calls makes the calls of one run: in step with the services' quotas, a few at
// a time, none longer than its share of the time that is left.
type calls struct {
	progress func(Event)
	tries    tries
	more     time.Duration            // the timeout that would be worth trying
	paces    map[string]*pace         // by operation, else by service
	slots    map[string]chan struct{} // by service: one that hangs does not hold up the others

	mu             sync.Mutex
	done, total    int
	apis, apisRead int
}

const (
	inFlight    = 12               // calls at a time to one service
	longestCall = 30 * time.Second // with its retries, when nothing else ends the run
)

// Quota is the pace of the calls to a region of an account. Several runs that go at
// a time share one.
type Quota struct{ paces map[string]*pace }

// NewQuota is a quota of which nothing is used.
func NewQuota(cfg Settings) *Quota {
	if !Paced(cfg) {
		return &Quota{}
	}
	return fullQuota()
}

func fullQuota() *Quota {
	return &Quota{map[string]*pace{
		// The control plane takes 10 calls a second from a whole account, in
		// bursts of 40, and of these 5 GetResources in 2 seconds; the account's
		// other tools need some too.
		"apigateway":   newPace(8, 20),
		"GetResources": newPace(2, 1),
	}}
}

func newCalls(progress func(Event), quota *Quota) *calls {
	c := &calls{progress: progress, slots: map[string]chan struct{}{}, paces: quota.paces}
	for _, service := range []string{"apigateway", "iam", "sqs", "kms", "sts", "organizations"} {
		c.slots[service] = make(chan struct{}, inFlight)
	}
	return c
}

// call makes one call. The failure is nil when it succeeded.
func call[T any](ctx context.Context, c *calls, s spec, do func(context.Context) (T, error)) (T, *failure) {
	c.tell(s, false, nil)
	own := &tries{}
	out, err := paced(context.WithValue(ctx, triesKey{}, own), c, s, do)
	if err = c.explain(own, err); err != nil {
		f := &failure{s, err}
		c.tell(s, true, f)
		return out, f
	}
	c.tell(s, true, nil)
	return out, nil
}

func paced[T any](ctx context.Context, c *calls, s spec, do func(context.Context) (T, error)) (out T, err error) {
	select {
	case c.slots[s.service] <- struct{}{}:
		defer func() { <-c.slots[s.service] }()
	case <-ctx.Done():
		return out, ctx.Err()
	}
	for _, name := range []string{s.operation, s.service} {
		if err := c.paces[name].wait(ctx); err != nil {
			return out, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, share(ctx))
	defer cancel()
	return do(ctx)
}

// share is the longest that one call may take: half of the time that is left,
// so that what depends on a call that hangs still has its turn.
func share(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return longestCall
	}
	return time.Until(deadline) / 2
}

func (c *calls) tell(s spec, ended bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if ended {
		c.done++
	} else {
		c.total++
	}
	if c.progress != nil {
		c.progress(Event{Call: s.operation, Subject: s.subject, Ended: ended, Done: c.done, Total: c.total, Err: err, APIs: c.apis, APIsRead: c.apisRead})
	}
}

// apiRead counts an API that is done with.
func (c *calls) apiRead() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.apisRead++
}

// mute ends the progress events, also of calls that are still being given up.
func (c *calls) mute() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.progress = nil
}

// pace is a token bucket. The nil pace does not wait.
type pace struct {
	mu     sync.Mutex
	rate   float64 // tokens a second
	burst  float64
	tokens float64
	last   time.Time
}

func newPace(rate, burst float64) *pace {
	return &pace{rate: rate, burst: burst, tokens: burst}
}

func (p *pace) wait(ctx context.Context) error {
	if p == nil {
		return ctx.Err()
	}
	timer := time.NewTimer(p.take(time.Now()))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// take takes a token and says how long to wait for it.
func (p *pace) take(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.last.IsZero() {
		p.tokens = min(p.burst, p.tokens+now.Sub(p.last).Seconds()*p.rate)
	}
	p.last = now
	p.tokens--
	return time.Duration(max(0, -p.tokens) / p.rate * float64(time.Second))
}

// later is a value that is being read.
type later[T any] struct {
	done  chan struct{}
	value T
}

// start begins to read a value.
func start[T any](read func() T) *later[T] {
	l := &later[T]{done: make(chan struct{})}
	go func() {
		defer close(l.done)
		l.value = read()
	}()
	return l
}

// wait returns the value when it is there. It ends with the run's context,
// because everything that is read does.
func (l *later[T]) wait() T {
	<-l.done
	return l.value
}

// memo reads each thing once.
type memo[T any] struct {
	mu   sync.Mutex
	list map[string]*later[T]
}

// get begins to read the thing with the key unless that has begun already.
func (m *memo[T]) get(key string, read func() T) *later[T] {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.list == nil {
		m.list = map[string]*later[T]{}
	}
	if m.list[key] == nil {
		m.list[key] = start(read)
	}
	return m.list[key]
}

// all waits for everything that has begun, and for what that begins.
func (m *memo[T]) all() map[string]T {
	out := map[string]T{}
	for {
		m.mu.Lock()
		list := maps.Clone(m.list)
		m.mu.Unlock()
		if len(list) == len(out) {
			return out
		}
		for key, l := range list {
			out[key] = l.wait()
		}
	}
}
