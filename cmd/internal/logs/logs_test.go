package logs

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/diagnose/walk"
)

// outcome is what is decided by most.
type outcome struct {
	Method, Path string
	Status, SQS  int
	Called       Answer
	Code         walk.ErrorCode
	Origin       walk.Source
}

func outcomeOf(o *Observation) outcome {
	return outcome{o.Method, o.Path, o.Status, o.SQSStatus, o.Called, o.Code, o.Origin}
}

// Each form of line, read by itself or among others.
func TestLines(t *testing.T) {
	const id = "(0f6f1a52-3c0e-4a1b-9d57-6d1f0b2c3e01) "
	for _, tt := range []struct {
		name  string
		lines []string
		want  func(*Observation) any
		is    any
	}{
		{"L20 extended id", []string{"Extended Request Id: Qx1a="}, func(o *Observation) any { return o.Extended }, "Qx1a="},
		{"L20 usage plan, two blanks", []string{"Verifying Usage Plan for request: 1. API Key:  API Stage: a1b2c3d4/prod"}, func(o *Observation) any { return o.API + "/" + o.Stage }, "a1b2c3d4/prod"},
		{"L20 usage plan, one blank", []string{"Verifying Usage Plan for request: 1. API Key: API Stage: a1b2c3d4/prod"}, func(o *Observation) any { return o.API + "/" + o.Stage }, "a1b2c3d4/prod"},
		{"L28 usage plan with a key", []string{"Verifying Usage Plan for request: 1. API Key: ****ReKPrb API Stage: a1b2c3d4/prod"}, func(o *Observation) any { return o.API + "/" + o.Stage }, "a1b2c3d4/prod"},
		{"L20 key not required", []string{"API Key authorized because method 'POST /orders/{id}' does not require API Key. Request will not contribute to throttle or quota limits"},
			func(o *Observation) any { return o.Method + " " + o.Path }, "POST /orders/{id}"},
		{"L25 key refused", []string{"API Key not authorized because method 'GET /' requires API Key and API Key is not associated with a Usage Plan for API Stage a1b2c3d4/prod: API Key was required but not present"},
			func(o *Observation) any { return o.Method + o.Path + o.API + o.Stage }, "GET/a1b2c3d4prod"},
		{"L20 method", []string{"HTTP Method: POST, Resource Path: /orders"}, func(o *Observation) any { return o.Method + o.Path }, "POST/orders"},
		{"L29 parameters", []string{"Method request path: {id=42, sub=a, b}", "Method request query string: {q=x=y, page=1}"},
			func(o *Observation) any { return [][]walk.Header{o.PathParams, o.Query} },
			[][]walk.Header{{{Name: "id", Value: "42"}, {Name: "sub", Value: "a, b"}}, {{Name: "q", Value: "x=y"}, {Name: "page", Value: "1"}}}},
		{"L20 braces on a line of their own", []string{"Method request query string: \n{q=1}"}, func(o *Observation) any { return o.Query }, []walk.Header{{Name: "q", Value: "1"}}},
		{"L29 headers", []string{"Method request headers: {Accept=text/html, application/xml;q=0.9, Date=Mon, 30 Nov 2026 12:00:00 GMT, X-Amzn-Trace-Id=Root=1-2}"},
			func(o *Observation) any { return o.Client.Headers }, []walk.Header{{Name: "Accept", Value: "text/html, application/xml;q=0.9"}, {Name: "Date", Value: "Mon, 30 Nov 2026 12:00:00 GMT"}, {Name: "X-Amzn-Trace-Id", Value: "Root=1-2"}}},
		{"a signature is one header", []string{"Method request headers: {Authorization=AWS4-HMAC-SHA256 Credential=A/b, SignedHeaders=host, Signature=abc, Accept=*/*}"},
			func(o *Observation) any { return len(o.Client.Headers) }, 2},
		{"L31 body of several lines", []string{"Method request body before transformations: {\n  \"a\": 1\n}"}, func(o *Observation) any { return o.Client.Body }, "{\n  \"a\": 1\n}"},
		{"L31 a body that begins with a line feed", []string{"Endpoint request body after transformations: \n\nAction=x"}, func(o *Observation) any { return o.Sent.Body }, "\n\nAction=x"},
		{"empty body", []string{"Method request body before transformations: "}, func(o *Observation) any { return []any{o.Client.HasBody, o.Client.Body} }, []any{true, ""}},
		{"L30 cut body", []string{"Endpoint request body after transformations: Action=Se [TRUNCATED]"}, func(o *Observation) any { return []any{o.Sent.CutBody, o.Sent.Body} }, []any{true, "Action=Se"}},
		{"L30 cut headers", []string{"Endpoint request headers: {X-Amz-Date=1, X-Amz-Security-Token=abc [TRUNCATED]"}, func(o *Observation) any { return []any{o.Sent.CutHeaders, len(o.Sent.Headers)} }, []any{true, 2}},
		{"L20 address", []string{"Endpoint request URI: https://sqs.us-east-1.amazonaws.com/1/orders"}, func(o *Observation) any { return o.URL }, "https://sqs.us-east-1.amazonaws.com/1/orders"},
		{"L20 sending alone", []string{"Sending request to https://sqs.us-east-1.amazonaws.com/1/orders"}, func(o *Observation) any { return []any{o.URL, o.Called} }, []any{"https://sqs.us-east-1.amazonaws.com/1/orders", Yes}},
		{"L20 answer of 2019", []string{"Received response. Integration latency: 12 ms"}, func(o *Observation) any { return []any{o.SQSStatus, o.Latency, o.Called} }, []any{0, 12, Yes}},
		{"L20 answer", []string{"Received response. Status: 403, Integration latency: 12 ms"}, func(o *Observation) any { return []any{o.SQSStatus, o.Latency, o.Origin} }, []any{403, 12, walk.FromSQS}},
		{"L20 answer of 2019 with its code", []string{"Received response. Integration latency: 12 ms", "Endpoint response body before transformations: " + denied},
			func(o *Observation) any { return []any{o.SQSStatus, o.Code} }, []any{403, walk.AccessDenied}},
		{"L21 SQS's id in the header", []string{"Endpoint response headers: {x-amzn-RequestId=7d1f, Date=Mon, 30 Nov 2026 12:00:00 GMT}"}, func(o *Observation) any { return o.SQSID }, "7d1f"},
		{"L21 SQS's id", []string{"AWS Integration Endpoint RequestId : 7d1f"}, func(o *Observation) any { return o.SQSID }, "7d1f"},
		{"L22 role", []string{"Execution failed due to configuration error: API Gateway does not have permission to assume the provided role arn:aws:iam::123456789012:role/r", "Gateway response type: DEFAULT_5XX with status code: 500"},
			func(o *Observation) any { return []any{o.Status, o.Called, o.Origin, o.ResponseType} }, []any{500, No, walk.FromAPIGateway, "DEFAULT_5XX"}},
		{"L22 empty reason", []string{"Execution failed due to configuration error:"}, func(o *Observation) any { return o.Failure }, "Execution failed due to configuration error"},
		{"L22 timeout", []string{"Execution failed due to a timeout error", "Method completed with status: 504"}, func(o *Observation) any { return []any{o.Failure, o.Status} }, []any{"Execution failed due to a timeout error", 504}},
		{"L22 status in the reason", []string{"Execution failed due to configuration error: No match for output mapping and no default output mapping configured. Endpoint Response Status Code: 403"},
			func(o *Observation) any { return []any{o.SQSStatus, o.Called} }, []any{403, Yes}},
		{"L22 both ends", []string{"Gateway response type: DEFAULT_5XX with status code: 500", "Method completed with status: 500"}, func(o *Observation) any { return o.Status }, 500},
		{"L23 validator", []string{`Request body does not match model schema for content type application/json: [object has missing required properties (["id"])]`, "Method completed with status: 400"},
			func(o *Observation) any {
				return []any{o.Called, o.Status, strings.HasPrefix(o.Deciding, "Request body")}
			}, []any{No, 400, true}},
		{"L25 no completion line", []string{"Extended Request Id: x=", "Starting authorizer: a for request: 1", "Unauthorized request: 1", "X-ray Tracing ID : Root=1"},
			func(o *Observation) any { return []any{o.Status, o.Complete, o.Deciding} }, []any{0, true, "Unauthorized request: 1"}},
		{"L25 throttled", []string{"Key throttle limit exceeded for RestApi a1, Stage prod, Resource abc123, HttpMethod POST. Limit: 1.00 Burst: 1", "Method completed with status: 429"},
			func(o *Observation) any { return []any{o.Status, strings.HasPrefix(o.Deciding, "Key throttle")} }, []any{429, true}},
		{"L26 a line of no known form", []string{"Lambda execution failed with status 200", "Method completed with status: 502"}, func(o *Observation) any { return o.Status }, 502},
	} {
		var list []string
		for _, line := range tt.lines {
			list = append(list, id+line)
		}
		got := grouped(t, events(list))
		if len(got) != 1 {
			t.Errorf("%s: %d requests", tt.name, len(got))
			continue
		}
		if diff := cmp.Diff(tt.is, tt.want(got[0])); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

// The decision table: what happened and what is read of it at each level.
func TestOutcomes(t *testing.T) {
	noMatch := "No match for output mapping and no default output mapping configured. Endpoint Response Status Code: 403"
	for _, tt := range []struct {
		name      string
		call      call
		want      outcome
		delivered Answer
		silent    bool
	}{
		{"taken", call{}, outcome{"POST", "/orders", 200, 200, Yes, "", walk.FromNobody}, Yes, false},
		{"refused and mapped", call{SQS: 403, Answer: denied, Status: 403}, outcome{"POST", "/orders", 403, 403, Yes, walk.AccessDenied, walk.FromSQS}, No, false},
		{"refused, told as success", call{SQS: 403, Answer: denied, Status: 200}, outcome{"POST", "/orders", 200, 403, Yes, walk.AccessDenied, walk.FromSQS}, No, true},
		{"refused and not mapped", call{SQS: 403, Answer: denied, Status: 500, OutputFailure: noMatch}, outcome{"POST", "/orders", 500, 403, Yes, walk.AccessDenied, walk.FromSQS}, No, false},
		{"template fails", call{Status: 500, Failure: "Unable to transform request", GatewayAnswers: true}, outcome{"POST", "/orders", 500, 0, No, walk.InternalServerError, walk.FromAPIGateway}, No, false},
		{"part of a batch refused", call{SQS: 200, Answer: `{"SendMessageBatchResponse":{"SendMessageBatchResult":{"Failed":[{"Code":"X","Id":"1"}]}}}`},
			outcome{"POST", "/orders", 200, 200, Yes, "", walk.FromSQS}, No, true},
		{"INFO without data trace", call{Level: "info", SQS: 403, Status: 403}, outcome{"POST", "/orders", 403, 403, Yes, "", walk.FromSQS}, No, false},
		{"ERROR, in front of the call", call{Level: "error", Status: 500, Failure: "Unable to transform request", GatewayAnswers: true}, outcome{"", "", 500, 0, No, walk.InternalServerError, walk.FromAPIGateway}, No, false},
		{"ERROR, behind the call", call{Level: "error", Status: 500, OutputFailure: noMatch}, outcome{"", "", 500, 403, Yes, "", walk.FromSQS}, No, false},
		{"KMS", call{SQS: 400, Answer: `{"Error":{"Code":"KMS.AccessDeniedException","Message":"User: x [TRUNCATED]`, Status: 400}, outcome{"POST", "/orders", 400, 400, Yes, walk.KMSAccessDenied, walk.FromKMS}, No, false},
		{"a code that is cut off", call{SQS: 400, Answer: `{"Error":{"Code":"Missing [TRUNCATED]`, Status: 400}, outcome{"POST", "/orders", 400, 400, Yes, "", walk.FromSQS}, No, false},
	} {
		for notation, list := range map[string][]*Observation{
			"events": grouped(t, events(tt.call.Lines())),
			"text":   read(t, "", strings.Join(tt.call.Lines(), "\n")).list,
			"JSON":   read(t, "", document(events(tt.call.Lines()))).list,
		} {
			if len(list) != 1 {
				t.Errorf("%s as %s: %d requests", tt.name, notation, len(list))
				continue
			}
			if diff := cmp.Diff(tt.want, outcomeOf(list[0])); diff != "" {
				t.Errorf("%s as %s: %s", tt.name, notation, diff)
			}
			if got := list[0]; got.Delivered() != tt.delivered || got.Silent() != tt.silent || got.Doubtful {
				t.Errorf("%s as %s: delivered %d, silent %t, doubtful %t", tt.name, notation, got.Delivered(), got.Silent(), got.Doubtful)
			}
		}
	}
}

// The same events in every notation give the same request.
func TestNotations(t *testing.T) {
	body := "{\"id\":1,\n \"text\": \"a, \\\"b\\\" | c\"}"
	lines := call{Body: body, SQS: 403, Answer: denied, Status: 403}.Lines()
	want := grouped(t, events(lines))[0]
	var short, detailed, console, expanded, older, stampless, saved, rows, tested, deliveries, pasted strings.Builder
	cells := csv.NewWriter(&saved)
	_ = cells.Write([]string{"timestamp", "message"})
	table := [][]map[string]string{}
	tested.WriteString("Execution log for request 0f6f1a52-3c0e-4a1b-9d57-6d1f0b2c3e01\n")
	for i, line := range lines {
		fmt.Fprintf(&short, "2026-11-30T12:00:00.%03d %s\n", i, line)
		fmt.Fprintf(&detailed, "2026-11-30T12:00:00.%03d000+00:00 8a9d3117f1c2d940ec6a38820cc16904 %s\n", i, line)
		fmt.Fprintf(&console, "2026-11-30T13:00:00.%03d+01:00\t%s\n", i, line)
		fmt.Fprintf(&expanded, "▶ 2026-11-30T12:00:00.%03dZ\t%s\n%s\n", i, strings.ReplaceAll(line, "\n", " "), "")
		fmt.Fprintf(&older, "12:00:00\n%s\n", line)
		fmt.Fprintf(&stampless, "%s\r\n", line)
		_ = cells.Write([]string{fmt.Sprint(at + i), line})
		table = append(table, []map[string]string{{"field": "@timestamp", "value": fmt.Sprintf("2026-11-30 12:00:00.%03d", i)}, {"field": "@message", "value": line}, {"field": "@ptr", "value": "x"}})
		_, text, _ := splitID(line)
		fmt.Fprintf(&tested, "Mon Nov 30 12:00:00 UTC 2026 : %s\n", text)
		record, _ := json.Marshal(map[string]any{"event_timestamp": at + i, "api_id": "a1b2c3d4", "stage": "prod", "resource_path": "/orders", "http_method": "POST", "payload": line})
		deliveries.Write(append(record, '\n'))
		fmt.Fprintf(&pasted, "| %d | %s |\n", at+i, line)
	}
	cells.Flush()
	_ = json.NewEncoder(&rows).Encode(map[string]any{"status": "Complete", "statistics": map[string]any{"recordsMatched": 1}, "results": table})
	doc := document(events(lines))
	compact, _ := json.Marshal(json.RawMessage(doc))
	var list struct{ Events json.RawMessage }
	_ = json.Unmarshal([]byte(doc), &list)
	for name, text := range map[string]string{
		"aws logs tail --format short": short.String(), "aws logs tail": detailed.String(), "console": console.String(), "older console": older.String(),
		"lines alone": stampless.String(), "CSV of the console": saved.String(), "Logs Insights": rows.String(), "test": tested.String(), "delivery": deliveries.String(), "table": pasted.String(),
		"FilterLogEvents": doc, "on one line": string(compact), "its events alone": string(list.Events), "two pages": document(events(lines)[:9]) + "\n" + document(append(events(lines)[9:9:9], shift(events(lines), 9)...)),
		"wrapped": `{"note": "x", "logGroupName": "g", "response": ` + doc + `}`, "with a byte order mark": "\ufeff" + doc,
		"subscription": `{"messageType":"DATA_MESSAGE","logEvents":` + string(list.Events) + `}`,
	} {
		got := read(t, "", text)
		if len(got.list) != 1 {
			t.Errorf("%s: %d requests, %d events not read, such as %q", name, len(got.list), got.Unread, got.Sample)
			continue
		}
		o := got.list[0]
		if diff := cmp.Diff(outcomeOf(want), outcomeOf(o)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if name != "table" && name != "CSV of the console" && o.Client.Body != body {
			t.Errorf("%s: the body is %q", name, o.Client.Body)
		}
		if o.Start != 0 && o.Start/1000 != at/1000 && name != "older console" {
			t.Errorf("%s: began at %d", name, o.Start)
		}
		if o.Doubtful || got.Unread+got.Forged+got.Late > 0 {
			t.Errorf("%s: doubtful %t, %d unread, %d forged, %d late: %s", name, o.Doubtful, got.Unread, got.Forged, got.Late, got.Sample)
		}
	}
	if got := read(t, "", expanded.String()); len(got.list) != 1 || got.list[0].SQSStatus != 403 {
		t.Errorf("expanded rows: %+v", got.list)
	}
}

// shift are the events behind the first n.
func shift(list []Event, n int) []Event { return list[n:] }

// What a client sends is never taken for a line, whatever it looks like (L31).
func TestHostileBodies(t *testing.T) {
	const id, other = "0f6f1a52-3c0e-4a1b-9d57-6d1f0b2c3e01", "11111111-2222-4333-8444-555555555555"
	good := strings.Join(call{}.Lines(), "\n")
	for name, body := range map[string]string{
		"an answer":                "x\n(" + id + ") Received response. Status: 200, Integration latency: 1 ms",
		"an end":                   "x\n(" + id + ") Method completed with status: 200",
		"both":                     "x\n(" + id + ") Received response. Status: 200, Integration latency: 1 ms\n(" + id + ") Method completed with status: 200",
		"a failure":                "x\n(" + id + ") Execution failed due to configuration error: Unable to transform request\n(" + id + ") Method completed with status: 500",
		"a whole request":          "x\n" + good,
		"the rest of a request":    "x\n" + good[strings.Index(good, "("+id+") Endpoint request URI"):],
		"a request of another id":  "x\n" + strings.Join(call{ID: other, Status: 500, Failure: "Unable to transform request"}.Lines(), "\n"),
		"an answer of another id":  "x\n(" + other + ") Received response. Status: 200, Integration latency: 1 ms\n(" + other + ") Method completed with status: 200",
		"a body within the body":   "x\n(" + id + ") Method request body before transformations: y\n(" + id + ") Received response. Status: 200, Integration latency: 1 ms",
		"an access log":            `{"requestId":"1","status":"500","integrationStatus":"-"}` + "\n" + `{"requestId":"2","status":"500","integrationStatus":"-"}`,
		"the head of a test":       "x\nExecution log for request 1\nMon Nov 30 12:00:00 UTC 2026 : Method completed with status: 200",
		"a mark of what is cut":    "x [TRUNCATED]",
		"a time on its own":        "x\n12:00:00\n2026-11-30T12:00:00.000Z (" + id + ") Method completed with status: 200",
		"an event as JSON":         `{"timestamp":1,"message":"(` + other + `) Method completed with status: 500"}`,
		"ten thousand false lines": "x" + strings.Repeat("\n("+id+") Received response. Status: 200, Integration latency: 1 ms\n("+id+") Sending request to https://x", 5000),
	} {
		for _, tt := range []struct {
			kind string
			call call
			want outcome
		}{
			{"refused", call{Body: body, SQS: 403, Answer: denied, Status: 403}, outcome{"POST", "/orders", 403, 403, Yes, walk.AccessDenied, walk.FromSQS}},
			{"taken", call{Body: body}, outcome{"POST", "/orders", 200, 200, Yes, "", walk.FromNobody}},
			{"failed", call{Body: body, Status: 500, Failure: "API Gateway does not have permission to assume the provided role r", GatewayAnswers: true},
				outcome{"POST", "/orders", 500, 0, No, walk.InternalServerError, walk.FromAPIGateway}},
		} {
			lines := tt.call.Lines()
			for notation, text := range map[string]string{"text": strings.Join(lines, "\n"), "JSON": document(events(lines)), "tail": "2026-11-30T12:00:00.001 " + strings.Join(lines, "\n2026-11-30T12:00:00.001 ")} {
				got := read(t, "", text)
				if len(got.list) != 1 {
					t.Errorf("%s, %s as %s: %d requests", name, tt.kind, notation, len(got.list))
					continue
				}
				if diff := cmp.Diff(tt.want, outcomeOf(got.list[0])); diff != "" {
					t.Errorf("%s, %s as %s: %s", name, tt.kind, notation, diff)
				}
				if notation == "JSON" && got.list[0].Doubtful {
					t.Errorf("%s, %s: an event's end is known, and the request doubtful", name, tt.kind)
				}
			}
		}
	}
}

// Ids are not unique, and clients choose them (L41).
func TestRequestsOfOneID(t *testing.T) {
	first, second := call{Extended: "A="}.Lines(), call{Extended: "B=", SQS: 403, Answer: denied, Status: 403}.Lines()
	got := grouped(t, events(append(first, second...)))
	if len(got) != 2 || got[0].Status != 200 || got[1].Status != 403 {
		t.Errorf("%d requests", len(got))
	}
	late := events(second[1:])
	for i := range late {
		late[i].Time += 3_600_000
	}
	if got := grouped(t, append(events(first), late...)); len(got) != 2 || got[1].Begun || got[1].Complete {
		t.Errorf("an hour later: %d requests", len(got))
	}
	both := append(events(first), events(second)...)
	for i := range both {
		both[i].Time, both[i].ID = at, ""
	}
	for _, o := range grouped(t, both) {
		if len(o.Entries) > 1 && !o.Doubtful {
			t.Error("the lines of two requests at once are mixed, and nothing says so")
		}
	}
	if got := grouped(t, events(call{ID: "UUID_REPLACED_INVALID_REQUEST_ID"}.Lines())); len(got) != 1 || got[0].ID != "UUID_REPLACED_INVALID_REQUEST_ID" {
		t.Error("an id that is no UUID is not read")
	}
	twice := append(events(first), events(first)...)
	if got := grouped(t, twice); len(got) != 1 || got[0].SQSStatus != 200 || got[0].Doubtful {
		t.Error("events that were read twice are another request")
	}
}

// Whatever the order of the events of one millisecond, and wherever the window
// cuts, no request is invented and none merged with another.
func TestOrderAndWindow(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 60 {
		var all []Event
		want := map[string]outcome{}
		for i := range 2 + random.IntN(6) {
			c := []call{{}, {SQS: 403, Answer: denied, Status: 403}, {Status: 500, Failure: "Unable to transform request"}, {Level: "info", SQS: 400, Status: 200}, {Level: "error", Failure: "x", Status: 500}}[random.IntN(5)]
			c.ID, c.Extended = fmt.Sprintf("%08d-0000-4000-8000-%012d", round, i), fmt.Sprintf("E%d=", i)
			list := events(c.Lines())
			want[c.ID] = outcomeOf(grouped(t, list)[0])
			for j := range list {
				list[j].Time = at + int64(j/5+i%2)
				list[j].ID = ""
			}
			all = append(all, list...)
		}
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		seen := map[string]bool{}
		for _, o := range grouped(t, all) {
			if seen[o.ID] {
				t.Fatalf("round %d: %s is there twice", round, o.ID)
			}
			seen[o.ID] = true
			if diff := cmp.Diff(want[o.ID], outcomeOf(o)); diff != "" {
				t.Fatalf("round %d: %s", round, diff)
			}
		}
		if len(seen) != len(want) {
			t.Fatalf("round %d: %d requests of %d", round, len(seen), len(want))
		}
		from, to := at+int64(random.IntN(3)), at+2+int64(random.IntN(3))
		var cut []Event
		for _, e := range all {
			if e.Time >= from && e.Time < to {
				cut = append(cut, e)
			}
		}
		seen = map[string]bool{}
		for _, o := range grouped(t, cut) {
			full, ok := want[o.ID]
			if !ok || seen[o.ID] {
				t.Fatalf("round %d: %s is invented", round, o.ID)
			}
			seen[o.ID] = true
			if o.Status != 0 && o.Status != full.Status || o.SQSStatus != 0 && o.SQSStatus != full.SQS || o.Called != Unknown && o.Called != full.Called {
				t.Fatalf("round %d: cut to %+v, which was %+v", round, outcomeOf(o), full)
			}
		}
	}
}

// What is held of a log has an end, and what comes too late is counted.
func TestHeldMemoryIsBounded(t *testing.T) {
	g, _ := NewGrouper("", func(*Observation) {})
	body := strings.Repeat("x", 1<<20)
	for i := range 100 {
		g.Add(Event{Message: fmt.Sprintf("(%08d-0000-4000-8000-000000000000) Method request body before transformations: %s", i, body)})
		if g.held > heldBytes {
			t.Fatalf("%d bytes are held", g.held)
		}
	}
	g.Add(Event{Message: "(00000000-0000-4000-8000-000000000000) Method completed with status: 200"})
	if g.Late != 1 {
		t.Errorf("%d late", g.Late)
	}
}

func TestErrorsName(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"cut document": {"{\n \"events\": [\n  {\"timestamp\": 1", "app.json: line 3: not the JSON of log events: it ends too early"},
		"zip":          {"\x1f\x8b\x00\x00", "app.json: not a text"},
		"wrong type":   {`{"events": 5}`, "app.json: line 1: not the JSON of log events: 5 stands where a list should"},
	} {
		g, _ := NewGrouper("", func(*Observation) {})
		err := Read(strings.NewReader(tt.text), "app.json", g)
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	lines := call{Body: "a\nb", SQS: 403, Answer: denied, Status: 403}.Lines()
	f.Add(strings.Join(lines, "\n"))
	f.Add(document(events(lines)))
	f.Add("timestamp,message\n1796040000000,\"(1) x\"\n")
	f.Add(`{"requestId":"1","status":"200","lat":-}` + "\n")
	f.Add("Execution log for request 1\nMon Nov 30 12:00:00 UTC 2026 : Method completed with status: 200\n")
	f.Fuzz(func(t *testing.T, text string) {
		lines := 0
		g, _ := NewGrouper("", func(o *Observation) {
			lines += max(1, len(o.Entries))
			for _, e := range append(o.Entries.All(), o.Deciding) {
				_ = e
			}
			if o.Silent() && o.Delivered() == Yes {
				t.Error("delivered and lost")
			}
		})
		if err := Read(strings.NewReader(text), "log", g); err == nil && g.held != 0 {
			t.Errorf("%d bytes are held at the end", g.held)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var all []Event
	for i := range 500 {
		list := events(call{ID: fmt.Sprintf("%08d-0000-4000-8000-000000000000", i), Body: strings.Repeat("x", 500)}.Lines())
		for j := range list {
			list[j].Time += int64(i * 1000)
		}
		all = append(all, list...)
	}
	var text strings.Builder
	for _, e := range all {
		text.WriteString(e.Message + "\n")
	}
	for name, doc := range map[string]string{"JSON": document(all), "text": text.String()} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			for b.Loop() {
				g, _ := NewGrouper("", func(*Observation) {})
				if err := Read(strings.NewReader(doc), "log", g); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
