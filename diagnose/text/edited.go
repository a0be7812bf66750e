package text

// Edited is a text and what is edited in it: edits in the order of the text, which do not
// meet. It tells a small edit of a large text without a second copy of that.
type Edited struct {
	Old   []byte
	Edits []Edit
}

// Change is what makes one text of another: one edit, from the first byte that differs
// to the last, or none.
func Change(old, new []byte) Edited {
	head, tail := Shared(old, new)
	e := Edited{Old: old}
	if from, to := string(old[head:len(old)-tail]), string(new[head:len(new)-tail]); from != "" || to != "" {
		e.Edits = []Edit{{Offset: head, Old: from, New: to}}
	}
	return e
}

// Shared is how many bytes two texts have in common at their beginning and, of what is
// left, at their end.
func Shared[T string | []byte](a, b T) (head, tail int) {
	most := min(len(a), len(b))
	for head < most && a[head] == b[head] {
		head++
	}
	for tail < most-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return head, tail
}

// New is the text with its edits made.
func (e Edited) New() []byte {
	from, to, becomes := e.Changed()
	return append(append(append(make([]byte, 0, len(e.Old)-(to-from)+len(becomes)), e.Old[:from]...), becomes...), e.Old[to:]...)
}

// Changed is the piece of the text in which all edits are, and what it becomes.
func (e Edited) Changed() (from, to int, becomes []byte) {
	if len(e.Edits) == 0 {
		return 0, 0, nil
	}
	from = e.Edits[0].Offset
	to = from
	for _, x := range e.Edits {
		becomes = append(append(becomes, e.Old[to:x.Offset]...), x.New...)
		to = x.end()
	}
	return from, to, becomes
}
