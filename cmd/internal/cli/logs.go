package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"apisqs-doctor/cmd/internal/explain"
	"apisqs-doctor/cmd/internal/logs"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/live"
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
