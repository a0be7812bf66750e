package rest

import (
	"strings"
	"testing"
)

func TestRefusals(t *testing.T) {
	one := func(check func(string) error, value string) func() error { return func() error { return check(value) } }
	for name, tt := range map[string]struct {
		check func() error
		code  string // "" for a setting that is stored
		part  string
	}{
		"T104: method":                  {one(CheckMethod, "WRONG"), "BadRequestException", "Valid options are GET"},
		"any method":                    {one(CheckMethod, "ANY"), "", ""},
		"T104: no authorizer":           {func() error { return CheckAuthorization("CUSTOM", "") }, "BadRequestException", "requires a valid authorizer"},
		"an authorizer":                 {func() error { return CheckAuthorization("COGNITO_USER_POOLS", "a1") }, "", ""},
		"no authorization":              {func() error { return CheckAuthorization("", "") }, "", ""},
		"another authorization":         {func() error { return CheckAuthorization("JWT", "a1") }, "BadRequestException", "authorization type"},
		"T100: type":                    {one(CheckIntegrationType, "HTTPS_PROXY"), "ValidationException", "[HTTP, MOCK, AWS_PROXY, HTTP_PROXY, AWS]"},
		"a type of an OpenAPI document": {one(CheckIntegrationType, "aws_proxy"), "", ""},
		"passthrough":                   {one(CheckPassthrough, "ALWAYS"), "BadRequestException", "ALWAYS"},
		"content handling":              {one(CheckContentHandling, "BINARY"), "ValidationException", "CONVERT_TO_TEXT"},
		"T114: short timeout":           {func() error { return CheckTimeout(49, false) }, "BadRequestException", "50 ms"},
		"T114: long timeout":            {func() error { return CheckTimeout(29001, true) }, "BadRequestException", "29000 ms"},
		"T114: raised timeout":          {func() error { return CheckTimeout(60000, false) }, "", ""},
		"T105: status":                  {one(CheckStatus, "wrong"), "ValidationException", `[1-5]\d\d`},
		"a status out of range":         {one(CheckStatus, "600"), "ValidationException", ""},
		"T105: content type":            {one(CheckContentType, "123"), "BadRequestException", "Invalid content type specified: 123"},
		"T73: the default template":     {one(CheckContentType, "$default"), "", ""},
		"a content type of parameters":  {one(CheckContentType, "application/json; charset=utf-8"), "", ""},
		"stage":                         {one(CheckStageName, "v1_prod-2"), "", ""},
		"stage with a blank":            {one(CheckStageName, "pro d!"), "BadRequestException", "a-zA-Z0-9_"},
		"path parameter":                {one(CheckPathPart, "{proxy+}"), "", ""},
		"two parameters in a part":      {one(CheckPathPart, "{a}{b}"), "BadRequestException", "path part"},
	} {
		err := tt.check()
		if refused, ok := err.(*Refusal); tt.code == "" && err != nil || tt.code != "" && (!ok || refused.Code != tt.code || !strings.Contains(refused.Message, tt.part)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
