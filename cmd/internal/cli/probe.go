package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"apisqs-doctor/cmd/internal/probe"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/live"
	"apisqs-doctor/diagnose/source/live/testinvoke"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/rules"
)

// probeFlags are the flags of the probe command.
type probeFlags struct {
	targetFlags
	requestFlags
	yes    bool
	log    bool
	format string
}

func (a *app) probeCommand() *cobra.Command {
	var f probeFlags
	cmd := &cobra.Command{
		Use:   "probe",
		Short: "Send one request for real, and hold what AWS answers against the prediction",
		Long: `probe sends one request through API Gateway's TestInvokeMethod and compares what AWS answers with
what the doctor predicts: the client's status, SQS's status and error code, and the digest of the
message. When the call succeeds, a real message is on the queue, and whoever reads the queue gets
it. So probe says what it predicts and asks first; --yes is for scripts. It makes one call and
never repeats it.

TestInvokeMethod runs the draft of the API, with the variables of the stage, and not what the
stage runs. Nothing that stands before the method takes part: no authorizer, API key, resource
policy, throttling or canary. When the draft and the stage differ, probe says so.

It prints neither bodies nor headers, but with --log, which shows the whole execution log. Tokens
and signatures are hidden there too. It needs the permission apigateway:POST on the method:
"apisqs-doctor policy --for probe" prints it.

Exit codes:
  0  the call succeeded, as predicted
  1  the call failed or altered the message, or AWS did not do what was predicted
  2  bad usage: also no such method, or nobody to ask and no --yes; nothing was sent
  3  the call could not be made, or its answer did not arrive; the error says which
  4  inconclusive: the call succeeded and the doctor could not predict it, the log does not say
     what SQS answered, or you said no`,
		Example: `  apisqs-doctor probe --api-id a1b2c3d4 --method "POST /orders"
  apisqs-doctor probe --api-id a1b2c3d4 --method "POST /orders" --body '{"id": 1}' --yes
  apisqs-doctor probe --api-id a1b2c3d4 --stage prod --request call.yaml --log`,
		Args: noArguments,
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&f.apiIDs, "api-id", nil, "deployed REST API, by its `ID` (also --rest-api-id)")
	flags.StringVar(&f.stage, "stage", "", "`NAME` of the stage whose variables the test has; else the first (also --stage-name)")
	f.requestFlags.add(cmd)
	flags.BoolVar(&f.yes, "yes", false, "do not ask; for scripts")
	flags.BoolVar(&f.log, "log", false, "show the whole execution log, with bodies and headers")
	textOrJSON(cmd, &f.format)
	flags.StringVar(&f.region, "region", "", "AWS `REGION`")
	flags.StringVar(&f.profile, "profile", "", "profile `NAME` of the AWS configuration")
	flags.StringVar(&f.endpointURL, "endpoint-url", "", "`URL` for all AWS calls, such as that of an emulator")
	flags.DurationVar(&f.timeout, "timeout", defaultTimeout, "`TIME` that reading from AWS may take, and the call")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return a.probe(cmd.Context(), &f) }
	return cmd
}

const nothingSent = "nothing was sent"

// probe reads the API, predicts, asks, calls and compares.
func (a *app) probe(ctx context.Context, f *probeFlags) error {
	if len(f.apiIDs) == 0 {
		return usage("give the API with --api-id ID", "no API given")
	}
	if err := f.targetFlags.one(); err != nil {
		return err
	}
	if err := f.targetFlags.check(a.given); err != nil {
		return err
	}
	if f.format == "json" && f.log {
		return usage("", "--log has no meaning with -o json")
	}
	if !f.yes {
		if err := a.canAsk(nothingSent); err != nil {
			return err
		}
	}
	c, err := a.readCall(&f.requestFlags)
	if err != nil {
		return err
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	s, err := a.readLive(ctx, &f.targetFlags)
	if err != nil {
		return err
	}
	t, err := a.trial(s, f, c)
	if err != nil {
		return err
	}
	if !f.yes {
		fmt.Fprint(a.Err, t.Announce())
	}
	if ok, err := a.confirm(ctx, f.yes, oneLine(t.Effect())+" Send it?", nothingSent); !ok {
		a.code = ExitInconclusive
		return err
	}
	answer, err := a.invoke(ctx, f, s, t.Call)
	if err != nil {
		return err
	}
	o := probe.Observe(answer, t.Call.Body)
	v := probe.Compare(&t.Diagnosis, &o)
	if !f.yes {
		fmt.Fprintln(a.Err)
	}
	if f.format == "json" {
		err = a.encode(probed(s, t, &o, v))
	} else {
		a.printf("%s", t.Report(&o, v, rules.All(), f.log))
	}
	a.code = map[probe.Settled]int{probe.Well: ExitHealthy, probe.Problem: ExitProblems, probe.Inconclusive: ExitInconclusive}[t.Settle(&o, v)]
	return err
}

// trial is what is to be sent, and what is predicted for it.
func (a *app) trial(s *snapshot.Snapshot, f *probeFlags, c call) (*probe.Trial, error) {
	switch s.APIs[0].Type { // H69
	case snapshot.HTTP:
		return nil, usage("send a call of your own and read $context.integrationErrorMessage in the stage's access log: apisqs-doctor logs --api-id "+s.APIs[0].ID,
			"%s is an HTTP API, which has no test invocation and no execution log, so %s", s.APIs[0].ID, nothingSent)
	case snapshot.WebSocket:
		return nil, usage("send a frame with wscat and read the stage's log at level ERROR: apisqs-doctor logs --api-id "+s.APIs[0].ID,
			"%s is a WebSocket API, which has no test invocation, so %s", s.APIs[0].ID, nothingSent)
	}
	if gap := s.APIs[0].Draft.Gap(); gap.Reason != "" {
		hint := ""
		if gap.Reason == snapshot.Denied {
			hint = "allow " + gap.Needs
		}
		return nil, cannotRun(hint, "the methods of the API cannot be read, so %s: %s", nothingSent, gap.Detail)
	}
	r, err := placed(s, f.stage, c)
	if err != nil {
		return nil, err
	}
	stage := f.stage
	if r != nil && stage == "" {
		stage = r.Stage // of the URL that the client calls
	}
	if err := checkStage(s, stage); err != nil {
		return nil, err
	}
	if stages, _ := s.APIs[0].Stages.Peek(); stage == "" && len(stages) > 0 {
		stage = stages[0].Name
	}
	sample := c.request == nil
	if r == nil {
		if r, err = sampleRequest(s, stage, c); err != nil {
			return nil, err
		}
	}
	t, err := probe.New(s, stage, *r, rules.All())
	if err != nil {
		return nil, usage("the methods that lead to SQS: apisqs-doctor --api-id "+s.APIs[0].ID, "%s, so %s", err, nothingSent)
	}
	t.Sample = sample
	return t, nil
}

// sampleRequest is the doctor's own request to the only method of the draft that was selected.
func sampleRequest(s *snapshot.Snapshot, stage string, c call) (*walk.Request, error) {
	variables, _ := probe.Variables(s, stage)
	e := diagnose.Examine(probe.Draft(s, variables), c.selection(""), nil, nil)
	var names []string
	for i := range e.Diagnoses {
		r := &e.Diagnoses[i].Trace.Request
		names = append(names, fmt.Sprintf("--method %q", r.Method+" "+r.Path))
	}
	switch len(names) {
	case 0:
		return nil, usage("the methods that lead to SQS: apisqs-doctor --api-id "+s.APIs[0].ID, "no method of the draft leads to SQS, so %s", nothingSent)
	case 1:
		return &e.Diagnoses[0].Trace.Request, nil
	}
	return nil, usage("one of "+strings.Join(names[:min(len(names), 10)], ", "), "a probe is of one method, and several lead to SQS")
}

// invoke makes the one call.
func (a *app) invoke(ctx context.Context, f *probeFlags, s *snapshot.Snapshot, r testinvoke.Request) (testinvoke.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	cfg, err := f.settings(ctx)
	if err != nil {
		return testinvoke.Answer{}, err
	}
	answer, err := testinvoke.Once(ctx, cfg, s.Target.Partition, r)
	var e *live.Error
	if errors.As(err, &e) && e.Kind == live.Denied {
		e.Suggest += "\nthe policy with it: " + name + " policy --for probe --api-id " + r.API
	}
	if err != nil {
		return answer, liveFailure(err)
	}
	return answer, nil
}
