package http

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/text/lazy"
)

// methods are those of a route key.
var methods = []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"}

// CheckRouteKey refuses a route key that has no method or path (reported word for
// word). A method in small letters is left to AWS: nothing tells what it does.
func CheckRouteKey(key string) error {
	method, path, ok := strings.Cut(key, " ")
	if key == "$default" || ok && slices.Contains(methods, strings.ToUpper(method)) && strings.HasPrefix(path, "/") && !strings.ContainsAny(path, " \t") {
		return nil
	}
	return &Refusal{Fault: BadRoute, Value: key, Literal: true, Reason: fmt.Sprintf("%q is no route key", key),
		Message: `The provided route key is not formatted properly for HTTP protocol. Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default"`}
}

// CheckAuthorization refuses scopes where no JWT has any, and JWT and CUSTOM
// without an authorizer that the API has (H70). Only the refusals are recorded,
// not the texts.
func CheckAuthorization(kind string, scopes []string, authorizer bool) error {
	switch kind = strings.ToUpper(kind); {
	case kind != "JWT" && len(scopes) > 0 && slices.Contains([]string{"NONE", "AWS_IAM", "CUSTOM", ""}, kind):
		return &Refusal{Fault: BadRoute, Value: kind, Message: "Scopes are not supported for this authorization type",
			Reason: "scopes go with authorization JWT only"}
	case (kind == "JWT" || kind == "CUSTOM") && !authorizer:
		return &Refusal{Fault: BadRoute, Value: kind, Message: "Invalid authorizer ID specified",
			Reason: "authorization " + kind + " needs an authorizer of the API"}
	}
	return nil
}

var (
	stageRE         = lazy.Regexp(`^(?:\$default|[A-Za-z0-9_-]{1,128})$`)
	variableNameRE  = lazy.Regexp(`^[A-Za-z0-9_]+$`)
	variableValueRE = lazy.Regexp(`^[A-Za-z0-9\-._~:/?#&=,]*$`)
)

// CheckStageName refuses the name of a stage (H62).
func CheckStageName(name string) error {
	if stageRE.MatchString(name) {
		return nil
	}
	return &Refusal{Fault: BadStage, Value: name, Message: "Stage name only allows a-zA-Z0-9_-", Reason: fmt.Sprintf("%q is no name of a stage", name)}
}

// CheckStageVariable refuses a variable of a stage (H67).
func CheckStageVariable(name, value string) error {
	if variableNameRE.MatchString(name) && variableValueRE.MatchString(value) {
		return nil
	}
	return &Refusal{Fault: BadStage, Value: value, Message: "Stage variable " + name + " has characters that are not allowed",
		Reason: "names hold letters, digits and underscores, values also -.~:/?#&=,"}
}

// reservedHeaders are those that no mapping may set; a star stands for any ending
// (H27, H72).
var reservedHeaders = strings.Fields(`access-control-* apigw-* authorization connection content-encoding content-length content-location
	forwarded keep-alive origin proxy-authenticate proxy-authorization te trailers transfer-encoding upgrade x-amz-* x-amzn-*
	x-forwarded-for x-forwarded-host x-forwarded-proto via`)

func reservedHeader(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(reservedHeaders, func(reserved string) bool {
		prefix, open := strings.CutSuffix(reserved, "*")
		return name == reserved || open && strings.HasPrefix(name, prefix)
	})
}
