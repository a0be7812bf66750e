package live

import (
	"cmp"
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
)

// Summary is one REST API of the account.
type Summary struct {
	ID            string
	Name          string
	Description   string
	Created       string   // YYYY-MM-DD; empty when unknown
	EndpointTypes []string // EDGE, REGIONAL, PRIVATE
}

// List gives the REST APIs of the account in the region of cfg, by name. The
// error is an *Error, or the context's when it was cancelled.
func List(ctx context.Context, cfg aws.Config) ([]Summary, error) {
	if err := ready(ctx, cfg); err != nil {
		return nil, err
	}
	a := newAccount(ctx, cfg, Options{})
	s := spec{"apigateway", "GetRestApis", "APIs", "apigateway:GET on arn:" + a.partition + ":apigateway:" + cfg.Region + "::/restapis"}
	items, failed := everyPage(a, s, func(ctx context.Context, position *string) ([]types.RestApi, *string, error) {
		out, err := a.gateway.GetRestApis(ctx, &apigateway.GetRestApisInput{Limit: aws.Int32(pageSize), Position: position})
		if err != nil {
			return nil, nil, err
		}
		for _, item := range out.Items {
			if aws.ToString(item.Id) == "" {
				return nil, nil, lacks("id of an API")
			}
		}
		return out.Items, out.Position, nil
	})
	if failed != nil {
		if err := a.cancelled(); err != nil {
			return nil, err
		}
		return nil, impossible(failed, "the list of REST APIs in region "+cfg.Region)
	}
	list := []Summary{}
	for _, item := range items {
		entry := Summary{ID: aws.ToString(item.Id), Name: aws.ToString(item.Name), Description: aws.ToString(item.Description)}
		if item.CreatedDate != nil {
			entry.Created = item.CreatedDate.UTC().Format("2006-01-02")
		}
		if item.EndpointConfiguration != nil {
			for _, t := range item.EndpointConfiguration.Types {
				entry.EndpointTypes = append(entry.EndpointTypes, string(t))
			}
		}
		list = append(list, entry)
	}
	slices.SortFunc(list, func(a, b Summary) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return list, nil
}

// Stages gives the names of the stages of a REST API, as AWS lists them. The
// error is an *Error, or the context's when it was cancelled.
func Stages(ctx context.Context, cfg aws.Config, id string) ([]string, error) {
	if err := ready(ctx, cfg); err != nil {
		return nil, err
	}
	r := newAccount(ctx, cfg, Options{}).reader(id, Options{})
	stages := r.readStages()
	if stages.failure != nil {
		if err := r.cancelled(); err != nil {
			return nil, err
		}
		return nil, impossible(stages.failure, "the stages of API "+id+" in region "+cfg.Region)
	}
	names := []string{}
	for _, stage := range stages.list {
		names = append(names, aws.ToString(stage.StageName))
	}
	return names, nil
}
