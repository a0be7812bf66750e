package live

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// tries counts the requests of one call, or of the run, and what became of them.
type tries struct {
	mu sync.Mutex
	counts
	last error // what AWS said to the latest one, when it would not serve it
}

type counts struct{ sent, throttled, failing int }

// note counts a request that has ended.
func (t *tries) note(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sent++
	t.last = nil
	switch {
	case isThrottle(err):
		t.throttled++
		t.last = err
	case httpStatus(err) >= 500:
		t.failing++
		t.last = err
	}
}

func (t *tries) so() (counts, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.counts, t.last
}

// triesKey is the context's key for the tries of one call.
type triesKey struct{}

// counting makes a client of the SDK count its requests.
func (c *calls) counting(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("apisqs-doctor tries",
		func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
			out, metadata, err := next.HandleDeserialize(ctx, in)
			c.tries.note(err)
			if own, ok := ctx.Value(triesKey{}).(*tries); ok {
				own.note(err)
			}
			return out, metadata, err
		}), middleware.Before)
}

// storm is a call that AWS would not serve, however often it was tried: the
// account's quota was used up, or the service failed.
type storm struct {
	own, run  counts
	throttled bool
	late      bool // the time ended before the tries did
	more      time.Duration
	err       error // AWS's last answer; nil when nothing was sent any more
}

func (s *storm) Error() string {
	if s.own.sent == 0 {
		return s.text(s.run)
	}
	return s.text(s.own)
}

func (s *storm) text(n counts) string {
	if s.throttled {
		return fmt.Sprintf("throttled by AWS: %d of %d calls", n.throttled, n.sent)
	}
	return fmt.Sprintf("AWS failed: %d of %d calls (%s%s)", n.failing, n.sent, orElse(code(s.err), "no code"), status(s.err))
}

// Unwrap gives AWS's last answer.
func (s *storm) Unwrap() error { return s.err }

// suggest says what to do.
func (s *storm) suggest() string {
	if s.late {
		minutes := s.more.Round(time.Minute)
		return fmt.Sprintf("try --timeout %dm", int(minutes.Minutes()))
	}
	return "try again later"
}

// worthTrying is the timeout for each of the APIs that would be worth trying
// when the one of ctx was too short.
func worthTrying(ctx context.Context, apis int) time.Duration {
	const some = 5 * time.Minute
	deadline, ok := ctx.Deadline()
	if !ok {
		return some
	}
	return max(some, 2*time.Until(deadline)/time.Duration(max(1, apis)))
}

// explain finds the storm behind an error, which by itself only tells that the
// time is over.
func (c *calls) explain(own *tries, err error) error {
	if err == nil {
		return nil
	}
	late := errors.Is(err, context.DeadlineExceeded)
	n, last := own.so()
	run, _ := c.tries.so()
	s := &storm{own: n, run: run, late: late, more: c.more, err: last}
	switch {
	case late && n.sent == 0 && run.throttled > 0:
		s.throttled = true // the others used up the time
	case last == nil || !late && !isThrottle(err) && httpStatus(err) < 500:
		return err
	default:
		s.throttled = isThrottle(last)
	}
	return s
}

var throttles = retry.IsErrorThrottles(retry.DefaultThrottles)

// isThrottle tells whether AWS refused a request for having had too many.
func isThrottle(err error) bool {
	return err != nil && (throttles.IsErrorThrottle(err) == aws.TrueTernary || httpStatus(err) == 429)
}

// httpStatus is the status of the answer that was an error; 0 without one.
func httpStatus(err error) int {
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		return response.HTTPStatusCode()
	}
	return 0
}

// patient tries as often as the time allows while AWS throttles, and a few times
// in case of any other trouble.
type patient struct {
	*retry.AdaptiveMode
	attempts int
}

// MaxAttempts is 0, which is without limit.
func (p patient) MaxAttempts() int { return 0 }

// RetryDelay says how long to wait; its error ends the tries.
func (p patient) RetryDelay(attempt int, err error) (time.Duration, error) {
	if attempt >= p.attempts && !isThrottle(err) {
		return 0, err
	}
	return p.AdaptiveMode.RetryDelay(min(attempt, p.attempts), err)
}
