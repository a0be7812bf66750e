package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/cmd/internal/secret"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/lazy"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/diagnose/walk"
)

// remedies is what puts a fix, and how a finding is verified, into words. The
// writer says for whom; its shell is the report's reader's.
func remedies(w remedy.Writer) report.Remedy {
	w.Secret = func(h walk.Header) bool { return !secret.Shown(h) }
	in := func(kind shell.Kind) remedy.Writer {
		v := w
		v.Shell = kind
		return v
	}
	return report.Remedy{Shell: w.Shell, CloudFormation: new(remedy.Fragments).CloudFormation, Terraform: remedy.Terraform,
		Commands: func(kind shell.Kind, s *snapshot.Snapshot, f diagnose.Fix) ([]string, error) {
			return in(kind).Commands(s, f)
		},
		Check: func(kind shell.Kind, s *snapshot.Snapshot, t *walk.Trace, v diagnose.Verification) (string, []string) {
			return in(kind).Check(s, t, v)
		}}
}

// writer is for whoever gave these flags.
func (t *targetFlags) writer(kind string) remedy.Writer {
	w := remedy.Writer{Shell: shell.Kind(kind), Profile: t.profile, EndpointURL: t.endpointURL}
	if !slices.Contains(t.templates, "-") { // what was piped in is gone
		w.Doctor = t.shownWords()
	}
	return w
}

// mend is the command line that carries the plans of the target out; empty where a
// single one does not.
func (t *targetFlags) mend(kind string) string {
	words := t.words()
	words = append([]string{words[0], "fix"}, words[1:]...)
	if t.stage != "" {
		words = append(words, "--stage", t.stage)
	}
	switch {
	case t.allAPIs || len(t.apiIDs) > 1 || t.snapshot != "" || slices.Contains(t.templates, "-"):
		return ""
	case t.live():
		words = append(words, "--apply")
	default:
		words = append(words, "--write")
	}
	if len(t.shownWords()) != len(t.words()) || slices.ContainsFunc(t.shownWords(), func(w shell.Word) bool { return len(w) > 1 }) {
		return "" // a value that is not shown
	}
	return commandLine(kind, words...)
}

// withEdits adds what a fix makes of the template's files. It is not for reports
// that others may see: it shows the files' own text.
func withEdits(r report.Remedy) report.Remedy {
	templates := remedy.NewTemplates(readAgain)
	r.Edits = func(s *snapshot.Snapshot, f diagnose.Fix) (report.Edit, error) {
		files, notes, err := templates.Edit(s, []diagnose.Fix{f})
		out := report.Edit{Notes: notes}
		for _, file := range files {
			out.Files = append(out.Files, report.FileEdit(file))
		}
		return out, err
	}
	r.Lines = linesAgain()
	r.Diff = func(s *snapshot.Snapshot, f diagnose.Fix) (string, error) {
		files, _, err := templates.Edit(s, []diagnose.Fix{f})
		diff := ""
		for _, file := range files {
			_, below, _ := diffName(file.Name)
			diff += file.Unified(below)
		}
		return diff, err
	}
	return r
}

// linesAgain gives the lines of files, each of which is read once.
func linesAgain() func(string) ([]string, error) {
	read := map[string][]string{}
	return func(file string) ([]string, error) {
		if lines, ok := read[file]; ok {
			return lines, nil
		}
		text, err := readAgain(file)
		if err != nil {
			return nil, err
		}
		read[file] = strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
		return read[file], nil
	}
}

// readAgain reads a file of a template that was loaded.
func readAgain(file string) ([]byte, error) {
	if _, err := os.Stat(file); err != nil || file == snapshot.StandardInput {
		return nil, fmt.Errorf("%s cannot be read again to be edited", file)
	}
	return os.ReadFile(file)
}

// shownWords are the words of the target as a report may show them: the value of
// a parameter whose name says that it is a credential stays the reader's.
func (t *targetFlags) shownWords() []shell.Word {
	var list []shell.Word
	words := t.words()
	for i, w := range words {
		key, _, ok := strings.Cut(w, "=")
		if i > 0 && ok && (words[i-1] == "--parameter" || words[i-1] == "--var") && credentialName.MatchString(key) {
			variable := &shell.Variable{Name: strings.ToUpper(notInNames.ReplaceAllString(key, "_")) + "_VALUE", Means: "the value that was given for " + key + ", which is not shown here"}
			list = append(list, shell.Word{{Text: key + "="}, {Variable: variable}})
			continue
		}
		list = append(list, shell.Text(w))
	}
	return list
}

var (
	credentialName = lazy.Regexp(`(?i)passw|secret|token|credential|private|api_?key`)
	notInNames     = lazy.Regexp(`[^A-Za-z0-9_]+`)
)
