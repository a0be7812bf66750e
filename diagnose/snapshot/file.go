package snapshot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// MaxFileSize is the largest snapshot that Load accepts, in bytes. A snapshot
// of the largest API (300 resources, each with a few methods) is about 5 MB.
const MaxFileSize = 64 << 20

// FileError is a snapshot file that cannot be used, and where it is wrong.
type FileError struct {
	Line, Column int    // 1-based; 0 when the fault has no position
	Path         string // JSON path of the fault, such as apis[0].stages.value
	Problem      string
}

func (e *FileError) Error() string {
	switch {
	case e.Line > 0:
		return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Problem)
	case e.Path != "":
		return e.Path + ": " + e.Problem
	}
	return e.Problem
}

// Save writes the snapshot as indented JSON. The bytes depend on the snapshot alone.
func Save(w io.Writer, s *Snapshot) error {
	out := *s
	out.Schema = Schema
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(out)
}

// Load reads a saved snapshot. The error is a *FileError when the content is at fault.
func Load(r io.Reader) (*Snapshot, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFileSize+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxFileSize {
		return nil, &FileError{Problem: fmt.Sprintf("larger than %d MiB, which no snapshot is", MaxFileSize>>20)}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, &FileError{Problem: `the file is empty, expected a snapshot (a JSON object with "schema": "` + Schema + `")`}
	}
	if !utf8.Valid(data) {
		return nil, &FileError{Problem: "not text: a snapshot is JSON in UTF-8"}
	}
	if err := checkSchema(data); err != nil {
		return nil, err
	}
	var s Snapshot
	if err := strictly(data, &s); err != nil {
		return nil, locate(data, err)
	}
	if err := s.validate(); err != nil {
		return nil, err
	}
	return &s, nil
}

// checkSchema looks at the schema member first, so that a snapshot of a later
// version is called that instead of being refused for its unknown members.
func checkSchema(data []byte) error {
	var head struct {
		Schema any `json:"schema"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return locate(data, err)
	}
	name, _ := head.Schema.(string)
	switch {
	case name == Schema:
		return nil
	case strings.HasPrefix(name, "apisqs-doctor/snapshot/"):
		return &FileError{Path: "schema", Problem: fmt.Sprintf("%q was written by another version of the doctor, this one reads %q", name, Schema)}
	case strings.HasPrefix(name, "apisqs-doctor/"):
		return &FileError{Path: "schema", Problem: fmt.Sprintf("this is a %q document, expected %q", name, Schema)}
	}
	return &FileError{Path: "schema", Problem: fmt.Sprintf("not a snapshot: expected \"schema\": %q", Schema)}
}

// locate turns an error of encoding/json into one that names the place.
func locate(data []byte, err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) {
		offset, problem := len(data), "the file ends in the middle of a value (truncated?)"
		if syntax != nil && !strings.Contains(syntax.Error(), "unexpected end") {
			offset, problem = int(syntax.Offset), "not JSON: "+syntax.Error()
		}
		line, column := position(data, offset)
		return &FileError{Line: line, Column: column, Problem: problem}
	}
	var doc any
	if json.Unmarshal(data, &doc) == nil {
		if path, problem := misfit(doc, snapshotType, ""); problem != "" {
			return &FileError{Path: path, Problem: problem}
		}
	}
	return &FileError{Problem: err.Error()}
}

func position(data []byte, offset int) (line, column int) {
	offset = min(max(offset, 0), len(data))
	before := data[:offset]
	line = 1 + bytes.Count(before, []byte("\n"))
	return line, max(1, offset-bytes.LastIndexByte(before, '\n')-1)
}

// validate checks what the types cannot say.
func (s *Snapshot) validate() error {
	seen := map[string]bool{}
	for i, api := range s.APIs {
		at := fmt.Sprintf("apis[%d]", i)
		if api.ID == "" {
			return &FileError{Path: at + ".id", Problem: "missing, expected the id of the API"}
		}
		if seen[api.ID] {
			return &FileError{Path: at + ".id", Problem: fmt.Sprintf("%q is there twice", api.ID)}
		}
		seen[api.ID] = true
		switch api.Type {
		case REST, HTTP, WebSocket:
		default:
			return &FileError{Path: at + ".type", Problem: fmt.Sprintf("%q, expected REST, HTTP or WEBSOCKET", api.Type)}
		}
	}
	for i, skip := range s.Skips {
		if member, problem := skip.Fault(); problem != "" {
			return &FileError{Path: fmt.Sprintf("skips[%d].%s", i, member), Problem: problem}
		}
	}
	return nil
}
