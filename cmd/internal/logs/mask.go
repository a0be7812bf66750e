package logs

import (
	"strings"

	"apisqs-doctor/cmd/internal/secret"
	"apisqs-doctor/diagnose/text/lazy"
)

// All are all entries. Credentials in lists of headers and parameters are left
// out: API Gateway itself hides some of them only (L28).
func (l Entries) All() []string {
	list := make([]string, len(l))
	for i, entry := range l {
		label, rest, ok := strings.Cut(entry, ": {")
		switch {
		case ok && parameters.MatchString(label):
			at := secret.Header
			if strings.HasSuffix(label, "query string") {
				at = secret.Query
			}
			list[i] = label + ": {" + mask(at, rest)
		case strings.HasPrefix(entry, sending) || strings.HasPrefix(entry, address):
			list[i] = MaskURL(entry)
		default:
			list[i] = entry
		}
	}
	return list
}

var (
	parameters = lazy.Regexp(`^(Method|Endpoint) (request|response) (headers|query string|path)$`)
	parameter  = lazy.Regexp(`(?:^ ?|, )([\w.-]+)=`)
	inQuery    = lazy.Regexp(`([?&])([^=&]*)=([^&]*)`)
)

// MaskURL hides the values of credentials in the query of an address.
func MaskURL(url string) string {
	return inQuery.ReplaceAllStringFunc(url, func(pair string) string {
		if m := inQuery.FindStringSubmatch(pair); secret.Named(secret.Query, m[2]) {
			return m[1] + m[2] + "=" + secret.Hidden
		}
		return pair
	})
}

// mask replaces the values of credentials in a list that is printed as
// "a=b, c=d}" and that may be cut anywhere (T122).
func mask(place secret.Place, list string) string {
	marks := parameter.FindAllStringSubmatchIndex(list, -1)
	var b strings.Builder
	at := 0
	for i, m := range marks {
		end := len(list)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		b.WriteString(list[at:m[1]])
		at = m[1]
		// An Authorization header is a list itself.
		if secret.Named(place, list[m[2]:m[3]]) {
			b.WriteString(secret.Hidden)
			if at = end; end == len(list) && strings.HasSuffix(list, "}") {
				b.WriteString("}")
			}
		}
	}
	return b.String() + list[at:]
}
