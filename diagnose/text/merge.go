package text

import (
	"strings"
)

// Merge joins two changes of one text: what each of them makes of base, in the
// result. ok is false when they change the same place in two ways.
func Merge(base, a, b string) (merged string, ok bool) {
	edits, err := Diff(base, a).Merge(Diff(base, b))
	if err != nil {
		return "", false
	}
	return edits.Apply(base)
}

// most is the number of comparisons up to which Diff looks for the pieces that
// stayed; beyond it, what differs is one edit.
const most = 4 << 20

// Diff lists the edits that make one text of another, word by word, in the order
// of the text.
func Diff(from, to string) Edits {
	a, b := words(from), words(to)
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	offset := len(strings.Join(a[:start], ""))
	a, b = a[start:len(a)-end], b[start:len(b)-end]
	if len(a) == 0 && len(b) == 0 {
		return Edits{}
	}
	if len(a)*len(b) > most {
		return Edits{[]Edit{{Offset: offset, Old: strings.Join(a, ""), New: strings.Join(b, "")}}}
	}
	return Edits{between(a, b, offset)}
}

// between finds the longest common run of words and makes an edit of each gap.
func between(a, b []string, offset int) []Edit {
	length := make([][]int32, len(a)+1) // of the longest common run of a[i:] and b[j:]
	for i := range length {
		length[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	var edits []Edit
	var out, in strings.Builder
	flush := func() {
		if out.Len()+in.Len() > 0 {
			edits = append(edits, Edit{Offset: offset, Old: out.String(), New: in.String()})
			offset += out.Len()
			out.Reset()
			in.Reset()
		}
	}
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			flush()
			offset += len(a[i])
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && length[i+1][j] >= length[i][j+1]:
			out.WriteString(a[i])
			i++
		default:
			in.WriteString(b[j])
			j++
		}
	}
	flush()
	return edits
}

// words cuts a text into runs of letters and digits and single other bytes.
func words(s string) []string {
	var list []string
	for i := 0; i < len(s); {
		j := i + 1
		if word(s[i]) {
			for j < len(s) && word(s[j]) {
				j++
			}
		}
		list = append(list, s[i:j])
		i = j
	}
	return list
}

func word(c byte) bool {
	return c >= 0x80 || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
