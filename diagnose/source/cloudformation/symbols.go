package cloudformation

import (
	"cmp"
	"sort"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
)

// accountSymbol stands for the account id while it is not known.
const accountSymbol = "000000000000"

// symbols are the texts that stand for what is not known before deployment.
// The same expression gives the same text, and no text occurs inside another
// one or in the templates themselves.
type symbols struct {
	byExpression map[string]*tree.Value
	list         []snapshot.Symbol
}

// symbol returns the value that stands for an expression. The scope tells equal
// expressions of different stacks apart; base is what the text is made of.
func (w *world) symbol(scope, expression, base, needs string, origin snapshot.Origin) *tree.Value {
	key := scope + "\x00" + expression
	if v, ok := w.symbols.byExpression[key]; ok {
		return v
	}
	name, ok := w.freshText(base)
	if !ok {
		w.stop(&tree.Error{File: origin.File, Line: origin.Line, Column: origin.Column, Problem: "the templates are full of texts such as \"" + symbolPrefix + "-x\", which stand for values that are not known", Expected: "other names"})
		return tree.Nothing
	}
	v := &tree.Value{Kind: tree.Unknown, Text: name, Partial: true, Gap: &tree.Missing{Expression: expression, Needs: needs}}
	w.symbols.byExpression[key] = v
	w.symbols.list = append(w.symbols.list, snapshot.Symbol{Text: v.Text, Expression: expression, Needs: needs, Origin: origin})
	return v
}

const (
	symbolPrefix = "unknown" // begins every symbol but the account's
	maxSymbol    = 80        // bytes of a symbol's text
	maxAttempts  = 50        // at a text that nothing else holds
)

// freshText makes the text of a new symbol. What it is made of holds no other
// symbol, so that one can only be the beginning of another; the number in the
// prefix then keeps them apart.
func (w *world) freshText(base string) (string, bool) {
	base = symbolName(base)
	for n := range maxAttempts {
		candidate := symbolPrefix + "-" + base
		if n > 0 {
			candidate = symbolPrefix + strconv.Itoa(n+1) + "-" + base
		}
		if w.free(candidate) {
			return candidate, true
		}
	}
	return "", false
}

func (w *world) free(candidate string) bool {
	for _, s := range w.symbols.list {
		if strings.Contains(candidate, s.Text) || strings.Contains(s.Text, candidate) {
			return false
		}
	}
	for _, mentions := range w.mentions {
		at := sort.SearchStrings(mentions, candidate)
		if at < len(mentions) && strings.HasPrefix(mentions[at], candidate) {
			return false
		}
	}
	for _, v := range w.options.Parameters {
		if strings.Contains(v, candidate) {
			return false
		}
	}
	return true
}

// mentionsOf lists, in order, what a text holds that could be taken for a symbol.
func mentionsOf(text string) []string {
	list := tree.Mentions(text, symbolPrefix, maxSymbol)
	sort.Strings(list)
	return list
}

// symbolName keeps letters, digits and hyphens: a symbol must be able to stand
// in names, ARNs, URLs and JSON without changing how they are read.
func symbolName(base string) string {
	name := tree.Hyphenated(base)
	name = strings.ReplaceAll(name, symbolPrefix, "")
	name = strings.ReplaceAll(name, accountSymbol, "account")
	for strings.Contains(name, "--") {
		name = strings.ReplaceAll(name, "--", "-")
	}
	name = name[:min(len(name), maxSymbol-20)]
	return cmp.Or(strings.Trim(name, "-"), "value")
}
