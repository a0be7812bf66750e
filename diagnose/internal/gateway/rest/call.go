package rest

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"

	"apisqs-doctor/diagnose/internal/gateway"
	"apisqs-doctor/diagnose/internal/vtl"
)

// Call is the client's call as a REST API sees it.
type Call struct {
	Method      string
	ContentType string // empty when the client sends none
	Headers     []Parameter
	Query       []Parameter
	Path        map[string]string // path parameters
	Body        string
	Variables   map[string]string     // stage variables; nil when they are not known
	Context     func() map[string]any // $context
}

// Parameter is a header or a query parameter, in the order and spelling of the call.
type Parameter struct{ Name, Value string }

// Value is what a mapping expression gives.
type Value struct {
	Text    string
	Client  bool   // it is the client's
	Absent  bool   // there is none, so nothing is sent (T82)
	Unknown bool   // it rests on stage variables that are not known
	Missing string // the stage variable that is not set
}

// Evaluate gives the value of a mapping's source (T80 to T84), or API Gateway's
// answer to a call whose body cannot be read as the mapping asks.
func (c *Call) Evaluate(source Expression) (Value, *gateway.OwnResponse) {
	switch source.Kind {
	case Literal:
		return Value{Text: source.Text}, nil
	case Header, MultiHeader:
		if !VisibleHeader(source.Name) {
			return Value{Client: true, Absent: true}, nil
		}
		return pick(c.Headers, source.Name, source.Kind == MultiHeader), nil
	case QueryString, MultiQueryString:
		return pick(c.Query, source.Name, source.Kind == MultiQueryString), nil
	case PathParameter:
		text, ok := c.Path[source.Name]
		return Value{Text: text, Client: true, Absent: !ok}, nil
	case StageVariable:
		if c.Variables == nil {
			return Value{Absent: true, Unknown: true}, nil
		}
		text, ok := c.Variables[source.Name]
		if !ok {
			return Value{Absent: true, Missing: source.Name}, nil
		}
		return Value{Text: text}, nil
	case Context:
		text, ok := contextValue(c.Context(), source.Name)
		return Value{Text: text, Absent: !ok}, nil
	}
	return c.body(source)
}

// pick gives the last value under a name, or all of them. Names are case-sensitive (T82).
func pick(list []Parameter, name string, all bool) Value {
	var values []string
	for _, p := range list {
		if p.Name == name {
			values = append(values, p.Value)
		}
	}
	if len(values) == 0 {
		return Value{Client: true, Absent: true}
	}
	if !all {
		values = values[len(values)-1:]
	}
	return Value{Text: strings.Join(values, ","), Client: true}
}

// body evaluates method.request.body and paths below it (T83).
func (c *Call) body(source Expression) (Value, *gateway.OwnResponse) {
	body := c.Body
	if body == "" {
		body = "{}"
	}
	if source.Name != "$" {
		text, ok := JSONPath(body, "$."+source.Name)
		return Value{Text: text, Client: true, Absent: !ok}, nil
	}
	v := Value{Text: body, Client: true}
	if strings.ContainsRune(`{["'`, rune(body[0])) && !json.Valid([]byte(body)) {
		return v, &gateway.InvalidJSON
	}
	return v, nil
}

// pathTemplate prints what a JSONPath finds, so that there is one JSONPath only.
var pathTemplate = sync.OnceValues(func() (*vtl.Template, error) { return vtl.Compile("$input.path($stageVariables.path)") })

// JSONPath is what $input.path prints for a path of a JSON body; absent where
// that prints nothing.
func JSONPath(body, path string) (string, bool) {
	template, err := pathTemplate()
	if err != nil {
		return "", false
	}
	out, err := template.Render(&vtl.Input{Body: body, StageVariables: map[string]string{"path": path}})
	if err != nil || len(out.Empty) > 0 {
		return "", false
	}
	return out.Text, true
}

// Sends tells whether the call has a parameter with a value: a blank one counts
// as missing (T111). Header names are compared without regard to case.
func (c *Call) Sends(place, name string) bool {
	value := ""
	switch strings.TrimPrefix(place, "multivalue") {
	case "header":
		for _, h := range c.Headers {
			if strings.EqualFold(h.Name, name) {
				value = h.Value
			}
		}
	case "path":
		value = c.Path[name]
	case "querystring":
		for _, q := range c.Query {
			if q.Name == name {
				value = q.Value
			}
		}
	}
	return strings.TrimSpace(value) != ""
}

// MissingParameters lists the required parameters that the call lacks: headers,
// then path, then query string, as AWS lists them (T111). The declarations are
// method.request.PLACE.NAME, true for required ones.
func (c *Call) MissingParameters(declared map[string]bool) []string {
	var missing []string
	for _, name := range slices.Sorted(maps.Keys(declared)) { // header < path < querystring
		parts := strings.SplitN(name, ".", 4)
		if declared[name] && len(parts) == 4 && !c.Sends(parts[2], parts[3]) {
			missing = append(missing, parts[3])
		}
	}
	return missing
}

// Model is the name of the model that the call's body has to fit; empty when it
// is not validated (T111).
func (c *Call) Model(models map[string]string) string {
	name, ok := models[gateway.MediaType(c.ContentType)]
	if !ok {
		name = models["$default"]
	}
	if name == "Empty" {
		return ""
	}
	return name
}

// Payload is the body as templates and passthrough see it: converted as the
// content handling asks, and whether it is handled as bytes (T99).
func (c *Call) Payload(binaryTypes []string, handling string) (payload string, binary bool, refused *gateway.OwnResponse) {
	binary = c.Body != "" && gateway.IsBinary(c.ContentType, binaryTypes)
	switch {
	case binary && handling == "CONVERT_TO_TEXT":
		return base64.StdEncoding.EncodeToString([]byte(c.Body)), false, nil
	case !binary && handling == "CONVERT_TO_BINARY":
		decoded, err := base64.StdEncoding.DecodeString(c.Body)
		if err != nil {
			f := gateway.Internal(gateway.LogTransform)
			return c.Body, true, &f
		}
		return string(decoded), c.Body != "", nil
	}
	return c.Body, binary, nil
}

// Default is a header that API Gateway sends by itself.
type Default struct {
	Parameter
	Client bool // its value is the client's
}

// Defaults are the headers that API Gateway sends where the mappings send none of
// the name: Accept (T61), the client's Content-Type when there may be a body (T62,
// T70), and always the API's id and User-Agent.
func (c *Call) Defaults(api string, mapped func(name string) bool) []Default {
	list := make([]Default, 0, 4)
	if !mapped("Accept") {
		list = append(list, Default{Parameter{"Accept", "application/json"}, false})
	}
	if !mapped("Content-Type") && !slices.Contains([]string{"GET", "HEAD", "OPTIONS"}, strings.ToUpper(c.Method)) {
		value := c.ContentType
		if value == "" {
			value = "application/json"
		}
		list = append(list, Default{Parameter{"Content-Type", value}, true})
	}
	if !mapped("X-Amzn-Apigateway-Api-Id") {
		list = append(list, Default{Parameter{"X-Amzn-Apigateway-Api-Id", api}, false}) // T177
	}
	return append(list, Default{Parameter{"User-Agent", "AmazonAPIGateway_" + api}, false})
}
