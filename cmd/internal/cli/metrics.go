package cli

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	fetch "apisqs-doctor/diagnose/source/live/logs"
	"apisqs-doctor/diagnose/text"
)

// metricsTable is what CloudWatch counted in a window.
type metricsTable struct {
	From   string         `json:"from"`
	To     string         `json:"to"`
	Period int            `json:"period"` // seconds
	Series []metricSeries `json:"series"`
	Notes  []string       `json:"notes"`
}

// metricSeries is one metric. A period without a value has none; that is not zero (L75).
type metricSeries struct {
	Of     string     `json:"of"` // stage prod, queue orders
	Name   string     `json:"name"`
	Total  *float64   `json:"total"` // the sum of counts, the largest of ages and numbers; null when there is no value
	Values []*float64 `json:"values"`

	key, stat string
}

// series are the metrics of a stage and of the queues that its methods send to.
func metricsOf(s *snapshot.Snapshot, e *diagnose.Examination, stage string) (names []metricSeries, list []fetch.Metric, notes []string) {
	add := func(of, key, namespace, name, stat string, dimensions ...[2]string) {
		names = append(names, metricSeries{Of: of, Name: name, key: key, stat: stat})
		list = append(list, fetch.Metric{Namespace: namespace, Name: name, Dimensions: dimensions, Stat: stat})
	}
	api := &s.APIs[0]
	first, errors4, errors5 := [2]string{"ApiName", metricName(api)}, "4XXError", "5XXError" // L70, L71
	if api.Type == snapshot.HTTP {
		first, errors4, errors5 = [2]string{"ApiId", api.ID}, "4xx", "5xx" // L73
	}
	if api.Type != snapshot.WebSocket {
		for _, m := range [][2]string{{"calls", "Count"}, {"4", errors4}, {"5", errors5}} {
			add("stage "+stage, m[0], "AWS/ApiGateway", m[1], "Sum", first, [2]string{"Stage", stage})
		}
	}
	seen := map[string]bool{}
	// The name of a queue in metrics; false for one that was counted or cannot be.
	queue := func(arn string) (string, bool) {
		queue, ok := text.ParseARN(arn)
		if !ok || seen[arn] {
			return "", false
		}
		seen[arn] = true
		if queue.Region != s.Target.Region || s.Target.Account != "" && queue.Account != s.Target.Account {
			notes = append(notes, fmt.Sprintf("the metrics of %s are in its own account and region and were not read", arn)) // L74
			return "", false
		}
		return queue.Resource, true
	}
	waiting := func(of, key, name string) {
		add(of, key, "AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", [2]string{"QueueName", name})
		add(of, key+"-age", "AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", [2]string{"QueueName", name})
	}
	var dead []string // ARNs of dead-letter queues, after all the others
	for i := range e.Diagnoses {
		arn := report.QueueARN(e.Diagnoses[i].Trace)
		name, ok := queue(arn)
		if !ok {
			continue
		}
		of, dimension := "queue "+name, [2]string{"QueueName", name}
		add(of, "sent", "AWS/SQS", "NumberOfMessagesSent", "Sum", dimension)
		add(of, "received", "AWS/SQS", "NumberOfMessagesReceived", "Sum", dimension)
		waiting(of, "waiting", name)
		if q, known := s.Queue(arn).Peek(); known && q != nil {
			if to, known := q.DeadLetters.Peek(); known && to != "" {
				dead = append(dead, to)
			}
		}
	}
	for _, arn := range dead {
		if name, ok := queue(arn); ok {
			waiting("dead letters "+name, "dead", name) // what is moved there does not count as sent (L76)
		}
	}
	return names, list, notes
}

// metricName is the API's name as metrics have it: without what is not ASCII, or
// its id (L71).
func metricName(api *snapshot.API) string {
	name := strings.Map(func(r rune) rune {
		if r > 126 || r < 32 {
			return -1
		}
		return r
	}, api.Name)
	if name == "" {
		return api.ID
	}
	return name
}

// metrics reads them, in one call.
func (a *app) metrics(ctx context.Context, f *logsFlags, s *snapshot.Snapshot, e *diagnose.Examination) (*metricsTable, error) {
	stage := stageOf(s, e, f.stage)
	if stage == nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	cfg, err := f.settings(ctx)
	if err != nil {
		return nil, err
	}
	names, list, notes := metricsOf(s, e, stage.Name)
	period := time.Minute
	switch { // L78
	case f.since > 24*time.Hour:
		period = time.Hour
	case f.since > 3*time.Hour:
		period = 5 * time.Minute
	}
	to := a.Now().UTC()
	from := to.Add(-f.since).Truncate(period)
	table := &metricsTable{From: from.Format(time.RFC3339), To: to.Format(time.RFC3339), Period: int(period.Seconds()), Series: names, Notes: append([]string{}, notes...)}
	points, err := fetch.Metrics(ctx, cfg, list, from, to, period)
	if err != nil {
		table.Series = []metricSeries{}
		table.Notes = append(table.Notes, err.Error())
		return table, nil
	}
	n := int(to.Sub(from)/period) + 1
	for i := range names {
		one := &table.Series[i]
		one.Values = make([]*float64, n)
		for _, p := range points[i] {
			at := int(p.Time.Sub(from) / period)
			if at < 0 || at >= n {
				continue
			}
			one.Values[at] = &p.Value
			total := p.Value
			if one.Total != nil && one.stat == "Sum" {
				total += *one.Total
			} else if one.Total != nil {
				total = math.Max(total, *one.Total)
			}
			one.Total = &total
		}
	}
	table.compare()
	return table, nil
}

// compare holds the calls that succeeded against the messages that were sent,
// which no log is needed for (L77).
func (t *metricsTable) compare() {
	var calls, errors, sent float64
	queues, known := 0, false
	for _, one := range t.Series {
		value := 0.0
		if one.Total != nil {
			value = *one.Total
		}
		switch one.key {
		case "calls":
			calls += value
		case "4", "5":
			errors += value
		case "sent":
			queues++
			known = known || one.Total != nil
			sent += value
		}
	}
	fine := calls - errors
	switch {
	case queues == 0 || fine <= 0:
	case !known || sent == 0:
		t.Notes = append(t.Notes, fmt.Sprintf("%.0f calls succeeded and no message was counted as sent: SQS refuses and the client is told of success, or the messages go to another queue. The metrics of a queue that was quiet come up to a quarter of an hour late", fine))
	case sent < 0.9*fine:
		t.Notes = append(t.Notes, fmt.Sprintf("%.0f calls succeeded and %.0f messages were sent: some refusals may be told as success. Calls of other methods of the stage count too, messages of other senders as well", fine, sent))
	}
	for _, one := range t.Series {
		if one.key == "dead" && one.Total != nil && *one.Total > 0 {
			t.Notes = append(t.Notes, fmt.Sprintf("up to %.0f messages lie in %s: SQS took them, and who reads the queue gave up on them", *one.Total, one.Of))
		}
		if one.key != "waiting" || one.Total == nil || *one.Total == 0 {
			continue
		}
		for _, r := range t.Series {
			if r.key == "received" && r.Of == one.Of && (r.Total == nil || *r.Total == 0) {
				t.Notes = append(t.Notes, fmt.Sprintf("nobody reads %s: up to %.0f messages wait and none was received", one.Of, *one.Total))
			}
		}
	}
}

// metricsText writes a line for each series.
func (a *app) metricsText(t *metricsTable) {
	a.printf("\nMetrics, %s to %s:\n", t.From, t.To)
	for _, one := range t.Series {
		total := "no data"
		if one.Total != nil {
			total = fmt.Sprintf("%.0f", *one.Total)
		}
		a.printf("  %-28s %-36s %8s  %s\n", report.Visible(cutText(one.Of, 28)), one.Name, total, spark(one.Values))
	}
	a.sentences(t.Notes)
}

// spark draws values as bars, at most 40 of them; a blank has no data.
func spark(values []*float64) string {
	const most = 40
	bars := []rune("▁▂▃▄▅▆▇█")
	step := (len(values) + most - 1) / most
	if step == 0 {
		return ""
	}
	var sums []float64
	largest := 0.0
	for i := 0; i < len(values); i += step {
		sum := -1.0
		for _, v := range values[i:min(len(values), i+step)] {
			if v != nil {
				sum = math.Max(sum, 0) + *v
			}
		}
		sums = append(sums, sum)
		largest = math.Max(largest, sum)
	}
	var b strings.Builder
	for _, s := range sums {
		switch {
		case s < 0:
			b.WriteByte(' ')
		case largest == 0:
			b.WriteRune(bars[0])
		default:
			b.WriteRune(bars[int(s/largest*float64(len(bars)-1))])
		}
	}
	return strings.TrimRight(b.String(), " ")
}
