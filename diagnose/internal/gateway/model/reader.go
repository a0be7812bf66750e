package model

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	_ "embed"
)

// home is the address of the model itself, to which its references are relative.
const home = "https://apigateway.amazonaws.com/models/model"

const draft4Address = "http://json-schema.org/draft-04/schema"

var (
	escape   = strings.NewReplacer("~", "~0", "/", "~1")
	unescape = strings.NewReplacer("~1", "/", "~0", "~")
)

//go:embed draft4.json
var draft4Text string

// draft4 is the schema that schemas of draft 4 fit.
var draft4 = sync.OnceValue(func() *schema {
	r := &reader{documents: map[string]place{}, schemas: map[place]*schema{}, check: &schema{}}
	m, err := r.model(draft4Text)
	if err != nil {
		panic(err)
	}
	return m.root
})

// later are the words that draft 4 does not know and that change what fits.
var later = []string{"const", "contains", "propertyNames", "if", "dependentSchemas", "dependentRequired",
	"prefixItems", "unevaluatedItems", "unevaluatedProperties", "$dynamicRef", "$recursiveRef"}

// reader reads a model and those that it refers to.
type reader struct {
	lookup    func(name string) (string, bool)
	check     *schema           // what a schema has to fit
	documents map[string]place  // by address
	schemas   map[place]*schema // those begun
	waiting   []func() error    // schemas whose words are still to be read
}

// document is the text of one model.
type document struct {
	root  any
	later bool              // it says that it is of a later draft
	bases map[string]string // the addresses to which references are relative, by pointer
	named map[string]string // the pointers of schemas that give themselves an address
}

// place is where in a document a schema stands: a JSON pointer.
type place struct {
	*document
	pointer string
}

func (r *reader) model(text string) (*Model, error) {
	start, err := r.add(home, text)
	if err != nil {
		return nil, err
	}
	root, err := r.schema(start)
	if err != nil {
		return nil, err
	}
	for len(r.waiting) > 0 {
		next := r.waiting[0]
		r.waiting = r.waiting[1:]
		if err := next(); err != nil {
			return nil, err
		}
	}
	if endless(root, map[*schema]int{}) {
		return nil, fmt.Errorf("it refers to itself without end")
	}
	return &Model{root}, nil
}

// add takes in a document.
func (r *reader) add(address, text string) (place, error) {
	root, err := decode(text)
	if err != nil {
		return place{}, err
	}
	d := &document{root: root, bases: map[string]string{"": address}, named: map[string]string{}}
	if node, ok := root.(map[string]any); ok {
		if d.later, err = ofLaterDraft(node); err != nil {
			return place{}, err
		}
	}
	if no := refusedBy(r.check, root); no != nil {
		return place{}, fmt.Errorf("it is no JSON Schema of draft 4: %s", no)
	}
	at := place{d, ""}
	r.documents[address] = at
	return at, at.name(address)
}

// ofLaterDraft reports whether a document says that it is of a later draft than 4.
// API Gateway reads all as draft 4.
func ofLaterDraft(node map[string]any) (bool, error) {
	draft, ok := node["$schema"].(string)
	if !ok {
		return false, nil
	}
	_, name, _ := strings.Cut(strings.TrimSuffix(draft, "#"), "://json-schema.org/")
	switch name {
	case "draft-04/schema":
		return false, nil
	case "schema", "draft-06/schema", "draft-07/schema", "draft/2019-09/schema", "draft/2020-12/schema":
		return true, nil
	}
	return false, fmt.Errorf("$schema says %s, which is no draft of JSON Schema", draft)
}

// deepest is how many names may lead to a schema within a model: the time to read them grows with
// the square of it.
const deepest = 500

// name collects the addresses that the schemas at and below a place give themselves.
func (p place) name(base string) error {
	if strings.Count(p.pointer, "/") > deepest {
		return fmt.Errorf("its schemas stand too deep in one another")
	}
	value, _ := p.node()
	node, ok := value.(map[string]any)
	if !ok || node["$ref"] != nil {
		return nil
	}
	if id, ok := node["id"].(string); ok {
		address, err := join(base, id)
		if err != nil {
			return err
		}
		if other, taken := p.named[address]; taken && other != p.pointer {
			return fmt.Errorf("two schemas have the id %s", id)
		}
		p.named[address] = p.pointer
		if !strings.HasPrefix(id, "#") {
			base = address
			p.bases[p.pointer] = base
		}
	}
	for _, part := range p.parts(node) {
		if err := part.name(base); err != nil {
			return err
		}
	}
	return nil
}

// parts are the places of the schemas in one.
func (p place) parts(node map[string]any) (list []place) {
	for _, word := range []string{"not", "additionalProperties", "items", "additionalItems", "allOf", "anyOf", "oneOf"} {
		switch value := node[word].(type) {
		case map[string]any:
			list = append(list, p.in(word))
		case []any:
			for i := range value {
				list = append(list, p.in(word, strconv.Itoa(i)))
			}
		}
	}
	for _, word := range []string{"definitions", "properties", "patternProperties", "dependencies"} {
		named, _ := node[word].(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(named)) {
			list = append(list, p.in(word, name))
		}
	}
	return list
}

// in is the place of a part.
func (p place) in(names ...string) place {
	for _, name := range names {
		p.pointer += "/" + escape.Replace(name)
	}
	return p
}

// base is the address to which references at a place are relative.
func (p place) base() string {
	for at := p.pointer; ; at = at[:strings.LastIndexByte(at, '/')] {
		if base, ok := p.bases[at]; ok {
			return base
		}
	}
}

// node is what stands at the place.
func (p place) node() (any, bool) {
	node := p.root
	for _, name := range strings.Split(p.pointer, "/")[1:] {
		name = unescape.Replace(name)
		switch parent := node.(type) {
		case map[string]any:
			part, ok := parent[name]
			if !ok {
				return nil, false
			}
			node = part
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(parent) {
				return nil, false
			}
			node = parent[i]
		default:
			return nil, false
		}
	}
	return node, true
}

func join(base, ref string) (string, error) {
	from, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	to, err := from.Parse(ref)
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(to.String(), "#"), nil
}

// follow is the place that a reference means.
func (r *reader) follow(from place, ref string) (place, error) {
	address, err := join(from.base(), ref)
	if err != nil {
		return place{}, err
	}
	if pointer, ok := from.named[address]; ok {
		return place{from.document, pointer}, nil
	}
	document, fragment, _ := strings.Cut(address, "#")
	at, err := r.document(from, document)
	if err != nil {
		return place{}, err
	}
	if fragment, err = url.PathUnescape(fragment); err != nil {
		return place{}, err
	}
	at.pointer += fragment
	node, ok := at.node()
	if !ok || fragment != "" && fragment[0] != '/' {
		return place{}, fmt.Errorf("the reference %s leads nowhere", ref)
	}
	if no := refusedBy(r.check, node); no != nil {
		return place{}, fmt.Errorf("the reference %s leads to what is no JSON Schema of draft 4: %s", ref, no)
	}
	return at, nil
}

// document is the start of the document at an address.
func (r *reader) document(from place, address string) (place, error) {
	if pointer, ok := from.named[address]; ok {
		return place{from.document, pointer}, nil
	}
	if at, ok := r.documents[address]; ok {
		return at, nil
	}
	if address == draft4Address {
		return r.add(address, draft4Text)
	}
	name := address[strings.LastIndexByte(address, '/')+1:]
	text, ok := r.lookup(name)
	if !ok {
		return place{}, fmt.Errorf("no model %q", name)
	}
	at, err := r.add(address, text)
	if err != nil {
		return place{}, fmt.Errorf("the model %s: %w", name, err)
	}
	return at, nil
}

// schema reads what stands at a place, once. Its words are read later, since
// schemas may refer to themselves.
func (r *reader) schema(at place) (*schema, error) {
	if s, ok := r.schemas[at]; ok {
		return s, nil
	}
	s := &schema{}
	r.schemas[at] = s
	value, _ := at.node()
	node, _ := value.(map[string]any)
	r.waiting = append(r.waiting, func() error { return r.words(s, at, node) })
	return s, nil
}

func (r *reader) words(s *schema, at place, node map[string]any) error {
	if at.later {
		for _, name := range later {
			if _, ok := node[name]; ok {
				return fmt.Errorf("%s is no word of draft 4", name)
			}
		}
	}
	if ref, ok := node["$ref"].(string); ok { // all beside a reference is ignored
		target, err := r.follow(at, ref)
		if err != nil {
			return err
		}
		part, err := r.schema(target)
		s.branches, s.parts, s.checks = true, []*schema{part}, []check{part.refuses}
		return err
	}
	return (&words{reader: r, schema: s, at: at, node: node}).read()
}

// endless reports whether judging one value with a schema comes back to it.
func endless(s *schema, state map[*schema]int) bool {
	const open, done = 1, 2
	if state[s] != 0 {
		return state[s] == open
	}
	state[s] = open
	for _, part := range s.parts {
		if endless(part, state) {
			return true
		}
	}
	state[s] = done
	return false
}
