package iam

import "strings"

// Message is the text in which AWS denies the request today (facts 74, 75). It is
// empty unless the decision is a denial. Behind it AWS may put the ARN of the
// policy and a link (fact 76).
func (d Decision) Message(r Request) string {
	if d.Effect != No {
		return ""
	}
	action := r.Action
	if strings.HasPrefix(lower(action), "sqs:") {
		action = lower(action) // fact 74
	}
	return "User: " + r.Principal.ARN() + " is not authorized to perform: " + action + " on resource: " + r.Resource + d.because(action)
}

// because is the end of the message, which names one policy type.
func (d Decision) because(action string) string {
	article, name := "a", ""
	switch d.Layer {
	case LayerIdentity:
		article, name = "an", "identity-based policy"
	case LayerBoundary:
		name = "permissions boundary"
	case LayerSession:
		name = "session policy"
	case LayerSCP:
		name = "service control policy"
	case LayerRCP:
		name = "resource control policy"
	case LayerCrossAccount, LayerQueuePolicy, LayerKeyPolicy, LayerTrustPolicy, LayerAPIPolicy:
		name = "resource-based policy"
	default:
		return ""
	}
	if d.Explicit {
		return " with an explicit deny in " + article + " " + name
	}
	return " because no " + name + " allows the " + action + " action"
}

// OldMessage is the older text of SQS for the same (fact 72). It names the queue's
// address, or the service's where the queue's is not known.
func (d Decision) OldMessage(r Request) string {
	if d.Effect != No {
		return ""
	}
	return "Access to the resource " + queueURL(r.Resource) + " is denied."
}

// queueURL is the address of a queue by its ARN.
func queueURL(queueARN string) string {
	arn, ok := ParseARN(queueARN)
	if !ok {
		return "https://sqs.amazonaws.com/"
	}
	suffix := "amazonaws.com"
	if arn.Partition == "aws-cn" {
		suffix = "amazonaws.com.cn"
	}
	return "https://sqs." + arn.Region + "." + suffix + "/" + arn.Account + "/" + arn.Resource
}

// KMSMessage is the text in which SQS hands on a denial by KMS (fact 77), under
// the code KMS.AccessDeniedException. The request id is left out.
func (d Decision) KMSMessage(r Request) string {
	text := d.Message(r)
	if text == "" {
		return ""
	}
	return text + " (Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException; Request ID: ; Proxy: null)"
}

// The texts for a role that API Gateway may not assume (fact 54): the line in the
// execution log of a REST API, and the integration error of an HTTP API.
const (
	RESTAssumeRoleMessage = "Execution failed due to configuration error: API Gateway does not have permission to assume the provided role"
	HTTPAssumeRoleMessage = "API Gateway doesn't have permissions to assume the IAM role configured on the integration. Check the permissions and try again."
)

// KMSError is what SQS answers when KMS refuses: the code of the query protocol
// and its HTTP status (fact 71).
type KMSError struct {
	Code   string
	Status int
}

// KMSAccessDenied is the answer to a denial by policies.
var KMSAccessDenied = KMSError{"KMS.AccessDeniedException", 400}

// KeyStateErrors lists what SQS may answer for a key in this state; empty if the
// key can be used. An empty state is not known and gives no list either.
func KeyStateErrors(state string) []KMSError {
	disabled, invalid := KMSError{"KMS.DisabledException", 400}, KMSError{"KMS.InvalidStateException", 400}
	switch state { // fact 68
	case "Disabled":
		return []KMSError{disabled}
	case "PendingDeletion", "PendingReplicaDeletion":
		return []KMSError{disabled, invalid}
	case "PendingImport", "Unavailable", "Creating":
		return []KMSError{invalid}
	}
	return nil
}
