package live

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/fakeaws"

	"github.com/google/go-cmp/cmp"
)

// subtype is a first-class integration of an HTTP API.
func subtype(id string, parameters map[string]string) *snapshot.Integration {
	return &snapshot.Integration{ID: id, Type: known("AWS_PROXY"), Subtype: known("SQS-SendMessage"), HTTPMethod: known(""), URI: known(""), Credentials: known(eventsRole),
		RequestParameters: knownTexts(parameters), Templates: knownTexts(nil), Passthrough: known("WHEN_NO_MATCH"), ContentHandling: known(""),
		TimeoutMillis: known(30000), PayloadFormat: known("1.0"), TemplateSelection: known(""), ResponseSelection: known(""),
		Responses: known([]snapshot.IntegrationResponse{{Pattern: "400", Status: "400", Parameters: map[string]string{"overwrite:statuscode": "200"}}})}
}

func route(key, method, path, id string, in *snapshot.Integration) snapshot.Method {
	return snapshot.Method{RouteKey: key, HTTPMethod: method, Path: path, ResourceID: id, Authorization: known("NONE"), AuthorizerID: known(""), Scopes: known([]string{}),
		APIKeyRequired: known(false), ValidatorID: known(""), RequestParameters: known(map[string]bool{}), RequestModels: known(map[string]string{}),
		ModelSelection: known(""), ResponseSelection: known(""), Responses: known(map[string]snapshot.MethodResponse{}), Integration: known(in)}
}

// richHTTP is an HTTP API with one of everything that is read of one.
func richHTTP() *snapshot.Snapshot {
	s := rich()
	configuration := func() snapshot.Configuration {
		jwt := route("POST /events", "POST", "/events", "rt1", subtype("in1", map[string]string{"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/${stageVariables.queue}", "MessageBody": "$request.body", "Region": "eu-west-1"}))
		jwt.Authorization, jwt.AuthorizerID, jwt.Scopes = known("JWT"), known("auth1"), known([]string{"events/write"})
		iam := route("ANY /plain/{id}", "ANY", "/plain/{id}", "rt2", subtype("in2", map[string]string{"QueueUrl": "$request.path.id", "MessageBody": "$request.body.text"}))
		iam.Authorization = known("AWS_IAM")
		rest := &snapshot.Integration{ID: "in3", Type: known("HTTP_PROXY"), Subtype: known(""), HTTPMethod: known("GET"), URI: known("https://backend.example/"), Credentials: known(""),
			RequestParameters: knownTexts(nil), Templates: knownTexts(nil), Passthrough: known("WHEN_NO_MATCH"), ContentHandling: known(""), TimeoutMillis: known(5000),
			PayloadFormat: known("1.0"), TemplateSelection: known(""), ResponseSelection: known(""), Responses: known([]snapshot.IntegrationResponse{})}
		return snapshot.Configuration{Methods: []snapshot.Method{route("$default", "ANY", "", "rt3", rest), iam, jwt}, Routes: []string{"", "/events", "/plain/{id}"},
			BinaryMediaTypes: known([]string{}),
			CORS:             known(&snapshot.CORS{Origins: []string{"*"}, Methods: []string{"POST"}, Headers: []string{"content-type"}, Exposed: []string{"x-id"}, MaxAge: 60}),
			Authorizers: map[string]snapshot.Fact[snapshot.Authorizer]{"auth1": known(snapshot.Authorizer{Name: "tokens", Type: "JWT",
				IdentitySource: "$request.header.Authorization", Issuer: "https://issuer.example", Audience: "orders,events"})}}
	}
	deployed := configuration()
	for i := range deployed.Methods {
		m := &deployed.Methods[i]
		in := *value(m.Integration)
		in.ID, m.ResourceID = "", "" // an export has none
		in.ResponseSelection, m.ModelSelection, m.ResponseSelection = snapshot.Fact[string]{}, snapshot.Fact[string]{}, snapshot.Fact[string]{}
		m.Integration = known(&in)
	}
	rate, burst := 0.0, 5
	s.APIs[0] = snapshot.API{ID: "h1t2t3p4", Name: "events-api", Type: snapshot.HTTP, EndpointTypes: known([]string{"REGIONAL"}), DefaultEndpointDisabled: known(true), Policy: known(""),
		RouteSelection: known("$request.method $request.path"), APIKeySource: known("$request.header.x-api-key"), Draft: known(configuration()),
		Domains: known([]snapshot.Domain{{Name: "events.example.com", Path: "v1/in", Stage: "$default", MutualTLS: true}}),
		Stages: known([]snapshot.Stage{
			{Name: "$default", AutoDeploy: true, DeploymentID: known("dep1"), DeployedAt: "2026-11-20", Variables: known(map[string]string{"queue": "events"}), Canary: known[*snapshot.Canary](nil),
				Deployed: known(deployed), DeploymentStatus: known("DEPLOYED"), LastDeploymentMessage: known("Successfully deployed stage with deployment ID 'dep1'"),
				Settings:  known(map[string]snapshot.MethodSettings{snapshot.AllMethods: {Metrics: true, ThrottleRate: &rate, ThrottleBurst: &burst}, "POST /events": {}}),
				AccessLog: known(&snapshot.AccessLog{Destination: "arn:aws:logs:us-east-1:123456789012:log-group:calls", Format: "$context.requestId"}), WebACL: known("")},
			{Name: "test", DeploymentID: known(""), Variables: known(map[string]string{}), Canary: known[*snapshot.Canary](nil), Deployed: snapshot.Unknown[snapshot.Configuration](snapshot.Gap{Reason: snapshot.NotRead}),
				DeploymentStatus: known(""), LastDeploymentMessage: known(""), Settings: known(map[string]snapshot.MethodSettings{}), AccessLog: known[*snapshot.AccessLog](nil), WebACL: known("")},
		})}
	delete(s.Roles, ordersRole)
	delete(s.Roles, goneRole)
	s.Queues = map[string]snapshot.Fact[*snapshot.Queue]{eventsARN: s.Queues[eventsARN]}
	s.Keys = nil
	return s
}

// richWebSocket is a WebSocket API, two routes of which share an integration.
func richWebSocket() *snapshot.Snapshot {
	s := richHTTP()
	in := &snapshot.Integration{ID: "in1", Type: known("AWS"), Subtype: known(""), HTTPMethod: known("POST"), URI: known("arn:aws:apigateway:eu-west-1:sqs:path/123456789012/events"), Credentials: known(eventsRole),
		RequestParameters: knownTexts(map[string]string{"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"}),
		Templates:         knownTexts(map[string]string{"$default": "Action=SendMessage"}), Passthrough: known("NEVER"), ContentHandling: known("CONVERT_TO_TEXT"),
		TimeoutMillis: known(29000), PayloadFormat: known("1.0"), TemplateSelection: known(`\$default`), ResponseSelection: known("${integration.response.statuscode}"),
		Responses: known([]snapshot.IntegrationResponse{{ID: "ir1", Templates: map[string]string{"ok": "{}"}, TemplateSelection: "ok"}, {ID: "ir2", Pattern: `4\d{2}`}})}
	submit := route("submit", "", "submit", "rt1", in)
	submit.ResponseSelection, submit.Responses = known("$default"), known(map[string]snapshot.MethodResponse{"$default": {}})
	submit.ModelSelection, submit.RequestModels = known("$request.body.kind"), known(map[string]string{"order": "Order"})
	connect := route("$connect", "", "$connect", "rt2", in)
	connect.APIKeyRequired, connect.Authorization, connect.AuthorizerID = known(true), known("CUSTOM"), known("auth1")
	connect.RequestParameters = known(map[string]bool{"route.request.querystring.token": true})
	draft := snapshot.Configuration{Methods: []snapshot.Method{connect, submit}, Routes: []string{"$connect", "submit"}, BinaryMediaTypes: known([]string{}), CORS: known[*snapshot.CORS](nil),
		Authorizers: map[string]snapshot.Fact[snapshot.Authorizer]{"auth1": known(snapshot.Authorizer{Name: "tokens", Type: "REQUEST", IdentitySource: "route.request.querystring.token,context.stage", URI: "arn:aws:apigateway:us-east-1:lambda:path/f"})}}
	api := &s.APIs[0]
	api.ID, api.Type, api.RouteSelection, api.Draft = "w1s2s3k4", snapshot.WebSocket, known("$request.body.action"), known(draft)
	stages := value(api.Stages)
	stages[0].Name, stages[0].Deployed = "live", known(draft)
	return s
}

func TestReadOfHTTPAndWebSocketAPIs(t *testing.T) {
	for _, want := range []*snapshot.Snapshot{richHTTP(), richWebSocket()} {
		for _, o := range []fakeaws.Options{{}, {PageSize: 1}, {Deny: []string{"GetRestApi"}}} {
			server, cfg := serve(t, want, o)
			got, err := Read(context.Background(), cfg, Options{APIIDs: []string{want.APIs[0].ID}})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(plain(t, want), plain(t, got)); diff != "" {
				t.Fatalf("%s, %+v (-served +read):\n%s", want.APIs[0].Type, o, diff)
			}
			for _, call := range server.Calls() {
				if call.Write {
					t.Errorf("%s writes", call.Operation)
				}
			}
		}
	}
}

// An API whose type is known is asked for once, and nothing of a REST API with it.
func TestReadOfAKnownType(t *testing.T) {
	s := richHTTP()
	server, cfg := serve(t, s, fakeaws.Options{})
	if _, err := Read(context.Background(), cfg, Options{APIIDs: []string{"h1t2t3p4"}, Types: map[string]snapshot.APIType{"h1t2t3p4": snapshot.HTTP}}); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, call := range server.Calls() {
		if strings.HasPrefix(call.Target, "/restapis") || seen[call.Operation+call.Target] && call.Operation != "ExportApi" {
			t.Errorf("%s %s", call.Operation, call.Target)
		}
		seen[call.Operation+call.Target] = true
	}
}

var routedFaults = map[snapshot.APIType][]fault{
	snapshot.HTTP: {
		{operation: "GetRoutes", needs: "/routes", hidden: `^apis\[0\]\.draft$`, adjust: namedAuthorizer},
		{operation: "GetIntegrations", needs: "/integrations", hidden: `draft\.value\.methods\[\d\]\.integration$`},
		{operation: "GetDeployments", needs: "/deployments", hidden: `stages\.value\[0\]\.deploymentStatus$`, adjust: onStages(func(s *snapshot.Stage) { s.DeployedAt = "" })},
		{operation: "GetStages", needs: "/stages", hidden: `^apis\[0\]\.stages$`},
		{operation: "GetApiMappings", hidden: `^apis\[0\]\.domains$`},
		{operation: "GetAuthorizers", needs: "/authorizers", hidden: `draft\.value\.authorizers\[`, adjust: namedAuthorizer},
		{operation: "ExportApi", needs: "/exports/*", hidden: `stages\.value\[0\]\.deployed$`},
	},
	snapshot.WebSocket: {
		{operation: "GetRoutes", needs: "/routes", hidden: `^apis\[0\]\.draft$|stages\.value\[0\]\.deployed$`},
		{operation: "GetIntegrations", needs: "/integrations", hidden: `methods\[\d\]\.integration$`},
		{operation: "GetDeployments", needs: "/deployments", hidden: `stages\.value\[0\]\.(deploymentStatus|deployed)$`, adjust: onStages(func(s *snapshot.Stage) { s.DeployedAt = "" })},
		{operation: "GetStages", needs: "/stages", hidden: `^apis\[0\]\.stages$`},
		{operation: "GetAuthorizers", needs: "/authorizers", hidden: `authorizers\[`},
		{operation: "GetRouteResponses", needs: "/routes/rt1/routeresponses", hidden: `methods\[\d\]\.responses$`},
		{operation: "GetIntegrationResponses", needs: "/integrations/in1/integrationresponses", hidden: `integration\.value\.responses$`},
	},
}

// Each operation in turn is refused, or answers as AWS never does: what it tells
// is unknown, and nothing else is.
func TestNoFaultyAnswerAboutRoutesIsTakenForTheTruth(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it reads an API once for every fault of every call")
	}
	for typ, list := range routedFaults {
		served := map[snapshot.APIType]func() *snapshot.Snapshot{snapshot.HTTP: richHTTP, snapshot.WebSocket: richWebSocket}[typ]
		truth, id := leaves(t, saved(t, served())), served().APIs[0].ID
		for _, lost := range list {
			options := map[string]fakeaws.Options{"denied": {Deny: []string{lost.operation}}}
			for _, f := range fakeaws.Faults {
				if f != fakeaws.Slow { // it ends the time, and tells no more than with REST APIs
					options[string(f)] = fakeaws.Options{Faults: map[string]fakeaws.Fault{lost.operation: f}}
				}
			}
			for name, o := range options {
				t.Run(string(typ)+"/"+name+"/"+lost.operation, func(t *testing.T) {
					want := served()
					if lost.adjust != nil {
						lost.adjust(want)
					}
					pattern := regexp.MustCompile(lost.hidden)
					for _, fact := range snapshot.Facts(want) {
						if pattern.MatchString(fact.Path) {
							fact.Hide(snapshot.Gap{Reason: snapshot.Denied})
						}
					}
					alike := leaves(t, saved(t, want))
					_, cfg := serve(t, served(), o)
					cfg.HTTPClient = &wire{client: newWire(nil).client, largest: 1 << 20}
					got, err := Read(context.Background(), cfg, Options{APIIDs: []string{id}, Types: map[string]snapshot.APIType{id: typ}})
					if err != nil {
						t.Fatal(err)
					}
					for path, value := range leaves(t, saved(t, got)) {
						if was, ok := truth[path]; !(ok && was == value) && alike[path] != value {
							t.Errorf("%s is read as %s, and is %q", path, value, was)
						}
					}
					if name != "denied" {
						return
					}
					// The roles and queues that only the hidden facts name may be missing.
					want.Roles, want.Queues, got.Roles, got.Queues = nil, nil, nil, nil
					if diff := cmp.Diff(plain(t, want), plain(t, got)); diff != "" {
						t.Errorf("(-want +read):\n%s", diff)
					}
					if saved := saved(t, got); lost.needs != "" && !strings.Contains(saved, `"needs": "apigateway:GET on arn:aws:apigateway:us-east-1::/apis/`+id+lost.needs+`"`) {
						t.Errorf("the snapshot does not name %s", lost.needs)
					}
				})
			}
		}
	}
}

// A stage of a WebSocket API whose last deployment failed runs what nobody can read.
func TestDeployedOfAWebSocketAPI(t *testing.T) {
	for name, edit := range map[string]func(*snapshot.Stage){
		"the last deployment failed": func(s *snapshot.Stage) {
			s.LastDeploymentMessage = known("Deployment attempt failed: Unable to deploy API because no routes exist in this API")
		},
		"the deployment is pending": func(s *snapshot.Stage) { s.DeploymentStatus = known("PENDING") },
		"deployed by hand":          func(s *snapshot.Stage) { s.AutoDeploy = false },
	} {
		s := richWebSocket()
		edit(&value(s.APIs[0].Stages)[0])
		_, cfg := serve(t, s, fakeaws.Options{})
		got, err := Read(context.Background(), cfg, Options{APIIDs: []string{"w1s2s3k4"}})
		if err != nil {
			t.Fatal(err)
		}
		if deployed := value(got.APIs[0].Stages)[0].Deployed; deployed.IsKnown() || !strings.Contains(deployed.Gap().Detail, "AWS has no call that shows") {
			t.Errorf("%s: known %v, gap %+v", name, deployed.IsKnown(), deployed.Gap())
		}
	}
}

// An export that does not tell how a route calls SQS is not taken for what is deployed.
func TestExportThatTellsTooLittle(t *testing.T) {
	s := richHTTP()
	methods := value(s.APIs[0].Draft).Methods
	methods[2].Integration = known(subtype("in1", map[string]string{"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/events", "MessageBody": "$request.body"}))
	if !tells(value(s.APIs[0].Draft), value(s.APIs[0].Draft)) {
		t.Error("the draft does not tell of itself")
	}
	for name, edit := range map[string]func(*snapshot.Configuration){
		"no route":       func(c *snapshot.Configuration) { c.Methods = c.Methods[:2] },
		"no integration": func(c *snapshot.Configuration) { c.Methods[2].Integration = known[*snapshot.Integration](nil) },
		"no subtype":     func(c *snapshot.Configuration) { value(c.Methods[2].Integration).Subtype = known("") },
		"no parameters":  func(c *snapshot.Configuration) { value(c.Methods[2].Integration).RequestParameters = knownTexts(nil) },
	} {
		export := value(s.APIs[0].Draft)
		export.Methods = slices.Clone(export.Methods)
		in := *value(export.Methods[2].Integration)
		export.Methods[2].Integration = known(&in)
		edit(&export)
		if tells(export, value(s.APIs[0].Draft)) {
			t.Errorf("%s: nothing is missed", name)
		}
	}
}

func TestReadOfNoAPI(t *testing.T) {
	for _, test := range []struct {
		name  string
		types map[string]snapshot.APIType
		o     fakeaws.Options
		kind  Kind
		says  string
	}{
		{"of any type", nil, fakeaws.Options{}, NoSuchAPI, `there is no API "zzz"`},
		{"any more", map[string]snapshot.APIType{"zzz": snapshot.HTTP}, fakeaws.Options{}, NoSuchAPI, `there is no API "zzz"`},
		{"that may be asked for", nil, fakeaws.Options{Deny: []string{"GetApi"}}, Denied, "allow apigateway:GET on arn:aws:apigateway:us-east-1::/apis/zzz"},
		{"for all the storms", nil, fakeaws.Options{Faults: map[string]fakeaws.Fault{"GetApi": fakeaws.Storm}}, Throttled, "throttled by AWS"},
	} {
		_, cfg := serve(t, richHTTP(), test.o)
		_, err := Read(context.Background(), cfg, Options{APIIDs: []string{"zzz"}, Types: test.types})
		wantError(t, err, test.kind, test.says)
	}
}
