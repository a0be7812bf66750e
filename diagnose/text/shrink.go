package text

// mostTries bounds the tests of one shrinking.
const mostTries = 400

// Shrink makes a text smaller for as long as fails still holds of it, which it has
// to hold of s: ever smaller parts are left out, down to single characters, until
// none can be (Zeller's ddmin, without its complements). What is left is not always
// the smallest text of all.
func Shrink(s string, fails func(string) bool) string {
	left := []rune(s)
	tries := 0
	for size := len(left); size > 0 && tries < mostTries; {
		removed := false
		for at := 0; at < len(left) && tries < mostTries; {
			end := min(at+size, len(left))
			fewer := append(append([]rune{}, left[:at]...), left[end:]...)
			tries++
			if fails(string(fewer)) {
				left, removed = fewer, true
			} else {
				at = end
			}
		}
		if size > 1 || !removed {
			size /= 2
		}
		size = min(size, len(left))
	}
	return string(left)
}
