package text

import "strings"

// IsOrganization tells what is formed as the id of an organization is: o- and 10 to 32
// small letters and digits (P79).
func IsOrganization(id string) bool {
	rest, ok := strings.CutPrefix(id, "o-")
	return ok && len(rest) >= 10 && len(rest) <= 32 && strings.Trim(rest, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}
