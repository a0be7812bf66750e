package vtl

import (
	"strconv"
	"strings"

	"github.com/ohler55/ojg/jp"
)

// jsonPath is a compiled JSONPath. Paths of names and indexes are walked
// directly; everything else is parsed by ojg and walked by Jayway's rules.
type jsonPath struct {
	text     string
	steps    jp.Expr
	definite bool   // names at most one value; others give a list
	function string // "length" when the path ends in .length() or .size()
	problem  string // why the path cannot be followed
}

// parsePath compiles a path. API Gateway takes `id` for `$.id`.
func parsePath(text string) *jsonPath {
	p := &jsonPath{text: text, definite: true}
	s := strings.TrimSpace(text)
	if s == "" {
		p.problem = "the JSONPath is empty"
		return p
	}
	if s[0] != '$' {
		s = "$." + s
	}
	for _, f := range []string{".length()", ".size()"} {
		if rest, ok := strings.CutSuffix(s, f); ok {
			s, p.function = rest, "length"
		}
	}
	if steps, ok := simplePath(s); ok {
		p.steps = steps
		return p
	}
	p.parse(s)
	return p
}

// simplePath reads $.a['b'][0]: names and indexes, Jayway's way.
func simplePath(s string) (jp.Expr, bool) {
	var steps jp.Expr
	for i := 1; i < len(s); {
		switch {
		case s[i] == '.':
			n := strings.IndexAny(s[i+1:], ".[ ('\"*?@,")
			if n < 0 {
				n = len(s) - i - 1
			}
			if n == 0 || i+1+n < len(s) && s[i+1+n] != '.' && s[i+1+n] != '[' {
				return nil, false
			}
			steps = append(steps, jp.Child(s[i+1:i+1+n]))
			i += 1 + n
		case s[i] == '[':
			end := strings.IndexByte(s[i:], ']')
			if end < 0 {
				return nil, false
			}
			in := strings.TrimSpace(s[i+1 : i+end])
			if k := len(in) - 1; k > 0 && (in[0] == '\'' || in[0] == '"') && in[k] == in[0] && !strings.ContainsAny(in[1:k], `'"\]`) {
				steps = append(steps, jp.Child(in[1:k]))
			} else if n, err := strconv.ParseInt(in, 10, 32); err == nil {
				steps = append(steps, jp.Nth(n))
			} else {
				return nil, false
			}
			i += end + 1
		default:
			return nil, false
		}
	}
	return steps, true
}

const maxPath = 4096

// parse lets ojg read a path. Its syntax is close to Jayway's; what it reads
// differently or not at all is a problem, not a guess.
func (p *jsonPath) parse(s string) {
	p.problem = "the JSONPath " + quote(p.text) + " cannot be followed"
	if len(s) > maxPath {
		return
	}
	expr, err := parseExpr(s)
	if err != nil {
		p.problem += ": " + err.Error()
		return
	}
	for i, f := range expr {
		switch f := f.(type) {
		case jp.Root, jp.Bracket:
			continue
		case jp.Child, jp.Nth:
		case jp.Wildcard, jp.Descent:
			p.definite = false
		case jp.Slice:
			if f[2] != 1 && f[2] != jp.SliceNotSet {
				p.problem += ": Jayway has no slices with a step"
				return
			}
			p.definite = false
		case jp.Union:
			// Several names give an object of these members, several indexes a list.
			if _, name := f[0].(string); !name || i < len(expr)-1 {
				p.definite = false
			}
		case *jp.Filter:
			if strings.Contains(f.String(), "$") {
				p.problem += ": a filter that looks at the root is not supported"
				return
			}
			p.definite = false
		default:
			return
		}
		p.steps = append(p.steps, f)
	}
	p.problem = ""
}

func parseExpr(s string) (e jp.Expr, err error) {
	defer func() {
		if x := recover(); x != nil {
			err = errJSON
		}
	}()
	return jp.ParseString(s)
}

// find follows a path. Definite paths give their value, others a list of all
// matches, which may be empty (Jayway's rule).
func (r *renderer) find(root value, p *jsonPath) (value, bool) {
	found := []value{root}
	for i := 0; i < len(p.steps); i++ {
		if _, ok := p.steps[i].(jp.Descent); ok {
			var all []value
			for _, v := range found {
				all = r.descend(all, v, 0)
			}
			found = all
			continue
		}
		var next []value
		for _, v := range found {
			if !r.spend(1) {
				return value{}, false
			}
			next = r.match(next, v, p.steps[i])
		}
		found = next
	}
	v := listValue(&list{items: found, style: jsonArray})
	if p.definite {
		if len(found) == 0 {
			return value{}, false
		}
		v = found[0]
	}
	if p.function == "" {
		return v, true
	}
	switch v.kind {
	case kindList:
		return intValue(int64(len(v.list().items))), true
	case kindMap:
		return intValue(int64(len(v.dict().entries))), true
	}
	return value{}, false
}

// descend lists a value and all containers below it, parents first.
func (r *renderer) descend(out []value, v value, depth int) []value {
	if !r.spend(1) || r.tooDeep(depth) {
		return out
	}
	switch v.kind {
	case kindMap:
		out = append(out, v)
		for _, e := range v.dict().entries {
			out = r.descend(out, inherit(e.value, v.tr), depth+1)
		}
	case kindList:
		out = append(out, v)
		for _, e := range v.list().items {
			out = r.descend(out, inherit(e, v.tr), depth+1)
		}
	}
	return out
}

// match appends what one step finds in v.
func (r *renderer) match(out []value, v value, f jp.Frag) []value {
	add := func(x value) { out = append(out, inherit(x, v.tr)) }
	switch f := f.(type) {
	case jp.Child:
		if d := v.dict(); v.kind == kindMap && d.find(string(f)) >= 0 {
			add(d.at(string(f)))
		}
	case jp.Nth:
		if x, ok := nth(v, int(f)); ok {
			add(x)
		}
	case jp.Wildcard:
		for _, x := range r.children(v) {
			add(x)
		}
	case jp.Slice:
		for _, x := range slice(v, f) {
			add(x)
		}
	case jp.Union:
		return r.union(out, v, f)
	case *jp.Filter:
		items := []value{v}
		if v.kind == kindList {
			items = v.list().items
		} else if v.kind != kindMap {
			items = nil
		}
		for _, x := range items {
			if !r.spend(1) {
				break
			}
			if r.accepts(f, x) {
				add(x)
			}
		}
	}
	return out
}

func (r *renderer) children(v value) []value {
	switch v.kind {
	case kindList:
		if l := v.list(); r.spend(len(l.items)) {
			return l.items
		}
	case kindMap:
		d := v.dict()
		if !r.spend(len(d.entries)) {
			return nil
		}
		out := make([]value, len(d.entries))
		for i := range d.entries {
			out[i] = d.entries[i].value
		}
		return out
	}
	return nil
}

func nth(v value, n int) (value, bool) {
	if v.kind != kindList {
		return value{}, false
	}
	items := v.list().items
	if n < 0 {
		n += len(items)
	}
	if n < 0 || n >= len(items) {
		return value{}, false
	}
	return items[n], true
}

func slice(v value, f jp.Slice) []value {
	if v.kind != kindList {
		return nil
	}
	items := v.list().items
	clamp := func(n, unset int) int {
		if n == jp.SliceNotSet {
			return unset
		}
		if n < 0 {
			n += len(items)
		}
		return max(0, min(n, len(items)))
	}
	from, to := clamp(f[0], 0), clamp(f[1], len(items))
	if from >= to {
		return nil
	}
	return items[from:to]
}

func (r *renderer) union(out []value, v value, f jp.Union) []value {
	picked := &dict{client: true}
	for _, key := range f {
		switch key := key.(type) {
		case string:
			if d := v.dict(); v.kind == kindMap && d.find(key) >= 0 {
				picked.put(key, nil, d.at(key))
			}
		case int64:
			if x, ok := nth(v, int(key)); ok {
				out = append(out, inherit(x, v.tr))
			}
		}
	}
	if _, names := f[0].(string); names && v.kind == kindMap {
		out = append(out, mapValue(picked).with(v.tr))
	}
	return out
}

// accepts evaluates a filter on one element.
func (r *renderer) accepts(f *jp.Filter, v value) (ok bool) {
	defer func() {
		if x := recover(); x != nil {
			r.fail("a JSONPath filter cannot be evaluated", true)
		}
	}()
	return f.Match(r.plain(v, 0))
}

// plain is a value as ojg's filters take it.
func (r *renderer) plain(v value, depth int) any {
	if !r.spend(1) || r.tooDeep(depth) {
		return nil
	}
	switch v.kind {
	case kindBool:
		return v.num != 0
	case kindInt:
		return v.num
	case kindFloat, kindBig:
		return v.toFloat()
	case kindString:
		return v.str
	case kindList:
		out := make([]any, 0, len(v.list().items))
		for _, x := range v.list().items {
			out = append(out, r.plain(x, depth+1))
		}
		return out
	case kindMap:
		out := make(map[string]any, len(v.dict().entries))
		for _, e := range v.dict().entries {
			out[e.key] = r.plain(e.value, depth+1)
		}
		return out
	}
	return nil
}

// plainSteps are the names and indexes of a path that has nothing else.
func plainSteps(steps jp.Expr) ([]string, bool) {
	names := []string{}
	for _, f := range steps {
		switch f := f.(type) {
		case jp.Root, jp.Bracket:
		case jp.Child:
			names = append(names, string(f))
		case jp.Nth:
			names = append(names, strconv.Itoa(int(f)))
		default:
			return nil, false
		}
	}
	return names, true
}
