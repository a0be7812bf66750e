package cli

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/live"
	"apisqs-doctor/diagnose/source/live/testinvoke"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures/fakeaws"
)

// sdkCall is how the live source makes a call: every one takes its Input.
var sdkCall = regexp.MustCompile(`\b(apigateway|apigatewayv2|iam|sqs|kms|sts|organizations|cloudwatchlogs|cloudwatch)\.([A-Z][A-Za-z]+)Input\{`)

// callsOf gives the IAM actions of all calls that the code of a package can make.
func callsOf(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob("../../../diagnose/" + folder + "/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", folder, len(files), err)
	}
	verbs := map[string]string{"Get": "GET", "Export": "GET", "Create": "POST", "Put": "PUT", "Update": "PATCH", "Delete": "DELETE", "Test": "POST"}
	var actions []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range sdkCall.FindAllStringSubmatch(string(text), -1) {
			service, operation := m[1], m[2]
			action := service + ":" + operation
			action = strings.Replace(action, "cloudwatchlogs:", "logs:", 1)
			if action == "sts:GetCallerIdentity" {
				continue // it needs no permission
			}
			for word, verb := range verbs {
				if strings.HasPrefix(service, "apigateway") && strings.HasPrefix(operation, word) {
					action = "apigateway:" + verb
				}
			}
			actions = append(actions, action)
		}
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}

// The policies allow what the code can call, and nothing beside it.
func TestPolicyIsWhatTheCodeCalls(t *testing.T) {
	actions := func(list []policyStatement) []string {
		var all []string
		for _, s := range list {
			all = append(all, s.Action...)
		}
		slices.Sort(all)
		return all
	}
	reading := callsOf(t, "source/live")
	if allowed := actions(readingPolicy(newScope(policyFlags{}), true).Statement); !slices.Equal(allowed, reading) {
		t.Errorf("the policy allows\n%q, the code calls\n%q", allowed, reading)
	}
	for _, action := range reading {
		if !regexp.MustCompile(`:(GET|Get|List|Describe|SimulatePrincipalPolicy)`).MatchString(action) {
			t.Errorf("the live source can call %s, which does not only read", action)
		}
	}
	if allowed, calls := actions(loggingStatements(newScope(policyFlags{}))), []string{"cloudwatch:GetMetricData", "logs:DescribeDeliveries", "logs:DescribeDeliverySources", "logs:FilterLogEvents", "logs:GetDeliveryDestination"}; !slices.Equal(allowed, calls) || !slices.Equal(callsOf(t, "source/live/logs"), calls) {
		t.Errorf("for logs the policy allows\n%q, the code calls\n%q", allowed, callsOf(t, "source/live/logs"))
	}
	writing := slices.DeleteFunc(callsOf(t, "remedy/apply"), func(action string) bool { return slices.Contains(reading, action) })
	allowed := slices.DeleteFunc(actions(writingStatements(newScope(policyFlags{}))), func(action string) bool {
		return action == "iam:PassRole" || action == "apigateway:UpdateRestApiPolicy" // asked for beside a call
	})
	if allowed = slices.Compact(allowed); !slices.Equal(allowed, writing) {
		t.Errorf("for fixes the policy allows\n%q, the code calls\n%q", allowed, writing)
	}
	probing := callsOf(t, "source/live/testinvoke")
	if allowed := actions(probingStatements(newScope(policyFlags{}))); !slices.Equal(allowed, probing) || len(probing) != 1 {
		t.Errorf("for probes the policy allows\n%q, the code calls\n%q", allowed, probing)
	}
}

// A policy for probes allows the call that the probe command makes, and no other
// POST of the control plane.
func TestPolicyForProbe(t *testing.T) {
	s := loadFixture(t, "orders")
	call := testinvoke.Request{API: "a1b2c3d4", Resource: "r0ders", Method: "POST"}
	action, arn, _ := strings.Cut(testinvoke.Needs("aws", "us-east-1", call), " on ")
	for name, sc := range map[string]scope{"everywhere": newScope(policyFlags{}), "narrow": newScope(policyFlags{apiIDs: []string{"a1b2c3d4"}, region: "us-east-1"}), "exact": scopeOf(s)} {
		p := policyDocument{Statement: probingStatements(sc)}
		if !allows(p, action, arn) {
			t.Errorf("%s: %s on %s is not allowed", name, action, arn)
		}
		for _, other := range []string{"/restapis/a1b2c3d4/deployments", "/restapis/a1b2c3d4/stages", "/restapis/a1b2c3d4/resources/r0ders", "/restapis"} {
			if allows(p, action, "arn:aws:apigateway:us-east-1::"+other) {
				t.Errorf("%s: %s on %s is allowed", name, action, other)
			}
		}
		if name != "everywhere" && allows(p, action, strings.Replace(arn, "a1b2c3d4", "another", 1)) {
			t.Errorf("%s: another API's methods may be run", name)
		}
	}
}

// What AWS manages can be read and not written; the API itself has settings to
// change, and is not deleted.
func TestPolicyForFixLeavesManagedPolicies(t *testing.T) {
	for _, s := range writingStatements(newScope(policyFlags{account: "123456789012", region: "us-east-1", apiIDs: []string{"a1b2c3d4"}})) {
		for _, r := range s.Resource {
			itself := strings.HasSuffix(r, "::/restapis/a1b2c3d4") && !slices.Equal(s.Action, []string{"apigateway:PATCH", "apigateway:UpdateRestApiPolicy"})
			if strings.Contains(r, ":aws:policy") || r == "*" || itself {
				t.Errorf("%q on %s", s.Action, r)
			}
		}
	}
}

// allows tells whether a policy allows an action on an ARN.
func allows(p policyDocument, action, arn string) bool {
	for _, s := range p.Statement {
		for _, resource := range s.Resource {
			pattern := "^" + strings.ReplaceAll(regexp.QuoteMeta(resource), `\*`, ".*") + "$"
			if slices.Contains(s.Action, action) && regexp.MustCompile(pattern).MatchString(arn) {
				return true
			}
		}
	}
	return false
}

// Whatever a refused call says that it needs, the policies allow.
func TestPolicyAllowsWhatRefusedCallsNeed(t *testing.T) {
	for _, name := range []string{"orders", "orders_encrypted", "orders_cross_account"} {
		s := loadFixture(t, name)
		everywhere := readingPolicy(newScope(policyFlags{}), false)
		narrow := readingPolicy(newScope(policyFlags{apiIDs: []string{s.APIs[0].ID}, region: s.Target.Region}), false)
		exact := readingPolicy(scopeOf(s), false)
		needs := 0
		for _, action := range operations {
			server, err := fakeaws.Start(s, fakeaws.Options{Deny: []string{action}})
			if err != nil {
				t.Fatal(err)
			}
			got, err := live.Read(context.Background(), live.Loopback(server.URL, s.Target.Region), live.Options{APIIDs: []string{s.APIs[0].ID}})
			server.Close()
			if err != nil {
				continue // without that call there is no diagnosis at all
			}
			for _, need := range needsOf(t, got) {
				action, arn, ok := strings.Cut(need, " on ")
				if !ok {
					continue
				}
				needs++
				for what, p := range map[string]policyDocument{"everywhere": everywhere, "narrow": narrow, "exact": exact} {
					if !allows(p, action, arn) {
						t.Errorf("%s: the %s policy does not allow %s", name, what, need)
					}
				}
			}
		}
		if needs == 0 {
			t.Errorf("%s: no call was refused", name)
		}
	}
}

// operations of the live source without which there still is a diagnosis.
var operations = []string{"GetStages", "GetExport", "GetModels", "GetAuthorizers", "GetRequestValidators", "GetDeployments", "GetAccount", "GetDomainNames", "GetBasePathMappings", "GetUsagePlans", "GetRole", "ListRolePolicies", "GetRolePolicy",
	"ListAttachedRolePolicies", "GetPolicy", "GetPolicyVersion", "GetQueueAttributes", "GetQueueUrl", "DescribeKey", "GetKeyPolicy", "ListGrants"}

// needsOf are the permissions that the gaps of a snapshot ask for.
func needsOf(t *testing.T, s *snapshot.Snapshot) []string {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, m := range regexp.MustCompile(`"needs":"([^"]+)"`).FindAllStringSubmatch(string(text), -1) {
		list = append(list, m[1])
	}
	return list
}

func TestPolicyPartition(t *testing.T) {
	for region, want := range map[string]string{"cn-north-1": "arn:aws-cn:", "us-gov-west-1": "arn:aws-us-gov:", "eu-west-1": "arn:aws:", "": "arn:aws:"} {
		for _, s := range readingPolicy(newScope(policyFlags{region: region}), false).Statement {
			for _, r := range s.Resource {
				if r != "*" && !strings.HasPrefix(r, want) {
					t.Errorf("region %q: %s", region, r)
				}
			}
		}
	}
}

// A template's symbols are left open, and nothing of a terminal's or IAM's own meaning gets in.
func TestPolicyOfATemplate(t *testing.T) {
	s := &snapshot.Snapshot{Symbols: []snapshot.Symbol{{Text: "\x02AWS::AccountId\x03", Expression: "${AWS::AccountId}"}},
		Target: snapshot.Target{Region: "us-east-1", Account: "\x02AWS::AccountId\x03"},
		APIs:   []snapshot.API{{ID: "Api", Type: snapshot.REST}},
		Queues: map[string]snapshot.Fact[*snapshot.Queue]{"arn:aws:sqs:us-east-1:\x02AWS::AccountId\x03:orders": {}},
		Keys:   map[string]snapshot.Fact[*snapshot.Key]{"arn:aws:kms:us-east-1:123456789012:alias/orders": {}}}
	p := readingPolicy(scopeOf(s), false)
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"arn:aws:sqs:us-east-1:*:orders", "arn:aws:kms:us-east-1:123456789012:key/*"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is not in %s", want, text)
		}
	}
	if strings.Contains(string(text), "AccountId") {
		t.Errorf("a symbol is in %s", text)
	}
}

// Every code that has another name shows it.
func TestCodeLine(t *testing.T) {
	for code, want := range map[walk.ErrorCode]string{
		walk.NonExistentQueue: "AWS.SimpleQueueService.NonExistentQueue, HTTP 400 from SQS (QueueDoesNotExist in the JSON protocol)",
		walk.UnknownOperation: "UnknownOperationException, HTTP 404 from SQS",
		walk.BadRequest:       "BadRequestException",
	} {
		if got := codeLine(code); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
