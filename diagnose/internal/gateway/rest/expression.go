package rest

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose/text/lazy"
)

// Expression is the source of a parameter mapping: a literal in single quotes,
// a part of the client's request, a stage variable or a context value (T80).
type Expression struct {
	Kind Kind
	Name string // of the parameter, variable or context key; JSONPath below a body
	Text string // of a literal, without its quotes
}

// Kind says where the value of an Expression comes from.
type Kind int

// The kinds of source.
const (
	Literal Kind = iota
	Header
	MultiHeader
	QueryString
	MultiQueryString
	PathParameter
	Body
	StageVariable
	Context
	ResponseHeader // integration.response.header.X
	ResponseBody   // integration.response.body
)

var (
	nameRE    = lazy.Regexp(`^[a-zA-Z0-9._$-]+$`)
	requestRE = lazy.Regexp(`^method\.request\.(header|multivalueheader|querystring|multivaluequerystring|path)\.(.+)$`)
	destRE    = lazy.Regexp(`^integration\.request\.(header|querystring|path)\.(.+)$`)
	replyRE   = lazy.Regexp(`^integration\.response\.(header|multivalueheader)\.(.+)$`)
)

var requestKinds = map[string]Kind{"header": Header, "multivalueheader": MultiHeader, "querystring": QueryString,
	"multivaluequerystring": MultiQueryString, "path": PathParameter}

// InvalidError is AWS's refusal of a mapping, in its own frame (T102).
type InvalidError struct{ Detail string }

func (e *InvalidError) Error() string {
	return "Invalid mapping expression specified: Validation Result: warnings : [], errors : [" + e.Detail + "]"
}

// ParseExpression reads the source of a request parameter mapping. The error
// is an *InvalidError: AWS does not store such a mapping.
func ParseExpression(text string) (Expression, error) {
	switch {
	case len(text) >= 2 && text[0] == '\'' && text[len(text)-1] == '\'':
		return Expression{Kind: Literal, Text: text[1 : len(text)-1]}, nil
	case text == "method.request.body":
		return Expression{Kind: Body, Name: "$"}, nil
	case strings.HasPrefix(text, "method.request.body."):
		return Expression{Kind: Body, Name: strings.TrimPrefix(text, "method.request.body.")}, nil
	case strings.HasPrefix(text, "stageVariables."):
		return named(StageVariable, text, strings.TrimPrefix(text, "stageVariables."))
	case strings.HasPrefix(text, "context."):
		return named(Context, text, strings.TrimPrefix(text, "context."))
	}
	if m := requestRE.FindStringSubmatch(text); m != nil {
		return named(requestKinds[m[1]], text, m[2])
	}
	return Expression{}, &InvalidError{"Invalid mapping expression specified: " + text}
}

// ParseReplyExpression reads the source of a response parameter mapping:
// integration.response.header.X, integration.response.body or a path below it,
// a literal, a stage variable or a context value.
func ParseReplyExpression(text string) (Expression, error) {
	switch path, below := strings.CutPrefix(text, "integration.response.body"); {
	case below && path == "":
		return Expression{Kind: ResponseBody, Name: "$"}, nil
	case below && path[0] == '.':
		return Expression{Kind: ResponseBody, Name: path[1:]}, nil
	}
	if m := replyRE.FindStringSubmatch(text); m != nil {
		return named(ResponseHeader, text, m[2])
	}
	e, err := ParseExpression(text)
	if err == nil && e.Kind != Literal && e.Kind != StageVariable && e.Kind != Context {
		return Expression{}, &InvalidError{"Invalid mapping expression specified: " + text}
	}
	return e, err
}

func named(kind Kind, text, name string) (Expression, error) {
	if name == "" {
		return Expression{}, &InvalidError{"Invalid mapping expression specified: " + text}
	}
	if !nameRE.MatchString(name) {
		return Expression{}, &InvalidError{"Parameter name should match the following regular expression: " + nameRE.String()}
	}
	return Expression{Kind: kind, Name: name}, nil
}

// Declaration is the method request parameter that the expression needs, such
// as method.request.header.X-Tenant; empty when it needs none (T80).
func (e Expression) Declaration() string {
	switch e.Kind {
	case Header, MultiHeader:
		return "method.request.header." + e.Name
	case QueryString, MultiQueryString:
		return "method.request.querystring." + e.Name
	case PathParameter:
		return "method.request.path." + e.Name
	}
	return ""
}

// Undeclared is AWS's refusal of a source that the method does not declare (T102).
func Undeclared(text string) error {
	return &InvalidError{"Invalid mapping expression parameter specified: " + text}
}

// Destination is the left side of a request parameter mapping.
type Destination struct {
	Place string // header, querystring or path
	Name  string
}

// ParseDestination reads the left side of a request parameter mapping.
func ParseDestination(text string) (Destination, error) {
	m := destRE.FindStringSubmatch(text)
	if m == nil {
		return Destination{}, &InvalidError{"Invalid mapping expression specified: " + text}
	}
	if !nameRE.MatchString(m[2]) {
		return Destination{}, &InvalidError{"Parameter name should match the following regular expression: " + nameRE.String()}
	}
	return Destination{m[1], m[2]}, nil
}

var placeRE = lazy.Regexp(`(?i)(header|querystring|query|path)s?\.([a-zA-Z0-9._$-]+)$`)

// MeantDestination is the left side that a refused one was evidently meant to
// be: its last words name the place and the parameter. It is the zero
// Destination when they do not.
func MeantDestination(name string) Destination {
	m := placeRE.FindStringSubmatch(name)
	if m == nil {
		return Destination{}
	}
	place := strings.ToLower(m[1])
	if place == "query" {
		place = "querystring"
	}
	return Destination{place, m[2]}
}

// Meant is the mapping that a refused one was evidently meant to be.
func Meant(name, text string) (Destination, Expression) {
	dest, err := ParseDestination(name)
	if err != nil {
		dest = MeantDestination(name)
	}
	source, err := ParseExpression(text)
	if err != nil {
		source = meantSource(text)
	}
	return dest, source
}

// meantSource reads a source that AWS does not store: written as in a template
// ($context.x, ${stageVariables.x}), with a misspelt place
// (method.request.headers.X), or a literal without its single quotes.
func meantSource(text string) Expression {
	bare := strings.Trim(strings.TrimSpace(text), `'"`)
	plain := strings.Trim(strings.TrimPrefix(bare, "$"), "{}")
	if e, err := ParseExpression(plain); err == nil {
		return e
	}
	if strings.HasPrefix(plain, "method.") || strings.HasPrefix(plain, "integration.") {
		if d := MeantDestination(plain); d.Name != "" {
			return Expression{Kind: requestKinds[d.Place], Name: d.Name}
		}
	}
	return Expression{Kind: Literal, Text: bare}
}

// Source writes the expression as a request parameter mapping has it.
func (e Expression) Source() string {
	switch e.Kind {
	case Literal:
		return "'" + e.Text + "'"
	case Body:
		if e.Name == "$" {
			return "method.request.body"
		}
		return "method.request.body." + e.Name
	case StageVariable:
		return "stageVariables." + e.Name
	case Context:
		return "context." + e.Name
	}
	for place, kind := range requestKinds {
		if kind == e.Kind {
			return "method.request." + place + "." + e.Name
		}
	}
	return ""
}

// String names the source for people, such as "header X-Tenant".
func (e Expression) String() string {
	switch e.Kind {
	case Literal:
		return fmt.Sprintf("%q", e.Text)
	case Header, MultiHeader:
		return "header " + e.Name
	case QueryString, MultiQueryString:
		return "query parameter " + e.Name
	case PathParameter:
		return "path parameter " + e.Name
	case Body:
		return "body " + e.Name
	case StageVariable:
		return "stage variable " + e.Name
	case Context:
		return "context " + e.Name
	}
	return e.Name
}
