package cli

import (
	"github.com/spf13/cobra"

	"apisqs-doctor/cmd/internal/manpage"
)

func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man",
		Short: "Print the manual page",
		Long: `man prints the manual page ` + name + `(1), which holds all of this help, for man, mandoc
and groff.`,
		Example: `  apisqs-doctor man | man -l -
  apisqs-doctor man > /usr/local/share/man/man1/apisqs-doctor.1`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			page := manpage.Write(cmd.Root(), manpage.Page{Version: tool().Version, Description: about, SeeAlso: []string{
				"aws(1), sam(1), jq(1)",
				`What the doctor looks for is listed by "` + name + ` rules", and explained by "` + name + ` rules show".`,
			}})
			if _, err := a.Out.Write(page); err != nil {
				return cannotRun("", "the page cannot be written: %s", err)
			}
			return nil
		},
	}
}
