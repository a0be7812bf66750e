package live

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	routedtypes "github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
)

// mostDomains is how many custom domain names are asked for their paths. Each
// costs a call of the quota that the account's other tools share.
const mostDomains = 20

// domainName is a custom domain name of the account.
type domainName struct {
	name, id  string // the id is that of a private one
	mutualTLS bool
}

// mapping is a path of a custom domain name and the API that it leads to.
type mapping struct {
	api string
	snapshot.Domain
}

// domainsOf gives the paths of custom domain names that lead to the API. The
// account's are read once for the APIs of each control plane.
func (r *reader) domainsOf() snapshot.Fact[[]snapshot.Domain] {
	all := r.domains.get(r.collection, func() snapshot.Fact[[]mapping] { return r.readDomains(r.collection) }).wait()
	list, known := all.Peek()
	if !known {
		return snapshot.Unknown[[]snapshot.Domain](all.Gap())
	}
	out := []snapshot.Domain{}
	for _, m := range list {
		if m.api == r.apiID {
			out = append(out, m.Domain)
		}
	}
	return snapshot.Known(out, all.Origin())
}

func (a *account) readDomains(collection string) snapshot.Fact[[]mapping] {
	at := snapshot.Origin{Resource: a.arn("domainnames")}
	names, paths := a.restDomains, a.basePaths
	if collection == "apis" {
		names, paths = a.routedDomains, a.apiMappings
	}
	domains, failed := names()
	switch {
	case failed != nil:
		return unknown[[]mapping](failed, at)
	case len(domains) > mostDomains:
		return snapshot.Unknown[[]mapping](snapshot.Gap{Reason: snapshot.NotRead, Origin: at,
			Detail: fmt.Sprintf("the account has %d custom domain names, too many to ask each which API it leads to", len(domains))})
	}
	var reads []*later[answer[[]mapping]]
	for _, d := range domains {
		reads = append(reads, start(func() answer[[]mapping] { return list(paths(d)) }))
	}
	all := []mapping{}
	for _, read := range reads {
		got := read.wait()
		if failed == nil {
			failed = got.failure
		}
		all = append(all, got.value...)
	}
	if failed != nil {
		return unknown[[]mapping](failed, at)
	}
	slices.SortFunc(all, func(a, b mapping) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Path, b.Path)) })
	return snapshot.Known(all, at)
}

// arn is that of a control plane path which belongs to no API.
func (a *account) arn(path string) string {
	return "arn:" + a.partition + ":apigateway:" + a.cfg.Region + "::/" + path
}

func (a *account) domainSpec(operation, subject, path string) spec {
	return spec{"apigateway", operation, subject, "apigateway:GET on " + a.arn(path)}
}

func (a *account) restDomains() ([]domainName, *failure) {
	items, failed := everyPage(a, a.domainSpec("GetDomainNames", "custom domain names", "domainnames"), func(ctx context.Context, position *string) ([]types.DomainName, *string, error) {
		out, err := a.gateway.GetDomainNames(ctx, &apigateway.GetDomainNamesInput{Limit: aws.Int32(pageSize), Position: position})
		if err != nil {
			return nil, nil, err
		}
		return out.Items, out.Position, nil
	})
	var names []domainName
	for _, d := range items {
		names = append(names, domainName{aws.ToString(d.DomainName), aws.ToString(d.DomainNameId), d.MutualTlsAuthentication != nil})
	}
	return names, failed
}

func (a *account) basePaths(d domainName) ([]mapping, *failure) {
	in := apigateway.GetBasePathMappingsInput{DomainName: &d.name, Limit: aws.Int32(pageSize)}
	if d.id != "" {
		in.DomainNameId = &d.id
	}
	s := a.domainSpec("GetBasePathMappings", "paths of domain "+d.name, "domainnames/"+d.name+"/basepathmappings")
	items, failed := everyPage(a, s, func(ctx context.Context, position *string) ([]types.BasePathMapping, *string, error) {
		next := in
		next.Position = position
		out, err := a.gateway.GetBasePathMappings(ctx, &next)
		if err != nil {
			return nil, nil, err
		}
		return out.Items, out.Position, nil
	})
	var all []mapping
	for _, m := range items {
		path := aws.ToString(m.BasePath)
		if path == "(none)" {
			path = ""
		}
		all = append(all, a.mapped(d, aws.ToString(m.RestApiId), path, aws.ToString(m.Stage)))
	}
	return all, failed
}

func (a *account) routedDomains() ([]domainName, *failure) {
	items, failed := everyPage(a, a.domainSpec("GetDomainNames", "custom domain names", "domainnames"), func(ctx context.Context, token *string) ([]routedtypes.DomainName, *string, error) {
		out, err := a.httpGateway.GetDomainNames(ctx, &apigatewayv2.GetDomainNamesInput{MaxResults: aws.String(routedPage), NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		return out.Items, out.NextToken, nil
	})
	var names []domainName
	for _, d := range items {
		names = append(names, domainName{name: aws.ToString(d.DomainName), mutualTLS: d.MutualTlsAuthentication != nil})
	}
	return names, failed
}

func (a *account) apiMappings(d domainName) ([]mapping, *failure) {
	s := a.domainSpec("GetApiMappings", "paths of domain "+d.name, "domainnames/"+d.name+"/apimappings")
	items, failed := everyPage(a, s, func(ctx context.Context, token *string) ([]routedtypes.ApiMapping, *string, error) {
		out, err := a.httpGateway.GetApiMappings(ctx, &apigatewayv2.GetApiMappingsInput{DomainName: &d.name, MaxResults: aws.String(routedPage), NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		return out.Items, out.NextToken, nil
	})
	var all []mapping
	for _, m := range items {
		all = append(all, a.mapped(d, aws.ToString(m.ApiId), aws.ToString(m.ApiMappingKey), aws.ToString(m.Stage)))
	}
	return all, failed
}

func (a *account) mapped(d domainName, api, path, stage string) mapping {
	return mapping{api, snapshot.Domain{Name: d.name, Path: path, Stage: stage, MutualTLS: d.mutualTLS,
		Origin: snapshot.Origin{Resource: a.arn("domainnames/" + d.name)}}}
}

// Path is a path of a custom domain name and the API that it leads to.
type Path struct {
	API         string // id
	Path, Stage string // without slashes around; the stage is empty when the caller names it behind the path
}

// Paths gives the paths of a custom domain name of the region of cfg, the longest
// first, and the names of all domains where there is none of that name. The error is
// an *Error, or the context's when it was cancelled.
func Paths(ctx context.Context, cfg aws.Config, name string) (paths []Path, others []string, err error) {
	if err := ready(ctx, cfg); err != nil {
		return nil, nil, err
	}
	a := newAccount(ctx, cfg, Options{})
	found := false
	for _, plane := range []struct {
		domains func() ([]domainName, *failure)
		paths   func(domainName) ([]mapping, *failure)
	}{{a.restDomains, a.basePaths}, {a.routedDomains, a.apiMappings}} {
		domains, failed := plane.domains()
		for _, d := range domains {
			others = append(others, d.name)
			if failed != nil || !strings.EqualFold(d.name, name) {
				continue
			}
			found = true
			var list []mapping
			list, failed = plane.paths(d)
			for _, m := range list {
				if p := (Path{m.api, m.Path, m.Stage}); !slices.Contains(paths, p) {
					paths = append(paths, p)
				}
			}
		}
		if failed != nil {
			if err := a.cancelled(); err != nil {
				return nil, nil, err
			}
			return nil, nil, impossible(failed, "the custom domain name "+name+" in region "+cfg.Region)
		}
	}
	if !found {
		slices.Sort(others)
		return nil, slices.Compact(others), nil
	}
	slices.SortFunc(paths, func(a, b Path) int {
		return cmp.Or(len(b.Path)-len(a.Path), cmp.Compare(a.Path, b.Path), cmp.Compare(a.API, b.API))
	})
	return paths, nil, nil
}
