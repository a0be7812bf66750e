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
