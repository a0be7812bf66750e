package walk

// ErrorCode is an error as the caller or the log shows it. Codes of SQS are
// the names of the query protocol; the sqs package knows their other notations.
type ErrorCode string

// Codes that rules refer to. The numbers are facts of the AWS record.
const (
	UnknownOperation     ErrorCode = "UnknownOperationException"               // T1, T2
	AccessDenied         ErrorCode = "AccessDenied"                            // T3, T8
	InvalidAction        ErrorCode = "InvalidAction"                           // T9, T10
	MissingParameter     ErrorCode = "MissingParameter"                        // T11, T25; JSON: MissingRequiredParameterException
	InvalidParameter     ErrorCode = "InvalidParameterValue"                   // T22, T26 to T29
	InvalidAttributeName ErrorCode = "InvalidAttributeName"                    // T31
	InvalidContents      ErrorCode = "InvalidMessageContents"                  // T24
	MalformedQuery       ErrorCode = "MalformedQueryString"                    // unverified, T20
	SignatureMismatch    ErrorCode = "SignatureDoesNotMatch"                   // AWS knowledge centre
	InvalidAddress       ErrorCode = "InvalidAddress"                          // T49
	Serialization        ErrorCode = "SerializationException"                  // T48
	NonExistentQueue     ErrorCode = "AWS.SimpleQueueService.NonExistentQueue" // T17
	TooManyEntries       ErrorCode = "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"
	BatchTooLong         ErrorCode = "AWS.SimpleQueueService.BatchRequestTooLong"
	BatchEntryID         ErrorCode = "AWS.SimpleQueueService.InvalidBatchEntryId"
	BatchEmpty           ErrorCode = "AWS.SimpleQueueService.EmptyBatchRequest"
	BatchNotDistinct     ErrorCode = "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"
	UnsupportedOperation ErrorCode = "AWS.SimpleQueueService.UnsupportedOperation"

	KMSAccessDenied ErrorCode = "KMS.AccessDeniedException" // iam-facts 71
	KMSDisabled     ErrorCode = "KMS.DisabledException"
	KMSInvalidState ErrorCode = "KMS.InvalidStateException"
	KMSInvalidUsage ErrorCode = "KMS.InvalidKeyUsageException"
	KMSNotFound     ErrorCode = "KMS.NotFoundException"

	// What API Gateway itself answers, by its x-amzn-ErrorType.
	MissingAuthenticationToken ErrorCode = "MissingAuthenticationTokenException" // 403, T110
	Forbidden                  ErrorCode = "ForbiddenException"                  // 403, T112
	Unauthorized               ErrorCode = "UnauthorizedException"               // 401
	GatewayAccessDenied        ErrorCode = "AccessDeniedException"               // 403, resource policy
	BadRequest                 ErrorCode = "BadRequestException"                 // 400, T111; deployment: T100 to T106
	UnsupportedMediaType       ErrorCode = "UnsupportedMediaTypeException"       // 415, T72
	InternalServerError        ErrorCode = "InternalServerErrorException"        // 500, T93, T94, T115
	TooManyRequests            ErrorCode = "TooManyRequestsException"            // 429, T113
	LimitExceeded              ErrorCode = "LimitExceededException"              // 429, T113
	RequestTooLarge            ErrorCode = "REQUEST_TOO_LARGE"                   // 413, T113
	MessageTooBig              ErrorCode = "MessageTooBig"                       // close code 1009 of a WebSocket connection, H106
	NotFound                   ErrorCode = "NotFoundException"                   // 404, HTTP APIs
	IntegrationFailure         ErrorCode = "IntegrationFailure"                  // 504, 500

	// What AWS answers to a deployment.
	MalformedPolicy    ErrorCode = "MalformedPolicyDocument"          // IAM
	MalformedKeyPolicy ErrorCode = "MalformedPolicyDocumentException" // KMS
	InvalidAttribute   ErrorCode = "InvalidAttributeValue"            // SQS, of a queue's attribute or policy
	InvalidInput       ErrorCode = "InvalidInput"                     // IAM, of an ARN
	ModelValidation    ErrorCode = "ValidationException"              // API Gateway, of a value that its model forbids
	Validation         ErrorCode = "ValidationError"                  // CloudFormation's, of a template
)
