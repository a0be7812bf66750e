package remedy

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// make makes one change in the files. after is the configuration with it: changes
// of one text come together there.
func (e *hclEditor) make(change snapshot.Change, after *snapshot.Snapshot) error {
	if ok, err := e.makeRouted(change); ok {
		return err
	}
	if ok, err := e.makeSetting(change); ok {
		return err
	}
	switch c := change.(type) {
	case snapshot.SetRequestParameter:
		i, err := e.integration(c.On)
		if err != nil {
			return err
		}
		container, own := entryOrigins(i.RequestParameters, c.Name)
		return e.entry(i.Origin, container, own, e.named("request_parameters", c.On, i.Origin), c.Name, stored(e.s, c), stored(after, c), false)
	case snapshot.SetTemplate:
		i, err := e.integration(c.On)
		if err != nil {
			return err
		}
		container, own := entryOrigins(i.Templates, c.ContentType)
		return e.entry(i.Origin, container, own, e.named("request_templates", c.On, i.Origin), c.ContentType, stored(e.s, c), stored(after, c), false)
	case snapshot.SetIntegration:
		return e.setIntegration(c)
	case snapshot.SetIntegrationResponse:
		return e.setResponse(c)
	case snapshot.AddMethodResponse:
		return e.addMethodResponse(c)
	case snapshot.DeclareParameter:
		m := method(e.s, c.On)
		if m == nil {
			return fmt.Errorf("the method %s is not known", c.On)
		}
		return e.entry(m.Origin, m.RequestParameters.Origin(), snapshot.Origin{}, "request_parameters", c.Name, "", fmt.Sprint(c.Required), true)
	case snapshot.AwaitMethods:
		return nil // the deployment that follows waits for all integrations
	case snapshot.CreateRole:
		return e.createRole(c)
	case snapshot.SetStatement:
		return e.setStatement(c)
	case snapshot.SetPolicyVersion:
		return e.setVersion(c)
	case snapshot.SetQueueAttribute:
		queue, _ := e.s.Queue(c.Queue).Peek()
		name := queueArguments[c.Name]
		if queue == nil || name == "" {
			return fmt.Errorf("no argument of aws_sqs_queue is known for %s", c.Name)
		}
		return e.setQueue(queue.Origin, name, c)
	case snapshot.SetStageVariable:
		api := e.s.API(c.API)
		if api == nil {
			return fmt.Errorf("the API %s is not known", c.API)
		}
		stages, _ := api.Stages.Peek()
		for _, st := range stages {
			if st.Name == c.Stage {
				name := "variables"
				if routed(e.s, c.API) {
					name = "stage_variables"
				}
				return e.entry(st.Origin, st.Variables.Origin(), snapshot.Origin{}, name, c.Name, c.Before, c.After, false)
			}
		}
	}
	return fmt.Errorf("no edit of Terraform is known for: %s", change)
}

// entryOrigins are the places of a map and of one entry of it.
func entryOrigins(m snapshot.Fact[map[string]snapshot.Fact[string]], name string) (container, own snapshot.Origin) {
	entries, _ := m.Peek()
	if f, ok := entries[name]; ok {
		own = f.Origin()
	}
	return m.Origin(), own
}

// integration is the integration of a method, which has to be a resource.
func (e *hclEditor) integration(ref snapshot.MethodRef) (*snapshot.Integration, error) {
	i := integration(e.s, ref)
	if i == nil {
		return nil, fmt.Errorf("the integration of %s is not known", ref)
	}
	return i, nil
}

// named is an argument as it is called where the integration stands: in a
// resource, or in the OpenAPI document of an API's body.
func (e *hclEditor) named(argument string, ref snapshot.MethodRef, at snapshot.Origin) string {
	if at.Path == "" {
		return argument
	}
	words := strings.Split(argument, "_")
	for i := 1; i < len(words); i++ {
		words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
	}
	return strings.Join(words, "")
}

// setIntegration sets an argument of an integration.
func (e *hclEditor) setIntegration(c snapshot.SetIntegration) error {
	i, err := e.integration(c.On)
	if err != nil {
		return err
	}
	if i.Origin.Path != "" {
		return fmt.Errorf("%s:%d: the integration stands in the body of the API; change it there", filepath.ToSlash(i.Origin.File), i.Origin.Line)
	}
	facts := map[snapshot.IntegrationField]snapshot.Fact[string]{snapshot.FieldHTTPMethod: i.HTTPMethod, snapshot.FieldURI: i.URI, snapshot.FieldCredentials: i.Credentials,
		snapshot.FieldPassthrough: i.Passthrough, snapshot.FieldType: i.Type, snapshot.FieldContentHandling: i.ContentHandling,
		snapshot.FieldSubtype: i.Subtype, snapshot.FieldPayloadFormat: i.PayloadFormat}
	names := map[snapshot.IntegrationField]string{snapshot.FieldHTTPMethod: "integration_http_method", snapshot.FieldURI: "uri", snapshot.FieldCredentials: "credentials",
		snapshot.FieldPassthrough: "passthrough_behavior", snapshot.FieldType: "type", snapshot.FieldContentHandling: "content_handling"}
	if api := e.s.API(c.On.API); api != nil && api.Type != snapshot.REST {
		names = routedArguments
	}
	name := names[c.Field]
	if name == "" {
		return fmt.Errorf("no such property of an integration: %q", c.Field)
	}
	before, _ := facts[c.Field].Peek()
	return e.argument(i.Origin, facts[c.Field].Origin(), name, before, c.After)
}

// setQueue sets an argument of a queue, as a number or a boolean where it is one.
func (e *hclEditor) setQueue(at snapshot.Origin, name string, c snapshot.SetQueueAttribute) error {
	if _, err := strconv.Atoi(c.After); err != nil && c.After != "true" && c.After != "false" {
		return e.argument(at, snapshot.Origin{}, name, c.Before, c.After)
	}
	return e.plain(at, name, c.After)
}
