package walk

import (
	"apisqs-doctor/diagnose/text/lazy"
	"sort"
	"strings"
)

// Request is the client's call that a diagnosis follows.
type Request struct {
	API     string // id; empty when the snapshot has only one
	Stage   string // name; empty for the only or the first stage
	Method  string
	Path    string // without the stage; concrete, or a resource's path with its {placeholders}
	Headers []Header
	Query   []Header
	Body    string
	// Canary marks a call that the canary of the stage takes.
	Canary bool
	// Route selects a WebSocket route.
	Route string
}

// Header is a header or a query parameter, in the client's spelling.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Header returns the last value under the name, which is compared without
// regard to case as HTTP does.
func (r *Request) Header(name string) (string, bool) {
	for i := len(r.Headers) - 1; i >= 0; i-- {
		if strings.EqualFold(r.Headers[i].Name, name) {
			return r.Headers[i].Value, true
		}
	}
	return "", false
}

// WithHeader returns the request with the header set to the value.
func (r Request) WithHeader(name, value string) Request {
	r = r.WithoutHeader(name)
	r.Headers = append(r.Headers, Header{name, value})
	return r
}

// WithoutHeader returns the request without the header.
func (r Request) WithoutHeader(name string) Request {
	var kept []Header
	for _, h := range r.Headers {
		if !strings.EqualFold(h.Name, name) {
			kept = append(kept, h)
		}
	}
	r.Headers = kept
	return r
}

// parameterRE is a parameter in the path of a resource.
var parameterRE = lazy.Regexp(`\{([^{}/+]+)\+?\}`)

// SamplePath is a path with the name of each parameter in its place, which is as good a
// value as any.
func SamplePath(path string) string { return parameterRE.ReplaceAllString(path, "$1") }

// SortedHeaders makes a list of a map, in a fixed order.
func SortedHeaders(m map[string]string) []Header {
	list := make([]Header, 0, len(m))
	for name, value := range m {
		list = append(list, Header{name, value})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list
}
