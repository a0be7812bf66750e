package cli

import (
	"fmt"
	"strings"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
)

// The exit codes. They are part of the contract.
const (
	ExitHealthy      = 0 // healthy, or nothing at or above --fail-on
	ExitProblems     = 1 // problems found
	ExitUsage        = 2 // bad usage or unreadable input
	ExitCannotRun    = 3 // credentials, network, no such API
	ExitInconclusive = 4 // no problem found, but something that matters could not be read
)

// exitCodeHelp is how the help and the README tell the exit codes.
const exitCodeHelp = `  0  healthy, or nothing at or above --fail-on
  1  problems found
  2  bad usage or unreadable input
  3  the doctor could not run (credentials, network, no such API)
  4  inconclusive: no problem found, but something that matters could not be
     read (0 with --allow-unknown)
`

// failure is an error with the exit code that it ends the run with.
type failure struct {
	code    int
	message string // lower case, values quoted
	hint    string // what to do about it; may be empty
	help    bool   // the short help is of more use than the message
	none    bool   // the region has no API
}

func (f *failure) Error() string { return f.message }

// usage is a failure of whoever typed the command.
func usage(hint, format string, args ...any) *failure {
	return &failure{code: ExitUsage, message: fmt.Sprintf(format, args...), hint: hint}
}

// cannotRun is a failure of the world around.
func cannotRun(hint, format string, args ...any) *failure {
	return &failure{code: ExitCannotRun, message: fmt.Sprintf(format, args...), hint: hint}
}

// gate says which results fail a run.
type gate struct {
	failOn       string // error, warning or never
	allowUnknown bool
}

// exitCode is the exit code of an examination. What is known to be wrong
// outranks what is not known.
func (g gate) exitCode(e *diagnose.Examination) int {
	s := report.Summarize(e)
	switch {
	case g.failOn != "never" && (s.Broken > 0 || s.Errors > 0):
		return ExitProblems
	case g.failOn == "warning" && (s.AtRisk > 0 || s.Warnings > 0):
		return ExitProblems
	case (s.Inconclusive > 0 || s.Methods == 0 || len(e.Unlisted) > 0) && !g.allowUnknown:
		return ExitInconclusive
	}
	return ExitHealthy
}

// withLogs is the exit code with what logs say: a call that failed or was lost is
// an error, and logs that could not be read leave something unknown.
func (g gate) withLogs(code int, s *seen) int {
	switch seen := s.exitCode(); {
	case seen == ExitProblems && g.failOn != "never":
		return ExitProblems
	case seen == ExitInconclusive && code == ExitHealthy && !g.allowUnknown && !s.read:
		return ExitInconclusive
	}
	return code
}

// problem is the failure as a report tells it.
func (f *failure) problem() *report.Problem {
	return &report.Problem{ExitCode: f.code, Message: f.message, Hint: f.hint}
}

// indent puts a hint on lines of its own.
func indent(hint string) string {
	return "  " + strings.ReplaceAll(hint, "\n", "\n  ")
}
