package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"apisqs-doctor/cmd/internal/accept"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/fixtures"
)

// tellingDemo is the example that "demo" shows when none is named: the fault
// that people meet most.
const tellingDemo = "protocol-content-type"

// demoFlags are the flags of the demo command.
type demoFlags struct {
	outputFlags
	gate

	live     bool
	delay    time.Duration
	deny     []string
	throttle []string
}

func (a *app) demoCommand() *cobra.Command {
	var f demoFlags
	cmd := &cobra.Command{
		Use:   "demo [NAME]",
		Short: "Diagnose an embedded example; needs no AWS account and no network",
		Long: `demo does the doctor's job on an embedded example. Without a name it shows a telling one and
lists the others; then the exit code is 0. With a name the exit code is that of the verdict.

With --live the example is served by a loopback AWS on a free port of this machine, and read
from there with the calls that a real diagnosis makes; the calls are listed afterwards.`,
		Example: `  apisqs-doctor demo
  apisqs-doctor demo ` + tellingDemo + ` -o json
  apisqs-doctor demo ` + tellingDemo + ` --live --delay 50ms --deny GetRole --throttle GetResources=2`,
		Annotations: map[string]string{"reports": "yes"},
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("see the examples with: apisqs-doctor demo", "unexpected argument %q", args[1])
			}
			return nil
		},
		ValidArgsFunction: completeExamples,
	}
	f.outputFlags.add(cmd)
	cmd.Flags().BoolVar(&f.live, "live", false, "read the example over the wire from a loopback AWS")
	cmd.Flags().DurationVar(&f.delay, "delay", 0, "`TIME` that each call takes; with --live")
	cmd.Flags().StringArrayVar(&f.deny, "deny", nil, "`OPERATION` that is refused, such as GetRole; with --live, repeatable")
	cmd.Flags().StringArrayVar(&f.throttle, "throttle", nil, "`OPERATION=N` to throttle an operation N times; with --live, repeatable")
	f.failOn = "error"
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		for _, flag := range []string{"delay", "deny", "throttle"} {
			if a.given[flag] && !f.live {
				return usage("", "--%s has no meaning without --live", flag)
			}
		}
		if len(args) == 1 {
			return a.demo(cmd.Context(), &f, args[0])
		}
		if err := a.demo(cmd.Context(), &f, tellingDemo); err != nil {
			return err
		}
		a.code = ExitHealthy
		a.listDemos()
		return nil
	}
	return cmd
}

// demoNames are the names that demo takes, in the order of the list: a rule's
// ID stands for the example in which it finds something.
func demoNames() []string {
	var names []string
	for _, fixture := range fixtures.Names() {
		names = append(names, strings.TrimSuffix(strings.ReplaceAll(fixture, "_", "-"), "-failing"))
	}
	return names
}

// demoFixture is the folder of the example; empty when there is none.
func demoFixture(example string) string {
	stem := strings.ReplaceAll(example, "-", "_")
	for _, fixture := range []string{stem + "_failing", stem} {
		if fixtures.About(fixture) != "" {
			return fixture
		}
	}
	return ""
}

// loadDemo reads the example of that name.
func loadDemo(example string) (*fixtures.Case, error) {
	if fixture := demoFixture(example); fixture != "" {
		c, err := fixtures.Load(fixture)
		if err != nil {
			return nil, cannotRun("", "the example %q cannot be read: %s", example, err)
		}
		return c, nil
	}
	hint := "see the examples with: apisqs-doctor demo"
	if best := closest(example, demoNames()); best != "" {
		hint = fmt.Sprintf("did you mean %q?", best)
	}
	return nil, usage(hint, "no example %q", example)
}

func (a *app) demo(ctx context.Context, f *demoFlags, example string) error {
	if err := a.checkOutputs(&f.outputFlags); err != nil {
		return err
	}
	c, err := loadDemo(example)
	if err != nil {
		return err
	}
	s := c.Snapshot
	if f.live {
		if s, err = a.readLoopback(ctx, f, s); err != nil {
			return err
		}
	}
	stage := ""
	if c.Request != nil {
		stage = c.Request.Stage
	}
	e, err := examine(s, stage, call{request: c.Request})
	if err != nil {
		return err
	}
	if !f.live {
		e.Target.Kind, e.Target.File = snapshot.Saved, "demo "+example
	}
	return a.finish(&f.outputFlags, f.gate, s, e, accept.Result{}, remedies(remedy.Writer{Shell: shell.Kind(f.shell)}))
}

// listDemos lists the examples, on the error stream because it is no report.
func (a *app) listDemos() {
	fmt.Fprintf(a.Err, "\nThis was the example %s. Each of these is run with: apisqs-doctor demo NAME\n\n", tellingDemo)
	for _, example := range demoNames() {
		if strings.HasSuffix(example, "-passing") || strings.HasSuffix(example, "-unknown") {
			continue
		}
		fmt.Fprintf(a.Err, "  %-38s %s\n", example, fixtures.About(demoFixture(example)))
	}
	fmt.Fprintln(a.Err, "\nNAME-passing is the like without the fault, NAME-unknown one where something cannot be read.")
}

// throttles reads OPERATION=N arguments.
func throttles(list []string) (map[string]int, error) {
	values, err := keyValues("--throttle", list)
	if err != nil {
		return nil, err
	}
	out := map[string]int{}
	for _, operation := range slices.Sorted(maps.Keys(values)) {
		n, err := strconv.Atoi(values[operation])
		if err != nil || n < 0 {
			return nil, usage("expected OPERATION=N, such as GetResources=2", "%q is not a value of --throttle", operation+"="+values[operation])
		}
		out[operation] = n
	}
	return out, nil
}
