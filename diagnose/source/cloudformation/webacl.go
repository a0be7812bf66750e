package cloudformation

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
)

// webACL reads what a web ACL stands in front of. Its rules are not looked at: one
// that lets calls through unless a rule blocks them is taken to do so; one that
// blocks them unless a rule allows them may let none through.
func (b *builder) webACL(s *stack, r *resource, p tree.View) {
	if !strings.Contains(p.Get("ResourceArn").Plain(), ":apigateway:") {
		return
	}
	arn := p.Get("WebACLArn").Plain()
	for _, acl := range s.live("AWS::WAFv2::WebACL") {
		if s.attributeOf(acl, "Arn", &tree.Node{At: acl.at}).Text != arn {
			continue
		}
		if settings := s.props(acl); settings.Get("DefaultAction").Get("Allow").Absent() {
			s.world.unread = append(s.world.unread, passedOver{snapshot.Unread{What: "the web ACL " + acl.id + " blocks every call that no rule of it allows, and its rules are not looked at",
				Origin: settings.Get("DefaultAction").Origin(), Decides: true}, s.root})
			return
		}
	}
	s.world.assumed = append(s.world.assumed, snapshot.Assumption{What: "the web ACL lets the calls through", Why: "the rules of web ACLs are not looked at", Origin: p.Get("WebACLArn").Origin()})
}
