// Package logs fetches log events and metrics from CloudWatch. It reads only, and
// knows nothing of what the events say.
package logs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/smithy-go"

	"apisqs-doctor/diagnose/source/live"
)

// Event is one event of a log group.
type Event struct {
	Time    int64 // milliseconds since 1970
	ID      string
	Message string
}

// Query says which events to read.
type Query struct {
	Group     string    // name, or the ARN of one of another account
	Partition string    // of AWS, for the permission that a refusal names
	Account   string    // of the group, for the same; empty when not known
	From, To  time.Time // the window
	Limit     int       // most events that are read, the newest of the window
	Progress  func(events, calls int)
}

// Result says how far the reading came.
type Result struct {
	Events, Calls int
	More          bool // the limit, the time or a failure ended the reading: earlier events of the window were not read
}

// ErrNoGroup is that there is no such log group. It is made with the first event.
var ErrNoGroup = errors.New("there is no such log group")

// pace keeps within the calls a second that the slowest Region takes (L81).
const (
	atOnce = 5
	pace   = 200 * time.Millisecond
)

// mostOnPage is the service's own limit of a page (L80).
const mostOnPage = 10_000

// Read gives the events of the window to the function, page by page, the newest
// page first. A page can be empty and yet not the last one (L80). The error is
// ErrNoGroup, the context's, or a *live.Error; what was read before it has been
// given.
func Read(ctx context.Context, cfg live.Settings, q Query, each func(Event)) (Result, error) {
	client := cloudwatchlogs.NewFromConfig(cfg)
	in := &cloudwatchlogs.FilterLogEventsInput{StartTime: aws.Int64(q.From.UnixMilli()), EndTime: aws.Int64(q.To.UnixMilli()), StartFromHead: aws.Bool(false)}
	if strings.HasPrefix(q.Group, "arn:") {
		in.LogGroupIdentifier = aws.String(q.Group)
	} else {
		in.LogGroupName = aws.String(q.Group)
	}
	var out Result
	for {
		if out.Calls >= atOnce {
			select {
			case <-time.After(pace):
			case <-ctx.Done():
			}
		}
		in.Limit = aws.Int32(int32(min(mostOnPage, max(1, q.Limit-out.Events))))
		page, err := client.FilterLogEvents(ctx, in)
		out.Calls++
		var api smithy.APIError
		if errors.As(err, &api) && api.ErrorCode() == "InvalidParameterException" && in.StartFromHead != nil && out.Calls == 1 {
			in.StartFromHead = nil // not known there, or the window begins before 2024 (L80, L89)
			continue
		}
		if err != nil {
			out.More = out.Events > 0
			return out, q.failure(ctx, cfg.Region, err)
		}
		for _, e := range page.Events {
			each(Event{aws.ToInt64(e.Timestamp), aws.ToString(e.EventId), aws.ToString(e.Message)})
		}
		out.Events += len(page.Events)
		if q.Progress != nil {
			q.Progress(out.Events, out.Calls)
		}
		if aws.ToString(page.NextToken) == "" {
			return out, nil
		}
		if out.Events >= q.Limit {
			out.More = true
			return out, nil
		}
		in.NextToken = page.NextToken
	}
}

// failure says why a group cannot be read (L89).
func (q Query) failure(ctx context.Context, region string, err error) error {
	var api smithy.APIError
	code := ""
	if errors.As(err, &api) {
		code = api.ErrorCode()
	}
	kind, said := live.Judge(err)
	e := &live.Error{Kind: kind, Err: err, Message: fmt.Sprintf("the log group %s in region %s cannot be read: %s", q.Group, region, said)}
	switch {
	case code == "ResourceNotFoundException":
		return ErrNoGroup
	case code == "InvalidOperationException" || code == "OperationNotSupportedException":
		e.Message = fmt.Sprintf("the log group %s cannot be searched: its class does not allow it (%s)", q.Group, code)
		e.Suggest = "a group of the Infrequent Access class can be read with Logs Insights alone: save its result as JSON and give it with --file"
	case kind == live.Denied:
		e.Suggest = "allow " + q.Needs(region)
	case kind == live.Throttled:
		e.Suggest = "try again, or with a shorter --since: the account's quota of FilterLogEvents is small and shared"
	case kind == live.Expired:
		e.Suggest = "renew the credentials, for example with: aws sso login"
	case ctx.Err() != nil:
		e.Suggest = "give more time with --timeout, or a shorter --since"
	}
	return e
}

// Needs is the permission that reading the group needs (L87).
func (q Query) Needs(region string) string {
	if strings.HasPrefix(q.Group, "arn:") {
		return "logs:FilterLogEvents on " + q.Group + ":*"
	}
	account := q.Account
	if account == "" {
		account = "*"
	}
	return fmt.Sprintf("logs:FilterLogEvents on arn:%s:logs:%s:%s:log-group:%s:*", q.Partition, region, account, q.Group)
}
