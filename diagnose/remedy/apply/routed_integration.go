package apply

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
)

// integrationState are the members of an integration that a plan changes: a map
// replaces the one that is stored, and an HTTP API's parameters are always among
// them, because an update has to bring them again (H15).
type integrationState struct {
	Fields     map[snapshot.IntegrationField]string `json:"fields,omitempty"`
	Parameters map[string]string                    `json:"parameters"`
	Templates  map[string]string                    `json:"templates"`
	Responses  map[string]map[string]string         `json:"responses"`
}

// integrationCells are the updates of integrations of HTTP and WebSocket APIs that
// fixes need, by the number of the first change of each among all changes.
func integrationCells(s *snapshot.Snapshot, fixes []diagnose.Fix) (map[int]Cell, error) {
	type target struct {
		ref     snapshot.MethodRef
		first   int
		changes []snapshot.Change
	}
	var list []*target
	after, n := s, 0
	for _, fix := range fixes {
		for _, change := range fix.Changes {
			if ref, ok := remedy.OfRoute(s, change); ok {
				at := slices.IndexFunc(list, func(t *target) bool { return t.ref == ref })
				if at < 0 {
					list, at = append(list, &target{ref: ref, first: n}), len(list)
				}
				list[at].changes = append(list[at].changes, change)
			}
			n++
			var err error
			if after, err = change.Apply(after); err != nil {
				return nil, err
			}
		}
	}
	cells := map[int]Cell{}
	for _, t := range list {
		was, is := integrationOf(s, t.ref), integrationOf(after, t.ref)
		if was == nil || is == nil || was.ID == "" {
			return nil, fmt.Errorf("the id of the integration of %s was not read", t.ref)
		}
		update, err := remedy.UpdateOf(s.API(t.ref.API), is, t.changes)
		if err != nil {
			return nil, fmt.Errorf("cannot %s: %w", t.changes[0], err)
		}
		before, err := remedy.IntegrationOf(was)
		if err != nil {
			return nil, err
		}
		cell := Cell{Kind: routedIntegration, Region: s.Target.Region, API: t.ref.API, Resource: was.ID, On: t.ref.String()}
		for i, change := range t.changes {
			if i > 0 {
				cell.What += "; "
			}
			cell.What += change.String()
		}
		whole, err := remedy.IntegrationOf(is)
		if err != nil {
			return nil, err
		}
		cell.Before, cell.After = value(encode(stateOf(update, was, before))), value(encode(stateOf(update, is, whole)))
		cells[t.first] = cell
	}
	return cells, nil
}

// stateOf are the members of an integration that an update brings.
func stateOf(u remedy.RoutedUpdate, in *snapshot.Integration, whole remedy.Integration) integrationState {
	st := integrationState{Fields: map[snapshot.IntegrationField]string{}}
	for name := range u.Fields {
		st.Fields[name] = field(in, name)
	}
	if u.Parameters != nil {
		st.Parameters = whole.Parameters
	}
	if u.Templates != nil {
		st.Templates = whole.Templates
	}
	if u.Responses != nil {
		st.Responses = map[string]map[string]string{}
		for _, r := range whole.Responses {
			st.Responses[r.Status] = r.Parameters
		}
	}
	return st
}

func integrationOf(s *snapshot.Snapshot, ref snapshot.MethodRef) *snapshot.Integration {
	m := draftMethod(s, ref)
	if m == nil {
		return nil
	}
	in, _ := m.Integration.Peek()
	return in
}

// storedState gives the members that a state has what is stored of them.
func storedState(st integrationState, out *apigatewayv2.GetIntegrationOutput) integrationState {
	now := integrationState{Fields: map[snapshot.IntegrationField]string{}}
	stored := map[snapshot.IntegrationField]string{snapshot.FieldType: string(out.IntegrationType), snapshot.FieldSubtype: aws.ToString(out.IntegrationSubtype),
		snapshot.FieldURI: aws.ToString(out.IntegrationUri), snapshot.FieldHTTPMethod: aws.ToString(out.IntegrationMethod), snapshot.FieldCredentials: aws.ToString(out.CredentialsArn),
		snapshot.FieldPassthrough: string(out.PassthroughBehavior), snapshot.FieldContentHandling: string(out.ContentHandlingStrategy),
		snapshot.FieldPayloadFormat: aws.ToString(out.PayloadFormatVersion), snapshot.FieldTimeout: fmt.Sprint(aws.ToInt32(out.TimeoutInMillis))}
	for name, was := range st.Fields {
		if now.Fields[name] = stored[name]; stored[name] == "" && name == snapshot.FieldPassthrough {
			now.Fields[name] = was // the default, which is not told
		}
	}
	texts := func(wanted, have map[string]string) map[string]string {
		if wanted == nil {
			return nil
		}
		if have == nil {
			return map[string]string{}
		}
		return have
	}
	now.Parameters, now.Templates = texts(st.Parameters, out.RequestParameters), texts(st.Templates, out.RequestTemplates)
	if st.Responses != nil {
		now.Responses = map[string]map[string]string{}
		for status, mappings := range out.ResponseParameters {
			now.Responses[status] = mappings
		}
	}
	return now
}

// integrationUpdate brings an integration from one state to another. What a state
// does not have any more of its response parameters goes with an empty value (H19).
func integrationUpdate(cell *Cell, from, to string) (*apigatewayv2.UpdateIntegrationInput, error) {
	var was, is integrationState
	if err := errors.Join(json.Unmarshal([]byte(from), &was), json.Unmarshal([]byte(to), &is)); err != nil {
		return nil, err
	}
	in := &apigatewayv2.UpdateIntegrationInput{ApiId: &cell.API, IntegrationId: &cell.Resource, RequestParameters: is.Parameters, RequestTemplates: is.Templates}
	for name, v := range is.Fields {
		switch name {
		case snapshot.FieldType:
			in.IntegrationType = types.IntegrationType(v)
		case snapshot.FieldSubtype:
			in.IntegrationSubtype = &v
		case snapshot.FieldURI:
			in.IntegrationUri = &v
		case snapshot.FieldHTTPMethod:
			in.IntegrationMethod = &v
		case snapshot.FieldCredentials:
			in.CredentialsArn = &v
		case snapshot.FieldPassthrough:
			in.PassthroughBehavior = types.PassthroughBehavior(v)
		case snapshot.FieldContentHandling:
			in.ContentHandlingStrategy = types.ContentHandlingStrategy(v)
		case snapshot.FieldPayloadFormat:
			in.PayloadFormatVersion = &v
		case snapshot.FieldTimeout:
			var millis int32
			if _, err := fmt.Sscan(v, &millis); err != nil {
				return nil, err
			}
			in.TimeoutInMillis = &millis
		}
	}
	if is.Responses != nil {
		in.ResponseParameters = map[string]map[string]string{}
		put := func(status, name, v string) {
			if in.ResponseParameters[status] == nil {
				in.ResponseParameters[status] = map[string]string{}
			}
			in.ResponseParameters[status][name] = v
		}
		for status, mappings := range was.Responses {
			for name := range mappings {
				put(status, name, "")
			}
		}
		for status, mappings := range is.Responses {
			for name, v := range mappings {
				put(status, name, v)
			}
		}
	}
	return in, nil
}
