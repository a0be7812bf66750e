package openapi

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

const integrationMember = "x-amazon-apigateway-integration"

// What API Gateway assumes for an integration that does not say (T74). Exports
// leave out a default timeout (T167).
const (
	defaultPassthrough = "WHEN_NO_MATCH"
	defaultTimeout     = 29000 // milliseconds
)

func integration(v any, at snapshot.Origin) snapshot.Fact[*snapshot.Integration] {
	if v == nil {
		return snapshot.Known[*snapshot.Integration](nil, at)
	}
	in, ok := v.(map[string]any)
	if !ok {
		return unparsed[*snapshot.Integration](at, "an object", v)
	}
	return snapshot.Known(&snapshot.Integration{
		Origin:            at,
		Type:              upper(in["type"], "", at.At("type")),
		HTTPMethod:        text(in["httpMethod"], at.At("httpMethod")),
		URI:               text(in["uri"], at.At("uri")),
		Credentials:       text(in["credentials"], at.At("credentials")),
		RequestParameters: texts(in["requestParameters"], at.At("requestParameters")),
		Templates:         texts(in["requestTemplates"], at.At("requestTemplates")),
		Passthrough:       upper(in["passthroughBehavior"], defaultPassthrough, at.At("passthroughBehavior")),
		ContentHandling:   upper(in["contentHandling"], "", at.At("contentHandling")),
		TimeoutMillis:     timeout(in["timeoutInMillis"], at.At("timeoutInMillis")),
		Responses:         integrationResponses(in["responses"], at.At("responses")),
	}, at)
}

// upper turns the document's spelling (aws, when_no_match) into the control plane's.
func upper(v any, absent string, at snapshot.Origin) snapshot.Fact[string] {
	s, ok := v.(string)
	switch {
	case v == nil:
		return snapshot.Known(absent, at)
	case !ok:
		return unparsed[string](at, "a string", v)
	}
	return snapshot.Known(strings.ToUpper(s), at)
}

func timeout(v any, at snapshot.Origin) snapshot.Fact[int] {
	millis, ok := v.(float64)
	switch {
	case v == nil:
		return snapshot.Known(defaultTimeout, at)
	case !ok || millis != float64(int(millis)):
		return unparsed[int](at, "a whole number of milliseconds", v)
	}
	return snapshot.Known(int(millis), at)
}

func texts(v any, at snapshot.Origin) snapshot.Fact[map[string]snapshot.Fact[string]] {
	in, ok := v.(map[string]any)
	if !ok && v != nil {
		return unparsed[map[string]snapshot.Fact[string]](at, "an object", v)
	}
	out := map[string]snapshot.Fact[string]{}
	for name, value := range in {
		out[name] = text(value, at.At("['"+name+"']"))
	}
	return snapshot.Known(out, at)
}

// integrationResponses reads the responses, which stand under their selection
// pattern, or under "default" without one (T167).
func integrationResponses(v any, at snapshot.Origin) snapshot.Fact[[]snapshot.IntegrationResponse] {
	in, ok := v.(map[string]any)
	if !ok && v != nil {
		return unparsed[[]snapshot.IntegrationResponse](at, "an object", v)
	}
	out := []snapshot.IntegrationResponse{}
	for _, pattern := range slices.Sorted(maps.Keys(in)) {
		here := at.At("['" + pattern + "']")
		response, ok := in[pattern].(map[string]any)
		status, isText := response["statusCode"].(string)
		parameters, plainParameters := plain(response["responseParameters"])
		templates, plainTemplates := plain(response["responseTemplates"])
		if !ok || !isText || !plainParameters || !plainTemplates {
			return unparsed[[]snapshot.IntegrationResponse](here, `an object with a string "statusCode" and maps of strings`, in[pattern])
		}
		handling, _ := response["contentHandling"].(string)
		selection := pattern
		if selection == "default" {
			selection = ""
		}
		out = append(out, snapshot.IntegrationResponse{
			Pattern:         selection,
			Status:          status,
			Parameters:      parameters,
			Templates:       templates,
			ContentHandling: strings.ToUpper(handling),
			Origin:          here,
		})
	}
	SortResponses(out)
	return snapshot.Known(out, at)
}

// SortResponses puts integration responses into the order of a snapshot: by
// pattern, then by status. Neither the control plane nor an export keeps one.
func SortResponses(list []snapshot.IntegrationResponse) {
	slices.SortFunc(list, func(a, b snapshot.IntegrationResponse) int {
		return cmp.Or(strings.Compare(a.Pattern, b.Pattern), strings.Compare(a.Status, b.Status))
	})
}

// plain reads a map of strings. A template that is null passes the body
// through, as an empty one does (T105).
func plain(v any) (map[string]string, bool) {
	in, ok := v.(map[string]any)
	if !ok && v != nil {
		return nil, false
	}
	out := map[string]string{}
	for name, value := range in {
		s, isText := value.(string)
		if !isText && value != nil {
			return nil, false
		}
		out[name] = s
	}
	return out, true
}
