package sqs

import "strings"

// Namespaces of the __type member of a JSON protocol error (T44).
const (
	NamespaceSQS   = "com.amazonaws.sqs"
	NamespaceCoral = "com.amazon.coral.service"
)

// Fault says who is to blame for an error.
const (
	Sender   = "Sender"
	Receiver = "Receiver"
)

// Code is one error code with its names in both protocols.
type Code struct {
	Name      string // the query protocol's code, also in the x-amzn-query-error header: "AWS.SimpleQueueService.NonExistentQueue"
	JSONType  string // the local part of __type: "QueueDoesNotExist"
	Namespace string // what stands before the '#' of __type
	Status    int    // HTTP status
	Type      string // Sender or Receiver
	Message   string // usual text of the query protocol; "%s" stands for the one thing it names; may be empty
}

// Error codes that this package or its callers decide on, by query name.
const (
	CodeAccessDenied           = "AccessDenied"
	CodeInvalidAction          = "InvalidAction"
	CodeInvalidAddress         = "InvalidAddress"
	CodeInvalidAttributeName   = "InvalidAttributeName"
	CodeInvalidMessageContents = "InvalidMessageContents"
	CodeInvalidParameterValue  = "InvalidParameterValue"
	CodeMalformedQueryString   = "MalformedQueryString"
	CodeMissingParameter       = "MissingParameter"
	CodeNonExistentQueue       = "AWS.SimpleQueueService.NonExistentQueue"
	CodeSerialization          = "SerializationException"
	CodeSignatureDoesNotMatch  = "SignatureDoesNotMatch"
	CodeUnknownOperation       = "UnknownOperationException"

	CodeBatchEntryIDsNotDistinct = "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"
	CodeBatchRequestTooLong      = "AWS.SimpleQueueService.BatchRequestTooLong"
	CodeEmptyBatchRequest        = "AWS.SimpleQueueService.EmptyBatchRequest"
	CodeInvalidBatchEntryID      = "AWS.SimpleQueueService.InvalidBatchEntryId"
	CodeTooManyEntries           = "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"

	CodeKMSAccessDenied    = "KMS.AccessDeniedException"
	CodeKMSDisabled        = "KMS.DisabledException"
	CodeKMSInvalidKeyUsage = "KMS.InvalidKeyUsageException"
	CodeKMSInvalidState    = "KMS.InvalidStateException"
	CodeKMSNotFound        = "KMS.NotFoundException"
	CodeKMSOptInRequired   = "KMS.OptInRequired"
	CodeKMSThrottling      = "KMS.ThrottlingException"
)

const legacyPrefix = "AWS.SimpleQueueService."

// codes: names, statuses and faults of the modelled errors are those of the
// service's own model (awsQueryError and httpError traits, T35, T45); the common
// errors are those of the SQS API reference, page CommonErrors.
var codes = [...]Code{
	{CodeAccessDenied, "AccessDeniedException", NamespaceCoral, 403, Sender, "Access to the resource %s is denied."},
	{CodeBatchEntryIDsNotDistinct, "BatchEntryIdsNotDistinct", NamespaceSQS, 400, Sender, "Id %s repeated."},
	{CodeBatchRequestTooLong, "BatchRequestTooLong", NamespaceSQS, 400, Sender, ""},
	{CodeEmptyBatchRequest, "EmptyBatchRequest", NamespaceSQS, 400, Sender, "There should be at least one %s in the request."},
	{"IncompleteSignature", "IncompleteSignatureException", NamespaceCoral, 403, Sender, ""},
	{"InternalFailure", "InternalFailure", NamespaceCoral, 500, Receiver, ""},
	{"InternalError", "InternalError", NamespaceCoral, 500, Receiver, ""},
	{CodeInvalidAction, "InvalidAction", NamespaceCoral, 400, Sender, "The action %s is not valid for this endpoint."},
	{CodeInvalidAddress, "InvalidAddress", NamespaceSQS, 404, Sender, "The address %s is not valid for this endpoint."},
	{CodeInvalidAttributeName, "InvalidAttributeName", NamespaceSQS, 400, Sender, "Unknown Attribute %s."},
	{codeInvalidAttributeValue, "InvalidAttributeValue", NamespaceSQS, 400, Sender, "Invalid value for the parameter %s."},
	{CodeInvalidBatchEntryID, "InvalidBatchEntryId", NamespaceSQS, 400, Sender, "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long."},
	{"InvalidClientTokenId", "InvalidClientTokenId", NamespaceCoral, 403, Sender, "The security token included in the request is invalid."},
	{"InvalidIdFormat", "InvalidIdFormat", NamespaceSQS, 400, Sender, ""},
	{CodeInvalidMessageContents, "InvalidMessageContents", NamespaceSQS, 400, Sender, invalidCharacters},
	{"InvalidParameterCombination", "InvalidParameterCombinationException", NamespaceCoral, 400, Sender, ""},
	{CodeInvalidParameterValue, "InvalidParameterValueException", NamespaceCoral, 400, Sender, ""},
	{"InvalidQueryParameter", "InvalidQueryParameter", NamespaceCoral, 400, Sender, ""},
	{"InvalidSecurity", "InvalidSecurity", NamespaceSQS, 403, Sender, ""},
	{CodeKMSAccessDenied, "KmsAccessDenied", NamespaceSQS, 400, Sender, ""},
	{CodeKMSDisabled, "KmsDisabled", NamespaceSQS, 400, Sender, "%s is disabled."},
	{CodeKMSInvalidKeyUsage, "KmsInvalidKeyUsage", NamespaceSQS, 400, Sender, ""},
	{CodeKMSInvalidState, "KmsInvalidState", NamespaceSQS, 400, Sender, ""},
	{CodeKMSNotFound, "KmsNotFound", NamespaceSQS, 400, Sender, ""},
	{CodeKMSOptInRequired, "KmsOptInRequired", NamespaceSQS, 403, Sender, ""},
	{CodeKMSThrottling, "KmsThrottled", NamespaceSQS, 400, Sender, ""},
	{CodeMalformedQueryString, "MalformedQueryString", NamespaceCoral, 404, Sender, "The query string contains a syntax error."},
	{legacyPrefix + "MessageNotInflight", "MessageNotInflight", NamespaceSQS, 400, Sender, ""},
	{"MissingAction", "MissingAction", NamespaceCoral, 400, Sender, ""},
	{"MissingAuthenticationToken", "MissingAuthenticationTokenException", NamespaceCoral, 403, Sender, ""},
	{CodeMissingParameter, "MissingRequiredParameterException", NamespaceCoral, 400, Sender, "The request must contain the parameter %s."},
	{CodeNonExistentQueue, "QueueDoesNotExist", NamespaceSQS, 400, Sender, "The specified queue does not exist for this wsdl version."},
	{"NotAuthorized", "NotAuthorized", NamespaceCoral, 400, Sender, ""},
	{"OptInRequired", "OptInRequired", NamespaceCoral, 403, Sender, ""},
	{"OverLimit", "OverLimit", NamespaceSQS, 403, Sender, ""},
	{legacyPrefix + "PurgeQueueInProgress", "PurgeQueueInProgress", NamespaceSQS, 403, Sender, "Only one PurgeQueue operation on %s is allowed every 60 seconds."},
	{legacyPrefix + "QueueDeletedRecently", "QueueDeletedRecently", NamespaceSQS, 400, Sender, ""},
	{"QueueAlreadyExists", "QueueNameExists", NamespaceSQS, 400, Sender, ""},
	{"ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid", NamespaceSQS, 404, Sender, ""},
	{"RequestExpired", "RequestExpired", NamespaceCoral, 400, Sender, ""},
	{"RequestThrottled", "RequestThrottled", NamespaceSQS, 403, Sender, ""},
	{"ResourceNotFoundException", "ResourceNotFoundException", NamespaceSQS, 404, Sender, ""},
	{CodeSerialization, "SerializationException", NamespaceCoral, 400, Sender, ""},
	{"ServiceUnavailable", "ServiceUnavailable", NamespaceCoral, 503, Receiver, ""},
	{CodeSignatureDoesNotMatch, "InvalidSignatureException", NamespaceCoral, 403, Sender, "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."},
	{"ThrottlingException", "ThrottlingException", NamespaceCoral, 400, Sender, ""},
	{CodeTooManyEntries, "TooManyEntriesInBatchRequest", NamespaceSQS, 400, Sender, ""},
	{CodeUnknownOperation, "UnknownOperationException", NamespaceCoral, 404, Sender, ""},
	{legacyPrefix + "UnsupportedOperation", "UnsupportedOperation", NamespaceSQS, 400, Sender, ""},
	{"ValidationError", "ValidationException", NamespaceCoral, 400, Sender, ""},
}

const invalidCharacters = "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF"

// Lookup finds an error code by any of its notations: the query protocol's code
// with or without "AWS.SimpleQueueService.", the JSON type with or without a
// namespace, the value of an x-amzn-query-error header ("Code;Sender") or of an
// x-amzn-ErrorType header ("Type:http://...").
func Lookup(nameInAnyNotation string) (Code, bool) {
	name := strings.TrimSpace(nameInAnyNotation)
	if i := strings.IndexByte(name, ';'); i >= 0 {
		name = name[:i]
	}
	if i := strings.LastIndexByte(name, '#'); i >= 0 {
		name = name[i+1:]
	}
	if i := strings.IndexByte(name, ':'); i >= 0 {
		name = name[:i]
	}
	name = strings.TrimPrefix(name, legacyPrefix)
	if name == "" {
		return Code{}, false
	}
	for i := range codes {
		if strings.TrimPrefix(codes[i].Name, legacyPrefix) == name || codes[i].JSONType == name {
			return codes[i], true
		}
	}
	return Code{}, false
}

// Same reports whether two notations name one error code.
func Same(a, b string) bool {
	ca, okA := Lookup(a)
	cb, okB := Lookup(b)
	return okA && okB && ca.Name == cb.Name
}

// AllCodes lists every code that Lookup knows, in a fixed order, as a fresh slice.
func AllCodes() []Code {
	return append([]Code(nil), codes[:]...)
}
