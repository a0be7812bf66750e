package rules

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/walk"
)

// allowStatement grants exactly one list of actions on one resource.
func allowStatement(sid, resource string, actions ...string) string {
	return allowPrincipal(sid, "", resource, actions...)
}

// allowPrincipal grants it to one principal, for a policy of the resource.
func allowPrincipal(sid, principal, resource string, actions ...string) string {
	out := struct {
		Sid, Effect string
		Principal   map[string]string `json:",omitempty"`
		Action      any
		Resource    string
	}{Sid: sid, Effect: "Allow", Action: actions, Resource: resource}
	if principal != "" {
		out.Principal = map[string]string{"AWS": principal}
	}
	if len(actions) == 1 {
		out.Action = actions[0]
	}
	return compact(out)
}

func compact(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "{}"
	}
	return string(text)
}

// sid makes a statement id, which may hold letters and digits only.
func sid(prefix, name string) string {
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, name)
	return prefix + strings.ToUpper(clean[:min(1, len(clean))]) + clean[min(1, len(clean)):]
}

// lastPart is the name at the end of an ARN.
func lastPart(arn string) string { return arn[strings.LastIndexAny(arn, ":/")+1:] }

// ownPolicy names the inline policy of the role that a new statement goes to: the
// one that came closest, the first one, or a new one.
func ownPolicy(p *diagnose.Pass, near *walk.NearMiss, fallback string) string {
	role := p.Trace.Signing.Role
	if role == nil {
		return fallback
	}
	inline, _ := role.Inline.Peek()
	name := fallback
	for i := len(inline) - 1; i >= 0; i-- {
		name = inline[i].Name
		if near != nil && near.Document == inline[i].Name {
			break
		}
	}
	return name
}

// does is the beginning of a statement's id: what its action is, where that is not to send.
func does(prefix string, actions []string) string {
	if name, ok := strings.CutPrefix(actions[0], "sqs:"); ok && name != "SendMessage" {
		return name + "Of"
	}
	return prefix
}

// grant is the fix that lets the role do the actions on the resource.
func grant(p *diagnose.Pass, near *walk.NearMiss, prefix, resource string, actions ...string) diagnose.Fix {
	name := lastPart(p.Trace.Authorization.Resource) // the queue's
	return p.Fix("allow "+strings.Join(actions, " and ")+" on "+p.Expression(resource)+" in a policy of the role", snapshot.SetStatement{
		On:    snapshot.PolicyTarget{Kind: "role", Resource: p.Trace.Signing.Credentials, Policy: ownPolicy(p, near, "send-to-"+name)},
		After: allowStatement(sid(does(prefix, actions), name), resource, actions...),
	})
}

// statementText is the JSON of one statement of a policy, counted from 1.
func statementText(policy string, index int) (string, bool) {
	var doc struct{ Statement json.RawMessage }
	if json.Unmarshal([]byte(policy), &doc) != nil {
		return "", false
	}
	var list []json.RawMessage
	if json.Unmarshal(doc.Statement, &list) != nil {
		list = []json.RawMessage{doc.Statement}
	}
	if index < 1 || index > len(list) {
		return "", false
	}
	return string(list[index-1]), true
}

// target names the policy of a decision's statement for a change, with the text
// of the statement.
func target(p *diagnose.Pass, m walk.Match) (on snapshot.PolicyTarget, statement string, ok bool) {
	on.Resource = p.Trace.Signing.Credentials
	var fact snapshot.Fact[string]
	switch m.Layer {
	case walk.LayerQueuePolicy:
		queue, known := p.Snapshot.Queue(p.Trace.Authorization.Resource).Peek()
		if !known || queue == nil {
			return on, "", false
		}
		on, fact = snapshot.PolicyTarget{Kind: "queue", Resource: queue.ARN}, queue.Policy
	case walk.LayerKeyPolicy:
		if p.Trace.Encryption.Key == nil {
			return on, "", false
		}
		on, fact = snapshot.PolicyTarget{Kind: "key", Resource: p.Trace.Encryption.KeyReference}, p.Trace.Encryption.Key.Policy
	case walk.LayerBoundary:
		on.Kind = "boundary"
		boundary, _ := p.Trace.Signing.Role.Boundary.Peek()
		if boundary == nil {
			return on, "", false
		}
		fact = boundary.Document
	case walk.LayerTrustPolicy:
		on.Kind, fact = "trust", p.Trace.Signing.Role.Trust
	case walk.LayerIdentity:
		on.Kind, on.Policy = "role", m.Document
		if fact, ok = rolePolicy(p.Trace.Signing.Role, m.Document); !ok {
			return on, "", false
		}
	default:
		return on, "", false
	}
	text, known := fact.Peek()
	if !known {
		return on, "", false
	}
	statement, ok = statementText(text, m.Statement)
	return on, statement, ok
}

func rolePolicy(role *snapshot.Role, name string) (snapshot.Fact[string], bool) {
	if role == nil {
		return snapshot.Fact[string]{}, false
	}
	for _, list := range []snapshot.Fact[[]snapshot.Policy]{role.Inline, role.Attached} {
		policies, _ := list.Peek()
		for _, p := range policies {
			if p.Called(name) {
				return p.Document, true
			}
		}
	}
	return snapshot.Fact[string]{}, false
}

// inline tells whether a policy is the role's own and no managed one.
func inline(role *snapshot.Role, name string) bool {
	if role == nil {
		return true
	}
	list, _ := role.Inline.Peek()
	return slices.ContainsFunc(list, func(p snapshot.Policy) bool { return p.Called(name) })
}

// ofAWS tells whether a managed policy belongs to AWS, which nobody else changes.
func ofAWS(p *diagnose.Pass, layer walk.Layer, name string) bool {
	role := p.Trace.Signing.Role
	if role == nil {
		return false
	}
	list, _ := role.Attached.Peek()
	if boundary, _ := role.Boundary.Peek(); layer == walk.LayerBoundary && boundary != nil {
		list = []snapshot.Policy{*boundary}
	}
	return slices.ContainsFunc(list, func(q snapshot.Policy) bool {
		return (layer == walk.LayerBoundary || q.Called(name)) && text.AccountOf(q.ARN) == "aws"
	})
}

// alone tells whether a statement is the only one of its policy.
func alone(p *diagnose.Pass, m walk.Match) bool {
	other := m
	other.Statement = 3 - min(m.Statement, 2) // 1 beside a later one, 2 beside the first
	_, _, more := target(p, other)
	return !more
}

// removal is the fix that takes a Deny statement out.
func removal(p *diagnose.Pass, m walk.Match) []diagnose.Fix {
	on, statement, ok := target(p, m)
	shared := m.Layer == walk.LayerBoundary || m.Layer == walk.LayerIdentity && !inline(p.Trace.Signing.Role, m.Document)
	whole := m.Layer == walk.LayerIdentity && shared && alone(p, m) // one without statements is detached
	if !ok || !whole && ofAWS(p, m.Layer, m.Document) {
		return nil
	}
	change := snapshot.SetStatement{On: on, Index: m.Statement, Before: statement}
	if whole {
		title := fmt.Sprintf("detach the policy %s from role %s: it is the Deny (%s) and nothing else", m.Document, p.Expression(lastPart(p.Trace.Signing.Credentials)), statementName(m))
		if p.Snapshot.Target.Written() {
			title = fmt.Sprintf("remove the policy %s: it is the Deny (%s) and nothing else", m.Document, statementName(m))
		}
		return []diagnose.Fix{p.Fix(title, change)}
	}
	fix := p.Fix(fmt.Sprintf("remove the Deny (%s) from %s, or take this call out of it", statementName(m), policyName(m)), change)
	if shared {
		fix.Risk = "others may have the policy too: it changes for all of them"
	}
	return []diagnose.Fix{fix}
}

// statementName names a statement by number and Sid.
func statementName(m walk.Match) string {
	if m.Sid != "" {
		return fmt.Sprintf("statement %d, Sid %s", m.Statement, m.Sid)
	}
	return fmt.Sprintf("statement %d", m.Statement)
}

// policyName names the policy of a statement: by its kind and its own name, or by
// its kind where the queue or the key has one.
func policyName(m walk.Match) string {
	return "the " + strings.TrimPrefix(m.Policy(), "the ")
}

// matchEvidence is a statement that a decision rests on.
func matchEvidence(p *diagnose.Pass, m walk.Match) diagnose.Evidence {
	value := strings.TrimPrefix(policyName(m), "the ") + ", " + statementName(m)
	if _, text, ok := target(p, m); ok {
		value += ": " + excerpt([]byte(p.Expression(text)))
	}
	return diagnose.Evidence{Label: "statement", Value: value, Origin: walk.StatementOrigin(m)}
}

// nearEvidence is the statement that came closest to allowing a call.
func nearEvidence(p *diagnose.Pass, near *walk.NearMiss) []diagnose.Evidence {
	if near == nil {
		return nil
	}
	e := matchEvidence(p, near.Match)
	e.Label = "nearest statement"
	e.Value += fmt.Sprintf("; its %s is %q, the call has %q", near.Failed, p.Expression(near.Expected), p.Expression(near.Actual))
	return []diagnose.Evidence{e}
}

// roleEvidence is the execution role of the integration.
func roleEvidence(p *diagnose.Pass) diagnose.Evidence {
	return diagnose.Evidence{Label: "execution role", Value: p.Expression(p.Trace.Signing.Credentials), Origin: p.Trace.Signing.CredOrigin}
}
