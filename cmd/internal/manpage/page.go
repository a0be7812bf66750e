// Package manpage writes the manual page of a program and all its commands from
// the texts of its help. Libraries for it exist, but they write a page for each
// command, or leave out what a command says at length, and they print hyphens and
// quotes as characters that cannot be pasted into a shell.
package manpage

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// SectionKey is the annotation that gives the section of a help topic its name.
// Without it the section has the topic's name.
const SectionKey = "manual section"

// Page is what the tree of commands does not say.
type Page struct {
	Version     string
	Description string   // what the program does, in paragraphs
	SeeAlso     []string // paragraphs
}

// Write writes the page of the program: section 1, in the macros of man(7). It
// has no date, so that a program always writes the same page.
func Write(root *cobra.Command, p Page) []byte {
	root.InitDefaultHelpFlag()
	root.InitDefaultVersionFlag()
	name := root.Name()
	var r roff
	r.WriteString(".nr HY 0\n") // the name of a variable is not broken
	r.macro("TH", strings.ToUpper(name), "1", "", name+" "+p.Version, "User Commands")
	r.macro("SH", "NAME")
	r.line(name + " - " + root.Short)
	r.macro("SH", "SYNOPSIS")
	r.macro("nf")
	eachCommand(root, func(cmd *cobra.Command) { r.usage(cmd) })
	r.macro("fi")
	r.macro("SH", "DESCRIPTION")
	r.prose(p.Description)
	r.macro("SH", "COMMANDS")
	eachCommand(root, func(cmd *cobra.Command) {
		if cmd != root {
			r.command(cmd)
		}
	})
	r.macro("SH", "OPTIONS")
	root.Flags().VisitAll(r.flag)
	for _, topic := range topics(root) {
		r.macro("SH", section(topic))
		r.prose(topic.Long)
	}
	r.macro("SH", "EXAMPLES")
	r.literal(strings.Split(root.Example, "\n"))
	r.macro("SH", "SEE ALSO")
	for _, s := range p.SeeAlso {
		r.prose(s)
	}
	return []byte(r.String())
}

// eachCommand visits the command and those below it that can be run.
func eachCommand(cmd *cobra.Command, visit func(*cobra.Command)) {
	if cmd.Name() == "help" {
		return
	}
	visit(cmd)
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			eachCommand(sub, visit)
		}
	}
}

// usage is the line of a command in the synopsis.
func (r *roff) usage(cmd *cobra.Command) {
	r.WriteString(`\fB` + escape(cmd.CommandPath()) + `\fR` + escape(arguments(cmd)) + "\n")
}

// arguments is what stands behind the command's name. That it has flags is said
// when there are others than --help, which cobra adds only to the command that runs.
func arguments(cmd *cobra.Command) string {
	line := strings.TrimSuffix(strings.TrimPrefix(cmd.UseLine(), cmd.CommandPath()), " [flags]")
	own := false
	cmd.Flags().VisitAll(func(f *pflag.Flag) { own = own || f.Name != "help" && !f.Hidden })
	if own {
		line += " [flags]"
	}
	return line
}

// command is what a command says of itself. Flags that do the same as the
// program's own are only named.
func (r *roff) command(cmd *cobra.Command) {
	r.macro("SS", strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")+arguments(cmd))
	if cmd.Long == "" {
		r.prose(cmd.Short + ".")
	} else {
		r.prose(cmd.Long)
	}
	var shared []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		switch own := cmd.Root().Flags().Lookup(f.Name); {
		case f.Name == "help":
		case own != nil && own.Usage == f.Usage && own.DefValue == f.DefValue:
			shared = append(shared, "--"+f.Name)
		default:
			r.flag(f)
		}
	})
	if len(shared) > 0 {
		r.prose("Also, as described under OPTIONS: " + strings.Join(shared, ", ") + ".")
	}
	if cmd.Example != "" {
		r.prose("Examples:")
		r.literal(strings.Split(cmd.Example, "\n"))
	}
}

// flag is a flag as the help shows it.
func (r *roff) flag(f *pflag.Flag) {
	if f.Hidden {
		return
	}
	value, usage := pflag.UnquoteUsage(f)
	tag := "--" + f.Name
	if f.Shorthand != "" {
		tag = "-" + f.Shorthand + ", " + tag
	}
	if !slices.Contains([]string{"", "false", "0", "0s", "[]"}, f.DefValue) {
		usage += " (default " + f.DefValue + ")"
	}
	r.tagged(tag, value)
	r.line(usage)
}

// topics are the topics of the help: first those that every manual page has.
func topics(root *cobra.Command) []*cobra.Command {
	var list []*cobra.Command
	for _, sub := range root.Commands() {
		if sub.IsAdditionalHelpTopicCommand() {
			list = append(list, sub)
		}
	}
	usual := []string{"FILES", "ENVIRONMENT", "EXIT STATUS"}
	slices.SortStableFunc(list, func(a, b *cobra.Command) int {
		return slices.Index(usual, section(b)) - slices.Index(usual, section(a))
	})
	return list
}

func section(topic *cobra.Command) string {
	if name := topic.Annotations[SectionKey]; name != "" {
		return name
	}
	return strings.ToUpper(strings.ReplaceAll(topic.Name(), "-", " "))
}
