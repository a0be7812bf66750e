package iam

// Tri is an answer that may be open. Its zero value is Unknown, so that
// whatever nobody looked at is not taken for a Yes.
type Tri uint8

// The three answers.
const (
	Unknown Tri = iota
	No
	Yes
)

// String returns "unknown", "no" or "yes".
func (t Tri) String() string {
	switch t {
	case Yes:
		return "yes"
	case No:
		return "no"
	}
	return "unknown"
}

// And is No if either is No, Yes if both are Yes, else Unknown (fact 44).
func (t Tri) And(u Tri) Tri {
	switch {
	case t == No || u == No:
		return No
	case t == Yes && u == Yes:
		return Yes
	}
	return Unknown
}

// Or is Yes if either is Yes, No if both are No, else Unknown (fact 44).
func (t Tri) Or(u Tri) Tri {
	switch {
	case t == Yes || u == Yes:
		return Yes
	case t == No && u == No:
		return No
	}
	return Unknown
}

// Not turns Yes into No and back; Unknown stays.
func (t Tri) Not() Tri {
	switch t {
	case Yes:
		return No
	case No:
		return Yes
	}
	return Unknown
}

// agree is t if both answers are the same, else Unknown: the answer when one of
// two worlds is the real one.
func (t Tri) agree(u Tri) Tri {
	if t == u {
		return t
	}
	return Unknown
}

func tri(b bool) Tri {
	if b {
		return Yes
	}
	return No
}
