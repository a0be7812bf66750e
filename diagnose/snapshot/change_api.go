package snapshot

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// SetBinaryMediaTypes sets the media types whose bodies API Gateway treats as bytes.
type SetBinaryMediaTypes struct {
	API           string
	Before, After []string
}

// SetDefaultEndpoint enables or disables the API's own execute-api endpoint.
type SetDefaultEndpoint struct {
	API      string
	Disabled bool
}

// SetValidator sets or, with an empty After, removes the request validator of a method.
type SetValidator struct {
	On            MethodRef
	Before, After string // ids
}

// DeclareResponseHeader declares a header of a method response, such as
// method.response.header.Access-Control-Allow-Origin. The status has to be declared.
type DeclareResponseHeader struct {
	On     MethodRef
	Status string
	Name   string
}

// RemoveMethod deletes a method from the draft of a REST API.
type RemoveMethod struct {
	On MethodRef
}

func (c RemoveMethod) String() string { return fmt.Sprintf("remove the method %s", c.On) }

// Apply implements Change.
func (c RemoveMethod) Apply(s *Snapshot) (*Snapshot, error) {
	return onAPI(s, c.On.API, func(api *API) error {
		draft, err := current(api.Draft, "the draft of the API")
		if err != nil {
			return err
		}
		at := slices.IndexFunc(draft.Methods, func(m Method) bool { return m.Path == c.On.Path && m.HTTPMethod == c.On.Method })
		if at < 0 {
			return fmt.Errorf("the draft has no method %s", c.On)
		}
		draft.Methods = slices.Delete(slices.Clone(draft.Methods), at, at+1)
		api.Draft = api.Draft.With(draft)
		return nil
	})
}

func (c SetBinaryMediaTypes) String() string {
	if len(c.After) == 0 {
		return "remove the binary media types of the API"
	}
	return "set the binary media types of the API to " + strings.Join(c.After, ", ")
}

func (c SetDefaultEndpoint) String() string {
	if c.Disabled {
		return "disable the default endpoint of the API"
	}
	return "enable the default endpoint of the API"
}

func (c SetValidator) String() string {
	if c.After == "" {
		return fmt.Sprintf("remove the request validator of %s", c.On)
	}
	return fmt.Sprintf("set the request validator of %s to %s", c.On, c.After)
}

func (c DeclareResponseHeader) String() string {
	return fmt.Sprintf("declare %s on the method response %s of %s", c.Name, c.Status, c.On)
}

// Apply implements Change.
func (c SetBinaryMediaTypes) Apply(s *Snapshot) (*Snapshot, error) {
	return onAPI(s, c.API, func(api *API) error {
		draft, err := current(api.Draft, "the draft of the API")
		if err != nil {
			return err
		}
		draft.BinaryMediaTypes = draft.BinaryMediaTypes.With(slices.Clone(c.After))
		api.Draft = api.Draft.With(draft)
		return nil
	})
}

// Apply implements Change.
func (c SetDefaultEndpoint) Apply(s *Snapshot) (*Snapshot, error) {
	return onAPI(s, c.API, func(api *API) error {
		api.DefaultEndpointDisabled = api.DefaultEndpointDisabled.With(c.Disabled)
		return nil
	})
}

// Apply implements Change.
func (c SetValidator) Apply(s *Snapshot) (*Snapshot, error) {
	return onMethod(s, c.On, func(m *Method) error {
		m.ValidatorID = m.ValidatorID.With(c.After)
		return nil
	})
}

// Apply implements Change.
func (c DeclareResponseHeader) Apply(s *Snapshot) (*Snapshot, error) {
	return onMethod(s, c.On, func(m *Method) error {
		responses, err := current(m.Responses, "the method responses")
		if err != nil {
			return err
		}
		response, ok := responses[c.Status]
		if !ok {
			return fmt.Errorf("%s has no method response %s", c.On, c.Status)
		}
		response.Parameters = maps.Clone(response.Parameters)
		if response.Parameters == nil {
			response.Parameters = map[string]bool{}
		}
		response.Parameters[c.Name] = false
		responses = maps.Clone(responses)
		responses[c.Status] = response
		m.Responses = m.Responses.With(responses)
		return nil
	})
}
