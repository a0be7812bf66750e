package cli

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
)

// policyFlags say what the policy is for.
type policyFlags struct {
	apiIDs                    []string
	region, account, snapshot string
	verifyIAM                 bool
	use                       string // read, fix, probe or logs
}

func (a *app) policyCommand() *cobra.Command {
	var f policyFlags
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "Print the least IAM policy that the doctor itself needs",
		Long: `policy prints the IAM policy that lets whoever runs the doctor read what it reads, and nothing
else. Without flags it is for every API of every region and account that it is attached in.
With --api-id it is for that API; with --snapshot for exactly the API, roles, queues and keys
that the snapshot holds. No call is made. A key's own policy has to let its reader in too.

With --for fix it allows what applying a fix needs besides. Whoever has that can give the roles,
queues and keys it names any permission: narrow it with --snapshot, and do not leave it attached.

With --for logs it allows what the logs command and --logs need besides: to search the log groups of
the API's stages, to find where they are delivered to, and to read metrics. Whoever has that can read what clients sent, where it is
logged. With --snapshot the groups of access logs are named; without, they are all of the account.

With --for probe it allows what the probe command needs besides: to run methods. Whoever has that
can run every method of the API with any input, past its authorizers, keys and resource policy.`,
		Example: `  apisqs-doctor policy
  apisqs-doctor policy --api-id a1b2c3d4 --region eu-west-1 --account-id 123456789012
  apisqs-doctor policy --snapshot api.json --for fix
  apisqs-doctor policy --api-id a1b2c3d4 --for probe`,
		Args: noArguments,
	}
	cmd.Flags().StringArrayVar(&f.apiIDs, "api-id", nil, "`ID` of an API to read, and of no other (also --rest-api-id); repeatable")
	cmd.Flags().StringVar(&f.snapshot, "snapshot", "", "`FILE` that the snapshot command has written")
	cmd.Flags().StringVar(&f.region, "region", "", "the only AWS `REGION` to read in")
	cmd.Flags().StringVar(&f.account, "account-id", "", "the only `ACCOUNT` to read in, 12 digits")
	choiceVar(cmd, &f.use, "for", "what the policy is for: to read, or to apply fixes, probe or read logs as well", "read", "fix", "probe", "logs")
	cmd.Flags().BoolVar(&f.verifyIAM, "verify-iam", false, "allow what the flag of that name needs too")
	_ = cmd.MarkFlagFilename("snapshot", "json")
	cmd.RunE = func(*cobra.Command, []string) error {
		if err := f.check(); err != nil {
			return err
		}
		scope := newScope(f)
		if f.snapshot != "" {
			s, err := loadSnapshot(f.snapshot)
			if err != nil {
				return err
			}
			scope = scopeOf(s)
		}
		policy := readingPolicy(scope, f.verifyIAM)
		switch f.use {
		case "fix":
			policy.Statement = append(policy.Statement, writingStatements(scope)...)
		case "logs":
			policy.Statement = append(policy.Statement, loggingStatements(scope)...)
		case "probe":
			policy.Statement = append(policy.Statement, probingStatements(scope)...)
		}
		enc := json.NewEncoder(a.Out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(policy); err != nil {
			return cannotRun("", "the policy cannot be written: %s", err)
		}
		return nil
	}
	return cmd
}

// wild are characters that would make a part of an ARN mean more than it says.
const wild = "*?:/ $"

func (f policyFlags) check() error {
	if f.snapshot != "" && (len(f.apiIDs) > 0 || f.region+f.account != "") {
		return usage("", "--snapshot says itself which API, region and account it is about")
	}
	if f.account != "" && (len(f.account) != 12 || strings.Trim(f.account, "0123456789") != "") {
		return usage("expected 12 digits, such as 123456789012", "%q is not a value of --account-id", f.account)
	}
	for _, id := range f.apiIDs {
		if id == "" || strings.ContainsAny(id, wild) {
			return usage("", "%q is not a value of --api-id", id)
		}
	}
	if strings.ContainsAny(f.region, wild) {
		return usage("", "%q is not a value of --region", f.region)
	}
	return nil
}

// scope is what a policy lets be read, as ARNs of IAM, with wildcards where
// something is left open.
type scope struct {
	apis, methods, routed, roles, policies, queues, keys []string // apis are the REST APIs, routed the others
	settings                                             []string // of API Gateway in the account
	logGroups                                            []string
	organization                                         []string // of the account, which has no ARN that it knows
}

func newScope(f policyFlags) scope {
	partition, region, account := "aws", f.region, f.account
	if region == "" {
		region = "*"
	} else {
		partition = text.PartitionOf(region).ID
	}
	if account == "" {
		account = "*"
	}
	arn := func(service, region, account, rest string) string {
		return "arn:" + partition + ":" + service + ":" + region + ":" + account + ":" + rest
	}
	s := scope{
		organization: []string{"*"},
		roles:        []string{arn("iam", "", account, "role/*")},
		policies:     []string{arn("iam", "", account, "policy/*")},
		queues:       []string{arn("sqs", region, account, "*")},
		keys:         []string{arn("kms", region, account, "key/*")},
	}
	if account != "*" {
		s.policies = append(s.policies, arn("iam", "", "aws", "policy/*")) // those that AWS manages
	}
	s.settings = settingsOf(arn("apigateway", region, "", "/"))
	if len(f.apiIDs) == 0 {
		s.apis = []string{arn("apigateway", region, "", "/restapis"), arn("apigateway", region, "", "/restapis/*")}
		s.routed = []string{arn("apigateway", region, "", "/apis"), arn("apigateway", region, "", "/apis/*")}
		s.methods = []string{arn("apigateway", region, "", "/restapis/*"+anyMethod)}
	}
	s.logGroups = []string{arn("logs", region, account, "log-group:*:*")} // those of access logs have any name
	for _, id := range f.apiIDs {
		path := "/restapis/" + id
		s.apis = append(s.apis, arn("apigateway", region, "", path), arn("apigateway", region, "", path+"/*"))
		s.routed = append(s.routed, arn("apigateway", region, "", "/apis/"+id), arn("apigateway", region, "", "/apis/"+id+"/*"))
		s.methods = append(s.methods, arn("apigateway", region, "", path+anyMethod))
	}
	return s
}

// anyMethod is the path of the methods of an API.
const anyMethod = "/resources/*/methods/*"

// scopeOf is what a snapshot holds, and nothing beside it. What a symbol of a
// template stands for is left open.
func scopeOf(s *snapshot.Snapshot) scope {
	open := func(text string) string {
		for _, sym := range s.Symbols {
			text = strings.ReplaceAll(text, sym.Text, "*")
		}
		return text
	}
	orAny := func(s string) string {
		if s == "" {
			return "*"
		}
		return open(s)
	}
	partition := s.Target.Partition
	if partition == "" {
		partition = "aws"
		if region := s.Target.Region; region != "" && open(region) == region {
			partition = text.PartitionOf(region).ID
		}
	}
	var out scope
	if len(s.APIs) > 0 {
		out.settings = settingsOf("arn:" + partition + ":apigateway:" + orAny(s.Target.Region) + "::/")
	}
	for _, api := range s.APIs {
		base := "arn:" + partition + ":apigateway:" + orAny(s.Target.Region) + "::/"
		if api.Type != snapshot.REST {
			base += "apis/" + open(api.ID)
			out.routed = append(out.routed, base, base+"/*")
			out.logGroups = append(out.logGroups, logGroupsOf(s, &api, partition, orAny)...)
			continue
		}
		base += "restapis/" + open(api.ID)
		out.apis, out.methods = append(out.apis, base, base+"/*"), append(out.methods, base+anyMethod)
		out.logGroups = append(out.logGroups, logGroupsOf(s, &api, partition, orAny)...)
	}
	for _, arn := range slices.Sorted(maps.Keys(s.Roles)) {
		out.roles = append(out.roles, open(arn))
	}
	for _, arn := range slices.Sorted(maps.Keys(s.Queues)) {
		out.queues = append(out.queues, open(arn))
	}
	for _, arn := range slices.Sorted(maps.Keys(s.Keys)) {
		// A key that is named by an alias is allowed by the ARN of the key alone.
		if i := strings.Index(arn, ":alias/"); i >= 0 {
			arn = arn[:i] + ":key/*"
		}
		if arn = open(arn); !slices.Contains(out.keys, arn) {
			out.keys = append(out.keys, arn)
		}
	}
	if s.OrganizationID.IsKnown() || s.OrganizationID.Gap().Reason != snapshot.NotRead {
		out.organization = []string{"*"}
	}
	if len(out.roles) > 0 {
		account := cmp.Or(text.AccountOf(out.roles[0]), "*")
		for _, account := range slices.Compact([]string{account, "aws"}) {
			out.policies = append(out.policies, "arn:"+partition+":iam::"+account+":policy/*")
		}
	}
	return out
}

// settingsOf are what is read of the account beside its APIs: which custom domain
// names lead to them, which usage plans limit their calls, and the role that writes
// their logs.
func settingsOf(base string) []string {
	return []string{base + "account", base + "domainnames", base + "domainnames/*", base + "usageplans"}
}

type policyDocument struct {
	Version   string
	Statement []policyStatement
}

type policyStatement struct {
	Sid      string
	Effect   string
	Action   []string
	Resource []string

	Condition map[string]map[string]any `json:",omitempty"`
}

// readingPolicy allows the calls of the live source. Those of API Gateway are
// HTTP verbs to IAM; GetCallerIdentity needs no permission. The simulator, which
// tells what a role may do, is asked with --verify-iam only.
func readingPolicy(s scope, verifyIAM bool) policyDocument {
	roles := []string{"iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"}
	if verifyIAM {
		roles = append(roles, "iam:SimulatePrincipalPolicy")
	}
	doc := policyDocument{Version: "2012-10-17"}
	for _, p := range []struct {
		sid       string
		actions   []string
		resources []string
	}{
		{"ReadTheAPI", []string{"apigateway:GET"}, slices.Concat(s.apis, s.routed, s.settings)},
		{"ReadItsRoles", roles, s.roles},
		{"ReadTheirPolicies", []string{"iam:GetPolicy", "iam:GetPolicyVersion"}, s.policies},
		{"ReadItsQueues", []string{"sqs:GetQueueAttributes", "sqs:GetQueueUrl"}, s.queues},
		{"ReadTheirKeys", []string{"kms:DescribeKey", "kms:GetKeyPolicy", "kms:ListGrants"}, s.keys},
		{"ReadTheOrganization", []string{"organizations:DescribeOrganization"}, s.organization},
	} {
		if len(p.resources) > 0 {
			doc.Statement = append(doc.Statement, policyStatement{Sid: p.sid, Effect: "Allow", Action: p.actions, Resource: p.resources})
		}
	}
	return doc
}

// writingStatements allow the calls that apply fixes. To give an integration a
// role is to pass it (iam-facts 50).
func writingStatements(s scope) []policyStatement {
	var below, itself, own []string
	routed := []string{} // HTTP and WebSocket APIs have no resource policy
	for _, arn := range s.routed {
		if strings.HasSuffix(arn, "/*") {
			below = append(below, arn)
		} else {
			routed = append(routed, arn)
		}
	}
	for _, arn := range s.apis {
		if strings.HasSuffix(arn, "/*") {
			below = append(below, arn)
		} else {
			itself = append(itself, arn)
		}
	}
	for _, arn := range s.policies {
		if !strings.Contains(arn, "::aws:") {
			own = append(own, arn)
		}
	}
	var list []policyStatement
	for _, p := range []policyStatement{
		{Sid: "ChangeTheAPI", Action: []string{"apigateway:DELETE", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT"}, Resource: below},
		{Sid: "ChangeItsSettings", Action: []string{"apigateway:PATCH", "apigateway:UpdateRestApiPolicy"}, Resource: itself},
		{Sid: "ChangeTheirSettings", Action: []string{"apigateway:PATCH"}, Resource: routed},
		{Sid: "PassItsRoles", Action: []string{"iam:PassRole"}, Resource: s.roles,
			Condition: map[string]map[string]any{"StringEquals": {"iam:PassedToService": "apigateway.amazonaws.com"}}},
		{Sid: "ChangeItsRoles", Action: []string{"iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"}, Resource: s.roles},
		{Sid: "DetachTheirPolicies", Action: []string{"iam:AttachRolePolicy", "iam:DetachRolePolicy"}, Resource: s.roles,
			Condition: map[string]map[string]any{"ArnLike": {"iam:PolicyARN": s.policies}}},
		{Sid: "ChangeTheirPolicies", Action: []string{"iam:CreatePolicyVersion"}, Resource: own},
		{Sid: "ChangeItsQueues", Action: []string{"sqs:SetQueueAttributes"}, Resource: s.queues},
		{Sid: "ChangeTheirKeys", Action: []string{"kms:DisableKey", "kms:EnableKey", "kms:PutKeyPolicy"}, Resource: s.keys},
	} {
		if len(p.Resource) > 0 {
			p.Effect = "Allow"
			list = append(list, p)
		}
	}
	return list
}

// probingStatements allow the one call of the probe command. TestInvokeMethod is a
// POST to a method, and the only one there is.
func probingStatements(s scope) []policyStatement {
	if len(s.methods) == 0 {
		return nil
	}
	return []policyStatement{{Sid: "RunItsMethods", Effect: "Allow", Action: []string{"apigateway:POST"}, Resource: s.methods}}
}

// loggingStatements allow the calls of the logs command (L87). A group's ARN in a
// policy ends in :*, and metrics have no ARN.
func loggingStatements(s scope) []policyStatement {
	list := []policyStatement{
		{Sid: "FindTheirDeliveries", Effect: "Allow", Action: []string{"logs:DescribeDeliveries", "logs:DescribeDeliverySources", "logs:GetDeliveryDestination"}, Resource: []string{"*"}},
		{Sid: "ReadMetrics", Effect: "Allow", Action: []string{"cloudwatch:GetMetricData"}, Resource: []string{"*"}},
	}
	if len(s.logGroups) > 0 {
		list = append([]policyStatement{{Sid: "SearchItsLogs", Effect: "Allow", Action: []string{"logs:FilterLogEvents"}, Resource: s.logGroups}}, list...)
	}
	return list
}

// logGroupsOf are the log groups of an API's stages.
func logGroupsOf(s *snapshot.Snapshot, api *snapshot.API, partition string, orAny func(string) string) []string {
	base := "arn:" + partition + ":logs:" + orAny(s.Target.Region) + ":" + orAny(s.Target.Account) + ":log-group:"
	var list []string
	if api.Type != snapshot.HTTP {
		list = append(list, base+"API-Gateway-Execution-Logs_"+orAny(api.ID)+"/*:*")
	}
	if api.Type == snapshot.WebSocket {
		list = []string{base + "/aws/apigateway/" + orAny(api.ID) + "/*:*"}
	}
	stages, known := api.Stages.Peek()
	for i := range stages {
		access, ok := stages[i].AccessLog.Peek()
		switch {
		case !ok:
			known = false
		case access != nil && strings.Contains(access.Destination, ":log-group:"):
			list = append(list, orAny(strings.TrimSuffix(access.Destination, ":*"))+":*")
		}
	}
	if !known {
		return []string{base + "*:*"} // where access logs go is not known
	}
	slices.Sort(list)
	return slices.Compact(list)
}
