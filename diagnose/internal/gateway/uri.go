package gateway

import (
	"strings"

	"apisqs-doctor/diagnose/text/lazy"
)

// URI is an integration URI of an AWS service taken apart:
// arn:PARTITION:apigateway:REGION:[SUBDOMAIN.]SERVICE:path/PATH or :action/NAME (T18).
type URI struct {
	Partition string
	Region    string
	Subdomain string
	Service   string
	Action    string // of the action form; empty for the path form
	Path      string // of the path form, with a leading slash
	Query     string // a query string at the end of the URI, without its question mark
}

// Refusal is what AWS answers to a configuration that it does not store.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// AWS's refusals of an integration (T100, T103, T116).
const (
	ErrNotARN    Refusal = "Invalid ARN specified in the request"
	ErrNoTarget  Refusal = "AWS ARN for integration must contain path or action"
	ErrNoMethod  Refusal = "Enumeration value for HttpMethod must be non-empty"
	ErrProxyOnly Refusal = "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations."
	ErrHTTPURI   Refusal = "Invalid HTTP endpoint specified for URI"
	ErrNoRole    Refusal = "Role ARN must be specified for AWS integrations"
)

// ParseURI reads the URI of an AWS integration. The error is what PutIntegration answers.
func ParseURI(text string) (URI, error) {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || !strings.HasPrefix(parts[1], "aws") || parts[2] == "" {
		return URI{}, ErrNotARN
	}
	u := URI{Partition: parts[1], Region: parts[3]}
	if parts[2] != "apigateway" {
		// Another service's ARN, such as that of the queue itself.
		return u, ErrNoTarget
	}
	u.Subdomain, u.Service = "", parts[4]
	if sub, service, ok := strings.Cut(parts[4], "."); ok {
		u.Subdomain, u.Service = sub, service
	}
	target := parts[5]
	switch {
	case strings.HasPrefix(target, "path/"):
		u.Path, u.Query, _ = strings.Cut(strings.TrimPrefix(target, "path"), "?")
	case strings.HasPrefix(target, "action/"):
		u.Action, u.Query, _ = strings.Cut(strings.TrimPrefix(target, "action/"), "?")
		if name, rest, ok := strings.Cut(u.Action, "&"); ok {
			u.Action, u.Query = name, strings.Trim(rest+"&"+u.Query, "&")
		}
		u.Path = "/"
	default:
		return u, ErrNoTarget
	}
	return u, nil
}

var stageVariableRE = lazy.Regexp(`\$\{stageVariables\.([A-Za-z0-9_]+)\}`)

// StageVariables replaces ${stageVariables.X} in a URI or credentials and
// lists the names that the stage lacks. Those stay as they are written; the
// call then fails with 500, "Invalid endpoint address" (T84).
func StageVariables(text string, variables map[string]string) (resolved string, missing []string) {
	resolved = stageVariableRE.ReplaceAllStringFunc(text, func(ref string) string {
		name := stageVariableRE.FindStringSubmatch(ref)[1]
		if v, ok := variables[name]; ok {
			return v
		}
		missing = append(missing, name)
		return ref
	})
	return resolved, missing
}

// FillPath replaces {name} in a URI path by mapped path parameters; those
// without a value stay as they are written (T84).
func FillPath(path string, values map[string]string) string {
	return placeholderRE.ReplaceAllStringFunc(path, func(placeholder string) string {
		if v, ok := values[placeholder[1:len(placeholder)-1]]; ok {
			return v
		}
		return placeholder
	})
}

var placeholderRE = lazy.Regexp(`\{[a-zA-Z0-9._$-]+\}`)
