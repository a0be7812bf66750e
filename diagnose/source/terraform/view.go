package terraform

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
)

// symbols give holes the texts that stand for them in a snapshot.
type symbols struct {
	holes    *holes
	mentions []string        // what the input holds that could be taken for a symbol
	prefixes map[string]bool // of all symbols, with the symbols themselves
	taken    map[string]bool
	list     []snapshot.Symbol
}

const (
	symbolPrefix  = "unknown"      // begins the symbols of what is not known
	accountSymbol = "000000000000" // an account id of the right shape
	maxSymbol     = 72             // bytes of a symbol's text
)

func newSymbols(hs *holes, texts [][]byte) *symbols {
	s := &symbols{holes: hs, prefixes: map[string]bool{}, taken: map[string]bool{}}
	for _, t := range texts {
		for _, word := range []string{symbolPrefix, accountSymbol[:6]} {
			s.mentions = append(s.mentions, tree.Mentions(string(t), word, maxSymbol+8)...)
		}
	}
	return s
}

// of returns the text of a hole.
func (s *symbols) of(h *hole) string {
	if h.symbol != "" {
		return h.symbol
	}
	for n := 1; ; n++ {
		text := s.candidate(h, n)
		if h.made && !s.taken[text] || !h.made && s.free(text) {
			h.symbol = text
			break
		}
	}
	s.taken[h.symbol] = true
	if !h.made {
		for i := 1; i <= len(h.symbol); i++ {
			s.prefixes[h.symbol[:i]] = true
		}
		s.list = append(s.list, snapshot.Symbol{Text: h.symbol, Expression: "${" + h.expression + "}", Needs: h.needs, Origin: placeOf(h.at).Origin()})
	}
	return h.symbol
}

func (s *symbols) candidate(h *hole, n int) string {
	if h.id == "account" {
		return accountSymbol[:len(accountSymbol)-len(strconv.Itoa(n-1))] + strconv.Itoa(n-1)
	}
	number := ""
	if n > 1 {
		number = strconv.Itoa(n)
	}
	name := symbolName(h.expression)
	if h.made {
		return strings.TrimSuffix(name, "-id") + strings.Repeat("-", min(1, len(number))) + number
	}
	return symbolPrefix + number + "-" + name
}

// free tells whether a text neither holds another symbol nor is part of one or of the input.
func (s *symbols) free(text string) bool {
	if s.prefixes[text] {
		return false
	}
	for i := 1; i < len(text); i++ {
		if s.taken[text[:i]] {
			return false
		}
	}
	for _, m := range s.mentions {
		if strings.HasPrefix(m, text) {
			return false
		}
	}
	return true
}

// symbolName keeps letters, digits and hyphens: a symbol stands in names, ARNs,
// URLs and JSON and must not change how they are read.
func symbolName(expression string) string {
	name := tree.Hyphenated(expression)
	name = strings.ReplaceAll(name, symbolPrefix, "")
	for strings.Contains(name, "--") {
		name = strings.ReplaceAll(name, "--", "-")
	}
	name = strings.Trim(name, "-")
	if len(name) > maxSymbol-16 {
		name = name[len(name)-maxSymbol+16:]
	}
	return cmp.Or(strings.Trim(name, "-"), "value")
}

// text is a text with symbols for its holes.
func (s *symbols) text(t string) string {
	if !holed(t) {
		return t
	}
	var b strings.Builder
	s.holes.each(t, func(literal string) { b.WriteString(literal) }, func(h *hole) { b.WriteString(s.of(h)) })
	return b.String()
}

// missing says why a hole has no value.
func missing(h *hole) *tree.Missing {
	if h.detail != "" {
		return &tree.Missing{Expression: h.detail, Needs: h.needs}
	}
	return &tree.Missing{Expression: h.expression + " is known only after apply", Needs: h.needs}
}

// unknown is a hole as a value. One that may be a text has a symbol.
func (s *symbols) unknown(h *hole, t cty.Type) *tree.Value {
	switch {
	case h.made:
		return &tree.Value{Kind: tree.String, Text: s.of(h), Partial: true}
	case t == cty.String || t == cty.DynamicPseudoType:
		return &tree.Value{Kind: tree.Unknown, Text: s.of(h), Partial: true, Gap: missing(h)}
	}
	return &tree.Value{Kind: tree.Unknown, Gap: missing(h)}
}

// fromText is a text as a value.
func (s *symbols) fromText(t string) *tree.Value {
	if h := s.holes.alone(t); h != nil {
		return s.unknown(h, cty.String)
	}
	return &tree.Value{Kind: tree.String, Text: s.text(t), Partial: holed(t)}
}

// value turns an evaluated value into the tree that all sources share.
func (s *symbols) value(v cty.Value, at spot) *tree.Value {
	if h := holeOf(v); h != nil {
		return s.unknown(h, v.Type())
	}
	v, _ = v.Unmark()
	t := v.Type()
	switch {
	case v.IsNull():
		return tree.Nothing
	case !v.IsKnown():
		return &tree.Value{Kind: tree.Unknown, Gap: &tree.Missing{Expression: "a value that is known only after apply"}}
	case t == cty.String:
		return s.fromText(v.AsString())
	case t == cty.Bool:
		return &tree.Value{Kind: tree.Bool, Text: strconv.FormatBool(v.True())}
	case t == cty.Number:
		return &tree.Value{Kind: tree.Number, Text: v.AsBigFloat().Text('f', -1)}
	case t.IsMapType() || t.IsObjectType():
		out := &tree.Value{Kind: tree.Object}
		for key, e := range v.Elements() {
			name := key.AsString()
			in := at.member(name)
			out.Members = append(out.Members, tree.Member{Name: s.text(name), At: in.place(), Value: s.value(e, in)})
		}
		return out
	case v.CanIterateElements():
		out := &tree.Value{Kind: tree.List}
		for _, e := range v.Elements() {
			in := at.item(len(out.Items))
			out.Items = append(out.Items, tree.Item{At: in.place(), Value: s.value(e, in)})
		}
		return out
	}
	return tree.Nothing
}
