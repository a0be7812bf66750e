package cli

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"apisqs-doctor/diagnose/remedy"
)

// programTime is the longest that Terraform may take to look at edited files.
const programTime = 30 * time.Second

// formatters are the programs that lay out Terraform's files, the first that there is.
var formatters = []string{"terraform", "tofu"}

// checkEdited lets Terraform or OpenTofu, where there is one, look at edited files: how
// they are laid out and, in a folder that was initialized, whether they are valid.
// What it says is told; the edit stays.
func (a *app) checkEdited(ctx context.Context, folder string, edits []remedy.FileEdit) {
	program := ""
	for _, name := range formatters {
		if _, err := exec.LookPath(name); err == nil {
			program = name
			break
		}
	}
	if program == "" || len(edits) == 0 {
		return
	}
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, cancel := context.WithTimeout(ctx, programTime)
	defer cancel()
	format := []string{"fmt", "-check", "-list=true"}
	for _, e := range edits {
		// What was not laid out before is not the edit's fault.
		if strings.HasSuffix(e.Name, ".tf") && formatted(ctx, program, e.Old) {
			format = append(format, e.Name)
		}
	}
	if len(format) > 3 {
		if out, err := exec.CommandContext(ctx, program, format...).Output(); err != nil && len(out) > 0 {
			a.note(program + " fmt would lay out anew: " + strings.Join(strings.Fields(string(out)), ", "))
		}
	}
	if _, err := os.Stat(filepath.Join(folder, ".terraform")); err != nil {
		return
	}
	if out, err := exec.CommandContext(ctx, program, "-chdir="+folder, "validate", "-no-color").CombinedOutput(); err != nil {
		a.note(fmt.Sprintf("%s validate: %s", program, strings.TrimSpace(string(out))))
	}
}

// formatted tells whether a text is laid out as the program would.
func formatted(ctx context.Context, program string, text []byte) bool {
	cmd := exec.CommandContext(ctx, program, "fmt", "-check", "-")
	cmd.Stdin = strings.NewReader(string(text))
	return cmd.Run() == nil
}
