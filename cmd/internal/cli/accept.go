package cli

import (
	"os"
	"time"

	"github.com/spf13/cobra"

	"apisqs-doctor/cmd/internal/accept"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/rules"
)

// acceptFlags say which findings are known and do not fail the run.
type acceptFlags struct {
	only, skip              []string
	config                  string
	baseline, writeBaseline string
}

func (f *acceptFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.only, "only", nil, "only findings of this `RULE` fail the run; repeatable")
	flags.StringArrayVar(&f.skip, "skip", nil, "findings of this `RULE` do not fail the run; repeatable")
	flags.StringVar(&f.config, "config", "", "`FILE` with skips, the anchor and flags (default "+accept.ConfigFile+" of the repository)")
	flags.StringVar(&f.baseline, "baseline", "", "`FILE` with findings that are known and do not fail the run")
	flags.StringVar(&f.writeBaseline, "write-baseline", "", "write what is found to `FILE`, as the baseline of later runs")
	_ = cmd.MarkFlagFilename("config", "yaml", "yml")
	_ = cmd.MarkFlagFilename("baseline", "json")
	_ = cmd.MarkFlagFilename("write-baseline", "json")
}

// readAccepted reads the files that the flags name.
func (a *app) readAccepted(f *acceptFlags) (accept.Options, error) {
	o := accept.Options{Only: f.only, Skip: f.skip}
	if a.Now != nil {
		o.Today = a.Now().UTC().Format(time.DateOnly)
	}
	ids := ruleIDs(rules.All())
	for _, c := range []struct {
		flag string
		list []string
	}{{"--only", f.only}, {"--skip", f.skip}} {
		for _, id := range c.list {
			if _, ok := rules.Find(id); !ok {
				return o, usage(didYouMean(id, ids), "%q is not a value of %s", id, c.flag)
			}
		}
	}
	if f.baseline != "" && f.writeBaseline != "" {
		return o, usage("", "give --baseline or --write-baseline, not both")
	}
	o.Config = a.config
	if f.baseline == "" {
		return o, nil
	}
	text, err := readFile(f.baseline)
	if err != nil {
		return o, err
	}
	if o.Baseline, err = accept.ReadBaseline(f.baseline, text); err != nil {
		return o, usage("write one with: apisqs-doctor … --write-baseline "+f.baseline, "%s", err)
	}
	return o, nil
}

// checkStated wants that the skips of a template name rules, which no source
// knows. The file is that of a saved snapshot, or empty.
func checkStated(file string, s *snapshot.Snapshot) error {
	for _, skip := range accept.Stated(s) {
		if _, ok := rules.Find(skip.Rule); ok {
			continue
		}
		place := skip.Where()
		if file != "" {
			place = file + ": " + place
		}
		return usage(didYouMean(skip.Rule, ruleIDs(rules.All())), "%s: no rule %q", place, skip.Rule)
	}
	return nil
}

// readFile reads a configuration or baseline file, up to a byte more than they
// may have.
func readFile(name string) ([]byte, error) {
	f, err := openFile(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := limit(f, accept.MaxFile)
	if err != nil {
		return nil, usage("", "%s: %s", name, plain(err))
	}
	return text, nil
}

// apply marks the findings and, where it was asked for, writes the baseline.
func (f *acceptFlags) apply(o accept.Options, e *diagnose.Examination) (accept.Result, error) {
	result := o.Apply(e)
	if f.writeBaseline == "" {
		return result, nil
	}
	o.Baseline = accept.NewBaseline(e, result.Suppressed)
	text, err := o.Baseline.Text()
	if err != nil {
		return result, cannotRun("", "the baseline cannot be made: %s", err)
	}
	if err := os.WriteFile(f.writeBaseline, text, 0o644); err != nil {
		return result, usage("", "the baseline cannot be written: %s", err)
	}
	return o.Apply(e), nil
}

func skipsTopic() *cobra.Command {
	return &cobra.Command{Use: "skips", Short: "The configuration file, and how findings are accepted: skips and baselines", Long: `Findings that are known need not fail the run. They stay in every report, marked as known.

On the command line: --skip RULE, or --only RULE to let nothing else count.

In the file ` + accept.ConfigFile + ` of the working directory, or --config FILE:

  skips:
    - rule: response-error-as-success
      reason: the partner's client cannot handle a 4xx before its next release   # required
      until: 2027-03-31      # the last day; optional
      method: POST /orders   # or a path alone; optional
      resource: orders       # id or name of an API, name or ARN of a queue, or the resource with
                             # the fault; optional

In the Metadata of a CloudFormation, SAM or CDK template:

  Resources:
    OrdersPost:
      Type: AWS::ApiGateway::Method
      Metadata:
        apisqs-doctor:
          skips:
            - rule: response-error-as-success
              reason: the partner's client cannot handle a 4xx before its next release
              until: 2027-03-31      # optional, as is method

There a skip speaks for the methods that are made from the resource (the method itself, its
integration or its API) and for findings whose evidence stands in it. In the Metadata of the
template itself it speaks for whatever stands in that file; a nested stack has its own.
Everything in it is plain text, without functions. A saved snapshot keeps these skips.

In a comment of Terraform, inside a resource's block or directly above it:

  # apisqs-doctor:skip response-error-as-success the partner cannot handle a 4xx yet until=2027-03-31

In an OpenAPI document, as an extension of an operation, or of the document for all of it:

  x-apisqs-doctor:
    skips:
      - rule: response-error-as-success
        reason: the partner's client cannot handle a 4xx before its next release

A skip that has ended, or that fits no finding, is reported.

In a baseline: --write-baseline FILE takes down and accepts what is found now, --baseline FILE
accepts it in later runs, whatever lines have moved and values have changed.

A failure that no accepted finding explains still fails the run, and what could not be read
stays inconclusive.

The configuration file may also name the file of the repository that the SARIF report shows
findings on deployed resources at, since GitHub code scanning takes no finding without a file:

  anchor: infra/template.yaml   # relative to the repository; it need not exist

Findings in a template are shown at their own lines.`, Example: "  apisqs-doctor help skips"}
}
