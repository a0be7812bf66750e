package rules

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/walk"
)

// roleFixes offer other roles of the snapshot for the integration.
func roleFixes(p *diagnose.Pass, more ...snapshot.Change) []diagnose.Fix {
	const most = 3 // roles; the engine tries each
	const near = 3 // letters that a misspelt name differs in
	s := &p.Trace.Signing
	before, _ := p.Trace.Mapping.Integration.Credentials.Peek()
	name := lastPart(before)
	arns := slices.Sorted(maps.Keys(p.Snapshot.Roles))
	slices.SortStableFunc(arns, func(a, b string) int {
		return text.Distance(lastPart(a), name) - text.Distance(lastPart(b), name)
	})
	var fixes []diagnose.Fix
	for _, arn := range arns {
		role, ok := p.Snapshot.Roles[arn].Peek()
		if !ok || role == nil || arn == s.Credentials || len(fixes) == most {
			continue
		}
		fix := p.Fix("set the credentials to the ARN of role "+p.Expression(lastPart(arn)),
			append([]snapshot.Change{snapshot.SetIntegration{On: p.Method(), Field: snapshot.FieldCredentials, Before: before, After: arn}}, more...)...)
		if text.Distance(lastPart(arn), name) > near && !authorized(p, fix) {
			continue // it is for something else
		}
		fixes = append(fixes, fix)
	}
	return fixes
}

// ownRoles are the fixes of roleFixes that sign with a role of API Gateway alone, which
// may do what the call asks for as it is.
func ownRoles(p *diagnose.Pass) []diagnose.Fix {
	return slices.DeleteFunc(roleFixes(p), func(f diagnose.Fix) bool {
		c, ok := f.Changes[0].(snapshot.SetIntegration)
		return ok && p.TrustedByOthers(c.After) || !authorized(p, f)
	})
}

// authorized tells whether the call may be made after a fix.
func authorized(p *diagnose.Pass, f diagnose.Fix) bool {
	after := p.Walk(p.Trace.Request, f.Changes...)
	return after != nil && after.Signing.IdentityFailure == nil && after.Step(walk.StageAuthorization).Status == walk.Passed
}

// ownRole makes a role for this integration alone, which API Gateway may assume and
// which may do on this queue what the call asks for, and signs with it.
func ownRole(p *diagnose.Pass) []diagnose.Fix {
	t := p.Trace
	queue := cmp.Or(t.Authorization.Resource, t.Queue.ARN)
	parts := strings.SplitN(queue, ":", 6)
	if len(parts) < 6 || t.Route.API == nil {
		return nil
	}
	account := cmp.Or(t.Signing.Account, p.Snapshot.OwnAccount(), parts[4])
	name := freeRole(p, "arn:"+parts[1]+":iam::"+account+":role/", "send-to-"+strings.TrimSuffix(parts[5], ".fifo"))
	action := cmp.Or(t.Authorization.Action, p.Permission(), "sqs:SendMessage")
	statements := []json.RawMessage{json.RawMessage(allowStatement(sid("", strings.TrimPrefix(action, "sqs:")), queue, action))}
	if key := customerKey(p, queue); key != "" {
		statements = append(statements, json.RawMessage(allowStatement("UseKey", key, "kms:GenerateDataKey", "kms:Decrypt")))
	}
	before, _ := t.Mapping.Integration.Credentials.Peek()
	create := snapshot.CreateRole{ARN: name, Policy: "send", At: ownRoleAt(p, name), Trust: document(json.RawMessage(trustStatement)), Document: document(statements...)}
	fix := p.Fix("set the credentials to a new role "+p.Expression(lastPart(name))+", which may call "+action+" on this queue alone", create,
		snapshot.SetIntegration{On: p.Method(), Field: snapshot.FieldCredentials, Before: before, After: name})
	if p.Snapshot.Target.Kind == snapshot.Template && len(p.Snapshot.Roles) == 0 {
		fix.Risk = "the stack makes a role then: its deployment needs the capability CAPABILITY_IAM"
	}
	return []diagnose.Fix{fix}
}

// orOwnRole makes a role where none of the fixes leads to one that API Gateway may assume.
func orOwnRole(p *diagnose.Pass, fixes []diagnose.Fix) []diagnose.Fix {
	for _, f := range fixes {
		if after := p.Walk(p.Trace.Request, f.Changes...); after != nil && after.Signing.IdentityFailure == nil {
			return fixes
		}
	}
	return append(fixes, ownRole(p)...)
}

// customerKey is the ARN of the customer's key that a queue encrypts with; empty when
// there is none or it is not known.
func customerKey(p *diagnose.Pass, arn string) string {
	queue, _ := p.Snapshot.Queue(arn).Peek()
	if queue == nil {
		return ""
	}
	id, _ := queue.KMSKeyID.Peek()
	if id == "" {
		return ""
	}
	key, _ := p.Snapshot.Key(snapshot.KeyReference(queue.ARN, id)).Peek()
	if key == nil {
		return ""
	}
	if manager, _ := key.Manager.Peek(); manager == "AWS" {
		return ""
	}
	return key.ARN
}

// document is a policy of statements.
func document(statements ...json.RawMessage) string {
	return compact(struct {
		Version   string
		Statement []json.RawMessage
	}{"2012-10-17", statements})
}

// freeRole is the ARN of a role that the snapshot does not have, of a name that IAM takes.
func freeRole(p *diagnose.Pass, prefix, name string) string {
	const most = 64
	clean := strings.Map(func(r rune) rune {
		if alphanumeric(r) < 0 && !strings.ContainsRune("+=,.@-_", r) {
			return '-'
		}
		return r
	}, name)
	clean = clean[:min(len(clean), most-2)]
	for free := clean; ; free += "2" {
		if _, taken := p.Snapshot.Roles[prefix+free]; !taken {
			return prefix + free
		}
	}
}

// ownRoleAt is where a file gets the role: beside the integration, under a name made of the method.
func ownRoleAt(p *diagnose.Pass, arn string) snapshot.Origin {
	at := p.Trace.Mapping.Integration.Origin
	if at.File == "" {
		return snapshot.Origin{}
	}
	name := at.Resource[strings.LastIndexByte(at.Resource, '/')+1:]
	if p.Snapshot.Target.Kind == snapshot.Terraform {
		module := name[:max(strings.LastIndex(name, "aws_api"), 0)]
		name = module + "aws_iam_role." + strings.NewReplacer("-", "_", ".", "_").Replace(lastPart(arn))
	} else {
		name += "Role"
	}
	at.Resource, at.Path = name, ""
	return at
}
