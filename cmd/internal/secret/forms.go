package secret

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"

	"apisqs-doctor/diagnose/walk"
)

// Hidden stands for a credential in a text that somebody else wrote.
const Hidden = "(hidden)"

// shown is the length, in bytes, up to which a credential is left in such a text:
// it may be a part of any word.
const shown = 3

// Pairs are the credentials of calls in the forms that a log or a message may have
// them in, each followed by what is shown instead: for texts that come from AWS or
// from a user's file. What the doctor itself derives knows no credential.
func Pairs(requests ...*walk.Request) []string {
	var pairs []string
	seen := map[string]bool{}
	note := func(value string) string {
		for _, form := range forms(value) {
			if len(form) > shown && !seen[form] {
				seen[form] = true
				pairs = append(pairs, form, Hidden)
			}
		}
		return Plain(value)
	}
	for _, r := range requests {
		Request(*r, note)
	}
	return pairs
}

func forms(value string) []string {
	quoted, _ := json.Marshal(value)
	return []string{value, url.QueryEscape(value), url.PathEscape(value), strings.ReplaceAll(url.QueryEscape(value), "+", "%20"), url.QueryEscape(url.QueryEscape(value)),
		strings.Trim(string(quoted), `"`), base64.StdEncoding.EncodeToString([]byte(value)), base64.URLEncoding.EncodeToString([]byte(value))}
}
