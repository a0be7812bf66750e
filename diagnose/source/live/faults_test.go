package live

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/fakeaws"

	"github.com/google/go-cmp/cmp"
)

const gatewayARN = "apigateway:GET on arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4"

// fault says what is no longer known when one operation fails.
type fault struct {
	operation string
	needs     string                   // the permission that must be named; empty when no fact is lost
	hidden    string                   // facts that must be unknown, as a pattern of their paths
	adjust    func(*snapshot.Snapshot) // what changes beside; may be nil
}

var faults = []fault{
	{operation: "GetStages", needs: gatewayARN + "/stages", hidden: `^apis\[0\]\.stages$`, adjust: func(s *snapshot.Snapshot) {
		delete(s.Queues, ordersARN) // only a stage variable names it
		delete(s.Keys, aliasARN)
	}},
	{operation: "GetDeployments", adjust: onStages(func(s *snapshot.Stage) { s.DeployedAt = "" })},
	{operation: "GetResources", needs: gatewayARN + "/resources", hidden: `^apis\[0\]\.draft$`,
		adjust: func(s *snapshot.Snapshot) {
			namedValidator(s)
			namedAuthorizer(s)
			rewrittenModel(s)
		}},
	{operation: "GetExport", needs: gatewayARN + "/stages/prod/exports/*", hidden: `stages\.value\[1\]\.deployed$`},
	{operation: "GetRequestValidators", needs: gatewayARN + "/requestvalidators", hidden: `draft\.value\.validators\[`, adjust: namedValidator},
	{operation: "GetAuthorizers", needs: gatewayARN + "/authorizers", hidden: `draft\.value\.authorizers\[`, adjust: namedAuthorizer},
	{operation: "GetModels", needs: gatewayARN + "/models", hidden: `draft\.value\.models\[`, adjust: rewrittenModel},
	{operation: "GetRole", needs: "iam:GetRole on " + ordersRole, hidden: `^roles\[.*\]\.value\.(trust|boundary|tags)$|^roles\[` + goneRole + `\]$`, adjust: func(s *snapshot.Snapshot) {
		for _, f := range s.Roles {
			if role := value(f); role != nil {
				role.ID = ""
			}
		}
	}},
	{operation: "ListRolePolicies", needs: "iam:ListRolePolicies on " + ordersRole, hidden: `^roles\[.*\.inline$`},
	{operation: "GetRolePolicy", needs: "iam:GetRolePolicy on " + ordersRole, hidden: `^roles\[.*inline.*\.document$`},
	{operation: "ListAttachedRolePolicies", needs: "iam:ListAttachedRolePolicies on " + ordersRole, hidden: `^roles\[.*\.attached$`},
	{operation: "GetPolicy", needs: "iam:GetPolicy on arn:aws:iam::123456789012:policy/limit", hidden: `^roles\[.*(attached|boundary).*\.document$`},
	{operation: "GetPolicyVersion", needs: "iam:GetPolicyVersion on arn:aws:iam::123456789012:policy/limit", hidden: `^roles\[.*(attached|boundary).*\.document$`},
	{operation: "GetQueueUrl"}, // the attributes tell as much
	{operation: "GetQueueAttributes", needs: "sqs:GetQueueAttributes on " + ordersARN, hidden: `^queues\[.*\]\.value\.`, adjust: func(s *snapshot.Snapshot) {
		delete(s.Keys, aliasARN)
	}},
	{operation: "DescribeKey", needs: "kms:DescribeKey on " + aliasARN, hidden: `^keys\[[^\]]*\]$`},
	{operation: "GetKeyPolicy", needs: "kms:GetKeyPolicy on " + keyARN, hidden: `^keys\[.*\.policy$`},
	{operation: "ListGrants", needs: "kms:ListGrants on " + keyARN, hidden: `^keys\[.*\.grants$`},
	{operation: "GetAccount", needs: "apigateway:GET on arn:aws:apigateway:us-east-1::/account", hidden: `^loggingRole$`},
	{operation: "GetDomainNames", needs: "apigateway:GET on arn:aws:apigateway:us-east-1::/domainnames", hidden: `^apis\[0\]\.domains$`},
	{operation: "GetBasePathMappings", needs: "apigateway:GET on arn:aws:apigateway:us-east-1::/domainnames/api.example.com/basepathmappings", hidden: `^apis\[0\]\.domains$`},
	{operation: "GetUsagePlans", needs: "apigateway:GET on arn:aws:apigateway:us-east-1::/usageplans", hidden: `stages\.value\[\d\]\.usagePlansRead$`,
		adjust: onStages(func(s *snapshot.Stage) { s.UsagePlans = nil })},
	{operation: "GetCallerIdentity", hidden: `^(roles\[` + goneRole + `|queues\[` + goneARN + `)\]$`, adjust: func(s *snapshot.Snapshot) {
		s.Target.Account = "" // and so nobody can say that what is not found does not exist
	}},
}

func onStages(edit func(*snapshot.Stage)) func(*snapshot.Snapshot) {
	return func(s *snapshot.Snapshot) {
		stages := value(s.APIs[0].Stages)
		for i := range stages {
			edit(&stages[i])
		}
	}
}

func onDeployed(edit func(*snapshot.Configuration)) func(*snapshot.Snapshot) {
	return onStages(func(s *snapshot.Stage) {
		if s.Deployed.IsKnown() {
			c := value(s.Deployed)
			edit(&c)
			s.Deployed = known(c)
		}
	})
}

// Without the draft's lists an export's own names stay.
var (
	namedValidator = onDeployed(func(c *snapshot.Configuration) {
		c.Validators = map[string]snapshot.Fact[snapshot.Validator]{"body only": c.Validators["val1"]}
		for i := range c.Methods {
			if value(c.Methods[i].ValidatorID) != "" {
				c.Methods[i].ValidatorID = known("body only")
			}
		}
	})
	namedAuthorizer = onDeployed(func(c *snapshot.Configuration) {
		c.Authorizers = map[string]snapshot.Fact[snapshot.Authorizer]{"tokens": c.Authorizers["auth1"]}
		for i := range c.Methods {
			if value(c.Methods[i].AuthorizerID) != "" {
				c.Methods[i].AuthorizerID = known("tokens")
			}
		}
	})
	rewrittenModel = onDeployed(func(c *snapshot.Configuration) {
		c.Models = map[string]snapshot.Fact[string]{"Order": known(`{"type":"object"}`)}
	})
)

// expected is the rich snapshot without what the fault takes away.
func (f fault) expected() *snapshot.Snapshot {
	s := rich()
	if f.adjust != nil {
		f.adjust(s)
	}
	if f.hidden != "" {
		pattern := regexp.MustCompile(f.hidden)
		for _, fact := range snapshot.Facts(s) {
			if pattern.MatchString(fact.Path) {
				fact.Hide(snapshot.Gap{Reason: snapshot.Denied})
			}
		}
	}
	return s
}

// Each operation in turn fails in each way: the run ends in time, what the
// operation reads is unknown with its reason, and everything else is read.
func TestReadGoesOnWithoutOneOperation(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it reads an API once for every call")
	}
	modes := []struct {
		name    string
		options func(operation string) fakeaws.Options
		reason  string
		whole   bool
		limit   time.Duration
	}{
		{"denied", func(op string) fakeaws.Options { return fakeaws.Options{Deny: []string{op}} }, `"reason": "denied"`, false, slow},
		{"throttled five times", func(op string) fakeaws.Options { return fakeaws.Options{Throttle: map[string]int{op: 5}} }, "", true, slow},
		{"500 throughout", func(op string) fakeaws.Options { return fakeaws.Options{Fail500: []string{op}} }, `"reason": "failed"`, false, slow},
		{"hangs", func(op string) fakeaws.Options { return fakeaws.Options{Hang: []string{op}} }, "timed out", false, 2 * time.Second},
	}
	type outcome struct {
		got *snapshot.Snapshot
		err error
	}
	read := func(o fakeaws.Options, limit time.Duration) outcome {
		_, cfg := serve(t, rich(), o)
		got, err := readWithin(t, limit, cfg, Options{APIIDs: []string{"a1b2c3d4"}})
		return outcome{got, err}
	}
	turns := make(chan struct{}, 8) // a hanging call costs time but no work
	for _, mode := range modes {
		reads := map[string]*later[outcome]{}
		for _, f := range faults {
			reads[f.operation] = start(func() outcome {
				turns <- struct{}{}
				defer func() { <-turns }()
				return read(mode.options(f.operation), mode.limit)
			})
		}
		whole := plain(t, rich())
		for _, f := range faults {
			t.Run(mode.name+"/"+f.operation, func(t *testing.T) {
				want := whole
				if !mode.whole {
					want = plain(t, f.expected())
				}
				out := reads[f.operation].wait()
				got := ""
				if out.err == nil {
					got = plain(t, out.got)
				}
				if mode.limit < slow && got != want {
					// A busy machine may need longer for all the rest.
					if out = read(mode.options(f.operation), slow); out.err == nil {
						got = plain(t, out.got)
					}
				}
				if out.err != nil {
					t.Fatal(out.err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("(-want +read):\n%s", diff)
				}
				saved := saved(t, out.got)
				if !mode.whole && f.needs != "" && (!strings.Contains(saved, `"needs": "`+f.needs+`"`) || !strings.Contains(saved, mode.reason)) {
					t.Errorf("the snapshot does not name %s with %s", f.needs, mode.reason)
				}
				if strings.Contains(saved, "secret") {
					t.Error("the snapshot tells a credential")
				}
			})
		}
	}
}

// slow is time enough for a read on a busy machine.
const slow = 20 * time.Second

func readWithin(t *testing.T, limit time.Duration, cfg awsConfig, o Options) (*snapshot.Snapshot, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	began := time.Now()
	got, err := Read(ctx, cfg, o)
	if took := time.Since(began); took > limit+2*time.Second {
		t.Errorf("took %s, the deadline was %s", took, limit)
	}
	return got, err
}

func TestReadWithoutTheAPIItself(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it waits for calls that fail")
	}
	lost := fault{hidden: `^apis\[0\]\.(endpointTypes|defaultEndpointDisabled|policy|apiKeySource|draft\.value\.binaryMediaTypes)$`,
		adjust: func(s *snapshot.Snapshot) { s.APIs[0].Name = "" }}
	for name, o := range map[string]fakeaws.Options{
		"500":   {Fail500: []string{"GetRestApi"}},
		"hangs": {Hang: []string{"GetRestApi"}},
	} {
		_, cfg := serve(t, rich(), o)
		got, err := readWithin(t, 4*time.Second, cfg, Options{APIIDs: []string{"a1b2c3d4"}})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(plain(t, lost.expected()), plain(t, got)); diff != "" {
			t.Errorf("%s (-want +read):\n%s", name, diff)
		}
	}
}

func TestReadIsImpossible(t *testing.T) {
	tests := []struct {
		name    string
		faults  fakeaws.Options
		options Options
		want    Kind
		says    []string
	}{
		{"no such API", fakeaws.Options{}, Options{APIIDs: []string{"zzz"}}, NoSuchAPI, []string{`"zzz"`, "us-east-1", "123456789012"}},
		{"no such stage", fakeaws.Options{}, Options{APIIDs: []string{"a1b2c3d4"}, Stage: "qa"}, NoSuchStage, []string{`"qa"`, "dev, prod"}},
		{"API refused", fakeaws.Options{Deny: []string{"GetRestApi"}}, Options{APIIDs: []string{"a1b2c3d4"}}, Denied, []string{gatewayARN}},
		{"everything refused", fakeaws.Options{Deny: []string{"*"}}, Options{APIIDs: []string{"a1b2c3d4"}}, Denied, []string{gatewayARN}},
		{"500 throughout", fakeaws.Options{Fail500: []string{"*"}}, Options{APIIDs: []string{"a1b2c3d4"}}, Broken, []string{"InternalFailure (HTTP 500)"}},
		{"everything hangs", fakeaws.Options{Hang: []string{"*"}}, Options{APIIDs: []string{"a1b2c3d4"}}, Timeout, []string{"--timeout"}},
		{"no API named", fakeaws.Options{}, Options{}, NoSuchAPI, []string{"--api-id"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, cfg := serve(t, rich(), test.faults)
			got, err := readWithin(t, 2*time.Second, cfg, test.options)
			wantError(t, err, test.want, test.says...)
			if got != nil {
				t.Error("there is a snapshot beside the error")
			}
		})
	}
}

func wantError(t *testing.T, err error, kind Kind, says ...string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got error %v, want kind %s", err, kind)
	}
	if e.Kind != kind {
		t.Errorf("kind %s (%v), want %s", e.Kind, err, kind)
	}
	for _, text := range says {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%q does not say %q", err, text)
		}
	}
	if e.Suggest == "" {
		t.Errorf("%q says nothing of what to do", err)
	}
}

// A fact that the snapshot does not know is refused by the server and so is
// unknown when read: hiding any one never makes a read fact known.
func TestReadOfAnUnknownFactIsUnknown(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it reads an API once for every fact")
	}
	// One fact of each kind: queues[...].policy, not every queue's.
	kind := regexp.MustCompile(`\[[^\]]*\]`)
	seen := map[string]bool{}
	for i := range snapshot.Facts(rich()) {
		served := rich()
		fact := snapshot.Facts(served)[i]
		if shape := kind.ReplaceAllString(fact.Path, "[]"); !fact.Known || seen[shape] {
			continue
		} else {
			seen[shape] = true
		}
		fact.Hide(snapshot.Gap{Reason: snapshot.Denied})
		server, cfg := serve(t, served, fakeaws.Options{})
		got, err := Read(context.Background(), cfg, Options{APIIDs: []string{"a1b2c3d4"}})
		server.Close()
		var e *Error
		if errors.As(err, &e) && e.Kind == Denied {
			continue // GetRestApi itself was refused
		}
		if err != nil {
			t.Fatalf("%s: %v", fact.Path, err)
		}
		for _, read := range snapshot.Facts(got) {
			if read.Path == fact.Path && read.Known {
				t.Errorf("%s was hidden and is known", fact.Path)
			}
		}
	}
}
