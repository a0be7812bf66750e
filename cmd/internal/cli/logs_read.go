package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"apisqs-doctor/cmd/internal/logs"
	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/live"
	fetch "apisqs-doctor/diagnose/source/live/logs"
	"apisqs-doctor/rules"
)

// seen is what logs have said of one stage.
type seen struct {
	stage   string
	methods []logs.Observed
	groups  logs.Groups
	unread  []string // why calls may be missing, whole sentences
	read    bool     // some log was read
	calls   int
	list    []logs.Call // that were kept
	other   int
	forged  int
	failure error // of AWS, when nothing could be read for it
}

// observe reads the logs of the examined stage, or the file, and compares.
func (a *app) observe(ctx context.Context, t *targetFlags, w window, file, format string, s *snapshot.Snapshot, e *diagnose.Examination) (*seen, error) {
	words := w.text()
	if file != "" {
		words = "file"
	}
	return a.compare(s, e, t.stage, words, 0, func(out *seen, each func(*logs.Observation)) error {
		switch {
		case file == "":
			return a.fetchLogs(ctx, t, w, s, out, each)
		case format == "":
			format = out.groups.Format
		}
		return a.readLogFile(file, format, each, out)
	})
}

// compare holds what is read of a stage's calls against the prediction. So many of
// the calls are kept one by one.
func (a *app) compare(s *snapshot.Snapshot, e *diagnose.Examination, name, window string, keep int, read func(*seen, func(*logs.Observation)) error) (*seen, error) {
	stage := stageOf(s, e, name)
	if stage == nil {
		return nil, usage("", "the API has no stage, so that nobody can have called it")
	}
	out := &seen{stage: stage.Name, groups: logs.GroupsOf(s, &s.APIs[0], stage, methodsOf(e))}
	c := logs.NewComparer(s, e, rules.All(), s.APIs[0].ID, stage.Name, window)
	c.Keep = keep
	if err := read(out, func(o *logs.Observation) {
		out.calls++
		c.Add(o)
	}); err != nil {
		return nil, err
	}
	out.methods, out.other, out.list = c.Finish(), c.Other, c.Calls()
	return out, nil
}

// readLogFile reads an export.
func (a *app) readLogFile(file, format string, each func(*logs.Observation), out *seen) error {
	g, err := logs.NewGrouper(format, each)
	if err != nil {
		return usage("the requests of an execution log can be read without it", "%s", err)
	}
	in, name := a.In, "standard input"
	if file != "-" {
		f, err := openFile(file)
		if err != nil {
			return err
		}
		defer f.Close()
		in, name = io.Reader(f), file
	}
	return out.readLog(in, name, g)
}

// readLog reads a log as text or JSON.
func (s *seen) readLog(in io.Reader, name string, g *logs.Grouper) error {
	if err := logs.Read(in, name, g); err != nil {
		var path *os.PathError
		if errors.As(err, &path) {
			return usage("", "%s: %s", name, plain(err))
		}
		return usage("", "%s", err)
	}
	if g.Events > 0 && g.Unread == g.Events {
		return usage("expected events of an execution log, \"(REQUEST-ID) TEXT\", or of an access log; for one of an own format give --format", "%s: none of its %d lines is a log event, the first is %q", name, g.Events, cutText(g.Sample, 80))
	}
	s.note(g)
	s.read = g.Events > 0
	return nil
}

func cutText(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// note says what of a log was not read as an event.
func (s *seen) note(g *logs.Grouper) {
	if g.Unread > 0 {
		s.unread = append(s.unread, fmt.Sprintf("%s could not be read, such as %q", report.Count(g.Unread, "event"), cutText(g.Sample, 60)))
	}
	if g.Late > 0 {
		s.unread = append(s.unread, fmt.Sprintf("%s of calls that were longer ago than can be held were left out", report.Count(g.Late, "line")))
	}
	s.forged += g.Forged
}

// fetchLogs reads the stage's log groups from AWS, the execution log first.
func (a *app) fetchLogs(ctx context.Context, t *targetFlags, w window, s *snapshot.Snapshot, out *seen, each func(*logs.Observation)) error {
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	cfg, err := t.settings(ctx)
	if err != nil {
		return err
	}
	now := a.Now()
	show := a.progress()
	defer show.clear()
	g := &out.groups
	var where error // why deliveries are not known
	if g.Logging && s.APIs[0].Type == snapshot.REST {
		var list []fetch.Delivery
		list, where = fetch.Deliveries(ctx, cfg, s.APIs[0].ID, out.stage)
		var to []logs.Delivery
		for _, d := range list {
			to = append(to, logs.Delivery(d))
		}
		g.Deliver(to)
	}
	type source struct {
		group   string
		message func(string) string
	}
	sources := []source{{g.Execution, nil}, {g.Access, nil}}
	if g.Delivered != nil {
		sources = slices.Insert(sources, 0, source{g.Delivered.Group(s), g.Delivered.Message})
	}
	for _, one := range sources {
		if one.group == "" {
			continue
		}
		q := fetch.Query{Group: one.group, Partition: s.Target.Partition, Account: s.Target.Account, From: now.Add(-w.since), To: now.Add(time.Minute), Limit: w.limit,
			Progress: func(events, calls int) {
				show.line(fmt.Sprintf("reading logs: %d events in %d calls of %s", events, calls, one.group))
			}}
		out.fetch(ctx, cfg, q, one.message, each, where)
	}
	return nil
}

// fetch reads one log group.
func (s *seen) fetch(ctx context.Context, cfg live.Settings, q fetch.Query, message func(string) string, each func(*logs.Observation), where error) {
	g, err := logs.NewGrouper(s.groups.Format, each)
	if err != nil {
		s.unread = append(s.unread, err.Error())
		g, _ = logs.NewGrouper("", each)
	}
	result, err := fetch.Read(ctx, cfg, q, func(e fetch.Event) {
		if message != nil {
			e.Message = message(e.Message)
		}
		g.Add(logs.Event{Time: e.Time, ID: e.ID, Message: e.Message})
	})
	g.Close()
	s.note(g)
	managed := q.Group == s.groups.Execution
	switch {
	case errors.Is(err, fetch.ErrNoGroup) && managed && (s.groups.Delivered != nil || !s.groups.Logging):
		// What is delivered is not there, and neither is what is not logged.
	case errors.Is(err, fetch.ErrNoGroup) && managed:
		s.unread = append(s.unread, fmt.Sprintf("there is no log group %s, although executions are logged: nobody called the stage since logging was switched on, or the group was deleted by hand, after which a new deployment makes it again", q.Group)) // L7b
	case errors.Is(err, fetch.ErrNoGroup):
		s.unread = append(s.unread, "there is no log group "+q.Group)
	case err != nil:
		s.failure = err
		s.unread = append(s.unread, err.Error())
	default:
		s.read = true
	}
	if result.Events == 0 && managed && where != nil {
		s.unread = append(s.unread, "nothing was in the group that API Gateway manages, and "+where.Error())
	}
	if result.More {
		s.read = true
		s.unread = append(s.unread, fmt.Sprintf("%s has more events in this time than the %d that were read: earlier calls are missing; --limit reads more", q.Group, result.Events))
	}
}

// beside puts what was seen beside the diagnoses of a report.
func (s *seen) beside(e *diagnose.Examination) map[string]*logs.Observed {
	list := map[string]*logs.Observed{}
	for i := range s.methods {
		s.methods[i].Unread = append(append([]string{}, s.unread...), s.groups.Hidden...)
	}
	for i := range e.Diagnoses {
		d := &e.Diagnoses[i]
		if d.Trace.Route.API == nil || d.Trace.Route.Method == nil {
			continue
		}
		for k := range s.methods {
			if s.methods[k].Method == logs.MethodName(d.Trace.Route.Method) {
				list[report.ObservedKey(d)] = &s.methods[k]
			}
		}
	}
	return list
}

// exitCode settles what was seen. That nothing failed is known only of a log that
// could have shown it.
func (s *seen) exitCode() int {
	counted := 0
	for _, o := range s.methods {
		if o.Failed+o.Lost > 0 {
			return ExitProblems
		}
		counted += o.Calls - o.Untold
	}
	if !s.read || counted == 0 {
		return ExitInconclusive
	}
	return ExitHealthy
}
