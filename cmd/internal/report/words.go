package report

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// Words puts texts of the diagnosis the way people read them: what stands for a
// value unknown before deployment becomes the template's expression, such as
// ${AWS::AccountId}, and the client's credentials are left out. The zero Words
// changes no text.
type Words struct{ replace *strings.Replacer }

// credentialHeaders are the headers whose values nobody is shown.
var credentialHeaders = []string{"Authorization", "Proxy-Authorization", "X-Api-Key", "X-Amz-Security-Token", "Cookie"}

// hidden stands for a credential.
const hidden = "(hidden)"

// NewWords returns the words for texts about the snapshot, which may be nil,
// and about the clients' requests, whose credentials it hides.
func NewWords(s *snapshot.Snapshot, requests ...*walk.Request) Words {
	var pairs []string
	seen := map[string]bool{"": true}
	add := func(old, new string) {
		if !seen[old] {
			seen[old] = true
			pairs = append(pairs, old, new)
		}
	}
	for _, r := range requests {
		for _, h := range r.Headers {
			// A short value would be replaced in the middle of other words; Header
			// hides it by the name of its header.
			if IsCredential(h) && len(h.Value) >= 8 {
				add(h.Value, hidden)
			}
		}
	}
	if s != nil {
		for _, sym := range s.Symbols {
			add(sym.Text, sym.Expression)
		}
	}
	if pairs == nil {
		return Words{}
	}
	return Words{strings.NewReplacer(pairs...)}
}

func newWords(r Run) Words {
	var requests []*walk.Request
	for i := range r.Examination.Diagnoses {
		if t := r.Examination.Diagnoses[i].Trace; t != nil {
			requests = append(requests, &t.Request)
		}
	}
	return NewWords(r.Snapshot, requests...)
}

// IsCredential tells whether the header holds a credential of the client's. The
// doctor's own stand-ins, which say that something of the kind is sent, are none.
func IsCredential(h walk.Header) bool {
	for _, name := range credentialHeaders {
		if strings.EqualFold(name, h.Name) {
			return !strings.HasPrefix(h.Value, "sample-") && !strings.HasSuffix(h.Value, "Credential=sample")
		}
	}
	return false
}

// Show returns s as people read it.
func (w Words) Show(s string) string {
	if w.replace == nil {
		return s
	}
	return w.replace.Replace(s)
}

// Header returns the value of a header as people read it.
func (w Words) Header(h walk.Header) string {
	if IsCredential(h) {
		return hidden
	}
	return w.Show(h.Value)
}
