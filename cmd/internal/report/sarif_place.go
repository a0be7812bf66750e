package report

import (
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// standIn is the file that shows what has no place in a file: that of the
// template or, for what is deployed or came from the standard input, the anchor.
// Code scanning refuses a whole log when one location has no file.
func standIn(r Run) string {
	t := r.Examination.Target
	if (t.Kind == snapshot.Template || t.Kind == snapshot.OpenAPI) && t.File != snapshot.StandardInput {
		return t.File
	}
	return r.Anchor
}

// inFile tells whether a value stands in a file that can be opened.
func inFile(o Origin) bool { return o.File != "" && o.File != snapshot.StandardInput }

// location is a line of a file where there is one, and the resource.
func (s *sarifWriter) location(o Origin) sarifLocation {
	var l sarifLocation
	switch {
	case inFile(o):
		l.Physical = &sarifPhysical{Artifact: sarifArtifact(o.File), Region: sarifRegion{StartLine: max(1, o.Line)}}
	case s.standIn != "":
		l.Physical = &sarifPhysical{Artifact: sarifArtifact(s.standIn), Region: sarifRegion{StartLine: 1}}
	}
	if name := strings.TrimSpace(o.Resource + " " + o.Path); name != "" {
		l.Logical = []sarifLogical{{FullyQualifiedName: name, Kind: "resource"}}
	}
	return l
}

// sarifArtifact is the file's address: relative to the repository unless its
// name is absolute.
func sarifArtifact(file string) sarifArtifactLocation {
	name := path.Clean(filepath.ToSlash(file))
	if strings.HasPrefix(name, "/") || filepath.VolumeName(file) != "" {
		u := url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(name, "/")}
		return sarifArtifactLocation{URI: u.String()}
	}
	// A colon in the first part of a relative address would end a scheme.
	return sarifArtifactLocation{URI: strings.ReplaceAll((&url.URL{Path: name}).EscapedPath(), ":", "%3A"), Base: "%SRCROOT%"}
}
