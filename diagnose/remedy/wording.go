package remedy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
)

// reference is a text that a template writes as an intrinsic function.
type reference struct {
	function string // Sub, GetAtt, Ref or ImportValue
	text     string
}

// wording puts the snapshot's texts into the words of one file of a template:
// the ARN of a queue of the same template is a GetAtt, an account id that is
// not known before deployment a Sub, and so on.
type wording struct {
	*vocabulary
	err error // the first text that the file has no words for
}

// vocabulary is what one file of a template calls things.
type vocabulary struct {
	names []name      // longest text first
	first [256][]name // the same by their first byte
	// literal says that the file holds no functions: it is not a template, or an
	// API definition that CloudFormation hands on as it is.
	literal bool
	region  string
	account string
}

// vocabularies are those of the files of one snapshot. Each is made once, however
// many fixes are put into its words: no change adds a resource with a place in a
// file, or takes one away.
type vocabularies struct {
	of    *snapshot.Snapshot // as it is, before any change
	files map[vocabularyKey]*vocabulary
}

type vocabularyKey struct {
	file       string
	definition bool
}

// about forgets the vocabularies of another snapshot.
func (v *vocabularies) about(s *snapshot.Snapshot) {
	if v.of != s {
		v.of, v.files = s, map[vocabularyKey]*vocabulary{}
	}
}

// after follows a change: a new resource is something that the files can name.
func (v *vocabularies) after(change snapshot.Change, s *snapshot.Snapshot) {
	if _, ok := change.(snapshot.CreateRole); ok {
		v.about(s)
	}
}

// words is the wording of a file for one text or several.
func (v *vocabularies) words(file string, definition bool) *wording {
	key := vocabularyKey{file, definition}
	if v.files[key] == nil {
		v.files[key] = newVocabulary(v.of, file, definition)
	}
	return &wording{vocabulary: v.files[key]}
}

// name is a text and what a template calls it.
type name struct {
	text       string
	expression string    // inside Sub: ${Orders.Arn}; empty when the text has no words here
	whole      reference // in the place of the whole text, if there is a shorter way than Sub
	why        string    // what is missing when there are no words
}

// newVocabulary gathers what a file calls things: all resources and symbols of the
// snapshot that the file can name.
func newVocabulary(s *snapshot.Snapshot, file string, definition bool) *vocabulary {
	w := &vocabulary{literal: definition || file == ""}
	for _, sym := range s.Symbols {
		w.addSymbol(sym, file)
	}
	if !w.literal {
		w.addResources(s, file)
	}
	slices.SortFunc(w.names, func(a, b name) int {
		return cmp.Or(cmp.Compare(len(b.text), len(a.text)), strings.Compare(a.text, b.text), strings.Compare(a.expression, b.expression))
	})
	for _, n := range w.names {
		w.first[n.text[0]] = append(w.first[n.text[0]], n)
	}
	return w
}

// addResources adds what the file declares itself.
func (w *vocabulary) addResources(s *snapshot.Snapshot, file string) {
	w.region, w.account = s.Target.Region, s.Target.Account
	here := func(o snapshot.Origin) bool {
		return o.File == file && o.Resource != "" && !strings.Contains(o.Resource, "/")
	}
	for arn, fact := range s.Queues {
		if q, _ := fact.Peek(); q != nil && here(q.Origin) {
			id := q.Origin.Resource
			w.add(arn, "${"+id+".Arn}", reference{"GetAtt", id + ".Arn"})
			w.add(q.URL, "${"+id+"}", reference{"Ref", id})
			if account, own := text.AccountOf(arn), text.ResourceOf(arn); own != "" {
				w.add(account+"/"+own, w.accountWords(s, account)+"/${"+id+".QueueName}", reference{})
				w.add(account+":"+own, w.accountWords(s, account)+":${"+id+".QueueName}", reference{})
			}
		}
	}
	for arn, fact := range s.Roles {
		if r, _ := fact.Peek(); r != nil && here(r.Origin) {
			w.add(arn, "${"+r.Origin.Resource+".Arn}", reference{"GetAtt", r.Origin.Resource + ".Arn"})
		}
	}
	for arn, fact := range s.Keys {
		if k, _ := fact.Peek(); k != nil && here(k.Origin) && k.ARN == arn {
			w.add(arn, "${"+k.Origin.Resource+".Arn}", reference{"GetAtt", k.Origin.Resource + ".Arn"})
		}
	}
}

func (w *vocabulary) add(text, expression string, whole reference) {
	if text != "" {
		w.names = append(w.names, name{text: text, expression: expression, whole: whole})
	}
}

// accountWords is an account id inside Sub.
func (w *vocabulary) accountWords(s *snapshot.Snapshot, account string) string {
	if account == w.account {
		return "${AWS::AccountId}"
	}
	for _, sym := range s.Symbols {
		if sym.Text == account && strings.HasPrefix(sym.Expression, "${") {
			return sym.Expression
		}
	}
	return account
}

// addSymbol adds a value that is not known before deployment.
func (w *vocabulary) addSymbol(sym snapshot.Symbol, file string) {
	if sym.Text == "" {
		return
	}
	n := name{text: sym.Text, why: "the value of " + sym.Expression + " is not known before deployment"}
	pseudo := strings.HasPrefix(sym.Expression, "${AWS::")
	imported, isImport := strings.CutPrefix(sym.Expression, "!ImportValue ")
	switch {
	case strings.HasPrefix(sym.Expression, "{{resolve:"):
		n.expression = sym.Expression
	case w.literal:
	case strings.HasPrefix(sym.Expression, "${") && (pseudo || sym.Origin.File == file):
		n.expression = sym.Expression
		if inside := strings.TrimSuffix(sym.Expression[2:], "}"); !strings.ContainsAny(inside, "${}.") {
			n.whole = reference{"Ref", inside}
		}
	case isImport && sym.Origin.File == file:
		n.whole = reference{"ImportValue", imported}
	}
	w.names = append(w.names, n)
}

// part is a piece of a text, with the words of the template for it if it has any.
type part struct {
	text       string
	expression string // empty: the text itself
	whole      reference
}

// parts takes a text apart.
func (w *wording) parts(text string) []part {
	var out []part
	literal := 0
	put := func(at int, p part) {
		if at > literal {
			out = append(out, part{text: text[literal:at]})
		}
		out = append(out, p)
		literal = at + len(p.text)
	}
	for at := 0; at < len(text); {
		if n, ok := w.nameAt(text, at); ok {
			if n.expression == "" && !(at == 0 && len(n.text) == len(text) && n.whole.function != "") && w.err == nil {
				w.err = fmt.Errorf("%s, and the file has no words for it here", n.why)
			}
			put(at, part{n.text, n.expression, n.whole})
			at += len(n.text)
			continue
		}
		at++
	}
	if literal < len(text) {
		out = append(out, part{text: text[literal:]})
	}
	return out
}

// nameAt is the longest name that begins at the place.
func (w *vocabulary) nameAt(text string, at int) (name, bool) {
	for _, n := range w.first[text[at]] {
		if strings.HasPrefix(text[at:], n.text) {
			return n, true
		}
	}
	// A region and an account are so in an ARN or an address only.
	for _, n := range []name{{text: w.region, expression: "${AWS::Region}"}, {text: w.account, expression: "${AWS::AccountId}"}} {
		if n.text != "" && strings.HasPrefix(text[at:], n.text) && bounded(text, at, at+len(n.text)) {
			return n, true
		}
	}
	return name{}, false
}

// bounded tells whether a piece of a text is a whole part of an ARN or address.
func bounded(text string, from, to int) bool {
	return from > 0 && strings.IndexByte(":./", text[from-1]) >= 0 && (to == len(text) || strings.IndexByte(":./", text[to]) >= 0)
}

// value is a text as the file writes it: a string or a reference.
func (w *wording) value(text string) any {
	if w.literal && len(w.names) == 0 {
		return text
	}
	return join(w.parts(text))
}

// join makes a value of parts.
func join(parts []part) any {
	if len(parts) == 1 && parts[0].whole.function != "" {
		return parts[0].whole
	}
	var plain, sub strings.Builder
	functions := false
	for _, p := range parts {
		if p.expression == "" {
			plain.WriteString(p.text)
			sub.WriteString(strings.ReplaceAll(p.text, "${", "${!"))
			continue
		}
		functions = functions || strings.Contains(p.expression, "${")
		plain.WriteString(p.expression)
		sub.WriteString(p.expression)
	}
	if functions {
		return reference{"Sub", sub.String()}
	}
	return plain.String()
}

// document writes the strings of a JSON value as the file does.
func (w *wording) document(value any) any {
	switch v := value.(type) {
	case string:
		return w.value(v)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = w.document(item)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, item := range v {
			out[k] = w.document(item)
		}
		return out
	}
	return value
}

// rewrite changes a text from before to after and keeps the words that the file
// has for what stays. source is the text in the file, resolved.
func (w *wording) rewrite(source []part, before, after string) any {
	return join(w.revise(source, before, after))
}

// revise is rewrite in parts; resolved they are always after.
func (w *wording) revise(source []part, before, after string) []part {
	fresh := w.parts(after)
	if source == nil || resolved(source) != before {
		return fresh
	}
	head := 0
	for head < len(before) && head < len(after) && before[head] == after[head] {
		head++
	}
	head = outside(source, outside(fresh, head, false), false)
	for again := -1; again != head; {
		again = head
		head = outside(source, outside(fresh, head, false), false)
	}
	tail := 0
	for tail < min(len(before), len(after))-head && before[len(before)-1-tail] == after[len(after)-1-tail] {
		tail++
	}
	for again := -1; again != tail; {
		again = tail
		tail = len(after) - outside(fresh, len(after)-tail, true)
		tail = len(before) - outside(source, len(before)-tail, true)
	}
	out := append(cut(source, 0, head), cut(fresh, head, len(after)-tail)...)
	return append(out, cut(source, len(before)-tail, len(before))...)
}

func resolved(parts []part) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.text)
	}
	return b.String()
}

// outside moves a place that lies inside an expression to its beginning or end,
// and one inside a character too.
func outside(parts []part, at int, up bool) int {
	from := 0
	for _, p := range parts {
		to := from + len(p.text)
		if at > from && at < to {
			switch {
			case p.expression != "" && up:
				return to
			case p.expression != "":
				return from
			}
			for at > from && at < to && p.text[at-from]&0xC0 == 0x80 {
				if up {
					at++
				} else {
					at--
				}
			}
			return at
		}
		from = to
	}
	return at
}

// cut takes what lies between two places, neither of them inside an expression.
func cut(parts []part, from, to int) []part {
	var out []part
	at := 0
	for _, p := range parts {
		end := at + len(p.text)
		lo, hi := max(from, at), min(to, end)
		switch {
		case p.expression != "" && at >= from && end <= to && from < to:
			out = append(out, p)
		case p.expression == "" && lo < hi:
			out = append(out, part{text: p.text[lo-at : hi-at]})
		}
		at = end
	}
	return out
}
