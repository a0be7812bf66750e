package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/rules"
)

func (a *app) rulesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the rules, or explain one",
		Long:  "rules lists everything that the doctor looks for, by stage, with the\nworst that it can be.",
		Example: `  apisqs-doctor rules
  apisqs-doctor rules show protocol-content-type`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			a.listRules(rules.All())
			return nil
		},
	}
	cmd.AddCommand(&cobra.Command{
		Use:     "show ID",
		Short:   "Explain a rule: what happens, why, how to tell, how to repair it",
		Example: "  apisqs-doctor rules show protocol-content-type",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("see the rules with: apisqs-doctor rules", "rules show needs the id of one rule")
			}
			return nil
		},
		ValidArgsFunction: completeRule,
		RunE:              func(_ *cobra.Command, args []string) error { return a.showRule(args[0]) },
	})
	return cmd
}

func ruleIDs(list []diagnose.Rule) []string {
	var ids []string
	for _, r := range list {
		ids = append(ids, r.ID)
	}
	return ids
}

func (a *app) listRules(list []diagnose.Rule) {
	for _, stage := range walk.Stages {
		fmt.Fprintf(a.Out, "%s: %s\n", stage, stage.Question())
		for _, r := range list {
			if r.Stage != stage {
				continue
			}
			fmt.Fprintf(a.Out, "  %-34s %-8s %s\n", r.ID, r.Severity, r.Title)
		}
		fmt.Fprintln(a.Out)
	}
	fmt.Fprintf(a.Out, "%d rules. More: apisqs-doctor rules show ID\n", len(list))
}

func joinCodes(list []walk.ErrorCode) string {
	var words []string
	for _, c := range list {
		words = append(words, string(c))
	}
	return strings.Join(words, ", ")
}

func (a *app) showRule(id string) error {
	if r, ok := rules.Find(id); ok {
		fmt.Fprintf(a.Out, "%s (%s, %s stage)\n%s\n\n%s\n", r.ID, r.Severity, r.Stage, r.Title, strings.TrimSpace(r.Doc))
		fmt.Fprintf(a.Out, "\nJudges: %s\n", r.Scope())
		if len(r.Explains) > 0 {
			fmt.Fprintf(a.Out, "Explains: %s\n", joinCodes(r.Explains))
		}
		for _, ref := range r.Refs {
			fmt.Fprintf(a.Out, "See: %s\n", ref)
		}
		return nil
	}
	hint := "see the rules with: apisqs-doctor rules"
	if best := closest(id, ruleIDs(rules.All())); best != "" {
		hint = fmt.Sprintf("did you mean %q?", best)
	}
	return usage(hint, "no rule %q", id)
}
