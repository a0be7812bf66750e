package secret

import (
	"net/url"
	"strings"

	"apisqs-doctor/diagnose/text/lazy"
)

// deepest is how many notations inside each other are looked into: a form in a
// JSON document in a form.
const deepest = 4

// Text replaces the credentials that a body or a value holds under names: of a
// form or a query string, of a JSON document, also one that is not whole, of XML,
// of the parts of a multipart form.
func Text(s string, mask Mask) string { return hider{mask}.text(s, deepest) }

// hider replaces credentials.
type hider struct{ mask Mask }

func (h hider) text(s string, depth int) string {
	if depth == 0 || !strings.ContainsAny(s, `=:>`) {
		return s
	}
	if t := strings.TrimLeft(s, " \t\r\n\ufeff"); !strings.HasPrefix(t, "{") && !strings.HasPrefix(t, "[") {
		s = h.multipart(h.xml(s))
		s = h.form(s, depth)
	}
	if strings.ContainsAny(s, `"'`) {
		s = h.json(s, depth)
	}
	return s
}

// form looks through name=value pairs that & joins, as in a body or behind the
// question mark of a URL.
func (h hider) form(s string, depth int) string {
	if !strings.Contains(s, "=") {
		return s
	}
	pairs := strings.Split(s, "&")
	for i, pair := range pairs {
		lead, value, ok := strings.Cut(pair, "=")
		if !ok || value == "" {
			continue
		}
		name := lead[strings.LastIndexAny(lead, "?#; \n")+1:]
		if n := strings.Count(value, "?"); n > 0 && strings.Contains(value, "=") { // a URL in a value
			pairs[i] = lead + "=" + h.form(value, depth-1)
			value = pairs[i][len(lead)+1:]
		}
		plain, encoded := unescape(value)
		if decoded, _ := unescape(name); Named(Query, decoded) {
			pairs[i] = lead + "=" + escape(h.credential(plain), encoded)
		} else if inner := h.text(plain, depth-1); inner != plain {
			pairs[i] = lead + "=" + escape(inner, encoded)
		}
	}
	return strings.Join(pairs, "&")
}

func unescape(s string) (plain string, encoded bool) {
	plain, err := url.QueryUnescape(s)
	if err != nil {
		return s, false
	}
	return plain, plain != s
}

func escape(s string, encoded bool) string {
	if encoded {
		return url.QueryEscape(s)
	}
	return s
}

// credential is what stands in the place of a credential's text.
func (h hider) credential(s string) string {
	if s == "" {
		return ""
	}
	return h.mask(s)
}

var (
	element = lazy.Regexp(`<([\w:.-]+)([^<>]*)>([^<]+)</`)
	inPart  = lazy.Regexp(`(?i)(form-data;[^\r\n]*\bname="([^"]*)"[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n)([^\r\n]+)`)
)

func (h hider) xml(s string) string {
	if !strings.Contains(s, "</") {
		return s
	}
	return element.ReplaceAllStringFunc(s, func(part string) string {
		m := element.FindStringSubmatch(part)
		if !Named(Member, m[1]) {
			return part
		}
		return "<" + m[1] + m[2] + ">" + xmlMarks.Replace(h.credential(m[3])) + "</"
	})
}

var xmlMarks = strings.NewReplacer("<", "&lt;", ">", "&gt;")

func (h hider) multipart(s string) string {
	if !strings.Contains(s, "form-data;") {
		return s
	}
	return inPart.ReplaceAllStringFunc(s, func(part string) string {
		m := inPart.FindStringSubmatch(part)
		if !Named(Query, m[2]) {
			return part
		}
		return m[1] + h.credential(m[3])
	})
}
