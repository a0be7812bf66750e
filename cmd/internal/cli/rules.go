package cli

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/rules"
)

func (a *app) rulesCommand() *cobra.Command {
	var format, dir string
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the rules, or explain one",
		Long: `rules lists everything that the doctor looks for, by stage, with the
worst that it can be.

With --html it writes a page for each rule, with an example before and after, and an index by
stage and by error code: index.html is the first.`,
		Example: `  apisqs-doctor rules
  apisqs-doctor rules show protocol-content-type
  apisqs-doctor rules --html rules-pages`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			switch {
			case dir != "":
				return a.writeRulePages(dir)
			case format == "json":
				return a.encode(rulesDocument{"apisqs-doctor/rules/v1", ruleEntries(rules.All())})
			}
			a.listRules(rules.All())
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "html", "", "write a page for each rule into the folder `DIR`")
	_ = cmd.MarkFlagDirname("html")
	textOrJSON(cmd, &format)
	show := &cobra.Command{
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
		RunE: func(_ *cobra.Command, args []string) error {
			if r, ok := rules.Find(args[0]); ok && format == "json" {
				return a.encode(rulesDocument{"apisqs-doctor/rules/v1", ruleEntries([]diagnose.Rule{r})})
			}
			return a.showRule(args[0])
		},
	}
	textOrJSON(show, &format)
	cmd.AddCommand(show)
	return cmd
}

// textOrJSON adds the flag that chooses between the two.
func textOrJSON(cmd *cobra.Command, p *string) {
	words := []string{"text", "json"}
	*p = words[0]
	cmd.Flags().VarP(choice{p, words}, "output", "o", "how to answer (default text)")
	cmd.Flags().Lookup("output").DefValue = ""
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// encode writes a document as JSON.
func (a *app) encode(doc any) error {
	enc := json.NewEncoder(a.Out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(doc)
}

// rulesDocument is the JSON of the rules command.
type rulesDocument struct {
	Schema string      `json:"schema"`
	Rules  []ruleEntry `json:"rules"`
}

type ruleEntry struct {
	ID       string            `json:"id"`
	Stage    walk.Stage        `json:"stage"`
	Severity diagnose.Severity `json:"severity"` // the worst that it can be
	Title    string            `json:"title"`
	Doc      string            `json:"doc"`
	Judges   string            `json:"judges"`
	Explains []walk.ErrorCode  `json:"explains"`
	Refs     []string          `json:"refs"`
}

func ruleEntries(list []diagnose.Rule) []ruleEntry {
	out := []ruleEntry{}
	for i := range list {
		r := &list[i]
		out = append(out, ruleEntry{r.ID, r.Stage, r.Severity, r.Title, strings.TrimSpace(r.Doc), r.Scope(), append([]walk.ErrorCode{}, r.Explains...), append([]string{}, r.Refs...)})
	}
	return out
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
