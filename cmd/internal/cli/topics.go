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
                      AWS tool. For files, the region of AWS_REGION or of the profile is only
                      shown: what is concluded needs --region.
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

// targetsTopic tells all that can be diagnosed; its commands are run by a test.
func targetsTopic() *cobra.Command {
	return &cobra.Command{Use: "targets", Short: "All that can be diagnosed, and how the client's call is given", Example: "  apisqs-doctor help targets", Long: `A deployed API, by its id, ARN, name, invoke URL (https or wss) or custom domain, which
the account is asked about. Of several stages the doctor looks at the first, and names the others:

  apisqs-doctor a1b2c3d4
  apisqs-doctor https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/prod/orders
  apisqs-doctor --api-id a1b2c3d4 --stage prod --method "POST /orders"

Several APIs, or all of an account, in one report. All give a table first, the broken ones on top,
and the causes over all of them; one that cannot be read, and Ctrl-C, do not lose the rest:

  apisqs-doctor --api-id a1b2c3d4 --api-id h5e6a7l8
  apisqs-doctor --all-apis --stage prod
  apisqs-doctor --all-regions -o text -o json=apis.json

What a file or folder is, is told by its content; --template FILE and --snapshot FILE name them
for scripts. What only the deployment decides stays open, and is said to be open.

CloudFormation, SAM, the CDK and the Serverless Framework:

  apisqs-doctor --template template.yaml --parameter QueueName=orders
  apisqs-doctor --template stacks/*.yaml
  apisqs-doctor cdk.out --region eu-west-1 --account-id 123456789012
  apisqs-doctor .serverless                         # what serverless package writes

Terraform and OpenTofu, as configuration, as a plan or as a state. Nothing is run and nothing
fetched; modules of a registry are read where terraform init has put them. The state says most,
the plan of a first apply least:

  apisqs-doctor infra/ --var env=prod --account-id 123456789012
  apisqs-doctor plan.json -o sarif=doctor.sarif     # what terraform show -json writes

An OpenAPI document with API Gateway's extensions, or what commands of the AWS CLI print, pasted
into files or piped in. Several complete each other:

  apisqs-doctor openapi.yaml
  apisqs-doctor integration.json                    # what get-integration prints
  apisqs-doctor - < integration.json
  apisqs-doctor resources.json role.json queue.json

The last are get-resources with the methods embedded, get-role and get-queue-attributes.

A snapshot, which holds configuration and policies, no message and no credentials; with --redact
names, accounts and addresses are replaced too, in snapshots and in reports:

  apisqs-doctor snapshot --api-id a1b2c3d4 > api.json
  apisqs-doctor --snapshot api.json
  apisqs-doctor --snapshot api.json --redact -o markdown=for-the-issue.md

The very call that fails for your client. The report is then about that call alone:

  apisqs-doctor --api-id a1b2c3d4 --method "POST /orders" --header 'Content-Type: text/plain' --body 'a&b'
  apisqs-doctor --api-id a1b2c3d4 --body @order.json
  apisqs-doctor --curl "curl https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/prod/orders -d 'a=1'"
  apisqs-doctor --api-id a1b2c3d4 --request call.yaml     # method, path, headers, query, body`}
}
