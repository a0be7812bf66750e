package live

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

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
		kind, said := Judge(err)
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

// account is what all APIs of a run share: the clients, the quota, and what
// several of them may lead to.
type account struct {
	ctx       context.Context
	cfg       aws.Config
	partition string
	*calls

	gateway     *apigateway.Client   // of REST APIs
	httpGateway *apigatewayv2.Client // of HTTP and WebSocket APIs
	iam         *iam.Client
	sts         *sts.Client
	regions     clients

	identity    *later[identity]
	loggingRole *later[snapshot.Fact[string]]
	domains     memo[snapshot.Fact[[]mapping]] // by the collection of APIs that they lead to
	plans       memo[plans]                    // of REST APIs; under one name
	roles       memo[snapshot.Fact[*snapshot.Role]]
	policies    memo[snapshot.Fact[string]] // documents of managed policies, by ARN
	queues      memo[snapshot.Fact[*snapshot.Queue]]
	keys        memo[snapshot.Fact[*snapshot.Key]]
	// Two names of one key lead to one policy and one list of grants.
	keyPolicies memo[snapshot.Fact[string]]
	keyGrants   memo[snapshot.Fact[[]snapshot.Grant]]
}

func newAccount(ctx context.Context, cfg aws.Config, o Options) *account {
	c := newCalls(o.Progress, cmp.Or(o.Quota, NewQuota(cfg)))
	c.more = worthTrying(ctx, len(o.APIIDs))
	cfg.HTTPClient = newWire(cfg.HTTPClient).forRun(largestRun)
	cfg.APIOptions = append(slices.Clone(cfg.APIOptions), c.counting)
	return &account{
		ctx: ctx, cfg: cfg, partition: partition(cfg.Region), calls: c,
		gateway: apigateway.NewFromConfig(cfg), httpGateway: apigatewayv2.NewFromConfig(cfg), iam: iam.NewFromConfig(cfg), sts: sts.NewFromConfig(cfg),
		regions: clients{cfg: cfg},
	}
}

// snapshot waits for everything that the APIs have begun.
func (a *account) snapshot(apis []snapshot.API) *snapshot.Snapshot {
	identity := a.identity.wait()
	s := &snapshot.Snapshot{
		Schema:      snapshot.Schema,
		Target:      snapshot.Target{Kind: snapshot.Live, Region: a.cfg.Region, Account: identity.account, Partition: identity.partition},
		APIs:        apis,
		Roles:       a.roles.all(),
		Queues:      a.queues.all(),
		LoggingRole: a.loggingRole.wait(),
		Organization: snapshot.Unknown[snapshot.Organization](snapshot.Gap{Reason: snapshot.NotRead,
			Detail: "organization policies are seldom readable from a member account", Needs: "--scp FILE"}),
	}
	s.Keys = a.keys.all() // after the queues, which name them
	s.OrganizationID = a.organizationID(s)
	return s
}

// cancelled gives the context's error when the run was given up, and nil when
// its time merely ended: what was read by then is worth a diagnosis.
func (a *account) cancelled() error {
	if a.ctx.Err() == context.Canceled {
		return a.ctx.Err()
	}
	return nil
}

// identity is who the credentials belong to; without an account when unknown.
type identity struct{ account, partition string }

func (a *account) callerIdentity() identity {
	s := spec{"sts", "GetCallerIdentity", "account", "sts:GetCallerIdentity"}
	out, failed := call(a.ctx, a.calls, s, func(ctx context.Context) (*sts.GetCallerIdentityOutput, error) {
		out, err := a.sts.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		if err == nil && !accountID.MatchString(aws.ToString(out.Account)) {
			err = lacks("account")
		}
		return out, err
	})
	if failed != nil {
		return identity{partition: a.partition}
	}
	id := identity{account: aws.ToString(out.Account), partition: a.partition}
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
