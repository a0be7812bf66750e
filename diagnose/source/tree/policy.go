package tree

import (
	"encoding/json"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// Policy is the fact of a policy document: JSON text, with the place of each
// statement. An absent one is the empty text.
func (x View) Policy() (snapshot.Fact[string], []snapshot.Origin) {
	switch {
	case x.Absent():
		return snapshot.Known("", x.Origin()), nil
	case x.Unknown():
		return snapshot.Unknown[string](x.Gap()), nil
	case x.Value.Kind == String:
		return snapshot.Known(x.Value.Text, x.Origin()), nil
	case x.Value.Kind != Object:
		return snapshot.Unknown[string](x.Misfit("a policy document")), nil
	}
	if hole, ok := x.hole(0); ok {
		return snapshot.Unknown[string](hole.Gap()), nil
	}
	out, _ := JSON(x.Value)
	var lines []snapshot.Origin
	for _, st := range x.Get("Statement").Items() {
		lines = append(lines, st.Origin())
	}
	return snapshot.Known(out, x.Origin()), lines
}

// hole finds a part of a policy that is unknown in a way no symbol can stand
// for: a part of any shape, or one of the few texts with a meaning of their own.
func (x View) hole(depth int) (View, bool) {
	if x.Unknown() && x.Value.Text == "" {
		return x, true
	}
	for _, m := range x.Members() {
		switch m.Name {
		case "Effect", "Version", "Principal", "NotPrincipal":
			if m.View.Unknown() || m.View.Value.Partial && m.Name != "Principal" && m.Name != "NotPrincipal" {
				return m.View, true
			}
		}
		if h, ok := m.View.hole(depth + 1); ok {
			return h, true
		}
	}
	if x.Value != nil && x.Value.Kind == List {
		for _, in := range x.Items() {
			if h, ok := in.hole(depth + 1); ok {
				return h, true
			}
		}
	}
	return View{}, false
}

// JSON writes a value as JSON: members in the order of the file, numbers and
// booleans as they were written. It fails on what no text can stand for.
func JSON(v *Value) (string, bool) {
	var b strings.Builder
	ok := writeJSON(&b, v)
	return b.String(), ok
}

func writeJSON(b *strings.Builder, v *Value) bool {
	switch v.Kind {
	case Null:
		b.WriteString("null")
	case Bool:
		b.WriteString(v.Text)
	case Number:
		if json.Valid([]byte(v.Text)) {
			b.WriteString(v.Text)
		} else {
			writeString(b, v.Text)
		}
	case String:
		writeString(b, v.Text)
	case Unknown:
		if v.Text == "" {
			return false
		}
		writeString(b, v.Text)
	case List:
		b.WriteByte('[')
		for i, in := range v.Items {
			if i > 0 {
				b.WriteByte(',')
			}
			if !writeJSON(b, in.Value) {
				return false
			}
		}
		b.WriteByte(']')
	case Object:
		b.WriteByte('{')
		for i, m := range v.Members {
			if i > 0 {
				b.WriteByte(',')
			}
			writeString(b, m.Name)
			b.WriteByte(':')
			if !writeJSON(b, m.Value) {
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
