package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	gatewaytypes "github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/cmd/internal/logs/logtest"
	"apisqs-doctor/fixtures/programs"
)

// TestProgramMoto diagnoses APIs that were deployed with the AWS SDK into moto, an AWS
// emulator that is not ours, over its wire. moto's export of a stage is a stub, so
// that the draft stands for what the stage runs, which is said.
func TestProgramMoto(t *testing.T) {
	programs.Run(t, "moto")
	t.Parallel()
	m := startMoto(t)
	var ids []string
	for _, tt := range []struct {
		name    string
		deploy  func(*moto) string
		verdict string
		status  float64
		code    any // string, or nil for a success
		rule    string
		exit    int
	}{
		{"healthy", (*moto).healthy, "healthy", 200, nil, "", 0},
		{"no Content-Type", (*moto).noContentType, "broken", 400, "UnknownOperationException", "protocol-content-type", 1},
		{"FIFO queue without a group", (*moto).fifoWithoutGroup, "broken", 400, "MissingParameter", "queue-fifo-group", 1},
		{"no right to the key", (*moto).noKeyPermission, "broken", 400, "KMS.AccessDeniedException", "encryption-role-permission", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m.t = t
			id := tt.deploy(m)
			stdout, stderr, exit := m.run("--api-id", id, "-o", "json")
			if exit != tt.exit {
				t.Fatalf("exit code %d, want %d\n%s%s", exit, tt.exit, stdout, stderr)
			}
			method := motoMethod(t, stdout)
			predicted := method["predicted"].(map[string]any)
			if method["verdict"] != tt.verdict || predicted["status"] != tt.status || predicted["code"] != tt.code {
				t.Errorf("verdict %v, status %v, code %v; want %s, %v, %v", method["verdict"], predicted["status"], predicted["code"], tt.verdict, tt.status, tt.code)
			}
			errors := errorRules(method)
			if tt.rule == "" && len(errors) > 0 || tt.rule != "" && !slices.Equal(errors, []string{tt.rule}) {
				t.Errorf("errors of %q, want %q", errors, tt.rule)
			}
			m.sameFromSnapshot(id, stdout)
			ids = append(ids, id)
		})
	}
	m.t = t
	m.all(ids)
	m.logs(ids[1])
	m.routes()
}

// logs reads the log of a stage, and metrics of the queue, out of moto, which
// filters nothing and numbers events as it likes.
func (m *moto) logs(id string) {
	m.t.Helper()
	ctx := context.Background()
	cfg := aws.Config{Region: "us-east-1", BaseEndpoint: aws.String(m.url), Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
	client, group := cloudwatchlogs.NewFromConfig(cfg), aws.String("API-Gateway-Execution-Logs_"+id+"/prod")
	now := time.Now().Add(-time.Minute).UnixMilli()
	var events []logtypes.InputLogEvent
	for i, c := range []logtest.Call{{ID: "a-1", Path: "/messages", Body: "{}"}, {ID: "b-2", Path: "/messages", Body: "{}", SQS: 404, Answer: "<UnknownOperationException/>", Status: 400, Kind: "application/json"}} {
		for _, line := range c.Lines() {
			events = append(events, logtypes.InputLogEvent{Timestamp: aws.Int64(now + int64(i)), Message: aws.String(strings.ReplaceAll(line, "a1b2c3d4/prod", id+"/prod"))})
		}
	}
	_, err := client.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: group})
	if err == nil {
		_, err = client.CreateLogStream(ctx, &cloudwatchlogs.CreateLogStreamInput{LogGroupName: group, LogStreamName: aws.String("s")})
	}
	if err == nil {
		_, err = client.PutLogEvents(ctx, &cloudwatchlogs.PutLogEventsInput{LogGroupName: group, LogStreamName: aws.String("s"), LogEvents: events})
	}
	if err != nil {
		m.t.Fatalf("the log cannot be made: %v", err)
	}
	stdout, stderr, exit := m.run("logs", "--api-id", id, "--metrics")
	for _, part := range []string{"2 calls, 1 failed, 0 lost", "400, SQS 404 UnknownOperationException", "Metrics, ", "NumberOfMessagesSent"} {
		if !strings.Contains(stdout, part) || exit != ExitProblems {
			m.t.Errorf("exit code %d, %q is not there\n%s%s", exit, part, stdout, stderr)
		}
	}
}

// all diagnoses every API of the account in one run.
func (m *moto) all(ids []string) {
	m.t.Helper()
	stdout, stderr, exit := m.run("--all-apis", "-o", "json")
	var doc struct {
		Summary struct{ Methods, Broken, Healthy int }
		Methods []struct{ API string }
	}
	if err := json.Unmarshal([]byte(stdout), &doc); err != nil || exit != ExitProblems {
		m.t.Fatalf("all APIs: exit code %d, %v\n%s%s", exit, err, stdout, stderr)
	}
	var got []string
	for _, method := range doc.Methods {
		got = append(got, method.API)
	}
	slices.Sort(got)
	slices.Sort(ids)
	if !slices.Equal(got, ids) || doc.Summary.Broken != len(ids)-1 || doc.Summary.Healthy != 1 {
		m.t.Errorf("the APIs of the report are %q, those deployed %q; the sum is %+v", got, ids, doc.Summary)
	}
}

// sameFromSnapshot saves what was read and wants the same report from it, byte
// for byte, apart from the target.
func (m *moto) sameFromSnapshot(id, live string) {
	m.t.Helper()
	saved, stderr, exit := m.run("snapshot", "--api-id", id)
	if exit != 0 {
		m.t.Fatalf("snapshot: exit code %d\n%s", exit, stderr)
	}
	file := filepath.Join(m.t.TempDir(), "api.json")
	if err := os.WriteFile(file, []byte(saved), 0o600); err != nil {
		m.t.Fatal(err)
	}
	offline, _, _ := m.run("--snapshot", file, "-o", "json")
	if diff := cmp.Diff(withoutTarget(m.t, live), withoutTarget(m.t, offline)); diff != "" {
		m.t.Errorf("the saved snapshot gives another report:\n%s", diff)
	}
}

func withoutTarget(t *testing.T, text string) string {
	t.Helper()
	before, rest, ok := strings.Cut(text, `"target": {`)
	_, after, closed := strings.Cut(rest, "\n  },")
	if !ok || !closed {
		t.Fatalf("no target in the report:\n%s", text)
	}
	return before + after
}

func motoMethod(t *testing.T, text string) map[string]any {
	t.Helper()
	var doc struct{ Methods []map[string]any }
	if err := json.Unmarshal([]byte(text), &doc); err != nil || len(doc.Methods) != 1 {
		t.Fatalf("want a report with one method (%v):\n%s", err, text)
	}
	return doc.Methods[0]
}

func errorRules(method map[string]any) []string {
	var list []string
	for _, f := range method["findings"].([]any) {
		if finding := f.(map[string]any); finding["severity"] == "error" {
			list = append(list, finding["rule"].(string))
		}
	}
	return list
}

// moto is a running server and the clients that deploy into it.
type moto struct {
	t       *testing.T
	url     string
	gateway *apigateway.Client
	iam     *iam.Client
	sqs     *sqs.Client
	kms     *kms.Client
	n       int
}

func startMoto(t *testing.T) *moto {
	t.Helper()
	bin, err := exec.LookPath("moto_server")
	if err != nil {
		t.Skip("skipped: moto_server is not installed (pip install 'moto[server]')")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	_, port, _ := net.SplitHostPort(address)
	server := exec.Command(bin, "-H", "127.0.0.1", "-p", port)
	if err := server.Start(); err != nil {
		t.Skipf("skipped: moto_server does not start: %v", err)
	}
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	m := &moto{t: t, url: "http://" + address}
	for range 300 {
		if response, err := http.Get(m.url + "/moto-api/data.json"); err == nil {
			response.Body.Close()
			m.connect()
			return m
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Skip("skipped: moto_server gives no answer within 30 seconds")
	return nil
}

func (m *moto) connect() {
	cfg := aws.Config{Region: "us-east-1", BaseEndpoint: aws.String(m.url), Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
	m.gateway, m.iam, m.sqs, m.kms = apigateway.NewFromConfig(cfg), iam.NewFromConfig(cfg), sqs.NewFromConfig(cfg), kms.NewFromConfig(cfg)
}

// run calls the doctor against moto.
func (m *moto) run(args ...string) (stdout, stderr string, exit int) {
	var out, errs bytes.Buffer
	if args[0] != "--snapshot" {
		args = append(args, "--endpoint-url", m.url)
	}
	exit = Main(args, Streams{In: strings.NewReader(""), Out: &out, Err: &errs, LookupEnv: os.LookupEnv, Now: time.Now})
	return out.String(), errs.String(), exit
}

func (m *moto) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

const (
	motoTrust    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	motoTemplate = "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"
)

var motoForm = map[string]string{"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"}

func (m *moto) healthy() string {
	queue := m.queue("healthy", nil)
	return m.api(queue, m.role("healthy", allowSend(queue)), motoForm)
}

func (m *moto) noContentType() string {
	queue := m.queue("untyped", nil)
	return m.api(queue, m.role("untyped", allowSend(queue)), nil)
}

// fifoWithoutGroup has a managed policy in place of an inline one.
func (m *moto) fifoWithoutGroup() string {
	queue := m.queue("sorted.fifo", map[string]string{"FifoQueue": "true", "ContentBasedDeduplication": "true"})
	role := m.role("sorted", "")
	policy, err := m.iam.CreatePolicy(context.Background(), &iam.CreatePolicyInput{PolicyName: aws.String("sorted-send"), PolicyDocument: aws.String(allowSend(queue))})
	m.must(err)
	_, err = m.iam.AttachRolePolicy(context.Background(), &iam.AttachRolePolicyInput{RoleName: aws.String("sorted"), PolicyArn: policy.Policy.Arn})
	m.must(err)
	return m.api(queue, role, motoForm)
}

func (m *moto) noKeyPermission() string {
	key, err := m.kms.CreateKey(context.Background(), &kms.CreateKeyInput{Policy: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"kms:*","Resource":"*"}]}`)})
	m.must(err)
	queue := m.queue("secret", map[string]string{"KmsMasterKeyId": *key.KeyMetadata.Arn})
	return m.api(queue, m.role("secret", allowSend(queue)), motoForm)
}

func allowSend(queue string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:123456789012:%s"}]}`, queue)
}

// queue makes a queue and returns its name.
func (m *moto) queue(name string, attributes map[string]string) string {
	_, err := m.sqs.CreateQueue(context.Background(), &sqs.CreateQueueInput{QueueName: aws.String(name), Attributes: attributes})
	m.must(err)
	return name
}

// role makes an execution role with an inline policy, if one is given, and
// returns its ARN.
func (m *moto) role(name, policy string) string {
	ctx := context.Background()
	role, err := m.iam.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String(name), AssumeRolePolicyDocument: aws.String(motoTrust)})
	m.must(err)
	if policy != "" {
		_, err = m.iam.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: aws.String(name), PolicyName: aws.String("send"), PolicyDocument: aws.String(policy)})
		m.must(err)
	}
	return *role.Role.Arn
}

// api makes an API with POST /messages to the queue, deploys it to stage prod and
// returns its id.
func (m *moto) api(queue, role string, parameters map[string]string) string {
	ctx := context.Background()
	m.n++
	api, err := m.gateway.CreateRestApi(ctx, &apigateway.CreateRestApiInput{Name: aws.String(fmt.Sprintf("api-%d", m.n))})
	m.must(err)
	root, err := m.gateway.GetResources(ctx, &apigateway.GetResourcesInput{RestApiId: api.Id})
	m.must(err)
	resource, err := m.gateway.CreateResource(ctx, &apigateway.CreateResourceInput{RestApiId: api.Id, ParentId: root.Items[0].Id, PathPart: aws.String("messages")})
	m.must(err)
	post := aws.String("POST")
	_, err = m.gateway.PutMethod(ctx, &apigateway.PutMethodInput{RestApiId: api.Id, ResourceId: resource.Id, HttpMethod: post, AuthorizationType: aws.String("NONE")})
	m.must(err)
	_, err = m.gateway.PutIntegration(ctx, &apigateway.PutIntegrationInput{RestApiId: api.Id, ResourceId: resource.Id, HttpMethod: post, IntegrationHttpMethod: post,
		Type: gatewaytypes.IntegrationTypeAws, Uri: aws.String("arn:aws:apigateway:us-east-1:sqs:path/123456789012/" + queue), Credentials: aws.String(role),
		PassthroughBehavior: aws.String("NEVER"), RequestParameters: parameters, RequestTemplates: map[string]string{"application/json": motoTemplate}})
	m.must(err)
	for status, pattern := range map[string]string{"200": `2\d{2}`, "400": `4\d{2}`, "500": ""} {
		_, err = m.gateway.PutMethodResponse(ctx, &apigateway.PutMethodResponseInput{RestApiId: api.Id, ResourceId: resource.Id, HttpMethod: post, StatusCode: aws.String(status)})
		m.must(err)
		_, err = m.gateway.PutIntegrationResponse(ctx, &apigateway.PutIntegrationResponseInput{RestApiId: api.Id, ResourceId: resource.Id, HttpMethod: post, StatusCode: aws.String(status), SelectionPattern: aws.String(pattern)})
		m.must(err)
	}
	_, err = m.gateway.CreateDeployment(ctx, &apigateway.CreateDeploymentInput{RestApiId: api.Id, StageName: aws.String("prod")})
	m.must(err)
	return *api.Id
}
