package gateway

import "strings"

// Match tells whether a request path fits a resource path such as
// /users/{id} or /files/{proxy+}, with the values of its parameters. The rank
// orders resources that fit the same request, segment by segment from the left:
// a literal before a parameter before {proxy+}; the larger text wins. Paths are
// compared with regard to case; a slash at the end does not count.
func Match(resource, path string) (params map[string]string, rank string, ok bool) {
	want, have := segments(resource), segments(path)
	params = map[string]string{}
	ranks := make([]byte, 0, len(want)+1)
	for i, segment := range want {
		name, greedy, isParam := parameter(segment)
		switch {
		case i >= len(have):
			return nil, "", false // {proxy+} takes one segment at least
		case greedy:
			params[name] = strings.Join(have[i:], "/")
			return params, string(append(ranks, '1')), true
		case isParam:
			// A request may also name the resource by its own placeholder, as
			// TestInvokeMethod does when it is given no path (T123).
			params[name] = have[i]
			ranks = append(ranks, '2')
		case segment != have[i]:
			return nil, "", false
		default:
			ranks = append(ranks, '3')
		}
	}
	if len(have) != len(want) {
		return nil, "", false
	}
	return params, string(ranks), true
}

func segments(path string) []string {
	path = strings.Trim(path, "/")
	if path == "" {
		return nil
	}
	return strings.Split(path, "/")
}

// parameter takes {id} and {proxy+} apart.
func parameter(segment string) (name string, greedy, ok bool) {
	if !strings.HasPrefix(segment, "{") || !strings.HasSuffix(segment, "}") {
		return "", false, false
	}
	name = segment[1 : len(segment)-1]
	name, greedy = strings.CutSuffix(name, "+")
	return name, greedy, true
}
