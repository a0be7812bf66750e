package http

import "strings"

// ContextVariables are the names that $context has in an HTTP API, those of the
// access log (H34), besides the members of authorizer.
var ContextVariables = []string{
	"accountId", "apiId", "awsEndpointRequestId", "awsEndpointRequestId2", "customDomain.basePathMatched", "dataProcessed",
	"domainName", "domainPrefix", "error.message", "error.messageString", "error.responseType", "extendedRequestId", "httpMethod",
	"identity.accountId", "identity.caller", "identity.cognitoAuthenticationProvider", "identity.cognitoAuthenticationType",
	"identity.cognitoIdentityId", "identity.cognitoIdentityPoolId", "identity.principalOrgId", "identity.sourceIp", "identity.user",
	"identity.userAgent", "identity.userArn", "identity.clientCert.clientCertPem", "identity.clientCert.subjectDN",
	"identity.clientCert.issuerDN", "identity.clientCert.serialNumber", "identity.clientCert.validity.notBefore",
	"identity.clientCert.validity.notAfter", "integration.error", "integration.integrationStatus", "integration.latency",
	"integration.requestId", "integration.status", "integrationErrorMessage", "integrationLatency", "integrationStatus", "path",
	"protocol", "requestId", "requestTime", "requestTimeEpoch", "responseLatency", "responseLength", "routeKey", "stage", "status",
}

// ContextValues are what $context is made of for one request. What AWS makes up
// is filled in with samples that look like AWS's.
type ContextValues struct {
	Account, API, Region string
	Domain               string // empty for the default endpoint
	Stage, RouteKey      string
	Method, Path         string // the path without the stage
	UserAgent            string
	Authorization        string // NONE or empty, AWS_IAM, JWT, CUSTOM
	Partition            string // empty for aws
}

// Lookup gives the value of a context variable when the integration is called:
// what is known of the answer only is not there yet.
func (c *ContextValues) Lookup(name string) (string, bool) {
	value := c.value(name)
	return value, value != ""
}

func (c *ContextValues) value(name string) string {
	switch name {
	case "accountId":
		return c.Account
	case "apiId":
		return c.API
	case "domainName":
		return c.domain()
	case "domainPrefix":
		prefix, _, _ := strings.Cut(c.domain(), ".")
		return prefix
	case "extendedRequestId", "requestId":
		return "JKJaXmPLvHcESHA="
	case "httpMethod":
		return c.Method
	case "identity.sourceIp":
		return "203.0.113.7"
	case "identity.userAgent":
		return c.UserAgent
	case "path":
		if c.Stage == DefaultStage || c.Stage == "" {
			return c.Path
		}
		return "/" + c.Stage + c.Path
	case "protocol":
		return "HTTP/1.1"
	case "requestTime":
		return "22/Nov/2026:00:00:00 +0000"
	case "requestTimeEpoch":
		return "1795305600000"
	case "routeKey":
		return c.RouteKey
	case "stage":
		return c.Stage
	}
	if member, ok := strings.CutPrefix(name, "authorizer."); ok {
		return c.authorizer(member)
	}
	if member, ok := strings.CutPrefix(name, "identity."); ok && c.Authorization == "AWS_IAM" {
		return c.identity(member)
	}
	return ""
}

func (c *ContextValues) domain() string {
	if c.Domain != "" {
		return c.Domain
	}
	return c.API + ".execute-api." + c.Region + ".amazonaws.com"
}

// authorizer gives a sample for whatever member is read: what an authorizer
// hands on is its own affair. A token has claims, which cannot be read as a whole
// (H29); a function has none.
func (c *ContextValues) authorizer(member string) string {
	claim, isClaim := strings.CutPrefix(member, "claims.")
	switch {
	case member == "error" || member == "claims" || isClaim && claim == "":
		return ""
	case c.Authorization == "JWT" && isClaim, c.Authorization == "CUSTOM" && !isClaim:
		return "sample"
	}
	return ""
}

func (c *ContextValues) identity(member string) string {
	account := c.Account
	if account == "" {
		account = "123456789012"
	}
	partition := c.Partition
	if partition == "" {
		partition = "aws"
	}
	switch member {
	case "accountId":
		return account
	case "caller", "user":
		return "AIDAEXAMPLE"
	case "userArn":
		return "arn:" + partition + ":iam::" + account + ":user/sample"
	case "principalOrgId":
		return "o-exampleorg"
	}
	return ""
}
