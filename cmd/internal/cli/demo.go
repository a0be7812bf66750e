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

	list     bool
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
		Long: `demo does the doctor's job on an embedded example. Without a name it shows a telling one; then
the exit code is 0. With a name the exit code is that of the verdict. --list lists the examples by
the stage of the path, and with a word those whose name or description has it.

With --live the example is served by a loopback AWS on a free port of this machine, and read
from there with the calls that a real diagnosis makes; the calls are listed afterwards.`,
		Example: `  apisqs-doctor demo
  apisqs-doctor demo --list
  apisqs-doctor demo --list key
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
	cmd.Flags().BoolVar(&f.list, "list", false, "list the examples, or those that have the word that is given")
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
		if f.list {
			return a.listDemos(strings.Join(args, ""))
		}
		if len(args) == 1 {
			return a.demo(cmd.Context(), &f, args[0])
		}
		if err := a.demo(cmd.Context(), &f, tellingDemo); err != nil {
			return err
		}
		a.code = ExitHealthy
		fmt.Fprintf(a.Err, "\nThis was the example %s. The others: apisqs-doctor demo --list\n", tellingDemo)
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
	if c.Calls != "" && !f.live {
		if a.seen, err = a.compare(s, &e, stage, "the example's log", 0, demoCalls(c)); err != nil {
			return err
		}
	}
	return a.finish(&f.outputFlags, f.gate, s, e, accept.Result{}, remedies(remedy.Writer{Shell: shell.Kind(f.shell)}))
}

// listDemos lists the examples by the stage of their rule; with a word, those that
// have it in their name or description.
func (a *app) listDemos(word string) error {
	group, listed := "", 0
	for _, example := range demoNames() {
		about := fixtures.About(demoFixture(example))
		if strings.HasSuffix(example, "-passing") || strings.HasSuffix(example, "-unknown") ||
			!strings.Contains(strings.ToLower(example+" "+about), strings.ToLower(word)) {
			continue
		}
		if stage, _, _ := strings.Cut(example, "-"); stage != group {
			group = stage
			a.printf("%s\n", group)
		}
		listed++
		a.printf("  %-38s %s\n", example, about)
	}
	if listed == 0 {
		return usage("see all with: apisqs-doctor demo --list", "no example has %q in its name or description", word)
	}
	a.printf("\nEach is run with: apisqs-doctor demo NAME\nNAME-passing is the like without the fault, NAME-unknown one where something cannot be read.\n")
	return nil
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
