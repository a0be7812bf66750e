package mcp

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
)

// inside is a path below the folder, as it is opened. Links do not lead out.
func (s *server) inside(path string) (string, error) {
	outside := fmt.Errorf("%q is not below the working folder; the doctor reads nothing else", path)
	if path == "" || strings.ContainsRune(path, 0) {
		return "", fmt.Errorf("%q is no path", path)
	}
	full := path
	if !filepath.IsAbs(full) {
		full = filepath.Join(s.Folder, path)
	}
	root, err := filepath.EvalSymlinks(s.Folder)
	if err != nil {
		return "", fmt.Errorf("the working folder cannot be read")
	}
	if !below(root, filepath.Clean(full)) && !below(s.Folder, filepath.Clean(full)) {
		return "", outside
	}
	real, err := filepath.EvalSymlinks(full)
	if err != nil {
		return "", fmt.Errorf("%q cannot be read: no such file or folder", path)
	}
	if !below(root, real) {
		return "", outside
	}
	rel, err := filepath.Rel(root, real)
	if err != nil {
		return "", outside
	}
	if strings.HasPrefix(rel, "-") { // a file, and no flag
		rel = "." + string(filepath.Separator) + rel
	}
	return rel, nil
}

func below(dir, file string) bool {
	rel, err := filepath.Rel(dir, file)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// readOutside is a file outside of the folder that a report names: a configuration
// can lead to others, as a module of Terraform does.
func (s *server) readOutside(report []byte) string {
	var doc any
	if json.Unmarshal(report, &doc) != nil {
		return ""
	}
	found := ""
	var look func(any)
	look = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, value := range v {
				if file, ok := value.(string); ok && name == "file" && file != "" {
					if _, err := s.inside(file); err != nil && strings.Contains(err.Error(), "below") {
						found = file
					}
					continue
				}
				look(value)
			}
		case []any:
			for _, value := range v {
				look(value)
			}
		}
	}
	look(doc)
	return found
}
