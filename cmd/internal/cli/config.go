package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"apisqs-doctor/cmd/internal/accept"
	"apisqs-doctor/rules"
)

// eachTime are flags that no file can set: they change something, or name the file.
var eachTime = []string{"apply", "write", "yes", "rollback", "write-baseline", "config", "help", "version"}

// settings reads the flags that were not given on the command line: from their
// variables and, where these are not set either, from the configuration file.
func (a *app) settings(cmd *cobra.Command, args []string) error {
	if own := flagsOf(cmd); len(slices.DeleteFunc(own, func(f string) bool { return f == "help" })) == 0 {
		return nil // such as help, which has to work whatever the file says
	}
	all := flagsOf(cmd.Root())
	if err := a.misspelt(all); err != nil {
		return err
	}
	if err := a.fromEnvironment(cmd, args); err != nil {
		return err
	}
	return a.fromFile(cmd, args, all)
}

// flagsOf are the names of the flags of all commands, in alphabetical order.
func flagsOf(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	for _, sub := range cmd.Commands() {
		names = append(names, flagsOf(sub)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// misspelt refuses a variable with the program's prefix that is none of a flag: it
// would change nothing without a word.
func (a *app) misspelt(flags []string) error {
	if a.Environ == nil {
		return nil
	}
	known := []string{completeAWS}
	for _, f := range flags {
		known = append(known, envName(f))
	}
	for _, variable := range a.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, envName("")) || value == "" || slices.Contains(known, name) {
			continue
		}
		hint := "see apisqs-doctor help environment"
		if best := closest(name, known); best != "" {
			hint = didYouMean(name, known)
		}
		return usage(hint, "the variable %s is that of no flag", name)
	}
	return nil
}

// configFile is the file that holds the settings: that of --config, or the one that
// is found upwards from the working directory to the repository's root; empty for
// none.
func configFile(named string) string {
	if named != "" {
		return named
	}
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	found, root := "", false
	for at := dir; ; at = filepath.Dir(at) {
		if found == "" && exists(filepath.Join(at, accept.ConfigFile)) {
			found = filepath.Join(at, accept.ConfigFile)
		}
		if root = exists(filepath.Join(at, ".git")); root || at == filepath.Dir(at) {
			break
		}
	}
	switch short, err := filepath.Rel(dir, found); {
	case found == "" || !root && filepath.Dir(found) != dir: // outside of a repository nothing above is ours
		return ""
	case err == nil:
		return short
	}
	return found
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return !errors.Is(err, fs.ErrNotExist)
}

// fromFile sets the flags that the configuration file holds.
func (a *app) fromFile(cmd *cobra.Command, args, all []string) error {
	named := ""
	if f := cmd.Flags().Lookup("config"); f != nil {
		named = f.Value.String()
	}
	file := configFile(named)
	if file == "" {
		return nil
	}
	content, err := readFile(file)
	if err != nil {
		return err
	}
	if a.config, err = accept.ReadConfig(file, content, ruleIDs(rules.All()), all...); err != nil {
		return usage("", "%s", err)
	}
	set := map[string]bool{}
	cmd.Flags().Visit(func(f *pflag.Flag) { set[f.Name] = true })
	for _, one := range a.config.Flags {
		if slices.Contains(eachTime, one.Flag) {
			return usage("", "%s: %q cannot stand in a file: it is given each time", one.Where, one.Flag)
		}
		f := cmd.Flags().Lookup(one.Flag)
		if f == nil || set[one.Flag] || silenced(one.Flag, targets(cmd, args, set)) {
			continue
		}
		if _, repeatable := f.Value.(pflag.SliceValue); !repeatable && len(one.Values) > 1 {
			return usage("", "%s: %q takes one value", one.Where, one.Flag)
		}
		for _, v := range one.Values {
			if f.Annotations[cobra.BashCompFilenameExt] != nil && v != "-" && !filepath.IsAbs(v) {
				v = filepath.Join(filepath.Dir(file), v) // it is relative to the file that names it
			}
			if elsewhere(cmd, f, v) {
				continue
			}
			if err := cmd.Flags().Set(one.Flag, v); err != nil {
				return usage(cause(err), "%s: %q is not a value of %q", one.Where, v, one.Flag)
			}
		}
	}
	return nil
}

// targets are the flags that are set, and the one that an argument stands for.
func targets(cmd *cobra.Command, args []string, set map[string]bool) map[string]bool {
	if len(args) == 0 || cmd.Flags().Lookup("template") == nil {
		return set
	}
	out := map[string]bool{"template": true}
	for name := range set {
		out[name] = true
	}
	return out
}

// elsewhere tells a value of --output that is meant for another command: only those
// that write reports take a format with a file, and a snapshot's is a file.
func elsewhere(cmd *cobra.Command, f *pflag.Flag, value string) bool {
	if f.Name != "output" || cmd.Annotations["reports"] != "" {
		return false
	}
	words, ok := f.Value.(choice)
	return !ok || !slices.Contains(words.words, value)
}
