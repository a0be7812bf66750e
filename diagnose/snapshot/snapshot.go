package snapshot

import (
	"maps"
	"slices"
	"strings"
)

// Schema names the format of a saved snapshot.
const Schema = "apisqs-doctor/snapshot/v1"

// Snapshot is everything that was read about one or more APIs.
type Snapshot struct {
	Schema  string   `json:"schema"`
	Target  Target   `json:"target"`
	Symbols []Symbol `json:"symbols,omitempty"`
	APIs    []API    `json:"apis"`

	// Roles by the ARN that integrations name. A nil role is known not to exist.
	// A role that is not in the map was not read.
	Roles map[string]Fact[*Role] `json:"roles,omitempty"`
	// Queues by ARN; nil as for roles.
	Queues map[string]Fact[*Queue] `json:"queues,omitempty"`
	// Keys by the ARN form of what the queue names (see KeyReference); nil as for roles.
	Keys map[string]Fact[*Key] `json:"keys,omitempty"`

	// LoggingRole is the role with which API Gateway writes logs in this account
	// and region, an ARN; empty when none is set.
	LoggingRole Fact[string] `json:"loggingRole,omitzero"`

	// Organization holds the service and resource control policies. They are
	// seldom readable from a member account, so a diagnosis goes on without them.
	Organization Fact[Organization] `json:"organization,omitzero"`
	// OrganizationID is that of the organization that the target's account belongs to,
	// o-…; empty when it is in none.
	OrganizationID Fact[string] `json:"organizationId,omitzero"`

	// Refusals are faults for which AWS would not deploy the configuration at
	// all and that belong to no single property, such as a failing transform.
	Refusals []Refusal `json:"refusals,omitempty"`

	// Constructs are the ways to the constructs of the CDK that made resources, by
	// the Resource of origins.
	Constructs map[string]string `json:"constructs,omitempty"`

	// Skips are findings that the template itself says are known.
	Skips []Skip `json:"skips,omitempty"`
}

// Target is what was diagnosed.
type Target struct {
	Kind      string `json:"kind"` // live, template, terraform, openapi, answers or snapshot
	Region    string `json:"region,omitempty"`
	Account   string `json:"account,omitempty"`
	Partition string `json:"partition,omitempty"`
	File      string `json:"file,omitempty"`
	// RegionFrom is the place of the literal that Region is taken from, which nobody
	// gave: a stack with it works in that region alone.
	RegionFrom Origin `json:"regionFrom,omitzero"`
	// Endpoint is the URL of an emulator that was read in place of AWS; empty for AWS itself.
	Endpoint string `json:"endpoint,omitempty"`
	// Exists tells that a file records what exists, as a state of Terraform does, and
	// not what is to be made.
	Exists bool `json:"exists,omitempty"`

	// Maker is the tool that writes the files anew each time: cdk, serverless or terraform; empty
	// for files that people edit.
	Maker string `json:"maker,omitempty"`

	Files []string `json:"files,omitempty"` // all of several templates; File is the first

	Unread  []Unread     `json:"unread,omitempty"`  // what the source passed over
	Assumed []Assumption `json:"assumed,omitempty"` // what the source took for granted
}

// Unread is a part of the input that the source passed over.
type Unread struct {
	What   string `json:"what"` // in a sentence
	Origin Origin `json:"origin,omitzero"`
	// Decides tells that the part may change what the APIs do, so that nothing is
	// certain as long as it is not read.
	Decides bool     `json:"decides,omitempty"`
	APIs    []string `json:"apis,omitempty"` // ids of those that it may change; empty for all
}

// Assumption is something that the input does not say and that is taken for granted.
type Assumption struct {
	What   string `json:"what"` // in a sentence
	Why    string `json:"why"`
	Origin Origin `json:"origin,omitzero"`
}

// The kinds of target.
const (
	Live      = "live"
	Template  = "template"
	Terraform = "terraform"
	OpenAPI   = "openapi" // a document with API Gateway's extensions
	Answers   = "answers" // what commands of the AWS CLI print
	Saved     = "snapshot"
)

// The makers of files.
const (
	CDK        = "cdk"
	Serverless = "serverless" // the Serverless Framework
	Applied    = "terraform"  // Terraform or OpenTofu: a plan or a state
)

// Written tells whether the target is what people keep in files: a template,
// Terraform or an OpenAPI document. It may not be deployed yet, and it is changed
// where it is written.
func (t Target) Written() bool {
	return t.Kind == Template || t.Kind == Terraform || t.Kind == OpenAPI
}

// Symbol is a text that stands for a value which is not known before
// deployment, such as an account id or an imported name. Two equal symbols are
// the same value; a symbol compared with any other text gives no answer.
type Symbol struct {
	Text       string `json:"text"`       // what stands in the snapshot's strings
	Expression string `json:"expression"` // what the template says, such as ${AWS::AccountId}
	Needs      string `json:"needs,omitempty"`
	Shown      string `json:"shown,omitempty"` // what readers are shown for it; nothing is decided by it
	Origin     Origin `json:"origin,omitzero"`
}

// What would make the region and the account of the target known.
const (
	NeedsRegion  = "--region"
	NeedsAccount = "--account-id"

	// NeedsOrganization would make the organization of the account known.
	NeedsOrganization = "--org-id ID"
)

// Refusal is a configuration that AWS refuses to store or deploy.
type Refusal struct {
	Code    string `json:"code,omitempty"` // BadRequestException, MalformedPolicyDocument and so on; empty when none is known
	Message string `json:"message"`
	Origin  Origin `json:"origin,omitzero"`

	APIs []string `json:"apis,omitempty"` // ids of those that are not deployed for it; empty for all
}

// Organization holds the policies that cap an account from above.
type Organization struct {
	ServiceControl  [][]Policy `json:"serviceControl,omitempty"` // levels from the root down; of the role's account
	ResourceControl [][]Policy `json:"resourceControl,omitempty"`
}

// Opaque lists the symbol texts, for comparisons that must not guess.
func (s *Snapshot) Opaque() []string {
	texts := make([]string, len(s.Symbols))
	for i, sym := range s.Symbols {
		texts[i] = sym.Text
	}
	return texts
}

// OwnRegion is the region of the target, or the symbol that stands for it.
func (s *Snapshot) OwnRegion() string { return s.own(s.Target.Region, NeedsRegion) }

// OwnAccount is the account id of the target, or the symbol that stands for it.
func (s *Snapshot) OwnAccount() string { return s.own(s.Target.Account, NeedsAccount) }

func (s *Snapshot) own(given, needs string) string {
	for i := 0; i < len(s.Symbols) && given == ""; i++ {
		if s.Symbols[i].Needs == needs {
			return s.Symbols[i].Text
		}
	}
	return given
}

// ShowRegion gives the region that readers are shown where none is known, and says so:
// it decides nothing.
func (s *Snapshot) ShowRegion(region, why string) {
	for i := range s.Symbols {
		if s.Symbols[i].Needs == NeedsRegion && s.Target.Region == "" {
			s.Symbols[i].Shown = region
			s.Target.Assumed = append(slices.Clip(s.Target.Assumed), Assumption{What: "the API is in " + region, Why: why + "; it is only shown, and decides nothing"})
			return
		}
	}
}

// ShownRegion is what is shown for a region that is not known; most often nothing.
func (s *Snapshot) ShownRegion() string {
	for i := range s.Symbols {
		if s.Symbols[i].Needs == NeedsRegion && s.Symbols[i].Shown != "" {
			return s.Symbols[i].Shown
		}
	}
	return ""
}

// Expressed writes symbols of a template as the template does.
func (s *Snapshot) Expressed(text string) string {
	for _, symbol := range s.Shown() {
		text = strings.ReplaceAll(text, symbol.Text, symbol.Expression)
	}
	return text
}

// Shown are the symbols, and the ids that stand for those of keys which are yet to be
// made: what no reader knows is shown by the name that the file has for it.
func (s *Snapshot) Shown() []Symbol {
	if !s.Target.Written() || s.Target.Exists || len(s.Keys) == 0 {
		return s.Symbols
	}
	list := slices.Clone(s.Symbols)
	for _, ref := range slices.Sorted(maps.Keys(s.Keys)) {
		key, _ := s.Keys[ref].Peek()
		if key == nil || key.Origin.File == "" || key.Origin.Resource == "" {
			continue
		}
		_, id, ok := strings.Cut(key.ARN, ":key/")
		if !ok {
			continue
		}
		name := key.Origin.Resource[strings.LastIndexByte(key.Origin.Resource, '/')+1:]
		if s.Target.Kind == Terraform {
			name += ".key_id"
		}
		list = append(list, Symbol{Text: id, Expression: "${" + name + "}", Origin: key.Origin})
	}
	return list
}

// API returns the API with the id, or the only one when id is empty.
func (s *Snapshot) API(id string) *API {
	if id == "" && len(s.APIs) == 1 {
		return &s.APIs[0]
	}
	for i := range s.APIs {
		if s.APIs[i].ID == id {
			return &s.APIs[i]
		}
	}
	return nil
}

// Role returns what is known of the role that an integration names.
func (s *Snapshot) Role(arn string) Fact[*Role] {
	if f, ok := s.Roles[arn]; ok {
		return f
	}
	return Unknown[*Role](Gap{Reason: NotRead, Detail: "the role " + arn + " was not read", Needs: "iam:GetRole on " + arn, Origin: Origin{Resource: arn}})
}

// Queue returns what is known of a queue.
func (s *Snapshot) Queue(arn string) Fact[*Queue] {
	if f, ok := s.Queues[arn]; ok {
		return f
	}
	return Unknown[*Queue](Gap{Reason: NotRead, Detail: "the queue " + arn + " was not read", Needs: "sqs:GetQueueAttributes on " + arn, Origin: Origin{Resource: arn}})
}

// Key returns what is known of the key with the reference of KeyReference.
func (s *Snapshot) Key(ref string) Fact[*Key] {
	if f, ok := s.Keys[ref]; ok {
		return f
	}
	return Unknown[*Key](Gap{Reason: NotRead, Detail: "the key " + ref + " was not read", Needs: "kms:DescribeKey on " + ref, Origin: Origin{Resource: ref}})
}
