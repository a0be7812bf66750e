package cli

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/documents"
	"apisqs-doctor/diagnose/source/kind"
	"apisqs-doctor/diagnose/source/tree"
)

// settle tells from their content what the files among the targets are, once. A
// snapshot then stands where its flag would have put it.
func (a *app) settle(t *targetFlags) error {
	if len(t.templates) == 0 || t.input != nil {
		return nil
	}
	a.target = t.target()
	for _, file := range t.templates {
		if file == "-" && t.stdin == nil && a.In != nil {
			data, err := io.ReadAll(io.LimitReader(a.In, tree.MaxFileSize+1))
			if err != nil {
				return usage("", "the standard input cannot be read: %s", plain(err))
			}
			t.stdin = data
		}
	}
	in, err := kind.Of(t.templates, t.stdin, a.Within)
	if err != nil {
		return inputFailure(err)
	}
	t.input = &in
	if t.said {
		fmt.Fprintf(a.Err, "%s: read as: %s\n", name, oneLine(in.Said))
	}
	t.templates = in.Files
	if in.Source == kind.Snapshot && in.Files[0] != "-" {
		t.snapshot, t.templates = in.Files[0], nil
	}
	a.target = t.target()
	return t.check(a.given)
}

// standardInput is what the file "-" holds, from its beginning.
func (t *targetFlags) standardInput() io.Reader { return bytes.NewReader(t.stdin) }

// checkSource refuses flags that are for another kind of input.
func (t *targetFlags) checkSource(given map[string]bool) error {
	if t.input == nil {
		return nil
	}
	for _, c := range []struct {
		flag string
		of   kind.Source
	}{{"parameter", kind.Templates}, {"parameters-file", kind.Templates}, {"var", kind.Terraform}, {"var-file", kind.Terraform}} {
		if given[c.flag] && t.input.Source != c.of {
			return usage("", "--%s has no meaning with what this is: %s", c.flag, t.input.Said)
		}
	}
	return nil
}

// loadDocuments reads OpenAPI documents and what the AWS CLI has printed.
func (a *app) loadDocuments(t *targetFlags) (*snapshot.Snapshot, error) {
	s, err := documents.Load(t.templates, documents.Options{Account: t.accountID, Region: t.region, Stdin: t.standardInput(), Within: a.Within, Warn: a.note})
	if err != nil {
		return nil, inputFailure(err)
	}
	return s, nil
}

// note tells what a source has to say that is no fault.
func (a *app) note(s string) { fmt.Fprintf(a.Err, "%s: note: %s\n", name, oneLine(s)) }

// sourceFile names the files of the target, for a screen.
func (t *targetFlags) sourceFile() string { return strings.Join(t.templates, ", ") }
