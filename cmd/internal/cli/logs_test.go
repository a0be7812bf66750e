package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"apisqs-doctor/cmd/internal/logs"
	"apisqs-doctor/cmd/internal/logs/logtest"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/fixtures/fakeaws"
)

const executionGroup = "API-Gateway-Execution-Logs_a1b2c3d4/prod"

// logged is the fixture's API behind a loopback AWS, with calls in its log that
// ended in the last minutes.
func logged(t *testing.T, fixture string, o fakeaws.Options, calls ...logtest.Call) (url string) {
	t.Helper()
	return loggedOf(t, loadFixture(t, fixture), o, calls...)
}

func loggedOf(t *testing.T, s *snapshot.Snapshot, o fakeaws.Options, calls ...logtest.Call) (url string) {
	t.Helper()
	if o.Monitoring.Groups == nil {
		o.Monitoring.Groups = map[string][]fakeaws.LogEvent{}
	}
	now := time.Now().UnixMilli() - 600_000
	for i, c := range calls {
		c.ID = fmt.Sprintf("%08d-0000-4000-8000-000000000000", i)
		for k, line := range c.Lines() {
			o.Monitoring.Groups[executionGroup] = append(o.Monitoring.Groups[executionGroup],
				fakeaws.LogEvent{Time: now + int64(i)*100 + int64(k/8), Stream: fmt.Sprintf("%032x", i%10), Message: line})
		}
	}
	server, err := fakeaws.Start(s, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server.URL
}

// runLogs runs the logs command as a process would, against a loopback AWS.
func runLogs(t *testing.T, url string, args ...string) (code int, out, errs string) {
	t.Helper()
	return runLive(t, append([]string{"logs", "--api-id", "a1b2c3d4", "--endpoint-url", url}, args...)...)
}

func runLive(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = Main(args,
		Streams{In: strings.NewReader(""), Out: &stdout, Err: &stderr, LookupEnv: os.LookupEnv, Now: time.Now})
	return code, stdout.String(), stderr.String()
}

const inForm = "Action=SendMessage&MessageBody="

// Two thousand calls in ten streams, of which 3% fail for five reasons.
func TestLogsOfAStage(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it reads the logs of two thousand calls")
	}
	t.Parallel()
	order := func(body string) logtest.Call { return logtest.Call{Body: body, Sent: inForm + body} }
	refuse := func(c logtest.Call, status int, code, message string, client int) logtest.Call {
		c.SQS, c.Answer, c.Status = status, logtest.Refused(code, message), client
		return c
	}
	var calls []logtest.Call
	for i := range 2000 {
		c := order(fmt.Sprintf(`{"company":"Smith %d"}`, i))
		switch i % 100 {
		case 7:
			c = refuse(order(fmt.Sprintf(`{"company":"Smith & Sons %d"}`, i)), 403, "AccessDenied", "Access to the resource is denied.", 400)
		case 40:
			if i%400 == 40 {
				c = refuse(c, 400, "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.", 400)
			} else {
				c = refuse(c, 403, "AccessDenied", "Access to the resource is denied.", 400)
			}
		case 70:
			if i%200 == 70 {
				c.Failure, c.Status, c.GatewayAnswers = "API Gateway does not have permission to assume the provided role r", 500, true
			} else {
				c = refuse(c, 400, "KMS.AccessDeniedException", "User is not authorized", 400)
			}
		}
		calls = append(calls, c)
	}
	url := logged(t, "mapping_body_not_encoded_failing", fakeaws.Options{Delay: 5 * time.Millisecond, Throttle: map[string]int{"FilterLogEvents": 1}, Monitoring: fakeaws.Monitoring{Empty: 2}}, calls...)
	code, out, errs := runLogs(t, url, "-o", "json")
	if code != ExitProblems {
		t.Fatalf("exit code %d: %s%s", code, out, errs)
	}
	var doc logsDocument
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, m := range doc.Methods {
		for _, g := range m.Observed.Groups {
			got[fmt.Sprintf("%s %s %s %d", g.Outcome, g.Rule, g.Code, g.Statuses.Client)] += g.Count
			if g.Rule == "mapping-body-not-encoded" && !strings.HasPrefix(g.Shared, `all 20: body has "&" (0 of the 1980 others)`) {
				t.Errorf("shared: %q", g.Shared)
			}
		}
		if m.Method == "POST /orders" && (m.Observed.Calls != 2000 || m.Observed.Failed != 60) {
			t.Errorf("%d calls, %d failed", m.Observed.Calls, m.Observed.Failed)
		}
	}
	want := map[string]int{
		"confirmed mapping-body-not-encoded AccessDenied 400":  20,
		"differs  AccessDenied 400":                            15,
		"differs  AWS.SimpleQueueService.NonExistentQueue 400": 5,
		"differs  InternalServerErrorException 500":            10,
		"differs  KMS.AccessDeniedException 400":               10,
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("groups %v, want %v", got, want)
	}
	if strings.Contains(out, "Smith") {
		t.Error("what clients sent is shown")
	}
}

// An HTTP API has an access log alone, which is read by its own format.
func TestLogsOfAnHTTPAPI(t *testing.T) {
	s := loadFixture(t, "orders_http")
	api := &s.APIs[0]
	stages, _ := api.Stages.Peek()
	stages = slices.Clone(stages)
	stages[0].AccessLog = snapshot.Known(&snapshot.AccessLog{Destination: "arn:aws:logs:us-east-1:123456789012:log-group:orders-http:*",
		Format: `$context.requestId|$context.routeKey|$context.status|$context.integrationStatus|$context.integrationErrorMessage`}, snapshot.Origin{})
	api.Stages = snapshot.Known(stages, snapshot.Origin{})
	now := time.Now().UnixMilli() - 60_000
	var events []fakeaws.LogEvent
	for i, line := range []string{
		"QxA=|POST /orders|200|200|-", "QxB=|POST /orders|500|-|API Gateway doesn’t have permissions to assume the IAM role configured on the integration. Check the permissions and try again.",
		"QxC=|-|404|-|-",
	} {
		events = append(events, fakeaws.LogEvent{Time: now + int64(i), Message: line})
	}
	server, err := fakeaws.Start(s, fakeaws.Options{Monitoring: fakeaws.Monitoring{Groups: map[string][]fakeaws.LogEvent{"orders-http": events}}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	code, out, errs := runLive(t, "logs", "--api-id", api.ID, "--endpoint-url", server.URL)
	for _, part := range []string{"POST /orders: 2 calls, 1 failed, 0 lost", "1 × 500", "that reached none: 1 call, 1 failed"} {
		if code != ExitProblems || !strings.Contains(strings.Join(strings.Fields(out), " "), part) {
			t.Errorf("exit code %d, it does not say %q:\n%s%s", code, part, out, errs)
		}
	}
	code, out, errs = runLive(t, "logs", "--api-id", api.ID, "--endpoint-url", server.URL, "--request-id", "QxB=")
	if code != ExitProblems || !strings.Contains(out, "role does not trust") {
		t.Errorf("exit code %d of one call\n%s%s", code, out, errs)
	}
}

// Whatever goes wrong, it is said in a sentence, and nothing is never "no failure".
func TestLogsFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it reads the logs once for every fault")
	}
	t.Parallel()
	fine := logtest.Call{Body: `{"a":1}`, Sent: inForm + `{"a":1}`}
	for _, tt := range []struct {
		name string
		o    fakeaws.Options
		call []logtest.Call
		code int
		says []string
	}{
		{"well", fakeaws.Options{}, []logtest.Call{fine}, ExitHealthy, []string{"POST /orders: 1 call, 0 failed, 0 lost"}},
		{"denied", fakeaws.Options{Deny: []string{"FilterLogEvents"}}, []logtest.Call{fine}, ExitInconclusive, []string{"No log could be read", "allow logs:FilterLogEvents on"}},
		{"broken", fakeaws.Options{Fail500: []string{"FilterLogEvents"}}, []logtest.Call{fine}, ExitCannotRun, []string{"No log could be read", "cannot be read"}},
		{"throttled for good", fakeaws.Options{Throttle: map[string]int{"FilterLogEvents": 1000}}, []logtest.Call{fine}, ExitCannotRun, []string{"No log could be read", "throttled by AWS"}},
		{"no group", fakeaws.Options{}, nil, ExitInconclusive, []string{"No log could be read", "a failed call of POST /orders leaves nothing in the execution log, because logging is off", "apisqs-doctor probe --api-id a1b2c3d4"}},
		{"another class", fakeaws.Options{Monitoring: fakeaws.Monitoring{Classes: map[string]string{executionGroup: "INFREQUENT_ACCESS"}}}, []logtest.Call{fine}, ExitCannotRun, []string{"its class does not allow it"}},
		{"throttled and then served", fakeaws.Options{Throttle: map[string]int{"FilterLogEvents": 1}}, []logtest.Call{fine}, ExitHealthy, []string{"POST /orders: 1 call, 0 failed, 0 lost"}},
		{"nothing in the window", fakeaws.Options{Monitoring: fakeaws.Monitoring{Groups: map[string][]fakeaws.LogEvent{executionGroup: {{Time: 1, Message: "(1) x"}}}}}, nil, ExitInconclusive, []string{"No call of these methods is in the logs"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			args := []string{}
			if strings.HasPrefix(tt.name, "throttled") {
				args = []string{"--timeout", "5s"}
			}
			code, out, errs := runLogs(t, logged(t, "orders", tt.o, tt.call...), args...)
			if code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			for _, part := range tt.says {
				if !strings.Contains(strings.Join(strings.Fields(out+errs), " "), part) {
					t.Errorf("it does not say %q:\n%s%s", part, out, errs)
				}
			}
			if code != ExitHealthy && strings.Contains(out, "0 failed") {
				t.Errorf("it says that nothing failed:\n%s", out)
			}
		})
	}
}

// Executions that are delivered elsewhere are read there, or it is said where they go.
func TestLogsThatAreDelivered(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it reads logs as often as they can be delivered")
	}
	t.Parallel()
	body := `{"company":"Smith & Sons"}`
	failed := logtest.Call{ID: "0f6f1a52-3c0e-4a1b-9d57-6d1f0b2c3e01", Body: body, Sent: inForm + body, SQS: 403, Answer: logtest.Denied, Status: 400}
	const own = "arn:aws:logs:us-east-1:123456789012:log-group:orders-executions"
	to := func(kind, format, destination string, fields ...string) fakeaws.Delivery {
		return fakeaws.Delivery{API: "a1b2c3d4", Stage: "prod", Kind: kind, Format: format, Destination: destination, Fields: fields, Delimiter: " "}
	}
	for _, tt := range []struct {
		name       string
		deliveries []fakeaws.Delivery
		line       func(string) string // of the standard log, as it is delivered
		code       int
		says       string
	}{
		{"as JSON", []fakeaws.Delivery{to("S3", "json", "arn:aws:s3:::archive"), to("CWL", "json", own)}, func(line string) string {
			text, _ := json.Marshal(map[string]string{"api_id": "a1b2c3d4", "stage": "prod", "resource_path": "/orders", "http_method": "POST", "payload": line})
			return string(text)
		}, ExitProblems, "POST /orders: 1 call, 1 failed, 0 lost"},
		{"plain", []fakeaws.Delivery{to("CWL", "plain", own+":*", "api_id", "stage", "payload")}, func(line string) string { return "a1b2c3d4 prod " + line }, ExitProblems, "POST /orders: 1 call, 1 failed, 0 lost"},
		{"the line alone", []fakeaws.Delivery{to("CWL", "plain", own, "payload")}, func(line string) string { return line }, ExitProblems, "POST /orders: 1 call, 1 failed, 0 lost"},
		{"in a form that is not read", []fakeaws.Delivery{to("CWL", "plain", own, "payload", "stage")}, func(line string) string { return line + " prod" }, ExitInconclusive, "orders-executions, in a form that is not read here"},
		{"to a bucket", []fakeaws.Delivery{to("S3", "parquet", "arn:aws:s3:::archive")}, nil, ExitInconclusive, "arn:aws:s3:::archive, which is not read here"},
		{"of another account", []fakeaws.Delivery{{API: "a1b2c3d4", Stage: "prod", Kind: "FH", Foreign: true}}, nil, ExitInconclusive, "delivered to arn:aws:logs:us-east-1:999988887777:delivery-destination:to-0"},
		{"of another stage", []fakeaws.Delivery{{API: "a1b2c3d4", Stage: "test", Kind: "CWL", Format: "json", Destination: own}}, nil, ExitInconclusive, "nobody called the stage since"},
		{"of other logs", []fakeaws.Delivery{{Type: "ACCESS_LOGS", API: "a1b2c3d4", Stage: "prod", Kind: "CWL", Format: "json", Destination: own}}, nil, ExitInconclusive, "nobody called the stage since"},
	} {
		s := loadFixture(t, "mapping_body_not_encoded_failing")
		stages, _ := s.APIs[0].Stages.Peek()
		stages = slices.Clone(stages)
		stages[0].Settings = snapshot.Known(map[string]snapshot.MethodSettings{"*/*": {LoggingLevel: "INFO", DataTrace: true}}, snapshot.Origin{})
		s.APIs[0].Stages = snapshot.Known(stages, snapshot.Origin{})
		o := fakeaws.Options{PageSize: 1, Monitoring: fakeaws.Monitoring{Deliveries: tt.deliveries, Groups: map[string][]fakeaws.LogEvent{}}}
		if tt.line != nil {
			o.PageSize = 0
			for i, line := range failed.Lines() {
				o.Monitoring.Groups["orders-executions"] = append(o.Monitoring.Groups["orders-executions"], fakeaws.LogEvent{Time: time.Now().UnixMilli() - 60_000 + int64(i), Message: tt.line(line)})
			}
		}
		code, out, errs := runLogs(t, loggedOf(t, s, o))
		if code != tt.code || !strings.Contains(strings.Join(strings.Fields(out), " "), tt.says) {
			t.Errorf("%s: exit code %d, it does not say %q:\n%s%s", tt.name, code, tt.says, out, errs)
		}
	}
	s := loadFixture(t, "orders")
	stages, _ := s.APIs[0].Stages.Peek()
	stages[0].Settings = snapshot.Known(map[string]snapshot.MethodSettings{"*/*": {LoggingLevel: "INFO"}}, snapshot.Origin{})
	code, out, _ := runLogs(t, loggedOf(t, s, fakeaws.Options{Deny: []string{"DescribeDeliverySources"}}))
	if code != ExitInconclusive || !strings.Contains(strings.Join(strings.Fields(out), " "), "where execution logs are delivered to cannot be read") {
		t.Errorf("denied: exit code %d\n%s", code, out)
	}
}

// Metrics show a loss that no log is needed for.
func TestLogsMetrics(t *testing.T) {
	minute := time.Now().Add(-10 * time.Minute).Truncate(time.Minute).Unix()
	s := loadFixture(t, "orders")
	queue, _ := s.Queue("arn:aws:sqs:us-east-1:123456789012:orders").Peek()
	queue.DeadLetters = snapshot.Known("arn:aws:sqs:us-east-1:123456789012:dead", snapshot.Origin{})
	url := loggedOf(t, s, fakeaws.Options{Monitoring: fakeaws.Monitoring{Metrics: map[string]fakeaws.Series{
		"AWS/ApiGateway Count orders-api prod":              {minute: 100, minute + 60: 100},
		"AWS/ApiGateway 4XXError orders-api prod":           {minute: 10},
		"AWS/SQS NumberOfMessagesSent orders":               {minute: 60},
		"AWS/SQS ApproximateNumberOfMessagesVisible orders": {minute: 60},
		"AWS/SQS ApproximateAgeOfOldestMessage orders":      {minute: 4000},
		"AWS/SQS ApproximateNumberOfMessagesVisible dead":   {minute: 7},
	}}}, logtest.Call{Body: `{"a":1}`, Sent: inForm + `{"a":1}`})
	code, out, errs := runLogs(t, url, "--metrics")
	text := strings.Join(strings.Fields(out), " ")
	for _, part := range []string{"stage prod Count 200", "queue orders NumberOfMessagesSent 60", "5XXError no data", "190 calls succeeded and 60 messages were sent", "nobody reads queue orders: up to 60 messages wait",
		"dead letters dead ApproximateNumberOfMessagesVisible 7", "up to 7 messages lie in dead letters dead"} {
		if !strings.Contains(text, part) {
			t.Errorf("it does not say %q (exit code %d):\n%s%s", part, code, out, errs)
		}
	}
}

// A report shows what was seen beside what is predicted, and its exit code counts
// calls that failed.
func TestReportWithLogs(t *testing.T) {
	body := `{"company":"Smith & Sons"}`
	failed := logtest.Call{Body: body, Sent: inForm + body, SQS: 403, Answer: logtest.Denied, Status: 400}
	fine := logtest.Call{Body: `{"a":1}`, Sent: inForm + `{"a":1}`}
	url := logged(t, "mapping_body_not_encoded_failing", fakeaws.Options{}, fine, failed, failed)
	run := func(args ...string) (int, string) {
		code, out, errs := runLive(t, append([]string{"--api-id", "a1b2c3d4", "--endpoint-url", url}, args...)...)
		return code, out + errs
	}
	for format, parts := range map[string][]string{
		"text":     {"seen     3 calls in 1h: 2 failed, 0 lost", `2 × 400, SQS 403 AccessDenied, as predicted (mapping-body-not-encoded); all 2: body has "&" (0 of the 1 others)`},
		"html":     {"3 calls in 1h", "2 × 400"},
		"markdown": {"from its logs: 3 calls in 1h: 2 failed, 0 lost", "- 2 × 400"},
		"json":     {`"observed": {`, `"window": "1h"`, `"outcome": "confirmed"`, `"failed": 2`},
	} {
		code, out := run("--logs", "1h", "-o", format)
		for _, part := range parts {
			if !strings.Contains(strings.Join(strings.Fields(out), " "), strings.Join(strings.Fields(part), " ")) {
				t.Errorf("%s does not say %q:\n%s", format, part, out)
			}
		}
		if code != ExitProblems || strings.Contains(out, "Smith & Sons 0") {
			t.Errorf("%s: exit code %d", format, code)
		}
	}
	for _, format := range []string{"sarif", "junit", "github"} {
		if _, out := run("--logs", "1h", "-o", format); strings.Contains(out, "calls in 1h") {
			t.Errorf("%s has what was seen", format)
		}
	}
	if _, out := run("-o", "json"); strings.Contains(out, "observed") {
		t.Error("logs are read without --logs")
	}
	healthy := logged(t, "orders", fakeaws.Options{}, fine, failed)
	if code, out, _ := runLive(t, "--api-id", "a1b2c3d4", "--endpoint-url", healthy, "--logs", "1h", "--short"); code != ExitProblems {
		t.Errorf("exit code %d of a healthy API of which a call failed\n%s", code, out)
	}
	for _, args := range [][]string{{"--template", "x.yaml", "--logs", "1h"}, {"--api-id", "a", "--logs", "0s"}, {"--api-id", "a", "--api-id", "b", "--logs", "1h"}, {"--api-id", "a", "--redact", "--logs", "1h"}} {
		if code, _, errs := runLive(t, args...); code != ExitUsage || !strings.Contains(errs, "--logs") {
			t.Errorf("%v: exit code %d, %s", args, code, errs)
		}
	}
}

// Which logs a stage writes is told by its settings, in both forms of the key.
func TestWhyLogsAreSilent(t *testing.T) {
	s := loadFixture(t, "orders")
	api := &s.APIs[0]
	stages, _ := api.Stages.Peek()
	stage := stages[0]
	at := snapshot.Origin{}
	for _, tt := range []struct {
		name     string
		settings map[string]snapshot.MethodSettings
		access   *snapshot.AccessLog
		role     string
		hidden   []string
		advice   string
	}{
		{"off", nil, nil, "", []string{"no access log", "execution logging is off for POST /orders"}, "path=/*/*/logging/loglevel,value=INFO"},
		{"error", map[string]snapshot.MethodSettings{"*/*": {LoggingLevel: "ERROR"}}, nil, "arn:aws:iam::123456789012:role/orders-api", []string{"level ERROR"}, "value=ERROR"},
		{"of the role", map[string]snapshot.MethodSettings{"*/*": {LoggingLevel: "INFO", DataTrace: true}}, nil, "distrusting", []string{"does not let API Gateway assume it"}, "update-account"},
		{"no role", map[string]snapshot.MethodSettings{"*/*": {LoggingLevel: "INFO", DataTrace: true}}, nil, "", []string{"no role with which"}, "create-role --role-name apigateway-cloudwatch-logs"},
		{"of the method", map[string]snapshot.MethodSettings{"*/*": {LoggingLevel: "INFO", DataTrace: true}, "/orders/POST": {LoggingLevel: "OFF"}}, nil, "", []string{"execution logging is off"}, "path=/~1orders/POST/logging/loglevel,value=INFO"},
		{"bare", map[string]snapshot.MethodSettings{"*/*": {LoggingLevel: "INFO"}}, nil, "", []string{"without data trace", "no role with which"}, "dataTrace,value=true"},
		{"all", map[string]snapshot.MethodSettings{"*/*": {LoggingLevel: "INFO", DataTrace: true}}, &snapshot.AccessLog{Destination: "arn:aws:logs:us-east-1:123456789012:log-group:orders-access:*", Format: "$context.requestId $context.status"}, "gone",
			[]string{"does not say what SQS answered", "does not exist any more"}, "attach-role-policy"},
		{"firehose", map[string]snapshot.MethodSettings{"*/*": {LoggingLevel: "INFO", DataTrace: true}}, &snapshot.AccessLog{Destination: "arn:aws:firehose:us-east-1:123456789012:deliverystream/amazon-apigateway-x"}, "arn:aws:iam::123456789012:role/orders-api", []string{"cannot be read back here"}, ""},
	} {
		st := stage
		st.Settings, st.AccessLog = snapshot.Known(tt.settings, at), snapshot.Known(tt.access, at)
		s.LoggingRole = snapshot.Known(tt.role, at)
		if tt.role == "distrusting" {
			s.Roles[tt.role] = snapshot.Known(&snapshot.Role{ARN: tt.role, Trust: snapshot.Known(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`, at)}, at)
		}
		if tt.role == "gone" {
			s.Roles["gone"] = snapshot.Known[*snapshot.Role](nil, at)
		}
		g := logs.GroupsOf(s, api, &st, []string{"POST /orders"})
		for _, part := range tt.hidden {
			if !strings.Contains(strings.Join(g.Hidden, "\n"), part) {
				t.Errorf("%s: %q is not said: %q", tt.name, part, g.Hidden)
			}
		}
		lines, err := g.Advice.Write(shell.POSIX)
		advice := strings.Join(lines, "\n")
		if err != nil || !strings.Contains(advice, tt.advice) || (tt.advice == "") != (advice == "") || strings.Contains(advice, "dataTrace,value=true") != strings.Contains(advice, "customers") {
			t.Errorf("%s: advice %q", tt.name, advice)
		}
		if tt.name == "all" && g.Access != "orders-access" {
			t.Errorf("access log %q", g.Access)
		}
	}
}

// The API of which the logs are read is given as for a diagnosis; a path of the invoke
// URL chooses the methods there. A report says whether a failed call can be seen.
func TestLogsOfATarget(t *testing.T) {
	fine := logtest.Call{Body: `{"a":1}`, Sent: inForm + `{"a":1}`}
	url := logged(t, "orders", fakeaws.Options{}, fine)
	for target, says := range map[string]string{
		"a1b2c3d4":   "POST /orders: 1 call, 0 failed, 0 lost",
		"orders-api": "POST /orders: 1 call, 0 failed, 0 lost",
		"arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4":                       "POST /orders: 1 call, 0 failed, 0 lost",
		"https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/prod/orders":       "POST /orders: 1 call, 0 failed, 0 lost",
		"https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/prod/other?x=1":    "no method that leads to SQS is at /other",
		"https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/nosuchstage/other": `no stage "nosuchstage"`,
		"no-such-api": `no API of region us-east-1 has the id or the name "no-such-api"`,
	} {
		code, out, errs := runLive(t, "logs", target, "--endpoint-url", url)
		if !strings.Contains(strings.Join(strings.Fields(out+errs), " "), says) || (code == ExitHealthy) != strings.HasPrefix(says, "POST") {
			t.Errorf("%s: exit code %d, it does not say %q:\n%s%s", target, code, says, out, errs)
		}
	}
	for format, says := range map[string]string{
		"text":     "logs: a failed call of POST /orders leaves nothing in the execution log, because logging is off",
		"markdown": "Logs: a failed call of POST /orders leaves nothing in the execution log, because logging is off.",
	} {
		_, out, _ := runLive(t, "a1b2c3d4", "--endpoint-url", url, "-o", format)
		if !strings.Contains(strings.Join(strings.Fields(strings.ReplaceAll(out, "&#45;", "-")), " "), says) {
			t.Errorf("%s does not say %q:\n%s", format, says, out)
		}
	}
}

// An access log that cannot be read back, or that does not say what SQS answered, is
// told in a sentence.
func TestAccessLogsThatSayLittle(t *testing.T) {
	for _, tt := range []struct {
		name   string
		log    snapshot.AccessLog
		events []string
		code   int
		says   []string
	}{
		{"Firehose", snapshot.AccessLog{Destination: "arn:aws:firehose:us-east-1:123456789012:deliverystream/amazon-apigateway-x", Format: "$context.requestId $context.status"}, nil, ExitInconclusive,
			[]string{"No log could be read", "the access log goes to arn:aws:firehose:us-east-1:123456789012:deliverystream/amazon-apigateway-x, which cannot be read back here"}},
		{"no status of SQS, all well", snapshot.AccessLog{Destination: "arn:aws:logs:us-east-1:123456789012:log-group:access", Format: "$context.requestId $context.httpMethod $context.resourcePath $context.status"},
			[]string{"0f6f1a52-3c0e-4a1b-9d57-6d1f0b2c3e01 POST /orders 200"}, ExitHealthy,
			[]string{"POST /orders: 1 call, 0 failed, 0 lost", "does not say what SQS answered"}},
		{"no status of SQS, one failed", snapshot.AccessLog{Destination: "arn:aws:logs:us-east-1:123456789012:log-group:access", Format: "$context.requestId $context.httpMethod $context.resourcePath $context.status"},
			[]string{"0f6f1a52-3c0e-4a1b-9d57-6d1f0b2c3e01 POST /orders 400"}, ExitProblems,
			[]string{"POST /orders: 1 call, 1 failed, 0 lost", "does not say what SQS answered"}},
		{"no status at all", snapshot.AccessLog{Destination: "arn:aws:logs:us-east-1:123456789012:log-group:access", Format: "$context.requestId $context.httpMethod $context.resourcePath"},
			[]string{"0f6f1a52-3c0e-4a1b-9d57-6d1f0b2c3e01 POST /orders"}, ExitInconclusive, []string{"POST /orders: 1 call, the log does not say how they ended", "the access log does not show whether a call failed"}},
	} {
		s := loadFixture(t, "orders")
		stages, _ := s.APIs[0].Stages.Peek()
		stages = slices.Clone(stages)
		stages[0].AccessLog = snapshot.Known(&tt.log, snapshot.Origin{})
		s.APIs[0].Stages = snapshot.Known(stages, snapshot.Origin{})
		o := fakeaws.Options{Monitoring: fakeaws.Monitoring{Groups: map[string][]fakeaws.LogEvent{}}}
		for _, line := range tt.events {
			o.Monitoring.Groups["access"] = append(o.Monitoring.Groups["access"], fakeaws.LogEvent{Time: time.Now().UnixMilli() - 60_000, Message: line})
		}
		code, out, errs := runLogs(t, loggedOf(t, s, o))
		if code != tt.code {
			t.Errorf("%s: exit code %d, want %d\n%s", tt.name, code, tt.code, out+errs)
		}
		for _, part := range tt.says {
			if !strings.Contains(strings.Join(strings.Fields(out), " "), part) {
				t.Errorf("%s: it does not say %q:\n%s%s", tt.name, part, out, errs)
			}
		}
	}
}
