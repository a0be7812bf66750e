package model

import (
	"encoding/json"
	"maps"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// words reads the words of one schema, which fits draft 4.
type words struct {
	reader *reader
	schema *schema
	at     place
	node   map[string]any
}

// read adds what the words assert, in the order in which a refusal is looked for.
func (w *words) read() error {
	for _, word := range []func() (check, error){
		w.types, w.enum, w.format,
		w.size("minProperties", members), w.size("maxProperties", members), w.required, w.dependencies, w.members,
		w.size("minItems", items), w.size("maxItems", items), w.unique, w.items,
		w.size("minLength", length), w.size("maxLength", length), w.pattern,
		w.limit("minimum", "exclusiveMinimum", -1), w.limit("maximum", "exclusiveMaximum", 1), w.multiple,
		w.not, w.all, w.any, w.one,
	} {
		asserts, err := word()
		if err != nil {
			return err
		}
		if asserts != nil {
			w.schema.checks = append(w.schema.checks, asserts)
		}
	}
	return nil
}

// part is a schema within this one.
func (w *words) part(names ...string) (*schema, error) {
	w.schema.branches = true
	return w.reader.schema(w.at.in(names...))
}

// texts is a list of texts, or one.
func texts(value any) (list []string) {
	switch value := value.(type) {
	case string:
		return []string{value}
	case []any:
		for _, part := range value {
			if text, ok := part.(string); ok {
				list = append(list, text)
			}
		}
	}
	return list
}

func (w *words) types() (check, error) {
	given := texts(w.node["type"])
	if len(given) == 0 {
		return nil, nil
	}
	var wanted []string
	for _, name := range typeNames {
		if slices.Contains(given, name) {
			wanted = append(wanted, name)
		}
	}
	return func(j *judgement, value any) *refusal {
		got := typeOf(value)
		if slices.Contains(wanted, got) {
			return nil
		}
		if n, ok := value.(json.Number); ok && slices.Contains(wanted, "integer") && rational(n).IsInt() {
			return nil
		}
		return refuse("got %s, want %s", got, strings.Join(wanted, " or "))
	}, nil
}

func (w *words) enum() (check, error) {
	list, ok := w.node["enum"].([]any)
	if !ok {
		return nil, nil
	}
	var wanted, shown []string
	simple := true
	for _, value := range list {
		wanted = append(wanted, canonical(value))
		switch value := value.(type) {
		case string:
			shown = append(shown, quote(value))
		case json.Number:
			shown = append(shown, value.String())
		case nil, bool:
			shown = append(shown, canonical(value))
		default:
			simple = false
		}
	}
	return func(j *judgement, value any) *refusal {
		switch {
		case slices.Contains(wanted, canonical(value)):
			return nil
		case !simple:
			return refuse("'enum' failed")
		case len(shown) == 1:
			return refuse("value must be %s", shown[0])
		}
		return refuse("value must be one of %s", strings.Join(shown, ", "))
	}, nil
}

func (w *words) format() (check, error) {
	name, _ := w.node["format"].(string)
	fits := formats[name]
	if fits == nil {
		return nil, nil
	}
	return func(j *judgement, value any) *refusal {
		if text, ok := value.(string); ok && !fits(text) {
			return refuse("%s is not valid %s", quote(text), name)
		}
		return nil
	}, nil
}

func members(value any) (int, bool) {
	object, ok := value.(map[string]any)
	return len(object), ok
}

func items(value any) (int, bool) {
	list, ok := value.([]any)
	return len(list), ok
}

func length(value any) (int, bool) {
	text, ok := value.(string)
	return utf8.RuneCountInString(text), ok
}

// size is a bound of how much there is of a value.
func (w *words) size(name string, count func(any) (int, bool)) func() (check, error) {
	return func() (check, error) {
		n, ok := w.node[name].(json.Number)
		if !ok {
			return nil, nil
		}
		want := math.MaxInt
		if bound := rational(n).Num(); bound.IsInt64() {
			want = int(bound.Int64())
		}
		least := strings.HasPrefix(name, "min")
		return func(j *judgement, value any) *refusal {
			got, ok := count(value)
			if ok && (least && got < want || !least && got > want) {
				return refuse("%s: got %d, want %d", name, got, want)
			}
			return nil
		}, nil
	}
}

// missing are the names that an object lacks.
func missing(object map[string]any, names []string) (list []string) {
	for _, name := range names {
		if _, ok := object[name]; !ok {
			list = append(list, name)
		}
	}
	return list
}

func (w *words) required() (check, error) {
	names := texts(w.node["required"])
	if len(names) == 0 {
		return nil, nil
	}
	return func(j *judgement, value any) *refusal {
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		switch lacks := missing(object, names); len(lacks) {
		case 0:
			return nil
		case 1:
			return refuse("missing property %s", quote(lacks[0]))
		default:
			return refuse("missing properties %s", quoteAll(lacks))
		}
	}, nil
}

func (w *words) dependencies() (check, error) {
	given, _ := w.node["dependencies"].(map[string]any)
	if len(given) == 0 {
		return nil, nil
	}
	names, schemas := slices.Sorted(maps.Keys(given)), map[string]*schema{}
	for _, name := range names {
		if _, ok := given[name].(map[string]any); ok {
			s, err := w.part("dependencies", name)
			if err != nil {
				return nil, err
			}
			schemas[name] = s
			w.schema.parts = append(w.schema.parts, s)
		}
	}
	return func(j *judgement, value any) *refusal {
		object, _ := value.(map[string]any)
		for _, name := range names {
			if _, there := object[name]; !there {
				continue
			}
			if s := schemas[name]; s != nil {
				if r := s.refuses(j, value); r != nil {
					return r
				}
			} else if lacks := missing(object, texts(given[name])); len(lacks) > 0 {
				return refuse("properties %s required, if %s exists", quoteAll(lacks), quote(name))
			}
		}
		return nil
	}, nil
}

// members reads what the members of an object have to be: by name, by pattern, and the rest.
func (w *words) members() (check, error) {
	properties, patterns := map[string]*schema{}, map[*regexp.Regexp]*schema{}
	named, _ := w.node["properties"].(map[string]any)
	for name := range named {
		s, err := w.part("properties", name)
		if err != nil {
			return nil, err
		}
		properties[name] = s
	}
	named, _ = w.node["patternProperties"].(map[string]any)
	for name := range named {
		s, err := w.part("patternProperties", name)
		if err != nil {
			return nil, err
		}
		expression, err := regexp.Compile(name)
		if err != nil {
			return nil, err
		}
		patterns[expression] = s
	}
	rest, closed, err := w.rest("additionalProperties")
	if err != nil || len(properties)+len(patterns) == 0 && rest == nil && !closed {
		return nil, err
	}
	judge := func(j *judgement, name string, value any) (r *refusal, known bool) {
		if s := properties[name]; s != nil {
			r, known = s.refuses(j, value), true
		}
		for expression, s := range patterns {
			if expression.MatchString(name) {
				if other := s.refuses(j, value); r == nil || other != nil && other.String() < r.String() {
					r = other
				}
				known = true
			}
		}
		if !known && rest != nil {
			r, known = rest.refuses(j, value), true
		}
		return r.under(name), known
	}
	return func(j *judgement, value any) *refusal {
		object, _ := value.(map[string]any)
		var first *refusal // by name, for maps have no order
		var firstName string
		var unknown []string
		for name, value := range object {
			r, known := judge(j, name, value)
			if r != nil && (first == nil || name < firstName) {
				first, firstName = r, name
			}
			if !known && closed {
				unknown = append(unknown, name)
			}
		}
		if first == nil && len(unknown) > 0 {
			slices.Sort(unknown)
			return refuse("additional properties %s not allowed", quoteAll(unknown))
		}
		return first
	}, nil
}

// rest is what a word says of all that others did not name: a schema, or that there is none.
func (w *words) rest(name string) (rest *schema, closed bool, err error) {
	switch value := w.node[name].(type) {
	case bool:
		return nil, !value, nil
	case map[string]any:
		rest, err = w.part(name)
	}
	return rest, false, err
}

func (w *words) items() (check, error) {
	var first []*schema
	var rest *schema
	var closed bool
	var err error
	switch given := w.node["items"].(type) {
	case map[string]any:
		rest, err = w.part("items")
	case []any:
		for i := range given {
			s, err := w.part("items", strconv.Itoa(i))
			if err != nil {
				return nil, err
			}
			first = append(first, s)
		}
		rest, closed, err = w.rest("additionalItems")
	}
	if err != nil || len(first) == 0 && rest == nil {
		return nil, err
	}
	return func(j *judgement, value any) *refusal {
		list, _ := value.([]any)
		for i, item := range list {
			s := rest
			if i < len(first) {
				s = first[i]
			}
			if s == nil {
				break
			}
			if r := s.refuses(j, item); r != nil {
				return r.under(strconv.Itoa(i))
			}
		}
		if more := len(list) - len(first); closed && more > 0 {
			return refuse("last %d additionalItem(s) not allowed", more)
		}
		return nil
	}, nil
}

func (w *words) unique() (check, error) {
	if w.node["uniqueItems"] != true {
		return nil, nil
	}
	return func(j *judgement, value any) *refusal {
		list, _ := value.([]any)
		seen := map[string]int{}
		for i, item := range list {
			text := canonical(item)
			if first, ok := seen[text]; ok {
				return refuse("items at %d and %d are equal", first, i)
			}
			seen[text] = i
		}
		return nil
	}, nil
}

func (w *words) pattern() (check, error) {
	text, ok := w.node["pattern"].(string)
	if !ok {
		return nil, nil
	}
	expression, err := regexp.Compile(text)
	return func(j *judgement, value any) *refusal {
		if text, ok := value.(string); ok && !expression.MatchString(text) {
			return refuse("%s does not match pattern %s", quote(text), quote(expression.String()))
		}
		return nil
	}, err
}

// limit is a bound of a number; beyond is how a number compares that is outside.
func (w *words) limit(name, exclusive string, beyond int) func() (check, error) {
	return func() (check, error) {
		want, ok := w.node[name].(json.Number)
		if !ok {
			return nil, nil
		}
		bound, excluded := rational(want), w.node[exclusive] == true
		if excluded {
			name = exclusive
		}
		return func(j *judgement, value any) *refusal {
			got, ok := value.(json.Number)
			if !ok {
				return nil
			}
			if c := rational(got).Cmp(bound); c == beyond || c == 0 && excluded {
				return refuse("%s: got %s, want %s", name, got, want)
			}
			return nil
		}, nil
	}
}

func (w *words) multiple() (check, error) {
	want, ok := w.node["multipleOf"].(json.Number)
	if !ok {
		return nil, nil
	}
	step := rational(want)
	return func(j *judgement, value any) *refusal {
		got, ok := value.(json.Number)
		if ok && !new(big.Rat).Quo(rational(got), step).IsInt() {
			return refuse("multipleOf: got %s, want %s", got, want)
		}
		return nil
	}, nil
}
