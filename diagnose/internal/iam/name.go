package iam

import (
	"fmt"
	"strings"
)

// What IAM refuses of names and ARNs: API reference of CreateRole, PutRolePolicy,
// CreatePolicy and AttachRolePolicy. Lengths are in characters.
const (
	maxRoleName   = 64
	maxPolicyName = 128
	maxPath       = 512
)

// CheckRoleName says why IAM creates no role of that name, nil if it does. An empty
// name is one that CloudFormation or Terraform makes up. Placeholders in it are not
// judged, nor is the length of a name that has any.
func CheckRoleName(name string, opaque ...string) *Problem {
	if name == "" {
		return nil
	}
	return checkName("roleName", "role", name, maxRoleName, opaque)
}

// CheckPolicyName says why IAM stores no inline or managed policy of that name.
func CheckPolicyName(name string, opaque ...string) *Problem {
	if name == "" {
		return &Problem{Refused: true, Code: "ValidationError", Message: "the policy has no name",
			Answer: "1 validation error detected: Value at 'policyName' failed to satisfy constraint: Member must not be null"}
	}
	return checkName("policyName", "policy", name, maxPolicyName, opaque)
}

func checkName(parameter, what, name string, most int, opaque Opaque) *Problem {
	known := opaque.without(name)
	if i := strings.IndexFunc(known, func(r rune) bool { return !isNameRune(r) }); i >= 0 {
		return &Problem{Refused: true, Code: "ValidationError",
			Message: fmt.Sprintf("the %s name %q may hold only letters, digits and +=,.@_-", what, name),
			Answer:  "The specified value for " + parameter + " is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"}
	}
	if len(known) > most { // a placeholder only makes it longer
		return &Problem{Refused: true, Code: "ValidationError",
			Message: fmt.Sprintf("the %s name %q has %d characters, %d are allowed", what, name, len(known), most),
			Answer: fmt.Sprintf("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must have length less than or equal to %d",
				name, parameter, most)}
	}
	return nil
}

// CheckPath says why IAM takes no such path of a role or policy; an empty one is "/".
func CheckPath(path string, opaque ...string) *Problem {
	if path == "" || path == "/" || Opaque(opaque).in(path) {
		return nil
	}
	printable := !strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r > '~' })
	if strings.HasPrefix(path, "/") && strings.HasSuffix(path, "/") && printable && len(path) <= maxPath {
		return nil
	}
	return &Problem{Refused: true, Code: "ValidationError", Message: fmt.Sprintf("the path %q must begin and end with a slash", path),
		Answer: "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters."}
}

// CheckPolicyARN says why IAM attaches no managed policy of that ARN.
func CheckPolicyARN(arn string, opaque ...string) *Problem {
	o := Opaque(opaque)
	bad := &Problem{Refused: true, Code: "InvalidInput", Answer: "ARN " + arn + " is not valid."}
	if parsed, ok := o.parseARN(managedAccount(arn)); ok {
		switch kind, name, found := strings.Cut(parsed.Resource, "/"); {
		case o.in(parsed.Service) || o.in(kind):
			return nil
		case parsed.Service == "iam" && kind == "policy" && found && name != "":
			return nil
		case parsed.Service == "iam" && kind == "role":
			bad.Message = fmt.Sprintf("%q is the ARN of a role; a managed policy has arn:aws:iam::ACCOUNT:policy/NAME", arn)
			return bad
		}
	} else if o.in(arn) && len(o.without(arn)) < len("arn:aws:iam::aws:policy/x") {
		return nil // what is known of it may be part of an ARN
	}
	bad.Message = fmt.Sprintf("%q is not the ARN of a managed policy, arn:aws:iam::ACCOUNT:policy/NAME", arn)
	return bad
}

// managedAccount puts a number in the place of the account "aws", under which AWS
// keeps its own policies.
func managedAccount(arn string) string {
	return strings.Replace(arn, ":iam::aws:", ":iam::000000000000:", 1)
}

func isNameRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("+=,.@_-", r)
}

func alphanumeric(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9')
	})
}
