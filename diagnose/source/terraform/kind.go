package terraform

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"strings"
)

// Is tells whether a path is Terraform's: a folder with configuration, a file of
// configuration, a plan or a state.
func Is(path string) bool {
	info, err := os.Stat(path)
	if err != nil {
		return false
	}
	if info.IsDir() {
		files, overrides, err := configurationFiles(path)
		return err == nil && len(files)+len(overrides) > 0
	}
	return IsConfiguration(path) || Recorded(path) != ""
}

// IsConfiguration tells by its name whether a file is part of a configuration.
func IsConfiguration(path string) bool {
	path = strings.TrimSuffix(path, ".json")
	return strings.HasSuffix(path, ".tf") || strings.HasSuffix(path, ".tofu")
}

// The kinds of file, beside configuration.
const (
	planFile      = "plan"
	stateFile     = "state" // what terraform show -json writes of a state
	rawStateFile  = "terraform.tfstate"
	binaryPlan    = "binary plan"
	encryptedFile = "encrypted state" // OpenTofu's
)

// headSize is how much of a file is looked at to tell its kind, in bytes.
const headSize = 64 << 10

// Recorded names a plan or a state in a file: "plan", "state" and so on; empty for
// other files.
func Recorded(path string) string {
	kind, _ := fileKind(path)
	return kind
}

// RecordedText names a plan or a state.
func RecordedText(data []byte) string { return textKind(data[:min(len(data), headSize)]) }

// fileKind tells plans and states by their content; it is empty for other files.
func fileKind(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, headSize))
	if err != nil {
		return "", err
	}
	return textKind(head), nil
}

func textKind(head []byte) string {
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) && bytes.Contains(head, []byte("tfplan")) {
		return binaryPlan
	}
	members := topMembers(bytes.TrimPrefix(head, []byte("\uFEFF")))
	has := func(names ...string) bool {
		for _, name := range names {
			if !members[name] {
				return false
			}
		}
		return true
	}
	switch {
	case has("encrypted_data"), has("encryption_version", "meta"):
		return encryptedFile
	case has("format_version") && (has("planned_values") || has("resource_changes") || has("variables")):
		return planFile
	case has("format_version", "terraform_version"), has("format_version", "values"):
		return stateFile
	case has("version", "terraform_version"), has("version", "lineage"):
		return rawStateFile
	}
	return ""
}

// topMembers are the names of the members of an object, as far as its beginning
// shows them.
func topMembers(head []byte) map[string]bool {
	d := json.NewDecoder(bytes.NewReader(head))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	members := map[string]bool{}
	for {
		t, err := d.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return members
		}
		members[name] = true
		var skipped json.RawMessage
		if d.Decode(&skipped) != nil {
			return members
		}
	}
}
