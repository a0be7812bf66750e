package cli

import (
	"bytes"
	"io"
	"os"

	"github.com/spf13/cobra"

	"apisqs-doctor/cmd/internal/redact"
	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose/snapshot"
)

func (a *app) snapshotCommand() *cobra.Command {
	var t targetFlags
	var hide bool
	var file string
	cmd := &cobra.Command{
		Use:   "snapshot",
		Short: "Save what the doctor reads, to diagnose it anywhere, later",
		Long: `snapshot reads the target and writes what it read as JSON, to standard output or a file. The result of
"apisqs-doctor --snapshot FILE" is that of the diagnosis on the spot.

A snapshot holds the configuration of the API, of the roles, queues and keys that it leads to,
and their policies. It holds no message and no credentials. With --redact it can be shown to
others: the same word always has the same stand-in, so that the diagnosis stays what it is.`,
		Example: `  apisqs-doctor snapshot --api-id a1b2c3d4 -o api.json
  apisqs-doctor --snapshot api.json`,
		Args: t.arguments,
	}
	t.addMany(cmd)
	cmd.Flags().StringVar(&t.stage, "stage", "", "`NAME` of the only stage to read (also --stage-name)")
	t.addAWS(cmd)
	addRedact(cmd, &hide)
	cmd.Flags().StringVarP(&file, "output", "o", "", "write to `FILE`")
	_ = cmd.MarkFlagFilename("output", "json")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := t.check(a.given); err != nil {
			return err
		}
		a.target = t.target()
		s, err := a.load(cmd.Context(), &t)
		if err != nil {
			return err
		}
		if err := checkStage(s, t.stage); err != nil {
			return err
		}
		if hide {
			if s, err = new(redact.Redactor).Snapshot(s); err != nil {
				return cannotRun("", "the snapshot cannot be redacted: %s", err)
			}
		}
		var b bytes.Buffer
		if err := snapshot.Save(&b, s); err != nil {
			return cannotRun("", "the snapshot cannot be made: %s", err)
		}
		text := report.Inert(b.String())
		if file != "" {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				return usage("", "%s: %s", file, plain(err))
			}
			return nil
		}
		if _, err := io.WriteString(a.Out, text); err != nil {
			return cannotRun("", "the snapshot cannot be written: %s", err)
		}
		return nil
	}
	return cmd
}
