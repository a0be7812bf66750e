package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"

	"apisqs-doctor/diagnose/walk"
)

// requestMembers are what a request file may hold.
var requestMembers = []string{"body", "headers", "method", "path", "query"}

// callFromFile reads a request from a JSON or YAML file.
func (a *app) callFromFile(file string) (walk.Request, error) {
	text, err := a.readText("--request", file)
	if err != nil {
		return walk.Request{}, err
	}
	r, err := parseRequest(text)
	if err != nil {
		return r, usage("expected method, path, headers, query and body", "%s: %s", file, err)
	}
	return r, nil
}

// parseRequest reads a request: an object with method (POST when there is a
// body and GET otherwise), path, headers, query and body. A body that is not
// text is sent as JSON.
func parseRequest(text string) (walk.Request, error) {
	var r walk.Request
	if !utf8.ValidString(text) {
		return r, errors.New("not text")
	}
	if strings.TrimSpace(text) == "" {
		return r, errors.New("the file is empty")
	}
	var doc any
	if strings.HasPrefix(strings.TrimLeft(text, " \t\r\n\ufeff"), "{") {
		// JSON goes its own way: YAML reads the surrogate pairs of its strings wrongly.
		if err := json.Unmarshal([]byte(strings.TrimPrefix(text, "\ufeff")), &doc); err != nil {
			return r, fmt.Errorf("not JSON: %w", err)
		}
	} else if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		return r, fmt.Errorf("not YAML: %s", strings.ReplaceAll(strings.TrimPrefix(err.Error(), "yaml: "), "\n", " "))
	}
	members, ok := doc.(map[string]any)
	if !ok {
		return r, errors.New("not an object")
	}
	for _, member := range sortedKeys(members) {
		if !slices.Contains(requestMembers, member) {
			return r, fmt.Errorf("unknown member %q, %s", member, didYouMean(member, requestMembers))
		}
	}
	var err error
	if r.Headers, err = pairs("headers", members["headers"]); err != nil {
		return r, err
	}
	if r.Query, err = pairs("query", members["query"]); err != nil {
		return r, err
	}
	if r.Body, err = bodyText(members["body"]); err != nil {
		return r, err
	}
	if r.Method, err = word("method", members["method"]); err != nil {
		return r, err
	}
	if r.Path, err = word("path", members["path"]); err != nil {
		return r, err
	}
	r.Method = strings.ToUpper(r.Method)
	if r.Method == "" {
		r.Method = "GET"
		if r.Body != "" || r.Path == "" {
			r.Method = "POST"
		}
	}
	path, rawQuery, _ := strings.Cut(r.Path, "?")
	more, err := splitQuery(rawQuery)
	if err != nil {
		return r, fmt.Errorf("path: %w", err)
	}
	r.Path, r.Query = path, append(more, r.Query...)
	if r.Path != "" && !strings.HasPrefix(r.Path, "/") && r.Method != walk.WebSocketMethod {
		return r, fmt.Errorf("path: %q does not begin with a slash", path)
	}
	return r, nil
}

func word(member string, v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return strings.TrimSpace(v), nil
	}
	return "", fmt.Errorf("%s: expected a text", member)
}

// pairs reads headers or query parameters: an object whose values are texts or
// lists of texts, or a list of objects with name and value.
func pairs(member string, v any) ([]walk.Header, error) {
	var list []walk.Header
	switch v := v.(type) {
	case nil:
	case map[string]any:
		for _, name := range sortedKeys(v) {
			values, ok := v[name].([]any)
			if !ok {
				values = []any{v[name]}
			}
			for _, value := range values {
				text, ok := scalar(value)
				if !ok {
					return nil, fmt.Errorf("%s.%s: expected a text", member, name)
				}
				list = append(list, walk.Header{Name: name, Value: text})
			}
		}
	case []any:
		for i, item := range v {
			object, _ := item.(map[string]any)
			name, isName := object["name"].(string)
			value, isText := scalar(object["value"])
			if !isName || !isText {
				return nil, fmt.Errorf("%s[%d]: expected an object with name and value", member, i)
			}
			list = append(list, walk.Header{Name: name, Value: value})
		}
	default:
		return nil, fmt.Errorf("%s: expected an object of names and values", member)
	}
	return list, nil
}

func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case bool, int, int64, uint64, float64:
		return fmt.Sprint(v), true
	}
	return "", false
}

func bodyText(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	}
	data, err := json.Marshal(v)
	if err != nil {
		return "", errors.New("body: expected a text, or what can be written as JSON")
	}
	return string(data), nil
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
