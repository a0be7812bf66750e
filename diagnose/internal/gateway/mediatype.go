package gateway

import "strings"

// MediaType is the part of a Content-Type that chooses a template: without
// parameters (T71), in lower case. No header means application/json (T70).
func MediaType(contentType string) string {
	if contentType == "" {
		return "application/json"
	}
	media, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(media))
}

// Passthrough behaviors.
const (
	WhenNoMatch     = "WHEN_NO_MATCH"
	WhenNoTemplates = "WHEN_NO_TEMPLATES"
	Never           = "NEVER"
)

// Choice is the outcome of template selection.
type Choice struct {
	Key     string // content type of the chosen template; empty when none was
	Pass    bool   // the client's body goes on as it is
	Refused bool   // 415 Unsupported Media Type
}

// ChooseTemplate picks the mapping template for a client's Content-Type among
// the keys, or says what the passthrough behavior does instead (T70 to T74).
func ChooseTemplate(contentType string, keys []string, passthrough string) Choice {
	media := MediaType(contentType)
	fallback := ""
	for _, key := range keys {
		if key == "$default" {
			fallback = key
		} else if MediaType(key) == media {
			return Choice{Key: key}
		}
	}
	if fallback != "" {
		return Choice{Key: fallback}
	}
	switch strings.ToUpper(passthrough) {
	case Never:
		return Choice{Refused: true}
	case WhenNoTemplates:
		return Choice{Pass: len(keys) == 0, Refused: len(keys) > 0}
	}
	return Choice{Pass: true}
}

// ChooseResponseTemplate picks the response template for the client's Accept:
// the accepted type, else application/json, else the first one (T96). The
// empty key means that the answer is passed on untransformed.
func ChooseResponseTemplate(accept string, keys []string) string {
	for part := range strings.SplitSeq(accept, ",") {
		for _, key := range keys {
			if part != "" && MediaType(key) == MediaType(part) {
				return key
			}
		}
	}
	for _, key := range keys {
		if MediaType(key) == "application/json" {
			return key
		}
	}
	if len(keys) > 0 {
		return keys[0]
	}
	return ""
}

// IsBinary tells whether a payload of the media type is handled as bytes by
// the API's binary media types; */* covers everything (T99).
func IsBinary(contentType string, binaryMediaTypes []string) bool {
	media := MediaType(contentType)
	for _, b := range binaryMediaTypes {
		b = strings.ToLower(strings.ReplaceAll(b, "~1", "/"))
		if b == "*/*" || b == media {
			return true
		}
		if prefix, ok := strings.CutSuffix(b, "/*"); ok && strings.HasPrefix(media, prefix+"/") {
			return true
		}
	}
	return false
}
