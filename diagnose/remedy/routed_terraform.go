package remedy

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"apisqs-doctor/diagnose/snapshot"
)

// routedArguments are the arguments of aws_apigatewayv2_integration.
var routedArguments = map[snapshot.IntegrationField]string{
	snapshot.FieldHTTPMethod: "integration_method", snapshot.FieldURI: "integration_uri", snapshot.FieldCredentials: "credentials_arn", snapshot.FieldPassthrough: "passthrough_behavior",
	snapshot.FieldType: "integration_type", snapshot.FieldContentHandling: "content_handling_strategy", snapshot.FieldSubtype: "integration_subtype",
	snapshot.FieldPayloadFormat: "payload_format_version", snapshot.FieldTimeout: "timeout_milliseconds",
}

func routedBlock(kind string, ref snapshot.MethodRef) resourceKey {
	return resourceKey{"aws_apigatewayv2_" + kind, resourceName(ref)}
}

// addRouted renders a change of an HTTP or WebSocket API; ok is false for any other.
func (f *hclFile) addRouted(change snapshot.Change) (ok bool, err error) {
	s := f.s
	switch c := change.(type) {
	case snapshot.SetRequestParameter:
		if ok = routed(s, c.On.API); ok {
			f.entry(routedBlock("integration", c.On), "request_parameters", c.Name, c.After)
		}
	case snapshot.SetTemplate:
		if ok = routed(s, c.On.API); ok {
			f.entry(routedBlock("integration", c.On), "request_templates", c.ContentType, c.After)
		}
	case snapshot.SetIntegration:
		if ok = routed(s, c.On.API); ok && c.Field == snapshot.FieldTimeout {
			f.block(routedBlock("integration", c.On)).set(routedArguments[c.Field], c.After)
		} else if ok {
			f.argument(routedBlock("integration", c.On), routedArguments[c.Field], c.After)
		}
	case snapshot.SetIntegrationResponse:
		if ok = routed(s, c.On.API); ok {
			err = f.routedResponse(c)
		}
	case snapshot.AddRouteResponse:
		ok = true
		route := routedBlock("route", c.On)
		f.argument(route, "route_response_selection_expression", snapshot.RouteResponseKey)
		b := f.block(routedBlock("route_response", c.On))
		b.set("api_id", f.routedAPI(c.On.API))
		b.set("route_id", route.kind+"."+route.name+".id")
		b.set("route_response_key", hclString(snapshot.RouteResponseKey))
	case snapshot.SetAuthorization:
		if ok = routed(s, c.On.API); ok {
			f.argument(routedBlock("route", c.On), "authorization_type", c.After)
		}
	case snapshot.SetRouteKey:
		ok = true
		f.argument(routedBlock("route", c.On), "route_key", c.After)
	case snapshot.SetScopes:
		ok = true
		if len(c.After) == 0 {
			f.argument(routedBlock("route", c.On), "authorization_scopes", "")
		} else {
			f.block(routedBlock("route", c.On)).set("authorization_scopes", hclList(anyList(c.After)))
		}
	case snapshot.SetRouteSelection:
		ok = true
		f.argument(resourceKey{"aws_apigatewayv2_api", f.apiBlock(c.API).name}, "route_selection_expression", c.After)
	case snapshot.SetAutoDeploy:
		ok = true
		f.block(resourceKey{"aws_apigatewayv2_stage", identifier(c.Stage)}).set("auto_deploy", "true")
	case snapshot.SetStageVariable:
		if ok = routed(s, c.API); ok {
			f.entry(resourceKey{"aws_apigatewayv2_stage", identifier(c.Stage)}, "stage_variables", c.Name, c.After)
		}
	case snapshot.SetDefaultEndpoint:
		if ok = routed(s, c.API); ok {
			f.block(resourceKey{"aws_apigatewayv2_api", f.apiBlock(c.API).name}).set("disable_execute_api_endpoint", fmt.Sprint(c.Disabled))
		}
	case snapshot.Deploy:
		if ok = routed(s, c.API); ok {
			f.block(resourceKey{"aws_apigatewayv2_stage", identifier(c.Stage)}).comment("deploy again, or let the stage do it: auto_deploy = true")
		}
	}
	return ok, err
}

func (f *hclFile) routedAPI(id string) string {
	return "aws_apigatewayv2_api." + f.apiBlock(id).name + ".id"
}

func (f *hclFile) routedResponse(c snapshot.SetIntegrationResponse) error {
	integration := routedBlock("integration", c.On)
	if f.s.API(c.On.API).Type == snapshot.WebSocket {
		if c.Before != nil {
			if err := changeable(c); err != nil {
				return err
			}
			for _, m := range answerMaps(c) {
				for _, name := range m.names() {
					f.entry(routedBlock("integration_response", c.On), m.argument, name, m.after[name])
				}
			}
			if c.Before.ContentHandling != c.After.ContentHandling {
				f.argument(routedBlock("integration_response", c.On), "content_handling_strategy", c.After.ContentHandling)
			}
			return nil
		}
		b := f.block(routedBlock("integration_response", c.On))
		b.set("api_id", f.routedAPI(c.On.API))
		b.set("integration_id", integration.kind+"."+integration.name+".id")
		b.set("integration_response_key", hclString(responseKey(c.After.Pattern)))
		return nil
	}
	if c.After == nil {
		f.block(integration).comment("remove the block response_parameters of status " + c.Before.Status)
		return nil
	}
	f.block(integration).nested("response_parameters", mappingsBody(c.After)...)
	return nil
}

// mappingsBody is a block response_parameters.
func mappingsBody(r *snapshot.IntegrationResponse) [][][2]string {
	var pairs [][2]string
	for _, name := range sorted(r.Parameters) {
		pairs = append(pairs, [2]string{hclString(name), hclString(r.Parameters[name])})
	}
	return [][][2]string{{{"status_code", hclString(r.Status)}}, {{"mappings", "{\n" + indented(aligned(pairs)) + "\n}"}}}
}

// makeRouted makes a change of an HTTP or WebSocket API in the files; ok is false
// for any other, and for those that are made as of a REST API.
func (e *hclEditor) makeRouted(change snapshot.Change) (ok bool, err error) {
	switch c := change.(type) {
	case snapshot.SetIntegrationResponse:
		if !routed(e.s, c.On.API) {
			return false, nil
		}
		if e.s.API(c.On.API).Type == snapshot.WebSocket {
			if c.Before != nil {
				return true, e.changeAnswer(c)
			}
			return true, e.newRoutedPart(c.On, "integration", "integration_response", [][2]string{{"integration_response_key", hclString(responseKey(c.After.Pattern))}})
		}
		return true, e.statusMapping(c)
	case snapshot.AddRouteResponse:
		m := method(e.s, c.On)
		if m == nil {
			return true, fmt.Errorf("the route %s is not known", c.On)
		}
		if err := e.argument(m.Origin, m.ResponseSelection.Origin(), "route_response_selection_expression", c.Before, snapshot.RouteResponseKey); err != nil {
			return true, err
		}
		if responses, _ := m.Responses.Peek(); len(responses) > 0 {
			return true, nil
		}
		return true, e.newRoutedPart(c.On, "route", "route_response", [][2]string{{"route_response_key", hclString(snapshot.RouteResponseKey)}})
	case snapshot.SetAuthorization:
		m := method(e.s, c.On)
		if !routed(e.s, c.On.API) || m == nil {
			return routed(e.s, c.On.API), fmt.Errorf("the route %s is not known", c.On)
		}
		return true, e.argument(m.Origin, m.Authorization.Origin(), "authorization_type", c.Before, c.After)
	case snapshot.SetRouteKey:
		m := method(e.s, c.On)
		if m == nil {
			return true, fmt.Errorf("the route %s is not known", c.On)
		}
		return true, e.argument(m.Origin, m.Origin, "route_key", c.Before, c.After)
	case snapshot.SetScopes:
		m := method(e.s, c.On)
		if m == nil || len(c.After) > 0 {
			return true, fmt.Errorf("change the scopes of the route %s by hand", c.On)
		}
		return true, e.argument(m.Origin, m.Scopes.Origin(), "authorization_scopes", "", "")
	case snapshot.SetRouteSelection:
		api := e.s.API(c.API)
		if api == nil {
			return true, fmt.Errorf("the API %s is not known", c.API)
		}
		return true, e.argument(api.Origin, api.RouteSelection.Origin(), "route_selection_expression", c.Before, c.After)
	case snapshot.SetAutoDeploy:
		st := stageOf(e.s.API(c.API), c.Stage)
		if st == nil {
			return true, fmt.Errorf("the API has no stage %q", c.Stage)
		}
		f, b, err := e.resource(st.Origin)
		if err != nil {
			return true, err
		}
		a := b.Body.Attributes["auto_deploy"]
		if a == nil {
			return true, f.addArgument(b, "auto_deploy", "true")
		}
		if _, literal := a.Expr.(*hclsyntax.LiteralValueExpr); !literal {
			return true, f.computed("auto_deploy", a.Expr)
		}
		r := a.Expr.Range()
		return true, f.splice(r.Start.Byte, r.End.Byte, "true")
	}
	return false, nil
}

// newRoutedPart adds a resource beside the route or the integration that it belongs
// to and names.
func (e *hclEditor) newRoutedPart(ref snapshot.MethodRef, owner, kind string, rest [][2]string) error {
	m := method(e.s, ref)
	if m == nil {
		return fmt.Errorf("the route %s is not known", ref)
	}
	at := m.Origin
	if owner == "integration" {
		in, err := e.integration(ref)
		if err != nil {
			return err
		}
		at = in.Origin
	}
	f, b, err := e.resource(at)
	if err != nil {
		return err
	}
	if several(b) || len(b.Labels) != 2 || b.Labels[0] != "aws_apigatewayv2_"+owner {
		return fmt.Errorf("%s:%d: add the resource aws_apigatewayv2_%s by hand", filepath.ToSlash(f.name), at.Line, kind)
	}
	if !e.first(f, b, kind) {
		return nil
	}
	kind = "aws_apigatewayv2_" + kind
	block := &hclBlock{key: resourceKey{kind, f.freeName(kind, b.Labels[1])}}
	for _, w := range f.words(b, "api_id") {
		block.set(w[0], w[1])
	}
	block.set(owner+"_id", strings.Join(b.Labels, ".")+".id")
	for _, r := range rest {
		block.set(r[0], r[1])
	}
	return f.addBlock(b, block)
}

// changeAnswer changes the resource of an integration response of a WebSocket API.
func (e *hclEditor) changeAnswer(c snapshot.SetIntegrationResponse) error {
	if err := changeable(c); err != nil {
		return err
	}
	at := c.Before.Origin
	for _, m := range answerMaps(c) {
		for _, name := range m.names() {
			if err := e.entry(at, snapshot.Origin{}, snapshot.Origin{}, m.argument, name, m.before[name], m.after[name], false); err != nil {
				return err
			}
		}
	}
	if c.Before.ContentHandling == c.After.ContentHandling {
		return nil
	}
	return e.argument(at, snapshot.Origin{}, "content_handling_strategy", c.Before.ContentHandling, c.After.ContentHandling)
}

// statusMapping adds, changes or removes the block response_parameters of a status.
func (e *hclEditor) statusMapping(c snapshot.SetIntegrationResponse) error {
	in, err := e.integration(c.On)
	if err != nil {
		return err
	}
	f, b, err := e.resource(in.Origin)
	if err != nil {
		return err
	}
	status := ""
	if c.Before != nil {
		status = c.Before.Status
	}
	at := slices.IndexFunc(b.Body.Blocks, func(x *hclsyntax.Block) bool {
		a := x.Body.Attributes["status_code"]
		return x.Type == "response_parameters" && a != nil && strings.Trim(string(a.Expr.Range().SliceBytes(f.text)), `"`) == status
	})
	switch {
	case c.Before == nil:
		block := &hclBlock{}
		block.nested("response_parameters", mappingsBody(c.After)...)
		place := f.lineStart(b.CloseBraceRange.Start.Byte)
		indent := f.indentAt(b.TypeRange.Start.Byte) + "  "
		return f.splice(place, place, "\n"+indent+strings.ReplaceAll(block.inner[0], "\n", "\n"+indent)+"\n")
	case at < 0:
		return fmt.Errorf("%s:%d: the response parameters of %s are computed; change them by hand", filepath.ToSlash(f.name), in.Origin.Line, status)
	}
	old := b.Body.Blocks[at]
	text := ""
	if c.After != nil {
		block := &hclBlock{}
		block.nested("response_parameters", mappingsBody(c.After)...)
		indent := f.indentAt(old.TypeRange.Start.Byte)
		text = indent + strings.ReplaceAll(block.inner[0], "\n", "\n"+indent) + "\n"
	}
	return f.splice(f.lineStart(old.TypeRange.Start.Byte), f.lineEnd(old.CloseBraceRange.Start.Byte), text)
}
