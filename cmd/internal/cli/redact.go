package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"apisqs-doctor/cmd/internal/accept"
	"apisqs-doctor/cmd/internal/redact"
	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/rules"
)

// addRedact adds the flag that makes what is written fit to be shown to others.
func addRedact(cmd *cobra.Command, p *bool) {
	cmd.Flags().BoolVar(p, "redact", false, "replace names, account ids, ARNs, host names, bodies and the like, each by its own stand-in")
}

// finishRedacted writes reports that can be shown to others. The exit code is
// that of the original. No text of the template's files is in them, and no anchor.
func (a *app) finishRedacted(f *diagnoseFlags, s *snapshot.Snapshot, e *diagnose.Examination, accepted accept.Result) error {
	clean, copied, marks, err := redacted(s, e, accepted)
	if err != nil {
		return err
	}
	if err := a.finish(&f.outputFlags, f.gate, clean, copied, marks, remedies(remedy.Writer{Shell: shell.Kind(f.shell)})); err != nil {
		return err
	}
	remaining := accept.Remaining(e, accepted.Suppressed)
	a.code = f.gate.exitCode(&remaining)
	return nil
}

// redacted is a run made anew from redacted copies of the snapshot and of the
// requests, so that nothing of the originals can be in it. Where that changes
// the diagnosis, since a private word had a meaning after all, a notice says so.
func redacted(s *snapshot.Snapshot, e *diagnose.Examination, accepted accept.Result) (*snapshot.Snapshot, diagnose.Examination, accept.Result, error) {
	var r redact.Redactor
	clean, err := r.Snapshot(s)
	if err != nil {
		return nil, diagnose.Examination{}, accept.Result{}, cannotRun("", "the snapshot cannot be redacted: %s", err)
	}
	requests := []walk.Request{}
	for i := range e.Diagnoses {
		if t := e.Diagnoses[i].Trace; t != nil {
			requests = append(requests, r.Request(t.Request))
		}
	}
	out := diagnose.Examination{APIs: e.APIs, Verdict: e.Verdict}
	if len(requests) > 0 {
		out = diagnose.Examine(clean, diagnose.Selection{}, requests, rules.All())
	} else {
		out.APIs = nil
	}
	out.Target = clean.Target
	out.Target.Kind, out.Target.File = e.Target.Kind, r.Text(e.Target.File)
	if len(e.Target.Files) == 0 {
		out.Target.Files = nil
	}
	out.Others, out.Verdict = e.Others, e.Verdict
	for _, g := range e.Unlisted {
		g.Detail, g.Needs = r.Prose(g.Detail), r.Prose(g.Needs)
		g.Origin.Resource, g.Origin.Path, g.Origin.File = r.Text(g.Origin.Resource), r.Text(g.Origin.Path), r.Text(g.Origin.File)
		out.Unlisted = append(out.Unlisted, g)
	}
	marks := accept.Result{Suppressed: map[report.Mark]report.Suppression{}}
	for _, n := range accepted.Notices {
		marks.Notices = append(marks.Notices, r.Prose(n))
	}
	for i := range out.Diagnoses {
		if !sameGist(&e.Diagnoses[i], &out.Diagnoses[i]) {
			marks.Notices = append(marks.Notices, "redacting changed what is said about a method; the exit code is that of the original")
		}
		carry(&r, accepted, marks, &e.Diagnoses[i], &out.Diagnoses[i])
	}
	slices.Sort(marks.Notices)
	marks.Notices = slices.Compact(marks.Notices)
	return clean, out, marks, nil
}

// carry marks the findings of a redacted diagnosis as those of the original are.
func carry(r *redact.Redactor, from, to accept.Result, original, copied *diagnose.Diagnosis) {
	for _, f := range original.Findings {
		s, ok := from.Suppressed[report.MarkOf(original, f)]
		if !ok {
			continue
		}
		s.Reason = r.Prose(s.Reason)
		for _, c := range copied.Findings {
			if c.Rule == f.Rule {
				to.Suppressed[report.MarkOf(copied, c)] = s
			}
		}
	}
}

// sameGist tells whether two diagnoses come to the same verdict by the same rules.
func sameGist(a, b *diagnose.Diagnosis) bool {
	rulesOf := func(d *diagnose.Diagnosis) []string {
		var list []string
		for _, f := range d.Findings {
			list = append(list, f.Rule)
		}
		slices.Sort(list)
		return list
	}
	return a.Verdict == b.Verdict && a.Predicted.Code == b.Predicted.Code && slices.Equal(rulesOf(a), rulesOf(b))
}

// redactFailure makes the report of a run that failed fit to be shown.
func redactFailure(run *report.Run) {
	var r redact.Redactor
	p := *run.Problem
	p.Message, p.Hint = r.Prose(p.Message), r.Prose(p.Hint)
	run.Problem = &p
	t := &run.Examination.Target
	t.File, t.Account = r.Text(t.File), r.Text(t.Account)
}

// asksToRedact tells whether a command line, that may be wrong, has --redact.
func asksToRedact(args []string, env string) bool {
	for _, arg := range args {
		if arg == "--" {
			break
		}
		if arg == "--redact" || strings.HasPrefix(arg, "--redact=") && arg != "--redact=false" {
			return true
		}
	}
	return env != "" && env != "false" && env != "0"
}
