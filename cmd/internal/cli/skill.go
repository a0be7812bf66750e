package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/rules"
)

func (a *app) skillCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "skill DIR",
		Short: "Write a skill for coding agents",
		Long: `skill writes the folder apisqs-doctor with the file SKILL.md below DIR, the folder in which a
coding agent looks for its skills: when to call the doctor, how to read what it says, and what
never to do. A file that is there and was not written by this command is left alone.`,
		Example: "  apisqs-doctor skill .claude/skills",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("such as: apisqs-doctor skill .claude/skills", "skill needs the folder of the agent's skills")
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.writeSkill(args[0]) },
	}
}

// skillMark stands in each skill that was written, so that no other file is replaced.
const skillMark = "<!-- written by apisqs-doctor skill -->"

func (a *app) writeSkill(dir string) error {
	file := filepath.Join(dir, name, "SKILL.md")
	have, err := os.ReadFile(file)
	switch {
	case err == nil && !strings.Contains(string(have), skillMark):
		return usage("move it away first", "%s was not written by this command and is left alone", file)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return usage("", "%s: %s", file, plain(err))
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return usage("", "%s: %s", filepath.Dir(file), plain(err))
	}
	if err := os.WriteFile(file, []byte(skill()), 0o644); err != nil {
		return usage("", "%s: %s", file, plain(err))
	}
	a.printf("%s\n", file)
	return nil
}

// skill is the text for agents, made of what the help says.
func skill() string {
	var b strings.Builder
	w := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	w(`---
name: %s
description: "Use when an Amazon API Gateway API (REST, HTTP or WebSocket) should put messages on an Amazon SQS queue: when writing such an integration in CloudFormation, SAM, CDK or Terraform, and when one answers with an error such as UnknownOperationException, AccessDenied, KMS.AccessDeniedException, SignatureDoesNotMatch, InvalidAddress, SerializationException or a bare 500."
---
%s

# %s

%s`, name, skillMark, name, strings.TrimSpace(strings.SplitN(about, "\n\n", 2)[0]))
	w(`
## When to call it

- After writing or changing an integration of API Gateway with SQS, before deploying it.
- When a call fails or a message does not arrive: with that very call.
- When somebody pastes an error text or an execution log.
- Instead of recalling what AWS answers: its predictions rest on recorded facts.

## How

    %[1]s --template template.yaml -o json                       # CloudFormation, SAM or CDK output
    %[1]s --template infra -o json                               # a Terraform folder, or its plan or state as JSON
    %[1]s --template template.yaml --method "POST /orders" --header 'Content-Type: text/plain' --body 'a&b' -o json
    %[1]s --api-id a1b2c3d4 --stage prod -o json                 # deployed; needs AWS credentials, only reads
    %[1]s explain 'Access to the resource https://sqs.us-east-1.amazonaws.com/ is denied.'
    %[1]s fix --template template.yaml                           # shows the edit; writes nothing
    %[1]s rules show protocol-content-type                       # what a rule finds, why, how to repair it

Without a request of yours it tries a plain JSON request and awkward ones.

## Read the JSON

- verdict, of the whole in summary and of each of methods: broken, at-risk, healthy or inconclusive.
- methods[].predicted: what the client gets (status) and what SQS answers (sqsStatus, code). codes lists all that AWS may answer.
- methods[].stages: the eight stages of the path, with what is said of each:`, name)
	for _, s := range walk.Stages {
		w("  %s: %s", s, s.Question())
	}
	w(`- methods[].outbound: the request that SQS receives. methods[].messages: what a consumer of the queue gets. methods[].answer: what the client gets.
- methods[].findings: rule, message, evidence with file and line, fixes. %d rules.
- methods[].plan.steps: what to change, in any order; sure is sure, blank (something to fill in) or choice (the user decides). plan.diff is the edit of the files, plan.remains what no step mends.
- methods[].gaps: what was not read, and the permission that it needs. assumed: what nobody gave.

Exit codes:

%s`, len(rules.All()), exitCodeHelp)
	w(`## Never

- Never take "inconclusive" for healthy: say what was not read.
- Never run "%[1]s fix --apply", "fix --write", "fix --rollback" or "probe" without asking the user: they change AWS or files, or send a message.
- Never choose a step that is "choice", or fill in one that is "blank", without asking.
- Never widen a policy beyond the step that the plan gives.
- After a change run the diagnosis again; report its verdict, not a guess.`, name)
	return b.String()
}
