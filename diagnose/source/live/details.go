package live

import (
	"context"

	"apisqs-doctor/diagnose/snapshot"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
)

// details are what methods of the draft refer to by id or name. A list that no
// method to SQS uses is not read.
type details struct {
	validators  map[string]snapshot.Fact[snapshot.Validator]
	authorizers map[string]snapshot.Fact[snapshot.Authorizer]
	models      map[string]snapshot.Fact[string]
}

func (r *reader) draftDetails() details {
	validators, authorizers, models := []string{}, []string{}, []string{}
	for _, m := range r.draft.wait().configuration.Methods {
		if !leadsToSQS(m) {
			continue
		}
		if id := value(m.ValidatorID); id != "" {
			validators = append(validators, id)
			// Without a validator a model is not looked at.
			for _, name := range value(m.RequestModels) {
				models = append(models, name)
			}
		}
		if id := value(m.AuthorizerID); id != "" {
			authorizers = append(authorizers, id)
		}
	}
	readValidators := start(func() map[string]snapshot.Fact[snapshot.Validator] {
		return listed(r, "GetRequestValidators", "request validators", "requestvalidators", validators,
			func(ctx context.Context, position *string) ([]types.RequestValidator, *string, error) {
				out, err := r.gateway.GetRequestValidators(ctx, &apigateway.GetRequestValidatorsInput{RestApiId: &r.apiID, Limit: aws.Int32(pageSize), Position: position})
				if err != nil {
					return nil, nil, err
				}
				return out.Items, out.Position, nil
			},
			func(v types.RequestValidator) (string, snapshot.Validator) {
				return aws.ToString(v.Id), snapshot.Validator{Name: aws.ToString(v.Name), Body: v.ValidateRequestBody, Parameters: v.ValidateRequestParameters}
			})
	})
	readAuthorizers := start(func() map[string]snapshot.Fact[snapshot.Authorizer] {
		return listed(r, "GetAuthorizers", "authorizers", "authorizers", authorizers,
			func(ctx context.Context, position *string) ([]types.Authorizer, *string, error) {
				out, err := r.gateway.GetAuthorizers(ctx, &apigateway.GetAuthorizersInput{RestApiId: &r.apiID, Limit: aws.Int32(pageSize), Position: position})
				if err != nil {
					return nil, nil, err
				}
				return out.Items, out.Position, nil
			},
			func(a types.Authorizer) (string, snapshot.Authorizer) {
				return aws.ToString(a.Id), snapshot.Authorizer{Name: aws.ToString(a.Name), Type: string(a.Type), IdentitySource: aws.ToString(a.IdentitySource),
					Validation: aws.ToString(a.IdentityValidationExpression), URI: aws.ToString(a.AuthorizerUri)}
			})
	})
	readModels := listed(r, "GetModels", "models", "models", models,
		func(ctx context.Context, position *string) ([]types.Model, *string, error) {
			out, err := r.gateway.GetModels(ctx, &apigateway.GetModelsInput{RestApiId: &r.apiID, Limit: aws.Int32(pageSize), Position: position})
			if err != nil {
				return nil, nil, err
			}
			return out.Items, out.Position, nil
		},
		func(m types.Model) (string, string) { return aws.ToString(m.Name), aws.ToString(m.Schema) })
	return details{validators: readValidators.wait(), authorizers: readAuthorizers.wait(), models: readModels}
}

// listed reads one list of the API, if anything of it is used, by id. When the
// call fails the used ones are unknown.
func listed[Item, T any](r *reader, operation, subject, path string, used []string,
	page func(context.Context, *string) ([]Item, *string, error), entry func(Item) (string, T)) map[string]snapshot.Fact[T] {
	if len(used) == 0 {
		return nil
	}
	s := r.spec(operation, subject, path)
	items, failed := everyPage(r.account, s, page)
	if failed == nil {
		failed = &failure{s, lacks("entry for it")}
	}
	out := map[string]snapshot.Fact[T]{}
	for _, id := range used {
		out[id] = unknown[T](failed, r.at(path, id))
	}
	for _, item := range items {
		if id, v := entry(item); id != "" {
			out[id] = snapshot.Known(v, r.at(path, id))
		}
	}
	return out
}

// wholeDraft is the draft with what its methods refer to.
func (r *reader) wholeDraft(api restAPI, d details) snapshot.Fact[snapshot.Configuration] {
	draft := r.draft.wait()
	if draft.failure != nil {
		return unknown[snapshot.Configuration](draft.failure, r.at("resources"))
	}
	c := draft.configuration
	c.BinaryMediaTypes, c.Validators, c.Authorizers, c.Models = api.binary, d.validators, d.authorizers, d.models
	return snapshot.Known(c, r.at("resources"))
}
