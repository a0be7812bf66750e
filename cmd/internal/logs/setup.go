package logs

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/diagnose/walk"
)

// Groups are the log groups of a stage, and why some of its calls are in none.
type Groups struct {
	Execution string    // name; empty for an API that has no execution logs
	Delivered *Delivery // that is read besides, for what is delivered is not in Execution; nil for none
	Access    string    // name or, of another account, ARN; empty when there is none that can be read
	Format    string    // $context format of the access log
	Sight     string    // whether a failed call can be seen at all, and what hides it, in a sentence
	Hidden    []string  // what keeps calls, or what is to know of them, out of the logs; whole sentences
	Advice    shell.Script
	Logging   bool // executions are logged, of some method at least

	levels map[level][]string
	role   string // why the account's role keeps everything from being logged; empty when it does not
	sights []string
}

// level is how much of a method's calls the execution log holds.
type level int

const (
	off      level = iota
	failures       // those of API Gateway alone (L33)
	bare           // statuses, and neither headers nor bodies (L34)
	traced         // all
	levelUnknown
)

// GroupsOf reads how a stage logs its calls, of the methods alone that lead to SQS.
func GroupsOf(s *snapshot.Snapshot, api *snapshot.API, stage *snapshot.Stage, methods []string) Groups {
	g := Groups{levels: map[level][]string{}}
	switch api.Type {
	case snapshot.HTTP: // L60
	case snapshot.WebSocket:
		g.Execution = "/aws/apigateway/" + api.ID + "/" + stage.Name // L63
	default:
		g.Execution = "API-Gateway-Execution-Logs_" + api.ID + "/" + stage.Name // L1
	}
	if g.Execution != "" {
		g.executions(s, stage, methods)
	}
	g.accessLog(s, stage)
	if g.role != "" && g.Logging {
		g.sights = []string{"a failed call leaves no trace, because " + g.role}
	}
	g.Sight = strings.Join(g.sights, "; ")
	g.advise(s, api, stage)
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

func (g *Groups) see(format string, args ...any) {
	g.sights = append(g.sights, fmt.Sprintf(format, args...))
}

// accessLog reads where the access log goes, and what it can say (L40, L45).
func (g *Groups) accessLog(s *snapshot.Snapshot, stage *snapshot.Stage) {
	access, known := stage.AccessLog.Peek()
	switch {
	case !known:
		g.hide("whether stage %q has an access log is not known: %s", stage.Name, orNotRead(stage.AccessLog.Gap().Detail))
	case access == nil:
		g.hide("stage %q has no access log", stage.Name)
		if g.Execution == "" {
			g.see("a failed call leaves no trace, because stage %q has no access log, the only log of an HTTP API", stage.Name)
		}
	case !strings.Contains(access.Destination, ":log-group:"):
		g.hide("the access log goes to %s, which cannot be read back here", access.Destination) // L40
		g.see("the access log goes to %s, which is not read here", access.Destination)
	default:
		g.Access, g.Format = groupName(s, access.Destination), access.Format
		if !strings.Contains(access.Format, "status") && !strings.Contains(access.Format, "Status") {
			g.hide("the access log's format has neither $context.status nor $context.integration.status, so that it does not say how a call ended")
			g.see("the access log does not show whether a call failed")
		} else if !strings.Contains(access.Format, "integration") {
			g.hide("the access log's format has no $context.integration.status, so that it does not say what SQS answered") // L45
			g.see("the access log shows the client's status alone")
		} else {
			g.see("the access log shows the statuses of client and SQS")
		}
	}
	if len(g.sights) == 0 {
		g.see("whether a failed call could be seen is not known, because the stage's settings were not read")
	}
}

// groupName is the name of the group, or its ARN where it is in another account (L88).
func groupName(s *snapshot.Snapshot, arn string) string {
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

func levelOf(set snapshot.MethodSettings) level {
	switch {
	case set.LoggingLevel == "" || set.LoggingLevel == "OFF":
		return off
	case set.LoggingLevel == "ERROR":
		return failures
	case !set.DataTrace:
		return bare
	}
	return traced
}

// executions says which of the methods log what (L3, L33, L34, L36), and whether
// they can (L6, L7).
func (g *Groups) executions(s *snapshot.Snapshot, stage *snapshot.Stage, methods []string) {
	all, known := stage.Settings.Peek()
	if !known {
		g.levels[levelUnknown] = methods
		g.hide("whether stage %q logs executions is not known: %s", stage.Name, orNotRead(stage.Settings.Gap().Detail))
		return
	}
	for _, m := range methods {
		_, set := settingsOf(all, m)
		of := levelOf(set)
		g.levels[of] = append(g.levels[of], m)
		g.Logging = g.Logging || of != off
	}
	for _, one := range []struct {
		level     level
		hide, see string
	}{
		{off, "execution logging is off for %s", "a failed call of %s leaves nothing in the execution log, because logging is off"},
		{failures, "%s logs at level ERROR: what SQS refuses is not there when an integration response takes it, so that an empty log acquits nobody", "a failed call of %s is in the execution log only when API Gateway itself failed, because the level is ERROR"},
		{bare, "%s logs without data trace: statuses are there, SQS's error codes and what was sent are not", "a failed call of %s shows its statuses in the execution log and not SQS's error, because data trace is off"},
		{traced, "", "a failed call of %s shows in the execution log with what was sent and what SQS answered"},
	} {
		list := strings.Join(g.levels[one.level], ", ")
		if list != "" && one.hide != "" {
			g.hide(one.hide, list)
		}
		if list != "" {
			g.see(one.see, list)
		}
	}
	if g.role = roleProblem(s); g.role != "" && g.Logging {
		g.hide("%s, so that no API of this account and region logs anything", g.role)
	}
}

// roleProblem is why API Gateway cannot write logs in the account and region;
// empty when it can, or when that is not known.
func roleProblem(s *snapshot.Snapshot) string {
	arn, ok := s.LoggingRole.Peek()
	if !ok {
		return ""
	}
	if arn == "" {
		return "the account has no role with which API Gateway may write logs"
	}
	switch role, read := s.Role(arn).Peek(); {
	case !read:
	case role == nil:
		return "the role with which API Gateway writes logs, " + arn + ", does not exist any more (another stack may have set and removed it)"
	case walk.New(s).Assumable(role).Effect == walk.Denied:
		return "the role with which API Gateway writes logs, " + arn + ", does not let API Gateway assume it"
	}
	return ""
}

// quiet are the methods that do not log all.
func (g *Groups) quiet() []string {
	return slices.Concat(g.levels[off], g.levels[failures], g.levels[bare])
}
