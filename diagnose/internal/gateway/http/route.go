package http

import "strings"

// DefaultStage is the stage that is served from the root (H62).
const DefaultStage = "$default"

// ChooseStage picks the stage of a call by the first segment of its path: the
// stage of that name, else the default stage (H60). rest is the path without the
// stage. ok is false where no stage fits: 404.
func ChooseStage(stages []string, path string) (stage, rest string, ok bool) {
	first, tail, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	hasDefault := false
	for _, name := range stages {
		if name == first && name != DefaultStage && name != "" {
			return name, "/" + tail, true
		}
		hasDefault = hasDefault || name == DefaultStage
	}
	return DefaultStage, path, hasDefault
}

// Routes finds the route of a call. It is compiled once for a list of route keys.
type Routes struct {
	exact map[string][]int // by path, of routes without variables
	open  []route          // with variables
	keys  []route
	rest  int // of the route $default, -1 for none
}

type route struct {
	index    int
	method   string // empty for ANY
	segments []string
	greedy   bool
}

// Choice is the route that takes a call.
type Choice struct {
	Index  int // of the route key; -1 for none: 404
	Params map[string]string
	// Doubt says why another route may take the call, empty when none can.
	Doubt string
}

// NewRoutes compiles route keys: "POST /orders", "ANY /{proxy+}", "$default".
func NewRoutes(keys []string) *Routes {
	r := &Routes{exact: map[string][]int{}, rest: -1, keys: make([]route, len(keys))}
	for i, key := range keys {
		if key == "$default" {
			r.rest = i
			continue
		}
		method, path, ok := strings.Cut(key, " ")
		if !ok {
			continue
		}
		one := route{index: i, method: strings.ToUpper(method), segments: segments(path)}
		if one.method == "ANY" {
			one.method = ""
		}
		n := len(one.segments)
		one.greedy = n > 0 && strings.HasSuffix(one.segments[n-1], "+}")
		r.keys[i] = one
		if strings.Contains(path, "{") {
			r.open = append(r.open, one)
			continue
		}
		exact := strings.Join(one.segments, "/")
		r.exact[exact] = append(r.exact[exact], i)
	}
	return r
}

func segments(path string) []string {
	path = strings.Trim(path, "/")
	if path == "" {
		return nil
	}
	return strings.Split(path, "/")
}

// Choose picks the route (H61): a full match of path and method before a greedy
// one, and that before $default; among full matches, the one with the literal
// where the other has a variable. ANY takes the methods for which the path has
// no route of its own.
func (r *Routes) Choose(method, path string) Choice {
	have := segments(path)
	best := Choice{Index: -1}
	bestRank := ""
	take := func(one *route, rank string, params map[string]string) {
		switch {
		case one.method != "" && !strings.EqualFold(one.method, method):
			return
		case one.method == "":
			rank += "0"
		default:
			rank += "1"
		}
		if best.Index < 0 || rank > bestRank {
			best, bestRank = Choice{Index: one.index, Params: params}, rank
		}
	}
	for _, i := range r.exact[strings.Join(have, "/")] {
		take(&r.keys[i], strings.Repeat("3", len(have)), map[string]string{})
	}
	for i := range r.open {
		if params, rank, ok := r.open[i].match(have); ok {
			take(&r.open[i], rank, params)
		}
	}
	if best.Index < 0 {
		if r.rest >= 0 {
			best = Choice{Index: r.rest, Params: map[string]string{}}
		}
		return best
	}
	r.doubt(&best, have, method)
	if n := len(path); n > 1 && path[n-1] == '/' && best.Doubt == "" && !r.keys[best.Index].greedy {
		best.Doubt = "whether a slash at the end of the path counts is not documented"
	}
	return best
}

// doubt tells the one order that is not recorded: between a path with variables
// of the call's method and a more literal one of ANY.
func (r *Routes) doubt(best *Choice, have []string, method string) {
	chosen := &r.keys[best.Index]
	if chosen.method != "" || chosen.greedy {
		return
	}
	for i := range r.open {
		if one := &r.open[i]; one.method != "" && strings.EqualFold(one.method, method) && !one.greedy {
			if _, _, ok := one.match(have); ok {
				best.Doubt = "whether ANY with a more literal path or the call's own method with a path variable wins is not documented"
			}
		}
	}
}

// match compares segment by segment from the left: a literal ranks before a
// variable, and that before the greedy rest.
func (one *route) match(have []string) (params map[string]string, rank string, ok bool) {
	n := len(one.segments)
	if one.greedy && len(have) < n || !one.greedy && len(have) != n {
		return nil, "", false // a greedy variable takes one segment at least (H61)
	}
	params = map[string]string{}
	ranks := make([]byte, 0, n)
	for i, want := range one.segments {
		switch {
		case i == n-1 && one.greedy:
			params[strings.TrimSuffix(want[1:], "+}")] = strings.Join(have[i:], "/")
			// A greedy route comes behind every full match, however literal it begins.
			return params, "1" + string(ranks), true
		case strings.HasPrefix(want, "{") && strings.HasSuffix(want, "}"):
			params[want[1:len(want)-1]] = have[i]
			ranks = append(ranks, '2')
		case want != have[i]:
			return nil, "", false
		default:
			ranks = append(ranks, '3')
		}
	}
	return params, string(ranks), true
}
