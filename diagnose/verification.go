package diagnose

import "apisqs-doctor/diagnose/walk"

// Verification is how a reader sees for himself that a finding is so.
type Verification struct {
	Call    *walk.Request // of the client: what it is answered shows the fault
	Command []string      // of the AWS CLI, in words; symbols of a template may stand in them
	Say     string        // what to look at or to do, in a sentence; alone or with a command
	None    bool          // no call and no command shows the fault
}

// NoCheck is the verification of what only the configuration shows.
var NoCheck = Verification{None: true}

// IsZero tells whether there is none.
func (v Verification) IsZero() bool {
	return v.Call == nil && v.Command == nil && v.Say == "" && !v.None
}

// Say is a verification in words.
func Say(sentence string) Verification { return Verification{Say: sentence} }

// AWS is a verification by the AWS CLI, whose region is added where it is written.
func AWS(words ...string) Verification { return Verification{Command: words} }

// Curl is a verification by the client's own call.
func (p *Pass) Curl(r walk.Request) Verification { return Verification{Call: &r} }

// Stored is a verification by what AWS has stored of the method: the operation
// is one that reads a part of it. Without the ids of the method, as in a
// template, the sentence has to do.
func (p *Pass) Stored(operation, sentence string) Verification {
	v := Say(sentence)
	r := &p.Trace.Route
	integration := p.Trace.Mapping.Integration
	switch m := r.Method; {
	case r.API == nil || m == nil || m.ResourceID == "" || p.Snapshot.Target.Written():
		// Which ids AWS gives is known once it is deployed.
	case m.RouteKey != "" && operation == "get-integration" && integration != nil && integration.ID != "":
		v.Command = []string{"apigatewayv2", operation, "--api-id", r.API.ID, "--integration-id", integration.ID}
	case m.RouteKey != "":
		v.Command = []string{"apigatewayv2", "get-route", "--api-id", r.API.ID, "--route-id", m.ResourceID}
	default:
		v.Command = []string{"apigateway", operation, "--rest-api-id", r.API.ID, "--resource-id", m.ResourceID, "--http-method", m.HTTPMethod}
	}
	return v
}
