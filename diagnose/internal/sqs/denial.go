package sqs

import "strings"

// Texts of denials that are decided elsewhere, for NewAnswer. SQS also has the old
// text, which NewAnswer gives by itself; which of the two comes is not known
// beforehand (iam-facts 72, 74).

// ImplicitDenial is the text for a permission that no policy of a kind gives:
// "User: ARN is not authorized to perform: sqs:sendmessage on resource: ARN because
// no identity-based policy allows the sqs:sendmessage action" (iam-facts 74, 75).
func ImplicitDenial(principalARN, action, resourceARN, policyKind string) string {
	action = denialAction(action)
	return denialStart(principalARN, action, resourceARN) + " because no " + policyKind + " allows the " + action + " action"
}

// ExplicitDenial is the text for a Deny in a policy of a kind: "identity-based
// policy", "resource-based policy", "permissions boundary", "service control
// policy" (iam-facts 75). Since 2026 more may follow it (iam-facts 76).
func ExplicitDenial(principalARN, action, resourceARN, policyKind string) string {
	article := "a "
	if strings.HasPrefix(policyKind, "identity") {
		article = "an "
	}
	return denialStart(principalARN, denialAction(action), resourceARN) + " with an explicit deny in " + article + policyKind
}

// KMSDetail puts what KMS said into the form in which SQS passes it on (iam-facts 77).
// kmsCode is KMS's own code: "AccessDeniedException".
func KMSDetail(message, kmsCode string) string {
	return message + " (Service: AWSKMS; Status Code: 400; Error Code: " + kmsCode + "; Request ID: " + RequestID + "; Proxy: null)"
}

func denialStart(principalARN, action, resourceARN string) string {
	return "User: " + principalARN + " is not authorized to perform: " + action + " on resource: " + resourceARN
}

// denialAction: SQS writes its own actions in lower case (iam-facts 74), KMS does not.
func denialAction(action string) string {
	if lower := strings.ToLower(action); strings.HasPrefix(lower, "sqs:") {
		return lower
	}
	return action
}
