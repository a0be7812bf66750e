package apply

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Kind says what a cell is a value of, and so by which calls it is read and written.
type Kind string

// The kinds of cells.
const (
	integrationField    Kind = "integration-field"    // Path is a patch path
	wholeIntegration    Kind = "integration"          // JSON of remedy.Integration
	integrationResponse Kind = "integration-response" // Path is the status; JSON of snapshot.IntegrationResponse
	methodResponse      Kind = "method-response"      // Path is the status
	methodParameter     Kind = "method-parameter"     // Path is a patch path; true or false
	inlinePolicy        Kind = "inline-policy"        // Path is the policy's name
	managedPolicy       Kind = "managed-policy"
	attachment          Kind = "attachment" // of the managed policy ARN to the role
	trustPolicy         Kind = "trust-policy"
	wholeRole           Kind = "role"            // its trust policy
	queueAttribute      Kind = "queue-attribute" // Path is the attribute's name
	keyPolicy           Kind = "key-policy"
	stageVariable       Kind = "stage-variable"   // Path is a patch path
	deployment          Kind = "deployment"       // the id of the stage's deployment
	responseHeader      Kind = "response-header"  // Path is the status and a patch path; declared
	methodValidator     Kind = "validator"        // id
	mediaTypes          Kind = "media-types"      // JSON of a list
	defaultEndpoint     Kind = "default-endpoint" // enabled or disabled
	resourcePolicy      Kind = "resource-policy"
	keyState            Kind = "key-state" // Enabled or Disabled
)

// Cell is one value of the configuration. A nil value is none.
type Cell struct {
	What   string  `json:"what"` // the change, in a sentence
	Kind   Kind    `json:"kind"`
	Before *string `json:"before"`
	After  *string `json:"after"`
	Done   bool    `json:"done"` // After has been written

	Region   string `json:"region,omitempty"`
	API      string `json:"api,omitempty"`
	Resource string `json:"resource,omitempty"` // id of the resource of a method
	Method   string `json:"method,omitempty"`
	Stage    string `json:"stage,omitempty"`
	Role     string `json:"role,omitempty"`  // name
	ARN      string `json:"arn,omitempty"`   // managed policy or key
	Queue    string `json:"queue,omitempty"` // URL
	Path     string `json:"path,omitempty"`
	On       string `json:"on,omitempty"` // the method, as people name it
}

// Schema names the format of a rollback file.
const Schema = "apisqs-doctor/rollback/v1"

// Plan is what is to be written, in order. Saved before the first write, it is
// the rollback file.
type Plan struct {
	Schema string `json:"schema"`
	Cells  []Cell `json:"cells"`

	start *snapshot.Snapshot // the configuration before all changes
}

// New plans the changes of fixes. It fails when one of them cannot be made
// through the API, or must not be made.
func New(s *snapshot.Snapshot, fixes []diagnose.Fix) (*Plan, error) {
	if s.Target.Written() {
		return nil, errors.New("a template is changed in its file, not in a deployed API")
	}
	p := &Plan{Schema: Schema, start: s}
	integrations, err := integrationCells(s, fixes)
	if err != nil {
		return nil, err
	}
	n := 0
	deploys := map[snapshot.Deploy]bool{}
	var last []snapshot.Deploy
	for _, fix := range fixes {
		for _, change := range fix.Changes {
			after, err := change.Apply(s)
			if err != nil {
				return nil, err
			}
			if d, ok := deploymentOf(change); ok {
				if !deploys[d] {
					last = append(last, d)
				}
				deploys[d] = true
			} else if _, together := remedy.OfRoute(s, change); together {
				if cell, first := integrations[n]; first {
					p.add(cell)
				}
			} else if err := p.plan(s, after, change); err != nil {
				return nil, fmt.Errorf("cannot %s: %w", change, err)
			}
			s, n = after, n+1
		}
	}
	for _, d := range last { // once, when all else is done
		if err := p.deploy(s, d); err != nil {
			return nil, err
		}
	}
	for _, c := range p.Cells {
		if c.Kind == keyPolicy {
			if who := lockedOut(aws.ToString(c.Before), aws.ToString(c.After)); who != "" {
				return nil, fmt.Errorf("the new policy of key %s would lock %s out of administering it", c.ARN, who)
			}
		}
	}
	return p, nil
}

// deploymentOf is the deployment that makes a change on AWS, where what a
// template says of a deployment is a deployment.
func deploymentOf(change snapshot.Change) (snapshot.Deploy, bool) {
	switch c := change.(type) {
	case snapshot.Deploy:
		return c, true
	case snapshot.AwaitMethods:
		return snapshot.Deploy{API: c.API, Stage: c.Stage}, true
	case snapshot.SetDeploymentAPI:
		return snapshot.Deploy(c), true
	}
	return snapshot.Deploy{}, false
}

// Read takes a rollback file.
func Read(data []byte) (*Plan, error) {
	var p Plan
	if err := json.Unmarshal(data, &p); err != nil {
		return nil, fmt.Errorf("not a rollback file: %w", err)
	}
	if p.Schema != Schema {
		return nil, fmt.Errorf("not a rollback file: expected %q, found %q", Schema, p.Schema)
	}
	return &p, nil
}

func value(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// add puts a cell into the plan, or moves the end of one that is there.
func (p *Plan) add(c Cell) {
	for i := range p.Cells {
		have := p.Cells[i]
		have.What, have.Before, have.After = c.What, c.Before, c.After
		if have == c {
			p.Cells[i].After = c.After
			if !strings.Contains(p.Cells[i].What, c.What) {
				p.Cells[i].What += "; " + c.What
			}
			return
		}
	}
	p.Cells = append(p.Cells, c)
}

// plan makes the cells of one change, which leads from one snapshot to the other.
func (p *Plan) plan(before, after *snapshot.Snapshot, change snapshot.Change) error {
	cell := Cell{What: change.String(), Region: before.Target.Region}
	if ok, err := p.routed(cell, before, after, change); ok {
		return err
	}
	switch c := change.(type) {
	case snapshot.SetStatement:
		return p.policy(cell, before, after, c.On)
	case snapshot.SetPolicyVersion:
		return p.policy(cell, before, after, c.On)
	case snapshot.CreateRole:
		cell.Kind, cell.Region, cell.Role, cell.After = wholeRole, "", c.Name(), value(c.Trust)
		p.add(cell)
		cell.What += ", its policy " + c.Policy
		cell.Kind, cell.Path, cell.After = inlinePolicy, c.Policy, value(c.Document)
		p.add(cell)
		return nil
	case snapshot.SetKeyEnabled:
		return p.key(cell, before, after, c)
	case snapshot.SetBinaryMediaTypes:
		return p.api(cell, before, after, c.API, mediaTypes, mediaTypesOf)
	case snapshot.SetDefaultEndpoint:
		return p.api(cell, before, after, c.API, defaultEndpoint, endpointOf)
	case snapshot.SetQueueAttribute:
		cell.Kind, cell.Region, cell.Path = queueAttribute, text.RegionOf(c.Queue), c.Name
		queue, _ := before.Queue(c.Queue).Peek()
		if cell.Queue = queue.URL; cell.Queue == "" {
			cell.Queue = diagnose.QueueURL(c.Queue)
		}
		cell.Before, cell.After = value(attributeNow(queue, c.Name)), value(c.After)
		p.add(cell)
		return nil
	case snapshot.SetStageVariable:
		cell.Kind, cell.API, cell.Stage, cell.Path = stageVariable, c.API, c.Stage, "/variables/"+segment(c.Name)
		cell.Before, cell.After = value(c.Before), value(c.After)
		p.add(cell)
		return nil
	}
	ref, old, new, err := methods(before, after, change)
	if err != nil {
		return err
	}
	cell.API, cell.Method, cell.Resource, cell.On = ref.API, ref.Method, old.ResourceID, ref.String()
	return p.method(cell, old, new, change)
}

// api makes the cell of a setting of an API, which value reads.
func (p *Plan) api(cell Cell, before, after *snapshot.Snapshot, id string, kind Kind, value func(*snapshot.API) (*string, bool)) error {
	was, is := before.API(id), after.API(id)
	if was == nil || is == nil || was.Type != snapshot.REST {
		return errNotREST
	}
	var ok bool
	if cell.Before, ok = value(was); !ok {
		return errors.New("what is there was not read")
	}
	cell.After, _ = value(is)
	cell.Kind, cell.API = kind, id
	p.add(cell)
	return nil
}

func mediaTypesOf(api *snapshot.API) (*string, bool) {
	draft, _ := api.Draft.Peek()
	list, ok := draft.BinaryMediaTypes.Peek()
	return mediaTypesText(list), ok
}

// mediaTypesText is a list in its order by name, nil for none.
func mediaTypesText(list []string) *string {
	if len(list) == 0 {
		return nil
	}
	return value(encode(slices.Sorted(slices.Values(list))))
}

func endpointOf(api *snapshot.API) (*string, bool) {
	disabled, ok := api.DefaultEndpointDisabled.Peek()
	return endpointText(disabled), ok
}

func endpointText(disabled bool) *string {
	if disabled {
		return value("disabled")
	}
	return value("enabled")
}

func (p *Plan) key(cell Cell, before, after *snapshot.Snapshot, c snapshot.SetKeyEnabled) error {
	was, _ := before.Key(c.Key).Peek()
	is, _ := after.Key(c.Key).Peek()
	if was == nil || is == nil {
		return errors.New("the key was not read")
	}
	from, _ := was.State.Peek()
	to, _ := is.State.Peek()
	if from != "Enabled" && from != "Disabled" {
		return fmt.Errorf("the key is %s: only an enabled or disabled one can be changed so", from)
	}
	cell.Kind, cell.ARN, cell.Region, cell.Before, cell.After = keyState, was.ARN, text.RegionOf(was.ARN), value(from), value(to)
	p.add(cell)
	return nil
}

func (p *Plan) policy(cell Cell, before, after *snapshot.Snapshot, on snapshot.PolicyTarget) error {
	doc, err := remedy.PolicyOf(before, after, on)
	if err != nil {
		return err
	}
	cell.Before, cell.After = value(doc.Before), value(doc.After)
	switch doc.Store {
	case remedy.QueueAttribute:
		cell.Kind, cell.Queue, cell.Path, cell.Region = queueAttribute, doc.Queue, "Policy", text.RegionOf(on.Resource)
	case remedy.ResourcePolicy:
		if api := before.API(on.Resource); api == nil || api.Type != snapshot.REST {
			return errNotREST
		}
		cell.Kind, cell.API = resourcePolicy, on.Resource
	case remedy.KeyPolicy:
		cell.Kind, cell.ARN, cell.Region = keyPolicy, doc.ARN, text.RegionOf(doc.ARN)
	case remedy.TrustPolicy:
		cell.Kind, cell.Role, cell.Region = trustPolicy, doc.Role, ""
	case remedy.InlinePolicy:
		cell.Kind, cell.Role, cell.Path, cell.Region = inlinePolicy, doc.Role, doc.Name, ""
	case remedy.ManagedPolicy:
		cell.Kind, cell.ARN, cell.Region = managedPolicy, doc.ARN, ""
	case remedy.Attachment:
		cell.Kind, cell.Role, cell.ARN, cell.Region, cell.Before = attachment, doc.Role, doc.ARN, "", value(attached)
	}
	p.add(cell)
	return nil
}

func (p *Plan) deploy(s *snapshot.Snapshot, c snapshot.Deploy) error {
	api := s.API(c.API)
	if api == nil {
		return fmt.Errorf("the API %s is not known", c.API)
	}
	cell := Cell{What: c.String(), Kind: deployment, API: c.API, Stage: c.Stage, Region: s.Target.Region}
	if api.Type != snapshot.REST {
		cell.Kind = routedDeployment
	}
	gaps := &snapshot.Gaps{}
	stages, _ := api.Stages.Read(gaps)
	for _, st := range stages {
		if st.Name != c.Stage {
			continue
		}
		if canary, ok := st.Canary.Read(gaps); !ok || canary != nil {
			return fmt.Errorf("the stage %q has a canary, or it is not known whether it has one, and a deployment would go there; deploy by hand", c.Stage)
		}
		if st.AutoDeploy && api.Type != snapshot.REST {
			return fmt.Errorf("the stage %q deploys by itself, and a deployment made for it fails", c.Stage) // H64
		}
		id, _ := st.DeploymentID.Read(gaps)
		if id != "new" {
			cell.Before = value(id)
		}
	}
	p.add(cell)
	return nil
}

var errNotREST = errors.New("HTTP and WebSocket APIs have no such setting")

func attributeNow(q *snapshot.Queue, name string) string {
	gaps := &snapshot.Gaps{}
	switch name {
	case "ContentBasedDeduplication":
		if v, ok := q.ContentBasedDeduplication.Read(gaps); ok {
			return fmt.Sprint(v)
		}
	case "MaximumMessageSize":
		if v, ok := q.MaximumMessageSize.Read(gaps); ok {
			return fmt.Sprint(v)
		}
	case "KmsMasterKeyId":
		v, _ := q.KMSKeyID.Read(gaps)
		return v
	}
	return ""
}

func encode(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(out)
}

// segment escapes a name for a patch path: / is ~1 and ~ is ~0.
func segment(name string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(name) }

func unescape(name string) string { return strings.NewReplacer("~1", "/", "~0", "~").Replace(name) }
