package selection

import (
	"strings"

	"apisqs-doctor/diagnose/text/lazy"
)

// miswritten are roots as other notations have them, and the root that was meant.
var miswritten = []struct {
	wrong *lazy.Expression
	right string
}{
	{lazy.Regexp(`^(?:method\.|route\.|integration\.)?request\.(?i:headers?|multivalueheaders?)\.`), "request.header."},
	{lazy.Regexp(`^(?:method\.|route\.|integration\.)?request\.(?i:query(?:string|_string)?s?|querystringparameters|queryparameters|querystrings|params?\.querystring)\.`), "request.querystring."},
	{lazy.Regexp(`^(?:method\.|route\.|integration\.)?request\.(?i:paths?|pathparameters|pathparams|params?|params?\.path)\.`), "request.path."},
	{lazy.Regexp(`^(?:method\.|route\.|integration\.)?request\.(?i:body|payload)(\.|\[|$)`), "request.body$1"},
	{lazy.Regexp(`^(?:input|event|req)\.(?i:body|payload)(\.|\[|$)`), "request.body$1"},
	{lazy.Regexp(`^input\.json\(['"]\$['"]\)$`), "request.body"},
	{lazy.Regexp(`^input\.(?:json|path)\(['"]\$\.([\w.\[\]-]+)['"]\)$`), "request.body.$1"},
	{lazy.Regexp(`^util\.urlEncode\(\$input\.body\)$`), "request.body"},
	{lazy.Regexp(`^(?i:body)(\.|\[|$)`), "request.body$1"},
	{lazy.Regexp(`^\.`), "request.body."},
	{lazy.Regexp(`^(?i:stagevariables?)\.`), "stageVariables."},
	{lazy.Regexp(`^(?i:context)\.`), "context."},
}

// meantSource is the source that a text without its dollar sign was meant to be;
// empty where that cannot be told, or where it is one as it stands.
func meantSource(text string) string {
	for _, m := range miswritten {
		if !m.wrong.MatchString(text) {
			continue
		}
		right := m.wrong.ReplaceAllString(text, m.right)
		if _, ok := readSource(right, false); ok && right != text {
			return right
		}
	}
	return ""
}

var sourceRE = lazy.Regexp(`\$\{[^}]*\}|\$[\w.]+\([^)]*\)|\$[^\s${}]{2,}`)

// Meant is the expression that one which AWS does not store was evidently meant
// to be: with the roots that AWS knows, and braces closed. It is empty where that
// cannot be told.
func Meant(text string, g Grammar) string {
	candidates := []string{sourceRE.ReplaceAllStringFunc(text, func(whole string) string {
		inner, braced := strings.CutPrefix(whole[1:], "{")
		inner = strings.TrimSpace(strings.TrimSuffix(inner, "}"))
		right := meantSource(inner)
		if right == "" {
			right = inner
		}
		if braced {
			return "${" + right + "}"
		}
		return "$" + right
	})}
	if open, shut := strings.Count(text, "{"), strings.Count(text, "}"); open > shut && !g.JSON {
		candidates = append(candidates, text+"}")
	} else if shut > open && !g.JSON {
		candidates = append(candidates, strings.TrimSuffix(text, "}"))
	}
	for _, c := range candidates {
		if c == text {
			continue
		}
		if e, err := Parse(c, g); err == nil && len(e.Doubts) == 0 {
			return c
		}
	}
	return ""
}

// Unmarked is the source that a static text was evidently meant to be, written
// without its dollar sign or as another service has it: request.body,
// method.request.body. It is empty for other text.
func Unmarked(text string) string {
	text = strings.TrimSpace(strings.Trim(strings.TrimSpace(text), `'"`))
	if _, ok := readSource(text, false); ok {
		return "$" + text
	}
	if strings.HasPrefix(text, ".") || !strings.Contains(text, ".") {
		return "" // a word, or a name of a file
	}
	if right := meantSource(text); right != "" && strings.Contains(text, "request.") {
		return "$" + right
	}
	return ""
}
