package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// arguments takes what stands on the command line without a flag: files and
// folders. They are set as the flag would be, so that no variable of the
// environment adds another target.
func (t *targetFlags) arguments(cmd *cobra.Command, args []string) error {
	if err := unquotedHeader(cmd, args); err != nil {
		return err
	}
	t.said = len(t.templates) == 0 && len(args) > 0
	for _, word := range args {
		if !namesFile(word) && len(t.templates) == 0 {
			return noArguments(cmd, []string{word})
		}
		if err := cmd.Flags().Set("template", word); err != nil {
			return err
		}
	}
	return nil
}

// namesFile tells whether a word on the command line names a file or a folder,
// there or not: "-", what is there, and what only a path looks like.
func namesFile(word string) bool {
	if word == "-" {
		return true
	}
	if _, err := os.Stat(word); err == nil {
		return true
	}
	if strings.Contains(word, "://") || strings.HasPrefix(word, "arn:") {
		return false
	}
	return strings.ContainsAny(word, `/\`) || strings.HasPrefix(word, ".") || slices.Contains(fileEndings, filepath.Ext(word))
}

// fileEndings are those of files that are read.
var fileEndings = []string{".yaml", ".yml", ".json", ".template", ".tf", ".tofu", ".tfstate"}
