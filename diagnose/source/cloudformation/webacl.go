package cloudformation

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
)

// webACL reads what a web ACL stands in front of. What its rules compare is not
// looked at: one that lets calls through unless a rule blocks them is taken to do so;
// one that blocks them lets none through unless a rule allows some.
func (b *builder) webACL(s *stack, r *resource, p tree.View) {
	target := p.Get("ResourceArn").Plain()
	if !strings.Contains(target, ":apigateway:") {
		return
	}
	st, arn := b.stageOf(target), p.Get("WebACLArn").Plain()
	if st != nil {
		st.WebACL = p.Get("WebACLArn").Text("")
	}
	for _, acl := range s.live("AWS::WAFv2::WebACL") {
		settings := s.props(acl)
		if s.attributeOf(acl, "Arn", &tree.Node{At: acl.at}).Text != arn || !settings.Get("DefaultAction").Get("Allow").Absent() {
			continue
		}
		if st != nil && !mayAllow(settings.Get("Rules")) {
			st.Blocks, st.WebACL = true, snapshot.Known(arn, settings.Get("DefaultAction").Origin())
			return
		}
		hidden := passedOver{snapshot.Unread{What: "the web ACL " + acl.id + " blocks every call that no rule of it allows, and what its rules compare is not looked at",
			Origin: settings.Get("DefaultAction").Origin(), Decides: true}, s.root}
		if id := b.apiIn(target); id != "" {
			hidden.root, hidden.APIs = nil, []string{id}
		}
		s.world.unread = append(s.world.unread, hidden)
		return
	}
	s.world.assumed = append(s.world.assumed, snapshot.Assumption{What: "the web ACL lets the calls through", Why: "what the rules of web ACLs compare is not looked at", Origin: p.Get("WebACLArn").Origin()})
}

// mayAllow tells whether some rule lets calls through: by its action, or as a group
// of rules that may hold such a one.
func mayAllow(rules tree.View) bool {
	if rules.Unknown() {
		return true
	}
	for _, rule := range rules.Items() {
		if rule.Unknown() || !rule.Get("Action").Get("Allow").Absent() || !rule.Get("OverrideAction").Get("None").Absent() {
			return true
		}
	}
	return false
}
