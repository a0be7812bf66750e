package remedy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
)

// encode writes a value as compact JSON. Values here are strings, maps and
// slices of them, which always encode.
func encode(value any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return "{}"
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// plainJSON writes JSON on one line of characters that show. Quotes are escaped
// too, which a shell could take for its own.
func plainJSON(text string) string {
	var compact bytes.Buffer
	if json.Compact(&compact, []byte(text)) == nil {
		text = compact.String()
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case r != '\'' && unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
