package apply

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
)

// methods finds the method of a change before and after it.
func methods(before, after *snapshot.Snapshot, change snapshot.Change) (ref snapshot.MethodRef, old, new *snapshot.Method, err error) {
	switch c := change.(type) {
	case snapshot.SetRequestParameter:
		ref = c.On
	case snapshot.SetTemplate:
		ref = c.On
	case snapshot.SetIntegration:
		ref = c.On
	case snapshot.SetIntegrationResponse:
		ref = c.On
	case snapshot.AddMethodResponse:
		ref = c.On
	case snapshot.DeclareParameter:
		ref = c.On
	case snapshot.SetValidator:
		ref = c.On
	case snapshot.DeclareResponseHeader:
		ref = c.On
	case snapshot.RemoveMethod:
		return ref, nil, nil, errors.New("a rollback could not make the method again as it was; delete it by hand")
	default:
		return ref, nil, nil, errors.New("a deployed API has no such thing; the change belongs into the template")
	}
	if api := before.API(ref.API); api == nil || api.Type != snapshot.REST {
		return ref, nil, nil, errNotREST
	}
	old, new = draftMethod(before, ref), draftMethod(after, ref)
	if old == nil || new == nil || old.ResourceID == "" {
		return ref, nil, nil, fmt.Errorf("the id of the resource %q was not read", ref.Path)
	}
	return ref, old, new, nil
}

func draftMethod(s *snapshot.Snapshot, ref snapshot.MethodRef) *snapshot.Method {
	draft, _ := s.API(ref.API).Draft.Peek()
	for i := range draft.Methods {
		if m := &draft.Methods[i]; m.Path == ref.Path && m.HTTPMethod == ref.Method {
			return m
		}
	}
	return nil
}

func entry(f snapshot.Fact[map[string]snapshot.Fact[string]], name string) *string {
	m, _ := f.Peek()
	fact, ok := m[name]
	if !ok {
		return nil
	}
	v, _ := fact.Peek()
	return &v
}

func field(i *snapshot.Integration, f snapshot.IntegrationField) string {
	if f == snapshot.FieldTimeout {
		millis, _ := i.TimeoutMillis.Peek()
		return fmt.Sprint(millis)
	}
	fact := map[snapshot.IntegrationField]snapshot.Fact[string]{snapshot.FieldHTTPMethod: i.HTTPMethod, snapshot.FieldURI: i.URI, snapshot.FieldCredentials: i.Credentials,
		snapshot.FieldPassthrough: i.Passthrough, snapshot.FieldContentHandling: i.ContentHandling, snapshot.FieldType: i.Type,
		snapshot.FieldSubtype: i.Subtype, snapshot.FieldPayloadFormat: i.PayloadFormat}[f]
	v, _ := fact.Peek()
	return v
}

// method makes the cells of a change of a method.
func (p *Plan) method(cell Cell, old, new *snapshot.Method, change snapshot.Change) error {
	gaps := &snapshot.Gaps{}
	set := func(kind Kind, path string, before, after *string) {
		cell.Kind, cell.Path, cell.Before, cell.After = kind, path, before, after
		p.add(cell)
	}
	was, _ := old.Integration.Read(gaps)
	if stored, err := p.anew(&cell, new, change); stored || err != nil {
		return err
	}
	switch c := change.(type) {
	case snapshot.DeclareParameter:
		declared, _ := old.RequestParameters.Read(gaps)
		var before *string
		if required, ok := declared[c.Name]; ok {
			before = value(fmt.Sprint(required))
		}
		set(methodParameter, "/requestParameters/"+segment(c.Name), before, value(fmt.Sprint(c.Required)))
	case snapshot.AddMethodResponse:
		declared, _ := old.Responses.Read(gaps)
		if _, ok := declared[c.Status]; !ok {
			set(methodResponse, c.Status, nil, value(present))
		}
	case snapshot.SetValidator:
		now, ok := old.ValidatorID.Peek()
		if !ok {
			return errors.New("the request validator was not read")
		}
		set(methodValidator, "/requestValidatorId", value(now), value(c.After))
	case snapshot.DeclareResponseHeader:
		declared, _ := old.Responses.Peek()
		if _, ok := declared[c.Status].Parameters[c.Name]; !ok {
			set(responseHeader, c.Status+"/responseParameters/"+segment(c.Name), nil, value(present))
		}
	case snapshot.SetRequestParameter:
		set(integrationField, "/requestParameters/"+segment(c.Name), entry(was.RequestParameters, c.Name), value(c.After))
	case snapshot.SetTemplate:
		set(integrationField, "/requestTemplates/"+segment(c.ContentType), entry(was.Templates, c.ContentType), value(c.After))
	case snapshot.SetIntegration:
		set(integrationField, "/"+string(c.Field), value(field(was, c.Field)), value(c.After))
	case snapshot.SetIntegrationResponse:
		responses, ok := was.Responses.Read(gaps)
		if !ok {
			return errors.New("the integration responses were not read")
		}
		if c.After != nil && (c.Before == nil || c.Before.Status != c.After.Status) && slices.ContainsFunc(responses, func(r snapshot.IntegrationResponse) bool { return r.Status == c.After.Status }) {
			return fmt.Errorf("the integration has a response for status %s already, and can have one only", c.After.Status)
		}
		if c.Before != nil && (c.After == nil || c.After.Status != c.Before.Status) {
			set(integrationResponse, c.Before.Status, responseText(remedy.StoredResponse(was, c.Before)), nil)
		}
		if c.After != nil {
			var before *string
			if c.Before != nil && c.Before.Status == c.After.Status {
				before = responseText(remedy.StoredResponse(was, c.Before))
			}
			set(integrationResponse, c.After.Status, before, responseText(c.After))
		}
	default:
		return errors.New("the doctor knows no call for it")
	}
	return nil
}

// anew plans to store the integration as a whole: its type cannot be patched.
// All other changes of it then go the same way.
func (p *Plan) anew(cell *Cell, new *snapshot.Method, change snapshot.Change) (bool, error) {
	same := func(c Cell) bool { return c.API == cell.API && c.Resource == cell.Resource && c.Method == cell.Method }
	at := slices.IndexFunc(p.Cells, func(c Cell) bool { return c.Kind == wholeIntegration && same(c) })
	switch c := change.(type) {
	case snapshot.DeclareParameter, snapshot.AddMethodResponse, snapshot.SetValidator, snapshot.DeclareResponseHeader:
		return false, nil
	case snapshot.SetIntegration:
		if at < 0 && c.Field != snapshot.FieldType {
			return false, nil
		}
	default:
		if at < 0 {
			return false, nil
		}
	}
	is, _ := new.Integration.Peek()
	after, err := remedy.IntegrationOf(is)
	if err != nil {
		return false, err
	}
	if at >= 0 {
		p.Cells[at].After = value(wholeText(after))
		p.Cells[at].What += "; " + cell.What
		return true, nil
	}
	first := draftMethodByID(p.start, cell)
	if first == nil {
		return false, errors.New("the method was not read")
	}
	was, _ := first.Integration.Peek()
	before, err := remedy.IntegrationOf(was)
	if err != nil {
		return false, err
	}
	var rest []Cell
	for _, c := range p.Cells {
		if same(c) && (c.Kind == integrationField || c.Kind == integrationResponse) {
			cell.What = c.What + "; " + cell.What
			continue
		}
		rest = append(rest, c)
	}
	cell.Kind, cell.Before, cell.After = wholeIntegration, value(wholeText(before)), value(wholeText(after))
	p.Cells = append(rest, *cell)
	return true, nil
}

// draftMethodByID finds the method of a cell.
func draftMethodByID(s *snapshot.Snapshot, cell *Cell) *snapshot.Method {
	draft, _ := s.API(cell.API).Draft.Peek()
	for i := range draft.Methods {
		if m := &draft.Methods[i]; m.ResourceID == cell.Resource && m.HTTPMethod == cell.Method {
			return m
		}
	}
	return nil
}

// present is the value of a method response that is there.
const present = "declared"

// attached is the value of a managed policy that the role has.
const attached = "attached"

// responseText is an integration response without its origin.
func responseText(r *snapshot.IntegrationResponse) *string {
	plain := *r
	plain.Origin = snapshot.Origin{}
	return value(encode(plain))
}

// wholeText is an integration with its responses by status and without origins.
func wholeText(i remedy.Integration) string {
	i.Responses = slices.Clone(i.Responses)
	for j := range i.Responses {
		i.Responses[j].Origin = snapshot.Origin{}
	}
	slices.SortFunc(i.Responses, func(a, b snapshot.IntegrationResponse) int { return strings.Compare(a.Status, b.Status) })
	return encode(i)
}
