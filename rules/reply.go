package rules

import (
	"maps"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
)

// replyFixes mend a response mapping that API Gateway refuses: the header is declared,
// the value becomes a literal, or the mapping goes.
func replyFixes(p *diagnose.Pass, on snapshot.MethodRef, m *snapshot.Method, name, expression string) []diagnose.Fix {
	integration, _ := m.Integration.Peek()
	if integration == nil {
		return nil
	}
	responses, _ := integration.Responses.Peek()
	declared, _ := m.Responses.Peek()
	literal := "'" + strings.Trim(expression, `'"`) + "'"
	var declare, quote, remove []snapshot.Change
	for i := range responses {
		r := &responses[i]
		if have, ok := r.Parameters[name]; !ok || have != expression {
			continue
		}
		status, ok := declared[r.Status]
		if !ok {
			declare = append(declare, snapshot.AddMethodResponse{On: on, Status: r.Status})
		}
		if _, ok := status.Parameters[name]; !ok {
			declare = append(declare, snapshot.DeclareResponseHeader{On: on, Status: r.Status, Name: name})
		}
		quoted, without := *r, *r
		quoted.Parameters, without.Parameters = maps.Clone(r.Parameters), maps.Clone(r.Parameters)
		quoted.Parameters[name] = literal
		delete(without.Parameters, name)
		quote = append(quote, snapshot.SetIntegrationResponse{On: on, Before: r, After: &quoted})
		remove = append(remove, snapshot.SetIntegrationResponse{On: on, Before: r, After: &without})
	}
	header := name[strings.LastIndexByte(name, '.')+1:]
	var fixes []diagnose.Fix
	if len(declare) > 0 && strings.HasPrefix(name, "method.response.header.") {
		fixes = append(fixes, p.Fix("declare the response header "+header, declare...))
	}
	if len(quote) > 0 && literal != expression && !strings.HasPrefix(expression, "integration.") {
		fixes = append(fixes, p.Fix("put the literal in single quotes: "+literal, quote...))
	}
	if len(remove) > 0 {
		fix := p.Fix("remove the response mapping "+name, remove...)
		fix.Choice = "callers then do not get the header " + header
		fixes = append(fixes, fix)
	}
	return fixes
}
