package snapshot

import (
	"apisqs-doctor/diagnose/text"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Change is one step of a fix: what is changed, what is there now and what is
// to be there afterwards. The set of implementations is closed. Applied to a
// snapshot a change gives a new snapshot; the given one stays as it is.
type Change interface {
	// Apply returns the snapshot as it would be after the change.
	Apply(*Snapshot) (*Snapshot, error)
	// String says the change in a sentence.
	String() string
}

// MethodRef names a method of an API's draft.
type MethodRef struct {
	API    string `json:"api"`
	Path   string `json:"path"`
	Method string `json:"method"` // as declared, such as POST or ANY
}

func (m MethodRef) String() string {
	switch {
	case m.Method == "":
		return m.Path // the route key of a WebSocket API
	case m.Path == "":
		return "$default" // the catch-all route of an HTTP API
	}
	return m.Method + " " + m.Path
}

// SetRequestParameter sets or, with an empty After, removes a mapping of the
// integration request, such as integration.request.header.Content-Type.
type SetRequestParameter struct {
	On            MethodRef
	Name          string
	Before, After string // mapping expressions; empty for none
}

// SetTemplate sets or removes the mapping template of a content type. Where the
// template is not Before any more, what After changes of Before is made in it, so
// that several changes of one template can be made in any order.
type SetTemplate struct {
	On            MethodRef
	ContentType   string
	Before, After string
}

// IntegrationField names a property of the integration that SetIntegration sets.
type IntegrationField string

// The properties, as PutIntegration names them.
const (
	FieldHTTPMethod      IntegrationField = "httpMethod"
	FieldURI             IntegrationField = "uri"
	FieldCredentials     IntegrationField = "credentials"
	FieldPassthrough     IntegrationField = "passthroughBehavior"
	FieldType            IntegrationField = "type"
	FieldContentHandling IntegrationField = "contentHandling"
	FieldTimeout         IntegrationField = "timeoutInMillis"      // milliseconds, in decimal
	FieldSubtype         IntegrationField = "integrationSubtype"   // HTTP APIs
	FieldPayloadFormat   IntegrationField = "payloadFormatVersion" // HTTP APIs
)

// SetIntegration sets one property of the integration.
type SetIntegration struct {
	On            MethodRef
	Field         IntegrationField
	Before, After string
}

// SetIntegrationResponse adds, replaces or, without After, removes the
// integration response of a selection pattern.
type SetIntegrationResponse struct {
	On            MethodRef
	Before, After *IntegrationResponse
}

// AddMethodResponse declares a status that the method may answer.
type AddMethodResponse struct {
	On     MethodRef
	Status string
}

// DeclareParameter declares a request parameter on the method, such as
// method.request.header.X-Tenant.
type DeclareParameter struct {
	On       MethodRef
	Name     string
	Required bool
}

// PolicyTarget names the policy that SetStatement changes.
type PolicyTarget struct {
	Kind     string `json:"kind"`             // role, trust, boundary, queue, key or api
	Resource string `json:"resource"`         // ARN of the role, queue or key; id of the API
	Policy   string `json:"policy,omitempty"` // name of the inline policy; for kind role only
}

// SetStatement adds one statement to a policy or replaces one of its
// statements. The rest of the policy is never rewritten.
type SetStatement struct {
	On     PolicyTarget
	Index  int    // 1-based statement to replace; 0 adds
	Before string // JSON of the statement that is replaced
	After  string // JSON of the new statement; empty removes the old one
}

// SetQueueAttribute sets an attribute of a queue.
type SetQueueAttribute struct {
	Queue         string // ARN
	Name          string // as SetQueueAttributes names it
	Before, After string
}

// SetStageVariable sets a variable of a stage.
type SetStageVariable struct {
	API, Stage, Name, Before, After string
}

// Deploy makes the draft what the stage runs.
type Deploy struct {
	API, Stage string
}

func (c SetRequestParameter) String() string {
	if c.After == "" {
		return fmt.Sprintf("remove %s from the integration request of %s", c.Name, c.On)
	}
	return fmt.Sprintf("set %s to %s in the integration request of %s", c.Name, c.After, c.On)
}

func (c SetTemplate) String() string {
	if c.After == "" {
		return fmt.Sprintf("remove the %s mapping template of %s", c.ContentType, c.On)
	}
	return fmt.Sprintf("set the %s mapping template of %s to %q", c.ContentType, c.On, c.After)
}

func (c SetIntegration) String() string {
	return fmt.Sprintf("set %s of the integration of %s to %q", c.Field, c.On, c.After)
}

func (c SetIntegrationResponse) String() string {
	if c.After == nil {
		return fmt.Sprintf("remove the integration response with pattern %q of %s", c.Before.Pattern, c.On)
	}
	if c.After.Status == "" {
		return fmt.Sprintf("answer the frames of %s by what SQS says (integration response %s)", c.On, orDefault(c.After.Pattern, RouteResponseKey))
	}
	if c.After.Pattern == "" {
		return fmt.Sprintf("make %s the default integration response of %s", c.After.Status, c.On)
	}
	return fmt.Sprintf("answer %s for pattern %s in the integration responses of %s", c.After.Status, c.After.Pattern, c.On)
}

func (c AddMethodResponse) String() string {
	return fmt.Sprintf("declare the method response %s of %s", c.Status, c.On)
}

func (c DeclareParameter) String() string {
	return fmt.Sprintf("declare %s on %s", c.Name, c.On)
}

func (c SetStatement) String() string {
	switch {
	case c.After == "":
		return fmt.Sprintf("remove statement %d from %s", c.Index, c.On)
	case c.Index > 0:
		return fmt.Sprintf("replace statement %d of %s", c.Index, c.On)
	}
	return "add a statement to " + c.On.String()
}

func (c SetQueueAttribute) String() string {
	if c.After == "" {
		return fmt.Sprintf("remove %s from queue %s", c.Name, c.Queue)
	}
	return fmt.Sprintf("set %s of queue %s to %q", c.Name, c.Queue, c.After)
}

func (c SetStageVariable) String() string {
	return fmt.Sprintf("set stage variable %s of stage %s", c.Name, c.Stage)
}

func (c Deploy) String() string { return fmt.Sprintf("deploy the API to stage %s", c.Stage) }

// Apply implements Change.
func (c SetRequestParameter) Apply(s *Snapshot) (*Snapshot, error) {
	return onIntegration(s, c.On, func(i *Integration) error {
		params, err := current(i.RequestParameters, "the request parameters")
		if err != nil {
			return err
		}
		i.RequestParameters = i.RequestParameters.With(withEntry(params, c.Name, c.After, i.Origin.At("requestParameters['"+c.Name+"']")))
		return nil
	})
}

// Apply implements Change.
func (c SetTemplate) Apply(s *Snapshot) (*Snapshot, error) {
	return onIntegration(s, c.On, func(i *Integration) error {
		templates, err := current(i.Templates, "the mapping templates")
		if err != nil {
			return err
		}
		if have, ok := templates[c.ContentType].Peek(); ok && have != c.Before && have != "" && c.Before != "" && c.After != "" {
			if c.After, ok = text.Merge(c.Before, have, c.After); !ok {
				return fmt.Errorf("the %s mapping template of %s was changed at the same place", c.ContentType, c.On)
			}
		}
		i.Templates = i.Templates.With(withEntry(templates, c.ContentType, c.After, i.Origin.At("requestTemplates['"+c.ContentType+"']")))
		return nil
	})
}

// withEntry copies the map with one entry set, or removed when text is empty.
func withEntry(m map[string]Fact[string], name, text string, origin Origin) map[string]Fact[string] {
	m = maps.Clone(m)
	if m == nil {
		m = map[string]Fact[string]{}
	}
	if old, ok := m[name]; ok {
		origin = old.Origin()
	}
	if text == "" {
		delete(m, name)
	} else {
		m[name] = Known(text, origin)
	}
	return m
}

// Apply implements Change.
func (c SetIntegration) Apply(s *Snapshot) (*Snapshot, error) {
	return onIntegration(s, c.On, func(i *Integration) error {
		fields := map[IntegrationField]*Fact[string]{FieldHTTPMethod: &i.HTTPMethod, FieldURI: &i.URI, FieldCredentials: &i.Credentials,
			FieldPassthrough: &i.Passthrough, FieldType: &i.Type, FieldContentHandling: &i.ContentHandling,
			FieldSubtype: &i.Subtype, FieldPayloadFormat: &i.PayloadFormat}
		if c.Field == FieldTimeout {
			millis, err := strconv.Atoi(c.After)
			if err != nil || millis <= 0 {
				return fmt.Errorf("the timeout %q is not a number of milliseconds", c.After)
			}
			i.TimeoutMillis = i.TimeoutMillis.With(millis)
			return nil
		}
		f, ok := fields[c.Field]
		if !ok {
			return fmt.Errorf("no such property of an integration: %q", c.Field)
		}
		*f = f.With(c.After)
		return nil
	})
}

// Apply implements Change.
func (c SetIntegrationResponse) Apply(s *Snapshot) (*Snapshot, error) {
	return onIntegration(s, c.On, func(i *Integration) error {
		responses, err := current(i.Responses, "the integration responses")
		if err != nil {
			return err
		}
		responses = slices.Clone(responses)
		at, taken := c.stored(responses)
		switch {
		case c.Before != nil && at < 0:
			return fmt.Errorf("no integration response with pattern %q", c.Before.Pattern)
		case taken != nil && taken.Status == "":
			return fmt.Errorf("the pattern %q has an integration response already", taken.Pattern)
		case taken != nil:
			return fmt.Errorf("status %s has an integration response already, with pattern %q", taken.Status, taken.Pattern)
		}
		switch {
		case c.After == nil && at >= 0:
			responses = slices.Delete(responses, at, at+1)
		case at >= 0:
			responses[at] = *c.After
		case c.After != nil:
			responses = append(responses, *c.After)
		}
		i.Responses = i.Responses.With(responses)
		return nil
	})
}

// Apply implements Change.
func (c AddMethodResponse) Apply(s *Snapshot) (*Snapshot, error) {
	return onMethod(s, c.On, func(m *Method) error {
		responses, err := current(m.Responses, "the method responses")
		if err != nil {
			return err
		}
		responses = maps.Clone(responses)
		if responses == nil {
			responses = map[string]MethodResponse{}
		}
		responses[c.Status] = MethodResponse{Origin: m.Origin.At("methodResponses['" + c.Status + "']")}
		m.Responses = m.Responses.With(responses)
		return nil
	})
}

// Apply implements Change.
func (c DeclareParameter) Apply(s *Snapshot) (*Snapshot, error) {
	return onMethod(s, c.On, func(m *Method) error {
		declared, err := current(m.RequestParameters, "the declared request parameters")
		if err != nil {
			return err
		}
		declared = maps.Clone(declared)
		if declared == nil {
			declared = map[string]bool{}
		}
		declared[c.Name] = c.Required
		m.RequestParameters = m.RequestParameters.With(declared)
		return nil
	})
}

// Apply implements Change.
func (c SetQueueAttribute) Apply(s *Snapshot) (*Snapshot, error) {
	return onQueue(s, c.Queue, func(q *Queue) error {
		asked := c.request(q)
		switch c.Name {
		case "ContentBasedDeduplication":
			q.ContentBasedDeduplication = q.ContentBasedDeduplication.With(c.After == "true")
		case "KmsMasterKeyId":
			q.KMSKeyID = q.KMSKeyID.With(c.After)
		case "MaximumMessageSize":
			size, err := strconv.Atoi(c.After)
			if err != nil {
				return fmt.Errorf("MaximumMessageSize %q is not a number of bytes", c.After)
			}
			q.MaximumMessageSize = q.MaximumMessageSize.With(size)
		case "FifoQueue":
			q.FIFO = q.FIFO.With(c.After == "true")
		default:
			if !asked {
				return fmt.Errorf("no change of queue attribute %q is known", c.Name)
			}
		}
		return nil
	})
}

// request makes the change in what a template asks for; false for a queue that
// exists or is asked for without the attribute.
func (c SetQueueAttribute) request(q *Queue) bool {
	fact, asked := q.Requested[c.Name]
	if q.Requested == nil {
		return false
	}
	q.Requested = maps.Clone(q.Requested)
	if c.After == "" {
		delete(q.Requested, c.Name)
	} else {
		q.Requested[c.Name] = fact.With(c.After)
	}
	return asked
}

// Apply implements Change.
func (c SetStageVariable) Apply(s *Snapshot) (*Snapshot, error) {
	return onStage(s, c.API, c.Stage, func(_ *API, st *Stage) error {
		variables, err := current(st.Variables, "the stage variables")
		if err != nil {
			return err
		}
		variables = maps.Clone(variables)
		if variables == nil {
			variables = map[string]string{}
		}
		variables[c.Name] = c.After
		st.Variables = st.Variables.With(variables)
		return nil
	})
}

// Apply implements Change.
func (c Deploy) Apply(s *Snapshot) (*Snapshot, error) {
	return onStage(s, c.API, c.Stage, func(api *API, st *Stage) error {
		if !api.Draft.known {
			return fmt.Errorf("the draft of %s is not known", c.API)
		}
		was := *st
		st.Deployed, st.Unfollowed = api.Draft, nil
		before, ok := was.Deployed.Peek()
		if ok { // it stays where it is
			st.Deployed = was.Deployed.With(api.Draft.value)
		}
		if ok && s.Target.Written() && !s.Target.Exists && was.DeploymentID.known && was.DeploymentID.value != "" {
			st.Deployed = was.Deployed.With(unwaited(before, api.Draft.value))
		}
		if id, err := current(st.DeploymentID, "the deployment"); err != nil || id == "" {
			st.DeploymentID = Known("new", st.Origin)
		}
		return nil
	})
}

// Apply implements Change.
func (c SetStatement) Apply(s *Snapshot) (*Snapshot, error) {
	return onPolicy(s, c.On, func(doc *Fact[string]) error {
		text, err := current(*doc, "the policy")
		if err != nil {
			return err
		}
		text, err = withStatement(text, c.Index, c.After)
		if err != nil {
			return err
		}
		*doc = doc.With(text)
		return nil
	})
}

func orDefault(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}
