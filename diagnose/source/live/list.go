package live

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"apisqs-doctor/diagnose/snapshot"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	routedtypes "github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
)

// Summary is one API of the account.
type Summary struct {
	ID            string
	Name          string
	Type          snapshot.APIType
	Description   string
	Created       string   // YYYY-MM-DD; empty when unknown
	EndpointTypes []string // EDGE, REGIONAL, PRIVATE
}

// List gives the APIs of the account in the region of cfg, of all types, by name.
// The error is an *Error, or the context's when it was cancelled.
func List(ctx context.Context, cfg aws.Config) ([]Summary, error) {
	if err := ready(ctx, cfg); err != nil {
		return nil, err
	}
	a := newAccount(ctx, cfg, Options{})
	rest, routed := start(a.listREST), start(a.listRouted)
	all := []Summary{}
	for _, part := range []answer[[]Summary]{rest.wait(), routed.wait()} {
		if part.failure != nil && Emulator(cfg) != "" && httpStatus(part.failure.err) == http.StatusNotImplemented {
			continue // an emulator has no such APIs (T178)
		}
		if part.failure != nil {
			if err := a.cancelled(); err != nil {
				return nil, err
			}
			return nil, impossible(part.failure, "the list of "+part.failure.call.subject+" in region "+cfg.Region)
		}
		all = append(all, part.value...)
	}
	slices.SortFunc(all, func(a, b Summary) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

func (a *account) listREST() answer[[]Summary] {
	s := spec{"apigateway", "GetRestApis", "REST APIs", "apigateway:GET on arn:" + a.partition + ":apigateway:" + a.cfg.Region + "::/restapis"}
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
	var all []Summary
	for _, item := range items {
		entry := Summary{ID: *item.Id, Name: aws.ToString(item.Name), Type: snapshot.REST, Description: aws.ToString(item.Description), Created: day(item.CreatedDate)}
		if item.EndpointConfiguration != nil {
			for _, t := range item.EndpointConfiguration.Types {
				entry.EndpointTypes = append(entry.EndpointTypes, string(t))
			}
		}
		all = append(all, entry)
	}
	return list(all, failed)
}

func (a *account) listRouted() answer[[]Summary] {
	s := spec{"apigateway", "GetApis", "HTTP and WebSocket APIs", "apigateway:GET on arn:" + a.partition + ":apigateway:" + a.cfg.Region + "::/apis"}
	items, failed := everyPage(a, s, func(ctx context.Context, token *string) ([]routedtypes.Api, *string, error) {
		out, err := a.httpGateway.GetApis(ctx, &apigatewayv2.GetApisInput{MaxResults: aws.String(routedPage), NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		for _, item := range out.Items {
			if aws.ToString(item.ApiId) == "" || typeOf(item.ProtocolType) == "" {
				return nil, nil, lacks("id and protocol of an API")
			}
		}
		return out.Items, out.NextToken, nil
	})
	var all []Summary
	for _, item := range items {
		all = append(all, Summary{ID: *item.ApiId, Name: aws.ToString(item.Name), Type: typeOf(item.ProtocolType), Description: aws.ToString(item.Description),
			Created: day(item.CreatedDate), EndpointTypes: []string{"REGIONAL"}})
	}
	return list(all, failed)
}

// day is a date as YYYY-MM-DD; empty for none.
func day(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format("2006-01-02")
}

// Stages gives the names of the stages of an API, as AWS lists them. The error
// is an *Error, or the context's when it was cancelled.
func Stages(ctx context.Context, cfg aws.Config, id string) ([]string, error) {
	if err := ready(ctx, cfg); err != nil {
		return nil, err
	}
	r := newAccount(ctx, cfg, Options{}).reader(id, Options{})
	names := []string{}
	stages := r.readStages()
	for _, stage := range stages.list {
		names = append(names, aws.ToString(stage.StageName))
	}
	failed := stages.failure
	if failed != nil && absent(failed) {
		routed := (&routedReader{reader: r.inCollection("apis")}).readStages()
		for _, stage := range routed.value {
			names = append(names, aws.ToString(stage.StageName))
		}
		failed = routed.failure
	}
	if failed != nil {
		if err := r.cancelled(); err != nil {
			return nil, err
		}
		return nil, impossible(failed, "the stages of API "+id+" in region "+cfg.Region)
	}
	return names, nil
}
