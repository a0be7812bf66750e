package cli

import (
	"time"

	"github.com/spf13/cobra"

	"apisqs-doctor/cmd/internal/accept"
	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/rules"
)

// diagnoseFlags are the flags of the main command.
type diagnoseFlags struct {
	targetFlags
	organizationFlags
	requestFlags
	outputFlags
	gate
	acceptFlags
	verifyIAM bool
	redact    bool
	logs      time.Duration // how far back logs are read; 0 for none
	watch     bool
}

const shortHelp = `apisqs-doctor finds out why an API Gateway method does not put its messages on an SQS queue.

  apisqs-doctor a1b2c3d4                         a deployed API: id, ARN, name, invoke URL, domain
  apisqs-doctor template.yaml                    a file or folder: CloudFormation, SAM, cdk.out,
                                                 Terraform, OpenAPI, output of the AWS CLI, a snapshot
  apisqs-doctor demo                             an embedded example; needs no AWS account

All flags, exit codes and examples: apisqs-doctor --help`

// about is what the program does, as its help and its manual page tell.
const about = `apisqs-doctor finds out why an Amazon API Gateway method that should put messages on an
Amazon SQS queue does not. It follows one request through the integration, stage by stage,
as AWS would, and says what fails, why, on what evidence, and what to change.

Give exactly one kind of target: an API by its id, ARN, name, invoke URL or custom domain (or
--api-id, --all-apis, --all-regions), files and folders (or --template, --snapshot), or --curl with
the URL in it. What files hold is told by their content, and said: templates of CloudFormation,
SAM, the CDK (cdk.out) and the Serverless Framework (.serverless), Terraform as configuration, plan
or state, OpenAPI documents, what commands of the AWS CLI print (get-integration, get-role and the
like, which complete each other), and snapshots; "-" is the standard input. Several APIs or files
make one report; an API that cannot be read leaves the others' diagnosis as it is, and
the run inconclusive. Without a request of yours the doctor diagnoses every method that leads to
SQS with a plain JSON request. With one, the report is about that request alone:

  --method "POST /orders" with --header and --body, or --curl, or --request.

The path may be a concrete one, such as /users/42 for /users/{id}. The method is POST when
only a body is given, and the Content-Type application/json unless --header says otherwise
(--header 'Content-Type:' sends none).

Every flag can be given by an environment variable too, such as APISQS_DOCTOR_API_ID (see
apisqs-doctor help environment) or by ` + accept.ConfigFile + `, a file of the repository (see
apisqs-doctor help files). Credentials, profiles and all else that concerns AWS come from
where every AWS tool takes them.

The doctor reads; nothing is ever changed but by "fix --apply" and "fix --write", and no request is
ever sent to the API but by "probe". It sends nothing to anybody but AWS.
`

const longHelp = about + `
Exit codes:
` + exitCodeHelp

func (a *app) rootCommand() *cobra.Command {
	var f diagnoseFlags
	cmd := &cobra.Command{
		Use:   name + " [flags]",
		Short: "Find out why an API Gateway method does not put its messages on an SQS queue",
		Long:  longHelp,
		Example: `  apisqs-doctor --api-id a1b2c3d4 --stage prod
  apisqs-doctor --api-id a1b2c3d4 --method "POST /orders" --body '{"id": 1}'
  apisqs-doctor --all-apis --region eu-west-1 --stage prod -o text -o json=report.json
  apisqs-doctor --all-regions --profile shop --profile billing
  apisqs-doctor --template template.yaml --parameter QueueName=orders --account-id 123456789012
  apisqs-doctor --template template.yaml --curl "curl -X POST https://example.com/orders -d 'a=1'"
  apisqs-doctor infra/ --var env=prod --account-id 123456789012
  apisqs-doctor --snapshot api.json -o text -o json=report.json`,
		Args:              f.arguments,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		Annotations:       map[string]string{"reports": "yes"},
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(a.given) == 0 && !f.targetFlags.any() {
			return &failure{code: ExitUsage, message: "no target given", hint: targetHint, help: true}
		}
		if f.watch {
			return a.watch(cmd, &f)
		}
		return a.diagnose(cmd, &f)
	}
	cmd.PersistentPreRunE = a.settings
	cmd.SetIn(a.In)
	cmd.SetOut(a.Out)
	cmd.SetErr(a.Err)
	cmd.SetFlagErrorFunc(flagError)
	cmd.SetGlobalNormalizationFunc(normalize)
	cmd.Version = tool().Version
	cmd.SetVersionTemplate(versionLine() + "\n")
	cmd.Flags().SortFlags = false

	f.targetFlags.addMany(cmd)
	f.targetFlags.addStage(cmd)
	f.requestFlags.add(cmd)
	f.targetFlags.addAWS(cmd)
	f.organizationFlags.add(cmd)
	cmd.Flags().BoolVar(&f.verifyIAM, "verify-iam", false, "ask IAM's policy simulator as well, and show whether it agrees; with --api-id")
	cmd.Flags().DurationVar(&f.logs, "logs", 0, "hold the calls that the stage logged in this `TIME`, such as 1h, against the prediction")
	cmd.Flags().BoolVar(&f.watch, "watch", false, "diagnose again whenever one of the files changes, until Ctrl-C")
	f.outputFlags.add(cmd)
	choiceVar(cmd, &f.failOn, "fail-on", "the least severity that makes the exit code 1", "error", "warning", "never")
	cmd.Flags().BoolVar(&f.allowUnknown, "allow-unknown", false, "exit 0 instead of 4 when something could not be read")
	f.acceptFlags.add(cmd)
	addRedact(cmd, &f.redact)

	cmd.AddCommand(a.demoCommand(), a.walkCommand(), a.fixCommand(), a.snapshotCommand(), a.probeCommand(), a.testCommand(), a.logsCommand(), a.explainCommand(), a.rulesCommand(), a.schemaCommand(), a.policyCommand(), a.completionCommand(), a.manCommand(), a.versionCommand(), a.mcpCommand(), a.skillCommand(),
		targetsTopic(), exitCodesTopic(), environmentTopic(), filesTopic(), skipsTopic())
	for _, sub := range cmd.Commands() {
		sub.Flags().SortFlags = false
	}
	return cmd
}

// noArguments refuses arguments, and takes a lone word for a misspelt command.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if err := unquotedHeader(cmd, args); err != nil {
		return err
	}
	if !cmd.HasSubCommands() {
		return usage("see "+cmd.CommandPath()+" --help", "unexpected argument %q", args[0])
	}
	var commands []string
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			commands = append(commands, sub.Name())
		}
	}
	return usage(didYouMean(args[0], commands), "unknown command %q", args[0])
}

// diagnose reads the target, examines it and writes the reports.
func (a *app) diagnose(cmd *cobra.Command, f *diagnoseFlags) error {
	if !f.any() && f.curl != "" {
		c, err := a.readCall(&f.requestFlags)
		if err != nil {
			return err
		}
		if err := f.ofCurl(cmd, c); err != nil {
			return err
		}
	}
	if err := f.targetFlags.check(a.given); err != nil {
		return err
	}
	a.target = f.targetFlags.target()
	if err := a.checkOutputs(&f.outputFlags); err != nil {
		return err
	}
	switch {
	case a.given["logs"] && f.logs <= 0:
		return usage("", "--logs has to be more than nothing")
	case f.logs > 0 && !f.live():
		return usage("", "--logs needs --api-id: logs are read from AWS")
	case f.logs > 0 && (f.allAPIs || len(f.apiIDs) > 1):
		return usage("", "--logs is for one API")
	case f.logs > 0 && f.redact:
		return usage("", "--logs has no meaning with --redact: log lines name what is redacted")
	}
	if f.redact && f.verifyIAM {
		return usage("", "--verify-iam has no meaning with --redact: the simulator's answers name what is redacted")
	}
	known, err := a.readAccepted(&f.acceptFlags)
	if err != nil {
		return err
	}
	call, err := a.readCall(&f.requestFlags)
	if err != nil {
		return err
	}
	known.Partial = f.stage != "" || f.url != "" || call.method != "" || call.path != "" || call.request != nil
	if f.allAPIs {
		return a.diagnoseAll(cmd.Context(), f, known, call)
	}
	s, err := a.load(cmd.Context(), &f.targetFlags)
	if err != nil {
		return err
	}
	call = f.follow(s, call)
	known.Template = accept.Stated(s)
	if err := f.organizationFlags.apply(s); err != nil {
		return err
	}
	if err := checkStage(s, f.stage); err != nil {
		return err
	}
	e, err := examine(s, f.stage, call)
	if err != nil {
		return err
	}
	if f.logs > 0 {
		if a.seen, err = a.observe(cmd.Context(), &f.targetFlags, window{f.logs, mostEvents}, "", "", s, &e); err != nil {
			return err
		}
	}
	if f.verifyIAM {
		if err := a.verifyIAM(cmd.Context(), &f.targetFlags, s, &e); err != nil {
			return err
		}
	}
	if f.snapshot != "" {
		e.Target.Kind, e.Target.File, e.Target.Files = snapshot.Saved, f.snapshot, nil
	}
	accepted, err := f.acceptFlags.apply(known, &e)
	if err != nil {
		return err
	}
	accepted.Notices = append(leftOut(s, f.stage), accepted.Notices...)
	if f.stage == "" && call.host == "" {
		accepted.Notices = append(otherStages(&e), accepted.Notices...)
	}
	if f.redact {
		return a.finishRedacted(f, s, &e, accepted)
	}
	a.adviseAnchor(&f.outputFlags, &e, accepted.Anchor)
	a.mend = f.mend(f.shell)
	return a.finish(&f.outputFlags, f.gate, s, e, accepted, withEdits(remedies(f.writer(f.shell))))
}

// finish writes the reports and settles the exit code.
func (a *app) finish(o *outputFlags, g gate, s *snapshot.Snapshot, e diagnose.Examination, accepted accept.Result, words report.Remedy) error {
	remaining := accept.Remaining(&e, accepted.Suppressed)
	a.code = g.exitCode(&remaining)
	run := report.Run{Tool: tool(), Snapshot: s, Examination: e, Remedy: words, Rules: rules.All(),
		Suppressed: accepted.Suppressed, Notices: accepted.Notices, Sights: sights(s, &e), Anchor: accepted.Anchor, Mend: a.mend}
	if a.seen != nil {
		run.Observed = a.seen.beside(&e)
		a.code = g.withLogs(a.code, a.seen)
	}
	return a.write(o, run)
}

// defaultTimeout bounds the reading of an API with its roles, queues and keys.
// The control plane's quota of a few calls a second is what takes the time.
const defaultTimeout = 2 * time.Minute
