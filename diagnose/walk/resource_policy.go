package walk

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway"
	"apisqs-doctor/diagnose/internal/iam"
	"apisqs-doctor/diagnose/snapshot"
)

// resourcePolicy asks the API's resource policy whether an anonymous call to
// this method is let in. What depends on who calls (address, VPC, identity) is
// no fault of the configuration: such a policy passes and the rule notes it.
func (w *routing) resourcePolicy(gaps *snapshot.Gaps) (*Failure, string) {
	r := &w.Route
	text, ok := r.API.Policy.Read(gaps)
	if !ok {
		return nil, ""
	}
	if text == "" {
		if r.PolicyMissing = private(r.API, gaps); r.PolicyMissing {
			return &Failure{Origin: FromDeployment, Code: BadRequest, Message: "Private REST API doesn't have a resource policy attached to it"},
				"AWS refuses to deploy a private API without a resource policy"
		}
		return nil, ""
	}
	if kind, ok := r.Method.Authorization.Peek(); ok && kind == "AWS_IAM" {
		return nil, "" // the caller's own policies count as well
	}
	doc := w.document("the API's resource policy", r.API.Policy, nil, gaps)
	if doc.Policy == nil {
		return nil, ""
	}
	resource := w.executeARN()
	d := iam.Evaluate(iam.Request{
		Principal: iam.Principal{Type: iam.Anonymous},
		Action:    "execute-api:Invoke",
		Resource:  resource,
		Context:   anonymousContext(),
		Opaque:    w.opaque,
	}, iam.Inputs{Service: iam.APIGateway, Resource: &doc, IdentityComplete: true})
	r.Policy = &d
	if d.Effect != iam.No {
		return nil, ""
	}
	f := own(gateway.OwnResponse{Status: 403, ErrorType: string(GatewayAccessDenied), Message: "User: anonymous is not authorized to perform: execute-api:Invoke on resource: " + resource})
	return f, fmt.Sprintf("the API's resource policy refuses the call to %s", resource)
}

// executeARN names the method as resource policies do. Policies in which
// "execute-api:/..." is written are stored with the full ARN.
func (w *routing) executeARN() string {
	r, t := &w.Route, w.Snapshot.Target
	stage := "test-invoke-stage"
	if r.Stage != nil {
		stage = r.Stage.Name
	}
	partition := orDefault(t.Partition, "aws")
	return fmt.Sprintf("arn:%s:execute-api:%s:%s:%s/%s/%s%s", partition, w.Snapshot.OwnRegion(), w.Snapshot.OwnAccount(), r.API.ID, stage, strings.ToUpper(w.Request.Method), w.Request.Path)
}

// anonymousContext is what is known of a caller from the internet: nearly nothing.
func anonymousContext() iam.Context {
	var c iam.Context
	for _, key := range []string{"aws:SourceIp", "aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp", "aws:UserAgent", "aws:Referer", "aws:CurrentTime", "aws:EpochTime"} {
		c.SetUnknown(key, "it depends on who calls")
	}
	c.Set("aws:SecureTransport", "true")
	return c
}

// private tells whether the API can be reached only through VPC endpoints.
func private(api *snapshot.API, gaps *snapshot.Gaps) bool {
	types, ok := api.EndpointTypes.Read(gaps)
	return ok && slices.Contains(types, "PRIVATE")
}
