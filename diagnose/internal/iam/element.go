package iam

import "strings"

// element is one of the elements of the policy grammar, as a bit.
type elements uint16

const (
	elementVersion elements = 1 << iota
	elementID
	elementStatement
	elementSid
	elementEffect
	elementAction
	elementNotAction
	elementResource
	elementNotResource
	elementPrincipal
	elementNotPrincipal
	elementCondition

	elementsOfDocument = elementVersion | elementID | elementStatement
)

// elementNames holds the names in the order of the bits.
var elementNames = [...]string{"Version", "Id", "Statement", "Sid", "Effect", "Action", "NotAction",
	"Resource", "NotResource", "Principal", "NotPrincipal", "Condition"}

// exclusive holds the elements that may not stand beside each other.
var exclusive = [...][2]elements{{elementAction, elementNotAction}, {elementResource, elementNotResource}, {elementPrincipal, elementNotPrincipal}}

// element finds the element called name in the document (st nil) or in a
// statement, and notes names that are unknown, in the wrong case, or there twice.
// The grammar gives the names in one case and says that a key may not come twice;
// that AWS refuses another case is not documented, so that is only a doubt.
func (p *parser) element(st *Statement, seen *elements, name string, at Position) elements {
	which := elementNamed(name, st == nil)
	if which == 0 {
		if p.err == "" {
			p.problem(st, at, "%q is not an element of a policy", name)
		}
		return 0
	}
	if official := which.name(); official != name {
		found := p.problem(st, at, "the element is written %q, not %q", official, name)
		found.Refused, found.Answer = false, ""
		p.doubt(st, "an element is in another case than documented: "+name)
	}
	if *seen&which != 0 {
		p.problem(st, at, "%q stands there twice", name)
		p.doubt(st, "it has the element "+name+" twice")
	}
	*seen |= which
	for _, pair := range exclusive {
		if both := pair[0] | pair[1]; *seen&both == both && which&both != 0 {
			p.problem(st, at, "%s and %s exclude each other", pair[0].name(), pair[1].name())
			p.doubt(st, "it has both "+pair[0].name()+" and "+pair[1].name())
		}
	}
	return which
}

// doubt marks a statement, or the whole document when st is nil, as one that AWS
// may read otherwise.
func (p *parser) doubt(st *Statement, why string) {
	if st != nil {
		st.doubt = why
		return
	}
	p.policyDoubt = why
}

func elementNamed(name string, document bool) elements {
	for i, official := range elementNames {
		bit := elements(1) << i
		if len(official) == len(name) && (bit&elementsOfDocument != 0) == document && strings.EqualFold(official, name) {
			return bit
		}
	}
	return 0
}

func (e elements) name() string {
	for i, official := range elementNames {
		if e == 1<<i {
			return official
		}
	}
	return ""
}
