package walk

import "apisqs-doctor/diagnose/internal/sqs"

// CodeNames is one error of SQS under the names of both protocols.
type CodeNames struct {
	Code     ErrorCode // the query protocol's
	JSONType string    // the local part of the JSON protocol's __type
	Status   int       // HTTP status
}

// LookupCode finds an error of SQS by its name in any notation: the query
// protocol's code with or without its prefix, the JSON protocol's __type with or
// without a namespace, or the value of an error header.
func LookupCode(name string) (CodeNames, bool) {
	c, ok := sqs.Lookup(name)
	if !ok {
		return CodeNames{}, false
	}
	return namesOf(c), true
}

// CodesOfSQS lists every error of SQS that LookupCode knows, in a fixed order.
func CodesOfSQS() []CodeNames {
	var list []CodeNames
	for _, c := range sqs.AllCodes() {
		list = append(list, namesOf(c))
	}
	return list
}

func namesOf(c sqs.Code) CodeNames { return CodeNames{ErrorCode(c.Name), c.JSONType, c.Status} }
