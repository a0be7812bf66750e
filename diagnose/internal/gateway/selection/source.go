package selection

import (
	"strings"

	"apisqs-doctor/diagnose/internal/vtl"
)

// Kind says what a source reads.
type Kind uint8

// The kinds of source (H20, H51).
const (
	Header         Kind = iota // $request.header.NAME
	Query                      // $request.querystring.NAME
	PathVariable               // $request.path.NAME
	Path                       // $request.path: the path without the stage
	Body                       // $request.body, or a JSON path below it
	Context                    // $context.NAME
	StageVariable              // $stageVariables.NAME
	ResponseHeader             // $response.header.NAME
	ResponseBody               // $response.body, or a JSON path below it
)

// Source is one source of an expression.
type Source struct {
	Kind       Kind
	Name       string // of the header, parameter or variable; the JSON path below a body, empty for the whole body
	Text       string // as it is written, dollar sign and braces included
	Start, End int    // bytes of the expression

	path []step
	// never says why the source can have no value, unknown why no evidence tells
	// what its value is.
	never, unknown string
	span           vtl.Span
}

// String names the source for people, such as "header X-Tenant".
func (s *Source) String() string {
	switch s.Kind {
	case Header, ResponseHeader:
		return "header " + s.Name
	case Query:
		return "query parameter " + s.Name
	case PathVariable:
		return "path variable " + s.Name
	case Path:
		return "path"
	case Context:
		return "context variable " + s.Name
	case StageVariable:
		return "stage variable " + s.Name
	}
	if s.Name == "" {
		return "body"
	}
	return "body member " + s.Name
}

// roots are the beginnings that a source may have. A root that ends in a dot
// wants a name.
var roots = []struct {
	prefix string
	kind   Kind
}{
	{"request.header.", Header},
	{"request.querystring.", Query},
	{"request.path.", PathVariable},
	{"request.path", Path},
	{"request.body.", Body},
	{"request.body[", Body},
	{"request.body", Body},
	{"context.", Context},
	{"stageVariables.", StageVariable},
}

var responseRoots = []struct {
	prefix string
	kind   Kind
}{
	{"response.header.", ResponseHeader},
	{"response.body.", ResponseBody},
	{"response.body", ResponseBody},
	{"context.", Context},
	{"stageVariables.", StageVariable},
}

// readSource reads what stands behind the dollar sign, without braces. It is
// false for an unknown root (H22). Behind a known root any name passes: AWS
// cannot know what a client will send.
func readSource(text string, response bool) (Source, bool) {
	list := roots
	if response {
		list = responseRoots
	}
	for _, root := range list {
		name, ok := strings.CutPrefix(text, root.prefix)
		if !ok {
			continue
		}
		last := root.prefix[len(root.prefix)-1]
		if last == '[' {
			name = "[" + name
		}
		if (last == '.') != (name != "") && last != '[' {
			continue // request.pathX, or a dot without a name
		}
		s := Source{Kind: root.kind, Name: name}
		s.check()
		s.span = s.mark()
		return s, true
	}
	return Source{}, false
}

// check finds what can be said of the source before there is a request.
func (s *Source) check() {
	switch s.Kind {
	case Body, ResponseBody:
		if s.Name != "" {
			s.path, s.never, s.unknown = readPath(s.Name)
		}
	case Context:
		// Only these characters are allowed in a name (H26).
		if strings.Trim(s.Name, nameCharacters) != "" {
			s.never = "the name of a context variable holds letters, digits, dots and underscores only"
		}
	case StageVariable:
		if strings.Trim(s.Name, variableCharacters) != "" { // H67
			s.never = "the name of a stage variable holds letters, digits and underscores only"
		}
	}
}

const (
	variableCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
	nameCharacters     = variableCharacters + "."
)

// mark is the history of the text that the source gives.
func (s *Source) mark() vtl.Span {
	name := s.Name
	span := vtl.Span{Origin: vtl.OriginClient}
	kind := ""
	switch s.Kind {
	case Header:
		kind = "header:"
	case Query:
		kind = "query:"
	case PathVariable:
		kind = "path:"
	case Path:
		kind, name = "path", ""
	case Body:
		kind = "body"
		if name != "" {
			kind = "body:"
		}
	case Context:
		span.Origin, kind = vtl.OriginContext, "context:"
	case StageVariable:
		span.Origin, kind = vtl.OriginStage, "stageVariable:"
	case ResponseHeader, ResponseBody:
		span.Origin, kind, name = vtl.OriginMixed, "response", ""
	}
	span.Source = []string{kind + name}
	return span
}
