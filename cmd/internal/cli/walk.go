package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/cmd/internal/secret"
	"apisqs-doctor/cmd/internal/tui"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy/apply"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/live"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/rules"
)

// walkFlags are the flags of the walk command.
type walkFlags struct {
	targetFlags
	requestFlags
	organizationFlags
	demo       string
	color      string
	accessible bool
	watch      bool
	shell      string
}

func (a *app) walkCommand() *cobra.Command {
	var f walkFlags
	cmd := &cobra.Command{
		Use:   "walk",
		Short: "Walk through a diagnosis in the terminal",
		Long: `walk shows the way of a message through the eight stages: what goes in and comes out of each,
where it stops and why. It tries fixes in memory, and walks again when you edit the request.
The last line of the screen is always the command line that gives the same result.

Without a target it offers the APIs of the account.

With --accessible it asks and answers in plain lines of text, for screen readers.

The exit code is 0, or 130 after ctrl-c.`,
		Example: `  apisqs-doctor walk --api-id a1b2c3d4
  apisqs-doctor walk --template template.yaml --method "POST /orders" --body 'a&b'
  apisqs-doctor walk --demo ` + tellingDemo,
		Args: f.arguments,
	}
	f.targetFlags.add(cmd)
	f.targetFlags.addStage(cmd)
	f.requestFlags.add(cmd)
	f.targetFlags.addAWS(cmd)
	f.organizationFlags.add(cmd)
	cmd.Flags().StringVar(&f.demo, "demo", "", "walk through the embedded example of that `NAME`")
	addShell(cmd, &f.shell)
	choiceVar(cmd, &f.color, "color", "colour on the screen", "auto", "always", "never")
	cmd.Flags().BoolVar(&f.accessible, "accessible", false, "plain numbered prompts in place of a screen")
	cmd.Flags().BoolVar(&f.watch, "watch", false, "read again whenever one of the files changes")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return a.walk(cmd, &f) }
	return cmd
}

// walk shows the walkthrough.
func (a *app) walk(cmd *cobra.Command, f *walkFlags) error {
	c, err := a.readCall(&f.requestFlags)
	if err != nil {
		return err
	}
	var notes bytes.Buffer // what a source has to say must not run into the screen
	quiet := *a
	quiet.Err, quiet.ErrTTY = &notes, false
	o := tui.Options{In: a.In, Out: a.Out, Env: a.env, Rules: rules.All(), Remedy: remedies(f.writer(f.shell)), Color: a.colored(f.color, ""), Accessible: f.accessible,
		Selection: diagnose.Selection{Stage: f.stage, Method: c.method, Path: c.path}, Apply: f.walkApply}
	o.Calls = func(ctx context.Context, s *snapshot.Snapshot) (tui.Calls, error) {
		return quiet.loggedCalls(ctx, &f.targetFlags, s)
	}
	if !c.show {
		o.Hide = func(r walk.Request) walk.Request {
			hidden, _ := secret.Request(r, secret.Plain)
			return hidden
		}
	}
	switch {
	case f.demo != "":
		err = quiet.walkDemo(f, &o)
	case f.any():
		err = quiet.walkTarget(f, &o)
	default:
		err = quiet.walkAccount(f, &o)
	}
	if err != nil {
		return err
	}
	if f.demo == "" || c.request != nil || c.path != "" {
		o.Request = nil
		o.Place = func(s *snapshot.Snapshot) (*walk.Request, diagnose.Selection, error) {
			c := f.follow(s, c)
			if err := checkStage(s, f.stage); err != nil {
				return nil, diagnose.Selection{}, onScreen(err)
			}
			r, err := placed(s, f.stage, c)
			if err == nil && r != nil {
				*r, err = c.hide(s, *r)
			}
			return r, c.selection(f.stage), onScreen(err)
		}
	}
	o.Save = func(name string, e *diagnose.Examination, s *snapshot.Snapshot, what string) error {
		return saveAs(name, f, e, s, what)
	}
	ctx := cmd.Context()
	if ctx == nil {
		ctx = context.Background()
	}
	a.code, err = tui.Run(ctx, o)
	_, _ = notes.WriteTo(a.Err)
	var unfit *tui.NotATerminal
	if errors.As(err, &unfit) {
		return usage(unfit.Hint(), "%s", unfit)
	}
	return err
}

// walkDemo walks through an embedded example.
func (a *app) walkDemo(f *walkFlags, o *tui.Options) error {
	if f.any() {
		return usage("", "--demo has no meaning with another target")
	}
	c, err := loadDemo(f.demo)
	if err != nil {
		return err
	}
	o.What, o.Request = "the example "+f.demo, c.Request
	o.Command, o.RequestCommand = name+" demo "+f.demo, name+" --snapshot "+f.demo+".json"
	o.Apply, o.NoApply = nil, "this is an example: there is nothing to apply it to"
	o.Calls, o.NoCalls = nil, "this example has no logs; mapping-body-not-encoded has some"
	if c.Calls != "" {
		o.Calls = func(_ context.Context, s *snapshot.Snapshot) (tui.Calls, error) { return a.loggedDemo(s, c) }
	}
	o.Load = func(context.Context, func(tui.Event)) (*snapshot.Snapshot, error) { return c.Snapshot, nil }
	return nil
}

// walkTarget walks through the target of the flags.
func (a *app) walkTarget(f *walkFlags, o *tui.Options) error {
	if err := f.check(a.given); err != nil {
		return err
	}
	if err := f.one(); err != nil {
		return err
	}
	if err := a.settle(&f.targetFlags); err != nil {
		return err
	}
	o.Command = commandLine(f.shell, f.words()...)
	if f.watch && f.live() {
		return usage("", "--watch is for files")
	}
	if f.watch {
		files := f.watched()
		was := stamps(files)
		o.Changed = func(ctx context.Context) bool {
			ok := changed(ctx, files, was)
			was = stamps(files)
			return ok
		}
	}
	switch {
	case f.live():
		o.What = "API " + f.apiIDs[0]
	case f.snapshot != "":
		o.What, o.Apply, o.NoApply = f.snapshot, nil, "this is a snapshot: a fix is applied to what it was made of"
		o.Calls, o.NoCalls = nil, "this is a snapshot: for an exported log run apisqs-doctor logs --file LOG --snapshot FILE"
	default:
		o.Calls, o.NoCalls = nil, "these are files: logs are those of a deployed API"
		o.What, o.Apply, o.NoApply = f.sourceFile(), nil, "this is a file: it is changed by apisqs-doctor fix FILE --write"
	}
	id := ""
	if f.live() {
		id = f.apiIDs[0]
	}
	o.Load = func(ctx context.Context, progress func(tui.Event)) (*snapshot.Snapshot, error) {
		return a.walkLoad(ctx, f, id, nil, progress)
	}
	return nil
}

// walkLoad reads a target for the screen.
func (a *app) walkLoad(ctx context.Context, f *walkFlags, id string, quota *live.Quota, progress func(tui.Event)) (s *snapshot.Snapshot, err error) {
	if id == "" {
		s, err = a.load(ctx, &f.targetFlags)
	} else {
		s, err = readForScreen(ctx, &f.targetFlags, id, quota, progress)
	}
	if err == nil {
		err = f.organizationFlags.apply(s)
	}
	if err == nil {
		err = checkStage(s, f.stage)
	}
	if err != nil {
		return nil, onScreen(err)
	}
	return s, nil
}

// readForScreen reads an API and tells the screen of every call.
func readForScreen(ctx context.Context, t *targetFlags, id string, quota *live.Quota, progress func(tui.Event)) (*snapshot.Snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	cfg, err := t.settings(ctx)
	if err != nil {
		return nil, err
	}
	if t.named || t.domain != "" {
		if err := t.find(ctx, cfg); err != nil {
			return nil, err
		}
		id = t.apiIDs[0]
	}
	s, err := live.Read(ctx, cfg, live.Options{APIIDs: []string{id}, Stage: t.stage, Quota: quota, Emulator: live.Emulator(cfg), Progress: func(e live.Event) {
		progress(tui.Event{Call: e.Call, Subject: e.Subject, Ended: e.Ended, Done: e.Done, Total: e.Total, Err: e.Err})
	}})
	if err != nil {
		return nil, liveFailure(err)
	}
	return s, nil
}

// walkAccount lets the user choose among the account's APIs.
func (a *app) walkAccount(f *walkFlags, o *tui.Options) error {
	account := f.targetFlags
	o.Command = commandLine(f.shell, append([]string{name, "walk"}, account.awsWords()...)...)
	o.Choose = func(ctx context.Context) ([]tui.Choice, error) {
		ctx, cancel := context.WithTimeout(ctx, account.timeout)
		defer cancel()
		cfg, err := account.settings(ctx)
		if err != nil {
			return nil, onScreen(err)
		}
		list, err := live.List(ctx, cfg)
		if err != nil {
			return nil, onScreen(liveFailure(err))
		}
		var choices []tui.Choice
		quota := live.NewQuota(cfg)
		for _, api := range list {
			target := account
			target.apiIDs = []string{api.ID}
			choices = append(choices, tui.Choice{Name: strings.TrimSpace(api.Name + " " + api.ID), Detail: api.Description, Created: api.Created, Command: commandLine(f.shell, target.words()...),
				Load: func(ctx context.Context, progress func(tui.Event)) (*snapshot.Snapshot, error) {
					return a.walkLoad(ctx, f, api.ID, quota, progress)
				}})
		}
		return choices, nil
	}
	return nil
}

// walkApply carries a fix out as "fix --apply" does: every value is read again
// first, and a rollback file is kept.
func (f *walkFlags) walkApply(ctx context.Context, s *snapshot.Snapshot, fix diagnose.Fix) ([]string, error) {
	if fix.Blank != "" {
		return nil, fmt.Errorf("nothing was changed, because it has a blank: %s", fix.Blank)
	}
	plan, err := apply.New(s, []diagnose.Fix{fix})
	if err != nil {
		return nil, err
	}
	cfg, err := f.settings(ctx)
	if err != nil {
		return nil, onScreen(err)
	}
	file, err := rollbackFile(s.APIs[0].ID)
	if err != nil {
		return nil, fmt.Errorf("nothing was changed, because the rollback file cannot be made: %s", plain(err))
	}
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	if err := apply.Run(ctx, cfg, plan, func(data []byte) error { return saveFile(file, data) }); err != nil {
		var told *failure
		if errors.As(applyFailure(err, file, f.rollbackLine(f.shell, file)), &told) {
			return strings.Split(told.hint, "\n"), told
		}
		return nil, err
	}
	var log []string
	for _, c := range plan.Cells {
		log = append(log, "done: "+c.What)
	}
	return append(log, "to take it back: "+f.rollbackLine(f.shell, file)), nil
}

// onScreen is a failure as the screen tells it; its exit code is kept.
func onScreen(err error) error {
	var f *failure
	if errors.As(err, &f) {
		return &tui.Problem{Message: f.message, Hint: f.hint, Err: f}
	}
	return err
}

// saveAs writes a file of the walkthrough. It replaces none: nobody was asked.
func saveAs(file string, f *walkFlags, e *diagnose.Examination, s *snapshot.Snapshot, what string) error {
	switch {
	case f.demo != "":
		e.Target.Kind, e.Target.File = snapshot.Saved, "demo "+f.demo
	case f.snapshot != "":
		e.Target.Kind, e.Target.File, e.Target.Files = snapshot.Saved, f.snapshot, nil
	}
	var b bytes.Buffer
	var err error
	switch what {
	case "snapshot":
		err = snapshot.Save(&b, s)
	case "request":
		err = writeRequest(&b, &e.Diagnoses[0].Trace.Request)
	default:
		err = formats[what](&b, report.Run{Tool: tool(), Snapshot: s, Examination: *e, Rules: rules.All(), Remedy: withEdits(remedies(f.writer(f.shell)))}, false)
	}
	if err != nil {
		return err
	}
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("%s: %s", file, plain(err))
	}
	_, err = out.Write(b.Bytes())
	return errors.Join(err, out.Close())
}

// writeRequest writes what --request reads.
func writeRequest(w io.Writer, r *walk.Request) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(struct {
		Method  string        `json:"method"`
		Path    string        `json:"path"`
		Query   []walk.Header `json:"query,omitempty"`
		Headers []walk.Header `json:"headers"`
		Body    string        `json:"body"`
	}{r.Method, r.Path, r.Query, append([]walk.Header{}, r.Headers...), r.Body})
}

// words are the command line with the target's flags, the program first.
func (t *targetFlags) words() []string {
	words := []string{name}
	add := func(flag, value string) {
		if value != "" {
			words = append(words, "--"+flag, value)
		}
	}
	for _, id := range t.apiIDs {
		add("api-id", id)
	}
	add("snapshot", t.snapshot)
	for _, file := range t.templates {
		add("template", file)
	}
	for _, p := range t.parameters {
		add("parameter", p)
	}
	for _, v := range t.vars {
		add("var", v)
	}
	for _, file := range t.varFiles {
		add("var-file", file)
	}
	add("parameters-file", t.parametersFile)
	add("account-id", t.accountID)
	return append(words, t.awsWords()...)
}

// awsWords are the flags that say which AWS is meant.
func (t *targetFlags) awsWords() []string {
	var words []string
	for _, c := range [][2]string{{"region", t.region}, {"profile", t.profile}, {"endpoint-url", t.endpointURL}} {
		if c[1] != "" {
			words = append(words, "--"+c[0], c[1])
		}
	}
	return words
}

// commandLine writes words for a shell; what it cannot carry is left out.
func commandLine(kind string, words ...string) string {
	lines, err := shell.Script{{Run: shell.New(words[0], words[1:]...)}}.Write(shell.Kind(kind))
	if err != nil {
		return words[0]
	}
	return strings.Join(lines, "\n")
}
