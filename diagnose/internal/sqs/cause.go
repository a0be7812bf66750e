package sqs

// Cause is why SQS answers as it does. Callers decide on it; the codes and texts
// of an answer are what the client sees.
type Cause uint8

const (
	NoCause Cause = iota

	// The request cannot be read.
	OperationMissing // no protocol finds an operation (T1, T2)
	ActionMissing    // a form in which SQS finds no Action (T3, T4)
	ActionUnknown    // an Action that SQS does not have (T9)
	ActionOfService  // an Action of the service on the path of a queue (T10)
	StrayAmpersand   // a part of the form has no '=' (T6)
	EscapeInvalid    // a malformed percent escape (T20)
	TargetInvalid    // X-Amz-Target is missing or names no operation (T48)
	DocumentInvalid  // the body is no JSON object (T48)
	TypeInvalid      // a JSON member of a wrong type (T48)

	// The call cannot be carried out on any queue.
	ParameterMissing // a required parameter is missing or empty (T11, T12, T42)
	AddressInvalid   // QueueUrl or path is not the address of a queue at this endpoint (T16, T49)
	ValueInvalid     // a value out of its range or not of its kind

	// The queue refuses it.
	QueueMissing         // there is no such queue (T17)
	GroupMissing         // FIFO without MessageGroupId (T25)
	GroupEmpty           // FIFO with an empty MessageGroupId (T28)
	DeduplicationMissing // FIFO without MessageDeduplicationId or a digest of the body (T26)
	DeduplicationEmpty   // FIFO with an empty MessageDeduplicationId (T28)
	DelayOnFIFO          // a delay of one message (T27)
	NotForStandard       // a parameter that only FIFO queues take
	IDInvalid            // a MessageGroupId or MessageDeduplicationId of wrong characters or length (T28)
	AttributeInvalid     // a message attribute (T22, T23)
	AttributeNameUnknown // an attribute that queues do not have (T31)
	TooLarge             // a message or batch of too many bytes (T29)
	CharactersInvalid    // characters outside of SQS's set (T24)
	BatchInvalid         // the entries of a batch, apart from their messages (T30)
)

// Open is something that would have to be known for an answer.
type Open struct {
	Attribute QueueAttribute // NoAttribute: it is no attribute of the queue
	Detail    string         // in words
}

// QueueAttribute is an attribute of a queue on which an answer depends.
type QueueAttribute uint8

const (
	NoAttribute QueueAttribute = iota
	FifoQueue
	ContentBasedDeduplication
	MaximumMessageSize
)
