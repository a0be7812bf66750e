package logs_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/live"
	"apisqs-doctor/diagnose/source/live/logs"
	"apisqs-doctor/fixtures/fakeaws"
	"apisqs-doctor/fixtures/fakeaws/fakeawstest"
)

// The environment is not that of whoever runs the tests.
func TestMain(m *testing.M) { fakeawstest.Main(m) }

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

const group = "API-Gateway-Execution-Logs_a1b2c3d4/prod"

// serve starts a loopback AWS with n events, one a second from noon on.
func serve(t *testing.T, n int, o fakeaws.Options) live.Settings {
	t.Helper()
	if o.Monitoring.Groups == nil {
		o.Monitoring.Groups = map[string][]fakeaws.LogEvent{}
	}
	for i := range n {
		o.Monitoring.Groups[group] = append(o.Monitoring.Groups[group], fakeaws.LogEvent{Time: noon.UnixMilli() + int64(i)*1000, Message: fmt.Sprintf("(%d) x", i)})
	}
	server, err := fakeaws.Start(&snapshot.Snapshot{}, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	cfg, err := live.Config(context.Background(), live.ConfigOptions{Region: "us-east-1", EndpointURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func query() logs.Query {
	return logs.Query{Group: group, Partition: "aws", Account: "123456789012", From: noon, To: noon.Add(time.Hour), Limit: 100_000}
}

func TestRead(t *testing.T) {
	for _, tt := range []struct {
		name  string
		n     int
		o     fakeaws.Options
		alter func(*logs.Query)
		want  logs.Result
	}{
		{"one page", 20, fakeaws.Options{}, nil, logs.Result{Events: 20, Calls: 1}},
		{"pages", 20, fakeaws.Options{PageSize: 8}, nil, logs.Result{Events: 20, Calls: 3}},
		{"empty pages", 5, fakeaws.Options{Monitoring: fakeaws.Monitoring{Empty: 3}}, nil, logs.Result{Events: 5, Calls: 4}},
		{"throttled", 5, fakeaws.Options{Throttle: map[string]int{"FilterLogEvents": 2}}, nil, logs.Result{Events: 5, Calls: 1}},
		{"a window", 100, fakeaws.Options{}, func(q *logs.Query) { q.To = noon.Add(10 * time.Second) }, logs.Result{Events: 10, Calls: 1}},
		{"the newest of many", 100, fakeaws.Options{PageSize: 10}, func(q *logs.Query) { q.Limit = 25 }, logs.Result{Events: 25, Calls: 3, More: true}},
		{"nothing", 0, fakeaws.Options{Monitoring: fakeaws.Monitoring{Groups: map[string][]fakeaws.LogEvent{group: {}}}}, nil, logs.Result{Calls: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if testing.Short() && tt.o.Throttle != nil {
				t.Skip("skipped with -short: it waits for calls that are throttled")
			}
			cfg, q := serve(t, tt.n, tt.o), query()
			if tt.alter != nil {
				tt.alter(&q)
			}
			var times []int64
			got, err := logs.Read(t.Context(), cfg, q, func(e logs.Event) { times = append(times, e.Time) })
			if err != nil || got != tt.want {
				t.Fatalf("%+v, %v, want %+v", got, err, tt.want)
			}
			for i := 1; i < len(times); i++ {
				if times[i] >= times[i-1] {
					t.Fatalf("event %d is not older than the one before it", i)
				}
			}
		})
	}
}

// Each way in which a group cannot be read has its sentence.
func TestFailures(t *testing.T) {
	for _, tt := range []struct {
		name string
		o    fakeaws.Options
		q    func(*logs.Query)
		kind live.Kind
		says []string
	}{
		{"denied", fakeaws.Options{Deny: []string{"FilterLogEvents"}}, nil, live.Denied,
			[]string{"cannot be read: AccessDeniedException", "allow logs:FilterLogEvents on arn:aws:logs:us-east-1:123456789012:log-group:" + group + ":*"}},
		{"an error of AWS", fakeaws.Options{Fail500: []string{"FilterLogEvents"}}, nil, live.Broken, []string{"cannot be read"}},
		{"another class", fakeaws.Options{Monitoring: fakeaws.Monitoring{Classes: map[string]string{group: "INFREQUENT_ACCESS"}}}, nil, live.Broken, []string{"its class does not allow it", "--file"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("AWS_MAX_ATTEMPTS", "1")
			_, err := logs.Read(t.Context(), serve(t, 1, tt.o), query(), func(logs.Event) {})
			var e *live.Error
			if !errors.As(err, &e) || e.Kind != tt.kind {
				t.Fatalf("%v", err)
			}
			for _, part := range tt.says {
				if !strings.Contains(e.Error(), part) {
					t.Errorf("%q does not say %q", e.Error(), part)
				}
			}
		})
	}
	if _, err := logs.Read(t.Context(), serve(t, 0, fakeaws.Options{}), query(), func(logs.Event) {}); !errors.Is(err, logs.ErrNoGroup) {
		t.Errorf("no group: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := logs.Read(ctx, serve(t, 1, fakeaws.Options{Hang: []string{"FilterLogEvents"}}), query(), func(logs.Event) {}); err == nil || !strings.Contains(err.Error(), "--timeout") {
		t.Errorf("too late: %v", err)
	}
}

func TestMetrics(t *testing.T) {
	at := noon.Unix()
	cfg := serve(t, 0, fakeaws.Options{Monitoring: fakeaws.Monitoring{Metrics: map[string]fakeaws.Series{
		"AWS/ApiGateway Count orders-api prod": {at: 10, at + 60: 12, at - 3600: 99},
		"AWS/SQS NumberOfMessagesSent orders":  {at: 9},
	}}})
	got, err := logs.Metrics(t.Context(), cfg, []logs.Metric{
		{"AWS/ApiGateway", "Count", [][2]string{{"ApiName", "orders-api"}, {"Stage", "prod"}}, "Sum"},
		{"AWS/SQS", "NumberOfMessagesSent", [][2]string{{"QueueName", "orders"}}, "Sum"},
		{"AWS/SQS", "ApproximateAgeOfOldestMessage", [][2]string{{"QueueName", "orders"}}, "Maximum"},
	}, noon, noon.Add(10*time.Minute), time.Minute)
	if err != nil || len(got) != 3 || len(got[0]) != 2 || got[0][1].Value != 12 || !got[0][0].Time.Equal(noon) || len(got[1]) != 1 || len(got[2]) != 0 {
		t.Errorf("%v, %v", got, err)
	}
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	if _, err := logs.Metrics(t.Context(), serve(t, 0, fakeaws.Options{Deny: []string{"GetMetricData"}}), []logs.Metric{{"AWS/SQS", "x", nil, "Sum"}}, noon, noon.Add(time.Minute), time.Minute); err == nil || !strings.Contains(err.Error(), "cloudwatch:GetMetricData") {
		t.Errorf("denied: %v", err)
	}
}
