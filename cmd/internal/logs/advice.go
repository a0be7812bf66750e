package logs

import (
	"slices"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/shell"
)

// writingPolicy is AWS's own for the role that writes logs (L6).
const writingPolicy = ":iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"

// roleForLogs is the name of the role that the advice makes.
const roleForLogs = "apigateway-cloudwatch-logs"

// accessFormat is the format of an access log that says all that is asked here (L42, L61).
const accessFormat = `{"requestId":"$context.requestId","requestTime":"$context.requestTime","routeKey":"$context.routeKey","status":"$context.status","integrationStatus":"$context.integrationStatus","integrationErrorMessage":"$context.integrationErrorMessage","errorMessage":"$context.error.message"}`

// adviser writes what switches logs on, and off again (L35).
type adviser struct {
	g *Groups
	s *snapshot.Snapshot
}

func (a *adviser) say(text string) { a.g.Advice = append(a.g.Advice, shell.Line{Say: text}) }

func (a *adviser) run(words ...string) {
	a.g.Advice = append(a.g.Advice, shell.Line{Run: shell.New("aws", append(words, a.region()...)...)})
}

func (a *adviser) region() []string {
	if region := a.s.Target.Region; region != "" {
		return []string{"--region", region}
	}
	return nil
}

// advise says how to see more. Nothing of it is carried out.
func (g *Groups) advise(s *snapshot.Snapshot, api *snapshot.API, stage *snapshot.Stage) {
	a := &adviser{g, s}
	switch api.Type {
	case snapshot.HTTP:
		a.accessLog(api, stage)
	case snapshot.WebSocket:
		if len(g.quiet()) > 0 {
			a.say("to see what SQS answers, switch on INFO and data trace in the default route settings of the stage. Data trace writes the messages of your customers into the log: switch it off afterwards")
		}
	default:
		if g.role != "" {
			a.account()
		}
		if len(g.quiet()) > 0 {
			a.executions(api, stage)
		}
	}
}

// account gives the account a role that can write logs (L6).
func (a *adviser) account() {
	number, partition := a.s.Target.Account, a.s.Target.Partition
	if number == "" || partition == "" {
		return
	}
	role := "arn:" + partition + ":iam::" + number + ":role/" + roleForLogs
	a.say("give API Gateway a role that can write logs, once for the account and region")
	a.g.Advice = append(a.g.Advice,
		shell.Line{Run: shell.New("aws", "iam", "create-role", "--role-name", roleForLogs, "--assume-role-policy-document",
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)},
		shell.Line{Run: shell.New("aws", "iam", "attach-role-policy", "--role-name", roleForLogs, "--policy-arn", "arn:"+partition+writingPolicy)})
	a.run("apigateway", "update-account", "--patch-operations", "op=replace,path=/cloudwatchRoleArn,value="+role)
}

// accessLog makes the access log of an HTTP API, which has no other (L60, L62).
func (a *adviser) accessLog(api *snapshot.API, stage *snapshot.Stage) {
	access, known := stage.AccessLog.Peek()
	account, partition, region := a.s.Target.Account, a.s.Target.Partition, a.s.Target.Region
	if !known || access != nil || account == "" || partition == "" || region == "" {
		return
	}
	group := "apigateway-access-" + api.ID
	a.say("to see why calls fail, give the stage an access log; it holds no bodies")
	a.run("logs", "create-log-group", "--log-group-name", group)
	a.run("apigatewayv2", "update-stage", "--api-id", api.ID, "--stage-name", stage.Name, "--access-log-settings",
		`{"DestinationArn":"arn:`+partition+`:logs:`+region+`:`+account+`:log-group:`+group+`","Format":`+strconv.Quote(accessFormat)+`}`)
	a.say("to take it away afterwards")
	a.run("apigatewayv2", "delete-access-log-settings", "--api-id", api.ID, "--stage-name", stage.Name)
}

// executions switches everything on for the methods that do not log all, and back
// to what is set now. Settings of a method are set by themselves, since they
// replace those of all (L4).
func (a *adviser) executions(api *snapshot.API, stage *snapshot.Stage) {
	all, _ := stage.Settings.Peek()
	command := []string{"apigateway", "update-stage", "--rest-api-id", api.ID, "--stage-name", stage.Name, "--patch-operations"}
	on, back := slices.Clone(command), slices.Clone(command)
	var done []string
	for _, m := range a.g.quiet() {
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
		patch := func(setting, value string) string {
			return "op=replace,path=" + place + "/logging/" + setting + ",value=" + value
		}
		on = append(on, patch("loglevel", "INFO"), patch("dataTrace", "true"))
		back = append(back, patch("loglevel", level), patch("dataTrace", strconv.FormatBool(set.DataTrace)))
	}
	a.say("to see what SQS answers, switch on, which needs no deployment")
	a.run(on...)
	a.say("data trace writes the messages of your customers into the log. Set it back afterwards")
	a.run(back...)
}
