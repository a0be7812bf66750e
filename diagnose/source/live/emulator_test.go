package live

import (
	"context"
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/fakeaws"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// lossy is the rich API with an export that has lost the credentials of every
// integration, as emulators of the LocalStack family make them (T178).
func lossy(t *testing.T) *snapshot.Snapshot {
	t.Helper()
	s := rich()
	stages := value(s.APIs[0].Stages)
	deployed := value(stages[1].Deployed)
	lost := 0
	for i, m := range deployed.Methods {
		in := value(m.Integration)
		if in == nil {
			continue
		}
		bare := *in
		bare.Credentials = known("")
		deployed.Methods[i].Integration = known(&bare)
		lost++
	}
	if lost == 0 {
		t.Fatal("the stage has no integrations")
	}
	stages[1].Deployed = known(deployed)
	return s
}

// What an emulator exports and no deployment can be is not read: the draft stands for
// it, and the report says so. From AWS such an export stays unknown.
func TestExportThatCannotBeTrue(t *testing.T) {
	_, cfg := serve(t, lossy(t), fakeaws.Options{})
	for _, emulator := range []string{"", "http://localhost:4566"} {
		got, err := Read(context.Background(), cfg, Options{APIIDs: []string{"a1b2c3d4"}, Emulator: emulator})
		if err != nil {
			t.Fatal(err)
		}
		fact := value(got.APIs[0].Stages)[1].Deployed
		if emulator == "" {
			if fact.IsKnown() || !strings.Contains(fact.Gap().Detail, "without credentials") || len(got.Target.Assumed) > 0 {
				t.Errorf("from AWS: known %v, %q, assumed %v", fact.IsKnown(), fact.Gap().Detail, got.Target.Assumed)
			}
			continue
		}
		methods := value(fact).Methods
		if !fact.IsKnown() || len(methods) == 0 || value(value(methods[0].Integration).Credentials) == "" {
			t.Errorf("the draft does not stand for the stage: %+v", fact)
		}
		said := ""
		for _, a := range got.Target.Assumed {
			said += a.What + ": " + a.Why + "\n"
		}
		for _, part := range []string{"stage \"", "runs the draft", "without credentials", "emulator at http://localhost:4566", "may not enforce roles"} {
			if !strings.Contains(said, part) {
				t.Errorf("%q is not said:\n%s", part, said)
			}
		}
		if got.Target.Endpoint != emulator {
			t.Errorf("endpoint %q", got.Target.Endpoint)
		}
	}
}

// An emulator that fails to export a stage has nothing but the draft to export, which
// stands for it. AWS's failure says nothing, and neither does a refusal.
func TestExportThatFails(t *testing.T) {
	for name, c := range map[string]struct {
		emulator string
		options  fakeaws.Options
		known    bool
	}{
		"AWS fails":           {"", fakeaws.Options{Fail500: []string{"GetExport"}}, false},
		"an emulator fails":   {"http://localhost:4566", fakeaws.Options{Fail500: []string{"GetExport"}}, true},
		"an emulator refuses": {"http://localhost:4566", fakeaws.Options{Deny: []string{"GetExport"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, cfg := serve(t, rich(), c.options)
			got, err := Read(context.Background(), cfg, Options{APIIDs: []string{"a1b2c3d4"}, Emulator: c.emulator})
			if err != nil {
				t.Fatal(err)
			}
			said := slices.ContainsFunc(got.Target.Assumed, func(a snapshot.Assumption) bool {
				return strings.Contains(a.What, "runs the draft") && strings.Contains(a.Why, "does not export stage prod: ")
			})
			if fact := value(got.APIs[0].Stages)[1].Deployed; fact.IsKnown() != c.known || said != c.known {
				t.Errorf("known %v, said %v, want %v: %+v", fact.IsKnown(), said, c.known, got.Target.Assumed)
			}
		})
	}
}

func TestEmulator(t *testing.T) {
	for endpoint, want := range map[string]string{
		"": "", "http://localhost:4566/": "http://localhost:4566", "https://user:pw@aws.test": "https://aws.test",
		"https://apigateway.us-east-1.amazonaws.com": "", "https://vpce-0a1b-2c3d.apigateway.us-east-1.vpce.amazonaws.com": "",
		"https://apigateway.us-east-1.api.aws": "", "https://apigateway.cn-north-1.amazonaws.com.cn": "", "https://amazonaws.com.evil.test": "https://amazonaws.com.evil.test",
	} {
		cfg := Settings{Region: "us-east-1"}
		if endpoint != "" {
			cfg.BaseEndpoint = aws.String(endpoint)
		}
		if got := Emulator(cfg); got != want {
			t.Errorf("%q: %q, want %q", endpoint, got, want)
		}
	}
}
