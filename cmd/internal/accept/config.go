package accept

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose/snapshot"
	words "apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/text/lazy"
)

// ConfigFile is the configuration file that is read when it is there.
const ConfigFile = ".apisqs-doctor.yaml"

// MaxFile is the largest configuration or baseline file, in bytes.
const MaxFile = 16 << 20

// Config is a configuration file:
//
//	skips:
//	  - rule: response-error-as-success
//	    reason: the partner's client cannot handle a 4xx before its next release
//	    until: 2027-03-31        # the last day; optional
//	    method: POST /orders     # or a path alone; optional
//	    resource: orders         # API, queue or resource with the fault; optional
//	anchor: infra/template.yaml  # where code scanning shows what is deployed; optional
//	region: eu-west-1            # any flag, without its dashes
//	output: [text, json=report.json]
type Config struct {
	Name  string // of the file
	Flags []Setting
	Skips []Skip
	// Anchor is the file of the repository that findings on deployed resources
	// are shown at, with slashes, relative to the repository; empty for none.
	Anchor string
}

// Setting is a flag with its values; one that cannot be repeated has one.
type Setting struct {
	Flag   string
	Values []string
	Where  string // file and line
}

// ReadConfig reads a configuration file. The name is for the errors, which say
// the line; rules are the IDs that a skip can name, flags the names of flags.
func ReadConfig(name string, text []byte, rules []string, flags ...string) (*Config, error) {
	if len(text) > MaxFile {
		return nil, fmt.Errorf("%s: larger than %d MiB", name, MaxFile>>20)
	}
	var root yaml.Node
	if err := yaml.Load(text, &root); err != nil {
		if strings.TrimSpace(string(text)) == "" || strings.Contains(err.Error(), "no documents") {
			return &Config{}, nil
		}
		return nil, fmt.Errorf("%s: %s", name, oneLine(err.Error()))
	}
	doc := &root
	if doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 {
		doc = doc.Content[0]
	}
	if doc.Kind == 0 || doc.Kind == yaml.ScalarNode && doc.Tag == "!!null" {
		return &Config{}, nil // comments only
	}
	members, err := mapping(name, doc, append([]string{"skips", "anchor"}, flags...)...)
	if err != nil {
		return nil, err
	}
	config := &Config{Name: name}
	for i := 0; i+1 < len(doc.Content); i += 2 {
		key, value := doc.Content[i], doc.Content[i+1]
		if !slices.Contains(flags, key.Value) || value.Tag == "!!null" {
			continue
		}
		one := Setting{Flag: key.Value, Where: fmt.Sprintf("%s:%d", name, key.Line)}
		items := []*yaml.Node{value}
		if value.Kind == yaml.SequenceNode {
			items = value.Content
		}
		for _, item := range items {
			if item.Kind != yaml.ScalarNode || item.Tag == "!!null" {
				return nil, fault(name, item, "%q is a text, a number, true or false, or a list of them", key.Value)
			}
			one.Values = append(one.Values, item.Value)
		}
		config.Flags = append(config.Flags, one)
	}
	if n := members["anchor"]; n != nil {
		if config.Anchor, err = readAnchor(name, n); err != nil {
			return nil, err
		}
	}
	list := members["skips"]
	if list == nil || list.Tag == "!!null" {
		return config, nil
	}
	if list.Kind != yaml.SequenceNode {
		return nil, fault(name, list, `"skips" is a list, each item with "rule" and "reason"`)
	}
	for _, item := range list.Content {
		s, err := readSkip(name, item, rules)
		if err != nil {
			return nil, err
		}
		config.Skips = append(config.Skips, s)
	}
	return config, nil
}

// readAnchor reads a file's place in the repository. The file need not be there.
func readAnchor(name string, n *yaml.Node) (string, error) {
	const want = "expected a file of the repository, such as infra/template.yaml"
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return "", fault(name, n, `"anchor" is a text, %s`, want)
	}
	file := strings.ReplaceAll(strings.TrimSpace(n.Value), `\`, "/")
	clean := path.Clean(file)
	switch {
	case path.IsAbs(clean) || volume.MatchString(file):
		return "", fault(name, n, `"anchor" is %q, an absolute path; %s`, n.Value, want)
	case clean == ".." || strings.HasPrefix(clean, "../"):
		return "", fault(name, n, `"anchor" is %q, which leaves the repository; %s`, n.Value, want)
	case clean == "." || strings.HasSuffix(file, "/") || strings.ContainsFunc(file, unicode.IsControl):
		return "", fault(name, n, `"anchor" is %q, %s`, n.Value, want)
	}
	return clean, nil
}

// volume is the beginning of an address or of a path on another system.
var volume = lazy.Regexp(`^[A-Za-z][A-Za-z0-9+.-]*:`)

func readSkip(name string, item *yaml.Node, rules []string) (Skip, error) {
	s := Skip{Skip: snapshot.Skip{Origin: snapshot.Origin{File: name, Line: item.Line, Column: item.Column}}, by: report.ByFile}
	members, err := mapping(name, item, "rule", "reason", "until", "method", "resource")
	if err != nil {
		return s, err
	}
	for key, into := range map[string]*string{"rule": &s.Rule, "reason": &s.Reason, "until": &s.Until, "method": &s.Method, "resource": &s.Resource} {
		n := members[key]
		if n == nil {
			continue
		}
		if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
			return s, fault(name, n, "%q is a text", key)
		}
		*into = strings.TrimSpace(n.Value)
	}
	if member, problem := s.Fault(); problem != "" {
		at := item
		if n := members[member]; n != nil {
			at = n
		}
		return s, fault(name, at, "%s", problem)
	}
	if !slices.Contains(rules, s.Rule) {
		return s, fault(name, members["rule"], "no rule %q", s.Rule)
	}
	return s, nil
}

// mapping gives the members of a node, which may only be of those names.
func mapping(name string, n *yaml.Node, names ...string) (map[string]*yaml.Node, error) {
	if n.Kind != yaml.MappingNode {
		return nil, fault(name, n, "expected an object with %s", strings.Join(names, ", "))
	}
	members := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if !slices.Contains(names, key.Value) {
			expected := "expected " + strings.Join(names, ", ")
			if len(names) > 8 {
				expected = "expected skips, anchor or the name of a flag without its dashes"
				best := slices.MinFunc(names, func(a, b string) int { return words.Distance(key.Value, a) - words.Distance(key.Value, b) })
				if words.Distance(key.Value, best) <= 1+len(key.Value)/3 {
					expected = fmt.Sprintf("did you mean %q?", best)
				}
			}
			return nil, fault(name, key, "unknown member %q, %s", key.Value, expected)
		}
		if members[key.Value] != nil {
			return nil, fault(name, key, "%q is there twice", key.Value)
		}
		members[key.Value] = n.Content[i+1]
	}
	return members, nil
}

func fault(name string, n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", name, n.Line, fmt.Sprintf(format, args...))
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
