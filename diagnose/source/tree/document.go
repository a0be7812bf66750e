package tree

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"apisqs-doctor/diagnose/snapshot"
)

// MaxFileSize is the largest file that is read, in bytes. CloudFormation
// takes templates up to 1 MB and API Gateway definitions up to 6 MB.
const MaxFileSize = 6 << 20

// Language is what a text is written in.
type Language struct {
	Name string // for messages: "a CloudFormation template"
	// Tags are the YAML tags that the language has, and the name of the member of
	// an object that each stands for.
	Tags map[string]string
}

// Document is one file and what it holds.
type Document struct {
	Name  string // as the user named it, or as the file that includes it reaches it
	Text  string
	Root  *Node
	Alias int // line of the first YAML alias; 0 when there is none
	// Rest is where a second YAML document begins; without a line there is none.
	Rest Place
}

// Read reads and parses one file; "-" is the standard input. The error is an *Error.
func (l Language) Read(name string, stdin io.Reader) (*Document, error) {
	data, err := l.ReadFile(name, stdin)
	if err != nil {
		return nil, err
	}
	return l.Parse(name, data)
}

// ReadFile reads one file of at most MaxFileSize bytes; "-" is the standard
// input. The error is an *Error.
func (l Language) ReadFile(name string, stdin io.Reader) ([]byte, error) {
	reader := stdin
	if name != "-" {
		info, err := os.Stat(name)
		if err != nil {
			return nil, l.FileError(name, err)
		}
		if !info.Mode().IsRegular() {
			return nil, &Error{File: name, Problem: "not a file", Expected: l.Name}
		}
		if info.Size() > MaxFileSize {
			return nil, l.tooLarge(name)
		}
		file, err := os.Open(name)
		if err != nil {
			return nil, l.FileError(name, err)
		}
		defer file.Close()
		reader = file
	}
	if reader == nil {
		return nil, &Error{File: DisplayName(name), Problem: "there is no standard input to read"}
	}
	data, err := io.ReadAll(io.LimitReader(reader, MaxFileSize+1))
	if err != nil {
		return nil, l.FileError(name, err)
	}
	if len(data) > MaxFileSize {
		return nil, l.tooLarge(name)
	}
	return data, nil
}

func (l Language) tooLarge(name string) *Error {
	return &Error{File: DisplayName(name), Problem: fmt.Sprintf("larger than %d MiB", MaxFileSize>>20), Expected: l.Name}
}

// FileError is an error of the file system as a reader of the report needs it.
func (l Language) FileError(name string, err error) *Error {
	problem := err.Error()
	var path *fs.PathError
	if errors.As(err, &path) {
		problem = path.Err.Error()
	}
	if errors.Is(err, fs.ErrNotExist) {
		problem = "no such file"
	}
	return &Error{File: DisplayName(name), Problem: problem, Expected: l.Name + " that can be read"}
}

// DisplayName is the name of a file in messages.
func DisplayName(name string) string {
	if name == "-" {
		return snapshot.StandardInput
	}
	return name
}

// Parse reads JSON or YAML, whichever the text is.
func (l Language) Parse(name string, data []byte) (*Document, error) {
	doc := &Document{Name: DisplayName(name)}
	if strings.HasPrefix(string(data[:min(len(data), 3)]), "\ufeff") {
		data = data[3:]
	}
	data = utf8Of(data)
	if what := binaryKind(data); what != "" {
		return nil, &Error{File: doc.Name, Problem: what, Expected: l.Name + " in YAML or JSON"}
	}
	doc.Text = string(data)
	var err error
	if looksLikeJSON(doc.Text) {
		var failed error
		if doc.Root, failed = parseJSON(doc); failed != nil {
			// YAML in flow style starts with a brace too. It takes a comment as JSON's
			// relatives write them for a name.
			if doc.Root, err = l.parseYAML(doc); err != nil || strings.Contains(failed.Error(), comment) {
				err = failed
			}
		}
	} else {
		doc.Root, err = l.parseYAML(doc)
	}
	if err != nil {
		if what := TextKind(doc.Text); what != "" {
			return nil, &Error{File: doc.Name, Problem: what, Expected: l.Name + " in YAML or JSON"}
		}
		return nil, err
	}
	return doc, nil
}

// utf8Of is a text in UTF-8. One in UTF-16 says so by its byte order mark.
func utf8Of(data []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	default:
		return data
	}
	units := make([]uint16, 0, len(data)/2)
	for at := 2; at+1 < len(data); at += 2 {
		units = append(units, order.Uint16(data[at:]))
	}
	return []byte(string(utf16.Decode(units)))
}

// binaryKind names what is no text, or is empty.
func binaryKind(data []byte) string {
	if len(data) == 0 || len(bytes.TrimSpace(data[:min(len(data), 1<<16)])) == 0 && len(data) < 1<<16 {
		return "the file is empty"
	}
	head := string(data[:min(len(data), 8)])
	for _, known := range []struct{ magic, what string }{
		{"PK\x03\x04", "this is a ZIP archive"}, {"\x1f\x8b", "this is a gzip file"}, {"%PDF", "this is a PDF file"},
		{"\x89PNG", "this is an image"}, {"\x7fELF", "this is a program"}} {
		if strings.HasPrefix(head, known.magic) {
			return known.what
		}
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return "this is a binary file"
	}
	if !utf8.Valid(data) {
		return "the file is not text in UTF-8"
	}
	return ""
}

// TextKind recognises other languages in a text that is neither YAML nor JSON.
func TextKind(text string) string {
	for line := range strings.Lines(text[:min(len(text), 1<<16)]) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "resource \""), strings.HasPrefix(line, "provider \""), strings.HasPrefix(line, "variable \""), strings.HasPrefix(line, "terraform {"), strings.HasPrefix(line, "module \""), strings.HasPrefix(line, "data \""):
			return "this looks like Terraform configuration (its files are named .tf: give the folder that holds them)"
		case strings.HasPrefix(line, "import ") && strings.Contains(line, "aws-cdk-lib"), strings.HasPrefix(line, "from aws_cdk"):
			return "this looks like a CDK program (run \"cdk synth\" and give its cdk.out folder)"
		case strings.HasPrefix(line, "<!DOCTYPE"), strings.HasPrefix(line, "<?xml"), strings.HasPrefix(line, "<html"):
			return "this looks like HTML or XML"
		}
	}
	return ""
}
