package cli

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// shells are those that a completion script can be made for.
var shells = []string{"bash", "zsh", "fish", "powershell"}

// completeAWS is the variable that lets completions ask AWS.
const completeAWS = "APISQS_DOCTOR_COMPLETE_AWS"

// What cobra's scripts lack: values with blanks.
var (
	//go:embed completion.bash
	bashWords string
	//go:embed completion.zsh
	zshWords string
)

// cobra's script for fish evaluates the words without their quotes, so that a
// command substitution in a quoted body would be run by TAB
// (https://github.com/spf13/cobra/issues/2096). Newer releases of fish can expand
// variables in words as well.
const (
	fishUnquoted = "set -l args (commandline -opc)"
	fishQuoted   = "set -l args (begin; commandline -xpc 2>/dev/null; or commandline -opc; end | string escape)"
)

func (a *app) completionCommand() *cobra.Command {
	var aws bool
	cmd := &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print a completion script for bash, zsh, fish or powershell",
		Long: `completion prints a script that completes commands, flags and their values: methods and stages
of the template or snapshot that is given, rules, examples, profiles, files. The script for bash
needs the package bash-completion.

Completing calls nobody. With --aws the script sets ` + completeAWS + `=1: then the ids
of APIs and their stages are read from the account, with the profile, region and endpoint of the
command line or of the environment, each time that they are completed.`,
		Example: `  source <(apisqs-doctor completion bash)
  source <(apisqs-doctor completion bash --aws)
  apisqs-doctor completion zsh > "${fpath[1]}/_apisqs-doctor"
  apisqs-doctor completion fish | source
  apisqs-doctor completion powershell | Out-String | Invoke-Expression`,
		ValidArgs: shells,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("expected one of bash, zsh, fish, powershell", "completion needs the name of a shell")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			script, err := completionScript(cmd.Root(), args[0], aws)
			if err != nil {
				return err
			}
			if _, err := a.Out.Write(script); err != nil {
				return cannotRun("", "the script cannot be written: %s", err)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&aws, "aws", false, "complete ids of APIs and stages from the account as well")
	return cmd
}

// completionScript is the script for a shell.
func completionScript(root *cobra.Command, shell string, aws bool) ([]byte, error) {
	generate, ok := map[string]func(io.Writer) error{
		"bash":       func(w io.Writer) error { return root.GenBashCompletionV2(w, true) },
		"zsh":        root.GenZshCompletion,
		"fish":       func(w io.Writer) error { return root.GenFishCompletion(w, true) },
		"powershell": root.GenPowerShellCompletionWithDesc,
	}[shell]
	if !ok {
		return nil, usage(didYouMean(shell, shells), "no completion for shell %q", shell)
	}
	var b bytes.Buffer
	if err := generate(&b); err != nil {
		return nil, cannotRun("", "the script cannot be made: %s", err)
	}
	script := b.Bytes()
	switch shell {
	case "bash":
		script = append(script, bashWords...)
	case "zsh":
		script = append(script, zshWords...)
	case "fish":
		script = bytes.Replace(script, []byte(fishUnquoted), []byte(fishQuoted), 1)
	}
	if !aws {
		return script, nil
	}
	set := map[string]string{
		"bash": "export %s=1", "zsh": "export %s=1", "fish": "set -gx %s 1", "powershell": "$env:%s = '1'",
	}[shell]
	// The first line stays the first: it tells zsh what the file completes.
	first, rest, _ := bytes.Cut(script, []byte("\n"))
	return fmt.Appendf(nil, "%s\n%s\n%s", first, fmt.Sprintf(set, completeAWS), rest), nil
}
