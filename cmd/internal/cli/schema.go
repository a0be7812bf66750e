package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"apisqs-doctor/cmd/internal/report"
)

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema " + strings.Join(report.SchemaNames, "|"),
		Short: "Print the JSON Schema of the JSON report or of the snapshot file",
		Long: `schema prints the JSON Schema (draft 2020-12) of version 1 of a document. Version 1 is only
ever added to: ignore members that you do not know.`,
		Example: `  apisqs-doctor schema report > report.schema.json
  apisqs-doctor schema snapshot`,
		ValidArgs: report.SchemaNames,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("expected one of "+strings.Join(report.SchemaNames, ", "), "schema needs the name of a document")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			text, ok := report.SchemaOf(args[0])
			if !ok {
				return usage(didYouMean(args[0], report.SchemaNames), "no schema for %q", args[0])
			}
			if _, err := a.Out.Write(text); err != nil {
				return cannotRun("", "the schema cannot be written: %s", err)
			}
			return nil
		},
	}
}
