package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"apisqs-doctor/cmd/internal/explain"
	"apisqs-doctor/cmd/internal/logs"
	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/live"
	fetch "apisqs-doctor/diagnose/source/live/logs"
	"apisqs-doctor/rules"
)

// logsFlags are the flags of the logs command.
type logsFlags struct {
	targetFlags
	window
	method    string
	only      []string // methods of which calls are wanted; none for all
	requestID string
	file      string
	format    string
	bodies    bool
	metrics   bool
	output    string
	shell     string
}

// window is how far back logs are read, and how many events of them.
type window struct {
	since time.Duration
	limit int
}

func (w *window) text() string {
	return strings.TrimSuffix(strings.TrimSuffix(w.since.String(), "0s"), "0m")
}

// mostEvents are read when --limit does not say: some 5000 calls at INFO with data trace.
const mostEvents = 100_000

func (a *app) logsCommand() *cobra.Command {
	var f logsFlags
	cmd := &cobra.Command{
		Use:   "logs",
		Short: "What really happened: the calls of a stage from its logs, held against the prediction",
		Long: `logs reads the execution log and the access log of a deployed stage, groups the calls that failed,
and holds each against what the doctor predicts for it. Where the stage logs with data trace, the
client's request is rebuilt from the log and followed through the configuration: that tells a role
that may not send from an "&" that broke the form, whose answers are equal. It says what the calls
of a group have in common and others have not.

Calls of which SQS refused the message and the client was told of success are counted as lost.
Calls from before the day of the stage's current deployment are counted apart. What keeps calls out
of the logs is said, with the commands that change it; none is carried out.

With --file it reads an export instead: the answer of filter-log-events, the text of aws logs tail,
a copy or CSV of the console, or one JSON object a line. Without an API it then only groups.

Headers and bodies are not shown. --show-bodies shows those of one call of each group; credentials
are hidden there too. --metrics costs about a hundredth of a cent a run, logs cost nothing.
The permissions: apisqs-doctor policy --for logs.

Exit codes:
  0  logs were read, and no call failed or was lost
  1  calls failed or were lost
  2  bad usage or unreadable input
  3  AWS could not be reached, or no such API
  4  nothing could be read, or what was read cannot show whether calls failed`,
		Example: `  apisqs-doctor logs --api-id a1b2c3d4 --stage prod --since 3h
  apisqs-doctor logs https://a1b2c3d4.execute-api.eu-west-1.amazonaws.com/prod/orders --metrics
  apisqs-doctor logs --api-id a1b2c3d4 --request-id 0f6f1a52-3c0e-4a1b-9d57-6d1f0b2c3e03
  aws logs filter-log-events --log-group-name API-Gateway-Execution-Logs_a1b2c3d4/prod | apisqs-doctor logs --file - --snapshot api.json`,
		Args: func(cmd *cobra.Command, args []string) error { return f.targetFlags.arguments(cmd, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.file, "file", "", "read log events from `FILE`, or - for standard input, and not from AWS")
	_ = cmd.MarkFlagFilename("file", "json", "ndjson", "log", "txt", "csv")
	f.window.add(cmd)
	flags.StringVar(&f.method, "method", "", "only the calls of this `METHOD`, such as \"POST /orders\"")
	flags.StringVar(&f.requestID, "request-id", "", "only the call with this `ID`, as x-amzn-requestid or x-amz-apigw-id tells the client")
	flags.StringVar(&f.format, "format", "", "the $context `FORMAT` of an access log in --file, when the stage does not say")
	flags.BoolVar(&f.bodies, "show-bodies", false, "show what was sent and answered in one call of each group; credentials stay hidden")
	flags.BoolVar(&f.metrics, "metrics", false, "metrics of the stage and of the queues beside the logs")
	f.targetFlags.add(cmd)
	f.targetFlags.addStage(cmd)
	f.targetFlags.addAWS(cmd)
	textOrJSON(cmd, &f.output)
	addShell(cmd, &f.shell)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return a.logs(cmd.Context(), &f) }
	return cmd
}

func (w *window) add(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&w.since, "since", time.Hour, "how far back to read, such as 30m or 24h: `TIME`")
	cmd.Flags().IntVar(&w.limit, "limit", mostEvents, "most log events to read, the newest ones: `N`")
}

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

// logs reads, compares and reports.
func (a *app) logs(ctx context.Context, f *logsFlags) error {
	if err := f.check(a.given); err != nil {
		return err
	}
	if f.method != "" {
		f.only = []string{strings.TrimSpace(f.method)}
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	var s *snapshot.Snapshot
	e := diagnose.Examination{}
	if f.targetFlags.any() {
		var err error
		if s, err = a.load(ctx, &f.targetFlags); err != nil {
			return err
		}
		if len(s.APIs) != 1 {
			return usage("", "logs are those of one API, and there are %d", len(s.APIs))
		}
		path := f.follow(s, call{}).path
		if err := checkStage(s, f.stage); err != nil {
			return err
		}
		e = diagnose.Examine(s, diagnose.Selection{Stage: f.stage}, nil, nil)
		if path != "" && f.method == "" {
			there := diagnose.Examine(s, diagnose.Selection{Stage: f.stage, Path: path}, nil, nil)
			if f.only = methodsOf(&there); len(f.only) == 0 {
				return usage("give the URL without its path, or --method", "no method that leads to SQS is at %s", path)
			}
		}
	}
	if f.requestID != "" || s == nil {
		return a.calls(ctx, f, s, &e)
	}
	out, err := a.observe(ctx, &f.targetFlags, f.window, f.file, f.format, s, &e)
	if err != nil {
		return err
	}
	if len(f.only) > 0 {
		out.methods = slices.DeleteFunc(out.methods, func(o logs.Observed) bool { return !slices.Contains(f.only, o.Method) })
	}
	var numbers *metricsTable
	if f.metrics {
		if numbers, err = a.metrics(ctx, f, s, &e); err != nil {
			return err
		}
	}
	a.code = out.exitCode()
	if out.failure != nil && !out.read {
		a.code = ExitCannotRun
		var known *live.Error
		if errors.As(out.failure, &known) && known.Kind == live.Denied {
			a.code = ExitInconclusive
		}
	}
	if f.output == "json" {
		return a.logsJSON(s, &e, out, numbers)
	}
	a.logsText(f, s, &e, out, numbers)
	return nil
}

func (f *logsFlags) check(given map[string]bool) error {
	if err := f.targetFlags.one(); err != nil {
		return err
	}
	switch {
	case f.file == "" && !f.live():
		return usage("give --api-id ID to read them from AWS, or --file FILE", "no logs given")
	case f.allAPIs:
		return usage("", "--all-apis has no meaning with logs: give one --api-id")
	case f.file != "" && given["since"]:
		return usage("", "--since has no meaning with --file: all of the file is read")
	case f.file == "" && given["format"]:
		return usage("", "--format has no meaning without --file: the stage says it")
	case f.metrics && !f.live():
		return usage("", "--metrics needs --api-id: metrics are read from AWS")
	case f.since <= 0 || f.limit <= 0:
		return usage("", "--since and --limit have to be more than nothing")
	}
	if f.targetFlags.any() {
		return f.targetFlags.check(given)
	}
	return nil
}

// stageOf is the stage that was examined.
func stageOf(s *snapshot.Snapshot, e *diagnose.Examination, name string) *snapshot.Stage {
	for i := range e.Diagnoses {
		if st := e.Diagnoses[i].Trace.Route.Stage; st != nil && (name == "" || st.Name == name) {
			return st
		}
	}
	stages, _ := s.APIs[0].Stages.Peek()
	for i := range stages {
		if name == "" || stages[i].Name == name {
			return &stages[i]
		}
	}
	return nil
}

// sights say whether a failed call of what is deployed could be seen in its logs, and
// which setting hides it: a sentence for each API.
func sights(s *snapshot.Snapshot, e *diagnose.Examination) []string {
	if e.Target.Kind != snapshot.Live {
		return nil
	}
	var list []string
	for _, api := range e.APIs {
		of := diagnose.Examination{}
		var stage *snapshot.Stage
		for i := range e.Diagnoses {
			if r := &e.Diagnoses[i].Trace.Route; r.API != nil && r.API.ID == api.ID && r.Stage != nil && r.Method != nil {
				of.Diagnoses, stage = append(of.Diagnoses, e.Diagnoses[i]), r.Stage
			}
		}
		if stage == nil {
			continue
		}
		said := logs.GroupsOf(s, api, stage, methodsOf(&of)).Sight
		if len(e.APIs) > 1 {
			said = strings.TrimSpace(api.Name+" "+api.ID) + ": " + said
		}
		list = append(list, said)
	}
	return list
}

// methodsOf are the methods that were examined, such as POST /orders.
func methodsOf(e *diagnose.Examination) []string {
	var list []string
	for i := range e.Diagnoses {
		if m := e.Diagnoses[i].Trace.Route.Method; m != nil {
			name := logs.MethodName(m)
			if !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	return list
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

// calls explains single calls: the one that was asked for, or those of a file of
// which no configuration is known.
func (a *app) calls(ctx context.Context, f *logsFlags, s *snapshot.Snapshot, e *diagnose.Examination) error {
	var log explain.Log
	wanted := func(o *logs.Observation) bool {
		return f.requestID == "" || o.ID == f.requestID || o.Extended == f.requestID || o.SQSID == f.requestID
	}
	each := func(o *logs.Observation) {
		if wanted(o) && (len(f.only) == 0 || slices.Contains(f.only, strings.TrimSpace(o.Method+" "+o.Path))) {
			log.Add(o, rules.All())
		}
	}
	out := &seen{}
	if f.file != "" {
		if err := a.readLogFile(f.file, f.format, each, out); err != nil {
			return err
		}
	} else {
		stage := stageOf(s, e, f.stage)
		if stage == nil {
			return usage("", "the API has no stage, so that nobody can have called it")
		}
		out.stage, out.groups = stage.Name, logs.GroupsOf(s, &s.APIs[0], stage, methodsOf(e))
		if err := a.fetchLogs(ctx, &f.targetFlags, f.window, s, out, each); err != nil {
			return err
		}
	}
	log.Sort()
	if !f.bodies {
		log.Mask()
	}
	switch {
	case log.Requests == 0 && f.requestID != "":
		a.code = ExitInconclusive
		a.printf("no call %s is in the logs of the last %s\n", f.requestID, f.window.text())
		a.sentences(append(out.unread, out.groups.Hidden...))
		return nil
	case log.Requests == 0:
		a.code = ExitInconclusive
		a.printf("no call is in the log\n")
		return nil
	}
	if len(log.Failed) > 0 {
		a.code = ExitProblems
	}
	if f.output == "json" {
		return a.explainJSON("", log, nil)
	}
	a.explainLog(log, f.shell)
	if f.bodies {
		for _, r := range append(log.Failed, log.Succeeded...) {
			a.shown(r.Observation)
		}
	}
	return nil
}

// logsDocument is the JSON of the logs command.
type logsDocument struct {
	Schema  string        `json:"schema"`
	API     string        `json:"api"`
	Stage   string        `json:"stage"`
	Methods []logsMethod  `json:"methods"`
	Other   int           `json:"other"` // calls of methods that do not lead to SQS
	Sight   string        `json:"sight"` // whether a failed call can be seen at all
	Hidden  []string      `json:"hidden"`
	Unread  []string      `json:"unread"`
	Metrics *metricsTable `json:"metrics,omitempty"`
}

type logsMethod struct {
	Method   string        `json:"method"` // empty for calls that reached no method
	Observed logs.Observed `json:"observed"`
}

func (a *app) logsJSON(s *snapshot.Snapshot, e *diagnose.Examination, out *seen, numbers *metricsTable) error {
	doc := logsDocument{Schema: "apisqs-doctor/logs/v1", API: s.APIs[0].ID, Methods: []logsMethod{}, Other: out.other, Sight: out.groups.Sight,
		Hidden: append([]string{}, out.groups.Hidden...), Unread: append([]string{}, out.unread...), Metrics: numbers}
	if st := stageOf(s, e, ""); st != nil {
		doc.Stage = st.Name
	}
	for _, o := range out.methods {
		o.Unread = doc.Unread
		doc.Methods = append(doc.Methods, logsMethod{o.Method, o})
	}
	return a.encode(doc)
}
