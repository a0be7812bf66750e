package gateway

import (
	"maps"
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		resource, path string
		params         map[string]string
		ok             bool
	}{
		{"/", "/", map[string]string{}, true},
		{"/", "", map[string]string{}, true},
		{"/orders", "/orders", map[string]string{}, true},
		{"/orders", "/orders/", map[string]string{}, true},
		{"/orders", "/Orders", nil, false}, // paths are compared with regard to case
		{"/orders", "/orders/1", nil, false},
		{"/orders/{id}", "/orders", nil, false},
		{"/orders/{id}", "/orders/42", map[string]string{"id": "42"}, true},
		{"/orders/{id}", "/orders/{id}", map[string]string{"id": "{id}"}, true}, // T123
		{"/{proxy+}", "/", nil, false},                                          // {proxy+} takes one segment at least
		{"/{proxy+}", "/a/b/c", map[string]string{"proxy": "a/b/c"}, true},
		{"/files/{path+}", "/files/x/y", map[string]string{"path": "x/y"}, true},
		{"/nested/{test}", "/nested/value", map[string]string{"test": "value"}, true},
	} {
		params, _, ok := Match(c.resource, c.path)
		if ok != c.ok || !maps.Equal(params, c.params) {
			t.Errorf("%s for %s: %v, %v", c.resource, c.path, params, ok)
		}
	}
}

// A literal goes before a parameter, a parameter before {proxy+}, from the left.
func TestMatchRank(t *testing.T) {
	order := []string{"/a/b/c", "/a/b/{x}", "/a/{x}/c", "/a/{x}/{y}", "/a/{proxy+}", "/{x}/b/c", "/{proxy+}"}
	before := ""
	for _, resource := range order {
		_, rank, ok := Match(resource, "/a/b/c")
		if !ok {
			t.Fatalf("%s does not match", resource)
		}
		if before != "" && rank >= before {
			t.Errorf("%s (%s) should rank below %s", resource, rank, before)
		}
		before = rank
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("/a/{id}", "/a/1")
	f.Add("/{proxy+}", "/a/b")
	f.Add("{", "}")
	f.Add("/a/{+}", "//")
	f.Fuzz(func(t *testing.T, resource, path string) {
		params, _, ok := Match(resource, path)
		if !ok {
			return
		}
		for name, value := range params {
			if !strings.Contains(path, value) {
				t.Errorf("%s for %s: the value %q of %s is not in the path", resource, path, value, name)
			}
		}
	})
}
