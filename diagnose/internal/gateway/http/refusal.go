package http

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Fault is what is wrong with an integration that AWS does not create.
type Fault uint8

// The faults.
const (
	WrongType           Fault = iota // a type that HTTP APIs do not have (H10)
	UnknownSubtype                   // H16
	SubtypeOnOtherType               // a subtype with HTTP_PROXY (H16)
	UnexpectedURI                    // a URI that is no function's (H17)
	NoPayloadVersion                 // H3
	WrongPayloadVersion              // H3
	NoCredentials                    // H4
	MissingParameter                 // H11
	UnknownParameter                 // H12, H13
	BlankParameter                   // H14
	BadExpression                    // H22, H23
	BadResponseMapping               // H19, H27
	BadRoute                         // H70
	BadStage                         // H62, H67, H109
	BadCORS                          // H108
	NoSuchRoute                      // H110
	BadTimeout                       // H8
)

// Refusal is what AWS answers when the integration is created: status 400,
// BadRequestException.
type Refusal struct {
	Fault     Fault
	Parameter string // name of the request parameter, or key of the response parameters
	Value     string
	Message   string
	// Reason says in plain words what is wrong.
	Reason string
	// Literal tells that the message is AWS's; otherwise only the refusal is
	// recorded.
	Literal bool
	// Uncertain tells that the refusal itself is inferred.
	Uncertain bool
}

func (r *Refusal) Error() string { return r.Message }

// CheckType refuses types and subtypes that an HTTP API does not have. It is nil
// for one that AWS creates.
func CheckType(kind, subtype string) *Refusal {
	kind = strings.ToUpper(kind)
	switch {
	case kind != "AWS_PROXY" && kind != "HTTP_PROXY":
		return &Refusal{Fault: WrongType, Value: kind, Literal: true,
			Message: "Currently, an API with a protocol type of HTTP may only be associated with proxy integrations (AWS_PROXY, HTTP_PROXY)",
			Reason:  fmt.Sprintf("an HTTP API has no integrations of type %s", kind)}
	case subtype == "":
		return nil
	case kind == "HTTP_PROXY":
		return &Refusal{Fault: SubtypeOnOtherType, Value: subtype,
			Message: "Integration subtype is not supported for HTTP_PROXY integrations",
			Reason:  "only an integration of type AWS_PROXY has a subtype"}
	case !Known(subtype):
		return &Refusal{Fault: UnknownSubtype, Value: subtype,
			Message: fmt.Sprintf("Integration subtype %s is not supported", subtype),
			Reason:  fmt.Sprintf("AWS has no subtype %q", subtype)}
	}
	return nil
}

// CheckURI refuses a URI on an integration of type AWS_PROXY that is no
// function's, such as the one of a REST API's integration.
func CheckURI(kind, subtype, uri string) *Refusal {
	if uri == "" || !strings.EqualFold(kind, "AWS_PROXY") || strings.Contains(uri, ":lambda:") {
		return nil
	}
	r := &Refusal{Fault: UnexpectedURI, Value: uri, Message: "Invalid integration URI specified", Literal: true,
		Reason: "an HTTP API calls SQS by a subtype, not by a URI"}
	if subtype != "" {
		r.Message, r.Literal = "URI should not be specified for AWS_PROXY", false
		r.Reason = "an integration with a subtype takes no URI"
		r.Uncertain = true // the exact configuration was not seen
	}
	return r
}

// CheckPayload refuses the payload format version of an integration with a
// subtype. An empty version is one that is not given.
func CheckPayload(version string) *Refusal {
	switch version {
	case "1.0":
		return nil
	case "":
		return &Refusal{Fault: NoPayloadVersion, Message: "PayloadFormatVersion is a required parameter for integration",
			Reason: "the payload format version is not given"}
	}
	return &Refusal{Fault: WrongPayloadVersion, Value: version,
		Message: fmt.Sprintf("Invalid PayloadFormatVersion specified: %s. Supported values: [1.0]", version),
		Reason:  fmt.Sprintf("the payload format version is %s, and a subtype takes 1.0 only", version)}
}

// CheckCredentials refuses a subtype without an execution role.
func CheckCredentials(arn string) *Refusal {
	if arn != "" {
		return nil
	}
	return &Refusal{Fault: NoCredentials, Message: "CredentialsArn is required for an integration with a subtype",
		Reason: "the integration names no execution role"}
}

// checkNames refuses unknown, blank and missing parameters.
func checkNames(s *Subtype, values map[string]string) []Refusal {
	var list []Refusal
	for _, name := range slices.Sorted(maps.Keys(values)) {
		switch value := values[name]; {
		case !s.Takes(name):
			r := Refusal{Fault: UnknownParameter, Parameter: name, Value: value, Literal: true,
				Message: fmt.Sprintf("Parameter: %s does not fit schema for Operation: %s.", name, s.Name), // H12
				Reason:  fmt.Sprintf("%s has no parameter %s", s.Name, name)}
			if spelt := s.Spelt(name); strings.EqualFold(spelt, name) {
				r.Reason += "; names are case-sensitive"
			}
			list = append(list, r)
		case value == "":
			list = append(list, Refusal{Fault: BlankParameter, Parameter: name, Literal: true,
				Message: "Invalid selection expression specified: [Mapping expression missing source or destination]", // H14
				Reason:  fmt.Sprintf("the parameter %s is an empty text", name)})
		}
	}
	var missing []string
	for _, p := range s.Parameters {
		if _, ok := values[p.Name]; p.Required && !ok {
			missing = append(missing, p.Name)
		}
	}
	if len(missing) > 0 {
		// All of them are named, in no fixed order; the frame was not seen (H11).
		names := strings.Join(missing, ", ")
		list = append(list, Refusal{Fault: MissingParameter, Parameter: missing[0], Value: names,
			Message: fmt.Sprintf("Missing required parameters for Operation: %s: [%s]", s.Name, names),
			Reason:  fmt.Sprintf("%s needs %s", s.Name, strings.Join(missing, " and "))})
	}
	return list
}
