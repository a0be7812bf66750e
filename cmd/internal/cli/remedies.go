package cli

import (
	"fmt"
	"os"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
)

// remedies is what puts a fix into words that people change AWS with.
func remedies() report.Remedy {
	return report.Remedy{Commands: remedy.Commands, CloudFormation: remedy.CloudFormation, Terraform: remedy.Terraform}
}

// withEdits adds what a fix makes of the template's files. It is not for reports
// that others may see: it shows the files' own text.
func withEdits(r report.Remedy) report.Remedy {
	templates := remedy.NewTemplates(readAgain)
	r.Edits = func(s *snapshot.Snapshot, f diagnose.Fix) (report.Edit, error) {
		files, notes, err := templates.Edit(s, []diagnose.Fix{f})
		out := report.Edit{Notes: notes}
		for _, file := range files {
			out.Files = append(out.Files, report.FileEdit(file))
		}
		return out, err
	}
	return r
}

// readAgain reads a file of a template that was loaded.
func readAgain(file string) ([]byte, error) {
	if _, err := os.Stat(file); err != nil || file == snapshot.StandardInput {
		return nil, fmt.Errorf("%s cannot be read again to be edited", file)
	}
	return os.ReadFile(file)
}
