#!/usr/bin/env bash
# Runs apisqs-doctor once: text and annotations in the log, SARIF and JSON in
# files, Markdown in the summary of the job. Ends with the doctor's exit code.
set -euo pipefail

# Git Bash would take arguments that begin with a slash for paths of its own.
export MSYS_NO_PATHCONV=1 MSYS2_ARG_CONV_EXCL='*'

case "$INPUT_SUMMARY" in
true | false) ;;
*)
	echo "::error title=apisqs-doctor could not run::the input summary takes true or false"
	exit 2
	;;
esac

reports=$(mktemp -d "$RUNNER_TEMP/apisqs-doctor.XXXXXX")
sarif=${INPUT_SARIF_FILE:-$reports/report.sarif}
args=(-o text -o "github=$reports/annotations.txt" -o "json=$reports/report.json" -o "markdown=$reports/summary.md" -o "sarif=$sarif")

# flag NAME VALUE adds a flag, unless the input is empty.
flag() {
	if [ -n "$2" ]; then args+=("--$1=$2"); fi
}

# flags NAME LINES adds a flag for each line.
flags() {
	local line
	while IFS= read -r line; do flag "$1" "$line"; done <<<"$2"
}

# output NAME VALUE hands a value to the workflow, whatever characters it has.
output() {
	printf '%s<<%s\n%s\n%s\n' "$1" "$token" "$2" "$token" >>"$GITHUB_OUTPUT"
}

flags template "$INPUT_TEMPLATE"
flags parameter "$INPUT_PARAMETERS"
flags api-id "$INPUT_API_ID"
flag all-apis "$INPUT_ALL_APIS"
flag stage "$INPUT_STAGE"
flag snapshot "$INPUT_SNAPSHOT"
flag region "$INPUT_REGION"
flag account-id "$INPUT_ACCOUNT_ID"
flag fail-on "$INPUT_FAIL_ON"
flag allow-unknown "$INPUT_ALLOW_UNKNOWN"
flags skip "$INPUT_SKIP"
flag config "$INPUT_CONFIG"
flag baseline "$INPUT_BASELINE"
flag redact "$INPUT_REDACT"
while IFS= read -r line; do
	if [ -n "$line" ]; then args+=("$line"); fi
done <<<"$INPUT_ARGS"

# Targets stand last: behind -- nothing is a flag.
if [ -n "${INPUT_TARGET:-}" ]; then
	args+=(--)
	while IFS= read -r line; do
		if [ -n "$line" ]; then args+=("$line"); fi
	done <<<"$INPUT_TARGET"
fi

# What the text report quotes must not be taken for commands of the workflow;
# the token that ends the silence cannot be known to whoever wrote a template.
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
code=0
echo "::stop-commands::$token"
"$DOCTOR" "${args[@]}" || code=$?
echo "::$token::"

if [ -f "$reports/annotations.txt" ]; then cat "$reports/annotations.txt"; fi
if [ "$INPUT_SUMMARY" = true ] && [ -f "$reports/summary.md" ]; then cat "$reports/summary.md" >>"$GITHUB_STEP_SUMMARY"; fi

output exit-code "$code"
if [ -f "$reports/report.json" ]; then
	output report "$reports/report.json"
	# The first verdict in the report is the one of its summary.
	output verdict "$(awk -F '"' '$2 == "verdict" { print $4; exit }' "$reports/report.json")"
fi
if [ -f "$sarif" ]; then output sarif "$sarif"; fi
exit "$code"
