package assemble

import "apisqs-doctor/diagnose/snapshot"

// Ref is what one resource names another by: an id, a name, an ARN or a URL.
type Ref struct {
	// Text is the name as far as it is known, with symbols for what is not. It is
	// empty when nothing is named, or when not even the shape of the name is known.
	Text string
	snapshot.Fact[string]
}

// To refers to a resource by a name that is known, or that a symbol stands for.
// The empty name refers to none.
func To(name string, origin snapshot.Origin) Ref {
	return Ref{Text: name, Fact: snapshot.Known(name, origin)}
}

// Absent tells whether it is known that nothing is named.
func (r Ref) Absent() bool { return r.Text == "" && r.IsKnown() }
