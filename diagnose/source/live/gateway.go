package live

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/snapshot"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
)

// pageSize is the largest that the control plane allows.
const pageSize = 500

// restAPI is the API without its draft and stages.
type restAPI struct {
	api     snapshot.API
	binary  snapshot.Fact[[]string] // a property of the API, but deployed with the methods
	failure *failure
}

func (r *reader) restAPI() restAPI {
	at := r.at()
	out, failed := call(r.ctx, r.calls, r.spec("GetRestApi", r.name()), func(ctx context.Context) (*apigateway.GetRestApiOutput, error) {
		out, err := r.gateway.GetRestApi(ctx, &apigateway.GetRestApiInput{RestApiId: &r.apiID})
		if err == nil && aws.ToString(out.Id) != r.apiID {
			err = about("API", out.Id)
		}
		return out, err
	})
	api := snapshot.API{ID: r.apiID, Type: snapshot.REST, Origin: at}
	if failed != nil {
		api.EndpointTypes = unknown[[]string](failed, at.At("endpointConfiguration.types"))
		api.DefaultEndpointDisabled = unknown[bool](failed, at.At("disableExecuteApiEndpoint"))
		api.Policy = unknown[string](failed, at.At("policy"))
		api.APIKeySource = unknown[string](failed, at.At("apiKeySource"))
		return restAPI{api, unknown[[]string](failed, at.At("binaryMediaTypes")), failed}
	}
	api.Name = aws.ToString(out.Name)
	endpoints := []string{}
	if out.EndpointConfiguration != nil {
		for _, t := range out.EndpointConfiguration.Types {
			endpoints = append(endpoints, string(t))
		}
	}
	api.EndpointTypes = snapshot.Known(endpoints, at.At("endpointConfiguration.types"))
	api.DefaultEndpointDisabled = snapshot.Known(out.DisableExecuteApiEndpoint, at.At("disableExecuteApiEndpoint"))
	api.APIKeySource = snapshot.Known(string(out.ApiKeySource), at.At("apiKeySource"))
	api.Policy = snapshot.Known(resourcePolicy(aws.ToString(out.Policy)), at.At("policy"))
	return restAPI{api: api, binary: snapshot.Known(append([]string{}, out.BinaryMediaTypes...), at.At("binaryMediaTypes"))}
}

// resourcePolicy undoes the control plane's habit of escaping the policy once
// more: it answers {\"Version\":...} with the backslashes in the value.
func resourcePolicy(text string) string {
	if json.Valid([]byte(text)) {
		return text
	}
	if plain, err := strconv.Unquote(`"` + text + `"`); err == nil && json.Valid([]byte(plain)) {
		return plain
	}
	return text
}

// draft is the resources as they can be edited.
type draft struct {
	configuration snapshot.Configuration
	failure       *failure
}

func (r *reader) readDraft() draft {
	s := r.spec("GetResources", "resources", "resources")
	items, failed := everyPage(r.account, s, func(ctx context.Context, position *string) ([]types.Resource, *string, error) {
		out, err := r.gateway.GetResources(ctx, &apigateway.GetResourcesInput{
			RestApiId: &r.apiID, Embed: []string{"methods"}, Limit: aws.Int32(pageSize), Position: position})
		if err != nil {
			return nil, nil, err
		}
		for _, resource := range out.Items {
			if resource.Id == nil || resource.Path == nil {
				return nil, nil, lacks("id and path of a resource")
			}
		}
		return out.Items, out.Position, nil
	})
	switch {
	case failed != nil:
		return draft{failure: failed} // half a list is no list
	case !slices.ContainsFunc(items, func(resource types.Resource) bool { return aws.ToString(resource.Path) == "/" }):
		return draft{failure: &failure{s, lacks("root resource")}} // T164: every API has one
	}
	return draft{configuration: r.configuration(items)}
}

// stageList is what GetStages said.
type stageList struct {
	list    []types.Stage
	limits  map[string]map[string]limits // of each stage, by the key of the method settings
	failure *failure
}

func (r *reader) readStages() stageList {
	var sent []byte
	out, failed := call(r.ctx, r.calls, r.spec("GetStages", "stages", "stages"), func(ctx context.Context) (*apigateway.GetStagesOutput, error) {
		out, err := r.gateway.GetStages(keepingBody(ctx, &sent), &apigateway.GetStagesInput{RestApiId: &r.apiID})
		if err != nil {
			return nil, err
		}
		if out.Item == nil {
			return nil, lacks("list of stages")
		}
		for _, stage := range out.Item {
			if aws.ToString(stage.StageName) == "" {
				return nil, lacks("name of a stage")
			}
		}
		return out, nil
	})
	if failed != nil {
		return stageList{failure: failed}
	}
	return stageList{list: out.Item, limits: limitsOf(sent)}
}

// variables gives the sets of stage variables under which a configuration may
// run: of one stage or, without a name, of every stage, each with its canary's.
func (l stageList) variables(name string) []map[string]string {
	sets := []map[string]string{}
	for _, stage := range l.list {
		if name != "" && aws.ToString(stage.StageName) != name {
			continue
		}
		sets = append(sets, stage.Variables)
		if c := stage.CanarySettings; c != nil && len(c.StageVariableOverrides) > 0 {
			overridden := map[string]string{}
			for _, from := range []map[string]string{stage.Variables, c.StageVariableOverrides} {
				for k, v := range from {
					overridden[k] = v
				}
			}
			sets = append(sets, overridden)
		}
	}
	if len(sets) == 0 {
		sets = append(sets, nil)
	}
	return sets
}

// deploymentDates gives the day of each deployment by its id. They are told to
// the reader of a report and decide nothing, so that a failure leaves them out.
func (r *reader) deploymentDates() map[string]string {
	s := r.spec("GetDeployments", "deployments", "deployments")
	items, _ := everyPage(r.account, s, func(ctx context.Context, position *string) ([]types.Deployment, *string, error) {
		out, err := r.gateway.GetDeployments(ctx, &apigateway.GetDeploymentsInput{RestApiId: &r.apiID, Limit: aws.Int32(pageSize), Position: position})
		if err != nil {
			return nil, nil, err
		}
		return out.Items, out.Position, nil
	})
	dates := map[string]string{}
	for _, d := range items {
		dates[aws.ToString(d.Id)] = day(d.CreatedDate)
	}
	return dates
}

// stageFacts puts the stages together with what their exports said.
func (r *reader) stageFacts(dates map[string]string, details details, draft snapshot.Fact[snapshot.Configuration]) snapshot.Fact[[]snapshot.Stage] {
	list := r.stages.wait()
	if list.failure != nil {
		return unknown[[]snapshot.Stage](list.failure, r.at("stages"))
	}
	exports := r.exports.all()
	out := []snapshot.Stage{}
	for _, s := range list.list {
		name := aws.ToString(s.StageName)
		at := r.at("stages", name)
		stage := snapshot.Stage{
			Name:         name,
			DeploymentID: snapshot.Known(aws.ToString(s.DeploymentId), at.At("deploymentId")),
			DeployedAt:   dates[aws.ToString(s.DeploymentId)],
			Variables:    snapshot.Known(nonNil(s.Variables), at.At("variables")),
			Canary:       snapshot.Known(canary(s.CanarySettings), at.At("canarySettings")),
			Origin:       at,
			Settings:     snapshot.Known(methodSettings(s, list.limits[name], at), at.At("methodSettings")),
			AccessLog:    snapshot.Known[*snapshot.AccessLog](nil, at.At("accessLogSettings")),
			WebACL:       snapshot.Known(aws.ToString(s.WebAclArn), at.At("webAclArn")),
		}
		stage.UsagePlans, stage.UsagePlansRead = r.usagePlans.wait().of(r.apiID, name)
		if log := s.AccessLogSettings; log != nil {
			stage.AccessLog = stage.AccessLog.With(&snapshot.AccessLog{Destination: aws.ToString(log.DestinationArn), Format: aws.ToString(log.Format)})
		}
		if deployed, ok := exports[name]; ok {
			stage.Deployed = r.standIn(name, details.align(deployed), draft)
		} else {
			why := "only the deployment of stage " + strconv.Quote(r.stage) + " was read"
			if r.stage == "" {
				why = "the stage has no deployment"
			}
			stage.Deployed = snapshot.Unknown[snapshot.Configuration](snapshot.Gap{Reason: snapshot.NotRead, Detail: why, Origin: r.exportOrigin(name)})
		}
		out = append(out, stage)
	}
	return snapshot.Known(out, r.at("stages"))
}

func canary(c *types.CanarySettings) *snapshot.Canary {
	if c == nil {
		return nil
	}
	return &snapshot.Canary{DeploymentID: aws.ToString(c.DeploymentId), Percent: c.PercentTraffic, Variables: c.StageVariableOverrides}
}

func nonNil[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return m
}

func orDefault(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return strings.ToUpper(value)
}
