package logs

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Lines of access logs, read by their format, by one of the console's, or by the
// names of JSON members (L40 to L47, L60, L61).
func TestAccessLogs(t *testing.T) {
	const (
		clf  = `$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "$context.httpMethod $context.resourcePath $context.protocol" $context.status $context.responseLength $context.requestId $context.extendedRequestId`
		http = `$context.identity.sourceIp - - [$context.requestTime] "$context.httpMethod $context.routeKey $context.protocol" $context.status $context.responseLength $context.requestId $context.integrationErrorMessage`
	)
	for _, tt := range []struct {
		name, format, line string
		want               Observation
	}{
		{"L45 CLF", clf, `198.51.100.7 - - [30/Nov/2026:12:00:00 +0000] "POST /orders HTTP/1.1" 403 42 0f6f1a52 Qx1a=`,
			Observation{ID: "0f6f1a52", Extended: "Qx1a=", Method: "POST", Path: "/orders", Status: 403, Start: 1796040000000}},
		{"L45 CLF without its format", "", `198.51.100.7 - - [30/Nov/2026:12:00:00 +0000] "POST /orders HTTP/1.1" 403 42 0f6f1a52 Qx1a=`,
			Observation{ID: "0f6f1a52", Extended: "Qx1a=", Method: "POST", Path: "/orders", Status: 403, Start: 1796040000000}},
		{"L45 CSV without its format", "", `198.51.100.7,-,-,30/Nov/2026:12:00:00 +0000,POST,/orders,HTTP/1.1,200,20,0f6f1a52`,
			Observation{ID: "0f6f1a52", Method: "POST", Path: "/orders", Status: 200, Start: 1796040000000}},
		{"L45 XML without its format", "", `<request id="0f6f1a52"> <ip>198.51.100.7</ip> <caller>-</caller> <user>-</user> <requestTime>30/Nov/2026:12:00:00 +0000</requestTime> <httpMethod>POST</httpMethod> <resourcePath>/orders</resourcePath> <status>200</status> <protocol>HTTP/1.1</protocol> <responseLength>20</responseLength> </request>`,
			Observation{ID: "0f6f1a52", Method: "POST", Path: "/orders", Status: 200, Start: 1796040000000}},
		{"L47 the route key holds a blank", http, `198.51.100.7 - - [30/Nov/2026:12:00:00 +0000] "POST POST /orders HTTP/1.1" 500 35 QxHTTP= API Gateway doesn’t have permissions to assume the IAM role configured on the integration. Check the permissions and try again.`,
			Observation{ID: "QxHTTP=", Method: "POST", Path: "/orders", RouteKey: "POST /orders", Status: 500, Start: 1796040000000,
				Failure: "API Gateway doesn’t have permissions to assume the IAM role configured on the integration. Check the permissions and try again."}},
		{"L46 numbers without quotes and no value", `{"id":"$context.requestId","lat":$context.integration.latency,"s":$context.status,"ss":$context.integration.status,"why":$context.error.messageString,"type":"$context.error.responseType"}`,
			`{"id":"1","lat":-,"s":403,"ss":-,"why":"Missing Authentication Token","type":"MISSING_AUTHENTICATION_TOKEN"}`,
			Observation{ID: "1", Status: 403, Called: No, ResponseType: "MISSING_AUTHENTICATION_TOKEN", Message: "Missing Authentication Token", Code: "MissingAuthenticationTokenException"}},
		{"L46 without its format", "", `{"requestId":"1","latency":-,"status":403,"integration":{"status":"403","requestId":"7d1f"},"httpMethod":"POST","resourcePath":"/orders"}`,
			Observation{ID: "1", Status: 403, SQSStatus: 403, Called: Yes, SQSID: "7d1f", Method: "POST", Path: "/orders"}},
		{"L44 a dash is no message", `$context.requestId $context.status $context.integrationStatus "$context.integrationErrorMessage"`, `1 400 404 "-"`, Observation{ID: "1", Status: 400, SQSStatus: 404, Called: Yes}},
		{"L42 the validator's reason", `$context.requestId $context.status $context.error.responseType "$context.error.message" $context.error.validationErrorString`,
			`1 400 BAD_REQUEST_BODY "Invalid request body" [object has missing required properties (["id"])]`,
			Observation{ID: "1", Status: 400, ResponseType: "BAD_REQUEST_BODY", Code: "BadRequestException", Message: `[object has missing required properties (["id"])]`}},
		{"L41 no request id in the format", `$context.extendedRequestId $context.status`, `Qx1a= 200`, Observation{ID: "Qx1a=", Extended: "Qx1a=", Status: 200}},
		{"L40 the format ends in a line feed", `$context.requestId $context.status\n`, "1 200\n", Observation{ID: "1", Status: 200}},
		{"L42 epoch", `$context.requestId $context.requestTimeEpoch $context.status`, "1 1796040000123 200", Observation{ID: "1", Status: 200, Start: 1796040000123}},
		{"L46 lines older than the format", clf, `{"requestId":"1","status":"200"}`, Observation{ID: "1", Status: 200}},
		{"L61 what an HTTP API says", "", `{"requestId":"Qx=","routeKey":"POST /orders","status":"400","integrationStatus":"-","integrationErrorMessage":"Unable to resolve property MessageBody from source $request.body.x."}`,
			Observation{ID: "Qx=", RouteKey: "POST /orders", Method: "POST", Path: "/orders", Status: 400, Called: No, Failure: "Unable to resolve property MessageBody from source $request.body.x."}},
		{"L45 CLF with something added", "", `198.51.100.7 - - [30/Nov/2026:12:00:00 +0000] "POST /orders HTTP/1.1" 500 42 0f6f1a52-3c0e-4a1b-9d57-6d1f0b2c3e01 Qx1aHKcoAMEd2w= - API_CONFIGURATION_ERROR`,
			Observation{ID: "0f6f1a52-3c0e-4a1b-9d57-6d1f0b2c3e01", Extended: "Qx1aHKcoAMEd2w=", Method: "POST", Path: "/orders", Status: 500, Start: 1796040000000}},
		{"L47 HTTP API's with the reason added", "", `198.51.100.7 - - [30/Nov/2026:12:00:00 +0000] "POST POST /orders HTTP/1.1" 500 35 QxHTTP2boAMEJyQ= API Gateway doesn’t have permissions to assume the IAM role configured on the integration. Check the permissions and try again.`,
			Observation{ID: "QxHTTP2boAMEJyQ=", Extended: "QxHTTP2boAMEJyQ=", Method: "POST", Path: "/orders", RouteKey: "POST /orders", Status: 500, Start: 1796040000000,
				Failure: "API Gateway doesn’t have permissions to assume the IAM role configured on the integration. Check the permissions and try again."}},
		{"quotes within a value", `{"ua":"$context.identity.userAgent","status":"$context.status","requestId":"$context.requestId"}`, `{"ua":"curl "x","y"","status":"200","requestId":"1"}`, Observation{ID: "1", Status: 200}},
	} {
		got := read(t, tt.format, tt.line)
		if len(got.list) != 1 {
			t.Errorf("%s: %d requests, unread %q", tt.name, len(got.list), got.Sample)
			continue
		}
		o := *got.list[0]
		tt.want.Source, tt.want.Begun, tt.want.Complete, tt.want.End = Access, true, true, tt.want.Start
		if tt.want.Message == "" {
			tt.want.Message = tt.want.Failure
		}
		tt.want.Code, tt.want.Origin = o.Code, o.Origin
		o.Deciding, o.order = "", 0
		if diff := cmp.Diff(tt.want, o, cmp.AllowUnexported(Observation{})); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func TestFormatsThatCannotBeReadBack(t *testing.T) {
	for format, want := range map[string]string{
		"$context.path$context.status": "nothing stands between $context.path and $context.status",
		"status":                       "it holds no $context variable",
	} {
		_, err := NewGrouper(format, nil)
		if e := (*FormatError)(nil); !errors.As(err, &e) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", format, err)
		}
	}
}

// What is in no variable's form, is no line of the format, at any length.
func TestAccessLinesEnd(t *testing.T) {
	f, err := compileFormat(`$context.identity.userAgent $context.path $context.identity.caller $context.identity.user $context.status`)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := f.read(strings.Repeat("a ", 100_000) + "x"); ok {
		t.Error("a line without a status is read")
	}
}

func FuzzFormat(f *testing.F) {
	f.Add(`$context.requestId [$context.requestTime] "$context.status"`, `1 [30/Nov/2026:12:00:00 +0000] "200"`)
	f.Fuzz(func(t *testing.T, format, line string) {
		if c, err := compileFormat(format); err == nil {
			if values, ok := c.read(line); ok && len(values) == 0 {
				t.Error("a line without values")
			}
		}
	})
}

func BenchmarkAccess(b *testing.B) {
	var text strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&text, `{ "requestId":"%08d-3c0e-4a1b-9d57-6d1f0b2c3e01", "ip": "198.51.100.7", "requestTime":"30/Nov/2026:12:00:00 +0000", "httpMethod":"POST","resourcePath":"/orders", "status":"200","protocol":"HTTP/1.1", "integrationStatus":"200", "integrationError":"-" }`+"\n", i)
	}
	for name, format := range map[string]string{
		"format":  `{ "requestId":"$context.requestId", "ip": "$context.identity.sourceIp", "requestTime":"$context.requestTime", "httpMethod":"$context.httpMethod","resourcePath":"$context.resourcePath", "status":"$context.status","protocol":"$context.protocol", "integrationStatus":"$context.integration.status", "integrationError":"$context.integration.error" }`,
		"members": "",
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(text.Len()))
			for b.Loop() {
				g, _ := NewGrouper(format, func(*Observation) {})
				_ = Read(strings.NewReader(text.String()), "log", g)
			}
		})
	}
}
