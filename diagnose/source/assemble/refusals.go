package assemble

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// refuse records that API Gateway does not create something of an API.
func (a *assembler) refuse(one *api, code, message string, at snapshot.Origin) {
	if !a.New {
		return // it was created
	}
	a.out.Refusals = append(a.out.Refusals, snapshot.Refusal{Code: code, Message: message, Origin: at, APIs: []string{one.out.ID}})
}

// imported records what keeps API Gateway from importing an OpenAPI document, and
// what may. A document that was imported had neither.
func (a *assembler) imported(one *api, d *Definition) {
	if d.Refused != nil {
		a.refuse(one, d.Refused.Code, d.Refused.Message, d.Refused.Origin)
	}
	for i := range d.GatewayResponses {
		a.gatewayResponse(&d.GatewayResponses[i], one.out.ID)
	}
	for _, part := range d.Unread {
		if a.New {
			part.Decides, part.APIs = true, []string{one.out.ID}
			a.out.Target.Unread = append(a.out.Target.Unread, part)
		}
	}
}

// none tells whether a name that is known names nothing: all that belongs to the
// API is among the parts.
func (a *assembler) none(one *api, ref Ref) bool {
	return one.whole && ref.IsKnown() && ref.Text != ""
}

// checkResource refuses a resource id of another API, or one that is none (T100).
func (a *assembler) checkResource(one *api, ref Ref) {
	part := a.resources[ref.Text]
	empty := ref.Absent() && one.whole
	if empty || part == nil && a.none(one, ref) || part != nil && part.api != one.out.ID {
		a.refuse(one, "NotFoundException", "Invalid Resource identifier specified", ref.Origin())
	}
}

// checkSiblings refuses resources that stand in each other's way: two of one
// name, or two path parameters.
func (a *assembler) checkSiblings() {
	type place struct{ api, parent, part string }
	first := map[place]bool{}
	parameter := map[place]string{}
	for _, in := range a.Resources {
		if in.Maybe {
			continue // of two that exclude each other one is made
		}
		one := a.api(in.API, snapshot.REST)
		at := place{in.API.Text, in.Parent.Text, in.Part}
		under := place{api: at.api, parent: at.parent}
		variable := strings.HasPrefix(in.Part, "{")
		switch {
		case first[at]:
			a.refuse(one, "ConflictException", "Another resource with the same parent already has this name: "+in.Part, in.Origin)
		case variable && parameter[under] != "":
			a.refuse(one, "BadRequestException", "A sibling ("+parameter[under]+") of this resource already has a variable path part -- only one is allowed", in.Origin)
		case variable:
			parameter[under] = in.Part
		}
		first[at] = true
	}
}
