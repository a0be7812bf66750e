package cloudformation

import (
	"encoding/json"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// policy is the fact of a policy document: JSON text, with the place of each
// statement. An absent one is the empty text.
func (x view) policy() (snapshot.Fact[string], []snapshot.Origin) {
	switch {
	case x.absent():
		return snapshot.Known("", x.origin()), nil
	case x.unknown():
		return snapshot.Unknown[string](x.gap()), nil
	case x.v.kind == kindString:
		return snapshot.Known(x.v.text, x.origin()), nil
	case x.v.kind != kindObject:
		return snapshot.Unknown[string](x.misfit("a policy document")), nil
	}
	if hole, ok := x.hole(0); ok {
		return snapshot.Unknown[string](hole.gap()), nil
	}
	out, _ := jsonOf(x.v)
	var lines []snapshot.Origin
	for _, st := range x.get("Statement").items() {
		lines = append(lines, st.origin())
	}
	return snapshot.Known(out, x.origin()), lines
}

// hole finds a part of a policy that is unknown in a way no symbol can stand
// for: a part of any shape, or one of the few texts with a meaning of their own.
func (x view) hole(depth int) (view, bool) {
	if x.unknown() && x.v.text == "" {
		return x, true
	}
	for _, m := range x.members() {
		switch m.name {
		case "Effect", "Version", "Principal", "NotPrincipal":
			if m.view.unknown() || m.view.v.partial && m.name != "Principal" && m.name != "NotPrincipal" {
				return m.view, true
			}
		}
		if h, ok := m.view.hole(depth + 1); ok {
			return h, true
		}
	}
	if x.v != nil && x.v.kind == kindList {
		for _, in := range x.items() {
			if h, ok := in.hole(depth + 1); ok {
				return h, true
			}
		}
	}
	return view{}, false
}

// jsonOf writes a value as JSON: members in the order of the file, numbers and
// booleans as they were written. It fails on what no text can stand for.
func jsonOf(v *value) (string, bool) {
	var b strings.Builder
	ok := writeJSON(&b, v)
	return b.String(), ok
}

func writeJSON(b *strings.Builder, v *value) bool {
	switch v.kind {
	case kindNull:
		b.WriteString("null")
	case kindBool:
		b.WriteString(v.text)
	case kindNumber:
		if json.Valid([]byte(v.text)) {
			b.WriteString(v.text)
		} else {
			writeString(b, v.text)
		}
	case kindString:
		writeString(b, v.text)
	case kindUnknown:
		if v.text == "" {
			return false
		}
		writeString(b, v.text)
	case kindList:
		b.WriteByte('[')
		for i, in := range v.items {
			if i > 0 {
				b.WriteByte(',')
			}
			if !writeJSON(b, in.value) {
				return false
			}
		}
		b.WriteByte(']')
	case kindObject:
		b.WriteByte('{')
		for i, m := range v.members {
			if i > 0 {
				b.WriteByte(',')
			}
			writeString(b, m.name)
			b.WriteByte(':')
			if !writeJSON(b, m.value) {
				return false
			}
		}
		b.WriteByte('}')
	}
	return true
}

func writeString(b *strings.Builder, s string) {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] >= ' ' && s[i] < 0x7f && s[i] != '"' && s[i] != '\\'
	}
	if plain {
		b.WriteString(`"` + s + `"`)
		return
	}
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if e.Encode(s) == nil {
		b.WriteString(strings.TrimSuffix(out.String(), "\n"))
	}
}
