package iam

import "strings"

// Message is the text in which AWS denies the request today (facts 74, 75); SQS
// also has an older one (fact 72). It is
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

// KMSMessage is the text in which SQS hands on a denial by KMS (fact 77), under
// the code KMS.AccessDeniedException. The request id is left out.
func (d Decision) KMSMessage(r Request) string {
	text := d.Message(r)
	if text == "" {
		return ""
	}
	return text + " (Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException; Request ID: ; Proxy: null)"
}
