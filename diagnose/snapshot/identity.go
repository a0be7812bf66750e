package snapshot

import (
	"strings"

	"apisqs-doctor/diagnose/text"
)

// Role is an IAM role with everything that decides what it may do.
type Role struct {
	ARN      string                  `json:"arn"`
	ID       string                  `json:"id,omitempty"` // AROA...
	Trust    Fact[string]            `json:"trust,omitzero"`
	Inline   Fact[[]Policy]          `json:"inline,omitzero"`
	Attached Fact[[]Policy]          `json:"attached,omitzero"` // managed policies
	Boundary Fact[*Policy]           `json:"boundary,omitzero"` // nil when there is none
	Tags     Fact[map[string]string] `json:"tags,omitzero"`
	Origin   Origin                  `json:"origin,omitzero"`
	// Requested is the name that a template asks for; empty when AWS makes one up
	// or the role exists.
	Requested string `json:"requested,omitempty"`
}

// Policy is a policy document under its name.
type Policy struct {
	Name     string       `json:"name,omitempty"`
	ARN      string       `json:"arn,omitempty"` // managed policies
	Document Fact[string] `json:"document,omitzero"`
	Origin   Origin       `json:"origin,omitzero"`
	// Lines gives the place of each statement in the file the policy stands in,
	// when the document was built from a template.
	Lines []Origin `json:"lines,omitempty"`
}

// Called tells whether the policy goes by a name: its own or, for a managed policy
// beside an inline one of the same name, its ARN.
func (p *Policy) Called(name string) bool { return p.Name == name || p.ARN != "" && p.ARN == name }

// Queue is an SQS queue.
type Queue struct {
	ARN    string `json:"arn"`
	URL    string `json:"url,omitempty"`
	Origin Origin `json:"origin,omitzero"`

	FIFO                      Fact[bool]   `json:"fifo,omitzero"`
	ContentBasedDeduplication Fact[bool]   `json:"contentBasedDeduplication,omitzero"`
	MaximumMessageSize        Fact[int]    `json:"maximumMessageSize,omitzero"` // bytes
	KMSKeyID                  Fact[string] `json:"kmsKeyId,omitzero"`           // as the queue names it; empty without SSE-KMS
	KMSReusePeriod            Fact[int]    `json:"kmsReusePeriod,omitzero"`     // seconds
	Policy                    Fact[string] `json:"policy,omitzero"`             // empty when there is none
	PolicyLines               []Origin     `json:"policyLines,omitempty"`
	DeadLetters               Fact[string] `json:"deadLetters,omitzero"` // ARN of the queue that takes what nobody could handle; unknown too when there is none
	// Requested are the attributes with which a template asks for the queue, by SQS's
	// names and QueueName among them; nil for a queue that exists.
	Requested map[string]Fact[string] `json:"requested,omitempty"`
}

// Key is a KMS key.
type Key struct {
	ARN         string        `json:"arn"`
	Manager     Fact[string]  `json:"manager,omitzero"` // CUSTOMER or AWS
	State       Fact[string]  `json:"state,omitzero"`   // Enabled, Disabled, PendingDeletion, ...
	Usage       Fact[string]  `json:"usage,omitzero"`   // ENCRYPT_DECRYPT, ...
	Spec        Fact[string]  `json:"spec,omitzero"`    // SYMMETRIC_DEFAULT, ...
	Policy      Fact[string]  `json:"policy,omitzero"`
	Grants      Fact[[]Grant] `json:"grants,omitzero"`
	PolicyLines []Origin      `json:"policyLines,omitempty"`
	Origin      Origin        `json:"origin,omitzero"`
}

// Grant is a KMS grant.
type Grant struct {
	ID            string            `json:"id,omitempty"`
	Grantee       string            `json:"grantee"`
	Operations    []string          `json:"operations"`
	ContextEquals map[string]string `json:"contextEquals,omitempty"`
	ContextSubset map[string]string `json:"contextSubset,omitempty"`
}

// KeyReference turns what a queue names as its key (id, ARN, alias or alias
// ARN) into the ARN under which a snapshot keeps it: partition, region and
// account are the queue's unless the name is an ARN (iam-facts 66).
func KeyReference(queueARN, keyID string) string {
	if strings.HasPrefix(keyID, "arn:") {
		return keyID
	}
	queue, ok := text.ParseARN(queueARN)
	if !ok {
		return keyID
	}
	name := keyID
	if !strings.HasPrefix(name, "alias/") {
		name = "key/" + name
	}
	return text.ARN{Partition: queue.Partition, Service: "kms", Region: queue.Region, Account: queue.Account, Resource: name}.String()
}
