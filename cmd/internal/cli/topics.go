package cli

import (
	"github.com/spf13/cobra"

	"apisqs-doctor/cmd/internal/accept"
	"apisqs-doctor/cmd/internal/manpage"
)

func exitCodesTopic() *cobra.Command {
	return &cobra.Command{Use: "exit-codes", Short: "What the exit codes mean", Long: "A run ends with one of these exit codes:\n\n" + exitCodeHelp,
		Example: "  apisqs-doctor help exit-codes", Annotations: map[string]string{manpage.SectionKey: "EXIT STATUS"}}
}

func environmentTopic() *cobra.Command {
	return &cobra.Command{Use: "environment", Short: "The variables that are read", Example: "  apisqs-doctor help environment", Long: `  APISQS_DOCTOR_NAME  the flag of that name, in capitals and with underscores, such as
                      APISQS_DOCTOR_API_ID for --api-id. One that can be repeated takes a value
                      a line. A flag of the command line beats its variable.
  ` + completeAWS + `
                      With 1, completions read the ids and stages of the account's APIs from AWS.
  AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, AWS_CA_BUNDLE
                      These and all other variables of the AWS SDK mean what they mean to every
                      AWS tool.
  NO_COLOR            Not empty: no colour (https://no-color.org).
  FORCE_COLOR, CLICOLOR_FORCE
                      Not empty, 0 or false: colour also where there is no terminal.
  CI                  Not empty: no colour, no progress and no walkthrough.
  GITHUB_ACTIONS      true: without --output, the annotations of GitHub follow the text report.`}
}

func filesTopic() *cobra.Command {
	return &cobra.Command{Use: "files", Short: "The files that are read or written without being named", Example: "  apisqs-doctor help files", Long: `  ` + accept.ConfigFile + `
                      Findings that are accepted, the anchor, and any flag by its name without
                      dashes, such as "region: eu-west-1" or "output: [text, json=report.json]".
                      The command line and variables come before it. It is looked for in the
                      working directory and upwards to the root of the repository, unless
                      --config names another file; names of files in it are relative to it.
                      Flags that change something, such as apply, cannot stand in it.
  ` + rollbackStem + `ID.json
                      What the API with that ID was before "fix --apply" changed it, written to the
                      working directory, for "fix --rollback".
  ~/.aws/config, ~/.aws/credentials
                      Profiles and credentials, as every AWS tool reads them.`}
}
