package diagnose_test

import (
	"slices"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

func TestOutcomes(t *testing.T) {
	for _, c := range []struct {
		name      string
		responses []snapshot.IntegrationResponse
		want      map[int]int // status of SQS -> of the client
	}{
		{"T91: a default takes errors", []snapshot.IntegrationResponse{{Status: "200"}}, map[int]int{200: 200, 403: 200, 500: 200}},
		{"T90: patterns on the status", []snapshot.IntegrationResponse{{Status: "200", Pattern: "200"}, {Status: "400", Pattern: "4.."}, {Status: "500"}}, map[int]int{200: 200, 404: 400, 503: 500}},
		{"T93: nothing fits", []snapshot.IntegrationResponse{{Status: "200", Pattern: "200"}}, map[int]int{200: 200, 403: 500}},
		{"T94: no such method response", []snapshot.IntegrationResponse{{Status: "202"}}, map[int]int{200: 500, 403: 500}},
		{"no response at all", nil, map[int]int{200: 500, 400: 500}},
	} {
		s := configured(t, func(p *parts) { p.integration.Responses = known(c.responses) })
		trace := walk.New(s).Walk(call("{}"))
		for _, o := range trace.Response.Outcomes {
			if want, ok := c.want[o.SQSStatus]; ok && o.Status != want {
				t.Errorf("%s: %d becomes %d, want %d", c.name, o.SQSStatus, o.Status, want)
			}
		}
		if trace.Response.Status != c.want[200] {
			t.Errorf("%s: the client sees %d", c.name, trace.Response.Status)
		}
	}
}

// T92: which of two patterns wins is recorded once; where the order of the list
// and that of the statuses disagree the doctor does not guess.
func TestTwoPatterns(t *testing.T) {
	for _, c := range []struct {
		responses []snapshot.IntegrationResponse
		status    walk.Status
	}{
		{[]snapshot.IntegrationResponse{{Status: "200", Pattern: "2.."}, {Status: "500", Pattern: ".*"}}, walk.Passed},
		{[]snapshot.IntegrationResponse{{Status: "500", Pattern: ".*"}, {Status: "200", Pattern: "2.."}}, walk.Unknown},
	} {
		s := configured(t, func(p *parts) { p.integration.Responses = known(c.responses) })
		if step := walk.New(s).Walk(call("{}")).Step(walk.StageResponse); step.Status != c.status {
			t.Errorf("%+v: %s %s", c.responses, step.Status, step.Said)
		}
	}
}

// T96 to T98, T143: templates by Accept, overrides, headers.
func TestReply(t *testing.T) {
	s := configured(t, func(p *parts) {
		p.method.Responses = known(map[string]snapshot.MethodResponse{"200": {Parameters: map[string]bool{
			"method.response.header.Date": false, "method.response.header.X-Id": false, "method.response.header.Transfer-Encoding": false, "method.response.header.X-Gone": false}}})
		p.integration.Responses = known([]snapshot.IntegrationResponse{{Status: "200",
			Parameters: map[string]string{
				"method.response.header.Date":              "'today'",
				"method.response.header.X-Id":              "integration.response.body.SendMessageResponse.SendMessageResult.MessageId",
				"method.response.header.Transfer-Encoding": "'chunked'",
				"method.response.header.X-Gone":            "integration.response.header.X-Nothing",
			},
			Templates: map[string]string{"application/json": `{"ok":true}`, "application/xml": "#set($context.responseOverride.status = 202)#set($context.responseOverride.header.X-Own = \"1\")<ok/>"}}})
	})
	json := walk.New(s).Walk(call("{}", "Accept: text/html"))
	if json.Response.Status != 200 || json.Response.Body.String() != `{"ok":true}` {
		t.Errorf("JSON: %d %s", json.Response.Status, json.Response.Body)
	}
	xml := walk.New(s).Walk(call("{}", "Accept: application/xml"))
	if xml.Response.Status != 202 || xml.Response.Body.String() != "<ok/>" {
		t.Errorf("XML: %d %s", xml.Response.Status, xml.Response.Body)
	}
	value := func(name string) string {
		i := slices.IndexFunc(xml.Response.Headers, func(h walk.Header) bool { return h.Name == name })
		if i < 0 {
			return "(absent)"
		}
		return xml.Response.Headers[i].Value
	}
	for name, want := range map[string]string{
		"Content-Type":         "application/json", // T98
		"x-amzn-Remapped-Date": "today",            // T97
		"Transfer-Encoding":    "(absent)",         // T97
		"X-Gone":               "(absent)",
		"X-Own":                "1",
	} {
		if got := value(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if value("X-Id") == "(absent)" {
		t.Error("the message id of SQS's answer is not in the header")
	}
}

// T102: what AWS does not store of a response mapping.
func TestReplyRefusals(t *testing.T) {
	for _, mapping := range []string{"'*'", "*"} {
		s := configured(t, func(p *parts) {
			p.integration.Responses = known([]snapshot.IntegrationResponse{{Status: "200", Parameters: map[string]string{"method.response.header.X": mapping}}})
		})
		f := walk.New(s).Walk(call("{}")).FirstFailure()
		if f == nil || f.Failure.Origin != walk.FromDeployment || f.Failure.Code != walk.BadRequest {
			t.Errorf("%s: %+v", mapping, f)
		}
	}
}

// API Gateway's own answers have a body and say their kind in a header.
func TestOwnAnswers(t *testing.T) {
	s := configured(t, func(p *parts) {})
	r := walk.New(s).Walk(call("x", "Content-Type: text/plain")).Response
	want := walk.Header{Name: "x-amzn-ErrorType", Value: "BadRequestException"} // T72
	if r.Status != 415 || r.Body.String() != `{"message": "Unsupported Media Type"}` || !slices.Contains(r.Headers, want) {
		t.Errorf("%d %s %v", r.Status, r.Body, r.Headers)
	}
}
