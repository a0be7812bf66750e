package rest

import (
	"apisqs-doctor/diagnose/internal/gateway"
	"strings"
)

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
	media := gateway.MediaType(contentType)
	fallback := ""
	for _, key := range keys {
		if key == "$default" {
			fallback = key
		} else if gateway.MediaType(key) == media {
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
			if part != "" && gateway.MediaType(key) == gateway.MediaType(part) {
				return key
			}
		}
	}
	for _, key := range keys {
		if gateway.MediaType(key) == "application/json" {
			return key
		}
	}
	if len(keys) > 0 {
		return keys[0]
	}
	return ""
}
