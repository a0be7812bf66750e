package testinvoke_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/diagnose/source/live"
	"apisqs-doctor/diagnose/source/live/testinvoke"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/fixtures/fakeaws"
	"apisqs-doctor/fixtures/fakeaws/fakeawstest"
)

var request = testinvoke.Request{API: "a1b2c3d4", Resource: "r0ders", Method: "POST", Path: "/orders?x=%20", Body: `{"id":1}`,
	Headers: map[string][]string{"Content-Type": {"application/json"}, "X-Twice": {"a", "b"}}, Variables: map[string]string{"queue": "orders"}}

func start(t *testing.T, o fakeaws.Options) *fakeaws.Server {
	t.Helper()
	c, err := fixtures.Load("orders")
	if err != nil {
		t.Fatal(err)
	}
	server, err := fakeaws.Start(c.Snapshot, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server
}

func TestOnce(t *testing.T) {
	server := start(t, fakeaws.Options{Answers: map[string]fakeaws.Answer{"POST /orders": {
		Status: 403, Body: "{}", Log: "Execution log", Latency: 12, Headers: map[string]string{"x-amzn-ErrorType": "AccessDenied"}}}})
	got, err := testinvoke.Once(context.Background(), live.Loopback(server.URL, "us-east-1"), "aws", request)
	if err != nil {
		t.Fatal(err)
	}
	want := testinvoke.Answer{Status: 403, Body: "{}", Log: "Execution log", Latency: 12, Headers: map[string]string{"x-amzn-ErrorType": "AccessDenied"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	asked := []fakeaws.Invocation{{Method: "POST /orders", Path: "/orders?x=%20", Body: `{"id":1}`, Headers: map[string]string{"Content-Type": "application/json"},
		MultiValueHeaders: map[string][]string{"X-Twice": {"a", "b"}}, StageVariables: map[string]string{"queue": "orders"}}}
	if diff := cmp.Diff(asked, server.Invocations()); diff != "" {
		t.Error(diff)
	}
	if calls := server.Calls(); len(calls) != 1 || !calls[0].Write || calls[0].Operation != "TestInvokeMethod" {
		t.Errorf("calls %+v, want one that writes", calls)
	}
}

// The environment is not that of whoever runs the tests.
func TestMain(m *testing.M) { fakeawstest.Main(m) }

// Whatever goes wrong, there is one call, and the error says whether the method
// may have run.
func TestOnceIsOnce(t *testing.T) {
	const op = "TestInvokeMethod"
	t.Setenv("AWS_MAX_ATTEMPTS", "5")
	missing := request
	missing.Method = "GET"
	for _, tt := range []struct {
		name    string
		request testinvoke.Request
		options fakeaws.Options
		kind    live.Kind
		message string
		suggest string
	}{
		{"refused by IAM", request, fakeaws.Options{Deny: []string{op}}, live.Denied, "the method was not run: AccessDeniedException",
			"allow apigateway:POST on arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4/resources/r0ders/methods/POST"},
		{"throttled", request, fakeaws.Options{Throttle: map[string]int{op: 1}}, live.Throttled, "the method was not run: throttled by AWS (TooManyRequestsException)", "try again later"},
		{"no such method any more", missing, fakeaws.Options{}, live.Broken, "the method was not run: NotFoundException (HTTP 404)", "the API has changed"},
		{"internal error", request, fakeaws.Options{Fail500: []string{op}}, live.Broken, "it is not known whether the method ran: InternalFailure (HTTP 500)", "look at the queue"},
		{"an answer that is none", request, fakeaws.Options{Faults: map[string]fakeaws.Fault{op: fakeaws.Empty}}, live.Broken, "it is not known whether the method ran: the answer is not AWS's", "look at the queue"},
		{"another host", request, fakeaws.Options{Faults: map[string]fakeaws.Fault{op: fakeaws.Redirect}}, live.Broken, "it is not known whether the method ran: redirected to another host, ", "look at the queue"},
		{"no answer", request, fakeaws.Options{Hang: []string{op}}, live.Timeout, "it is not known whether the method ran: timed out", "look at the queue"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := start(t, tt.options)
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			cfg, err := live.Config(ctx, live.ConfigOptions{Region: "us-east-1", EndpointURL: server.URL})
			if err != nil {
				t.Fatal(err)
			}
			if len(tt.options.Hang) > 0 {
				ctx, cancel = context.WithTimeout(ctx, 300*time.Millisecond)
				defer cancel()
			}
			_, err = testinvoke.Once(ctx, cfg, "aws", tt.request)
			var e *live.Error
			if !errors.As(err, &e) || e.Kind != tt.kind || !strings.HasPrefix(e.Message, tt.message) || !strings.HasPrefix(e.Suggest, tt.suggest) {
				t.Errorf("got %+v, want %s: %s; %s", err, tt.kind, tt.message, tt.suggest)
			}
			time.Sleep(50 * time.Millisecond) // for a second call, were there one
			if calls := server.Calls(); len(calls) != 1 {
				t.Errorf("%d calls: %+v", len(calls), calls)
			}
		})
	}
}

// A connection that breaks after the request was sent leaves it open whether the
// method ran, and one that is refused does not. Neither is tried again.
func TestConnectionBreaks(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepted := make(chan struct{}, 10)
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			accepted <- struct{}{}
			c.Read(make([]byte, 1<<16))
			c.Close()
		}
	}()
	cfg := live.Loopback("http://"+listener.Addr().String(), "us-east-1")
	_, err = testinvoke.Once(context.Background(), cfg, "aws", request)
	if err == nil || !strings.HasPrefix(err.Error(), "it is not known whether the method ran") {
		t.Errorf("broken: %v", err)
	}
	listener.Close()
	if n := len(accepted); n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
	_, err = testinvoke.Once(context.Background(), cfg, "aws", request)
	if err == nil || !strings.HasPrefix(err.Error(), "the method was not run: "+listener.Addr().String()+" refuses the connection") {
		t.Errorf("refused: %v", err)
	}
}

func TestNeeds(t *testing.T) {
	got := testinvoke.Needs("aws-cn", "cn-north-1", request)
	if !slices.Equal(strings.Split(got, " on "), []string{"apigateway:POST", "arn:aws-cn:apigateway:cn-north-1::/restapis/a1b2c3d4/resources/r0ders/methods/POST"}) {
		t.Error(got)
	}
}
