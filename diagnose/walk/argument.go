package walk

import "apisqs-doctor/diagnose/snapshot"

// Argument is a parameter of an HTTP API's integration with what it comes to for
// the request.
type Argument struct {
	Name       string // of the parameter, such as MessageBody
	Expression string // as the integration has it
	Required   bool
	Value      string // where it is not known, the likeliest one
	Missing    bool   // a source gives nothing: API Gateway refuses the call
	Open       bool   // no evidence tells what AWS makes of it
	FromClient bool   // a part of the value is the client's
	Unmarked   string // the source that a text without a dollar sign was meant to be; empty for other values

	// Source is what gives nothing or is open, as it is written; SourceName says it
	// in words, such as "header X-Tenant". Both are empty where it is the text
	// itself. Why is a sentence on it, Trouble API Gateway's own words.
	Source, SourceName string
	Why, Trouble       string
	Origin             snapshot.Origin
}

// RefusedArgument is a request parameter with which AWS does not create the
// integration, or one that is missing.
type RefusedArgument struct {
	Name, Expression string
	Reason           string // what is wrong, in plain words
	Message          string // AWS's
	Literal          bool   // the message is as AWS words it
	Fault            ArgumentFault
	Missing          []string // names of the required parameters that are not there
	Spelt            string   // the parameter that an unknown one was meant to be; empty when that is not clear
	Meant            string   // the expression that a malformed one was meant to be; empty when that is not clear
	Origin           snapshot.Origin
}

// ArgumentFault sorts what AWS refuses of request parameters.
type ArgumentFault string

// The faults of request parameters.
const (
	ArgumentMissing   ArgumentFault = "missing"    // a required one is not there
	ArgumentUnknown   ArgumentFault = "unknown"    // the operation has no such parameter
	ArgumentBlank     ArgumentFault = "blank"      // an empty text
	ArgumentMalformed ArgumentFault = "expression" // no source that AWS knows, or unbalanced braces
)
