package iam

import (
	"maps"
	"slices"
	"strings"
)

// This file builds the context of the three calls between API Gateway and the
// key: sts:AssumeRole, the role session's call to SQS, and the call of SQS to KMS
// on behalf of that session. Which key is in which call: facts 45-48, 84.

// Tags are the tags of a role, queue or key as far as they are known.
type Tags struct {
	Known  bool
	Values map[string]string
}

// Membership is whether an account belongs to an organization.
type Membership struct {
	Known bool
	// OrgID is empty for an account in no organization.
	OrgID string
	// Path is the aws:PrincipalOrgPaths value; empty: not known.
	Path string
}

// Target describes the resource of a call.
type Target struct {
	ARN     string
	Account string // empty: taken from the ARN if it has 12 digits there, else not known
	Region  string
	Tags    Tags
	Org     Membership // of the resource's account
}

// Caller describes the role, or the user whose identity is passed on.
type Caller struct {
	Principal Principal
	Tags      Tags
	Org       Membership // of the principal's account
}

const (
	reasonCallTime    = "it depends on when the call is made"
	reasonAddress     = "the address from which AWS calls is not foreseeable"
	reasonHopOne      = "it is not documented what API Gateway sends with sts:AssumeRole"
	reasonTags        = "the tags are not known"
	reasonOrg         = "the organization of the account is not known"
	reasonKey         = "it is not documented what SQS sends to KMS"
	reasonKeyData     = "this property of the key or call is not known"
	reasonUserAgent   = "AWS chooses the user agent"
	reasonCallerOwner = "it depends on who calls the API"
)

// AssumeRoleContext is the context of API Gateway's call to sts:AssumeRole for an
// integration role. Region is where the API is; role describes the role as the
// resource of the call.
func AssumeRoleContext(region string, role Target) Context {
	c := newContext(32)
	c.Set("aws:PrincipalIsAWSService", "true")
	c.Set("aws:PrincipalServiceName", "apigateway.amazonaws.com")
	c.SetUnknown("aws:PrincipalServiceNamesList", reasonHopOne)
	for _, key := range [...]string{"aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType", "aws:userid", "aws:ViaAWSService", "aws:SourceIp",
		"aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp", "aws:SourceArn", "sts:RoleSessionName"} {
		c.SetUnknown(key, reasonHopOne)
	}
	// Absent, by the closed world: aws:SourceAccount (fact 46) and with it
	// aws:SourceOrgID and aws:SourceOrgPaths, sts:ExternalId, aws:PrincipalOrgID.
	c.Set("aws:SecureTransport", "true")
	setRegion(&c, region)
	setResource(&c, role)
	setTags(&c, "iam:ResourceTag/", role.Tags)
	return c
}

// SQSContext is the context of the call to SQS. With a role it is the call of the
// role session; with a user (credentials arn:aws:iam::*:user/*) that of the user
// on whose behalf API Gateway calls (fact 53), of which less is known.
func SQSContext(caller Caller, queue Target) Context {
	c := newContext(24)
	setCaller(&c, caller)
	c.SetUnknown("aws:SourceIp", reasonAddress)
	c.Set("aws:SecureTransport", "true")
	setRegion(&c, queue.Region)
	setResource(&c, queue)
	if caller.Principal.Type == RoleSession {
		c.Set("aws:ViaAWSService", "false")
		// aws:SourceArn, aws:SourceAccount, aws:CalledVia, aws:SourceVpc and
		// aws:SourceVpce are absent: a role is no source, and neither a private
		// API nor a VPC link changes how API Gateway reaches SQS.
		return c
	}
	for _, key := range [...]string{"aws:ViaAWSService", "aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast", "aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp"} {
		c.SetUnknown(key, reasonCallerOwner)
	}
	return c
}

// KMSContext is the context of the call that SQS makes to KMS for the caller
// (forward access session).
func KMSContext(caller Caller, queueARN string, key Target) Context {
	c := newContext(32)
	setCaller(&c, caller)
	c.SetUnknown("aws:SourceIp", reasonAddress)
	c.Set("aws:SecureTransport", "true")
	c.Set("aws:ViaAWSService", "true")
	c.SetUnknown("aws:CalledVia", reasonKey)
	c.SetUnknown("aws:CalledViaFirst", reasonKey)
	c.SetUnknown("aws:CalledViaLast", reasonKey)
	setRegion(&c, key.Region)
	setResource(&c, key)
	c.SetUnknownPrefix("kms:", reasonKeyData)
	if key.Region == "" {
		c.SetPresent("kms:ViaService", "the region of the key is not known")
	} else {
		c.Set("kms:ViaService", "sqs."+key.Region+".amazonaws.com") // the suffix is the same in every partition
	}
	setOrOpen(&c, "kms:CallerAccount", caller.Principal.Account, "the account of the caller is not known")
	setOrOpen(&c, "kms:EncryptionContext:aws:sqs:arn", queueARN, "the ARN of the queue is not known")
	c.Set("kms:EncryptionContextKeys", "aws:sqs:arn")
	return c
}

// newContext holds what every call carries, with room for about as many keys as the call has.
func newContext(keys int) Context {
	c := Context{keys: make([]contextKey, 0, keys)}
	c.SetPresent("aws:CurrentTime", reasonCallTime)
	c.SetPresent("aws:EpochTime", reasonCallTime)
	c.SetPresent("aws:UserAgent", reasonUserAgent)
	return c
}

func setCaller(c *Context, caller Caller) {
	p := &caller.Principal
	setOrOpen(c, "aws:PrincipalAccount", p.Account, "the account of the caller is not known")
	c.Set("aws:PrincipalIsAWSService", "false")
	switch p.Type {
	case RoleSession:
		setOrOpen(c, "aws:PrincipalArn", p.RoleARN, "the ARN of the role is not known") // never the session ARN
		c.Set("aws:PrincipalType", "AssumedRole")
		if p.RoleID != "" {
			c.Set("aws:userid", p.RoleID+":"+SessionName)
		} else {
			c.SetPresent("aws:userid", "the unique id of the role is not known")
		}
		c.SetPresent("aws:TokenIssueTime", reasonCallTime)
		c.SetMaybe("aws:MultiFactorAuthPresent", "it is absent or false for a service's role session", "false")
	case User:
		setOrOpen(c, "aws:PrincipalArn", p.UserARN, "the ARN of the user is not known")
		c.Set("aws:PrincipalType", "User")
		if p.UserARN != "" {
			c.Set("aws:username", p.UserARN[strings.LastIndexByte(p.UserARN, '/')+1:])
		} else {
			c.SetPresent("aws:username", reasonCallerOwner)
		}
		c.SetPresent("aws:userid", "the unique id of the user is not known")
		for _, key := range [...]string{"aws:TokenIssueTime", "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"} {
			c.SetUnknown(key, reasonCallerOwner)
		}
	default:
		for _, key := range [...]string{"aws:PrincipalArn", "aws:PrincipalType", "aws:userid", "aws:username", "aws:TokenIssueTime",
			"aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge", "aws:FederatedProvider", "aws:SourceIdentity"} {
			c.SetUnknown(key, reasonCallerOwner)
		}
	}
	setTags(c, "aws:PrincipalTag/", caller.Tags)
	setOrg(c, caller.Org, "aws:PrincipalOrgID", "aws:PrincipalOrgPaths")
}

func setResource(c *Context, t Target) {
	account := t.Account
	if account == "" {
		arn, _ := Opaque(nil).parseARN(t.ARN)
		account = arn.Account
	}
	setOrOpen(c, "aws:ResourceAccount", account, "the account of the resource is not known")
	setTags(c, "aws:ResourceTag/", t.Tags)
	setOrg(c, t.Org, "aws:ResourceOrgID", "aws:ResourceOrgPaths")
}

func setRegion(c *Context, region string) {
	setOrOpen(c, "aws:RequestedRegion", region, "the region is not known")
}

// setOrOpen sets a key that is always there, whether or not its value is known.
func setOrOpen(c *Context, key, value, reason string) {
	if value == "" {
		c.SetPresent(key, reason)
		return
	}
	c.Set(key, value)
}

func setTags(c *Context, prefix string, t Tags) {
	if !t.Known {
		c.SetUnknownPrefix(prefix, reasonTags)
	}
	for _, key := range slices.Sorted(maps.Keys(t.Values)) {
		c.Set(prefix+key, t.Values[key])
	}
}

func setOrg(c *Context, m Membership, id, paths string) {
	switch {
	case !m.Known:
		c.SetUnknown(id, reasonOrg)
		c.SetUnknown(paths, reasonOrg)
	case m.OrgID == "":
		// In no organization: both are absent.
	case m.Path == "":
		c.Set(id, m.OrgID)
		c.SetPresent(paths, reasonOrg)
	default:
		c.Set(id, m.OrgID)
		c.Set(paths, m.Path)
	}
}
