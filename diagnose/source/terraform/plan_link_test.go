package terraform

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
)

// forEachPlan is the plan of a first deployment whose resources go over a map: behind
// an index a plan leaves out what is taken of a resource (I32). The integration's
// reference to its method stands for %METHOD%.
const forEachPlan = `{"format_version":"1.2","resource_changes":[
{"address":"aws_api_gateway_rest_api.a","mode":"managed","type":"aws_api_gateway_rest_api","name":"a","change":{"actions":["create"],"after":{"name":"a"},"after_unknown":{"id":true,"root_resource_id":true}}},
{"address":"aws_iam_role.r[\"x\"]","mode":"managed","type":"aws_iam_role","name":"r","index":"x","change":{"actions":["create"],"after":{"name":"sender"},"after_unknown":{"id":true,"arn":true}}},
{"address":"aws_iam_role_policy.p[\"x\"]","mode":"managed","type":"aws_iam_role_policy","name":"p","index":"x","change":{"actions":["create"],"after":{"name":"send","policy":"{}"},"after_unknown":{"role":true}}},
{"address":"aws_api_gateway_method.m[\"x\"]","mode":"managed","type":"aws_api_gateway_method","name":"m","index":"x","change":{"actions":["create"],"after":{"http_method":"POST","authorization":"NONE"},"after_unknown":{"rest_api_id":true,"resource_id":true}}},
{"address":"aws_api_gateway_integration.i[\"x\"]","mode":"managed","type":"aws_api_gateway_integration","name":"i","index":"x","change":{"actions":["create"],"after":{"http_method":"POST","type":"AWS","uri":"arn:aws:apigateway:eu-west-1:sqs:path/1/q"},"after_unknown":{"rest_api_id":true,"resource_id":true,"credentials":true}}}
],"configuration":{"root_module":{"resources":[
{"address":"aws_iam_role.r","mode":"managed","type":"aws_iam_role","name":"r","expressions":{"name":{}},"for_each_expression":{"references":["local.all"]}},
{"address":"aws_iam_role_policy.p","mode":"managed","type":"aws_iam_role_policy","name":"p","expressions":{"role":%ROLE%,"policy":{"constant_value":"{}"}},"for_each_expression":{"references":["aws_iam_role.r"]}},
{"address":"aws_api_gateway_method.m","mode":"managed","type":"aws_api_gateway_method","name":"m","expressions":{"rest_api_id":{"references":["aws_api_gateway_rest_api.a.id","aws_api_gateway_rest_api.a"]},"resource_id":{"references":["aws_api_gateway_resource.r","each.value.n","each.value"]}},"for_each_expression":{"references":["local.all"]}},
{"address":"aws_api_gateway_integration.i","mode":"managed","type":"aws_api_gateway_integration","name":"i","expressions":{"rest_api_id":{"references":["aws_api_gateway_rest_api.a.id","aws_api_gateway_rest_api.a"]},"resource_id":%METHOD%,"credentials":{"references":["aws_iam_role.r","each.key"]}},"for_each_expression":{"references":["local.all"]}}
]}}}`

func TestPlanOverAMap(t *testing.T) {
	plan := func(role, method string) *snapshot.Snapshot {
		file := filepath.Join(t.TempDir(), "plan.json")
		text := strings.NewReplacer("%ROLE%", role, "%METHOD%", method).Replace(forEachPlan)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return load(t, file, Options{Account: "123456789012", Region: "eu-west-1"})
	}
	const role = "arn:aws:iam::123456789012:role/sender"
	ofEach := `{"references":["each.value.id","each.value"]}`
	for _, method := range []string{`{"references":["aws_api_gateway_method.m","each.key"]}`, `{"references":["aws_api_gateway_resource.r","each.value.n","each.value"]}`} {
		s := plan(ofEach, method)
		m := known(t, s.APIs[0].Draft).Methods[0]
		i := known(t, m.Integration)
		if i == nil {
			t.Fatalf("%s: the method has no integration", method)
		}
		is(t, "credentials", known(t, i.Credentials), role)
		is(t, "policies", len(known(t, known(t, s.Role(role)).Inline)), 1)
	}
	// What cannot be linked may belong to anything.
	s := plan(`{"references":["local.x"]}`, `{"references":["local.y"]}`)
	is(t, "integration known", known(t, s.APIs[0].Draft).Methods[0].Integration.IsKnown(), false)
	is(t, "policies known", known(t, s.Role(role)).Inline.IsKnown(), false)
}

// waitingPlan is the plan of a first deployment that waits for what stands for %WAITS%.
const waitingPlan = `{"format_version":"1.2","resource_changes":[
{"address":"aws_api_gateway_rest_api.a","mode":"managed","type":"aws_api_gateway_rest_api","name":"a","change":{"actions":["create"],"after":{"name":"a"},"after_unknown":{"id":true,"root_resource_id":true}}},
{"address":"aws_api_gateway_method.m","mode":"managed","type":"aws_api_gateway_method","name":"m","change":{"actions":["create"],"after":{"http_method":"POST","authorization":"NONE"},"after_unknown":{"rest_api_id":true,"resource_id":true}}},
{"address":"aws_api_gateway_integration.i","mode":"managed","type":"aws_api_gateway_integration","name":"i","change":{"actions":["create"],"after":{"http_method":"POST","type":"AWS","uri":"arn:aws:apigateway:eu-west-1:sqs:path/1/q"},"after_unknown":{"rest_api_id":true,"resource_id":true}}},
{"address":"aws_api_gateway_deployment.d","mode":"managed","type":"aws_api_gateway_deployment","name":"d","change":{"actions":["%ACTION%"],"after":{},"after_unknown":{"id":true,"rest_api_id":true}}},
{"address":"aws_api_gateway_stage.s","mode":"managed","type":"aws_api_gateway_stage","name":"s","change":{"actions":["create"],"after":{"stage_name":"live"},"after_unknown":{"rest_api_id":true,"deployment_id":true}}}
],"configuration":{"root_module":{"resources":[
{"address":"aws_api_gateway_rest_api.a","mode":"managed","type":"aws_api_gateway_rest_api","name":"a","expressions":{"name":{"constant_value":"a"}}},
{"address":"aws_api_gateway_method.m","mode":"managed","type":"aws_api_gateway_method","name":"m","expressions":{"rest_api_id":{"references":["aws_api_gateway_rest_api.a.id","aws_api_gateway_rest_api.a"]},"resource_id":{"references":["aws_api_gateway_rest_api.a.root_resource_id","aws_api_gateway_rest_api.a"]}}},
{"address":"aws_api_gateway_integration.i","mode":"managed","type":"aws_api_gateway_integration","name":"i","expressions":{"rest_api_id":{"references":["aws_api_gateway_rest_api.a.id","aws_api_gateway_rest_api.a"]},"resource_id":{"references":["aws_api_gateway_method.m.resource_id","aws_api_gateway_method.m"]}}},
{"address":"aws_api_gateway_deployment.d","mode":"managed","type":"aws_api_gateway_deployment","name":"d","expressions":{"rest_api_id":{"references":["aws_api_gateway_rest_api.a.id","aws_api_gateway_rest_api.a"]},"triggers":{"references":[%TRIGGER%]}},"depends_on":[%WAITS%]},
{"address":"aws_api_gateway_stage.s","mode":"managed","type":"aws_api_gateway_stage","name":"s","expressions":{"rest_api_id":{"references":["aws_api_gateway_rest_api.a.id","aws_api_gateway_rest_api.a"]},"deployment_id":{"references":["aws_api_gateway_deployment.d.id","aws_api_gateway_deployment.d"]}}}
]}}}`

// A plan says what its deployment waits for, as the configuration does (I22).
func TestPlanWaits(t *testing.T) {
	for _, c := range []struct {
		name, action, waits, trigger string
		methods                      int
		integration                  bool
	}{
		{"for nothing", "create", ``, ``, 0, false},
		{"for the method", "create", `"aws_api_gateway_method.m"`, ``, 1, false},
		{"for the integration", "create", `"aws_api_gateway_integration.i"`, ``, 1, true},
		{"by a trigger", "create", ``, `"aws_api_gateway_integration.i.uri","aws_api_gateway_integration.i"`, 1, true},
		{"by a local value, which a plan leaves out", "create", ``, `"local.all"`, 1, true},
		{"a deployment that is there", "update", ``, ``, 1, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "plan.json")
			text := strings.NewReplacer("%WAITS%", c.waits, "%TRIGGER%", c.trigger, "%ACTION%", c.action).Replace(waitingPlan)
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			s := load(t, file, Options{Account: "123456789012", Region: "eu-west-1"})
			deployed := known(t, known(t, s.APIs[0].Stages)[0].Deployed)
			is(t, "methods", len(deployed.Methods), c.methods)
			if len(deployed.Methods) > 0 {
				is(t, "integration", known(t, deployed.Methods[0].Integration) != nil, c.integration)
			}
		})
	}
}
