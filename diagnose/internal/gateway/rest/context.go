package rest

import (
	"slices"
	"strings"
)

// ContextInput is what decides over the values of $context.
type ContextInput struct {
	API, Account, Region, Partition string
	Stage, Deployment               string
	Method, Path                    string // of the call, without the stage
	ResourceID, ResourcePath        string
	UserAgent, APIKey               string         // of the call; empty when it sends none
	Authorization                   string         // of the method: NONE, AWS_IAM, ...
	Authorizer                      map[string]any // nil without an authorizer
}

// NewContext makes $context: values that the configuration fixes are real, the
// others are samples that look like AWS's (T144).
func NewContext(in ContextInput) map[string]any {
	values := map[string]any{
		"accountId":         in.Account,
		"apiId":             in.API,
		"deploymentId":      either(in.Deployment, "d1e2f3"),
		"domainName":        in.API + ".execute-api." + in.Region + ".amazonaws.com",
		"domainPrefix":      in.API,
		"extendedRequestId": "JKJaXmPLvHcESHA=",
		"httpMethod":        in.Method,
		"identity":          identity(in),
		"path":              "/" + in.Stage + in.Path,
		"protocol":          "HTTP/1.1",
		"requestId":         SampleRequestID,
		"requestTime":       "22/Nov/2026:00:00:00 +0000",
		"requestTimeEpoch":  "1795305600000",
		"resourceId":        in.ResourceID,
		"resourcePath":      in.ResourcePath,
		"stage":             in.Stage,
	}
	if in.Authorizer != nil {
		values["authorizer"] = in.Authorizer
	}
	return values
}

// Members that AWS documents for $context and that T144, which lists all of a call
// without an authorizer, does not have: those of other settings, and those of which
// it is not recorded where they can be read.
var unrecorded = []string{"awsEndpointRequestId", "customDomain.", "error.", "isCanaryRequest", "wafResponseCode", "webaclArn", "xrayTraceId",
	"authenticate.", "authorize.", "integration.", "waf.", "identity.clientCert.", "identity.principalOrgId", "identity.vpcId", "identity.vpceId",
	"integrationLatency", "integrationStatus", "responseLatency", "responseLength", "status", "tlsVersion", "cipherSuite"}

// UnrecordedContext tells a member of $context that AWS documents and that the
// values of NewContext lack: whether it is there is not known.
func UnrecordedContext(name string) bool {
	return slices.ContainsFunc(unrecorded, func(known string) bool {
		return known == name || strings.HasSuffix(known, ".") && strings.HasPrefix(name, known)
	})
}

// DocumentedContext tells a member of $context that exists, be it empty for this
// call, as what is known of the caller is (T144).
func DocumentedContext(name string) bool {
	switch member, _ := strings.CutPrefix(name, "identity."); member {
	case "accountId", "accessKey", "apiKey", "apiKeyId", "caller", "cognitoAuthenticationProvider", "cognitoAuthenticationType", "cognitoIdentityId",
		"cognitoIdentityPoolId", "sourceIp", "user", "userAgent", "userArn":
		return true
	}
	return UnrecordedContext(name)
}

// SampleRequestID stands for the id that AWS gives each request.
const SampleRequestID = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"

// identity are the members of $context.identity that the method's authorization fills.
func identity(in ContextInput) map[string]any {
	values := map[string]any{"sourceIp": "203.0.113.7", "userAgent": either(in.UserAgent, "apisqs-doctor")}
	if in.APIKey != "" {
		values["apiKey"], values["apiKeyId"] = in.APIKey, "a1b2c3d4e5"
	}
	if in.Authorization == "AWS_IAM" {
		account := either(in.Account, "123456789012")
		values["accountId"], values["accessKey"] = account, "AKIDEXAMPLE"
		values["caller"], values["user"] = "AIDAEXAMPLE", "AIDAEXAMPLE"
		values["userArn"] = "arn:" + either(in.Partition, "aws") + ":iam::" + account + ":user/sample"
		values["cognitoIdentityId"] = "us-east-1:12345678-1234-1234-1234-123456789012"
	}
	return values
}

func either(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// contextValue is the value of context.NAME in a parameter mapping. What an
// authorizer hands on is its own affair, so each of its members is there.
func contextValue(values map[string]any, name string) (string, bool) {
	if claim, ok := strings.CutPrefix(name, "authorizer."); ok && claim != "" {
		_, ok := values["authorizer"]
		return "sample", ok
	}
	var at any = values
	for part := range strings.SplitSeq(name, ".") {
		m, ok := at.(map[string]any)
		if !ok {
			return "", false
		}
		at = m[part]
	}
	text, ok := at.(string)
	return text, ok && text != ""
}
