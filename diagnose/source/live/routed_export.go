package live

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/openapi"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
)

// export reads what a stage of an HTTP API runs, and then what that leads to.
// Without a stage it reads the draft in the same notation.
func (r *routedReader) export(stage string) {
	r.exports.get(stage, func() snapshot.Fact[snapshot.Configuration] {
		exported := r.readExport(stage)
		if stage != "" {
			r.follow(value(exported), r.variables(stage))
		}
		return exported
	})
}

func (r *routedReader) readExport(stage string) snapshot.Fact[snapshot.Configuration] {
	subject, at := "export of the draft", r.at("exports", "OAS30")
	in := &apigatewayv2.ExportApiInput{ApiId: &r.apiID, Specification: aws.String("OAS30"), OutputType: aws.String("JSON"), IncludeExtensions: aws.Bool(true)}
	if stage != "" {
		in.StageName = &stage
		subject, at = "export of stage "+stage, at.At("stageName="+stage)
	}
	out, failed := call(r.ctx, r.calls, r.spec("ExportApi", subject, "exports", "*"), func(ctx context.Context) (*apigatewayv2.ExportApiOutput, error) {
		return r.httpGateway.ExportApi(ctx, in)
	})
	if failed != nil {
		return unknown[snapshot.Configuration](failed, at)
	}
	exported, err := openapi.Export(out.Body, snapshot.HTTP, at)
	switch {
	case err != nil:
		return snapshot.Unknown[snapshot.Configuration](snapshot.Gap{Reason: snapshot.Unparsed, Detail: "the " + subject + ": " + err.Error(), Origin: at})
	case !hasIntegrations(exported):
		return snapshot.Unknown[snapshot.Configuration](snapshot.Gap{Reason: snapshot.Failed, Detail: "the " + subject + " carries no integrations", Origin: at})
	}
	sortRoutes(exported.Methods)
	return snapshot.Known(exported, at)
}

func sortRoutes(methods []snapshot.Method) {
	slices.SortFunc(methods, func(a, b snapshot.Method) int { return strings.Compare(a.RouteKey, b.RouteKey) })
}

// exported is what a stage of an HTTP API runs, as its export tells. That exports
// tell enough is not documented, so that the draft's own is held against the draft.
func (r *routedReader) exported(stage string) snapshot.Fact[snapshot.Configuration] {
	exports := r.exports.all()
	deployed, ok := exports[stage]
	if !ok {
		return snapshot.Unknown[snapshot.Configuration](snapshot.Gap{Reason: snapshot.NotRead, Origin: r.at("stages", stage),
			Detail: "only the deployment of stage " + strconv.Quote(r.stage) + " was read"})
	}
	draft := value(r.draft.wait())
	if latest, known := exports[""].Read(&snapshot.Gaps{}); known && !tells(latest, draft) {
		return snapshot.Unknown[snapshot.Configuration](snapshot.Gap{Reason: snapshot.Failed, Origin: deployed.Origin(),
			Detail: "the exports of the API do not tell how its routes call SQS"})
	}
	return details{authorizers: draft.Authorizers}.align(deployed)
}

// tells tells whether an export of the draft has what the draft's routes to SQS say.
func tells(export, draft snapshot.Configuration) bool {
	for _, m := range draft.Methods {
		if !leadsToSQS(m) {
			continue
		}
		at := slices.IndexFunc(export.Methods, func(e snapshot.Method) bool { return e.RouteKey == m.RouteKey })
		if at < 0 {
			return false
		}
		shown, in := value(export.Methods[at].Integration), value(m.Integration)
		if shown == nil || value(shown.Type) != value(in.Type) || value(shown.Subtype) != value(in.Subtype) || value(shown.URI) != value(in.URI) ||
			value(shown.Credentials) != value(in.Credentials) || !maps.EqualFunc(value(shown.RequestParameters), value(in.RequestParameters),
			func(a, b snapshot.Fact[string]) bool { return value(a) == value(b) }) {
			return false
		}
	}
	return true
}
