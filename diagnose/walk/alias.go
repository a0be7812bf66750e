package walk

import (
	"apisqs-doctor/diagnose/internal/gateway"
	"apisqs-doctor/diagnose/internal/iam"
	"apisqs-doctor/diagnose/internal/sqs"
	"apisqs-doctor/diagnose/internal/vtl"
)

// The types of the walk's parts under the names that rules use.
type (
	Decision       = iam.Decision
	Layer          = iam.Layer
	Match          = iam.Match
	NearMiss       = iam.NearMiss
	Document       = iam.Document
	Span           = vtl.Span
	EmptyReference = vtl.EmptyReference
	Template       = vtl.Template
	Call           = sqs.Call
	Answer         = sqs.Answer
	Message        = sqs.Message
	URI            = gateway.URI
)

// Effects of a Decision.
const (
	Allowed   = iam.Yes
	Denied    = iam.No
	Undecided = iam.Unknown
)

// Layers of a Decision.
const (
	LayerIdentity     = iam.LayerIdentity
	LayerBoundary     = iam.LayerBoundary
	LayerQueuePolicy  = iam.LayerQueuePolicy
	LayerKeyPolicy    = iam.LayerKeyPolicy
	LayerTrustPolicy  = iam.LayerTrustPolicy
	LayerSCP          = iam.LayerSCP
	LayerRCP          = iam.LayerRCP
	LayerCrossAccount = iam.LayerCrossAccount
)

// Problems of a queue address.
const (
	AddressNoName      = sqs.AddressNoName
	AddressOtherRegion = sqs.AddressOtherRegion
	AddressForeign     = sqs.AddressForeign
)

// Apostrophes repairs in a template what $util.escapeJavaScript makes of them (T139).
const Apostrophes = vtl.Apostrophes
