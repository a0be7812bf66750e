package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// choice is a flag value that is one of a few words.
type choice struct {
	value *string
	words []string
}

func (c choice) String() string {
	if c.value == nil {
		return ""
	}
	return *c.value
}
func (c choice) Type() string { return strings.Join(c.words, "|") }
func (c choice) Set(s string) error {
	if !slices.Contains(c.words, s) {
		return errors.New(didYouMean(s, c.words))
	}
	*c.value = s
	return nil
}

// choiceVar adds a flag that takes one of the words; the first is the default.
func choiceVar(cmd *cobra.Command, p *string, name, help string, words ...string) {
	*p = words[0]
	cmd.Flags().Var(choice{p, words}, name, help+" (default "+words[0]+")")
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	cmd.Flags().Lookup(name).DefValue = ""
}

// aliases are the names that the AWS CLI has for flags of ours.
var aliases = map[string]string{"rest-api-id": "api-id", "stage-name": "stage"}

func normalize(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	if ours, ok := aliases[name]; ok {
		name = ours
	}
	return pflag.NormalizedName(name)
}

// alternatives are flags of which one may be given. One on the command line
// silences the others' environment variables.
var alternatives = [][]string{
	{"api-id", "all-apis", "all-regions", "template", "snapshot"},
	{"method", "curl", "request"},
}

// envName is the variable that stands in for a flag.
func envName(flag string) string {
	return "APISQS_DOCTOR_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// fromEnvironment sets the flags that were not given from their variables. A
// flag that can be repeated takes each line of its variable.
func (a *app) fromEnvironment(cmd *cobra.Command, args []string) error {
	given := map[string]bool{}
	cmd.Flags().Visit(func(f *pflag.Flag) { given[f.Name] = true })
	a.given = given
	var failed error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		value, ok := a.LookupEnv(envName(f.Name))
		if !ok || value == "" || given[f.Name] || failed != nil || f.Name == "help" || f.Name == "version" || silenced(f.Name, targets(cmd, args, given)) {
			return
		}
		values := []string{value}
		if _, repeatable := f.Value.(pflag.SliceValue); repeatable {
			values = strings.Split(strings.TrimSuffix(value, "\n"), "\n")
		}
		for _, v := range values {
			if elsewhere(cmd, f, v) {
				continue
			}
			if err := cmd.Flags().Set(f.Name, v); err != nil {
				failed = usage(cause(err), "%s: %q is not a value of --%s", envName(f.Name), v, f.Name)
				return
			}
		}
	})
	return failed
}

func silenced(name string, given map[string]bool) bool {
	for _, group := range alternatives {
		if slices.Contains(group, name) && slices.ContainsFunc(group, func(other string) bool { return given[other] }) {
			return true
		}
	}
	return false
}

// cause is what a flag's own check said.
func cause(err error) string {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		return invalid.Unwrap().Error()
	}
	return err.Error()
}

// flagError puts what pflag says the way our other errors are.
func flagError(cmd *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		invalid *pflag.InvalidValueError
		missing *pflag.ValueRequiredError
	)
	switch {
	case errors.As(err, &unknown):
		if unknown.GetSpecifiedShortnames() != "" {
			return usage("see "+cmd.CommandPath()+" --help", "unknown flag \"-%s\"", unknown.GetSpecifiedName())
		}
		hint := "see " + cmd.CommandPath() + " --help"
		if best := closest(unknown.GetSpecifiedName(), flagNames(cmd)); best != "" {
			hint = fmt.Sprintf("did you mean --%s?", best)
		}
		return usage(hint, "unknown flag \"--%s\"", unknown.GetSpecifiedName())
	case errors.As(err, &invalid):
		return usage(cause(err), "%q is not a value of --%s", invalid.GetValue(), invalid.GetFlag().Name)
	case errors.As(err, &missing):
		return usage("see "+cmd.CommandPath()+" --help", "--%s needs a value", missing.GetFlag().Name)
	}
	return usage("see "+cmd.CommandPath()+" --help", "%s", err)
}

func flagNames(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	for alias, name := range aliases {
		if slices.Contains(names, name) {
			names = append(names, alias)
		}
	}
	slices.Sort(names)
	return names
}
