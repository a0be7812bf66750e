package logs

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// Groups are the log groups of a stage, and why some of its calls are in none.
type Groups struct {
	Execution string   // name; empty for an API that has no execution logs
	Access    string   // name or, of another account, ARN; empty when there is none that can be read
	Format    string   // $context format of the access log
	Hidden    []string // what keeps calls, or what is to know of them, out of the logs; whole sentences
	Advice    []string // commands that change that, and sentences about them

	quiet []string // methods that do not log all
}

// GroupsOf reads how a stage logs its calls, of the methods alone that lead to SQS.
func GroupsOf(s *snapshot.Snapshot, api *snapshot.API, stage *snapshot.Stage, methods []string) Groups {
	g := Groups{}
	switch api.Type {
	case snapshot.HTTP: // L60
	case snapshot.WebSocket:
		g.Execution = "/aws/apigateway/" + api.ID + "/" + stage.Name // L63
	default:
		g.Execution = "API-Gateway-Execution-Logs_" + api.ID + "/" + stage.Name // L1
	}
	access, known := stage.AccessLog.Peek()
	switch {
	case !known:
		g.hide("whether stage %q has an access log is not known: %s", stage.Name, orNotRead(stage.AccessLog.Gap().Detail))
	case access == nil:
		g.hide("stage %q has no access log", stage.Name)
	case !strings.Contains(access.Destination, ":log-group:"):
		g.hide("the access log goes to %s, which cannot be read back here", access.Destination) // L40
	default:
		g.Access, g.Format = accessGroup(s, access.Destination), access.Format
		if !strings.Contains(access.Format, "integration") {
			g.hide("the access log's format has no $context.integration.status, so that it does not say what SQS answered") // L45
		}
	}
	if g.Execution != "" {
		g.levels(s, api, stage, methods)
	}
	g.advise(s, api, stage, access, known)
	return g
}

func orNotRead(s string) string {
	if s == "" {
		return "it was not read"
	}
	return s
}

func (g *Groups) hide(format string, args ...any) {
	g.Hidden = append(g.Hidden, fmt.Sprintf(format, args...))
}

// accessGroup is the name of the group, or its ARN where it is in another account (L88).
func accessGroup(s *snapshot.Snapshot, arn string) string {
	arn = strings.TrimSuffix(arn, ":*")
	parts := strings.SplitN(arn, ":", 7)
	if len(parts) == 7 && (s.Target.Account == "" || parts[4] == s.Target.Account) {
		return parts[6]
	}
	return arn
}

// Settings are those of a method, or of all (L4).
func settingsOf(all map[string]snapshot.MethodSettings, method string) (string, snapshot.MethodSettings) {
	verb, path, ok := strings.Cut(method, " ")
	key := method
	if ok {
		key = path + "/" + verb
	}
	if m, ok := all[key]; ok {
		return key, m
	}
	return snapshot.AllMethods, all[snapshot.AllMethods]
}

// levels says which of the methods log what (L3, L33, L34, L36), and whether they
// can (L6, L7).
func (g *Groups) levels(s *snapshot.Snapshot, api *snapshot.API, stage *snapshot.Stage, methods []string) {
	all, known := stage.Settings.Peek()
	if !known {
		g.hide("whether stage %q logs executions is not known: %s", stage.Name, orNotRead(stage.Settings.Gap().Detail))
		return
	}
	by := map[string][]string{}
	logs := false
	for _, m := range methods {
		_, set := settingsOf(all, m)
		if set.LoggingLevel != "INFO" || !set.DataTrace {
			g.quiet = append(g.quiet, m)
		}
		switch {
		case set.LoggingLevel == "" || set.LoggingLevel == "OFF":
			by["off"] = append(by["off"], m)
			continue
		case set.LoggingLevel == "ERROR":
			by["error"] = append(by["error"], m)
		case !set.DataTrace:
			by["bare"] = append(by["bare"], m)
		}
		logs = true
	}
	if list := by["off"]; len(list) > 0 {
		g.hide("execution logging is off for %s", strings.Join(list, ", "))
	}
	if list := by["error"]; len(list) > 0 {
		g.hide("%s logs at level ERROR: what SQS refuses is not there when an integration response takes it, so that an empty log acquits nobody", strings.Join(list, ", "))
	}
	if list := by["bare"]; len(list) > 0 {
		g.hide("%s logs without data trace: statuses are there, SQS's error codes and what was sent are not", strings.Join(list, ", "))
	}
	if role, ok := s.LoggingRole.Peek(); ok && logs {
		switch have, read := s.Role(role).Peek(); {
		case role == "":
			g.hide("the account has no role with which API Gateway may write logs, so that nothing is written")
		case read && have == nil:
			g.hide("the role with which API Gateway writes logs, %s, does not exist any more: another stack may have set and removed it. No API of this account and region logs anything", role)
		}
	}
}

// advise says how to see more, and how to switch it off again (L35).
func (g *Groups) advise(s *snapshot.Snapshot, api *snapshot.API, stage *snapshot.Stage, access *snapshot.AccessLog, known bool) {
	if api.Type == snapshot.HTTP {
		if known && access == nil {
			g.Advice = append(g.Advice, fmt.Sprintf(`aws apigatewayv2 update-stage --api-id %s --stage-name '%s' --access-log-settings '{"DestinationArn": "LOG_GROUP_ARN", "Format": "{\"requestId\":\"$context.requestId\",\"requestTime\":\"$context.requestTime\",\"routeKey\":\"$context.routeKey\",\"status\":\"$context.status\",\"integrationStatus\":\"$context.integrationStatus\",\"integrationErrorMessage\":\"$context.integrationErrorMessage\",\"errorMessage\":\"$context.error.message\"}"}'`, api.ID, stage.Name),
				"put the ARN of a log group in place of LOG_GROUP_ARN")
		}
		return
	}
	if api.Type == snapshot.WebSocket || len(g.quiet) == 0 {
		return
	}
	all, _ := stage.Settings.Peek()
	on, off := g.patch(api, stage, all)
	g.Advice = append(g.Advice, "to see what SQS answers, switch on (no deployment is needed):", "  "+on,
		"data trace writes your customers' messages into the log. Set it back afterwards:", "  "+off)
}

// patch are the commands that switch everything on for the methods that do not log
// all, and back to what is set now. Settings of a method are set by themselves,
// since they replace those of all (L4).
func (g *Groups) patch(api *snapshot.API, stage *snapshot.Stage, all map[string]snapshot.MethodSettings) (on, off string) {
	command := fmt.Sprintf("aws apigateway update-stage --rest-api-id %s --stage-name %s --patch-operations", api.ID, stage.Name)
	on, off = command, command
	var done []string
	for _, m := range g.quiet {
		key, set := settingsOf(all, m)
		if slices.Contains(done, key) {
			continue
		}
		done = append(done, key)
		place := "/*/*"
		if key != snapshot.AllMethods {
			i := strings.LastIndexByte(key, '/')
			place = "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key[:i]) + key[i:]
		}
		level := set.LoggingLevel
		if level == "" {
			level = "OFF"
		}
		on += fmt.Sprintf(" 'op=replace,path=%[1]s/logging/loglevel,value=INFO' 'op=replace,path=%[1]s/logging/dataTrace,value=true'", place)
		off += fmt.Sprintf(" 'op=replace,path=%[1]s/logging/loglevel,value=%[2]s' 'op=replace,path=%[1]s/logging/dataTrace,value=%[3]t'", place, level, set.DataTrace)
	}
	return on, off
}
