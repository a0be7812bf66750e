package live

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Options say what to read.
type Options struct {
	APIID    string
	Stage    string      // the one stage whose deployed configuration is read; empty for all
	Progress func(Event) // told of every call, one at a time; may be nil

	unpaced bool // tests: no waiting for quotas
}

// Read reads the REST API and everything that its methods to SQS lead to. A call
// that is refused or fails leaves unknown facts and the run goes on. The error
// is an *Error, or the context's when it was cancelled.
//
// The calls depend on each other four deep: the API with its stages and
// resources; exports, roles and queues; managed policies and keys; policy
// versions and the policies of keys that go by an alias. It is five when no
// stage was named and a deployment names a role or a queue that the draft does not.
func Read(ctx context.Context, cfg aws.Config, o Options) (*snapshot.Snapshot, error) {
	if err := ready(ctx, cfg); err != nil {
		return nil, err
	}
	if o.APIID == "" {
		return nil, &Error{Kind: NoSuchAPI, Message: "no API is named", Suggest: "give its id with --api-id"}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := newReader(ctx, cfg, o)

	defer r.mute()
	r.identity = start(r.callerIdentity)
	api := start(r.restAPI)
	r.stages = start(r.readStages)
	r.draft = start(r.readDraft)
	deployments := start(r.deploymentDates)
	followed := start(r.followAll)
	details := start(r.draftDetails)

	got := api.wait()
	if got.failure != nil {
		if err := r.fatal(got.failure); err != nil {
			return nil, err
		}
	}
	stages := r.stages.wait()
	if err := r.checkStage(stages); err != nil {
		return nil, err
	}
	if got.failure != nil && stages.failure != nil && r.draft.wait().failure != nil {
		return nil, r.failed(got.failure)
	}

	followed.wait()
	out := got.api
	out.Draft = r.wholeDraft(got, details.wait())
	out.Stages = r.stageFacts(deployments.wait(), details.wait())
	s := r.snapshot(out)
	if err := r.cancelled(); err != nil {
		return nil, err
	}
	return s, nil
}

// followAll begins to read the exports, and the roles, queues and keys that
// the draft and the exports name. It ends when nothing more will be begun.
func (r *reader) followAll() struct{} {
	if r.options.Stage != "" {
		r.export(r.options.Stage)
	}
	stages := r.stages.wait()
	for _, stage := range stages.list {
		if r.options.Stage == "" && aws.ToString(stage.DeploymentId) != "" {
			r.export(aws.ToString(stage.StageName))
		}
	}
	r.follow(r.draft.wait().configuration, stages.variables(""))
	r.exports.all()
	return struct{}{}
}

// snapshot waits for everything that followAll began.
func (r *reader) snapshot(api snapshot.API) *snapshot.Snapshot {
	identity := r.identity.wait()
	s := &snapshot.Snapshot{
		Schema: snapshot.Schema,
		Target: snapshot.Target{Kind: snapshot.Live, Region: r.cfg.Region, Account: identity.account, Partition: identity.partition},
		APIs:   []snapshot.API{api},
		Roles:  r.roles.all(),
		Queues: r.queues.all(),
		Organization: snapshot.Unknown[snapshot.Organization](snapshot.Gap{Reason: snapshot.NotRead,
			Detail: "organization policies are seldom readable from a member account", Needs: "--scp FILE"}),
	}
	s.Keys = r.keys.all() // after the queues, which name them
	return s
}

// cancelled gives the context's error when the run was given up, and nil when
// its time merely ended: what was read by then is worth a diagnosis.
func (r *reader) cancelled() error {
	if r.ctx.Err() == context.Canceled {
		return r.ctx.Err()
	}
	return nil
}

// ready finds out what would make every call fail, before there is one.
func ready(ctx context.Context, cfg aws.Config) error {
	if cfg.Region == "" {
		return &Error{Kind: RegionMissing, Message: "no AWS region is set", Suggest: "give --region, or set AWS_REGION or the region of the profile"}
	}
	if cfg.Credentials == nil {
		return &Error{Kind: Credentials, Message: "no AWS credentials were found", Suggest: noCredentials}
	}
	limited, cancel := context.WithTimeout(ctx, share(ctx))
	defer cancel()
	if _, err := cfg.Credentials.Retrieve(limited); err != nil {
		if ctx.Err() == context.Canceled {
			return ctx.Err()
		}
		kind, said := judge(err)
		switch {
		case kind == Expired:
			return &Error{Kind: Expired, Err: err, Message: "the AWS credentials have expired (" + said + ")", Suggest: "renew them, for example with: aws sso login"}
		case kind == Timeout, kind == Unreachable, code(err) != "":
			return &Error{Kind: Credentials, Err: err, Message: "the AWS credentials cannot be obtained: " + said, Suggest: "check the profile, the role that it assumes and the network"}
		}
		return &Error{Kind: Credentials, Err: err, Message: "no AWS credentials were found", Suggest: noCredentials}
	}
	return nil
}

// reader is one run.
type reader struct {
	ctx       context.Context
	options   Options
	cfg       aws.Config
	partition string
	*calls

	gateway *apigateway.Client
	iam     *iam.Client
	sts     *sts.Client
	regions clients

	identity *later[identity]
	stages   *later[stageList]
	draft    *later[draft]

	exports  memo[snapshot.Fact[snapshot.Configuration]]
	roles    memo[snapshot.Fact[*snapshot.Role]]
	policies memo[snapshot.Fact[string]] // documents of managed policies, by ARN
	queues   memo[snapshot.Fact[*snapshot.Queue]]
	keys     memo[snapshot.Fact[*snapshot.Key]]
	// Two names of one key lead to one policy and one list of grants.
	keyPolicies memo[snapshot.Fact[string]]
	keyGrants   memo[snapshot.Fact[[]snapshot.Grant]]
}

func newReader(ctx context.Context, cfg aws.Config, o Options) *reader {
	r := &reader{
		ctx: ctx, options: o, cfg: cfg, partition: partition(cfg.Region), calls: newCalls(o.Progress),
		gateway: apigateway.NewFromConfig(cfg), iam: iam.NewFromConfig(cfg), sts: sts.NewFromConfig(cfg),
		regions: clients{cfg: cfg},
	}
	if o.unpaced {
		r.paces = nil
	}
	return r
}

// at is the origin of a control plane path of the API, such as stages/prod.
func (r *reader) at(path ...string) snapshot.Origin {
	return snapshot.Origin{Resource: r.arn(path...)}
}

func (r *reader) arn(path ...string) string {
	return "arn:" + r.partition + ":apigateway:" + r.cfg.Region + "::/" + strings.Join(append([]string{"restapis", r.options.APIID}, path...), "/")
}

// spec describes a call of the control plane that reads the path of the API.
func (r *reader) spec(operation, subject string, path ...string) spec {
	return spec{"apigateway", operation, subject, "apigateway:GET on " + r.arn(path...)}
}

// fatal turns the failure of GetRestApi into the run's error, when it is one
// that makes the run impossible.
func (r *reader) fatal(f *failure) error {
	if err := r.cancelled(); err != nil {
		return err
	}
	if code(f.err) == "NotFoundException" {
		where := "region " + r.cfg.Region
		if id := r.identity.wait(); id.account != "" {
			where += " of account " + id.account
		}
		return &Error{Kind: NoSuchAPI, Err: f.err,
			Message: fmt.Sprintf("there is no REST API %q in %s", r.options.APIID, where),
			Suggest: "check the id, --region and --profile; HTTP and WebSocket APIs are not among them; see the REST APIs with: aws apigateway get-rest-apis"}
	}
	switch kind, _ := judge(f.err); kind {
	case Denied, Credentials, Expired, Unreachable:
		return r.failed(f)
	}
	return nil
}

func (r *reader) failed(f *failure) *Error {
	return impossible(f, fmt.Sprintf("the REST API %q in region %s", r.options.APIID, r.cfg.Region))
}

// checkStage refuses the name of a stage that the API does not have.
func (r *reader) checkStage(stages stageList) error {
	if err := r.cancelled(); err != nil {
		return err
	}
	if r.options.Stage == "" || stages.failure != nil {
		return nil
	}
	names := []string{}
	for _, stage := range stages.list {
		names = append(names, aws.ToString(stage.StageName))
	}
	if slices.Contains(names, r.options.Stage) {
		return nil
	}
	e := &Error{Kind: NoSuchStage, Stages: names,
		Message: fmt.Sprintf("the API %q has no stage %q", r.options.APIID, r.options.Stage),
		Suggest: "its stages are " + strings.Join(names, ", ")}
	if len(names) == 0 {
		e.Suggest = "it has no stage at all: deploy it first"
	}
	return e
}

// identity is who the credentials belong to; without an account when unknown.
type identity struct{ account, partition string }

func (r *reader) callerIdentity() identity {
	s := spec{"sts", "GetCallerIdentity", "account", "sts:GetCallerIdentity"}
	out, failed := call(r.ctx, r.calls, s, func(ctx context.Context) (*sts.GetCallerIdentityOutput, error) {
		return r.sts.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	})
	if failed != nil {
		return identity{partition: r.partition}
	}
	id := identity{account: aws.ToString(out.Account), partition: r.partition}
	if parts := strings.SplitN(aws.ToString(out.Arn), ":", 3); len(parts) == 3 && strings.HasPrefix(parts[1], "aws") {
		id.partition = parts[1]
	}
	return id
}

// partition gives the partition of a region. The SDK's own table is not public.
func partition(region string) string {
	for _, p := range [][2]string{
		{"cn-", "aws-cn"}, {"us-gov-", "aws-us-gov"}, {"us-iso-", "aws-iso"}, {"us-isob-", "aws-iso-b"},
		{"eu-isoe-", "aws-iso-e"}, {"us-isof-", "aws-iso-f"}, {"eusc-", "aws-eusc"},
	} {
		if strings.HasPrefix(region, p[0]) {
			return p[1]
		}
	}
	return "aws"
}
