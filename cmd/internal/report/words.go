package report

import (
	"strings"

	"apisqs-doctor/cmd/internal/secret"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// KindName is a kind of API as AWS writes it.
func KindName(kind string) string {
	if kind == string(snapshot.WebSocket) {
		return "WebSocket"
	}
	return kind
}

// Words puts texts of the diagnosis the way people read them: what stands for a
// value unknown before deployment becomes the template's expression, such as
// ${AWS::AccountId}. The zero Words changes no text.
type Words struct{ replace, fill *strings.Replacer }

// NewWords returns the words for texts about the snapshot, which may be nil. Of
// texts that are not the doctor's own, such as a log, it hides the credentials of
// the requests that they are about.
func NewWords(s *snapshot.Snapshot, requests ...*walk.Request) Words {
	var pairs []string
	seen := map[string]bool{"": true}
	add := func(old, new string) {
		if !seen[old] {
			seen[old] = true
			pairs = append(pairs, old, new)
		}
	}
	hide := secret.Pairs(requests...)
	for i := 0; i < len(hide); i += 2 {
		add(hide[i], hide[i+1])
	}
	if s != nil {
		for _, sym := range s.Shown() {
			add(sym.Text, sym.Expression)
		}
	}
	if pairs == nil {
		return Words{}
	}
	return Words{strings.NewReplacer(pairs...), strings.NewReplacer(filled(s, pairs)...)}
}

// filled are the pairs that put a usual value in the place of the expression.
func filled(s *snapshot.Snapshot, pairs []string) []string {
	var list []string
	if s != nil {
		for _, sym := range s.Symbols {
			if sym.Shown != "" && strings.HasPrefix(sym.Expression, "${") {
				list = append(list, sym.Text, sym.Shown, sym.Expression, sym.Shown)
			}
		}
	}
	return append(list, pairs...)
}

func newWords(r Run) Words {
	return NewWords(r.Snapshot)
}

// Show returns s as people read it.
func (w Words) Show(s string) string {
	if w.replace == nil {
		return s
	}
	return w.replace.Replace(s)
}

// Fill returns s as people read it, with the usual value where one is shown for what
// is not known: what is derived, never the user's own text.
func (w Words) Fill(s string) string {
	if w.fill == nil {
		return s
	}
	return w.fill.Replace(s)
}
