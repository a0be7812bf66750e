package gateway

import (
	"errors"
	"regexp"
	"strings"
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

// AWS's refusals of a URI (T100).
var (
	ErrNotARN    = errors.New("Invalid ARN specified in the request")
	ErrNoTarget  = errors.New("AWS ARN for integration must contain path or action")
	ErrNoMethod  = errors.New("Enumeration value for HttpMethod must be non-empty")
	ErrProxyOnly = errors.New("Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.")
	ErrHTTPURI   = errors.New("Invalid HTTP endpoint specified for URI")
	ErrNoRole    = errors.New("Role ARN must be specified for AWS integrations")
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

var stageVariableRE = regexp.MustCompile(`\$\{stageVariables\.([A-Za-z0-9_]+)\}`)

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

var placeholderRE = regexp.MustCompile(`\{[a-zA-Z0-9._$-]+\}`)
