package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/live"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/fixtures/fakeaws"
	"apisqs-doctor/rules"
)

// completionTime is the longest that a completion may take. Whoever presses TAB
// waits for it.
const completionTime = 3 * time.Second

// noFiles ends a list of values that are no names of files.
const noFiles = cobra.ShellCompDirectiveNoFileComp

// valuesOf says how the values of flags complete, by the name of the flag in any
// command. Words of choice flags and kinds of files stand where the flag does.
func (a *app) valuesOf() map[string]cobra.CompletionFunc {
	return map[string]cobra.CompletionFunc{
		"api-id":   a.completeAPIs,
		"stage":    a.completeStages,
		"method":   a.completeMethods,
		"profile":  a.completeProfiles,
		"output":   completeOutput,
		"body":     completeBody,
		"only":     completeRules,
		"accept":   completeRules,
		"skip":     completeRules,
		"demo":     completeExamples,
		"deny":     completeOperations(""),
		"throttle": completeOperations("="),
	}
}

// addCompletions tells cobra how the flags of the command and of those below it
// complete. Where nothing is said, values and arguments are neither known nor files.
func (a *app) addCompletions(cmd *cobra.Command) {
	cmd.CompletionOptions.SetDefaultShellCompDirective(noFiles)
	for name, complete := range a.valuesOf() {
		if cmd.Flags().Lookup(name) != nil {
			_ = cmd.RegisterFlagCompletionFunc(name, complete)
		}
	}
	if cmd.Flags().Lookup("template") != nil {
		cmd.ValidArgsFunction = completeTemplates
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		_, f.Usage = pflag.UnquoteUsage(f) // a name in backquotes is for the help
	})
	for _, sub := range cmd.Commands() {
		a.addCompletions(sub)
	}
}

// completeTopics completes what "help" takes: commands, as cobra does, and topics.
func completeTopics(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	help, _, err := root.Find([]string{"help"})
	if err != nil {
		return
	}
	commands := help.ValidArgsFunction
	help.ValidArgsFunction = func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		list, directive := commands(cmd, args, word)
		for _, sub := range root.Commands() {
			if len(args) == 0 && sub.IsAdditionalHelpTopicCommand() {
				list = append(list, cobra.CompletionWithDesc(sub.Name(), sub.Short))
			}
		}
		return list, directive
	}
}

func completeRules(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var list []string
	for _, r := range rules.All() {
		list = append(list, cobra.CompletionWithDesc(r.ID, r.Title))
	}
	return list, noFiles
}

// completeRule completes the one argument of a command.
func completeRule(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, noFiles
	}
	return completeRules(cmd, args, word)
}

func completeExamples(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, noFiles
	}
	var list []string
	for _, example := range demoNames() {
		list = append(list, cobra.CompletionWithDesc(example, fixtures.About(demoFixture(example))))
	}
	return list, noFiles
}

func completeOperations(suffix string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var list []string
		for _, operation := range fakeaws.Operations() {
			list = append(list, operation+suffix)
		}
		if suffix != "" {
			return list, noFiles | cobra.ShellCompDirectiveNoSpace
		}
		return list, noFiles
	}
}

// completeOutput completes a format and, after its "=", the name of a file.
func completeOutput(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	format, file, hasFile := strings.Cut(word, "=")
	if !hasFile {
		return formatNames, noFiles
	}
	return filesAfter(format+"=", file)
}

// completeBody completes the name of a file after "@".
func completeBody(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	file, ok := strings.CutPrefix(word, "@")
	if !ok {
		return nil, noFiles
	}
	return filesAfter("@", file)
}

// filesAfter completes the name of a file that stands behind something else,
// where no shell looks for one.
func filesAfter(before, file string) ([]string, cobra.ShellCompDirective) {
	dir, start := filepath.Split(file)
	entries, err := os.ReadDir(filepath.Join(".", dir))
	if filepath.IsAbs(dir) {
		entries, err = os.ReadDir(dir)
	}
	if err != nil {
		return nil, noFiles
	}
	var list []string
	directive := noFiles
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasPrefix(name, start) || start == "" && strings.HasPrefix(name, ".") {
			continue
		}
		if entry.IsDir() {
			name, directive = name+string(filepath.Separator), noFiles|cobra.ShellCompDirectiveNoSpace
		}
		list = append(list, before+dir+name)
	}
	return list, directive
}

// completeTemplates completes files, once a word cannot be a command.
func completeTemplates(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	if !cmd.Flags().Changed("template") && len(args) == 0 && !strings.ContainsAny(word, "./\\") {
		return nil, noFiles // a command may be meant
	}
	return append([]string{"tf", "tofu", "tfstate"}, templateKinds...), cobra.ShellCompDirectiveFilterFileExt
}

func (a *app) completeProfiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return plainWords(live.Profiles(a.env)), noFiles
}

// completeMethods completes the methods to SQS of a template or snapshot, and
// their paths alone after a slash.
func (a *app) completeMethods(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	t := a.targetOn(cmd, args)
	s := a.offline(t)
	if s == nil {
		return nil, noFiles
	}
	e := diagnose.Examine(s, diagnose.Selection{Stage: t.stage}, nil, nil)
	var list []string
	for _, d := range e.Diagnoses {
		value := d.Trace.Request.Method + " " + d.Trace.Request.Path
		if strings.HasPrefix(word, "/") {
			value = d.Trace.Request.Path
		}
		list = append(list, value)
	}
	return plainWords(list), noFiles
}

// completeStages completes the stages of a template or snapshot or, where that
// was asked for, of a deployed API.
func (a *app) completeStages(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	t := a.targetOn(cmd, args)
	if s := a.offline(t); s != nil {
		names, _ := stageNames(s)
		return plainWords(names), noFiles
	}
	return a.stagesOfAccount(t), noFiles
}

func (a *app) completeAPIs(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	return a.apisOfAccount(a.targetOn(cmd, args)), noFiles
}

// targetOn is the target that stands on the command line so far, or in the environment.
func (a *app) targetOn(cmd *cobra.Command, args []string) *targetFlags {
	_ = a.fromEnvironment(cmd, nil) // a variable that is wrong is told by the run, not by TAB
	t := &targetFlags{timeout: completionTime}
	for name, value := range map[string]*string{"stage": &t.stage, "parameters-file": &t.parametersFile, "snapshot": &t.snapshot,
		"region": &t.region, "profile": &t.profile, "endpoint-url": &t.endpointURL, "account-id": &t.accountID} {
		*value, _ = cmd.Flags().GetString(name)
	}
	for name, list := range map[string]*[]string{"api-id": &t.apiIDs, "template": &t.templates, "parameter": &t.parameters} {
		*list, _ = cmd.Flags().GetStringArray(name)
		// cobra reads the command line twice, so that each value is there twice.
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	if len(t.templates) > 0 {
		t.templates = append(t.templates, args...)
	}
	return t
}

// offline reads the template or snapshot of the flags; nil when there is none
// or it cannot be read in time.
func (a *app) offline(t *targetFlags) *snapshot.Snapshot {
	if len(t.templates) == 0 && t.snapshot == "" {
		return nil
	}
	quiet := *a
	quiet.In, quiet.Err, quiet.ErrTTY = strings.NewReader(""), io.Discard, false
	read := make(chan *snapshot.Snapshot, 1)
	go func() {
		s, err := quiet.load(context.Background(), t)
		if err != nil {
			s = nil
		}
		read <- s
	}()
	select {
	case s := <-read:
		return s
	case <-time.After(completionTime):
		return nil
	}
}

// plainWords are the words that no shell understands as anything else, in
// alphabetical order, each once: a template is a stranger's file.
func plainWords(list []string) []string {
	var words []string
	for _, word := range list {
		if strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@%+,={} ") == "" {
			words = append(words, word)
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}
