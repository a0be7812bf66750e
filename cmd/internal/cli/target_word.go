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
			switch {
			case cmd.Flags().Lookup("api-id") == nil || !namesAPI(cmd, word):
				return noArguments(cmd, []string{word})
			case len(args) > 1 || t.any():
				return usage("for several APIs: --api-id ID --api-id ID", "give one target")
			}
			t.said = false
			return t.api(cmd, word)
		}
		if err := cmd.Flags().Set("template", word); err != nil {
			return err
		}
	}
	return nil
}

// namesAPI tells whether a word may be an API: it is no misspelt command.
func namesAPI(cmd *cobra.Command, word string) bool {
	if strings.Contains(word, "://") || strings.HasPrefix(word, "arn:") || namesHost(word) || apiID.MatchString(word) && strings.ContainsAny(word, "0123456789") {
		return true
	}
	var commands []string
	for _, sub := range cmd.Root().Commands() {
		commands = append(commands, sub.Name())
	}
	return strings.ContainsAny(word, "-_ ") && closest(word, commands) == ""
}

// namesHost tells whether a word is an address without its scheme, as browsers show it:
// of an invoke URL with its path, of a custom domain alone.
func namesHost(word string) bool {
	host, path, _ := strings.Cut(word, "/")
	return hostLike.MatchString(host) && (path == "" && !slices.Contains(fileEndings, filepath.Ext(word)) || invokeHost.MatchString(strings.ToLower(host)))
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
	if strings.Contains(word, "://") || strings.HasPrefix(word, "arn:") || namesHost(word) {
		return false
	}
	return strings.ContainsAny(word, `/\`) || strings.HasPrefix(word, ".") || slices.Contains(fileEndings, filepath.Ext(word))
}

// fileEndings are those of files that are read.
var fileEndings = []string{".yaml", ".yml", ".json", ".template", ".tf", ".tofu", ".tfstate"}
