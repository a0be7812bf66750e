package iam

import (
	"slices"
	"strings"
)

// sqsActions are all IAM actions of SQS (fact 27), in lower case.
var sqsActions = []string{"addpermission", "cancelmessagemovetask", "changemessagevisibility", "createqueue", "deletemessage", "deletequeue",
	"getqueueattributes", "getqueueurl", "listdeadlettersourcequeues", "listmessagemovetasks", "listqueuetags", "listqueues", "purgequeue",
	"receivemessage", "removepermission", "sendmessage", "setqueueattributes", "startmessagemovetask", "tagqueue", "untagqueue"}

func (v *validator) actions() {
	st := v.st
	if len(st.Actions) == 0 {
		v.add(refused, "Policy statement must contain actions.", "Action is missing")
	}
	for i := range st.Actions {
		v.action(st.Actions[i].Text)
	}
}

func (v *validator) action(text string) {
	if v.opaque.in(text) {
		return
	}
	if text == "*" {
		if v.kind == Trust {
			v.add(refused, "AssumeRole policy may only specify STS AssumeRole actions.", "a trust policy is about sts actions, not %q", text)
		}
		return
	}
	service, name, found := strings.Cut(lower(text), ":")
	switch {
	case !found || service == "":
		v.add(refused, "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.", "the action %q does not begin with a service, as in \"sqs:SendMessage\"", text)
	case strings.Contains(name, ":"):
		v.add(refused, "Actions/Condition can contain only one colon.", "the action %q has more than one colon", text)
	case strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }):
		v.add(refused, answerSyntax, "the action %q holds a blank or a control character", text)
	case service == "*":
		v.add(note, "", "the service of the action %q is a wildcard; whether AWS takes that is not certain", text)
	case strings.ContainsAny(service, " *?"):
		v.add(refused, "Vendor "+service+" is not valid", "the service of the action %q may not hold blanks or wildcards", text)
	case v.kind == Trust && service != "sts":
		v.add(refused, "AssumeRole policy may only specify STS AssumeRole actions.", "a trust policy is about sts actions, not %q", text)
	case service != "sqs" || strings.ContainsAny(name, "*?") || slices.Contains(sqsActions, name):
	case slices.Contains(sqsActions, strings.TrimSuffix(name, "batch")): // fact 26
		v.add(dead, "", "%q is not an action: SQS checks the batch call as %q", text, text[:len(text)-len("batch")])
	default:
		v.add(dead, "", "SQS has no action %q", text)
	}
}

func (v *validator) resources() {
	st := v.st
	switch {
	case v.kind == Trust:
		if st.hasResource {
			v.add(refused, "Has prohibited field Resource", "Resource has no place in a trust policy")
		}
		return
	case st.hasResource && len(st.Resources) > 0:
	case v.kind == KeyPolicy: // fact 64
		v.add(dead, "", "Resource is missing: KMS takes the statement, but it applies to no key")
		return
	case v.kind == QueuePolicy:
		v.add(note, "", "Resource is missing: what SQS makes of that is not documented")
		return
	default:
		v.add(refused, "Policy statement must contain resources.", "Resource is missing")
		return
	}
	for i := range st.Resources {
		v.resource(&st.Resources[i])
	}
}

func (v *validator) resource(r *Resource) {
	text := r.Text
	switch {
	case text == "*":
		return
	case v.kind == APIResource && r.flags&resourceAPI != 0:
		return
	case v.opaque.in(text):
		// Only a beginning that no ARN has is wrong whatever follows.
		if known := v.knownBeginning(text); !strings.HasPrefix("arn:", known) && !strings.HasPrefix(known, "arn:") {
			v.notARN(text)
		}
		return
	case !strings.HasPrefix(text, "arn:"):
		v.notARN(text)
		return
	case r.flags&resourceMisplaced != 0:
		v.add(note, "", "the resource %q has a variable outside of its sixth part, where it is not one", text) // fact 32
	}
	parts := strings.SplitN(text, ":", 6)
	service := ""
	if len(parts) > 2 {
		service = parts[2]
	}
	switch {
	case len(parts) < 3 || strings.ContainsAny(service, "*?") && len(parts) > 3:
		v.add(refused, "Resource vendor must be fully qualified and cannot contain regexes.", "the resource %q does not name a service", text)
	case len(parts) < 6 && !strings.HasSuffix(text, "*") && (v.kind == KeyPolicy || v.kind == QueuePolicy || service == "sqs" || service == "kms"):
		v.add(dead, "", "the ARN %q has %d parts, not six: arn:partition:%s:region:account:name", text, len(parts), orElse(service, "service"))
	case len(parts) < 6:
	case service == "sqs":
		v.queueARN(text, parts)
	case service == "kms" && !v.kind.resourceBased():
		v.keyARN(text, parts)
	}
}

// knownBeginning is the part of text before the first placeholder.
func (v *validator) knownBeginning(text string) string {
	for _, atom := range v.opaque {
		if atom != "" {
			text, _, _ = strings.Cut(text, atom)
		}
	}
	return text
}

// notARN: IAM takes a text with a colon apart as if it were an ARN and then
// misses the partition; any other text it calls by its name (fact 30).
func (v *validator) notARN(text string) {
	what := "is not an ARN"
	if strings.HasPrefix(text, "https://sqs") || strings.HasPrefix(text, "https://queue") || strings.Contains(text, ".queue.amazonaws.com") {
		what = "is a queue URL, not the ARN of the queue"
	}
	answer := "Resource " + text + ` must be in ARN format or "*".`
	if strings.Contains(text, ":") && !v.kind.resourceBased() {
		fields := append(strings.SplitN(text, ":", 6), "*", "*", "*", "*", "*")[1:6]
		answer = `Partition "` + fields[0] + `" is not valid for resource "arn:` + strings.Join(fields, ":") + `".`
	}
	v.add(refused, answer, "the resource %q %s", text, what)
}

func (v *validator) queueARN(text string, parts []string) {
	switch {
	case strings.Contains(parts[5], "/"):
		v.add(dead, "", "the queue ARN %q has a slash: a queue's name follows the account after a colon", text) // fact 30
	case parts[3] == "" || parts[4] == "":
		v.add(dead, "", "the queue ARN %q lacks the region or the account", text) // fact 31
	case parts[5] == "":
		v.add(dead, "", "the queue ARN %q names no queue", text)
	}
}

// keyARN: a key is known to IAM only by key/ID (fact 66).
func (v *validator) keyARN(text string, parts []string) {
	resource := parts[5]
	switch {
	case !v.usesKey():
		// Creating an alias, for one, is checked against the alias.
	case strings.HasPrefix(resource, "alias/"):
		v.add(dead, "", "the resource %q is an alias: calls that use the key are checked against the key's ARN, arn:...:key/ID", text)
	case !strings.HasPrefix(resource, "key/") && !strings.ContainsAny(resource, "*?$"):
		v.add(dead, "", "the resource %q is not the ARN of a key, arn:...:key/ID", text)
	}
}

// usesKey reports whether the statement is about the calls that SQS makes.
func (v *validator) usesKey() bool {
	for i := range v.st.Actions {
		if a := &v.st.Actions[i].pattern; a.match("kms:generatedatakey") || a.match("kms:decrypt") {
			return true
		}
	}
	return false
}
