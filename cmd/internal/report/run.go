// Package report writes an examination for people and for programs: one file a
// format. It judges nothing; every word of advice comes from the diagnosis.
package report

import (
	"apisqs-doctor/cmd/internal/logs"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	ground "apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/diagnose/walk"
)

// Run is one run of the doctor, as every format shows it.
type Run struct {
	Tool        Tool
	Snapshot    *snapshot.Snapshot   // nil when nothing was read
	Examination diagnose.Examination // of the snapshot
	Problem     *Problem             // why the run ended without a diagnosis; nil otherwise
	Remedy      Remedy
	Rules       []diagnose.Rule           // that were applied, for the formats that list them
	Suppressed  map[Mark]Suppression      // findings that do not fail the run, by MarkOf
	Notices     []string                  // what the reader has to know about the run itself
	Observed    map[string]*logs.Observed // what logs say of the methods, by ObservedKey; nil when none were read
	Sights      []string                  // whether a failed call could be seen in the logs at all, a sentence for each API; of what is deployed
	Anchor      string                    // file of the repository that stands for deployed resources; empty for none

	Mend    string // command line that carries the plan out; empty where there is none
	Verbose bool   // the text report tells all there is
	Width   int    // columns of the text report; 0 where there is no terminal

	follower *diagnose.Follower // of the snapshot, for what walks again; nil without one
}

// Tool names the program that wrote a report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Problem is what kept the doctor from a diagnosis.
type Problem struct {
	ExitCode int    `json:"exitCode"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
}

// Remedy renders a fix in the notations that people change AWS with. The
// error says in a sentence why a notation cannot tell the fix.
type Remedy struct {
	Shell    shell.Kind                                                           // that people paste commands into; what programs read is for POSIX shells
	Commands func(shell.Kind, *snapshot.Snapshot, diagnose.Fix) ([]string, error) // AWS CLI, in order
	// Check says how a finding is verified: in a sentence, in commands, or in both.
	Check          func(shell.Kind, *snapshot.Snapshot, *walk.Trace, diagnose.Verification) (say string, commands []string)
	CloudFormation func(*snapshot.Snapshot, diagnose.Fix) (string, error)
	Terraform      func(*snapshot.Snapshot, diagnose.Fix) (string, error)
	// Edits makes the fix in the user's own template files. It is nil where there
	// are none, or where their text is not to be shown.
	Edits func(*snapshot.Snapshot, diagnose.Fix) (Edit, error)
	// Lines are those of a file that was examined. It is nil where there are none, or where
	// their text is not to be shown.
	Lines func(file string) ([]string, error)
	// Diff is the same as a unified diff that git apply takes.
	Diff func(*snapshot.Snapshot, diagnose.Fix) (string, error)
}

// Edit is a fix made in template files.
type Edit struct {
	Files []FileEdit // those that differ afterwards, in a fixed order
	Notes []string   // what remains to be done by hand
}

// FileEdit is an edit of a file.
type FileEdit struct {
	Name string
	ground.Edited
}

// commands are those of a fix for the shell of the run.
func (r Run) commands(s *snapshot.Snapshot, f diagnose.Fix) ([]string, error) {
	if r.Remedy.Commands == nil {
		return nil, nil
	}
	return r.Remedy.Commands(r.Remedy.Shell, s, f)
}

// check is how a finding of the trace is verified.
func (r Run) check(t *walk.Trace, v diagnose.Verification) (say string, commands []string) {
	if r.Remedy.Check == nil || r.Snapshot == nil {
		return v.Say, nil
	}
	return r.Remedy.Check(r.Remedy.Shell, r.Snapshot, t, v)
}

// posix is the run as programs read it, whatever shell its reader has.
func (r Run) posix() Run {
	r.Remedy.Shell = shell.POSIX
	return r
}

// showing is the run with no more in its findings than the notations that a format
// shows: the others are not put into words.
func (r Run) showing(notations Remedy) Run {
	notations.Shell = r.Remedy.Shell
	r.Remedy = notations
	return r
}

// render calls one of the notations; none gives nothing.
func render[T any](r Run, in func(*snapshot.Snapshot, diagnose.Fix) (T, error), f diagnose.Fix) (T, string) {
	var none T
	if in == nil || r.Snapshot == nil {
		return none, ""
	}
	out, err := in(r.Snapshot, f)
	if err != nil {
		return none, err.Error()
	}
	return out, ""
}
