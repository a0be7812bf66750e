package report

import (
	"strings"

	"apisqs-doctor/diagnose"
)

// words puts texts of the diagnosis the way a report shows them: what stands
// for a value unknown before deployment becomes the template's expression, such
// as ${AWS::AccountId}, and the client's credentials are left out.
type words struct{ replace *strings.Replacer }

// credentialHeaders are the headers whose values no report shows.
var credentialHeaders = []string{"Authorization", "Proxy-Authorization", "X-Api-Key", "X-Amz-Security-Token", "Cookie"}

// hidden stands in a report for a credential.
const hidden = "(hidden)"

func newWords(r Run) words {
	var pairs []string
	seen := map[string]bool{"": true}
	add := func(old, new string) {
		if !seen[old] {
			seen[old] = true
			pairs = append(pairs, old, new)
		}
	}
	for i := range r.Examination.Diagnoses {
		t := r.Examination.Diagnoses[i].Trace
		if t == nil {
			continue
		}
		for _, h := range t.Request.Headers {
			// A short value would be replaced in the middle of other words; object
			// hides it by the name of its header.
			if isCredential(h.Name) && len(h.Value) >= 8 && !isSample(h.Value) {
				add(h.Value, hidden)
			}
		}
	}
	if r.Snapshot != nil {
		for _, sym := range r.Snapshot.Symbols {
			add(sym.Text, sym.Expression)
		}
	}
	if pairs == nil {
		return words{}
	}
	return words{strings.NewReplacer(pairs...)}
}

func isCredential(header string) bool {
	for _, name := range credentialHeaders {
		if strings.EqualFold(name, header) {
			return true
		}
	}
	return false
}

// isSample tells the doctor's own stand-ins for credentials, which say that
// something of the kind is sent.
func isSample(value string) bool {
	return strings.HasPrefix(value, "sample-") || strings.HasSuffix(value, "Credential=sample")
}

// show returns s as reports word it.
func (w words) show(s string) string {
	if w.replace == nil {
		return s
	}
	return w.replace.Replace(s)
}

// header returns the value of a header as reports word it.
func (w words) header(h diagnose.Header) string {
	if isCredential(h.Name) && !isSample(h.Value) {
		return hidden
	}
	return w.show(h.Value)
}
