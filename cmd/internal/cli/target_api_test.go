package cli

import (
	"maps"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/fakeaws"
)

// An API is given by what people have of it.
func TestTargetsOfAWS(t *testing.T) {
	server, err := fakeaws.Start(loadFixture(t, "protocol_content_type_failing"), fakeaws.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	for _, tt := range []struct {
		args string
		code int
		says string
	}{
		{"a1b2c3d4", ExitProblems, "stage prod · POST /orders"},
		{"orders-api", ExitProblems, "orders-api (a1b2c3d4)"},
		{"arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4", ExitProblems, "POST /orders"},
		{"arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4/stages/prod", ExitProblems, "stage prod"},
		{"arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4/prod/POST/orders", ExitProblems, "POST /orders"},
		{"https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/prod/orders", ExitProblems, "stage prod · POST /orders"},
		{"https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/prod/", ExitProblems, "stage prod"},
		{"https://a1b2c3d4.execute-api.us-east-1.amazonaws.com", ExitProblems, "POST /orders"},
		{"https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/prod/nothing", ExitProblems, "MissingAuthenticationToken"},
		{"https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/nope/orders", ExitUsage, `no stage "nope"`},
		{"--curl 'curl -X POST https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/prod/orders -d {}'", ExitProblems, "POST /orders"},
		{"fix orders-api", ExitProblems, "application/x-www-form-urlencoded"},
		{"orders-apo", ExitUsage, `did you mean "orders-api"`},
		{"no-such-thing", ExitUsage, "expected one of orders-api"},
		{"https://api.example.com/orders", ExitUsage, "no custom domain name api.example.com of region us-east-1 leads to an API"},
		{"--curl 'curl https://api.example.com/orders'", ExitUsage, "no custom domain name"},
		{"a1b2c3d4.execute-api.us-east-1.amazonaws.com/prod/orders", ExitProblems, "stage prod · POST /orders"},
		{"https://eu-west-1.console.aws.amazon.com/apigateway/main/apis/a1b2c3d4", ExitUsage, "address of the AWS console"},
		{"https://localhost:3000/orders", ExitUsage, "no host of API Gateway"},
		{"https://10.0.0.1/orders", ExitUsage, "no host of API Gateway"},
		{"arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4", ExitProblems, "POST /orders"},
		{"https://sqs.us-east-1.amazonaws.com/123456789012/orders", ExitUsage, "URL of a queue"},
		{"arn:aws:sqs:us-east-1:123456789012:orders", ExitUsage, "not the ARN of an API"},
		{"arn:aws:lambda:us-east-1:123456789012:function:f", ExitUsage, "not the ARN of an API"},
		{"https://%zz", ExitUsage, "not a URL"},
		{"dem", ExitUsage, `did you mean "demo"`},
		{"a1b2c3d4 --template x.yaml", ExitUsage, "x.yaml"},
		{"a1b2c3d4 --snapshot x.json", ExitUsage, "give one target"},
		{"a1b2c3d4 b2c3d4e5", ExitUsage, "give one target"},
		{"nothing.yaml", ExitUsage, "nothing.yaml"},
	} {
		runTarget(t, tt.args, tt.code, tt.says)
	}
}

func runTarget(t *testing.T, line string, want int, says string) {
	t.Helper()
	args, err := splitShell(line)
	if err != nil {
		t.Fatal(err)
	}
	code, out, errs := run(nil, args...)
	if text := strings.Join(strings.Fields(out+errs), " "); code != want || !strings.Contains(text, says) {
		t.Errorf("%s: exit code %d, want %d and %q:\n%s%s", line, code, want, says, out, errs)
	}
}

// A custom domain name leads to the API, by its longest path that fits, and invoke
// URLs of HTTP and WebSocket APIs are read as REST ones are.
func TestTargetsByAddress(t *testing.T) {
	s := loadFixture(t, "protocol_content_type_failing")
	for _, name := range []string{"orders_http", "orders_socket", "orders"} {
		other := loadFixture(t, name)
		if name == "orders" {
			other.APIs[0].ID, other.APIs[0].Name = "h5e6a7l8", "orders-api"
		}
		s.APIs = append(s.APIs, other.APIs[0])
		maps.Copy(s.Roles, other.Roles)
		maps.Copy(s.Queues, other.Queues)
	}
	domains := map[string][]snapshot.Domain{
		"a1b2c3d4": {{Name: "api.example.com", Path: "shop", Stage: "prod"}, {Name: "any.example.com"}},
		"h5e6a7l8": {{Name: "api.example.com", Path: "shop/v2", Stage: "prod"}},
		"h1b2c3d4": {{Name: "http.example.com", Stage: "$default"}},
	}
	for i := range s.APIs {
		s.APIs[i].Domains = snapshot.Known(domains[s.APIs[i].ID], snapshot.Origin{})
		if s.APIs[i].ID == "h5e6a7l8" {
			s.APIs[i].DefaultEndpointDisabled = snapshot.Known(true, snapshot.Origin{})
		}
	}
	server, err := fakeaws.Start(s, fakeaws.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	socket := s.APIs[2].ID
	for _, tt := range []struct {
		args string
		code int
		says string
	}{
		{"https://api.example.com/shop/orders", ExitProblems, "orders-api (a1b2c3d4) · stage prod · POST /orders"},
		{"https://API.example.com/shop/orders/", ExitProblems, "(a1b2c3d4) · stage prod · POST /orders"},
		{"https://api.example.com/shop", ExitProblems, "(a1b2c3d4) · stage prod"},
		{"https://api.example.com/shop/v2/orders", ExitHealthy, "(h5e6a7l8) · stage prod · POST /orders"}, // its own endpoint is disabled
		{"https://api.example.com/shop/v2/nothing", ExitProblems, "(h5e6a7l8) · stage prod · POST /shop/v2/nothing"},
		{"--curl 'curl -X POST https://api.example.com/shop/orders -d {}'", ExitProblems, "(a1b2c3d4) · stage prod · POST /"},
		{"https://any.example.com/prod/orders", ExitProblems, "(a1b2c3d4) · stage prod · POST /orders"},
		{"any.example.com", ExitProblems, "POST /orders"},
		{"https://http.example.com/orders", ExitHealthy, "(h1b2c3d4) · stage $default · POST /orders"},
		{"api.example.com", ExitUsage, "api.example.com leads to several APIs give one of: api.example.com/shop/v2 -> h5e6a7l8 prod, api.example.com/shop -> a1b2c3d4 prod"},
		{"https://api.example.com/nowhere", ExitUsage, "no path of api.example.com leads from /nowhere to an API its paths: api.example.com/shop/v2"},
		{"https://api.exampel.com/shop", ExitUsage, `no custom domain name api.exampel.com did you mean "api.example.com"?`},
		{"fix https://api.example.com/shop/orders", ExitProblems, "application/x-www-form-urlencoded"},
		{"snapshot https://http.example.com", ExitHealthy, `"id": "h1b2c3d4"`},
		{"https://h1b2c3d4.execute-api.us-east-1.amazonaws.com/orders", ExitHealthy, "stage $default · POST /orders"},
		{"https://h1b2c3d4.execute-api.us-east-1.amazonaws.com/nothing", ExitProblems, "NotFoundException"},
		{"wss://" + socket + ".execute-api.us-east-1.amazonaws.com/live", ExitInconclusive, "(" + socket + ") · stage live · WEBSOCKET submit"},
		{"wss://" + socket + ".execute-api.us-east-1.amazonaws.com/live/", ExitInconclusive, "stage live"},
		{"wss://" + socket + ".execute-api.us-east-1.amazonaws.com/prod", ExitUsage, `no stage "prod"`},
		{"https://" + socket + ".execute-api.us-east-1.amazonaws.com/live/@connections", ExitInconclusive, "stage live"},
		{"arn:aws:apigateway:us-east-1::/apis/h1b2c3d4/stages/$default", ExitHealthy, "stage $default"},
		{"orders-api", ExitUsage, `2 APIs of region us-east-1 are named "orders-api" give one of: a1b2c3d4, h5e6a7l8`},
	} {
		runTarget(t, tt.args, tt.code, tt.says)
	}
	for operation, says := range map[string]string{
		"GetDomainNames":      "the custom domain name api.example.com in region us-east-1 cannot be read: ",
		"GetBasePathMappings": "allow apigateway:GET on arn:aws:apigateway:us-east-1::/domainnames/api.example.com/basepathmappings",
		"GetApiMappings":      "allow apigateway:GET on arn:aws:apigateway:us-east-1::/domainnames/api.example.com/apimappings",
	} {
		denying, err := fakeaws.Start(s, fakeaws.Options{Deny: []string{operation}})
		if err != nil {
			t.Fatal(err)
		}
		t.Setenv("AWS_ENDPOINT_URL", denying.URL)
		runTarget(t, "https://api.example.com/shop/orders", ExitCannotRun, says)
		denying.Close()
	}
}
