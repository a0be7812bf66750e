package walk

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"apisqs-doctor/diagnose/internal/vtl"
	"apisqs-doctor/diagnose/snapshot"
)

// contextValues are the values of $context for the request: those that the
// configuration fixes are real, the others are samples that look like AWS's (T144).
func (w *mapping) contextValues() *vtl.ContextValues {
	if w.context == nil {
		w.context = vtl.NewContext(w.contextMap())
	}
	return w.context
}

func (w *mapping) contextMap() map[string]any {
	r := &w.Route
	stage := ""
	if r.Stage != nil {
		stage = r.Stage.Name
	}
	region := w.Snapshot.Target.Region
	deployment := "d1e2f3"
	if r.Stage != nil {
		if id, ok := r.Stage.DeploymentID.Read(&snapshot.Gaps{}); ok && id != "" {
			deployment = id
		}
	}
	values := map[string]any{
		"accountId":         w.Snapshot.Target.Account,
		"apiId":             r.API.ID,
		"deploymentId":      deployment,
		"domainName":        r.API.ID + ".execute-api." + region + ".amazonaws.com",
		"domainPrefix":      r.API.ID,
		"extendedRequestId": "JKJaXmPLvHcESHA=",
		"httpMethod":        w.Request.Method,
		"identity":          w.identityValues(),
		"path":              "/" + stage + w.Request.Path,
		"protocol":          "HTTP/1.1",
		"requestId":         "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
		"requestTime":       "22/Nov/2026:00:00:00 +0000",
		"requestTimeEpoch":  "1795305600000",
		"resourceId":        r.Method.ResourceID,
		"resourcePath":      r.Method.Path,
		"stage":             stage,
		"connectionId":      "L0SM9cOFvHcCIhw=",
		"routeKey":          r.Method.RouteKey,
		"eventType":         "MESSAGE",
	}
	if claims := w.authorizerValues(); claims != nil {
		values["authorizer"] = claims
	}
	return values
}

// identityValues are the members of $context.identity that the method's
// authorization fills.
func (w *mapping) identityValues() map[string]any {
	agent, ok := w.Request.Header("User-Agent")
	if !ok {
		agent = "apisqs-doctor"
	}
	values := map[string]any{"sourceIp": "203.0.113.7", "userAgent": agent}
	none := &snapshot.Gaps{}
	if key, ok := w.Request.Header("x-api-key"); ok {
		values["apiKey"], values["apiKeyId"] = key, "a1b2c3d4e5"
	}
	if kind, ok := w.Route.Method.Authorization.Read(none); ok && kind == "AWS_IAM" {
		account := orDefault(w.Snapshot.Target.Account, "123456789012")
		values["accountId"], values["accessKey"] = account, "AKIDEXAMPLE"
		values["caller"], values["user"] = "AIDAEXAMPLE", "AIDAEXAMPLE"
		values["userArn"] = "arn:" + orDefault(w.Snapshot.Target.Partition, "aws") + ":iam::" + account + ":user/sample"
		values["cognitoIdentityId"] = "us-east-1:12345678-1234-1234-1234-123456789012"
	}
	return values
}

// authorizerValues are samples of what an authorizer hands on: what it holds is
// the authorizer's own affair, so every member that the template reads is there.
// It is nil for a method without an authorizer.
func (w *mapping) authorizerValues() map[string]any {
	kind, ok := w.Route.Method.Authorization.Read(&snapshot.Gaps{})
	if ok && (kind == "" || kind == "NONE" || kind == "AWS_IAM") {
		return nil
	}
	values := map[string]any{"principalId": "sample"}
	template, err := w.Template(w.Mapping.Template)
	if err != nil {
		return values
	}
	for _, read := range template.Reads() {
		if path, ok := strings.CutPrefix(read.Name, "authorizer."); ok && read.Kind == "context" {
			Grow(values, strings.Split(path, "."), "sample")
		}
	}
	return values
}

// contextValue is the value of context.NAME in a parameter mapping.
func (w *mapping) contextValue(name string) (string, bool) {
	var at any = w.contextMap()
	if claim, ok := strings.CutPrefix(name, "authorizer."); ok && claim != "" {
		return "sample", w.authorizerValues() != nil
	}
	for part := range strings.SplitSeq(name, ".") {
		m, ok := at.(map[string]any)
		if !ok {
			return "", false
		}
		at = m[part]
	}
	text, ok := at.(string)
	return text, ok && text != ""
}

// bodyPath is the value of method.request.body.PATH: what $input.path prints for
// it, so that there is one JSONPath only. It is absent where that prints nothing.
func bodyPath(body, path string) (string, bool) {
	template, err := vtl.Compile("$input.path($stageVariables.path)")
	if err != nil {
		return "", false
	}
	out, err := template.Render(&vtl.Input{Body: body, StageVariables: map[string]string{"path": path}})
	if err != nil || len(out.Empty) > 0 {
		return "", false
	}
	return out.Text, true
}

func validJSON(s string) bool { return json.Valid([]byte(s)) }

func base64Text(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// trimWord shortens a text for a sentence.
func trimWord(s string, n int) string {
	s = strings.ToValidUTF8(s, "?")
	if len(s) <= n {
		return s
	}
	return s[:n] + "..."
}
